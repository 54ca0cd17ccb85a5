//! What the page asks beside lines: completion, findings in a manifest, quoting, what belongs in a journal.

use podscape::kubectl;

use super::lab::{Lab, RC};

#[test]
fn only_what_changes_something_belongs_in_a_journal() {
    let table = [
        ("kubectl get pods", false),
        ("kubectl delete pod x", true),
        ("kubectl delete pod x --dry-run=client", false),
        ("kubectl apply -f x.yaml --dry-run=none", true),
        ("kubectl config view", false),
        ("kubectl config set-context --current --namespace=x", true),
        ("kubectl wait pod/x --for=delete", false),
        ("kubectl drain node1", true),
    ];
    for (line, changes) in table {
        assert_eq!(kubectl::parse(line).is_ok_and(|invocation| invocation.changes_cluster()), changes, "{line}");
    }
}

#[test]
fn quoted_words_are_read_back() {
    let mut lab = Lab::new();
    for name in ["rc.yaml", "my file.yaml", "it's.yaml", "$x;y.yaml"] {
        lab.file(name, RC);
        let line = format!("kubectl create --dry-run=client -f {}", kubectl::quoted(name));
        assert_eq!(lab.run(&line), "replicationcontroller/kubia created (dry run)\n", "{line}");
    }
}

#[test]
fn words_are_completed() {
    let lab = Lab::settled();
    let table: [(&str, &[&str]); 26] = [
        ("kub", &["kubectl"]),
        ("kubectl des", &["describe"]),
        ("kubectl get repl", &["replicasets", "replicationcontrollers"]),
        ("kubectl get pod ba", &["bare"]),
        ("kubectl get pod/ba", &["pod/bare"]),
        ("kubectl describe node ", &["node1", "node2", "node3"]),
        ("kubectl create -f ", &["pod.yaml", "rc.yaml"]),
        ("kubectl get po --show-l", &["--show-labels"]),
        ("kubectl create deploy x --im", &["--image"]),
        ("kubectl create deploy x --sch", &[]),
        ("kubectl create cronjob x --sch", &["--schedule"]),
        ("kubectl rollout undo deploy/x --to", &["--to-revision"]),
        ("kubectl rollout status deploy/x --to", &[]),
        ("kubectl frobnicate ", &[]),
        ("kubectl rollout st", &["status"]),
        ("kubectl create secret ", &["docker-registry", "generic", "tls"]),
        ("kubectl logs ba", &["bare"]),
        ("kubectl logs bare -c ", &["main"]),
        ("kubectl get po -l a=", &["a=b"]),
        ("kubectl get po -n kube-p", &["kube-public"]),
        ("kubectl delete --cascade=o", &["--cascade=orphan"]),
        ("kubectl get po,no", &["po,nodes"]),
        ("kubectl get po | kubectl desc", &["describe"]),
        ("cat rc", &["rc.yaml"]),
        ("kubectl explain pod.spec.containers.li", &["pod.spec.containers.lifecycle", "pod.spec.containers.livenessProbe"]),
        ("kubectl exec bare -- ", &[]),
    ];
    for (line, expected) in table {
        assert_eq!(kubectl::complete(line, &lab.session, lab.world.view()), expected, "{line}");
    }
}

#[test]
fn findings_stand_where_they_belong() {
    let lab = Lab::new();
    let find = |text: &str| {
        let found = kubectl::check(text, &lab.session, &lab.world);
        found.into_iter().map(|found| (found.span.start.line, found.message)).collect::<Vec<_>>()
    };
    assert_eq!(find(RC), []);
    let mismatch = find(&RC.replace("    app: kubia\n  template", "    app: other\n  template"));
    assert_eq!(mismatch.len(), 1, "{mismatch:?}");
    assert_eq!(mismatch[0].0, 13, "{mismatch:?}");
    assert!(mismatch[0].1.contains("`selector` does not match template `labels`"), "{mismatch:?}");
    let unknown = find(&RC.replace("replicas:", "replica:"));
    assert_eq!(unknown, [(7, "unknown field \"spec.replica\"".to_owned())]);
    let kind = find("apiVersion: v1\nkind: Podd\nmetadata: {name: x}\n");
    assert_eq!(kind, [(2, "no matches for kind \"Podd\" in version \"v1\"".to_owned())]);
}

#[test]
fn an_object_can_be_described_without_a_line() {
    let mut lab = Lab::settled();
    let object = lab.world.view().pods(&"default".into()).next().map(|pod| podscape::api::Object::Pod(pod.clone()));
    let key = object.map(|object| object.key());
    let text = key.and_then(|key| kubectl::describe(&key, lab.world.view(), lab.world.now()));
    assert_eq!(text, Some(lab.raw("kubectl describe pod bare")));
}
