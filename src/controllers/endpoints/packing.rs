//! How endpoints are spread over slices: what stays where it is, what fills a slice up, which slices are new, which go.
//! Models endpointslice/reconciler.go reconcileByAddressType, reconcileByPortMapping and finalize. Where Kubernetes takes endpoints in any order,
//! here they come in the order of their pods.

use std::rc::Rc;

use crate::api::{Endpoint, EndpointSlice, EndpointSlicePort, Labels, Object, ObjectKey, ObjectMeta};
use crate::apiserver::{DeleteOptions, Outcome, Write};
use crate::base::{LargeMap, Name};

/// What tells endpoints apart: address, host name, pod. Models endpointslice/util hashEndpoint.
type Identity = (Name, Name, Name);

/// Endpoints that have the same ports.
pub(super) struct Group {
    /// In their order.
    pub ports: Vec<EndpointSlicePort>,
    pub endpoints: Vec<Endpoint>,
}

/// What all slices of a service have in common.
pub(super) struct Frame<'a> {
    /// Name prefix, namespace, owner and annotations of new slices.
    pub meta: ObjectMeta,
    /// Labels of all slices.
    pub labels: Rc<Labels>,
    /// The annotations that a write sets on a slice.
    pub annotate: &'a dyn Fn(&mut ObjectMeta),
    /// So many endpoints a slice holds.
    pub capacity: usize,
    /// Whether a slice without endpoints stands for a service that has none.
    pub placeholder: bool,
    /// Whether the hints of a slice that does not change otherwise are left to who sets them afterwards.
    pub leaves_hints: bool,
}

/// What is to be written, and what stays.
#[derive(Default)]
pub(super) struct Plan {
    pub create: Vec<EndpointSlice>,
    pub update: Vec<EndpointSlice>,
    delete: Vec<Rc<EndpointSlice>>,
    pub unchanged: Vec<Rc<EndpointSlice>>,
}

impl Plan {
    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.create.is_empty() && self.update.is_empty() && self.delete.is_empty()
    }
}

/// What is missing to bring slices to the groups of endpoints that are wanted.
pub(super) fn pack(existing: &[Rc<EndpointSlice>], groups: Vec<Group>, frame: &Frame<'_>) -> Plan {
    let mut plan = Plan::default();
    let mut rest: Vec<Rc<EndpointSlice>> = existing.to_vec();
    for group in groups {
        let of_group = |slice: &Rc<EndpointSlice>| slice.ports == group.ports;
        let mine: Vec<Rc<EndpointSlice>> = rest.iter().filter(|slice| of_group(slice)).cloned().collect();
        rest.retain(|slice| !of_group(slice));
        pack_group(&mine, group, frame, &mut plan);
    }
    plan.delete.extend(rest);
    if frame.placeholder && plan.delete.len() == existing.len() && plan.create.is_empty() {
        let stands = |slice: &EndpointSlice| slice.endpoints.is_empty() && slice.ports.is_empty() && slice.meta.labels == frame.labels;
        match plan.delete.as_slice() {
            [only] if stands(only) => plan.delete.clear(),
            _ => plan.create.push(new_slice(frame, Vec::new())),
        }
    }
    plan
}

fn new_slice(frame: &Frame<'_>, ports: Vec<EndpointSlicePort>) -> EndpointSlice {
    let meta = ObjectMeta { labels: frame.labels.clone(), ..frame.meta.clone() };
    EndpointSlice { meta, address_type: Name::fixed("IPv4"), endpoints: Vec::new(), ports }
}

/// A slice that is to be made takes the name of one that is to go.
pub(super) fn finalize(mut plan: Plan, frame: &Frame<'_>, outcome: &mut Outcome) {
    let mut create = Vec::new();
    for slice in plan.create {
        match plan.delete.pop() {
            Some(old) => {
                let meta = ObjectMeta { labels: slice.meta.labels, ..old.meta.clone() };
                plan.update.push(EndpointSlice { meta, ..slice });
            }
            None => create.push(slice),
        }
    }
    for mut slice in create {
        (frame.annotate)(&mut slice.meta);
        outcome.write(Write::Create(Object::EndpointSlice(Rc::new(slice))));
    }
    for mut slice in plan.update {
        (frame.annotate)(&mut slice.meta);
        outcome.write(Write::Update(Object::EndpointSlice(Rc::new(slice))));
    }
    for slice in plan.delete {
        let key: ObjectKey = Object::EndpointSlice(slice).key();
        outcome.write(Write::Delete { key, options: DeleteOptions::default() });
    }
}

fn identity(endpoint: &Endpoint) -> Identity {
    let pod = endpoint.target_ref.as_ref().map(|target| target.name.clone()).unwrap_or_default();
    (endpoint.addresses.first().cloned().unwrap_or_default(), endpoint.hostname.clone().unwrap_or_default(), pod)
}

fn pack_group(existing: &[Rc<EndpointSlice>], group: Group, frame: &Frame<'_>, plan: &mut Plan) {
    let mut wanted: LargeMap<Identity, usize> = LargeMap::default();
    for (place, endpoint) in group.endpoints.iter().enumerate() {
        wanted.insert(identity(endpoint), place);
    }
    let mut placed = vec![false; group.endpoints.len()];
    let (mut changed, mut unchanged): (Vec<EndpointSlice>, Vec<Rc<EndpointSlice>>) = (Vec::new(), Vec::new());
    for slice in existing {
        let kept: Vec<usize> = slice.endpoints.iter().filter_map(|endpoint| wanted.get(&identity(endpoint)).copied()).collect();
        let kept: Vec<usize> = kept.into_iter().filter(|place| !std::mem::replace(&mut placed[*place], true)).collect();
        let same = kept.len() == slice.endpoints.len()
            && kept.iter().zip(&slice.endpoints).all(|(place, endpoint)| is_same(&group.endpoints[*place], endpoint, frame));
        if same && slice.meta.labels == frame.labels {
            unchanged.push(slice.clone());
        } else if kept.is_empty() {
            plan.delete.push(slice.clone());
        } else {
            let endpoints = kept.into_iter().map(|place| group.endpoints[place].clone()).collect();
            let meta = ObjectMeta { labels: frame.labels.clone(), ..slice.meta.clone() };
            changed.push(EndpointSlice { meta, endpoints, ..EndpointSlice::clone(slice) });
        }
    }
    let left: Vec<Endpoint> =
        group.endpoints.into_iter().enumerate().filter(|(place, _)| !placed[*place]).map(|(_, endpoint)| endpoint).collect();
    fill(left, group.ports, (changed, unchanged), frame, plan);
}

/// New endpoints go into slices that change anyway, the fullest first; then into one that has room for all that are left; then into new ones.
fn fill(
    left: Vec<Endpoint>,
    ports: Vec<EndpointSlicePort>,
    (mut changed, mut unchanged): (Vec<EndpointSlice>, Vec<Rc<EndpointSlice>>),
    frame: &Frame<'_>,
    plan: &mut Plan,
) {
    let mut left = left.into_iter();
    crate::base::sort_by_key(&mut changed, |slice| std::cmp::Reverse(slice.endpoints.len()));
    for slice in &mut changed {
        let room = frame.capacity.saturating_sub(slice.endpoints.len());
        slice.endpoints.extend(left.by_ref().take(room));
    }
    while left.len() > 0 {
        let fits = |slice: &Rc<EndpointSlice>| slice.endpoints.len() + left.len() <= frame.capacity;
        let fullest = (0..unchanged.len()).filter(|at| fits(&unchanged[*at])).max_by_key(|at| unchanged[*at].endpoints.len());
        if let Some(at) = fullest {
            let mut slice = EndpointSlice::clone(&unchanged.remove(at));
            slice.endpoints.extend(left.by_ref());
            changed.push(slice);
            break;
        }
        let mut slice = new_slice(frame, ports.clone());
        slice.endpoints.extend(left.by_ref().take(frame.capacity));
        plan.create.push(slice);
    }
    plan.update.extend(changed);
    plan.unchanged.extend(unchanged);
}

/// Whether an endpoint is as it should be.
fn is_same(wanted: &Endpoint, present: &Endpoint, frame: &Frame<'_>) -> bool {
    if frame.leaves_hints && present.hints.is_some() { is_alike(wanted, present) } else { wanted == present }
}

/// Whether two endpoints differ in their hints at most.
#[inline(never)]
fn is_alike(wanted: &Endpoint, present: &Endpoint) -> bool {
    *wanted == Endpoint { hints: wanted.hints.clone(), ..present.clone() }
}
