//! The end of a pod: SIGTERM, the grace, SIGKILL, the report, and the removal of the object.
//! Models pkg/kubelet/kubelet.go SyncTerminatingPod and SyncTerminatedPod, pkg/kubelet/status/status_manager.go.

use std::rc::Rc;

use super::hooks::{Asked, Asker};
use super::status;
use super::sync_pod::{Context, TEAR_DOWN, containers, is_reported, report};
use super::{probing, restarting};
use crate::api::{EventText, EventType, Object, ObjectKey, Pod};
use crate::apiserver::{DeleteOptions, Write};
use crate::base::{Name, SimDuration};
use crate::runtime::{Exit, Instance, InstanceState, Sandbox};

/// minimumGracePeriodInSeconds
const MINIMUM_GRACE: u64 = 2;
/// From the relist that follows the last container's end to the removal of the object: the sandbox, volumes and cgroups go first.
const CLEAN_UP: SimDuration = SimDuration::from_millis(350);
/// From the last container's end to its report.
const REPORT: SimDuration = SimDuration::from_millis(20);
/// A hook that asks the network is taken to be done after this long.
const REQUEST_TIME: SimDuration = SimDuration::from_millis(50);
/// 128 + SIGKILL
const KILLED: i32 = 137;

/// A pod whose deletion has begun.
pub(super) fn sync(pod: &Rc<Pod>, mut sandbox: Sandbox, context: &mut Context) -> Option<Sandbox> {
    let now = context.now;
    let news = context.machine.next_relist(sandbox.synced);
    if sandbox.stopping.is_none() && news > now {
        sandbox.look_at = Some(news);
        return Some(sandbox);
    }
    let grace = u64::try_from(pod.meta.grace_seconds.unwrap_or_default()).unwrap_or_default().max(MINIMUM_GRACE);
    stop(pod, &mut sandbox, SimDuration::from_seconds(grace), context);
    if sandbox.is_busy() {
        // Readiness is asked for until the end.
        if probing::attempt(pod, &mut sandbox, context) {
            report(pod, &mut sandbox, context);
        }
        return Some(sandbox);
    }
    sandbox.probes = None;
    let Some(stopped) = sandbox.stopped else {
        // Who stopped the containers knows that they have ended, and goes on with the next news from the runtime.
        match sandbox.look_at {
            Some(at) if at <= now => {
                if sandbox.instances.iter().any(|instance| instance.starts > 0) {
                    report(pod, &mut sandbox, context);
                }
                sandbox.stopped = Some(now);
                sandbox.look_at = Some(context.machine.next_relist(now) + context.random.jitter(CLEAN_UP, 20));
            }
            Some(_) => {}
            None => sandbox.look_at = Some(now + REPORT),
        }
        return Some(sandbox);
    };
    if sandbox.look_at.is_some_and(|at| at > now) && stopped <= now {
        return Some(sandbox);
    }
    remove(pod, context);
    None
}

/// Stops what still runs of a pod that has failed or succeeded; whether all has ended and is reported.
pub(super) fn is_stopped(pod: &Rc<Pod>, sandbox: &mut Sandbox, context: &mut Context) -> bool {
    if sandbox.is_busy() {
        let grace = SimDuration::from_seconds(u64::try_from(pod.spec.grace_seconds()).unwrap_or_default().max(MINIMUM_GRACE));
        stop(pod, sandbox, grace, context);
        sandbox.probes = None;
        sandbox.look_at = None;
        return false;
    }
    let ended = sandbox.instances.iter().filter_map(Instance::exited).any(|ended| !is_reported(pod, ended));
    if !ended {
        return true;
    }
    match sandbox.look_at {
        Some(at) if at <= context.now => {
            report(pod, sandbox, context);
            sandbox.look_at = Some(context.now + context.random.jitter(TEAR_DOWN, 50));
        }
        Some(_) => {}
        None => sandbox.look_at = Some(context.machine.next_relist(context.now)),
    }
    false
}

/// Its last report, and the removal of the object.
fn remove(pod: &Rc<Pod>, context: &mut Context) {
    report_without_sandbox(pod, context);
    let key = ObjectKey::new(crate::api::Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let options = DeleteOptions { grace_seconds: Some(0), uid: Some(pod.meta.uid), ..DeleteOptions::default() };
    context.outcome.write(Write::Delete { key, options });
}

/// The last report of a pod whose sandbox is gone.
pub(super) fn report_without_sandbox(pod: &Rc<Pod>, context: &mut Context) {
    let mut last = Pod::clone(pod);
    status::without_sandbox(&mut last.status, context.now);
    last.meta.resource_version = 0;
    context.outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(last))));
}

/// A pod whose object is gone: it is stopped in the least time, and nobody is told.
pub(super) fn without_object(mut sandbox: Sandbox, context: &mut Context) -> Option<Sandbox> {
    let grace = SimDuration::from_seconds(MINIMUM_GRACE);
    if sandbox.stopping.is_none() {
        sandbox.stopping = Some(context.now);
        for instance in &mut sandbox.instances {
            instance.end_by(Exit::with(KILLED, context.now + grace));
        }
    }
    sandbox.look_at = None;
    sandbox.is_busy().then_some(sandbox)
}

/// Tells all programs to stop, or sooner than they were told before.
fn stop(pod: &Rc<Pod>, sandbox: &mut Sandbox, grace: SimDuration, context: &mut Context) {
    let first = sandbox.stopping.is_none();
    let began = *sandbox.stopping.get_or_insert(context.now);
    if first {
        sandbox.look_at = None;
        sandbox.killing = None;
    }
    for (index, container) in containers(&pod.spec).enumerate() {
        let running = sandbox.instances[index].is_running();
        let is_init = index < pod.spec.init_containers.len();
        if first && running && !(is_init && container.is_sidecar()) {
            let text = EventText::Named { text: "Stopping container ", name: container.name.clone() };
            let seconds = i64::try_from(grace.seconds()).unwrap_or(i64::MAX);
            kill(pod, sandbox, index, (seconds, text), context);
        } else {
            // A later deletion can only shorten the grace.
            sandbox.instances[index].end_by(Exit::with(KILLED, (began + grace).max(context.now)));
        }
        if !running && !matches!(sandbox.instances[index].state, InstanceState::Exited(_)) {
            sandbox.instances[index].state = InstanceState::Idle;
        }
    }
    // A shorter grace may be over already.
    sandbox.advance(context.now);
    let inits = pod.spec.init_containers.len();
    if inits > 0 && !sandbox.instances[inits..].iter().any(Instance::is_running) {
        let left = (began + grace).since(context.now).seconds();
        restarting::stop_sidecars(pod, sandbox, i64::try_from(left).unwrap_or_default(), context);
    }
}

/// Kills one container: the event, its preStop hook, SIGTERM, and SIGKILL at the end of the grace.
/// Models kuberuntime_container.go killContainer.
pub(super) fn kill(pod: &Rc<Pod>, sandbox: &mut Sandbox, index: usize, (seconds, text): (i64, EventText), context: &mut Context) {
    let Some(container) = containers(&pod.spec).nth(index) else { return };
    let reference = sandbox.pod.clone();
    context.note(&reference, EventType::Normal, "Killing", &container.name, text);
    let minimum = SimDuration::from_seconds(MINIMUM_GRACE);
    let grace = SimDuration::from_seconds(u64::try_from(seconds).unwrap_or_default()).max(minimum);
    let mut hook_time = SimDuration::ZERO;
    if let Some(hook) = container.lifecycle.as_ref().and_then(|lifecycle| lifecycle.pre_stop.as_ref()) {
        let mut asker = Asker { pod, sandbox, index, timeout: grace, ended: None };
        match asker.hook(hook, context) {
            Asked::Well(took) => hook_time = took.min(grace),
            Asked::Pending(..) => hook_time = REQUEST_TIME,
            // Once the grace is over nobody waits for the hook; that it failed is told when the container's end ends it.
            Asked::Badly(_) if hook.exec.is_some() && asker.ended.is_none() => hook_time = grace,
            Asked::Badly(_) | Asked::Error(_) => {
                hook_time = asker.ended.map_or(SimDuration::ZERO, |(took, _)| took);
                let text = EventText::Text(Name::fixed("PreStopHook failed"));
                context.note(&reference, EventType::Warning, "FailedPreStopHook", &container.name, text);
            }
        }
    }
    let term = context.now + hook_time;
    let kill = (context.now + grace).max(term + minimum);
    sandbox.instances[index].stop(container, term, kill);
    sandbox.advance(context.now);
}
