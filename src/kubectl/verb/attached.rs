//! `kubectl attach`, and `kubectl run --attach`, `-i`, `-t`, `--rm`: what the container's program prints, until it ends, and what is
//! typed into it; then the pod is deleted if that was asked for. Models kubectl/pkg/cmd/attach/attach.go, and waitForPod and
//! handleAttachPod of kubectl/pkg/cmd/run/run.go.
//! Left out: raw terminals.

use super::{Run, exec, logs, whole};
use crate::api::{ContainerState, ContainerStatus, Kind, ObjectKey, Pod, PodPhase};
use crate::base::{Name, SimTime};
use crate::engine::{Exec, World};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::runtime::Which;

/// Where what is typed goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Typing {
    /// To a command that was sent into a container.
    Sent(Exec),
    /// To the own program of a container, once that runs.
    Own(ObjectKey, Name),
}

impl Typing {
    /// The program, if it is there.
    pub fn program(&self, world: &World) -> Option<Exec> {
        match self {
            Typing::Sent(exec) => Some(exec.clone()),
            Typing::Own(key, container) => {
                let pod = world.view().get(key)?.as_pod().cloned()?;
                world.own_program(&pod, container)
            }
        }
    }
}

/// Who looks at a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hand {
    /// Somebody who only looks.
    Looks,
    /// Somebody who types.
    Types,
    /// Somebody who types at a terminal.
    Terminal,
}

/// A program that is watched.
#[derive(Clone, Debug)]
pub struct Attached {
    pub(super) key: ObjectKey,
    pub(super) container: Name,
    /// How many lines have been printed.
    pub(super) shown: usize,
    /// `--rm`
    pub(super) removes: bool,
    /// Whether an end counts as the command's own: not if the program is started again.
    pub(super) tells_end: bool,
    pub(super) hand: Hand,
    /// The program that is attached to, and since when it runs.
    pub(super) program: Option<(Exec, SimTime)>,
}

impl Attached {
    /// What was printed since the last call, and the exit status once it has ended.
    pub fn poll(&mut self, world: &World) -> (String, Option<i32>) {
        let pod = world.view().get(&self.key).and_then(|object| object.as_pod().cloned());
        let Some(pod) = pod else { return (String::new(), Some(1)) };
        let mut text = String::new();
        if self.program.is_none()
            && let Some(exec) = world.own_program(&pod, &self.container)
            && let Some(since) = world.runs_since(&exec)
        {
            self.program = Some((exec, since));
            if self.hand == Hand::Terminal {
                text.push_str("If you don't see a command prompt, try pressing enter.\n");
            }
        }
        if let Ok(Some(lines)) = world.log(&pod, &self.container, Which::Present) {
            for (_, line) in lines.iter().skip(self.shown) {
                text.push_str(line);
                text.push('\n');
            }
            self.shown = self.shown.max(lines.len());
        }
        let exit = self.exit(&pod, world, &mut text);
        (text, exit)
    }

    fn exit(&self, pod: &Pod, world: &World, text: &mut String) -> Option<i32> {
        let ended = matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed);
        let left = self.program.as_ref().is_some_and(|(exec, since)| world.runs_since(exec) != Some(*since));
        let added = pod.spec.ephemeral_containers.iter().any(|added| added.name == *self.container);
        // One that was added for debugging is started once.
        let is_over = |status: &ContainerStatus| status.name == *self.container && matches!(status.state, ContainerState::Terminated(_));
        let left = left || added && pod.status.all_containers().any(is_over);
        if !ended && (!left || self.tells_end) {
            return None;
        }
        if !self.tells_end {
            if self.hand == Hand::Terminal && pod.spec.restart_policy == "Always" {
                let (name, container) = (&pod.meta.name, &self.container);
                let command = format!("using 'kubectl attach {name} -c {container} -i -t'");
                let line = match added {
                    true => format!("Session ended, the ephemeral container will not be restarted but may be reattached {command} if it is still running\n"),
                    false => format!("Session ended, resume {command} command when the pod is running\n"),
                };
                text.push_str(&line);
            }
            return Some(0);
        }
        let code = exit_code(pod, &self.container);
        if code != 0 {
            text.push_str(&format!("pod {}/{} terminated (Error)\n", pod.meta.namespace, pod.meta.name));
        }
        Some(code)
    }

    /// The line that is given once it has ended.
    pub fn then(&self) -> Option<String> {
        let ObjectKey { namespace, name, .. } = &self.key;
        self.removes.then(|| format!("kubectl delete pod {name} -n {namespace} --wait=false"))
    }

    /// Takes what is typed from now on, if somebody types.
    pub(super) fn take_typing(&self, run: &mut Run<'_>) {
        if self.hand != Hand::Looks {
            run.session.typing = Some(Typing::Own(self.key.clone(), self.container.clone()));
        }
    }
}

fn exit_code(pod: &Pod, container: &Name) -> i32 {
    let value = crate::api::Object::Pod(std::rc::Rc::new(pod.clone())).to_value();
    let statuses = value.pointer("/status/containerStatuses").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let of = statuses.iter().find(|status| status["name"] == container.as_str());
    let code = of.and_then(|status| status.pointer("/state/terminated/exitCode")?.as_i64());
    code.and_then(|code| i32::try_from(code).ok()).unwrap_or_default()
}

/// Who looks, by `-i` and `-t`.
pub(super) fn hand(run: &Run<'_>) -> Hand {
    match (run.given.is_on("stdin") && run.session.input.is_none(), run.given.is_on("tty")) {
        (true, true) => Hand::Terminal,
        (true, false) => Hand::Types,
        (false, _) => Hand::Looks,
    }
}

/// `kubectl attach`
pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let Some(word) = given.args.first() else { return Err(Failure::own("at least 1 argument is required for attach")) };
    if given.args.len() > 2 {
        let (count, words) = (given.args.len(), given.args.join(" "));
        let expected = "expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments)";
        return Err(Failure::Own(format!("{expected} saw {count}: [{words}]")));
    }
    let pod = exec::pod(run, word)?;
    let phase = pod.status.phase;
    if matches!(phase, PodPhase::Succeeded | PodPhase::Failed) {
        return Err(Failure::Own(format!("cannot attach a container in a completed pod; current phase is {}", phase.as_str())));
    }
    let mut text = String::new();
    let name = given.text("container").unwrap_or_default();
    let unknown = |_| Failure::Own(format!("cannot attach to the container: container {name} not found in pod {}", pod.meta.name));
    let container = logs::container(given, &pod, &mut text).map_err(unknown)?;
    if run.world.own_program(&pod, &container).is_none() {
        let (name, namespace) = (&pod.meta.name, &pod.meta.namespace);
        return Err(Failure::Own(format!("unable to upgrade connection: container {container} not found in pod {name}_{namespace}")));
    }
    let of = pod.spec.all_containers().find(|known| known.name == *container);
    let has = |field: &str| of.and_then(|of| of.rest.get(field)).and_then(serde_json::Value::as_bool) == Some(true);
    let mut hand = hand(run);
    if hand == Hand::Terminal && !has("tty") {
        text += &format!("Unable to use a TTY - container {container} did not allocate one\n");
        hand = Hand::Types;
    }
    if !has("stdin") {
        hand = Hand::Looks;
    }
    // What it printed before is not shown.
    let shown = run.world.log(&pod, &container, Which::Present).ok().flatten().map_or(0, |lines| lines.len());
    let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.as_str());
    let container = Name::from(container.as_str());
    let mut attached = Attached { key, container, shown, removes: false, tells_end: false, hand, program: None };
    text += &attached.poll(run.world).0;
    attached.take_typing(run);
    Ok(Answer::ok(text).followed_by(Follow::Attached(Box::new(attached))))
}
