//! The slices of each service with a selector: a hundred endpoints in each, terminating pods among them.
//! Models pkg/controller/endpointslice and staging endpointslice/{reconciler,utils}.go. Left out: IPv6.

use std::rc::Rc;

use super::packing::{Frame, Group, finalize, pack};
use super::topology::{self, ZONE};
use super::{HEADLESS_LABEL, belongs, find_port, hostname, mark_headless, mirroring, reference, set_trigger_time, trigger_time};
use crate::api::{
    Endpoint, EndpointConditions, EndpointHints, EndpointSlice, EndpointSlicePort, ForZone, Kind, Labels, MANAGED_BY_LABEL, ObjectKey, ObjectMeta, OwnerReference, Pod,
    SERVICE_NAME_LABEL, Service, sort_slice_ports,
};
use crate::apiserver::Outcome;
use crate::base::{Name, SimTime};
use crate::store::View;

const MANAGER: Name = Name::fixed("endpointslice-controller.k8s.io");
const PREFER_CLOSE: &str = "PreferClose";
/// The flag --max-endpoints-per-slice.
const CAPACITY: usize = 100;

pub(in crate::controllers) fn reconcile(view: View<'_>, key: &ObjectKey, now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    // The slices of a deleted service go with their owner.
    let Some(service) = view.service(&key.namespace, &key.name) else { return outcome };
    if service.is_external_name() || service.spec.selector.is_empty() {
        return outcome;
    }
    let existing: Vec<Rc<EndpointSlice>> = view.slices_of(&key.namespace, &key.name).filter(|slice| is_own(slice)).cloned().collect();
    let mut groups: Vec<Group> = Vec::new();
    for pod in view.pods_of_service(service).filter(|pod| belongs(pod, true)) {
        let ports = ports_of(pod, service);
        let endpoint = endpoint_of(pod, service, view);
        match groups.iter_mut().find(|group| group.ports == ports) {
            Some(group) => group.endpoints.push(endpoint),
            None => groups.push(Group { ports, endpoints: vec![endpoint] }),
        }
    }
    let time = trigger_time(service, view.pods_of_service(service).map(Rc::as_ref), now);
    let frame = Frame {
        meta: ObjectMeta {
            generate_name: Name::from(format!("{}-", key.name)),
            namespace: key.namespace.clone(),
            owners: Rc::from([OwnerReference::controller(Kind::Service, &service.meta.name, service.meta.uid)]),
            ..ObjectMeta::default()
        },
        labels: Rc::new(labels_of(service)),
        annotate: &|meta| set_trigger_time(Rc::make_mut(&mut meta.annotations), time),
        capacity: CAPACITY,
        placeholder: true,
        leaves_hints: topology::is_asked(service),
    };
    let mut plan = pack(&existing, groups, &frame);
    let told = topology::hint(view, service, &existing, &mut plan);
    finalize(plan, &frame, &mut outcome);
    outcome.notes.extend(told);
    outcome
}

fn is_own(slice: &EndpointSlice) -> bool {
    slice.meta.labels.get(&Name::fixed(MANAGED_BY_LABEL)) == Some(&MANAGER) && !mirroring::is_mirror(slice)
}

/// The service's labels and those that say whose slice it is.
/// Models setEndpointSliceLabels.
fn labels_of(service: &Service) -> Labels {
    let mut labels = (*service.meta.labels).clone();
    labels.remove(&HEADLESS_LABEL);
    mark_headless(&mut labels, service);
    labels.insert(Name::fixed(SERVICE_NAME_LABEL), service.meta.name.clone());
    labels.insert(Name::fixed(MANAGED_BY_LABEL), MANAGER);
    labels
}

fn ports_of(pod: &Pod, service: &Service) -> Vec<EndpointSlicePort> {
    let known = service.spec.ports.iter().filter_map(|port| Some((port, find_port(pod, port)?)));
    let mut ports: Vec<EndpointSlicePort> = known
        .map(|(port, number)| EndpointSlicePort {
            app_protocol: port.app_protocol.clone(),
            name: Some(port.name.clone()),
            port: Some(number),
            protocol: Some(port.protocol.clone()),
            ..EndpointSlicePort::default()
        })
        .collect();
    if ports.len() > 1 {
        sort_slice_ports(&mut ports);
    }
    ports
}

/// Models podToEndpoint. A terminating pod is ready only where all addresses are asked for.
fn endpoint_of(pod: &Pod, service: &Service, view: View<'_>) -> Endpoint {
    let (serving, terminating) = (pod.is_ready(), pod.meta.is_deleting());
    let ready = service.spec.publish_not_ready_addresses || (serving && !terminating);
    let close = service.spec.traffic_distribution.as_ref().is_some_and(|distribution| *distribution == PREFER_CLOSE) && !topology::is_asked(service);
    let zone = view.node(&pod.node_name).and_then(|node| node.meta.labels.get(&ZONE).cloned()).filter(|zone| !zone.is_empty());
    // Each zone keeps its traffic to itself. Models trafficdist/preferclose.go.
    let hint = zone.clone().filter(|_| close && ready).map(|name| EndpointHints {
        for_zones: vec![ForZone { name, ..ForZone::default() }],
        ..EndpointHints::default()
    });
    Endpoint {
        addresses: pod.status.pod_ip.iter().map(|ip| Name::from(ip.to_string())).collect(),
        conditions: EndpointConditions {
            ready: Some(ready),
            serving: Some(serving),
            terminating: Some(terminating),
            ..EndpointConditions::default()
        },
        hints: hint,
        hostname: hostname(pod, service),
        node_name: (!pod.node_name.is_empty()).then(|| pod.node_name.clone()),
        target_ref: Some(reference(pod)),
        zone,
        ..Endpoint::default()
    }
}
