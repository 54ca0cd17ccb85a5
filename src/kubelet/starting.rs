//! From an image to a running program. Models pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer.

use std::rc::Rc;

use super::environment::{environment, is_configured};
use super::hooks::{Asked, Asker};
use super::restarting::has_begun;
use super::sync_pod::{Context, MOST_SHARED, containers, is_reported};
use super::{back_off, pulling, terminate, volumes};
use crate::api::{Container, EventText, EventType, LifecycleHandler, ObjectReference, Pod, Terminated};
use crate::base::{Name, SimDuration, SimTime};
use crate::runtime::{Image, Instance, InstanceState, Life, ProbeKind, ProbeResult, Sandbox, missing_command};

/// The start of a container takes about this long, and up to half more.
const START_TIME: SimDuration = SimDuration::from_millis(80);
/// So much longer for each pod that the machine starts at the same time.
const START_SHARE: SimDuration = SimDuration::from_millis(40);
const JITTER: u64 = 50;

/// Containers start one after the other, each after its image is there.
pub(super) fn advance(pod: &Rc<Pod>, sandbox: &mut Sandbox, context: &mut Context) {
    let inits = pod.spec.init_containers.len();
    let begun = has_begun(pod, sandbox);
    let reference = sandbox.pod.clone();
    for (index, container) in containers(&pod.spec).enumerate() {
        let instance = &mut sandbox.instances[index];
        match &instance.state {
            InstanceState::Idle if instance.last.is_none() => pulling::begin(&reference, container, instance, context),
            InstanceState::Pulling { until, .. } if *until <= context.now => pulling::finish(&reference, container, instance, context),
            InstanceState::Starting { until } if *until <= context.now => start(pod, container, index, sandbox, context),
            _ => {}
        }
        let instance = &sandbox.instances[index];
        let done = match &instance.state {
            // A sidecar that is started again holds up nobody.
            _ if begun && index < inits => true,
            InstanceState::Running { .. } if instance.hooked_until > context.now => false,
            InstanceState::Running { .. } => index >= inits || container.restart_policy == "Always" && is_up(pod, index, sandbox, context),
            InstanceState::Exited(ended) => index >= inits || ended.exit_code == 0 && (context.looked || is_reported(pod, ended)),
            // One that cannot be started holds up no other, but for the init containers.
            InstanceState::Failed => index >= inits,
            InstanceState::Idle | InstanceState::Pulling { .. } | InstanceState::Starting { .. } => false,
        };
        if !done {
            break;
        }
    }
    if sandbox.instances.iter().any(|instance| instance.state == InstanceState::Failed) && sandbox.look_at.is_none() {
        sandbox.look_at = Some(context.now + back_off::requeue(context.random));
    }
}

/// Whether a sidecar is known to have started.
fn is_up(pod: &Pod, index: usize, sandbox: &Sandbox, context: &Context) -> bool {
    let id = sandbox.instances[index].id;
    let startup = sandbox.probes.as_ref().and_then(|probes| probes.result(index, ProbeKind::Startup, id));
    let seen = context.looked || pod.status.init_containers.get(index).is_some_and(|status| status.container_id == id);
    seen && startup.is_none_or(|result| result == ProbeResult::Success)
}

/// The image is there: the container is made.
pub(super) fn created(pod: &Rc<ObjectReference>, container: &Container, instance: &mut Instance, context: &mut Context) {
    if let Some((_, why)) = context.config_errors.iter().find(|(name, _)| *name == container.name).cloned() {
        return fail(pod, container, instance, ("CreateContainerConfigError", why.clone(), why), context);
    }
    let text = EventText::Named { text: "Created container: ", name: container.name.clone() };
    context.note(pod, EventType::Normal, "Created", &container.name, text);
    let shared = SimDuration::from_micros(START_SHARE.micros() * context.machine.starting(context.now).min(MOST_SHARED));
    instance.state = InstanceState::Starting { until: context.now + context.random.jitter(START_TIME + shared, JITTER) };
}

/// A container could not be started: reason and message of its waiting state, and what the event says. The first time the runtime's
/// own news makes the kubelet look again at once.
pub(super) fn fail(
    pod: &Rc<ObjectReference>,
    container: &Container,
    instance: &mut Instance,
    (reason, message, said): (&'static str, String, String),
    context: &mut Context,
) {
    let text = EventText::Text(format!("Error: {said}").into());
    context.note(pod, EventType::Warning, "Failed", &container.name, text);
    if instance.waiting.is_none() && instance.starts == 0 {
        context.look_at = Some(context.machine.next_relist(context.now));
    }
    instance.waiting = Some(Rc::new((Name::fixed(reason), message.into())));
    instance.state = InstanceState::Failed;
}

fn start(pod: &Rc<Pod>, container: &Container, index: usize, sandbox: &mut Sandbox, context: &mut Context) {
    let (now, reference) = (context.now, sandbox.pod.clone());
    let (address, host, host_name) = (sandbox.address, context.machine.address, sandbox.host_name().clone());
    sandbox.look_at = Some(context.machine.next_relist(now));
    let instance = &mut sandbox.instances[index];
    instance.starts += 1;
    instance.id = context.random.bits() | 1;
    instance.waiting = None;
    instance.pull_back_off = None;
    let own = context.machine.own_image(&container.image).cloned();
    let life = match &own {
        // A command of the shell takes the place of the image's own program.
        Some(_) => Image::find("busybox").life(&Container { command: container.command.clone(), args: container.args.clone(), ..Container::default() }),
        None => Image::find(&container.image).life(container),
    };
    if life == Life::NotFound && own.is_none() {
        return not_found(&reference, container, instance, context);
    }
    let (view, services) = (context.view, context.services.of(context.view, pod));
    let of_start = || environment(view, pod, container, (&host_name, &services), (address, host)).unwrap_or_default();
    instance.own = None;
    match own.filter(|_| container.command.is_empty() || life != Life::Shell) {
        Some(image) => {
            let jitter = SimDuration::from_micros(context.random.below(image.starts_after.micros() * image.jitter / 100 + 1));
            instance.run_own(container, &image, jitter, now);
        }
        None => instance.run_program(container, life, of_start, now),
    }
    instance.services = Some(services.clone());
    if let Some(volumes) = sandbox.volumes.as_deref().filter(|_| volumes::has_any(pod)) {
        instance.pin_parts(container, volumes, &|name| volumes::is_filled_by_kubelet(pod, name));
    }
    instance.seal(container, volumes::read_only(pod, container));
    if is_configured(container) {
        // What the objects hold later does not reach a container that runs.
        instance.keep_variables(container, of_start());
    }
    let text = EventText::Named { text: "Started container ", name: container.name.clone() };
    context.note(&reference, EventType::Normal, "Started", &container.name, text);
    let Some(hook) = container.lifecycle.as_ref().and_then(|lifecycle| lifecycle.post_start.as_ref()) else { return };
    let mut asker = Asker { pod, sandbox, index, timeout: SimDuration::from_seconds(3600), ended: None };
    let asked = asker.hook(hook, context);
    let ended = asker.ended;
    if let Asked::Well(took) = asked
        && took > SimDuration::ZERO
    {
        let end = now + took;
        sandbox.instances[index].hooked_until = end;
        sandbox.look_at = Some(context.machine.next_relist(end));
    }
    if let Asked::Badly(why) | Asked::Error(why) = asked {
        context.note(&reference, EventType::Warning, "FailedPostStartHook", &container.name, EventText::Text(Name::fixed("PostStartHook failed")));
        let text = EventText::Text(Name::fixed("FailedPostStartHook"));
        terminate::kill(pod, sandbox, index, (pod.spec.grace_seconds(), text), context);
        let message = hook_message(hook, container, &back_off::pod_text(&reference), ended, &why);
        sandbox.instances[index].waiting = Some(Rc::new((Name::fixed("PostStartHookError"), message.into())));
    }
}

/// What is said of a hook that failed. Models pkg/kubelet/lifecycle/handlers.go Run.
fn hook_message(hook: &LifecycleHandler, container: &Container, pod: &str, ended: Option<(SimDuration, i32)>, why: &str) -> String {
    let place = format!("for Container \"{}\" in Pod \"{pod}\" failed - error: ", container.name);
    if let Some(exec) = &hook.exec {
        let words: Vec<&str> = exec.command.iter().map(|word| word.as_str()).collect();
        let (command, output) = (words.join(" "), if why.is_empty() || ended.is_none() { String::new() } else { format!("{why}\n") });
        let error = ended.map_or_else(|| why.to_owned(), |(_, code)| format!("command '{command}' exited with {code}: "));
        return format!("Exec lifecycle hook ([{command}]) {place}{error}, message: {output:?}");
    }
    let path = hook.http_get.as_ref().map_or("", |action| action.path.as_str());
    format!("HTTP lifecycle hook ({path}) {place}{why}")
}

/// The runtime cannot start the command: it is not in the image.
fn not_found(pod: &Rc<ObjectReference>, container: &Container, instance: &mut Instance, context: &mut Context) {
    let command = container.command.iter().chain(&container.args).next().cloned().unwrap_or_default();
    let why = missing_command(&command);
    let message = format!("failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: {why}");
    context.note(pod, EventType::Warning, "Failed", &container.name, EventText::Text(format!("Error: {message}").into()));
    instance.previous_log = None;
    instance.inside = None;
    instance.waiting = Some(Rc::new((Name::fixed("RunContainerError"), message.as_str().into())));
    instance.state = InstanceState::Exited(Rc::new(Terminated {
        exit_code: 128,
        reason: Name::fixed("StartError"),
        message: message.into(),
        started: SimTime::default(),
        finished: context.now,
        container_id: instance.id,
    }));
}
