//! Changing objects: scale, label, annotate, patch, replace, taint, cordon.

use super::lab::{Lab, RC};

#[test]
fn scale() {
    let mut lab = Lab::settled();
    let table = [
        ("kubectl scale rc kubia --replicas=3", "replicationcontroller/kubia scaled\n"),
        ("kubectl scale rc/kubia --replicas=3 --current-replicas=3", "replicationcontroller/kubia scaled\n"),
        ("kubectl scale -f rc.yaml --replicas=1 --dry-run=server", "replicationcontroller/kubia scaled (server dry run)\n"),
        ("kubectl get rc kubia -o jsonpath={.spec.replicas}", "3"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.run(line), expected, "{line}");
    }
    let table = [
        ("kubectl scale rc kubia --replicas=5 --current-replicas=2", "error: Expected replicas to be 2, was 3\n"),
        ("kubectl scale rc kubia", "error: required flag(s) \"replicas\" not set\n"),
        ("kubectl scale rc kubia --replicas=-1", "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n"),
        ("kubectl scale rc nosuch --replicas=1", "error: no objects passed to scale replicationcontrollers \"nosuch\" not found\n"),
        ("kubectl scale pod bare --replicas=1", "Error from server (NotFound): the server could not find the requested resource\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.fail(line), expected, "{line}");
    }
}

#[test]
fn label_and_annotate() {
    let mut lab = Lab::settled();
    let table = [
        ("kubectl label pod bare env=prod", "pod/bare labeled\n"),
        ("kubectl label pod bare env=debug --overwrite", "pod/bare labeled\n"),
        ("kubectl label pod bare env=debug --overwrite", "pod/bare not labeled\n"),
        ("kubectl label pod bare env- a- c-", "pod/bare unlabeled\n"),
        ("kubectl label pod bare env-", "label \"env\" not found.\npod/bare labeled\n"),
        ("kubectl label pods --all x=y --dry-run=client -o name", "pod/bare\npod/kubia-xxxxx\npod/kubia-xxxxx\n"),
        ("kubectl label rc kubia team=a --overwrite", "replicationcontroller/kubia not labeled\n"),
        ("kubectl label node node1 disk=ssd", "node/node1 labeled\n"),
        ("kubectl annotate pod bare who=me", "pod/bare annotated\n"),
        ("kubectl annotate pod bare who-", "pod/bare annotated\n"),
        ("kubectl label po -l app=kubia extra=1", "pod/kubia-xxxxx labeled\npod/kubia-xxxxx labeled\n"),
        ("kubectl label pod bare --list", ""),
    ];
    for (line, expected) in table {
        assert_eq!(lab.run(line), expected, "{line}");
    }
    lab.run("kubectl label pod bare app=x");
    let table = [
        ("kubectl label pod bare app=y", "error: 'app' already has a value (x), and --overwrite is false\n"),
        ("kubectl annotate pod bare note=y", "error: --overwrite is false but found the following declared annotation(s): 'note' already has a value (hello)\n"),
        ("kubectl label pod bare", "error: at least one label update is required\n"),
        ("kubectl label", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>\n"),
        ("kubectl label pod nosuch a=b", "Error from server (NotFound): pods \"nosuch\" not found\n"),
        ("kubectl label pod bare a=b a-", "error: can not both modify and remove a label in the same command\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.fail(line), expected, "{line}");
    }
}

#[test]
fn patch_in_its_three_styles() {
    let mut lab = Lab::settled();
    let template = r#"kubectl patch rc kubia -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","image":"luksa/kubia:v2"}]}}}}'"#;
    assert_eq!(lab.run(template), "replicationcontroller/kubia patched\n");
    assert_eq!(lab.run(template), "replicationcontroller/kubia patched (no change)\n");
    // A strategic merge patch keeps the other fields of the container.
    let container = lab.run("kubectl get rc kubia -o jsonpath='{.spec.template.spec.containers[0].image} {.spec.template.spec.containers[0].ports[0].containerPort}'");
    assert_eq!(container, "luksa/kubia:v2 8080");
    assert_eq!(lab.run(r#"kubectl patch rc kubia --type=merge -p '{"metadata":{"labels":{"team":null,"x":"y"}}}'"#), "replicationcontroller/kubia patched\n");
    assert_eq!(lab.run(r#"kubectl patch rc kubia --type=json -p '[{"op":"replace","path":"/spec/replicas","value":5}]'"#), "replicationcontroller/kubia patched\n");
    assert_eq!(lab.run("kubectl get rc kubia -o jsonpath='{.metadata.labels} {.spec.replicas}'"), "{\"x\":\"y\"} 5");
    let table = [
        (r#"kubectl patch pod bare -p '{"metadata":{"name":"other"}}'"#, "Error from server (BadRequest): the name of the object (other) does not match the name on the URL (bare)\n"),
        (r#"kubectl patch rc kubia -p '{"spec":{"replicas":-2}}'"#, "The ReplicationController \"kubia\" is invalid: spec.replicas: Invalid value: -2: must be greater than or equal to 0\n"),
        (r#"kubectl patch rc kubia -p '{"spec":{"replicas":"x"}}'"#, "The request is invalid: patch: Invalid value: \"map[spec:map[replicas:x]]\": unrecognized type: int32\n"),
        ("kubectl patch rc kubia", "error: must specify --patch or --patch-file containing the contents of the patch\n"),
        ("kubectl patch rc kubia -p '{}' --type=tea", "error: --type must be one of [json merge strategic], not \"tea\"\n"),
        (r#"kubectl patch rc kubia --type=json -p '[{"op":"remove","path":"/spec/nosuch"}]'"#, "The request is invalid: the server rejected our request due to an error in our request\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.fail(line), expected, "{line}");
    }
}

#[test]
fn images_are_set() {
    let mut lab = Lab::settled();
    assert_eq!(lab.run("kubectl set image pod/bare main=luksa/kubia:v1"), "pod/bare image updated\n");
    assert_eq!(lab.run("kubectl set image rc kubia *=luksa/kubia:v2"), "replicationcontroller/kubia image updated\n");
    assert_eq!(lab.run("kubectl get rc,po -l '!app' -o jsonpath='{.items[*].spec.template.spec.containers[*].image}{.items[*].spec.containers[*].image}'"), "luksa/kubia:v2luksa/kubia:v1");
    assert_eq!(lab.fail("kubectl set image pod/bare x=y"), "error: unable to find container named \"x\"\n");
}

#[test]
fn a_drained_node_is_cordoned_and_empty() {
    let mut lab = Lab::settled();
    let node = lab.run("kubectl get po bare -o jsonpath='{.spec.nodeName}'");
    let refusal = "cannot delete cannot delete Pods that declare no controller (use --force to override): default/bare";
    assert_eq!(
        lab.fail(&format!("kubectl drain {node}")),
        format!(
            "node/{node} cordoned\nerror: unable to drain node \"{node}\" due to error: {refusal}, continuing command...\n\
             There are pending nodes to be drained:\n {node}\n{refusal}\n"
        )
    );
    let line = format!("kubectl drain {node} --force --pod-selector=a=b");
    let warning = "Warning: deleting Pods that declare no controller: default/bare\nevicting pod default/bare";
    assert_eq!(
        lab.run(&format!("{line} --dry-run=client")),
        format!("node/{node} already cordoned (dry run)\n{warning} (dry run)\nnode/{node} drained (dry run)\n")
    );
    let answer = lab.answer(&line);
    assert_eq!(answer.output, format!("node/{node} already cordoned\n{warning}\n"));
    let podscape::kubectl::Follow::Drain(mut wait) = answer.follow else { panic!("does not wait") };
    lab.wait(10);
    let evicted = format!("pod/bare evicted\nnode/{node} drained\n");
    assert_eq!(wait.poll(&lab.world), (evicted, Some(0)));
}

#[test]
fn replace() {
    let mut lab = Lab::settled();
    lab.file("rc.yaml", &RC.replace("replicas: 2", "replicas: 1"));
    assert_eq!(lab.run("kubectl replace -f rc.yaml"), "replicationcontroller/kubia replaced\n");
    assert_eq!(lab.run("kubectl get rc kubia -o jsonpath={.spec.replicas}"), "1");
    lab.file("new.yaml", &RC.replace("name: kubia", "name: nosuch"));
    let missing = lab.fail("kubectl replace -f new.yaml");
    assert_eq!(missing, "Error from server (NotFound): error when replacing \"new.yaml\": replicationcontrollers \"nosuch\" not found\n");
}

#[test]
fn nodes() {
    let mut lab = Lab::settled();
    let table = [
        ("kubectl cordon node3", "node/node3 cordoned\n"),
        ("kubectl cordon node3", "node/node3 already cordoned\n"),
        ("kubectl uncordon node3", "node/node3 uncordoned\n"),
        ("kubectl uncordon node/node3", "node/node3 already uncordoned\n"),
        ("kubectl taint nodes node1 k=v:NoSchedule", "node/node1 tainted\n"),
        ("kubectl taint nodes node1 k=w:NoSchedule --overwrite", "node/node1 modified\n"),
        ("kubectl taint nodes node1 k:NoSchedule-", "node/node1 untainted\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.run(line), expected, "{line}");
    }
    lab.run("kubectl taint nodes node1 k=v:NoSchedule");
    let table = [
        ("kubectl taint nodes node1 k=x:NoSchedule", "error: node node1 already has k taint(s) with same effect(s) and --overwrite is false\n"),
        ("kubectl taint nodes node1 nosuch-", "error: taint \"nosuch\" not found\n"),
        ("kubectl taint nodes node1 k=v:Never", "error: invalid taint effect: Never, unsupported taint effect\nSee 'kubectl taint -h' for help and examples\n"),
        ("kubectl cordon nosuch", "Error from server (NotFound): nodes \"nosuch\" not found\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.fail(line), expected, "{line}");
    }
}

#[test]
fn a_node_without_a_kubelet_is_given_up() {
    let mut lab = Lab::new();
    lab.file("node.yaml", "apiVersion: v1\nkind: Node\nmetadata: {name: fake}\n");
    lab.run("kubectl create -f node.yaml");
    lab.wait(58);
    let row = |lab: &mut Lab| lab.raw("kubectl get node fake --no-headers").split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let taints = |lab: &mut Lab| lab.raw("kubectl get node fake -o jsonpath='{.spec.taints[*].key} {.spec.taints[*].effect}'");
    assert_eq!(row(&mut lab), "fake Unknown");
    assert_eq!(taints(&mut lab), "node.kubernetes.io/not-ready NoSchedule");
    lab.wait(14);
    assert_eq!(row(&mut lab), "fake NotReady");
    assert_eq!(taints(&mut lab), "node.kubernetes.io/unreachable node.kubernetes.io/unreachable NoSchedule NoExecute");
    let why = "kubectl get node fake -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].reason} {.status.conditions[*].status}'";
    assert_eq!(lab.raw(why), "NodeStatusNeverUpdated Unknown Unknown Unknown Unknown");
    assert!(lab.run("kubectl describe node fake").contains("Failed to get lease: leases.coordination.k8s.io \"fake\" not found\n"));
}
