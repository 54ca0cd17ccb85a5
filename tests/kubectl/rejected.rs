//! Pods that name their node themselves, and that the kubelet there refuses.

use super::lab::Lab;

fn pod(name: &str, spec: &str, container: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{nodeName: node1, {spec}containers: [{{name: main, image: luksa/kubia, {container}}}]}}\n---\n")
}

#[test]
fn a_kubelet_refuses_what_does_not_fit() {
    let mut lab = Lab::new();
    lab.run("kubectl taint node node1 swarm=x:NoSchedule");
    lab.file("pods.yaml", &[
        pod("first", "", "ports: [{containerPort: 80, hostPort: 80}], resources: {requests: {cpu: 500m}}"),
        pod("second", "", "resources: {requests: {cpu: 1800m}}"),
        pod("third", "", "resources: {requests: {memory: 1Ti}}"),
        pod("fourth", "nodeSelector: {disk: ssd}, ", ""),
        pod("fifth", "", "ports: [{containerPort: 80, hostPort: 80}]"),
        pod("sixth", "", ""),
    ].concat());
    lab.run("kubectl create -f pods.yaml");
    lab.wait(5);
    let statuses = lab.raw("kubectl get po --no-headers -o custom-columns=N:.metadata.name,P:.status.phase,M:.status.message");
    let rows: Vec<String> = statuses.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(rows, [
        "fifth Failed Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
        "first Running <none>",
        "fourth Failed Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
        "second Failed Pod was rejected: Node didn't have enough resource: cpu, requested: 1800, used: 500, capacity: 2000",
        "sixth Running <none>",
        "third Failed Pod was rejected: Node didn't have enough resource: memory, requested: 1099511627776, used: 0, capacity: 25171652608",
    ]);
    let shown: Vec<String> = lab.raw("kubectl get po --no-headers").lines().filter_map(|line| line.split_whitespace().nth(2).map(str::to_owned)).collect();
    assert_eq!(shown, ["NodePorts", "Running", "NodeAffinity", "OutOfcpu", "Running", "OutOfmemory"]);
    let event = lab.raw("kubectl get events --field-selector reason=OutOfcpu -o jsonpath='{.items[0].type} {.items[0].message}'");
    assert_eq!(event, "Warning Node didn't have enough resource: cpu, requested: 1800, used: 500, capacity: 2000");
}
