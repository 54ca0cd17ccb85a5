//! Objects that the API answers from a look at the world and keeps nowhere: the state of components, the leases of nodes.
//! Models pkg/registry/core/componentstatus/rest.go; a lease is what the kubelet would have renewed last (its own writes are left out:
//! they would change nothing but its time).

use serde_json::{Value, json};

use super::{Component, World};
use crate::api::{Kind, Object};
use crate::apiserver::bootstrap::standing;
use crate::base::{Name, SimTime};
use crate::runtime::Power;

impl World {
    /// Whether all objects of a kind are seen and not kept: [`World::seen`] has them.
    pub fn is_seen(kind: Kind) -> bool {
        matches!(kind, Kind::ComponentStatus | Kind::Lease)
    }

    /// All objects of a kind that is seen and not kept; none of another.
    #[inline(never)]
    pub fn seen(&self, kind: Kind) -> Vec<Object> {
        match kind {
            Kind::Lease => self.leases(),
            Kind::ComponentStatus => self.component_statuses(),
            _ => Vec::new(),
        }
    }

    fn leases(&self) -> Vec<Object> {
        let lease = |at: usize, name: &Name, created: SimTime| {
            let renewed = self.machine(name)?.last_heartbeat(self.now());
            let spec = json!({"holderIdentity": name.as_str(), "leaseDurationSeconds": 40, "renewTime": renewed.rfc3339_micro()});
            let mut object = standing(Kind::Lease, name, json!({"spec": spec}), at)?;
            let meta = object.meta_mut();
            (meta.namespace, meta.creation) = (Name::fixed("kube-node-lease"), created);
            Some(object)
        };
        self.view().nodes().enumerate().filter_map(|(at, node)| lease(at, &node.meta.name, node.meta.creation)).collect()
    }

    fn component_statuses(&self) -> Vec<Object> {
        let state = |name: &str, port: u16, component: Option<Component>| {
            let is_on = component.is_none_or(|component| self.component_power(component) == Power::On);
            let url = format!("https://127.0.0.1:{port}/healthz");
            let message = if is_on { "ok".to_owned() } else { format!("Get \"{url}\": dial tcp 127.0.0.1:{port}: connect: connection refused") };
            let condition: Value = json!({"message": message, "status": if is_on { "True" } else { "False" }, "type": "Healthy"});
            Object::from_value(Kind::ComponentStatus, &json!({"metadata": {"name": name}, "conditions": [condition]}))
        };
        let all = [
            state("controller-manager", 10_257, Some(Component::ControllerManager)), state("etcd-0", 2379, None),
            state("scheduler", 10_259, Some(Component::Scheduler)),
        ];
        all.into_iter().flatten().collect()
    }
}
