//! Load balancers of a cloud for services of that type. A cluster is in a cloud if its nodes have a `providerID`; without one their addresses
//! stay `<pending>` for ever.
//! Models staging/src/k8s.io/cloud-provider/controllers/service/controller.go.

use std::net::Ipv4Addr;
use std::rc::Rc;

use crate::api::{
    EventText, EventType, LoadBalancerIngress, LoadBalancerStatus, Node, Note, Object, ObjectKey, ObjectReference, Service,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::{View, WatchEvent, WatchKind};

const COMPONENT: &str = "service-controller";
/// Keeps a service until its load balancer is gone.
const FINALIZER: Name = Name::fixed("service.kubernetes.io/load-balancer-cleanup");
/// So long a cloud takes to make a load balancer, or to take one away: clouds take from seconds to minutes.
const WORK: SimDuration = SimDuration::from_seconds(8);
/// Nodes with this label, or this taint, are behind no load balancer.
const EXCLUDED: Name = Name::fixed("node.kubernetes.io/exclude-from-external-load-balancers");
const GOING: &str = "ToBeDeletedByClusterAutoscaler";
/// The addresses that the cloud gives: a range for examples (RFC 5737).
const POOL: [u8; 3] = [203, 0, 113];

/// What an event tells of.
struct Deed {
    begins: (&'static str, &'static str),
    ends: (&'static str, &'static str),
}

const ENSURE: Deed = Deed {
    begins: ("EnsuringLoadBalancer", "Ensuring load balancer"),
    ends: ("EnsuredLoadBalancer", "Ensured load balancer"),
};
const DELETE: Deed = Deed {
    begins: ("DeletingLoadBalancer", "Deleting load balancer"),
    ends: ("DeletedLoadBalancer", "Deleted load balancer"),
};

/// Whether the cluster is in a cloud that makes load balancers.
pub(super) fn has_cloud(view: View<'_>) -> bool {
    view.nodes().next().is_some_and(|node| node.spec.rest.get("providerID").is_some())
}

fn wants_balancer(service: &Service) -> bool {
    service.spec.kind == "LoadBalancer" && service.spec.load_balancer_class.is_none()
}

/// Whether a change of a service is for the cloud to look at.
pub(super) fn concerns(event: &WatchEvent, service: &Service, view: View<'_>) -> bool {
    let any = wants_balancer(service) || service.meta.finalizers.contains(&FINALIZER);
    any && event.kind != WatchKind::Deleted && has_cloud(view)
}

pub(super) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let Some(service) = view.service(&key.namespace, &key.name) else { return outcome };
    if !has_cloud(view) {
        return outcome;
    }
    let held = service.meta.finalizers.contains(&FINALIZER);
    if !wants_balancer(service) || service.meta.is_deleting() {
        if held && works(&DELETE, service, view, now, &mut outcome) {
            finish_deletion(service, &mut outcome);
        }
        return outcome;
    }
    if !held {
        let mut marked = Service::clone(service);
        marked.meta.finalizers.push(FINALIZER);
        outcome.write(Write::Update(Object::Service(Rc::new(marked))));
    }
    let is_new = service.status.load_balancer.ingress.is_empty();
    let is_due = is_new || begun(&ENSURE, service, view).is_some();
    if !is_due || !works(&ENSURE, service, view, now, &mut outcome) {
        return outcome;
    }
    if is_new {
        let address = address(service, view);
        let mut balanced = Service::clone(service);
        balanced.meta.resource_version = 0;
        let ingress = LoadBalancerIngress { ip: address, ip_mode: Some(Name::fixed("VIP")), ..LoadBalancerIngress::default() };
        balanced.status.load_balancer = LoadBalancerStatus { ingress: vec![ingress], ..LoadBalancerStatus::default() };
        outcome.write(Write::UpdateStatus(Object::Service(Rc::new(balanced))));
    }
    outcome.later.push(note(service, ENSURE.ends));
    outcome
}

/// When a deed began that has not ended.
fn begun(deed: &Deed, service: &Service, view: View<'_>) -> Option<SimTime> {
    let meta = &service.meta;
    let key = ObjectKey::new(crate::api::Kind::Service, meta.namespace.clone(), meta.name.clone());
    let (mut begun, mut ended) = (None, None);
    for event in view.events().about(&key).filter(|event| event.note.about.uid.same(meta.uid)) {
        if event.note.reason == deed.begins.0 {
            begun = begun.max(Some(event.last));
        } else if [ENSURE.ends.0, DELETE.ends.0].contains(&event.note.reason) {
            ended = ended.max(Some(event.last));
        }
    }
    // One that has ended since may begin anew.
    begun.filter(|at| ended.is_none_or(|end| end <= *at))
}

/// Begins a deed with its event, or waits for its end. True once the time is over. The event tells when it began.
fn works(deed: &Deed, service: &Service, view: View<'_>, now: SimTime, outcome: &mut Outcome) -> bool {
    match begun(deed, service, view) {
        Some(at) if now >= at + WORK => return true,
        Some(at) => outcome.requeue = Some((at + WORK).since(now)),
        None => {
            outcome.notes.push(note(service, deed.begins));
            outcome.requeue = Some(WORK);
        }
    }
    false
}

fn finish_deletion(service: &Service, outcome: &mut Outcome) {
    outcome.notes.push(note(service, DELETE.ends));
    let mut freed = Service::clone(service);
    freed.meta.resource_version = 0;
    if !freed.status.load_balancer.ingress.is_empty() {
        freed.status.load_balancer = LoadBalancerStatus::default();
        outcome.write(Write::UpdateStatus(Object::Service(Rc::new(freed.clone()))));
    }
    freed.meta.finalizers.retain(|finalizer| *finalizer != FINALIZER);
    outcome.write(Write::Update(Object::Service(Rc::new(freed))));
}

/// The address that is asked for, or the first of the cloud's that no service has.
fn address(service: &Service, view: View<'_>) -> Name {
    if service.spec.load_balancer_ip.parse::<Ipv4Addr>().is_ok() {
        return service.spec.load_balancer_ip.clone();
    }
    let taken: Vec<&Name> = view.services(&Name::default()).flat_map(|other| &other.status.load_balancer.ingress).map(|one| &one.ip).collect();
    let all = (1..=254).map(|host| Name::from(Ipv4Addr::new(POOL[0], POOL[1], POOL[2], host).to_string()));
    all.into_iter().find(|address| !taken.contains(&address)).unwrap_or_default()
}

/// The events of a change of a service that its load balancer has to follow. Models needsUpdate.
pub(super) fn changes(event: &WatchEvent, service: &Service, view: View<'_>) -> Vec<Note> {
    let Some(Object::Service(old)) = &event.old else { return Vec::new() };
    let (before, now) = (wants_balancer(old), wants_balancer(service));
    if !(before || now) || service.meta.is_deleting() || !has_cloud(view) {
        return Vec::new();
    }
    let told = |reason: &'static str, text: String| Note { text: EventText::Text(text.into()), ..note(service, (reason, "")) };
    if before != now {
        return vec![told("Type", format!("{} -> {}", old.spec.kind, service.spec.kind))];
    }
    let Some(told) = difference(old, service) else { return Vec::new() };
    let of = |(reason, text)| Note { text: EventText::Text(text), ..note(service, (reason, "")) };
    told.map(of).into_iter().chain([note(service, ENSURE.begins)]).collect()
}

/// What of a service differs for its load balancer, and what is told of that; None if nothing does.
fn difference(old: &Service, new: &Service) -> Option<Option<(&'static str, Name)>> {
    let (old_spec, spec) = (&old.spec, &new.spec);
    let list = |names: &[Name]| format!("[{}]", names.iter().map(Name::as_str).collect::<Vec<_>>().join(" "));
    let told = |reason, text: String| Some(Some((reason, Name::from(text))));
    if old_spec.load_balancer_source_ranges != spec.load_balancer_source_ranges {
        let text = format!("{} -> {}", list(&old_spec.load_balancer_source_ranges), list(&spec.load_balancer_source_ranges));
        return told("LoadBalancerSourceRanges", text);
    }
    if old_spec.ports != spec.ports || old_spec.session_affinity != spec.session_affinity {
        return Some(None);
    }
    if old_spec.load_balancer_ip != spec.load_balancer_ip {
        return told("LoadbalancerIP", format!("{} -> {}", old_spec.load_balancer_ip, spec.load_balancer_ip));
    }
    if old_spec.external_ips.len() != spec.external_ips.len() {
        return told("ExternalIP", format!("Count: {} -> {}", old_spec.external_ips.len(), spec.external_ips.len()));
    }
    if let Some(added) = spec.external_ips.iter().zip(&old_spec.external_ips).find(|(new, old)| new != old) {
        return told("ExternalIP", format!("Added: {}", added.0));
    }
    if old.meta.annotations != new.meta.annotations {
        return Some(None);
    }
    if old_spec.external_traffic_policy != spec.external_traffic_policy {
        let word = |service: &Service| service.spec.external_traffic_policy.clone();
        return told("ExternalTrafficPolicy", format!("{} -> {}", word(old), word(new)));
    }
    None
}

/// The events of load balancers whose nodes become other ones. Models syncNodes, updateLoadBalancerHosts and stableNodeSetPredicates.
pub(super) fn other_hosts(event: &WatchEvent, node: &Node, view: View<'_>) -> Vec<Note> {
    let serves = |node: &Node| !node.meta.labels.contains_key(&EXCLUDED) && !node.spec.taints.iter().any(|taint| taint.key == GOING);
    let before = event.old.as_ref().and_then(Object::as_node).is_some_and(|old| serves(old)) || event.kind == WatchKind::Deleted && serves(node);
    let now = event.kind != WatchKind::Deleted && serves(node);
    if before == now {
        return Vec::new();
    }
    let balanced = view.services(&Name::default()).filter(|service| wants_balancer(service) && !service.status.load_balancer.ingress.is_empty());
    balanced.map(|service| note(service, ("UpdatedLoadBalancer", "Updated load balancer with new hosts"))).collect()
}

fn note(service: &Service, (reason, text): (&'static str, &'static str)) -> Note {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    let key = ObjectKey::new(crate::api::Kind::Service, namespace.clone(), name.clone());
    Note {
        about: Rc::new(ObjectReference { key, uid: service.meta.uid }),
        kind: EventType::Normal,
        reason,
        text: EventText::Text(Name::fixed(text)),
        component: COMPONENT,
        host: Name::default(),
        container: Name::default(),
    }
}
