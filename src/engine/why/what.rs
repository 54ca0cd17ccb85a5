//! What a change comes to.

use super::What;
use crate::api::{ContainerState, EndpointAddress, Node, Object, OwnerReference, Pod, PodConditionKind, TargetReference, Truth};
use crate::base::Name;
use crate::store::{WatchEvent, WatchKind};

/// What a change comes to, the most telling first; at least one.
pub(super) fn of(event: &WatchEvent) -> Vec<What> {
    let old = match (event.kind, &event.old) {
        (WatchKind::Added, _) => return vec![What::Created],
        (WatchKind::Deleted, _) => return vec![What::Removed],
        (WatchKind::Modified, Some(old)) => old,
        (WatchKind::Modified, None) => return vec![What::Status],
    };
    let (before, now) = (old.meta(), event.object.meta());
    let mut list = Vec::new();
    if now.is_deleting() && !before.is_deleting() {
        list.push(What::Terminating);
    }
    let owner = |owner: &OwnerReference| Name::from(format!("{}/{}", owner.kind, owner.name));
    match (before.controller(), now.controller()) {
        (None, Some(by)) => list.push(What::Adopted { by: owner(by) }),
        (Some(from), None) => list.push(What::Released { from: owner(from) }),
        _ => {}
    }
    if before.labels != now.labels {
        list.push(What::Relabelled);
    }
    match (old, &event.object) {
        (Object::Pod(old), Object::Pod(new)) => of_pod(old, new, &mut list),
        (Object::Node(old), Object::Node(new)) => of_node(old, new, &mut list),
        (Object::Endpoints(_), Object::Endpoints(_)) | (Object::EndpointSlice(_), Object::EndpointSlice(_)) => {
            of_addresses(&addresses(old), &addresses(&event.object), &mut list);
        }
        _ if before.generation != now.generation => list.push(What::Respecified),
        _ => {}
    }
    if list.is_empty() {
        list.push(What::Status);
    }
    list
}

fn of_pod(old: &Pod, new: &Pod, list: &mut Vec<What>) {
    if old.node_name.is_empty() && !new.node_name.is_empty() {
        list.push(What::Bound { node: new.node_name.clone() });
    }
    if old.spec != new.spec {
        list.push(What::Respecified);
    }
    let statuses = new.status.containers.iter().chain(&new.status.init_containers);
    for status in statuses {
        let mut known = old.status.containers.iter().chain(&old.status.init_containers);
        let known = known.find(|known| known.name == status.name);
        let container = status.name.clone();
        if status.restart_count > known.map_or(0, |known| known.restart_count) {
            list.push(What::Restarted { container: container.clone(), count: status.restart_count });
        }
        if known.is_some_and(|known| known.state == status.state) {
            continue;
        }
        match &status.state {
            ContainerState::Waiting(Some(detail)) if !matches!(detail.0.as_str(), "ContainerCreating" | "PodInitializing") => {
                list.push(What::Waiting { container, reason: detail.0.clone() });
            }
            ContainerState::Terminated(ended) => list.push(What::Ended { container, code: ended.exit_code, reason: ended.reason.clone() }),
            ContainerState::Waiting(_) | ContainerState::Running { .. } => {}
        }
    }
    if old.status.phase != new.status.phase {
        list.push(What::Phase(new.status.phase.as_str()));
    }
    match (old.is_ready(), new.is_ready()) {
        (false, true) => list.push(What::Ready),
        (true, false) => list.push(What::NotReady),
        _ => {}
    }
    let refused = |pod: &Pod| pod.status.condition(PodConditionKind::PodScheduled).is_some_and(|condition| condition.status == Truth::False);
    if refused(new) && !refused(old) {
        list.push(What::Unschedulable);
    }
}

fn of_node(old: &Node, new: &Node, list: &mut Vec<What>) {
    match (old.is_ready(), new.is_ready()) {
        (false, true) => list.push(What::Ready),
        (true, false) => list.push(What::NotReady),
        _ => {}
    }
    let lacks = |node: &Node, taint: &crate::api::Taint| !node.spec.taints.iter().any(|other| other.key == taint.key && other.effect == taint.effect);
    list.extend(new.spec.taints.iter().filter(|taint| lacks(old, taint)).map(|taint| What::Tainted { taint: taint.key.clone() }));
    list.extend(old.spec.taints.iter().filter(|taint| lacks(new, taint)).map(|taint| What::Untainted { taint: taint.key.clone() }));
    if old.spec.unschedulable != new.spec.unschedulable {
        list.push(What::Respecified);
    }
}

/// What is behind a service, each by its pod or its address, and whether it is ready.
type Addresses = Vec<(Name, bool)>;

fn addresses(object: &Object) -> Addresses {
    let named = |target: Option<&TargetReference>, ip: Option<&Name>| target.map(|target| target.name.clone()).or_else(|| ip.cloned()).unwrap_or_default();
    match object {
        Object::Endpoints(endpoints) => {
            let of = |address: &EndpointAddress| named(address.target_ref.as_ref(), Some(&address.ip));
            let subsets = || endpoints.subsets.iter();
            let ready = subsets().flat_map(|subset| &subset.addresses).map(|address| (of(address), true));
            ready.chain(subsets().flat_map(|subset| &subset.not_ready_addresses).map(|address| (of(address), false))).collect()
        }
        Object::EndpointSlice(slice) => {
            let endpoints = slice.endpoints.iter();
            endpoints.map(|endpoint| (named(endpoint.target_ref.as_ref(), endpoint.addresses.first()), endpoint.conditions.is_ready())).collect()
        }
        _ => Vec::new(),
    }
}

fn of_addresses(old: &Addresses, new: &Addresses, list: &mut Vec<What>) {
    for (target, ready) in new {
        let known = old.iter().find(|(known, _)| known == target).map(|(_, ready)| *ready);
        match (known, ready) {
            (Some(true), true) | (Some(false), false) => {}
            (_, true) => list.push(What::AddressAdded { target: target.clone() }),
            (_, false) => list.push(What::AddressNotReady { target: target.clone() }),
        }
    }
    let gone = old.iter().filter(|(target, _)| !new.iter().any(|(known, _)| known == target));
    list.extend(gone.map(|(target, _)| What::AddressRemoved { target: target.clone() }));
}
