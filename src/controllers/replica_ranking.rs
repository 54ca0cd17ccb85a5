//! Which replicas go first when there are too many.
//! Models pkg/controller/controller_utils.go ActivePodsWithRanks.Less and pkg/controller/replicaset/replica_set.go
//! getPodsRankedByRelatedPodsOnSameNode.

use std::cmp::{Ordering, Reverse};
use std::rc::Rc;

use crate::api::{ContainerStatus, Pod, PodConditionKind, PodPhase, Truth, Uid};
use crate::base::{Name, SimTime, SmallMap, sort_by};

const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// The first `count` in the order of deletion. `related`: the active pods of all ReplicaSets of the same Deployment; pods on nodes that have many of
/// them go sooner.
pub(super) fn to_delete(pods: &[Rc<Pod>], related: &[Rc<Pod>], count: usize, now: SimTime) -> Vec<Rc<Pod>> {
    if count >= pods.len() {
        return pods.to_vec();
    }
    let mut crowds: SmallMap<&Name, usize> = SmallMap::new();
    for pod in related {
        *crowds.entry(&pod.node_name).or_default() += 1;
    }
    let mut ranked: Vec<(Rank, &Rc<Pod>)> =
        pods.iter().map(|pod| (Rank::of(pod, crowds.get(&pod.node_name).copied().unwrap_or_default()), pod)).collect();
    sort_by(&mut ranked, |(a, _), (b, _)| a.compare(b, now));
    ranked.into_iter().take(count).map(|(_, pod)| pod.clone()).collect()
}

/// What decides how soon a pod goes.
struct Rank {
    /// Whether it has a node, its phase, whether it is ready, what its deletion costs, how crowded its node is: lower goes first.
    first: (bool, u8, bool, i32, Reverse<usize>),
    /// Since when it is ready; without a time if it is not, or if nobody noted when.
    ready: Option<SimTime>,
    restarts: (u32, u32),
    created: Option<SimTime>,
    uid: Uid,
}

impl Rank {
    fn of(pod: &Pod, crowd: usize) -> Rank {
        let ready = pod.status.condition(PodConditionKind::Ready).filter(|ready| ready.status == Truth::True);
        let cost: i32 = pod.meta.annotations.get(DELETION_COST).and_then(|cost| cost.parse().ok()).unwrap_or_default();
        let noted = |time: SimTime| (time != SimTime::default()).then(|| SimTime::from_seconds(time.seconds()));
        Rank {
            first: (!pod.node_name.is_empty(), phase_rank(pod), ready.is_some(), cost, Reverse(crowd)),
            ready: ready.and_then(|ready| noted(ready.transition)),
            restarts: most_restarts(pod),
            created: noted(pod.meta.creation),
            uid: pod.meta.uid,
        }
    }

    /// Less goes first.
    fn compare(&self, other: &Rank, now: SimTime) -> Ordering {
        let by_uid = || self.uid.as_printed().cmp(&other.uid.as_printed());
        let times = |a: Option<SimTime>, b: Option<SimTime>| match (a, b) {
            _ if a == b => None,
            // A time that nobody noted comes before all others.
            (None, _) | (_, None) => Some(a.cmp(&b)),
            (Some(a), Some(b)) => Some(log2_of_age(a, now).cmp(&log2_of_age(b, now)).then_with(by_uid)),
        };
        let first = self.first.cmp(&other.first);
        if first.is_ne() {
            return first;
        }
        if let Some(order) = times(self.ready, other.ready) {
            return order;
        }
        other.restarts.cmp(&self.restarts).then_with(|| times(self.created, other.created).unwrap_or_else(by_uid))
    }
}

/// Pending goes before Running. (The phase between the two, Unknown, is written by nobody any more.)
pub(super) fn phase_rank(pod: &Pod) -> u8 {
    if pod.status.phase == PodPhase::Pending { 0 } else { 2 }
}

/// The most restarts of one container, then of one sidecar. Models compareMaxContainerRestarts.
pub(super) fn most_restarts(pod: &Pod) -> (u32, u32) {
    let is_sidecar = |name: &Name| pod.spec.init_containers.iter().any(|container| container.name == *name && container.is_sidecar());
    let most = |all: &[ContainerStatus], counts: &dyn Fn(&Name) -> bool| {
        all.iter().filter(|status| counts(&status.name)).map(|status| status.restart_count).max().unwrap_or_default()
    };
    (most(&pod.status.containers, &|_| true), most(&pod.status.init_containers, &is_sidecar))
}

/// The integer part of log2 of an age in nanoseconds, -1 of none: ages within a factor of two of each other are about the same.
/// Models logarithmicRankDiff.
fn log2_of_age(since: SimTime, now: SimTime) -> i64 {
    let nanos = u128::from(now.age_of(since).micros()) * 1000;
    nanos.checked_ilog2().map_or(-1, i64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Container, ObjectMeta, PodSpec, PodStatus};

    fn pod(name: &str, node: &str, phase: PodPhase, ready_for: Option<u64>) -> Rc<Pod> {
        let now = SimTime::from_seconds(1000);
        let mut status = PodStatus { phase, ..PodStatus::default() };
        if let Some(seconds) = ready_for {
            let since = SimTime::from_seconds(1000 - seconds);
            status.set_condition(PodConditionKind::Ready, Truth::True, None, since);
        }
        let uid = Uid(u128::from(name.as_bytes()[0]));
        Rc::new(Pod {
            meta: ObjectMeta { uid, creation: now, ..ObjectMeta::named(name) },
            node_name: node.into(),
            status,
            ..Pod::default()
        })
    }

    #[test]
    fn the_least_useful_goes_first() {
        let pods = [
            pod("old", "n1", PodPhase::Running, Some(600)),
            pod("young", "n1", PodPhase::Running, Some(5)),
            pod("unready", "n1", PodPhase::Running, None),
            pod("pending", "n1", PodPhase::Pending, None),
            pod("unassigned", "", PodPhase::Pending, None),
        ];
        let order: Vec<String> = (1..=4).map(|n| to_delete(&pods, &[], n, SimTime::from_seconds(1000))[n - 1].meta.name.to_string()).collect();
        assert_eq!(order, ["unassigned", "pending", "unready", "young"]);
    }

    #[test]
    fn crowded_nodes_are_relieved_first() {
        let pods = [
            pod("a", "n1", PodPhase::Running, Some(5)),
            pod("b", "n2", PodPhase::Running, Some(600)),
            pod("c", "n2", PodPhase::Running, Some(600)),
        ];
        let now = SimTime::from_seconds(1000);
        let first = |related: &[Rc<Pod>]| to_delete(&pods, related, 1, now)[0].meta.name.to_string();
        assert_eq!((first(&[]), first(&pods)), ("a".to_owned(), "b".to_owned()));
    }

    const HOUR: u64 = 3600;
    const MONTH: u64 = 30 * 24 * HOUR;
    const NOW: SimTime = SimTime::from_seconds(100 * MONTH);

    /// A pod by words: `node`, `pending`, `ready=SECONDS`, `untimed` (ready, but nobody noted since when), `age=SECONDS`, `restarts=N`, `cost=N`.
    fn worded(words: &str) -> Rc<Pod> {
        let value = |key: &str| words.split(' ').find_map(|word| word.strip_prefix(key)?.parse::<u64>().ok());
        let back = |seconds: u64| NOW - crate::base::SimDuration::from_seconds(seconds);
        let phase = if words.contains("pending") { PodPhase::Pending } else { PodPhase::Running };
        let mut status = PodStatus { phase, ..PodStatus::default() };
        if let Some(seconds) = value("ready=") {
            status.set_condition(PodConditionKind::Ready, Truth::True, None, back(seconds));
        }
        if words.contains("untimed") {
            status.set_condition(PodConditionKind::Ready, Truth::True, None, SimTime::default());
        }
        let mut container = crate::api::ContainerStatus::waiting(&Name::from("c"), &Name::from("i"), None);
        container.restart_count = value("restarts=").and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
        status.containers.push(container.clone());
        let mut spec = PodSpec::default();
        if let Some(count) = value("sidecar=") {
            container.restart_count = u32::try_from(count).unwrap_or_default();
            status.init_containers.push(container);
            spec.init_containers.push(Container { name: "c".into(), restart_policy: "Always".into(), ..Container::default() });
        }
        let uid = Uid(u128::from(value("uid=").unwrap_or_default()));
        let mut meta = ObjectMeta { creation: back(value("age=").unwrap_or(MONTH)), uid, ..ObjectMeta::default() };
        if let Some(cost) = value("cost=") {
            meta.annotations = Rc::new([(Name::from(DELETION_COST), Name::from(cost.to_string()))].into());
        }
        Rc::new(Pod { meta, node_name: words.split(' ').next().unwrap_or_default().into(), status, spec: Rc::new(spec), ..Pod::default() })
    }

    #[test]
    fn pairs_are_told_apart_by_the_first_key_that_differs() {
        // (goes, how many of its like are on its node; stays, how many)
        let table = [
            (" pending", 1, "n pending", 2),
            (" pending", 2, "n pending", 1),
            ("n pending", 1, "n", 2),
            ("n", 1, "n ready=0", 1),
            ("n", 1, "n untimed", 1),
            ("n untimed", 1, "n ready=0", 1),
            ("n ready=0", 2, "n untimed", 1),
            ("n ready=0", 2, "n ready=2592000", 1),
            ("n ready=0", 1, "n ready=2592000", 1),
            ("n ready=0 restarts=9001", 1, "n ready=0", 1),
            ("n ready=0", 2, "n ready=0 restarts=9001", 1),
            ("n ready=0 age=0", 1, "n ready=0 age=2592000", 1),
            ("n ready=0 age=2592000", 2, "n ready=0 age=0", 1),
            ("n ready=100 cost=10", 2, "n ready=100 cost=100", 1),
            ("n ready=7200", 1, "n ready=18000", 1),
            ("n ready=0 restarts=9001 sidecar=9001", 1, "n ready=0 restarts=9001", 1),
            // Within a factor of two they are about the same, and nothing but the uid is looked at then.
            ("n ready=18000 uid=1", 1, "n ready=28800 uid=2", 1),
            ("n ready=28800 uid=1", 1, "n ready=18000 uid=2", 1),
            ("n ready=28800 uid=1", 1, "n ready=18000 uid=2 restarts=9001", 1),
            (" pending age=18000 uid=1", 1, " pending age=28800 uid=2", 1),
            (" pending age=28800 uid=1", 1, " pending age=18000 uid=2", 1),
        ];
        for (goes, its_crowd, stays, other_crowd) in table {
            let (goes_rank, stays_rank) = (Rank::of(&worded(goes), its_crowd), Rank::of(&worded(stays), other_crowd));
            assert_eq!(goes_rank.compare(&stays_rank, NOW), Ordering::Less, "{goes} goes before {stays}");
            assert_eq!(stays_rank.compare(&goes_rank, NOW), Ordering::Greater, "{goes} goes before {stays}");
        }
    }

    #[test]
    fn so_many_are_chosen() {
        let all = ["n1 ready=100", "n2 ready=100", "n3", "n4 pending", " pending"];
        let pods: Vec<Rc<Pod>> = all.iter().map(|words| worded(words)).collect();
        let chosen = |pods: &[Rc<Pod>], related: &[Rc<Pod>], count| -> Vec<String> {
            to_delete(pods, related, count, NOW).iter().map(|pod| pod.node_name.to_string()).collect()
        };
        assert_eq!(chosen(&[], &[], 0), Vec::<String>::new());
        assert_eq!(chosen(&pods[1..3], &[], 2), ["n2", "n3"], "in the order given: all go");
        assert_eq!(chosen(&pods[..3], &[], 1), ["n3"]);
        assert_eq!(chosen(&pods[3..], &[], 1), [""]);
        assert_eq!(chosen(&pods[2..4], &[], 1), ["n4"]);
        let two = [worded("a ready=100"), worded("b"), worded("c")];
        assert_eq!(chosen(&two, &[], 2), ["b", "c"]);
        assert_eq!(chosen(&pods, &[], 3), ["", "n4", "n3"]);
        let related = [worded("n1 ready=100"), worded("n2 ready=100"), worded("n2 ready=100")];
        assert_eq!(chosen(&pods[..2], &related, 1), ["n2"]);
    }
}
