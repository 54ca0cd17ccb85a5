//! A cluster and a shell to type into.

use podscape::base::{SimDuration, SimTime};
use podscape::engine::{BaseCluster, World};
use podscape::kubectl::{self, Answer, Follow, Session};
use podscape::simulator::{Command, Receipt, Simulator};

/// A cluster of three nodes and a shell in namespace `default`.
#[derive(Clone)]
pub struct Lab {
    pub world: World,
    pub session: Session,
}

/// A replication controller of two pods.
pub const RC: &str = "\
apiVersion: v1
kind: ReplicationController
metadata:
  name: kubia
  labels: {team: a}
spec:
  replicas: 2
  selector:
    app: kubia
  template:
    metadata:
      labels:
        app: kubia
    spec:
      containers:
      - name: main
        image: luksa/kubia
        ports:
        - containerPort: 8080
";

/// A pod with much to describe.
pub const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: bare
  labels: {a: b, c: d}
  annotations: {note: hello}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: luksa/kubia
    args: [one, two]
    env:
    - {name: A, value: b}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    resources:
      requests: {cpu: 100m, memory: 64Mi}
      limits: {memory: 128Mi}
    livenessProbe:
      httpGet: {path: /, port: 8080}
    ports:
    - {containerPort: 8080}
    - {containerPort: 8443, name: https}
";

/// Gives a line to a terminal and lets the clock run until it has ended, ten minutes at the most.
pub fn to_its_end(simulator: &mut Simulator, line: &str) -> Receipt {
    let mut receipt = simulator.apply(Command::Line(line.to_owned()));
    let limit = simulator.now() + SimDuration::from_seconds(600);
    while receipt.running {
        let Some(next) = simulator.next_event_time().filter(|next| *next <= limit) else { break };
        simulator.catch_up(next);
        if let Some((text, done)) = simulator.drain_output() {
            receipt.output.push_str(&text);
            receipt.running = !done;
            receipt.exit = simulator.line_exit();
        }
    }
    receipt
}

impl Lab {
    pub fn new() -> Lab {
        let start = SimTime::from_seconds(1_795_454_902);
        let mut lab = Lab { world: World::new(&BaseCluster::of_three(1, start)), session: Session::new("default") };
        lab.file("rc.yaml", RC);
        lab.file("pod.yaml", POD);
        lab
    }

    /// The same with the controller and the pod created, and some time for them to start.
    pub fn settled() -> Lab {
        let mut lab = Lab::new();
        assert_eq!(lab.run("kubectl create -f rc.yaml,pod.yaml"), "replicationcontroller/kubia created\npod/bare created\n");
        lab.wait(10);
        lab
    }

    pub fn file(&mut self, name: &str, text: &str) {
        self.session.files.insert(name.to_owned(), text.to_owned());
    }

    /// Lets seconds pass.
    pub fn wait(&mut self, seconds: u64) {
        let until = self.world.now() + SimDuration::from_seconds(seconds);
        while self.world.step(until) {}
    }

    pub fn answer(&mut self, line: &str) -> Answer {
        match kubectl::parse(line) {
            Ok(invocation) => invocation.run(&mut self.session, &mut self.world),
            Err(answer) => answer,
        }
    }

    /// What a line prints, as it is.
    pub fn raw(&mut self, line: &str) -> String {
        self.answer(line).output
    }

    /// What a line that succeeds prints, folded.
    #[track_caller]
    pub fn run(&mut self, line: &str) -> String {
        let answer = self.answer(line);
        assert_eq!(answer.exit, 0, "{line}\n{}", answer.output);
        fold(&answer.output)
    }

    /// What a line that fails prints.
    #[track_caller]
    pub fn fail(&mut self, line: &str) -> String {
        let answer = self.answer(line);
        assert_eq!(answer.exit, 1, "{line}\n{}", answer.output);
        answer.output
    }

    /// Runs a watch for some seconds; all that it prints, folded.
    pub fn watch(&mut self, line: &str, seconds: u64) -> String {
        let Answer { mut output, follow, .. } = self.answer(line);
        let Follow::Watch(mut watch) = follow else { panic!("{line} does not watch: {output}") };
        let until = self.world.now() + SimDuration::from_seconds(seconds);
        self.world.take_changes();
        loop {
            let more = self.world.step(until);
            for change in self.world.take_changes() {
                output += &watch.on_change(&change, self.world.view(), self.world.now()).unwrap_or_default();
            }
            if !more {
                return fold(&output);
            }
        }
    }
}

/// Replaces what a cluster draws by something of the same width: five letters of a name, digits of an address, hexadecimal ids, times.
pub fn fold(text: &str) -> String {
    text.split('\n').map(fold_line).collect::<Vec<_>>().join("\n")
}

fn fold_line(line: &str) -> String {
    let mut out = String::new();
    for (at, word) in line.split(' ').enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(&fold_word(word));
    }
    match out.find(", ").filter(|_| out.contains("+0000")) {
        Some(_) => fold_times(&out),
        None => out,
    }
}

fn fold_word(word: &str) -> String {
    let drawn = |c: char| "bcdfghjklmnpqrstvwxz2456789".contains(c);
    for prefix in ["kubia-", "kube-api-access-"] {
        if let Some(at) = word.find(prefix) {
            let rest = &word[at + prefix.len()..];
            let suffix = rest.get(..5).filter(|suffix| suffix.chars().all(drawn));
            if suffix.is_some() {
                return format!("{}{prefix}xxxxx{}", &word[..at], &rest[5..]);
            }
        }
    }
    if let Some(id) = word.strip_prefix("containerd://") {
        return format!("containerd://<{}>", id.len());
    }
    if let Some((image, id)) = word.split_once("@sha256:") {
        return format!("{image}@sha256:<{}>", id.len());
    }
    if word.starts_with("10.244.") {
        return word.chars().map(|c| if c.is_ascii_digit() { 'N' } else { c }).collect();
    }
    word.to_owned()
}

/// `Mon, 23 Nov 2026 17:28:22 +0000` loses its time of day.
fn fold_times(line: &str) -> String {
    let mut out = line.to_owned();
    while let Some(at) = out.find(" +0000") {
        let start = at.saturating_sub(8);
        out.replace_range(start..at + 6, "<time>");
    }
    out
}
