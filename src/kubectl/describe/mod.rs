//! `kubectl describe`: one file per kind. Models kubectl/pkg/describe/describe.go.

mod autoscaler;
mod certificate;
mod configuration;
mod container;
mod cron_job;
mod daemon_set;
mod deployment;
mod events;
mod generic;
mod ingress;
mod job;
mod lines;
mod namespace;
mod network_policy;
mod node;
mod other;
mod pod;
mod replicas;
mod service;
mod storage;
mod volume;

pub use container::probe_text;
pub(super) use container::resource_value;

use crate::api::{Kind, Object, PodTemplateSpec, ReplicaOwner};
use crate::base::SimTime;

use super::item::Item;
use super::print::Context;
use lines::Lines;

/// What describers look at beside the object.
struct Scene<'a> {
    context: Context<'a>,
    lease: Lease,
}

/// What is known of a node's lease; leases are no objects here.
#[derive(Clone, Copy)]
pub(super) enum Lease {
    /// Its kubelet renewed it last then.
    Renewed(SimTime),
    /// Nobody looked.
    Unseen,
}

/// Why an object cannot be described.
pub(super) fn unreadable(item: &Item) -> Option<String> {
    match item {
        Item::Object(Object::Other(other)) if other.kind == Kind::CertificateSigningRequest => certificate::unreadable(other),
        _ => None,
    }
}

/// An object at length.
pub(super) fn describe(item: &Item, context: Context<'_>, lease: Lease) -> String {
    let scene = Scene { context, lease };
    let mut lines = Lines::default();
    match item {
        Item::Event(event) => events::describe(event, &mut lines),
        Item::Object(object) => match object {
            Object::Service(object) => service::describe(object, &scene, &mut lines),
            Object::Endpoints(endpoints) => service::describe_endpoints(endpoints, &scene, &mut lines),
            Object::EndpointSlice(slice) => service::describe_slice(slice, &scene, &mut lines),
            Object::Ingress(object) => ingress::describe(object, &scene, &mut lines),
            Object::IngressClass(class) => ingress::describe_class(class, &scene, &mut lines),
            Object::NetworkPolicy(policy) => network_policy::describe(policy, &mut lines),
            Object::ControllerRevision(_) => generic::describe(object, &scene, &mut lines),
            Object::Other(kept) => other::describe(object, kept, &scene, &mut lines),
            Object::Deployment(deployment) => deployment::describe(deployment, &scene, &mut lines),
            Object::DaemonSet(set) => daemon_set::describe(set, &scene, &mut lines),
            Object::Namespace(namespace) => namespace::describe(namespace, &scene, &mut lines),
            Object::Node(node) => node::describe(node, &scene, &mut lines),
            Object::Pod(pod) => pod::describe(pod, &scene, &mut lines),
            Object::Job(job) => job::describe(job, &scene, &mut lines),
            Object::CronJob(cron) => cron_job::describe(cron, &scene, &mut lines),
            Object::ReplicationController(_) | Object::ReplicaSet(_) => {
                if let Some(owner) = ReplicaOwner::of(object) {
                    replicas::describe(&owner, &scene, &mut lines);
                }
            }
        },
    }
    lines.set()
}

/// A template, its columns not set: kubectl prints the tabs of revisions as they are.
pub(super) fn template(template: &PodTemplateSpec) -> String {
    let mut lines = Lines::default();
    container::template(Some(template), &mut lines);
    lines.unset()
}

/// `Sun, 22 Nov 2026 17:28:22 +0000`; Go's zero time if it is not set.
fn time(moment: SimTime) -> String {
    if moment == SimTime::default() { "Mon, 01 Jan 0001 00:00:00 +0000".to_owned() } else { moment.rfc1123z() }
}

/// `True` or `False`.
fn truth(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}
