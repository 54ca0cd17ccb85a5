//! `kubectl cp`: files between the terminal and a container. Models kubectl/pkg/cmd/cp/cp.go, which runs `tar` in the container.
//! Left out: folders.

use super::{Run, exec, logs, whole};
use crate::engine::Exec;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::runtime::Stdin;

pub(super) const FLAGS: &[Flag] = &[
    flag("container", Takes::Text).or('c'),
    flag("no-preserve", Takes::Truth),
    flag("retries", Takes::Number),
];

/// The other side of a copy: a pod, as `exec` names it, and a path in it.
struct Remote<'a> {
    pod: String,
    path: &'a str,
}

fn remote(word: &str) -> Option<Remote<'_>> {
    let (pod, path) = word.split_once(':').filter(|(pod, _)| !pod.is_empty())?;
    Some(Remote { pod: pod.to_owned(), path })
}

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let args = run.given.args.clone();
    let [from, to] = args.as_slice() else { return Err(Failure::own("source and destination are required")) };
    match (remote(from), remote(to)) {
        (None, None) => Err(Failure::own("one of src or dest must be a remote file specification")),
        (Some(_), Some(_)) => Err(Failure::own("one of src or dest must be a local file specification")),
        (Some(from), None) => bring(run, &from, to),
        (None, Some(to)) => send(run, from, &to),
    }
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// Runs a short command in the container that is meant.
fn command(run: &mut Run<'_>, there: &Remote<'_>, words: &[&str], stdin: Stdin<'_>) -> Result<(String, i32), Failure> {
    // `namespace/pod` is meant, not TYPE/NAME.
    let (namespace, name) = match there.pod.split_once('/') {
        Some((namespace, name)) => (namespace.to_owned(), name),
        None => (run.scope().namespace.to_string(), there.pod.as_str()),
    };
    let key = crate::api::ObjectKey::new(crate::api::Kind::Pod, namespace.as_str(), name);
    let pod = run.view().get(&key).and_then(|object| object.as_pod().cloned());
    let Some(pod) = pod else { return exec::pod(run, name).and_then(|_| Err(Failure::own("no such pod"))) };
    let container = logs::container(run.given, &pod, &mut String::new())?;
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let sent = run.world.exec(&pod, &container, &words, stdin).map_err(|why| Failure::Own(format!("error dialing backend: {why}")))?;
    let Some(sent): Option<Exec> = sent else {
        return Err(Failure::Own(format!("unable to upgrade connection: container not found (\"{container}\")")));
    };
    let progress = run.world.exec_progress(&sent, 0);
    Ok((progress.output, progress.code.unwrap_or(1)))
}

fn bring(run: &mut Run<'_>, from: &Remote<'_>, to: &str) -> Result<Answer, Failure> {
    let (text, code) = command(run, from, &["cat", from.path], Stdin::Empty)?;
    let mut shown = if from.path.starts_with('/') { "tar: Removing leading `/' from member names\n".to_owned() } else { String::new() };
    if code != 0 {
        shown += &format!("tar: {}: Cannot stat: No such file or directory\ntar: Exiting with failure status due to previous errors\n", from.path);
        return Ok(Answer { output: format!("{shown}error: {} no such file or directory\n", from.path), exit: 1, ..Answer::default() });
    }
    let name = match to {
        "." | "./" => base(from.path),
        to => base(to),
    };
    run.session.files.insert(name.to_owned(), text);
    Ok(Answer::ok(shown))
}

fn send(run: &mut Run<'_>, from: &str, to: &Remote<'_>) -> Result<Answer, Failure> {
    let name = from.trim_start_matches("./");
    let Some(text) = run.session.files.get(name).cloned() else { return Err(Failure::Own(format!("{from} doesn't exist in local filesystem"))) };
    let into = ["sh", "-c", "if [ -d \"$1\" ]; then cat > \"$1/$2\"; else cat > \"$1\"; fi", "sh", to.path.trim_end_matches('/'), base(from)];
    let (shown, code) = command(run, to, &into, Stdin::Text(&text))?;
    match code {
        0 => Ok(Answer::ok("")),
        code => Ok(Answer { output: format!("{shown}command terminated with exit code {code}\n"), exit: 1, ..Answer::default() }),
    }
}
