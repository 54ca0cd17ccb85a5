//! `kubectl debug`: a container beside those of a pod that runs, a copy of a pod with one more, or a pod on a node.
//! Models kubectl/pkg/cmd/debug/debug.go and profiles.go.
//! Left out: the view into the processes of other containers (`--target`) and into
//! the node's files (`/host`): the pod shows both, its programs do not.

use std::rc::Rc;

use serde_json::{Value, json};

use super::attached::{Attached, hand};
use super::{DryRun, Names, Run, whole};
use crate::api::{Container, Json, Kind, Node, Object, ObjectKey, Pod, PodSpec};
use crate::apiserver::{DeleteOptions, Write};
use crate::base::{FNV_OFFSET, Name, fnv64, safe_suffix};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;

pub(super) const FLAGS: &[Flag] = &[
    flag("image", Takes::Text),
    flag("copy-to", Takes::Text),
    flag("target", Takes::Text),
    flag("container", Takes::Text).or('c'),
    flag("stdin", Takes::Truth).or('i'),
    flag("tty", Takes::Truth).or('t'),
    flag("attach", Takes::Truth),
    flag("arguments-only", Takes::Truth),
    flag("env", Takes::Text),
    flag("image-pull-policy", Takes::Text),
    flag("keep-annotations", Takes::Truth),
    flag("keep-init-containers", Takes::Truth),
    flag("keep-labels", Takes::Truth),
    flag("keep-liveness", Takes::Truth),
    flag("keep-readiness", Takes::Truth),
    flag("keep-startup", Takes::Truth),
    flag("profile", Takes::Text),
    flag("custom", Takes::Text),
    flag("quiet", Takes::Truth).or('q'),
    flag("replace", Takes::Truth),
    flag("same-node", Takes::Truth),
    flag("set-image", Takes::Text),
    flag("share-processes", Takes::Truth),
];

const LEGACY: &str = "--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for \
                      example \"--profile=general\".\n";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

/// What was asked for.
struct Asked<'a> {
    image: &'a str,
    profile: &'a str,
    /// A container's name, or empty.
    container: &'a str,
    copy_to: &'a str,
    command: &'a [String],
    quiet: bool,
}

/// What was made: where the session goes.
struct Made {
    text: String,
    key: ObjectKey,
    /// Empty if there is no new container.
    container: Name,
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let (names, command) = given.args.split_at(given.before_dash.unwrap_or(given.args.len()).min(given.args.len()));
    let text = |flag: &str| given.text(flag).unwrap_or_default();
    let profile = given.text("profile").unwrap_or("legacy");
    let asked = Asked {
        image: text("image"),
        profile,
        container: text("container"),
        copy_to: text("copy-to"),
        command,
        quiet: given.is_on("quiet"),
    };
    check(run, &asked, names)?;
    if crate::runtime::invalid_name(asked.image).is_some() && !asked.image.is_empty() {
        return Err(Failure::Own(format!("invalid image name {:?}: invalid reference format", asked.image)));
    }
    custom(run)?;
    let mut text = if profile == "legacy" { LEGACY.to_owned() } else { String::new() };
    // What has no type is a pod.
    let words: Vec<String> = names.iter().map(|name| if name.contains('/') { name.clone() } else { format!("pods/{name}") }).collect();
    let (_, found) = run.find_args(&run.scope(), &words, Names::Needed)?;
    if let Some(failure) = found.failures.into_iter().next() {
        return Ok(Answer::of(text, &[failure]));
    }
    let interactive = given.is_on("stdin") || given.is_on("attach");
    let attaches = interactive && !given.is_off("attach");
    let mut follow = None;
    for item in found.items {
        let made = match &item {
            Item::Object(Object::Node(node)) => on_node(run, node, &asked)?,
            Item::Object(Object::Pod(pod)) if asked.copy_to.is_empty() => beside(run, pod, &asked)?,
            Item::Object(Object::Pod(pod)) => copy(run, pod, &asked)?,
            other => return Ok(Answer::of(text, &[unknown_kind(other.kind())])),
        };
        text += &made.text;
        if attaches && !made.container.is_empty() {
            let attached = Attached { key: made.key, container: made.container, shown: 0, removes: false, tells_end: false, hand: hand(run), program: None };
            attached.take_typing(run);
            follow = Some(attached);
        }
    }
    let answer = Answer::ok(text);
    Ok(match follow {
        Some(attached) => answer.followed_by(Follow::Attached(Box::new(attached))),
        None => answer,
    })
}

fn unknown_kind(kind: Kind) -> Failure {
    let version = kind.api_version();
    let group = if version.contains('/') { version.to_owned() } else { format!("/{version}") };
    Failure::Own(format!("\"{group}, Kind={}\" not supported by debug", kind.name()))
}

/// Models DebugOptions.Validate.
fn check(run: &Run<'_>, asked: &Asked<'_>, names: &[String]) -> Result<(), Failure> {
    let given = run.given;
    let sets = !given.list("set-image").is_empty();
    let error = match () {
        () if !asked.copy_to.is_empty() && asked.image.is_empty() && !sets && asked.command.is_empty() => {
            "you must specify --image, --set-image or command arguments."
        }
        () if !asked.copy_to.is_empty() && !asked.command.is_empty() && asked.container.is_empty() && asked.image.is_empty() => {
            "you must specify an existing container or a new image when specifying args."
        }
        () if !asked.copy_to.is_empty() && given.text("target").is_some_and(|target| !target.is_empty()) => {
            "--target is incompatible with --copy-to. Use --share-processes instead."
        }
        () if !asked.copy_to.is_empty() => "",
        () if given.is_on("replace") => "--replace may only be used with --copy-to.",
        () if given.is_on("same-node") => "--same-node may only be used with --copy-to.",
        () if sets => "--set-image may only be used with --copy-to.",
        () if asked.image.is_empty() => "you must specify --image when not using --copy-to.",
        () => "",
    };
    let profiles = ["legacy", "general", "baseline", "netadmin", "restricted", "sysadmin"];
    match () {
        () if !error.is_empty() => Err(Failure::own(error)),
        () if names.is_empty() && given.text("filename").is_none() => Err(Failure::own("NAME or filename is required for debug")),
        () if given.is_on("tty") && !given.is_on("stdin") => Err(Failure::own("-i/--stdin is required for containers with -t/--tty=true")),
        () if !profiles.contains(&asked.profile) => Err(Failure::Own(format!("unknown profile: {}", asked.profile))),
        () => Ok(()),
    }
}

/// Five characters that no other call gets.
fn suffix(run: &Run<'_>, salt: &str) -> String {
    safe_suffix(fnv64(FNV_OFFSET ^ run.now().micros(), salt) >> 8)
}

/// Models computeDebugContainerName.
fn container_name(run: &Run<'_>, pod: &Pod, asked: &Asked<'_>, text: &mut String) -> Name {
    if !asked.container.is_empty() {
        return asked.container.into();
    }
    let mut salt = pod.meta.name.to_string();
    loop {
        let name = format!("debugger-{}", suffix(run, &salt));
        if pod.spec.all_containers().all(|known| known.name != *name) {
            if !asked.quiet {
                text.push_str(&format!("Defaulting debug container name to {name}.\n"));
            }
            return name.into();
        }
        salt.push('+');
    }
}

/// The container for debugging.
fn container(run: &Run<'_>, name: &str, asked: &Asked<'_>) -> Result<Value, Failure> {
    let given = run.given;
    let mut value = json!({"name": name, "image": asked.image, "resources": {}});
    for (field, flag) in [("stdin", "stdin"), ("tty", "tty")] {
        if given.is_on(flag) {
            value[field] = Value::Bool(true);
        }
    }
    if let Some(policy) = given.text("image-pull-policy").filter(|policy| !policy.is_empty()) {
        value["imagePullPolicy"] = Value::from(policy);
    }
    let mut env = Vec::new();
    for text in given.list("env") {
        let Some((key, of)) = text.split_once('=') else { return Err(run.refused_flag("debug", "--env", text, &format!("{text} must be formatted as key=value"))) };
        env.push(json!({"name": key, "value": of}));
    }
    if !env.is_empty() {
        value["env"] = Value::Array(env);
    }
    if !asked.command.is_empty() {
        value[if given.is_on("arguments-only") { "args" } else { "command" }] = json!(asked.command);
    }
    let context = match asked.profile {
        "netadmin" => json!({"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}}),
        "restricted" => json!({
            "allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"},
        }),
        "sysadmin" => json!({"privileged": true}),
        _ => Value::Null,
    };
    if !context.is_null() {
        value["securityContext"] = context;
    }
    Ok(value)
}

/// Fields of a container that `--custom` may not set.
const NOT_CUSTOM: [&str; 5] = ["name", "command", "image", "lifecycle", "volumeDevices"];

/// `--custom`: a part of a container, from a file.
fn custom(run: &Run<'_>) -> Result<Option<Value>, Failure> {
    let Some(file) = run.given.text("custom").filter(|file| !file.is_empty()) else { return Ok(None) };
    let Some(text) = run.session.files.get(file) else {
        return Err(Failure::Own(format!("must pass a container spec json file for custom profile: open {file}: no such file or directory")));
    };
    let decoded = crate::manifest::decode(text);
    let (Some(document), None) = (decoded.readable().first(), &decoded.failure) else {
        return Err(Failure::Own(format!("{file} does not contain a valid container spec")));
    };
    if NOT_CUSTOM.iter().any(|field| document.value.get(field).is_some()) {
        return Err(Failure::own("name, command, image, lifecycle and volume devices are not modifiable via custom profile"));
    }
    Ok(Some(document.value.clone()))
}

/// Puts that part into a container; items of lists are added.
fn customize(run: &Run<'_>, container: &mut Value) -> Result<(), Failure> {
    let Some(mut part) = custom(run)? else { return Ok(()) };
    for field in ["env", "envFrom", "ports", "volumeMounts"] {
        let there = container.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
        if let Some(more) = part.get_mut(field).and_then(Value::as_array_mut) {
            more.splice(0..0, there);
        }
    }
    crate::manifest::json_merge(container, &part);
    Ok(())
}

/// Lets the container see into others. Models allowProcessTracing.
fn trace(value: &mut Value, asked: &Asked<'_>) {
    if asked.profile == "general" {
        value["securityContext"] = json!({"capabilities": {"add": ["SYS_PTRACE"]}});
    }
}

fn key(run: &Run<'_>, name: &str) -> ObjectKey {
    run.scope().key(Kind::Pod, &name.into())
}

/// Models debugByEphemeralContainer.
fn beside(run: &mut Run<'_>, pod: &Pod, asked: &Asked<'_>) -> Result<Made, Failure> {
    let mut text = String::new();
    let target = run.given.text("target").filter(|target| !target.is_empty());
    if let Some(target) = target.filter(|_| !asked.quiet) {
        text = format!(
            "Targeting container \"{target}\". If you don't see processes from this container it may be because the container runtime doesn't \
             support this feature.\n"
        );
    }
    let name = container_name(run, pod, asked, &mut text);
    let mut value = container(run, &name, asked)?;
    trace(&mut value, asked);
    customize(run, &mut value)?;
    if let Some(target) = target {
        value["targetContainerName"] = Value::from(target);
    }
    let mut changed = pod.clone();
    Rc::make_mut(&mut changed.spec).ephemeral_containers.push(Container::read(&value));
    let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    run.write(Write::AddContainers(Object::Pod(Rc::new(changed))), DryRun::No)?;
    Ok(Made { text, key, container: name })
}

/// Models generatePodCopyWithDebugContainer.
fn copy(run: &mut Run<'_>, pod: &Pod, asked: &Asked<'_>) -> Result<Made, Failure> {
    let given = run.given;
    let mut text = String::new();
    let mut copied = Pod { spec: pod.spec.clone(), ..Pod::default() };
    copied.meta.name = asked.copy_to.into();
    copied.meta.namespace = pod.meta.namespace.clone();
    if given.is_on("keep-labels") {
        copied.meta.labels = pod.meta.labels.clone();
    }
    if given.is_on("keep-annotations") {
        copied.meta.annotations = pod.meta.annotations.clone();
    }
    if given.is_on("same-node") {
        copied.node_name = pod.node_name.clone();
    }
    let spec = Rc::make_mut(&mut copied.spec);
    spec.ephemeral_containers.clear();
    if given.is_off("keep-init-containers") {
        spec.init_containers.clear();
    }
    without_probes(run, spec);
    let shares = given.text("share-processes").map(|_| !given.is_off("share-processes"));
    if let Some(shares) = shares.or((asked.profile != "legacy").then_some(true)) {
        spec.rest.insert("shareProcessNamespace", &Value::Bool(shares));
    }
    set_images(run, spec)?;
    let known = spec.containers.iter().position(|known| !asked.container.is_empty() && known.name == asked.container);
    let name = match known {
        Some(index) => {
            change(run, &mut spec.containers[index], asked);
            Name::from(asked.container)
        }
        None if asked.image.is_empty() && asked.container.is_empty() => Name::default(),
        None if asked.image.is_empty() => return Err(Failure::own("you must specify image when creating new container")),
        None => {
            let name = container_name(run, pod, asked, &mut text);
            let mut value = container(run, &name, asked)?;
            trace(&mut value, asked);
            customize(run, &mut value)?;
            spec.containers.push(Container::read(&value));
            name
        }
    };
    run.write(Write::Create(Object::Pod(Rc::new(copied))), DryRun::No)?;
    if given.is_on("replace") {
        let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
        let options = DeleteOptions { grace_seconds: Some(0), ..DeleteOptions::default() };
        run.write(Write::Delete { key, options }, DryRun::No)?;
    }
    Ok(Made { text, key: ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), asked.copy_to), container: name })
}

fn without_probes(run: &Run<'_>, spec: &mut PodSpec) {
    for container in &mut spec.containers {
        for (flag, probe) in [
            ("keep-liveness", &mut container.liveness_probe),
            ("keep-readiness", &mut container.readiness_probe),
            ("keep-startup", &mut container.startup_probe),
        ] {
            if !run.given.is_on(flag) {
                *probe = None;
            }
        }
    }
}

/// `--set-image=app=app:debug,*=busybox`
fn set_images(run: &Run<'_>, spec: &mut PodSpec) -> Result<(), Failure> {
    for pair in run.given.list("set-image") {
        let Some((name, image)) = pair.split_once('=') else {
            return Err(run.refused_flag("debug", "--set-image", pair, &format!("{pair} must be formatted as key=value")));
        };
        for container in spec.init_containers.iter_mut().chain(&mut spec.containers) {
            if name == "*" || container.name == name {
                container.image = image.into();
            }
        }
    }
    Ok(())
}

/// What is asked for of a container that the copy has already.
fn change(run: &Run<'_>, container: &mut Container, asked: &Asked<'_>) {
    let given = run.given;
    if !asked.image.is_empty() {
        container.image = asked.image.into();
    }
    if !asked.command.is_empty() {
        let words: Vec<Name> = asked.command.iter().map(|word| Name::from(word.as_str())).collect();
        if given.is_on("arguments-only") {
            container.args = words;
        } else {
            (container.command, container.args) = (words, Vec::new());
        }
    }
    for flag in ["stdin", "tty"] {
        if given.is_on(flag) {
            container.rest.insert(flag, &Value::Bool(true));
        }
    }
}

/// Models generateNodeDebugPod.
fn on_node(run: &mut Run<'_>, node: &Node, asked: &Asked<'_>) -> Result<Made, Failure> {
    let name = format!("node-debugger-{}-{}", node.meta.name, suffix(run, &node.meta.name));
    let inside = if asked.container.is_empty() { "debugger" } else { asked.container };
    let mut container = container(run, inside, asked)?;
    let mut spec = json!({"nodeName": node.meta.name.as_str(), "restartPolicy": "Never", "tolerations": [{"operator": "Exists"}]});
    if matches!(asked.profile, "legacy" | "general" | "sysadmin") {
        container["volumeMounts"] = json!([{"mountPath": "/host", "name": "host-root"}]);
        spec["volumes"] = json!([{"name": "host-root", "hostPath": {"path": "/"}}]);
        spec["hostIPC"] = Value::Bool(true);
    }
    if matches!(asked.profile, "legacy" | "general" | "sysadmin" | "netadmin") {
        spec["hostNetwork"] = Value::Bool(true);
        spec["hostPID"] = Value::Bool(true);
    }
    customize(run, &mut container)?;
    spec["containers"] = json!([container]);
    let key = key(run, &name);
    let value = json!({"metadata": {"name": name, "namespace": key.namespace.as_str()}, "spec": spec});
    let text = match asked.quiet {
        true => String::new(),
        false => format!("Creating debugging pod {name} with container {inside} on node {}.\n", node.meta.name),
    };
    let pod = Object::from_value(Kind::Pod, &value).ok_or_else(|| Failure::own("not a pod"))?;
    run.write(Write::Create(pod), DryRun::No)?;
    Ok(Made { text, key, container: inside.into() })
}
