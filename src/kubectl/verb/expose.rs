//! `kubectl expose`: a service for what is there already. Models kubectl/pkg/cmd/expose/expose.go and
//! kubectl/pkg/polymorphichelpers.

use serde_json::{Map, Value, json};

use super::create::save_config;
use super::{DryRun, Names, Run, Tally, Teller};
use crate::api::{Kind, LabelSelector, Labels, Object, PodSpec, ReplicationControllerSpec};
use crate::apiserver::Write;
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Given, Takes, flag};
use crate::kubectl::item::Item;

pub(super) const FLAGS: &[Flag] = &[
    flag("name", Takes::Text),
    flag("port", Takes::Text),
    flag("target-port", Takes::Text),
    flag("type", Takes::Text),
    flag("protocol", Takes::Text),
    flag("labels", Takes::Text).or('l'),
    flag("selector", Takes::Text),
    flag("external-ip", Takes::Text),
    flag("load-balancer-ip", Takes::Text),
    flag("session-affinity", Takes::Text),
    flag("cluster-ip", Takes::Text),
    flag("overrides", Takes::Text),
    flag("override-type", Takes::Text),
    flag("save-config", Takes::Truth),
];

/// Longer names are cut.
const LONGEST_NAME: usize = 63;

/// A port, its protocol if the object says it.
type Port = (i32, Name);

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    let teller = match Teller::typed(run.given) {
        Ok(teller) => teller,
        Err(failure) => return Answer::failed(failure),
    };
    let mut scope = run.scope();
    // That flag is about the service's pods here.
    scope.labels = None;
    let (_, found) = match run.find(&scope, Names::Needed) {
        Ok(found) => found,
        Err(failure) => return Answer::failed(failure),
    };
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in found.items {
        tally.add(one(run, &item, &teller));
    }
    tally.answer()
}

fn one(run: &mut Run<'_>, item: &Item, teller: &Teller) -> Result<String, Failure> {
    let given = run.given;
    let kind = item.kind();
    let Item::Object(object) = item else { return Err(cannot(kind)) };
    let text = |flag: &str| given.text(flag).filter(|text| !text.is_empty());
    let selector = match text("selector") {
        Some(text) => labels_of(text)?,
        None => {
            is_exposable(kind)?;
            let why = |why: String| Failure::Own(format!("couldn't retrieve selectors via --selector flag or introspection: {why}"));
            labels(&selector_of(object).map_err(why)?)
        }
    };
    is_exposable(kind)?;
    let ports = ports(given, object)?;
    let meta = object.meta();
    let own_labels = match text("labels") {
        Some(text) => labels_of(text)?,
        None => labels(&meta.labels),
    };
    let mut name: &str = &meta.name;
    name = text("name").unwrap_or(&name[..name.len().min(LONGEST_NAME)]);
    let mut value = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"creationTimestamp": null, "name": name},
        "spec": spec(given, selector, ports)?, "status": {"loadBalancer": {}},
    });
    if !own_labels.is_empty() {
        value["metadata"]["labels"] = Value::Object(own_labels);
    }
    if given.text("namespace").is_some_and(|namespace| !namespace.is_empty()) {
        value["metadata"]["namespace"] = Value::from(meta.namespace.as_str());
    }
    if let Some(overrides) = text("overrides") {
        super::pod::override_with(&mut value, Kind::Service, text("override-type").unwrap_or("merge"), overrides)?;
    }
    if given.is_on("save-config") {
        save_config(&mut value);
    }
    let service = Object::from_value(Kind::Service, &value);
    let mut service = service.ok_or_else(|| Failure::own("events are written by the cluster"))?;
    service.meta_mut().namespace = meta.namespace.clone();
    match teller.dry_run {
        DryRun::Client => teller.tell_unsent(&Item::Object(service), &value, "exposed"),
        dry_run => {
            let committed = run.write(Write::Create(service), dry_run)?;
            teller.tell_written(committed, "exposed")
        }
    }
}

/// Models CanBeExposed.
fn is_exposable(kind: Kind) -> Result<(), Failure> {
    let fits = matches!(kind, Kind::Pod | Kind::Service | Kind::ReplicationController | Kind::ReplicaSet | Kind::Deployment);
    if fits { Ok(()) } else { Err(cannot(kind)) }
}

fn cannot(kind: Kind) -> Failure {
    let info = kind.info();
    let group = if info.group.is_empty() { String::new() } else { format!(".{}", info.group) };
    Failure::Own(format!("cannot expose a {}{group}", info.name))
}

/// The labels that an object's pods have. Models MapBasedSelectorForObject.
fn selector_of(object: &Object) -> Result<Labels, String> {
    let plain = |selector: Option<&LabelSelector>| match selector {
        Some(selector) if !selector.match_expressions.is_empty() => {
            let list: Vec<String> = selector.match_expressions.iter().map(ToString::to_string).collect();
            Err(format!("couldn't convert expressions - \"[{}]\" to map-based selector format", list.join(" ")))
        }
        Some(selector) if !selector.match_labels.is_empty() => Ok(selector.match_labels.clone()),
        _ => Err("invalid deployment: no selectors, therefore cannot be exposed".to_owned()),
    };
    match object {
        Object::Pod(pod) if pod.meta.labels.is_empty() => Err("the pod has no labels and cannot be exposed".to_owned()),
        Object::Pod(pod) => Ok((*pod.meta.labels).clone()),
        Object::Service(service) if service.spec.selector.is_empty() => Err("the service has no pod selector set".to_owned()),
        Object::Service(service) => Ok(service.spec.selector.clone()),
        Object::ReplicationController(controller) => {
            let spec: &ReplicationControllerSpec = &controller.spec;
            Ok((*spec.selector).clone())
        }
        Object::Deployment(deployment) => plain(deployment.spec.selector.as_deref()),
        Object::ReplicaSet(set) => plain(set.spec.selector.as_deref()),
        _ => Err(String::new()),
    }
}

/// The ports of a service, or of the containers.
fn ports_of(object: &Object) -> Vec<Port> {
    let of_pod = |spec: &PodSpec| -> Vec<Port> {
        let ports = spec.containers.iter().flat_map(|container| &container.ports);
        ports.map(|port| (port.container_port, port.protocol.clone())).collect()
    };
    match object {
        Object::Service(service) => service.spec.ports.iter().map(|port| (port.port, port.protocol.clone())).collect(),
        Object::Pod(pod) => of_pod(&pod.spec),
        _ => object.template().map(|template| of_pod(&template.spec)).unwrap_or_default(),
    }
}

/// The ports of the new service: as flags say, otherwise as the object has them.
fn ports(given: &Given, object: &Object) -> Result<Vec<Value>, Failure> {
    let known = ports_of(object);
    let numbers: Vec<i32> = match given.text("port").filter(|text| !text.is_empty()) {
        Some(text) => text.split(',').map(number).collect::<Result<_, _>>()?,
        None if known.is_empty() && given.text("cluster-ip") != Some("None") => {
            return Err(Failure::own("couldn't find port via --port flag or introspection"));
        }
        None => known.iter().map(|(port, _)| *port).collect(),
    };
    let asked = given.text("protocol").filter(|text| !text.is_empty());
    let target = given.text("target-port").filter(|text| !text.is_empty());
    let several = numbers.len() > 1;
    let port = |(at, number): (usize, &i32)| {
        let of_object = || known.iter().find(|(port, _)| port == number).map(|(_, protocol)| protocol.as_str());
        let protocol = asked.or_else(of_object).filter(|protocol| !protocol.is_empty()).unwrap_or("TCP");
        let target = match target.map(|text| (text, text.parse::<i32>())) {
            None => Value::from(*number),
            Some((_, Ok(number))) => Value::from(number),
            Some((text, Err(_))) => Value::from(text),
        };
        let mut port = json!({"port": number, "protocol": protocol, "targetPort": target});
        if several {
            port["name"] = Value::from(format!("port-{}", at + 1));
        }
        port
    };
    Ok(numbers.iter().enumerate().map(port).collect())
}

fn number(text: &str) -> Result<i32, Failure> {
    text.parse().map_err(|_| Failure::Own(format!("strconv.Atoi: parsing \"{text}\": invalid syntax")))
}

fn spec(given: &Given, selector: Map<String, Value>, ports: Vec<Value>) -> Result<Value, Failure> {
    let text = |flag: &str| given.text(flag).filter(|text| !text.is_empty());
    let mut spec = json!({"selector": selector});
    if !ports.is_empty() {
        spec["ports"] = Value::Array(ports);
    }
    if let Some(address) = text("external-ip") {
        spec["externalIPs"] = json!([address]);
    }
    if let Some(kind) = text("type") {
        spec["type"] = Value::from(kind);
    }
    if let Some(address) = text("load-balancer-ip").filter(|_| text("type") == Some("LoadBalancer")) {
        spec["loadBalancerIP"] = Value::from(address);
    }
    match text("session-affinity") {
        None => {}
        Some(affinity @ ("None" | "ClientIP")) => spec["sessionAffinity"] = Value::from(affinity),
        Some(other) => return Err(Failure::Own(format!("unknown session affinity: {other}"))),
    }
    if let Some(address) = text("cluster-ip") {
        spec["clusterIP"] = Value::from(address);
    }
    Ok(spec)
}

fn labels(labels: &Labels) -> Map<String, Value> {
    let mut map = Map::new();
    for (key, value) in labels {
        map.insert(key.to_string(), Value::from(value.as_str()));
    }
    map
}

/// `a=b,c=d`. Models kubectl/pkg/generate ParseLabels.
fn labels_of(text: &str) -> Result<Map<String, Value>, Failure> {
    let mut map = Map::new();
    for part in text.split(',') {
        let pair: Vec<&str> = part.split('=').collect();
        match pair[..] {
            [key, value] if !key.is_empty() => drop(map.insert(key.to_owned(), Value::from(value))),
            _ => return Err(Failure::Own(format!("unexpected label spec: {part}"))),
        }
    }
    Ok(map)
}
