//! `kubectl autoscale`: makes a HorizontalPodAutoscaler. Models kubectl/pkg/cmd/autoscale/autoscale.go. Nothing here scales by it.

use serde_json::{Value, json};

use super::{DryRun, Names, Run, Tally, Teller, whole};
use crate::api::{Kind, Object};
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;

pub(super) const FLAGS: &[Flag] = &[
    flag("min", Takes::Number),
    flag("max", Takes::Number),
    flag("cpu-percent", Takes::Number),
    flag("name", Takes::Text),
    flag("save-config", Takes::Truth),
];
/// Kinds with a scale.
const SCALABLE: [Kind; 4] = [Kind::Deployment, Kind::ReplicaSet, Kind::ReplicationController, Kind::StatefulSet];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let (min, max) = (run.given.number("min").unwrap_or(-1), run.given.number("max"));
    let Some(max) = max else { return Err(Failure::own("required flag(s) \"max\" not set")) };
    if max < 1 {
        return Err(Failure::Own(format!("--max=MAXPODS is required and must be at least 1, max: {max}")));
    }
    if max < min {
        return Err(Failure::Own(format!("--max=MAXPODS must be larger or equal to --min=MINPODS, max: {max}, min: {min}")));
    }
    let teller = Teller::typed(run.given)?;
    let (_, found) = run.find(&run.scope(), Names::Needed)?;
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in &found.items {
        tally.add(one(run, item, (min, max), &teller));
    }
    Ok(tally.answer())
}

fn one(run: &mut Run<'_>, item: &Item, (min, max): (i64, i64), teller: &Teller) -> Result<String, Failure> {
    let kind = item.kind();
    if !SCALABLE.contains(&kind) {
        let (version, plural) = (kind.api_version(), kind.info().plural);
        let resource = if version.contains('/') { format!("{version}, Resource={plural}") } else { format!("/{version}, Resource={plural}") };
        let why = format!("could not find scale subresource for {resource} in discovery information");
        return Err(Failure::Own(format!("cannot autoscale a {}: {why}", kind.name())));
    }
    let name = run.given.text("name").filter(|name| !name.is_empty()).map_or_else(|| item.name().to_string(), str::to_owned);
    let target = json!({"apiVersion": kind.api_version(), "kind": kind.name(), "name": item.name().as_str()});
    let percent = run.given.number("cpu-percent").filter(|percent| *percent >= 0);
    if teller.dry_run == DryRun::Client {
        let mut spec = json!({"maxReplicas": max, "scaleTargetRef": target});
        if min > 0 {
            spec["minReplicas"] = Value::from(min);
        }
        if let Some(percent) = percent {
            spec["targetCPUUtilizationPercentage"] = Value::from(percent);
        }
        let value = json!({
            "apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"creationTimestamp": null, "name": name},
            "spec": spec, "status": {"currentReplicas": 0, "desiredReplicas": 0},
        });
        let object = Object::from_value(Kind::HorizontalPodAutoscaler, &value);
        let object = object.ok_or_else(|| Failure::own("events are written by the cluster"))?;
        return teller.tell_unsent(&Item::Object(object), &value, "autoscaled");
    }
    // The server's own values where none is given.
    let used = json!({"name": "cpu", "target": {"type": "Utilization", "averageUtilization": percent.unwrap_or(80)}});
    let value = json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": item.namespace().as_str()},
        "spec": {"maxReplicas": max, "minReplicas": min.max(1), "scaleTargetRef": target, "metrics": [{"type": "Resource", "resource": used}]},
        "status": {"currentMetrics": null, "desiredReplicas": 0},
    });
    let object = Object::from_value(Kind::HorizontalPodAutoscaler, &value);
    let object = object.ok_or_else(|| Failure::own("events are written by the cluster"))?;
    let committed = run.write(Write::Create(object), teller.dry_run)?;
    teller.tell_written(committed, "autoscaled")
}
