//! The service of the API server itself, with its endpoints. It has no selector: the API server keeps them, and makes them anew if somebody
//! deletes them.
//! Models pkg/controlplane/controller/kubernetesservice and pkg/controlplane/reconcilers. Left out: several API servers.

use serde_json::{Value, json};

use super::{Controller, Trigger};
use crate::api::{Kind, Object, ObjectKey};
use crate::apiserver::{Outcome, Write};
use crate::base::SimDuration;
use crate::store::{View, WatchEvent, WatchKind};

/// The machine of the control plane, which is no node.
pub const CONTROL_PLANE: &str = "192.168.64.1";
/// The first address of the services' range.
const ADDRESS: &str = "10.96.0.1";
const NAMESPACE: &str = "default";
const NAME: &str = "kubernetes";
/// The server looks at them this often (the endpoint reconciler's interval), in microseconds.
const INTERVAL: u64 = 10_000_000;

/// The service, its endpoints and their slice.
pub fn objects() -> [(Kind, Value); 3] {
    let port = json!({"name": "https", "port": 6443, "protocol": "TCP"});
    let meta = |labels: Value| json!({"name": NAME, "namespace": NAMESPACE, "labels": labels});
    let service = json!({
        "metadata": meta(json!({"component": "apiserver", "provider": "kubernetes"})),
        "spec": {"clusterIP": ADDRESS, "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}]},
    });
    let endpoints = json!({
        "metadata": meta(json!({"endpointslice.kubernetes.io/skip-mirror": "true"})),
        "subsets": [{"addresses": [{"ip": CONTROL_PLANE}], "ports": [port]}],
    });
    let slice = json!({
        "addressType": "IPv4",
        "metadata": meta(json!({"kubernetes.io/service-name": NAME})),
        "endpoints": [{"addresses": [CONTROL_PLANE], "conditions": {"ready": true}}],
        "ports": [port],
    });
    [(Kind::Service, service), (Kind::Endpoints, endpoints), (Kind::EndpointSlice, slice)]
}

/// The look that finds what somebody deleted. The moment within the interval goes by the revision.
pub(super) fn trigger(event: &WatchEvent) -> Option<Trigger> {
    let ours = event.key.name == NAME && event.key.namespace == NAMESPACE;
    if !ours || event.kind != WatchKind::Deleted || !matches!(event.key.kind, Kind::Service | Kind::Endpoints | Kind::EndpointSlice) {
        return None;
    }
    let moment = event.object.meta().resource_version.wrapping_mul(0x9E37_79B9) % INTERVAL;
    Some((Controller::KubernetesService, ObjectKey::new(Kind::Service, NAMESPACE, NAME), SimDuration::from_micros(100_000 + moment)))
}

pub(super) fn reconcile(view: View<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for (kind, value) in objects() {
        if view.get(&ObjectKey::new(kind, NAMESPACE, NAME)).is_none()
            && let Some(object) = Object::from_value(kind, &value)
        {
            outcome.write(Write::Create(object));
        }
    }
    outcome
}
