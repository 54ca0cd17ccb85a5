//! `kubectl get --raw PATH`: what the API server answers to a path, for those that people ask for: versions, health, lists and objects.

use serde_json::{Value, json};

use super::Run;
use crate::api::{ApiError, Kind, ObjectKey, Reason};
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::item::{self, Item};

pub(super) fn run(run: &Run<'_>, path: &str) -> Result<Answer, Failure> {
    if !run.given.args.is_empty() {
        return Err(Failure::own("arguments may not be passed when --raw is specified"));
    }
    let plain = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let parts: Vec<&str> = plain.split('/').filter(|part| !part.is_empty()).collect();
    let text = match parts.as_slice() {
        ["healthz" | "livez" | "readyz", ..] => "ok".to_owned(),
        ["version"] => version(),
        ["api"] => json!({"kind": "APIVersions", "versions": ["v1"]}).to_string() + "\n",
        ["api", "v1"] => resources("v1"),
        ["apis", group, version] => resources(&format!("{group}/{version}")),
        ["api", "v1", rest @ ..] => objects(run, "v1", rest)?,
        ["apis", group, version, rest @ ..] => objects(run, &format!("{group}/{version}"), rest)?,
        _ => return Err(missing()),
    };
    Ok(Answer::ok(text))
}

fn missing() -> Failure {
    ApiError::new(Reason::NotFound, "the server could not find the requested resource").into()
}

fn version() -> String {
    let fields = [
        ("major", "1"), ("minor", "32"), ("gitVersion", super::cluster::SERVER), ("gitTreeState", "clean"), ("goVersion", "go1.23.12"),
        ("compiler", "gc"), ("platform", "linux/amd64"),
    ];
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("  \"{name}\": \"{value}\"")).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

/// The kinds of an API version.
fn resources(api_version: &str) -> String {
    let resource = |kind: Kind| {
        let info = kind.info();
        json!({"kind": kind.name(), "name": info.plural, "namespaced": info.namespaced, "shortNames": info.short, "singularName": info.singular})
    };
    let kinds: Vec<Value> = Kind::all().filter(|kind| kind.api_version() == api_version).map(resource).collect();
    json!({"apiVersion": "v1", "groupVersion": api_version, "kind": "APIResourceList", "resources": kinds}).to_string() + "\n"
}

/// `namespaces/NS/PLURAL/NAME`, `PLURAL/NAME`, and either without the name.
fn objects(run: &Run<'_>, api_version: &str, path: &[&str]) -> Result<String, Failure> {
    let (namespace, path) = match path {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Name::from(*namespace), rest),
        path => (Name::default(), path),
    };
    let of = |plural: &str| Kind::all().find(|kind| kind.api_version() == api_version && kind.info().plural == plural).ok_or_else(missing);
    match path {
        [plural] => {
            let kind = of(plural)?;
            let values: Vec<Value> = item::list(run.view(), kind, &namespace).iter().map(Item::to_value).collect();
            let list = json!({"apiVersion": api_version, "items": values, "kind": format!("{}List", kind.name()), "metadata": {"resourceVersion": ""}});
            Ok(list.to_string() + "\n")
        }
        [plural, name] | [plural, name, "status"] => {
            let kind = of(plural)?;
            let key = ObjectKey { kind, namespace, name: Name::from(*name) };
            let found = item::find(run.view(), &key).ok_or_else(|| Failure::from(ApiError::not_found(kind, &key.name)))?;
            Ok(found.to_value().to_string() + "\n")
        }
        _ => Err(missing()),
    }
}
