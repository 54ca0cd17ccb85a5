//! The controllers of kube-controller-manager, each a pure function from a view to what it wants done. They meet in the store
//! alone.

mod claim;
mod cron_job;
mod daemon_set;
mod deployment;
mod disruption;
mod endpoints;
mod garbage_collector;
mod horizontal;
mod job;
mod kubernetes_service;
mod load_balancer;
mod namespace;
mod namespace_objects;
mod node_lifecycle;
mod persistent_volume;
mod pod_control;
mod pod_gc;
mod recycler;
mod replica_ranking;
mod replication;
mod resource_quota;
mod stateful_set;
mod taint_eviction;
mod token;
mod ttl_after_finished;

use std::rc::Rc;

use crate::api::{DaemonSet, Deployment, Job, Kind, Node, Object, ObjectKey, Pod, PodSelector, PodSpec, ReplicaOwner, claims_of};
use crate::apiserver::{Outcome, quota};
use crate::base::{Name, SimDuration, SimTime};
use crate::runtime::Machine;
use crate::store::{View, WatchEvent, WatchKind};

/// A controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Controller {
    /// Keeps the replicas of ReplicationControllers and ReplicaSets. Key: one of those.
    Replication,
    /// Keeps the pods of DaemonSets on their nodes. Key: a DaemonSet.
    DaemonSet,
    /// Runs the pods of Jobs. Key: a job.
    Job,
    /// Deletes finished Jobs whose time is over. Key: a job.
    TtlAfterFinished,
    /// Makes Jobs by schedules. Key: a cron job.
    CronJob,
    /// Rolls the templates of Deployments out. Key: a Deployment.
    Deployment,
    /// Marks nodes whose kubelet is silent. Key: a node.
    NodeLifecycle,
    /// Evicts pods from nodes whose NoExecute taints they do not bear. Key: a node.
    TaintEviction,
    /// Removes pods whose node is gone. Key: a node.
    PodGc,
    /// Deletes or lets go what a deleted owner owned. Key: the owner.
    GarbageCollector,
    /// Empties namespaces that are being deleted. Key: a namespace.
    Namespace,
    /// Makes what every namespace holds. Key: a namespace.
    NamespaceObjects,
    /// Fills the secrets that hold tokens of service accounts. Key: a secret.
    Token,
    /// Lists the pods behind services. Key: a service.
    Endpoints,
    /// Lists the pods behind services in slices. Key: a service.
    EndpointSlice,
    /// Makes slices of Endpoints that people write. Key: their service.
    EndpointSliceMirroring,
    /// Has the cloud make load balancers. Key: a service.
    Service,
    /// Keeps the service of the API server. Key: that.
    KubernetesService,
    /// Counts what is used of quotas. Key: a quota.
    ResourceQuota,
    /// Keeps the pods of StatefulSets. Key: a StatefulSet.
    StatefulSet,
    /// Binds claims to volumes. Key: one of either.
    PersistentVolume,
    /// Counts how many pods may be disrupted. Key: a PodDisruptionBudget.
    Disruption,
    /// Keeps targets between their least and most replicas. Key: a HorizontalPodAutoscaler.
    Horizontal,
}

impl Controller {
    /// Whether it runs in kube-controller-manager.
    pub fn is_managed(self) -> bool {
        self != Controller::KubernetesService
    }

    /// Its name, as its events and the flags of kube-controller-manager have it; `kind` is the kind of what it looks at.
    pub fn name(self, kind: Kind) -> &'static str {
        match self {
            Controller::Replication if kind == Kind::ReplicaSet => "replicaset-controller",
            Controller::Replication => "replication-controller",
            Controller::DaemonSet => "daemonset-controller",
            Controller::Job => "job-controller",
            Controller::TtlAfterFinished => "ttl-after-finished-controller",
            Controller::CronJob => "cronjob-controller",
            Controller::Deployment => "deployment-controller",
            Controller::NodeLifecycle => "node-controller",
            Controller::TaintEviction => "taint-eviction-controller",
            Controller::PodGc => "pod-garbage-collector",
            Controller::GarbageCollector => "generic-garbage-collector",
            Controller::Namespace => "namespace-controller",
            Controller::NamespaceObjects => "serviceaccount-controller",
            Controller::Token => "serviceaccount-token-controller",
            Controller::Endpoints => "endpoint-controller",
            Controller::EndpointSlice => "endpoint-slice-controller",
            Controller::EndpointSliceMirroring => "endpoint-slice-mirroring-controller",
            Controller::Service => "service-controller",
            Controller::KubernetesService => "kube-apiserver",
            Controller::ResourceQuota => "resourcequota-controller",
            Controller::StatefulSet => "statefulset-controller",
            Controller::PersistentVolume => "persistentvolume-controller",
            Controller::Disruption => "disruption-controller",
            Controller::Horizontal => "horizontal-pod-autoscaler",
        }
    }
}

pub use kubernetes_service::{CONTROL_PLANE, objects as kubernetes_service_objects};

/// Whether a daemon of this template may be on a node.
pub fn daemon_may_run(template: &Rc<PodSpec>, node: &Node) -> bool {
    daemon_set::Fate::of(&daemon_set::daemon_spec(template), node) != daemon_set::Fate::Refused
}

/// Why a controller could not do what it wanted: `FailedCreate`, and the message.
pub type Failure = (&'static str, Name);

/// What a controller is told beside the view.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// The machine of the node that it looks at.
    pub machine: Option<&'a Machine>,
    /// How its latest try ended, if that was badly.
    pub failed: Option<&'a Failure>,
    /// When.
    pub now: SimTime,
}

/// A controller to be woken, for which key, after how long.
pub type Trigger = (Controller, ObjectKey, SimDuration);

/// What of a pod's change reaches the replication controller: its informer is behind the scheduler's by some milliseconds,
/// so a pod is bound before a controller that does not want it deletes it.
const REPLICATION_LAG: SimDuration = SimDuration::from_millis(15);
/// Of all other informers.
const LAG: SimDuration = SimDuration::from_millis(10);
/// Changes of a job's pods within this time are looked at together (syncJobBatchPeriod).
const JOB_BATCH: SimDuration = SimDuration::from_millis(1000);
/// The autoscaler looks at each key at this interval, the first time one interval after it appeared (HorizontalPodAutoscalerSyncPeriod).
const AUTOSCALER_SYNC: SimDuration = SimDuration::from_seconds(15);
/// The garbage collector's graph is built from its own watches.
const GARBAGE_LAG: SimDuration = SimDuration::from_millis(10);

/// Who is to be woken by a change.
pub fn triggers(event: &WatchEvent, view: View<'_>) -> Vec<Trigger> {
    let mut list = Vec::new();
    match &event.object {
        Object::Pod(pod) => pod_triggers(event, pod, view, &mut list),
        Object::ReplicationController(_) | Object::ReplicaSet(_) => {
            list.push((Controller::Replication, event.key.clone(), REPLICATION_LAG));
            deployment_triggers(event, view, &mut list);
        }
        Object::Deployment(_) => list.push((Controller::Deployment, event.key.clone(), LAG)),
        Object::DaemonSet(_) => list.push((Controller::DaemonSet, event.key.clone(), REPLICATION_LAG)),
        Object::ControllerRevision(_) => {}
        Object::Other(_) => other_triggers(event, view, &mut list),
        Object::Service(service) => {
            endpoints::triggers(event, view, &mut list);
            if load_balancer::concerns(event, service, view) {
                list.push((Controller::Service, event.key.clone(), LAG));
            }
        }
        Object::Endpoints(_) | Object::EndpointSlice(_) => endpoints::triggers(event, view, &mut list),
        Object::Ingress(_) | Object::IngressClass(_) | Object::NetworkPolicy(_) => {}
        Object::Job(job) => job_triggers(event, job, &mut list),
        Object::CronJob(_) => {
            list.push((Controller::CronJob, event.key.clone(), LAG));
        }
        Object::Node(node) => {
            daemon_triggers(event, node, view, &mut list);
            // A node that joins is not ready yet.
            if event.kind != WatchKind::Added {
                list.extend(endpoints::overloaded(event, node, view).into_iter().map(|service| (Controller::EndpointSlice, service, LAG)));
            }
            let was_lost = event.old.as_ref().and_then(Object::as_node).is_some_and(|old| pod_gc::is_out_of_service(old));
            if event.kind == WatchKind::Deleted || (pod_gc::is_out_of_service(node) && !was_lost) {
                list.push((Controller::PodGc, event.key.clone(), LAG));
            }
            let taints = |object: &Object| object.as_node().map(|node| node.spec.taints.clone()).unwrap_or_default();
            if event.old.as_ref().is_some_and(|old| taints(old) != node.spec.taints) {
                list.push((Controller::TaintEviction, event.key.clone(), LAG));
            }
            let made_by_hand = event.kind == WatchKind::Added && node.status.conditions.is_empty();
            if made_by_hand || event.old.as_ref().is_some_and(|old| lifecycle_relevant(old) != lifecycle_relevant(&event.object)) {
                list.push((Controller::NodeLifecycle, event.key.clone(), LAG));
            }
        }
        Object::Namespace(namespace) => {
            if namespace.meta.is_deleting() && event.kind != WatchKind::Deleted {
                list.push((Controller::Namespace, event.key.clone(), LAG));
            }
            if event.kind == WatchKind::Added {
                list.push((Controller::NamespaceObjects, event.key.clone(), LAG));
            }
        }
    }
    deletion_triggers(event, view, &mut list);
    quota_triggers(event, view, &mut list);
    list
}

/// Who looks after objects without types of their own.
fn other_triggers(event: &WatchEvent, view: View<'_>, list: &mut Vec<Trigger>) {
    if namespace_objects::is_kept(&event.key) && event.kind != WatchKind::Added {
        let namespace = ObjectKey::new(Kind::Namespace, Name::default(), event.key.namespace.clone());
        list.push((Controller::NamespaceObjects, namespace, LAG));
    }
    let spec = |object: &Object| object.as_other().map(|other| other.field("spec").clone());
    match event.key.kind {
        Kind::Secret if event.kind != WatchKind::Deleted && token::is_token(&event.object) => {
            list.push((Controller::Token, event.key.clone(), LAG));
        }
        Kind::ServiceAccount if event.kind == WatchKind::Deleted => {
            list.extend(token::secrets_of(view, &event.key).map(|secret| (Controller::Token, secret.key(), LAG)));
        }
        Kind::StatefulSet => list.push((Controller::StatefulSet, event.key.clone(), LAG)),
        Kind::HorizontalPodAutoscaler if event.kind != WatchKind::Deleted && event.old.as_ref().is_none_or(|old| spec(old) != spec(&event.object)) => {
            list.push((Controller::Horizontal, event.key.clone(), AUTOSCALER_SYNC));
        }
        Kind::PodDisruptionBudget if event.kind != WatchKind::Deleted => list.push((Controller::Disruption, event.key.clone(), LAG)),
        Kind::PersistentVolumeClaim if event.kind != WatchKind::Deleted => list.push((Controller::PersistentVolume, event.key.clone(), LAG)),
        // The volume that a claim had.
        Kind::PersistentVolumeClaim if event.kind == WatchKind::Deleted => {
            list.extend(event.object.as_other().map(|claim| (Controller::PersistentVolume, persistent_volume::volume_of(claim), LAG)));
        }
        Kind::PersistentVolume if event.kind == WatchKind::Deleted => {
            list.extend(event.object.as_other().and_then(|volume| persistent_volume::claim_of(volume)).map(|claim| (Controller::PersistentVolume, claim, LAG)));
        }
        Kind::PersistentVolume if event.kind == WatchKind::Added => {
            list.push((Controller::PersistentVolume, event.key.clone(), LAG));
            let claims = view.list(Kind::PersistentVolumeClaim, &Name::default()).map(Object::key);
            list.extend(claims.map(|key| (Controller::PersistentVolume, key, LAG + LAG)));
        }
        Kind::PersistentVolume if event.old.as_ref().is_some_and(|old| spec(old) != spec(&event.object)) => {
            list.push((Controller::PersistentVolume, event.key.clone(), LAG));
            // The claim that had it is not told: it finds out when all are looked at.
            let claim = event.old.as_ref().and_then(Object::as_other).and_then(|volume| persistent_volume::claim_of(volume));
            list.extend(claim.map(|claim| (Controller::PersistentVolume, claim, persistent_volume::SYNC_PERIOD)));
        }
        Kind::ResourceQuota if event.old.as_ref().is_none_or(|old| spec(old) != spec(&event.object)) => {
            list.push((Controller::ResourceQuota, event.key.clone(), LAG));
        }
        _ => {}
    }
}

/// The quotas that may have room again: something went, or a pod has ended.
fn quota_triggers(event: &WatchEvent, view: View<'_>, list: &mut Vec<Trigger>) {
    let ended = |object: &Object| object.as_pod().is_some_and(|pod| pod.status.phase.is_terminal());
    let freed = event.kind == WatchKind::Deleted || ended(&event.object) && event.old.as_ref().is_some_and(|old| !ended(old));
    if freed && event.key.kind.info().namespaced {
        let quotas = quota::of_namespace(view, &event.key.namespace);
        list.extend(quotas.map(|quota| (Controller::ResourceQuota, ObjectKey::new(Kind::ResourceQuota, event.key.namespace.clone(), quota.meta.name.clone()), LAG)));
    }
}

/// Who waits for an object to go, whatever its kind.
fn deletion_triggers(event: &WatchEvent, view: View<'_>, list: &mut Vec<Trigger>) {
    let (kind, meta, gone) = (event.key.kind, event.object.meta(), event.kind == WatchKind::Deleted);
    let may_own = match kind {
        // Claims of a stateful set that is to have fewer pods belong to those.
        Kind::Pod => gone && view.owned_by(meta.uid).chain(view.shared_by(meta.uid)).next().is_some(),
        Kind::Node | Kind::Namespace => view.shared_by(meta.uid).next().is_some(),
        _ => true,
    };
    let is_no_owner = matches!(kind, Kind::EndpointSlice | Kind::Ingress | Kind::NetworkPolicy);
    let owns_nothing = is_no_owner && view.shared_by(meta.uid).next().is_none();
    if may_own && ((gone && !owns_nothing) || meta.is_deleting()) {
        list.push((Controller::GarbageCollector, event.key.clone(), GARBAGE_LAG));
    }
    let owned_anew = match event.kind {
        WatchKind::Added => true,
        WatchKind::Modified => event.old.as_ref().is_some_and(|old| !Rc::ptr_eq(&old.meta().owners, &meta.owners) && old.meta().owners != meta.owners),
        WatchKind::Deleted => false,
    };
    if owned_anew && garbage_collector::is_dangling(view, &event.object) {
        list.push((Controller::GarbageCollector, event.key.clone(), GARBAGE_LAG));
    }
    list.extend(garbage_collector::waiting_for(event, view).into_iter().map(|key| (Controller::GarbageCollector, key, GARBAGE_LAG)));
    if !gone || !kind.info().namespaced {
        return;
    }
    if view.namespace(&meta.namespace).is_some_and(|namespace| namespace.meta.is_deleting()) {
        list.push((Controller::Namespace, ObjectKey::new(Kind::Namespace, Name::default(), meta.namespace.clone()), LAG));
    }
}

/// Who keeps the pods of an owner, and of which kind that is.
fn keeper(owner: &str) -> Option<(Controller, Kind)> {
    match owner {
        "ReplicationController" => Some((Controller::Replication, Kind::ReplicationController)),
        "DaemonSet" => Some((Controller::DaemonSet, Kind::DaemonSet)),
        "ReplicaSet" => Some((Controller::Replication, Kind::ReplicaSet)),
        "Job" => Some((Controller::Job, Kind::Job)),
        "StatefulSet" => Some((Controller::StatefulSet, Kind::StatefulSet)),
        _ => None,
    }
}

/// The deployments that a replica set belongs to, belonged to, or could belong to.
fn deployment_triggers(event: &WatchEvent, view: View<'_>, list: &mut Vec<Trigger>) {
    let namespace = &event.key.namespace;
    for object in [Some(&event.object), event.old.as_ref()].into_iter().flatten() {
        match object.meta().controller() {
            Some(owner) if owner.kind == "Deployment" => {
                let key = ObjectKey::new(Kind::Deployment, namespace.clone(), owner.name.clone());
                list.push((Controller::Deployment, key, LAG));
            }
            Some(_) => {}
            None if event.key.kind == Kind::ReplicaSet => {
                let selects = |deployment: &Deployment| {
                    PodSelector::Selector(deployment.spec.selector.as_deref()).matches(&object.meta().labels)
                };
                let all = view.list(Kind::Deployment, namespace);
                let fits = all.filter(|object| matches!(object, Object::Deployment(deployment) if selects(deployment)));
                list.extend(fits.map(|object| (Controller::Deployment, object.key(), LAG)));
            }
            None => {}
        }
    }
}

/// The deployment that waits for its old pods to be gone before it makes new ones.
fn recreate_trigger(pod: &Pod, view: View<'_>) -> Option<Trigger> {
    let namespace = &pod.meta.namespace;
    let owner = pod.meta.controller().filter(|owner| owner.kind == "ReplicaSet")?;
    let set = view.replica_set(namespace, &owner.name)?;
    let above = set.meta.controller().filter(|owner| owner.kind == "Deployment")?;
    let key = ObjectKey::new(Kind::Deployment, namespace.clone(), above.name.clone());
    let waits = matches!(view.get(&key)?, Object::Deployment(deployment) if deployment.spec.strategy.kind == "Recreate");
    waits.then_some((Controller::Deployment, key, LAG))
}

/// The daemon sets whose pods a node's change concerns.
fn daemon_triggers(event: &WatchEvent, node: &Node, view: View<'_>, list: &mut Vec<Trigger>) {
    let old = event.old.as_ref().and_then(Object::as_node).filter(|_| event.kind == WatchKind::Modified);
    if old.is_some_and(|old| old.meta.labels == node.meta.labels && old.spec.taints == node.spec.taints) {
        return;
    }
    for object in view.list(Kind::DaemonSet, &Name::default()) {
        let Some(template) = object.template() else { continue };
        let spec = daemon_set::daemon_spec(&template.spec);
        if old.is_none_or(|old| daemon_set::Fate::of(&spec, old) != daemon_set::Fate::of(&spec, node)) {
            list.push((Controller::DaemonSet, object.key(), LAG));
        }
    }
}

/// A change of a job's spec is looked at at once; one of its status, which it mostly wrote itself, with what comes within a second.
/// Models updateJob of pkg/controller/job/job_controller.go.
fn job_triggers(event: &WatchEvent, job: &Job, list: &mut Vec<Trigger>) {
    let generation = event.old.as_ref().map(|old| old.meta().generation);
    let is_status = event.kind == WatchKind::Modified && generation == Some(job.meta.generation);
    list.push((Controller::Job, event.key.clone(), if is_status { JOB_BATCH } else { LAG }));
    if job.spec.ttl_seconds_after_finished.is_some() && job.finished().is_some() && event.kind != WatchKind::Deleted {
        list.push((Controller::TtlAfterFinished, event.key.clone(), LAG));
    }
    if let Some(owner) = job.meta.controller().filter(|owner| owner.kind == Kind::CronJob.name()) {
        list.push((Controller::CronJob, ObjectKey::new(Kind::CronJob, job.meta.namespace.clone(), owner.name.clone()), LAG));
    }
}

/// What the node lifecycle controller acts on at once.
fn lifecycle_relevant(object: &Object) -> Option<(bool, bool)> {
    let node = object.as_node()?;
    Some((node.spec.unschedulable, node.is_ready()))
}

fn pod_triggers(event: &WatchEvent, pod: &Pod, view: View<'_>, list: &mut Vec<Trigger>) {
    endpoints::pod_triggers(event, pod, view, list);
    disruption::pod_triggers(event, pod, view, list);
    let namespace = &pod.meta.namespace;
    let old = event.old.as_ref().and_then(Object::as_pod);
    let owner = |pod: &Pod| pod.meta.controller().map(|owner| (owner.kind.clone(), owner.name.clone()));
    let (now_of, was_of) = (owner(pod), old.and_then(|old| owner(old)));
    let counts = |pod: &Pod| (pod.is_active(), pod.is_ready(), pod.meta.deletion.is_some(), pod.status.phase.is_terminal());
    let same_labels = |old: &Pod| Rc::ptr_eq(&old.meta.labels, &pod.meta.labels) || old.meta.labels == pod.meta.labels;
    let same = old.is_some_and(|old| counts(old) == counts(pod) && same_labels(old) && now_of == was_of);
    let is_of_job = now_of.as_ref().is_some_and(|(kind, _)| *kind == Kind::Job.name());
    let told = event.kind != WatchKind::Modified || !same || is_of_job;
    for (kind, name) in now_of.iter().filter(|_| told).chain(was_of.iter().filter(|was| Some(*was) != now_of.as_ref())) {
        if let Some((controller, kind)) = keeper(kind) {
            let key = ObjectKey::new(kind, namespace.clone(), name.clone());
            let lag = if kind == Kind::Job { JOB_BATCH } else { REPLICATION_LAG + pace(view, pod) };
            list.push((controller, key, lag));
        }
    }
    let relabelled = old.is_none_or(|old| !same_labels(old)) || now_of != was_of;
    if now_of.is_none() && event.kind != WatchKind::Deleted && relabelled {
        let owners = [Kind::ReplicationController, Kind::ReplicaSet].into_iter().flat_map(|kind| view.list(kind, namespace));
        for owner in owners.filter_map(ReplicaOwner::of).filter(|owner| owner.selector.matches(&pod.meta.labels)) {
            list.push((Controller::Replication, owner.key(), REPLICATION_LAG));
        }
        let selects = |set: &DaemonSet| PodSelector::Selector(set.spec.selector.as_deref()).matches(&pod.meta.labels);
        for set in view.list(Kind::DaemonSet, namespace) {
            if matches!(set, Object::DaemonSet(daemons) if selects(daemons)) {
                list.push((Controller::DaemonSet, set.key(), REPLICATION_LAG));
            }
        }
    }
    if event.kind != WatchKind::Deleted && pod_gc::is_unscheduled(pod) && !old.is_some_and(|old| pod_gc::is_unscheduled(old)) {
        list.push((Controller::PodGc, event.key.clone(), LAG));
    }
    if pod.status.phase.is_terminal() && pod_gc::are_many(view) {
        list.push((Controller::PodGc, pod_gc::of_terminated(), LAG));
    }
    if event.kind == WatchKind::Deleted {
        list.extend(recreate_trigger(pod, view));
        let claims = claims_of(pod).map(|(_, claim)| ObjectKey::new(Kind::PersistentVolumeClaim, namespace.clone(), claim));
        let going = claims.filter(|claim| view.get(claim).is_some_and(|claim| claim.meta().is_deleting()));
        list.extend(going.map(|claim| (Controller::PersistentVolume, claim, LAG)));
    }
    list.extend(recycler::volume_of(event).map(|volume| (Controller::PersistentVolume, volume, LAG)));
    let bound = old.is_none_or(|old| old.node_name != pod.node_name) && !pod.node_name.is_empty();
    if bound && event.kind != WatchKind::Deleted {
        let node = ObjectKey::new(Kind::Node, Name::default(), pod.node_name.clone());
        match view.node(&pod.node_name) {
            None => list.push((Controller::PodGc, node, LAG)),
            Some(found) if !found.spec.taints.is_empty() => list.push((Controller::TaintEviction, node, LAG)),
            Some(_) => {}
        }
    }
}

/// A sync of many replicas takes longer, so changes that come meanwhile are seen together by the next.
fn pace(view: View<'_>, pod: &Pod) -> SimDuration {
    let siblings = pod.meta.controller().map_or(0, |owner| view.count_owned_by(owner.uid));
    SimDuration::from_micros(20 * siblings as u64)
}

/// Lets a controller look at a key.
pub fn reconcile(controller: Controller, view: View<'_>, key: &ObjectKey, look: Look<'_>) -> Outcome {
    let Look { machine, failed, now } = look;
    match controller {
        Controller::Replication => replication::reconcile(view, key, failed, now),
        Controller::DaemonSet => daemon_set::reconcile(view, key, now),
        Controller::Job => job::reconcile(view, key, now),
        Controller::TtlAfterFinished => ttl_after_finished::reconcile(view, key, now),
        Controller::CronJob => cron_job::reconcile(view, key, now),
        Controller::Deployment => deployment::reconcile(view, key, now),
        Controller::NodeLifecycle => node_lifecycle::reconcile(view, key, machine, now),
        Controller::TaintEviction => taint_eviction::reconcile(view, key, now),
        Controller::PodGc => pod_gc::reconcile(view, key, now),
        Controller::GarbageCollector => garbage_collector::reconcile(view, key),
        Controller::Namespace => namespace::reconcile(view, key, now),
        Controller::NamespaceObjects => namespace_objects::reconcile(view, key),
        Controller::Token => token::reconcile(view, key),
        Controller::Endpoints => endpoints::reconcile_endpoints(view, key, now),
        Controller::EndpointSlice => endpoints::reconcile_slices(view, key, now),
        Controller::EndpointSliceMirroring => endpoints::reconcile_mirror(view, key, now),
        Controller::Service => load_balancer::reconcile(view, key, now),
        Controller::KubernetesService => kubernetes_service::reconcile(view),
        Controller::ResourceQuota => resource_quota::reconcile(view, key),
        Controller::StatefulSet => stateful_set::reconcile(view, key, controller.name(key.kind), now),
        Controller::PersistentVolume => persistent_volume::reconcile(view, key, controller.name(key.kind), now),
        Controller::Disruption => disruption::reconcile(view, key, now),
        Controller::Horizontal => horizontal::reconcile(view, key, now),
    }
}

/// The events that a change alone calls for: cancelled evictions, other types of services.
pub fn notes(event: &WatchEvent, view: View<'_>) -> Vec<crate::api::Note> {
    let mut notes = taint_eviction::cancelled(event, view);
    notes.extend(node_lifecycle::registered(event));
    match (&event.object, event.kind) {
        (Object::Service(service), WatchKind::Modified) => notes.extend(load_balancer::changes(event, service, view)),
        (Object::Node(node), _) if load_balancer::has_cloud(view) => notes.extend(load_balancer::other_hosts(event, node, view)),
        _ => {}
    }
    notes
}
