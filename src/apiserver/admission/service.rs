//! What a change of a service leaves open, from the stored service: addresses and node ports that it has already; and what no longer applies
//! once its type has changed. Also the class of an ingress that names none.
//! Models pkg/registry/core/service/strategy.go NormalizeClusterIPs, dropTypeDependentFields and storage/storage.go patchAllocatedValues;
//! plugin/pkg/admission/network/defaultingressclass.

use std::cmp::Reverse;

use crate::api::{Ingress, Service};
use crate::base::{Name, sort_by_cached_key};
use crate::store::View;

/// The annotation that named a class before there was a field.
const OLD_CLASS: &str = "kubernetes.io/ingress.class";

/// A new service: nothing is known of its load balancer.
pub(super) fn prepare(service: &mut Service) {
    service.status = Default::default();
    let spec = &mut service.spec;
    if !spec.cluster_ip.is_empty() && spec.cluster_ips.is_empty() {
        spec.cluster_ips.push(spec.cluster_ip.clone());
    }
}

/// A changed service.
pub(super) fn prepare_update(new: &mut Service, old: &Service) {
    link_addresses(new, old);
    drop_what_no_longer_applies(new, old);
    keep_what_is_allocated(new, old);
}

/// `clusterIP` and `clusterIPs` say the same: who changed one of them meant both.
fn link_addresses(new: &mut Service, old: &Service) {
    let (spec, was) = (&mut new.spec, &old.spec);
    if spec.cluster_ip == was.cluster_ip {
        if spec.cluster_ips.is_empty() {
            spec.cluster_ips.clone_from(&was.cluster_ips);
        }
        return;
    }
    if spec.cluster_ips == was.cluster_ips {
        spec.cluster_ips.clear();
        if !spec.cluster_ip.is_empty() {
            spec.cluster_ips.push(spec.cluster_ip.clone());
        }
    }
}

/// Fields that the server filled in and that the new type does not have, unless the same change sets them.
fn drop_what_no_longer_applies(new: &mut Service, old: &Service) {
    let balanced = |service: &Service| service.spec.kind == "LoadBalancer";
    if old.needs_address() && !new.needs_address() {
        if new.spec.cluster_ip == old.spec.cluster_ip && new.spec.cluster_ips == old.spec.cluster_ips {
            new.spec.cluster_ip = Name::default();
            new.spec.cluster_ips.clear();
        }
        if new.spec.ip_families == old.spec.ip_families {
            new.spec.ip_families.clear();
        }
        clear_if_same(&mut new.spec.ip_family_policy, &old.spec.ip_family_policy);
    }
    let node_ports = |service: &Service| -> Vec<i32> { service.spec.ports.iter().map(|port| port.node_port).collect() };
    if old.has_node_ports() && !new.has_node_ports() && node_ports(new) == node_ports(old) {
        new.spec.ports.iter_mut().for_each(|port| port.node_port = 0);
    }
    if old.needs_health_port() && !new.needs_health_port() && new.spec.health_check_node_port == old.spec.health_check_node_port {
        new.spec.health_check_node_port = 0;
    }
    let leaves_balancer = balanced(old) && !balanced(new);
    if leaves_balancer && new.spec.allocate_load_balancer_node_ports == old.spec.allocate_load_balancer_node_ports {
        new.spec.allocate_load_balancer_node_ports = None;
    }
    if leaves_balancer && new.spec.load_balancer_class == old.spec.load_balancer_class {
        new.spec.load_balancer_class = None;
    }
    if old.is_outside() && !new.is_outside() {
        clear_if_same(&mut new.spec.external_traffic_policy, &old.spec.external_traffic_policy);
    }
    if old.needs_address() && !new.needs_address() {
        clear_if_same(&mut new.spec.internal_traffic_policy, &old.spec.internal_traffic_policy);
    }
}

fn clear_if_same(new: &mut Name, old: &Name) {
    if new == old {
        *new = Name::default();
    }
}

/// A change that does not name what the service was given keeps it; node ports go by the names of the ports.
fn keep_what_is_allocated(new: &mut Service, old: &Service) {
    if old.needs_address() && new.needs_address() {
        if new.spec.cluster_ip.is_empty() && new.spec.cluster_ips.is_empty() {
            new.spec.cluster_ip = old.spec.cluster_ip.clone();
        }
        if new.spec.cluster_ips.is_empty() && new.spec.cluster_ip == old.spec.cluster_ip {
            new.spec.cluster_ips.clone_from(&old.spec.cluster_ips);
        }
    }
    if old.has_node_ports() && new.has_node_ports() {
        let used: Vec<i32> = new.spec.ports.iter().map(|port| port.node_port).collect();
        for port in new.spec.ports.iter_mut().filter(|port| port.node_port == 0) {
            let before = old.spec.ports.iter().find(|before| before.name == port.name).map_or(0, |before| before.node_port);
            if !used.contains(&before) {
                port.node_port = before;
            }
        }
    }
    if old.needs_health_port() && new.needs_health_port() && new.spec.health_check_node_port == 0 {
        new.spec.health_check_node_port = old.spec.health_check_node_port;
    }
}

/// A new ingress without a class gets the default one; of several the newest.
pub(super) fn prepare_ingress(ingress: &mut Ingress, view: View<'_>) {
    ingress.status = Default::default();
    if ingress.spec.ingress_class_name.is_some() || ingress.meta.annotations.get(&Name::fixed(OLD_CLASS)).is_some() {
        return;
    }
    let mut classes: Vec<_> = view.ingress_classes().filter(|class| class.is_default()).collect();
    sort_by_cached_key(&mut classes, |class| (Reverse(class.meta.creation), class.meta.name.clone()));
    ingress.spec.ingress_class_name = classes.first().map(|class| class.meta.name.clone());
}
