//! `kubectl patch`. Models kubectl/pkg/cmd/patch/patch.go and the server's apiserver/pkg/endpoints/handlers/patch.go.

use std::rc::Rc;

use serde_json::Value;

use super::{DryRun, Names, Run, Tally, Teller, json_patch, local, object_of, warnings, whole};
use crate::api::{ApiError, Kind, Object, Reason};
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::files::{self, Validate};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;
use crate::kubectl::print::Output;
use crate::manifest;

pub(super) const FLAGS: &[Flag] = &[
    flag("patch", Takes::Text).or('p'),
    flag("patch-file", Takes::Text),
    flag("type", Takes::Text),
    flag("subresource", Takes::Text),
    flag("local", Takes::Truth),
];

/// How a patch is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Strategic,
    Merge,
    Json,
}

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let teller = Teller::silent(run.given)?;
    let (style, patch) = (style(run)?, patch(run, &teller)?);
    let scope = run.scope();
    let (_, found) = run.find(&scope, Names::Needed)?;
    let mut tally = Tally { text: String::new(), failures: found.failures };
    for item in &found.items {
        tally.add(one(run, item, style, &patch, &teller));
    }
    Ok(tally.answer())
}

fn style(run: &Run<'_>) -> Result<Style, Failure> {
    match run.given.text("type").unwrap_or("strategic").to_ascii_lowercase().as_str() {
        "strategic" => Ok(Style::Strategic),
        "merge" => Ok(Style::Merge),
        "json" => Ok(Style::Json),
        other => Err(Failure::Own(format!("--type must be one of [json merge strategic], not \"{other}\""))),
    }
}

/// The patch, in JSON or YAML.
fn patch(run: &Run<'_>, teller: &Teller) -> Result<Value, Failure> {
    let text = match (run.given.text("patch"), run.given.text("patch-file")) {
        (Some(_), Some(_)) => return Err(Failure::own("cannot specify --patch and --patch-file together")),
        (Some(text), None) if !text.is_empty() => text.to_owned(),
        (_, Some(file)) => match run.session.files.get(file) {
            Some(text) => text.clone(),
            None => return Err(Failure::Own(format!("unable to read patch file: open {file}: no such file or directory"))),
        },
        _ => {
            return Err(Failure::own("must specify --patch or --patch-file containing the contents of the patch"));
        }
    };
    let decoded = manifest::decode(&text);
    match (decoded.readable().first(), &decoded.failure) {
        (Some(document), None) => Ok(document.value.clone()),
        (_, Some(failure)) => {
            let why = failure.message.strip_prefix("error converting YAML to JSON: ").unwrap_or(&failure.message);
            // What begins as JSON is sent as it is, for the server to read.
            match text.trim_start().starts_with(['{', '[']) {
                true if teller.dry_run.is_unsent() => Err(Failure::own("invalid JSON document")),
                true => Err(bad_request("error decoding patch: unexpected end of JSON input")),
                false => Err(Failure::Own(format!("unable to parse {text:?}: {why}"))),
            }
        }
        (None, None) => Ok(Value::Null),
    }
}

fn one(run: &mut Run<'_>, item: &Item, style: Style, patch: &Value, teller: &Teller) -> Result<String, Failure> {
    if run.given.text("subresource") == Some("scale") {
        return scaled(run, item, style, patch, teller);
    }
    let old = object_of(item)?;
    if teller.dry_run == DryRun::Client && style == Style::Json {
        // The client tells what is wrong, the server does not.
        json_patch::apply(&mut old.to_value(), patch).map_err(Failure::Own)?;
    }
    let patched = patched(&old, style, patch)?;
    let (object, dropped) = patched.read(style)?;
    if teller.dry_run.is_unsent() {
        let same = object.to_value() == old.to_value();
        let deed = if same { "patched (no change)" } else { "patched" };
        if teller.dry_run == DryRun::Client {
            return teller.tell_unsent(&Item::Object(object), &patched.value, deed);
        }
        return local::tell(run, &old, object, deed, teller);
    }
    let write = match run.given.text("subresource") {
        None | Some("") => Write::Update(object),
        Some("status") => Write::UpdateStatus(with_status(&old, object, &patched.value)),
        Some(_) => return Err(ApiError::new(Reason::NotFound, "the server could not find the requested resource").into()),
    };
    let committed = run.write(write, teller.dry_run)?;
    let deed = if committed.changes.is_empty() { "patched (no change)" } else { "patched" };
    Ok(warnings(&dropped) + &teller.tell_written(committed, deed)?)
}

/// The object with its new status. What a kubelet writes of a pod nobody else does: of that only conditions of other types are taken over.
fn with_status(old: &Object, new: Object, value: &Value) -> Object {
    let Object::Pod(pod) = old else { return new };
    let mut pod = pod.clone();
    let changed = Rc::make_mut(&mut pod);
    changed.status.read_other_conditions(value);
    changed.meta.resource_version = new.meta().resource_version;
    Object::Pod(pod)
}

/// `--subresource=scale`: the patch is one of the object's Scale.
fn scaled(run: &mut Run<'_>, item: &Item, style: Style, patch: &Value, teller: &Teller) -> Result<String, Failure> {
    let missing = || Failure::from(ApiError::new(Reason::NotFound, "the server could not find the requested resource"));
    let mut value = super::get::scale_of(item).ok_or_else(missing)?;
    let before = value["spec"]["replicas"].clone();
    match style {
        Style::Json => json_patch::apply(&mut value, patch).map_err(|_| rejected())?,
        Style::Merge | Style::Strategic => manifest::json_merge(&mut value, patch),
    }
    let replicas = value["spec"]["replicas"].as_i64().unwrap_or_default();
    let (mut object, _) = super::scale::with_replicas(&object_of(item)?, replicas).ok_or_else(missing)?;
    object.meta_mut().resource_version = 0;
    if !teller.dry_run.is_unsent() {
        run.write(Write::Update(object), teller.dry_run)?;
    }
    match &teller.output {
        Some(Output::Name) => Ok(format!("scale.autoscaling/{}\n", item.name())),
        Some(output) => output.value(&value),
        None => Ok(format!("scale.autoscaling/{} patched{}\n", item.name(), if value["spec"]["replicas"] == before { " (no change)" } else { "" })),
    }
}

/// What the server says of a JSON patch that cannot be applied: not what was wrong.
fn rejected() -> Failure {
    ApiError::new(Reason::Invalid, "the server rejected our request due to an error in our request").into()
}

/// An object as a patch has left it, before it is read again.
pub(super) struct Patched {
    kind: Kind,
    value: Value,
    patch: Value,
}

fn bad_request(message: impl Into<String>) -> Failure {
    ApiError::new(Reason::BadRequest, message).into()
}

/// Applies a patch to an object.
fn patched(object: &Object, style: Style, patch: &Value) -> Result<Patched, Failure> {
    let mut value = object.to_value();
    match style {
        Style::Json => {
            if !patch.is_array() {
                let message = "json: cannot unmarshal object into Go value of type jsonpatch.Patch";
                return Err(bad_request(format!("error decoding patch: {message}")));
            }
            json_patch::apply(&mut value, patch).map_err(|_| rejected())?;
        }
        _ if !patch.is_object() => {
            let what = if patch.is_array() { "array" } else { "string" };
            let message = format!("json: cannot unmarshal {what} into Go value of type map[string]interface {{}}");
            return Err(bad_request(format!("error decoding patch: {message}")));
        }
        Style::Merge => manifest::json_merge(&mut value, patch),
        Style::Strategic => merge_strategically(object.kind(), &mut value, patch)?,
    }
    check_identity(object, &value)?;
    Ok(Patched { kind: object.kind(), value, patch: patch.clone() })
}

/// Applies a strategic merge patch.
pub(super) fn merge_strategically(kind: Kind, value: &mut Value, patch: &Value) -> Result<(), Failure> {
    let Some(of) = manifest::schema::kind(&kind.api_version(), kind.name()) else {
        manifest::json_merge(value, patch);
        return Ok(());
    };
    manifest::strategic_merge(of, value, patch).map_err(|why| Failure::Bare(format!("Error from server: {}", why.message)))
}

/// A patch can change neither name nor namespace.
fn check_identity(object: &Object, value: &Value) -> Result<(), Failure> {
    let meta = object.meta();
    for (field, what, own) in [("name", "name", &meta.name), ("namespace", "namespace", &meta.namespace)] {
        let found = value.get("metadata").and_then(|meta| meta.get(field)).and_then(Value::as_str).unwrap_or_default();
        if found != own.as_str() {
            let message = match what {
                "name" => format!("the name of the object ({found}) does not match the name on the URL ({own})"),
                _ => "the namespace of the provided object does not match the namespace sent on the request".to_owned(),
            };
            return Err(bad_request(message));
        }
    }
    Ok(())
}

impl Patched {
    /// The object, and the warnings about fields that it does not have.
    fn read(&self, style: Style) -> Result<(Object, Vec<String>), Failure> {
        self.read_as(Validate::Warn, |message| match style {
            Style::Strategic => (go_map(&self.patch), unconvertible(message)),
            Style::Merge | Style::Json => (crate::kubectl::print::go_json(&self.value), message.to_owned()),
        })
    }

    /// The same; `blame` gives the value and the words of a refusal.
    fn read_as(&self, validate: Validate, blame: impl Fn(&str) -> (String, String)) -> Result<(Object, Vec<String>), Failure> {
        let refuse = |message: &str| {
            let (value, message) = blame(message);
            let text = format!("patch: Invalid value: {value:?}: {message}");
            Failure::from(ApiError::new(Reason::Invalid, text))
        };
        let (value, warnings) = files::dropped(self.kind, &self.value, validate).map_err(|message| refuse(&message))?;
        let object = Object::from_value(self.kind, &value);
        Ok((object.ok_or_else(|| Failure::own("events are written by the cluster"))?, warnings))
    }
}

/// An object that `apply` has merged; unknown fields are refused as `validate` says.
pub(super) fn read_applied(kind: Kind, value: Value, patch: &Value, validate: Validate) -> Result<(Object, Vec<String>), Failure> {
    let patched = Patched { kind, value, patch: patch.clone() };
    patched.read_as(validate, |message| (go_map(patch), unconvertible(message)))
}

/// A wrong type as the server's converter tells it for a strategic merge patch, from how the JSON decoder would tell it.
/// Models apimachinery/pkg/runtime/converter.go.
fn unconvertible(message: &str) -> String {
    let Some(rest) = message.strip_prefix("json: cannot unmarshal ") else { return message.to_owned() };
    let (from, kind) = (rest.split(' ').next().unwrap_or_default(), rest.rsplit(' ').next().unwrap_or_default());
    let from = match from {
        "object" => "map",
        "array" => "slice",
        "number" => "int64",
        other => other,
    };
    match kind {
        kind if kind.starts_with("[]") => format!("cannot restore slice from {from}"),
        kind if kind.starts_with("map[") => format!("cannot restore map from {from}"),
        kind if kind.contains('.') => format!("cannot restore struct from: {from}"),
        kind => format!("unrecognized type: {kind}"),
    }
}

/// A value as Go's `%v` prints a map.
fn go_map(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", go_map(value))).collect();
            format!("map[{}]", entries.join(" "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(go_map).collect::<Vec<_>>().join(" ")),
        Value::String(text) => text.clone(),
        Value::Null => "<nil>".to_owned(),
        other => other.to_string(),
    }
}
