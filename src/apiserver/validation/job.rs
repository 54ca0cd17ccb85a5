//! Jobs, and the jobs that cron jobs make.
//! Models pkg/apis/batch/validation/validation.go.

use super::metadata::{Scope, go_selector, validate_label_selector, validate_meta, validate_meta_update};
use super::names;
use super::path::{Causes, FieldPath, GoSyntax, IMMUTABLE};
use super::pod::{selector_mismatch, validate_template};
use crate::api::{ExitCodes, Job, JobSpec, Json, PodFailurePolicy, PodFailureRule, PodTemplateSpec, SuccessPolicy};
use crate::base::SmallSet;

const MODES: [&str; 2] = ["NonIndexed", "Indexed"];
/// Of an Indexed job.
const MAX_PARALLELISM: i32 = 100_000;
const MAX_RULES: usize = 20;
const MAX_CODES: usize = 255;
const MAX_PATTERNS: usize = 20;

/// A new job.
pub fn validate_create(job: &Job, causes: &mut Causes) {
    validate_meta(&job.meta, Scope::Namespaced, names::subdomain_rule, causes);
    validate_generated(job, causes);
    validate(&job.spec, causes);
    let last = job.spec.completions.filter(|completions| job.spec.is_indexed() && *completions > 0);
    if let Some(last) = last {
        let host = format!("{}-{}", job.meta.name, last - 1);
        if !names::dns1123_label(&host).is_empty() {
            let detail = format!("will not able to create pod with invalid DNS label: {host}");
            causes.invalid(&FieldPath::new("metadata").child("name"), &job.meta.name, detail);
        }
    }
}

/// A changed job.
/// Models ValidateJobUpdate: what its pods are made from stays, but for where they may run while it waits for its first start.
pub fn validate_update(new: &Job, old: &Job, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate(&new.spec, causes);
    let (path, spec) = (FieldPath::new("spec"), &new.spec);
    validate_completions(spec, &old.spec, &path.child("completions"), causes);
    if let Some(selector) = spec.selector.as_ref().filter(|_| spec.selector != old.spec.selector) {
        causes.invalid(&path.child("selector"), go_selector(selector), IMMUTABLE);
    }
    let waits = old.is_suspended() && old.status.start_time.is_none();
    let template = if waits { with_directives(&old.spec.template, &spec.template) } else { (*old.spec.template).clone() };
    if spec.template.write() != template.write() {
        causes.invalid(&path.child("template"), GoSyntax("core.PodTemplateSpec{…}".to_owned()), IMMUTABLE);
    }
    if spec.completion_mode != old.spec.completion_mode {
        causes.invalid(&path.child("completionMode"), &spec.completion_mode, IMMUTABLE);
    }
    let policies = [
        ("podFailurePolicy", spec.pod_failure_policy.write(), old.spec.pod_failure_policy.write()),
        ("backoffLimitPerIndex", spec.backoff_limit_per_index.write(), old.spec.backoff_limit_per_index.write()),
        ("managedBy", spec.managed_by.write(), old.spec.managed_by.write()),
        ("successPolicy", spec.success_policy.write(), old.spec.success_policy.write()),
    ];
    for (key, new, old) in policies {
        if new != old {
            let value = new.map_or_else(|| "null".to_owned(), |value| value.to_string());
            causes.invalid(&path.child(key), GoSyntax(value), IMMUTABLE);
        }
    }
}

/// The number of completions changes only together with parallelism, of Indexed jobs.
fn validate_completions(new: &JobSpec, old: &JobSpec, path: &FieldPath, causes: &mut Causes) {
    if new.completions == old.completions {
        return;
    }
    let value = GoSyntax(new.completions.map_or_else(|| "null".to_owned(), |number| number.to_string()));
    if !new.is_indexed() || new.completions.is_none() || old.completions.is_none() {
        causes.invalid(path, value, IMMUTABLE);
    } else if new.completions != new.parallelism {
        causes.invalid(path, value, "can only be modified in tandem with spec.parallelism");
    }
}

/// A template with what may change while its job has not started: labels and where its pods may run.
fn with_directives(old: &PodTemplateSpec, new: &PodTemplateSpec) -> PodTemplateSpec {
    let mut template = old.clone();
    (template.meta.0.labels, template.meta.0.annotations) = (new.meta.labels.clone(), new.meta.annotations.clone());
    let (spec, wanted) = (std::rc::Rc::make_mut(&mut template.spec), &new.spec);
    let affinity = spec.affinity.get_or_insert_default();
    affinity.node_affinity = wanted.affinity.as_ref().and_then(|affinity| affinity.node_affinity.clone());
    if *affinity == Default::default() {
        spec.affinity = None;
    }
    (spec.node_selector, spec.tolerations) = (wanted.node_selector.clone(), wanted.tolerations.clone());
    spec.rest.replace("schedulingGates", wanted.rest.get("schedulingGates"));
    template
}

/// The selector and the labels that the server made must be as it makes them.
/// Models validateGeneratedSelector.
fn validate_generated(job: &Job, causes: &mut Causes) {
    let Some(selector) = job.spec.selector.as_ref().filter(|_| job.spec.manual_selector != Some(true)) else { return };
    let uid = job.meta.uid.to_string();
    let expected = [
        ("batch.kubernetes.io/controller-uid", uid.as_str()),
        ("batch.kubernetes.io/job-name", job.meta.name.as_str()),
        ("controller-uid", uid.as_str()),
        ("job-name", job.meta.name.as_str()),
    ];
    let (labels, path) = (&job.spec.template.meta.labels, FieldPath::new("spec").child("template").child("metadata"));
    for (key, value) in expected {
        let label = path.child("labels");
        match labels.get(key) {
            None => causes.required(&label, &format!("must be '{value}'")),
            Some(found) if found != value => {
                causes.invalid(&label.key(key), GoSyntax::map(labels.iter()), format!("must be '{value}'"));
            }
            Some(_) => {}
        }
    }
    let own = expected.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
    if !selector.matches(&own) {
        causes.invalid(&FieldPath::new("spec").child("selector"), go_selector(selector), "`selector` not auto-generated");
    }
}

fn validate(spec: &JobSpec, causes: &mut Causes) {
    let path = FieldPath::new("spec");
    validate_spec(spec, &path, causes);
    let Some(selector) = &spec.selector else {
        causes.required(&path.child("selector"), "");
        return;
    };
    validate_label_selector(selector, &path.child("selector"), causes);
    if !selector.matches(&spec.template.meta.labels) {
        selector_mismatch(&spec.template.meta.labels, &path.child("template"), causes);
    }
}

/// What jobs and the templates of jobs share.
/// Models validateJobSpec.
pub fn validate_spec(spec: &JobSpec, path: &FieldPath, causes: &mut Causes) {
    let numbers = [
        ("parallelism", spec.parallelism.map(i64::from)),
        ("completions", spec.completions.map(i64::from)),
        ("activeDeadlineSeconds", spec.active_deadline_seconds),
        ("backoffLimit", spec.backoff_limit.map(i64::from)),
        ("ttlSecondsAfterFinished", spec.ttl_seconds_after_finished.map(i64::from)),
        ("backoffLimitPerIndex", spec.backoff_limit_per_index.map(i64::from)),
        ("maxFailedIndexes", spec.max_failed_indexes.map(i64::from)),
    ];
    for (key, number) in numbers {
        causes.nonnegative(&path.child(key), number.unwrap_or_default());
    }
    if spec.max_failed_indexes.is_some() && spec.backoff_limit_per_index.is_none() {
        causes.required(&path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
    }
    validate_mode(spec, path, causes);
    if let Some(policy) = &spec.pod_failure_policy {
        validate_failure_policy(policy, spec, &path.child("podFailurePolicy"), causes);
    }
    if let Some(policy) = &spec.success_policy {
        validate_success_policy(policy, spec, &path.child("successPolicy"), causes);
    }
    validate_replacement(spec, &path.child("podReplacementPolicy"), causes);
    validate_template(&spec.template, &path.child("template"), causes);
    let (path, policy) = (path.child("template").child("spec").child("restartPolicy"), &spec.template.spec.restart_policy);
    match policy.as_str() {
        "Always" | "" => causes.required(&path, "valid values: \"OnFailure\", \"Never\""),
        "Never" => {}
        "OnFailure" if spec.pod_failure_policy.is_some() => {
            causes.invalid(&path, policy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
        "OnFailure" => {}
        other => causes.not_supported(&path, other, &["OnFailure", "Never"]),
    }
}

fn validate_mode(spec: &JobSpec, path: &FieldPath, causes: &mut Causes) {
    let mode = spec.completion_mode.as_str();
    if !mode.is_empty() && !MODES.contains(&mode) {
        causes.not_supported(&path.child("completionMode"), mode, &MODES);
    }
    if mode == "Indexed" {
        if spec.completions.is_none() {
            causes.required(&path.child("completions"), "when completion mode is Indexed");
        }
        if let Some(number) = spec.parallelism.filter(|number| *number > MAX_PARALLELISM) {
            let detail = format!("must be less than or equal to {MAX_PARALLELISM} when completion mode is Indexed");
            causes.invalid(&path.child("parallelism"), number, detail);
        }
        if let Some(number) = spec.max_failed_indexes.filter(|number| spec.completions.is_some_and(|all| *number > all)) {
            causes.invalid(&path.child("maxFailedIndexes"), number, "must be less than or equal to completions");
        }
    } else if matches!(mode, "" | "NonIndexed") {
        let indexed = [("backoffLimitPerIndex", spec.backoff_limit_per_index), ("maxFailedIndexes", spec.max_failed_indexes)];
        for (key, number) in indexed {
            if let Some(number) = number {
                causes.invalid(&path.child(key), number, "requires indexed completion mode");
            }
        }
    }
}

fn validate_replacement(spec: &JobSpec, path: &FieldPath, causes: &mut Causes) {
    let policies: &[&str] = if spec.pod_failure_policy.is_some() { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] };
    let policy = spec.pod_replacement_policy.as_str();
    if !policy.is_empty() && !policies.contains(&policy) {
        causes.not_supported(path, policy, policies);
    }
}

/// Models validatePodFailurePolicy.
fn validate_failure_policy(policy: &PodFailurePolicy, spec: &JobSpec, path: &FieldPath, causes: &mut Causes) {
    let path = path.child("rules");
    if policy.rules.len() > MAX_RULES {
        let detail = format!("must have at most {MAX_RULES} items");
        causes.invalid(&path, i64::try_from(policy.rules.len()).unwrap_or(i64::MAX), detail);
    }
    for (index, rule) in policy.rules.iter().enumerate() {
        validate_failure_rule(rule, spec, &path.index(index), causes);
    }
}

fn validate_failure_rule(rule: &PodFailureRule, spec: &JobSpec, path: &FieldPath, causes: &mut Causes) {
    let actions = ["Count", "FailIndex", "FailJob", "Ignore"];
    let action = rule.action.as_str();
    match action {
        "" => causes.required(&path.child("action"), "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]"),
        "FailIndex" if spec.backoff_limit_per_index.is_none() => {
            causes.invalid(&path.child("action"), action, "requires the backoffLimitPerIndex to be set");
        }
        known if actions.contains(&known) => {}
        other => causes.not_supported(&path.child("action"), other, &actions),
    }
    if let Some(codes) = &rule.on_exit_codes {
        validate_codes(codes, spec, &path.child("onExitCodes"), causes);
    }
    if !rule.on_pod_conditions.is_empty() {
        validate_patterns(rule, &path.child("onPodConditions"), causes);
    }
    let both = rule.on_exit_codes.is_some() && !rule.on_pod_conditions.is_empty();
    let neither = rule.on_exit_codes.is_none() && rule.on_pod_conditions.is_empty();
    let shown = || GoSyntax(rule.write().map(|value| value.to_string()).unwrap_or_default());
    if both {
        causes.invalid(path, shown(), "specifying both OnExitCodes and OnPodConditions is not supported");
    }
    if neither {
        causes.invalid(path, shown(), "specifying one of OnExitCodes and OnPodConditions is required");
    }
}

fn validate_patterns(rule: &PodFailureRule, path: &FieldPath, causes: &mut Causes) {
    if rule.on_pod_conditions.len() > MAX_PATTERNS {
        let detail = format!("must have at most {MAX_PATTERNS} items");
        causes.invalid(path, i64::try_from(rule.on_pod_conditions.len()).unwrap_or(i64::MAX), detail);
    }
    for (index, pattern) in rule.on_pod_conditions.iter().enumerate() {
        let path = path.index(index);
        causes.invalid_each(&path.child("type"), &pattern.kind, names::qualified_name(&pattern.kind));
        let statuses = ["False", "True", "Unknown"];
        match pattern.status.as_str() {
            "" => causes.required(&path.child("status"), "valid values: [\"False\" \"True\" \"Unknown\"]"),
            known if statuses.contains(&known) => {}
            other => causes.not_supported(&path.child("status"), other, &statuses),
        }
    }
}

fn validate_codes(codes: &ExitCodes, spec: &JobSpec, path: &FieldPath, causes: &mut Causes) {
    match codes.operator.as_str() {
        "In" | "NotIn" => {}
        "" => causes.required(&path.child("operator"), "valid values: [\"In\" \"NotIn\"]"),
        other => causes.not_supported(&path.child("operator"), other, &["In", "NotIn"]),
    }
    if let Some(name) = &codes.container_name {
        let template = &spec.template.spec;
        let known = template.init_containers.iter().chain(&template.containers).any(|container| container.name == *name);
        if !known {
            causes.invalid(&path.child("containerName"), name, "must be one of the container or initContainer names in the pod template");
        }
    }
    let path = path.child("values");
    let detail = format!("must have at most {MAX_CODES} items");
    match codes.values.len() {
        0 => causes.invalid(&path, GoSyntax("[]int32(nil)".to_owned()), "at least one value is required"),
        count if count > MAX_CODES => causes.invalid(&path, i64::try_from(count).unwrap_or(i64::MAX), detail),
        _ => {}
    }
    let mut seen = SmallSet::new();
    let (mut ordered, mut last) = (true, i32::MIN);
    for (index, code) in codes.values.iter().enumerate() {
        if *code == 0 && codes.operator == "In" {
            causes.invalid(&path.index(index), *code, "must not be 0 for the In operator");
        }
        if !seen.insert(*code) {
            causes.duplicate(&path.index(index), *code);
        }
        ordered &= last <= *code;
        last = *code;
    }
    if !ordered {
        let list: Vec<String> = codes.values.iter().map(i32::to_string).collect();
        causes.invalid(&path, GoSyntax(format!("[]int32{{{}}}", list.join(", "))), "must be ordered");
    }
}

/// Models validateSuccessPolicy, as far as its indexes need not be read.
fn validate_success_policy(policy: &SuccessPolicy, spec: &JobSpec, path: &FieldPath, causes: &mut Causes) {
    if !spec.is_indexed() {
        let shown = policy.write().map(|value| value.to_string()).unwrap_or_default();
        causes.invalid(path, GoSyntax(shown), "requires indexed completion mode");
        return;
    }
    let path = path.child("rules");
    if policy.rules.is_empty() {
        causes.required(&path, "at least one rules must be specified when the successPolicy is specified");
    }
    for (index, rule) in policy.rules.iter().enumerate() {
        let path = path.index(index);
        if rule.succeeded_count.is_none() && rule.succeeded_indexes.is_none() {
            causes.required(&path, "at least one of succeededCount or succeededIndexes must be specified");
        }
        let Some(count) = rule.succeeded_count else { continue };
        causes.nonnegative(&path.child("succeededCount"), i64::from(count));
        if let Some(all) = spec.completions.filter(|all| count > *all) {
            let detail = format!("must be less than or equal to {all} (the number of specified completions)");
            causes.invalid(&path.child("succeededCount"), count, detail);
        }
    }
}
