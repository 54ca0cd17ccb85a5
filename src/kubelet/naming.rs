//! What a pod is called, and the files that tell it: host name, `/etc/hosts`, `/etc/resolv.conf`.
//! Models pkg/kubelet/kubelet_pods.go GeneratePodHostNameAndDomain, managedHostsFileContent and pkg/kubelet/network/dns/dns.go GetPodDNS.

use std::net::Ipv4Addr;
use std::rc::Rc;

use serde_json::Value;

use crate::api::Pod;
use crate::base::Name;
use crate::runtime::{Naming, cluster_resolver};

/// The domain of the cluster (clusterDomain).
const DOMAIN: &str = "cluster.local";
/// Whom the nodes ask for names.
const NODE_RESOLVER: &str = "nameserver 192.168.64.1\n";
/// A host name is cut here (hostnameMaxLen).
const MAX_HOST: usize = 63;
/// Limits of the C library (MaxDNSNameservers, MaxDNSSearchPaths).
const MAX_SERVERS: usize = 3;
const MAX_SEARCH: usize = 32;

/// What is not as usual of a pod; None if all is.
pub(super) fn of(pod: &Pod, node: &str, host: Ipv4Addr) -> Option<Rc<Naming>> {
    let (spec, namespace) = (&pod.spec, &pod.meta.namespace);
    let own = if spec.hostname.is_empty() { &pod.meta.name } else { &spec.hostname };
    let cut = own.get(..MAX_HOST).map(|cut| cut.trim_end_matches(['-', '.']));
    let mut name = if spec.host_network { node.into() } else { cut.map_or_else(|| own.clone(), Name::from) };
    let full: Name = match spec.subdomain.as_str() {
        "" => Name::default(),
        subdomain => format!("{name}.{subdomain}.{namespace}.svc.{DOMAIN}").into(),
    };
    if spec.rest.get("setHostnameAsFQDN").and_then(Value::as_bool) == Some(true) && !full.is_empty() {
        name = full.clone();
    }
    let hosts = spec.host_network.then(|| {
        format!("# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{host}\t{node}\n")
    });
    let naming = Naming { host: name, full, hosts, aliases: aliases(pod), resolver: resolver(pod) };
    let usual = naming.host == pod.meta.name && naming.full.is_empty() && naming.hosts.is_none() && naming.aliases.is_empty();
    (!usual || naming.resolver.is_some()).then(|| Rc::new(naming))
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The lines of `hostAliases`.
fn aliases(pod: &Pod) -> String {
    let Some(entries) = pod.spec.rest.get("hostAliases").and_then(Value::as_array).filter(|entries| !entries.is_empty()) else {
        return String::new();
    };
    let mut text = "\n# Entries added by HostAliases.\n".to_owned();
    for entry in entries {
        text.push_str(entry.get("ip").and_then(Value::as_str).unwrap_or_default());
        for name in texts(entry.get("hostnames")) {
            text.push('\t');
            text.push_str(name);
        }
        text.push('\n');
    }
    text
}

/// The resolver's configuration, if it is not the usual one.
fn resolver(pod: &Pod) -> Option<String> {
    let spec = &pod.spec;
    let config = spec.rest.get("dnsConfig");
    let of_cluster = match spec.dns_policy.as_str() {
        "ClusterFirst" | "" => !spec.host_network,
        "ClusterFirstWithHostNet" => true,
        _ => false,
    };
    if of_cluster && config.is_none() {
        return None;
    }
    let base = match (of_cluster, spec.dns_policy.as_str()) {
        (true, _) => cluster_resolver(&pod.meta.namespace),
        (false, "None") => String::new(),
        (false, _) => NODE_RESOLVER.to_owned(),
    };
    let words = |key: &str| base.lines().filter_map(|line| line.strip_prefix(key)).flat_map(str::split_whitespace).map(str::to_owned).collect::<Vec<_>>();
    let (mut search, mut servers, mut options) = (words("search "), words("nameserver "), words("options "));
    let add = |list: &mut Vec<String>, text: &str| {
        if !list.iter().any(|known| known == text) {
            list.push(text.to_owned());
        }
    };
    texts(config.and_then(|config| config.get("nameservers"))).for_each(|text| add(&mut servers, text));
    texts(config.and_then(|config| config.get("searches"))).for_each(|text| add(&mut search, text));
    for option in config.and_then(|config| config.get("options")).and_then(Value::as_array).into_iter().flatten() {
        let name = option.get("name").and_then(Value::as_str).unwrap_or_default();
        let text = option.get("value").and_then(Value::as_str).map_or_else(|| name.to_owned(), |value| format!("{name}:{value}"));
        options.retain(|known| known.split(':').next() != Some(name));
        options.push(text);
    }
    search.truncate(MAX_SEARCH);
    servers.truncate(MAX_SERVERS);
    let mut text = String::new();
    if !search.is_empty() {
        text += &format!("search {}\n", search.join(" "));
    }
    servers.iter().for_each(|server| text += &format!("nameserver {server}\n"));
    if !options.is_empty() {
        text += &format!("options {}\n", options.join(" "));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Json, PodSpec};
    use serde_json::json;

    fn naming(spec: Value) -> Option<Rc<Naming>> {
        let mut pod = Pod { spec: Rc::new(PodSpec::read(&spec)), ..Pod::default() };
        (pod.meta.name, pod.meta.namespace) = ("web".into(), "net".into());
        of(&pod, "node1", Ipv4Addr::new(192, 168, 64, 11))
    }

    #[test]
    fn a_usual_pod_needs_nothing() {
        assert_eq!(naming(json!({"dnsPolicy": "ClusterFirst"})), None);
    }

    #[test]
    fn host_name_and_subdomain_make_a_full_name() {
        let named = naming(json!({"hostname": "web-a", "subdomain": "own"})).map(|naming| (naming.host.to_string(), naming.full.to_string()));
        assert_eq!(named, Some(("web-a".to_owned(), "web-a.own.net.svc.cluster.local".to_owned())));
    }

    #[test]
    fn resolvers_follow_policy_and_config() {
        let resolver = |spec| naming(spec).and_then(|naming| naming.resolver.clone());
        let config = json!({"nameservers": ["1.2.3.4"], "searches": ["my.dns.search.suffix"], "options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]});
        let table = [
            (json!({"dnsPolicy": "Default"}), "nameserver 192.168.64.1\n"),
            (json!({"dnsPolicy": "ClusterFirst", "hostNetwork": true}), "nameserver 192.168.64.1\n"),
            (
                json!({"dnsPolicy": "None", "dnsConfig": config}),
                "search my.dns.search.suffix\nnameserver 1.2.3.4\noptions ndots:2 edns0\n",
            ),
            (
                json!({"dnsPolicy": "ClusterFirst", "dnsConfig": {"options": [{"name": "ndots", "value": "1"}]}}),
                "search net.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:1\n",
            ),
        ];
        for (spec, expected) in table {
            assert_eq!(resolver(spec.clone()).as_deref(), Some(expected), "{spec}");
        }
    }

    #[test]
    fn aliases_are_lines_of_hosts() {
        let spec = json!({"hostAliases": [{"ip": "127.0.0.1", "hostnames": ["foo.local", "bar.local"]}]});
        let aliases = naming(spec).map(|naming| naming.aliases.clone());
        assert_eq!(aliases.as_deref(), Some("\n# Entries added by HostAliases.\n127.0.0.1\tfoo.local\tbar.local\n"));
    }
}
