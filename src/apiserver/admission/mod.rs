//! Admission: what the API server's plug-ins refuse and fill in after defaulting, and what a new object's status is set to.
//! Models the admission plug-ins that are on by default (NamespaceLifecycle, ServiceAccount, Priority, DefaultTolerationSeconds,
//! TaintNodesByCondition) and PrepareForCreate of the strategies in pkg/registry/core.
//! Left out: quotas, webhooks.

mod job;
mod limit_range;
mod other;
mod pod;
mod priority;
mod runtime_class;
mod service;

use std::rc::Rc;

use crate::api::{ApiError, DaemonSet, Json, Kind, Namespace, Node, Object, ObjectKey, ObjectMeta, Reason, Taint, TaintEffect};
use crate::base::Name;
use crate::store::View;

pub(super) use other::only_protects;
pub use pod::admit_spec;

const ACTIVE: Name = Name::fixed("Active");
const TEMPLATE_GENERATION: Name = Name::fixed("deprecated.daemonset.template.generation");
const TERMINATING: &str = "Terminating";
const NAMESPACE_FINALIZER: Name = Name::fixed("kubernetes");
const NOT_READY: Name = Name::fixed("node.kubernetes.io/not-ready");
/// Namespaces that stay.
const IMMORTAL: [&str; 3] = ["default", "kube-public", "kube-system"];

/// Admits a new object that has been defaulted, or refuses it.
pub fn admit_create(object: &mut Object, view: View<'_>) -> Result<(), ApiError> {
    admit_namespace(object, view)?;
    match object {
        Object::Namespace(namespace) => prepare_namespace(namespace),
        Object::Node(node) => prepare_node(node),
        Object::Pod(pod) => pod::admit(pod, view)?,
        Object::ReplicationController(controller) => {
            let controller = Rc::make_mut(controller);
            controller.meta.generation = 1;
            controller.status = Default::default();
        }
        Object::ControllerRevision(_) => {}
        Object::Other(other) => other::prepare(Rc::make_mut(other), view),
        Object::Service(new) => service::prepare(Rc::make_mut(new)),
        Object::Ingress(ingress) => service::prepare_ingress(Rc::make_mut(ingress), view),
        Object::Endpoints(_) | Object::EndpointSlice(_) | Object::IngressClass(_) | Object::NetworkPolicy(_) => {}
        Object::DaemonSet(set) => prepare_daemon_set(Rc::make_mut(set)),
        Object::Deployment(deployment) => Rc::make_mut(deployment).status = Default::default(),
        Object::ReplicaSet(set) => Rc::make_mut(set).status = Default::default(),
        Object::Job(job) => job::prepare(Rc::make_mut(job)),
        Object::CronJob(cron) => Rc::make_mut(cron).status = Default::default(),
    }
    Ok(())
}

/// Fills in what a change leaves open, from the stored object. The status is not touched.
/// Models PrepareForUpdate of the strategies and the plug-ins that act on updates.
pub fn admit_update(new: &mut Object, old: &Object) {
    match (new, old) {
        (Object::Pod(new), Object::Pod(old)) => pod::admit_update(new, old),
        // Finalizers are cleared one by one once the deletion has begun, and not before.
        (Object::Namespace(new), Object::Namespace(old)) if !old.meta.is_deleting() && new.spec != old.spec => {
            Rc::make_mut(new).spec = old.spec.clone();
        }
        (Object::DaemonSet(new), Object::DaemonSet(old)) => {
            let changed = new.spec.template.write() != old.spec.template.write();
            let generation = template_generation(&old.meta) + i64::from(changed);
            set_template_generation(&mut Rc::make_mut(new).meta, generation);
        }
        (Object::Service(new), Object::Service(old)) => service::prepare_update(Rc::make_mut(new), old),
        _ => {}
    }
}

/// Models pkg/registry/apps/daemonset/strategy.go.
fn prepare_daemon_set(set: &mut DaemonSet) {
    set.status = Default::default();
    let generation = template_generation(&set.meta).max(1);
    set_template_generation(&mut set.meta, generation);
}

/// The number of a daemon set's template, raised by each change: a field of older versions of the API that is kept as an annotation.
fn template_generation(meta: &ObjectMeta) -> i64 {
    meta.annotations.get(&TEMPLATE_GENERATION).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn set_template_generation(meta: &mut ObjectMeta, generation: i64) {
    let text = Name::from(generation.to_string());
    if meta.annotations.get(&TEMPLATE_GENERATION) != Some(&text) {
        Rc::make_mut(&mut meta.annotations).insert(TEMPLATE_GENERATION, text);
    }
}

/// Whether the replicas of a template are all admitted alike in a namespace.
pub fn admits_alike(view: View<'_>, namespace: &Name) -> bool {
    view.list(Kind::LimitRange, namespace).next().is_none()
}

/// What refuses an object that is in itself valid.
pub fn check_limits(object: &Object, view: View<'_>) -> Result<(), ApiError> {
    let limited = object.as_pod().is_some() || object.kind() == Kind::PersistentVolumeClaim;
    match limited.then(|| limit_range::refusal(object, view)).flatten() {
        Some(why) => Err(forbidden_by_name(object.kind(), object.meta(), &why)),
        None => Ok(()),
    }
}

/// Refuses to delete what must stay: some namespaces, and the priority classes of the system.
/// Models apiserver/pkg/admission/plugin/namespace/lifecycle and pkg/registry/scheduling/priorityclass/storage/storage.go Delete.
pub fn admit_delete(key: &ObjectKey) -> Result<(), ApiError> {
    let why = match key.kind {
        Kind::Namespace if IMMORTAL.contains(&key.name.as_str()) => "this namespace may not be deleted",
        Kind::PriorityClass if priority::is_of_system(&key.name) => "this is a system priority class and cannot be deleted",
        _ => return Ok(()),
    };
    Err(ApiError::new(Reason::Forbidden, format!("{} \"{}\" is forbidden: {why}", key.kind.resource(), key.name)))
}

/// The namespace must be there, and not on its way out.
/// Models apiserver/pkg/admission/plugin/namespace/lifecycle.
fn admit_namespace(object: &Object, view: View<'_>) -> Result<(), ApiError> {
    let kind = object.kind();
    if !kind.info().namespaced {
        return Ok(());
    }
    let name = &object.meta().namespace;
    let Some(namespace) = view.namespace(name) else { return Err(ApiError::not_found(Kind::Namespace, name)) };
    if namespace.status.phase != TERMINATING && !namespace.meta.is_deleting() {
        return Ok(());
    }
    let why = format!("unable to create new content in namespace {name} because it is being terminated");
    Err(forbidden(kind, object.meta(), &why))
}

/// `pods "x" is forbidden: …`; an object whose name was generated is still called by its prefix.
/// Models apiserver/pkg/admission/errors.go NewForbidden.
pub(super) fn forbidden(kind: Kind, meta: &ObjectMeta, why: &str) -> ApiError {
    let name = if meta.generate_name.is_empty() { &meta.name } else { &meta.generate_name };
    ApiError::new(Reason::Forbidden, format!("{} \"{name}\" is forbidden: {why}", kind.resource()))
}

/// The same from a plug-in that validates: by then the name has been generated.
pub(super) fn forbidden_by_name(kind: Kind, meta: &ObjectMeta, why: &str) -> ApiError {
    ApiError::new(Reason::Forbidden, format!("{} \"{}\" is forbidden: {why}", kind.resource(), meta.name))
}

/// Models pkg/registry/core/namespace/strategy.go PrepareForCreate.
fn prepare_namespace(namespace: &mut Rc<Namespace>) {
    let namespace = Rc::make_mut(namespace);
    namespace.status.phase = ACTIVE;
    if !namespace.spec.finalizers.contains(&NAMESPACE_FINALIZER) {
        namespace.spec.finalizers.push(NAMESPACE_FINALIZER);
    }
}

/// A new node takes no pods until it is known to be ready.
/// Models plugin/pkg/admission/nodetaint.
fn prepare_node(node: &mut Rc<Node>) {
    let is_marked = node.spec.taints.iter().any(|taint| taint.key == NOT_READY && taint.effect == TaintEffect::NoSchedule);
    if is_marked {
        return;
    }
    // NoSchedule taints carry no time.
    let taint = Taint { key: NOT_READY, effect: TaintEffect::NoSchedule, ..Taint::default() };
    Rc::make_mut(node).spec.taints.push(taint);
}

#[cfg(test)]
mod tests;
