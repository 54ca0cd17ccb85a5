//! Services as cards: the address, the ports, and the endpoints behind them.

use std::rc::Rc;

use super::frame::Scene;
use super::lens::Lens;
use crate::api::{Kind, Labels, ObjectKey, Service, Uid};
use crate::base::Name;

/// At most so many endpoints are named.
const MOST: usize = 200;

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceCard {
    /// Its key.
    pub key: ObjectKey,
    /// Its uid.
    pub uid: Uid,
    /// `ClusterIP`, `NodePort`, …
    pub kind: Name,
    /// Its address in the cluster; `None`, or the name that it stands for.
    pub address: Name,
    /// The addresses that the cloud's load balancer has for it.
    pub balancers: Vec<Name>,
    /// `80`, `80:30123`
    pub ports: Vec<Name>,
    /// Which pods it stands for.
    pub selector: Rc<Labels>,
    /// Pods that get its traffic.
    pub ready: Vec<Uid>,
    /// Pods that it selects and that are not ready.
    pub waiting: Vec<Uid>,
}

/// The services in sight; the cluster's own one is left out.
pub(super) fn cards(scene: &Scene<'_>, lens: &Lens) -> Vec<ServiceCard> {
    let own = |service: &Service| {
        let (namespace, name) = (service.meta.namespace.as_str(), service.meta.name.as_str());
        namespace == "kube-system" || namespace == "ingress-nginx" || (namespace, name) == ("default", "kubernetes")
    };
    let shown = scene.view.services(&lens.namespace).filter(|service| !own(service));
    shown.map(|service| card(scene, service)).collect()
}

fn card(scene: &Scene<'_>, service: &Service) -> ServiceCard {
    let (meta, spec) = (&service.meta, &service.spec);
    let (mut ready, mut waiting) = (Vec::new(), Vec::new());
    for slice in scene.view.slices_of(&meta.namespace, &meta.name) {
        for endpoint in slice.endpoints.iter().take(MOST) {
            let Some(target) = &endpoint.target_ref else { continue };
            if endpoint.conditions.ready == Some(false) { waiting.push(target.uid) } else { ready.push(target.uid) }
        }
    }
    let port = |port: &crate::api::ServicePort| match port.node_port {
        0 => Name::from(port.port.to_string()),
        node_port => Name::from(format!("{}:{node_port}", port.port)),
    };
    ServiceCard {
        key: ObjectKey { kind: Kind::Service, namespace: meta.namespace.clone(), name: meta.name.clone() },
        uid: meta.uid,
        kind: spec.kind.clone(),
        address: if spec.external_name.is_empty() { spec.cluster_ip.clone() } else { spec.external_name.clone() },
        balancers: service.status.load_balancer.ingress.iter().map(|one| one.ip.clone()).filter(|ip| !ip.is_empty()).collect(),
        ports: spec.ports.iter().map(port).collect(),
        selector: Rc::new(spec.selector.clone()),
        ready,
        waiting,
    }
}
