//! The only door for writes, also for the user's: default, admit, validate, commit. Owns the store.
//! Left out: authentication, a refusal of what a role does not allow (`kubectl --as` asks [`authorization`] beforehand), watch caches, conversion between versions.

pub mod admission;
mod allocation;
pub mod authorization;
pub mod bootstrap;
pub mod defaulting;
mod delete;
mod events;
pub mod eviction;
mod naming;
mod outcome;
pub mod quota;
mod review;
mod update;
pub mod validation;
#[cfg(test)]
mod service_tests;
mod write;

use std::rc::Rc;

use crate::api::{ApiError, Kind, Object, PodPhase, PodSpec, PodStatus, Reason, Uid};
use crate::base::{Name, Random, SimTime};
use crate::store::{Change, Store, View};

pub use outcome::{Action, Outcome, Report};
pub use delete::{FOREGROUND_FINALIZER, ORPHAN_FINALIZER};
pub use write::{Committed, DeleteOptions, Propagation, Write};

/// What etcd's quota comes to here: twice the published size of a cluster. More would not fit into a tab.
const MAX_OBJECTS: usize = 320_000;

/// The last pod spec of a controller that was admitted: the next replica of the same template shares what came of it.
#[derive(Clone, Debug)]
struct Admitted {
    asked: Rc<PodSpec>,
    stored: Rc<PodSpec>,
    mounts_token: bool,
}

/// The API server and what it keeps.
#[derive(Clone, Debug)]
pub struct ApiServer {
    store: Store,
    names: Random,
    uids: Random,
    admitted: Option<Admitted>,
    /// Changes not yet handed to those who watch.
    changes: Vec<Change>,
    spam: events::SpamFilter,
    allocations: allocation::Allocations,
}

impl ApiServer {
    /// An empty one.
    pub fn new(seed: u64) -> ApiServer {
        ApiServer {
            store: Store::default(),
            names: Random::stream(seed, "names"),
            uids: Random::stream(seed, "uids"),
            admitted: None,
            changes: Vec::new(),
            spam: events::SpamFilter::default(),
            allocations: allocation::Allocations::new(seed),
        }
    }

    /// What is stored.
    pub fn view(&self) -> View<'_> {
        self.store.view()
    }

    /// Carries a write out, or refuses it and changes nothing.
    pub fn submit(&mut self, write: Write, now: SimTime) -> Result<Committed, ApiError> {
        let is_service = matches!(&write, Write::Create(Object::Service(_)) | Write::Update(Object::Service(_)));
        let held = is_service.then(|| self.allocations.clone());
        let result = self.carry_out(write, now);
        // What a refused service was given is free again.
        if let Some(held) = held.filter(|_| result.is_err()) {
            self.allocations = held;
        }
        result
    }

    fn carry_out(&mut self, write: Write, now: SimTime) -> Result<Committed, ApiError> {
        match write {
            Write::Create(object) => self.create(object, now),
            Write::Update(object) => self.update(object),
            Write::UpdateStatus(object) => self.update_status(object),
            Write::AddContainers(object) => self.add_containers(object),
            Write::Delete { key, options } => self.delete(&key, &options, now),
            Write::Evict { key, options } => self.evict(&key, &options, now),
            Write::Bind { namespace, pod, uid, node } => self.bind(&namespace, &pod, uid, &node, now),
        }
    }

    /// What a write would answer; changes nothing. What would be new has no version yet.
    pub fn dry_run(&self, write: Write, now: SimTime) -> Result<Committed, ApiError> {
        let is_new = matches!(write, Write::Create(_));
        let mut committed = self.clone().submit(write, now)?;
        if is_new {
            committed.object.meta_mut().resource_version = 0;
        }
        Ok(committed)
    }

    /// The changes since the last call, in their order.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// The states of its random streams, for digests.
    pub fn random_states(&self) -> [u64; 3] {
        [self.names.state(), self.uids.state(), self.allocations.random_state()]
    }

    fn create(&mut self, mut object: Object, now: SimTime) -> Result<Committed, ApiError> {
        if let Some(review) = object.as_other().filter(|object| object.kind.info().is_review) {
            return Ok(self.review(review));
        }
        self.prepare_meta(&mut object, now)?;
        let warnings = self.admit(&mut object)?;
        let key = object.key();
        if self.store.view().get(&key).is_some() {
            return Err(ApiError::already_exists(key.kind, &key.name));
        }
        if self.view().len() >= MAX_OBJECTS {
            return Err(ApiError::new(Reason::Unknown, "etcdserver: mvcc: database space exceeded"));
        }
        self.charge(&object, None)?;
        Ok(self.commit(object, warnings))
    }

    /// Name, uid, creation time.
    /// Models apiserver/pkg/registry/rest/create.go BeforeCreate.
    fn prepare_meta(&mut self, object: &mut Object, now: SimTime) -> Result<(), ApiError> {
        let (kind, namespaced) = (object.kind(), object.kind().info().namespaced);
        if object.meta().name.is_empty() && !object.meta().generate_name.is_empty() {
            let name = self.generate_name(object)?;
            object.meta_mut().name = name;
        }
        let uid = Uid(u128::from(self.uids.bits()) << 64 | u128::from(self.uids.bits())).as_printed();
        let meta = object.meta_mut();
        if !namespaced {
            meta.namespace = Name::default();
        }
        (meta.uid, meta.creation, meta.deletion, meta.grace_seconds) = (uid, now, None, None);
        meta.generation = i64::from(kind.info().has_generation);
        Ok(())
    }

    /// Defaults, admits and validates a new object; gives the warnings.
    fn admit(&mut self, object: &mut Object) -> Result<Vec<String>, ApiError> {
        if self.admit_replica(object) {
            return Ok(Vec::new());
        }
        let asked = object.as_pod().map(|pod| pod.spec.clone());
        defaulting::default(object);
        admission::admit_create(object, self.view())?;
        if let Object::Service(service) = object {
            self.allocations.allocate(Rc::make_mut(service), None)?;
        }
        let causes = validation::validate_create(object);
        if !causes.is_empty() {
            return Err(ApiError::invalid(object.kind(), &object.meta().name, causes));
        }
        admission::check_limits(object, self.view())?;
        defaulting::canonicalize(object);
        if let (Some(asked), Some(pod)) = (asked, object.as_pod().filter(|pod| pod.meta.controller().is_some())) {
            self.admitted = Some(Admitted { asked, stored: pod.spec.clone(), mounts_token: pod.mounts_token });
        }
        Ok(validation::warnings(object))
    }

    /// A pod whose spec is the very one that was admitted last: nothing is worked out again. False if it is not.
    fn admit_replica(&self, object: &mut Object) -> bool {
        let (Object::Pod(pod), Some(admitted)) = (object, &self.admitted) else { return false };
        let gated = pod.spec.rest.get("schedulingGates").is_some();
        let known = Rc::ptr_eq(&pod.spec, &admitted.asked) && pod.meta.controller().is_some() && pod.node_name.is_empty() && !gated;
        let alive = self.view().namespace(&pod.meta.namespace).is_some_and(|namespace| !namespace.meta.is_deleting());
        if !known || !alive || !admission::admits_alike(self.view(), &pod.meta.namespace) {
            return false;
        }
        let pod = Rc::make_mut(pod);
        pod.spec = admitted.stored.clone();
        pod.mounts_token = admitted.mounts_token;
        pod.status = PodStatus { phase: PodPhase::Pending, ..PodStatus::default() };
        true
    }

    /// Stores an object and tells those who watch.
    fn commit(&mut self, object: Object, warnings: Vec<String>) -> Committed {
        let event = self.store.put(object);
        if event.key.kind == Kind::Service {
            self.allocations.on_change(event.old.as_ref(), Some(&event.object));
        }
        let object = event.object.clone();
        self.changes.push(Change::Object(event.clone()));
        Committed { object, changes: vec![event], warnings }
    }

    /// Removes an object and tells those who watch.
    fn remove(&mut self, object: &Object) -> Committed {
        let event = self.store.remove(&object.key());
        let changes: Vec<_> = event.into_iter().collect();
        if object.kind() == Kind::Service {
            self.allocations.on_change(Some(object), None);
        }
        self.changes.extend(changes.iter().cloned().map(Change::Object));
        Committed { object: object.clone(), changes, warnings: Vec::new() }
    }
}
