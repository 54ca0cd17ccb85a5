//! What a pod is called in its own eyes, and whom it asks for names: `/etc/hostname`, `/etc/hosts`, `/etc/resolv.conf` as the kubelet writes
//! them. Models pkg/kubelet/kubelet_pods.go managedHostsFileContent and pkg/kubelet/network/dns/dns.go.

use std::rc::Rc;

use super::Sandbox;
use crate::base::Name;

/// What is not as usual.
#[derive(Clone, Debug, PartialEq)]
pub struct Naming {
    /// The host name.
    pub host: Name,
    /// The full name, if it has one: `web-a.own.net.svc.cluster.local`
    pub full: Name,
    /// All of `/etc/hosts` in the place of the usual text, for pods in their node's network.
    pub hosts: Option<String>,
    /// Lines at the end of `/etc/hosts`.
    pub aliases: String,
    /// All of `/etc/resolv.conf`, if it is not the usual text.
    pub resolver: Option<String>,
}

/// The usual resolver of a pod of a namespace.
pub fn cluster_resolver(namespace: &str) -> String {
    format!("search {namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n")
}

impl Sandbox {
    /// The host name: the pod's name, if it is given no other.
    pub fn host_name(&self) -> &Name {
        self.naming.as_ref().map_or(&self.pod.key.name, |naming| &naming.host)
    }

    /// The files that the kubelet puts into every container.
    pub(super) fn given_files(&self) -> Vec<(String, Rc<str>)> {
        let (host, namespace, naming) = (self.host_name(), &self.pod.key.namespace, self.naming.as_deref());
        let full = naming.map_or("", |naming| naming.full.as_str());
        let names = if full.is_empty() { host.to_string() } else { format!("{full}\t{host}") };
        let own = || {
            format!(
                "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n\
                 fe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n{}\t{names}\n",
                self.address
            )
        };
        let mut hosts = naming.and_then(|naming| naming.hosts.clone()).unwrap_or_else(own);
        hosts.push_str(naming.map_or("", |naming| &naming.aliases));
        let resolver = naming.and_then(|naming| naming.resolver.clone()).unwrap_or_else(|| cluster_resolver(namespace));
        let token = "/var/run/secrets/kubernetes.io/serviceaccount";
        let file = |path: &str, text: &str| (path.to_owned(), Rc::from(text));
        vec![
            file("/etc/hostname", &format!("{host}\n")),
            file("/etc/hosts", &hosts),
            file("/etc/resolv.conf", &resolver),
            file("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
            file(&format!("{token}/namespace"), namespace),
            file(&format!("{token}/ca.crt"), "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"),
        ]
    }
}
