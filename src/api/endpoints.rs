//! core/v1 Endpoints: the addresses behind a service, in one object of the service's name.

use super::json::record;
use super::{ObjectMeta, Uid};
use crate::base::Name;

/// The addresses behind a service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoints {
    /// Metadata; the name is the service's.
    pub meta: ObjectMeta,
    /// Addresses that share their ports.
    pub subsets: Vec<EndpointSubset>,
}

record! {
    /// Addresses that share their ports.
    pub struct EndpointSubset {
        /// Those that are ready.
        addresses: Vec<EndpointAddress> = "addresses",
        /// Those that are not.
        not_ready_addresses: Vec<EndpointAddress> = "notReadyAddresses",
        /// Their ports.
        ports: Vec<EndpointPort> = "ports",
    }

    /// One address.
    pub struct EndpointAddress {
        /// The pod's name in DNS, if it has one.
        hostname: Name = "hostname",
        /// The address.
        ip: Name = "ip",
        /// The node that it is on.
        node_name: Option<Name> = "nodeName",
        /// The pod.
        target_ref: Option<TargetReference> = "targetRef",
    }

    /// A port of the addresses.
    pub struct EndpointPort {
        /// `http`, …
        app_protocol: Option<Name> = "appProtocol",
        /// The name of the service's port.
        name: Name = "name",
        /// Its number.
        port: i32 = "port",
        /// `TCP`
        protocol: Name = "protocol",
    }

    /// The object behind an address.
    pub struct TargetReference {
        /// `v1`; empty where a controller writes it.
        api_version: Name = "apiVersion",
        /// `Pod`
        kind: Name = "kind",
        /// Its name.
        name: Name = "name",
        /// Its namespace.
        namespace: Name = "namespace",
        /// Its uid.
        uid: Uid = "uid",
    }
}
