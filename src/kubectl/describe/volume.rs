//! Volumes in descriptions. Models describe.go describeVolumes. Left out: sources of cloud providers.

use serde_json::Value;

use super::lines::Lines;

/// Volumes as the API shows them; `indent` for those of a template.
pub(super) fn describe(volumes: &[Value], indent: &str, lines: &mut Lines) {
    if volumes.is_empty() {
        lines.line(0, format!("{indent}Volumes:\t<none>"));
        return;
    }
    lines.line(0, format!("{indent}Volumes:"));
    let name_indent = if indent.is_empty() { "" } else { " " };
    for volume in volumes {
        lines.line(1, format!("{name_indent}{}:", volume.get("name").and_then(Value::as_str).unwrap_or_default()));
        source(volume, lines);
    }
}

/// Title, explanation, and fields with what an absent one is shown as.
type Known = (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]);

const KNOWN: &[Known] = &[
    (
        "hostPath",
        "HostPath (bare host directory volume)",
        &[("Path", "path", ""), ("HostPathType", "type", "")],
    ),
    (
        "emptyDir",
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        &[("Medium", "medium", ""), ("SizeLimit", "sizeLimit", "<unset>")],
    ),
    ("secret", "Secret (a volume populated by a Secret)", &[("SecretName", "secretName", ""), ("Optional", "optional", "false")]),
    ("configMap", "ConfigMap (a volume populated by a ConfigMap)", &[("Name", "name", ""), ("Optional", "optional", "false")]),
    (
        "persistentVolumeClaim",
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        &[("ClaimName", "claimName", ""), ("ReadOnly", "readOnly", "false")],
    ),
    (
        "nfs",
        "NFS (an NFS mount that lasts the lifetime of a pod)",
        &[("Server", "server", ""), ("Path", "path", ""), ("ReadOnly", "readOnly", "false")],
    ),
    ("local", "LocalVolume (a persistent volume backed by local storage on a node)", &[("Path", "path", "")]),
];

/// Where a volume, or a persistent one, comes from.
pub(super) fn source(volume: &Value, lines: &mut Lines) {
    if let Some(projected) = volume.get("projected") {
        return self::projected(projected, lines);
    }
    if volume.get("downwardAPI").is_some() {
        lines.field(2, "Type", "DownwardAPI (a volume populated by information about the pod)");
        lines.line(2, "Items:");
        for item in volume.pointer("/downwardAPI/items").and_then(Value::as_array).into_iter().flatten() {
            let source = item.pointer("/fieldRef/fieldPath").or_else(|| item.pointer("/resourceFieldRef/resource"));
            lines.line(3, format!("{} -> {}", scalar(source, ""), scalar(item.get("path"), "")));
        }
        return;
    }
    let known = KNOWN.iter().find_map(|(key, title, fields)| Some((volume.get(key)?, title, fields)));
    let Some((source, title, fields)) = known else {
        lines.line(1, "<unknown>");
        return;
    };
    lines.field(2, "Type", title);
    for (title, key, absent) in *fields {
        lines.field(2, title, scalar(source.get(key), absent));
    }
}

fn scalar(value: Option<&Value>, absent: &str) -> String {
    match value {
        None | Some(Value::Null) => absent.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn projected(projected: &Value, lines: &mut Lines) {
    lines.field(2, "Type", "Projected (a volume that contains injected data from multiple sources)");
    for source in projected.get("sources").and_then(Value::as_array).into_iter().flatten() {
        if let Some(secret) = source.get("secret") {
            lines.field(2, "SecretName", scalar(secret.get("name"), ""));
            lines.field(2, "SecretOptionalName", scalar(secret.get("optional"), "<nil>"));
        }
        if source.get("downwardAPI").is_some() {
            lines.field(2, "DownwardAPI", "true");
        }
        if let Some(map) = source.get("configMap") {
            lines.field(2, "ConfigMapName", scalar(map.get("name"), ""));
            lines.field(2, "ConfigMapOptional", scalar(map.get("optional"), "<nil>"));
        }
        if let Some(token) = source.get("serviceAccountToken") {
            lines.field(2, "TokenExpirationSeconds", scalar(token.get("expirationSeconds"), "<nil>"));
        }
    }
}
