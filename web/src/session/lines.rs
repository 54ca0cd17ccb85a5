//! The kubectl lines that buttons and menus stand for: what a button does can always be typed.

use crate::intent::Harm;
use crate::simulator::{ControllerCard, Frame, IngressCard, Kind, ObjectKey, PodTile, Scope, ServiceCard};

/// What a menu offers for a pod.
#[derive(Clone, Debug, PartialEq)]
pub enum PodAction {
    /// Deletes it with its grace.
    Delete,
    /// Deletes it without grace.
    DeleteNow,
    /// Takes the label off that its controller looks for.
    TakeOut {
        /// The label's key.
        key: String,
    },
    /// Gives it the labels that a controller looks for.
    PutUnder {
        /// The controller.
        controller: String,
        /// `app=kubia`
        labels: Vec<String>,
    },
}

fn namespaced(key: &ObjectKey) -> String {
    if key.namespace.is_empty() || key.namespace == "default" { String::new() } else { format!(" -n {}", key.namespace) }
}

/// What can be done to a pod.
pub fn pod_actions(pod: &PodTile, controllers: &[ControllerCard]) -> Vec<PodAction> {
    let mut actions = vec![PodAction::Delete, PodAction::DeleteNow];
    let near = controllers.iter().filter(|card| card.key.namespace == pod.key.namespace && !card.selector.is_empty());
    for card in near {
        let fits = card.selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value));
        let owned = pod.owner.as_ref().is_some_and(|owner| owner.uid == card.uid);
        if fits && owned {
            let key = card.selector.keys().next().map(ToString::to_string).unwrap_or_default();
            actions.push(PodAction::TakeOut { key });
        } else if !fits && pod.owner.is_none() {
            let labels = card.selector.iter().map(|(key, value)| format!("{key}={value}")).collect();
            actions.push(PodAction::PutUnder { controller: card.key.name.to_string(), labels });
        }
    }
    actions
}

/// The line of a pod's action.
pub fn pod_line(key: &ObjectKey, action: &PodAction) -> String {
    let (name, namespace) = (&key.name, namespaced(key));
    match action {
        PodAction::Delete => format!("kubectl delete pod {name}{namespace} --wait=false"),
        PodAction::DeleteNow => format!("kubectl delete pod {name}{namespace} --grace-period=0 --force"),
        PodAction::TakeOut { key } => format!("kubectl label pod {name}{namespace} {key}-"),
        PodAction::PutUnder { labels, .. } => format!("kubectl label pod {name}{namespace} {} --overwrite", labels.join(" ")),
    }
}

/// What kubectl calls a controller for short: `rc`, `rs`.
pub fn short(key: &ObjectKey) -> &'static str {
    let info = key.kind.info();
    info.short.first().copied().unwrap_or(info.singular)
}

/// Scales a controller.
pub fn scale_line(key: &ObjectKey, replicas: i32) -> String {
    format!("kubectl scale {} {}{} --replicas={replicas}", short(key), key.name, namespaced(key))
}

/// Deletes a controller, with its pods or without.
pub fn delete_controller_line(key: &ObjectKey, with_pods: bool) -> String {
    let cascade = if with_pods { "--wait=false" } else { "--cascade=orphan" };
    format!("kubectl delete {} {}{} {cascade}", short(key), key.name, namespaced(key))
}

/// Deletes an object.
pub fn delete_line(key: &ObjectKey) -> String {
    format!("kubectl delete {} {}{}", short(key), key.name, namespaced(key))
}

/// Requests to a service: from a pod, and from outside where it has a port on the nodes (true).
pub fn request_lines(frame: &Frame, card: &ServiceCard) -> Vec<(bool, String)> {
    let Some((port, node_port)) = card.ports.first().map(|port| port.split_once(':').unwrap_or((port, ""))) else { return Vec::new() };
    let mut lines = Vec::new();
    let ready = frame.pods().find(|pod| pod.state == crate::simulator::PodState::Ready);
    if let Some(pod) = ready.filter(|_| card.address.starts_with(|first: char| first.is_ascii_digit())) {
        let (namespace, name) = (&pod.key.namespace, &pod.key.name);
        lines.push((false, format!("request http://{}:{port} --from pod/{namespace}/{name}", card.address)));
    }
    if let Some(address) = card.balancers.first() {
        let port = if port == "80" { String::new() } else { format!(":{port}") };
        lines.push((true, format!("request http://{address}{port} --from client")));
        return lines;
    }
    let node = frame.nodes.iter().find(|node| node.powered);
    if let Some(node) = node.filter(|_| !node_port.is_empty()) {
        lines.push((true, format!("request http://{}:{node_port} --from client", node.address)));
    }
    lines
}

/// Requests from outside through the doors of an ingress. A host that stands for many is asked for as one of them.
pub fn door_lines(card: &IngressCard) -> Vec<String> {
    let line = |way: &crate::simulator::IngressWay| {
        let host = if way.host.is_empty() { card.address.split(',').next().unwrap_or_default().to_owned() } else { way.host.replacen('*', "any", 1) };
        let path = if way.path == "/" { "" } else { way.path.as_str() };
        (!host.is_empty()).then(|| format!("request {}://{host}{path} --from client", if way.tls { "https" } else { "http" }))
    };
    card.ways.iter().filter_map(line).collect()
}

/// Keeps new pods off a node, or lets them in again.
pub fn cordon_line(node: &str, cordon: bool) -> String {
    format!("kubectl {} {node}", if cordon { "cordon" } else { "uncordon" })
}

/// Empties a node for work on it.
pub fn drain_line(node: &str) -> String {
    format!("kubectl drain {node} --ignore-daemonsets --delete-emptydir-data --force")
}

/// A place as `fault` takes it.
fn scope_word(scope: &Scope) -> String {
    match scope {
        Scope::Everything => "all".to_owned(),
        Scope::Pod(namespace, name) => format!("pod/{namespace}/{name}"),
        Scope::Node(name) => format!("node/{name}"),
        Scope::Client => "client".to_owned(),
        Scope::ControlPlane => "control-plane".to_owned(),
    }
}

/// Breaks the network between two places.
pub fn fault_line(one: &Scope, other: &Scope, harm: Harm) -> String {
    let how = match harm {
        Harm::Cut => "--partition",
        Harm::Slow => "--latency 500",
        Harm::Lose => "--loss 30",
    };
    format!("fault {} {} {how}", scope_word(one), scope_word(other))
}

/// Mends it.
pub fn mend_line(one: &Scope, other: &Scope) -> String {
    format!("fault {} {} --none", scope_word(one), scope_word(other))
}

/// A pod of a frame, by its key.
pub fn find_pod<'a>(frame: &'a Frame, key: &ObjectKey) -> Option<&'a PodTile> {
    (key.kind == Kind::Pod).then(|| frame.pods().find(|pod| pod.key == *key))?
}
