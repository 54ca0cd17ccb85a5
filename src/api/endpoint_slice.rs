//! discovery.k8s.io/v1 EndpointSlice: some of the addresses behind a service; what kube-proxy and DNS read.

use super::json::record;
use super::{ObjectMeta, TargetReference};
use crate::base::Name;

/// Some of the addresses behind a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndpointSlice {
    /// Metadata; a label names the service.
    pub meta: ObjectMeta,
    /// `IPv4`, `IPv6`, `FQDN`
    pub address_type: Name,
    /// The endpoints, at most 1000.
    pub endpoints: Vec<Endpoint>,
    /// The ports that all of them have.
    pub ports: Vec<EndpointSlicePort>,
}

/// The label that names a slice's service.
pub const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";
/// The label that names who writes a slice.
pub const MANAGED_BY_LABEL: &str = "endpointslice.kubernetes.io/managed-by";

record! {
    /// One endpoint: a pod, mostly.
    pub struct Endpoint {
        /// Its addresses; they all mean the same, and only the first is used.
        addresses: Vec<Name> = "addresses",
        /// Whether to send traffic to it.
        conditions: EndpointConditions = "conditions",
        /// Which zones should use it.
        hints: Option<EndpointHints> = "hints",
        /// The pod's name in DNS, if it has one.
        hostname: Option<Name> = "hostname",
        /// The node that it is on.
        node_name: Option<Name> = "nodeName",
        /// The pod.
        target_ref: Option<TargetReference> = "targetRef",
        /// The zone that it is in.
        zone: Option<Name> = "zone",
    }

    /// The state of an endpoint.
    pub struct EndpointConditions {
        /// Serving and not terminating (or its service asks for all); unset means true.
        ready: Option<bool> = "ready",
        /// Ready, whether or not terminating; unset means as `ready`.
        serving: Option<bool> = "serving",
        /// Being deleted; unset means false.
        terminating: Option<bool> = "terminating",
    }

    /// Whom an endpoint is for.
    pub struct EndpointHints {
        /// The zones.
        for_zones: Vec<ForZone> = "forZones",
    }

    /// A zone that an endpoint is for.
    pub struct ForZone {
        /// Its name.
        name: Name = "name",
    }

    /// A port of a slice.
    pub struct EndpointSlicePort {
        /// `http`, …
        app_protocol: Option<Name> = "appProtocol",
        /// The name of the service's port.
        name: Option<Name> = "name",
        /// Its number; unset means all ports.
        port: Option<i32> = "port",
        /// `TCP`
        protocol: Option<Name> = "protocol",
    }
}

impl EndpointConditions {
    /// Whether traffic goes to it in the first place. Unset is yes.
    pub fn is_ready(&self) -> bool {
        self.ready != Some(false)
    }

    /// Whether it answers. Unset is as `ready`.
    pub fn is_serving(&self) -> bool {
        self.serving.unwrap_or_else(|| self.is_ready())
    }

    /// Whether it is going away.
    pub fn is_terminating(&self) -> bool {
        self.terminating == Some(true)
    }
}

impl EndpointSlice {
    /// The service that it is of; None if no label says.
    pub fn service_name(&self) -> Option<&Name> {
        self.meta.labels.get(&Name::fixed(SERVICE_NAME_LABEL)).filter(|name| !name.is_empty())
    }
}
