//! The end of a pod: SIGTERM, the grace, SIGKILL, the report, and the removal of the object.
//! Models pkg/kubelet/kubelet.go SyncTerminatingPod and SyncTerminatedPod, pkg/kubelet/status/status_manager.go.

use std::rc::Rc;

use super::status;
use super::sync_pod::{Context, containers, report};
use crate::api::{EventText, EventType, Object, ObjectKey, Pod, PodSpec};
use crate::apiserver::{DeleteOptions, Write};
use crate::base::{SimDuration, SimTime};
use crate::runtime::{Exit, Image, Instance, InstanceState, OnTerm, Sandbox};

/// minimumGracePeriodInSeconds
const MINIMUM_GRACE: u64 = 2;
/// A program that obeys SIGTERM takes about this long.
const OBEYS: SimDuration = SimDuration::from_millis(60);
/// From the report of the last container's end to the removal of the object: the sandbox, volumes and cgroups go first.
const CLEAN_UP: SimDuration = SimDuration::from_millis(800);
/// 128 + SIGKILL
const KILLED: i32 = 137;

/// A pod whose deletion has begun.
pub(super) fn sync(pod: &Rc<Pod>, mut sandbox: Sandbox, context: &mut Context) -> Option<Sandbox> {
    let now = context.now;
    let grace = u64::try_from(pod.meta.grace_seconds.unwrap_or_default()).unwrap_or_default().max(MINIMUM_GRACE);
    stop(&pod.spec, &mut sandbox, SimDuration::from_seconds(grace), context);
    if sandbox.is_busy() {
        return Some(sandbox);
    }
    let Some(stopped) = sandbox.stopped else {
        // The end of the last container is seen at the next relist.
        match sandbox.look_at {
            Some(at) if at <= now => {
                if sandbox.instances.iter().any(|instance| instance.starts > 0) {
                    report(pod, &sandbox, context);
                }
                sandbox.stopped = Some(now);
                sandbox.look_at = Some(now + context.random.jitter(CLEAN_UP, 20));
            }
            Some(_) => {}
            None => sandbox.look_at = Some(context.machine.next_relist(now)),
        }
        return Some(sandbox);
    };
    if sandbox.look_at.is_some_and(|at| at > now) && stopped <= now {
        return Some(sandbox);
    }
    remove(pod, &sandbox, context);
    None
}

/// Its last report, and the removal of the object.
fn remove(pod: &Rc<Pod>, sandbox: &Sandbox, context: &mut Context) {
    if sandbox.instances.iter().any(|instance| instance.starts > 0) {
        let mut last = Pod::clone(pod);
        status::without_sandbox(&mut last.status, context.now);
        last.meta.resource_version = 0;
        context.outcome.write(Write::UpdateStatus(Object::Pod(Rc::new(last))));
    }
    let key = ObjectKey::new(crate::api::Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let options = DeleteOptions { grace_seconds: Some(0), uid: Some(pod.meta.uid), ..DeleteOptions::default() };
    context.outcome.write(Write::Delete { key, options });
}

/// A pod whose object is gone: it is stopped in the least time, and nobody is told.
pub(super) fn without_object(mut sandbox: Sandbox, context: &mut Context) -> Option<Sandbox> {
    let grace = SimDuration::from_seconds(MINIMUM_GRACE);
    if sandbox.stopping.is_none() {
        sandbox.stopping = Some(context.now);
        for instance in &mut sandbox.instances {
            end(instance, context.now, Exit { at: context.now + grace, code: KILLED });
        }
    }
    sandbox.look_at = None;
    sandbox.is_busy().then_some(sandbox)
}

/// Tells all programs to stop, or sooner than they were told before.
fn stop(spec: &PodSpec, sandbox: &mut Sandbox, grace: SimDuration, context: &mut Context) {
    let first = sandbox.stopping.is_none();
    let began = *sandbox.stopping.get_or_insert(context.now);
    if first {
        sandbox.look_at = None;
    }
    let pod = sandbox.pod.clone();
    for (container, instance) in containers(spec).zip(&mut sandbox.instances) {
        if first && instance.is_running() {
            let text = EventText::Named { text: "Stopping container ", name: container.name.clone() };
            context.note(&pod, EventType::Normal, "Killing", &container.name, text);
        }
        let exit = match Image::find(&container.image).behavior(container).on_term {
            OnTerm::Exit(code) if first => Exit { at: context.now + context.random.jitter(OBEYS, 100), code },
            OnTerm::Exit(_) => continue,
            OnTerm::Ignore => Exit { at: (began + grace).max(context.now), code: KILLED },
        };
        end(instance, context.now, exit);
    }
}

/// A running program ends then, unless it ends before; one that has not begun never does.
fn end(instance: &mut Instance, now: SimTime, planned: Exit) {
    match &mut instance.state {
        InstanceState::Running { exit, .. } => {
            if exit.is_none_or(|exit| exit.at > planned.at) {
                *exit = Some(planned);
            }
        }
        InstanceState::Pulling { .. } | InstanceState::Starting { .. } => instance.state = InstanceState::Idle,
        InstanceState::Idle | InstanceState::Exited(_) => {}
    }
    instance.advance(now);
}
