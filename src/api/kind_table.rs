//! The kinds of the Kubernetes 1.32 API and what it calls them, in the order in which `kubectl api-resources` lists them.
//! Left out: kinds that are served only if somebody switches them on, and those that are read and written through another kind
//! alone (Scale, Eviction, TokenRequest).

use super::{Kind, KindInfo};

const CORE: (&str, &str) = ("", "v1");
const ADMISSION: (&str, &str) = ("admissionregistration.k8s.io", "v1");
const EXTENSIONS: (&str, &str) = ("apiextensions.k8s.io", "v1");
const REGISTRATION: (&str, &str) = ("apiregistration.k8s.io", "v1");
const APPS: (&str, &str) = ("apps", "v1");
const AUTHENTICATION: (&str, &str) = ("authentication.k8s.io", "v1");
const AUTHORIZATION: (&str, &str) = ("authorization.k8s.io", "v1");
const AUTOSCALING: (&str, &str) = ("autoscaling", "v2");
const BATCH: (&str, &str) = ("batch", "v1");
const CERTIFICATES: (&str, &str) = ("certificates.k8s.io", "v1");
const COORDINATION: (&str, &str) = ("coordination.k8s.io", "v1");
const DISCOVERY: (&str, &str) = ("discovery.k8s.io", "v1");
const FLOW_CONTROL: (&str, &str) = ("flowcontrol.apiserver.k8s.io", "v1");
const NETWORKING: (&str, &str) = ("networking.k8s.io", "v1");
const NODE: (&str, &str) = ("node.k8s.io", "v1");
const POLICY: (&str, &str) = ("policy", "v1");
const RBAC: (&str, &str) = ("rbac.authorization.k8s.io", "v1");
const SCHEDULING: (&str, &str) = ("scheduling.k8s.io", "v1");
const STORAGE: (&str, &str) = ("storage.k8s.io", "v1");

/// Its objects live in a namespace.
const NAMESPACED: u8 = 1;
/// `kubectl get all` lists it.
const IN_ALL: u8 = 2;
/// `metadata.generation` counts the changes of its spec.
const GENERATION: u8 = 4;
/// It is asked and answered, and never stored.
const REVIEW: u8 = 8;

/// Group and version, the three names, the short ones, the marks.
const fn row(
    kind: Kind,
    (group, version): (&'static str, &'static str),
    [name, singular, plural]: [&'static str; 3],
    short: &'static [&'static str],
    marks: u8,
) -> KindInfo {
    KindInfo {
        kind,
        name,
        group,
        version,
        plural,
        singular,
        short,
        namespaced: marks & NAMESPACED != 0,
        in_all: marks & IN_ALL != 0,
        has_generation: marks & GENERATION != 0,
        is_review: marks & REVIEW != 0,
    }
}

pub(super) static KINDS: [KindInfo; 57] = [
    row(Kind::Binding, CORE, ["Binding", "binding", "bindings"], &[], NAMESPACED | REVIEW),
    row(Kind::ComponentStatus, CORE, ["ComponentStatus", "componentstatus", "componentstatuses"], &["cs"], 0),
    row(Kind::ConfigMap, CORE, ["ConfigMap", "configmap", "configmaps"], &["cm"], NAMESPACED),
    row(Kind::Endpoints, CORE, ["Endpoints", "endpoints", "endpoints"], &["ep"], NAMESPACED),
    row(Kind::Event, CORE, ["Event", "event", "events"], &["ev"], NAMESPACED),
    row(Kind::LimitRange, CORE, ["LimitRange", "limitrange", "limitranges"], &["limits"], NAMESPACED),
    row(Kind::Namespace, CORE, ["Namespace", "namespace", "namespaces"], &["ns"], 0),
    row(Kind::Node, CORE, ["Node", "node", "nodes"], &["no"], 0),
    row(
        Kind::PersistentVolumeClaim,
        CORE,
        ["PersistentVolumeClaim", "persistentvolumeclaim", "persistentvolumeclaims"],
        &["pvc"],
        NAMESPACED,
    ),
    row(Kind::PersistentVolume, CORE, ["PersistentVolume", "persistentvolume", "persistentvolumes"], &["pv"], 0),
    row(Kind::Pod, CORE, ["Pod", "pod", "pods"], &["po"], NAMESPACED | IN_ALL),
    row(Kind::PodTemplate, CORE, ["PodTemplate", "podtemplate", "podtemplates"], &[], NAMESPACED | GENERATION),
    row(
        Kind::ReplicationController,
        CORE,
        ["ReplicationController", "replicationcontroller", "replicationcontrollers"],
        &["rc"],
        NAMESPACED | IN_ALL | GENERATION,
    ),
    row(Kind::ResourceQuota, CORE, ["ResourceQuota", "resourcequota", "resourcequotas"], &["quota"], NAMESPACED),
    row(Kind::Secret, CORE, ["Secret", "secret", "secrets"], &[], NAMESPACED),
    row(Kind::ServiceAccount, CORE, ["ServiceAccount", "serviceaccount", "serviceaccounts"], &["sa"], NAMESPACED),
    row(Kind::Service, CORE, ["Service", "service", "services"], &["svc"], NAMESPACED | IN_ALL),
    row(
        Kind::MutatingWebhookConfiguration,
        ADMISSION,
        ["MutatingWebhookConfiguration", "mutatingwebhookconfiguration", "mutatingwebhookconfigurations"],
        &[],
        GENERATION,
    ),
    row(
        Kind::ValidatingAdmissionPolicy,
        ADMISSION,
        ["ValidatingAdmissionPolicy", "validatingadmissionpolicy", "validatingadmissionpolicies"],
        &[],
        GENERATION,
    ),
    row(
        Kind::ValidatingAdmissionPolicyBinding,
        ADMISSION,
        ["ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybinding", "validatingadmissionpolicybindings"],
        &[],
        GENERATION,
    ),
    row(
        Kind::ValidatingWebhookConfiguration,
        ADMISSION,
        ["ValidatingWebhookConfiguration", "validatingwebhookconfiguration", "validatingwebhookconfigurations"],
        &[],
        GENERATION,
    ),
    row(
        Kind::CustomResourceDefinition,
        EXTENSIONS,
        ["CustomResourceDefinition", "customresourcedefinition", "customresourcedefinitions"],
        &["crd", "crds"],
        GENERATION,
    ),
    row(Kind::APIService, REGISTRATION, ["APIService", "apiservice", "apiservices"], &[], 0),
    row(Kind::ControllerRevision, APPS, ["ControllerRevision", "controllerrevision", "controllerrevisions"], &[], NAMESPACED),
    row(Kind::DaemonSet, APPS, ["DaemonSet", "daemonset", "daemonsets"], &["ds"], NAMESPACED | IN_ALL | GENERATION),
    row(Kind::Deployment, APPS, ["Deployment", "deployment", "deployments"], &["deploy"], NAMESPACED | IN_ALL | GENERATION),
    row(Kind::ReplicaSet, APPS, ["ReplicaSet", "replicaset", "replicasets"], &["rs"], NAMESPACED | IN_ALL | GENERATION),
    row(Kind::StatefulSet, APPS, ["StatefulSet", "statefulset", "statefulsets"], &["sts"], NAMESPACED | IN_ALL | GENERATION),
    row(Kind::SelfSubjectReview, AUTHENTICATION, ["SelfSubjectReview", "selfsubjectreview", "selfsubjectreviews"], &[], REVIEW),
    row(Kind::TokenReview, AUTHENTICATION, ["TokenReview", "tokenreview", "tokenreviews"], &[], REVIEW),
    row(
        Kind::LocalSubjectAccessReview,
        AUTHORIZATION,
        ["LocalSubjectAccessReview", "localsubjectaccessreview", "localsubjectaccessreviews"],
        &[],
        NAMESPACED | REVIEW,
    ),
    row(
        Kind::SelfSubjectAccessReview,
        AUTHORIZATION,
        ["SelfSubjectAccessReview", "selfsubjectaccessreview", "selfsubjectaccessreviews"],
        &[],
        REVIEW,
    ),
    row(
        Kind::SelfSubjectRulesReview,
        AUTHORIZATION,
        ["SelfSubjectRulesReview", "selfsubjectrulesreview", "selfsubjectrulesreviews"],
        &[],
        REVIEW,
    ),
    row(Kind::SubjectAccessReview, AUTHORIZATION, ["SubjectAccessReview", "subjectaccessreview", "subjectaccessreviews"], &[], REVIEW),
    row(
        Kind::HorizontalPodAutoscaler,
        AUTOSCALING,
        ["HorizontalPodAutoscaler", "horizontalpodautoscaler", "horizontalpodautoscalers"],
        &["hpa"],
        NAMESPACED | IN_ALL,
    ),
    row(Kind::CronJob, BATCH, ["CronJob", "cronjob", "cronjobs"], &["cj"], NAMESPACED | IN_ALL | GENERATION),
    row(Kind::Job, BATCH, ["Job", "job", "jobs"], &[], NAMESPACED | IN_ALL | GENERATION),
    row(
        Kind::CertificateSigningRequest,
        CERTIFICATES,
        ["CertificateSigningRequest", "certificatesigningrequest", "certificatesigningrequests"],
        &["csr"],
        0,
    ),
    row(Kind::Lease, COORDINATION, ["Lease", "lease", "leases"], &[], NAMESPACED),
    row(Kind::EndpointSlice, DISCOVERY, ["EndpointSlice", "endpointslice", "endpointslices"], &[], NAMESPACED | GENERATION),
    row(Kind::FlowSchema, FLOW_CONTROL, ["FlowSchema", "flowschema", "flowschemas"], &[], GENERATION),
    row(
        Kind::PriorityLevelConfiguration,
        FLOW_CONTROL,
        ["PriorityLevelConfiguration", "prioritylevelconfiguration", "prioritylevelconfigurations"],
        &[],
        GENERATION,
    ),
    row(Kind::IngressClass, NETWORKING, ["IngressClass", "ingressclass", "ingressclasses"], &[], GENERATION),
    row(Kind::Ingress, NETWORKING, ["Ingress", "ingress", "ingresses"], &["ing"], NAMESPACED | GENERATION),
    row(Kind::NetworkPolicy, NETWORKING, ["NetworkPolicy", "networkpolicy", "networkpolicies"], &["netpol"], NAMESPACED | GENERATION),
    row(Kind::RuntimeClass, NODE, ["RuntimeClass", "runtimeclass", "runtimeclasses"], &[], 0),
    row(
        Kind::PodDisruptionBudget,
        POLICY,
        ["PodDisruptionBudget", "poddisruptionbudget", "poddisruptionbudgets"],
        &["pdb"],
        NAMESPACED | GENERATION,
    ),
    row(Kind::ClusterRoleBinding, RBAC, ["ClusterRoleBinding", "clusterrolebinding", "clusterrolebindings"], &[], 0),
    row(Kind::ClusterRole, RBAC, ["ClusterRole", "clusterrole", "clusterroles"], &[], 0),
    row(Kind::RoleBinding, RBAC, ["RoleBinding", "rolebinding", "rolebindings"], &[], NAMESPACED),
    row(Kind::Role, RBAC, ["Role", "role", "roles"], &[], NAMESPACED),
    row(Kind::PriorityClass, SCHEDULING, ["PriorityClass", "priorityclass", "priorityclasses"], &["pc"], GENERATION),
    row(Kind::CSIDriver, STORAGE, ["CSIDriver", "csidriver", "csidrivers"], &[], 0),
    row(Kind::CSINode, STORAGE, ["CSINode", "csinode", "csinodes"], &[], 0),
    row(Kind::CSIStorageCapacity, STORAGE, ["CSIStorageCapacity", "csistoragecapacity", "csistoragecapacities"], &[], NAMESPACED),
    row(Kind::StorageClass, STORAGE, ["StorageClass", "storageclass", "storageclasses"], &["sc"], 0),
    row(Kind::VolumeAttachment, STORAGE, ["VolumeAttachment", "volumeattachment", "volumeattachments"], &[], 0),
];
