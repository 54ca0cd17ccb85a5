//! Verbs that make objects from flags, and those that only look at the API. What is expected is what kubectl v1.32 prints by itself
//! (`--dry-run=client -o yaml` needs no cluster), or what a real cluster answered.

use super::lab::Lab;

fn lab() -> Lab {
    let mut lab = Lab::new();
    lab.session.files.insert("f.txt".to_owned(), "hello\nworld".to_owned());
    lab.session.files.insert("x.env".to_owned(), "A=1\n# c\nB=two words\n\nC=\n".to_owned());
    lab
}

/// What a line prints, well or badly.
fn printed(line: &str) -> String {
    lab().answer(line).output
}

#[test]
fn config_maps_and_secrets_are_made_from_literals_and_files() {
    let table = [
        (
            "configmap cm1 --from-literal=a=1 --from-literal=b='x y' --from-file=f.txt --from-file=k=x.env",
            "apiVersion: v1\ndata:\n  a: \"1\"\n  b: x y\n  f.txt: |-\n    hello\n    world\n  k: |\n    A=1\n    # c\n    B=two words\n\n    C=\nkind: \
             ConfigMap\nmetadata:\n  creationTimestamp: null\n  name: cm1\n",
        ),
        (
            "cm cm1 --from-env-file=x.env -n foo",
            "apiVersion: v1\ndata:\n  A: \"1\"\n  B: two words\n  C: \"\"\nkind: ConfigMap\nmetadata:\n  creationTimestamp: null\n  name: cm1\n  \
             namespace: foo\n",
        ),
        (
            "secret generic s1 --type=foo/bar --from-literal=a=1 --from-file=f.txt",
            "apiVersion: v1\ndata:\n  a: MQ==\n  f.txt: aGVsbG8Kd29ybGQ=\nkind: Secret\nmetadata:\n  creationTimestamp: null\n  name: s1\ntype: \
             foo/bar\n",
        ),
        (
            "secret docker-registry d1 --docker-server=reg.io --docker-username=u --docker-password=p --docker-email=e@x",
            "apiVersion: v1\ndata:\n  .dockerconfigjson: eyJhdXRocyI6eyJyZWcuaW8iOnsidXNlcm5hbWUiOiJ1IiwicGFzc3dvcmQiOiJwIiwiZW1haWwiOiJlQHgi\
             LCJhdXRoIjoiZFRwdyJ9fX0=\nkind: Secret\nmetadata:\n  creationTimestamp: null\n  name: d1\ntype: kubernetes.io/dockerconfigjson\n",
        ),
        ("configmap cm1 --from-literal=a", "error: invalid literal source a, expected key=value\n"),
        ("configmap cm1 --from-file=nosuch", "error: error reading nosuch: no such file or directory\n"),
        ("configmap", "error: exactly one NAME is required, got 0\nSee 'kubectl create configmap -h' for help and examples\n"),
        ("secret tls t1", "error: key and cert must be specified\n"),
        ("cm c --from-literal=a=1 --from-env-file=x.env", "error: from-env-file cannot be combined with from-file or from-literal\n"),
    ];
    for (words, expected) in table {
        assert_eq!(printed(&format!("kubectl create {words} --dry-run=client -o yaml")), expected, "{words}");
    }
}

#[test]
fn access_and_policies_are_made_from_flags() {
    let head = |version: &str, kind: &str, name: &str| format!("apiVersion: {version}\nkind: {kind}\nmetadata:\n  creationTimestamp: null\n  name: {name}\n");
    let rbac = "rbac.authorization.k8s.io/v1";
    let table = [
        ("sa sa1", head("v1", "ServiceAccount", "sa1")),
        (
            "role r1 --verb=get,list --resource=pods,deployments.apps",
            head(rbac, "Role", "r1") + "rules:\n- apiGroups:\n  - \"\"\n  resources:\n  - pods\n  verbs:\n  - get\n  - list\n- apiGroups:\n  - apps\n  \
                                        resources:\n  - deployments\n  verbs:\n  - get\n  - list\n",
        ),
        (
            "clusterrole c1 --verb=get --non-resource-url=/logs/*",
            head(rbac, "ClusterRole", "c1") + "rules:\n- nonResourceURLs:\n  - /logs/*\n  verbs:\n  - get\n",
        ),
        (
            "rolebinding rb --role=r1 --user=u --serviceaccount=ns:sa",
            head(rbac, "RoleBinding", "rb") + "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: r1\nsubjects:\n- apiGroup: \
                                               rbac.authorization.k8s.io\n  kind: User\n  name: u\n- kind: ServiceAccount\n  name: sa\n  namespace: ns\n",
        ),
        (
            "quota q1 --hard=pods=5,cpu=2",
            head("v1", "ResourceQuota", "q1") + "spec:\n  hard:\n    cpu: \"2\"\n    pods: \"5\"\nstatus: {}\n",
        ),
        (
            "pdb p1 --selector=app=a --max-unavailable=50%",
            head("policy/v1", "PodDisruptionBudget", "p1") + "spec:\n  maxUnavailable: 50%\n  selector:\n    matchLabels:\n      app: a\nstatus:\n  \
                                                              currentHealthy: 0\n  desiredHealthy: 0\n  disruptionsAllowed: 0\n  expectedPods: 0\n",
        ),
        ("pc pc1", head("scheduling.k8s.io/v1", "PriorityClass", "pc1") + "preemptionPolicy: PreemptLowerPriority\nvalue: 0\n"),
        ("role r1 --verb=get", "error: at least one resource must be specified\n".to_owned()),
        ("rolebinding rb", "error: exactly one of clusterrole or role must be specified\n".to_owned()),
        ("pdb p1 --selector=app=a", "error: one of min-available or max-unavailable must be specified\n".to_owned()),
        ("quota q --hard=pods", "error: Invalid argument syntax pods, expected <resource>=<value>\n".to_owned()),
    ];
    for (words, expected) in table {
        assert_eq!(printed(&format!("kubectl create {words} --dry-run=client -o yaml")), expected, "{words}");
    }
}

#[test]
fn verbs_that_need_more_than_is_here_say_so_as_kubectl_does() {
    let table = [
        ("kubectl top nodes", "error: Metrics API not available\n"),
        ("kubectl explain nosuch", "the server doesn't have a resource type \"nosuch\"\n"),
        ("kubectl explain pod.nosuch", "KIND:       Pod\nVERSION:    v1\n\nerror: field \"nosuch\" does not exist\n"),
        ("kubectl explain a b", "error: We accept only this format: explain RESOURCE\n"),
        ("kubectl cp a b", "error: one of src or dest must be a remote file specification\n"),
        ("kubectl cp a", "error: source and destination are required\n"),
        ("kubectl attach", "error: at least 1 argument is required for attach\n"),
        ("kubectl completion", "error: Shell not specified.\nSee 'kubectl completion -h' for help and examples\n"),
        ("kubectl auth can-i", "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.\n"),
        ("kubectl auth can-i create pods", "yes\n"),
        ("kubectl exec a curl -s http://10.0.0.1", "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples\n"),
        ("kubectl diff", "error: must specify one of -f and -k\n"),
        ("kubectl edit pod nosuch", "Error from server (NotFound): pods \"nosuch\" not found\n"),
        ("kubectl get --raw /version foo", "error: arguments may not be passed when --raw is specified\n"),
        ("kubectl set env", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>\n"),
        ("kubectl autoscale rc nosuch --max=3", "Error from server (NotFound): replicationcontrollers \"nosuch\" not found\n"),
    ];
    for (line, expected) in table {
        assert_eq!(printed(line), expected, "{line}");
    }
}

#[test]
fn a_controller_is_scaled_by_an_autoscaler_and_its_template_set() {
    let mut lab = Lab::settled();
    let table = [
        ("kubectl autoscale rc kubia --max=3", "horizontalpodautoscaler.autoscaling/kubia autoscaled\n"),
        ("kubectl set env rc/kubia A=1", "replicationcontroller/kubia env updated\n"),
        ("kubectl set env rc/kubia --list", "# ReplicationController kubia, container main\nA=1\n"),
        ("kubectl set resources rc kubia --limits=cpu=200m", "replicationcontroller/kubia resource requirements updated\n"),
        ("kubectl get rc kubia -o go-template='{{range .spec.template.spec.containers}}{{.name}} {{.resources.limits.cpu}}{{end}}'", "main 200m"),
        ("kubectl set sa rc kubia other", "replicationcontroller/kubia serviceaccount updated\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.run(line), expected, "{line}");
    }
}

#[test]
fn a_pod_is_replaced_by_force() {
    let mut lab = Lab::settled();
    let uid = lab.raw("kubectl get po bare -o jsonpath='{.metadata.uid}'");
    assert_eq!(lab.run("kubectl replace --force -f pod.yaml"), "pod \"bare\" deleted\npod/bare replaced\n");
    assert_ne!(lab.raw("kubectl get po bare -o jsonpath='{.metadata.uid}'"), uid);
}
