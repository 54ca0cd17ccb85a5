//! batch/v1 CronJob.

use super::json::record;
use super::pod_spec::TemplateMeta;
use super::{JobSpec, ObjectMeta, Uid};
use crate::base::{Name, SimTime};

/// Makes jobs by a schedule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CronJob {
    /// Metadata.
    pub meta: ObjectMeta,
    /// What is wanted.
    pub spec: CronJobSpec,
    /// What became of it.
    pub status: CronJobStatus,
}

record! {
    /// What is wanted of a cron job.
    pub struct CronJobSpec {
        /// `Allow`, `Forbid`, `Replace`: when the last run goes on.
        concurrency_policy: Name = "concurrencyPolicy",
        /// Failed jobs that are kept.
        failed_jobs_history_limit: Option<i32> = "failedJobsHistoryLimit",
        /// What its jobs are made from.
        job_template: JobTemplateSpec = "jobTemplate",
        /// `*/15 * * * *`
        schedule: Name = "schedule",
        /// Seconds after which a missed run is given up.
        starting_deadline_seconds: Option<i64> = "startingDeadlineSeconds",
        /// Successful jobs that are kept.
        successful_jobs_history_limit: Option<i32> = "successfulJobsHistoryLimit",
        /// Whether it rests.
        suspend: Option<bool> = "suspend",
        /// The zone of the schedule; the controller's own (UTC) if unset.
        time_zone: Option<Name> = "timeZone",
    }

    /// What jobs are made from.
    pub struct JobTemplateSpec {
        /// Labels and annotations of the jobs.
        meta: TemplateMeta = "metadata",
        /// Their spec.
        spec: JobSpec = "spec",
    }

    /// What became of a cron job.
    pub struct CronJobStatus {
        /// Jobs that have not ended.
        active: Vec<ActiveJob> = "active",
        /// The time of the schedule that the last job was made for.
        last_schedule_time: Option<SimTime> = "lastScheduleTime",
        /// When a job last completed.
        last_successful_time: Option<SimTime> = "lastSuccessfulTime",
    }

    /// A job that has not ended.
    pub struct ActiveJob {
        /// `batch/v1`
        api_version: Name = "apiVersion",
        /// `Job`
        kind: Name = "kind",
        /// Its name.
        name: Name = "name",
        /// Its namespace.
        namespace: Name = "namespace",
        /// Its version when it was noted.
        resource_version: Name = "resourceVersion",
        /// Its uid.
        uid: Uid = "uid",
    }
}

impl CronJob {
    /// Whether it rests.
    pub fn is_suspended(&self) -> bool {
        self.spec.suspend == Some(true)
    }
}
