//! `kubectl logs`: what containers printed. Models kubectl/pkg/cmd/logs/logs.go, polymorphichelpers/logsforobject.go and the kubelet's
//! kubelet_pods.go validateContainerLogStatus.

use std::rc::Rc;

use super::{Run, whole};
use crate::api::{ApiError, Container, ContainerState, ContainerStatus, Kind, Object, Pod, PodPhase, Reason};
use crate::base::{Name, SimTime, sort_by_key};
use crate::engine::World;
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Given, Takes, duration_millis, flag};
use crate::kubectl::item::Item;
use crate::kubectl::resource::Wanted;
use crate::runtime::Which;

pub(super) const FLAGS: &[Flag] = &[
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
    flag("insecure-skip-tls-verify-backend", Takes::Truth),
    flag("ignore-errors", Takes::Truth),
    flag("max-log-requests", Takes::Number),
    flag("pod-running-timeout", Takes::Duration),
    flag("selector", Takes::Text).or('l'),
];

/// So many logs are followed at once, unless somebody asks for more.
const MOST_STREAMS: usize = 5;
const USAGE: &str = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs \
    command";

/// How lines are chosen and shown.
#[derive(Clone, Copy, Debug)]
struct Form {
    which: Which,
    /// None: all.
    tail: Option<usize>,
    since: Option<SimTime>,
    /// How many bytes of each container's log.
    limit: usize,
    timestamps: bool,
    prefix: bool,
}

/// A log that is followed.
#[derive(Clone, Debug)]
pub struct LogFollow {
    sources: Vec<Source>,
    form: Form,
}

/// One container's log.
#[derive(Clone, Debug)]
struct Source {
    pod: Rc<Pod>,
    container: Name,
    /// Lines up to here have been printed, and how many of exactly this time.
    shown: (SimTime, usize),
}

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let selector = given.text("selector").is_some();
    let mut text = String::new();
    check(given)?;
    let form = Form::of(given, selector, run.now())?;
    let pods = match given.args.first() {
        Some(_) if selector => {
            return Err(Failure::usage("logs", "only a selector (-l) or a POD name is allowed"));
        }
        None if !selector => return Err(Failure::usage("logs", USAGE)),
        None => selected(run)?,
        Some(word) => named(run, word, "cannot get the logs from", &mut text)?,
    };
    if pods.is_empty() {
        let namespace = run.scope().namespace;
        return Ok(Answer::ok(format!("No resources found in {namespace} namespace.\n")));
    }
    let mut sources = Vec::new();
    for pod in pods {
        let names = match containers(given, &pod, &mut text) {
            Ok(names) => names,
            Err(failure) => return Ok(Answer::of(text, &[failure])),
        };
        for container in names {
            sources.push(Source { pod: pod.clone(), container, shown: (SimTime::default(), 0) });
        }
    }
    let most = given.number("max-log-requests").and_then(|most| usize::try_from(most).ok()).unwrap_or(MOST_STREAMS);
    if given.is_on("follow") && sources.len() > most {
        let count = sources.len();
        let message = format!("you are attempting to follow {count} log streams, but maximum allowed concurrency is {most}");
        return Err(Failure::Own(format!("{message}, use --max-log-requests to increase the limit")));
    }
    let mut failures = Vec::new();
    for source in &mut sources {
        match source.lines(run.world, form) {
            Ok(lines) => text += &lines,
            Err(failure) => failures.push(failure),
        }
    }
    let answer = Answer::of(text, &failures);
    if !given.is_on("follow") {
        return Ok(answer);
    }
    Ok(answer.followed_by(Follow::Logs(Box::new(LogFollow { sources, form: Form { tail: None, ..form } }))))
}

/// What is refused before the server is asked. Models logs.go Complete and Validate.
fn check(given: &Given) -> Result<(), Failure> {
    let container = given.text("container").filter(|name| !name.is_empty());
    if given.args.len() > 2 {
        return Err(Failure::usage("logs", USAGE));
    }
    if given.text("since").and_then(|text| duration_millis(text).ok()).is_some_and(|millis| millis < 0) {
        return Err(Failure::own("--since must be greater than 0"));
    }
    let inline = given.args.get(1).map(String::as_str);
    if container.is_some() && inline.is_some() {
        return Err(Failure::own("only one of -c or an inline [CONTAINER] arg is allowed"));
    }
    match container.or(inline) {
        Some(name) if given.is_on("all-containers") => {
            Err(Failure::Own(format!("--all-containers=true should not be specified with container name {name}")))
        }
        _ => Ok(()),
    }
}

impl Form {
    fn of(given: &Given, selector: bool, now: SimTime) -> Result<Form, Failure> {
        let tail = match given.number("tail") {
            Some(number) if number < -1 => return Err(Failure::own("--tail must be greater than or equal to -1")),
            Some(number) => usize::try_from(number).ok(),
            // With a selector the last ten lines of each.
            None => selector.then_some(10),
        };
        let since = given.text("since").and_then(|text| duration_millis(text).ok()).and_then(|millis| u64::try_from(millis).ok());
        let since = since.filter(|millis| *millis > 0).map(|millis| now - crate::base::SimDuration::from_millis(millis));
        let from = given.text("since-time").filter(|text| !text.is_empty()).map(instant).transpose()?;
        if since.is_some() && from.is_some() {
            return Err(Failure::own("at most one of `sinceTime` or `sinceSeconds` may be specified"));
        }
        let limit = given.number("limit-bytes").filter(|limit| *limit != 0);
        if limit.is_some_and(|limit| limit < 0) {
            return Err(Failure::own("--limit-bytes must be greater than 0"));
        }
        Ok(Form {
            limit: limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX),
            which: if given.is_on("previous") { Which::Previous } else { Which::Present },
            tail,
            since: since.or(from),
            timestamps: given.is_on("timestamps"),
            // Lines of several pods are told apart.
            prefix: given.is_on("prefix") || given.is_on("all-pods"),
        })
    }
}

/// `--since-time`, in Go's words if it is none.
fn instant(text: &str) -> Result<SimTime, Failure> {
    let layout = "2006-01-02T15:04:05Z07:00";
    let why = || Failure::Own(format!("parsing time \"{text}\" as \"{layout}\": cannot parse \"{text}\" as \"2006\""));
    SimTime::parse_rfc3339(text).ok_or_else(why)
}

fn selected(run: &Run<'_>) -> Result<Vec<Rc<Pod>>, Failure> {
    let items = run.scope().list(run.view(), Kind::Pod)?;
    let pod = |item: Item| if let Item::Object(Object::Pod(pod)) = item { Some(pod) } else { None };
    Ok(items.into_iter().filter_map(pod).collect())
}

/// The pod that a word names; of a controller one of its pods, or all with `--all-pods`. `refusal` begins what is said of what has none.
pub(super) fn named(run: &Run<'_>, word: &str, refusal: &str, text: &mut String) -> Result<Vec<Rc<Pod>>, Failure> {
    let (kind, name) = match word.contains('/') {
        false => (Kind::Pod, Name::from(word)),
        true => match Wanted::of_args(&[word.to_owned()])? {
            Wanted::Named(named) => named.into_iter().next().unwrap_or((Kind::Pod, Name::from(word))),
            Wanted::Kinds(..) => return Err(Failure::usage("logs", USAGE)),
        },
    };
    let key = run.scope().key(kind, &name);
    let Some(object) = run.view().get(&key) else {
        let error = ApiError::not_found(kind, &name);
        let namespace = run.scope().namespace;
        return Err(Failure::Own(format!("error from server (NotFound): {} in namespace \"{namespace}\"", error.message)));
    };
    if let Object::Pod(pod) = object {
        return Ok(vec![pod.clone()]);
    }
    if let Some(why) = unselecting(object) {
        return Err(Failure::Own(format!("{refusal} {why}")));
    }
    let mut pods = pods_of(run, object);
    // Running and ready ones first, then the older.
    sort_by_key(&mut pods, |pod| (pod.status.phase != PodPhase::Running, !pod.is_ready(), pod.meta.creation, pod.meta.name.clone()));
    let Some(first) = pods.first().cloned() else {
        return Err(Failure::own("timed out waiting for the condition"));
    };
    if pods.len() == 1 || run.given.is_on("all-pods") {
        return Ok(pods);
    }
    *text += &format!("Found {} pods, using pod/{}\n", pods.len(), first.meta.name);
    Ok(vec![first])
}

/// Why an object leads to no pods. Models polymorphichelpers' SelectorsForObject.
fn unselecting(object: &Object) -> Option<String> {
    let kind = object.kind();
    match object {
        Object::Service(service) if service.spec.selector.is_empty() => {
            Some(format!("*v1.Service: invalid service '{}': Service is defined without a selector", service.meta.name))
        }
        Object::Service(_) | Object::Deployment(_) | Object::ReplicaSet(_) | Object::ReplicationController(_) => None,
        Object::DaemonSet(_) | Object::Job(_) => None,
        _ if kind == Kind::StatefulSet => None,
        _ => Some(format!("*v1.{0}: selector for *v1.{0} not implemented", kind.name())),
    }
}

/// The pods behind an object. Models polymorphichelpers' selectorsForObject: those that a service or a deployment selects; of the other
/// controllers, whose pods are their own, those they own.
fn pods_of(run: &Run<'_>, object: &Object) -> Vec<Rc<Pod>> {
    let pods = run.view().pods(&object.meta().namespace);
    match object {
        Object::Service(service) => pods.filter(|pod| service.selects(&pod.meta.labels)).cloned().collect(),
        Object::Deployment(deployment) => {
            let selector = deployment.spec.selector.as_deref();
            pods.filter(|pod| selector.is_some_and(|selector| selector.matches(&pod.meta.labels))).cloned().collect()
        }
        _ => run.view().pods_owned_by(object.meta().uid).cloned().collect(),
    }
}

fn all(pod: &Pod) -> impl Iterator<Item = &Container> {
    pod.spec.all_containers()
}

/// The containers that are meant; which one it is by default is said.
fn containers(given: &Given, pod: &Pod, text: &mut String) -> Result<Vec<Name>, Failure> {
    if given.is_on("all-containers") {
        return Ok(all(pod).map(|container| container.name.clone()).collect());
    }
    // `kubectl logs POD CONTAINER` is an older form of `-c CONTAINER`.
    let wanted = given.text("container").or_else(|| given.args.get(1).map(String::as_str));
    named_container(wanted, pod, text).map(|name| vec![name])
}

/// The container that is meant. Models podcmd.FindOrDefaultContainerByName.
pub(super) fn container(given: &Given, pod: &Pod, text: &mut String) -> Result<Name, Failure> {
    named_container(given.text("container"), pod, text)
}

fn named_container(wanted: Option<&str>, pod: &Pod, text: &mut String) -> Result<Name, Failure> {
    let name = &pod.meta.name;
    let suffixed = |group: &[Container], suffix: &str| group.iter().map(|c| format!("{}{suffix}", c.name)).collect::<Vec<_>>();
    let mut names = suffixed(&pod.spec.containers, "");
    names.extend(suffixed(&pod.spec.init_containers, " (init)"));
    names.extend(suffixed(&pod.spec.ephemeral_containers, " (ephem)"));
    let list = names.join(", ");
    if let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) {
        let found = all(pod).find(|container| container.name == wanted);
        let refused = || Failure::Own(format!("container {wanted} is not valid for pod {name}"));
        return found.map(|container| container.name.clone()).ok_or_else(refused);
    }
    let Some(first) = pod.spec.containers.first() else { return Err(Failure::own("the pod has no containers")) };
    if names.len() == 1 {
        return Ok(first.name.clone());
    }
    let chosen = pod.meta.annotations.get("kubectl.kubernetes.io/default-container");
    if let Some(container) = chosen.and_then(|chosen| all(pod).find(|container| container.name == *chosen)) {
        return Ok(container.name.clone());
    }
    *text += &format!("Defaulted container \"{}\" out of: {list}\n", first.name);
    Ok(first.name.clone())
}

impl Source {
    /// The lines that have not been shown yet.
    fn lines(&mut self, world: &World, form: Form) -> Result<String, Failure> {
        let key = crate::api::ObjectKey::new(Kind::Pod, self.pod.meta.namespace.clone(), self.pod.meta.name.clone());
        let present = world.view().get(&key).and_then(|object| object.as_pod().cloned());
        let pod = present.filter(|pod| pod.meta.uid == self.pod.meta.uid).unwrap_or_else(|| self.pod.clone());
        if pod.node_name.is_empty() {
            return Ok(String::new());
        }
        if let Some(why) = not_there(&pod, &self.container, form.which) {
            return Err(ApiError::new(Reason::BadRequest, why).into());
        }
        let lines = world.log(&pod, &self.container, form.which).map_err(|why| Failure::Bare(format!("Error from server: {why}")))?;
        let mut fresh: Vec<(SimTime, Rc<str>)> = Vec::new();
        let (until, mut left) = self.shown;
        for (at, line) in lines.unwrap_or_default() {
            let old = at < until || at == until && left > 0;
            left -= usize::from(at == until && left > 0);
            if !old && form.since.is_none_or(|since| at >= since) {
                fresh.push((at, line));
            }
        }
        if let Some((last, _)) = fresh.last().cloned() {
            let same = fresh.iter().filter(|(at, _)| *at == last).count();
            self.shown = (last, if last == until { self.shown.1 + same } else { same });
        }
        let skip = form.tail.map_or(0, |tail| fresh.len().saturating_sub(tail));
        let prefix = if form.prefix { format!("[pod/{}/{}] ", pod.meta.name, self.container) } else { String::new() };
        let line = |(at, line): &(SimTime, Rc<str>)| {
            let stamp = if form.timestamps { format!("{}000Z ", at.rfc3339_micro().trim_end_matches('Z')) } else { String::new() };
            format!("{prefix}{stamp}{line}\n")
        };
        let text: String = fresh.iter().skip(skip).map(line).collect();
        let mut end = text.len().min(form.limit);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        Ok(text[..end].to_owned())
    }

    fn is_over(&self, world: &World) -> bool {
        let key = crate::api::ObjectKey::new(Kind::Pod, self.pod.meta.namespace.clone(), self.pod.meta.name.clone());
        let Some(pod) = world.view().get(&key).and_then(|object| object.as_pod().cloned()) else { return true };
        let status = status_of(&pod, &self.container);
        pod.meta.uid != self.pod.meta.uid || !status.is_some_and(|status| matches!(status.state, ContainerState::Running { .. }))
    }
}

fn status_of<'a>(pod: &'a Pod, container: &str) -> Option<&'a ContainerStatus> {
    pod.status.all_containers().find(|status| status.name == *container)
}

/// Why there is no such log. Models validateContainerLogStatus.
fn not_there(pod: &Pod, container: &Name, which: Which) -> Option<String> {
    let name = &pod.meta.name;
    let Some(status) = status_of(pod, container) else {
        return Some(format!("container \"{container}\" in pod \"{name}\" is waiting to start: ContainerCreating"));
    };
    if which == Which::Previous {
        return status.last.is_none().then(|| format!("previous terminated container \"{container}\" in pod \"{name}\" not found"));
    }
    let ContainerState::Waiting(detail) = &status.state else { return None };
    if status.last.is_some() {
        return None;
    }
    let reason = detail.as_ref().map_or("ContainerCreating", |detail| detail.0.as_str());
    let why = match reason {
        "ErrImagePull" => "image can't be pulled",
        "ImagePullBackOff" => "trying and failing to pull image",
        reason => reason,
    };
    Some(format!("container \"{container}\" in pod \"{name}\" is waiting to start: {why}"))
}

impl LogFollow {
    /// What has been printed since; whether all of it has ended.
    pub fn poll(&mut self, world: &World) -> (String, bool) {
        let mut text = String::new();
        for source in &mut self.sources {
            text += &source.lines(world, self.form).unwrap_or_default();
        }
        self.sources.retain(|source| !source.is_over(world));
        (text, self.sources.is_empty())
    }
}
