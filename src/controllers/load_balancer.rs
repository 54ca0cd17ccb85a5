//! Load balancers of a cloud for services of that type. A cluster is in a cloud if its nodes have a `providerID`; without one their addresses
//! stay `<pending>` for ever.
//! Models staging/src/k8s.io/cloud-provider/controllers/service/controller.go. Left out: updates of the nodes behind a balancer.

use std::net::Ipv4Addr;
use std::rc::Rc;

use crate::api::{
    EventText, EventType, LoadBalancerIngress, LoadBalancerStatus, Note, Object, ObjectKey, ObjectReference, Service,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::{View, WatchEvent, WatchKind};

const COMPONENT: &str = "service-controller";
/// Keeps a service until its load balancer is gone.
const FINALIZER: Name = Name::fixed("service.kubernetes.io/load-balancer-cleanup");
/// So long a cloud takes to make a load balancer, or to take one away: clouds take from seconds to minutes.
const WORK: SimDuration = SimDuration::from_seconds(8);
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
fn has_cloud(view: View<'_>) -> bool {
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
    if service.status.load_balancer.ingress.is_empty() && works(&ENSURE, service, view, now, &mut outcome) {
        let address = address(service, view);
        let mut balanced = Service::clone(service);
        balanced.meta.resource_version = 0;
        let ingress = LoadBalancerIngress { ip: address, ip_mode: Some(Name::fixed("VIP")), ..LoadBalancerIngress::default() };
        balanced.status.load_balancer = LoadBalancerStatus { ingress: vec![ingress], ..LoadBalancerStatus::default() };
        outcome.write(Write::UpdateStatus(Object::Service(Rc::new(balanced))));
        outcome.later.push(note(service, ENSURE.ends));
    }
    outcome
}

/// Begins a deed with its event, or waits for its end. True once the time is over. The event tells when it began.
fn works(deed: &Deed, service: &Service, view: View<'_>, now: SimTime, outcome: &mut Outcome) -> bool {
    let meta = &service.meta;
    let key = ObjectKey::new(crate::api::Kind::Service, meta.namespace.clone(), meta.name.clone());
    let own = view.events().about(&key).filter(|event| event.note.about.uid.same(meta.uid));
    // A deed that has ended since may begin anew.
    let mut begun = None;
    for event in own {
        if event.note.reason == deed.begins.0 {
            begun = Some(event.last);
        } else if [ENSURE.ends.0, DELETE.ends.0].contains(&event.note.reason) && begun.is_some_and(|at| at < event.last) {
            begun = None;
        }
    }
    match begun {
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

/// The event of a service whose type changes to or from this one.
pub(super) fn type_change(event: &WatchEvent, view: View<'_>) -> Option<Note> {
    let (Object::Service(service), Some(Object::Service(old)), WatchKind::Modified) = (&event.object, &event.old, event.kind) else {
        return None;
    };
    let changed = old.spec.kind != service.spec.kind && (wants_balancer(old) || wants_balancer(service));
    (changed && has_cloud(view)).then(|| {
        let text = EventText::Text(Name::from(format!("{} -> {}", old.spec.kind, service.spec.kind)));
        Note { text, ..note(service, ("Type", "")) }
    })
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
