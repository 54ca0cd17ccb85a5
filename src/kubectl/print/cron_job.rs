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
