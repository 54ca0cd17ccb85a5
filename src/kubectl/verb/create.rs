//! `kubectl create -f`, and what all its generators share. Models kubectl/pkg/cmd/create.

use serde_json::{Value, json};

use super::{DryRun, Requests, Run, Tally, Teller, create_access, create_batch, create_config, create_deployment, create_ingress, create_policy, create_service, warnings, whole};
use crate::api::{Kind, Object};
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
    flag("windows-line-endings", Takes::Truth).not("lines end here as they do on Linux"),
    flag("audience", Takes::Text),
    flag("bound-object-kind", Takes::Text),
    flag("bound-object-name", Takes::Text),
    flag("bound-object-uid", Takes::Text),
    flag("duration", Takes::Duration),
    flag("raw", Takes::Text).not("use -f"),
    flag("image", Takes::Text),
    flag("replicas", Takes::Text).or('r').or('r'),
    flag("port", Takes::Text),
    flag("from", Takes::Text),
    flag("from-literal", Takes::Text),
    flag("from-file", Takes::Text),
    flag("from-env-file", Takes::Text),
    flag("append-hash", Takes::Truth),
    flag("type", Takes::Text),
    flag("cert", Takes::Text),
    flag("key", Takes::Text),
    flag("docker-server", Takes::Text),
    flag("docker-username", Takes::Text),
    flag("docker-password", Takes::Text),
    flag("docker-email", Takes::Text),
    flag("hard", Takes::Text),
    flag("scopes", Takes::Text),
    flag("min-available", Takes::Text),
    flag("max-unavailable", Takes::Text),
    flag("value", Takes::Text),
    flag("description", Takes::Text),
    flag("global-default", Takes::Truth),
    flag("preemption-policy", Takes::Text),
    flag("verb", Takes::Text),
    flag("resource", Takes::Text),
    flag("resource-name", Takes::Text),
    flag("non-resource-url", Takes::Text),
    flag("aggregation-rule", Takes::Text),
    flag("role", Takes::Text),
    flag("clusterrole", Takes::Text),
    flag("user", Takes::Text),
    flag("group", Takes::Text),
    flag("serviceaccount", Takes::Text),
    flag("schedule", Takes::Text),
    flag("restart", Takes::Text),
    flag("tcp", Takes::Text),
    flag("clusterip", Takes::Text),
    flag("node-port", Takes::Number),
    flag("external-name", Takes::Text),
    flag("rule", Takes::Text),
    flag("class", Takes::Text),
    flag("default-backend", Takes::Text),
    flag("annotation", Takes::Text),
];

/// The annotation that keeps what `apply` last applied.
pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    match run.given.args.first().map(String::as_str) {
        Some("namespace" | "ns") => whole(namespace(run)),
        Some("job") => whole(create_batch::job(run)),
        Some("cronjob" | "cj") => whole(create_batch::cron_job(run)),
        Some("deployment" | "deploy") => whole(create_deployment::run(run)),
        Some("configmap" | "cm") => whole(create_config::config_map(run)),
        Some("secret") => whole(create_config::secret(run)),
        Some("serviceaccount" | "sa") => whole(create_access::service_account(run)),
        Some("role") => whole(create_access::role(run)),
        Some("clusterrole") => whole(create_access::cluster_role(run)),
        Some("rolebinding") => whole(create_access::role_binding(run)),
        Some("clusterrolebinding") => whole(create_access::cluster_role_binding(run)),
        Some("quota" | "resourcequota") => whole(create_policy::quota(run)),
        Some("poddisruptionbudget" | "pdb") => whole(create_policy::disruption_budget(run)),
        Some("priorityclass" | "pc") => whole(create_policy::priority_class(run)),
        Some("token") => whole(super::create_token::run(run)),
        Some("service" | "svc") => whole(create_service::run(run)),
        Some("ingress" | "ing") => whole(create_ingress::run(run)),
        Some(_) if run.given.text("filename").is_none() => {
            let args = run.given.args.join(" ");
            Answer::failed(Failure::usage("create", format!("Unexpected args: [{args}]")))
        }
        _ if run.given.text("filename").is_none() => match DryRun::of(run.given) {
            Ok(_) => Answer::failed(Failure::own("must specify one of -f and -k")),
            Err(failure) => Answer::failed(failure),
        },
        _ => whole(from_files(run)),
    }
}

fn namespace(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "namespace", 1)?;
    let metadata = json!({"creationTimestamp": null, "name": name});
    send(run, Kind::Namespace, json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata, "spec": {}, "status": {}}))
}

/// The one NAME behind so many words of the command.
/// Models kubectl/pkg/cmd/create NameFromCommandArgs.
pub(super) fn name_of(run: &Run<'_>, command: &str, words: usize) -> Result<String, Failure> {
    one_name(command, run.given.args.get(words..).unwrap_or_default())
}

/// The one NAME for a command of `create`.
pub(super) fn one_name(command: &str, names: &[String]) -> Result<String, Failure> {
    match names {
        [name] => Ok(name.clone()),
        names => Err(Failure::usage(&format!("create {command}"), format!("exactly one NAME is required, got {}", names.len()))),
    }
}

/// Creates what the flags describe: `value` is what kubectl sends.
pub(super) fn send(run: &mut Run<'_>, kind: Kind, mut value: Value) -> Result<Answer, Failure> {
    let teller = Teller::typed(run.given)?;
    if kind.info().namespaced && run.given.text("namespace").is_some_and(|namespace| !namespace.is_empty()) {
        value["metadata"]["namespace"] = Value::from(run.scope().namespace.as_str());
    }
    if run.given.is_on("save-config") {
        save_config(&mut value);
    }
    let object = Object::from_value(kind, &value);
    let mut object = object.ok_or_else(|| Failure::own("events are written by the cluster"))?;
    if kind.info().namespaced {
        object.meta_mut().namespace = run.scope().namespace;
    }
    let text = match teller.dry_run {
        DryRun::Client => teller.tell_unsent(&Item::Object(object), &value, "created")?,
        dry_run => {
            let what = refused(kind, &value);
            let committed = run.write(Write::Create(object), dry_run).map_err(|failure| match failure {
                Failure::Api { error, .. } if !what.is_empty() => Failure::Own(format!("failed to create {what} {}", error.message)),
                other => other,
            })?;
            teller.tell_written(committed, "created")?
        }
    };
    Ok(Answer::ok(text))
}

/// What kubectl says that it failed to create; nothing for the kinds of which it prints the server's error as it is.
/// Models kubectl/pkg/cmd/create/create_*.go.
fn refused(kind: Kind, value: &Value) -> String {
    let what = match kind {
        Kind::Service => return format!("{} service:", value.pointer("/spec/type").and_then(Value::as_str).unwrap_or("ClusterIP")),
        Kind::Secret => "secret",
        Kind::ResourceQuota => "quota:",
        Kind::PodDisruptionBudget => "poddisruptionbudgets:",
        Kind::ConfigMap => "configmap:",
        Kind::Deployment => "deployment:",
        Kind::Ingress => "ingress:",
        Kind::PriorityClass => "priorityclass:",
        Kind::ServiceAccount => "serviceaccount:",
        Kind::RoleBinding => "rolebinding:",
        Kind::ClusterRoleBinding => "clusterrolebinding:",
        _ => "",
    };
    what.to_owned()
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
    let mut requests = Requests::new(teller.dry_run);
    for source in sources.into_iter().filter(|source| filter.fits_labels(&source.labels())) {
        requests.next_creation(source.kind, run.world);
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
        // What was sent in an older version comes back in it.
        if teller.output.is_some() && source.api_version() == "autoscaling/v1" {
            let item = Item::Object(committed.object);
            return Ok(warnings(&dropped) + &teller.tell_unsent(&item, &crate::api::autoscaler_v1(&item.to_value()), "created")?);
        }
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
pub(super) fn configuration(value: &Value) -> String {
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
            Some(output) => match self.gather(value) {
                true => Ok(String::new()),
                false => Ok(self.apart(output) + &output.value(value)?),
            },
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
