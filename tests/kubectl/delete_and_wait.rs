//! Deleting in all its forms, and waiting.

use podscape::base::SimDuration;
use podscape::kubectl::Follow;

use super::lab::Lab;

#[test]
fn delete_tells_what_it_deletes_and_waits_for_it() {
    let mut lab = Lab::settled();
    let answer = lab.answer("kubectl delete pod bare");
    assert_eq!((answer.output.as_str(), answer.exit), ("pod \"bare\" deleted\n", 0));
    let Follow::UntilGone(gone) = answer.follow else { panic!("does not wait") };
    assert_eq!(gone.len(), 1);
    let answer = lab.answer("kubectl delete rc kubia --wait=false --cascade=orphan");
    assert_eq!(answer.output, "replicationcontroller \"kubia\" deleted\n");
    assert!(matches!(answer.follow, Follow::Done));
    lab.wait(5);
    assert_eq!(lab.run("kubectl delete po -l app=kubia --now --wait=false"), "pod \"kubia-xxxxx\" deleted\npod \"kubia-xxxxx\" deleted\n");
}

#[test]
fn forms_of_delete() {
    let mut lab = Lab::settled();
    let table = [
        ("kubectl delete pod/bare --dry-run=client", "pod \"bare\" deleted (dry run)\n"),
        ("kubectl delete po bare --dry-run=server -o name", "pod/bare\n"),
        ("kubectl delete pod nosuch --ignore-not-found", ""),
        ("kubectl delete pods -l app=zzz", "No resources found\n"),
        (
            "kubectl delete pod bare --force --grace-period=0",
            "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may \
             continue to run on the cluster indefinitely.\npod \"bare\" force deleted\n",
        ),
        ("kubectl delete -f rc.yaml --wait=false", "replicationcontroller \"kubia\" deleted\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.run(line), expected, "{line}");
    }
    let table = [
        ("kubectl delete pods", "error: resource(s) were provided, but no name was specified\n"),
        ("kubectl delete pod nosuch", "Error from server (NotFound): pods \"nosuch\" not found\n"),
        (
            "kubectl delete rc/nosuch pod/nosuch",
            "Error from server (NotFound): replicationcontrollers \"nosuch\" not found\nError from server (NotFound): pods \"nosuch\" not found\n",
        ),
        ("kubectl delete -f rc.yaml", "Error from server (NotFound): error when deleting \"rc.yaml\": replicationcontrollers \"kubia\" not found\n"),
        ("kubectl delete rc x --cascade=orphans", "error: invalid cascade value (orphans). Must be \"background\", \"foreground\", or \"orphan\"\n"),
        (
            "kubectl delete rc x --cascade=false",
            "warning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.\n\
             Error from server (NotFound): replicationcontrollers \"x\" not found\n",
        ),
        ("kubectl delete po x --all", "error: name cannot be provided when a selector is specified\n"),
        ("kubectl delete po x --now --grace-period=3", "error: --now and --grace-period cannot be specified together\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.fail(line), expected, "{line}");
    }
}

#[test]
fn wait_ends_with_its_condition_or_its_time() {
    let mut lab = Lab::new();
    lab.run("kubectl create -f pod.yaml");
    let Follow::Wait(mut wait) = lab.answer("kubectl wait pod/bare --for=condition=Ready --timeout=20s").follow else { panic!("does not wait") };
    assert_eq!(wait.poll(lab.world.view(), lab.world.now()), None);
    lab.wait(10);
    assert_eq!(wait.poll(lab.world.view(), lab.world.now()), Some(("pod/bare condition met\n".to_owned(), 0)));
    assert_eq!(lab.run("kubectl wait po --all --for=jsonpath='{.status.phase}'=Running"), "pod/bare condition met\n");
    let Follow::Wait(mut wait) = lab.answer("kubectl wait pod bare --for=delete --timeout=3s").follow else { panic!("does not wait") };
    let late = lab.world.now() + SimDuration::from_seconds(3);
    let timeout = Some(("error: timed out waiting for the condition on pods/bare\n".to_owned(), 1));
    assert_eq!(wait.poll(lab.world.view(), late), timeout);
    assert_eq!(lab.run("kubectl wait pod nosuch --for=delete"), "");
    assert_eq!(lab.fail("kubectl wait pod nosuch --for=condition=Ready"), "Error from server (NotFound): pods \"nosuch\" not found\n");
    assert_eq!(lab.fail("kubectl wait pod bare --for=tea"), "error: unrecognized condition: \"tea\"\n");
}

#[test]
fn what_belongs_to_nobody_that_is_there_goes() {
    let mut lab = Lab::new();
    lab.run("kubectl create configmap father");
    let uid = lab.raw("kubectl get cm father -o jsonpath='{.metadata.uid}'");
    let child = |name: &str, uid: &str| {
        let owner = format!("{{apiVersion: v1, kind: ConfigMap, name: father, uid: {uid}}}");
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, ownerReferences: [{owner}]}}\n---\n")
    };
    lab.file("children.yaml", &(child("kept", &uid) + &child("dangling", "11111111-1111-4111-8111-111111111111")));
    lab.run("kubectl create -f children.yaml");
    lab.wait(1);
    assert_eq!(lab.raw("kubectl get cm -o jsonpath='{.items[*].metadata.name}'"), "father kept kube-root-ca.crt");
}

#[test]
fn a_namespace_waits_for_its_last_finalizer() {
    let mut lab = Lab::new();
    lab.run("kubectl create namespace team");
    lab.file("kept.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, namespace: team, finalizers: [example.com/keep]}\n");
    lab.run("kubectl create -f kept.yaml");
    lab.run("kubectl delete namespace team --wait=false");
    lab.wait(30);
    let remaining = "kubectl get ns team -o jsonpath='{.status.phase} {.status.conditions[?(@.status==\"True\")].reason} {.metadata.deletionGracePeriodSeconds}'";
    assert_eq!(lab.raw(remaining), "Terminating SomeResourcesRemain SomeFinalizersRemain ");
    lab.run("kubectl -n team patch cm kept --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
    lab.wait(5);
    assert_eq!(lab.fail("kubectl get ns team"), "Error from server (NotFound): namespaces \"team\" not found\n");
}
