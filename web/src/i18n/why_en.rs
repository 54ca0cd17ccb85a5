//! Why, in English: a sentence for each reason.

use crate::simulator::{Because, Before, Due, ObjectKey, ProbeKind, Rank, Reason, Upcoming, What, Who};

fn object(key: &ObjectKey) -> String {
    format!("{} {}", key.kind.name(), key.name)
}

fn what(what: &What) -> String {
    match what {
        What::Created => "was created".to_owned(),
        What::Terminating => "began to terminate".to_owned(),
        What::Removed => "was removed".to_owned(),
        What::Bound { node } => format!("was given {node}"),
        What::Adopted { by } => format!("was adopted by {by}"),
        What::Released { from } => format!("was let go by {from}"),
        What::Respecified => "got another spec".to_owned(),
        What::Relabelled => "got other labels".to_owned(),
        What::Phase(phase) => format!("became {phase}"),
        What::Ready => "became ready".to_owned(),
        What::NotReady => "is not ready any more".to_owned(),
        What::Restarted { container, count } => format!("had container {container} started again, restart {count}"),
        What::Waiting { container, reason } => format!("has container {container} waiting: {reason}"),
        What::Ended { container, code, reason } => format!("had container {container} end with code {code} ({reason})"),
        What::Unschedulable => "found no node".to_owned(),
        What::Tainted { taint } => format!("got the taint {taint}"),
        What::Untainted { taint } => format!("lost the taint {taint}"),
        What::SwitchedOff => "was switched off".to_owned(),
        What::SwitchedOn => "was switched on".to_owned(),
        What::CutOff => "was cut from the control plane".to_owned(),
        What::Rejoined => "was joined to the control plane again".to_owned(),
        What::AddressAdded { target } => format!("got {target} among its addresses"),
        What::AddressNotReady { target } => format!("counts {target} as not ready"),
        What::AddressRemoved { target } => format!("lost {target} from its addresses"),
        What::Status => "got another status".to_owned(),
    }
}

fn who(who: &Who) -> String {
    match who {
        Who::You { .. } => "you".to_owned(),
        Who::Controller { key, .. } if key.kind.name() != "Node" => object(key),
        Who::Controller { name, .. } => format!("the {name}"),
        Who::Scheduler => "the scheduler".to_owned(),
        Who::Kubelet { node } => format!("the kubelet of {node}"),
    }
}

fn rank(rank: Rank) -> &'static str {
    match rank {
        Rank::Unassigned => "it had no node yet",
        Rank::Pending => "it did not run yet",
        Rank::NotReady => "it was not ready",
        Rank::Cheaper => "its deletion cost is lower",
        Rank::Crowded => "more of its kind are on its node",
        Rank::ReadyShorter => "it had been ready for a shorter time",
        Rank::RestartsMore => "it had restarted more often",
        Rank::Newer => "it was newer",
        Rank::Any => "nothing told it from the others",
    }
}

fn because(reason: &Reason) -> String {
    let who = who(&reason.who);
    match &reason.because {
        Because::YouAsked => match &reason.who {
            Who::You { line } => format!("because you asked for it: {line}"),
            _ => "because you asked for it".to_owned(),
        },
        Because::TooFew { seen, wanted } => format!("because {who} saw {seen} of {wanted} pods"),
        Because::TooMany { seen, wanted, rank: why } => format!("because {who} saw {seen} pods and wants {wanted}; this one, as {}", rank(*why)),
        Because::NodeLacksDaemon { node } => format!("because {who} saw none of its pods on {node}"),
        Because::NodeMayNotHaveDaemon { node } => format!("because {who} wants none of its pods on {node}"),
        Because::Outdated => format!("because the template of {who} has changed since"),
        Because::JobNeedsPods { active, wanted, succeeded, completions } => {
            let done = completions.map_or(String::new(), |all| format!(", with {succeeded} of {all} completed"));
            format!("because {who} saw {active} of {wanted} pods at work{done}")
        }
        Because::JobOver => format!("because {who} is over or suspended"),
        Because::ScheduleDue { schedule, time } => format!("because {who} was due at {} by its schedule {schedule}", &time.rfc3339()[11..19]),
        Because::HistoryLimit { limit } => format!("because {who} keeps {limit} of them"),
        Because::TimeToLive { seconds } => format!("because it had been over for {seconds} s"),
        Because::Rollout { revision } => format!("because {who} rolls out revision {revision}"),
        Because::ScaledByDeployment { replicas } => format!("because {who} wants {replicas} pods of this template now"),
        Because::SelectorMatches => format!("because its labels fit the selector of {who}"),
        Because::SelectorMatchesNoMore => format!("because its labels no longer fit the selector of {who}"),
        Because::BestNode { of, fitting } => format!("because {who} found it the best of {fitting} that fit, among {of} nodes"),
        Because::NoNode { message } => format!("because {message}"),
        Because::ProbeFailed { container, probe } => format!("because the {probe} probe of container {container} failed too often"),
        Because::ContainerEnded { container, code, reason } => format!("because container {container} had ended with code {code} ({reason})"),
        Because::BackOff { message, .. } | Because::ImageTrouble { message, .. } => format!("because of this: {message}"),
        Because::KubeletSilent { node } => format!("because nothing was heard from the kubelet of {node} for 50 s"),
        Because::KubeletBack { node } => format!("because the kubelet of {node} was heard again"),
        Because::TaintNotTolerated { taint, seconds } => format!("because it tolerates the taint {taint} for {seconds} s only"),
        Because::NodeGone { node } => format!("because its node {node} is gone"),
        Because::OwnerGone { owner } => format!("because its owner {} is gone", object(owner)),
        Because::NamespaceGoing => "because its namespace is being deleted".to_owned(),
        Because::NothingLeft => "because nothing is left in it".to_owned(),
        Because::GraceOver => "because all its containers have ended".to_owned(),
        Because::Preempted { by } => format!("because {} of higher priority needed the room", object(by)),
        Because::ContainersReady { probed: true } => "because all its containers run and pass their readiness probes".to_owned(),
        Because::ContainersReady { probed: false } => "because all its containers run, and none has a readiness probe".to_owned(),
        Because::ContainersRun => "because a container of it runs".to_owned(),
        Because::ProgramEnded => "because its program came to its own end".to_owned(),
        Because::OverMemory => "because it used more memory than its limit".to_owned(),
        Because::PodReady { pod } => format!("because pod {pod} is ready"),
        Because::PodNotReady { pod } => format!("because pod {pod} is not ready"),
        Because::PodGoing { pod } => format!("because pod {pod} is being deleted or has ended"),
        Because::BeingDeleted => "because the pod is being deleted".to_owned(),
        Because::Observed => format!("as {who} saw"),
    }
}

/// `kubia-x7k2p was created because ReplicationController kubia saw 2 of 3 pods`
pub(super) fn why(subject: &str, reason: &Reason) -> (String, String) {
    (format!("{subject} {}", what(&reason.what)), format!("{}.", because(reason)))
}

/// `after you: kubectl delete pod kubia-9qz4d`
pub(super) fn before(before: &Before) -> String {
    let by = match &before.who {
        Who::You { line } => format!(": {line}"),
        other => format!(", by {}", who(other)),
    };
    format!("after {} {}{by}", before.key.name, what(&before.what))
}

/// `replication-controller looks at ReplicationController kubia`
pub(super) fn due(upcoming: &Upcoming) -> String {
    let name = upcoming.about.as_ref().map(object).unwrap_or_default();
    match &upcoming.due {
        Due::Controller(controller) => format!("The {controller} looks at {name}"),
        Due::Scheduling => "The scheduler takes the next pod".to_owned(),
        Due::Probe(kind) => {
            let probe = match kind {
                ProbeKind::Startup => "startup",
                ProbeKind::Liveness => "liveness",
                ProbeKind::Readiness => "readiness",
            };
            format!("The {probe} probe of {name}")
        }
        Due::Ending => format!("{name} is waited for: its containers end, or its grace is over"),
        Due::Retry => format!("A container of {name} may be tried again"),
        Due::Kubelet(node) => format!("The kubelet of {node} looks at {name}"),
        Due::Request => "The next request of a series".to_owned(),
        Due::Command(line) => format!("You, as before: {line}"),
    }
}
