//! One sync of a job after the other, as tables: what it does with the pods that it sees.

use super::*;
use crate::api::{ContainerState, ContainerStatus, PodConditionKind};
use crate::apiserver::{ApiServer, Write};
use serde_json::{Value, json};

const NOW: SimTime = SimTime::from_seconds(1_800_000_000);

/// Pods by their state: pending, running, ready, succeeded, failed, and being deleted while they run.
type Pods = [usize; 6];

const NONE: Pods = [0; 6];

struct Case {
    server: ApiServer,
    key: ObjectKey,
}

impl Case {
    /// A job that has been looked at once, and pods of it that are all that there are.
    fn new(spec: &Value, pods: Pods) -> Case {
        let mut server = ApiServer::new(1);
        let mut create = |kind, value: Value| {
            let Some(object) = Object::from_value(kind, &value) else { panic!("no object") };
            server.submit(Write::Create(object), NOW).unwrap_or_else(|error| panic!("{error}"))
        };
        create(Kind::Namespace, json!({"metadata": {"name": "default"}}));
        let mut spec = spec.clone();
        let restart = spec.get("restart").cloned().unwrap_or_else(|| json!("Never"));
        spec["template"] = json!({"spec": {"restartPolicy": restart, "containers": [{"name": "main", "image": "busybox"}]}});
        let object = create(Kind::Job, json!({"metadata": {"name": "j", "namespace": "default"}, "spec": spec})).object;
        let case_key = object.key();
        let Object::Job(job) = object else { panic!("no job") };
        let maker = Maker::new(key_of(&job), job.meta.uid, COMPONENT);
        let phases = [PodPhase::Pending, PodPhase::Running, PodPhase::Running, PodPhase::Succeeded, PodPhase::Failed, PodPhase::Running];
        for (state, count) in pods.into_iter().enumerate() {
            for _ in 0..count {
                let mut pod = maker.pod(&job.spec.template);
                pod.meta.finalizers.push(crate::api::JOB_TRACKING_FINALIZER);
                pod.node_name = "node1".into();
                let committed = server.submit(Write::Create(Object::Pod(Rc::new(pod))), NOW).unwrap_or_else(|error| panic!("{error}"));
                let Object::Pod(mut pod) = committed.object else { panic!("no pod") };
                let inner = Rc::make_mut(&mut pod);
                inner.status.phase = phases[state];
                inner.status.set_condition(PodConditionKind::Ready, Truth::from(state == 2), None, NOW);
                let _ = server.submit(Write::UpdateStatus(Object::Pod(pod.clone())), NOW);
                if state == 5 {
                    let key = Object::Pod(pod).key();
                    let _ = server.submit(Write::Delete { key, options: Default::default() }, NOW);
                }
            }
        }
        Case { server, key: case_key }
    }

    /// Its deletion has begun and waits for a finalizer.
    fn delete(&mut self) {
        let mut job = Job::clone(&self.job());
        job.meta.finalizers.push(Name::fixed("example.com/keep"));
        job.meta.resource_version = 0;
        for write in [Write::Update(Object::Job(Rc::new(job))), Write::Delete { key: self.key.clone(), options: Default::default() }] {
            self.server.submit(write, NOW).unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// One look; how many pods it made and deleted.
    fn sync(&mut self, now: SimTime) -> (usize, usize) {
        let outcome = reconcile(self.server.view(), &self.key, now);
        let count = |is: fn(&Write) -> bool| outcome.actions.iter().filter(|action| is(&action.write)).count();
        let done = (count(|write| matches!(write, Write::Create(_))), count(|write| matches!(write, Write::Delete { .. })));
        for action in outcome.actions {
            self.server.submit(action.write, now).unwrap_or_else(|error| panic!("{error}"));
        }
        done
    }

    fn job(&self) -> Rc<Job> {
        let Some(job) = self.server.view().job(&self.key.namespace, &self.key.name) else { panic!("no job") };
        job.clone()
    }
}

#[test]
fn a_sync_makes_what_is_missing_and_deletes_what_is_too_many() {
    let of = |parallelism: i32, completions: Option<i32>| json!({"parallelism": parallelism, "completions": completions});
    let with = |mut spec: Value, key: &str, value: Value| {
        spec[key] = value;
        spec
    };
    let replacing = |spec: Value| with(spec, "podReplacementPolicy", json!("Failed"));
    let indexed = |spec: Value| with(spec, "completionMode", json!("Indexed"));
    let strict = |spec: Value| with(spec, "backoffLimit", json!(0));
    let resting = |spec: Value| with(spec, "suspend", json!(true));
    // spec, pods, made and deleted, then active, ready, succeeded, failed, and the last condition once all is counted
    let table: [(Value, Pods, (usize, usize), [i32; 4], &str); 30] = [
        (of(2, Some(5)), NONE, (2, 0), [2, 0, 0, 0], ""),
        (of(2, None), NONE, (2, 0), [2, 0, 0, 0], ""),
        (of(2, Some(5)), [2, 0, 0, 0, 0, 0], (0, 0), [2, 0, 0, 0], ""),
        (of(3, Some(5)), [0, 1, 2, 0, 0, 0], (0, 0), [3, 2, 0, 0], ""),
        (of(2, None), [0, 2, 0, 0, 0, 0], (0, 0), [2, 0, 0, 0], ""),
        (of(2, Some(5)), [0, 1, 0, 1, 0, 0], (1, 0), [2, 0, 1, 0], ""),
        (replacing(of(1, None)), [0, 1, 0, 0, 1, 1], (0, 0), [1, 0, 0, 1], ""),
        (of(1, None), [0, 1, 0, 0, 1, 1], (0, 0), [1, 0, 0, 2], ""),
        (replacing(of(1, Some(1))), [0, 2, 0, 0, 0, 4], (0, 1), [1, 0, 0, 0], ""),
        (of(2, None), [0, 1, 0, 0, 0, 0], (1, 0), [2, 0, 0, 0], ""),
        (of(2, Some(5)), [0, 3, 0, 0, 0, 0], (0, 1), [2, 0, 0, 0], ""),
        (of(2, Some(5)), [0, 0, 3, 0, 0, 0], (0, 1), [2, 2, 0, 0], ""),
        (of(2, Some(5)), [0, 1, 0, 1, 1, 0], (1, 0), [2, 0, 1, 1], ""),
        (of(2, Some(5)), [0, 0, 0, 5, 0, 0], (0, 0), [0, 0, 5, 0], "Complete"),
        (of(2, None), [0, 1, 0, 1, 0, 0], (0, 0), [1, 0, 1, 0], ""),
        (of(2, None), [0, 0, 0, 2, 0, 0], (0, 0), [0, 0, 2, 0], "Complete"),
        (of(2, None), [0, 0, 0, 1, 1, 0], (0, 0), [0, 0, 1, 1], "Complete"),
        (of(2, Some(5)), [0, 10, 0, 0, 0, 0], (0, 8), [2, 0, 0, 0], ""),
        (of(3, Some(4)), [0, 3, 0, 2, 0, 0], (0, 1), [2, 0, 2, 0], ""),
        (of(2, Some(5)), [0, 2, 0, 2, 0, 0], (0, 0), [2, 0, 2, 0], ""),
        (strict(of(2, Some(5))), [0, 0, 0, 0, 1, 0], (0, 0), [0, 0, 0, 1], "Failed"),
        (strict(of(2, Some(3))), [0, 0, 2, 0, 1, 0], (0, 2), [0, 0, 0, 3], "FailureTarget"),
        (indexed(of(2, Some(5))), NONE, (2, 0), [2, 0, 0, 0], ""),
        (replacing(indexed(of(2, Some(5)))), [0, 0, 0, 0, 0, 1], (1, 0), [1, 0, 0, 0], ""),
        (indexed(of(2, Some(5))), [0, 0, 0, 0, 0, 1], (2, 0), [2, 0, 0, 0], ""),
        (of(1, Some(1)), [0, 1, 0, 0, 1, 1], (0, 0), [1, 0, 0, 2], ""),
        (resting(of(2, Some(4))), [0, 2, 0, 0, 0, 0], (0, 2), [0, 0, 0, 0], "Suspended"),
        (resting(of(2, Some(4))), [0, 0, 2, 0, 0, 0], (0, 2), [0, 0, 0, 0], "Suspended"),
        (of(600, Some(700)), NONE, (500, 0), [600, 0, 0, 0], ""),
        (of(0, Some(1)), NONE, (0, 0), [0, 0, 0, 0], ""),
    ];
    for (spec, pods, done, counts, condition) in table {
        let mut case = Case::new(&spec, pods);
        // Failures of just now hold new pods back: it is looked at when that is over.
        let now = NOW + SimDuration::from_seconds(700);
        assert_eq!(case.sync(now), done, "{spec} {pods:?}");
        let _ = case.sync(now);
        let status = case.job().status.clone();
        assert_eq!([status.active, status.ready.unwrap_or_default(), status.succeeded, status.failed], counts, "{spec} {pods:?}");
        let last = status.conditions.last().map(|condition| condition.kind.to_string()).unwrap_or_default();
        assert_eq!(last, condition, "{spec} {pods:?}");
        let uncounted = status.uncounted.unwrap_or_default();
        assert!(uncounted.succeeded.is_empty() && uncounted.failed.is_empty(), "{spec} {pods:?}");
    }
}

#[test]
fn a_job_that_is_being_deleted_is_left_as_it_is() {
    // spec, pods, active and counted as succeeded
    let table: [(Value, Pods, [i32; 2]); 2] = [
        (json!({"parallelism": 2, "completions": 5}), [1, 1, 0, 1, 0, 0], [2, 1]),
        (json!({"parallelism": 2, "completions": 4, "suspend": true}), [0, 2, 0, 0, 0, 0], [2, 0]),
    ];
    for (spec, pods, counts) in table {
        let mut case = Case::new(&spec, pods);
        case.delete();
        assert_eq!(case.sync(NOW), (0, 0), "{spec}");
        let _ = case.sync(NOW);
        assert_eq!([case.job().status.active, case.job().status.succeeded], counts, "{spec}");
    }
}

#[test]
fn a_job_that_is_resumed_makes_its_pods() {
    let mut case = Case::new(&json!({"parallelism": 2, "completions": 4, "suspend": true}), NONE);
    assert_eq!(case.sync(NOW), (0, 0));
    let mut job = Job::clone(&case.job());
    (job.spec.suspend, job.meta.resource_version) = (Some(false), 0);
    let _ = case.server.submit(Write::Update(Object::Job(Rc::new(job))), NOW);
    assert_eq!(case.sync(NOW), (2, 0));
    let suspended = case.job().status.conditions.iter().find(|condition| condition.kind == "Suspended").cloned();
    assert_eq!(suspended.map(|condition| (condition.status, condition.reason)), Some((Truth::False, Name::fixed("JobResumed"))));
}

#[test]
fn the_least_useful_active_pod_goes_first() {
    const MONTH: u64 = 30 * 24 * 3600;
    /// `node`, `pending`, `ready=SECONDS`, `untimed`, `age=SECONDS`, `restarts=N`, `sidecar=N`
    fn pod(words: &str) -> Rc<Pod> {
        let value = |key: &str| words.split(' ').find_map(|word| word.strip_prefix(key)?.parse::<u64>().ok());
        let back = |seconds: u64| NOW - SimDuration::from_seconds(seconds);
        let mut pod = Pod { node_name: words.split(' ').next().unwrap_or_default().into(), ..Pod::default() };
        pod.status.phase = if words.contains("pending") { PodPhase::Pending } else { PodPhase::Running };
        pod.meta.creation = value("age=").map_or(SimTime::default(), back);
        let ready = if words.contains("untimed") { Some(SimTime::default()) } else { value("ready=").map(back) };
        if let Some(since) = ready {
            pod.status.set_condition(PodConditionKind::Ready, Truth::True, None, since);
        }
        let restarted = |name, key| {
            let mut status = ContainerStatus::waiting(&Name::fixed(name), &Name::default(), None);
            status.restart_count = value(key).and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
            status
        };
        pod.status.containers.push(restarted("main", "restarts="));
        pod.status.init_containers.push(restarted("side", "sidecar="));
        let spec = Rc::make_mut(&mut pod.spec);
        spec.init_containers.push(crate::api::Container { name: "side".into(), restart_policy: "Always".into(), ..Default::default() });
        Rc::new(pod)
    }
    let month = MONTH.to_string();
    let order = [
        " pending".to_owned(),
        "n pending".to_owned(),
        "n".to_owned(),
        "n untimed restarts=3".to_owned(),
        "n ready=0 restarts=3".to_owned(),
        format!("n ready={month} restarts=3"),
        format!("n ready={month} restarts=2 sidecar=2"),
        format!("n ready={month} restarts=2"),
        format!("n ready={month} restarts=2 age=0"),
        format!("n ready={month} restarts=2 age={month}"),
    ];
    for pair in order.windows(2) {
        assert!(manage::rank(&pod(&pair[0])) < manage::rank(&pod(&pair[1])), "{pair:?}");
    }
}

#[test]
fn back_off_limits_are_judged_by_failures_or_restarts() {
    // restartPolicy, limit, failed pods or restarts of a running one, whether the job fails
    let table = [
        ("Never", 6, 6, false), ("Never", 6, 7, true), ("Never", 0, 1, true), ("OnFailure", 6, 5, false), ("OnFailure", 6, 6, true),
        ("OnFailure", 0, 0, false), ("OnFailure", 0, 1, true),
    ];
    for (restart, limit, count, fails) in table {
        let spec = json!({"restart": restart, "backoffLimit": limit});
        let pods = if restart == "Never" { [0, 0, 0, 0, count, 0] } else { [0, 1, 0, 0, 0, 0] };
        let mut case = Case::new(&spec, pods);
        if restart == "OnFailure" {
            let Some(pod) = case.server.view().pods(&Name::default()).next().cloned() else { panic!("no pod") };
            let mut pod = Pod::clone(&pod);
            let mut status = ContainerStatus::waiting(&Name::fixed("main"), &Name::fixed("busybox"), None);
            status.state = ContainerState::Running { started: NOW };
            status.restart_count = u32::try_from(count).unwrap_or_default();
            pod.status.containers = vec![status];
            let _ = case.server.submit(Write::UpdateStatus(Object::Pod(Rc::new(pod))), NOW);
        }
        case.sync(NOW);
        let failing = case.job().status.holds("FailureTarget").map(|condition| condition.reason.to_string());
        assert_eq!(failing, fails.then(|| "BackoffLimitExceeded".to_owned()), "{restart} {limit} {count}");
    }
}

#[test]
fn a_failure_holds_the_next_pod_back() {
    let mut case = Case::new(&json!({}), [0, 0, 0, 0, 1, 0]);
    assert_eq!(case.sync(NOW), (0, 0));
    assert_eq!(case.sync(NOW + SimDuration::from_seconds(9)), (0, 0));
    assert_eq!(case.sync(NOW + SimDuration::from_seconds(10)), (1, 0));
    assert_eq!(case.job().failures.count, 1);
}

#[test]
fn pods_of_an_indexed_job_know_their_index() {
    let mut case = Case::new(&json!({"completionMode": "Indexed", "completions": 3, "parallelism": 2}), NONE);
    case.sync(NOW);
    let pods: Vec<Rc<Pod>> = case.server.view().pods(&Name::default()).cloned().collect();
    let hosts: Vec<&str> = pods.iter().map(|pod| pod.spec.hostname.as_str()).collect();
    assert_eq!(hosts, ["j-0", "j-1"]);
    for (index, pod) in pods.iter().enumerate() {
        assert!(pod.meta.name.starts_with(&format!("j-{index}-")), "{}", pod.meta.name);
        assert_eq!(pod.meta.labels.get("batch.kubernetes.io/job-completion-index").map(ToString::to_string), Some(index.to_string()));
        assert!(pod.spec.containers[0].env.iter().any(|variable| variable.name == "JOB_COMPLETION_INDEX"));
    }
    let mut first = Pod::clone(&pods[0]);
    first.status.phase = PodPhase::Succeeded;
    first.meta.resource_version = 0;
    let _ = case.server.submit(Write::UpdateStatus(Object::Pod(Rc::new(first))), NOW);
    assert_eq!(case.sync(NOW), (1, 0));
    assert_eq!((case.job().status.completed_indexes.as_str(), case.job().status.succeeded), ("0", 1));
}
