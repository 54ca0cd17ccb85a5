//! The causes that "Why?" names are real ones: a long history is played again without each of its lines in turn, and nothing of what that
//! line is said to have begun may happen then.

use podscape::simulator::{Command, Entry, ObjectKey, Reason, Scenario, SimDuration, Simulator, What, Who};

/// Lines, and the seconds to wait after each. `POD` is the first pod of the replication controller.
const LINES: [(&str, u64); 24] = [
    ("kubectl create -f rc.yaml", 15),
    ("kubectl create -f ds.yaml", 5),
    ("kubectl create -f job.yaml", 30),
    ("kubectl create -f crash.yaml", 40),
    ("kubectl scale rc kubia --replicas=5", 15),
    ("kubectl scale rc kubia --replicas=3", 40),
    ("kubectl delete pod POD --grace-period=1", 15),
    ("kubectl label pod POD app=other --overwrite", 15),
    ("kubectl label node node1 disk=ssd", 15),
    ("kubectl label node node1 disk-", 40),
    ("kubectl create deployment web --image=luksa/kubia --replicas=2", 15),
    ("kubectl set image deploy/web kubia=luksa/kubia:v2", 60),
    ("kubectl rollout undo deploy/web", 60),
    ("kubectl run lone --image=luksa/kubia", 10),
    ("kubectl delete pod lone --now", 10),
    ("kubectl cordon node3", 5),
    ("kubectl taint node node1 k=v:NoExecute", 60),
    ("kubectl taint node node1 k-", 5),
    ("kubectl uncordon node3", 5),
    ("node2 off", 420),
    ("node2 on", 60),
    ("kubectl delete ds ssd-monitor", 10),
    ("kubectl delete deploy web", 40),
    ("kubectl delete job sum", 10),
];

/// What happens within so long of the other is the same: without a line all that follows it shifts a little.
const NEAR: SimDuration = SimDuration::from_seconds(3);

const FILES: [(&str, &str); 4] = [
    ("rc.yaml", "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: kubia}\nspec:\n  replicas: 3\n  template:\n    metadata: {labels: {app: kubia}}\n    spec: {containers: [{name: kubia, image: luksa/kubia}]}\n"),
    ("ds.yaml", "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: ssd-monitor}\nspec:\n  selector: {matchLabels: {app: ssd}}\n  template:\n    metadata: {labels: {app: ssd}}\n    spec: {nodeSelector: {disk: ssd}, containers: [{name: main, image: luksa/ssd-monitor}]}\n"),
    ("job.yaml", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: sum}\nspec:\n  completions: 2\n  template:\n    spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: [sleep, '3']}]}\n"),
    ("crash.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: crash}\nspec: {containers: [{name: main, image: busybox, command: [sh, -c, exit 1]}]}\n"),
];

/// A journal entry's line as it is told.
fn text_of(entry: &Entry) -> String {
    match &entry.command {
        Command::Line(line) => line.clone(),
        Command::NodePower { node, on } => format!("{node} {}", if *on { "on" } else { "off" }),
        _ => String::new(),
    }
}

/// Whether a line is said to have begun something.
fn began(reason: &Reason, line: &str) -> bool {
    let is_line = |who: &Who| matches!(who, Who::You { line: told } if told == line);
    is_line(&reason.who) || reason.after.first().is_some_and(|before| is_line(&before.who))
}

fn first_pod(simulator: &Simulator) -> String {
    let pods = simulator.world().view().pods(&"default".into()).map(|pod| pod.meta.name.to_string());
    pods.into_iter().find(|name| name.starts_with("kubia-")).unwrap_or_default()
}

/// The history: its simulator, its lines, and all objects that it ever had.
fn history() -> (Simulator, Vec<String>, Vec<ObjectKey>) {
    let mut simulator = Simulator::new(&Scenario::empty());
    for (name, text) in FILES {
        simulator.apply(Command::File { name: name.to_owned(), text: text.to_owned() });
    }
    let (mut lines, mut keys) = (Vec::new(), Vec::new());
    for (line, seconds) in LINES {
        let line = line.replace("POD", &first_pod(&simulator));
        let command = match line.strip_prefix("node2 ") {
            Some(word) => Command::NodePower { node: "node2".to_owned(), on: word == "on" },
            None => Command::Line(line.clone()),
        };
        let receipt = simulator.apply(command);
        assert_eq!(receipt.exit, 0, "{line}: {}", receipt.output);
        for _ in 0..seconds {
            let next = simulator.now() + SimDuration::from_seconds(1);
            simulator.catch_up(next);
            keys.extend(simulator.world().view().all().map(|object| object.key()).filter(|key| !keys.contains(key)).collect::<Vec<_>>());
        }
        lines.push(line);
    }
    (simulator, lines, keys)
}

#[test]
fn without_the_line_that_is_named_it_does_not_happen() {
    let (whole, lines, keys) = history();
    let scenario = whole.scenario_now();
    let told: Vec<(ObjectKey, Vec<Reason>)> = keys.iter().map(|key| (key.clone(), whole.why(key))).collect();
    let mut situations = 0;
    for line in &lines {
        let journal: Vec<Entry> = scenario.journal.iter().filter(|entry| text_of(entry) != *line).cloned().collect();
        assert!(journal.len() < scenario.journal.len(), "{line} is not in the journal");
        let mut without = Simulator::new(&Scenario { journal, ..scenario.clone() });
        without.catch_up(whole.now());
        let mut kinds: Vec<String> = Vec::new();
        for (key, reasons) in &told {
            for reason in reasons.iter().filter(|reason| began(reason, line)) {
                let same = |other: &Reason| other.what == reason.what && other.at.since(reason.at).max(reason.at.since(other.at)) <= NEAR;
                let anyway = without.why(key).into_iter().find(same);
                assert!(anyway.is_none(), "{line}: {key:?}: {anyway:#?} happens without it too; {reason:#?}");
                kinds.push(format!("{:?} {:?}", key.kind, std::mem::discriminant::<What>(&reason.what)));
            }
        }
        kinds.sort();
        kinds.dedup();
        assert!(!kinds.is_empty(), "{line} is not said to have begun anything");
        situations += kinds.len();
    }
    assert!(situations >= 50, "only {situations} situations");
}
