//! `kubectl cp`: files between the terminal and a container. Models kubectl/pkg/cmd/cp/cp.go, which runs `tar` in the container.
//! Left out: modes, times and links of files.

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

/// Prints the files below a folder, each with its path seen from there.
const LIST: &str = "walk() { for f in \"$1\"/*; do if [ -d \"$f\" ]; then walk \"$f\"; elif [ -f \"$f\" ]; then echo \"$f\"; fi; done; }; \
                    [ -d \"$1\" ] && cd \"$1\" && walk .";
/// More files than this are not copied in one go.
const MOST_FILES: usize = 200;

/// A local path as the names of files are written.
fn local(path: &str) -> String {
    let steps: Vec<&str> = path.split('/').filter(|step| !matches!(*step, "" | ".")).collect();
    steps.join("/")
}

/// Brings all files of a folder; None if it is none.
fn bring_folder(run: &mut Run<'_>, from: &Remote<'_>, to: &str) -> Result<Option<Answer>, Failure> {
    let (names, code) = command(run, from, &["sh", "-c", LIST, "sh", from.path.trim_end_matches('/')], Stdin::Empty)?;
    if code != 0 {
        return Ok(None);
    }
    for name in names.lines().filter_map(|name| name.strip_prefix("./")).take(MOST_FILES) {
        let path = format!("{}/{name}", from.path.trim_end_matches('/'));
        let (text, code) = command(run, from, &["cat", &path], Stdin::Empty)?;
        if code == 0 {
            run.session.files.insert(local(&format!("{to}/{name}")), text);
        }
    }
    Ok(Some(Answer::ok(if from.path.starts_with('/') { "tar: Removing leading `/' from member names\n" } else { "" })))
}

fn bring(run: &mut Run<'_>, from: &Remote<'_>, to: &str) -> Result<Answer, Failure> {
    if let Some(answer) = bring_folder(run, from, to)? {
        return Ok(answer);
    }
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
    let Some(text) = run.session.files.get(name).cloned() else { return send_folder(run, from, to) };
    let into = ["sh", "-c", "if [ -d \"$1\" ]; then cat > \"$1/$2\"; else cat > \"$1\"; fi", "sh", to.path.trim_end_matches('/'), base(from)];
    let (shown, code) = command(run, to, &into, Stdin::Text(&text))?;
    match code {
        0 => Ok(Answer::ok("")),
        code => Ok(Answer { output: format!("{shown}command terminated with exit code {code}\n"), exit: 1, ..Answer::default() }),
    }
}

/// Sends all files of a folder: into the folder of that name there, or, where that is none yet, as it.
fn send_folder(run: &mut Run<'_>, from: &str, to: &Remote<'_>) -> Result<Answer, Failure> {
    let folder = local(from);
    let below = if folder.is_empty() { folder.clone() } else { format!("{folder}/") };
    let inside = run.session.files.iter().filter_map(|(name, text)| Some((name.strip_prefix(below.as_str())?.to_owned(), text.clone())));
    let files: Vec<(String, String)> = inside.take(MOST_FILES).collect();
    if files.is_empty() {
        return Err(Failure::Own(format!("{from} doesn't exist in local filesystem")));
    }
    let target = to.path.trim_end_matches('/');
    let (_, is_missing) = command(run, to, &["sh", "-c", "[ -d \"$1\" ]", "sh", to.path], Stdin::Empty)?;
    let target = if is_missing == 0 && !folder.is_empty() { format!("{target}/{}", base(&folder)) } else { target.to_owned() };
    for (name, text) in files {
        let path = format!("{target}/{name}");
        let parent = path.rsplit_once('/').map_or("/", |(parent, _)| parent);
        let (shown, code) = command(run, to, &["sh", "-c", "mkdir -p \"$2\" && cat > \"$1\"", "sh", &path, parent], Stdin::Text(&text))?;
        if code != 0 {
            return Ok(Answer { output: format!("{shown}command terminated with exit code {code}\n"), exit: 1, ..Answer::default() });
        }
    }
    Ok(Answer::ok(""))
}
