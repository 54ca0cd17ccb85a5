//! networking.k8s.io/v1 NetworkPolicy: who may talk to the pods that it selects, and to whom they may talk.

use super::json::{IntOrString, record};
use super::{LabelSelector, ObjectMeta};
use crate::base::Name;

/// Who may talk to some pods.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkPolicy {
    /// Metadata.
    pub meta: ObjectMeta,
    /// Which pods, and who.
    pub spec: NetworkPolicySpec,
}

record! {
    /// Which pods, and who may talk to them.
    pub struct NetworkPolicySpec {
        /// To whom they may talk; nobody if empty and `Egress` is among the types.
        egress: Vec<NetworkPolicyEgressRule> = "egress",
        /// Who may talk to them; nobody if empty and `Ingress` is among the types.
        ingress: Vec<NetworkPolicyIngressRule> = "ingress",
        /// The pods of its namespace that it is about; all with an empty one.
        pod_selector: LabelSelector = "podSelector",
        /// `Ingress`, `Egress`
        policy_types: Vec<Name> = "policyTypes",
    }

    /// Peers that may be talked to, at ports of theirs.
    pub struct NetworkPolicyEgressRule {
        /// The ports; all if empty.
        ports: Vec<NetworkPolicyPort> = "ports",
        /// The peers; all if empty.
        to: Vec<NetworkPolicyPeer> = "to",
    }

    /// Peers that may talk to the pods, at ports of the pods.
    pub struct NetworkPolicyIngressRule {
        /// The peers; all if empty.
        from: Vec<NetworkPolicyPeer> = "from",
        /// The ports; all if empty.
        ports: Vec<NetworkPolicyPort> = "ports",
    }

    /// Somebody at the other end.
    pub struct NetworkPolicyPeer {
        /// By address.
        ip_block: Option<IpBlock> = "ipBlock",
        /// Pods of these namespaces.
        namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// These pods: of the selected namespaces, or of the policy's own.
        pod_selector: Option<LabelSelector> = "podSelector",
    }

    /// A range of addresses.
    pub struct IpBlock {
        /// `192.168.1.0/24`
        cidr: Name = "cidr",
        /// Ranges in it that are left out.
        except: Vec<Name> = "except",
    }

    /// A port, or a range of them.
    pub struct NetworkPolicyPort {
        /// The last port of a range.
        end_port: Option<i32> = "endPort",
        /// Its number or the pods' name for it; all if unset.
        port: Option<IntOrString> = "port",
        /// `TCP`, `UDP`, `SCTP`
        protocol: Option<Name> = "protocol",
    }
}

impl NetworkPolicy {
    /// Whether it speaks of who may talk to its pods.
    pub fn limits_ingress(&self) -> bool {
        self.spec.policy_types.iter().any(|kind| *kind == "Ingress")
    }

    /// Whether it speaks of whom its pods may talk to.
    pub fn limits_egress(&self) -> bool {
        self.spec.policy_types.iter().any(|kind| *kind == "Egress")
    }
}
