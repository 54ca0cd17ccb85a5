//! What the inspector says about one object: rows of facts and its events.

use super::events::{self, EventRow};
use super::frame::Scene;
use super::condition::{self, ConditionRow, ProbeStrip};
use super::endpoints;
use super::pod;
use super::relations::{self, Linked};
use crate::api::{CronJob, DaemonSet, Deployment, Job, Kind, Labels, Node, Object, ObjectKey, ObjectMeta, Other, Pod, PodSelector, ReplicaOwner, Truth};
use crate::base::Name;

/// What a row is about; the host has the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The STATUS that kubectl prints.
    Status,
    /// Ready containers of a pod, ready pods of a controller.
    Ready,
    /// Wanted pods.
    Desired,
    /// Pods there are.
    Current,
    /// Restarts.
    Restarts,
    /// The node of a pod.
    Node,
    /// An address.
    Address,
    /// Who made it.
    Owner,
    /// Images.
    Image,
    /// Labels.
    Labels,
    /// Labels of the pods that count.
    Selector,
    /// Taints of a node.
    Taints,
    /// The range of its pods' addresses.
    PodCidr,
    /// CPU, requested of allocatable.
    Cpu,
    /// Memory, requested of allocatable.
    Memory,
    /// Ports of a Service.
    Ports,
    /// The addresses behind a Service.
    Endpoints,
    /// What leads where: of a Service on each node, of an Ingress.
    Routes,
    /// The keys of what it holds.
    Keys,
    /// Since when.
    Age,
}

/// A fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// About what.
    pub field: Field,
    /// As Kubernetes prints it.
    pub value: String,
    /// The object that it names.
    pub link: Option<ObjectKey>,
}

/// An object in the inspector.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected {
    /// Its key.
    pub key: ObjectKey,
    /// Whether anything here acts on it.
    pub is_simulated: bool,
    /// Facts.
    pub rows: Vec<Row>,
    /// Its conditions.
    pub conditions: Vec<ConditionRow>,
    /// Its probes.
    pub probes: Vec<ProbeStrip>,
    /// What it has to do with.
    pub linked: Vec<Linked>,
    /// How many more there are of that.
    pub left_out: usize,
    /// Its events, the latest first.
    pub events: Vec<EventRow>,
}

/// An object; None if it is not there.
pub(super) fn inspect(scene: &Scene<'_>, key: &ObjectKey) -> Option<Inspected> {
    let object = scene.view.get(key)?;
    let mut rows = match object {
        Object::Pod(pod) => pod_rows(pod),
        Object::Node(node) => node_rows(node),
        Object::ReplicationController(_) | Object::ReplicaSet(_) => ReplicaOwner::of(object).as_ref().map(controller_rows).unwrap_or_default(),
        Object::DaemonSet(set) => daemon_rows(set),
        Object::Deployment(deployment) => deployment_rows(deployment),
        Object::ControllerRevision(revision) => vec![row(Field::Status, &revision.revision.to_string())],
        Object::Job(job) => job_rows(job),
        Object::CronJob(cron) => cron_job_rows(cron),
        Object::Service(service) => {
            let mut rows = vec![
                row(Field::Status, &service.spec.kind),
                row(Field::Address, if service.is_external_name() { &service.spec.external_name } else { &service.spec.cluster_ip }),
                row(Field::Selector, &labels(&service.spec.selector)),
            ];
            let told = endpoints::of_service(scene.view, service);
            rows.extend([row(Field::Ports, &told.ports), row(Field::Endpoints, &told.endpoints), row(Field::Routes, &told.routes)]);
            rows
        }
        Object::Ingress(ingress) => vec![row(Field::Routes, &endpoints::of_ingress(ingress))],
        Object::EndpointSlice(slice) => vec![row(Field::Endpoints, &endpoints::of_slice(slice))],
        Object::Endpoints(_) | Object::IngressClass(_) | Object::NetworkPolicy(_) => Vec::new(),
        Object::Namespace(namespace) => vec![row(Field::Status, &namespace.status.phase)],
        Object::Other(other) => other_rows(other),
    };
    rows.push(row(Field::Labels, &labels(&object.meta().labels)));
    rows.push(row(Field::Age, &scene.now.age_of(object.meta().creation).human()));
    rows.retain(|row| !row.value.is_empty());
    let probes = match object {
        Object::Pod(pod) => (scene.sandbox)(pod).map(|sandbox| condition::probes(pod, sandbox)),
        _ => None,
    };
    let (linked, left_out) = relations::of(scene.view, object, scene.now);
    let events = events::about(scene.view, key);
    let conditions = condition::conditions(object);
    Some(Inspected { key: key.clone(), is_simulated: key.kind.is_simulated(), rows, conditions, probes: probes.unwrap_or_default(), linked, left_out, events })
}

fn row(field: Field, value: &str) -> Row {
    Row { field, value: value.to_owned(), link: None }
}

/// Its type or its phase, and what it holds.
fn other_rows(other: &Other) -> Vec<Row> {
    let text = |path: &[&str]| other.at(path).as_str().unwrap_or_default();
    let data = ["data", "binaryData"].into_iter().filter_map(|field| other.field(field).as_object());
    let keys: Vec<&str> = data.flat_map(|map| map.keys().map(String::as_str)).collect();
    vec![row(Field::Status, text(&["type"])), row(Field::Status, text(&["status", "phase"])), row(Field::Keys, &keys.join("\n"))]
}

/// A row whose value names an object.
fn linked(field: Field, value: &str, link: Option<ObjectKey>) -> Row {
    Row { field, value: value.to_owned(), link }
}

/// Who made an object, as a row.
fn owner_row(meta: &ObjectMeta) -> Row {
    let Some(owner) = meta.controller() else { return row(Field::Owner, "") };
    let kind = Kind::of_manifest(&owner.api_version, &owner.kind);
    let link = kind.map(|kind| ObjectKey { kind, namespace: meta.namespace.clone(), name: owner.name.clone() });
    linked(Field::Owner, &format!("{}/{}", owner.kind, owner.name), link)
}

fn pod_rows(pod: &Pod) -> Vec<Row> {
    let ready = pod.status.containers.iter().filter(|container| container.ready).count();
    let restarts: u32 = pod.status.containers.iter().map(|container| container.restart_count).sum();
    let images: Vec<&str> = pod.spec.containers.iter().map(|container| container.image.as_str()).collect();
    let node = (!pod.node_name.is_empty()).then(|| ObjectKey { kind: Kind::Node, namespace: Name::default(), name: pod.node_name.clone() });
    vec![
        row(Field::Status, &pod::word(pod)),
        row(Field::Ready, &format!("{ready}/{}", pod.spec.containers.len())),
        row(Field::Restarts, &restarts.to_string()),
        linked(Field::Node, &pod.node_name, node),
        row(Field::Address, &pod.status.pod_ip.map(|ip| ip.to_string()).unwrap_or_default()),
        owner_row(&pod.meta),
        row(Field::Image, &images.join(", ")),
    ]
}

fn node_rows(node: &Node) -> Vec<Row> {
    let ready = node.condition("Ready");
    let status = ready.map(|ready| format!("{}={} ({})", ready.kind, ready.status.as_str(), ready.reason));
    let taints: Vec<String> = node.spec.taints.iter().map(|taint| format!("{}:{}", taint.key, taint.effect.as_str())).collect();
    let allocatable = |name: &str| node.status.allocatable.get(name).map(ToString::to_string).unwrap_or_default();
    vec![
        row(Field::Status, &status.unwrap_or_default()),
        row(Field::Address, &node.internal_ip()),
        row(Field::PodCidr, &node.spec.pod_cidr),
        row(Field::Taints, &taints.join("\n")),
        row(Field::Cpu, &allocatable("cpu")),
        row(Field::Memory, &allocatable("memory")),
    ]
}

fn job_rows(job: &Job) -> Vec<Row> {
    let images: Vec<&str> = job.spec.template.spec.containers.iter().map(|container| container.image.as_str()).collect();
    let state = job.status.conditions.iter().rev().find(|condition| condition.status == Truth::True);
    let wanted = job.spec.completions.unwrap_or(1);
    let status = state.map_or("Running", |condition| &condition.kind);
    vec![
        row(Field::Status, &format!("{status}, {}/{wanted}", job.status.succeeded)),
        row(Field::Desired, &job.spec.parallelism().to_string()),
        row(Field::Current, &job.status.active.to_string()),
        row(Field::Ready, &job.status.ready.unwrap_or_default().to_string()),
        owner_row(&job.meta),
        row(Field::Image, &images.join(", ")),
    ]
}

fn cron_job_rows(cron: &CronJob) -> Vec<Row> {
    let containers = &cron.spec.job_template.spec.template.spec.containers;
    let images: Vec<&str> = containers.iter().map(|container| container.image.as_str()).collect();
    let status = if cron.is_suspended() { format!("{}, suspended", cron.spec.schedule) } else { cron.spec.schedule.to_string() };
    let active: Vec<&str> = cron.status.active.iter().map(|job| job.name.as_str()).collect();
    vec![row(Field::Status, &status), row(Field::Current, &active.join(", ")), row(Field::Image, &images.join(", "))]
}

fn controller_rows(owner: &ReplicaOwner<'_>) -> Vec<Row> {
    let containers = owner.template.iter().flat_map(|template| &template.spec.containers);
    let images: Vec<&str> = containers.map(|container| container.image.as_str()).collect();
    let selector = match owner.selector {
        PodSelector::Labels(wanted) => labels(wanted),
        PodSelector::Selector(_) => owner.selector.to_string(),
    };
    vec![
        owner_row(owner.meta),
        row(Field::Desired, &owner.replicas.to_string()),
        row(Field::Current, &owner.status.replicas.to_string()),
        row(Field::Ready, &owner.status.ready_replicas.to_string()),
        row(Field::Selector, &selector),
        row(Field::Image, &images.join(", ")),
    ]
}

fn daemon_rows(set: &DaemonSet) -> Vec<Row> {
    let images: Vec<&str> = set.spec.template.spec.containers.iter().map(|container| container.image.as_str()).collect();
    let selector = set.spec.selector.as_ref().map(ToString::to_string).unwrap_or_default();
    vec![
        row(Field::Desired, &set.status.desired_number_scheduled.to_string()),
        row(Field::Current, &set.status.current_number_scheduled.to_string()),
        row(Field::Ready, &set.status.number_ready.to_string()),
        row(Field::Selector, &selector),
        row(Field::Image, &images.join(", ")),
    ]
}

fn deployment_rows(deployment: &Deployment) -> Vec<Row> {
    let images: Vec<&str> = deployment.spec.template.spec.containers.iter().map(|container| container.image.as_str()).collect();
    let selector = deployment.spec.selector.as_ref().map(ToString::to_string).unwrap_or_default();
    vec![
        row(Field::Desired, &deployment.replicas().to_string()),
        row(Field::Current, &deployment.status.replicas.to_string()),
        row(Field::Ready, &deployment.status.ready_replicas.to_string()),
        row(Field::Selector, &selector),
        row(Field::Image, &images.join(", ")),
    ]
}

fn labels(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(key, value): (&Name, &Name)| format!("{key}={value}")).collect();
    pairs.join("\n")
}
