//! The kinds of the API and what it calls them. Most are simulated; the others are accepted as the server accepts them, kept and
//! printed back, without an effect ([`Kind::is_simulated`]).

use super::kind_table::KINDS;

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// core/v1 Binding
    Binding,
    /// core/v1 ComponentStatus
    ComponentStatus,
    /// core/v1 ConfigMap
    ConfigMap,
    /// core/v1 Endpoints
    Endpoints,
    /// core/v1 Event
    Event,
    /// core/v1 LimitRange
    LimitRange,
    /// core/v1 Namespace
    Namespace,
    /// core/v1 Node
    Node,
    /// core/v1 PersistentVolumeClaim
    PersistentVolumeClaim,
    /// core/v1 PersistentVolume
    PersistentVolume,
    /// core/v1 Pod
    Pod,
    /// core/v1 PodTemplate
    PodTemplate,
    /// core/v1 ReplicationController
    ReplicationController,
    /// core/v1 ResourceQuota
    ResourceQuota,
    /// core/v1 Secret
    Secret,
    /// core/v1 ServiceAccount
    ServiceAccount,
    /// core/v1 Service
    Service,
    /// admissionregistration.k8s.io/v1 MutatingWebhookConfiguration
    MutatingWebhookConfiguration,
    /// admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy
    ValidatingAdmissionPolicy,
    /// admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding
    ValidatingAdmissionPolicyBinding,
    /// admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration
    ValidatingWebhookConfiguration,
    /// apiextensions.k8s.io/v1 CustomResourceDefinition
    CustomResourceDefinition,
    /// apiregistration.k8s.io/v1 APIService
    APIService,
    /// apps/v1 ControllerRevision
    ControllerRevision,
    /// apps/v1 DaemonSet
    DaemonSet,
    /// apps/v1 Deployment
    Deployment,
    /// apps/v1 ReplicaSet
    ReplicaSet,
    /// apps/v1 StatefulSet
    StatefulSet,
    /// authentication.k8s.io/v1 SelfSubjectReview
    SelfSubjectReview,
    /// authentication.k8s.io/v1 TokenReview
    TokenReview,
    /// authorization.k8s.io/v1 LocalSubjectAccessReview
    LocalSubjectAccessReview,
    /// authorization.k8s.io/v1 SelfSubjectAccessReview
    SelfSubjectAccessReview,
    /// authorization.k8s.io/v1 SelfSubjectRulesReview
    SelfSubjectRulesReview,
    /// authorization.k8s.io/v1 SubjectAccessReview
    SubjectAccessReview,
    /// autoscaling/v2 HorizontalPodAutoscaler
    HorizontalPodAutoscaler,
    /// batch/v1 CronJob
    CronJob,
    /// batch/v1 Job
    Job,
    /// certificates.k8s.io/v1 CertificateSigningRequest
    CertificateSigningRequest,
    /// coordination.k8s.io/v1 Lease
    Lease,
    /// discovery.k8s.io/v1 EndpointSlice
    EndpointSlice,
    /// flowcontrol.apiserver.k8s.io/v1 FlowSchema
    FlowSchema,
    /// flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration
    PriorityLevelConfiguration,
    /// networking.k8s.io/v1 IngressClass
    IngressClass,
    /// networking.k8s.io/v1 Ingress
    Ingress,
    /// networking.k8s.io/v1 NetworkPolicy
    NetworkPolicy,
    /// node.k8s.io/v1 RuntimeClass
    RuntimeClass,
    /// policy/v1 PodDisruptionBudget
    PodDisruptionBudget,
    /// rbac.authorization.k8s.io/v1 ClusterRoleBinding
    ClusterRoleBinding,
    /// rbac.authorization.k8s.io/v1 ClusterRole
    ClusterRole,
    /// rbac.authorization.k8s.io/v1 RoleBinding
    RoleBinding,
    /// rbac.authorization.k8s.io/v1 Role
    Role,
    /// scheduling.k8s.io/v1 PriorityClass
    PriorityClass,
    /// storage.k8s.io/v1 CSIDriver
    CSIDriver,
    /// storage.k8s.io/v1 CSINode
    CSINode,
    /// storage.k8s.io/v1 CSIStorageCapacity
    CSIStorageCapacity,
    /// storage.k8s.io/v1 StorageClass
    StorageClass,
    /// storage.k8s.io/v1 VolumeAttachment
    VolumeAttachment,
}

/// The names of a kind.
#[derive(Debug)]
pub struct KindInfo {
    /// Which.
    pub kind: Kind,
    /// `ReplicationController`
    pub name: &'static str,
    /// Empty for the core group, else `apps`, …
    pub group: &'static str,
    /// `v1`
    pub version: &'static str,
    /// `replicationcontrollers`
    pub plural: &'static str,
    /// `replicationcontroller`
    pub singular: &'static str,
    /// `rc`
    pub short: &'static [&'static str],
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// Whether `kubectl get all` lists it.
    pub in_all: bool,
    /// Whether `metadata.generation` counts the changes of its spec.
    pub has_generation: bool,
    /// Whether it is asked and answered, and never stored.
    pub is_review: bool,
}

impl Kind {
    /// All of them, in the order of the enum.
    pub fn all() -> impl Iterator<Item = Kind> {
        KINDS.iter().map(|info| info.kind)
    }

    /// Its names.
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }

    /// `ReplicationController`
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// `v1`, `apps/v1`
    pub fn api_version(self) -> String {
        let info = self.info();
        if info.group.is_empty() { info.version.to_owned() } else { format!("{}/{}", info.group, info.version) }
    }

    /// `replicationcontrollers`, `replicasets.apps`: what the server calls it in errors.
    pub fn resource(self) -> String {
        with_group(self.info().plural, self.info().group)
    }

    /// `replicationcontroller`, `replicaset.apps`: what kubectl puts before the slash.
    pub fn qualified(self) -> String {
        with_group(self.info().singular, self.info().group)
    }

    /// `ReplicationController`, `ReplicaSet.apps`: what kubectl calls it where the group matters.
    pub fn with_group(self) -> String {
        with_group(self.name(), self.info().group)
    }

    /// By `apiVersion` and `kind` of a manifest, in any version that is served.
    pub fn of_manifest(api_version: &str, kind: &str) -> Option<Kind> {
        Kind::all().find(|k| k.name() == kind && k.is_served(api_version))
    }

    /// Whether its objects can be had in this version.
    pub fn is_served(self, api_version: &str) -> bool {
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        match self {
            Kind::HorizontalPodAutoscaler => group == "autoscaling" && matches!(version, "v1" | "v2"),
            Kind::Event => matches!(api_version, "v1" | "events.k8s.io/v1"),
            _ => group == self.info().group && version == self.info().version,
        }
    }

    /// Whether something here acts on its objects. The others are kept as they are and do nothing.
    pub fn is_simulated(self) -> bool {
        use Kind::*;
        matches!(
            self,
            ConfigMap | ControllerRevision | CronJob | DaemonSet | Deployment | Endpoints | EndpointSlice | Event | Ingress
                | IngressClass | Job | LimitRange | Namespace | NetworkPolicy | Node | Pod | ReplicaSet | ReplicationController
                | ResourceQuota | Secret | Service | ServiceAccount | PriorityClass | StatefulSet
                | PersistentVolume | PersistentVolumeClaim | PodDisruptionBudget
        )
    }

    /// By any word that kubectl takes for it: plural, singular, short, with the group, in any case.
    pub fn of_word(word: &str) -> Option<Kind> {
        let word = word.to_ascii_lowercase();
        Kind::all().find(|kind| {
            let info = kind.info();
            let plain = word.split_once('.').map_or(word.as_str(), |(resource, _)| resource);
            let group_fits = word.split_once('.').is_none_or(|(_, group)| fits_group(group, info));
            group_fits && (plain == info.plural || plain == info.singular || info.short.contains(&plain))
        })
    }
}

fn fits_group(group: &str, info: &KindInfo) -> bool {
    let group = group.strip_prefix(info.version).and_then(|g| g.strip_prefix('.')).unwrap_or(group);
    group == info.group
}

fn with_group(resource: &str, group: &str) -> String {
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_at_their_place() {
        for kind in Kind::all() {
            assert_eq!(kind.info().kind, kind);
        }
    }

    #[test]
    fn words_name_kinds() {
        let table = [
            ("po", Some(Kind::Pod)), ("pods", Some(Kind::Pod)), ("Pod", Some(Kind::Pod)), ("rc", Some(Kind::ReplicationController)),
            ("pods.v1.", Some(Kind::Pod)), ("pods.apps", None), ("foo", None), ("", None),
        ];
        for (word, kind) in table {
            assert_eq!(Kind::of_word(word), kind, "{word}");
        }
    }
}
