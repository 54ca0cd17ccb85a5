//! Slices of Endpoints that people write for services without a selector, for those who read slices alone.
//! Models pkg/controller/endpointslicemirroring.

use std::rc::Rc;

use super::TRIGGER_TIME;
use super::packing::{Frame, Group, finalize, pack};
use crate::api::{
    Endpoint, EndpointAddress, EndpointConditions, EndpointSlice, EndpointSlicePort, EndpointSubset, Endpoints, Kind, Labels, MANAGED_BY_LABEL,
    ObjectKey, ObjectMeta, OwnerReference, SERVICE_NAME_LABEL, sort_slice_ports,
};
use crate::apiserver::Outcome;
use crate::base::{Name, SimTime};
use crate::store::View;

const MANAGER: Name = Name::fixed("endpointslicemirroring-controller.k8s.io");
/// Endpoints with this label are left alone.
const SKIP: Name = Name::fixed("endpointslice.kubernetes.io/skip-mirror");
const LEADER: Name = Name::fixed("control-plane.alpha.kubernetes.io/leader");
const LAST_APPLIED: Name = Name::fixed("kubectl.kubernetes.io/last-applied-configuration");
/// The flag --mirroring-max-endpoints-per-subset, which is also the most that a slice may hold.
const CAPACITY: usize = 1000;

pub(super) fn is_mirror(slice: &EndpointSlice) -> bool {
    slice.meta.labels.get(&Name::fixed(MANAGED_BY_LABEL)) == Some(&MANAGER)
}

/// Key: the service.
pub(in crate::controllers) fn reconcile(view: View<'_>, key: &ObjectKey, _now: SimTime) -> Outcome {
    let mut outcome = Outcome::default();
    let existing: Vec<Rc<EndpointSlice>> = view.slices_of(&key.namespace, &key.name).filter(|slice| is_mirror(slice)).cloned().collect();
    let by_hand = view.service(&key.namespace, &key.name).filter(|service| service.spec.selector.is_empty());
    let endpoints = view.endpoints(&key.namespace, &key.name).filter(|endpoints| by_hand.is_some() && is_mirrored(endpoints));
    if existing.is_empty() && endpoints.is_none_or(|endpoints| endpoints.subsets.is_empty()) {
        return outcome;
    }
    let groups: Vec<Group> = endpoints.into_iter().flat_map(|endpoints| &endpoints.subsets).map(group_of).collect();
    let mut meta = ObjectMeta { namespace: key.namespace.clone(), ..ObjectMeta::default() };
    let mut labels = Labels::default();
    if let Some(endpoints) = endpoints {
        meta.generate_name = Name::from(format!("{}-", key.name));
        meta.owners = Rc::from([OwnerReference::controller(Kind::Endpoints, &endpoints.meta.name, endpoints.meta.uid)]);
        meta.annotations = annotations_of(endpoints);
        labels = (*endpoints.meta.labels).clone();
    }
    labels.insert(Name::fixed(SERVICE_NAME_LABEL), key.name.clone());
    labels.insert(Name::fixed(MANAGED_BY_LABEL), MANAGER);
    let annotations = meta.annotations.clone();
    let frame = Frame {
        meta,
        labels: Rc::new(labels),
        annotate: &|meta| meta.annotations = annotations.clone(),
        capacity: CAPACITY,
        placeholder: false,
        leaves_hints: false,
    };
    finalize(pack(&existing, groups, &frame), &frame, &mut outcome);
    outcome
}

fn is_mirrored(endpoints: &Endpoints) -> bool {
    let skipped = endpoints.meta.labels.get(&SKIP).is_some_and(|value| *value == "true");
    !skipped && endpoints.meta.annotations.get(&LEADER).is_none()
}

fn annotations_of(endpoints: &Endpoints) -> Rc<Labels> {
    let mut annotations = endpoints.meta.annotations.clone();
    for key in [TRIGGER_TIME, LAST_APPLIED] {
        if annotations.get(&key).is_some() {
            Rc::make_mut(&mut annotations).remove(&key);
        }
    }
    annotations
}

fn group_of(subset: &EndpointSubset) -> Group {
    let ports = subset.ports.iter().map(|port| EndpointSlicePort {
        app_protocol: port.app_protocol.clone(),
        name: Some(port.name.clone()),
        port: Some(port.port),
        protocol: Some(port.protocol.clone()),
        ..EndpointSlicePort::default()
    });
    let mut ports: Vec<EndpointSlicePort> = ports.collect();
    sort_slice_ports(&mut ports);
    let ready = subset.addresses.iter().map(|address| endpoint_of(address, true));
    let endpoints = ready.chain(subset.not_ready_addresses.iter().map(|address| endpoint_of(address, false))).take(CAPACITY).collect();
    Group { ports, endpoints }
}

fn endpoint_of(address: &EndpointAddress, ready: bool) -> Endpoint {
    Endpoint {
        addresses: vec![address.ip.clone()],
        conditions: EndpointConditions { ready: Some(ready), ..EndpointConditions::default() },
        hostname: (!address.hostname.is_empty()).then(|| address.hostname.clone()),
        node_name: address.node_name.clone(),
        target_ref: address.target_ref.clone(),
        ..Endpoint::default()
    }
}
