//! Cron jobs.
//! Models pkg/apis/batch/validation/validation.go ValidateCronJobSpec.

use super::job::validate_spec;
use super::metadata::{Scope, go_selector, validate_meta, validate_meta_update};
use super::names;
use super::path::{Causes, FieldPath};
use crate::api::{CronJob, CronJobSpec};
use crate::base::{Name, Schedule, Zone};

/// 63 less the eleven characters of a job's minute.
const MAX_NAME: usize = 52;
const POLICIES: [&str; 3] = ["Allow", "Forbid", "Replace"];

/// A new cron job.
pub fn validate_create(cron: &CronJob, causes: &mut Causes) {
    validate_meta(&cron.meta, Scope::Namespaced, names::subdomain_rule, causes);
    validate(&cron.spec, causes);
    if cron.meta.name.len() > MAX_NAME {
        let detail = format!("must be no more than {MAX_NAME} characters");
        causes.invalid(&FieldPath::new("metadata").child("name"), &cron.meta.name, detail);
    }
}

/// A changed cron job: all of its spec may change.
pub fn validate_update(new: &CronJob, old: &CronJob, causes: &mut Causes) {
    validate_meta_update(&new.meta, &old.meta, causes);
    validate(&new.spec, causes);
}

fn validate(spec: &CronJobSpec, causes: &mut Causes) {
    let path = FieldPath::new("spec");
    validate_schedule(&spec.schedule, &path.child("schedule"), causes);
    causes.nonnegative(&path.child("startingDeadlineSeconds"), spec.starting_deadline_seconds.unwrap_or_default());
    if let Some(zone) = &spec.time_zone {
        validate_zone(zone, &path.child("timeZone"), causes);
    }
    match spec.concurrency_policy.as_str() {
        "" => causes.required(&path.child("concurrencyPolicy"), ""),
        policy if POLICIES.contains(&policy) => {}
        policy => causes.not_supported(&path.child("concurrencyPolicy"), policy, &POLICIES),
    }
    let limits = [
        ("successfulJobsHistoryLimit", spec.successful_jobs_history_limit),
        ("failedJobsHistoryLimit", spec.failed_jobs_history_limit),
    ];
    let template = path.child("jobTemplate").child("spec");
    validate_spec(&spec.job_template.spec, &template, causes);
    if let Some(selector) = &spec.job_template.spec.selector {
        causes.invalid(&template.child("selector"), go_selector(selector), "`selector` will be auto-generated");
    }
    if spec.job_template.spec.manual_selector == Some(true) {
        causes.not_supported(&template.child("manualSelector"), "true", &["nil", "false"]);
    }
    for (key, limit) in limits {
        causes.nonnegative(&path.child(key), i64::from(limit.unwrap_or_default()));
    }
}

fn validate_schedule(schedule: &Name, path: &FieldPath, causes: &mut Causes) {
    if schedule.is_empty() {
        causes.required(path, "");
        return;
    }
    if let Err(why) = Schedule::parse(schedule, Zone::UTC) {
        causes.invalid(path, schedule, why);
    }
    if schedule.contains("TZ") {
        causes.invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
    }
}

/// Models validateTimeZone.
fn validate_zone(zone: &Name, path: &FieldPath, causes: &mut Causes) {
    if zone.is_empty() {
        causes.invalid(path, zone, "timeZone must be nil or non-empty string");
        return;
    }
    if zone.eq_ignore_ascii_case("Local") {
        causes.invalid(path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
    }
    // The local zone can be loaded.
    if Zone::find(zone).is_none() && zone != "Local" {
        causes.invalid(path, zone, format!("unknown time zone {zone}"));
    }
}
