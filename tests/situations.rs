//! What a cluster of Kubernetes 1.32 says and does in situations that people bring about, each with the place in its source that says so.

use podscape::simulator::{Command, Scenario, SimDuration, Simulator};

struct Lab(Simulator);

impl Lab {
    fn new(manifest: &str) -> Lab {
        let mut lab = Lab(Simulator::new(&Scenario::empty()));
        let receipt = lab.0.apply_file("file.yaml", manifest);
        assert_eq!(receipt.exit, 0, "{}", receipt.output);
        lab
    }

    fn wait(&mut self, seconds: u64) {
        let until = self.0.now() + SimDuration::from_seconds(seconds);
        self.0.catch_up(until);
    }

    fn run(&mut self, line: &str) -> String {
        let receipt = self.0.apply(Command::Line(line.to_owned()));
        self.0.interrupt();
        receipt.output
    }

    /// Reasons and messages of the events about an object, the oldest first.
    fn events(&mut self, kind: &str, name: &str) -> Vec<String> {
        let columns = "-o 'jsonpath={range .items[*]}{.reason}: {.message}{\"\\n\"}{end}'";
        let all = self.run(&format!("kubectl get events --field-selector involvedObject.kind={kind},involvedObject.name={name} {columns}"));
        all.lines().map(str::to_owned).collect()
    }
}

/// A claim that any volume without a class satisfies.
const CLAIM: &str = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {storageClassName: '', accessModes: [ReadWriteOnce], \
                     resources: {requests: {storage: 1Gi}}}\n";

fn pod(name: &str, container: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers:\n  - {{name: main, {container}}}\n")
}

/// pkg/kubelet/prober/prober.go probe, pkg/probe/{exec,http,tcp,grpc}, cri-client/pkg/remote_runtime.go execSyncV1: each kind of probe fails in words
/// of its own. One that cannot be asked kills nothing.
#[test]
fn each_probe_fails_in_its_own_words() {
    let table = [
        ("livenessProbe: {exec: {command: [sleep, '10']}, timeoutSeconds: 2}", "Liveness probe failed: command timed out: \"sleep 10\" timed out after 2s", true),
        ("livenessProbe: {exec: {command: [nosuch]}}", "exec: \"nosuch\": executable file not found in $PATH: unknown", false),
        ("livenessProbe: {exec: {command: [/no/such]}}", "exec: \"/no/such\": stat /no/such: no such file or directory: unknown", false),
        ("livenessProbe: {exec: {command: [sh, -c, 'echo no; exit 3']}}", "Liveness probe failed: no", true),
        ("livenessProbe: {tcpSocket: {port: 99, host: 10.99.9.9}}", "Liveness probe failed: dial tcp 10.99.9.9:99: i/o timeout", true),
        (
            "livenessProbe: {httpGet: {port: 99, host: 10.99.9.9}}",
            "Liveness probe failed: Get \"http://10.99.9.9:99/\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
            true,
        ),
        ("livenessProbe: {httpGet: {port: nosuch}}", "Liveness probe errored: strconv.Atoi: parsing \"nosuch\": invalid syntax", false),
        ("startupProbe: {tcpSocket: {port: 99}}", ":99: connect: connection refused", true),
    ];
    for (probe, text, kills) in table {
        let mut lab = Lab::new(&pod("p", &format!("image: luksa/kubia, {probe}")));
        lab.wait(60);
        let events = lab.events("Pod", "p");
        assert!(events.iter().any(|event| event.starts_with("Unhealthy: ") && event.ends_with(text)), "{probe}: {events:#?}");
        let killed = events.iter().any(|event| event.starts_with("Killing: Container main failed "));
        assert_eq!(killed, kills, "{probe}");
    }
    let mut lab = Lab::new(&pod("p", "image: luksa/kubia, livenessProbe: {exec: {command: [nosuch]}}"));
    lab.wait(30);
    let asked = "Unhealthy: Liveness probe errored: rpc error: code = Unknown desc = failed to exec in container: failed to start exec \"";
    assert!(lab.events("Pod", "p").iter().any(|event| event.starts_with(asked)));
}

/// pkg/volume/util/recyclerclient/recycler_client.go: a pod empties the volume, and its events are told of the volume.
#[test]
fn a_volume_is_emptied_for_the_next_claim() {
    let volume = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec: {capacity: {storage: 3Gi}, accessModes: [ReadWriteOnce], \
                  persistentVolumeReclaimPolicy: Recycle, hostPath: {path: /data}}\n";
    let mut lab = Lab::new(&format!("{CLAIM}---\n{volume}"));
    lab.wait(2);
    lab.run("kubectl delete pvc c");
    lab.wait(1);
    let recycler = lab.run("kubectl get pod recycler-for-v -o jsonpath={.spec.activeDeadlineSeconds}/{.spec.containers[0].name}/{.spec.volumes[0].hostPath.path}");
    assert_eq!(recycler, "90/pv-recycler//data");
    lab.wait(8);
    let (phase, pods) = (lab.run("kubectl get pv v -o jsonpath={.status.phase}{.spec.claimRef}"), lab.run("kubectl get pods"));
    assert_eq!((phase.as_str(), pods.as_str()), ("Available", "No resources found in default namespace.\n"));
    let events = lab.events("PersistentVolume", "v");
    let starts = [
        "RecyclerPod: Recycler pod: Successfully assigned default/recycler-for-v to node",
        "RecyclerPod: Recycler pod: Pulling image \"registry.k8s.io/debian-base:v2.0.0\"",
        "RecyclerPod: Recycler pod: Successfully pulled image",
        "RecyclerPod: Recycler pod: Created container: pv-recycler",
        "RecyclerPod: Recycler pod: Started container pv-recycler",
        "VolumeRecycled: Volume recycled",
    ];
    assert_eq!(events.len(), starts.len(), "{events:#?}");
    assert!(events.iter().zip(starts).all(|(event, start)| event.starts_with(start)), "{events:#?}");
}

/// pv_controller.go syncBoundClaim: a volume that was let go by hand is given back when all claims are looked at, and one that is gone is lost.
#[test]
fn a_claim_gets_its_volume_back_or_is_lost() {
    let volume = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: v}\nspec: {capacity: {storage: 3Gi}, accessModes: [ReadWriteOnce], \
                  hostPath: {path: /data}}\n";
    let mut lab = Lab::new(&format!("{CLAIM}---\n{volume}"));
    lab.wait(2);
    lab.run("kubectl patch pv v -p '{\"spec\":{\"claimRef\":null}}'");
    lab.wait(1);
    let phases = "kubectl get pv,pvc -o jsonpath={.items[*].status.phase}";
    assert_eq!(lab.run(phases), "Available Bound");
    lab.wait(15);
    assert_eq!(lab.run(phases), "Bound Bound");
    lab.run("kubectl patch pv v -p '{\"metadata\":{\"finalizers\":null}}'");
    lab.run("kubectl delete pv v");
    lab.wait(1);
    assert_eq!(lab.run("kubectl get pvc c -o jsonpath={.status}"), r#"{"phase":"Lost"}"#);
    let lost = "ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!";
    assert_eq!(lab.events("PersistentVolumeClaim", "c").last().map(String::as_str), Some(lost));
}

/// Models what the recycler's script does: all below a folder goes, the folder stays.
#[test]
fn find_deletes_what_is_below() {
    let mut lab = Lab::new(&pod("p", "image: debian, command: [sleep, '1000']"));
    lab.wait(4);
    lab.run("kubectl exec p -- sh -c 'mkdir -p /d/a/b; touch /d/a/b/c /d/e'");
    assert_eq!(lab.run("kubectl exec p -- find /d -mindepth 1 -delete"), "");
    assert_eq!(lab.run("kubectl exec p -- find /d"), "/d\n");
}

/// endpointslice/topologycache/event.go: hints begin once there are nodes in several zones and endpoints enough, and end with the annotation.
#[test]
fn hints_come_and_go_with_zones_and_the_annotation() {
    let mut lab = Lab::new(
        "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: kubia}\nspec:\n  replicas: 3\n  template:\n    metadata: {labels: {app: kubia}}\n    \
         spec: {containers: [{name: m, image: luksa/kubia}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: s, annotations: \
         {service.kubernetes.io/topology-mode: Auto}}\nspec: {selector: {app: kubia}, ports: [{port: 80}]}\n",
    );
    lab.wait(5);
    let hints = "kubectl get endpointslices -l kubernetes.io/service-name=s -o jsonpath={.items[*].endpoints[*].hints.forZones[*].name}";
    assert_eq!(lab.run(hints), "");
    for (node, zone) in [("node1", "a"), ("node2", "b"), ("node3", "c")] {
        lab.run(&format!("kubectl label node {node} topology.kubernetes.io/zone={zone}"));
    }
    lab.run("kubectl label service s look=again");
    lab.wait(2);
    let mut zones: Vec<String> = lab.run(hints).split(' ').map(str::to_owned).collect();
    zones.sort();
    assert_eq!(zones, ["a", "b", "c"]);
    // A zone without a node that is ready: the others take what it had, or there are too few.
    lab.run("kubectl scale rc kubia --replicas=2");
    lab.wait(2);
    assert_eq!(lab.run(hints), "");
    lab.run("kubectl scale rc kubia --replicas=3");
    lab.wait(5);
    lab.run("kubectl annotate service s service.kubernetes.io/topology-mode-");
    lab.wait(1);
    assert_eq!(lab.run(hints), "");
    let told = lab.events("Service", "s");
    let texts = [
        "TopologyAwareHintsDisabled: Insufficient Node information: allocatable CPU or zone not specified on one or more nodes, addressType: IPv4",
        "TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, addressType: IPv4",
        "TopologyAwareHintsDisabled: Insufficient number of endpoints (2 endpoints, 3 zones), addressType: IPv4",
        "TopologyAwareHintsDisabled: Topology Aware Hints has been disabled, addressType: IPv4",
    ];
    assert_eq!(told, texts);
}

/// pkg/kubelet/status/generate.go GeneratePodReadyCondition, status_manager.go NeedToReconcilePodReadiness: a pod is ready when its gates are open, too.
#[test]
fn a_pod_waits_for_its_readiness_gates() {
    let mut lab = Lab::new("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {readinessGates: [{conditionType: a/b}], containers: [{name: m, image: luksa/kubia}]}\n");
    lab.wait(4);
    let row = |lab: &mut Lab| lab.run("kubectl get pod p -o wide").lines().nth(1).unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let ready = "kubectl get pod p -o 'jsonpath={.status.conditions[?(@.type==\"Ready\")].status}: {.status.conditions[?(@.type==\"Ready\")].message}'";
    assert_eq!(row(&mut lab)[1..3], ["1/1", "Running"]);
    let table = [
        ("", "False: corresponding condition of pod readiness gate \"a/b\" does not exist.", "0/1"),
        ("False", "False: the status of pod readiness gate \"a/b\" is not \"True\", but False", "0/1"),
        ("True", "True: ", "1/1"),
        ("Unknown", "False: the status of pod readiness gate \"a/b\" is not \"True\", but Unknown", "0/1"),
    ];
    for (status, message, gates) in table {
        if !status.is_empty() {
            let patch = format!("{{\"status\":{{\"conditions\":[{{\"type\":\"a/b\",\"status\":\"{status}\"}}]}}}}");
            assert_eq!(lab.run(&format!("kubectl patch pod p --subresource=status -p '{patch}'")), "pod/p patched\n");
            lab.wait(1);
        }
        assert_eq!(lab.run(ready), message);
        assert_eq!(row(&mut lab).last().map(String::as_str), Some(gates));
    }
}

/// pkg/scheduler/eventhandlers.go responsibleForPod: nobody says anything of a pod that waits for a scheduler that is not there.
#[test]
fn a_pod_for_another_scheduler_waits() {
    let mut lab = Lab::new("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {schedulerName: mine, containers: [{name: m, image: luksa/kubia}]}\n");
    lab.wait(5);
    assert_eq!(lab.run("kubectl get pod p -o 'jsonpath={.status.phase} {.spec.nodeName}'"), "Pending ");
    assert_eq!(lab.events("Pod", "p"), Vec::<String>::new());
}

/// pkg/controller/cronjob/cronjob_controllerv2.go sync: what is too old goes before the new end is told.
#[test]
fn old_jobs_go_before_the_new_end_is_told() {
    let mut lab = Lab::new(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n  schedule: '* * * * *'\n  failedJobsHistoryLimit: 1\n  jobTemplate: {spec: {backoffLimit: 0, \
         template: {spec: {restartPolicy: Never, containers: [{name: m, image: busybox, command: ['false']}]}}}}\n",
    );
    lab.wait(130);
    let reasons: Vec<String> = lab.events("CronJob", "c").iter().filter_map(|event| Some(event.split_once(':')?.0.to_owned())).collect();
    assert_eq!(reasons[..5], ["SuccessfulCreate", "SawCompletedJob", "SuccessfulCreate", "SuccessfulDelete", "SawCompletedJob"]);
}

/// cloud-provider/controllers/service/controller.go needsUpdate and syncNodes: a balancer follows its service and the nodes, and says so.
#[test]
fn a_load_balancer_follows_its_service_and_the_nodes() {
    let mut scenario = Scenario::empty();
    scenario.base.cloud = true;
    let mut lab = Lab(Simulator::new(&scenario));
    lab.run("kubectl create service loadbalancer s --tcp=80:8080");
    lab.wait(20);
    let lines = [
        "kubectl patch service s -p '{\"spec\":{\"loadBalancerSourceRanges\":[\"10.0.0.0/8\"]}}'",
        "kubectl patch service s -p '{\"spec\":{\"externalTrafficPolicy\":\"Local\"}}'",
        "kubectl label node node1 node.kubernetes.io/exclude-from-external-load-balancers=",
        "kubectl label service s a=b",
    ];
    for line in lines {
        lab.run(line);
        lab.wait(20);
    }
    let ensured = ["EnsuringLoadBalancer: Ensuring load balancer", "EnsuredLoadBalancer: Ensured load balancer"];
    let others = ["LoadBalancerSourceRanges: [] -> [10.0.0.0/8]", "ExternalTrafficPolicy: Cluster -> Local", "UpdatedLoadBalancer: Updated load balancer with new hosts"];
    let told = lab.events("Service", "s");
    assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), [&ensured[..], &others[..]].concat());
    let counts = lab.run("kubectl get events --field-selector involvedObject.name=s -o 'jsonpath={.items[*].count}'");
    assert_eq!(counts, "3 3 1 1 1");
}
