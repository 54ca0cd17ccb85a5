//! Pods that make room for one of a higher priority.
//! Models pkg/scheduler/framework/preemption/preemption.go and plugins/defaultpreemption. Left out: the random share of nodes
//! that is looked at where there are more than a hundred.

use std::cmp::Ordering;
use std::rc::Rc;

use super::schedule_one::{NOT_HELPFUL, counted};
use super::{Cache, NodeInfo, Removed, Verdict, Wish, filter};
use crate::api::{DisruptionBudget, Pod, Uid};
use crate::apiserver::eviction::budgets_of;
use crate::base::{Name, SmallMap, sort_by};
use crate::store::View;

/// Who has to go for a pod, and from which node.
#[derive(Clone, Debug)]
pub struct Preemption {
    /// The node, which then waits for the pod.
    pub node: Name,
    /// Those who have to go, the most important first.
    pub victims: Vec<Rc<Pod>>,
    /// How many of them their disruption budgets would keep.
    violations: usize,
}

fn priority(pod: &Pod) -> i32 {
    pod.spec.priority.unwrap_or_default()
}

/// The more important first: by priority, then the one that runs longer. Models util.MoreImportantPod.
fn by_importance(a: &Rc<Pod>, b: &Rc<Pod>) -> Ordering {
    priority(b).cmp(&priority(a)).then_with(|| a.status.start_time.cmp(&b.status.start_time))
}

/// Finds the least harm that gives a pod a node. An error is the sentence that says why there is none.
pub(super) fn preempt(cache: &Cache, view: View<'_>, pod: &Pod, verdicts: &SmallMap<Name, Verdict>) -> Result<Preemption, String> {
    if pod.spec.preemption_policy == "Never" {
        return Err("not eligible due to preemptionPolicy=Never.".to_owned());
    }
    if let Some(node) = pod.status.nominated_node.as_deref() {
        let goes = |other: &&Rc<Pod>| other.meta.is_deleting() && priority(other) < priority(pod);
        let helpless = verdicts.get(node).is_some_and(|verdict| verdict.unresolvable);
        if !helpless && view.pods_on(node).any(|other| goes(&other)) {
            return Err("not eligible due to a terminating pod on the nominated node.".to_owned());
        }
    }
    let mut tried: SmallMap<Name, Verdict> = SmallMap::new();
    let mut candidates: Vec<Preemption> = Vec::new();
    for (name, verdict) in verdicts.iter() {
        let said = match verdict.unresolvable {
            true => Verdict::never(Name::fixed(NOT_HELPFUL)),
            false => match cache.node(name).map(|info| victims(cache, view, pod, info)) {
                Some(Ok((victims, violations))) => {
                    candidates.push(Preemption { node: name.clone(), victims, violations });
                    continue;
                }
                Some(Err(verdict)) => verdict,
                None => continue,
            },
        };
        tried.insert(name.clone(), said);
    }
    pick(candidates).ok_or_else(|| counted(&tried))
}

/// Which of these pods, the most important first, their disruption budgets would keep if all went.
/// Models filterPodsWithPDBViolation.
fn kept_by_budgets(view: View<'_>, pods: &[Rc<Pod>]) -> Vec<bool> {
    let mut left: SmallMap<Uid, i64> = SmallMap::new();
    let kept = pods.iter().map(|pod| {
        let mut violates = false;
        for budget in budgets_of(view, pod) {
            let budget = DisruptionBudget(budget);
            if budget.has_let_go(pod) || budget.selector().is_none_or(|selector| selector.is_empty()) {
                continue;
            }
            let left = left.entry(budget.0.meta.uid).or_insert_with(|| budget.count("disruptionsAllowed"));
            *left -= 1;
            violates |= *left < 0;
        }
        violates
    });
    kept.collect()
}

/// Who has to go from one node: all of lower priority, but for those who can be put back; those whom budgets keep are put back first. And how
/// many of them budgets would keep. Models SelectVictimsOnNode.
fn victims(cache: &Cache, view: View<'_>, pod: &Pod, info: &Rc<NodeInfo>) -> Result<(Vec<Rc<Pod>>, usize), Verdict> {
    let lower = |other: &&Rc<Pod>| !other.status.phase.is_terminal() && priority(other) < priority(pod);
    let there = cache.has_lower(priority(pod)).then(|| view.pods_on(&info.node.meta.name).filter(lower).cloned());
    let mut lower: Vec<Rc<Pod>> = there.into_iter().flatten().collect();
    if lower.is_empty() {
        return Err(Verdict::now(Name::fixed("No preemption victims found for incoming pod")));
    }
    let (mut rest, mut removed) = (NodeInfo::clone(info), Removed::default());
    for other in &lower {
        rest.change(other, -1);
        removed.insert(other);
    }
    let verdict = |rest: &NodeInfo, removed: &Removed| filter(rest, &Wish::without(pod, cache, view, removed));
    let alone = verdict(&rest, &removed);
    if !alone.is_fit() {
        return Err(alone);
    }
    sort_by(&mut lower, by_importance);
    let kept = kept_by_budgets(view, &lower);
    let (mut victims, mut violations) = (Vec::new(), 0);
    for first in [true, false] {
        for (other, _) in lower.iter().zip(&kept).filter(|(_, kept)| **kept == first) {
            rest.change(other, 1);
            removed.put_back(other);
            if !verdict(&rest, &removed).is_fit() {
                rest.change(other, -1);
                removed.insert(other);
                victims.push(other.clone());
                violations += usize::from(first);
            }
        }
    }
    sort_by(&mut victims, by_importance);
    Ok((victims, violations))
}

/// The candidate that harms least. Models pickOneNodeForPreemption.
fn pick(mut candidates: Vec<Preemption>) -> Option<Preemption> {
    let highest = |one: &Preemption| one.victims.first().map(|pod| priority(pod));
    // Each priority is lifted above zero, so that many of a low one are more than few.
    let sum = |one: &Preemption| one.victims.iter().map(|pod| i64::from(priority(pod)) + i64::from(i32::MAX) + 1).sum::<i64>();
    let latest = |one: &Preemption| one.victims.iter().filter(|pod| Some(priority(pod)) == highest(one)).filter_map(|pod| pod.status.start_time).min();
    sort_by(&mut candidates, |a, b| {
        let harm = a.violations.cmp(&b.violations).then_with(|| highest(a).cmp(&highest(b))).then_with(|| sum(a).cmp(&sum(b))).then_with(|| a.victims.len().cmp(&b.victims.len()));
        harm.then_with(|| latest(b).cmp(&latest(a)))
    });
    candidates.into_iter().next()
}
