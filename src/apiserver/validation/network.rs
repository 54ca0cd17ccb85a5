//! What a pod says of its names and its network: host ports, DNS, host aliases.
//! Models pkg/apis/core/validation/validation.go validatePodDNSConfig, ValidateHostAliases, validatePodHostNetworkDeps.

use serde_json::Value;

use super::container::one_of;
use super::json::{items, text};
use super::names;
use super::path::{Causes, FieldPath, GoSyntax};
use super::pod::{PodFrame, PodUse};

const POLICIES: [&str; 4] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const MAX_NAMESERVERS: usize = 3;
const MAX_SEARCHES: usize = 32;
const MAX_SEARCH_CHARACTERS: usize = 2048;

/// With the node's network a container port is a port of the node; a template may leave the host port open.
pub fn validate_host_network(frame: &PodFrame, path: &FieldPath, causes: &mut Causes) {
    if !frame.spec.host_network {
        return;
    }
    for (index, container) in frame.spec.containers.iter().enumerate() {
        for (place, port) in container.ports.iter().enumerate() {
            let counts = frame.used == PodUse::Pod || port.host_port != 0;
            if counts && port.host_port != port.container_port {
                let path = path.child("containers").index(index).child("ports").index(place).child("hostPort");
                causes.invalid(&path, port.host_port, "must match `containerPort` when `hostNetwork` is true");
            }
        }
    }
}

/// dnsPolicy.
pub fn validate_dns_policy(policy: &str, path: &FieldPath, causes: &mut Causes) {
    one_of(policy, &POLICIES, path, causes);
}

/// dnsConfig.
pub fn validate_dns_config(config: Option<&Value>, policy: &str, path: &FieldPath, causes: &mut Causes) {
    let Some(config) = config else {
        if policy == "None" {
            causes.required(path, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        return;
    };
    let texts = |key: &str| -> Vec<&str> { items(config, key).iter().filter_map(Value::as_str).collect() };
    let (servers, searches) = (texts("nameservers"), texts("searches"));
    let (server_path, search_path) = (path.child("nameservers"), path.child("searches"));
    if policy == "None" && servers.is_empty() {
        causes.required(&server_path, "must provide at least one DNS nameserver when `dnsPolicy` is None");
        return;
    }
    if servers.len() > MAX_NAMESERVERS {
        let detail = format!("must not have more than {MAX_NAMESERVERS} nameservers");
        causes.invalid(&server_path, GoSyntax::strings(servers.iter().copied()), detail);
    }
    for (index, server) in servers.iter().enumerate() {
        causes.invalid_each(&server_path.index(index), server, names::ip_address(server));
    }
    if searches.len() > MAX_SEARCHES {
        let detail = format!("must not have more than {MAX_SEARCHES} search paths");
        causes.invalid(&search_path, GoSyntax::strings(searches.iter().copied()), detail);
    }
    if searches.join(" ").len() > MAX_SEARCH_CHARACTERS {
        let detail = format!("must not have more than {MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list");
        causes.invalid(&search_path, GoSyntax::strings(searches.iter().copied()), detail);
    }
    for (index, search) in searches.iter().enumerate() {
        let search = search.strip_suffix('.').unwrap_or(search);
        causes.invalid_each(&search_path.index(index), search, names::dns1123_subdomain(search));
    }
    for (index, option) in items(config, "options").iter().enumerate() {
        if text(option, "name").is_empty() {
            causes.required(&path.child("options").index(index), "must not be empty");
        }
    }
}

/// hostAliases.
pub fn validate_host_aliases(aliases: &[Value], path: &FieldPath, causes: &mut Causes) {
    for (index, alias) in aliases.iter().enumerate() {
        let (path, address) = (path.index(index), text(alias, "ip"));
        causes.invalid_each(&path.child("ip"), address, names::ip_address(address));
        for (index, name) in items(alias, "hostnames").iter().filter_map(Value::as_str).enumerate() {
            causes.invalid_each(&path.child("hostnames").index(index), name, names::dns1123_subdomain(name));
        }
    }
}
