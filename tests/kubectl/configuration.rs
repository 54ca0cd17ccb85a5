//! What pods take from config maps and secrets, what quotas and limit ranges hold them to, accounts and root certificates.

use super::lab::Lab;

const CONFIG: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data: {COLOR: red, app.conf: \"a=1\\n\"}
---
apiVersion: v1
kind: Secret
metadata: {name: sec}
stringData: {password: hunter2}
";

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: p, labels: {app: x}}
spec:
  containers:
  - name: c
    image: busybox
    command: [sleep, \"10000\"]
    envFrom: [{prefix: MY_, configMapRef: {name: conf}}]
    env:
    - {name: PW, valueFrom: {secretKeyRef: {name: sec, key: password}}}
    - {name: NONE, valueFrom: {configMapKeyRef: {name: nope, key: a, optional: true}}}
    - {name: BOTH, value: \"$(MY_COLOR)/$(PW)\"}
    volumeMounts:
    - {name: conf, mountPath: /etc/conf}
    - {name: conf, mountPath: /etc/only.conf, subPath: app.conf}
    - {name: sec, mountPath: /etc/sec}
    - {name: down, mountPath: /etc/down}
  volumes:
  - {name: conf, configMap: {name: conf}}
  - {name: sec, secret: {secretName: sec, items: [{key: password, path: sub/pw}]}}
  - {name: down, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}
";

#[test]
fn pods_see_config_maps_and_secrets() {
    let mut lab = Lab::new();
    lab.file("config.yaml", CONFIG);
    lab.file("p.yaml", POD);
    lab.run("kubectl create -f config.yaml,p.yaml");
    lab.wait(10);
    assert_eq!(lab.raw("kubectl exec p -- sh -c 'echo $MY_COLOR $PW $BOTH [$NONE]'"), "red hunter2 red/hunter2 []\n");
    assert_eq!(lab.raw("kubectl exec p -- cat /etc/conf/app.conf /etc/only.conf /etc/sec/sub/pw /etc/down/labels"), "a=1\na=1\nhunter2app=\"x\"");

    // What the kubelet mounts can only be read.
    assert_eq!(lab.raw("kubectl exec p -- sh -c 'echo x > /etc/conf/app.conf'"), "sh: can't create /etc/conf/app.conf: Read-only file system\ncommand terminated with exit code 1\n");

    // Files follow when the kubelet looks at the whole pod again, after 60 to 90 s; variables and single files do not.
    lab.run("kubectl patch cm conf -p '{\"data\":{\"app.conf\":\"a=2\\n\",\"COLOR\":\"blue\"}}'");
    lab.wait(30);
    assert_eq!(lab.raw("kubectl exec p -- cat /etc/conf/app.conf"), "a=1\n");
    lab.wait(60);
    assert_eq!(lab.raw("kubectl exec p -- cat /etc/conf/app.conf /etc/only.conf"), "a=2\na=1\n");
    assert_eq!(lab.raw("kubectl exec p -- sh -c 'echo $MY_COLOR'"), "red\n");
}

fn waiting(lab: &mut Lab, pod: &str) -> String {
    lab.raw(&format!("kubectl get pod {pod} -o jsonpath='{{.status.containerStatuses[0].state.waiting}}'"))
}

#[test]
fn what_is_missing_is_waited_for() {
    let mut lab = Lab::new();
    let pod = |name: &str, more: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec:\n  containers: [{{name: c, image: busybox, command: [sleep, '999']{more}\n");
    lab.file("config.yaml", CONFIG);
    lab.file("a.yaml", &pod("a", ", envFrom: [{configMapRef: {name: later}}]}]"));
    lab.file("b.yaml", &pod("b", ", env: [{name: A, valueFrom: {secretKeyRef: {name: sec, key: nokey}}}]}]"));
    lab.file("c.yaml", &pod("c", ", volumeMounts: [{name: v, mountPath: /v}]}]\n  volumes: [{name: v, secret: {secretName: later}}]"));
    lab.run("kubectl create -f config.yaml,a.yaml,b.yaml,c.yaml");
    lab.wait(10);
    assert_eq!(waiting(&mut lab, "a"), "{\"message\":\"configmap \\\"later\\\" not found\",\"reason\":\"CreateContainerConfigError\"}");
    assert_eq!(waiting(&mut lab, "b"), "{\"message\":\"couldn't find key nokey in Secret default/sec\",\"reason\":\"CreateContainerConfigError\"}");
    assert_eq!(waiting(&mut lab, "c"), "{\"reason\":\"ContainerCreating\"}");
    let events = lab.raw("kubectl get events --field-selector reason=FailedMount -o jsonpath='{.items[0].message}'");
    assert_eq!(events, "MountVolume.SetUp failed for volume \"v\" : secret \"later\" not found");
    lab.run("kubectl create configmap later --from-literal=x=y");
    lab.run("kubectl create secret generic later --from-literal=x=y");
    lab.wait(60);
    assert_eq!(lab.raw("kubectl get pods a c -o jsonpath='{.items[*].status.phase}'"), "Running Running");
}

#[test]
fn every_namespace_has_an_account_and_a_root_certificate() {
    let mut lab = Lab::new();
    lab.run("kubectl create namespace dev");
    lab.wait(1);
    assert_eq!(lab.run("kubectl get sa,cm -n dev -o name"), "serviceaccount/default\nconfigmap/kube-root-ca.crt\n");
    lab.run("kubectl delete sa default -n dev");
    lab.wait(1);
    assert_eq!(lab.run("kubectl get sa -n dev -o name"), "serviceaccount/default\n");
    assert_eq!(
        lab.fail("kubectl run x --image=busybox --overrides='{\"spec\":{\"serviceAccountName\":\"robot\"}}'"),
        "Error from server (Forbidden): pods \"x\" is forbidden: error looking up service account default/robot: serviceaccount \"robot\" not found\n"
    );
}

const QUOTA: &str = "\
apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: 4, requests.cpu: 600m, configmaps: 2}}
";

const LIMITS: &str = "\
apiVersion: v1
kind: LimitRange
metadata: {name: l}
spec:
  limits:
  - {type: Container, default: {cpu: 200m}, defaultRequest: {cpu: 100m}, max: {cpu: 300m}, min: {cpu: 50m}}
";

#[test]
fn a_quota_holds_its_namespace_to_what_it_allows() {
    let mut lab = Lab::new();
    lab.file("quota.yaml", QUOTA);
    lab.run("kubectl create -f quota.yaml");
    lab.wait(1);
    let refused = "Error from server (Forbidden): pods \"x\" is forbidden: failed quota: q: must specify requests.cpu for: x\n";
    assert_eq!(lab.fail("kubectl run x --image=busybox"), refused);
    lab.run("kubectl create configmap a");
    let refused = lab.fail("kubectl create configmap b");
    let why = "configmaps \"b\" is forbidden: exceeded quota: q, requested: configmaps=1, used: configmaps=2, limited: configmaps=2\n";
    assert!(refused.ends_with(why), "{refused}");
    lab.file("limits.yaml", LIMITS);
    lab.run("kubectl create -f limits.yaml");
    let rc = super::lab::RC.replace("replicas: 2", "replicas: 6");
    lab.file("rc.yaml", &rc);
    lab.run("kubectl create -f rc.yaml");
    lab.wait(10);
    assert_eq!(lab.run("kubectl get quota"), "NAME   AGE   REQUEST                                               LIMIT\nq      11s   configmaps: 2/2, pods: 4/4, requests.cpu: 400m/600m   \n");
    let message = lab.raw("kubectl get events --field-selector reason=FailedCreate -o jsonpath='{.items[0].message}'");
    assert!(message.ends_with("is forbidden: exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=4"), "{message}");
    lab.run("kubectl scale rc kubia --replicas=1");
    lab.wait(60);
    assert_eq!(lab.raw("kubectl get quota q -o jsonpath='{.status.used}'"), "{\"configmaps\":\"2\",\"pods\":\"1\",\"requests.cpu\":\"100m\"}");
}

#[test]
fn a_limit_range_gives_and_bounds_what_containers_ask_for() {
    let mut lab = Lab::new();
    lab.file("limits.yaml", LIMITS);
    lab.run("kubectl create -f limits.yaml");
    let with = |resources: &str| format!("kubectl run x --image=busybox --overrides='{{\"spec\":{{\"containers\":[{{\"name\":\"x\",\"image\":\"busybox\",\"resources\":{resources}}}]}}}}'");
    let start = "Error from server (Forbidden): pods \"x\" is forbidden: ";
    let table = [
        ("{\"requests\":{\"cpu\":\"10m\"}}", "minimum cpu usage per Container is 50m, but request is 10m\n"),
        ("{\"limits\":{\"cpu\":\"400m\"}}", "maximum cpu usage per Container is 300m, but limit is 400m\n"),
    ];
    for (resources, expected) in table {
        assert_eq!(lab.fail(&with(resources)), format!("{start}{expected}"), "{resources}");
    }
    lab.run("kubectl run x --image=busybox");
    assert_eq!(
        lab.raw("kubectl get pod x -o jsonpath='{.spec.containers[0].resources} {.metadata.annotations}'"),
        "{\"limits\":{\"cpu\":\"200m\"},\"requests\":{\"cpu\":\"100m\"}} {\"kubernetes.io/limit-ranger\":\"LimitRanger plugin set: cpu request for container x; cpu limit for container x\"}"
    );
}

#[test]
fn config_maps_and_secrets_at_length() {
    let mut lab = Lab::new();
    lab.file("config.yaml", CONFIG);
    lab.run("kubectl create -f config.yaml");
    assert_eq!(
        lab.raw("kubectl describe cm conf"),
        "Name:         conf\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nData\n====\nCOLOR:\n----\nred\n\napp.conf:\n----\na=1\n\n\n\n\
         BinaryData\n====\n\nEvents:  <none>\n"
    );
    assert_eq!(
        lab.raw("kubectl describe secret sec"),
        "Name:         sec\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nType:  Opaque\n\nData\n====\npassword:  7 bytes\n"
    );
}
