//! Pods that end without having run, and those that nearly did.

use super::lab::Lab;

fn pod(name: &str, more: &str, container: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, finalizers: [example.com/keep]}}\nspec: {{{more}containers: [{{name: main, {container}}}]}}\n---\n")
}

#[test]
fn what_never_ran_is_accounted_for() {
    let mut lab = Lab::new();
    let conf = "image: luksa/kubia, envFrom: [{configMapRef: {name: nosuch}}]";
    let volume = "activeDeadlineSeconds: 5, volumes: [{name: v, configMap: {name: nosuch}}], ";
    lab.file("pods.yaml", &[
        pod("late", "activeDeadlineSeconds: 5, ", conf),
        pod("empty", volume, "image: luksa/kubia"),
        pod("pulling", "", "image: luksa/nosuch"),
        pod("homeless", "nodeSelector: {a: b}, ", "image: luksa/kubia"),
    ].concat());
    lab.run("kubectl create -f pods.yaml");
    lab.wait(10);
    lab.run("kubectl delete pod pulling homeless --wait=false");
    lab.wait(30);
    let phases = "kubectl get po -o jsonpath='{range .items[*]}{.metadata.name} {.status.phase} {.status.reason} {.status.containerStatuses[*].state.terminated.reason}{\"\\n\"}{end}'";
    let expected = [
        "empty Failed DeadlineExceeded ContainerStatusUnknown",
        "homeless Failed  ",
        "late Failed DeadlineExceeded ContainerStatusUnknown",
        "pulling Failed  ContainerStatusUnknown",
    ];
    assert_eq!(lab.raw(phases).lines().collect::<Vec<_>>(), expected);
    let ended = lab.raw("kubectl get po late -o jsonpath='{.status.containerStatuses[0].state}'");
    let message = "The container could not be located when the pod was terminated";
    let reason = "\"reason\":\"ContainerStatusUnknown\",\"startedAt\":null";
    assert_eq!(ended, format!("{{\"terminated\":{{\"exitCode\":137,\"finishedAt\":null,\"message\":\"{message}\",{reason}}}}}"));
}

#[test]
fn a_sidecar_that_ends_holds_up_only_the_first_start() {
    let mut lab = Lab::new();
    let side = "initContainers: [{name: side, image: busybox, restartPolicy: Always, command: [sh, -c, 'sleep 9; exit 1']}]";
    let pod = |name: &str, container: &str| {
        let container = format!("{{name: main, image: busybox, {container}}}");
        format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{{side}, containers: [{container}]}}\n---\n")
    };
    let env = "env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: a}}}]";
    lab.file("pods.yaml", &[pod("waits", &format!("{env}, command: [sleep, '10000']")), pod("loops", "command: [sh, -c, 'sleep 9; exit 1']")].concat());
    lab.run("kubectl create -f pods.yaml");
    lab.wait(60);
    let state = |lab: &mut Lab| lab.raw("kubectl get po waits -o jsonpath='{.status.containerStatuses[0].state.waiting.reason}{.status.containerStatuses[0].state.running}'");
    assert_eq!(state(&mut lab), "CreateContainerConfigError");
    lab.run("kubectl create secret generic keys --from-literal=a=b");
    lab.wait(400);
    assert!(state(&mut lab).contains("startedAt"), "it runs once the secret is there and the sidecar is up");
    // Both containers of the other one go on failing and being started.
    let counts = "kubectl get po loops -o jsonpath='{.status.initContainerStatuses[0].restartCount} {.status.containerStatuses[0].restartCount}'";
    let before: Vec<u32> = lab.raw(counts).split(' ').filter_map(|count| count.parse().ok()).collect();
    lab.wait(700);
    let after: Vec<u32> = lab.raw(counts).split(' ').filter_map(|count| count.parse().ok()).collect();
    assert!(before.len() == 2 && before.iter().zip(&after).all(|(before, after)| *before >= 3 && after > before), "{before:?} {after:?}");
}
