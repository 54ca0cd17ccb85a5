//! What somebody saw, told from what was there when it looked and from what it did.

use std::rc::Rc;

use super::{Because, Rank, What, Who};
use crate::api::{ContainerState, Kind, Object, ObjectKey, Pod, PodConditionKind, PodPhase, ReplicaOwner, Taint, TaintEffect};
use crate::base::{Name, SimTime, SmallMap};
use crate::engine::Wakeup;
use crate::store::{View, WatchEvent};

/// What there was when somebody looked.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) enum Facts {
    /// Nothing that counts.
    None,
    /// Pods of an owner.
    Replicas {
        seen: i32,
        wanted: i32,
    },
    /// Of a job.
    Job {
        active: i32,
        wanted: i32,
        succeeded: i32,
        completions: Option<i32>,
    },
    /// Nodes that fit a pod.
    Nodes {
        of: u32,
        fitting: u32,
        pod: ObjectKey,
    },
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl Facts {
    /// What there is now for the one that is woken.
    pub fn of(wakeup: &Wakeup, view: View<'_>) -> Facts {
        let Wakeup::Controller(_, key) = wakeup else { return Facts::None };
        let Some(object) = view.get(key) else { return Facts::None };
        let active = |object: &Object| count(view.pods_owned_by(object.meta().uid).filter(|pod| pod.is_active()).count());
        match object {
            Object::Job(job) => {
                let parallelism = job.spec.parallelism();
                let left = job.spec.completions.map_or(parallelism, |all| all - job.status.succeeded);
                Facts::Job {
                    active: active(object),
                    wanted: parallelism.min(left),
                    succeeded: job.status.succeeded,
                    completions: job.spec.completions,
                }
            }
            _ => match ReplicaOwner::of(object) {
                Some(owner) => Facts::Replicas { seen: claimed(&owner, view), wanted: owner.replicas },
                None => Facts::None,
            },
        }
    }
}

/// The active pods that count for an owner: its own that it still selects, and orphans that it is about to adopt.
fn claimed(owner: &ReplicaOwner<'_>, view: View<'_>) -> i32 {
    let counts = |pod: &&Rc<Pod>| pod.is_active() && owner.selector.matches(&pod.meta.labels);
    let adopts = !owner.meta.is_deleting();
    let orphans = view.orphans(&owner.meta.namespace).filter(|_| adopts);
    count(view.pods_owned_by(owner.meta.uid).filter(counts).count() + orphans.filter(counts).count())
}

/// Why `who` did this.
pub(super) fn because(what: &What, who: &Who, facts: &Facts, event: &WatchEvent, view: View<'_>, now: SimTime) -> Because {
    match (who, &event.object) {
        (Who::You { .. }, _) => Because::YouAsked,
        (Who::Scheduler, Object::Pod(pod)) => by_scheduler(what, facts, pod),
        (Who::Kubelet { .. }, Object::Pod(pod)) => by_kubelet(what, pod, event, view, now),
        (Who::Kubelet { node }, Object::Node(_)) if *what == What::Ready => Because::KubeletBack { node: node.clone() },
        (Who::Controller { name, key }, _) => by_controller(what, (name, key), facts, event, view),
        _ => Because::Observed,
    }
}

fn by_scheduler(what: &What, facts: &Facts, pod: &Pod) -> Because {
    match (what, facts) {
        (What::Unschedulable, _) => {
            let condition = pod.status.condition(PodConditionKind::PodScheduled);
            let message = condition.and_then(|condition| condition.detail.as_deref()).map(|detail| detail.1.clone());
            Because::NoNode { message: message.unwrap_or_default() }
        }
        (What::Bound { .. }, Facts::Nodes { of, fitting, .. }) => Because::BestNode { of: *of, fitting: *fitting },
        (What::Terminating, Facts::Nodes { pod, .. }) => Because::Preempted { by: pod.clone() },
        _ => Because::Observed,
    }
}

fn by_kubelet(what: &What, pod: &Rc<Pod>, event: &WatchEvent, view: View<'_>, now: SimTime) -> Because {
    let statuses = || pod.status.containers.iter().chain(&pod.status.init_containers);
    let status = |name: &Name| statuses().find(|status| status.name == *name);
    match what {
        What::Removed => Because::GraceOver,
        What::Restarted { container, .. } | What::Ended { container, .. } => {
            if let Some(probe) = failed_probe(container, event, view, now) {
                return Because::ProbeFailed { container: container.clone(), probe };
            }
            let ended = status(container).and_then(|status| match &status.state {
                ContainerState::Terminated(ended) => Some(ended),
                _ => status.last.as_ref(),
            });
            match (what, ended) {
                (What::Restarted { .. }, Some(ended)) => {
                    Because::ContainerEnded { container: container.clone(), code: ended.exit_code, reason: ended.reason.clone() }
                }
                (_, Some(ended)) if ended.reason == "OOMKilled" => Because::OverMemory,
                _ if pod.meta.is_deleting() => Because::BeingDeleted,
                _ => Because::ProgramEnded,
            }
        }
        What::Ready => Because::ContainersReady { probed: pod.spec.containers.iter().any(|container| container.readiness_probe.is_some()) },
        What::Phase("Running") => Because::ContainersRun,
        What::Waiting { container, reason } => {
            let detail = status(container).and_then(|status| match &status.state {
                ContainerState::Waiting(detail) => detail.as_deref(),
                _ => None,
            });
            let message = detail.map(|detail| detail.1.clone()).unwrap_or_default();
            match reason.as_str() {
                "CrashLoopBackOff" => Because::BackOff { container: container.clone(), message },
                _ => Because::ImageTrouble { container: container.clone(), message },
            }
        }
        What::NotReady | What::Phase(_) => {
            let ended = statuses().find_map(|status| match &status.state {
                ContainerState::Terminated(ended) => Some((status.name.clone(), ended)),
                _ => None,
            });
            if let Some((container, ended)) = ended {
                return Because::ContainerEnded { container, code: ended.exit_code, reason: ended.reason.clone() };
            }
            let unready = statuses().find(|status| !status.ready).filter(|_| *what == What::NotReady);
            let failed = unready.and_then(|status| Some((status.name.clone(), latest_probe(&status.name, event, view, now)?)));
            let stopped = || if pod.meta.is_deleting() { Because::BeingDeleted } else { Because::Observed };
            failed.map_or_else(stopped, |(container, probe)| Because::ProbeFailed { container, probe })
        }
        _ => Because::Observed,
    }
}

/// The kind of probe whose failure made the kubelet kill a container a little while ago.
fn failed_probe(container: &Name, event: &WatchEvent, view: View<'_>, now: SimTime) -> Option<Name> {
    let mut killings = view.events().about(&event.key).rev().filter(|known| known.note.reason == "Killing" && known.note.container == *container);
    let killing = killings.find(|known| now.since(known.last).seconds() < 120)?;
    let text = killing.note.message();
    let words = text.strip_prefix("Container ")?.split(" failed ").nth(1)?;
    Some(Name::from(words.split(' ').next().unwrap_or_default()))
}

/// The kind of probe that failed last.
fn latest_probe(container: &Name, event: &WatchEvent, view: View<'_>, now: SimTime) -> Option<Name> {
    let mut failures = view.events().about(&event.key).rev().filter(|known| known.note.reason == "Unhealthy" && known.note.container == *container);
    let failure = failures.find(|known| now.since(known.last).seconds() < 60)?;
    let text = failure.note.message();
    Some(Name::from(text.split(' ').next().unwrap_or_default().to_ascii_lowercase()))
}

/// `name` and `key`: which controller, and the object that it was woken for.
fn by_controller(what: &What, (name, key): (&str, &ObjectKey), facts: &Facts, event: &WatchEvent, view: View<'_>) -> Because {
    match (what, facts) {
        (What::Adopted { .. }, _) => return Because::SelectorMatches,
        (What::Released { .. }, _) => return Because::SelectorMatchesNoMore,
        (What::Created, Facts::Replicas { seen, wanted }) => return Because::TooFew { seen: *seen, wanted: *wanted },
        (What::Terminating | What::Removed, Facts::Replicas { seen, wanted }) if key.kind != event.key.kind => {
            let rank = event.old.as_ref().and_then(Object::as_pod).map_or(Rank::Any, |pod| rank(pod, view));
            return Because::TooMany { seen: *seen, wanted: *wanted, rank };
        }
        (What::Created, Facts::Job { active, wanted, succeeded, completions }) => {
            return Because::JobNeedsPods { active: *active, wanted: *wanted, succeeded: *succeeded, completions: *completions };
        }
        (What::Terminating | What::Removed, Facts::Job { .. }) if event.key.kind == Kind::Pod => return Because::JobOver,
        _ => {}
    }
    let gone = matches!(what, What::Terminating | What::Removed);
    match (name, &event.object) {
        ("node-controller", Object::Node(_)) if matches!(what, What::Untainted { .. } | What::Ready) => Because::KubeletBack { node: key.name.clone() },
        ("node-controller", _) => Because::KubeletSilent { node: key.name.clone() },
        ("taint-eviction-controller", Object::Pod(pod)) if gone => evicted(pod, view),
        ("pod-garbage-collector", _) => Because::NodeGone { node: key.name.clone() },
        ("generic-garbage-collector", _) => Because::OwnerGone { owner: key.clone() },
        ("namespace-controller", _) if gone && event.key.kind == Kind::Namespace => Because::NothingLeft,
        ("namespace-controller", _) => Because::NamespaceGoing,
        ("ttl-after-finished-controller", Object::Job(job)) => Because::TimeToLive { seconds: job.spec.ttl_seconds_after_finished.unwrap_or_default() },
        ("daemonset-controller", Object::Pod(pod)) => of_daemon(what, pod, key, view),
        ("cronjob-controller", Object::Job(job)) => of_schedule(gone, job, key, view),
        (_, Object::Endpoints(_) | Object::EndpointSlice(_)) => of_address(what, key, view),
        ("deployment-controller", Object::ReplicaSet(set)) => match what {
            What::Created => Because::Rollout { revision: revision(&set.meta) },
            What::Terminating | What::Removed => Because::HistoryLimit { limit: history_limit(key, view) },
            _ => Because::ScaledByDeployment { replicas: set.spec.replicas.unwrap_or(1) },
        },
        _ => Because::Observed,
    }
}

fn revision(meta: &crate::api::ObjectMeta) -> i64 {
    meta.annotations.get("deployment.kubernetes.io/revision").and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn history_limit(key: &ObjectKey, view: View<'_>) -> i32 {
    match view.get(key) {
        Some(Object::Deployment(deployment)) => deployment.spec.revision_history_limit.unwrap_or(10),
        _ => 10,
    }
}

/// The taint of its node that a pod does not bear, or not for ever.
fn evicted(pod: &Pod, view: View<'_>) -> Because {
    let taints = view.node(&pod.node_name).map(|node| node.spec.taints.as_slice()).unwrap_or_default();
    let bearing = |taint: &Taint| pod.spec.tolerations.iter().filter(|toleration| toleration.tolerates(taint)).collect::<Vec<_>>();
    let found = taints.iter().filter(|taint| taint.effect == TaintEffect::NoExecute).find_map(|taint| {
        let bearing = bearing(taint);
        let seconds = bearing.iter().filter_map(|toleration| toleration.toleration_seconds).min();
        (bearing.is_empty() || seconds.is_some()).then(|| (taint.key.clone(), seconds.unwrap_or_default()))
    });
    let (taint, seconds) = found.unwrap_or_default();
    Because::TaintNotTolerated { taint, seconds }
}

fn of_daemon(what: &What, pod: &Pod, key: &ObjectKey, view: View<'_>) -> Because {
    let required = pod.spec.required_nodes().and_then(|nodes| nodes.into_iter().next());
    let node = if pod.node_name.is_empty() { required.unwrap_or_default() } else { pod.node_name.clone() };
    if *what == What::Created {
        return Because::NodeLacksDaemon { node };
    }
    let wanted = match view.get(key) {
        Some(object @ Object::DaemonSet(_)) => {
            let node = view.node(&node);
            object.template().zip(node).is_some_and(|(template, node)| crate::controllers::daemon_may_run(&template.spec, node))
        }
        _ => false,
    };
    if wanted { Because::Outdated } else { Because::NodeMayNotHaveDaemon { node } }
}

fn of_schedule(gone: bool, job: &crate::api::Job, key: &ObjectKey, view: View<'_>) -> Because {
    let Some(cron) = view.cron_job(&key.namespace, &key.name) else { return Because::OwnerGone { owner: key.clone() } };
    if gone {
        let failed = job.finished().is_some() && job.status.succeeded == 0;
        let limit = if failed { cron.spec.failed_jobs_history_limit } else { cron.spec.successful_jobs_history_limit };
        return Because::HistoryLimit { limit: limit.unwrap_or(if failed { 1 } else { 3 }) };
    }
    // The name ends in the minutes of the time that was due.
    let minutes: u64 = job.meta.name.rsplit('-').next().and_then(|text| text.parse().ok()).unwrap_or_default();
    Because::ScheduleDue { schedule: cron.spec.schedule.clone(), time: SimTime::from_seconds(minutes * 60) }
}

/// Why an address came or went.
fn of_address(what: &What, key: &ObjectKey, view: View<'_>) -> Because {
    let (What::AddressAdded { target } | What::AddressNotReady { target } | What::AddressRemoved { target }) = what else { return Because::Observed };
    if target.parse::<std::net::IpAddr>().is_ok() {
        return Because::Observed;
    }
    let pod = target.clone();
    let Some(found) = view.pod(&key.namespace, &pod).filter(|pod| !pod.meta.is_deleting() && !pod.status.phase.is_terminal()) else {
        return Because::PodGoing { pod };
    };
    let selected = view.service(&key.namespace, &key.name).is_none_or(|service| view.pods_of_service(service).any(|pod| Rc::ptr_eq(pod, found)));
    match what {
        _ if !selected => Because::SelectorMatchesNoMore,
        _ if found.is_ready() => Because::PodReady { pod },
        _ => Because::PodNotReady { pod },
    }
}

/// Why this pod went and not one of those that stayed. Models the order of ActivePodsWithRanks.
fn rank(pod: &Pod, view: View<'_>) -> Rank {
    if pod.node_name.is_empty() {
        return Rank::Unassigned;
    }
    if pod.status.phase == PodPhase::Pending {
        return Rank::Pending;
    }
    if !pod.is_ready() {
        return Rank::NotReady;
    }
    let owner = pod.meta.controller().map(|owner| owner.uid).unwrap_or_default();
    let kept: Vec<&Rc<Pod>> = view.pods_owned_by(owner).filter(|other| other.is_active()).collect();
    if kept.is_empty() {
        return Rank::Any;
    }
    let cost = |pod: &Pod| pod.meta.annotations.get("controller.kubernetes.io/pod-deletion-cost").and_then(|cost| cost.parse::<i32>().ok()).unwrap_or_default();
    if kept.iter().all(|other| cost(other) > cost(pod)) {
        return Rank::Cheaper;
    }
    // Neighbours count for the sets of a deployment alone.
    let set = pod.meta.controller().and_then(|owner| view.replica_set(&pod.meta.namespace, &owner.name));
    let has_deployment = set.is_some_and(|set| set.meta.controller().is_some());
    let mut crowds: SmallMap<&Name, usize> = SmallMap::new();
    for other in kept.iter().filter(|_| has_deployment) {
        *crowds.entry(&other.node_name).or_default() += 1;
    }
    let own = crowds.get(&pod.node_name).copied().unwrap_or_default() + 1;
    if kept.iter().any(|other| crowds.get(&other.node_name).copied().unwrap_or_default() < own) && crowds.len() > 1 && own > 1 {
        return Rank::Crowded;
    }
    let ready = |pod: &Pod| pod.status.condition(PodConditionKind::Ready).map(|ready| ready.transition).unwrap_or_default();
    if kept.iter().all(|other| ready(other) < ready(pod)) {
        return Rank::ReadyShorter;
    }
    let restarts = |pod: &Pod| pod.status.containers.iter().map(|status| status.restart_count).max().unwrap_or_default();
    if kept.iter().all(|other| restarts(other) < restarts(pod)) {
        return Rank::RestartsMore;
    }
    if kept.iter().all(|other| other.meta.creation < pod.meta.creation) { Rank::Newer } else { Rank::Any }
}
