//! The object model: plain data and pure helpers, one file a kind. Objects convert to and from their JSON form
//! ([`Json`]); fields that Podscape knows nothing about are kept in `rest` and printed back.

mod autoscaling;
mod condition;
mod controller_revision;
mod daemon_set;
mod cron_job;
mod deployment;
mod disruption_budget;
mod endpoint_slice;
mod endpoints;
mod error;
mod event;
mod ingress;
mod job;
mod json;
mod kind;
mod kind_table;
mod labels;
mod meta;
mod namespace;
mod network_policy;
mod node;
mod object;
mod other;
mod pod;
mod pod_resources;
mod pod_spec;
mod pod_status;
mod probe;
mod quantity;
mod replica_owner;
mod replica_set;
mod replication_controller;
mod rolling_update;
mod service;
mod signing_request;
mod storage;
mod subsets;
mod template_dump;
mod template_hash;

pub use autoscaling::autoscaler_v1;
pub use condition::{Condition, Truth};
pub use controller_revision::ControllerRevision;
pub use daemon_set::{DaemonSet, DaemonSetSpec, DaemonSetStatus, DaemonSetUpdateStrategy};
pub use cron_job::{ActiveJob, CronJob, CronJobSpec, CronJobStatus, JobTemplateSpec};
pub use deployment::{Deployment, DeploymentCondition, DeploymentSpec, DeploymentStatus, DeploymentStrategy};
pub use disruption_budget::{DisruptionBudget, disruption_allowed};
pub use endpoint_slice::{
    Endpoint, EndpointConditions, EndpointHints, EndpointSlice, EndpointSlicePort, ForZone, MANAGED_BY_LABEL, SERVICE_NAME_LABEL,
};
pub use endpoints::{EndpointAddress, EndpointPort, EndpointSubset, Endpoints, TargetReference};
pub use error::{ApiError, FieldError, FieldErrorKind, Reason};
pub use event::{Event, EventText, EventType, Note, ObjectReference};
pub use ingress::{
    DEFAULT_INGRESS_CLASS, HttpIngressPath, HttpIngressRuleValue, Ingress, IngressBackend, IngressClass, IngressClassParameters,
    IngressClassSpec, IngressLoadBalancerIngress, IngressLoadBalancerStatus, IngressRule, IngressServiceBackend, IngressSpec,
    IngressStatus, IngressTls, ServiceBackendPort,
};
pub use job::{
    COMPLETION_INDEX, ConditionPattern, ExitCodes, JOB_TRACKING_FINALIZER, Job, JobCondition, JobSpec, JobStatus, PodFailurePolicy,
    PodFailureRule, PodFailures, SuccessPolicy, SuccessRule, UncountedPods,
};
pub use json::{IntOrString, Json, Rest};
pub use kind::{Kind, KindInfo};
pub use labels::{FieldSelector, LabelSelector, Labels, Operator, Requirement};
pub use meta::{ObjectMeta, OwnerReference, Uid};
pub use namespace::Namespace;
pub use network_policy::{
    IpBlock, NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicySpec,
};
pub use node::{Node, NodeSpec, NodeStatus, Taint, TaintEffect};
pub use object::{Object, ObjectKey};
pub use other::Other;
pub use pod::{Pod, container_id, image_id, runtime_image};
pub use pod_resources::ResourceList;
pub use pod_spec::{
    Affinity, Container, ContainerPort, EnvVar, Lifecycle, LifecycleHandler, NodeAffinity, NodeSelector, NodeSelectorTerm, PodSpec,
    PodTemplateSpec, PreferredSchedulingTerm, ResourceRequirements, Toleration, TopologySpreadConstraint, VolumeMount,
};
pub use pod_status::{
    ContainerState, ContainerStatus, PodCondition, PodConditionKind, PodPhase, PodStatus, StateDetail, Terminated,
};
pub use probe::{ExecAction, GrpcAction, HttpGetAction, HttpHeader, Probe, TcpSocketAction};
pub use quantity::Quantity;
pub use replica_owner::{PodSelector, ReplicaOwner};
pub use replica_set::{ReplicaSet, ReplicaSetSpec, ReplicaSetStatus};
pub use rolling_update::{RollingUpdate, Rounding};
pub use service::{
    ClientIpConfig, HEADLESS, LoadBalancerIngress, LoadBalancerStatus, PortStatus, Service, ServicePort, ServiceSpec, ServiceStatus,
    SessionAffinityConfig, StatusCondition,
};
pub use signing_request::SigningRequest;
pub use storage::{SELECTED_NODE, claims_of, default_class};
pub use subsets::{repack_subsets, sort_slice_ports};
pub use template_hash::{TEMPLATE_HASH_LABEL, is_same_template, template_hash};
pub use replication_controller::{ReplicationController, ReplicationControllerSpec, ReplicationControllerStatus};
