//! Quotas: what an object takes of them, which of them it counts for, whether there is room.
//! Models apiserver/pkg/admission/plugin/resourcequota and pkg/quota/v1/evaluator/core. Left out: scopes of affinity, classes of
//! storage, devices.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::ApiServer;
use super::admission::forbidden_by_name;
use crate::api::{ApiError, Json, Kind, Object, Other, Pod, PodSpec, Quantity, ResourceList};
use crate::base::{Name, sort};
use crate::store::View;

/// Resources that a pod must speak of where a quota counts them.
const MUST_BE_SET: [&str; 6] = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"];

/// What an object takes, of every resource that a quota can name.
pub fn usage(object: &Object) -> ResourceList {
    let mut used = ResourceList::new();
    let (kind, one) = (object.kind(), Quantity::of(1));
    if object.as_pod().is_some_and(|pod| pod.status.phase.is_terminal()) {
        return used;
    }
    used.insert(Name::from(format!("count/{}", kind.resource())), one);
    let plural = Name::fixed(kind.info().plural);
    match object {
        Object::Pod(pod) => {
            used.insert(plural, one);
            add_pod(&pod.spec, &mut used);
        }
        Object::Service(_) => {
            used.insert(plural, one);
            add_service(&object.to_value(), &mut used);
        }
        Object::ReplicationController(_) => drop(used.insert(plural, one)),
        Object::Other(other) if matches!(kind, Kind::ConfigMap | Kind::Secret | Kind::ResourceQuota | Kind::PersistentVolumeClaim) => {
            used.insert(plural, one);
            let size = other.at(&["spec", "resources", "requests", "storage"]);
            if !size.is_null() {
                used.insert(Name::fixed("requests.storage"), Quantity::read(size));
            }
        }
        _ => {}
    }
    used
}

fn add(to: &mut ResourceList, name: Name, amount: &Quantity) {
    let sum = to.get(&name).map_or(*amount, |known| known.plus(amount));
    to.insert(name, sum);
}

/// Models podUsageHelper: requests count under their own name and under `requests.`.
fn add_pod(spec: &PodSpec, used: &mut ResourceList) {
    for (name, amount) in spec.requests() {
        if matches!(name.as_str(), "cpu" | "memory" | "ephemeral-storage") {
            used.insert(name.clone(), amount);
        }
        used.insert(Name::from(format!("requests.{name}")), amount);
    }
    for (name, amount) in spec.limits() {
        used.insert(Name::from(format!("limits.{name}")), amount);
    }
}

fn add_service(value: &Value, used: &mut ResourceList) {
    let kind = value["spec"]["type"].as_str().unwrap_or_default();
    let ports = value["spec"]["ports"].as_array().map_or(0, Vec::len);
    let node_ports = if matches!(kind, "NodePort" | "LoadBalancer") { i64::try_from(ports).unwrap_or_default() } else { 0 };
    used.insert(Name::fixed("services.nodeports"), Quantity::of(node_ports));
    used.insert(Name::fixed("services.loadbalancers"), Quantity::of(i64::from(kind == "LoadBalancer")));
}

/// What a quota's object says of a field, as amounts.
pub fn amounts(quota: &Other, part: &str, field: &str) -> ResourceList {
    quota.at(&[part, field]).as_object().into_iter().flatten().map(|(name, value)| (Name::from(name), Quantity::read(value))).collect()
}

/// Whether an object counts for a quota: those with scopes count pods alone.
pub fn counts(quota: &Other, object: &Object) -> bool {
    let scopes = quota.at(&["spec", "scopes"]).as_array().into_iter().flatten().map(|scope| json!({"scopeName": scope}));
    let selected = quota.at(&["spec", "scopeSelector", "matchExpressions"]).as_array().into_iter().flatten().cloned();
    let all: Vec<Value> = scopes.chain(selected).collect();
    let Some(pod) = object.as_pod() else { return all.is_empty() };
    all.iter().all(|scope| fits_scope(scope, pod))
}

fn fits_scope(scope: &Value, pod: &Pod) -> bool {
    let ends = pod.spec.active_deadline_seconds.is_some();
    let best_effort = pod.qos_class() == "BestEffort";
    match scope["scopeName"].as_str().unwrap_or_default() {
        "Terminating" => ends,
        "NotTerminating" => !ends,
        "BestEffort" => best_effort,
        "NotBestEffort" => !best_effort,
        "PriorityClass" => {
            let class = pod.spec.priority_class_name.as_str();
            let named = scope["values"].as_array().is_some_and(|values| values.iter().any(|value| value == class));
            match scope["operator"].as_str().unwrap_or("Exists") {
                "In" => named,
                "NotIn" => !named,
                "DoesNotExist" => class.is_empty(),
                _ => !class.is_empty(),
            }
        }
        _ => false,
    }
}

/// Of what an object takes, the part that a quota limits.
pub fn limited(quota: &Other, used: &ResourceList) -> ResourceList {
    let hard = amounts(quota, "spec", "hard");
    used.iter().filter(|(name, _)| hard.contains_key(*name)).map(|(name, amount)| (name.clone(), *amount)).collect()
}

/// The amounts as a field of a status.
pub fn to_value(amounts: &ResourceList) -> Value {
    let mut map = Map::new();
    for (name, amount) in amounts {
        map.insert(name.to_string(), amount.write().unwrap_or_default());
    }
    Value::Object(map)
}

/// `pods=1,requests.cpu=500m`
fn listed(amounts: &ResourceList, names: &[&Name]) -> String {
    let zero = Quantity::of(0);
    let one = |name: &&Name| format!("{name}={}", amounts.get(*name).unwrap_or(&zero));
    names.iter().map(one).collect::<Vec<_>>().join(",")
}

/// The quotas of a namespace.
pub fn of_namespace<'a>(view: View<'a>, namespace: &Name) -> impl Iterator<Item = &'a Rc<Other>> + use<'a> {
    view.list(Kind::ResourceQuota, namespace).filter_map(Object::as_other)
}

impl ApiServer {
    /// Takes what a new object needs of the quotas of its namespace, or refuses it and takes nothing. `old` is the object as it was.
    pub(super) fn charge(&mut self, object: &Object, old: Option<&Object>) -> Result<(), ApiError> {
        let namespace = &object.meta().namespace;
        if namespace.is_empty() || of_namespace(self.view(), namespace).next().is_none() {
            return Ok(());
        }
        let used = usage(object);
        let mut changed: Vec<Object> = Vec::new();
        for quota in of_namespace(self.view(), namespace).filter(|quota| counts(quota, object)) {
            let mut delta = limited(quota, &used);
            if let Some(old) = old {
                for (name, amount) in limited(quota, &usage(old)) {
                    let more = delta.get(&name).copied().unwrap_or_default().minus(&amount);
                    delta.insert(name, more);
                }
                delta.retain(|_, amount| *amount > Quantity::default());
            }
            let charged = charged(quota, object, &delta).map_err(|why| forbidden_by_name(object.kind(), object.meta(), &why))?;
            changed.extend(charged);
        }
        for quota in changed {
            self.commit(quota, Vec::new());
        }
        Ok(())
    }
}

/// A quota after it was charged; None if nothing of it is needed. An error is why it cannot be.
fn charged(quota: &Rc<Other>, object: &Object, delta: &ResourceList) -> Result<Option<Object>, String> {
    let name = &quota.meta.name;
    if let Some(pod) = object.as_pod() {
        unset(pod, &amounts(quota, "spec", "hard")).map_err(|why| format!("failed quota: {name}: {why}"))?;
    }
    if delta.is_empty() {
        return Ok(None);
    }
    let (hard, mut used) = (amounts(quota, "status", "hard"), amounts(quota, "status", "used"));
    let mut names: Vec<&Name> = delta.keys().collect();
    sort(&mut names);
    let unknown: Vec<&str> = names.iter().filter(|name| !hard.contains_key(**name)).map(|name| name.as_str()).collect();
    if !unknown.is_empty() {
        return Err(format!("status unknown for quota: {name}, resources: {}", unknown.join(",")));
    }
    let sum = |name: &Name| used.get(name).map_or_else(|| delta[name], |known| known.plus(&delta[name]));
    let over: Vec<&Name> = names.iter().filter(|name| sum(name) > hard[**name]).copied().collect();
    if !over.is_empty() {
        let (asked, taken, most) = (listed(delta, &over), listed(&used, &over), listed(&hard, &over));
        return Err(format!("exceeded quota: {name}, requested: {asked}, used: {taken}, limited: {most}"));
    }
    for (name, amount) in delta {
        add(&mut used, name.clone(), amount);
    }
    let mut quota = Other::clone(quota);
    if let Some(status) = quota.fields.get_mut("status") {
        status["used"] = to_value(&used);
    }
    Ok(Some(Object::Other(Rc::new(quota))))
}

/// What a quota limits, every container must say. Models podEvaluator.Constraints.
fn unset(pod: &Pod, hard: &ResourceList) -> Result<(), String> {
    let mut texts: Vec<String> = Vec::new();
    for name in MUST_BE_SET.iter().filter(|name| hard.contains_key(**name)) {
        let mut all: Vec<&str> = Vec::new();
        for container in pod.spec.containers.iter().chain(&pod.spec.init_containers) {
            let (amounts, resource) = match name.split_once('.') {
                Some(("limits", resource)) => (&container.resources.limits, resource),
                Some((_, resource)) => (&container.resources.requests, resource),
                None => (&container.resources.requests, *name),
            };
            if !amounts.contains_key(resource) {
                all.push(&container.name);
            }
        }
        sort(&mut all);
        if !all.is_empty() {
            texts.push(format!("{name} for: {}", all.join(",")));
        }
    }
    if texts.is_empty() { Ok(()) } else { Err(format!("must specify {}", texts.join("; "))) }
}
