//! What kubectl answers without a server: `--local`, flags that a subcommand does not know, flags that do not go together. Every
//! expectation was printed by a genuine kubectl 1.32.

use super::lab::Lab;

const FILES: &[(&str, &str)] = &[
    ("pod.yaml", "\
apiVersion: v1
kind: Pod
metadata: {name: p1, labels: {app: p1}}
spec: {containers: [{name: main, image: luksa/kubia}]}
"),
    ("dep.yaml", "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: luksa/kubia}]}
"),
    ("svc.yaml", "\
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}], selector: {a: b}}
"),
    ("rb.yaml", "\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: rb}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
subjects: [{kind: User, name: a, apiGroup: rbac.authorization.k8s.io}]
"),
];

const ANSWERS: &[(&str, &str)] = &[
    ("kubectl label --local -f pod.yaml a=b -o yaml", "apiVersion: v1\n\
         kind: Pod\n\
         metadata:\n\
         \x20 labels:\n\
         \x20   a: b\n\
         \x20   app: p1\n\
         \x20 name: p1\n\
         spec:\n\
         \x20 containers:\n\
         \x20 - image: luksa/kubia\n\
         \x20   name: main\n"),
    ("kubectl annotate --local -f pod.yaml a=b -o yaml", "apiVersion: v1\n\
         kind: Pod\n\
         metadata:\n\
         \x20 annotations:\n\
         \x20   a: b\n\
         \x20 labels:\n\
         \x20   app: p1\n\
         \x20 name: p1\n\
         spec:\n\
         \x20 containers:\n\
         \x20 - image: luksa/kubia\n\
         \x20   name: main\n"),
    ("kubectl patch --local -f dep.yaml -p '{\"spec\":{\"replicas\":4}}' -o yaml", "apiVersion: apps/v1\n\
         kind: Deployment\n\
         metadata:\n\
         \x20 labels:\n\
         \x20   app: web\n\
         \x20 name: web\n\
         spec:\n\
         \x20 replicas: 4\n\
         \x20 selector:\n\
         \x20   matchLabels:\n\
         \x20     app: web\n\
         \x20 template:\n\
         \x20   metadata:\n\
         \x20     labels:\n\
         \x20       app: web\n\
         \x20   spec:\n\
         \x20     containers:\n\
         \x20     - image: luksa/kubia\n\
         \x20       name: main\n"),
    ("kubectl set image --local -f dep.yaml main=foo", "deployment.apps/web image updated\n"),
    ("kubectl set image --local deploy/x main=foo", "error: you must specify resources by --filename when --local is set.\n\
         Example resource specifications include:\n\
         \x20  '-f rsrc.yaml'\n\
         \x20  '--filename=rsrc.json'\n"),
    ("kubectl set selector --local -f svc.yaml q=r -o yaml", "apiVersion: v1\n\
         kind: Service\n\
         metadata:\n\
         \x20 creationTimestamp: null\n\
         \x20 name: web\n\
         spec:\n\
         \x20 ports:\n\
         \x20 - port: 80\n\
         \x20   targetPort: 0\n\
         \x20 selector:\n\
         \x20   q: r\n\
         status:\n\
         \x20 loadBalancer: {}\n"),
    ("kubectl set subject --local -f rb.yaml --user=z -o yaml", "apiVersion: rbac.authorization.k8s.io/v1\n\
         kind: RoleBinding\n\
         metadata:\n\
         \x20 creationTimestamp: null\n\
         \x20 name: rb\n\
         roleRef:\n\
         \x20 apiGroup: rbac.authorization.k8s.io\n\
         \x20 kind: Role\n\
         \x20 name: r\n\
         subjects:\n\
         - apiGroup: rbac.authorization.k8s.io\n\
         \x20 kind: User\n\
         \x20 name: a\n\
         - apiGroup: rbac.authorization.k8s.io\n\
         \x20 kind: User\n\
         \x20 name: z\n"),
    ("kubectl label --local pod p1 a=b", "error: can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set\n"),
    ("kubectl patch --local pod p1 -p '{}'", "error: cannot specify --local and server resources\n"),
    ("kubectl create deployment x --image=a --schedule=b", "error: unknown flag: --schedule\n\
         See 'kubectl create deployment --help' for usage.\n"),
    ("kubectl create deployment x --image=a -l a=b", "error: unknown shorthand flag: 'l' in -l\n\
         See 'kubectl create deployment --help' for usage.\n"),
    ("kubectl create deployment x --image=a --dry-run=client --template={{.kind}}", "Deployment"),
    ("kubectl create service clusterip x --node-port=5", "error: unknown flag: --node-port\n\
         See 'kubectl create service clusterip --help' for usage.\n"),
    ("kubectl rollout undo deploy/x --timeout=4", "error: unknown flag: --timeout\n\
         See 'kubectl rollout undo --help' for usage.\n"),
    ("kubectl rollout foo", "error: unknown command \"foo\"\n\
         See 'kubectl rollout -h' for help and examples\n"),
    ("kubectl config foo", "error: unknown command \"foo\"\n\
         See 'kubectl config -h' for help and examples\n"),
    ("kubectl version --client -o foo", "error: --output must be 'yaml' or 'json'\n"),
    ("kubectl apply -f pod.yaml --force-conflicts", "error: --force-conflicts only works with --server-side\n"),
    ("kubectl apply -f pod.yaml --server-side --dry-run=client", "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)\n"),
    ("kubectl apply -f pod.yaml --server-side --force", "error: --force cannot be used with --server-side\n"),
    ("kubectl apply -f pod.yaml --all -l a=b", "error: cannot set --all and --selector at the same time\n"),
    ("kubectl apply -f pod.yaml --prune", "error: all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector\n"),
    ("kubectl apply -f pod.yaml --cascade=foo", "error: invalid cascade value (foo). Must be \"background\", \"foreground\", or \"orphan\"\n"),
    ("kubectl apply set-last-applied", "error: You must provide one or more resources by argument or filename.\n\
         Example resource specifications include:\n\
         \x20  '-f rsrc.yaml'\n\
         \x20  '--filename=rsrc.json'\n\
         \x20  '<resource> <name>'\n\
         \x20  '<resource>'\n"),
];

/// The Deployment of `dep.yaml` as a subcommand of `kubectl set` prints it that changed nothing.
const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  creationTimestamp: null
  labels:
    app: web
  name: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  strategy: {}
  template:
    metadata:
      creationTimestamp: null
      labels:
        app: web
    spec:
      containers:
      - image: luksa/kubia
        name: main
        resources: {}
status: {}
";

/// What is set in `dep.yaml`, and which lines of [`DEPLOYMENT`] are printed otherwise.
const SETS: &[(&str, &str, &str)] = &[
    ("image main=foo", "image: luksa/kubia", "image: foo"),
    ("env A=b", "- image:", "- env:\n        - name: A\n          value: b\n        image:"),
    (
        "resources --limits=cpu=1,memory=5Mi --requests=cpu=200m",
        "resources: {}",
        "resources:\n          limits:\n            cpu: \"1\"\n            memory: 5Mi\n          requests:\n            cpu: 200m",
    ),
    ("serviceaccount foo", "resources: {}", "resources: {}\n      serviceAccountName: foo"),
];

#[test]
fn what_is_set_in_a_file_is_printed_as_the_genuine_client_prints_it() {
    let mut lab = Lab::new();
    lab.file("dep.yaml", FILES[1].1);
    for (words, plain, printed) in SETS {
        let expected = DEPLOYMENT.replacen(plain, printed, 1);
        assert_eq!(lab.raw(&format!("kubectl set {words} --local -f dep.yaml -o yaml")), expected, "{words}");
    }
}

#[test]
fn it_answers_as_the_genuine_client_does_without_a_server() {
    let mut lab = Lab::new();
    for (name, text) in FILES {
        lab.file(name, text);
    }
    for (line, expected) in ANSWERS {
        assert_eq!(lab.raw(line), *expected, "{line}");
    }
}

#[test]
fn a_command_is_recorded_as_the_cause_of_a_revision() {
    let mut lab = Lab::new();
    lab.file("dep.yaml", FILES[1].1);
    lab.run("kubectl create -f dep.yaml");
    lab.wait(5);
    let told = lab.raw("kubectl set image deploy/web main=luksa/kubia:v2 --record");
    assert_eq!(told, "Flag --record has been deprecated, --record will be removed in the future\ndeployment.apps/web image updated\n");
    lab.wait(5);
    // As a genuine client writes the annotation: words first, then the flags in their order.
    let history = "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         kubectl set image deploy/web main=luksa/kubia:v2 --record=true\n\n";
    assert_eq!(lab.raw("kubectl rollout history deploy/web"), history);
}

#[test]
fn pruning_takes_what_was_applied_and_is_not_named_any_more() {
    let mut lab = Lab::new();
    for (name, text) in FILES {
        lab.file(name, text);
    }
    lab.run("kubectl apply -f svc.yaml -f dep.yaml");
    lab.run("kubectl create configmap kept --from-literal=a=b");
    assert_eq!(lab.raw("kubectl apply -f dep.yaml --prune --all"), "deployment.apps/web unchanged\nservice/web pruned\n");
    assert_eq!(lab.run("kubectl get svc,cm kept -o name --ignore-not-found"), "configmap/kept\n");
}

#[test]
fn force_makes_anew_what_cannot_be_changed() {
    let mut lab = Lab::new();
    lab.file("pod.yaml", FILES[0].1);
    lab.run("kubectl apply -f pod.yaml");
    lab.file("pod.yaml", &FILES[0].1.replace("name: main", "name: other"));
    assert!(lab.raw("kubectl apply -f pod.yaml").contains("pod updates may not"), "it is refused");
    assert_eq!(lab.raw("kubectl apply -f pod.yaml --force"), "pod/p1 configured\n");
    assert_eq!(lab.raw("kubectl get pod p1 -o jsonpath='{.spec.containers[0].name}'"), "other");
}

#[test]
fn several_applied_objects_are_printed_as_a_list() {
    let mut lab = Lab::new();
    lab.file("svc.yaml", FILES[2].1);
    lab.file("pod.yaml", FILES[0].1);
    let path = "'{.kind} {.items[*].metadata.name}'";
    assert_eq!(lab.raw(&format!("kubectl apply -f svc.yaml -f pod.yaml -o jsonpath={path}")), "List web p1");
    assert_eq!(lab.raw("kubectl apply -f svc.yaml -o jsonpath='{.kind}'"), "Service");
}

#[test]
fn the_last_applied_configuration_is_set_and_edited() {
    let mut lab = Lab::new();
    lab.file("pod.yaml", FILES[0].1);
    lab.run("kubectl create -f pod.yaml");
    let missing = "error: no last-applied-configuration annotation found on resource: p1, to create the annotation, run the command with --create-annotation\n";
    assert_eq!(lab.raw("kubectl apply set-last-applied -f pod.yaml"), missing);
    assert_eq!(lab.raw("kubectl apply set-last-applied -f pod.yaml --create-annotation"), "pod/p1 configured\n");
    assert_eq!(lab.raw("kubectl apply view-last-applied pod/p1 -o json").matches("luksa/kubia").count(), 1);
    assert_eq!(lab.raw("kubectl apply -f pod.yaml"), "pod/p1 unchanged\n");
}

#[test]
fn stateful_sets_are_set_restarted_and_undone() {
    let mut lab = Lab::new();
    let text = FILES[1].1.replace("kind: Deployment", "kind: StatefulSet").replace("replicas: 2", "replicas: 1\n  serviceName: web");
    lab.file("set.yaml", &text);
    lab.run("kubectl create -f set.yaml");
    lab.wait(5);
    assert_eq!(lab.raw("kubectl set image sts/web main=luksa/kubia:v2"), "statefulset.apps/web image updated\n");
    lab.wait(60);
    assert_eq!(lab.raw("kubectl get pod web-0 -o jsonpath='{.spec.containers[0].image}'"), "luksa/kubia:v2");
    assert_eq!(lab.raw("kubectl rollout undo sts/web"), "statefulset.apps/web rolled back\n");
    lab.wait(60);
    assert_eq!(lab.raw("kubectl get pod web-0 -o jsonpath='{.spec.containers[0].image}'"), "luksa/kubia");
    assert_eq!(lab.raw("kubectl rollout restart sts/web"), "statefulset.apps/web restarted\n");
    lab.wait(60);
    assert!(lab.raw("kubectl get pod web-0 -o yaml").contains("kubectl.kubernetes.io/restartedAt"));
}
