//! `kubectl create job` and `kubectl create cronjob`. Models kubectl/pkg/cmd/create/create_job.go and create_cronjob.go.

use serde_json::{Value, json};

use super::create::one_name;
use super::{DryRun, Names, Run, Teller};
use crate::api::{CronJob, Json, Kind, Object, ObjectKey};
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::item::Item;
use crate::kubectl::resource::Wanted;

/// `kubectl create job NAME --image=IMAGE [-- COMMAND]`, or `--from=cronjob/NAME`.
pub(super) fn job(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let (name, command) = (name(run, "job")?, command(run));
    let (image, from) = (run.given.text("image").unwrap_or_default(), run.given.text("from").unwrap_or_default());
    if image.is_empty() == from.is_empty() {
        return Err(Failure::own("either --image or --from must be specified"));
    }
    if !from.is_empty() && !command.is_empty() {
        return Err(Failure::own("cannot specify --from and command"));
    }
    let mut value = match from {
        "" => json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"creationTimestamp": null, "name": name},
            "spec": {"template": template(&name, image, &command, "Never")}, "status": {},
        }),
        from => of_cron_job(run, &name, from)?,
    };
    create(run, Kind::Job, &mut value)
}

/// `kubectl create cronjob NAME --image=IMAGE --schedule=SCHEDULE [-- COMMAND]`.
pub(super) fn cron_job(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let text = |flag: &str| run.given.text(flag).unwrap_or_default().to_owned();
    let missing: Vec<&str> = ["image", "schedule"].into_iter().filter(|flag| run.given.text(flag).is_none()).collect();
    if !missing.is_empty() {
        let list: Vec<String> = missing.iter().map(|flag| format!("\"{flag}\"")).collect();
        return Err(Failure::Own(format!("required flag(s) {} not set", list.join(", "))));
    }
    let (name, command, image, schedule) = (name(run, "cronjob")?, command(run), text("image"), text("schedule"));
    let restart = run.given.text("restart").unwrap_or("OnFailure");
    let mut value = json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"creationTimestamp": null, "name": name},
        "spec": {"jobTemplate": {"metadata": {"creationTimestamp": null, "name": name},
            "spec": {"template": template(&name, &image, &command, restart)}}, "schedule": schedule},
        "status": {},
    });
    create(run, Kind::CronJob, &mut value)
}

fn name(run: &Run<'_>, what: &str) -> Result<String, Failure> {
    let before_dash = run.given.before_dash.unwrap_or(run.given.args.len());
    one_name(what, run.given.args.get(1..before_dash).unwrap_or_default())
}

/// The words after `--`.
fn command(run: &Run<'_>) -> Vec<String> {
    run.given.before_dash.and_then(|at| run.given.args.get(at..)).unwrap_or_default().to_vec()
}

fn template(name: &str, image: &str, command: &[String], restart: &str) -> Value {
    let mut container = json!({"image": image, "name": name, "resources": {}});
    if !command.is_empty() {
        container["command"] = json!(command);
    }
    json!({"metadata": {"creationTimestamp": null}, "spec": {"containers": [container], "restartPolicy": restart}})
}

/// A job as the cron job would make it, but by hand.
fn of_cron_job(run: &Run<'_>, name: &str, from: &str) -> Result<Value, Failure> {
    let wanted = Wanted::of_args(&[from.to_owned()])?;
    let scope = run.scope();
    let found = scope.find(run.view(), &wanted, Names::Needed);
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let Wanted::Named(named) = &wanted else { return Err(Failure::own("from must be an existing cronjob")) };
    let key: Option<ObjectKey> = named.first().map(|(kind, name)| scope.key(*kind, name));
    let object = key.and_then(|key| run.view().get(&key));
    let Some(Object::CronJob(cron)) = object else {
        return Err(Failure::Own(format!("unknown object type *v1.{}", object.map_or("", |object| object.kind().name()))));
    };
    Ok(by_hand(cron, name))
}

fn by_hand(cron: &CronJob, name: &str) -> Value {
    let template = &cron.spec.job_template;
    let mut value = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"annotations": {"cronjob.kubernetes.io/instantiate": "manual"}, "creationTimestamp": null, "name": name,
            "ownerReferences": [{"apiVersion": "batch/v1", "controller": true, "kind": "CronJob", "name": cron.meta.name.as_str(),
                "uid": cron.meta.uid.to_string()}]},
        "spec": template.spec.write(), "status": {},
    });
    for (key, text) in template.meta.annotations.iter() {
        value["metadata"]["annotations"][key.as_str()] = Value::from(text.as_str());
    }
    if !template.meta.labels.is_empty() {
        value["metadata"]["labels"] = template.meta.labels.write().unwrap_or_default();
    }
    value
}

fn create(run: &mut Run<'_>, kind: Kind, value: &mut Value) -> Result<Answer, Failure> {
    let teller = Teller::typed(run.given)?;
    value["metadata"]["namespace"] = Value::from(run.scope().namespace.as_str());
    let object = Object::from_value(kind, value).ok_or_else(|| Failure::own("events are written by the cluster"))?;
    if teller.dry_run == DryRun::Client {
        // Only a namespace that was asked for is printed.
        if run.given.text("namespace").is_none()
            && let Some(meta) = value["metadata"].as_object_mut()
        {
            meta.remove("namespace");
        }
        return Ok(Answer::ok(teller.tell_unsent(&Item::Object(object), value, "created")?));
    }
    let what = kind.info().singular;
    let committed = run.write(Write::Create(object), teller.dry_run).map_err(|failure| match failure {
        Failure::Api { error, .. } => Failure::Own(format!("failed to create {what}: {}", error.message)),
        other => other,
    })?;
    Ok(Answer::ok(teller.tell_written(committed, "created")?))
}
