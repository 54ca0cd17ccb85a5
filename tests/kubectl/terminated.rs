//! Pods that end without having run.

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
