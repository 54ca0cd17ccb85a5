//! What a controller's pod read in an Ingress for one request, as data: who tells it in words needs no sentence of ours.

use std::fmt;

use super::Backend;
use crate::base::Name;

/// By what a request's backend was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// By a path of its host, and how that is compared: `Prefix`, `regular expression`.
    Path(Name, &'static str),
    /// No path is for it: the default backend.
    Default,
    /// A canary took its share: its namespace and name.
    Canary((Name, Name)),
}

/// Where an Ingress sends a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// Its namespace and name.
    pub ingress: (Name, Name),
    /// The host that was asked for.
    pub host: Name,
    /// By what the backend was chosen.
    pub by: By,
    /// The Service, in the ingress's namespace.
    pub service: Name,
    /// Its port, by name or by number.
    pub port: Name,
    /// Whether the request goes to the Service's address, not straight to a pod.
    pub by_cluster_ip: bool,
}

impl Routing {
    /// Of a request for a host.
    pub fn of(backend: &Backend, host: &str) -> Routing {
        let port = &backend.port;
        Routing {
            ingress: if let By::Canary(canary) = &backend.by { canary.clone() } else { backend.ingress.clone() },
            host: host.into(),
            by: backend.by.clone(),
            service: backend.service.clone(),
            port: if port.name.is_empty() { Name::from(port.number.to_string()) } else { port.name.clone() },
            by_cluster_ip: backend.by_cluster_ip,
        }
    }
}

impl fmt::Display for Routing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (namespace, name) = &self.ingress;
        write!(f, "Ingress {namespace}/{name}, host {}, ", self.host)?;
        match &self.by {
            By::Path(path, kind) => write!(f, "path {path} ({kind})")?,
            By::Default => f.write_str("default backend")?,
            By::Canary(_) => f.write_str("canary")?,
        }
        write!(f, " -> {}:{}", self.service, self.port)
    }
}
