//! New objects, from a decoded manifest to what the API server stores or answers: defaulting, admission, validation.
//!
//! Own cases stand beside the functions. Here every recorded answer of a real cluster that concerns a simulated kind is
//! compared, where `PODSCAPE_REFERENCE` names the folder that holds them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use podscape::api::{FieldError, Kind, Object};
use podscape::apiserver::{ApiServer, Write, admission, defaulting, validation};
use podscape::base::{Name, SimTime};
use podscape::manifest::{self, Document};
use serde_json::{Value, json};

/// A spec with something in most fields.
fn rich_spec() -> Value {
    let probe = json!({"httpGet": {"path": "/", "port": 80, "httpHeaders": [{"name": "X-A", "value": "b"}]}, "periodSeconds": 5});
    json!({
        "containers": [{"name": "m", "image": "a/b:c", "command": ["x"], "args": ["y"], "ports": [{"containerPort": 80, "hostPort": 81, "name": "p"}],
            "env": [{"name": "A", "value": "b"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['a']"}}},
                {"name": "C", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}}],
            "envFrom": [{"prefix": "P_", "configMapRef": {"name": "c"}}], "resources": {"limits": {"cpu": "1"}, "requests": {"memory": "1Mi"}},
            "volumeMounts": [{"name": "v", "mountPath": "/v", "subPath": "s"}], "livenessProbe": probe, "readinessProbe": {"grpc": {"port": 5}},
            "startupProbe": {"tcpSocket": {"port": "p"}}, "lifecycle": {"preStop": {"sleep": {"seconds": 3}}, "postStart": {"exec": {"command": ["x"]}}},
            "securityContext": {"runAsUser": 1, "seccompProfile": {"type": "RuntimeDefault"}}}],
        "initContainers": [{"name": "i", "image": "x", "restartPolicy": "Always"}],
        "volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "w", "projected": {"sources": [
            {"serviceAccountToken": {"path": "t"}}, {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}}]}},
            {"name": "e", "ephemeral": {"volumeClaimTemplate": {"metadata": {}, "spec": {}}}}],
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}]}},
            "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 5, "podAffinityTerm": {"topologyKey": "z"}}]}},
        "tolerations": [{"key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}],
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule", "minDomains": 2}],
        "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["a"]}], "dnsConfig": {"nameservers": ["1.2.3.4"], "options": [{"name": "n"}]},
        "securityContext": {"fsGroup": 5, "supplementalGroups": [1]}, "nodeSelector": {"a": "b"}, "hostNetwork": false,
        "readinessGates": [{"conditionType": "a/b"}], "imagePullSecrets": [{"name": "s"}], "activeDeadlineSeconds": 5,
    })
}

/// The places of a value, deepest last.
fn places(value: &Value, place: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            places(value, format!("{place}/{}", key.replace('~', "~0").replace('/', "~1")), out);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| places(value, format!("{place}/{index}"), out)),
        _ => {}
    }
    out.push(place);
}

#[test]
fn whatever_stands_in_a_field_is_answered() {
    let server = server("default");
    let pod = json!({"metadata": {"name": "p", "labels": {"a": "b"}, "namespace": "default"}, "spec": rich_spec()});
    let template = json!({"metadata": {"labels": {"a": "b"}}, "spec": rich_spec()});
    let controller = json!({"metadata": {"name": "r", "namespace": "default"}, "spec": {"replicas": 1, "selector": {"a": "b"}, "template": template}});
    let texts = [Value::Null, json!(""), json!("é/..")];
    let all = [&texts[..], &[json!(-1), json!([{}, "x", null]), json!({"x": {"y": [1.5]}})]].concat();
    for (kind, base, values) in [(Kind::Pod, pod, &all[..]), (Kind::ReplicationController, controller, &texts)] {
        let Some(original) = Object::from_value(kind, &base) else { panic!("no object") };
        let mut all = Vec::new();
        places(&base, String::new(), &mut all);
        for (place, value) in all.iter().flat_map(|place| values.iter().map(move |value| (place, value))) {
            let mut damaged = base.clone();
            if let Some(field) = damaged.pointer_mut(place) {
                *field = value.clone();
            }
            let Some(mut object) = Object::from_value(kind, &damaged) else { continue };
            defaulting::default(&mut object);
            let once = object.clone();
            defaulting::default(&mut object);
            assert_eq!(object, once, "{place} = {value}");
            let reread = Object::from_value(kind, &object.to_value());
            assert_eq!(reread.map(|object| object.to_value()), Some(object.to_value()), "{place} = {value}");
            // These only have to come to an end.
            admission::admit_update(&mut object, &original);
            let _ = (validation::validate_update(&object, &original), validation::update_warnings(&object, &original));
            let _ = admission::admit_create(&mut object, server.view());
            let _ = (validation::validate_create(&object), validation::warnings(&object));
        }
    }
}

fn reference() -> Option<PathBuf> {
    let folder = std::env::var_os("PODSCAPE_REFERENCE").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: PODSCAPE_REFERENCE is not set");
    }
    folder
}

/// An API server that holds nothing but namespaces.
fn server(namespace: &str) -> ApiServer {
    let mut server = ApiServer::new(1);
    for name in BTreeSet::from(["default", "kube-system", namespace]) {
        let value = json!({"metadata": {"name": name}});
        let Some(object) = Object::from_value(Kind::Namespace, &value) else { panic!("no namespace") };
        assert!(server.submit(Write::Create(object), SimTime::default()).is_ok());
    }
    server
}

/// What became of an object: as stored, or the answer.
type Outcome = Result<(Object, Vec<String>), String>;

/// Takes an object through the steps; None for kinds that are not simulated.
fn create(document: &Document, server: &ApiServer, namespace: &str) -> Option<Outcome> {
    let kind = Kind::of_manifest(document.api_version(), document.kind())?;
    let mut object = Object::from_value(kind, &document.value)?;
    if kind.info().namespaced && object.meta().namespace.is_empty() {
        object.meta_mut().namespace = namespace.into();
    }
    let name = object.meta().name.clone();
    Some(match server.dry_run(Write::Create(object), SimTime::default()) {
        Ok(committed) => Ok((committed.object, committed.warnings)),
        Err(error) if !error.causes.is_empty() => Err(invalid(kind, &name, &error.causes)),
        Err(error) => Err(format!("Error from server ({}): error when creating \"FILE\": {}", error.reason.as_str(), error.message)),
    })
}

/// As kubectl prints what is wrong.
fn invalid(kind: Kind, name: &Name, causes: &[FieldError]) -> String {
    let mut texts: Vec<String> = Vec::new();
    for text in causes.iter().map(FieldError::to_string) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    let head = format!("The {} \"{name}\" is invalid: ", kind.name());
    match texts.as_slice() {
        [text] => format!("{head}{text}"),
        _ => texts.iter().fold(head, |all, text| format!("{all}\n* {text}")),
    }
}

/// The objects of a manifest; None if it does not decode or holds a kind that is not simulated.
fn objects(text: &str) -> Option<Vec<Document>> {
    let decoded = manifest::decode(text);
    let objects: Vec<Document> = decoded.documents.iter().flat_map(Document::objects).collect();
    let known = |document: &Document| {
        Kind::of_manifest(document.api_version(), document.kind()).is_some() && manifest::check(document).is_empty()
    };
    (decoded.failure.is_none() && !objects.is_empty() && objects.iter().all(known)).then_some(objects)
}

/// What `kubectl create -f FILE` prints; `suffix` follows `created`.
fn answer(documents: &[Document], server: &ApiServer, namespace: &str, file: &str, suffix: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for document in documents {
        match create(document, server, namespace) {
            Some(Ok((object, warnings))) => {
                lines.extend(warnings.iter().map(|warning| format!("Warning: {warning}")));
                lines.push(format!("{}/{} created{suffix}", object.kind().qualified(), object.meta().name));
            }
            Some(Err(text)) => lines.extend(text.replace("FILE", file).lines().map(str::to_owned)),
            None => panic!("not simulated"),
        }
    }
    lines
}

/// The recordings hold what was done before what was refused.
fn same_lines(given: &[String], expected: &[String]) -> bool {
    let sorted = |lines: &[String]| {
        let mut lines: Vec<String> = lines.iter().map(|line| without_uids(line)).collect();
        lines.sort();
        lines
    };
    sorted(given) == sorted(expected)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The recorded answers by file: `## name`, a fenced block, `[exit N]` at its end.
fn verdicts(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let text = read(&folder.join("kubernetes/verdicts.md"));
    let mut all = BTreeMap::new();
    for section in text.split("\n## ").skip(1) {
        let mut parts = section.split("```");
        let (Some(name), Some(body)) = (parts.next(), parts.next()) else { panic!("{section}") };
        let lines = body.lines().filter(|line| !line.is_empty() && !line.starts_with("[exit")).map(str::to_owned);
        all.insert(name.trim().to_owned(), lines.collect());
    }
    all
}

#[test]
fn every_recorded_verdict_on_a_manifest_is_given() {
    let Some(folder) = reference() else { return };
    let server = server("verdicts");
    let (mut compared, mut wrong) = (0, Vec::new());
    for (name, expected) in verdicts(&folder) {
        let Some(documents) = objects(&read(&folder.join("kubernetes/corpus").join(&name))) else { continue };
        let file = name.rsplit('/').next().unwrap_or_default();
        compared += 1;
        let given = answer(&documents, &server, "verdicts", file, " (server dry run)");
        if !same_lines(&given, &expected) {
            wrong.push(format!("{name}\n  expected {expected:#?}\n  given {given:#?}"));
        }
    }
    println!("verdicts: {compared} compared, {} differ", wrong.len());
    assert!(wrong.is_empty() && compared > 80, "{}", wrong.join("\n"));
}

const DRAWN: [&str; 4] = ["uid", "creationTimestamp", "resourceVersion", "kubectl.kubernetes.io/last-applied-configuration"];

/// `<uid>` for each UUID.
fn without_uids(text: &str) -> String {
    let is_uid = |word: &str| word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    let words = text.split_inclusive(|c: char| !c.is_ascii_hexdigit() && c != '-');
    words.map(|word| match word.get(..36).filter(|head| is_uid(head)) {
        Some(_) => format!("<uid>{}", &word[36..]),
        None => word.to_owned(),
    }).collect()
}

/// The addresses and ports that a server picks for a service; fixed values such as `None` stay.
fn allocated(key: &str, value: &Value) -> Option<Value> {
    let is_address = |value: &Value| value.as_str().is_some_and(|text| text == "<cluster-ip>" || text.starts_with("10."));
    match (key, value) {
        ("clusterIP", value) if is_address(value) => Some(json!("<cluster-ip>")),
        ("clusterIPs", Value::Array(all)) if all.iter().all(is_address) => Some(json!(["<cluster-ip>"])),
        ("nodePort" | "healthCheckNodePort", _) => Some(json!("<port>")),
        _ => None,
    }
}

/// Takes out what each run draws anew, and the annotation that kubectl renews by itself.
fn folded(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, _)| !DRAWN.contains(&key.as_str()));
            kept.map(|(key, value)| (key.clone(), allocated(key, value).unwrap_or_else(|| folded(value)))).collect()
        }
        Value::Array(items) => items.iter().map(folded).collect(),
        Value::String(text) if text.starts_with("kube-api-access-") => json!("kube-api-access-<r>"),
        Value::String(text) => Value::from(without_uids(text)),
        other => other.clone(),
    }
}

#[test]
fn every_recorded_object_is_filled_in_as_by_the_real_server() {
    let Some(folder) = reference() else { return };
    let server = server("verdicts");
    let (mut compared, mut wrong) = (0, Vec::new());
    for name in verdicts(&folder).keys() {
        let Ok(filled) = fs::read_to_string(folder.join("kubernetes/defaulted").join(name)) else { continue };
        let filled: Vec<Document> = manifest::decode(&filled).documents.iter().flat_map(Document::objects).collect();
        let decoded = manifest::decode(&read(&folder.join("kubernetes/corpus").join(name)));
        for document in decoded.documents.iter().flat_map(Document::objects) {
            let same = |other: &&Document| other.kind() == document.kind() && other.name() == document.name();
            let Some(expected) = filled.iter().find(same) else { continue };
            let Some(Ok((object, _))) = create(&document, &server, "verdicts") else { continue };
            compared += 1;
            let (expected, given) = (folded(&expected.value), folded(&object.to_value()));
            if expected != given {
                wrong.push(format!("{name}\n{}", difference("", &expected, &given).join("\n")));
            }
        }
    }
    println!("filled in: {compared} compared, {} differ", wrong.len());
    assert!(wrong.is_empty() && compared > 80, "{}", wrong.join("\n"));
}

/// The places where two values differ.
fn difference(path: &str, expected: &Value, given: &Value) -> Vec<String> {
    if let (Value::Object(left), Value::Object(right)) = (expected, given) {
        let keys: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
        let null = Value::Null;
        let step = |key: &&String| {
            let (left, right) = (left.get(*key).unwrap_or(&null), right.get(*key).unwrap_or(&null));
            difference(&format!("{path}.{key}"), left, right)
        };
        return keys.iter().flat_map(step).collect();
    }
    if let (Value::Array(left), Value::Array(right)) = (expected, given)
        && left.len() == right.len()
    {
        let pairs = left.iter().zip(right).enumerate();
        return pairs.flat_map(|(index, (left, right))| difference(&format!("{path}[{index}]"), left, right)).collect();
    }
    if expected == given { Vec::new() } else { vec![format!("  {path}: expected {expected}, given {given}")] }
}

/// The steps of a transcript: files and commands with their output, in order.
enum Step {
    File(String, String),
    Command(String, Vec<String>),
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut name, mut lines) = (None, text.lines());
    while let Some(line) = lines.next() {
        if let Some(file) = line.trim().strip_prefix('`').and_then(|rest| rest.strip_suffix("`:")) {
            name = Some(file.to_owned());
        }
        if !line.starts_with("```") {
            continue;
        }
        let body: Vec<String> = lines.by_ref().take_while(|line| *line != "```").map(str::to_owned).collect();
        if line == "```yaml" {
            steps.extend(name.take().map(|name| Step::File(name, body.join("\n"))));
        } else if let Some(command) = body.iter().position(|line| line.starts_with("$ ")) {
            let output = body[command + 1..].iter().filter(|line| !line.is_empty() && !line.starts_with("[exit"));
            steps.push(Step::Command(body[command][2..].to_owned(), output.cloned().collect()));
        }
    }
    steps
}

#[test]
fn every_recorded_create_is_answered_in_the_same_words() {
    let Some(folder) = reference() else { return };
    let (mut compared, mut wrong) = (0, Vec::new());
    for (transcript, namespace) in [("01-rc", "rc"), ("02-rs", "rs"), ("08-validation", "default"), ("08b-validation-more", "default"), ("04-job", "job"), ("05-cronjob", "cron"), ("10-columns", "columns")] {
        let server = server(namespace);
        let mut files = BTreeMap::new();
        for step in steps(&read(&folder.join("transcripts").join(format!("{transcript}.md")))) {
            let (command, expected) = match step {
                Step::File(name, text) => {
                    files.insert(name, text);
                    continue;
                }
                Step::Command(command, expected) => (command, expected),
            };
            let Some(file) = command.strip_prefix("kubectl create -f ") else { continue };
            let Some(documents) = files.get(file).and_then(|text| objects(text)) else { continue };
            // What is there already is found later, when it is stored.
            if expected.iter().any(|line| line.contains("(AlreadyExists)")) {
                continue;
            }
            compared += 1;
            let given = answer(&documents, &server, namespace, file, "");
            if !same_lines(&given, &expected) {
                wrong.push(format!("{transcript}: {command}\n  expected {expected:#?}\n  given {given:#?}"));
            }
        }
    }
    println!("creates: {compared} compared, {} differ", wrong.len());
    assert!(wrong.is_empty() && compared > 80, "{}", wrong.join("\n"));
}
