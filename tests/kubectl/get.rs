//! Listing objects, in tables and in all other forms.

use super::lab::{Lab, POD};

#[test]
fn pods_in_all_forms() {
    let mut lab = Lab::settled();
    let table = [
        (
            "kubectl get pods",
            "NAME          READY   STATUS    RESTARTS   AGE\n\
             bare          1/1     Running   0          10s\n\
             kubia-xxxxx   1/1     Running   0          10s\n\
             kubia-xxxxx   1/1     Running   0          10s\n",
        ),
        (
            "kubectl get po bare -o wide",
            "NAME   READY   STATUS    RESTARTS   AGE   IP           NODE    NOMINATED NODE   READINESS GATES\n\
             bare   1/1     Running   0          10s   NN.NNN.N.N   node1   <none>           <none>\n",
        ),
        (
            "kubectl get po --show-labels -l a=b",
            "NAME   READY   STATUS    RESTARTS   AGE   LABELS\n\
             bare   1/1     Running   0          10s   a=b,c=d\n",
        ),
        (
            "kubectl get po -L a,app --no-headers",
            "bare          1/1   Running   0     10s   b     \n\
             kubia-xxxxx   1/1   Running   0     10s         kubia\n\
             kubia-xxxxx   1/1   Running   0     10s         kubia\n",
        ),
        (
            "kubectl get po -A -l app",
            "NAMESPACE   NAME          READY   STATUS    RESTARTS   AGE\n\
             default     kubia-xxxxx   1/1     Running   0          10s\n\
             default     kubia-xxxxx   1/1     Running   0          10s\n",
        ),
        ("kubectl get po -o name -l 'a in (b,x)'", "pod/bare\n"),
        ("kubectl get po --field-selector metadata.name!=bare,status.phase=Running -o name", "pod/kubia-xxxxx\npod/kubia-xxxxx\n"),
        ("kubectl get po bare -o jsonpath='{.metadata.labels}'", "{\"a\":\"b\",\"c\":\"d\"}"),
        ("kubectl get po -o jsonpath='{range .items[*]}{.metadata.name}{\"\\n\"}{end}'", "bare\nkubia-xxxxx\nkubia-xxxxx\n"),
        (
            "kubectl get po -o custom-columns=N:.metadata.name,OWNER:.metadata.ownerReferences[*].name,X:.spec.nosuch",
            "N             OWNER    X\nbare          <none>   <none>\nkubia-xxxxx   kubia    <none>\nkubia-xxxxx   kubia    <none>\n",
        ),
        ("kubectl get po --sort-by=.metadata.name --no-headers -o custom-columns=N:.metadata.name -l a", "bare\n"),
        ("kubectl get -f pod.yaml -o name", "pod/bare\n"),
    ];
    for (line, expected) in table {
        let printed = lab.run(line);
        // Addresses are of different widths; their column is the only one that may vary.
        if line.ends_with("wide") {
            assert_eq!(squeezed(&printed), squeezed(expected), "{line}");
        } else {
            assert_eq!(printed, expected, "{line}");
        }
    }
}

fn squeezed(text: &str) -> String {
    let words = |line: &str| line.split_whitespace().map(|word| if word.starts_with("NN.") { "IP" } else { word }.to_owned()).collect::<Vec<_>>();
    text.lines().map(|line| words(line).join(" ").replace("node1", "node").replace("node2", "node").replace("node3", "node") + "\n").collect()
}

#[test]
fn other_kinds() {
    let mut lab = Lab::settled();
    let table = [
        ("kubectl get rc", "NAME    DESIRED   CURRENT   READY   AGE\nkubia   2         2         2       10s\n"),
        (
            "kubectl get replicationcontrollers -o wide --show-labels",
            "NAME    DESIRED   CURRENT   READY   AGE   CONTAINERS   IMAGES        SELECTOR    LABELS\n\
             kubia   2         2         2       10s   main         luksa/kubia   app=kubia   team=a\n",
        ),
        (
            "kubectl get nodes",
            "NAME    STATUS   ROLES    AGE   VERSION\n\
             node1   Ready    <none>   90m   v1.32.13\n\
             node2   Ready    <none>   90m   v1.32.13\n\
             node3   Ready    <none>   90m   v1.32.13\n",
        ),
        ("kubectl get no/node1 -o custom-columns=OS:.status.nodeInfo.operatingSystem", "OS\nlinux\n"),
        (
            "kubectl get ns",
            "NAME              STATUS   AGE\n\
             default           Active   90m\n\
             kube-node-lease   Active   90m\n\
             kube-public       Active   90m\n\
             kube-system       Active   90m\n",
        ),
        (
            "kubectl get all -l app=kubia,team!=x",
            "NAME              READY   STATUS    RESTARTS   AGE\n\
             pod/kubia-xxxxx   1/1     Running   0          10s\n\
             pod/kubia-xxxxx   1/1     Running   0          10s\n",
        ),
        (
            "kubectl get rc,po bare --ignore-not-found",
            "NAME   READY   STATUS    RESTARTS   AGE\nbare   1/1     Running   0          10s\n",
        ),
    ];
    for (line, expected) in table {
        assert_eq!(lab.run(line), expected, "{line}");
    }
    let two = lab.run("kubectl get rc/kubia po/bare");
    assert_eq!(
        two,
        "NAME                          DESIRED   CURRENT   READY   AGE\n\
         replicationcontroller/kubia   2         2         2       10s\n\
         \n\
         NAME       READY   STATUS    RESTARTS   AGE\n\
         pod/bare   1/1     Running   0          10s\n"
    );
}

#[test]
fn events_come_by_object_and_time() {
    let mut lab = Lab::new();
    lab.file("pod.yaml", POD);
    lab.run("kubectl create -f pod.yaml");
    lab.wait(5);
    let events = lab.run("kubectl get events --field-selector involvedObject.name=bare");
    let lines: Vec<&str> = events.lines().collect();
    assert_eq!(lines[0], "LAST SEEN   TYPE     REASON      OBJECT     MESSAGE");
    let reasons: Vec<&str> = lines[1..].iter().filter_map(|line| line.split_whitespace().nth(2)).collect();
    assert_eq!(reasons, ["Scheduled", "Pulling", "Pulled", "Created", "Started"], "{events}");
    let wide = lab.run("kubectl get events -o wide --field-selector reason=Created");
    assert!(wide.contains("spec.containers{main}   kubelet, node"), "{wide}");
    assert_eq!(lab.run("kubectl get events --field-selector type=Warning"), "No resources found in default namespace.\n");
    let sorted = lab.run("kubectl events --for pod/bare --no-headers");
    assert_eq!(sorted.lines().count(), 5, "{sorted}");
    assert!(sorted.contains("Pod/bare"), "{sorted}");
}

#[test]
fn objects_in_yaml_and_json() {
    let mut lab = Lab::settled();
    let yaml = lab.raw("kubectl get rc kubia -o yaml");
    for line in ["apiVersion: v1\nkind: ReplicationController\nmetadata:\n  creationTimestamp: \"", "  generation: 1\n  labels:\n    team: a\n"] {
        assert!(yaml.contains(line), "{yaml}");
    }
    assert!(yaml.ends_with("status:\n  availableReplicas: 2\n  fullyLabeledReplicas: 2\n  observedGeneration: 1\n  readyReplicas: 2\n  replicas: 2\n"), "{yaml}");
    let list = lab.raw("kubectl get po -l nosuch=x -o yaml");
    assert_eq!(list, "apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: \"\"\n");
    let json = lab.raw("kubectl get ns default -o json");
    assert!(json.starts_with("{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"Namespace\",\n"), "{json}");
    assert!(json.ends_with("\"phase\": \"Active\"\n    }\n}\n"), "{json}");
}

#[test]
fn nothing_found() {
    let mut lab = Lab::new();
    assert_eq!(lab.run("kubectl get pods"), "No resources found in default namespace.\n");
    assert_eq!(lab.run("kubectl get pods -n nosuch"), "No resources found in nosuch namespace.\n");
    assert_eq!(lab.run("kubectl get pods -A"), "No resources found\n");
    assert_eq!(lab.run("kubectl get nodes -l a=b"), "No resources found\n");
    assert_eq!(lab.run("kubectl get pods --ignore-not-found"), "");
    assert_eq!(lab.run("kubectl describe pods"), "No resources found in default namespace.\n");
}
