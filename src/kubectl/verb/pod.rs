//! `kubectl run`: makes one pod. Models kubectl/pkg/cmd/run/run.go and pkg/generate/versioned/run.go BasicPod.

use serde_json::{Map, Value, json};

use super::attached::Attached;
use super::{DryRun, Run, Teller, whole};
use crate::api::{Kind, Object, ObjectKey};
use crate::base::Name;
use crate::apiserver::Write;
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;
use crate::kubectl::print::Output;
use crate::manifest;

pub(super) const FLAGS: &[Flag] = &[
    flag("image", Takes::Text),
    flag("image-pull-policy", Takes::Text),
    flag("restart", Takes::Text),
    flag("labels", Takes::Text).or('l'),
    flag("annotations", Takes::Text),
    flag("env", Takes::Text),
    flag("port", Takes::Text),
    flag("command", Takes::Truth),
    flag("overrides", Takes::Text),
    flag("save-config", Takes::Truth),
    flag("quiet", Takes::Truth).or('q'),
    flag("privileged", Takes::Truth),
    flag("override-type", Takes::Text),
    flag("attach", Takes::Truth),
    flag("stdin", Takes::Truth).or('i'),
    flag("tty", Takes::Truth).or('t'),
    flag("rm", Takes::Truth),
    flag("expose", Takes::Truth),
    flag("leave-stdin-open", Takes::Truth),
    flag("pod-running-timeout", Takes::Duration),
    flag("grace-period", Takes::Number).not("use \"kubectl delete pod\""),
    flag("force", Takes::Truth).not("use \"kubectl delete pod\""),
    flag("cascade", Takes::TextOr("background")).not("use \"kubectl delete pod\""),
    flag("timeout", Takes::Duration).not("use \"kubectl delete pod\""),
    flag("wait", Takes::Truth).not("use \"kubectl delete pod\""),
    flag("recursive", Takes::Truth).or('R').not("use \"kubectl create -f\""),
    flag("kustomize", Takes::Text).or('k').not("use \"kubectl create -k\""),
    flag("filename", Takes::Text).or('f').not("use \"kubectl create -f\""),
];

const IMAGE_NEEDED: &str = "required flag(s) \"image\" not set";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let before_dash = given.before_dash.unwrap_or(given.args.len());
    let Some(image) = given.text("image") else { return Err(Failure::own(IMAGE_NEEDED)) };
    let Some(name) = given.args.first().filter(|_| before_dash > 0) else {
        return Err(Failure::usage("run", "NAME is required for run"));
    };
    if image.is_empty() {
        return Err(Failure::own("--image is required"));
    }
    if name.is_empty() {
        return Err(Failure::own("Parameter: name is required"));
    }
    if crate::runtime::invalid_name(image).is_some() {
        return Err(Failure::Own(format!("Invalid image name \"{image}\": invalid reference format")));
    }
    let policy = given.text("image-pull-policy").unwrap_or_default();
    if !["", "Always", "IfNotPresent", "Never"].contains(&policy) {
        return Err(Failure::usage("run", format!("invalid image pull policy: {policy}")));
    }
    let teller = Teller::typed(given)?;
    let attach = attaches(run, name, teller.dry_run)?;
    if given.is_on("expose") && given.text("port").is_none_or(str::is_empty) {
        return Err(Failure::usage("run", "--port must be set when exposing a service"));
    }
    let mut value = pod(run, name, image)?;
    if let Some(overrides) = given.text("overrides").filter(|text| !text.is_empty()) {
        override_with(&mut value, Kind::Pod, given.text("override-type").unwrap_or("merge"), overrides)?;
    }
    if given.is_on("save-config") {
        super::create::save_config(&mut value);
    }
    let object = Object::from_value(Kind::Pod, &placed(run, &value)).ok_or_else(|| Failure::own("not a pod"))?;
    if teller.dry_run == DryRun::Client {
        let exposed = if given.is_on("expose") { expose(run, name, &value, &teller)? } else { String::new() };
        return Ok(Answer::ok(exposed + &teller.tell_unsent(&Item::Object(object), &value, "created")?));
    }
    let key = object.key();
    let exposed = if given.is_on("expose") { expose(run, name, &value, &teller)? } else { String::new() };
    let committed = run.write(Write::Create(object), teller.dry_run)?;
    let Some(mut attached) = attach else { return Ok(Answer::ok(exposed + &teller.tell_written(committed, "created")?)) };
    attached.key = key;
    attached.take_typing(run);
    Ok(Answer::ok(exposed + &super::warnings(&committed.warnings)).followed_by(Follow::Attached(Box::new(attached))))
}

/// Changes what would be sent as `--overrides` says.
pub(super) fn override_with(object: &mut Value, kind: Kind, how: &str, text: &str) -> Result<(), Failure> {
    let decoded = manifest::decode(text);
    let patch = decoded.readable().first().filter(|document| decoded.failure.is_none() && (how == "json" || document.value.is_object())).map(|document| &document.value);
    let Some(patch) = patch else { return Err(Failure::own("Invalid JSON Patch")) };
    match how {
        "merge" => manifest::json_merge(object, patch),
        "strategic" => super::patch::merge_strategically(kind, object, patch)?,
        "json" => super::json_patch::apply(object, patch).map_err(|_| Failure::own("Invalid JSON Patch"))?,
        other => return Err(Failure::Own(format!("invalid override type: {other}"))),
    }
    Ok(())
}

/// A service in front of the pod.
fn expose(run: &mut Run<'_>, name: &str, pod: &Value, teller: &Teller) -> Result<String, Failure> {
    let port: i32 = run.given.text("port").and_then(|port| port.parse().ok()).unwrap_or_default();
    let value = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"creationTimestamp": null, "name": name},
        "spec": {"ports": [{"port": port, "protocol": "TCP", "targetPort": port}], "selector": pod["metadata"]["labels"]},
        "status": {"loadBalancer": {}},
    });
    let service = Object::from_value(Kind::Service, &value).ok_or_else(|| Failure::own("not a service"))?;
    if teller.dry_run == DryRun::Client {
        let end = if matches!(teller.output, Some(Output::Yaml)) { "---\n" } else { "" };
        return Ok(teller.tell_unsent(&Item::Object(service), &value, "created")? + end);
    }
    let mut service = service;
    service.meta_mut().namespace = run.scope().namespace;
    let committed = run.write(Write::Create(service), teller.dry_run)?;
    teller.tell_written(committed, "created")
}

/// What `--attach`, `-i` and `-t` ask for. Models Run's own checks.
fn attaches(run: &Run<'_>, name: &str, dry_run: DryRun) -> Result<Option<Attached>, Failure> {
    let given = run.given;
    let interactive = given.is_on("stdin") || given.is_on("tty");
    let attach = (interactive || given.is_on("attach")) && !given.is_off("attach");
    if given.is_on("tty") && !given.is_on("stdin") {
        return Err(Failure::usage("run", "-i/--stdin is required for containers with -t/--tty=true"));
    }
    if given.is_on("rm") && !attach {
        return Err(Failure::usage("run", "--rm should only be used for attached containers"));
    }
    if attach && dry_run != DryRun::No {
        let message = "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)";
        return Err(Failure::usage("run", message));
    }
    let hand = super::attached::hand(run);
    let tells_end = given.text("restart") == Some("Never");
    let key = ObjectKey::new(Kind::Pod, run.scope().namespace, name);
    Ok(attach.then(|| Attached { key, container: Name::from(name), shown: 0, removes: given.is_on("rm"), tells_end, hand, program: None }))
}

/// The pod with the namespace in force.
fn placed(run: &Run<'_>, value: &Value) -> Value {
    let mut value = value.clone();
    let own = value["metadata"].get("namespace").and_then(Value::as_str).is_some_and(|own| !own.is_empty());
    if !own {
        value["metadata"]["namespace"] = Value::from(run.scope().namespace.as_str());
    }
    value
}

/// Pairs like `a=b`, from several flags or joined by commas.
fn pairs(texts: &[&str], what: &str) -> Result<Map<String, Value>, Failure> {
    let mut map = Map::new();
    for text in texts {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => map.insert(key.to_owned(), Value::from(value)),
            _ => return Err(Failure::Own(format!("unexpected {what}: {text}"))),
        };
    }
    Ok(map)
}

/// The pod that the flags describe, as kubectl would send it.
fn pod(run: &Run<'_>, name: &str, image: &str) -> Result<Value, Failure> {
    let given = run.given;
    let restart = match given.text("restart").unwrap_or("Always") {
        "" => "Always",
        restart @ ("Always" | "OnFailure" | "Never") => restart,
        other => {
            return Err(Failure::usage("run", format!("invalid restart policy: {other}")));
        }
    };
    let given_labels = given.all("labels");
    let given_labels: Vec<&str> = given_labels.iter().filter(|text| !text.is_empty()).flat_map(|text| text.split(',')).collect();
    let labels = match given_labels.as_slice() {
        [] => Map::from_iter([("run".to_owned(), Value::from(name))]),
        labels => pairs(labels, "label spec")?,
    };
    let mut metadata = json!({"creationTimestamp": null, "labels": labels, "name": name});
    if let Some(namespace) = given.text("namespace").filter(|namespace| !namespace.is_empty()) {
        metadata["namespace"] = Value::from(namespace);
    }
    let annotations = pairs(&given.all("annotations").iter().map(String::as_str).collect::<Vec<_>>(), "annotation")?;
    if !annotations.is_empty() {
        metadata["annotations"] = Value::Object(annotations);
    }
    Ok(json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {},
        "spec": {"containers": [container(run, name, image)?], "dnsPolicy": "ClusterFirst", "restartPolicy": restart},
    }))
}

fn container(run: &Run<'_>, name: &str, image: &str) -> Result<Value, Failure> {
    let given = run.given;
    let mut container = json!({"image": image, "name": name, "resources": {}});
    if let Some(policy) = given.text("image-pull-policy").filter(|policy| !policy.is_empty()) {
        container["imagePullPolicy"] = Value::from(policy);
    }
    if let Some(port) = given.text("port").filter(|port| !port.is_empty()) {
        let number = port.parse::<i32>();
        let number = number.map_err(|_| Failure::Own(format!("strconv.Atoi: parsing \"{port}\": invalid syntax")))?;
        container["ports"] = json!([{"containerPort": number}]);
    }
    let mut env = Vec::new();
    for text in given.all("env") {
        let Some((key, value)) = text.split_once('=') else { return Err(Failure::Own(format!("invalid env: {text}"))) };
        // A variable without a value has no field for it.
        env.push(if value.is_empty() { json!({"name": key}) } else { json!({"name": key, "value": value}) });
    }
    if !env.is_empty() {
        container["env"] = Value::Array(env);
    }
    if given.is_on("stdin") {
        container["stdin"] = Value::from(true);
        if !given.is_on("leave-stdin-open") && !given.is_off("attach") {
            container["stdinOnce"] = Value::from(true);
        }
    }
    if given.is_on("tty") {
        container["tty"] = Value::from(true);
    }
    if given.is_on("privileged") {
        container["securityContext"] = json!({"privileged": true});
    }
    let words = &given.args[1..];
    if !words.is_empty() {
        container[if given.is_on("command") { "command" } else { "args" }] = json!(words);
    }
    Ok(container)
}
