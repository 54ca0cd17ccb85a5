//! Volumes in descriptions. Models describe.go describeVolumes and printPersistentVolume's sources. Left out: the address that
//! kubectl prints in place of whether a projected secret is optional.

use serde_json::Value;

use super::lines::Lines;

/// Whose volumes they are: some sources say more of a persistent one.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Owner {
    /// A pod, or a template.
    Pod,
    /// A persistent volume.
    Persistent,
}

/// Volumes of a pod as the API shows them; `indent` for those of a template.
pub(super) fn describe(volumes: &[Value], indent: &str, lines: &mut Lines) {
    if volumes.is_empty() {
        lines.line(0, format!("{indent}Volumes:\t<none>"));
        return;
    }
    lines.line(0, format!("{indent}Volumes:"));
    let name_indent = if indent.is_empty() { "" } else { " " };
    for volume in volumes {
        lines.line(1, format!("{name_indent}{}:", volume.get("name").and_then(Value::as_str).unwrap_or_default()));
        source(volume, Owner::Pod, lines);
    }
}

/// How a field is shown.
enum Shown {
    /// Its value, or what stands for one that is absent.
    Or(&'static str),
    /// `a, b`
    Joined,
    /// `[a b]`, as Go prints a list.
    List,
    /// `map[a:b]`, as Go prints a map.
    Map,
    /// `&LocalObjectReference{Name:s,}`, as Go prints a reference.
    Reference,
    /// `a=b`, one below the other, deeper than a field.
    Attributes,
}

use Shown::{Attributes, Joined, List, Map, Or, Reference};

/// The key, the title with its explanation, and the fields: their titles and their keys.
type Known = (&'static str, &'static str, &'static [(&'static str, &'static str, Shown)]);

const UNSET: Shown = Or("");
const NO: Shown = Or("false");
const READ_ONLY: (&str, &str, Shown) = ("ReadOnly", "readOnly", NO);
const FS_TYPE: (&str, &str, Shown) = ("FSType", "fsType", UNSET);
const SECRET: (&str, &str, Shown) = ("SecretRef", "secretRef", Reference);
const CSI: &str = "CSI (a Container Storage Interface (CSI) volume source)";
const AZURE_FILE: &str = "AzureFile (an Azure File Service mount on the host and bind mount to the pod)";
const GLUSTERFS: &str = "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)";
const SCALE_IO: &str = "ScaleIO (a persistent volume backed by a block device in ScaleIO)";

/// What persistent volumes say otherwise.
static PERSISTENT: &[Known] = &[
    ("azureFile", AZURE_FILE, &[
        ("SecretName", "secretName", UNSET), ("SecretNamespace", "secretNamespace", UNSET), ("ShareName", "shareName", UNSET), READ_ONLY,
    ]),
    ("csi", CSI, &[
        ("Driver", "driver", UNSET), FS_TYPE, ("VolumeHandle", "volumeHandle", UNSET), READ_ONLY,
        ("VolumeAttributes", "volumeAttributes", Attributes),
    ]),
    ("glusterfs", GLUSTERFS, &[
        ("EndpointsName", "endpoints", UNSET), ("EndpointsNamespace", "endpointsNamespace", Or("<unset>")), ("Path", "path", UNSET), READ_ONLY,
    ]),
    ("scaleIO", SCALE_IO, &[
        ("Gateway", "gateway", UNSET), ("System", "system", UNSET), ("Protection Domain", "protectionDomain", UNSET),
        ("Storage Pool", "storagePool", UNSET), ("Storage Mode", "storageMode", UNSET), ("VolumeName", "volumeName", UNSET),
        ("SecretName", "secretRef/name", UNSET), ("SecretNamespace", "secretRef/namespace", UNSET), FS_TYPE, READ_ONLY,
    ]),
];

static KNOWN: &[Known] = &[
    ("hostPath", "HostPath (bare host directory volume)", &[("Path", "path", UNSET), ("HostPathType", "type", UNSET)]),
    ("emptyDir", "EmptyDir (a temporary directory that shares a pod's lifetime)", &[
        ("Medium", "medium", UNSET), ("SizeLimit", "sizeLimit", Or("<unset>")),
    ]),
    ("secret", "Secret (a volume populated by a Secret)", &[("SecretName", "secretName", UNSET), ("Optional", "optional", NO)]),
    ("configMap", "ConfigMap (a volume populated by a ConfigMap)", &[("Name", "name", UNSET), ("Optional", "optional", NO)]),
    ("persistentVolumeClaim", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)", &[
        ("ClaimName", "claimName", UNSET), READ_ONLY,
    ]),
    ("nfs", "NFS (an NFS mount that lasts the lifetime of a pod)", &[("Server", "server", UNSET), ("Path", "path", UNSET), READ_ONLY]),
    ("local", "LocalVolume (a persistent volume backed by local storage on a node)", &[("Path", "path", UNSET)]),
    ("csi", CSI, &[("Driver", "driver", UNSET), FS_TYPE, READ_ONLY, ("VolumeAttributes", "volumeAttributes", Attributes)]),
    ("image", "Image (a container image or OCI artifact)", &[("Reference", "reference", UNSET), ("PullPolicy", "pullPolicy", UNSET)]),
    ("gitRepo", "GitRepo (a volume that is pulled from git when the pod is created)", &[
        ("Repository", "repository", UNSET), ("Revision", "revision", UNSET),
    ]),
    ("iscsi", "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)", &[
        ("TargetPortal", "targetPortal", UNSET), ("IQN", "iqn", UNSET), ("Lun", "lun", Or("0")), ("ISCSIInterface", "iscsiInterface", UNSET),
        FS_TYPE, READ_ONLY, ("Portals", "portals", List), ("DiscoveryCHAPAuth", "chapAuthDiscovery", NO),
        ("SessionCHAPAuth", "chapAuthSession", NO), SECRET, ("InitiatorName", "initiatorName", Or("<none>")),
    ]),
    ("fc", "FC (a Fibre Channel disk)", &[("TargetWWNs", "targetWWNs", Joined), ("LUN", "lun", Or("<none>")), FS_TYPE, READ_ONLY]),
    ("cephfs", "CephFS (a CephFS mount on the host that shares a pod's lifetime)", &[
        ("Monitors", "monitors", List), ("Path", "path", UNSET), ("User", "user", UNSET), ("SecretFile", "secretFile", UNSET), SECRET, READ_ONLY,
    ]),
    ("rbd", "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)", &[
        ("CephMonitors", "monitors", List), ("RBDImage", "image", UNSET), FS_TYPE, ("RBDPool", "pool", UNSET), ("RadosUser", "user", UNSET),
        ("Keyring", "keyring", UNSET), SECRET, READ_ONLY,
    ]),
    ("glusterfs", GLUSTERFS, &[("EndpointsName", "endpoints", UNSET), ("Path", "path", UNSET), READ_ONLY]),
    ("awsElasticBlockStore", "AWSElasticBlockStore (a Persistent Disk resource in AWS)", &[
        ("VolumeID", "volumeID", UNSET), FS_TYPE, ("Partition", "partition", Or("0")), READ_ONLY,
    ]),
    ("gcePersistentDisk", "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)", &[
        ("PDName", "pdName", UNSET), FS_TYPE, ("Partition", "partition", Or("0")), READ_ONLY,
    ]),
    ("azureDisk", "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)", &[
        ("DiskName", "diskName", UNSET), ("DiskURI", "diskURI", UNSET), ("Kind", "kind", UNSET), FS_TYPE, ("CachingMode", "cachingMode", UNSET),
        READ_ONLY,
    ]),
    ("azureFile", AZURE_FILE, &[("SecretName", "secretName", UNSET), ("ShareName", "shareName", UNSET), READ_ONLY]),
    ("cinder", "Cinder (a Persistent Disk resource in OpenStack)", &[("VolumeID", "volumeID", UNSET), FS_TYPE, READ_ONLY, SECRET]),
    ("vsphereVolume", "vSphereVolume (a Persistent Disk resource in vSphere)", &[
        ("VolumePath", "volumePath", UNSET), FS_TYPE, ("StoragePolicyName", "storagePolicyName", UNSET),
    ]),
    ("flexVolume", "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)", &[
        ("Driver", "driver", UNSET), FS_TYPE, SECRET, READ_ONLY, ("Options", "options", Map),
    ]),
    ("flocker", "Flocker (a Flocker volume mounted by the Flocker agent)", &[
        ("DatasetName", "datasetName", UNSET), ("DatasetUUID", "datasetUUID", UNSET),
    ]),
    ("photonPersistentDisk", "PhotonPersistentDisk (a Persistent Disk resource in photon platform)", &[("PdID", "pdID", UNSET), FS_TYPE]),
    ("portworxVolume", "PortworxVolume (a Portworx Volume resource)", &[("VolumeID", "volumeID", UNSET)]),
    ("quobyte", "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)", &[
        ("Registry", "registry", UNSET), ("Volume", "volume", UNSET), READ_ONLY,
    ]),
    ("scaleIO", SCALE_IO, &[
        ("Gateway", "gateway", UNSET), ("System", "system", UNSET), ("Protection Domain", "protectionDomain", UNSET),
        ("Storage Pool", "storagePool", UNSET), ("Storage Mode", "storageMode", UNSET), ("VolumeName", "volumeName", UNSET), FS_TYPE, READ_ONLY,
    ]),
    ("storageos", "StorageOS (a StorageOS Persistent Disk resource)", &[
        ("VolumeName", "volumeName", UNSET), ("VolumeNamespace", "volumeNamespace", UNSET), FS_TYPE, READ_ONLY,
    ]),
];

/// Where a volume, or a persistent one, comes from.
pub(super) fn source(volume: &Value, owner: Owner, lines: &mut Lines) {
    if let Some(projected) = volume.get("projected") {
        return self::projected(projected, lines);
    }
    if let Some(ephemeral) = volume.get("ephemeral") {
        return self::ephemeral(&ephemeral["volumeClaimTemplate"], lines);
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
    let own = if owner == Owner::Persistent { PERSISTENT } else { &[] };
    let known = own.iter().chain(KNOWN).find_map(|(key, title, fields)| Some((volume.get(key)?, title, fields)));
    let Some((source, title, fields)) = known else {
        lines.line(1, "<unknown>");
        return;
    };
    lines.field(2, "Type", title);
    for (title, key, shown) in *fields {
        let value = key.split('/').try_fold(source, |value, key| value.get(key));
        match shown {
            Attributes => attributes(title, value, lines),
            // kubectl forgets the colon.
            _ if *title == "ISCSIInterface" => lines.line(2, format!("{title}\t{}", scalar(value, ""))),
            _ => lines.field(2, title, self::shown(value, shown, owner)),
        }
    }
}

fn shown(value: Option<&Value>, shown: &Shown, owner: Owner) -> String {
    let list = || value.and_then(Value::as_array).into_iter().flatten().map(|item| scalar(Some(item), "")).collect::<Vec<String>>();
    match shown {
        Or(absent) => scalar(value, absent),
        Joined => list().join(", "),
        List => format!("[{}]", list().join(" ")),
        Map => {
            let pairs = value.and_then(Value::as_object).into_iter().flatten();
            let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}:{}", scalar(Some(value), ""))).collect();
            format!("map[{}]", pairs.join(" "))
        }
        Reference => {
            let Some(reference) = value else { return "nil".to_owned() };
            let part = |key: &str| scalar(reference.get(key), "");
            match owner {
                Owner::Pod => format!("&LocalObjectReference{{Name:{},}}", part("name")),
                Owner::Persistent => format!("&SecretReference{{Name:{},Namespace:{},}}", part("name"), part("namespace")),
            }
        }
        Attributes => String::new(),
    }
}

/// Models printCSIPersistentVolumeAttributesMultiline, whose every part is indented.
fn attributes(title: &str, value: Option<&Value>, lines: &mut Lines) {
    let pairs: Vec<_> = value.and_then(Value::as_object).into_iter().flatten().collect();
    if pairs.is_empty() {
        lines.field(2, title, "<none>");
    }
    for (at, (key, value)) in pairs.into_iter().enumerate() {
        let before = if at == 0 { format!("{title}:") } else { "    ".to_owned() };
        lines.line(2, format!("{before}\t    {key}={}", scalar(Some(value), "")));
    }
}

/// What is claimed for a pod alone. Models printPersistentVolumeClaim, nested.
fn ephemeral(claim: &Value, lines: &mut Lines) {
    lines.field(2, "Type", "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)");
    let text = |path: &str| scalar(claim.pointer(path), "");
    lines.field(2, "StorageClass", text("/spec/storageClassName"));
    lines.field(2, "Volume", text("/spec/volumeName"));
    for (title, path, between) in [("Labels", "/metadata/labels", "="), ("Annotations", "/metadata/annotations", ": ")] {
        let pairs: Vec<_> = claim.pointer(path).and_then(Value::as_object).into_iter().flatten().collect();
        if pairs.is_empty() {
            lines.line(2, format!("{title}:\t    <none>"));
        }
        for (at, (key, value)) in pairs.into_iter().enumerate() {
            let before = if at == 0 { format!("{title}:") } else { "    ".to_owned() };
            lines.line(2, format!("{before}\t    {key}{between}{}", scalar(Some(value), "")));
        }
    }
    ["Capacity", "Access Modes"].iter().for_each(|title| lines.field(2, title, ""));
    lines.field(2, "VolumeMode", text("/spec/volumeMode"));
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
