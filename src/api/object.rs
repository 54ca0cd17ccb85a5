//! Any object, and the key it is stored under.

use std::fmt;
use std::rc::Rc;

use serde_json::{Value, json};

use super::{
    ControllerRevision, CronJob, DaemonSet, Deployment, Job, Json, Kind, Namespace,
    Node, ObjectMeta, Pod, PodTemplateSpec, ReplicaSet, ReplicationController,
};
use crate::base::Name;

/// Where an object is stored.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// Its kind.
    pub kind: Kind,
    /// Empty for cluster-scoped kinds.
    pub namespace: Name,
    /// Its name.
    pub name: Name,
}

impl ObjectKey {
    /// A key.
    pub fn new(kind: Kind, namespace: impl Into<Name>, name: impl Into<Name>) -> ObjectKey {
        ObjectKey { kind, namespace: namespace.into(), name: name.into() }
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind.name(), self.namespace, self.name)
    }
}

/// Any object but an Event (those have a table of their own).
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// A namespace.
    Namespace(Rc<Namespace>),
    /// A node.
    Node(Rc<Node>),
    /// A pod.
    Pod(Rc<Pod>),
    /// A replication controller.
    ReplicationController(Rc<ReplicationController>),
    /// A revision of a daemon set.
    ControllerRevision(Rc<ControllerRevision>),
    /// A daemon set.
    DaemonSet(Rc<DaemonSet>),
    /// A deployment.
    Deployment(Rc<Deployment>),
    /// A replica set.
    ReplicaSet(Rc<ReplicaSet>),
    /// A job.
    Job(Rc<Job>),
    /// A cron job.
    CronJob(Rc<CronJob>),
}

impl Object {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Object::Namespace(_) => Kind::Namespace,
            Object::Node(_) => Kind::Node,
            Object::Pod(_) => Kind::Pod,
            Object::ReplicationController(_) => Kind::ReplicationController,
            Object::ControllerRevision(_) => Kind::ControllerRevision,
            Object::DaemonSet(_) => Kind::DaemonSet,
            Object::Deployment(_) => Kind::Deployment,
            Object::ReplicaSet(_) => Kind::ReplicaSet,
            Object::Job(_) => Kind::Job,
            Object::CronJob(_) => Kind::CronJob,
        }
    }

    /// Its metadata.
    pub fn meta(&self) -> &ObjectMeta {
        match self {
            Object::Namespace(object) => &object.meta,
            Object::Node(object) => &object.meta,
            Object::Pod(object) => &object.meta,
            Object::ReplicationController(object) => &object.meta,
            Object::ControllerRevision(object) => &object.meta,
            Object::DaemonSet(object) => &object.meta,
            Object::Deployment(object) => &object.meta,
            Object::ReplicaSet(object) => &object.meta,
            Object::Job(object) => &object.meta,
            Object::CronJob(object) => &object.meta,
        }
    }

    /// Its metadata, to be changed; copies the object if it is shared.
    pub fn meta_mut(&mut self) -> &mut ObjectMeta {
        match self {
            Object::Namespace(object) => &mut Rc::make_mut(object).meta,
            Object::Node(object) => &mut Rc::make_mut(object).meta,
            Object::Pod(object) => &mut Rc::make_mut(object).meta,
            Object::ReplicationController(object) => &mut Rc::make_mut(object).meta,
            Object::ControllerRevision(object) => &mut Rc::make_mut(object).meta,
            Object::DaemonSet(object) => &mut Rc::make_mut(object).meta,
            Object::Deployment(object) => &mut Rc::make_mut(object).meta,
            Object::ReplicaSet(object) => &mut Rc::make_mut(object).meta,
            Object::Job(object) => &mut Rc::make_mut(object).meta,
            Object::CronJob(object) => &mut Rc::make_mut(object).meta,
        }
    }

    /// Where it is stored.
    pub fn key(&self) -> ObjectKey {
        let meta = self.meta();
        ObjectKey { kind: self.kind(), namespace: meta.namespace.clone(), name: meta.name.clone() }
    }

    /// As the API shows it, with apiVersion and kind.
    pub fn to_value(&self) -> Value {
        let mut value = match self {
            Object::Namespace(object) => parts(&object.meta, object.spec.write(), object.status.write()),
            Object::Node(object) => parts(&object.meta, object.spec.write(), object.status.write()),
            Object::Pod(object) => object.to_value(),
            Object::ReplicationController(object) => {
                let status = counted(object.status.write(), &[("replicas", object.status.replicas)]);
                parts(&object.meta, object.spec.write(), status)
            }
            Object::ControllerRevision(object) => json!({"data": object.data, "metadata": object.meta.write(), "revision": object.revision}),
            Object::DaemonSet(object) => {
                let status = &object.status;
                let counts = [
                    ("currentNumberScheduled", status.current_number_scheduled),
                    ("desiredNumberScheduled", status.desired_number_scheduled),
                    ("numberMisscheduled", status.number_misscheduled),
                    ("numberReady", status.number_ready),
                ];
                parts(&object.meta, object.spec.write(), counted(status.write(), &counts))
            }
            Object::Deployment(object) => parts(&object.meta, object.spec.write(), object.status.write()),
            Object::ReplicaSet(object) => {
                let status = counted(object.status.write(), &[("replicas", object.status.replicas)]);
                parts(&object.meta, object.spec.write(), status)
            }
            Object::Job(object) => parts(&object.meta, object.spec.write(), object.status.write()),
            Object::CronJob(object) => parts(&object.meta, object.spec.write(), object.status.write()),
        };
        value["apiVersion"] = Value::from(self.kind().api_version());
        value["kind"] = Value::from(self.kind().name());
        value
    }

    /// An object from its JSON form; None for kinds that are not simulated and for Events.
    pub fn from_value(kind: Kind, value: &Value) -> Option<Object> {
        let field = |key: &str| value.get(key).unwrap_or(&Value::Null);
        let meta: ObjectMeta = Json::read(field("metadata"));
        Some(match kind {
            Kind::Namespace => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::Namespace(Rc::new(Namespace { meta, spec, status }))
            }
            Kind::Node => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::Node(Rc::new(Node { meta, spec, status }))
            }
            Kind::Pod => Object::Pod(Rc::new(Pod::from_value(value))),
            Kind::ReplicationController => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::ReplicationController(Rc::new(ReplicationController { meta, spec, status }))
            }
            Kind::ControllerRevision => {
                let (data, revision) = (field("data").clone(), Json::read(field("revision")));
                Object::ControllerRevision(Rc::new(ControllerRevision { meta, data, revision }))
            }
            Kind::DaemonSet => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::DaemonSet(Rc::new(DaemonSet { meta, spec, status }))
            }
            Kind::Deployment => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::Deployment(Rc::new(Deployment { meta, spec, status }))
            }
            Kind::ReplicaSet => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::ReplicaSet(Rc::new(ReplicaSet { meta, spec, status }))
            }
            Kind::Job => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::Job(Rc::new(Job { meta, spec, status, ..Job::default() }))
            }
            Kind::CronJob => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::CronJob(Rc::new(CronJob { meta, spec, status }))
            }
            Kind::Event => return None,
        })
    }

    /// What it makes its pods from, if it makes any.
    pub fn template(&self) -> Option<&Rc<PodTemplateSpec>> {
        match self {
            Object::Namespace(_) | Object::Node(_) | Object::Pod(_) | Object::ControllerRevision(_) => None,
            Object::DaemonSet(set) => Some(&set.spec.template),
            Object::ReplicationController(rc) => rc.spec.template.as_ref(),
            Object::Deployment(deployment) => Some(&deployment.spec.template),
            Object::ReplicaSet(set) => Some(&set.spec.template),
            Object::Job(job) => Some(&job.spec.template),
            Object::CronJob(cron) => Some(&cron.spec.job_template.spec.template),
        }
    }

    /// What it makes its pods from, to be changed.
    pub fn template_mut(&mut self) -> Option<&mut PodTemplateSpec> {
        let template = match self {
            Object::Namespace(_) | Object::Node(_) | Object::Pod(_) | Object::ControllerRevision(_) => return None,
            Object::DaemonSet(set) => &mut Rc::make_mut(set).spec.template,
            Object::ReplicationController(rc) => Rc::make_mut(rc).spec.template.as_mut()?,
            Object::Deployment(deployment) => &mut Rc::make_mut(deployment).spec.template,
            Object::ReplicaSet(set) => &mut Rc::make_mut(set).spec.template,
            Object::Job(job) => &mut Rc::make_mut(job).spec.template,
            Object::CronJob(cron) => &mut Rc::make_mut(cron).spec.job_template.spec.template,
        };
        Some(Rc::make_mut(template))
    }

    /// The pod, if it is one.
    pub fn as_pod(&self) -> Option<&Rc<Pod>> {
        if let Object::Pod(pod) = self { Some(pod) } else { None }
    }

    /// The node, if it is one.
    pub fn as_node(&self) -> Option<&Rc<Node>> {
        if let Object::Node(node) = self { Some(node) } else { None }
    }
}

/// A status with the counts that are printed even if they are 0.
fn counted(status: Option<Value>, counts: &[(&str, i32)]) -> Option<Value> {
    let mut status = status.unwrap_or_default();
    for (key, count) in counts {
        status[*key] = Value::from(*count);
    }
    Some(status)
}

fn parts(meta: &ObjectMeta, spec: Option<Value>, status: Option<Value>) -> Value {
    json!({"metadata": meta.write(), "spec": spec, "status": status})
}
