//! `kubectl kustomize DIR` and `-k DIR`: the objects of a folder with a kustomization file, changed as that file says.
//! Models sigs.k8s.io/kustomize api/internal/target/kusttarget.go and api/resmap/reswrangler.go (v5.5). Left out: helm charts, plugins,
//! variables, schemas of custom resources; those fields are refused by name.

use serde_json::{Value, json};

use super::customize::{self, Piece};
use super::generate;
use super::replacements;
use super::Run;
use crate::api::Kind;
use crate::base::sort_by;
use crate::kubectl::Session;
use crate::kubectl::answer::{Answer, Failure};
use crate::manifest::{self, Document};

const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// Where the files of a session are.
const HOME: &str = "/root";
/// No more folders than this are gone through for one.
const MOST_FOLDERS: usize = 200;

const FIELDS: [&str; 22] = [
    "apiVersion", "kind", "metadata", "resources", "bases", "namespace", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations",
    "images", "replicas", "configMapGenerator", "secretGenerator", "generatorOptions", "patches", "patchesStrategicMerge", "patchesJson6902",
    "sortOptions", "components", "replacements",
];
/// Fields that kustomize knows and that are not done here.
const ABSENT: [&str; 9] = [
    "crds", "vars", "openapi", "configurations", "generators", "transformers", "validators", "helmCharts", "buildMetadata",
];
const DEPRECATED: [(&str, &str); 4] =
    [("bases", "resources"), ("commonLabels", "labels"), ("patchesJson6902", "patches"), ("patchesStrategicMerge", "patches")];

/// The order in which kinds come: first what others need. Models api/internal/utils or resmap legacyOrder.
const FIRST: [&str; 22] = [
    "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy", "Role", "ClusterRole",
    "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service", "LimitRange", "PriorityClass", "PersistentVolume",
    "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
];

/// What was built: the objects as one text, and what is warned of.
#[derive(Debug, Default)]
pub(in crate::kubectl) struct Built {
    pub text: String,
    pub warnings: String,
}

/// The way through folders that lead to each other.
#[derive(Default)]
struct Way {
    /// Those that it is in.
    inside: Vec<String>,
    /// How many it has seen.
    seen: usize,
    warnings: String,
}

/// What a kustomization can read.
#[derive(Clone, Copy)]
pub(super) struct Folder<'a> {
    session: &'a Session,
    /// Without `./` and a slash at the end; empty for the home folder.
    path: &'a str,
}

impl<'a> Folder<'a> {
    fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        let below = if self.path.is_empty() { String::new() } else { format!("{}/", self.path) };
        self.session.files.keys().filter_map(move |name| name.strip_prefix(below.as_str()))
    }

    /// A file by its name seen from here.
    pub fn read(&self, name: &str) -> Result<&'a str, String> {
        let path = joined(self.path, name);
        let missing = || format!("evalsymlink failure on '{0}' : lstat {0}: no such file or directory", absolute(&path));
        self.session.files.get(&path).map(String::as_str).ok_or_else(missing)
    }
}

/// A path seen from a folder, without `.` and `..`.
fn joined(folder: &str, name: &str) -> String {
    let mut steps: Vec<&str> = if name.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    let name = name.strip_prefix(HOME).filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(name);
    for step in name.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(steps.pop()),
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}

fn absolute(path: &str) -> String {
    if path.is_empty() { HOME.to_owned() } else { format!("{HOME}/{path}") }
}

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    let folder = match run.given.args.as_slice() {
        [] => ".",
        [folder] => folder,
        _ => return Answer::failed(Failure::own("specify one path to kustomization.yaml")),
    };
    if run.given.text("output").is_some_and(|path| !path.is_empty()) {
        return Answer::failed(Failure::unsupported("kubectl kustomize --output", "write \"> FILE\" behind the line"));
    }
    match build(run.session, folder) {
        Ok(built) => Answer::ok(built.warnings + &built.text),
        Err(why) => Answer::failed(Failure::Own(why)),
    }
}

/// Builds a folder.
pub(in crate::kubectl) fn build(session: &Session, folder: &str) -> Result<Built, String> {
    let mut built = Built::default();
    if folder.contains("://") || folder.starts_with("github.com/") {
        return Err("a folder of the web is not supported here: write its files into tabs".to_owned());
    }
    let path = joined("", folder);
    let there = Folder { session, path: &path };
    if !path.is_empty() && there.names().next().is_none() {
        let absolute = absolute(&path);
        let what = if session.files.contains_key(&path) {
            format!("'{folder}': file is not directory")
        } else {
            format!("not a valid directory: evalsymlink failure on '{folder}' : lstat {absolute}: no such file or directory")
        };
        return Err(format!("must build at directory: {what}"));
    }
    let mut way = Way::default();
    let mut pieces = Vec::new();
    customized(there, &mut way, &mut pieces)?;
    built.warnings = way.warnings;
    generate::put_hashes(&mut pieces);
    customize::mend_names(&mut pieces);
    sort_by(&mut pieces, |a, b| rank(a).cmp(&rank(b)));
    let texts: Vec<String> = pieces.iter().map(|piece| manifest::encode(&piece.value)).collect();
    built.text = texts.join("---\n");
    Ok(built)
}

fn rank(piece: &Piece) -> (usize, String, String, String) {
    let kind = piece.kind();
    let last = matches!(kind, "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration");
    let place = FIRST.iter().position(|first| *first == kind).unwrap_or(FIRST.len() + usize::from(last));
    (place, kind.to_owned(), piece.namespace().to_owned(), piece.name().to_owned())
}

/// Adds the pieces of one folder, and changes all as its file says: with those of others that are there if it is a component.
fn customized(folder: Folder<'_>, way: &mut Way, pieces: &mut Vec<Piece>) -> Result<(), String> {
    let Some(text) = NAMES.iter().find_map(|name| folder.read(name).ok()) else {
        let place = absolute(folder.path);
        return Err(format!("unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{place}'"));
    };
    let file = settings(text)?;
    for (field, instead) in DEPRECATED.iter().filter(|(field, _)| file.get(field).is_some()) {
        let advice = format!("Please use '{instead}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.");
        way.warnings.push_str(&format!("# Warning: '{field}' is deprecated. {advice}\n"));
    }
    way.inside.push(folder.path.to_owned());
    way.seen += 1;
    for path in ["resources", "bases"].iter().flat_map(|field| texts(&file, field)) {
        accumulate(folder, path, way, pieces)?;
    }
    for path in texts(&file, "components") {
        let full = joined(folder.path, path);
        if way.seen >= MOST_FOLDERS || way.inside.contains(&full) {
            return Err(format!("accumulating components: cycle detected: '{}'", absolute(&full)));
        }
        let below = Folder { session: folder.session, path: &full };
        if below.names().next().is_none() {
            let place = absolute(&full);
            let why = format!("evalsymlink failure on '{place}' : lstat {place}: no such file or directory");
            return Err(format!("accumulating components: loader.New \"must build at directory: not a valid directory: {why}\""));
        }
        let of_path = |why: String| format!("accumulating components: accumulateDirectory: \"recursed accumulation of path '{}': {why}\"", absolute(&full));
        customized(below, way, pieces).map_err(of_path)?;
    }
    way.inside.pop();
    generate::run(folder, &file, pieces)?;
    customize::run(folder, &file, pieces)?;
    replacements::run(&file, pieces)
}

/// The file as a value.
fn settings(text: &str) -> Result<Value, String> {
    let decoded = manifest::decode(text);
    if let Some(failure) = &decoded.failure {
        let why = failure.message.strip_prefix("error converting YAML to JSON: ").unwrap_or(&failure.message);
        return Err(format!("invalid Kustomization: {why}"));
    }
    let value = decoded.readable().first().map(|document| document.value.clone()).unwrap_or_default();
    let Some(map) = value.as_object() else { return Err("kustomization.yaml is empty".to_owned()) };
    for field in map.keys() {
        if ABSENT.contains(&field.as_str()) {
            return Err(format!("the field {field} of a kustomization is not supported here: write what it would make into the manifests"));
        }
        if !FIELDS.contains(&field.as_str()) {
            return Err(format!("invalid Kustomization: json: unknown field \"{field}\""));
        }
    }
    Ok(value)
}

/// The texts of a list.
pub(super) fn texts<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    value.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn accumulate(folder: Folder<'_>, path: &str, way: &mut Way, pieces: &mut Vec<Piece>) -> Result<(), String> {
    let wrong = |inner: String, outer: String| format!("accumulating resources: accumulation err='{inner}': {outer}");
    let full = joined(folder.path, path);
    let place = absolute(&full);
    match folder.read(path) {
        Ok(text) => {
            for value in objects(text).map_err(|why| format!("accumulating resources: accumulation err='accumulating resources from '{path}': {why}'"))? {
                let piece = Piece::new(value);
                if pieces.iter().any(|other| other.id() == piece.id()) {
                    let inner = format!("merging resources from '{path}': may not add resource with an already registered id: {}", piece.id());
                    return Err(wrong(inner, format!("must build at directory: '{place}': file is not directory")));
                }
                pieces.push(piece);
            }
            Ok(())
        }
        Err(why) => {
            let below = Folder { session: folder.session, path: &full };
            if below.names().next().is_none() {
                return Err(wrong(format!("accumulating resources from '{path}': {why}"), format!("must build at directory: not a valid directory: {why}")));
            }
            if let Some(root) = way.inside.iter().find(|root| **root == full || root.starts_with(&format!("{full}/")) || full.is_empty()) {
                let root = absolute(root);
                return Err(wrong(
                    format!("accumulating resources from '{path}': '{place}' must resolve to a file"),
                    format!("cycle detected: candidate root '{place}' contains visited root '{root}'"),
                ));
            }
            if way.seen >= MOST_FOLDERS {
                return Err("more folders lead to each other than are gone through here".to_owned());
            }
            let mut inner = Vec::new();
            customized(below, way, &mut inner).map_err(|why| {
                wrong(format!("accumulating resources from '{path}': '{place}' must resolve to a file"), format!("recursed accumulation of path '{place}': {why}"))
            })?;
            pieces.extend(inner);
            Ok(())
        }
    }
}

/// The objects of a text.
pub(super) fn objects(text: &str) -> Result<Vec<Value>, String> {
    let mut decoded = manifest::decode(text);
    if decoded.failure.is_some() && text.trim_start().starts_with('{') {
        // It is no JSON: here that makes it YAML.
        decoded = manifest::decode(&format!("#\n{text}"));
    }
    if let Some(failure) = &decoded.failure {
        let why = failure.message.strip_prefix("error converting YAML to JSON: ").unwrap_or(&failure.message);
        return Err(format!("MalformedYAMLError: {why}"));
    }
    let values: Vec<Value> = decoded.readable().iter().flat_map(Document::objects).map(|document| document.value).collect();
    for value in values.iter().filter(|value| value.is_object()) {
        let is_missing = |field: &str| value.get(field).and_then(Value::as_str).unwrap_or_default().is_empty();
        if is_missing("kind") {
            return Err(format!("missing Resource metadata: missing kind in object {value}"));
        }
        if value["metadata"]["name"].as_str().is_none() && value["metadata"]["generateName"].as_str().is_none() {
            return Err(format!("missing metadata.name in object {value}"));
        }
    }
    Ok(values.into_iter().filter(Value::is_object).collect())
}

/// Whether objects of a kind stand in namespaces; one that is not known does.
pub(super) fn is_namespaced(kind: &str) -> bool {
    Kind::all().find(|known| known.name() == kind).is_none_or(|known| known.info().namespaced)
}

/// An object with nothing but its kind and name.
pub(super) fn named(kind: &str, name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}})
}
