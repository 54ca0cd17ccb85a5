//! Jobs and cron jobs. The job template of a cron job is filled in when a job is made from it.
//! Models pkg/apis/batch/v1/defaults.go.

use super::default_template;
use super::pod_spec::fill;
use crate::api::{CronJob, Job};

/// Models SetDefaults_Job.
pub(super) fn default_job(job: &mut Job) {
    let spec = &mut job.spec;
    if spec.completions.is_none() && spec.parallelism.is_none() {
        spec.completions = Some(1);
    }
    spec.parallelism.get_or_insert(1);
    let limit = if spec.backoff_limit_per_index.is_some() { i32::MAX } else { 6 };
    spec.backoff_limit.get_or_insert(limit);
    fill(&mut spec.completion_mode, "NonIndexed");
    spec.suspend.get_or_insert(false);
    spec.manual_selector.get_or_insert(false);
    let replacement = if spec.pod_failure_policy.is_some() { "Failed" } else { "TerminatingOrFailed" };
    fill(&mut spec.pod_replacement_policy, replacement);
    let rules = spec.pod_failure_policy.iter_mut().flat_map(|policy| &mut policy.rules);
    rules.flat_map(|rule| &mut rule.on_pod_conditions).for_each(|pattern| fill(&mut pattern.status, "True"));
    default_template(&mut spec.template);
    if job.meta.labels.is_empty() {
        job.meta.labels = spec.template.meta.labels.clone();
    }
}

/// Models SetDefaults_CronJob.
pub(super) fn default_cron_job(cron: &mut CronJob) {
    let spec = &mut cron.spec;
    fill(&mut spec.concurrency_policy, "Allow");
    spec.suspend.get_or_insert(false);
    spec.successful_jobs_history_limit.get_or_insert(3);
    spec.failed_jobs_history_limit.get_or_insert(1);
    default_template(&mut spec.job_template.spec.template);
}
