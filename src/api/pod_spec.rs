//! The spec of a pod and the template it comes from. Shared by all replicas of a template.

use std::rc::Rc;

use serde_json::Value;

use super::json::record;
use super::{ExecAction, HttpGetAction, LabelSelector, Labels, Node, ObjectMeta, Operator, Probe, Quantity, Requirement, TaintEffect, TcpSocketAction};
use crate::base::{Name, SmallMap};

record! {
    /// What pods are made from.
    pub struct PodTemplateSpec {
        /// Labels and annotations of the pods.
        meta: TemplateMeta = "metadata",
        /// Their spec.
        spec: Rc<PodSpec> = "spec",
    }
}

/// Metadata of a template: an [`ObjectMeta`] of which only labels, annotations, name and finalizers matter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateMeta(pub ObjectMeta);

impl std::ops::Deref for TemplateMeta {
    type Target = ObjectMeta;
    fn deref(&self) -> &ObjectMeta {
        &self.0
    }
}

impl super::Json for TemplateMeta {
    fn read(value: &Value) -> TemplateMeta {
        TemplateMeta(super::Json::read(value))
    }
    fn write(&self) -> Option<Value> {
        super::Json::write(&self.0)
    }
}

record! {
    /// What runs in a pod and how.
    pub struct PodSpec {
        /// Seconds after which the pod is failed.
        active_deadline_seconds: Option<i64> = "activeDeadlineSeconds",
        /// Where it may run.
        affinity: Option<Affinity> = "affinity",
        /// Its containers; at least one.
        containers: Vec<Container> = "containers",
        /// `ClusterFirst`
        dns_policy: Name = "dnsPolicy",
        /// Added to the pod while it runs, for debugging. Set only by the pod's `ephemeralcontainers` subresource.
        ephemeral_containers: Vec<Container> = "ephemeralContainers",
        /// Whether Services appear as variables.
        enable_service_links: Option<bool> = "enableServiceLinks",
        /// Uses the node's network.
        host_network: bool = "hostNetwork",
        /// Instead of the pod's name.
        hostname: Name = "hostname",
        /// Run one after the other before the containers.
        init_containers: Vec<Container> = "initContainers",
        /// As the user wrote it. A pod's own is [`super::Pod::node_name`].
        node_name: Name = "nodeName",
        /// Labels that the node must have.
        node_selector: SmallMap<Name, Name> = "nodeSelector",
        /// `PreemptLowerPriority`
        preemption_policy: Name = "preemptionPolicy",
        /// From the priority class.
        priority: Option<i32> = "priority",
        /// Its priority class.
        priority_class_name: Name = "priorityClassName",
        /// `Always`, `OnFailure`, `Never`
        restart_policy: Name = "restartPolicy",
        /// `default-scheduler`
        scheduler_name: Name = "schedulerName",
        /// Pod-level security settings, without effect here.
        security_context: Option<Value> = "securityContext",
        /// The older name of serviceAccountName.
        service_account: Name = "serviceAccount",
        /// `default`
        service_account_name: Name = "serviceAccountName",
        /// The service that gives it a DNS name.
        subdomain: Name = "subdomain",
        /// Seconds between SIGTERM and SIGKILL.
        termination_grace_period_seconds: Option<i64> = "terminationGracePeriodSeconds",
        /// Taints that it bears.
        tolerations: Vec<Toleration> = "tolerations",
        /// How it spreads.
        topology_spread_constraints: Vec<TopologySpreadConstraint> = "topologySpreadConstraints",
        /// Its volumes, as written.
        volumes: Vec<Value> = "volumes",
    }

    /// A container of a pod.
    pub struct Container {
        /// Arguments.
        args: Vec<Name> = "args",
        /// Instead of the image's entrypoint.
        command: Vec<Name> = "command",
        /// Its environment.
        env: Vec<EnvVar> = "env",
        /// Whole ConfigMaps and Secrets as environment.
        env_from: Vec<Value> = "envFrom",
        /// `luksa/kubia`
        image: Name = "image",
        /// `Always`, `IfNotPresent`, `Never`
        image_pull_policy: Name = "imagePullPolicy",
        /// Hooks.
        lifecycle: Option<Lifecycle> = "lifecycle",
        /// Kills it when it fails.
        liveness_probe: Option<Probe> = "livenessProbe",
        /// Unique in the pod.
        name: Name = "name",
        /// Ports it says it listens on.
        ports: Vec<ContainerPort> = "ports",
        /// Takes the pod out of Services while it fails.
        readiness_probe: Option<Probe> = "readinessProbe",
        /// Requests and limits.
        resources: ResourceRequirements = "resources",
        /// `Always` makes an init container a sidecar.
        restart_policy: Name = "restartPolicy",
        /// Security settings, without effect here.
        security_context: Option<Value> = "securityContext",
        /// Holds the other probes back until it succeeds.
        startup_probe: Option<Probe> = "startupProbe",
        /// `/dev/termination-log`
        termination_message_path: Name = "terminationMessagePath",
        /// `File`
        termination_message_policy: Name = "terminationMessagePolicy",
        /// What is mounted where.
        volume_mounts: Vec<VolumeMount> = "volumeMounts",
    }

    /// A port that a container says it listens on.
    pub struct ContainerPort {
        /// 1 to 65535
        container_port: i32 = "containerPort",
        /// The address on the node.
        host_ip: Name = "hostIP",
        /// The port on the node.
        host_port: i32 = "hostPort",
        /// Its name.
        name: Name = "name",
        /// `TCP`, `UDP`, `SCTP`
        protocol: Name = "protocol",
    }

    /// A variable of the environment.
    pub struct EnvVar {
        /// Its name.
        name: Name = "name",
        /// Its value; `$(OTHER)` is replaced.
        value: Name = "value",
        /// Where else it comes from.
        value_from: Option<Value> = "valueFrom",
    }

    /// Requests hold places on nodes, limits bound what a container may use.
    pub struct ResourceRequirements {
        /// Bounds.
        limits: SmallMap<Name, Quantity> = "limits",
        /// Places held.
        requests: SmallMap<Name, Quantity> = "requests",
    }

    /// A mount.
    pub struct VolumeMount {
        /// Where.
        mount_path: Name = "mountPath",
        /// The volume.
        name: Name = "name",
        /// Not writable.
        read_only: bool = "readOnly",
    }

    /// Hooks of a container.
    pub struct Lifecycle {
        /// After its start.
        post_start: Option<LifecycleHandler> = "postStart",
        /// Before its SIGTERM.
        pre_stop: Option<LifecycleHandler> = "preStop",
    }

    /// What a hook does.
    pub struct LifecycleHandler {
        /// A command.
        exec: Option<ExecAction> = "exec",
        /// An HTTP GET.
        http_get: Option<HttpGetAction> = "httpGet",
        /// A pause: `{seconds: 5}`.
        sleep: Option<Value> = "sleep",
        /// A TCP connection.
        tcp_socket: Option<TcpSocketAction> = "tcpSocket",
    }

    /// A taint that a pod bears.
    pub struct Toleration {
        /// All effects if unset.
        effect: Option<TaintEffect> = "effect",
        /// All keys if empty (with `Exists`).
        key: Name = "key",
        /// `Equal` (also if empty) or `Exists`.
        operator: Name = "operator",
        /// How long a NoExecute taint is borne; for ever if unset.
        toleration_seconds: Option<i64> = "tolerationSeconds",
        /// For `Equal`.
        value: Name = "value",
    }

    /// Rules of where a pod may run.
    pub struct Affinity {
        /// By labels of the node.
        node_affinity: Option<NodeAffinity> = "nodeAffinity",
    }

    /// By labels of the node.
    pub struct NodeAffinity {
        /// Wished.
        preferred: Vec<PreferredSchedulingTerm> = "preferredDuringSchedulingIgnoredDuringExecution",
        /// Required.
        required: Option<NodeSelector> = "requiredDuringSchedulingIgnoredDuringExecution",
    }

    /// Terms of which one must hold.
    pub struct NodeSelector {
        /// ORed.
        terms: Vec<NodeSelectorTerm> = "nodeSelectorTerms",
    }

    /// Requirements that must all hold.
    pub struct NodeSelectorTerm {
        /// On labels.
        match_expressions: Vec<Requirement> = "matchExpressions",
        /// On `metadata.name`.
        match_fields: Vec<Requirement> = "matchFields",
    }

    /// A wish and its weight.
    pub struct PreferredSchedulingTerm {
        /// The wish.
        preference: NodeSelectorTerm = "preference",
        /// 1 to 100
        weight: i32 = "weight",
    }

    /// How pods spread over domains of nodes.
    pub struct TopologySpreadConstraint {
        /// Pods that count.
        label_selector: Option<LabelSelector> = "labelSelector",
        /// The difference allowed.
        max_skew: i32 = "maxSkew",
        /// The node label whose values are the domains.
        topology_key: Name = "topologyKey",
        /// `DoNotSchedule` or `ScheduleAnyway`.
        when_unsatisfiable: Name = "whenUnsatisfiable",
    }
}

impl Toleration {
    /// Whether it bears a taint.
    /// Models core/v1 Toleration.ToleratesTaint.
    pub fn tolerates(&self, taint: &super::Taint) -> bool {
        let effect = self.effect.is_none_or(|effect| effect == taint.effect);
        let key = self.key.is_empty() || self.key == *taint.key;
        effect && key && (self.operator == "Exists" || self.value == *taint.value)
    }
}

impl NodeSelectorTerm {
    /// Whether a node has all that it asks for. A term that asks for nothing matches nothing.
    pub fn matches(&self, node: &Node) -> bool {
        if self.match_expressions.is_empty() && self.match_fields.is_empty() {
            return false;
        }
        let fields = || Labels::from([(Name::fixed("metadata.name"), node.meta.name.clone())]);
        self.match_expressions.iter().all(|requirement| requirement.matches(&node.meta.labels))
            && (self.match_fields.is_empty() || self.match_fields.iter().all(|requirement| requirement.matches(&fields())))
    }
}

impl PodSpec {
    /// All its containers: init containers, its own, those added for debugging. The kubelet counts them in this order.
    pub fn all_containers(&self) -> impl Iterator<Item = &Container> {
        self.init_containers.iter().chain(&self.containers).chain(&self.ephemeral_containers)
    }

    /// Whether its nodeSelector and its required node affinity, both, match a node.
    /// Models component-helpers/scheduling/corev1/nodeaffinity GetRequiredNodeAffinity.
    pub fn selects(&self, node: &Node) -> bool {
        let labels = &node.meta.labels;
        let selected = self.node_selector.iter().all(|(key, value)| labels.get(key) == Some(value));
        let required = self.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref()?.required.as_ref());
        selected && required.is_none_or(|required| required.terms.iter().any(|term| term.matches(node)))
    }

    /// Whether it bears a taint.
    pub fn tolerates(&self, taint: &super::Taint) -> bool {
        self.tolerations.iter().any(|toleration| toleration.tolerates(taint))
    }

    /// The only nodes that its required affinity allows, if each of its terms names some.
    /// Models pkg/scheduler/framework/plugins/nodeaffinity PreFilter.
    pub fn required_nodes(&self) -> Option<Vec<Name>> {
        let required = self.affinity.as_ref()?.node_affinity.as_ref()?.required.as_ref()?;
        let named = |term: &NodeSelectorTerm| {
            let by_name = |field: &&Requirement| field.key == "metadata.name" && field.operator == Operator::In;
            term.match_fields.iter().find(by_name).map(|field| field.values.clone())
        };
        let names: Option<Vec<Vec<Name>>> = required.terms.iter().map(named).collect();
        names.map(|names| names.concat()).filter(|names| !names.is_empty())
    }

    /// Seconds between SIGTERM and SIGKILL; the server fills in 30.
    pub fn grace_seconds(&self) -> i64 {
        self.termination_grace_period_seconds.unwrap_or(30)
    }
}
