//! Any object, and the key it is stored under.

use std::fmt;
use std::rc::Rc;

use serde_json::{Value, json};

use super::{
    ControllerRevision, CronJob, DaemonSet, Deployment, EndpointSlice, Endpoints, Ingress, IngressClass, Job, Json, Kind, Namespace, NetworkPolicy,
    Node, ObjectMeta, Other, Pod, PodTemplateSpec, ReplicaSet, ReplicationController, Service,
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
    /// A service.
    Service(Rc<Service>),
    /// The endpoints of a service.
    Endpoints(Rc<Endpoints>),
    /// Some of the endpoints of a service.
    EndpointSlice(Rc<EndpointSlice>),
    /// An ingress.
    Ingress(Rc<Ingress>),
    /// A class of ingresses.
    IngressClass(Rc<IngressClass>),
    /// A network policy.
    NetworkPolicy(Rc<NetworkPolicy>),
    /// An object of any other kind.
    Other(Rc<Other>),
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
            Object::Service(_) => Kind::Service,
            Object::Endpoints(_) => Kind::Endpoints,
            Object::EndpointSlice(_) => Kind::EndpointSlice,
            Object::Ingress(_) => Kind::Ingress,
            Object::IngressClass(_) => Kind::IngressClass,
            Object::NetworkPolicy(_) => Kind::NetworkPolicy,
            Object::Other(object) => object.kind,
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
            Object::Service(object) => &object.meta,
            Object::Endpoints(object) => &object.meta,
            Object::EndpointSlice(object) => &object.meta,
            Object::Ingress(object) => &object.meta,
            Object::IngressClass(object) => &object.meta,
            Object::NetworkPolicy(object) => &object.meta,
            Object::Other(object) => &object.meta,
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
            Object::Service(object) => &mut Rc::make_mut(object).meta,
            Object::Endpoints(object) => &mut Rc::make_mut(object).meta,
            Object::EndpointSlice(object) => &mut Rc::make_mut(object).meta,
            Object::Ingress(object) => &mut Rc::make_mut(object).meta,
            Object::IngressClass(object) => &mut Rc::make_mut(object).meta,
            Object::NetworkPolicy(object) => &mut Rc::make_mut(object).meta,
            Object::Other(object) => &mut Rc::make_mut(object).meta,
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
            Object::Service(object) => parts(&object.meta, object.spec.write(), object.status.write()),
            Object::Endpoints(object) => without_nulls(json!({"metadata": object.meta.write(), "subsets": object.subsets.write()})),
            // Both lists are printed even if they are not set.
            Object::EndpointSlice(object) => json!({
                "addressType": object.address_type.write(),
                "endpoints": object.endpoints.write(),
                "metadata": object.meta.write(),
                "ports": object.ports.write(),
            }),
            Object::Ingress(object) => parts(&object.meta, object.spec.write(), object.status.write()),
            Object::IngressClass(object) => json!({"metadata": object.meta.write(), "spec": object.spec.write()}),
            Object::NetworkPolicy(object) => json!({"metadata": object.meta.write(), "spec": object.spec.write()}),
            Object::Other(object) => object.to_value(),
        };
        value["apiVersion"] = Value::from(self.kind().api_version());
        value["kind"] = Value::from(self.kind().name());
        value
    }

    /// An object from its JSON form; None for Events.
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
            Kind::Service => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::Service(Rc::new(Service { meta, spec, status }))
            }
            Kind::Endpoints => Object::Endpoints(Rc::new(Endpoints { meta, subsets: Json::read(field("subsets")) })),
            Kind::EndpointSlice => {
                let (endpoints, ports) = (Json::read(field("endpoints")), Json::read(field("ports")));
                Object::EndpointSlice(Rc::new(EndpointSlice { meta, address_type: Json::read(field("addressType")), endpoints, ports }))
            }
            Kind::Ingress => {
                let (spec, status) = (Json::read(field("spec")), Json::read(field("status")));
                Object::Ingress(Rc::new(Ingress { meta, spec, status }))
            }
            Kind::IngressClass => Object::IngressClass(Rc::new(IngressClass { meta, spec: Json::read(field("spec")) })),
            Kind::NetworkPolicy => Object::NetworkPolicy(Rc::new(NetworkPolicy { meta, spec: Json::read(field("spec")) })),
            Kind::Event => return None,
            other => Object::Other(Rc::new(Other::read(other, meta, value))),
        })
    }

    /// What it makes its pods from, if it makes any.
    pub fn template(&self) -> Option<&Rc<PodTemplateSpec>> {
        match self {
            Object::DaemonSet(set) => Some(&set.spec.template),
            Object::ReplicationController(rc) => rc.spec.template.as_ref(),
            Object::Deployment(deployment) => Some(&deployment.spec.template),
            Object::ReplicaSet(set) => Some(&set.spec.template),
            Object::Job(job) => Some(&job.spec.template),
            Object::CronJob(cron) => Some(&cron.spec.job_template.spec.template),
            _ => None,
        }
    }

    /// What it makes its pods from, to be changed.
    pub fn template_mut(&mut self) -> Option<&mut PodTemplateSpec> {
        let template = match self {
            Object::DaemonSet(set) => &mut Rc::make_mut(set).spec.template,
            Object::ReplicationController(rc) => Rc::make_mut(rc).spec.template.as_mut()?,
            Object::Deployment(deployment) => &mut Rc::make_mut(deployment).spec.template,
            Object::ReplicaSet(set) => &mut Rc::make_mut(set).spec.template,
            Object::Job(job) => &mut Rc::make_mut(job).spec.template,
            Object::CronJob(cron) => &mut Rc::make_mut(cron).spec.job_template.spec.template,
            _ => return None,
        };
        Some(Rc::make_mut(template))
    }

    /// The object with its fields as JSON, if its kind has no type of its own.
    pub fn as_other(&self) -> Option<&Rc<Other>> {
        if let Object::Other(other) = self { Some(other) } else { None }
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

/// A value without the fields that are not set.
fn without_nulls(mut value: Value) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
    value
}

fn parts(meta: &ObjectMeta, spec: Option<Value>, status: Option<Value>) -> Value {
    json!({"metadata": meta.write(), "spec": spec, "status": status})
}
