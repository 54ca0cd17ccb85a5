//! `kubectl set env | resources | serviceaccount`, which change a pod template, and `set selector | subject`.
//! Models kubectl/pkg/cmd/set.
//! Left out: `set env --from` with a key's own name mapping (`--keys` is done).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::set::NO_TEMPLATE;
use super::{local, Names, Run, Tally, Teller, object_of};
use crate::api::{ApiError, Json, Kind, Object, Quantity};
use crate::apiserver::Write;
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::describe;
use crate::kubectl::item::Item;
use crate::kubectl::resource::NOTHING_GIVEN;

const RESOURCES_NEEDED: &str = "one or more resources must be specified as <resource> <name> or <resource>/<name>";

/// Where the pod's spec is in an object.
fn pod_spec(value: &mut Value) -> Option<&mut Value> {
    const PLACES: [&str; 3] = ["/spec/jobTemplate/spec/template/spec", "/spec/template/spec", "/spec"];
    let place = PLACES.into_iter().find(|place| value.pointer(place).is_some_and(|spec| spec.get("containers").is_some()))?;
    value.pointer_mut(place)
}

/// Changes an object; gives what there is to warn of.
type Change<'a> = &'a dyn Fn(&mut Value) -> Result<String, Failure>;

/// What was done, and what stands before a refusal of the server.
type Words<'a> = (&'a str, &'a str);

/// Changes what the arguments name, one by one. Warnings come before what was done, as from kubectl.
fn update(run: &mut Run<'_>, resources: &[String], words: Words<'_>, change: Change<'_>) -> Result<Answer, Failure> {
    if resources.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own(NOTHING_GIVEN));
    }
    let teller = Teller::typed(run.given)?;
    let (_, found) = run.find_args(&run.scope(), resources, Names::Needed)?;
    if !found.failures.is_empty() {
        return Ok(Answer::of(String::new(), &found.failures));
    }
    let mut tally = Tally::default();
    let mut warnings = String::new();
    for item in &found.items {
        tally.add(one(run, item, words, change, &mut warnings, &teller));
    }
    tally.text.insert_str(0, &warnings);
    Ok(tally.answer())
}

fn one(run: &mut Run<'_>, item: &Item, words: Words<'_>, change: Change<'_>, warnings: &mut String, teller: &Teller) -> Result<String, Failure> {
    let before = object_of(item)?;
    let ((deed, refused), shown) = (words, before.to_value());
    let mut value = shown.clone();
    warnings.push_str(&change(&mut value)?);
    let Some(mut object) = Object::from_value(before.kind(), &value).filter(|_| value != shown) else { return Ok(String::new()) };
    object.meta_mut().resource_version = 0;
    if teller.dry_run.is_unsent() {
        return local::tell(run, &before, object, deed, teller);
    }
    let committed = run.write(Write::Update(object), teller.dry_run);
    let committed = committed.map_err(|failure| if refused.is_empty() { failure } else { failure.within(refused) })?;
    teller.tell_written(committed, deed)
}

/// What is said of an object none of whose containers `-c` chooses.
fn without_containers(value: &Value, wanted: &str) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("Warning: {}/{} does not have any containers matching {wanted:?}\n", text(&value["kind"]), text(&value["metadata"]["name"]))
}

fn without_template(value: &Value) -> Failure {
    let (kind, name) = (value["kind"].as_str().unwrap_or_default(), value["metadata"]["name"].as_str().unwrap_or_default());
    let plural = Kind::all().find(|known| known.name() == kind).map_or("", |known| known.info().plural);
    Failure::Own(format!("{plural}/{name} {NO_TEMPLATE}: *v1.{kind}"))
}

/// The containers that `-c` chooses: all without it, `*` as well.
fn containers<'a>(value: &'a mut Value, wanted: &'a str) -> Result<Vec<&'a mut Value>, Failure> {
    let refusal = without_template(value);
    let Some(Value::Object(spec)) = pod_spec(value) else { return Err(refusal) };
    let mut chosen = Vec::new();
    for (field, list) in spec.iter_mut() {
        if field != "containers" && (field != "initContainers" || wanted == "*") {
            continue;
        }
        let fits = |container: &&mut Value| {
            let name = container["name"].as_str().unwrap_or_default();
            wanted == "*" || wanted.split(',').any(|pattern| pattern == name || pattern.strip_suffix('*').is_some_and(|start| name.starts_with(start)))
        };
        chosen.extend(list.as_array_mut().into_iter().flatten().filter(fits));
    }
    Ok(chosen)
}

/// `set env TYPE/NAME A=1 B-`, `--list`, `--from=configmap/NAME`
pub(super) fn env(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    if given.args.len() < 2 && given.text("filename").is_none() {
        return Err(Failure::own(RESOURCES_NEEDED));
    }
    let is_change = |arg: &&String| arg.contains('=') || arg.len() > 1 && arg.ends_with('-');
    let (changes, resources): (Vec<String>, Vec<String>) = given.args[1..].iter().cloned().partition(|arg| is_change(&arg));
    let more = given.all("env").iter().cloned();
    let changes: Vec<String> = changes.into_iter().chain(more).collect();
    let wanted = given.text("containers").unwrap_or("*").to_owned();
    if given.is_on("list") {
        return list_env(run, &resources, &wanted);
    }
    let from = match given.text("from").filter(|from| !from.is_empty()) {
        Some(from) => from_source(run, from)?,
        None => (String::new(), Vec::new()),
    };
    let (renamed, from) = from;
    let removes = |name: &str| changes.iter().any(|change| change.strip_suffix('-') == Some(name) && !change.contains('='));
    if changes.iter().filter_map(|change| change.split_once('=')).any(|(name, _)| removes(name)) {
        return Err(Failure::own("can not both modify and remove the same environment variable in the same command"));
    }
    let overwrites = !given.is_off("overwrite");
    let refused = "failed to patch env update to pod template: ";
    let mut answer = update(run, &resources, ("env updated", refused), &|value| {
        let nothing = without_containers(value, &wanted);
        let chosen = containers(value, &wanted)?;
        if chosen.is_empty() {
            return Ok(nothing);
        }
        for container in chosen {
            let Some(container) = container.as_object_mut() else { continue };
            let is_empty = container.get("env").and_then(Value::as_array).is_none_or(Vec::is_empty);
            if is_empty && from.is_empty() && !changes.iter().any(|change| change.contains('=')) {
                continue;
            }
            let mut env: Vec<Value> = container.get("env").and_then(Value::as_array).cloned().unwrap_or_default();
            for change in &changes {
                let Some((name, text)) = change.split_once('=') else {
                    env.retain(|variable| variable["name"] != change[..change.len() - 1]);
                    continue;
                };
                let variable = json!({"name": name, "value": text});
                match env.iter_mut().find(|variable| variable["name"] == name) {
                    Some(there) if overwrites => *there = variable,
                    Some(_) => return Err(Failure::Own(format!("'{name}' already has a value, and --overwrite is false"))),
                    None => env.push(variable),
                }
            }
            for variable in &from {
                env.retain(|there| there["name"] != variable["name"]);
                env.push(variable.clone());
            }
            container.insert("env".to_owned(), Value::Array(env));
        }
        Ok(String::new())
    })?;
    answer.output.insert_str(0, &renamed);
    Ok(answer)
}

/// A variable for each key of a config map or a secret, behind what is to be told of keys that are no names of variables.
fn from_source(run: &Run<'_>, from: &str) -> Result<(String, Vec<Value>), Failure> {
    let (_, found) = run.find_args(&run.scope(), &[from.to_owned()], Names::Needed)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Err(failure);
    }
    let Some(item) = found.items.first() else { return Ok(Default::default()) };
    let source = match item.kind() {
        Kind::ConfigMap => "configMapKeyRef",
        Kind::Secret => "secretKeyRef",
        _ => return Err(Failure::own("unsupported resource specified in --from")),
    };
    let (value, name) = (item.to_value(), item.name());
    let (prefix, keys) = (run.given.text("prefix").unwrap_or_default(), run.given.list("keys"));
    let data = value["data"].as_object().cloned().unwrap_or_default();
    let (mut told, mut variables) = (String::new(), Vec::new());
    for key in data.keys().filter(|key| keys.is_empty() || keys.contains(&key.as_str())) {
        let plain: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
        if plain != *key {
            told += &format!("Warning: key {key} transferred to {plain}\n");
        }
        variables.push(json!({"name": format!("{prefix}{plain}"), "valueFrom": {source: {"name": name.as_str(), "key": key}}}));
    }
    Ok((told, variables))
}

fn list_env(run: &Run<'_>, resources: &[String], wanted: &str) -> Result<Answer, Failure> {
    let (_, found) = run.find_args(&run.scope(), resources, Names::Needed)?;
    let (mut text, mut unresolved) = (String::new(), String::new());
    for item in &found.items {
        let mut value = item.to_value();
        let kind = item.kind().name();
        let nothing = without_containers(&value, wanted);
        let whole = value.clone();
        let chosen = containers(&mut value, wanted)?;
        if chosen.is_empty() {
            text += &nothing;
        }
        for container in chosen {
            text += &format!("# {kind} {}, container {}\n", item.name(), container["name"].as_str().unwrap_or_default());
            for variable in container["env"].as_array().into_iter().flatten() {
                let name = variable["name"].as_str().unwrap_or_default();
                let Some(reference) = reference(&variable["valueFrom"]) else {
                    text += &format!("{name}={}\n", variable["value"].as_str().unwrap_or_default());
                    continue;
                };
                match run.given.is_on("resolve").then(|| resolved(run, &variable["valueFrom"], &whole, container)) {
                    Some(Ok(value)) => text += &format!("{name}={value}\n"),
                    Some(Err(why)) => {
                        text += &format!("# {name} from {reference}\n");
                        unresolved += &format!("error retrieving reference for {name}: {why}\n");
                    }
                    None => text += &format!("# {name} from {reference}\n"),
                }
            }
            text += &std::mem::take(&mut unresolved);
        }
    }
    Ok(Answer::of(text, &found.failures))
}

/// Where a variable has its value from. Models kubectl/pkg/cmd/set/env GetEnvVarRefString.
fn reference(source: &Value) -> Option<String> {
    let part = |place: &str| source.pointer(place).and_then(Value::as_str);
    let of_key = |field: &str, what: &str| Some(format!("{what} {}, key {}", part(&format!("/{field}/name"))?, part(&format!("/{field}/key"))?));
    let of_field = || Some(format!("field path {}", part("/fieldRef/fieldPath")?));
    let of_resource = || {
        let before = part("/resourceFieldRef/containerName").map_or(String::new(), |name| format!("{name}/"));
        Some(format!("resource field {before}{}", part("/resourceFieldRef/resource")?))
    };
    of_key("configMapKeyRef", "configmap").or_else(|| of_key("secretKeyRef", "secret")).or_else(of_field).or_else(of_resource)
}

/// `--resolve`: the value itself, or why it cannot be told. Models GetEnvVarRefValue.
fn resolved(run: &Run<'_>, source: &Value, object: &Value, container: &Value) -> Result<String, String> {
    if let Some(path) = source.pointer("/fieldRef/fieldPath").and_then(Value::as_str) {
        let place = format!("/{}", path.replace('.', "/"));
        let known = path.starts_with("metadata.").then(|| object.pointer(&place)).flatten();
        return known.and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("unsupported fieldPath: {path}"));
    }
    if let Some(reference) = source.get("resourceFieldRef") {
        return describe::resource_value(reference, &Json::read(container)).ok_or_else(|| "Unsupported container resource".to_owned());
    }
    let keyed = [("configMapKeyRef", Kind::ConfigMap), ("secretKeyRef", Kind::Secret)];
    let found = keyed.into_iter().find_map(|(field, kind)| Some((source.get(field)?, kind)));
    let Some((reference, kind)) = found else { return Err("invalid valueFrom".to_owned()) };
    let part = |key: &str| reference[key].as_str().unwrap_or_default();
    let (name, key) = (Name::from(part("name")), part("key"));
    let Some(object) = run.view().get(&run.scope().key(kind, &name)) else { return Err(ApiError::not_found(kind, &name).message) };
    let value = object.to_value();
    let Some(text) = value.pointer("/data").and_then(|data| data.get(key)).and_then(Value::as_str) else {
        return Err(format!("key {key} not found in {} {name}", if kind == Kind::Secret { "secret" } else { "config map" }));
    };
    Ok(if kind == Kind::Secret { STANDARD.decode(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default() } else { text.to_owned() })
}

/// What is to be changed is looked for before the change itself is read.
fn look_for(run: &Run<'_>, args: &[String]) -> Result<(), Failure> {
    let (_, found) = run.find_args(&run.scope(), args, Names::Needed)?;
    found.failures.into_iter().next().map_or(Ok(()), Err)
}

/// `set resources TYPE/NAME --limits=cpu=1 --requests=memory=64Mi`
pub(super) fn resources(run: &mut Run<'_>) -> Result<Answer, Failure> {
    if run.given.args.len() < 2 && run.given.text("filename").is_none() {
        return Err(Failure::own(NOTHING_GIVEN));
    }
    let amounts = |flag: &str| -> Result<Map<String, Value>, Failure> {
        let mut amounts = Map::new();
        for pair in run.given.list(flag) {
            let Some((name, amount)) = pair.split_once('=') else {
                return Err(Failure::Own(format!("Invalid argument syntax {pair}, expected <resource>=<value>")));
            };
            let amount = Quantity::parse(amount).map_err(Failure::own)?;
            amounts.insert(name.to_owned(), Value::from(amount.to_string()));
        }
        Ok(amounts)
    };
    let args = run.given.args[1..].to_vec();
    look_for(run, &args)?;
    let (limits, requests) = (amounts("limits")?, amounts("requests")?);
    if limits.is_empty() && requests.is_empty() {
        return Err(Failure::own("you must specify an update to requests or limits (in the form of --requests/--limits)"));
    }
    let wanted = run.given.text("containers").unwrap_or("*").to_owned();
    let refused = "failed to patch resources update to pod template ";
    update(run, &args, ("resource requirements updated", refused), &|value| {
        let chosen = containers(value, &wanted)?;
        if chosen.is_empty() {
            return Err(Failure::Own(format!("unable to find container named {wanted}")));
        }
        for container in chosen {
            for (field, amounts) in [("limits", &limits), ("requests", &requests)] {
                for (name, amount) in amounts {
                    container["resources"][field][name] = amount.clone();
                }
            }
        }
        Ok(String::new())
    })
}

/// `set serviceaccount TYPE/NAME ACCOUNT`
pub(super) fn service_account(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let Some((account, resources)) = run.given.args[1..].split_last() else { return Err(Failure::own("serviceaccount is required")) };
    let (account, resources) = (account.clone(), resources.to_vec());
    update(run, &resources, ("serviceaccount updated", "failed to patch ServiceAccountName "), &|value| {
        let refusal = without_template(value);
        let spec = pod_spec(value).ok_or(refusal)?;
        spec["serviceAccountName"] = Value::from(account.as_str());
        spec["serviceAccount"] = Value::from(account.as_str());
        Ok(String::new())
    })
}

/// `set selector service NAME app=a`
pub(super) fn selector(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let Some((labels, resources)) = run.given.args[1..].split_last() else { return Err(Failure::own("one selector is required")) };
    let pairs: Option<Map<String, Value>> =
        labels.split(',').map(|pair| pair.split_once('=').map(|(key, value)| (key.to_owned(), Value::from(value)))).collect();
    if resources.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own(NOTHING_GIVEN));
    }
    let resources = resources.to_vec();
    look_for(run, &resources)?;
    let Some(pairs) = pairs else { return Err(Failure::Own(format!("invalid selector: {labels}"))) };
    update(run, &resources, ("selector updated", ""), &|value| {
        if value["kind"] != "Service" {
            return Err(Failure::own("setting a selector is only supported for Services"));
        }
        value["spec"]["selector"] = Value::Object(pairs.clone());
        Ok(String::new())
    })
}

/// `set subject rolebinding NAME --user=USER`
pub(super) fn subject(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let args = run.given.args[1..].to_vec();
    if args.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own(NOTHING_GIVEN));
    }
    look_for(run, &args)?;
    let group = "rbac.authorization.k8s.io";
    let mut subjects: Vec<Value> = Vec::new();
    for (flag, kind) in [("user", "User"), ("group", "Group")] {
        subjects.extend(run.given.list(flag).into_iter().map(|name| json!({"apiGroup": group, "kind": kind, "name": name})));
    }
    for account in run.given.list("serviceaccount") {
        let Some((namespace, name)) = account.split_once(':') else { return Err(Failure::own("serviceaccount must be <namespace>:<name>")) };
        subjects.push(json!({"kind": "ServiceAccount", "name": name, "namespace": namespace}));
    }
    if subjects.is_empty() {
        return Err(Failure::own("you must specify at least one value of user, group or serviceaccount"));
    }
    update(run, &args, ("subjects updated", "failed to patch subjects to rolebinding: "), &|value| {
        if !matches!(value["kind"].as_str(), Some("RoleBinding" | "ClusterRoleBinding")) {
            return Err(Failure::own("setting subjects is only supported for RoleBinding/ClusterRoleBinding"));
        }
        let mut all = value["subjects"].as_array().cloned().unwrap_or_default();
        all.extend(subjects.iter().filter(|subject| !value["subjects"].as_array().is_some_and(|there| there.contains(subject))).cloned());
        value["subjects"] = Value::Array(all);
        Ok(String::new())
    })
}
