//! `kubectl exec`: runs a command in a container. Models kubectl/pkg/cmd/exec/exec.go. The command runs at once to its end, however long
//! it sleeps; what would never end is given up.
//! Left out: terminals and input.

use std::rc::Rc;

use super::{Run, logs, whole};
use crate::api::{ApiError, Kind, Pod, PodPhase, Reason};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};

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

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let before_dash = given.before_dash.unwrap_or(given.args.len());
    let Some(word) = given.args.first().filter(|_| before_dash > 0) else {
        return Err(Failure::own("pod, type/name or --filename must be specified"));
    };
    if before_dash > 1 {
        let message = "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead";
        return Err(Failure::Own(format!("{message}\nSee 'kubectl exec -h' for help and examples")));
    }
    let command = &given.args[1..];
    if command.is_empty() {
        return Err(Failure::own("you must specify at least one command for the container"));
    }
    let mut text = String::new();
    let pod = pod(run, word)?;
    if pod.status.phase == PodPhase::Succeeded || pod.status.phase == PodPhase::Failed {
        let phase = pod.status.phase.as_str();
        return Err(Failure::Own(format!("cannot exec into a container in a completed pod; current phase is {phase}")));
    }
    let container = logs::container(given, &pod, &mut text)?;
    if pod.node_name.is_empty() {
        return Err(ApiError::new(Reason::BadRequest, format!("pod {} does not have a host assigned", pod.meta.name)).into());
    }
    let ran = run.world.exec(&pod, &container, command).map_err(|why| Failure::Own(format!("error dialing backend: {why}")))?;
    let Some(ran) = ran else {
        return Err(Failure::Own(format!("unable to upgrade connection: container not found (\"{container}\")")));
    };
    if given.is_on("tty") && given.is_on("stdin") {
        text += "Unable to use a TTY - input is not a terminal or the right kind of file\n";
    }
    let name = &command[0];
    if ran.code == Some(127) && ran.output == format!("sh: {name}: not found\n") {
        let why = match name.contains('/') {
            true => format!("stat {name}: no such file or directory"),
            false => "executable file not found in $PATH".to_owned(),
        };
        return Err(Failure::Own(format!(
            "Internal error occurred: error executing command in container: failed to exec in container: failed to start exec \"{:x}\": \
             OCI runtime exec failed: exec failed: unable to start container process: exec: \"{name}\": {why}: unknown",
            ran.at.micros()
        )));
    }
    text += &ran.output;
    match ran.code {
        Some(0) => Ok(Answer::ok(text)),
        // It would go on: as if the user had pressed Ctrl+C.
        None => Ok(Answer { output: text, exit: 130, ..Answer::default() }),
        Some(code) => {
            text += &format!("command terminated with exit code {code}\n");
            Ok(Answer { output: text, exit: code, ..Answer::default() })
        }
    }
}

fn pod(run: &Run<'_>, word: &str) -> Result<Rc<Pod>, Failure> {
    // `exec` says it as the server does; `logs` in words of its own.
    let name = word.rsplit('/').next().unwrap_or(word);
    let missing = || Failure::from(ApiError::not_found(Kind::Pod, &name.into()));
    if !word.contains('/') {
        let key = run.scope().key(Kind::Pod, &name.into());
        return run.view().get(&key).and_then(|object| object.as_pod().cloned()).ok_or_else(missing);
    }
    let mut ignored = String::new();
    let pods = logs::named(run, word, &mut ignored).map_err(|failure| match failure {
        Failure::Own(text) if text.contains("(NotFound)") => {
            let kind = crate::kubectl::resource::kind(word.split('/').next().unwrap_or_default()).unwrap_or(Kind::Pod);
            ApiError::not_found(kind, &name.into()).into()
        }
        other => other,
    })?;
    pods.into_iter().next().ok_or_else(missing)
}
