//! core/v1 Pod. What replicas share (labels, spec, owner) is shared; what differs (node, token volume) stands beside it and
//! is put back where it belongs when the pod is written out.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use super::{
    Container, ContainerState, ContainerStatus, Json, ObjectMeta, PodConditionKind, PodSpec, PodStatus,
    StateDetail, Terminated, Truth,
};
use crate::base::{FNV_OFFSET, Name, SimTime, fnv64, safe_suffix};

/// A pod.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pod {
    /// Metadata.
    pub meta: ObjectMeta,
    /// Shared by all replicas of a template; without node name and token volume.
    pub spec: Rc<PodSpec>,
    /// The node it is bound to; empty before.
    pub node_name: Name,
    /// Whether the service account's token is mounted: `kube-api-access-` and five characters derived from the uid.
    pub mounts_token: bool,
    /// What the kubelet reported.
    pub status: PodStatus,
}

const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

impl Pod {
    /// `kube-api-access-2kwv2`, the volume with its token.
    pub fn token_volume(&self) -> String {
        let mut name = String::from("kube-api-access-");
        name.push_str(&safe_suffix((self.meta.uid.0 >> 20) as u64));
        name
    }

    /// Whether its Ready condition holds.
    pub fn is_ready(&self) -> bool {
        self.status.condition(PodConditionKind::Ready).is_some_and(|ready| ready.status == Truth::True)
    }

    /// Not terminal and not being deleted: what a controller counts.
    /// Models pkg/controller/controller_utils.go IsPodActive.
    pub fn is_active(&self) -> bool {
        !self.status.phase.is_terminal() && !self.meta.is_deleting()
    }

    /// `BestEffort`, `Burstable` or `Guaranteed`.
    /// Models pkg/apis/core/v1/helper/qos GetPodQOS.
    pub fn qos_class(&self) -> &'static str {
        let all = self.spec.containers.iter().chain(&self.spec.init_containers);
        let counted = |name: &&Name| matches!(name.as_str(), "cpu" | "memory");
        let (mut any, mut guaranteed) = (false, true);
        for container in all {
            let resources = &container.resources;
            any |= resources.requests.keys().chain(resources.limits.keys()).any(|name| counted(&name));
            guaranteed &= ["cpu", "memory"].iter().all(|name| {
                let limit = resources.limits.get(*name);
                limit.is_some() && resources.requests.get(*name).is_none_or(|request| Some(request) == limit)
            });
        }
        match (any, guaranteed) {
            (false, _) => "BestEffort",
            (true, true) => "Guaranteed",
            (true, false) => "Burstable",
        }
    }

    /// Its spec as the API shows it, node and token volume included.
    pub fn spec_value(&self) -> Value {
        let mut spec = self.spec.write().unwrap_or_default();
        if !self.node_name.is_empty() {
            spec["nodeName"] = Value::from(self.node_name.as_str());
        }
        if self.mounts_token {
            self.add_token_volume(&mut spec);
        }
        spec
    }

    fn add_token_volume(&self, spec: &mut Value) {
        let volume = self.token_volume();
        for group in ["containers", "initContainers"] {
            for container in spec.get_mut(group).and_then(Value::as_array_mut).into_iter().flatten() {
                let mount = json!({"mountPath": TOKEN_PATH, "name": volume, "readOnly": true});
                push(container, "volumeMounts", mount);
            }
        }
        push(spec, "volumes", json!({"name": volume, "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
            {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}, "path": "namespace"}]}},
        ]}}));
    }

    /// Takes its own token volume out of a spec that `spec_value` wrote, so that it is not counted twice.
    fn without_token(mut spec: Value, volume: &str) -> (Value, bool) {
        let before = spec.get("volumes").and_then(Value::as_array).map_or(0, Vec::len);
        remove_named(&mut spec, "volumes", volume);
        for group in ["containers", "initContainers"] {
            for container in spec.get_mut(group).and_then(Value::as_array_mut).into_iter().flatten() {
                remove_named(container, "volumeMounts", volume);
            }
        }
        let after = spec.get("volumes").and_then(Value::as_array).map_or(0, Vec::len);
        (spec, after < before)
    }

    /// The types of conditions that it waits for beside its own.
    pub fn readiness_gates(&self) -> impl Iterator<Item = &str> {
        let gates = self.spec.rest.get("readinessGates").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        gates.iter().map(|gate| gate["conditionType"].as_str().unwrap_or_default())
    }

    /// Its status as the API shows it.
    fn status_value(&self) -> Value {
        let status = &self.status;
        let mut map = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                map.insert(key.to_owned(), value);
            }
        };
        let mut conditions: Vec<Value> = status.conditions.iter().map(|c| {
            let mut value = json!({"lastProbeTime": null, "lastTransitionTime": c.transition.rfc3339(),
                "status": c.status.as_str(), "type": c.kind.as_str()});
            put_detail(&mut value, &c.detail);
            value
        }).collect();
        if let Some(others) = &status.other_conditions {
            conditions.splice(0..0, others.iter().cloned());
        }
        put("conditions", (!conditions.is_empty()).then_some(Value::Array(conditions)));
        put("containerStatuses", self.container_statuses(&status.containers, &self.spec.containers));
        put("initContainerStatuses", self.container_statuses(&status.init_containers, &self.spec.init_containers));
        if let Some(added) = &status.ephemeral_containers {
            let mut value = self.container_statuses(added, &[]);
            for status in value.iter_mut().filter_map(Value::as_array_mut).flatten().filter_map(Value::as_object_mut) {
                // Nobody asks whether they have started up.
                status.remove("started");
            }
            put("ephemeralContainerStatuses", value);
        }
        put("hostIP", status.host_ip.map(|ip| Value::from(ip.to_string())));
        put("hostIPs", status.host_ip.map(|ip| json!([{"ip": ip.to_string()}])));
        put("nominatedNodeName", status.nominated_node.as_deref().map(|node| Value::from(node.as_str())));
        put("phase", Some(Value::from(status.phase.as_str())));
        put("podIP", status.pod_ip.map(|ip| Value::from(ip.to_string())));
        put("podIPs", status.pod_ip.map(|ip| json!([{"ip": ip.to_string()}])));
        put("qosClass", Some(Value::from(self.qos_class())));
        put("startTime", status.start_time.and_then(|time| time.write()));
        let mut value = Value::Object(map);
        put_detail(&mut value, &status.detail);
        value
    }

    fn container_statuses(&self, statuses: &[ContainerStatus], containers: &[Container]) -> Option<Value> {
        let value = |status: &ContainerStatus| {
            let mut value = json!({
                "image": status.image.as_str(), "imageID": "", "lastState": {}, "name": status.name.as_str(),
                "ready": status.ready, "restartCount": status.restart_count, "started": status.started,
                "state": state_value(&status.state),
            });
            if status.container_id != 0 {
                value["containerID"] = Value::from(container_id(status.container_id));
                value["imageID"] = Value::from(image_id(&status.image));
                value["image"] = Value::from(runtime_image(&status.image));
            }
            if let Some(last) = &status.last {
                value["lastState"] = json!({"terminated": terminated_value(last)});
            }
            let mounts = containers.iter().find(|c| c.name == *status.name).map(|c| self.mount_statuses(c));
            if let Some(mounts) = mounts.filter(|mounts| !mounts.is_empty()) {
                value["volumeMounts"] = Value::Array(mounts);
            }
            value
        };
        (!statuses.is_empty()).then(|| Value::Array(statuses.iter().map(value).collect()))
    }

    fn mount_statuses(&self, container: &Container) -> Vec<Value> {
        let own = container.volume_mounts.iter().map(|mount| {
            let mut value = json!({"mountPath": mount.mount_path.as_str(), "name": mount.name.as_str()});
            if mount.read_only {
                value["readOnly"] = Value::Bool(true);
                value["recursiveReadOnly"] = Value::from("Disabled");
            }
            value
        });
        let token = self.mounts_token.then(|| {
            json!({"mountPath": TOKEN_PATH, "name": self.token_volume(), "readOnly": true, "recursiveReadOnly": "Disabled"})
        });
        own.chain(token).collect()
    }

    /// The whole object, without apiVersion and kind.
    pub fn to_value(&self) -> Value {
        json!({"metadata": self.meta.write(), "spec": self.spec_value(), "status": self.status_value()})
    }

    /// A pod from its JSON form. The status is not read: only the kubelet writes it. A spec that [`Pod::spec_value`] wrote reads back as
    /// the same pod.
    pub fn from_value(value: &Value) -> Pod {
        let meta: ObjectMeta = Json::read(value.get("metadata").unwrap_or(&Value::Null));
        let mut pod = Pod { meta, ..Pod::default() };
        let spec = value.get("spec").cloned().unwrap_or_default();
        let (spec, mounts_token) = Pod::without_token(spec, &pod.token_volume());
        let mut spec: PodSpec = Json::read(&spec);
        pod.node_name = std::mem::take(&mut spec.node_name);
        pod.mounts_token = mounts_token;
        pod.spec = Rc::new(spec);
        pod
    }
}

fn push(object: &mut Value, key: &str, item: Value) {
    match object.get_mut(key).and_then(Value::as_array_mut) {
        Some(items) => items.push(item),
        None => object[key] = Value::Array(vec![item]),
    }
}

fn remove_named(object: &mut Value, key: &str, name: &str) {
    let Some(map) = object.as_object_mut() else { return };
    let Some(items) = map.get_mut(key).and_then(Value::as_array_mut) else { return };
    items.retain(|item| item.get("name").and_then(Value::as_str) != Some(name));
    if items.is_empty() {
        map.remove(key);
    }
}

fn put_detail(value: &mut Value, detail: &StateDetail) {
    let Some(detail) = detail else { return };
    for (key, text) in [("reason", &detail.0), ("message", &detail.1)] {
        if !text.is_empty() {
            value[key] = Value::from(text.as_str());
        }
    }
}

fn state_value(state: &ContainerState) -> Value {
    match state {
        ContainerState::Waiting(detail) => {
            let mut value = json!({});
            put_detail(&mut value, detail);
            json!({"waiting": value})
        }
        ContainerState::Running { started } => json!({"running": {"startedAt": started.rfc3339()}}),
        ContainerState::Terminated(ended) => json!({"terminated": terminated_value(ended)}),
    }
}

fn terminated_value(ended: &Terminated) -> Value {
    let time = |time: SimTime| if time == SimTime::default() { Value::Null } else { Value::from(time.rfc3339()) };
    let mut value = json!({"exitCode": ended.exit_code, "finishedAt": time(ended.finished), "reason": ended.reason.as_str(),
        "startedAt": time(ended.started)});
    if ended.container_id != 0 {
        value["containerID"] = Value::from(container_id(ended.container_id));
    }
    if !ended.message.is_empty() {
        value["message"] = Value::from(ended.message.as_str());
    }
    value
}

/// `containerd://` and 64 hexadecimal digits made of the 64 bits that stand for them.
pub fn container_id(bits: u64) -> String {
    format!("containerd://{}", hex64(bits))
}

/// `luksa/kubia` → `docker.io/luksa/kubia:latest`, as containerd names it.
pub fn runtime_image(image: &str) -> String {
    let last = image.rsplit('/').next().unwrap_or(image);
    let tag = if last.contains([':', '@']) { "" } else { ":latest" };
    let (registry, path) = match image.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => ("", ""),
        Some(_) => ("docker.io/", ""),
        None => ("docker.io/", "library/"),
    };
    format!("{registry}{path}{image}{tag}")
}

/// `docker.io/luksa/kubia@sha256:…`, made of the image's name.
pub fn image_id(image: &str) -> String {
    let image = runtime_image(image);
    let bare = image.split_once('@').map_or(image.as_str(), |(bare, _)| bare);
    let repository = match bare.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => bare,
    };
    let bits = fnv64(FNV_OFFSET, repository);
    format!("{repository}@sha256:{}", hex64(bits))
}

fn hex64(bits: u64) -> String {
    (1..=4).map(|part: u64| format!("{:016x}", bits.wrapping_mul(part).rotate_left(17 * part as u32) ^ bits)).collect()
}
