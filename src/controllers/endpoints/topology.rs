//! Hints by the share of the zones: a service annotated `service.kubernetes.io/topology-mode: Auto` gives each zone as many of its endpoints as the
//! zone's nodes have of all processors. Where an endpoint would have too much to do, or too little is known of nodes, there are no hints.
//! Models staging endpointslice/topologycache/{topologycache,sliceinfo,utils,event}.go. Where Kubernetes takes zones in any order, here they come by
//! name. What its cache remembers is read from the slices and from the latest event.

use std::rc::Rc;

use super::packing::Plan;
use crate::api::{Endpoint, EndpointHints, EndpointSlice, EventText, EventType, ForZone, Kind, Node, Note, Object, ObjectKey, Quantity, Service};
use crate::base::{Name, sort_by};
use crate::controllers::pod_control::Maker;
use crate::store::{View, WatchEvent, WatchKind};

pub(super) const ZONE: Name = Name::fixed("topology.kubernetes.io/zone");
/// The annotation, and its older name, which counts first.
const MODES: [Name; 2] = [Name::fixed("service.kubernetes.io/topology-aware-hints"), Name::fixed("service.kubernetes.io/topology-mode")];
/// Nodes with these labels count for nothing.
const EXCLUDED: [Name; 2] = [Name::fixed("node-role.kubernetes.io/control-plane"), Name::fixed("node-role.kubernetes.io/master")];
const ENABLED: &str = "TopologyAwareHintsEnabled";
const DISABLED: &str = "TopologyAwareHintsDisabled";
const NO_NODE_INFORMATION: &str = "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes";
const NO_ZONE: &str = "One or more endpoints do not have a zone specified";
const TOO_FEW: &str = "Insufficient number of endpoints";
const OVERLOADED: &str = "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold";
/// So much of its fair share an endpoint does at most (1 / (1 + overloadThreshold)).
const LEAST: f64 = 1.0 / 1.2;

/// A zone whose nodes are ready.
#[derive(Debug, PartialEq)]
struct Zone {
    name: Name,
    /// Thousandths of a processor.
    processors: i64,
    /// Of all processors.
    share: f64,
    /// So many endpoints it should have, and at most.
    desired: f64,
    most: usize,
    /// So many it has.
    hints: usize,
    gives: usize,
    takes: usize,
}

/// Whether a service asks for hints.
pub(super) fn is_asked(service: &Service) -> bool {
    let annotations = &service.meta.annotations;
    let mode = MODES.iter().find_map(|name| annotations.get(name));
    mode.is_some_and(|mode| *mode == "Auto" || *mode == "auto")
}

/// Sets or removes the hints of what is about to be written; what is to be told of that.
pub(super) fn hint(view: View<'_>, service: &Service, existing: &[Rc<EndpointSlice>], plan: &mut Plan) -> Option<Note> {
    let hinted = existing.iter().any(|slice| has_hints(slice));
    if is_asked(service) || hinted { set(view, service, hinted, plan) } else { None }
}

#[inline(never)]
fn set(view: View<'_>, service: &Service, hinted: bool, plan: &mut Plan) -> Option<Note> {
    let key = ObjectKey::new(Kind::Service, service.meta.namespace.clone(), service.meta.name.clone());
    let told = latest(view, &key);
    let (kind, reason, text) = if !is_asked(service) {
        if told != Some(ENABLED) {
            return None;
        }
        (EventType::Warning, DISABLED, "Topology Aware Hints has been disabled".to_owned())
    } else if let Err(why) = add_hints(zones(view), plan) {
        remove_hints(plan);
        // A look after nothing but its own writing tells nothing new.
        if told == Some(DISABLED) && plan.is_empty() {
            return None;
        }
        (EventType::Warning, DISABLED, why)
    } else {
        if hinted && told != Some(DISABLED) {
            return None;
        }
        (EventType::Normal, ENABLED, "Topology Aware Hints has been enabled".to_owned())
    };
    let text = EventText::Text(format!("{text}, addressType: IPv4").into());
    Some(Maker::new(key, service.meta.uid, "endpoint-slice-controller").note(kind, reason, text))
}

/// What was told last of a service's hints.
fn latest(view: View<'_>, key: &ObjectKey) -> Option<&'static str> {
    let told = view.events().about(key).filter(|event| event.note.reason == ENABLED || event.note.reason == DISABLED);
    told.max_by_key(|event| (event.last, event.sequence)).map(|event| event.note.reason)
}

fn has_hints(slice: &EndpointSlice) -> bool {
    slice.endpoints.iter().any(|endpoint| endpoint.hints.is_some())
}

/// The zones by name; none if too little is known of the nodes. Models SetNodes.
fn zones(view: View<'_>) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    for node in view.nodes().filter(|node| node.is_ready() && !EXCLUDED.iter().any(|label| node.meta.labels.contains_key(label))) {
        let name = node.meta.labels.get(&ZONE).cloned().unwrap_or_default();
        let processors = node.status.allocatable.get("cpu").map_or(0, Quantity::milli);
        if name.is_empty() || processors == 0 {
            return Vec::new();
        }
        match zones.iter_mut().find(|zone| zone.name == name) {
            Some(zone) => zone.processors += processors,
            None => zones.push(Zone { name, processors, share: 0.0, desired: 0.0, most: 0, hints: 0, gives: 0, takes: 0 }),
        }
    }
    if zones.len() < 2 {
        return Vec::new();
    }
    sort_by(&mut zones, |a, b| a.name.cmp(&b.name));
    let all: i64 = zones.iter().map(|zone| zone.processors).sum();
    zones.iter_mut().for_each(|zone| zone.share = zone.processors as f64 / all as f64);
    zones
}

/// How many endpoints each zone should have; or why that cannot be had. Models getAllocations.
fn allocate(zones: &mut [Zone], endpoints: usize) -> Result<(), String> {
    if zones.is_empty() {
        return Err(NO_NODE_INFORMATION.to_owned());
    }
    let count = zones.len();
    let counts = |why: &str| format!("{why} ({endpoints} endpoints, {count} zones)");
    if count > endpoints {
        return Err(counts(TOO_FEW));
    }
    let mut spare = endpoints;
    for zone in zones.iter_mut() {
        zone.desired = zone.share * endpoints as f64;
        zone.most = (zone.desired * LEAST).ceil() as usize;
        zone.desired = zone.desired.max(zone.most as f64);
        let Some(left) = spare.checked_sub(zone.most) else { return Err(counts(OVERLOADED)) };
        spare = left;
    }
    zones.iter_mut().for_each(|zone| zone.most += spare);
    Ok(())
}

fn is_ready(endpoint: &&Endpoint) -> bool {
    endpoint.conditions.ready == Some(true)
}

/// Models AddHints.
fn add_hints(mut zones: Vec<Zone>, plan: &mut Plan) -> Result<(), String> {
    let written = plan.create.iter().chain(&plan.update);
    let all = written.chain(plan.unchanged.iter().map(Rc::as_ref)).flat_map(|slice| &slice.endpoints);
    allocate(&mut zones, all.filter(is_ready).count())?;
    for slice in std::mem::take(&mut plan.unchanged) {
        match hints_of(&slice, &zones) {
            Some(counts) => {
                zones.iter_mut().zip(counts).for_each(|(zone, count)| zone.hints += count);
                plan.unchanged.push(slice);
            }
            None => plan.update.push(EndpointSlice::clone(&slice)),
        }
    }
    for endpoint in plan.create.iter_mut().chain(&mut plan.update).flat_map(|slice| &mut slice.endpoints) {
        endpoint.hints = None;
        if !is_ready(&&*endpoint) {
            continue;
        }
        let name = endpoint.zone.clone().filter(|zone| !zone.is_empty()).ok_or_else(|| NO_ZONE.to_owned())?;
        zones.iter_mut().filter(|zone| zone.name == name).for_each(|zone| zone.hints += 1);
        endpoint.hints = Some(only(name));
    }
    balance(&mut zones);
    for endpoint in plan.create.iter_mut().chain(&mut plan.update).flat_map(|slice| &mut slice.endpoints) {
        let gives = |zone: &Zone| zone.gives > 0 && endpoint.hints.is_some() && endpoint.zone.as_ref() == Some(&zone.name);
        let (giver, taker) = (zones.iter().position(gives), zones.iter().position(|zone| zone.takes > 0));
        if let (Some(giver), Some(taker)) = (giver, taker) {
            zones[giver].gives -= 1;
            zones[taker].takes -= 1;
            endpoint.hints = Some(only(zones[taker].name.clone()));
        }
    }
    Ok(())
}

fn only(name: Name) -> EndpointHints {
    EndpointHints { for_zones: vec![ForZone { name, ..ForZone::default() }], ..EndpointHints::default() }
}

/// How many hints a slice has for each zone; None if it cannot stay as it is. Models getHintsByZone.
fn hints_of(slice: &EndpointSlice, zones: &[Zone]) -> Option<Vec<usize>> {
    let mut counts = vec![0; zones.len()];
    for endpoint in slice.endpoints.iter().filter(is_ready) {
        let hints = endpoint.hints.as_ref().filter(|hints| !hints.for_zones.is_empty())?;
        for hint in &hints.for_zones {
            counts[zones.iter().position(|zone| zone.name == hint.name)?] += 1;
        }
    }
    let fits = |(zone, count): (&Zone, &usize)| *count == 0 || zone.hints + count <= zone.most;
    zones.iter().zip(&counts).all(fits).then_some(counts)
}

/// How many endpoints each zone gives to others, and how many it takes. Models getGivingAndReceivingZones.
fn balance(zones: &mut [Zone]) {
    let mut over: Vec<f64> = zones.iter().map(|zone| zone.hints as f64 - zone.desired).collect();
    loop {
        let most = |sign: f64| {
            let mut best = (0, 0.0);
            for (at, over) in over.iter().enumerate().filter(|(_, over)| **over * sign > 0.0) {
                if *over * sign > best.1 {
                    best = (at, *over * sign);
                }
            }
            best
        };
        let ((giver, spare), (taker, lack)) = (most(1.0), most(-1.0));
        if spare < 1.0 && lack < 1.0 || spare < 0.5 || lack < 0.5 {
            return;
        }
        zones[giver].gives += 1;
        zones[taker].takes += 1;
        over[giver] -= 1.0;
        over[taker] += 1.0;
    }
}

/// Models RemoveHintsFromSlices.
fn remove_hints(plan: &mut Plan) {
    for slice in std::mem::take(&mut plan.unchanged) {
        if has_hints(&slice) {
            plan.update.push(EndpointSlice::clone(&slice));
        } else {
            plan.unchanged.push(slice);
        }
    }
    let written = plan.create.iter_mut().chain(&mut plan.update);
    written.flat_map(|slice| &mut slice.endpoints).for_each(|endpoint| endpoint.hints = None);
}

/// The services whose hints do not fit the nodes any more, after a change of a node. Models checkNodeTopologyDistribution and serviceOverloaded.
pub(in crate::controllers) fn overloaded(event: &WatchEvent, node: &Node, view: View<'_>) -> Vec<ObjectKey> {
    let facts = |node: &Node| (node.is_ready(), node.meta.labels.get(&ZONE).cloned());
    let old = event.old.as_ref().and_then(Object::as_node).filter(|_| event.kind == WatchKind::Modified);
    if old.is_some_and(|old| facts(old) == facts(node)) {
        return Vec::new();
    }
    for object in view.list(Kind::Service, &Name::default()) {
        if matches!(object, Object::Service(service) if is_asked(service)) {
            return overloaded_of(view);
        }
    }
    Vec::new()
}

#[inline(never)]
fn overloaded_of(view: View<'_>) -> Vec<ObjectKey> {
    let zones = zones(view);
    let services = view.list(Kind::Service, &Name::default()).filter(|object| matches!(object, Object::Service(service) if is_asked(service)));
    services.map(Object::key).filter(|key| is_overloaded(&zones, key, view)).collect()
}

fn is_overloaded(zones: &[Zone], key: &ObjectKey, view: View<'_>) -> bool {
    let slices = view.slices_of(&key.namespace, &key.name);
    let hints: Vec<&Name> = slices
        .flat_map(|slice| &slice.endpoints)
        .filter_map(|endpoint| endpoint.hints.as_ref())
        .flat_map(|hints| hints.for_zones.iter().map(|zone| &zone.name))
        .collect();
    let lacks = |zone: &Zone| {
        let has = hints.iter().filter(|name| ***name == zone.name).count();
        has == 0 || has < (hints.len() as f64 * zone.share * LEAST).ceil() as usize
    };
    !hints.is_empty() && (zones.is_empty() || zones.iter().any(lacks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::EndpointConditions;

    /// Zones a, b, c … with these shares of all processors.
    fn zones(shares: &[f64]) -> Vec<Zone> {
        let zone = |(at, share): (usize, &f64)| Zone {
            name: Name::from(&"abc"[at..=at]), processors: 0, share: *share, desired: 0.0, most: 0, hints: 0, gives: 0, takes: 0,
        };
        shares.iter().enumerate().map(zone).collect()
    }

    /// Rows of topologycache/utils_test.go Test_getGivingAndReceivingZones: what is desired, what there is; who gives, who takes.
    #[test]
    fn zones_give_and_take() {
        let table = [
            ([1.2, 1.1, 1.0], [1, 1, 1], [0, 0, 0], [0, 0, 0]),
            ([5.1, 5.1, 5.8], [16, 0, 0], [10, 0, 0], [0, 5, 5]),
            ([5.0, 5.6, 5.4], [16, 0, 0], [11, 0, 0], [0, 6, 5]),
            ([5.0, 5.6, 5.4], [0, 8, 8], [0, 2, 3], [5, 0, 0]),
            ([5.0, 5.0, 5.0], [6, 6, 6], [0, 0, 0], [0, 0, 0]),
        ];
        for (desired, hints, gives, takes) in table {
            let mut zones = zones(&[0.0; 3]);
            for (at, zone) in zones.iter_mut().enumerate() {
                (zone.desired, zone.hints) = (desired[at], hints[at]);
            }
            balance(&mut zones);
            let found: (Vec<usize>, Vec<usize>) = zones.iter().map(|zone| (zone.gives, zone.takes)).unzip();
            assert_eq!(found, (gives.to_vec(), takes.to_vec()), "{desired:?} {hints:?}");
        }
    }

    /// Endpoints by their zones; a capital is one that is not ready, `-` one of no zone.
    fn slice(zones: &str) -> EndpointSlice {
        let endpoint = |zone: char| Endpoint {
            zone: (zone != '-').then(|| Name::from(zone.to_ascii_lowercase().to_string())),
            conditions: EndpointConditions { ready: Some(!zone.is_ascii_uppercase()), ..EndpointConditions::default() },
            ..Endpoint::default()
        };
        EndpointSlice { endpoints: zones.chars().map(endpoint).collect(), ..EndpointSlice::default() }
    }

    fn hints(slices: &[EndpointSlice]) -> String {
        let of = |endpoint: &Endpoint| endpoint.hints.as_ref().map_or(".".to_owned(), |hints| hints.for_zones[0].name.to_string());
        slices.iter().map(|slice| slice.endpoints.iter().map(of).collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// Rows of topologycache_test.go TestAddHints, and the texts of event.go.
    #[test]
    fn each_zone_gets_its_share_or_there_are_no_hints() {
        let table: [(&[f64], &[&str], &[&str], Result<&str, &str>); 7] = [
            (&[], &["a"], &[], Err(NO_NODE_INFORMATION)),
            (&[0.3, 0.4, 0.3], &["ab"], &[], Err("Insufficient number of endpoints (2 endpoints, 3 zones)")),
            (&[0.45, 0.55], &["ab"], &[], Ok("ab | ")),
            (&[0.45, 0.55], &["abBB"], &[], Ok("ab.. | ")),
            (&[0.35, 0.35, 0.3], &["ab", "cca"], &["aa", "bca"], Ok("bb cca | aa bca")),
            (&[0.5, 0.5], &["aba-"], &[], Err(NO_ZONE)),
            // A zone that must have two of two leaves none for the other.
            (&[0.9, 0.1], &["aa"], &[], Err("Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (2 endpoints, 2 zones)")),
        ];
        for (shares, create, update, expected) in table {
            let mut plan = Plan::default();
            plan.create.extend(create.iter().map(|zones| slice(zones)));
            plan.update.extend(update.iter().map(|zones| slice(zones)));
            let found = add_hints(zones(shares), &mut plan).map(|()| format!("{} | {}", hints(&plan.create), hints(&plan.update)));
            assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{shares:?} {create:?}");
        }
    }
}
