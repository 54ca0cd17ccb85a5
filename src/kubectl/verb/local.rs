//! `--local`, which changes what a file holds and asks no server, and `--record`, which notes the command in the object.
//! Models kubectl/pkg/cmd/set, pkg/cmd/label, pkg/cmd/patch and cli-runtime/pkg/genericclioptions/record_flags.go.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{DryRun, Run, Teller, patch};
use crate::api::{Kind, Object};
use crate::apiserver::Write;
use crate::base::Name;
use crate::kubectl::answer::Failure;
use crate::kubectl::files::{self, Source, Validate};
use crate::kubectl::item::Item;
use crate::kubectl::resource::{Found, Scope, Wanted};
use crate::manifest;

const CAUSE: Name = Name::fixed("kubernetes.io/change-cause");

/// What the files hold.
pub(super) fn find(run: &Run<'_>, scope: &Scope, args: &[String]) -> Result<(Wanted, Found), Failure> {
    if run.given.text("filename").is_none() || !args.is_empty() {
        let message = match run.verb {
            "set" => {
                "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   \
                 '-f rsrc.yaml'\n   '--filename=rsrc.json'"
            }
            "patch" => "cannot specify --local and server resources",
            _ => "can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set",
        };
        return Err(Failure::own(message));
    }
    let (sources, mut failures) = files::sources(run.given, run.session, scope, Validate::Ignore);
    let mut items = Vec::new();
    for source in &sources {
        match source.object(Validate::Ignore) {
            Ok((object, _)) => items.push(Item::Object(object)),
            Err(failure) => failures.push(failure),
        }
    }
    let named = items.iter().map(|item| (item.kind(), item.name())).collect();
    Ok((Wanted::Named(named), Found { items, failures }))
}

/// Tells of a change that is not sent. With `--local` the file's own fields are printed, without what a server fills in.
pub(super) fn tell(run: &Run<'_>, before: &Object, after: Object, deed: &str, teller: &Teller) -> Result<String, Failure> {
    if teller.dry_run != DryRun::Local {
        let mut after = after;
        after.meta_mut().resource_version = before.meta().resource_version;
        let mut value = after.to_value();
        if run.verb == "set" && before.to_value() != value {
            without_old_account(&mut value, &before.to_value());
        }
        return teller.tell_unsent(&Item::Object(after), &value, deed);
    }
    let key = after.key();
    let (sources, _) = files::sources(run.given, run.session, &run.scope(), Validate::Ignore);
    let Some(source) = sources.iter().find(|source| source.key() == key) else { return Ok(String::new()) };
    let mut value = changed(source, before, &after)?;
    if run.verb == "set" {
        without_old_account(&mut value, &Value::Null);
        fill(&mut value, key.kind);
    }
    teller.tell_unsent(&Item::Object(after), &value, deed)
}

/// The file's object with what differs between two states of it.
fn changed(source: &Source, before: &Object, after: &Object) -> Result<Value, Failure> {
    let (kind, mut value) = (after.kind(), source.written().clone());
    let of = manifest::schema::kind(&kind.api_version(), kind.name()).ok_or_else(|| Failure::own("an unknown kind"))?;
    let (old, new) = (before.to_value(), after.to_value());
    let difference = manifest::three_way_patch(of, &old, &new, &old).map_err(|why| Failure::Own(why.message))?;
    patch::merge_strategically(kind, &mut value, &difference)?;
    Ok(value)
}

/// The older name of a pod's service account is filled in by the server alone.
fn without_old_account(value: &mut Value, before: &Value) {
    for place in ["/spec/jobTemplate/spec/template/spec", "/spec/template/spec", "/spec"] {
        if let Some(spec) = value.pointer_mut(place).and_then(Value::as_object_mut)
            && before.pointer(place).is_none_or(|spec| spec.get("serviceAccount").is_none())
        {
            spec.remove("serviceAccount");
        }
    }
}

/// Adds what Go prints of a struct even if it is empty.
fn fill(value: &mut Value, kind: Kind) {
    let created = |meta: &mut Value| {
        if let Some(meta) = meta.as_object_mut() {
            meta.entry("creationTimestamp").or_insert(Value::Null);
        }
    };
    created(&mut value["metadata"]);
    for place in ["/spec/jobTemplate", "/spec/jobTemplate/spec/template", "/spec/template"] {
        if let Some(template) = value.pointer_mut(place) {
            created(&mut template["metadata"]);
        }
    }
    for place in ["/spec/jobTemplate/spec/template/spec", "/spec/template/spec", "/spec"] {
        for list in ["containers", "initContainers"] {
            let found = value.pointer_mut(place).and_then(|spec| spec.get_mut(list)).and_then(Value::as_array_mut);
            for container in found.into_iter().flatten().filter_map(Value::as_object_mut) {
                container.entry("resources").or_insert_with(|| json!({}));
            }
        }
    }
    let mut put = |field: &str, empty: Value| {
        let Some(map) = value.as_object_mut() else { return };
        match field.strip_prefix("spec.") {
            None => drop(map.entry(field).or_insert(empty)),
            Some(field) => drop(map.get_mut("spec").and_then(Value::as_object_mut).map(|spec| spec.entry(field).or_insert(empty))),
        }
    };
    match kind {
        Kind::Deployment => put("spec.strategy", json!({})),
        Kind::DaemonSet | Kind::StatefulSet => put("spec.updateStrategy", json!({})),
        _ => {}
    }
    match kind {
        Kind::Deployment | Kind::Pod | Kind::Job | Kind::CronJob => put("status", json!({})),
        Kind::ReplicaSet | Kind::ReplicationController => put("status", json!({"replicas": 0})),
        Kind::StatefulSet => put("status", json!({"availableReplicas": 0, "replicas": 0})),
        Kind::DaemonSet => {
            let zero = json!({"currentNumberScheduled": 0, "desiredNumberScheduled": 0, "numberMisscheduled": 0, "numberReady": 0});
            put("status", zero);
        }
        Kind::Service => {
            put("status", json!({"loadBalancer": {}}));
            for port in value.pointer_mut("/spec/ports").and_then(Value::as_array_mut).into_iter().flatten() {
                port.as_object_mut().map(|port| port.entry("targetPort").or_insert(json!(0)));
            }
        }
        _ => {}
    }
}

/// `--record`: notes the command as the cause of a change.
pub(super) fn record(run: &Run<'_>, write: &mut Write) {
    let (Write::Create(object) | Write::Update(object)) = write else { return };
    let args: String = run.given.args.iter().flat_map(|word| [" ", word]).collect();
    let cause = format!("kubectl {}{args}{}", run.verb, run.given.written);
    Rc::make_mut(&mut object.meta_mut().annotations).insert(CAUSE, Name::from(cause));
}
