//! A pod template as Go's memory dump shows it: what Kubernetes hashes into the names of replica sets and revisions, so that the names
//! here are those of a real cluster. Models apimachinery/pkg/util/dump ForHash: go-spew's `%#v` with sorted keys and without methods,
//! over the structs of core/v1 as of 1.32.
//! Left out: volume sources that nobody writes by hand any more (their templates have no dump).

use serde_json::Value;

use super::PodTemplateSpec;
use super::json::Json;

/// The structs in the order of their fields: name, then `Field Type` each. `+` marks an embedded struct, whose fields stand in the JSON
/// of the outer one; a JSON name that does not follow from the field's stands behind a slash.
const STRUCTS: &str = "\
PodTemplateSpec|ObjectMeta/metadata ObjectMeta|Spec PodSpec
ObjectMeta|Name string|GenerateName string|Namespace string|SelfLink string|UID types.UID|ResourceVersion string|Generation int64\
|CreationTimestamp Time|DeletionTimestamp *Time|DeletionGracePeriodSeconds *int64|Labels map|Annotations map\
|OwnerReferences []OwnerReference|Finalizers []string|ManagedFields []ManagedFieldsEntry
PodSpec|Volumes []Volume|InitContainers []Container|Containers []Container|EphemeralContainers []EphemeralContainer\
|RestartPolicy RestartPolicy|TerminationGracePeriodSeconds *int64|ActiveDeadlineSeconds *int64|DNSPolicy DNSPolicy|NodeSelector map\
|ServiceAccountName string|DeprecatedServiceAccount/serviceAccount string|AutomountServiceAccountToken *bool|NodeName string\
|HostNetwork bool|HostPID bool|HostIPC bool|ShareProcessNamespace *bool|SecurityContext *PodSecurityContext\
|ImagePullSecrets []LocalObjectReference|Hostname string|Subdomain string|Affinity *Affinity|SchedulerName string\
|Tolerations []Toleration|HostAliases []HostAlias|PriorityClassName string|Priority *int32|DNSConfig *PodDNSConfig\
|ReadinessGates []PodReadinessGate|RuntimeClassName *string|EnableServiceLinks *bool|PreemptionPolicy *PreemptionPolicy\
|Overhead ResourceList|TopologySpreadConstraints []TopologySpreadConstraint|SetHostnameAsFQDN *bool|OS *PodOS|HostUsers *bool\
|SchedulingGates []PodSchedulingGate|ResourceClaims []PodResourceClaim|Resources *ResourceRequirements
PodSecurityContext|SELinuxOptions *SELinuxOptions|WindowsOptions *WindowsSecurityContextOptions|RunAsUser *int64|RunAsGroup *int64\
|RunAsNonRoot *bool|SupplementalGroups []int64|SupplementalGroupsPolicy *SupplementalGroupsPolicy|FSGroup *int64|Sysctls []Sysctl\
|FSGroupChangePolicy *PodFSGroupChangePolicy|SeccompProfile *SeccompProfile|AppArmorProfile *AppArmorProfile\
|SELinuxChangePolicy *PodSELinuxChangePolicy
SELinuxOptions|User string|Role string|Type string|Level string
SeccompProfile|Type SeccompProfileType|LocalhostProfile *string
Sysctl|Name string|Value string
Container|Name string|Image string|Command []string|Args []string|WorkingDir string|Ports []ContainerPort|EnvFrom []EnvFromSource\
|Env []EnvVar|Resources ResourceRequirements|ResizePolicy []ContainerResizePolicy|RestartPolicy *ContainerRestartPolicy\
|VolumeMounts []VolumeMount|VolumeDevices []VolumeDevice|LivenessProbe *Probe|ReadinessProbe *Probe|StartupProbe *Probe\
|Lifecycle *Lifecycle|TerminationMessagePath string|TerminationMessagePolicy TerminationMessagePolicy|ImagePullPolicy PullPolicy\
|SecurityContext *SecurityContext|Stdin bool|StdinOnce bool|TTY bool
ContainerPort|Name string|HostPort int32|ContainerPort int32|Protocol Protocol|HostIP string
EnvFromSource|Prefix string|ConfigMapRef *ConfigMapEnvSource|SecretRef *SecretEnvSource
ConfigMapEnvSource|+LocalObjectReference LocalObjectReference|Optional *bool
SecretEnvSource|+LocalObjectReference LocalObjectReference|Optional *bool
LocalObjectReference|Name string
EnvVar|Name string|Value string|ValueFrom *EnvVarSource
EnvVarSource|FieldRef *ObjectFieldSelector|ResourceFieldRef *ResourceFieldSelector|ConfigMapKeyRef *ConfigMapKeySelector\
|SecretKeyRef *SecretKeySelector
ObjectFieldSelector|APIVersion string|FieldPath string
ResourceFieldSelector|ContainerName string|Resource string|Divisor resource.Quantity
ConfigMapKeySelector|+LocalObjectReference LocalObjectReference|Key string|Optional *bool
SecretKeySelector|+LocalObjectReference LocalObjectReference|Key string|Optional *bool
ResourceRequirements|Limits ResourceList|Requests ResourceList|Claims []ResourceClaim
ContainerResizePolicy|ResourceName ResourceName|RestartPolicy ResourceResizeRestartPolicy
VolumeMount|Name string|ReadOnly bool|RecursiveReadOnly *RecursiveReadOnlyMode|MountPath string|SubPath string\
|MountPropagation *MountPropagationMode|SubPathExpr string
VolumeDevice|Name string|DevicePath string
Probe|+ProbeHandler ProbeHandler|InitialDelaySeconds int32|TimeoutSeconds int32|PeriodSeconds int32|SuccessThreshold int32\
|FailureThreshold int32|TerminationGracePeriodSeconds *int64
ProbeHandler|Exec *ExecAction|HTTPGet *HTTPGetAction|TCPSocket *TCPSocketAction|GRPC *GRPCAction
ExecAction|Command []string
HTTPGetAction|Path string|Port intstr.IntOrString|Host string|Scheme URIScheme|HTTPHeaders []HTTPHeader
HTTPHeader|Name string|Value string
TCPSocketAction|Port intstr.IntOrString|Host string
GRPCAction|Port int32|Service *string
Lifecycle|PostStart *LifecycleHandler|PreStop *LifecycleHandler
LifecycleHandler|Exec *ExecAction|HTTPGet *HTTPGetAction|TCPSocket *TCPSocketAction|Sleep *SleepAction
SleepAction|Seconds int64
SecurityContext|Capabilities *Capabilities|Privileged *bool|SELinuxOptions *SELinuxOptions\
|WindowsOptions *WindowsSecurityContextOptions|RunAsUser *int64|RunAsGroup *int64|RunAsNonRoot *bool|ReadOnlyRootFilesystem *bool\
|AllowPrivilegeEscalation *bool|ProcMount *ProcMountType|SeccompProfile *SeccompProfile|AppArmorProfile *AppArmorProfile
Capabilities|Add []Capability|Drop []Capability
Affinity|NodeAffinity *NodeAffinity|PodAffinity *PodAffinity|PodAntiAffinity *PodAntiAffinity
NodeAffinity|RequiredDuringSchedulingIgnoredDuringExecution *NodeSelector\
|PreferredDuringSchedulingIgnoredDuringExecution []PreferredSchedulingTerm
NodeSelector|NodeSelectorTerms []NodeSelectorTerm
NodeSelectorTerm|MatchExpressions []NodeSelectorRequirement|MatchFields []NodeSelectorRequirement
NodeSelectorRequirement|Key string|Operator NodeSelectorOperator|Values []string
PreferredSchedulingTerm|Weight int32|Preference NodeSelectorTerm
PodAffinity|RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm\
|PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
PodAntiAffinity|RequiredDuringSchedulingIgnoredDuringExecution []PodAffinityTerm\
|PreferredDuringSchedulingIgnoredDuringExecution []WeightedPodAffinityTerm
WeightedPodAffinityTerm|Weight int32|PodAffinityTerm PodAffinityTerm
PodAffinityTerm|LabelSelector *LabelSelector|Namespaces []string|TopologyKey string|NamespaceSelector *LabelSelector\
|MatchLabelKeys []string|MismatchLabelKeys []string
LabelSelector|MatchLabels map|MatchExpressions []LabelSelectorRequirement
LabelSelectorRequirement|Key string|Operator LabelSelectorOperator|Values []string
Toleration|Key string|Operator TolerationOperator|Value string|Effect TaintEffect|TolerationSeconds *int64
HostAlias|IP string|Hostnames []string
PodDNSConfig|Nameservers []string|Searches []string|Options []PodDNSConfigOption
PodDNSConfigOption|Name string|Value *string
PodReadinessGate|ConditionType PodConditionType
TopologySpreadConstraint|MaxSkew int32|TopologyKey string|WhenUnsatisfiable UnsatisfiableConstraintAction\
|LabelSelector *LabelSelector|MinDomains *int32|NodeAffinityPolicy *NodeInclusionPolicy|NodeTaintsPolicy *NodeInclusionPolicy\
|MatchLabelKeys []string
PodOS|Name OSName
PodSchedulingGate|Name string
Volume|Name string|+VolumeSource VolumeSource
VolumeSource|HostPath *HostPathVolumeSource|EmptyDir *EmptyDirVolumeSource|GCEPersistentDisk *GCEPersistentDiskVolumeSource\
|AWSElasticBlockStore *AWSElasticBlockStoreVolumeSource|GitRepo *GitRepoVolumeSource|Secret *SecretVolumeSource\
|NFS *NFSVolumeSource|ISCSI *ISCSIVolumeSource|Glusterfs *GlusterfsVolumeSource\
|PersistentVolumeClaim *PersistentVolumeClaimVolumeSource|RBD *RBDVolumeSource|FlexVolume *FlexVolumeSource\
|Cinder *CinderVolumeSource|CephFS/cephfs *CephFSVolumeSource|Flocker *FlockerVolumeSource|DownwardAPI *DownwardAPIVolumeSource\
|FC *FCVolumeSource|AzureFile *AzureFileVolumeSource|ConfigMap *ConfigMapVolumeSource\
|VsphereVolume *VsphereVirtualDiskVolumeSource|Quobyte *QuobyteVolumeSource|AzureDisk *AzureDiskVolumeSource\
|PhotonPersistentDisk *PhotonPersistentDiskVolumeSource|Projected *ProjectedVolumeSource|PortworxVolume *PortworxVolumeSource\
|ScaleIO *ScaleIOVolumeSource|StorageOS/storageos *StorageOSVolumeSource|CSI *CSIVolumeSource|Ephemeral *EphemeralVolumeSource\
|Image *ImageVolumeSource
HostPathVolumeSource|Path string|Type *HostPathType
EmptyDirVolumeSource|Medium StorageMedium|SizeLimit *resource.Quantity
GitRepoVolumeSource|Repository string|Revision string|Directory string
SecretVolumeSource|SecretName string|Items []KeyToPath|DefaultMode *int32|Optional *bool
NFSVolumeSource|Server string|Path string|ReadOnly bool
PersistentVolumeClaimVolumeSource|ClaimName string|ReadOnly bool
DownwardAPIVolumeSource|Items []DownwardAPIVolumeFile|DefaultMode *int32
DownwardAPIVolumeFile|Path string|FieldRef *ObjectFieldSelector|ResourceFieldRef *ResourceFieldSelector|Mode *int32
ConfigMapVolumeSource|+LocalObjectReference LocalObjectReference|Items []KeyToPath|DefaultMode *int32|Optional *bool
KeyToPath|Key string|Path string|Mode *int32
ProjectedVolumeSource|Sources []VolumeProjection|DefaultMode *int32
VolumeProjection|Secret *SecretProjection|DownwardAPI *DownwardAPIProjection|ConfigMap *ConfigMapProjection\
|ServiceAccountToken *ServiceAccountTokenProjection|ClusterTrustBundle *ClusterTrustBundleProjection
SecretProjection|+LocalObjectReference LocalObjectReference|Items []KeyToPath|Optional *bool
ConfigMapProjection|+LocalObjectReference LocalObjectReference|Items []KeyToPath|Optional *bool
DownwardAPIProjection|Items []DownwardAPIVolumeFile
ServiceAccountTokenProjection|Audience string|ExpirationSeconds *int64|Path string
";

/// The dump of a template; None if it has a field whose struct is not known here.
pub(super) fn dump(template: &PodTemplateSpec) -> Option<String> {
    let mut out = String::with_capacity(6 * 1024);
    let value = template.write().unwrap_or(Value::Null);
    write(&mut out, "PodTemplateSpec", &value, Shown::WithType)?;
    Some(out)
}

/// Whether a value's type stands before it: in fields it does, in items it does not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    WithType,
    Alone,
}

fn write(out: &mut String, kind: &str, value: &Value, shown: Shown) -> Option<()> {
    if shown == Shown::WithType {
        out.push('(');
        push_type(out, kind);
        out.push(')');
    }
    if let Some(inner) = kind.strip_prefix('*') {
        if value.is_null() {
            out.push_str("<nil>");
            return Some(());
        }
        if shown == Shown::Alone {
            out.push_str("<*>");
        }
        return write(out, inner, value, Shown::Alone);
    }
    if let Some(item) = kind.strip_prefix("[]") {
        return match value.as_array().filter(|items| !items.is_empty()) {
            None => {
                out.push_str("<nil>");
                Some(())
            }
            Some(items) => write_items(out, item, items),
        };
    }
    match kind {
        "map" | "ResourceList" => return write_map(out, kind, value),
        "Time" => out.push_str("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"),
        "bool" => out.push_str(if value == &Value::Bool(true) { "true" } else { "false" }),
        "int32" | "int64" => out.push_str(&value.as_i64().unwrap_or_default().to_string()),
        "intstr.IntOrString" => write_int_or_string(out, value),
        "resource.Quantity" => return write_quantity(out, value.as_str().unwrap_or("0")),
        _ => return write_struct_or_text(out, kind, value),
    }
    Some(())
}

/// `v1.Container`; types of packages of their own are named whole.
fn push_type(out: &mut String, kind: &str) {
    let name = kind.trim_start_matches(['*', '[', ']']);
    out.push_str(&kind[..kind.len() - name.len()]);
    match name {
        "map" => out.push_str("map[string]string"),
        name => {
            if name.starts_with(|c: char| c.is_ascii_uppercase()) {
                out.push_str("v1.");
            }
            out.push_str(name);
        }
    }
}

fn write_items(out: &mut String, kind: &str, items: &[Value]) -> Option<()> {
    out.push('[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        write(out, kind, item, Shown::Alone)?;
    }
    out.push(']');
    Some(())
}

fn write_map(out: &mut String, kind: &str, value: &Value) -> Option<()> {
    let Some(map) = value.as_object().filter(|map| !map.is_empty()) else {
        out.push_str("<nil>");
        return Some(());
    };
    let mut keys: Vec<&String> = map.keys().collect();
    crate::base::sort(&mut keys);
    out.push_str("map[");
    for (at, key) in keys.into_iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(key);
        out.push(':');
        write(out, if kind == "map" { "string" } else { "resource.Quantity" }, &map[key], Shown::Alone)?;
    }
    out.push(']');
    Some(())
}

fn write_int_or_string(out: &mut String, value: &Value) {
    let (kind, number, text) = match value {
        Value::String(text) => ("1", 0, text.as_str()),
        other => ("0", other.as_i64().unwrap_or_default(), ""),
    };
    for piece in ["{Type:(intstr.Type)", kind, " IntVal:(int32)", &number.to_string(), " StrVal:(string)", text, "}"] {
        out.push_str(piece);
    }
}

fn write_struct_or_text(out: &mut String, kind: &str, value: &Value) -> Option<()> {
    let fields = STRUCTS.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix('|'));
    let Some(fields) = fields else {
        // A named text; a struct that is not known here has no dump.
        return match value {
            Value::Null => Some(()),
            Value::String(text) => {
                out.push_str(text);
                Some(())
            }
            _ => None,
        };
    };
    out.push('{');
    for (at, field) in fields.split('|').enumerate() {
        let (name, kind) = field.split_once(' ')?;
        if at > 0 {
            out.push(' ');
        }
        let embedded = name.strip_prefix('+');
        let (name, json) = name.split_once('/').unwrap_or((embedded.unwrap_or(name), ""));
        out.push_str(name);
        out.push(':');
        let inner = match (embedded, json) {
            (Some(_), _) => value,
            (None, "") => value.get(json_name(name)).unwrap_or(&Value::Null),
            (None, json) => value.get(json).unwrap_or(&Value::Null),
        };
        write(out, kind, inner, Shown::WithType)?;
    }
    out.push('}');
    Some(())
}

/// `DNSPolicy` → `dnsPolicy`, `TTY` → `tty`
fn json_name(name: &str) -> String {
    let capitals = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let lowered = if capitals > 1 && capitals < name.len() { capitals - 1 } else { capitals };
    name[..lowered].to_ascii_lowercase() + &name[lowered..]
}

/// A quantity as it is parsed from its text; the text stays where it is surely the shortest.
/// Models apimachinery/pkg/api/resource/quantity.go ParseQuantity (its fast path).
fn write_quantity(out: &mut String, text: &str) -> Option<()> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits: i64 = format!("{whole}{part}").parse().ok()?;
    const BINARY: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    const DECIMAL: [(&str, i32); 10] =
        [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
    let (value, scale, format, kept) = if let Some(step) = BINARY.iter().position(|known| *known == suffix) {
        let value = digits.checked_mul(1_i64.checked_shl(10 * (u32::try_from(step).ok()? + 1))?)?;
        (value, 0, "BinarySI", digits & 7 != 0)
    } else {
        let exponent = DECIMAL.iter().find(|(known, _)| *known == suffix)?.1;
        let scale = exponent - i32::try_from(part.len()).ok()?;
        let shifted = format!("{whole}{part}");
        (digits, scale, "DecimalSI", scale % 3 == 0 && !shifted.ends_with("000") && !shifted.starts_with('0') || text == "0")
    };
    for piece in [
        "{i:(resource.int64Amount){value:(int64)",
        &value.to_string(),
        " scale:(resource.Scale)",
        &scale.to_string(),
        "} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)",
        if kept { text } else { "" },
        " Format:(resource.Format)",
        format,
        "}",
    ] {
        out.push_str(piece);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_follow_from_those_of_go() {
        let table = [("TTY", "tty"), ("DNSPolicy", "dnsPolicy"), ("Name", "name"), ("SELinuxOptions", "seLinuxOptions"), ("HostPID", "hostPID")];
        for (go, json) in table {
            assert_eq!(json_name(go), json);
        }
    }
}
