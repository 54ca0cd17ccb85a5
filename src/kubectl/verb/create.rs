//! `kubectl create -f` and `kubectl create namespace`. Models kubectl/pkg/cmd/create.

use serde_json::{Value, json};

use super::{DryRun, Run, Tally, Teller, create_batch, create_deployment, warnings, whole};
use crate::api::Object;
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::files::{self, Source, Validate};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;
use crate::kubectl::print::Output;

pub(super) const FLAGS: &[Flag] = &[
    flag("save-config", Takes::Truth),
    flag("validate", Takes::TextOr("strict")),
    flag("edit", Takes::Truth).not("change the file first"),
    flag("raw", Takes::Text).not("use -f"),
    flag("image", Takes::Text),
    flag("replicas", Takes::Text).or('r'),
    flag("port", Takes::Text),
    flag("from", Takes::Text),
    flag("from-literal", Takes::Text).not("write a manifest and use -f"),
    flag("from-file", Takes::Text).not("write a manifest and use -f"),
    flag("schedule", Takes::Text),
    flag("restart", Takes::Text),
    flag("tcp", Takes::Text).not("write a manifest and use -f"),
    flag("rule", Takes::Text).not("write a manifest and use -f"),
];

/// The annotation that keeps what `apply` last applied.
pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// What can be created without a manifest on a real cluster.
const BY_NAME: &[&str] = &[
    "clusterrole", "clusterrolebinding", "configmap", "cm", "ingress", "ing",
    "poddisruptionbudget", "pdb", "priorityclass", "pc", "quota", "resourcequota", "role", "rolebinding", "secret", "service",
    "svc", "serviceaccount", "sa", "token",
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    match run.given.args.first().map(String::as_str) {
        Some("namespace" | "ns") => whole(namespace(run)),
        Some("job") => whole(create_batch::job(run)),
        Some("cronjob" | "cj") => whole(create_batch::cron_job(run)),
        Some("deployment" | "deploy") => whole(create_deployment::run(run)),
        Some(word) if BY_NAME.contains(&word) => {
            Answer::failed(Failure::unsupported(&format!("kubectl create {word}"), "write a manifest and use \"kubectl create -f\""))
        }
        Some(_) if run.given.text("filename").is_none() => {
            let args = run.given.args.join(" ");
            Answer::failed(Failure::Own(format!("Unexpected args: [{args}]\nSee 'kubectl create -h' for help and examples")))
        }
        _ if run.given.text("filename").is_none() => Answer::failed(Failure::own("must specify one of -f and -k")),
        _ => whole(from_files(run)),
    }
}

fn namespace(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let teller = Teller::of(run.given)?;
    let [_, name] = run.given.args.as_slice() else {
        let count = run.given.args.len() - 1;
        return Err(Failure::Own(format!(
            "exactly one NAME is required, got {count}\nSee 'kubectl create namespace -h' for help and examples"
        )));
    };
    let value = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name.as_str()}});
    let object = Object::from_value(crate::api::Kind::Namespace, &value);
    let object = object.ok_or_else(|| Failure::own("events are written by the cluster"))?;
    let text = match teller.dry_run {
        DryRun::Client => teller.tell_unsent(&Item::Object(object.clone()), &json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"creationTimestamp": null, "name": name.as_str()},
            "spec": {}, "status": {},
        }), "created")?,
        dry_run => {
            let committed = run.write(Write::Create(object), dry_run)?;
            teller.tell_written(committed, "created")?
        }
    };
    Ok(Answer::ok(text))
}

fn from_files(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let (teller, validate) = (Teller::of(run.given)?, Validate::of(run.given)?);
    let scope = run.scope();
    let filter = scope.filter_labels()?;
    let (sources, failures) = files::sources(run.given, run.session, &scope, validate);
    if sources.is_empty() && failures.is_empty() {
        return Err(Failure::own("no objects passed to create"));
    }
    let mut tally = Tally { text: String::new(), failures };
    for source in sources.into_iter().filter(|source| filter.fits_labels(&source.labels())) {
        tally.add(one(run, source, &teller, validate));
    }
    Ok(tally.answer())
}

fn one(run: &mut Run<'_>, mut source: Source, teller: &Teller, validate: Validate) -> Result<String, Failure> {
    let file = source.file.clone();
    // What the file holds of a last applied configuration gives way to what is created.
    let is_saved = source.value.pointer("/metadata/annotations").is_some_and(|annotations| annotations.get(LAST_APPLIED).is_some());
    if run.given.is_on("save-config") || is_saved {
        save_config(&mut source.value);
    }
    if teller.dry_run == DryRun::Client {
        let (object, _) = source.object(Validate::Ignore).map_err(|failure| failure.of_file("creating", &file))?;
        return teller.tell_unsent(&Item::Object(object), &source.value, "created");
    }
    let created = source.object(validate).and_then(|(object, dropped)| {
        let committed = run.write(Write::Create(object), teller.dry_run)?;
        Ok(warnings(&dropped) + &teller.tell_written(committed, "created")?)
    });
    created.map_err(|failure| failure.of_file("creating", &file))
}

/// Keeps an object's configuration in its annotation, for later applies.
/// Models kubectl/pkg/util CreateOrUpdateAnnotation.
pub(super) fn save_config(value: &mut Value) {
    let text = Value::from(configuration(value));
    let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let annotations = meta.entry("annotations").or_insert_with(|| json!({}));
    if !annotations.is_object() {
        *annotations = json!({});
    }
    annotations[LAST_APPLIED] = text;
}

/// An object's configuration as the annotation holds it: one line of JSON, with an empty map where other annotations are not.
fn configuration(value: &Value) -> String {
    let mut value = value.clone();
    if let Some(meta) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        let annotations = meta.entry("annotations").or_insert_with(|| json!({}));
        if !annotations.is_object() {
            *annotations = json!({});
        }
        if let Some(annotations) = annotations.as_object_mut() {
            annotations.remove(LAST_APPLIED);
        }
    }
    crate::kubectl::print::go_json(&value) + "\n"
}

impl Teller {
    /// Tells of an object that was not sent to the server: `value` is what kubectl has of it.
    pub(super) fn tell_unsent(&self, item: &Item, value: &Value, deed: &str) -> Result<String, Failure> {
        match &self.output {
            None | Some(Output::Name) => self.tell(item, deed),
            Some(output) => Ok(self.apart(output) + &output.value(value)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annotation_holds_one_line_of_json() {
        let value = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare", "namespace": "cols", "labels": {"a": "b"}}});
        assert_eq!(
            configuration(&value),
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"annotations\":{},\"labels\":{\"a\":\"b\"},\"name\":\"bare\",\"namespace\":\"cols\"}}\n"
        );
    }
}
