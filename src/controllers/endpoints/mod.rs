//! Which pods are behind a service: the Endpoints object, the slices, and the slices of Endpoints that people write themselves.
//! Models what pkg/controller/endpoint, endpointslice and endpointslicemirroring share, and endpointslice/util/controller_utils.go.
//! The time of the change that led to a write is known without a memory: what changed long ago was seen by an earlier look.

mod classic;
mod mirroring;
mod packing;
mod slices;
#[cfg(test)]
mod tests;
mod topology;

pub(super) use classic::reconcile as reconcile_endpoints;
pub(super) use mirroring::reconcile as reconcile_mirror;
pub(super) use slices::reconcile as reconcile_slices;
pub(super) use topology::overloaded;

use super::{Controller, LAG, Trigger};
use crate::api::{
    ContainerPort, IntOrString, Kind, Labels, Object, ObjectKey, Pod, PodConditionKind, Service, ServicePort, TargetReference,
};
use crate::base::{Name, SimDuration, SimTime};
use crate::store::{View, WatchEvent, WatchKind};

/// When the change happened that led to the last write.
const TRIGGER_TIME: Name = Name::fixed("endpoints.kubernetes.io/last-change-trigger-time");
/// Marks what belongs to a service without an address.
const HEADLESS_LABEL: Name = Name::fixed("service.kubernetes.io/headless");
/// What changed longer ago was looked at before: by the time its change was written, every controller was told within milliseconds.
const FRESH: SimDuration = SimDuration::from_millis(300);
/// A look at an endpoint takes so many microseconds, so that changes of many pods are seen together.
const PER_ENDPOINT: u64 = 50;

/// Who is to be woken by a change of a service, of endpoints or of a slice.
pub(super) fn triggers(event: &WatchEvent, view: View<'_>, list: &mut Vec<Trigger>) {
    list.extend(super::kubernetes_service::trigger(event));
    let (namespace, gone) = (&event.key.namespace, event.kind == WatchKind::Deleted);
    let service = |name: &Name| ObjectKey::new(Kind::Service, namespace.clone(), name.clone());
    match &event.object {
        Object::Service(_) => {
            for controller in [Controller::Endpoints, Controller::EndpointSlice, Controller::EndpointSliceMirroring] {
                list.push((controller, event.key.clone(), LAG));
            }
        }
        Object::Endpoints(_) => {
            if gone {
                list.push((Controller::Endpoints, service(&event.key.name), LAG));
            }
            list.push((Controller::EndpointSliceMirroring, service(&event.key.name), LAG));
        }
        Object::EndpointSlice(slice) => {
            if let Some(name) = slice.service_name() {
                let controller = if mirroring::is_mirror(slice) { Controller::EndpointSliceMirroring } else { Controller::EndpointSlice };
                // Mostly its own writing, which it sees with whatever else has come by then.
                let after = view.service(namespace, name).map_or(LAG, |service| look(service, view));
                list.push((controller, service(name), after));
            }
        }
        _ => {}
    }
}

/// After so long a change that concerns a service's endpoints is looked at.
fn look(service: &Service, view: View<'_>) -> SimDuration {
    LAG + SimDuration::from_micros(PER_ENDPOINT * view.count_pods_of(service) as u64)
}

/// The services whose endpoints a pod's change concerns. Without services this costs nothing.
/// Models endpointslice/util GetServicesToUpdateOnPodChange.
pub(super) fn pod_triggers(event: &WatchEvent, pod: &Pod, view: View<'_>, list: &mut Vec<Trigger>) {
    let old = event.old.as_ref().and_then(Object::as_pod).filter(|_| event.kind == WatchKind::Modified);
    let namespace = &pod.meta.namespace;
    let mut wake = |labels: &Labels| {
        for service in view.services_selecting(namespace, labels) {
            let key = ObjectKey::new(Kind::Service, namespace.clone(), service.meta.name.clone());
            let after = look(service, view);
            list.push((Controller::Endpoints, key.clone(), after));
            list.push((Controller::EndpointSlice, key, after));
        }
    };
    match old {
        None => wake(&pod.meta.labels),
        Some(old) => {
            let same_labels = std::rc::Rc::ptr_eq(&old.meta.labels, &pod.meta.labels) || old.meta.labels == pod.meta.labels;
            if !same_labels {
                wake(&old.meta.labels);
            }
            if !same_labels || facts(old) != facts(pod) {
                wake(&pod.meta.labels);
            }
        }
    }
}

/// What of a pod matters to those who send it traffic.
fn facts(pod: &Pod) -> impl PartialEq + '_ {
    let ready = pod.status.condition(PodConditionKind::Ready).map(|ready| (ready.status, ready.transition));
    (pod.status.pod_ip, ready, pod.meta.is_deleting(), pod.status.phase.is_terminal(), &pod.node_name)
}

/// Whether a pod is an endpoint at all.
/// Models ShouldPodBeInEndpoints.
fn belongs(pod: &Pod, with_terminating: bool) -> bool {
    !pod.status.phase.is_terminal() && pod.status.pod_ip.is_some() && (with_terminating || !pod.meta.is_deleting())
}

/// The number of a service's port at a pod; None if the pod has no port of that name.
/// Models pkg/api/v1/pod FindPort.
fn find_port(pod: &Pod, port: &ServicePort) -> Option<i32> {
    let name = match &port.target_port {
        IntOrString::Int(number) => return Some(*number),
        IntOrString::Text(name) => name,
    };
    let sidecars = pod.spec.init_containers.iter().filter(|container| container.restart_policy == "Always");
    let ports = pod.spec.containers.iter().chain(sidecars).flat_map(|container| &container.ports);
    let fits = |found: &&ContainerPort| found.name == *name && found.protocol == port.protocol;
    ports.into_iter().find(fits).map(|found| found.container_port)
}

/// The name of a pod under its service in DNS; None if it has none.
/// Models ShouldSetHostname.
fn hostname(pod: &Pod, service: &Service) -> Option<Name> {
    let fits = !pod.spec.hostname.is_empty() && pod.spec.subdomain == service.meta.name;
    fits.then(|| pod.spec.hostname.clone())
}

fn reference(pod: &Pod) -> TargetReference {
    TargetReference {
        kind: Name::fixed("Pod"),
        name: pod.meta.name.clone(),
        namespace: pod.meta.namespace.clone(),
        uid: pod.meta.uid,
        ..TargetReference::default()
    }
}

/// When the change happened that a look is about: the service's creation, or a pod becoming ready or not. None if it is about none of these, as
/// when a pod goes.
/// Models endpointslice/trigger_time_tracker.go.
fn trigger_time<'a>(service: &Service, pods: impl Iterator<Item = &'a Pod>, now: SimTime) -> Option<SimTime> {
    let flips = pods.filter_map(|pod| pod.status.condition(PodConditionKind::Ready)).map(|ready| ready.transition);
    let times = flips.chain([service.meta.creation]).filter(|time| now.since(*time) <= FRESH);
    times.min()
}

/// Annotations with the time of the change, or without one.
fn set_trigger_time(annotations: &mut Labels, time: Option<SimTime>) {
    match time {
        Some(time) => drop(annotations.insert(TRIGGER_TIME, Name::from(time.rfc3339()))),
        None => drop(annotations.remove(&TRIGGER_TIME)),
    }
}

/// Labels with the mark of a service without an address, or without it.
fn mark_headless(labels: &mut Labels, service: &Service) {
    match service.cluster_addresses().next() {
        Some(_) => drop(labels.remove(&HEADLESS_LABEL)),
        None => drop(labels.insert(HEADLESS_LABEL, Name::default())),
    }
}
