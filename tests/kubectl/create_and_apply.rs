//! Creating from files and by flags, validation, `apply`.

use super::lab::{Lab, RC};

#[test]
fn create_reads_several_documents_and_goes_on_after_a_failure() {
    let mut lab = Lab::new();
    lab.file("two.yaml", &format!("{RC}---\n{RC}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: dev}}\n"));
    assert_eq!(
        lab.fail("kubectl create -f two.yaml"),
        "replicationcontroller/kubia created\nnamespace/dev created\n\
         Error from server (AlreadyExists): error when creating \"two.yaml\": replicationcontrollers \"kubia\" already exists\n"
    );
}

#[test]
fn a_dry_run_changes_nothing() {
    let mut lab = Lab::new();
    assert_eq!(lab.run("kubectl create -f rc.yaml --dry-run=client"), "replicationcontroller/kubia created (dry run)\n");
    assert_eq!(lab.run("kubectl create -f rc.yaml --dry-run=server"), "replicationcontroller/kubia created (server dry run)\n");
    assert_eq!(lab.run("kubectl apply -f rc.yaml --dry-run=server"), "replicationcontroller/kubia created (server dry run)\n");
    assert_eq!(lab.run("kubectl create ns x --dry-run=client -o name"), "namespace/x\n");
    assert_eq!(
        lab.run("kubectl run r3 --image=luksa/kubia --dry-run=client -o yaml"),
        "apiVersion: v1\nkind: Pod\nmetadata:\n  creationTimestamp: null\n  labels:\n    run: r3\n  name: r3\nspec:\n  containers:\n  - image: \
         luksa/kubia\n    name: r3\n    resources: {}\n  dnsPolicy: ClusterFirst\n  restartPolicy: Always\nstatus: {}\n"
    );
    assert_eq!(lab.run("kubectl get rc,po,ns -o name -A"), "namespace/default\nnamespace/kube-node-lease\nnamespace/kube-public\nnamespace/kube-system\n");
}

#[test]
fn run_makes_a_pod_of_its_flags() {
    let mut lab = Lab::new();
    let line = "kubectl run web --image=luksa/kubia --port=8080 --env=A=b --env=C= --labels=x=y,z=w --restart=Never --command -- sh -c 'sleep 1'";
    assert_eq!(lab.run(line), "pod/web created\n");
    assert_eq!(lab.run("kubectl get pod web -o jsonpath='{.spec.containers[0].command} {.spec.restartPolicy}'"), "[\"sh\",\"-c\",\"sleep 1\"] Never");
    assert_eq!(lab.run("kubectl get pod web -o jsonpath='{.metadata.labels} {.spec.containers[0].env}'"), "{\"x\":\"y\",\"z\":\"w\"} [{\"name\":\"A\",\"value\":\"b\"},{\"name\":\"C\"}]");
    let overrides = "kubectl run fixed --image=luksa/kubia --overrides='{\"spec\":{\"nodeName\":\"node2\"}}'";
    assert_eq!(lab.run(overrides), "pod/fixed created\n");
    assert_eq!(lab.run("kubectl get pod fixed -o jsonpath='{.spec.nodeName}'"), "node2");
}

#[test]
fn validation_of_unknown_fields() {
    let mut lab = Lab::new();
    lab.file("bad.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p1}\nspec:\n  foo: 1\n  containers:\n  - {name: a, image: busybox, bar: 2}\n");
    assert_eq!(
        lab.fail("kubectl create -f bad.yaml"),
        "Error from server (BadRequest): error when creating \"bad.yaml\": Pod in version \"v1\" cannot be handled as a Pod: strict \
         decoding error: unknown field \"spec.containers[0].bar\", unknown field \"spec.foo\"\n"
    );
    assert_eq!(
        lab.run("kubectl create --validate=warn -f bad.yaml"),
        "Warning: unknown field \"spec.containers[0].bar\"\nWarning: unknown field \"spec.foo\"\npod/p1 created\n"
    );
    let spec = lab.run("kubectl get pod p1 -o jsonpath='{.spec}'");
    assert!(!spec.contains("foo") && !spec.contains("bar"), "{spec}");
    assert_eq!(
        lab.fail("kubectl create --validate=maybe -f bad.yaml"),
        "error: invalid - validate option \"maybe\"; must be one of: strict (or true), warn, ignore (or false)\n"
    );
}

#[test]
fn apply_creates_configures_and_leaves_alone() {
    let mut lab = Lab::new();
    assert_eq!(lab.run("kubectl apply -f rc.yaml"), "replicationcontroller/kubia created\n");
    assert_eq!(lab.run("kubectl apply -f rc.yaml"), "replicationcontroller/kubia unchanged\n");
    lab.run("kubectl scale rc kubia --replicas=4");
    lab.run("kubectl label rc kubia kept=yes");
    lab.file("rc.yaml", &RC.replace("  labels: {team: a}\n", "  labels: {other: b}\n").replace("  replicas: 2\n", ""));
    assert_eq!(lab.run("kubectl apply -f rc.yaml"), "replicationcontroller/kubia configured\n");
    // What was applied and is no longer there goes; what others set stays.
    assert_eq!(lab.run("kubectl get rc --show-labels --no-headers -o custom-columns=L:.metadata.labels"), "map[kept:yes other:b]\n");
    assert_eq!(lab.run("kubectl get rc kubia -o jsonpath='{.spec.replicas}'"), "1");
    let stored = lab.run("kubectl get rc kubia -o jsonpath='{.metadata.annotations}'");
    assert!(stored.contains("\\\"annotations\\\":{}"), "{stored}");
}

#[test]
fn apply_warns_where_nothing_was_applied_before() {
    let mut lab = Lab::new();
    lab.run("kubectl create -f rc.yaml");
    assert_eq!(
        lab.run("kubectl apply -f rc.yaml"),
        "Warning: resource replicationcontrollers/kubia is missing the kubectl.kubernetes.io/last-applied-configuration annotation \
         which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl \
         create --save-config or kubectl apply. The missing annotation will be patched automatically.\n\
         replicationcontroller/kubia configured\n"
    );
    let mut saved = Lab::new();
    saved.run("kubectl create -f rc.yaml --save-config");
    assert_eq!(saved.run("kubectl apply -f rc.yaml"), "replicationcontroller/kubia unchanged\n");
    assert_eq!(saved.run("kubectl apply --server-side -f rc.yaml"), "replicationcontroller/kubia serverside-applied\n");
}

#[test]
fn namespaces_of_files_and_flags() {
    let mut lab = Lab::new();
    assert_eq!(lab.run("kubectl create namespace dev"), "namespace/dev created\n");
    assert_eq!(lab.run("kubectl -n dev create -f rc.yaml"), "replicationcontroller/kubia created\n");
    assert_eq!(lab.run("kubectl get rc -A --no-headers -o custom-columns=NS:.metadata.namespace"), "dev\n");
    assert_eq!(lab.fail("kubectl create -f rc.yaml -n nosuch"), "Error from server (NotFound): error when creating \"rc.yaml\": namespaces \"nosuch\" not found\n");
    lab.file("own.yaml", &RC.replace("  name: kubia\n", "  name: kubia\n  namespace: dev\n"));
    assert_eq!(
        lab.fail("kubectl create -f own.yaml -n default"),
        "error: the namespace from the provided object \"dev\" does not match the namespace \"default\". You must pass '--namespace=dev' to \
         perform this operation.\n"
    );
    assert_eq!(lab.run("kubectl config set-context --current --namespace=dev"), "Context \"podscape\" modified.\n");
    assert_eq!(lab.run("kubectl get rc -o name"), "replicationcontroller/kubia\n");
}
