//! Containers in descriptions, of pods and of templates. Models describe.go describeContainers and DescribePodTemplate.

use serde_json::Value;

use super::lines::Lines;
use super::{pod, time, truth, volume};
use crate::api::{
    Container, ContainerPort, ContainerState, ContainerStatus, EnvVar, Json, Pod, PodTemplateSpec, Probe, Quantity, ResourceRequirements,
    Terminated, VolumeMount,
};
use crate::kubectl::print::or_none;
use crate::base::sort_by;

/// Whose containers they are.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    /// A template's: they have neither state nor token.
    Template,
    /// A pod's, with their statuses.
    Pod(&'a Pod, &'a [ContainerStatus]),
    /// Those added to a pod for debugging, with their statuses: they have no token.
    Added(&'a Pod, &'a [ContainerStatus]),
}

impl<'a> Of<'a> {
    fn pod(self) -> Option<&'a Pod> {
        if let Of::Pod(pod, _) | Of::Added(pod, _) = self { Some(pod) } else { None }
    }

    fn status(self, name: &str) -> Option<&'a ContainerStatus> {
        if let Of::Pod(_, statuses) | Of::Added(_, statuses) = self { statuses.iter().find(|status| status.name == *name) } else { None }
    }

    /// Those of templates stand deeper.
    fn indent(self) -> &'static str {
        if let Of::Template = self { "  " } else { "" }
    }
}

/// The template of a controller.
pub(super) fn template(template: Option<&PodTemplateSpec>, lines: &mut Lines) {
    lines.line(0, "Pod Template:");
    let Some(template) = template else {
        lines.part(1, "<unset>");
        return;
    };
    lines.labels("  Labels", template.meta.labels.iter());
    if !template.meta.annotations.is_empty() {
        lines.annotations("  Annotations", &template.meta.annotations);
    }
    let spec = &template.spec;
    if !spec.service_account_name.is_empty() {
        lines.field(1, "Service Account", &spec.service_account_name);
    }
    if !spec.init_containers.is_empty() {
        list("Init Containers", &spec.init_containers, Of::Template, lines);
    }
    list("Containers", &spec.containers, Of::Template, lines);
    volume::describe(&spec.volumes, "  ", lines);
    pod::spread("  ", &spec.topology_spread_constraints, lines);
    if !spec.priority_class_name.is_empty() {
        lines.field(1, "Priority Class Name", &spec.priority_class_name);
    }
    lines.labels("  Node-Selectors", spec.node_selector.iter());
    pod::tolerations("  Tolerations", &spec.tolerations, lines);
}

/// Containers under a title.
pub(super) fn list(title: &str, containers: &[Container], of: Of<'_>, lines: &mut Lines) {
    let indent = of.indent();
    let none = if containers.is_empty() { " <none>" } else { "" };
    lines.line(0, format!("{indent}{title}:{none}"));
    let name_indent = if indent.is_empty() { "" } else { " " };
    for container in containers {
        lines.line(1, format!("{name_indent}{}:", container.name));
        let status = of.status(&container.name);
        basics(container, status, lines);
        words("Command", &container.command, lines);
        words("Args", &container.args, lines);
        if let Some(status) = status {
            state_of(status, lines);
        }
        resources(&container.resources, lines);
        let probes = [
            ("Liveness", &container.liveness_probe),
            ("Readiness", &container.readiness_probe),
            ("Startup", &container.startup_probe),
        ];
        for (title, probe) in probes {
            if let Some(probe) = probe {
                lines.field(2, title, probe_text(probe));
            }
        }
        environment(container, of, lines);
        mounts(container, of, lines);
    }
}

fn basics(container: &Container, status: Option<&ContainerStatus>, lines: &mut Lines) {
    if let Some(status) = status {
        let id = if status.container_id == 0 { String::new() } else { crate::api::container_id(status.container_id) };
        lines.field(2, "Container ID", id);
    }
    lines.field(2, "Image", &container.image);
    if let Some(status) = status {
        let id = if status.container_id == 0 { String::new() } else { crate::api::image_id(&status.image) };
        lines.field(2, "Image ID", id);
    }
    ports("Port", container, |port| port.container_port, lines);
    ports("Host Port", container, |port| port.host_port, lines);
}

fn ports(title: &str, container: &Container, number: fn(&ContainerPort) -> i32, lines: &mut Lines) {
    let text = |port: &ContainerPort| {
        let protocol = if port.protocol.is_empty() { "TCP" } else { &port.protocol };
        format!("{}/{protocol}", number(port))
    };
    let texts: Vec<String> = container.ports.iter().map(text).collect();
    let plural = if texts.len() > 1 { "s" } else { "" };
    lines.field(2, &format!("{title}{plural}"), or_none(&texts.join(", ")));
}

fn words(title: &str, words: &[crate::base::Name], lines: &mut Lines) {
    if words.is_empty() {
        return;
    }
    lines.line(2, format!("{title}:"));
    words.iter().flat_map(|word| word.split('\n')).for_each(|line| lines.line(3, line));
}

fn state_of(status: &ContainerStatus, lines: &mut Lines) {
    match &status.state {
        ContainerState::Running { started } => {
            lines.field(2, "State", "Running");
            lines.field(3, "Started", time(*started));
        }
        ContainerState::Waiting(detail) => {
            lines.field(2, "State", "Waiting");
            if let Some(detail) = detail.as_ref().filter(|detail| !detail.0.is_empty()) {
                lines.field(3, "Reason", &detail.0);
            }
        }
        ContainerState::Terminated(ended) => terminated("State", ended, lines),
    }
    if let Some(last) = &status.last {
        terminated("Last State", last, lines);
    }
    lines.field(2, "Ready", truth(status.ready));
    lines.field(2, "Restart Count", status.restart_count.to_string());
}

fn terminated(title: &str, ended: &Terminated, lines: &mut Lines) {
    lines.field(2, title, "Terminated");
    for (title, text) in [("Reason", &ended.reason), ("Message", &ended.message)] {
        if !text.is_empty() {
            lines.field(3, title, text);
        }
    }
    lines.field(3, "Exit Code", ended.exit_code.to_string());
    lines.field(3, "Started", time(ended.started));
    lines.field(3, "Finished", time(ended.finished));
}

fn resources(resources: &ResourceRequirements, lines: &mut Lines) {
    for (title, quantities) in [("Limits", &resources.limits), ("Requests", &resources.requests)] {
        if !quantities.is_empty() {
            lines.line(2, format!("{title}:"));
            quantities.iter().for_each(|(name, quantity)| lines.field(3, name, quantity.to_string()));
        }
    }
}

/// `http-get http://:8080/ delay=0s timeout=1s period=10s #success=1 #failure=3`
/// Models describe.go DescribeProbe.
pub fn probe_text(probe: &Probe) -> String {
    let attributes = format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        probe.initial_delay_seconds, probe.timeout_seconds, probe.period_seconds, probe.success_threshold, probe.failure_threshold
    );
    let handler = if let Some(exec) = &probe.exec {
        let words: Vec<&str> = exec.command.iter().map(|word| word.as_str()).collect();
        format!("exec [{}]", words.join(" "))
    } else if let Some(get) = &probe.http_get {
        let scheme = get.scheme.to_ascii_lowercase();
        let slash = if get.path.starts_with('/') { "" } else { "/" };
        format!("http-get {scheme}://{}:{}{slash}{}", get.host, get.port, get.path)
    } else if let Some(socket) = &probe.tcp_socket {
        format!("tcp-socket {}:{}", socket.host, socket.port)
    } else if let Some(grpc) = &probe.grpc {
        format!("grpc <pod>:{} {}", grpc.port, grpc.service.as_deref().unwrap_or_default())
    } else {
        "unknown".to_owned()
    };
    format!("{handler} {attributes}")
}

fn environment(container: &Container, of: Of<'_>, lines: &mut Lines) {
    if !container.env_from.is_empty() {
        lines.line(2, "Environment Variables from:");
        container.env_from.iter().for_each(|source| lines.line(3, env_from(source)));
    }
    if container.env.is_empty() {
        lines.field(2, "Environment", "<none>");
        return;
    }
    lines.line(2, "Environment:");
    for variable in &container.env {
        match &variable.value_from {
            Some(source) => lines.line(3, env_source(variable, source, container, of)),
            None => {
                let mut values = variable.value.split('\n');
                lines.line(3, format!("{}:\t{}", variable.name, values.next().unwrap_or_default()));
                values.for_each(|value| lines.line(3, format!("\t{value}")));
            }
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn optional(source: &Value) -> bool {
    source.get("optional").and_then(Value::as_bool).unwrap_or_default()
}

fn env_from(source: &Value) -> String {
    let (kind, reference) = match (source.get("configMapRef"), source.get("secretRef")) {
        (Some(reference), _) => ("ConfigMap", reference),
        (None, Some(reference)) => ("Secret", reference),
        (None, None) => return String::new(),
    };
    let prefix = text(source, "prefix");
    let prefix = if prefix.is_empty() { String::new() } else { format!(" with prefix '{prefix}'") };
    format!("{}\t{kind}{prefix}\tOptional: {}", text(reference, "name"), optional(reference))
}

fn env_source(variable: &EnvVar, source: &Value, container: &Container, of: Of<'_>) -> String {
    let name = &variable.name;
    if let Some(field) = source.get("fieldRef") {
        let path = text(field, "fieldPath");
        let version = match text(field, "apiVersion") {
            "" => "v1",
            version => version,
        };
        let value = of.pod().map(|of| pod::downward(of, path)).unwrap_or_default();
        return format!("{name}:\t{value} ({version}:{path})");
    }
    if let Some(field) = source.get("resourceFieldRef") {
        let resource = text(field, "resource");
        let value = resource_value(field, container).unwrap_or_default();
        let value = if value == "0" && matches!(resource, "limits.cpu" | "limits.memory") { "node allocatable" } else { &value };
        return format!("{name}:\t{value} ({resource})");
    }
    if let Some(key) = source.get("secretKeyRef") {
        let (secret, shown) = (text(key, "name"), text(key, "key"));
        return format!("{name}:\t<set to the key '{shown}' in secret '{secret}'>\tOptional: {}", optional(key));
    }
    if let Some(key) = source.get("configMapKeyRef") {
        let (map, shown) = (text(key, "name"), text(key, "key"));
        return format!("{name}:\t<set to the key '{shown}' of config map '{map}'>\tOptional: {}", optional(key));
    }
    format!("{name}:\t")
}

/// What a container asks for of a resource, as `resourceFieldRef` gives it. Models kubectl/pkg/util/resource ExtractContainerResourceValue.
pub(in crate::kubectl) fn resource_value(reference: &Value, container: &Container) -> Option<String> {
    let (which, resource) = text(reference, "resource").split_once('.')?;
    let amounts = match which {
        "limits" => &container.resources.limits,
        "requests" => &container.resources.requests,
        _ => return None,
    };
    let divisor = reference.get("divisor").map(Quantity::read).unwrap_or_default();
    Some(amounts.get(resource).map_or(0, |amount| amount.divided_up(&divisor)).to_string())
}

fn mounts(container: &Container, of: Of<'_>, lines: &mut Lines) {
    let mut mounts: Vec<VolumeMount> = container.volume_mounts.clone();
    if let Some(pod) = of.pod().filter(|pod| pod.mounts_token && !matches!(of, Of::Added(..))) {
        mounts.push(VolumeMount {
            mount_path: "/var/run/secrets/kubernetes.io/serviceaccount".into(),
            name: pod.token_volume().into(),
            read_only: true,
            ..VolumeMount::default()
        });
    }
    if mounts.is_empty() {
        lines.field(2, "Mounts", "<none>");
        return;
    }
    sort_by(&mut mounts, |a, b| a.mount_path.cmp(&b.mount_path));
    lines.line(2, "Mounts:");
    for mount in mounts {
        let mode = if mount.read_only { "ro" } else { "rw" };
        let path = mount.rest.get("subPath").map(String::read).filter(|path| !path.is_empty());
        let path = path.map(|path| format!(",path={path:?}")).unwrap_or_default();
        lines.line(3, format!("{} from {} ({mode}{path})", mount.mount_path, mount.name));
    }
}
