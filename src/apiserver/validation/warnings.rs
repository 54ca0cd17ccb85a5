//! Warnings: what is accepted but surprises.
//! Models pkg/api/pod/warnings.go, pkg/api/node/util.go and the strategies' WarningsOnCreate.
//! Left out: AppArmor and seccomp annotations, overlapping paths of projected volumes.

use serde_json::Value;

use super::ingress::OLD_CLASS;
use super::json::{set, text};
use super::names;
use super::path::FieldPath;
use crate::base::{SmallMap, SmallSet};
use crate::api::{
    Container, ContainerPort, NodeSelectorTerm, Object, PodSpec, Quantity, ResourceRequirements,
};

/// Node labels that have a newer name.
const OLD_LABELS: [(&str, &str, &str); 5] = [
    ("beta.kubernetes.io/arch", "v1.14", "kubernetes.io/arch"),
    ("beta.kubernetes.io/os", "v1.14", "kubernetes.io/os"),
    ("failure-domain.beta.kubernetes.io/region", "v1.17", "topology.kubernetes.io/region"),
    ("failure-domain.beta.kubernetes.io/zone", "v1.17", "topology.kubernetes.io/zone"),
    ("beta.kubernetes.io/instance-type", "v1.17", "node.kubernetes.io/instance-type"),
];
/// Kinds of volume that are on their way out.
const OLD_VOLUMES: [(&str, &str); 9] = [
    ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
    ("gitRepo", "deprecated in v1.11"),
    ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
];

/// The warnings about a new object.
pub fn warnings(object: &Object) -> Vec<String> {
    let mut out = Vec::new();
    let surprise = "which can result in surprising behavior; a DNS label is recommended";
    match object {
        Object::Pod(pod) => {
            if let Some(list) = label_problems(&pod.meta.name) {
                out.push(format!("metadata.name: this is used in the Pod's hostname, {surprise}: {list}"));
            }
            spec_warnings(&pod.spec, &FieldPath::new("spec"), &mut out);
        }
        Object::ReplicationController(_) | Object::ReplicaSet(_) | Object::Deployment(_) | Object::Job(_) | Object::CronJob(_) => {
            if let Some(list) = label_problems(&object.meta().name) {
                out.push(format!("metadata.name: this is used in Pod names and hostnames, {surprise}: {list}"));
            }
            template_warnings(object, &mut out);
        }
        Object::DaemonSet(_) => template_warnings(object, &mut out),
        Object::Service(service) => super::service::warnings(service, &mut out),
        Object::Ingress(ingress) if ingress.meta.annotations.get(&OLD_CLASS).is_some() => {
            out.push(format!("annotation \"{OLD_CLASS}\" is deprecated, please use 'spec.ingressClassName' instead"));
        }
        Object::Node(node) => {
            for key in ["configSource", "externalID"] {
                if node.spec.rest.get(key).is_some() {
                    out.push(format!("spec.{key}: this field is deprecated, and is unused by Kubernetes"));
                }
            }
        }
        _ => {}
    }
    out
}

/// The warnings about a changed object: none about names, which cannot change, and none about pods, which people seldom change.
pub fn update_warnings(new: &Object, old: &Object) -> Vec<String> {
    let mut out = Vec::new();
    match (new, old) {
        (Object::Node(_) | Object::Service(_), _) => return warnings(new),
        _ if new.template() != old.template() => template_warnings(new, &mut out),
        _ => {}
    }
    out
}

fn template_warnings(controller: &Object, out: &mut Vec<String>) {
    if let Some(template) = controller.template() {
        spec_warnings(&template.spec, &FieldPath::new("spec").child("template").child("spec"), out);
    }
}

/// What keeps a name from being a DNS label, as Go prints a list.
fn label_problems(name: &str) -> Option<String> {
    let messages = names::dns1123_label(name);
    (!messages.is_empty()).then(|| format!("[{}]", messages.join(" ")))
}

/// The warnings about a pod's or a template's spec.
fn spec_warnings(spec: &PodSpec, path: &FieldPath, out: &mut Vec<String>) {
    node_label_warnings(spec, path, out);
    for (index, volume) in spec.volumes.iter().enumerate() {
        let path = path.child("volumes").index(index);
        for (kind, message) in OLD_VOLUMES {
            if set(volume, kind).is_some() {
                out.push(format!("{}: {message}", path.child(kind)));
            }
        }
    }
    list_warnings(spec, path, out);
    let containers = || {
        let init = spec.init_containers.iter().enumerate().map(|(index, c)| (path.child("initContainers").index(index), c));
        init.chain(spec.containers.iter().enumerate().map(|(index, c)| (path.child("containers").index(index), c)))
    };
    for (path, container) in containers() {
        env_warnings(container, &path, out);
        fraction_warnings(&container.resources, &path, out);
    }
    if spec.termination_grace_period_seconds.is_some_and(|seconds| seconds < 0) {
        let path = path.child("terminationGracePeriodSeconds");
        out.push(format!("{path}: must be >= 0; negative values are invalid and will be treated as 1"));
    }
    port_warnings(containers(), out);
}

fn old_label(key: &str) -> Option<String> {
    let (_, since, instead) = OLD_LABELS.iter().find(|(old, ..)| *old == key)?;
    Some(format!("deprecated since {since}; use \"{instead}\" instead"))
}

fn node_label_warnings(spec: &PodSpec, path: &FieldPath, out: &mut Vec<String>) {
    for key in spec.node_selector.keys() {
        if let Some(message) = old_label(key) {
            out.push(format!("{}: {message}", path.child("nodeSelector").key(key)));
        }
    }
    if let Some(node) = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref()) {
        let path = path.child("affinity").child("nodeAffinity");
        let required = path.child("requiredDuringSchedulingIgnoredDuringExecution").child("nodeSelectorTerms");
        for (index, term) in node.required.iter().flat_map(|selector| &selector.terms).enumerate() {
            term_warnings(term, &required.index(index), out);
        }
        let preferred = path.child("preferredDuringSchedulingIgnoredDuringExecution");
        for (index, wish) in node.preferred.iter().enumerate() {
            term_warnings(&wish.preference, &preferred.index(index).child("preference"), out);
        }
    }
    for (index, constraint) in spec.topology_spread_constraints.iter().enumerate() {
        if let Some(message) = old_label(&constraint.topology_key) {
            let path = path.child("topologySpreadConstraints").index(index).child("topologyKey");
            out.push(format!("{path}: {} is {message}", constraint.topology_key));
        }
    }
}

fn term_warnings(term: &NodeSelectorTerm, path: &FieldPath, out: &mut Vec<String>) {
    for (index, requirement) in term.match_expressions.iter().enumerate() {
        if let Some(message) = old_label(&requirement.key) {
            let path = path.child("matchExpressions").index(index).child("key");
            out.push(format!("{path}: {} is {message}", requirement.key));
        }
    }
}

/// Lists that are merged by a key, so that an entry may get lost.
fn list_warnings(spec: &PodSpec, path: &FieldPath, out: &mut Vec<String>) {
    let rest = |key: &str| spec.rest.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (list, key, what) in [("hostAliases", "ip", "ip"), ("imagePullSecrets", "name", "name")] {
        let mut seen = SmallSet::new();
        for (index, item) in rest(list).iter().enumerate() {
            let (value, path) = (text(item, key), path.child(list).index(index).child(key));
            if list == "imagePullSecrets" && value.is_empty() {
                out.push(format!("{path}: invalid empty name \"\""));
            }
            if !seen.insert(value) {
                let value = if list == "hostAliases" { value.to_owned() } else { format!("\"{value}\"") };
                out.push(format!("{path}: duplicate {what} {value}"));
            }
        }
    }
}

fn env_warnings(container: &Container, path: &FieldPath, out: &mut Vec<String>) {
    let mut seen = SmallSet::new();
    for (index, variable) in container.env.iter().enumerate() {
        if seen.insert(&variable.name) {
            continue;
        }
        // A variable may build on the one before it.
        let reference = format!("$({})", variable.name);
        let extends = variable.value.contains(&reference) && *variable.value != *reference;
        if variable.value_from.is_some() || !extends {
            let (path, name) = (path.child("env").index(index), &variable.name);
            out.push(format!("{path}: hides previous definition of \"{name}\", which may be dropped when using apply"));
        }
    }
}

fn fraction_warnings(resources: &ResourceRequirements, path: &FieldPath, out: &mut Vec<String>) {
    let path = path.child("resources");
    let lists = [("limits", &resources.limits), ("requests", &resources.requests)];
    let fields = ["memory", "ephemeral-storage"].into_iter().flat_map(|name| lists.map(|(key, list)| (name, key, list)));
    for (name, key, list) in fields {
        let quantity = list.get(name).filter(|quantity| Quantity::milli(quantity) % 1000 != 0);
        if let Some(quantity) = quantity {
            let path = path.child(key).key(name);
            out.push(format!("{path}: fractional byte value \"{quantity}\" is invalid, must be an integer"));
        }
    }
}

/// Ports of the whole pod that are declared twice.
fn port_warnings<'a>(containers: impl Iterator<Item = (FieldPath, &'a Container)>, out: &mut Vec<String>) {
    let mut all: SmallMap<(i32, &str), Vec<(FieldPath, &ContainerPort)>> = SmallMap::new();
    for (path, container) in containers {
        for (index, port) in container.ports.iter().enumerate() {
            let path = path.child("ports").index(index);
            let others = all.entry((port.container_port, port.protocol.as_str())).or_default();
            for (other_path, other) in others.iter() {
                if let Some(word) = overlap(port, other) {
                    out.push(format!("{path}: {word} port definition with {other_path}"));
                }
            }
            others.push((path, port));
        }
    }
}

fn overlap(port: &ContainerPort, other: &ContainerPort) -> Option<&'static str> {
    if port.host_ip == other.host_ip && port.host_port == other.host_port {
        return Some("duplicate");
    }
    if port.host_port == 0 || other.host_port == 0 {
        return Some("overlapping");
    }
    let one_open = port.host_ip.is_empty() != other.host_ip.is_empty();
    (port.host_port == other.host_port && one_open).then_some("dangerously ambiguous")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::api::Kind;

    fn of_pod(name: &str, spec: Value) -> Vec<String> {
        let pod = json!({"metadata": {"name": name}, "spec": spec});
        Object::from_value(Kind::Pod, &pod).map(|object| warnings(&object)).unwrap_or_default()
    }

    #[test]
    fn ports_and_variables() {
        let port = |number: i32, host: i32| json!({"containerPort": number, "hostPort": host, "protocol": "TCP"});
        let spec = json!({"containers": [{"name": "a", "ports": [port(80, 0), port(80, 0), port(81, 0)],
            "env": [{"name": "X", "value": "1"}, {"name": "X", "value": "$(X)2"}, {"name": "X", "value": "3"}]},
            {"name": "b", "ports": [port(81, 9000)]}]});
        assert_eq!(of_pod("p", spec), [
            "spec.containers[0].env[2]: hides previous definition of \"X\", which may be dropped when using apply",
            "spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]",
            "spec.containers[1].ports[0]: overlapping port definition with spec.containers[0].ports[2]",
        ]);
    }

    #[test]
    fn names_labels_volumes_fractions() {
        let spec = json!({"nodeSelector": {"beta.kubernetes.io/os": "linux"}, "volumes": [{"name": "v", "gitRepo": {}}],
            "containers": [{"name": "a", "resources": {"requests": {"memory": "100m"}}}]});
        assert_eq!(of_pod("a.b", spec), [
            "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
            "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \"kubernetes.io/os\" instead",
            "spec.volumes[0].gitRepo: deprecated in v1.11",
            "spec.containers[0].resources.requests[memory]: fractional byte value \"100m\" is invalid, must be an integer",
        ]);
    }

    #[test]
    fn a_controller_warns_of_its_template() {
        let name = format!("r.1.{}", "x".repeat(70));
        let spec = json!({"template": {"spec": {"terminationGracePeriodSeconds": -1}}});
        let controller = json!({"metadata": {"name": name}, "spec": spec});
        let Some(object) = Object::from_value(Kind::ReplicationController, &controller) else { panic!("no controller") };
        assert_eq!(update_warnings(&object, &object), [""; 0]);
        let old = Object::from_value(Kind::ReplicationController, &json!({}));
        assert_eq!(old.map(|old| update_warnings(&object, &old).len()), Some(1));
        assert_eq!(warnings(&object), [
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must be no more than 63 characters must not contain dots]",
            "spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1",
        ]);
    }
}
