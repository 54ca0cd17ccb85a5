//! Random manifests, deletions, labels and failures from a seed; then a quiet phase, after which all is as it is asked for.
//! What must hold at every moment is checked after every step. `PODSCAPE_SWARM=1000` plays so many seeds (50 if unset);
//! `PODSCAPE_SWARM_FROM=17` begins with that one.

mod swarm {
    pub mod verdict;
}

use podscape::api::{Kind, Object};
use podscape::base::{Name, Random};
use podscape::engine::{Component, World, check};
use podscape::simulator::{Budget, Command, Scenario, SimDuration, Simulator};
use swarm::verdict::unsettled;

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
const SPECS: [&str; 17] = [
    "nodeSelector: {disk: ssd}",
    "tolerations: [{key: swarm, operator: Exists}]",
    "priorityClassName: high",
    "topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: A}}}]",
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: A}}}]}}",
    "affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 5, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: a1}}}}]}}",
    "initContainers: [{name: i, image: busybox, command: [sleep, '2']}]",
    "initContainers: [{name: i, image: luksa/kubia, restartPolicy: Always}]",
    "hostNetwork: false",
    "hostNetwork: true",
    "runtimeClassName: heavy",
    "volumes: [{name: v, projected: {sources: [{downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}]}}]",
    "initContainers: [{name: i, image: busybox, restartPolicy: Always, command: [sh, -c, \"sleep 9; exit 1\"]}]",
    "volumes: [{name: v, persistentVolumeClaim: {claimName: soon}}]",
    "volumes: [{name: v, persistentVolumeClaim: {claimName: later}}]",
    "volumes: [{name: v, configMap: {name: conf}}]",
    "volumes: [{name: v, secret: {secretName: keys, optional: true}}]",
];
const ENVIRONMENTS: [&str; 3] = [
    "envFrom: [{configMapRef: {name: conf}}]",
    "env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: a}}}]",
    "env: [{name: A, valueFrom: {configMapKeyRef: {name: conf, key: a, optional: true}}}]",
];
const JOBS: [&str; 10] = [
    "completions: 3, parallelism: 2",
    "backoffLimit: 1",
    "completions: 2, completionMode: Indexed",
    "activeDeadlineSeconds: 20",
    "ttlSecondsAfterFinished: 5",
    "completions: 3, completionMode: Indexed, backoffLimitPerIndex: 1",
    "podReplacementPolicy: Failed",
    "suspend: true",
    "completions: 3, parallelism: 3, completionMode: Indexed, successPolicy: {rules: [{succeededCount: 1}]}",
    "podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [3]}}, {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}]}",
];
const SCHEDULES: [&str; 5] =
    ["", "startingDeadlineSeconds: 20, ", "successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 0, ", "suspend: true, ", "timeZone: Asia/Seoul, "];
const SETS: [&str; 7] = [
    "",
    "podManagementPolicy: Parallel, ",
    "updateStrategy: {type: OnDelete}, ",
    "minReadySeconds: 3, ",
    "persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}, ",
    "persistentVolumeClaimRetentionPolicy: {whenScaled: Delete}, ",
    "persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Delete}, ",
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
            text += &format!(", {}", self.pick(&ENVIRONMENTS));
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
                let shape = self.pick(&JOBS);
                head("batch/v1", "Job") + &format!("spec: {{{shape}, {}}}\n", template(self.spec(&app, &["Never", "OnFailure"])))
            }
            6 => {
                let (policy, more) = (self.pick(&["Allow", "Forbid", "Replace"]), self.pick(&SCHEDULES));
                let job = template(self.spec(&app, &["Never", "OnFailure"]));
                head("batch/v1", "CronJob") + &format!("spec: {{schedule: '* * * * *', {more}concurrencyPolicy: {policy}, jobTemplate: {{spec: {{{job}}}}}}}\n")
            }
            9 => {
                let policy = self.pick(&SETS);
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
        let what = self.random.below(24);
        match what {
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
            8 => {
                let what = self.pick(&["configmap conf", "secret generic keys"]);
                match power {
                    true => self.line(&format!("kubectl create {what} --from-literal=a=b{number}")),
                    false => self.line(&format!("kubectl delete {}", what.replace(" generic", ""))),
                }
            }
            9 => {
                if let Some(name) = self.some(Kind::Job).filter(|_| power) {
                    self.line(&format!("kubectl patch job {name} -p '{{\"spec\":{{\"suspend\":{}}}}}'", number < 2));
                }
            }
            10 => {
                let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: \"4\"}}\n".to_owned();
                self.simulator.apply(Command::File { name: "q.yaml".to_owned(), text: quota });
                self.line(if power { "kubectl create -f q.yaml" } else { "kubectl delete quota q" });
            }
            11 => {
                if let Some(name) = self.some(Kind::Deployment) {
                    let verb = self.pick(&["restart", "undo", "pause", "resume"]);
                    self.line(&format!("kubectl rollout {verb} deployment {name}"));
                }
            }
            12..=19 => self.disturb(what - 12, node, power),
            21..=23 => self.furnish(what - 21, number, power),
            _ => {
                if let Some(name) = self.some(kind) {
                    let patch = format!("{{\"spec\":{{\"template\":{{\"metadata\":{{\"labels\":{{\"v\":\"{number}\"}}}}}}}}}}");
                    self.line(&format!("kubectl patch {} {name} -p '{patch}'", kind.resource()));
                }
            }
        }
    }

    /// What nothing runs for: objects of several owners, tokens of accounts, volumes made by hand.
    fn furnish(&mut self, what: u64, number: u64, power: bool) {
        self.made += 1;
        let (name, file) = (format!("x{}", self.made), format!("x{}.yaml", self.made));
        let text = match what {
            0 => {
                let blocks = power;
                let owners: Vec<String> = [Kind::ConfigMap, Kind::Deployment, Kind::Job].into_iter().filter_map(|kind| {
                    let owner = self.some(kind)?;
                    let found = self.world().view().list(kind, &Name::default()).find(|object| object.meta().name == owner)?;
                    let (api, uid) = (kind.api_version(), found.meta().uid);
                    Some(format!("{{apiVersion: {api}, kind: {}, name: {owner}, uid: {uid}, blockOwnerDeletion: {blocks}}}", kind.name()))
                }).collect();
                let kind = if number < 2 { "ConfigMap" } else { "Secret" };
                format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}, ownerReferences: [{}]}}\n", owners.join(", "))
            }
            1 if power && number == 0 => return self.line("kubectl delete serviceaccount robot"),
            1 if power => return self.line("kubectl create serviceaccount robot"),
            1 => format!(
                "apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, annotations: {{kubernetes.io/service-account.name: robot}}}}\n\
                 type: kubernetes.io/service-account-token\n"
            ),
            _ if power => {
                let policy = self.pick(&["Retain", "Delete", "Recycle"]);
                let capacity = "accessModes: [ReadWriteOnce], storageClassName: hand";
                format!(
                    "apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: {name}}}\nspec: {{persistentVolumeReclaimPolicy: {policy}, {capacity}, \
                     capacity: {{storage: 1Gi}}, hostPath: {{path: /mnt/x}}}}\n---\napiVersion: v1\nkind: PersistentVolumeClaim\n\
                     metadata: {{name: {name}}}\nspec: {{{capacity}, resources: {{requests: {{storage: 1Gi}}}}}}\n"
                )
            }
            _ => {
                let (claim, volume) = (self.some(Kind::PersistentVolumeClaim), self.some(Kind::PersistentVolume));
                return match (number, claim, volume) {
                    (0, _, Some(volume)) => self.line(&format!("kubectl patch pv {volume} -p '{{\"spec\":{{\"claimRef\":null}}}}'")),
                    (1, Some(claim), _) => {
                        self.line(&format!("kubectl patch pvc {claim} -p '{{\"spec\":{{\"resources\":{{\"requests\":{{\"storage\":\"2Gi\"}}}}}}}}'"));
                    }
                    (_, Some(claim), _) if claim.starts_with('x') => self.line(&format!("kubectl delete pvc {claim} --wait=false")),
                    (_, _, Some(volume)) if volume.starts_with('x') => self.line(&format!("kubectl delete pv {volume} --wait=false")),
                    _ => {}
                };
            }
        };
        self.tell(&text);
        let _ = self.simulator.apply(Command::File { name: file.clone(), text });
        self.line(&format!("kubectl create -f {file}"));
    }

    /// Something happens to a node or a component.
    fn disturb(&mut self, what: u64, node: &str, power: bool) {
        match what {
            0 => self.line(&format!("kubectl label node {node} {} --overwrite", if power { "disk=ssd" } else { "disk=hdd" })),
            1 => self.line(&format!("kubectl {} {node}", if power { "cordon" } else { "uncordon" })),
            2 => self.line(&format!("kubectl taint node {node} swarm=x:{}", if power { "NoSchedule" } else { "NoExecute" })),
            3 => {
                self.tell(&format!("{node} {power}"));
                self.simulator.apply(Command::NodePower { node: node.to_owned(), on: power });
            }
            4 => {
                let component = if self.chance(2) { Component::Scheduler } else { Component::ControllerManager };
                self.tell(&format!("{component:?} {power}"));
                self.simulator.apply(Command::ComponentPower { component, on: power });
            }
            5 => self.line(&format!("kubectl drain {node} --ignore-daemonsets --force --timeout=20s")),
            6 => self.line(&format!("kubectl taint node {node} node.kubernetes.io/out-of-service=x:NoExecute")),
            7 if self.chance(4) => self.line(&format!("kubectl delete node {node}")),
            _ => {}
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
            self.line(&format!("kubectl taint node {node} node.kubernetes.io/out-of-service-"));
        }
        for component in Component::ALL {
            self.simulator.apply(Command::ComponentPower { component, on: true });
        }
        self.line("kubectl create configmap conf --from-literal=a=b");
        self.line("kubectl create secret generic keys --from-literal=a=b");
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
    let mut left = unsettled(swarm.world());
    if !left.is_empty() {
        // A container that restarts for ever may have come up this very moment: who follows it is given the time to.
        swarm.wait(100);
        left = unsettled(swarm.world());
    }
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
