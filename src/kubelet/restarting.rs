//! What is done with containers that have ended, and with those that a probe wants killed.
//! Models pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions, SyncPod and doBackOff.

use std::rc::Rc;

use super::sync_pod::{Context, containers};
use super::{back_off, probing, pulling, terminate};
use crate::api::{Container, EventText, EventType, Pod, Terminated};
use crate::runtime::{InstanceState, Sandbox};

/// Whether a container that has ended is started again.
fn starts_again(pod: &Pod, index: usize, container: &Container, ended: &Terminated) -> bool {
    let is_init = index < pod.spec.init_containers.len();
    if index >= pod.spec.init_containers.len() + pod.spec.containers.len() {
        // One that was added for debugging.
        return false;
    }
    match (pod.spec.restart_policy.as_str(), is_init) {
        (_, true) if container.restart_policy == "Always" => true,
        ("Never", _) => false,
        ("OnFailure", _) | (_, true) => ended.exit_code != 0,
        _ => true,
    }
}

/// Whether all containers that are no sidecars have ended for good.
fn is_done(pod: &Pod, sandbox: &Sandbox) -> bool {
    let inits = pod.spec.init_containers.len();
    let mut all = containers(&pod.spec).enumerate().take(inits + pod.spec.containers.len()).skip(inits);
    all.all(|(index, container)| sandbox.instances[index].exited().is_some_and(|ended| !starts_again(pod, index, container, ended)))
}

/// Sidecars end after the others, the last one first. Models killContainersWithSyncResult with its termination ordering.
pub(super) fn stop_sidecars(pod: &Rc<Pod>, sandbox: &mut Sandbox, seconds: i64, context: &mut Context) {
    for (index, container) in pod.spec.init_containers.iter().enumerate().rev().filter(|(_, container)| container.is_sidecar()) {
        let instance = &sandbox.instances[index];
        if instance.is_running() && !instance.told {
            let text = EventText::Named { text: "Stopping container ", name: container.name.clone() };
            terminate::kill(pod, sandbox, index, (seconds, text), context);
        }
        if sandbox.instances[index].is_running() {
            return;
        }
    }
}

/// Whether one of the containers that are no init containers has been started: from then on init containers hold up nothing.
/// Models hasAnyRegularContainerCreated.
pub(super) fn has_begun(pod: &Pod, sandbox: &Sandbox) -> bool {
    sandbox.instances.iter().skip(pod.spec.init_containers.len()).take(pod.spec.containers.len()).any(|instance| instance.starts > 0)
}

/// Whether the containers wait for a sidecar that has ended before any of them was started.
fn waits_for_sidecar(pod: &Pod, sandbox: &Sandbox) -> bool {
    let ended = pod.spec.init_containers.iter().zip(&sandbox.instances).any(|(container, instance)| container.is_sidecar() && !instance.is_running());
    ended && !has_begun(pod, sandbox)
}

/// One round over all containers.
pub(super) fn act(pod: &Rc<Pod>, sandbox: &mut Sandbox, context: &mut Context) {
    if !pod.spec.init_containers.is_empty() && is_done(pod, sandbox) {
        return stop_sidecars(pod, sandbox, pod.spec.grace_seconds(), context);
    }
    for (index, container) in containers(&pod.spec).enumerate() {
        if sandbox.instances[index].is_running() {
            if kill_if_failed(pod, sandbox, index, container, context) {
                return;
            }
            continue;
        }
        let held = index >= pod.spec.init_containers.len() && waits_for_sidecar(pod, sandbox);
        let instance = &mut sandbox.instances[index];
        if instance.state == InstanceState::Failed {
            if held {
                continue;
            }
            let reference = sandbox.pod.clone();
            pulling::begin(&reference, container, instance, context);
            continue;
        }
        let Some(ended) = instance.exited().cloned() else { continue };
        if starts_again(pod, index, container, &ended) {
            start_or_wait(sandbox, index, container, Some(&ended), context);
        }
    }
}

fn kill_if_failed(pod: &Rc<Pod>, sandbox: &mut Sandbox, index: usize, container: &Container, context: &mut Context) -> bool {
    let Some((kind, probe)) = probing::failed(container, sandbox, index) else { return false };
    let again = if pod.spec.restart_policy == "Never" { "" } else { ", will be restarted" };
    let text = format!("Container {} failed {kind} probe{again}", container.name);
    let grace = probe.termination_grace_period_seconds.unwrap_or(pod.spec.grace_seconds());
    terminate::kill(pod, sandbox, index, (grace, EventText::Text(text.into())), context);
    sandbox.killing = u32::try_from(index).ok();
    true
}

/// The container that was killed has ended. The look that killed it goes on: it knows only of the end before.
pub(super) fn after_kill(pod: &Rc<Pod>, sandbox: &mut Sandbox, index: usize, context: &mut Context) {
    sandbox.killing = None;
    sandbox.look_at = Some(context.machine.next_relist(context.now));
    let Some(container) = containers(&pod.spec).nth(index) else { return };
    let Some(ended) = sandbox.instances[index].exited().cloned() else { return };
    if pod.spec.restart_policy == "Never" {
        return;
    }
    let known = sandbox.instances[index].last.clone();
    start_or_wait(sandbox, index, container, known.as_ref(), context);
    let instance = &mut sandbox.instances[index];
    if !matches!(instance.state, InstanceState::Exited(_)) {
        instance.last = Some(ended);
    }
}

/// Starts a container again, or waits; `known` is the latest end that the kubelet knows of.
fn start_or_wait(sandbox: &mut Sandbox, index: usize, container: &Container, known: Option<&Rc<Terminated>>, context: &mut Context) {
    let reference = sandbox.pod.clone();
    let instance = &mut sandbox.instances[index];
    if let Some(ended) = known.filter(|ended| back_off::waits(instance, ended, context.now)) {
        debug_assert!(ended.finished <= context.now, "BUG: a container ended in the future");
        let delay = instance.back_off_seconds;
        let (pod_name, container_name) = (back_off::pod_text(&reference), &container.name);
        let text = format!("Back-off restarting failed container {container_name} in pod {pod_name}");
        context.note(&reference, EventType::Warning, "BackOff", container_name, EventText::Text(text.into()));
        instance.waiting = Some(back_off::detail(delay, container_name, &pod_name));
        let at = context.now + back_off::requeue(context.random);
        sandbox.look_at = Some(sandbox.look_at.map_or(at, |other| other.min(at)));
        return;
    }
    if let Some(ended) = known {
        back_off::raise(instance, ended, context.now);
    }
    if let Some(ended) = instance.exited().cloned() {
        instance.last = Some(ended);
    }
    instance.waiting = None;
    pulling::begin(&reference, container, instance, context);
}
