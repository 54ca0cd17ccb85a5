//! The order in which Go writes the fields of a struct, for what kubectl prints of objects that it made itself: `create -o json`
//! and its like. What came from the server untyped is printed with sorted keys. Models k8s.io/api types.go, the order of fields there.

use serde_json::Value;

/// The orders of fields by the field that holds the struct (a list holds its items); the first line is an object's own. Fields
/// that are not named stand behind those, sorted, as in maps. Structs of the same place in different kinds share a line.
const ORDERS: &[(&str, &str)] = &[
    ("", "kind apiVersion metadata items immutable data binaryData stringData value globalDefault description preemptionPolicy \
          subjects rules roleRef aggregationRule involvedObject reason message source firstTimestamp lastTimestamp count type eventTime series \
          action related reportingComponent reportingInstance preferences clusters users contexts current-context spec status \
          groupVersion resources groups name versions preferredVersion"),
    ("metadata", "name generateName namespace selfLink uid resourceVersion generation creationTimestamp deletionTimestamp \
                  deletionGracePeriodSeconds labels annotations ownerReferences finalizers"),
    ("spec", "replicas parallelism completions schedule timeZone startingDeadlineSeconds concurrencyPolicy ports activeDeadlineSeconds \
              volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds dnsPolicy nodeSelector \
              serviceAccountName serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC securityContext imagePullSecrets \
              hostname subdomain affinity schedulerName tolerations hostAliases priorityClassName priority enableServiceLinks preemptionPolicy \
              backoffLimit minAvailable selector maxUnavailable template ttlSecondsAfterFinished completionMode suspend podReplacementPolicy \
              jobTemplate successfulJobsHistoryLimit failedJobsHistoryLimit strategy minReadySeconds revisionHistoryLimit paused \
              progressDeadlineSeconds clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP externalName externalTrafficPolicy \
              ipFamilies ipFamilyPolicy allocateLoadBalancerNodePorts internalTrafficPolicy ingressClassName defaultBackend tls rules \
              scaleTargetRef minReplicas maxReplicas targetCPUUtilizationPercentage"),
    ("containers", CONTAINER),
    ("initContainers", CONTAINER),
    ("ports", "name hostPort containerPort protocol hostIP appProtocol port targetPort nodePort"),
    ("volumeMounts", "name readOnly recursiveReadOnly mountPath subPath"),
    ("env", "name value valueFrom"),
    ("secretKeyRef", "name key optional"),
    ("configMapKeyRef", "name key optional"),
    ("rollingUpdate", "maxUnavailable maxSurge"),
    ("strategy", "type rollingUpdate"),
    ("ownerReferences", "apiVersion kind name uid controller blockOwnerDeletion"),
    ("subjects", "kind apiGroup name namespace"),
    ("rules", "verbs apiGroups resources resourceNames nonResourceURLs host http"),
    ("paths", "path pathType backend"),
    ("service", "name port"),
    ("scaleTargetRef", "kind name apiVersion"),
    ("involvedObject", "kind namespace name uid apiVersion resourceVersion fieldPath"),
    ("userInfo", "username uid groups extra"),
    ("conditions", "type status observedGeneration lastProbeTime lastHeartbeatTime lastUpdateTime lastTransitionTime reason message"),
    ("status", "capacity allocatable currentNumberScheduled numberMisscheduled desiredNumberScheduled numberReady observedGeneration \
                updatedNumberScheduled numberAvailable disruptionsAllowed currentHealthy desiredHealthy expectedPods replicas \
                fullyLabeledReplicas updatedReplicas readyReplicas availableReplicas unavailableReplicas phase conditions addresses \
                daemonEndpoints nodeInfo images message reason nominatedNodeName hostIP hostIPs podIP podIPs startTime completionTime \
                initContainerStatuses containerStatuses qosClass ephemeralContainerStatuses active lastScheduleTime lastSuccessfulTime \
                succeeded failed terminating uncountedTerminatedPods ready"),
    ("nodeInfo", "machineID systemUUID bootID kernelVersion osImage containerRuntimeVersion kubeletVersion kubeProxyVersion operatingSystem architecture"),
    ("addresses", "type address ip hostname nodeName targetRef"),
    ("containerStatuses", STATUS),
    ("initContainerStatuses", STATUS),
    ("terminated", "exitCode signal reason message startedAt finishedAt containerID"),
    ("waiting", "reason message"),
    ("volumes", "name"),
    ("projected", "sources defaultMode"),
    ("configMap", "name items defaultMode optional"),
    ("hostPath", "path type"),
    ("tolerations", "key operator value effect tolerationSeconds"),
    ("taints", "key value effect timeAdded"),
    ("livenessProbe", PROBE),
    ("readinessProbe", PROBE),
    ("startupProbe", PROBE),
    ("httpGet", "path port host scheme httpHeaders"),
    ("updateStrategy", "type rollingUpdate"),
    ("resources", "name singularName namespaced kind verbs shortNames categories"),
    ("groups", "name versions preferredVersion"),
    ("versions", "groupVersion version"),
    ("preferredVersion", "groupVersion version"),
    ("serverAddressByClientCIDRs", "clientCIDR serverAddress"),
    ("clientVersion", VERSION),
    ("serverVersion", VERSION),
];
const CONTAINER: &str = "name image command args workingDir ports envFrom env resources resizePolicy restartPolicy volumeMounts volumeDevices \
    livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin \
    stdinOnce tty";
const STATUS: &str = "name state lastState ready restartCount image imageID containerID started";
const PROBE: &str = "httpGet tcpSocket exec grpc initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold terminationGracePeriodSeconds";
const VERSION: &str = "major minor gitVersion gitCommit gitTreeState buildDate goVersion compiler platform";

/// A value as Go's `json.MarshalIndent` writes its structs, each level `indent` deeper, without a line break at the end.
pub(super) fn write(value: &Value, indent: &str) -> String {
    let mut out = String::new();
    put(value, "", Some(indent), 0, &mut out);
    out
}

/// The same as `json.Marshal` writes them: in one line.
pub(super) fn write_narrow(value: &Value) -> String {
    let mut out = String::new();
    put(value, "", None, 0, &mut out);
    out
}

fn put(value: &Value, place: &str, indent: Option<&str>, level: usize, out: &mut String) {
    let line = |level: usize, out: &mut String| {
        let Some(indent) = indent else { return };
        out.push('\n');
        out.extend(std::iter::repeat_n(indent, level));
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('{');
            for (at, key) in ordered(map, place).into_iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                line(level + 1, out);
                out.push_str(&Value::from(key).to_string());
                out.push_str(if indent.is_some() { ": " } else { ":" });
                // Items of a list of objects are objects again.
                put(&map[key], if key == "items" { "" } else { key }, indent, level + 1, out);
            }
            line(level, out);
            out.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                line(level + 1, out);
                put(item, place, indent, level + 1, out);
            }
            line(level, out);
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// The keys of an object in the order of the struct that stands at this place.
fn ordered<'a>(map: &'a serde_json::Map<String, Value>, place: &str) -> Vec<&'a str> {
    let order = ORDERS.iter().find(|(known, _)| *known == place).map_or("", |(_, order)| order);
    let mut keys: Vec<&str> = order.split_whitespace().filter_map(|name| map.get_key_value(name)).map(|(key, _)| key.as_str()).collect();
    let rest: Vec<&str> = map.keys().map(String::as_str).filter(|key| !keys.contains(key)).collect();
    keys.extend(rest);
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The expectations are what kubectl 1.32.5 prints of the same objects.
    #[test]
    fn fields_stand_in_the_order_of_their_struct() {
        let table = [
            (json!({"metadata": {"name": "x", "labels": {"b": "1", "a": "2"}}, "kind": "Pod", "apiVersion": "v1"}),
             r#"{ "kind": "Pod", "apiVersion": "v1", "metadata": { "name": "x", "labels": { "a": "2", "b": "1" } } }"#),
            (json!({"spec": {"template": {}, "replicas": 3, "strategy": {}, "selector": {}}}),
             r#"{ "spec": { "replicas": 3, "selector": {}, "template": {}, "strategy": {} } }"#),
            (json!({"rules": [{"apiGroups": [""], "verbs": ["get"]}]}), r#"{ "rules": [ { "verbs": [ "get" ], "apiGroups": [ "" ] } ] }"#),
        ];
        for (value, expected) in table {
            assert_eq!(write(&value, "").replace('\n', " "), expected);
        }
    }
}
