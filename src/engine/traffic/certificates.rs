//! The certificates that servers show. Models kubeadm's for the API server, the kubelet's own, and those of ingress-nginx: what a Secret
//! holds, else its internal/net/ssl/ssl.go GetFakeSSLCert.
//! Left out: what a Secret's certificate really says; it is taken for one that the user made for the host, signed by itself.

use super::ingress::{https_port, is_controller};
use super::{containers, host_listener, listener};
use crate::api::{Kind, ObjectKey};
use crate::base::{SimDuration, SimTime};
use crate::engine::World;
use crate::network::ingress::certificate;
use crate::network::{Place, Protocol};
use crate::runtime::Certificate;

const YEAR: SimDuration = SimDuration::from_seconds(365 * 24 * 3600);
/// So long ago all certificates were made.
const AGE: SimDuration = SimDuration::from_seconds(5700);
const FAKE: &str = "O=Acme Co; CN=Kubernetes Ingress Controller Fake Certificate";

impl World {
    /// What a server shows when TLS begins; None if it speaks none.
    pub(in crate::engine) fn certificate_at(&mut self, place: &Place, port: u16, host: &str, at: SimTime) -> Option<Certificate> {
        let from = SimTime::from_micros(at.micros() / 86_400_000_000 * 86_400_000_000) - AGE;
        let of = |subject: String, issuer: String, names: Vec<String>| Certificate { subject, issuer, names, from, until: from + YEAR, made_up: false, http2: true };
        match place {
            Place::ControlPlane if port == 6443 => {
                let names = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "10.96.0.1", "192.168.64.1"];
                Some(of("CN=kube-apiserver".to_owned(), "CN=kubernetes".to_owned(), names.map(str::to_owned).to_vec()))
            }
            Place::Node(node) => match host_listener(&self.machines, self.api.view(), node, Protocol::Tcp, port) {
                Some(((namespace, name), own)) => self.certificate_at(&Place::Pod(namespace, name), own, host, at),
                None if port == 10_250 => Some(of(format!("CN={node}@{}", from.seconds()), format!("CN={node}-ca@{}", from.seconds()), vec![node.to_string()])),
                None => None,
            },
            Place::Pod(namespace, name) => {
                let pod = self.view().pod(namespace, name)?.clone();
                let container = containers(&pod).find(|container| is_controller(container))?;
                if port != https_port(container) {
                    return None;
                }
                let sandbox = self.machine(&pod.node_name)?.sandboxes.get(&(namespace.clone(), name.clone()))?;
                listener(&pod, sandbox, Protocol::Tcp, port)?;
                let secret = certificate(&self.ingresses_of(container), host).map(|(namespace, name)| ObjectKey::new(Kind::Secret, namespace, name));
                match secret.filter(|key| self.view().get(key).is_some()) {
                    Some(_) => Some(of(format!("CN={host}"), format!("CN={host}"), vec![host.to_owned()])),
                    None => Some(Certificate { made_up: true, ..of(FAKE.to_owned(), FAKE.to_owned(), vec!["ingress.local".to_owned()]) }),
                }
            }
            _ => None,
        }
    }
}
