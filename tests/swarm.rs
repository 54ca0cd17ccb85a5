//! Random manifests, deletions, labels and failures from a seed; then a quiet phase, after which all is as it is asked for.
//! What must hold at every moment is checked after every step. `PODSCAPE_SWARM=1000` plays so many seeds (50 if unset);
//! `PODSCAPE_SWARM_FROM=17` begins with that one.

use std::collections::BTreeSet;

use podscape::api::{
    DisruptionBudget, Job, Kind, Object, Other, Pod, PodConditionKind, PodSelector, ReplicaOwner, Service, Truth, claims_of,
};
use podscape::base::{Name, Random};
use podscape::engine::{World, check};
use podscape::store::View;
use podscape::simulator::{Budget, Command, Scenario, SimDuration, Simulator};

/// Actions of a seed.
const ACTIONS: u64 = 24;
/// Steps a seed may take: more is a loop.
const MOST_STEPS: u32 = 90_000;

struct Swarm {
    simulator: Simulator,
    random: Random,
    steps: u32,
    told: Vec<String>,
    made: u64,
}

const IMAGES: [&str; 6] = ["luksa/kubia", "luksa/kubia", "luksa/kubia-unhealthy", "luksa/batch-job", "luksa/ssd-monitor", "luksa/nosuchimage"];
const COMMANDS: [&str; 4] = ["exit 0", "exit 3", "sleep 7; exit 1", "trap 'exit 0' TERM; sleep 1000"];
const PROBES: [&str; 4] = [
    "livenessProbe: {httpGet: {port: 8080, path: /}, periodSeconds: 5}",
    "readinessProbe: {tcpSocket: {port: 8080}, initialDelaySeconds: 3, periodSeconds: 3}",
    "startupProbe: {httpGet: {port: 8080, path: /}, failureThreshold: 3}",
    "readinessProbe: {exec: {command: [ls, /var/ready]}}",
];
const SPECS: [&str; 12] = [
    "nodeSelector: {disk: ssd}",
    "tolerations: [{key: swarm, operator: Exists}]",
    "priorityClassName: high",
    "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: A}}}]",
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: A}}}]}}",
    "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: a1}}}}]}}",
    "initContainers: [{name: i, image: busybox, command: [sleep, '2']}]",
    "initContainers: [{name: i, image: luksa/kubia, restartPolicy: Always}]",
    "hostNetwork: false",
    "initContainers: [{name: i, image: busybox, restartPolicy: Always, command: [sh, -c, \"sleep 9; exit 1\"]}]",
    "volumes: [{name: v, persistentVolumeClaim: {claimName: soon}}]",
    "volumes: [{name: v, persistentVolumeClaim: {claimName: later}}]",
];

/// Classes of storage and claims that pods use.
const STORAGE: &str = include_str!("swarm/storage.yaml");

/// Services of the pods that are made.
const SERVICES: &str = include_str!("swarm/services.yaml");

impl Swarm {
    fn new(seed: u64) -> Swarm {
        let mut scenario = Scenario::empty();
        scenario.base.seed = seed;
        let random = Random::stream(seed, "swarm");
        Swarm { simulator: Simulator::new(&scenario), random, steps: 0, told: Vec::new(), made: 0 }
    }

    fn world(&self) -> &World {
        self.simulator.world()
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[usize::try_from(self.random.below(of.len() as u64)).unwrap_or_default()]
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.random.below(one_in) == 0
    }

    fn tell(&mut self, what: &str) {
        if number("PODSCAPE_SWARM", 50) == 1 {
            println!("{} {what}", self.simulator.now());
        }
        self.told.push(format!("{} {what}", self.simulator.now()));
    }

    fn line(&mut self, line: &str) {
        self.tell(line);
        let _ = self.simulator.apply(Command::Line(line.to_owned()));
        self.simulator.interrupt();
        self.check();
    }

    fn check(&self) {
        assert_eq!(check(self.world()), Vec::<String>::new(), "at {} after\n{}", self.simulator.now(), self.told.join("\n"));
    }

    fn wait(&mut self, millis: u64) {
        let until = self.simulator.now() + SimDuration::from_millis(millis);
        while !self.simulator.run_until(until, Budget(1)).reached {
            self.steps += 1;
            assert!(self.steps < MOST_STEPS, "a loop after\n{}", self.told.join("\n"));
            self.check();
        }
    }

    fn container(&mut self) -> String {
        let mut text = match self.chance(3) {
            true => format!("name: c, image: busybox, command: [sh, -c, \"{}\"]", self.pick(&COMMANDS)),
            false => format!("name: c, image: {}", self.pick(&IMAGES)),
        };
        if self.chance(2) {
            text += &format!(", {}", self.pick(&PROBES));
        }
        if self.chance(4) {
            text += ", resources: {requests: {cpu: 400m, memory: 100Mi}}";
        }
        if self.chance(6) {
            text += ", lifecycle: {preStop: {exec: {command: [sleep, '2']}}}";
        }
        text
    }

    /// The spec of pods, of what follows `spec:` in braces.
    fn spec(&mut self, app: &str, policies: &[&str]) -> String {
        let (container, grace) = (self.container(), self.random.below(8));
        let more = if self.chance(2) { format!(", {}", self.pick(&SPECS).replace("app: A", &format!("app: {app}"))) } else { String::new() };
        let policy = self.pick(policies);
        let deadline = if self.chance(12) { "activeDeadlineSeconds: 30, " } else { "" };
        let deadline = if policy == "Always" && policies.len() == 1 { "" } else { deadline };
        format!("{{restartPolicy: {policy}, {deadline}terminationGracePeriodSeconds: {grace}, containers: [{{{container}}}]{more}}}")
    }

    fn create(&mut self) {
        self.made += 1;
        let (name, app) = (format!("x{}", self.made), format!("a{}", self.random.below(3)));
        let replicas = self.random.below(4);
        let always = ["Always"];
        let template = |spec: String| format!("template: {{metadata: {{labels: {{app: {app}, x: {name}}}}}, spec: {spec}}}");
        let selector = format!("selector: {{matchLabels: {{app: {app}, x: {name}}}}}");
        let head = |api: &str, kind: &str| format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}}}\n");
        let text = match self.random.below(11) {
            8 => head("v1", "Service") + &format!("spec: {{selector: {{app: {app}}}, ports: [{{port: 80, targetPort: 8080}}]}}\n"),
            0 => head("v1", "ReplicationController") + &format!("spec: {{replicas: {replicas}, {}}}\n", template(self.spec(&app, &always))),
            1 => head("apps/v1", "ReplicaSet") + &format!("spec: {{replicas: {replicas}, {selector}, {}}}\n", template(self.spec(&app, &always))),
            2 | 3 => {
                let strategy = self.pick(&["", "strategy: {type: Recreate}, ", "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}, "]);
                head("apps/v1", "Deployment") + &format!("spec: {{{strategy}replicas: {replicas}, {selector}, {}}}\n", template(self.spec(&app, &always)))
            }
            4 => head("apps/v1", "DaemonSet") + &format!("spec: {{{selector}, {}}}\n", template(self.spec(&app, &always))),
            5 => {
                let shape = self.pick(&["completions: 3, parallelism: 2", "backoffLimit: 1", "completions: 2, completionMode: Indexed", "activeDeadlineSeconds: 20", "ttlSecondsAfterFinished: 5", "completions: 3, completionMode: Indexed, backoffLimitPerIndex: 1", "podReplacementPolicy: Failed"]);
                head("batch/v1", "Job") + &format!("spec: {{{shape}, {}}}\n", template(self.spec(&app, &["Never", "OnFailure"])))
            }
            6 => {
                let policy = self.pick(&["Allow", "Forbid", "Replace"]);
                let job = template(self.spec(&app, &["Never", "OnFailure"]));
                head("batch/v1", "CronJob") + &format!("spec: {{schedule: '* * * * *', concurrencyPolicy: {policy}, jobTemplate: {{spec: {{{job}}}}}}}\n")
            }
            9 => {
                let policy = self.pick(&["", "podManagementPolicy: Parallel, ", "updateStrategy: {type: OnDelete}, ", "minReadySeconds: 3, "]);
                let class = self.pick(&["", "storageClassName: later, "]);
                let claims = match self.chance(2) {
                    true => format!(", volumeClaimTemplates: [{{metadata: {{name: w}}, spec: {{{class}accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}}}]"),
                    false => String::new(),
                };
                head("apps/v1", "StatefulSet") + &format!("spec: {{{policy}serviceName: s1, replicas: {replicas}, {selector}, {}{claims}}}\n", template(self.spec(&app, &always)))
            }
            10 => {
                let how = self.pick(&["minAvailable: 1", "minAvailable: 50%", "maxUnavailable: 1", "maxUnavailable: 0"]);
                head("policy/v1", "PodDisruptionBudget") + &format!("spec: {{{how}, selector: {{matchLabels: {{app: {app}}}}}}}\n")
            }
            _ => head("v1", "Pod").replace("}\n", &format!(", labels: {{app: {app}}}}}\n")) + &format!("spec: {}\n", self.spec(&app, &["Always", "Never", "OnFailure"])),
        };
        let file = format!("{name}.yaml");
        self.tell(&text);
        let _ = self.simulator.apply(Command::File { name: file.clone(), text });
        self.line(&format!("kubectl create -f {file}"));
    }

    /// The name of an object of a kind, if there is one.
    fn some(&mut self, kind: Kind) -> Option<Name> {
        let names: Vec<Name> = self.world().view().list(kind, &Name::default()).map(|object| object.meta().name.clone()).collect();
        let index = self.random.below(names.len().max(1) as u64);
        names.into_iter().nth(usize::try_from(index).unwrap_or_default())
    }

    fn node(&mut self) -> &'static str {
        self.pick(&["node1", "node2", "node3"])
    }

    fn act(&mut self) {
        let kinds = [
            Kind::ReplicationController, Kind::ReplicaSet, Kind::Deployment, Kind::DaemonSet, Kind::Job, Kind::CronJob, Kind::Pod, Kind::StatefulSet,
            Kind::PodDisruptionBudget,
        ];
        let kind = kinds[usize::try_from(self.random.below(9)).unwrap_or_default()];
        let (node, number) = (self.node(), self.random.below(4));
        let power = self.chance(2);
        match self.random.below(18) {
            0..=4 => self.create(),
            5 => {
                let how = self.pick(&["", " --cascade=orphan", " --cascade=foreground", " --now", " --grace-period=0 --force"]);
                if let Some(name) = self.some(kind) {
                    self.line(&format!("kubectl delete {} {name}{how} --wait=false", kind.resource()));
                }
            }
            6 => {
                if let Some(name) = self.some(kind) {
                    self.line(&format!("kubectl scale {} {name} --replicas={number}", kind.resource()));
                }
            }
            7 => {
                if let Some(name) = self.some(Kind::Pod) {
                    self.line(&format!("kubectl label pod {name} app=a{number} --overwrite"));
                }
            }
            8 => self.line(&format!("kubectl label node {node} {} --overwrite", if power { "disk=ssd" } else { "disk=hdd" })),
            9 => self.line(&format!("kubectl {} {node}", if power { "cordon" } else { "uncordon" })),
            10 => self.line(&format!("kubectl taint node {node} swarm=x:{}", if power { "NoSchedule" } else { "NoExecute" })),
            11 => {
                self.tell(&format!("{node} {power}"));
                self.simulator.apply(Command::NodePower { node: node.to_owned(), on: power });
            }
            12 => {
                let component = if self.chance(2) { podscape::engine::Component::Scheduler } else { podscape::engine::Component::ControllerManager };
                self.tell(&format!("{component:?} {power}"));
                self.simulator.apply(Command::ComponentPower { component, on: power });
            }
            16 => self.line(&format!("kubectl drain {node} --ignore-daemonsets --force --timeout=20s")),
            14 if number == 0 => self.line(&format!("kubectl delete node {node}")),
            15 => {
                let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: \"4\"}}\n".to_owned();
                self.simulator.apply(Command::File { name: "q.yaml".to_owned(), text: quota });
                self.line(if power { "kubectl create -f q.yaml" } else { "kubectl delete quota q" });
            }
            13 => {
                if let Some(name) = self.some(Kind::Deployment) {
                    let verb = self.pick(&["restart", "undo", "pause", "resume"]);
                    self.line(&format!("kubectl rollout {verb} deployment {name}"));
                }
            }
            _ => {
                if let Some(name) = self.some(kind) {
                    let patch = format!("{{\"spec\":{{\"template\":{{\"metadata\":{{\"labels\":{{\"v\":\"{number}\"}}}}}}}}}}");
                    self.line(&format!("kubectl patch {} {name} -p '{patch}'", kind.resource()));
                }
            }
        }
    }

    /// All that failed works again, and nobody does anything.
    fn quiet(&mut self) {
        self.line("kubectl delete quota --all");
        for node in ["node1", "node2", "node3"] {
            // A kubelet whose node was deleted makes it when it starts.
            let gone = self.world().view().node(&Name::from(node)).is_none();
            if gone {
                self.simulator.apply(Command::NodePower { node: node.to_owned(), on: false });
                self.wait(100);
            }
            self.simulator.apply(Command::NodePower { node: node.to_owned(), on: true });
            self.wait(if gone { 3000 } else { 0 });
            self.line(&format!("kubectl uncordon {node}"));
            self.line(&format!("kubectl taint node {node} swarm-"));
        }
        for component in podscape::engine::Component::ALL {
            self.simulator.apply(Command::ComponentPower { component, on: true });
        }
        // Schedules never come to rest.
        self.line("kubectl delete cronjobs --all --wait=false");
        while let Some(paused) = self.paused() {
            self.line(&format!("kubectl rollout resume deployment {paused}"));
        }
        self.wait(1_300_000);
    }

    fn paused(&self) -> Option<Name> {
        self.world().view().list(Kind::Deployment, &Name::default()).find_map(|object| match object {
            Object::Deployment(deployment) if deployment.spec.paused => Some(deployment.meta.name.clone()),
            _ => None,
        })
    }
}

/// What is not as it is asked for.
fn unsettled(world: &World) -> Vec<String> {
    let view = world.view();
    let mut list = Vec::new();
    let mut say = |holds: bool, text: String| {
        if !holds {
            list.push(text);
        }
    };
    for node in view.nodes() {
        say(node.condition("Ready").is_some_and(|ready| ready.status == Truth::True), format!("{} is not ready", node.meta.name));
        say(node.spec.taints.is_empty(), format!("{} has taints {:?}", node.meta.name, node.spec.taints));
    }
    for object in view.all().filter(|object| object.meta().is_deleting()) {
        say(false, format!("{:?} is still being deleted", object.key()));
    }
    for pod in view.pods(&Name::default()) {
        let owner = pod.meta.controller().map(|owner| owner.uid);
        say(owner.is_none_or(|uid| view.all().any(|object| object.meta().uid == uid)), format!("pod {} outlived its owner", pod.meta.name));
    }
    let active = |object: &Object| view.pods_owned_by(object.meta().uid).filter(|pod| pod.is_active()).count();
    for object in view.all() {
        let (key, count) = (object.key(), i32::try_from(active(object)).unwrap_or_default());
        if let Some(owner) = ReplicaOwner::of(object) {
            say(count == owner.replicas, format!("{key:?} has {count} pods of {}", owner.replicas));
            say(owner.status.replicas == count, format!("{key:?} says that it has {} pods of {count}", owner.status.replicas));
            let ready = i32::try_from(view.pods_owned_by(owner.meta.uid).filter(|pod| pod.is_ready()).count()).unwrap_or_default();
            say(owner.status.ready_replicas == ready, format!("{key:?} says that {} pods of {ready} are ready", owner.status.ready_replicas));
            let orphans = view.orphans(&owner.meta.namespace).filter(|pod| pod.is_active() && owner.selector.matches(&pod.meta.labels));
            say(orphans.count() == 0, format!("{key:?} leaves an orphan"));
        }
        match object {
            Object::Deployment(deployment) => {
                let sets = view.owned_by(deployment.meta.uid).filter_map(ReplicaOwner::of);
                let wanted: i32 = sets.map(|set| set.replicas).sum();
                let target = deployment.spec.replicas.unwrap_or(1);
                // A rollout whose new pods never come up stays as far as it came.
                let spare = deployment.status.updated_replicas != target || deployment.status.available_replicas < target;
                say(wanted == target || spare && wanted >= target, format!("{key:?} has replica sets for {wanted} pods of {target}"));
            }
            Object::DaemonSet(set) => {
                let pods = set.status.current_number_scheduled + set.status.number_misscheduled;
                say(pods == count && set.status.number_misscheduled == 0, format!("{key:?} says {:?}, there are {count}", set.status));
                say(set.status.desired_number_scheduled == count, format!("{key:?} wants {} pods, there are {count}", set.status.desired_number_scheduled));
                let selects = PodSelector::Selector(set.spec.selector.as_deref());
                say(!view.orphans(&set.meta.namespace).any(|pod| pod.is_active() && selects.matches(&pod.meta.labels)), format!("{key:?} leaves an orphan"));
            }
            Object::Other(other) => unsettled_other(other, view).into_iter().for_each(|text| say(false, format!("{key:?} {text}"))),
            Object::Service(service) => say(is_served(view, service), format!("{key:?} does not have the endpoints of its pods")),
            Object::Job(job) => say(settled(job, count), format!("{key:?} is {:?} with {count} pods", job.status)),
            _ => {}
        }
    }
    list.extend(view.pods(&Name::default()).filter_map(stuck));
    list
}

/// What is not as a stateful set, a claim or a budget asks for, or not as it says.
fn unsettled_other(other: &Other, view: View<'_>) -> Option<String> {
    match other.kind {
        Kind::StatefulSet => {
            let wanted = other.at(&["spec", "replicas"]).as_u64().unwrap_or(1) as usize;
            let pods: Vec<_> = view.pods_owned_by(other.meta.uid).filter(|pod| pod.is_active()).collect();
            // A pod that never becomes ready holds up those after it.
            let held = pods.iter().any(|pod| !pod.is_ready());
            // So does one of its name that was relabelled and let go.
            let of_name = |pod: &Pod| pod.meta.name.strip_prefix(other.meta.name.as_str()).is_some_and(|rest| rest.starts_with('-'));
            let held = held || view.orphans(&other.meta.namespace).any(|pod| of_name(pod));
            let fits = pods.len() == wanted || held && pods.len() < wanted.max(4);
            let said = other.at(&["status", "replicas"]).as_u64();
            (!fits || said != Some(pods.len() as u64)).then(|| format!("has {} pods of {wanted} and says {said:?}", pods.len()))
        }
        Kind::PersistentVolumeClaim => {
            let used = view.pods(&other.meta.namespace).any(|pod| !pod.node_name.is_empty() && claims_of(pod).any(|(_, name)| *other.meta.name == *name));
            let fits = other.is_bound_claim() || !used && other.storage_class() == "later";
            (!fits).then(|| "is not bound".to_owned())
        }
        Kind::PodDisruptionBudget => {
            let budget = DisruptionBudget(other);
            let pods: Vec<_> = view.pods(&other.meta.namespace).filter(|pod| budget.selects(&pod.meta.labels)).collect();
            let healthy = pods.iter().filter(|pod| pod.is_ready() && !pod.meta.is_deleting()).count();
            let says = (budget.count("currentHealthy"), budget.count("expectedPods"));
            let fits = budget.counts_wanted() || says == (healthy as i64, pods.len() as i64);
            (!fits).then(|| format!("says {says:?} of {healthy} healthy pods, {} in all", pods.len()))
        }
        _ => None,
    }
}

/// Whether the endpoints and the slices of a service are those of its pods.
fn is_served(view: View<'_>, service: &Service) -> bool {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    if service.spec.selector.is_empty() {
        return true;
    }
    let uids = |ready: bool, with_terminating: bool| -> BTreeSet<String> {
        let pods = view.pods(namespace).filter(|pod| service.selects(&pod.meta.labels) && !pod.status.phase.is_terminal());
        let pods = pods.filter(|pod| pod.status.pod_ip.is_some() && (with_terminating || !pod.meta.is_deleting()));
        pods.filter(|pod| pod.is_ready() == ready).map(|pod| pod.meta.uid.to_string()).collect()
    };
    let listed = |ready: bool| -> BTreeSet<String> {
        let subsets = view.endpoints(namespace, name).map(|endpoints| endpoints.subsets.as_slice()).unwrap_or_default();
        let lists = subsets.iter().flat_map(|subset| if ready { &subset.addresses } else { &subset.not_ready_addresses });
        lists.filter_map(|address| address.target_ref.as_ref()).map(|target| target.uid.to_string()).collect()
    };
    let sliced = |serving: bool| -> BTreeSet<String> {
        let endpoints = view.slices_of(namespace, name).flat_map(|slice| &slice.endpoints);
        let fits = endpoints.filter(|endpoint| endpoint.conditions.is_serving() == serving);
        fits.filter_map(|endpoint| endpoint.target_ref.as_ref()).map(|target| target.uid.to_string()).collect()
    };
    [true, false].into_iter().all(|ready| listed(ready) == uids(ready, false) && sliced(ready) == uids(ready, true))
}

fn settled(job: &Job, count: i32) -> bool {
    match job.finished() {
        Some(_) => count == 0,
        // One whose pods wait for an image, or for the end of a back-off, goes on.
        None => job.spec.parallelism() == 0 || count > 0 || job.status.failed > 0,
    }
}

/// A pod that should have come up.
fn stuck(pod: &std::rc::Rc<Pod>) -> Option<String> {
    let plain = pod.spec.node_selector.is_empty() && pod.spec.affinity.is_none() && pod.spec.topology_spread_constraints.is_empty();
    let asks = pod.spec.containers.iter().any(|container| !container.resources.requests.is_empty());
    // Others may keep it away, and so may those that hold what it asks for.
    let condition = pod.status.condition(PodConditionKind::PodScheduled).and_then(|condition| condition.detail.as_deref());
    let kept = condition.is_some_and(|detail| detail.1.contains("existing pods anti-affinity"));
    let waits = pod.node_name.is_empty() && plain && !asks && !kept;
    waits.then(|| format!("pod {} has no node", pod.meta.name))
}

fn play(seed: u64) -> Result<(), String> {
    let mut swarm = Swarm::new(seed);
    let class = "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}\nvalue: 10\n".to_owned();
    let _ = swarm.simulator.apply(Command::File { name: "class.yaml".to_owned(), text: class });
    swarm.line("kubectl create -f class.yaml");
    let _ = swarm.simulator.apply(Command::File { name: "services.yaml".to_owned(), text: SERVICES.to_owned() });
    swarm.line("kubectl create -f services.yaml");
    let _ = swarm.simulator.apply(Command::File { name: "storage.yaml".to_owned(), text: STORAGE.to_owned() });
    swarm.line("kubectl create -f storage.yaml");
    for _ in 0..ACTIONS {
        swarm.act();
        let pause = match swarm.random.below(4) {
            0 => 0,
            1 => 200,
            2 => 3_000,
            _ => 25_000,
        };
        swarm.wait(swarm.random.clone().below(pause + 1));
    }
    swarm.quiet();
    if number("PODSCAPE_SWARM", 50) == 1 {
        for pod in swarm.world().view().pods(&Name::default()).filter(|pod| pod.meta.is_deleting()) {
            println!("{:?}", swarm.world().machine(&pod.node_name).map(|machine| machine.sandboxes.values().collect::<Vec<_>>()));
        }
        for line in ["kubectl get pods -o wide", "kubectl get rc,rs,ds", "kubectl get events --sort-by=.lastTimestamp"] {
            println!("{}", swarm.simulator.apply(Command::Line(line.to_owned())).output);
        }
        println!("{:?}", swarm.world().agenda().iter().take(40).collect::<Vec<_>>());
    }
    let left = unsettled(swarm.world());
    if left.is_empty() { Ok(()) } else { Err(format!("seed {seed}:\n{}\nafter\n{}", left.join("\n"), swarm.told.join("\n"))) }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn whatever_happens_all_comes_to_rest_as_asked() {
    let (from, count) = (number("PODSCAPE_SWARM_FROM", 0), number("PODSCAPE_SWARM", 50));
    let halves = [from, from + 1].map(|first| {
        std::thread::spawn(move || {
            let mut failed = Vec::new();
            for seed in (first..from + count).step_by(2) {
                match std::panic::catch_unwind(|| play(seed)) {
                    Ok(Ok(())) => {}
                    Ok(Err(why)) => failed.push(why),
                    Err(_) => failed.push(format!("seed {seed} panicked; alone, it prints what it does")),
                }
            }
            failed
        })
    });
    let failed: Vec<String> = halves.into_iter().flat_map(|half| half.join().unwrap_or_default()).collect();
    assert!(failed.is_empty(), "{} seeds failed\n{}", failed.len(), failed.iter().map(|one| short(one)).collect::<Vec<_>>().join("\n\n"));
}

/// What failed of a seed; what was done only where there is one seed.
fn short(failure: &str) -> &str {
    if number("PODSCAPE_SWARM", 50) == 1 { failure } else { failure.split("\nafter\n").next().unwrap_or_default() }
}
