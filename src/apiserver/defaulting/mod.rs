//! Defaulting: what the API server fills in where the user said nothing, before anybody else looks. Filling in twice changes
//! nothing more.
//! Models pkg/apis/core/v1/defaults.go, zz_generated.defaults.go and the conversion of older field names.

mod batch;
mod container;
mod other;
mod pod_spec;
mod service;
mod volume;

use std::rc::Rc;

use crate::api::{DaemonSet, Deployment, IntOrString, Namespace, Node, Object, PodTemplateSpec, ReplicaSet, ReplicationController};
use crate::base::Name;

pub(super) use other::{definition_status, first_status};
pub use service::canonicalize;
pub use pod_spec::{default_pod_spec, default_template_spec};

/// Every namespace carries its name as a label.
const NAME_LABEL: Name = Name::fixed("kubernetes.io/metadata.name");

/// Fills in the defaults of an object. Copies the parts that it shares only if something is missing.
pub fn default(object: &mut Object) {
    match object {
        Object::Namespace(namespace) => default_namespace(namespace),
        Object::Node(node) => default_node(node),
        Object::Pod(pod) => {
            let spec = default_pod_spec(&pod.spec);
            if !Rc::ptr_eq(&spec, &pod.spec) {
                Rc::make_mut(pod).spec = spec;
            }
        }
        Object::ReplicationController(controller) => default_replication_controller(Rc::make_mut(controller)),
        Object::ControllerRevision(_) => {}
        Object::Other(other) => other::default(Rc::make_mut(other)),
        Object::Service(object) => service::default_service(Rc::make_mut(object)),
        Object::Endpoints(endpoints) => service::default_endpoints(Rc::make_mut(endpoints)),
        Object::EndpointSlice(slice) => service::default_slice(Rc::make_mut(slice)),
        Object::IngressClass(class) => service::default_class(Rc::make_mut(class)),
        Object::NetworkPolicy(policy) => service::default_policy(Rc::make_mut(policy)),
        Object::Ingress(_) => {}
        Object::DaemonSet(set) => default_daemon_set(Rc::make_mut(set)),
        Object::Deployment(deployment) => default_deployment(Rc::make_mut(deployment)),
        Object::ReplicaSet(set) => default_replica_set(Rc::make_mut(set)),
        Object::Job(job) => batch::default_job(Rc::make_mut(job)),
        Object::CronJob(cron) => batch::default_cron_job(Rc::make_mut(cron)),
    }
}

/// Models SetDefaults_Namespace.
fn default_namespace(namespace: &mut Rc<Namespace>) {
    let name = &namespace.meta.name;
    if name.is_empty() || namespace.meta.labels.get(&NAME_LABEL) == Some(name) {
        return;
    }
    let meta = &mut Rc::make_mut(namespace).meta;
    Rc::make_mut(&mut meta.labels).insert(NAME_LABEL, meta.name.clone());
}

/// Models SetDefaults_NodeStatus, and the conversion between podCIDR and podCIDRs.
fn default_node(node: &mut Rc<Node>) {
    let (spec, status) = (&node.spec, &node.status);
    let one_range = spec.pod_cidr.is_empty() != spec.pod_cidrs.is_empty();
    let amounts = status.allocatable.is_empty() && !status.capacity.is_empty();
    if !one_range && !amounts {
        return;
    }
    let node = Rc::make_mut(node);
    if amounts {
        node.status.allocatable.clone_from(&node.status.capacity);
    }
    match node.spec.pod_cidrs.first() {
        Some(first) if one_range => node.spec.pod_cidr = first.clone(),
        None if one_range => node.spec.pod_cidrs = vec![node.spec.pod_cidr.clone()],
        _ => {}
    }
}

/// Models SetDefaults_ReplicationController: labels and selector follow the template's labels.
fn default_replication_controller(controller: &mut ReplicationController) {
    let spec = &mut controller.spec;
    spec.replicas.get_or_insert(1);
    let Some(template) = &mut spec.template else { return };
    let labels = &template.meta.labels;
    if spec.selector.is_empty() {
        spec.selector = labels.clone();
    }
    if controller.meta.labels.is_empty() {
        controller.meta.labels = labels.clone();
    }
    default_template(template);
}

/// Models pkg/apis/apps/v1/defaults.go SetDefaults_ReplicaSet.
fn default_replica_set(set: &mut ReplicaSet) {
    set.spec.replicas.get_or_insert(1);
    default_template(&mut set.spec.template);
}

/// Models pkg/apis/apps/v1/defaults.go SetDefaults_DaemonSet.
fn default_daemon_set(set: &mut DaemonSet) {
    let spec = &mut set.spec;
    pod_spec::fill(&mut spec.update_strategy.kind, "RollingUpdate");
    if spec.update_strategy.kind == "RollingUpdate" {
        let pace = spec.update_strategy.rolling_update.get_or_insert_default();
        pace.max_unavailable.get_or_insert(IntOrString::Int(1));
        pace.max_surge.get_or_insert(IntOrString::Int(0));
    }
    spec.revision_history_limit.get_or_insert(10);
    default_template(&mut spec.template);
}

/// Models pkg/apis/apps/v1/defaults.go SetDefaults_Deployment.
fn default_deployment(deployment: &mut Deployment) {
    let spec = &mut deployment.spec;
    spec.replicas.get_or_insert(1);
    pod_spec::fill(&mut spec.strategy.kind, "RollingUpdate");
    if spec.strategy.kind == "RollingUpdate" {
        let pace = spec.strategy.rolling_update.get_or_insert_default();
        let quarter = || IntOrString::Text(Name::fixed("25%"));
        pace.max_unavailable.get_or_insert_with(quarter);
        pace.max_surge.get_or_insert_with(quarter);
    }
    spec.revision_history_limit.get_or_insert(10);
    spec.progress_deadline_seconds.get_or_insert(600);
    default_template(&mut spec.template);
}

/// Copies the template only if something is missing.
fn default_template(template: &mut Rc<PodTemplateSpec>) {
    let filled = default_template_spec(&template.spec);
    if !Rc::ptr_eq(&filled, &template.spec) {
        Rc::make_mut(template).spec = filled;
    }
}

#[cfg(test)]
mod tests;
