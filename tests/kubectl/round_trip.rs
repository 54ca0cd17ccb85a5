//! What is read back from the cluster is what was put there: an object that was printed can be applied, and applying a file again
//! changes nothing. Own manifests first; then, where `PODSCAPE_REFERENCE` names the folder, all that a real server accepted.

use std::fs;
use std::path::{Path, PathBuf};

use super::lab::Lab;

/// A manifest of each of many kinds, with what the server fills in left out.
const MANIFESTS: &[&str] = &[
    super::lab::RC,
    super::lab::POD,
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: \"1\"\n  y: |\n    two\n    lines\nbinaryData: {z: AAEC}\n",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {key: c2VjcmV0}\n",
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nimagePullSecrets: [{name: b}]\n",
    "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: a}\nspec: {hard: {pods: \"4\", requests.cpu: 500m, limits.memory: 1Gi}}\n",
    "apiVersion: v1\nkind: LimitRange\nmetadata: {name: a}\nspec: {limits: [{type: Pod, max: {cpu: \"2\"}}]}\n",
    "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: a}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /data}}\n",
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n",
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec:\n  serviceName: a\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec: {containers: [{name: a, image: nginx}]}\n",
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}, behavior: {scaleDown: {stabilizationWindowSeconds: 60}}}\n",
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {maxUnavailable: 25%, selector: {matchLabels: {app: a}}}\n",
    "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: a}\nprovisioner: example.com/disk\nparameters: {type: fast}\n",
    "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: a}\nvalue: 10\n",
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: \"a:b\"}\nrules: [{apiGroups: [\"\"], resources: [pods], verbs: [get, list]}]\n",
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: a}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}\nsubjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: me}, {kind: ServiceAccount, name: a, namespace: default}]\n",
    "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: a}\nwebhooks: [{name: a.example.com, clientConfig: {service: {name: a, namespace: default}}, rules: [{apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE], resources: [pods], scope: \"*\"}], admissionReviewVersions: [v1], sideEffects: None}]\n",
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\nspec: {group: example.com, scope: Namespaced, names: {plural: things, kind: Thing}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}\n",
    "apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata: {name: a}\nspec: {holderIdentity: me, leaseDurationSeconds: 40}\n",
    "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: a}\nhandler: runsc\n",
];

/// The lines of an object that a write of the same content may change.
fn without_versions(yaml: &str) -> String {
    let own = |line: &&str| {
        let line = line.trim_start();
        ["resourceVersion:", "generation:", "kubectl.kubernetes.io/last-applied-configuration:", "{\"apiVersion\":", "annotations:"].iter().all(|start| !line.starts_with(start))
    };
    yaml.lines().filter(own).collect::<Vec<_>>().join("\n")
}

/// Applies a file, applies it again, and applies what is printed of it. False if the server refuses it. `strictly`: kubectl itself sees that
/// there is nothing to do.
fn goes_round(name: &str, text: &str, strictly: bool) -> bool {
    let mut lab = Lab::new();
    lab.file("first.yaml", text);
    let first = lab.answer("kubectl apply -f first.yaml");
    if first.exit != 0 {
        return false;
    }
    let printed = lab.raw("kubectl get -f first.yaml -o yaml");
    let again = lab.answer("kubectl apply -f first.yaml");
    assert_eq!(again.exit, 0, "{name} applied again\n{}", again.output);
    // Of amounts that are not canonical, for instance, kubectl sends a patch of nothing and says configured.
    let other: Vec<&str> = again.output.lines().filter(|line| !line.ends_with(" unchanged") && (strictly || !line.ends_with(" configured"))).collect();
    assert_eq!(other, Vec::<&str>::new(), "{name} applied again");
    assert_eq!(lab.raw("kubectl get -f first.yaml -o yaml"), printed, "{name} applied again");
    lab.file("second.yaml", &printed);
    let second = lab.answer("kubectl apply -f second.yaml");
    assert_eq!(second.exit, 0, "{name} printed and applied\n{}", second.output);
    let now = lab.raw("kubectl get -f first.yaml -o yaml");
    assert_eq!(without_versions(&now), without_versions(&printed), "{name} printed and applied");
    true
}

#[test]
fn objects_of_all_kinds_go_round() {
    for text in MANIFESTS {
        assert!(goes_round(text, text, true), "refused:\n{text}");
    }
}

#[test]
fn an_autoscaler_comes_back_in_the_version_it_was_sent_in_and_is_kept_in_the_newest() {
    let mut lab = Lab::new();
    let spec = "{maxReplicas: 3, targetCPUUtilizationPercentage: 50, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}";
    lab.file("h.yaml", &format!("apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {{name: h}}\nspec: {spec}\n"));
    let sent = lab.raw("kubectl create -f h.yaml -o jsonpath='{.apiVersion} {.spec.targetCPUUtilizationPercentage} {.status}'");
    assert_eq!(sent, "autoscaling/v1 50 {\"currentReplicas\":0,\"desiredReplicas\":0}");
    assert_eq!(
        lab.raw("kubectl get hpa h -o jsonpath='{.apiVersion} {.spec.metrics[0].resource.target}'"),
        "autoscaling/v2 {\"averageUtilization\":50,\"type\":\"Utilization\"}"
    );
}

#[test]
fn reviews_are_answered_and_not_kept() {
    let mut lab = Lab::new();
    lab.file("r.yaml", "apiVersion: authorization.k8s.io/v1\nkind: SelfSubjectAccessReview\nspec: {resourceAttributes: {verb: get, resource: pods}}\n");
    assert_eq!(lab.run("kubectl create -f r.yaml"), "selfsubjectaccessreview.authorization.k8s.io/<unknown> created\n");
    assert_eq!(lab.raw("kubectl create -f r.yaml -o jsonpath='{.status.allowed}'"), "true");
    assert_eq!(
        lab.fail("kubectl get selfsubjectaccessreviews"),
        "Error from server (MethodNotAllowed): the server does not allow this method on the requested resource\n"
    );
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { all.extend(files_below(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

#[test]
fn what_a_real_server_accepted_goes_round() {
    let Some(folder) = std::env::var_os("PODSCAPE_REFERENCE").filter(|folder| !folder.is_empty()) else { return };
    let folder = Path::new(&folder).join("kubernetes");
    let (mut round, mut refused) = (0, 0);
    for path in files_below(&folder.join("defaulted")) {
        let Ok(inner) = path.strip_prefix(folder.join("defaulted")) else { continue };
        let Ok(text) = fs::read_to_string(folder.join("corpus").join(inner)) else { continue };
        // Names that the server draws cannot be applied, and versions of old only once. A null says one thing to a create and another to a patch.
        if ["generateName:", "resourceVersion:", ": null"].iter().any(|word| text.contains(word)) {
            continue;
        }
        match goes_round(&inner.display().to_string(), &text, false) {
            true => round += 1,
            false => refused += 1,
        }
    }
    assert!(round > 240 && refused <= 8, "{round} go round, {refused} are refused");
}
