//! The words that fields of a Go type can have, and what fields are when nobody sets them. Facts of the Kubernetes 1.32 API
//! reference (constants of staging/src/k8s.io/api/*/types.go, defaults of pkg/apis/*/v1/defaults.go).
//! Left out: types that only a status has; defaults that depend on more than one other field.

/// By Go type.
const WORDS: &[(&str, &[&str])] = &[
    ("v1.AppArmorProfileType", &["RuntimeDefault", "Localhost", "Unconfined"]),
    ("v1.CompletionMode", &["NonIndexed", "Indexed"]),
    ("v1.ConcurrencyPolicy", &["Allow", "Forbid", "Replace"]),
    ("v1.ContainerRestartPolicy", &["Always"]),
    ("v1.DNSPolicy", &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
    ("v1.DaemonSetUpdateStrategyType", &["RollingUpdate", "OnDelete"]),
    ("v1.DeploymentStrategyType", &["RollingUpdate", "Recreate"]),
    ("v1.FailurePolicyType", &["Fail", "Ignore"]),
    ("v1.HostPathType", &["DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"]),
    ("v1.IPFamily", &["IPv4", "IPv6"]),
    ("v1.IPFamilyPolicy", &["SingleStack", "PreferDualStack", "RequireDualStack"]),
    ("v1.LabelSelectorOperator", &["In", "NotIn", "Exists", "DoesNotExist"]),
    ("v1.LimitType", &["Pod", "Container", "PersistentVolumeClaim"]),
    ("v1.MatchPolicyType", &["Exact", "Equivalent"]),
    ("v1.MountPropagationMode", &["None", "HostToContainer", "Bidirectional"]),
    ("v1.NodeInclusionPolicy", &["Ignore", "Honor"]),
    ("v1.NodeSelectorOperator", &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
    ("v1.OSName", &["linux", "windows"]),
    ("v1.PathType", &["Prefix", "Exact", "ImplementationSpecific"]),
    ("v1.PersistentVolumeAccessMode", &["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]),
    ("v1.PersistentVolumeClaimRetentionPolicyType", &["Retain", "Delete"]),
    ("v1.PersistentVolumeMode", &["Filesystem", "Block"]),
    ("v1.PersistentVolumeReclaimPolicy", &["Retain", "Delete", "Recycle"]),
    ("v1.PodFSGroupChangePolicy", &["Always", "OnRootMismatch"]),
    ("v1.PodFailurePolicyAction", &["FailJob", "FailIndex", "Ignore", "Count"]),
    ("v1.PodFailurePolicyOnExitCodesOperator", &["In", "NotIn"]),
    ("v1.PodManagementPolicyType", &["OrderedReady", "Parallel"]),
    ("v1.PodReplacementPolicy", &["TerminatingOrFailed", "Failed"]),
    ("v1.PolicyType", &["Ingress", "Egress"]),
    ("v1.PreemptionPolicy", &["PreemptLowerPriority", "Never"]),
    ("v1.ProcMountType", &["Default", "Unmasked"]),
    ("v1.Protocol", &["TCP", "UDP", "SCTP"]),
    ("v1.PullPolicy", &["Always", "IfNotPresent", "Never"]),
    ("v1.RecursiveReadOnlyMode", &["Disabled", "IfPossible", "Enabled"]),
    ("v1.ResourceName", &["cpu", "memory", "ephemeral-storage"]),
    ("v1.ResourceQuotaScope", &["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity"]),
    ("v1.ResourceResizeRestartPolicy", &["NotRequired", "RestartContainer"]),
    ("v1.RestartPolicy", &["Always", "OnFailure", "Never"]),
    ("v1.ScopeSelectorOperator", &["In", "NotIn", "Exists", "DoesNotExist"]),
    ("v1.ScopeType", &["Cluster", "Namespaced", "*"]),
    ("v1.SeccompProfileType", &["RuntimeDefault", "Localhost", "Unconfined"]),
    ("v1.SecretType", &["Opaque", "kubernetes.io/tls", "kubernetes.io/dockerconfigjson", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/service-account-token"]),
    ("v1.ServiceAffinity", &["None", "ClientIP"]),
    ("v1.ServiceExternalTrafficPolicy", &["Cluster", "Local"]),
    ("v1.ServiceInternalTrafficPolicy", &["Cluster", "Local"]),
    ("v1.ServiceType", &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
    ("v1.SideEffectClass", &["None", "NoneOnDryRun"]),
    ("v1.StatefulSetUpdateStrategyType", &["RollingUpdate", "OnDelete"]),
    ("v1.StorageMedium", &["Memory"]),
    ("v1.SupplementalGroupsPolicy", &["Merge", "Strict"]),
    ("v1.TaintEffect", &["NoSchedule", "PreferNoSchedule", "NoExecute"]),
    ("v1.TerminationMessagePolicy", &["File", "FallbackToLogsOnError"]),
    ("v1.TolerationOperator", &["Equal", "Exists"]),
    ("v1.URIScheme", &["HTTP", "HTTPS"]),
    ("v1.UnhealthyPodEvictionPolicyType", &["IfHealthyBudget", "AlwaysAllow"]),
    ("v1.UnsatisfiableConstraintAction", &["DoNotSchedule", "ScheduleAnyway"]),
    ("v1.VolumeBindingMode", &["Immediate", "WaitForFirstConsumer"]),
    ("v2.HPAScalingPolicyType", &["Pods", "Percent"]),
    ("v2.MetricSourceType", &["Resource", "Pods", "Object", "External", "ContainerResource"]),
    ("v2.MetricTargetType", &["Utilization", "Value", "AverageValue"]),
    ("v2.ScalingPolicySelect", &["Max", "Min", "Disabled"]),
];

/// By type and field.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("Container", "imagePullPolicy", "Always for :latest, else IfNotPresent"),
    ("Container", "terminationMessagePath", "/dev/termination-log"),
    ("Container", "terminationMessagePolicy", "File"),
    ("ContainerPort", "protocol", "TCP"),
    ("CronJobSpec", "concurrencyPolicy", "Allow"),
    ("CronJobSpec", "failedJobsHistoryLimit", "1"),
    ("CronJobSpec", "successfulJobsHistoryLimit", "3"),
    ("CronJobSpec", "suspend", "false"),
    ("DaemonSetSpec", "revisionHistoryLimit", "10"),
    ("DeploymentSpec", "progressDeadlineSeconds", "600"),
    ("DeploymentSpec", "replicas", "1"),
    ("DeploymentSpec", "revisionHistoryLimit", "10"),
    ("DeploymentStrategy", "type", "RollingUpdate"),
    ("HTTPGetAction", "path", "/"),
    ("HTTPGetAction", "scheme", "HTTP"),
    ("JobSpec", "backoffLimit", "6"),
    ("JobSpec", "completionMode", "NonIndexed"),
    ("JobSpec", "completions", "1"),
    ("JobSpec", "parallelism", "1"),
    ("JobSpec", "suspend", "false"),
    ("PersistentVolumeClaimSpec", "volumeMode", "Filesystem"),
    ("PodSpec", "dnsPolicy", "ClusterFirst"),
    ("PodSpec", "enableServiceLinks", "true"),
    ("PodSpec", "restartPolicy", "Always"),
    ("PodSpec", "schedulerName", "default-scheduler"),
    ("PodSpec", "serviceAccountName", "default"),
    ("PodSpec", "terminationGracePeriodSeconds", "30"),
    ("Probe", "failureThreshold", "3"),
    ("Probe", "initialDelaySeconds", "0"),
    ("Probe", "periodSeconds", "10"),
    ("Probe", "successThreshold", "1"),
    ("Probe", "timeoutSeconds", "1"),
    ("ReplicaSetSpec", "replicas", "1"),
    ("ReplicationControllerSpec", "replicas", "1"),
    ("ReplicationControllerSpec", "selector", "the labels of the template"),
    ("RollingUpdateDeployment", "maxSurge", "25%"),
    ("RollingUpdateDeployment", "maxUnavailable", "25%"),
    ("ServicePort", "protocol", "TCP"),
    ("ServicePort", "targetPort", "the port"),
    ("ServiceSpec", "externalTrafficPolicy", "Cluster"),
    ("ServiceSpec", "internalTrafficPolicy", "Cluster"),
    ("ServiceSpec", "ipFamilyPolicy", "SingleStack"),
    ("ServiceSpec", "sessionAffinity", "None"),
    ("ServiceSpec", "type", "ClusterIP"),
    ("StatefulSetSpec", "podManagementPolicy", "OrderedReady"),
    ("StatefulSetSpec", "replicas", "1"),
];

/// The words that a field of this Go type can have; none if it takes any.
pub(super) fn words(go_type: &str) -> &'static [&'static str] {
    WORDS.iter().find(|(name, _)| *name == go_type).map_or(&[], |(_, words)| words)
}

/// What a field is when nobody sets it.
pub(super) fn default(of: &str, field: &str) -> Option<&'static str> {
    DEFAULTS.iter().find(|(name, key, _)| *name == of && *key == field).map(|(_, _, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::super::super::schema;
    use super::*;

    #[test]
    fn the_tables_name_only_what_the_schema_has() {
        let mut types = Vec::new();
        let mut fields = Vec::new();
        for (version, kind) in schema::kinds() {
            let mut waiting = vec![schema::kind(version, kind).expect("a kind")];
            while let Some(id) = waiting.pop() {
                for field in schema::fields_of(id) {
                    let new = (id, field.name);
                    if fields.contains(&new) {
                        continue;
                    }
                    fields.push(new);
                    types.extend(field.go_type());
                    waiting.extend(field.shape.inner_struct());
                }
            }
        }
        for (name, _) in WORDS {
            assert!(types.contains(name), "{name}");
        }
        for (of, field, _) in DEFAULTS {
            assert!(fields.iter().any(|(id, name)| schema::type_name(*id) == *of && name == field), "{of}.{field}");
        }
    }
}
