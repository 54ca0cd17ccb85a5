//! Limit ranges: what the containers of a pod are given that ask for nothing, and how much they may ask for.
//! Models plugin/pkg/admission/limitranger.

use std::rc::Rc;

use serde_json::Value;

use crate::api::{Container, Json, Kind, Object, Other, Pod, PodSpec, Quantity, ResourceList};
use crate::base::{Name, sort};
use crate::store::View;

const ANNOTATION: Name = Name::fixed("kubernetes.io/limit-ranger");

fn items<'a>(view: View<'a>, namespace: &Name) -> Vec<&'a Value> {
    let ranges = view.list(Kind::LimitRange, namespace).filter_map(Object::as_other);
    ranges.filter_map(|range| range.at(&["spec", "limits"]).as_array()).flatten().collect()
}

fn amounts(item: &Value, field: &str) -> ResourceList {
    let entries = item.get(field).and_then(Value::as_object).into_iter().flatten();
    entries.map(|(name, value)| (Name::from(name), Quantity::read(value))).collect()
}

/// Gives the containers of a new pod what the ranges of its namespace say.
pub(super) fn fill(pod: &mut Rc<Pod>, view: View<'_>) {
    for item in items(view, &pod.meta.namespace) {
        if item["type"] != "Container" {
            continue;
        }
        let (requests, limits) = (amounts(item, "defaultRequest"), amounts(item, "default"));
        let mut told: Vec<String> = Vec::new();
        let mut spec = PodSpec::clone(&pod.spec);
        for container in &mut spec.containers {
            fill_container(container, "container", (&requests, &limits), &mut told);
        }
        for container in &mut spec.init_containers {
            fill_container(container, "init container", (&requests, &limits), &mut told);
        }
        if told.is_empty() {
            continue;
        }
        let pod = Rc::make_mut(pod);
        pod.spec = Rc::new(spec);
        let text = format!("LimitRanger plugin set: {}", told.join("; "));
        Rc::make_mut(&mut pod.meta.annotations).insert(ANNOTATION, text.into());
    }
}

fn fill_container(container: &mut Container, what: &str, (requests, limits): (&ResourceList, &ResourceList), told: &mut Vec<String>) {
    let name = container.name.clone();
    let mut fill = |to: &mut ResourceList, from: &ResourceList, which: &str| {
        let mut set: Vec<&str> = Vec::new();
        for (resource, amount) in from {
            if !to.contains_key(resource) {
                to.insert(resource.clone(), *amount);
                set.push(resource);
            }
        }
        sort(&mut set);
        if !set.is_empty() {
            told.push(format!("{} {which} for {what} {name}", set.join(", ")));
        }
    };
    fill(&mut container.resources.requests, requests, "request");
    fill(&mut container.resources.limits, limits, "limit");
}

/// Why the ranges of its namespace refuse an object, if they do.
pub(super) fn refusal(object: &Object, view: View<'_>) -> Option<String> {
    let mut errors: Vec<String> = Vec::new();
    for item in items(view, &object.meta().namespace) {
        match (item["type"].as_str().unwrap_or_default(), object) {
            ("Container", Object::Pod(pod)) => {
                for container in pod.spec.containers.iter().chain(&pod.spec.init_containers) {
                    let asked = Asked { what: "Container", requests: &container.resources.requests, limits: &container.resources.limits };
                    asked.check(item, &mut errors);
                }
            }
            ("Pod", Object::Pod(pod)) => {
                let requests = pod.spec.requests();
                let limits = pod.spec.limits();
                Asked { what: "Pod", requests: &requests, limits: &limits }.check(item, &mut errors);
            }
            ("PersistentVolumeClaim", Object::Other(claim)) if claim.kind == Kind::PersistentVolumeClaim => check_claim(claim, item, &mut errors),
            _ => {}
        }
    }
    match errors.len() {
        0 => None,
        1 => errors.pop(),
        _ => Some(format!("[{}]", errors.join(", "))),
    }
}

fn check_claim(claim: &Other, item: &Value, errors: &mut Vec<String>) {
    let requests: ResourceList = Json::read(claim.at(&["spec", "resources", "requests"]));
    let asked = Asked { what: "PersistentVolumeClaim", requests: &requests, limits: &requests };
    for (name, least) in amounts(item, "min") {
        asked.check_least(&name, &least, errors);
    }
    for (name, most) in amounts(item, "max") {
        match requests.get(&name) {
            None => errors.push(format!("maximum {name} usage per PersistentVolumeClaim is {most}.  No request is specified")),
            Some(given) if given.milli() > most.milli() => {
                errors.push(format!("maximum {name} usage per PersistentVolumeClaim is {most}, but request is {given}"));
            }
            Some(_) => {}
        }
    }
}

/// What a container or a pod asks for.
struct Asked<'a> {
    what: &'static str,
    requests: &'a ResourceList,
    limits: &'a ResourceList,
}

impl Asked<'_> {
    fn check(&self, item: &Value, errors: &mut Vec<String>) {
        for (name, least) in amounts(item, "min") {
            self.check_least(&name, &least, errors);
        }
        for (name, most) in amounts(item, "max") {
            self.check_most(&name, &most, errors);
        }
        for (name, ratio) in amounts(item, "maxLimitRequestRatio") {
            self.check_ratio(&name, &ratio, errors);
        }
    }

    /// Models minConstraint.
    fn check_least(&self, name: &Name, least: &Quantity, errors: &mut Vec<String>) {
        let text = format!("minimum {name} usage per {} is {least}", self.what);
        match (self.requests.get(name), self.limits.get(name)) {
            (None, _) => errors.push(format!("{text}.  No request is specified")),
            (Some(request), _) if request.milli() < least.milli() => errors.push(format!("{text}, but request is {request}")),
            (_, Some(limit)) if limit.milli() < least.milli() => errors.push(format!("{text}, but limit is {limit}")),
            _ => {}
        }
    }

    /// Models maxConstraint.
    fn check_most(&self, name: &Name, most: &Quantity, errors: &mut Vec<String>) {
        let text = format!("maximum {name} usage per {} is {most}", self.what);
        match (self.limits.get(name), self.requests.get(name)) {
            (None, _) => errors.push(format!("{text}.  No limit is specified")),
            (Some(limit), _) if limit.milli() > most.milli() => errors.push(format!("{text}, but limit is {limit}")),
            (_, Some(request)) if request.milli() > most.milli() => errors.push(format!("{text}, but request is {request}")),
            _ => {}
        }
    }

    /// Models limitRequestRatioConstraint.
    fn check_ratio(&self, name: &Name, ratio: &Quantity, errors: &mut Vec<String>) {
        let text = format!("{name} max limit to request ratio per {} is {ratio}", self.what);
        let milli = |amounts: &ResourceList| amounts.get(name).map_or(0, Quantity::milli);
        let (request, limit) = (milli(self.requests), milli(self.limits));
        if request == 0 {
            errors.push(format!("{text}, but no request is specified or request is 0"));
        } else if limit == 0 {
            errors.push(format!("{text}, but no limit is specified or limit is 0"));
        } else if i128::from(limit) * 1000 > i128::from(ratio.milli()) * i128::from(request) {
            // As `%f` prints it.
            let millionths = i128::from(limit) * 1_000_000 / i128::from(request);
            errors.push(format!("{text}, but provided ratio is {}.{:06}", millionths / 1_000_000, millionths % 1_000_000));
        }
    }
}
