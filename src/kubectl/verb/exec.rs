//! `kubectl exec`: runs a command in a container. Models kubectl/pkg/cmd/exec/exec.go. What is quick is
//! done at once; the rest takes its time, and prints as it goes.
//! Left out: raw terminals.

use std::rc::Rc;

use super::{Run, Typing, logs, whole};
use crate::api::{ApiError, Kind, Pod, PodPhase, Reason};
use crate::engine::{Exec, ExecProgress, World};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::runtime::{Stdin, exec_failure};

/// The flags of `exec` and `attach`.
pub(super) const FLAGS: &[Flag] = &[
    flag("container", Takes::Text).or('c'),
    flag("stdin", Takes::Truth).or('i'),
    flag("tty", Takes::Truth).or('t'),
    flag("quiet", Takes::Truth).or('q'),
    flag("pod-running-timeout", Takes::Duration),
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

/// `-f FILE`: what the file names stands for the pod.
fn of_file(run: &Run<'_>) -> Result<Option<String>, Failure> {
    if run.given.text("filename").is_none() {
        return Ok(None);
    }
    let (targets, failures) = crate::kubectl::files::targets(run.given, run.session, &run.scope());
    failures.into_iter().next().map_or(Ok(()), Err)?;
    Ok(targets.first().map(|target| format!("{}/{}", target.key.kind.info().singular, target.key.name)))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let before_dash = given.before_dash.unwrap_or(given.args.len());
    let of_file = of_file(run)?;
    let Some(word) = of_file.as_ref().or(given.args.first().filter(|_| before_dash > 0)) else {
        return Err(Failure::own("pod, type/name or --filename must be specified"));
    };
    if before_dash > usize::from(of_file.is_none()) {
        let message = "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead";
        return Err(Failure::usage("exec", message));
    }
    let command = &given.args[usize::from(of_file.is_none())..];
    if command.is_empty() {
        return Err(Failure::own("you must specify at least one command for the container"));
    }
    let mut text = String::new();
    let pod = pod(run, word)?;
    if pod.status.phase == PodPhase::Succeeded || pod.status.phase == PodPhase::Failed {
        let phase = pod.status.phase.as_str();
        return Err(Failure::Own(format!("cannot exec into a container in a completed pod; current phase is {phase}")));
    }
    let container = logs::container(given, &pod, &mut text).map_err(|failure| match failure {
        // Here the server looks for it.
        Failure::Own(message) => ApiError::new(Reason::BadRequest, message).into(),
        other => other,
    })?;
    if pod.node_name.is_empty() {
        return Err(ApiError::new(Reason::BadRequest, format!("pod {} does not have a host assigned", pod.meta.name)).into());
    }
    let typed = given.is_on("stdin") && run.session.input.is_none();
    let input = run.session.input.clone().filter(|_| given.is_on("stdin"));
    let stdin = input.as_deref().map_or(if typed { Stdin::Typed } else { Stdin::Empty }, Stdin::Text);
    let sent = run.world.exec(&pod, &container, command, stdin).map_err(|why| Failure::Own(format!("error dialing backend: {why}")))?;
    let Some(exec) = sent else {
        return Err(Failure::Own(format!("unable to upgrade connection: container not found (\"{container}\")")));
    };
    if typed {
        run.session.typing = Some(Typing::Sent(exec.clone()));
    }
    if given.is_on("tty") && given.is_on("stdin") && !run.session.is_terminal {
        text += "Unable to use a TTY - input is not a terminal or the right kind of file\n";
    }
    let mut follow = ExecFollow { exec, name: command[0].clone(), shown: 0 };
    Ok(match follow.poll(run.world) {
        (output, Some(exit)) => Answer { output: text + &output, exit, ..Answer::default() },
        (output, None) => Answer::ok(text + &output).followed_by(Follow::Exec(Box::new(follow))),
    })
}

/// A command in a container that goes on.
#[derive(Clone, Debug)]
pub struct ExecFollow {
    exec: Exec,
    name: String,
    /// So much of its output has been shown.
    shown: usize,
}

impl ExecFollow {
    /// What it has printed since the last call, and its exit code once it has ended.
    pub fn poll(&mut self, world: &World) -> (String, Option<i32>) {
        let ExecProgress { output, code, endless } = world.exec_progress(&self.exec, self.shown);
        let name = &self.name;
        if self.shown == 0 && code == Some(127) && output == format!("sh: {name}: not found\n") {
            let why = exec_failure(name, world.now());
            let text = format!("error: Internal error occurred: Internal error occurred: error executing command in container: {why}\n");
            return (text, Some(1));
        }
        self.shown += output.len();
        match code {
            Some(0) => (output, Some(0)),
            Some(code) => (format!("{output}command terminated with exit code {code}\n"), Some(code)),
            // It would go on for ever: as if the user had pressed Ctrl+C.
            None if endless => (output, Some(130)),
            None => (output, None),
        }
    }
}

/// The pod that a word names: a pod, or one of those of TYPE/NAME.
pub(super) fn pod(run: &Run<'_>, word: &str) -> Result<Rc<Pod>, Failure> {
    // `exec` says it as the server does; `logs` in words of its own.
    let name = word.rsplit('/').next().unwrap_or(word);
    let missing = || Failure::from(ApiError::not_found(Kind::Pod, &name.into()));
    if !word.contains('/') {
        let key = run.scope().key(Kind::Pod, &name.into());
        return run.view().get(&key).and_then(|object| object.as_pod().cloned()).ok_or_else(missing);
    }
    let mut ignored = String::new();
    let pods = logs::named(run, word, "cannot attach to", &mut ignored).map_err(|failure| match failure {
        Failure::Own(text) if text.contains("(NotFound)") => {
            let kind = crate::kubectl::resource::kind(word.split('/').next().unwrap_or_default()).unwrap_or(Kind::Pod);
            ApiError::not_found(kind, &name.into()).into()
        }
        other => other,
    })?;
    pods.into_iter().next().ok_or_else(missing)
}
