//! One look of the kubelet at one pod.
//! Models pkg/kubelet/kubelet.go SyncPod, pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions and the relisting of
//! pkg/kubelet/pleg: what happens in the runtime is seen at the next full second.

use std::rc::Rc;

use super::environment::environment;
use super::service_variables::ServiceVariables;
use super::{admission, back_off, identity, naming, probing, restarting, starting, status, storage, terminate, volumes};
use crate::api::{
    Container, EventText, EventType, Note, Object, ObjectKey, ObjectReference, Pod, PodConditionKind, PodPhase, PodSpec, PodStatus, Terminated, Truth,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, Random, SimDuration, SimTime};
use crate::runtime::{Instance, InstanceState, LOST, Machine, PodName, Power, Sandbox};
use crate::store::View;

/// The network and the sandbox container take about this long, and up to a fifth more.
const SANDBOX_TIME: SimDuration = SimDuration::from_millis(400);
const SANDBOX_JITTER: u64 = 20;
/// So much longer for each pod that the machine starts at the same time.
const SANDBOX_SHARE: SimDuration = SimDuration::from_millis(150);
/// From the relist on which the kubelet begins to end a pod of which all containers have ended, to the report that it has ended.
const MAKE_SURE: SimDuration = SimDuration::from_millis(100);
/// Its sandbox is taken down about so long after that.
pub(super) const TEAR_DOWN: SimDuration = SimDuration::from_millis(150);
/// Of a pod that was active for too long: reason and message.
const DEADLINE: (&str, &str) = ("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
/// What is said of a pod whose sandbox is gone.
const SANDBOX_CHANGED: (&str, &str) = ("SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
const JITTER: u64 = 50;
/// More pods than this do not start at the same time any slower.
pub(super) const MOST_SHARED: u64 = 8;

/// What a look came to.
#[derive(Debug, Default)]
pub struct PodSync {
    /// Writes and events.
    pub outcome: Outcome,
    /// When to look again by itself.
    pub next: Option<SimTime>,
}

/// What a look works with.
pub(super) struct Context<'a> {
    pub view: View<'a>,
    pub machine: &'a mut Machine,
    pub random: &'a mut Random,
    pub services: &'a mut ServiceVariables,
    pub now: SimTime,
    pub outcome: Outcome,
    /// When the kubelet is to look again because of what it has just done.
    pub look_at: Option<SimTime>,
    /// Whether this look took account of what has happened in the runtime.
    pub looked: bool,
    /// Containers that cannot be configured, and why.
    pub config_errors: Vec<(Name, String)>,
}

impl Context<'_> {
    /// Records an event about a container.
    pub fn note(&mut self, pod: &Rc<ObjectReference>, kind: EventType, reason: &'static str, container: &Name, text: EventText) {
        self.outcome.notes.push(Note {
            about: pod.clone(),
            kind,
            reason,
            text,
            component: "kubelet",
            host: self.machine.name.clone(),
            container: container.clone(),
        });
    }
}

/// Looks at a pod. The machine is lent by the engine.
pub fn sync_pod(
    view: View<'_>,
    machine: &mut Machine,
    (random, services): (&mut Random, &mut ServiceVariables),
    name: &PodName,
    now: SimTime,
) -> PodSync {
    let mut context = Context { view, machine, random, services, now, outcome: Outcome::default(), look_at: None, looked: false, config_errors: Vec::new() };
    let mut sandbox = context.machine.sandboxes.remove(name);
    if let Some(sandbox) = &mut sandbox {
        sandbox.advance(now);
    }
    if context.machine.kubelet == Power::Off {
        context.machine.sandboxes.extend(sandbox.map(|sandbox| (name.clone(), sandbox)));
        return PodSync::default();
    }
    let pod = view.pod(&name.0, &name.1).filter(|pod| pod.node_name == *context.machine.name);
    if let (Some(pod), Some(sandbox)) = (pod, &sandbox) {
        storage::save(pod, sandbox, context.machine, view);
    }
    if let (Some(pod), Some(sandbox)) = (pod, &mut sandbox)
        && !pod.spec.ephemeral_containers.is_empty()
        && sandbox.pod.uid == pod.meta.uid
    {
        // Containers were added to it since.
        sandbox.instances.resize(containers(&pod.spec).count(), Instance::idle());
    }
    let sandbox = match (pod, sandbox) {
        (None, None) => None,
        (None, Some(sandbox)) => terminate::without_object(sandbox, &mut context),
        (Some(pod), Some(sandbox)) if sandbox.pod.uid != pod.meta.uid => {
            // The old one goes first; then the new one of that name begins.
            let left = terminate::without_object(sandbox, &mut context);
            left.or_else(|| begin(pod, &mut context))
        }
        (Some(pod), None) => begin(pod, &mut context),
        (Some(pod), Some(sandbox)) if pod.meta.is_deleting() => terminate::sync(pod, sandbox, &mut context),
        (Some(pod), Some(sandbox)) => Some(sync(pod, sandbox, &mut context)),
    };
    let deadline = pod.filter(|pod| !pod.status.phase.is_terminal()).and_then(|pod| deadline(pod)).filter(|at| *at > now);
    let next = sandbox.as_ref().and_then(|sandbox| next_look(sandbox, now).into_iter().chain(deadline).min());
    context.machine.sandboxes.extend(sandbox.map(|sandbox| (name.clone(), sandbox)));
    PodSync { outcome: context.outcome, next }
}

fn next_look(sandbox: &Sandbox, now: SimTime) -> Option<SimTime> {
    let own = sandbox.instances.iter().filter_map(Instance::due);
    let ready = (sandbox.ready_at > now).then_some(sandbox.ready_at);
    let probe = probing::next(sandbox, now);
    own.chain(sandbox.look_at).chain(sandbox.refresh_at).chain(ready).chain(probe).filter(|at| *at > now).min()
}

/// A pod that is new to this kubelet.
fn begin(pod: &Rc<Pod>, context: &mut Context) -> Option<Sandbox> {
    // One that has been stopped may stay for a finalizer.
    if pod.status.phase.is_terminal() || pod.meta.is_deleting() && pod.meta.grace_seconds == Some(0) {
        return None;
    }
    let key = ObjectKey::new(crate::api::Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let reference = Rc::new(ObjectReference { key, uid: pod.meta.uid });
    if let Some(refusal) = admission::refusal(context.view, pod, &context.machine.name) {
        reject(pod, &reference, &refusal, context);
        return None;
    }
    // One of the node's network needs none of its own.
    let address = if pod.spec.host_network { Some(context.machine.address) } else { context.machine.allocate_address() };
    let Some(address) = address else {
        let text = EventText::Text(Name::fixed("Failed to create pod sandbox: no IP addresses available in range set"));
        context.note(&reference, EventType::Warning, "FailedCreatePodSandBox", &Name::default(), text);
        return None;
    };
    let count = containers(&pod.spec).count();
    let mut sandbox = Sandbox {
        pod: reference,
        address,
        ready_at: sandbox_ready(context),
        instances: vec![Instance::idle(); count],
        look_at: None,
        synced: context.now,
        refresh_at: None,
        stopping: None,
        stopped: None,
        killing: None,
        ends_at: None,
        probes: probing::workers(pod, context.now),
        volumes: None,
        mount_tries: 0,
        naming: naming::of(pod, &context.machine.name, context.machine.address),
        lost: false,
    };
    storage::load(pod, &mut sandbox, context.machine, context.view);
    if volumes::has_any(pod) {
        let reference = sandbox.pod.clone();
        volumes::mount(pod, &reference, &mut sandbox, context);
    }
    report(pod, &mut sandbox, context);
    Some(sandbox)
}

/// A pod that may not run here has failed.
fn reject(pod: &Rc<Pod>, reference: &Rc<ObjectReference>, refusal: &admission::Refusal, context: &mut Context) {
    context.note(reference, EventType::Warning, refusal.0, &Name::default(), EventText::Text(refusal.1.as_str().into()));
    let mut rejected = Pod::clone(pod);
    rejected.status = admission::rejected(refusal, context.now);
    rejected.meta.resource_version = 0;
    context.outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(rejected))));
}

/// When a sandbox that is begun now will be up.
fn sandbox_ready(context: &mut Context) -> SimTime {
    let shared = SimDuration::from_micros(SANDBOX_SHARE.micros() * context.machine.starting(context.now).min(MOST_SHARED));
    context.now + context.random.jitter(SANDBOX_TIME + shared, SANDBOX_JITTER)
}

fn sync(pod: &Rc<Pod>, mut sandbox: Sandbox, context: &mut Context) -> Sandbox {
    let now = context.now;
    if std::mem::take(&mut sandbox.lost) && !pod.status.phase.is_terminal() {
        return make_again(pod, sandbox, context);
    }
    if now < sandbox.ready_at {
        return sandbox;
    }
    if pod.status.phase.is_terminal() {
        return if terminate::is_stopped(pod, &mut sandbox, context) { tear_down(pod, sandbox, context) } else { sandbox };
    }
    if deadline(pod).is_some_and(|at| at <= now) {
        return exceed_deadline(pod, sandbox, context);
    }
    if sandbox.mount_tries > 0 {
        let reference = sandbox.pod.clone();
        if volumes::mount(pod, &reference, &mut sandbox, context) {
            sandbox.ready_at = sandbox_ready(context);
        }
        return sandbox;
    }
    if cannot_begin(pod, &mut sandbox, context) {
        return sandbox;
    }
    let is_whole = sandbox.look_at.is_some_and(|at| at <= now) || sandbox.refresh_at.is_some_and(|at| at <= now);
    volumes::refresh(pod, &mut sandbox, is_whole, context.view);
    probing::attempt(pod, &mut sandbox, context);
    if let Some(index) = sandbox.killing.and_then(|index| usize::try_from(index).ok()) {
        if sandbox.instances[index].is_running() {
            return sandbox;
        }
        restarting::after_kill(pod, &mut sandbox, index, context);
    }
    let ended = sandbox.instances.iter().filter_map(Instance::exited).any(|ended| !is_reported(pod, ended));
    if ended && sandbox.look_at.is_none_or(|at| at > now) {
        let at = context.machine.next_relist(now);
        sandbox.look_at = Some(sandbox.look_at.map_or(at, |other| other.min(at)));
    }
    context.config_errors = config_errors(pod, &sandbox, context);
    let due = sandbox.look_at.is_some_and(|at| at <= now);
    let ends_badly = |instance: &Instance| instance.is_running() && instance.waiting.is_some();
    if due && (sandbox.is_starting() || sandbox.instances.iter().any(ends_badly)) {
        // The kubelet is still at work on what it began, be it a hook that failed: it looks when that is done.
        sandbox.look_at = Some(context.machine.next_relist(now));
    } else if due {
        sandbox.look_at = None;
        sandbox.synced = now;
        context.looked = true;
        report(pod, &mut sandbox, context);
        restarting::act(pod, &mut sandbox, context);
    }
    if !due && status::is_contradicted(pod) {
        report(pod, &mut sandbox, context);
    }
    if sandbox.killing.is_none() {
        starting::advance(pod, &mut sandbox, context);
    }
    let soon = context.look_at.into_iter().chain(sandbox.look_at).min();
    sandbox.look_at = soon;
    sandbox
}

/// Whether no sandbox can be made for the pod: that is told, and tried again later.
fn cannot_begin(pod: &Pod, sandbox: &mut Sandbox, context: &mut Context) -> bool {
    let Some(why) = identity::no_runtime(pod, context.view).filter(|_| sandbox.instances.iter().all(|instance| instance.starts == 0)) else {
        return false;
    };
    let reference = sandbox.pod.clone();
    context.note(&reference, EventType::Warning, "FailedCreatePodSandBox", &Name::default(), EventText::Text(why.into()));
    sandbox.ready_at = context.now + back_off::requeue(context.random);
    true
}

/// The machine is back after it had lost its power: the pod has another network and address, then its containers are started again.
/// Models kuberuntime_manager.go computePodActions (PodSandboxChanged).
fn make_again(pod: &Rc<Pod>, mut sandbox: Sandbox, context: &mut Context) -> Sandbox {
    if sandbox.instances.iter().any(|instance| instance.starts > 0) {
        let reference = sandbox.pod.clone();
        context.note(&reference, EventType::Normal, SANDBOX_CHANGED.0, &Name::default(), EventText::Text(Name::fixed(SANDBOX_CHANGED.1)));
    }
    for instance in &mut sandbox.instances {
        // The runtime learns of the end when it is back, and takes that moment for it.
        if let InstanceState::Exited(ended) = &mut instance.state
            && ended.reason == LOST
        {
            Rc::make_mut(ended).finished = context.now;
        }
    }
    sandbox.address = context.machine.allocate_address().unwrap_or(sandbox.address);
    sandbox.ready_at = sandbox_ready(context);
    sandbox.probes = probing::workers(pod, context.now);
    sandbox.look_at = None;
    sandbox
}

/// When the pod has been active for as long as it may. Models pkg/kubelet/active_deadline.go.
fn deadline(pod: &Pod) -> Option<SimTime> {
    let seconds = u64::try_from(pod.spec.active_deadline_seconds?).ok()?;
    Some(pod.status.start_time? + SimDuration::from_seconds(seconds))
}

/// The pod's time is up: its containers are stopped, and then it has failed.
fn exceed_deadline(pod: &Rc<Pod>, mut sandbox: Sandbox, context: &mut Context) -> Sandbox {
    if sandbox.stopping.is_none() {
        let reference = sandbox.pod.clone();
        context.note(&reference, EventType::Normal, DEADLINE.0, &Name::default(), EventText::Text(Name::fixed(DEADLINE.1)));
    }
    if !sandbox.is_busy() {
        // Nothing runs that had to be stopped first.
        sandbox.stopping.get_or_insert(context.now);
    }
    if terminate::is_stopped(pod, &mut sandbox, context) {
        report(pod, &mut sandbox, context);
        // What it waited for does not matter any more.
        sandbox.look_at = Some(context.now + context.random.jitter(TEAR_DOWN, JITTER));
    }
    sandbox
}

/// All has ended for good: the sandbox goes, and that is reported.
fn tear_down(pod: &Rc<Pod>, mut sandbox: Sandbox, context: &mut Context) -> Sandbox {
    sandbox.probes = None;
    match (sandbox.stopped, sandbox.look_at) {
        (None, Some(at)) if at <= context.now => {
            sandbox.look_at = None;
            sandbox.stopped = Some(context.now);
            terminate::report_without_sandbox(pod, context);
        }
        (None, None) => sandbox.look_at = Some(context.now + context.random.jitter(TEAR_DOWN, JITTER)),
        _ => {}
    }
    sandbox
}

/// Containers whose environment cannot be had, or that would run as root and may not.
fn config_errors(pod: &Pod, sandbox: &Sandbox, context: &Context) -> Vec<(Name, String)> {
    let refers = |container: &Container| !container.env_from.is_empty() || container.env.iter().any(|env| env.value_from.is_some());
    let unset = |container: &Container| environment(context.view, pod, container, ("", &[]), (sandbox.address, context.machine.address)).err();
    let error = |container| refers(container).then(|| unset(container)).flatten().or_else(|| identity::breaks_non_root(pod, container));
    containers(&pod.spec).filter_map(|container| Some((container.name.clone(), error(container)?))).collect()
}

/// Whether the pod's status already tells of this end.
pub(super) fn is_reported(pod: &Pod, ended: &Terminated) -> bool {
    pod.status.all_containers().any(|status| {
        let state = match &status.state {
            crate::api::ContainerState::Terminated(known) => Some(known),
            _ => None,
        };
        state.into_iter().chain(&status.last).any(|known| known.container_id == ended.container_id)
    })
}

/// Writes the status if it changed.
pub(super) fn report(pod: &Rc<Pod>, sandbox: &mut Sandbox, context: &mut Context) {
    let mut status = status::of(pod, sandbox, context.machine, context.now);
    if status.phase.is_terminal() && !pod.status.phase.is_terminal() && sandbox.stopping.is_none() {
        delay_end(pod, sandbox, &mut status, context);
    }
    if deadline(pod).is_some_and(|at| at <= context.now) && !sandbox.is_busy() && sandbox.stopping.is_some() && !pod.status.phase.is_terminal() {
        status.phase = PodPhase::Failed;
        status.detail = Some(Rc::new((Name::fixed(DEADLINE.0), Name::fixed(DEADLINE.1))));
        for kind in [PodConditionKind::Ready, PodConditionKind::ContainersReady] {
            status.set_condition(kind, Truth::False, Some(Rc::new((Name::fixed("PodFailed"), Name::default()))), context.now);
        }
    }
    if status.phase.is_terminal() && sandbox.stopping.is_none() {
        sandbox.look_at = Some(context.now + context.random.jitter(TEAR_DOWN, JITTER));
    }
    if status != pod.status {
        let mut pod = Pod::clone(pod);
        pod.status = status;
        pod.meta.resource_version = 0;
        context.outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(pod))));
    }
}

/// A pod has ended only when the kubelet has made sure that nothing of it can run: until then it says that its containers ended, and no more.
/// Its worker goes from one stage to the next only on news from the runtime that are later than the stage before.
/// Models pkg/kubelet/status/status_manager.go mergePodStatus and pkg/kubelet/pod_workers.go podWorkerLoop (GetNewerThan).
fn delay_end(pod: &Pod, sandbox: &mut Sandbox, status: &mut PodStatus, context: &mut Context) {
    let at = match sandbox.ends_at {
        Some(at) => at,
        None => context.machine.next_relist(context.now) + context.random.jitter(MAKE_SURE, JITTER),
    };
    sandbox.ends_at = Some(at);
    if context.now < at {
        status.phase = pod.status.phase;
        sandbox.look_at = Some(at);
    }
}

/// All containers of a pod in the order of a sandbox's instances.
pub(super) fn containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    spec.all_containers()
}
