//! Stateful sets: pods with numbers, one after the other; claims and volumes.

use super::lab::Lab;

const SET: &str = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: nginx, image: nginx, volumeMounts: [{name: data, mountPath: /data}]}]
  volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
";

const CLASS: &str = "\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}
provisioner: k8s.io/minikube-hostpath
";

/// A lab where claims get their volumes.
fn lab() -> Lab {
    let mut lab = Lab::new();
    lab.file("set.yaml", SET);
    lab.file("class.yaml", CLASS);
    lab.run("kubectl create -f class.yaml");
    lab
}

fn names(lab: &mut Lab) -> String {
    lab.raw("kubectl get pods -o jsonpath='{.items[*].metadata.name}'")
}

#[test]
fn pods_come_in_order_keep_their_names_and_go_in_reverse() {
    let mut lab = lab();
    lab.run("kubectl create -f set.yaml");
    lab.wait(1);
    assert_eq!(names(&mut lab), "web-0", "the next one waits until the first is ready");
    lab.wait(20);
    assert_eq!(names(&mut lab), "web-0 web-1 web-2");
    assert_eq!(lab.run("kubectl get sts -o name"), "statefulset.apps/web\n");
    assert_eq!(lab.run("kubectl get pvc -o name"), "persistentvolumeclaim/data-web-0\npersistentvolumeclaim/data-web-1\npersistentvolumeclaim/data-web-2\n");
    let place = "kubectl get pod web-1 -o jsonpath='{.spec.hostname}.{.spec.subdomain} {.metadata.labels.apps\\.kubernetes\\.io/pod-index}'";
    assert_eq!(lab.raw(place), "web-1.web 1");
    let message = lab.raw("kubectl get events --field-selector reason=SuccessfulCreate -o jsonpath='{.items[0].message}, {.items[1].message}'");
    // stateful_pod_control.go CreateStatefulPod: the claims before the pod.
    let expected = "create Claim data-web-0 Pod web-0 in StatefulSet web success, create Pod web-0 in StatefulSet web successful";
    assert_eq!(message, expected);

    lab.run("kubectl delete pod web-1");
    lab.wait(10);
    assert_eq!(names(&mut lab), "web-0 web-1 web-2");
    lab.run("kubectl scale sts web --replicas=1");
    lab.wait(15);
    assert_eq!(names(&mut lab), "web-0");
    lab.run("kubectl delete sts web");
    lab.wait(10);
    assert_eq!(names(&mut lab), "");
}

#[test]
fn a_new_template_reaches_the_highest_numbers_first() {
    let mut lab = lab();
    lab.run("kubectl create -f set.yaml");
    lab.wait(20);
    lab.run("kubectl patch sts web -p '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":2}}}}'");
    lab.run("kubectl patch sts web -p '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"v\":\"2\"}}}}}'");
    lab.wait(20);
    assert_eq!(lab.run("kubectl get pods -l v=2 -o name"), "pod/web-2\n");
    assert_eq!(lab.raw("kubectl rollout status sts web"), "partitioned roll out complete: 1 new pods have been updated...\n");
    lab.run("kubectl patch sts web -p '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":0}}}}'");
    lab.wait(30);
    assert_eq!(lab.run("kubectl get pods -l v=2 -o name"), "pod/web-0\npod/web-1\npod/web-2\n");
    let status = lab.raw("kubectl get sts web -o jsonpath='{.status.currentReplicas} {.status.updatedReplicas} {.status.readyReplicas}'");
    assert_eq!(status, "3 3 3");
}

#[test]
fn a_claim_gets_the_smallest_volume_that_will_do() {
    let mut lab = Lab::new();
    let volume = |name: &str, size: &str| format!("apiVersion: v1\nkind: PersistentVolume\nmetadata: {{name: {name}}}\nspec: {{capacity: {{storage: {size}}}, accessModes: [ReadWriteOnce], hostPath: {{path: /x}}}}\n---\n");
    lab.file("pv.yaml", &(volume("big", "5Gi") + &volume("small", "1Gi") + &volume("fits", "2Gi")));
    lab.file("pvc.yaml", "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}\n");
    lab.run("kubectl create -f pvc.yaml");
    lab.wait(1);
    let message = lab.raw("kubectl get events --field-selector reason=FailedBinding -o jsonpath='{.items[0].message}'");
    assert_eq!(message, "no persistent volumes available for this claim and no storage class is set");
    lab.run("kubectl apply -f pv.yaml");
    lab.wait(1);
    assert_eq!(lab.raw("kubectl get pvc c -o jsonpath='{.status.phase} {.spec.volumeName} {.status.capacity.storage}'"), "Bound fits 2Gi");
    assert_eq!(lab.raw("kubectl get pv -o jsonpath='{.items[*].status.phase}'"), "Available Bound Available");
    lab.run("kubectl delete pvc c");
    lab.wait(1);
    assert_eq!(lab.raw("kubectl get pv fits -o jsonpath='{.status.phase}'"), "Released");
}

#[test]
fn claims_go_with_their_set_or_their_pods_as_the_policy_says() {
    // whenDeleted, whenScaled, claims after one pod is left, claims after the set is gone
    let table = [
        ("Retain", "Retain", "data-web-0 data-web-1 data-web-2", "data-web-0 data-web-1 data-web-2"),
        ("Delete", "Retain", "data-web-0 data-web-1 data-web-2", ""),
        ("Retain", "Delete", "data-web-0", "data-web-0"),
        ("Delete", "Delete", "data-web-0", ""),
    ];
    for (deleted, scaled, left, last) in table {
        let mut lab = lab();
        lab.file("set.yaml", &format!("{SET}  persistentVolumeClaimRetentionPolicy: {{whenDeleted: {deleted}, whenScaled: {scaled}}}\n"));
        lab.run("kubectl create -f set.yaml");
        lab.wait(20);
        let claims = |lab: &mut Lab| lab.raw("kubectl get pvc -o jsonpath='{.items[*].metadata.name}'");
        assert_eq!(claims(&mut lab), "data-web-0 data-web-1 data-web-2");
        let owners = lab.raw("kubectl get pvc data-web-0 -o jsonpath='{.metadata.ownerReferences[*].kind}'");
        assert_eq!(owners, if deleted == "Delete" { "StatefulSet" } else { "" }, "{deleted} {scaled}");
        lab.run("kubectl scale sts web --replicas=1");
        lab.wait(20);
        assert_eq!(claims(&mut lab), left, "{deleted} {scaled}");
        lab.run("kubectl delete sts web");
        lab.wait(20);
        assert_eq!(claims(&mut lab), last, "{deleted} {scaled}");
    }
}

#[test]
fn pods_of_a_set_can_stay_behind() {
    let mut lab = lab();
    lab.run("kubectl create -f set.yaml");
    lab.wait(20);
    lab.run("kubectl delete sts web --cascade=orphan");
    lab.wait(20);
    assert_eq!(names(&mut lab), "web-0 web-1 web-2");
    assert_eq!(lab.raw("kubectl get pods -o jsonpath='{.items[*].metadata.ownerReferences}'"), "");
    lab.run("kubectl create -f set.yaml");
    lab.wait(5);
    assert_eq!(lab.raw("kubectl get pods -o jsonpath='{.items[*].metadata.ownerReferences[*].kind}'"), "StatefulSet StatefulSet StatefulSet");
    lab.run("kubectl delete sts web --cascade=foreground");
    assert_eq!(lab.run("kubectl get sts -o name"), "statefulset.apps/web\n", "it goes after its pods");
    lab.wait(10);
    assert_eq!(lab.raw("kubectl get sts,pods -o jsonpath='{.items[*].metadata.name}'"), "");
}
