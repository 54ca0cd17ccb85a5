//! Cron jobs in `kubectl get`. Models pkg/printers/internalversion/printers.go printCronJob.

use super::replicas::containers;
use super::table::{Context, KindTable, Shown::Always, Shown::Wide};
use crate::api::{Object, PodSelector};
use crate::kubectl::item::Item;

pub(super) const TABLE: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("SCHEDULE", Always),
        ("TIMEZONE", Always),
        ("SUSPEND", Always),
        ("ACTIVE", Always),
        ("LAST SCHEDULE", Always),
        ("AGE", Always),
        ("CONTAINERS", Wide),
        ("IMAGES", Wide),
        ("SELECTOR", Wide),
    ],
    cells,
    fields: &[],
};

fn cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::CronJob(cron)) = item else { unreachable!("BUG: a cron job's row of something else") };
    let (spec, none) = (&cron.spec, || "<none>".to_owned());
    let (names, images) = containers(&spec.job_template.spec.template.spec);
    vec![
        cron.meta.name.to_string(),
        spec.schedule.to_string(),
        spec.time_zone.as_ref().map_or_else(none, ToString::to_string),
        if cron.is_suspended() { "True" } else { "False" }.to_owned(),
        cron.status.active.len().to_string(),
        cron.status.last_schedule_time.map_or_else(none, |time| context.age(time)),
        context.age(cron.meta.creation),
        names,
        images,
        PodSelector::Selector(spec.job_template.spec.selector.as_ref()).to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Kind;
    use crate::base::SimTime;
    use crate::kubectl::print::{daemon_set, replicas};
    use serde_json::{Value, json};

    fn row(kind: Kind, value: &Value, table: &KindTable) -> Vec<String> {
        let Some(object) = Object::from_value(kind, value) else { panic!("not read: {value}") };
        let store = crate::store::Store::default();
        let now = SimTime::parse_rfc3339("2026-01-01T01:00:00Z").unwrap_or_default();
        (table.cells)(&Item::Object(object), &Context { view: store.view(), now })
    }

    /// SCHEDULE, TIMEZONE, SUSPEND, ACTIVE, LAST SCHEDULE, AGE
    #[test]
    fn cron_jobs_are_listed() {
        let cron = |created: &str, status: Value, zone: Value| {
            json!({"metadata": {"creationTimestamp": created}, "spec": {"schedule": "0/5 * * * ?", "suspend": false, "timeZone": zone}, "status": status})
        };
        let last = |time: &str| json!({"lastScheduleTime": time});
        let table = [
            (cron("2026-01-01T00:55:00Z", last("2026-01-01T01:00:00Z"), Value::Null), ["0/5 * * * ?", "<none>", "False", "0", "0s", "5m"]),
            (cron("2026-01-01T00:55:00Z", json!({}), Value::Null), ["0/5 * * * ?", "<none>", "False", "0", "<none>", "5m"]),
            (cron("2026-01-01T00:55:00Z", last("2026-01-01T00:59:30Z"), json!("Asia/Seoul")), ["0/5 * * * ?", "Asia/Seoul", "False", "0", "30s", "5m"]),
        ];
        for (cron, expected) in table {
            assert_eq!(row(Kind::CronJob, &cron, &TABLE)[1..7], expected, "{cron}");
        }
    }

    #[test]
    fn daemon_sets_and_replication_controllers_are_listed() {
        let created = json!({"creationTimestamp": "2026-01-01T00:55:00Z"});
        let status = json!({"desiredNumberScheduled": 3, "currentNumberScheduled": 2, "numberReady": 1, "updatedNumberScheduled": 2, "numberAvailable": 0});
        let set = json!({"metadata": created, "spec": {}, "status": status});
        assert_eq!(row(Kind::DaemonSet, &set, &daemon_set::TABLE)[1..8], ["3", "2", "1", "2", "0", "<none>", "5m"]);
        let controller = json!({"metadata": created, "spec": {"replicas": 5}, "status": {"replicas": 3, "readyReplicas": 1}});
        let cells = row(Kind::ReplicationController, &controller, &replicas::TABLE);
        assert_eq!((&cells[1..5], &*cells[7]), (&["5", "3", "1", "5m"].map(str::to_owned)[..], "<none>"));
    }
}
