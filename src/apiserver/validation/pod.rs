//! Pods and the specs of templates.
//! Models pkg/apis/core/validation/validation.go ValidatePodSpec, ValidatePodCreate, ValidatePodTemplateSpec.
//! Left out: windows, user namespaces, overhead.

use serde_json::Value;

use super::container::{one_of, validate_containers, validate_for_pod, validate_init_containers};
use super::json::text;
use super::metadata::{Scope, validate_annotations, validate_labels, validate_meta};
use super::path::{Causes, FieldPath, GoSyntax};
use super::{names, network, scheduling, security, volume};
use crate::api::{Labels, Pod, PodSpec, PodTemplateSpec};
use crate::base::SmallSet;

const MAX_SECONDS: i64 = i32::MAX as i64;
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// What a spec stands in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PodUse {
    /// A pod.
    Pod,
    /// A template of pods.
    Template,
}

/// A spec and where it stands.
pub struct PodFrame<'a> {
    /// The spec.
    pub spec: &'a PodSpec,
    /// What it stands in.
    pub used: PodUse,
    /// The node that it names.
    pub node_name: &'a str,
}

impl PodFrame<'_> {
    /// The names of its resource claims.
    pub fn claims(&self) -> SmallSet<&str> {
        self.rest("resourceClaims").iter().map(|claim| text(claim, "name")).collect()
    }

    fn rest(&self, key: &str) -> &[Value] {
        self.spec.rest.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A pod, new or changed.
pub fn validate_pod(pod: &Pod, causes: &mut Causes) {
    validate_meta(&pod.meta, Scope::Namespaced, names::subdomain_rule, causes);
    let metadata = FieldPath::new("metadata");
    validate_pod_annotations(&pod.meta.annotations, &metadata.child("annotations"), causes);
    let frame = PodFrame { spec: &pod.spec, used: PodUse::Pod, node_name: &pod.node_name };
    let path = FieldPath::new("spec");
    validate_pod_spec(&frame, &path, causes);
    validate_for_pod(&pod.spec.containers, &path.child("containers"), causes);
    validate_for_pod(&pod.spec.init_containers, &path.child("initContainers"), causes);
}

/// What holds for a pod only when it is made, not when it changes.
pub fn validate_pod_create(pod: &Pod, causes: &mut Causes) {
    validate_pod(pod, causes);
    let path = FieldPath::new("spec");
    let has = |key: &str| pod.spec.rest.get(key).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    if !pod.spec.ephemeral_containers.is_empty() {
        causes.forbidden(&path.child("ephemeralContainers"), "cannot be set on create");
    }
    if has("schedulingGates") && !pod.node_name.is_empty() {
        causes.forbidden(&path.child("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }
}

/// The template of a controller.
pub fn validate_template(template: &PodTemplateSpec, path: &FieldPath, causes: &mut Causes) {
    validate_labels(&template.meta.labels, &path.child("labels"), causes);
    validate_annotations(&template.meta.annotations, &path.child("annotations"), causes);
    validate_pod_annotations(&template.meta.annotations, &path.child("annotations"), causes);
    let frame = PodFrame { spec: &template.spec, used: PodUse::Template, node_name: &template.spec.node_name };
    let spec = path.child("spec");
    validate_pod_spec(&frame, &spec, causes);
    if !template.spec.ephemeral_containers.is_empty() {
        causes.forbidden(&spec.child("ephemeralContainers"), "ephemeral containers not allowed in pod template");
    }
}

/// Models ValidatePodSpecificAnnotations, as far as the deletion cost.
fn validate_pod_annotations(annotations: &Labels, path: &FieldPath, causes: &mut Causes) {
    let Some(cost) = annotations.get(DELETION_COST) else { return };
    let digits = cost.strip_prefix('-').unwrap_or(cost);
    let canonical = digits == "0" && !cost.starts_with('-') || !digits.starts_with(['0', '+']);
    if !canonical || cost.parse::<i32>().is_err() {
        causes.invalid(&path.key(DELETION_COST), cost, "must be a 32bit integer");
    }
}

fn validate_pod_spec(frame: &PodFrame, path: &FieldPath, causes: &mut Causes) {
    let spec = frame.spec;
    if spec.termination_grace_period_seconds.is_none() {
        causes.required(&path.child("terminationGracePeriodSeconds"), "");
    }
    let volumes = volume::validate_volumes(&spec.volumes, &path.child("volumes"), causes);
    validate_claims(frame.rest("resourceClaims"), &path.child("resourceClaims"), causes);
    validate_containers(frame, &volumes, &path.child("containers"), causes);
    validate_init_containers(frame, &volumes, &path.child("initContainers"), causes);
    network::validate_host_network(frame, path, causes);
    one_of(&spec.restart_policy, &["Always", "OnFailure", "Never"], &path.child("restartPolicy"), causes);
    network::validate_dns_policy(&spec.dns_policy, &path.child("dnsPolicy"), causes);
    validate_labels(&spec.node_selector, &path.child("nodeSelector"), causes);
    if let Some(context) = &spec.security_context {
        security::validate_pod_context(context, &path.child("securityContext"), causes);
    }
    if let Some(affinity) = &spec.affinity {
        scheduling::validate_affinity(affinity, &path.child("affinity"), causes);
    }
    let dns = spec.rest.get("dnsConfig");
    network::validate_dns_config(dns, &spec.dns_policy, &path.child("dnsConfig"), causes);
    validate_gates(frame, path, causes);
    let spread = path.child("topologySpreadConstraints");
    scheduling::validate_spreading(&spec.topology_spread_constraints, &spread, causes);
    validate_scalars(frame, path, causes);
}

/// The latter half of ValidatePodSpec: single fields.
fn validate_scalars(frame: &PodFrame, path: &FieldPath, causes: &mut Causes) {
    let spec = frame.spec;
    let account = &spec.service_account_name;
    if !account.is_empty() {
        causes.invalid_each(&path.child("serviceAccountName"), account, names::dns1123_subdomain(account));
    }
    if !frame.node_name.is_empty() {
        causes.invalid_each(&path.child("nodeName"), frame.node_name, names::dns1123_subdomain(frame.node_name));
    }
    if let Some(seconds) = spec.active_deadline_seconds {
        causes.in_range(&path.child("activeDeadlineSeconds"), seconds, 1..=MAX_SECONDS);
    }
    for (key, name) in [("hostname", &spec.hostname), ("subdomain", &spec.subdomain)] {
        if !name.is_empty() {
            causes.invalid_each(&path.child(key), name, names::dns1123_label(name));
        }
    }
    scheduling::validate_tolerations(&spec.tolerations, &path.child("tolerations"), causes);
    network::validate_host_aliases(frame.rest("hostAliases"), &path.child("hostAliases"), causes);
    let class = &spec.priority_class_name;
    if !class.is_empty() {
        causes.invalid_each(&path.child("priorityClassName"), class, names::dns1123_subdomain(class));
    }
    if let Some(class) = spec.rest.get("runtimeClassName").and_then(Value::as_str) {
        causes.invalid_each(&path.child("runtimeClassName"), class, names::dns1123_subdomain(class));
    }
    if !spec.preemption_policy.is_empty() {
        let policies = ["PreemptLowerPriority", "Never"];
        one_of(&spec.preemption_policy, &policies, &path.child("preemptionPolicy"), causes);
    }
    if let Some(system) = spec.rest.get("os") {
        one_of(text(system, "name"), &["linux", "windows"], &path.child("os").child("name"), causes);
    }
}

fn validate_claims(claims: &[Value], path: &FieldPath, causes: &mut Causes) {
    let mut seen = SmallSet::new();
    for (index, claim) in claims.iter().enumerate() {
        let (name, path) = (text(claim, "name"), path.index(index).child("name"));
        if name.is_empty() {
            causes.required(&path, "");
        } else if !seen.insert(name) {
            causes.duplicate(&path, name);
        } else {
            causes.invalid_each(&path, name, names::dns1123_label(name));
        }
    }
}

/// imagePullSecrets are not checked: any name is taken. Readiness and scheduling gates have qualified names.
fn validate_gates(frame: &PodFrame, path: &FieldPath, causes: &mut Causes) {
    for (index, gate) in frame.rest("readinessGates").iter().enumerate() {
        let kind = text(gate, "conditionType");
        let path = path.child("readinessGates").index(index).child("conditionType");
        causes.invalid_each(&path, kind, names::qualified_name(kind));
    }
    let mut seen = SmallSet::new();
    for (index, gate) in frame.rest("schedulingGates").iter().enumerate() {
        let (name, path) = (text(gate, "name"), path.child("schedulingGates").index(index));
        causes.invalid_each(&path, name, names::qualified_name(name));
        if !seen.insert(name) {
            causes.duplicate(&path, name);
        }
    }
}

/// The labels of a template that a selector does not match.
/// Models the check that all controllers share.
pub fn selector_mismatch(labels: &Labels, path: &FieldPath, causes: &mut Causes) {
    let path = path.child("metadata").child("labels");
    causes.invalid(&path, GoSyntax::map(labels), "`selector` does not match template `labels`");
}
