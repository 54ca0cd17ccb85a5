//! What the failure of a pod means by the job's podFailurePolicy.
//! Models pkg/controller/job/pod_failure_policy.go.

use std::rc::Rc;

use crate::api::{ConditionPattern, ContainerState, ExitCodes, Job, Pod, PodFailurePolicy, PodFailureRule};

/// What a rule makes of a failure.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// It counts towards backoffLimit.
    Counts,
    /// It does not.
    Ignored,
    /// Its index fails for good.
    FailsIndex,
    /// The job fails, for this reason.
    FailsJob(String),
}

/// The verdict of the first rule that fits; without one a failure counts.
pub(super) fn verdict(policy: &PodFailurePolicy, pod: &Pod) -> Verdict {
    for (index, rule) in policy.rules.iter().enumerate() {
        let Some(what) = fits(rule, pod) else { continue };
        return match rule.action.as_str() {
            "Ignore" => Verdict::Ignored,
            "FailIndex" => Verdict::FailsIndex,
            "FailJob" => Verdict::FailsJob(format!("{what} matching FailJob rule at index {index}")),
            _ => Verdict::Counts,
        };
    }
    Verdict::Counts
}

/// Whether a failed pod counts towards backoffLimit.
pub(super) fn counts(job: &Job, pod: &Pod) -> bool {
    job.spec.pod_failure_policy.as_ref().is_none_or(|policy| verdict(policy, pod) != Verdict::Ignored)
}

/// Why the policy fails the job, if it does.
pub(super) fn failure(job: &Job, failed: &[Rc<Pod>]) -> Option<String> {
    let policy = job.spec.pod_failure_policy.as_ref()?;
    failed.iter().find_map(|pod| match verdict(policy, pod) {
        Verdict::FailsJob(why) => Some(why),
        _ => None,
    })
}

/// What of a pod fits a rule, as the message tells it.
fn fits(rule: &PodFailureRule, pod: &Pod) -> Option<String> {
    let name = format!("{}/{}", pod.meta.namespace, pod.meta.name);
    match &rule.on_exit_codes {
        Some(codes) => {
            let (container, code) = exit(codes, pod)?;
            Some(format!("Container {container} for pod {name} failed with exit code {code}"))
        }
        None => {
            let kind = rule.on_pod_conditions.iter().find(|pattern| has(pod, pattern)).map(|pattern| &pattern.kind)?;
            Some(format!("Pod {name} has condition {kind}"))
        }
    }
}

fn exit<'a>(codes: &ExitCodes, pod: &'a Pod) -> Option<(&'a str, i32)> {
    let meant = |code: i32| match codes.operator.as_str() {
        "In" => codes.values.contains(&code),
        "NotIn" => !codes.values.contains(&code),
        _ => false,
    };
    let named = |name: &str| codes.container_name.as_ref().is_none_or(|wanted| *wanted == *name);
    pod.status.containers.iter().chain(&pod.status.init_containers).find_map(|container| match &container.state {
        ContainerState::Terminated(ended) if ended.exit_code != 0 && named(&container.name) && meant(ended.exit_code) => {
            Some((container.name.as_str(), ended.exit_code))
        }
        _ => None,
    })
}

fn has(pod: &Pod, pattern: &ConditionPattern) -> bool {
    pod.status.conditions.iter().any(|condition| {
        pattern.kind == condition.kind.as_str() && pattern.status == condition.status.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{ContainerStatus, Json, ObjectMeta, PodConditionKind, Terminated, Truth};
    use crate::base::{Name, SimTime};
    use serde_json::json;

    fn failed(code: i32) -> Pod {
        let ended = Terminated {
            exit_code: code,
            reason: Name::fixed("Error"),
            message: Name::default(),
            started: SimTime::default(),
            finished: SimTime::default(),
            container_id: 1,
        };
        let mut status = ContainerStatus::waiting(&Name::fixed("main"), &Name::fixed("x"), None);
        status.state = ContainerState::Terminated(Rc::new(ended));
        let mut pod = Pod { meta: ObjectMeta { namespace: "ns".into(), ..ObjectMeta::named("p") }, ..Pod::default() };
        pod.status.containers.push(status);
        pod
    }

    #[test]
    fn the_first_rule_that_fits_counts() {
        let policy = PodFailurePolicy::read(&json!({"rules": [
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            {"action": "FailJob", "onExitCodes": {"containerName": "main", "operator": "In", "values": [42]}},
            {"action": "Ignore", "onExitCodes": {"operator": "In", "values": [3, 42]}},
            {"action": "Count", "onExitCodes": {"operator": "NotIn", "values": [1]}},
        ]}));
        let message = "Container main for pod ns/p failed with exit code 42 matching FailJob rule at index 1";
        let table = [
            (failed(42), Verdict::FailsJob(message.to_owned())),
            (failed(3), Verdict::Ignored),
            (failed(7), Verdict::Counts),
            (failed(1), Verdict::Counts),
        ];
        for (pod, expected) in table {
            assert_eq!(verdict(&policy, &pod), expected);
        }
        let mut disrupted = failed(42);
        disrupted.status.set_condition(PodConditionKind::DisruptionTarget, Truth::True, None, SimTime::default());
        assert_eq!(verdict(&policy, &disrupted), Verdict::Ignored);
    }
}
