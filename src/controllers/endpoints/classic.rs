//! The Endpoints object of each service with a selector.
//! Models pkg/controller/endpoint/endpoints_controller.go syncService.

use std::rc::Rc;

use super::{FRESH, HEADLESS_LABEL, LAG, belongs, find_port, hostname, mark_headless, reference, set_trigger_time, trigger_time};
use crate::api::{EndpointAddress, EndpointPort, EndpointSubset, Endpoints, Kind, Object, ObjectKey, ObjectMeta, Pod, Service, repack_subsets};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::View;

/// Says that not all endpoints are listed.
const OVER_CAPACITY: Name = Name::fixed("endpoints.kubernetes.io/over-capacity");
/// So many addresses an object holds.
const MAX_ADDRESSES: usize = 1000;
/// A request to delete a pod takes this long, and the next comes after it.
const DELETION: SimDuration = SimDuration::from_millis(6);
/// So many of them are seen one by one, the rest at once.
const STEPS: u64 = 3;

pub(in crate::controllers) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let current = view.endpoints(&key.namespace, &key.name);
    let Some(service) = view.service(&key.namespace, &key.name) else {
        if current.is_some() {
            let key = ObjectKey { kind: Kind::Endpoints, ..key.clone() };
            outcome.write(Write::Delete { key, options: DeleteOptions::default() });
        }
        return outcome;
    };
    // Somebody else writes the endpoints of a service without a selector.
    if service.is_external_name() || service.spec.selector.is_empty() {
        return outcome;
    }
    let (unseen, next) = unseen(view, service, now);
    outcome.requeue = next;
    let mut subsets = subsets_of(view, service, &unseen);
    let over = truncate(&mut subsets);
    let old_meta = current.map(|current| &current.meta);
    let marked = old_meta.is_some_and(|meta| meta.annotations.get(&OVER_CAPACITY).is_some());
    if let Some(current) = current
        && current.subsets == subsets
        && marked == over
        && same_labels(&current.meta, service)
    {
        return outcome;
    }
    let mut meta = old_meta.cloned().unwrap_or_else(|| ObjectMeta {
        name: key.name.clone(),
        namespace: key.namespace.clone(),
        ..ObjectMeta::default()
    });
    let annotations = Rc::make_mut(&mut meta.annotations);
    set_trigger_time(annotations, trigger_time(service, view.pods_of_service(service).map(Rc::as_ref), now));
    match over {
        true => drop(annotations.insert(OVER_CAPACITY, Name::fixed("truncated"))),
        false => drop(annotations.remove(&OVER_CAPACITY)),
    }
    meta.labels = service.meta.labels.clone();
    mark_headless(Rc::make_mut(&mut meta.labels), service);
    let object = Object::Endpoints(Rc::new(Endpoints { meta, subsets }));
    outcome.write(if current.is_some() { Write::Update(object) } else { Write::Create(object) });
    outcome
}

/// Whether endpoints carry their service's labels; the mark of a service without an address is none of those.
fn same_labels(meta: &ObjectMeta, service: &Service) -> bool {
    let own = meta.labels.iter().filter(|(key, _)| **key != HEADLESS_LABEL);
    own.eq(service.meta.labels.iter().filter(|(key, _)| **key != HEADLESS_LABEL))
}

/// The pods of a service that are being deleted, which is not known here yet, and when the first of them is: of those that somebody deletes at
/// once each is a request of its own.
fn unseen<'a>(view: View<'a>, service: &'a Service, now: SimTime) -> (Vec<&'a Name>, Option<SimDuration>) {
    let (mut begun, mut unseen, mut next) = (Vec::new(), Vec::new(), None);
    for pod in view.pods_of_service(service) {
        let grace = u64::try_from(pod.meta.grace_seconds.unwrap_or_default()).unwrap_or_default();
        let Some(begin) = pod.meta.deletion.map(|end| end - SimDuration::from_seconds(grace)) else { continue };
        if now.since(begin) > FRESH {
            continue;
        }
        let before = begun.iter().filter(|other| **other == begin).count() as u64;
        begun.push(begin);
        let at = begin + LAG + SimDuration::from_micros(DELETION.micros() * before.min(STEPS));
        if at > now {
            unseen.push(&pod.meta.name);
            next = Some(next.map_or(at.since(now), |other: SimDuration| other.min(at.since(now))));
        }
    }
    (unseen, next)
}

fn subsets_of(view: View<'_>, service: &Service, unseen: &[&Name]) -> Vec<EndpointSubset> {
    let all = service.spec.publish_not_ready_addresses;
    let mut subsets: Vec<EndpointSubset> = Vec::new();
    for pod in view.pods_of_service(service).filter(|pod| belongs(pod, all || unseen.contains(&&pod.meta.name))) {
        let ready = all || pod.is_ready();
        let mut ports: Vec<EndpointPort> = Vec::new();
        for port in &service.spec.ports {
            let Some(number) = find_port(pod, port) else { continue };
            ports.push(EndpointPort {
                app_protocol: port.app_protocol.clone(),
                name: port.name.clone(),
                port: number,
                protocol: port.protocol.clone(),
                ..EndpointPort::default()
            });
        }
        // A pod without any of the ports is no endpoint, unless the service is headless and has none itself.
        if ports.is_empty() && !(service.is_headless() && service.spec.ports.is_empty()) {
            continue;
        }
        let at = subsets.iter().position(|subset| subset.ports == ports).unwrap_or_else(|| {
            subsets.push(EndpointSubset { ports, ..EndpointSubset::default() });
            subsets.len() - 1
        });
        let subset = &mut subsets[at];
        let list = if ready { &mut subset.addresses } else { &mut subset.not_ready_addresses };
        list.push(address_of(pod, service));
    }
    repack_subsets(&subsets)
}

fn address_of(pod: &Pod, service: &Service) -> EndpointAddress {
    EndpointAddress {
        hostname: hostname(pod, service).unwrap_or_default(),
        ip: pod.status.pod_ip.map(|ip| Name::from(ip.to_string())).unwrap_or_default(),
        node_name: (!pod.node_name.is_empty()).then(|| pod.node_name.clone()),
        target_ref: Some(reference(pod)),
        ..EndpointAddress::default()
    }
}

/// Leaves the first thousand addresses, the ready ones before the others. True if there were more.
/// Models truncateEndpoints, which takes of each subset in proportion.
fn truncate(subsets: &mut Vec<EndpointSubset>) -> bool {
    let count = |subsets: &[EndpointSubset]| -> usize {
        subsets.iter().map(|subset| subset.addresses.len() + subset.not_ready_addresses.len()).sum()
    };
    if count(subsets) <= MAX_ADDRESSES {
        return false;
    }
    let mut left = MAX_ADDRESSES;
    for ready in [true, false] {
        for subset in &mut *subsets {
            let list = if ready { &mut subset.addresses } else { &mut subset.not_ready_addresses };
            list.truncate(left);
            left -= list.len();
        }
    }
    subsets.retain(|subset| !subset.addresses.is_empty() || !subset.not_ready_addresses.is_empty());
    true
}
