//! Why things are as they are: for each situation what happened to an object, who did it, what that one saw, and what had made it look.

use podscape::simulator::{
    Because, Command, Kind, Name, ObjectKey, Placement, Rank, Reason, Scenario, SimDuration, Simulator, What, Who,
};

struct Lab(Simulator);

impl Lab {
    fn new() -> Lab {
        Lab(Simulator::new(&Scenario::empty()))
    }

    /// Applies a manifest.
    fn file(&mut self, text: &str) {
        let receipt = self.0.apply_file("file.yaml", text);
        assert_eq!(receipt.exit, 0, "{}", receipt.output);
    }

    fn run(&mut self, line: &str) -> String {
        let receipt = self.0.apply(Command::Line(line.to_owned()));
        assert_eq!(receipt.exit, 0, "{line}: {}", receipt.output);
        self.0.interrupt();
        receipt.output
    }

    fn power(&mut self, node: &str, on: bool) {
        self.0.apply(Command::NodePower { node: node.to_owned(), on });
    }

    fn wait(&mut self, seconds: u64) {
        let until = self.0.now() + SimDuration::from_seconds(seconds);
        self.0.catch_up(until);
    }

    fn pods(&self) -> Vec<Name> {
        self.0.world().view().pods(&Name::from("default")).map(|pod| pod.meta.name.clone()).collect()
    }

    fn why(&self, kind: Kind, name: &str) -> Vec<Reason> {
        let namespace = if kind.info().namespaced { "default" } else { "" };
        self.0.why(&ObjectKey::new(kind, namespace, name))
    }

    fn placement(&self, pod: &str) -> Option<Placement> {
        self.0.placement(&ObjectKey::new(Kind::Pod, "default", pod))
    }
}

fn rc(replicas: i32, more: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ReplicationController\nmetadata: {{name: kubia}}\nspec:\n  replicas: {replicas}\n  template:\n    metadata: {{labels: {{app: kubia}}}}\n    \
         spec:\n      terminationGracePeriodSeconds: 1\n      containers:\n      - {{name: kubia, image: luksa/kubia{more}}}\n"
    )
}

fn pod(name: &str, spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n")
}

/// The latest reason for something.
fn find(reasons: &[Reason], what: impl Fn(&What) -> bool) -> &Reason {
    let Some(reason) = reasons.iter().find(|reason| what(&reason.what)) else { panic!("not told of: {reasons:#?}") };
    reason
}

fn controller(reason: &Reason) -> &'static str {
    if let Who::Controller { name, .. } = reason.who { name } else { "" }
}

fn line(who: &Who) -> &str {
    if let Who::You { line } = who { line } else { "" }
}

fn yours(reason: &Reason) -> (&str, &What, &str) {
    let Some(before) = reason.after.first() else { panic!("after nothing: {reason:#?}") };
    (before.key.name.as_str(), &before.what, line(&before.who))
}

#[test]
fn replicas_come_and_go_by_their_number() {
    let mut lab = Lab::new();
    lab.file(&rc(3, ""));
    lab.wait(10);
    let pods = lab.pods();
    let first = lab.why(Kind::Pod, &pods[0]);
    let created = find(&first, |what| *what == What::Created);
    assert_eq!((controller(created), &created.because), ("replication-controller", &Because::TooFew { seen: 0, wanted: 3 }));
    assert_eq!(yours(created), ("kubia", &What::Created, "kubectl apply -f file.yaml"));
    let bound = find(&first, |what| matches!(what, What::Bound { .. }));
    assert_eq!((&bound.who, &bound.because), (&Who::Scheduler, &Because::BestNode { of: 3, fitting: 3 }));
    // One is deleted, and replaced.
    let line = format!("kubectl delete pod {} --wait=false", pods[0]);
    lab.run(&line);
    lab.wait(8);
    let gone = lab.why(Kind::Pod, &pods[0]);
    assert_eq!((&gone[0].what, &gone[0].because), (&What::Removed, &Because::GraceOver));
    let going = find(&gone, |what| *what == What::Terminating);
    assert_eq!((&going.because, &going.who), (&Because::YouAsked, &Who::You { line: line.clone() }));
    let new = lab.pods().into_iter().find(|name| !pods.contains(name));
    let created = lab.why(Kind::Pod, &new.unwrap_or_default());
    let created = find(&created, |what| *what == What::Created);
    assert_eq!(created.because, Because::TooFew { seen: 2, wanted: 3 });
    assert_eq!(yours(created), (pods[0].as_str(), &What::Terminating, line.as_str()));
}

#[test]
fn the_pods_that_go_first_have_a_rank() {
    let mut lab = Lab::new();
    lab.file(&rc(3, ""));
    lab.wait(10);
    lab.run("kubectl cordon node1 node2 node3");
    lab.run("kubectl scale rc kubia --replicas=4");
    lab.wait(5);
    let waiting = lab.pods().into_iter().find(|name| lab.placement(name).is_some_and(|placement| placement.chosen.is_none())).unwrap_or_default();
    let placement = lab.placement(&waiting).map(|placement| (placement.nodes.len(), placement.message)).unwrap_or_default();
    assert_eq!(placement.0, 3);
    assert_eq!(placement.1, "0/3 nodes are available: 3 node(s) were unschedulable. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.");
    let stuck = lab.why(Kind::Pod, &waiting);
    assert!(matches!(&find(&stuck, |what| *what == What::Unschedulable).because, Because::NoNode { message } if **message == *placement.1));
    lab.run("kubectl scale rc kubia --replicas=3");
    lab.wait(5);
    let gone = lab.why(Kind::Pod, &waiting);
    let gone = find(&gone, |what| matches!(what, What::Removed | What::Terminating));
    assert_eq!(gone.because, Because::TooMany { seen: 4, wanted: 3, rank: Rank::Unassigned });
    assert_eq!(yours(gone), ("kubia", &What::Respecified, "kubectl scale rc kubia --replicas=3"));
    lab.run("kubectl uncordon node1 node2 node3");
    lab.run("kubectl scale rc kubia --replicas=4");
    lab.wait(60);
    let before = lab.pods();
    lab.run("kubectl scale rc kubia --replicas=3");
    lab.wait(6);
    let gone = before.iter().find(|name| !lab.pods().contains(name)).cloned().unwrap_or_default();
    let gone = lab.why(Kind::Pod, &gone);
    let gone = find(&gone, |what| *what == What::Terminating);
    assert_eq!(gone.because, Because::TooMany { seen: 4, wanted: 3, rank: Rank::ReadyShorter });
}

#[test]
fn labels_let_go_and_take_in() {
    let mut lab = Lab::new();
    lab.file(&rc(2, ""));
    lab.wait(10);
    let pods = lab.pods();
    let away = format!("kubectl label pod {} app=other --overwrite", pods[0]);
    lab.run(&away);
    lab.wait(5);
    let reasons = lab.why(Kind::Pod, &pods[0]);
    let released = find(&reasons, |what| matches!(what, What::Released { .. }));
    assert_eq!((controller(released), &released.because), ("replication-controller", &Because::SelectorMatchesNoMore));
    assert_eq!(yours(released), (pods[0].as_str(), &What::Relabelled, away.as_str()));
    let relabelled = find(&reasons, |what| *what == What::Relabelled);
    assert_eq!(line(&relabelled.who), away);
    let new = lab.pods().into_iter().find(|name| !pods.contains(name)).unwrap_or_default();
    let created = lab.why(Kind::Pod, &new);
    let created = find(&created, |what| *what == What::Created);
    assert_eq!((yours(created).0, &created.because), (pods[0].as_str(), &Because::TooFew { seen: 1, wanted: 2 }));
    // The one that left comes back: that is one too many.
    lab.run(&format!("kubectl label pod {} app=kubia --overwrite", pods[0]));
    lab.wait(1);
    let adopted = lab.why(Kind::Pod, &pods[0]);
    assert_eq!(find(&adopted, |what| matches!(what, What::Adopted { .. })).because, Because::SelectorMatches);
    let reasons: Vec<Reason> = lab.pods().iter().chain([&pods[0]]).flat_map(|pod| lab.why(Kind::Pod, pod)).collect();
    let gone = find(&reasons, |what| *what == What::Terminating);
    assert!(matches!(gone.because, Because::TooMany { seen: 3, wanted: 2, .. }), "{gone:?}");
}

#[test]
fn containers_say_why_they_start_again() {
    let mut lab = Lab::new();
    let probe = "containers: [{name: c, image: luksa/kubia-unhealthy, livenessProbe: {httpGet: {port: 8080, path: /}, periodSeconds: 2, failureThreshold: 1}}], \
                 terminationGracePeriodSeconds: 2";
    lab.file(&pod("sick", probe));
    lab.file(&pod("crash", "containers: [{name: c, image: busybox, command: [sh, -c, exit 3]}]"));
    lab.file(&pod("nopull", "containers: [{name: c, image: luksa/nosuchimage}]"));
    lab.wait(45);
    let sick = lab.why(Kind::Pod, "sick");
    let again = find(&sick, |what| matches!(what, What::Restarted { .. }));
    assert_eq!(again.because, Because::ProbeFailed { container: "c".into(), probe: "liveness".into() });
    let crash = lab.why(Kind::Pod, "crash");
    let again = find(&crash, |what| matches!(what, What::Restarted { .. }));
    assert_eq!(again.because, Because::ContainerEnded { container: "c".into(), code: 3, reason: "Error".into() });
    let waits = find(&crash, |what| matches!(what, What::Waiting { .. }));
    assert!(matches!(&waits.because, Because::BackOff { message, .. } if message.starts_with("back-off ")), "{waits:?}");
    let nopull = lab.why(Kind::Pod, "nopull");
    let waits = find(&nopull, |what| matches!(what, What::Waiting { .. }));
    assert!(matches!(&waits.because, Because::ImageTrouble { message, .. } if message.contains("nosuchimage")), "{waits:?}");
}

#[test]
fn what_a_kubelet_reports_has_a_cause() {
    let mut lab = Lab::new();
    let probe = "readinessProbe: {httpGet: {port: 8080, path: /}, periodSeconds: 1}";
    lab.file(&pod("probed", &format!("containers: [{{name: c, image: luksa/kubia, {probe}}}]")));
    lab.file(&pod("plain", "containers: [{name: c, image: luksa/kubia}], terminationGracePeriodSeconds: 2"));
    let hog = "containers: [{name: c, image: busybox, command: [sh, -c, 'x=a; while true; do x=$x$x; done'], resources: {limits: {memory: 20Mi}}}], restartPolicy: Never";
    lab.file(&pod("hog", hog));
    lab.file(&pod("done", "containers: [{name: c, image: busybox, command: [sh, -c, exit 0]}], restartPolicy: Never"));
    lab.file(&pod("stopped", "containers: [{name: c, image: busybox, command: [sh, -c, trap 'exit 0' TERM; while true; do sleep 1; done]}]"));
    lab.wait(15);
    let because = |lab: &Lab, name: &str, what: What| find(&lab.why(Kind::Pod, name), |told| *told == what).because.clone();
    assert_eq!(because(&lab, "probed", What::Ready), Because::ContainersReady { probed: true });
    assert_eq!(because(&lab, "plain", What::Ready), Because::ContainersReady { probed: false });
    assert_eq!(because(&lab, "plain", What::Phase("Running")), Because::ContainersRun);
    let ended = |lab: &Lab, name: &str| find(&lab.why(Kind::Pod, name), |what| matches!(what, What::Ended { code: 0, .. })).because.clone();
    assert_eq!(ended(&lab, "done"), Because::ProgramEnded);
    assert_eq!(find(&lab.why(Kind::Pod, "hog"), |what| matches!(what, What::Ended { code: 137, .. })).because, Because::OverMemory);
    lab.run("kubectl delete pod stopped --wait=false");
    lab.wait(5);
    assert_eq!(ended(&lab, "stopped"), Because::BeingDeleted);
}

#[test]
fn a_silent_node_loses_its_pods() {
    let mut lab = Lab::new();
    lab.file(&rc(3, ""));
    lab.wait(10);
    let victim = lab.pods().into_iter().find(|name| lab.placement(name).is_some_and(|placement| placement.chosen == Some("node2".into())));
    let victim = victim.unwrap_or_default();
    lab.power("node2", false);
    lab.wait(400);
    let node = lab.why(Kind::Node, "node2");
    let unready = find(&node, |what| *what == What::NotReady);
    assert_eq!((controller(unready), &unready.because), ("node-controller", &Because::KubeletSilent { node: "node2".into() }));
    assert_eq!(yours(unready), ("node2", &What::SwitchedOff, "node2 off"));
    assert_eq!(find(&node, |what| *what == What::SwitchedOff).because, Because::YouAsked);
    let pod = lab.why(Kind::Pod, &victim);
    assert_eq!(find(&pod, |what| *what == What::NotReady).because, Because::KubeletSilent { node: "node2".into() });
    let evicted = find(&pod, |what| *what == What::Terminating);
    let taint = Name::from("node.kubernetes.io/unreachable");
    assert_eq!((controller(evicted), &evicted.because), ("taint-eviction-controller", &Because::TaintNotTolerated { taint, seconds: 300 }));
    lab.power("node2", true);
    lab.wait(30);
    let node = lab.why(Kind::Node, "node2");
    let ready = find(&node, |what| *what == What::Ready);
    assert_eq!((&ready.because, yours(ready).2), (&Because::KubeletBack { node: "node2".into() }, "node2 on"));
}

#[test]
fn daemons_follow_the_nodes() {
    let mut lab = Lab::new();
    lab.file("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec:\n  selector: {matchLabels: {app: d}}\n  template:\n    metadata: {labels: {app: d}}\n    spec:\n      \
              nodeSelector: {disk: ssd}\n      terminationGracePeriodSeconds: 1\n      containers: [{name: m, image: luksa/ssd-monitor}]\n");
    lab.wait(2);
    lab.run("kubectl label node node1 disk=ssd");
    lab.wait(5);
    let name = lab.pods().first().cloned().unwrap_or_default();
    let created = lab.why(Kind::Pod, &name);
    let created = find(&created, |what| *what == What::Created);
    assert_eq!((controller(created), &created.because), ("daemonset-controller", &Because::NodeLacksDaemon { node: "node1".into() }));
    assert_eq!(yours(created), ("node1", &What::Relabelled, "kubectl label node node1 disk=ssd"));
    lab.run("kubectl label node node1 disk-");
    lab.wait(2);
    let gone = lab.why(Kind::Pod, &name);
    assert_eq!(find(&gone, |what| *what == What::Terminating).because, Because::NodeMayNotHaveDaemon { node: "node1".into() });
}

#[test]
fn jobs_and_schedules_say_what_they_need() {
    let mut lab = Lab::new();
    lab.file("apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  completions: 3\n  parallelism: 2\n  ttlSecondsAfterFinished: 5\n  template:\n    spec:\n      \
              restartPolicy: OnFailure\n      containers: [{name: m, image: busybox, command: [sleep, \"3\"]}]\n");
    lab.wait(2);
    let name = lab.pods().first().cloned().unwrap_or_default();
    let created = lab.why(Kind::Pod, &name);
    let needs = Because::JobNeedsPods { active: 0, wanted: 2, succeeded: 0, completions: Some(3) };
    assert_eq!(find(&created, |what| *what == What::Created).because, needs);
    lab.wait(60);
    let job = lab.why(Kind::Job, "j");
    assert_eq!(find(&job, |what| *what == What::Terminating).because, Because::TimeToLive { seconds: 5 });
    lab.file("apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  schedule: '* * * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          \
              restartPolicy: OnFailure\n          containers: [{name: m, image: busybox, command: [sleep, \"3\"]}]\n");
    lab.wait(70);
    let jobs: Vec<Name> = lab.0.world().view().list(Kind::Job, &Name::default()).map(|job| job.meta().name.clone()).collect();
    let job = lab.why(Kind::Job, &jobs[0]);
    let created = find(&job, |what| *what == What::Created);
    assert!(matches!(&created.because, Because::ScheduleDue { schedule, time } if schedule == "* * * * *" && time.seconds() % 60 == 0), "{created:?}");
    assert_eq!(controller(created), "cronjob-controller");
}

#[test]
fn deployments_roll_out() {
    let mut lab = Lab::new();
    lab.run("kubectl create deployment web --image=luksa/kubia --replicas=2");
    lab.wait(10);
    lab.run("kubectl set image deployment/web kubia=luksa/kubia:v2");
    lab.wait(30);
    let sets: Vec<Name> = lab.0.world().view().list(Kind::ReplicaSet, &Name::default()).map(|set| set.meta().name.clone()).collect();
    let told: Vec<Vec<Reason>> = sets.iter().map(|set| lab.why(Kind::ReplicaSet, set)).collect();
    let created = |revision| told.iter().any(|reasons| find(reasons, |what| *what == What::Created).because == Because::Rollout { revision });
    assert!(created(1) && created(2), "{told:#?}");
    let scaled = |replicas| told.iter().flatten().any(|reason| reason.because == Because::ScaledByDeployment { replicas });
    assert!(scaled(0) && scaled(2), "{told:#?}");
    let name = lab.pods().first().cloned().unwrap_or_default();
    let pod = lab.why(Kind::Pod, &name);
    assert_eq!(controller(find(&pod, |what| *what == What::Created)), "replicaset-controller");
}

#[test]
fn owners_take_what_they_own_with_them() {
    let mut lab = Lab::new();
    lab.file(&rc(1, ""));
    lab.wait(5);
    let name = lab.pods().first().cloned().unwrap_or_default();
    lab.run("kubectl delete rc kubia");
    lab.wait(1);
    let gone = lab.why(Kind::Pod, &name);
    let gone = find(&gone, |what| *what == What::Terminating);
    assert_eq!(controller(gone), "generic-garbage-collector");
    assert!(matches!(&gone.because, Because::OwnerGone { owner } if owner.name == "kubia"));
    lab.run("kubectl create namespace short");
    lab.run("kubectl run p -n short --image=luksa/kubia");
    lab.wait(5);
    lab.run("kubectl delete namespace short --wait=false");
    lab.wait(60);
    let gone = lab.0.why(&ObjectKey::new(Kind::Namespace, "", "short"));
    assert_eq!(find(&gone, |what| *what == What::Terminating).because, Because::YouAsked);
    assert_eq!(find(&gone, |what| *what == What::Removed).because, Because::NothingLeft);
    let inside = lab.0.why(&ObjectKey::new(Kind::Pod, "short", "p"));
    assert_eq!(find(&inside, |what| *what == What::Terminating).because, Because::NamespaceGoing);
}

#[test]
fn an_important_pod_takes_the_room_of_others() {
    let mut lab = Lab::new();
    lab.file("apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n");
    let containers = "terminationGracePeriodSeconds: 1, nodeName: node1, containers: [{name: c, image: luksa/kubia, resources: {requests: {cpu: 1500m}}}]";
    lab.file(&pod("low", containers));
    lab.wait(5);
    let wish = "priorityClassName: high, nodeSelector: {kubernetes.io/hostname: node1}, containers: [{name: c, image: luksa/kubia, resources: {requests: {cpu: 1500m}}}]";
    lab.file(&pod("great", wish));
    lab.wait(1);
    let low = lab.why(Kind::Pod, "low");
    let going = find(&low, |what| *what == What::Terminating);
    assert!(matches!(&going.because, Because::Preempted { by } if by.name == "great"), "{going:?}");
    assert_eq!(going.who, Who::Scheduler);
    let printed = lab.run("kubectl get pod great -o wide");
    assert!(printed.contains("<none>   node1            <none>"), "{printed}");
    let events = lab.run("kubectl get events");
    assert!(events.contains("0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector.\n"), "{events}");
    assert!(events.contains("Preempted by pod "), "{events}");
    lab.wait(10);
    let great = lab.why(Kind::Pod, "great");
    let bound = find(&great, |what| matches!(what, What::Bound { .. }));
    assert_eq!(bound.what, What::Bound { node: "node1".into() });
}

#[test]
fn an_address_comes_and_goes_with_its_pod() {
    let mut lab = Lab::new();
    lab.file(&rc(2, ", readinessProbe: {exec: {command: [ls, /ready]}, periodSeconds: 1}"));
    lab.run("kubectl expose rc kubia --port=80 --target-port=8080");
    lab.wait(4);
    let pod = lab.pods()[0].clone();
    lab.run(&format!("kubectl exec {pod} -- touch /ready"));
    lab.wait(3);
    lab.run(&format!("kubectl label pod {pod} app=other --overwrite"));
    lab.wait(1);
    let told = |lab: &Lab| -> Vec<(What, Because)> {
        let reasons = lab.why(Kind::Endpoints, "kubia").into_iter().filter(|reason| reason.what != What::Created);
        reasons.filter(|reason| controller(reason) == "endpoint-controller").map(|reason| (reason.what, reason.because)).collect()
    };
    let of = |what: What| told(&lab).into_iter().find(|(known, _)| *known == what).map(|(_, because)| because);
    assert_eq!(of(What::AddressAdded { target: pod.clone() }), Some(Because::PodReady { pod: pod.clone() }));
    assert_eq!(of(What::AddressNotReady { target: pod.clone() }), Some(Because::PodNotReady { pod: pod.clone() }));
    assert_eq!(of(What::AddressRemoved { target: pod.clone() }), Some(Because::SelectorMatchesNoMore));
    let other = lab.pods().into_iter().find(|name| *name != pod).unwrap_or_default();
    lab.run(&format!("kubectl delete pod {other} --wait=false"));
    lab.wait(1);
    let gone = told(&lab).into_iter().find(|(what, _)| *what == What::AddressRemoved { target: other.clone() });
    assert_eq!(gone.map(|(_, because)| because), Some(Because::PodGoing { pod: other }));
}
