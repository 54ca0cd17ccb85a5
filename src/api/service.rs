//! core/v1 Service: one name and address for a changing set of pods.

use super::json::{IntOrString, record};
use super::{Labels, ObjectMeta};
use crate::base::{Name, SimTime};
use super::Truth;

/// A service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    /// Metadata.
    pub meta: ObjectMeta,
    /// What is wanted.
    pub spec: ServiceSpec,
    /// What a load balancer made of it.
    pub status: ServiceStatus,
}

record! {
    /// What is wanted of a service.
    pub struct ServiceSpec {
        /// Whether a LoadBalancer gets node ports; true if unset.
        allocate_load_balancer_node_ports: Option<bool> = "allocateLoadBalancerNodePorts",
        /// Its address in the cluster; `None` for a headless service, empty for an ExternalName.
        cluster_ip: Name = "clusterIP",
        /// The addresses, one a family; the first is `cluster_ip`.
        cluster_ips: Vec<Name> = "clusterIPs",
        /// Addresses from outside that nodes accept for it as well.
        external_ips: Vec<Name> = "externalIPs",
        /// The DNS name that an ExternalName stands for.
        external_name: Name = "externalName",
        /// `Cluster` or `Local`: which endpoints a node takes for traffic from outside. Empty for a ClusterIP.
        external_traffic_policy: Name = "externalTrafficPolicy",
        /// Where a node says whether it has endpoints of its own (LoadBalancer with `Local`).
        health_check_node_port: i32 = "healthCheckNodePort",
        /// `Cluster` or `Local`: which endpoints a node takes for traffic from inside. Empty for an ExternalName.
        internal_traffic_policy: Name = "internalTrafficPolicy",
        /// `IPv4`, `IPv6`
        ip_families: Vec<Name> = "ipFamilies",
        /// `SingleStack`, `PreferDualStack`, `RequireDualStack`
        ip_family_policy: Name = "ipFamilyPolicy",
        /// Which implementation makes the load balancer; the cloud's if unset.
        load_balancer_class: Option<Name> = "loadBalancerClass",
        /// An address that is asked of the cloud.
        load_balancer_ip: Name = "loadBalancerIP",
        /// Who may use the load balancer; everybody if empty.
        load_balancer_source_ranges: Vec<Name> = "loadBalancerSourceRanges",
        /// Its ports.
        ports: Vec<ServicePort> = "ports",
        /// Whether pods that are not ready count.
        publish_not_ready_addresses: bool = "publishNotReadyAddresses",
        /// Which pods it stands for; if empty, somebody else writes its endpoints.
        selector: Labels = "selector",
        /// `None` or `ClientIP`
        session_affinity: Name = "sessionAffinity",
        /// How long an affinity lasts.
        session_affinity_config: Option<SessionAffinityConfig> = "sessionAffinityConfig",
        /// `PreferClose`
        traffic_distribution: Option<Name> = "trafficDistribution",
        /// `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`
        kind: Name = "type",
    }

    /// A port of a service.
    pub struct ServicePort {
        /// `kubernetes.io/h2c`, `http`, …
        app_protocol: Option<Name> = "appProtocol",
        /// Its name, which two ports of a service must have.
        name: Name = "name",
        /// The port on each node; 0 if there is none.
        node_port: i32 = "nodePort",
        /// The port at the service's address.
        port: i32 = "port",
        /// `TCP`, `UDP`, `SCTP`
        protocol: Name = "protocol",
        /// The port of the pods, or the name that each pod gives to it.
        target_port: IntOrString = "targetPort",
    }

    /// How an affinity is kept.
    pub struct SessionAffinityConfig {
        /// By the client's address.
        client_ip: Option<ClientIpConfig> = "clientIP",
    }

    /// How an affinity by address is kept.
    pub struct ClientIpConfig {
        /// Seconds after the last connection; 10800 by default.
        timeout_seconds: Option<i32> = "timeoutSeconds",
    }

    /// What became of a service.
    pub struct ServiceStatus {
        /// Conditions.
        conditions: Vec<StatusCondition> = "conditions",
        /// Its load balancer.
        load_balancer: LoadBalancerStatus = "loadBalancer",
    }

    /// A condition that says which generation it is about.
    pub struct StatusCondition {
        /// When the status last changed.
        last_transition_time: SimTime = "lastTransitionTime",
        /// A sentence for why.
        message: Name = "message",
        /// The generation of the object that it is about.
        observed_generation: i64 = "observedGeneration",
        /// A word for why.
        reason: Name = "reason",
        /// Whether it holds.
        status: Truth = "status",
        /// `LoadBalancerPortsError`, …
        kind: Name = "type",
    }

    /// The addresses of a load balancer.
    pub struct LoadBalancerStatus {
        /// One for each.
        ingress: Vec<LoadBalancerIngress> = "ingress",
    }

    /// An address of a load balancer.
    pub struct LoadBalancerIngress {
        /// Its name.
        hostname: Name = "hostname",
        /// Its address.
        ip: Name = "ip",
        /// `VIP`: nodes answer for the address themselves; `Proxy`: they do not.
        ip_mode: Option<Name> = "ipMode",
        /// Its ports.
        ports: Vec<PortStatus> = "ports",
    }

    /// A port of a load balancer.
    pub struct PortStatus {
        /// What is wrong with it.
        error: Option<Name> = "error",
        /// Its number.
        port: i32 = "port",
        /// `TCP`
        protocol: Name = "protocol",
    }
}

/// The `clusterIP` of a headless service.
pub const HEADLESS: &str = "None";

impl Service {
    /// Whether it has no address of its own: DNS answers with its pods' addresses.
    pub fn is_headless(&self) -> bool {
        self.spec.cluster_ip == HEADLESS
    }

    /// Whether it only stands for a DNS name.
    pub fn is_external_name(&self) -> bool {
        self.spec.kind == "ExternalName"
    }

    /// Whether nodes listen for it on ports of theirs.
    pub fn has_node_ports(&self) -> bool {
        self.spec.kind == "NodePort" || self.spec.kind == "LoadBalancer"
    }

    /// The addresses that it has in the cluster: none for a headless one or an ExternalName.
    pub fn cluster_addresses(&self) -> impl Iterator<Item = &Name> {
        self.spec.cluster_ips.iter().filter(|ip| !ip.is_empty() && **ip != HEADLESS)
    }

    /// Whether it is a kind of service that has a `clusterIP`, be it `None`.
    pub fn needs_address(&self) -> bool {
        matches!(self.spec.kind.as_str(), "ClusterIP" | "NodePort" | "LoadBalancer")
    }

    /// Whether clients outside the cluster can reach it.
    /// Models pkg/apis/core/v1/service ExternallyAccessible.
    pub fn is_outside(&self) -> bool {
        self.has_node_ports() || (self.spec.kind == "ClusterIP" && !self.spec.external_ips.is_empty())
    }

    /// Whether nodes say on a port whether they have endpoints of it.
    /// Models pkg/apis/core/v1/service NeedsHealthCheck.
    pub fn needs_health_port(&self) -> bool {
        self.spec.kind == "LoadBalancer" && self.spec.external_traffic_policy == "Local"
    }

    /// Whether a pod with these labels is behind it. A service without a selector has no pods of its own.
    pub fn selects(&self, labels: &Labels) -> bool {
        !self.spec.selector.is_empty() && self.spec.selector.iter().all(|(key, value)| labels.get(key) == Some(value))
    }
}
