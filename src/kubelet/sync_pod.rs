//! One look of the kubelet at one pod.
//! Models pkg/kubelet/kubelet.go SyncPod, pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions and the relisting of
//! pkg/kubelet/pleg: what happens in the runtime is seen at the next full second.

use std::rc::Rc;

use super::{back_off, pulling, status, terminate};
use crate::api::{
    Container, EventText, EventType, Note, Object, ObjectKey, ObjectReference, Pod, PodSpec, Terminated,
};
use crate::apiserver::{Outcome, Write};
use crate::base::{Name, Random, SimDuration, SimTime};
use crate::runtime::{Ending, Exit, Image, Instance, InstanceState, Machine, PodName, Power, Sandbox};
use crate::store::View;

/// The network and the sandbox container take about this long, and up to half more.
const SANDBOX_TIME: SimDuration = SimDuration::from_millis(100);
/// So does the start of a container.
const START_TIME: SimDuration = SimDuration::from_millis(180);
const JITTER: u64 = 50;

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
    pub machine: &'a mut Machine,
    pub random: &'a mut Random,
    pub now: SimTime,
    pub outcome: Outcome,
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
pub fn sync_pod(view: View<'_>, machine: &mut Machine, random: &mut Random, name: &PodName, now: SimTime) -> PodSync {
    let mut context = Context { machine, random, now, outcome: Outcome::default() };
    let mut sandbox = context.machine.sandboxes.remove(name);
    if let Some(sandbox) = &mut sandbox {
        sandbox.advance(now);
    }
    if context.machine.kubelet == Power::Off {
        context.machine.sandboxes.extend(sandbox.map(|sandbox| (name.clone(), sandbox)));
        return PodSync::default();
    }
    let pod = view.pod(&name.0, &name.1).filter(|pod| pod.node_name == *context.machine.name);
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
    let next = sandbox.as_ref().and_then(|sandbox| next_look(sandbox, now));
    context.machine.sandboxes.extend(sandbox.map(|sandbox| (name.clone(), sandbox)));
    PodSync { outcome: context.outcome, next }
}

fn next_look(sandbox: &Sandbox, now: SimTime) -> Option<SimTime> {
    let own = sandbox.instances.iter().filter_map(Instance::due);
    let ready = (sandbox.ready_at > now).then_some(sandbox.ready_at);
    own.chain(sandbox.look_at).chain(ready).filter(|at| *at > now).min()
}

/// A pod that is new to this kubelet.
fn begin(pod: &Rc<Pod>, context: &mut Context) -> Option<Sandbox> {
    if pod.status.phase.is_terminal() {
        return None;
    }
    let key = ObjectKey::new(crate::api::Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let reference = Rc::new(ObjectReference { key, uid: pod.meta.uid });
    let Some(address) = context.machine.allocate_address() else {
        let text = EventText::Text(Name::fixed("Failed to create pod sandbox: no IP addresses available in range set"));
        context.note(&reference, EventType::Warning, "FailedCreatePodSandBox", &Name::default(), text);
        return None;
    };
    let count = pod.spec.init_containers.len() + pod.spec.containers.len();
    let sandbox = Sandbox {
        pod: reference,
        address,
        ready_at: context.now + context.random.jitter(SANDBOX_TIME, JITTER),
        instances: vec![Instance::idle(); count],
        look_at: None,
        stopping: None,
        stopped: None,
    };
    report(pod, &sandbox, context);
    Some(sandbox)
}

fn sync(pod: &Rc<Pod>, mut sandbox: Sandbox, context: &mut Context) -> Sandbox {
    let now = context.now;
    if now < sandbox.ready_at {
        return sandbox;
    }
    let ended = sandbox.instances.iter().filter_map(Instance::exited).any(|ended| !is_reported(pod, ended));
    if ended && sandbox.look_at.is_none() {
        sandbox.look_at = Some(context.machine.next_relist(now));
    }
    if sandbox.look_at.is_some_and(|at| at <= now) {
        sandbox.look_at = None;
        report(pod, &sandbox, context);
        restart(pod, &mut sandbox, context);
    }
    advance_starts(&pod.spec, &mut sandbox, context);
    sandbox
}

/// Whether the pod's status already tells of this end.
fn is_reported(pod: &Pod, ended: &Terminated) -> bool {
    let statuses = pod.status.containers.iter().chain(&pod.status.init_containers);
    statuses.into_iter().any(|status| {
        let state = match &status.state {
            crate::api::ContainerState::Terminated(known) => Some(known),
            _ => None,
        };
        state.into_iter().chain(&status.last).any(|known| known.container_id == ended.container_id)
    })
}

/// Writes the status if it changed.
pub(super) fn report(pod: &Rc<Pod>, sandbox: &Sandbox, context: &mut Context) {
    let status = status::of(pod, sandbox, context.machine, context.now);
    if status != pod.status {
        let mut pod = Pod::clone(pod);
        pod.status = status;
        pod.meta.resource_version = 0;
        context.outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(pod))));
    }
}

/// All containers of a pod in the order of a sandbox's instances.
pub(super) fn containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    spec.init_containers.iter().chain(&spec.containers)
}

/// Containers start one after the other, each after its image is there.
fn advance_starts(spec: &PodSpec, sandbox: &mut Sandbox, context: &mut Context) {
    let inits = spec.init_containers.len();
    let pod = sandbox.pod.clone();
    for (index, container) in containers(spec).enumerate() {
        let instance = &mut sandbox.instances[index];
        match &instance.state {
            InstanceState::Idle if instance.last.is_none() => {
                instance.state = pulling::begin(&pod, container, context);
            }
            InstanceState::Pulling { until, .. } if *until <= context.now => pulling::finish(&pod, container, instance, context),
            InstanceState::Starting { until } if *until <= context.now => {
                start(&pod, container, instance, context);
                sandbox.look_at = Some(context.machine.next_relist(context.now));
            }
            _ => {}
        }
        let instance = &sandbox.instances[index];
        let done = match &instance.state {
            InstanceState::Running { .. } => index >= inits || container.restart_policy == "Always",
            InstanceState::Exited(ended) => index >= inits || ended.exit_code == 0,
            InstanceState::Idle | InstanceState::Pulling { .. } | InstanceState::Starting { .. } => false,
        };
        if !done {
            return;
        }
    }
}

/// The container's state while its program is being started.
pub(super) fn starting(context: &mut Context) -> InstanceState {
    InstanceState::Starting { until: context.now + context.random.jitter(START_TIME, JITTER) }
}

fn start(pod: &Rc<ObjectReference>, container: &Container, instance: &mut Instance, context: &mut Context) {
    let now = context.now;
    instance.starts += 1;
    instance.id = context.random.next() | 1;
    instance.waiting = None;
    let text = EventText::Named { text: "Started container ", name: container.name.clone() };
    context.note(pod, EventType::Normal, "Started", &container.name, text);
    let exit = match Image::find(&container.image).behavior(container).ending {
        Ending::After(time, code) => Some(Exit { at: now + time + SimDuration::from_millis(5), code }),
        Ending::Never | Ending::NotFound => None,
    };
    instance.state = InstanceState::Running { since: now, exit };
}

/// Containers that have ended are started again, or wait.
fn restart(pod: &Rc<Pod>, sandbox: &mut Sandbox, context: &mut Context) {
    let inits = pod.spec.init_containers.len();
    let reference = sandbox.pod.clone();
    for (index, container) in containers(&pod.spec).enumerate() {
        let instance = &mut sandbox.instances[index];
        let Some(ended) = instance.exited().cloned() else { continue };
        let again = match (pod.spec.restart_policy.as_str(), index < inits) {
            ("Never", _) => false,
            ("OnFailure", _) | (_, true) => ended.exit_code != 0,
            _ => true,
        };
        if !again {
            continue;
        }
        if back_off::waits(instance, &ended, context.now) {
            let delay = instance.back_off_seconds;
            let (pod_name, container_name) = (back_off::pod_text(&reference), &container.name);
            let text = format!("Back-off restarting failed container {container_name} in pod {pod_name}");
            context.note(&reference, EventType::Warning, "BackOff", container_name, EventText::Text(text.into()));
            instance.waiting = Some(back_off::detail(delay, container_name, &pod_name));
            sandbox.look_at = Some(context.now + back_off::requeue(context.random));
            continue;
        }
        back_off::raise(instance, &ended, context.now);
        instance.last = Some(ended);
        instance.waiting = None;
        instance.state = pulling::begin(&reference, container, context);
    }
}
