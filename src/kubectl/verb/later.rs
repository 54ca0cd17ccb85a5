//! Verbs whose world is not there yet: containers' logs and shells, services, the editor. What is wrong with the line is told as
//! kubectl tells it; what is right is told to be not supported.

use super::{Names, Run, whole};
use crate::api::{ApiError, Kind};
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item;
use crate::kubectl::resource::Wanted;

pub(super) const LOGS_FLAGS: &[Flag] = &[
    flag("follow", Takes::Truth).or('f'),
    flag("previous", Takes::Truth).or('p'),
    flag("container", Takes::Text).or('c'),
    flag("tail", Takes::Number),
    flag("since", Takes::Duration),
    flag("since-time", Takes::Text),
    flag("timestamps", Takes::Truth),
    flag("prefix", Takes::Truth),
    flag("all-containers", Takes::Truth),
    flag("all-pods", Takes::Truth),
    flag("limit-bytes", Takes::Number),
    flag("ignore-errors", Takes::Truth),
    flag("max-log-requests", Takes::Number),
    flag("selector", Takes::Text).or('l'),
];
pub(super) const EXEC_FLAGS: &[Flag] = &[
    flag("container", Takes::Text).or('c'),
    flag("stdin", Takes::Truth).or('i'),
    flag("tty", Takes::Truth).or('t'),
    flag("quiet", Takes::Truth).or('q'),
    flag("pod-running-timeout", Takes::Duration),
];
pub(super) const EXPOSE_FLAGS: &[Flag] = &[
    flag("name", Takes::Text),
    flag("port", Takes::Text),
    flag("target-port", Takes::Text),
    flag("type", Takes::Text),
    flag("protocol", Takes::Text),
    flag("labels", Takes::Text),
    flag("external-ip", Takes::Text),
    flag("load-balancer-ip", Takes::Text),
    flag("session-affinity", Takes::Text),
    flag("cluster-ip", Takes::Text),
    flag("overrides", Takes::Text),
    flag("save-config", Takes::Truth),
];
pub(super) const EDIT_FLAGS: &[Flag] = &[
    flag("output-patch", Takes::Truth),
    flag("windows-line-endings", Takes::Truth),
    flag("save-config", Takes::Truth),
    flag("validate", Takes::TextOr("strict")),
];
pub(super) const ROLLOUT_FLAGS: &[Flag] = &[
    flag("watch", Takes::Truth).or('w'),
    flag("timeout", Takes::Duration),
    flag("revision", Takes::Number),
    flag("to-revision", Takes::Number),
];

pub(super) fn logs(run: &mut Run<'_>) -> Answer {
    whole(logs_of(run))
}

pub(super) fn exec(run: &mut Run<'_>) -> Answer {
    whole(exec_in(run))
}

pub(super) fn expose(run: &mut Run<'_>) -> Answer {
    let found = run.find(&run.scope(), Names::Needed);
    whole(found.and_then(|(_, found)| refuse(found.failures, "kubectl expose", "services are not simulated yet")))
}

pub(super) fn edit(run: &mut Run<'_>) -> Answer {
    let instead = "open the object in the editor, or use \"kubectl patch\"";
    let found = match run.given.args.is_empty() && run.given.text("filename").is_none() {
        true => Err(Failure::own("must specify one of -f and -k")),
        false => run.find(&run.scope(), Names::Optional),
    };
    whole(found.and_then(|(_, found)| refuse(found.failures, "kubectl edit", instead)))
}

pub(super) fn rollout(run: &mut Run<'_>) -> Answer {
    whole(rollout_of(run))
}

/// What is wrong with the line, or else that the verb is not supported.
fn refuse(failures: Vec<Failure>, what: &str, instead: &str) -> Result<Answer, Failure> {
    if failures.is_empty() {
        return Err(Failure::unsupported(what, instead));
    }
    Ok(Answer::of(String::new(), &failures))
}

/// The pod that a word names, if it names one directly; whether it is there.
fn pod_is_there(run: &Run<'_>, word: &str) -> Result<Option<ApiError>, Failure> {
    let (kind, name) = match word.contains('/') {
        false => (Kind::Pod, Name::from(word)),
        true => match Wanted::of_args(&[word.to_owned()])? {
            Wanted::Named(named) => named.into_iter().next().unwrap_or((Kind::Pod, Name::from(word))),
            Wanted::Kinds(..) => return Ok(None),
        },
    };
    let found = item::find(run.view(), &run.scope().key(kind, &name));
    Ok(found.is_none().then(|| ApiError::not_found(kind, &name)))
}

const LOGS_USAGE: &str = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the \
    logs command\nSee 'kubectl logs -h' for help and examples";

fn logs_of(run: &Run<'_>) -> Result<Answer, Failure> {
    let unsupported = || Failure::unsupported("kubectl logs", "\"kubectl describe pod\" shows the state of containers and their events");
    match run.given.args.first() {
        None if run.given.text("selector").is_none() => Err(Failure::own(LOGS_USAGE)),
        None => Err(unsupported()),
        Some(word) => match pod_is_there(run, word)? {
            Some(error) => {
                let namespace = run.scope().namespace;
                Err(Failure::Own(format!("error from server (NotFound): {} in namespace \"{namespace}\"", error.message)))
            }
            None => Err(unsupported()),
        },
    }
}

fn exec_in(run: &Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let before_dash = given.before_dash.unwrap_or(given.args.len());
    let Some(word) = given.args.first().filter(|_| before_dash > 0) else {
        return Err(Failure::own("pod, type/name or --filename must be specified"));
    };
    if before_dash > 1 {
        let message = "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead";
        return Err(Failure::Own(format!("{message}\nSee 'kubectl exec -h' for help and examples")));
    }
    if given.args.len() == 1 {
        return Err(Failure::own("you must specify at least one command for the container"));
    }
    match pod_is_there(run, word)? {
        Some(error) => Err(error.into()),
        None => Err(Failure::unsupported("kubectl exec", "containers have no shell yet")),
    }
}

fn rollout_of(run: &Run<'_>) -> Result<Answer, Failure> {
    let Some((word, rest)) = run.given.args.split_first() else {
        return Err(Failure::unsupported("kubectl rollout", "no kind that rolls out is simulated yet"));
    };
    let (_, found) = run.find_args(&run.scope(), rest, Names::Needed)?;
    let viewers = [("status", "status viewer"), ("history", "history viewer")];
    if let (Some(item), Some((_, viewer))) = (found.items.first(), viewers.iter().find(|(name, _)| name == word)) {
        return Err(Failure::Own(format!("no {viewer} has been implemented for {}", item.kind().name())));
    }
    refuse(found.failures, &format!("kubectl rollout {word}"), "no kind that rolls out is simulated yet")
}
