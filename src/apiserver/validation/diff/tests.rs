//! Differences of pods, as a real API server printed them.

use std::rc::Rc;

use serde_json::{Value, json};

use super::*;
use crate::api::{Kind, Object};
use crate::apiserver::defaulting;

/// A running pod with one container, changed by a function.
fn pod(change: fn(&mut Value)) -> Pod {
    let mut value = json!({"metadata": {"name": "imm"}, "spec": {"serviceAccountName": "default", "nodeName": "node3",
        "containers": [{"name": "main", "image": "luksa/kubia:v1", "imagePullPolicy": "Always"}]}});
    change(&mut value);
    let Some(mut object) = Object::from_value(Kind::Pod, &value) else { panic!("no pod") };
    defaulting::default(&mut object);
    let Object::Pod(pod) = object else { panic!("no pod") };
    Pod { mounts_token: value.get("plain").is_none(), ..Rc::unwrap_or_clone(pod) }
}

fn check(change: fn(&mut Value), expected: &[&str]) {
    let (old, new) = (pod(|_| {}), pod(change));
    let token = old.token_volume();
    let text = diff(&old, &new).replace(&token, "kube-api-access-29w4l");
    assert_eq!(text.lines().collect::<Vec<_>>(), expected, "\n{text}");
}

const VOLUMES: &str = "  \tVolumes:        {{Name: \"kube-api-access-29w4l\", VolumeSource: {Projected: &{Sources: {{ServiceAccountToken: &{ExpirationSeconds: 3607, Path: \"token\"}}, {ConfigMap: &{LocalObjectReference: {Name: \"kube-root-ca.crt\"}, Items: {{Key: \"ca.crt\", Path: \"ca.crt\"}}}}, {DownwardAPI: &{Items: {{Path: \"namespace\", FieldRef: &{APIVersion: \"v1\", FieldPath: \"metadata.namespace\"}}}}}}, DefaultMode: &420}}}},";

#[test]
fn a_variable_more() {
    check(|value| value["spec"]["containers"][0]["env"] = json!([{"name": "A", "value": "b"}]), &[
        "  core.PodSpec{",
        VOLUMES,
        "  \tInitContainers: nil,",
        "  \tContainers: []core.Container{",
        "  \t\t{",
        "  \t\t\t... // 5 identical fields",
        "  \t\t\tPorts:        nil,",
        "  \t\t\tEnvFrom:      nil,",
        "- \t\t\tEnv:          nil,",
        "+ \t\t\tEnv:          []core.EnvVar{{Name: \"A\", Value: \"b\"}},",
        "  \t\t\tResources:    {},",
        "  \t\t\tResizePolicy: nil,",
        "  \t\t\t... // 14 identical fields",
        "  \t\t},",
        "  \t},",
        "  \tEphemeralContainers: nil,",
        "  \tRestartPolicy:       \"Always\",",
        "  \t... // 29 identical fields",
        "  }",
    ]);
}

#[test]
fn another_restart_policy() {
    check(|value| value["spec"]["restartPolicy"] = json!("Never"), &[
        "  core.PodSpec{",
        "  \t... // 2 identical fields",
        "  \tContainers:                    {{Name: \"main\", Image: \"luksa/kubia:v1\", VolumeMounts: {{Name: \"kube-api-access-29w4l\", ReadOnly: true, MountPath: \"/var/run/secrets/kubernetes.io/serviceaccount\"}}, TerminationMessagePath: \"/dev/termination-log\", ...}},",
        "  \tEphemeralContainers:           nil,",
        "- \tRestartPolicy:                 \"Always\",",
        "+ \tRestartPolicy:                 \"Never\",",
        "  \tTerminationGracePeriodSeconds: &30,",
        "  \tActiveDeadlineSeconds:         nil,",
        "  \t... // 27 identical fields",
        "  }",
    ]);
}

#[test]
fn another_container_name() {
    check(|value| value["spec"]["containers"][0]["name"] = json!("x"), &[
        "  core.PodSpec{",
        VOLUMES,
        "  \tInitContainers: nil,",
        "  \tContainers: []core.Container{",
        "  \t\t{",
        "- \t\t\tName:    \"main\",",
        "+ \t\t\tName:    \"x\",",
        "  \t\t\tImage:   \"luksa/kubia:v1\",",
        "  \t\t\tCommand: nil,",
        "  \t\t\t... // 21 identical fields",
        "  \t\t},",
        "  \t},",
        "  \tEphemeralContainers: nil,",
        "  \tRestartPolicy:       \"Always\",",
        "  \t... // 29 identical fields",
        "  }",
    ]);
}

#[test]
fn a_pod_replaced_by_a_plain_manifest() {
    let change = |value: &mut Value| {
        *value = json!({"plain": true, "metadata": {"name": "imm"}, "spec": {"containers": [{"name": "main", "image": "luksa/kubia:v1",
            "imagePullPolicy": "Always", "ports": [{"containerPort": 80}]}]}});
    };
    check(change, &[
        "  core.PodSpec{",
        "- \tVolumes: []core.Volume{",
        "- \t\t{",
        "- \t\t\tName:         \"kube-api-access-29w4l\",",
        "- \t\t\tVolumeSource: core.VolumeSource{Projected: &core.ProjectedVolumeSource{...}},",
        "- \t\t},",
        "- \t},",
        "+ \tVolumes:        nil,",
        "  \tInitContainers: nil,",
        "  \tContainers: []core.Container{",
        "  \t\t{",
        "  \t\t\t... // 3 identical fields",
        "  \t\t\tArgs:          nil,",
        "  \t\t\tWorkingDir:    \"\",",
        "- \t\t\tPorts:         nil,",
        "+ \t\t\tPorts:         []core.ContainerPort{{ContainerPort: 80, Protocol: \"TCP\"}},",
        "  \t\t\tEnvFrom:       nil,",
        "  \t\t\tEnv:           nil,",
        "  \t\t\tResources:     {},",
        "  \t\t\tResizePolicy:  nil,",
        "  \t\t\tRestartPolicy: nil,",
        "- \t\t\tVolumeMounts: []core.VolumeMount{",
        "- \t\t\t\t{",
        "- \t\t\t\t\tName:      \"kube-api-access-29w4l\",",
        "- \t\t\t\t\tReadOnly:  true,",
        "- \t\t\t\t\tMountPath: \"/var/run/secrets/kubernetes.io/serviceaccount\",",
        "- \t\t\t\t},",
        "- \t\t\t},",
        "+ \t\t\tVolumeMounts:  nil,",
        "  \t\t\tVolumeDevices: nil,",
        "  \t\t\tLivenessProbe: nil,",
        "  \t\t\t... // 10 identical fields",
        "  \t\t},",
        "  \t},",
        "  \tEphemeralContainers: nil,",
        "  \tRestartPolicy:       \"Always\",",
        "  \t... // 2 identical fields",
        "  \tDNSPolicy:                    \"ClusterFirst\",",
        "  \tNodeSelector:                 nil,",
        "- \tServiceAccountName:           \"default\",",
        "+ \tServiceAccountName:           \"\",",
        "  \tAutomountServiceAccountToken: nil,",
        "- \tNodeName:                     \"node3\",",
        "+ \tNodeName:                     \"\",",
        "  \tSecurityContext:              &{},",
        "  \tImagePullSecrets:             nil,",
        "  \t... // 20 identical fields",
        "  }",
    ]);
}

#[test]
fn items_that_change_come_and_go() {
    let ports = |list: Value| {
        let mut value = json!({"spec": {"containers": [{"name": "m", "image": "i", "ports": list}]}});
        value["metadata"] = json!({"name": "p"});
        let Some(Object::Pod(pod)) = Object::from_value(Kind::Pod, &value) else { panic!("no pod") };
        pod
    };
    let old = ports(json!([{"containerPort": 1}, {"containerPort": 2}]));
    let new = ports(json!([{"containerPort": 1}, {"containerPort": 3}, {"containerPort": 4, "name": "x"}]));
    let text = diff(&old, &new);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(['-', '+'])).map(str::trim_end).collect();
    assert_eq!(lines, [
        "- \t\t\t\t\tContainerPort: 2,",
        "+ \t\t\t\t\tContainerPort: 3,",
        "+ \t\t\t\t{Name: \"x\", ContainerPort: 4},",
    ]);
    assert_eq!(diff(&old, &old), "");
}
