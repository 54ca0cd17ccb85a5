//! What could stand at the caret: fields of the type there, the words that a value can be, kinds and versions.
//! Names of objects, labels and the like are known to a cluster only; they are asked for as [`Wanted`].

use super::super::schema::{self, Field, Shape};
use super::place::{Found, Part, Place, Step};
use super::values;

/// Something that could stand at the caret.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// What it is called in the list.
    pub label: String,
    /// What is typed when it is chosen.
    pub insert: String,
    /// Its type, or where it comes from.
    pub detail: String,
    /// Whether what comes next can be suggested too.
    pub again: bool,
}

/// What a cluster is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Names of objects of a kind.
    Names(String),
    /// Keys in the data of a ConfigMap or a Secret, by kind and name.
    DataKeys(String, String),
    /// Keys of labels of objects of a kind.
    LabelKeys(&'static str),
    /// Values of a label of objects of a kind.
    LabelValues(&'static str, String),
    /// Images that are known.
    Images,
}

/// What could stand at a caret.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suggestions {
    /// Bytes before what is replaced.
    pub from: usize,
    /// What could stand there.
    pub options: Vec<Suggestion>,
    /// What a cluster could add.
    pub wanted: Option<Wanted>,
    /// `metadata.namespace` of the document, or empty.
    pub namespace: String,
}

/// What could stand at a place of a text.
pub fn complete(text: &str, offset: usize) -> Suggestions {
    let Some(place) = Place::of(text, offset) else { return Suggestions::default() };
    let mut found = Suggestions { from: place.from, namespace: place.namespace.clone(), ..Suggestions::default() };
    match (place.part, place.path.as_slice()) {
        (Part::Key, []) => top_keys(&place, &mut found.options),
        (Part::Value, [Step::Key(key)]) if key == "apiVersion" => versions(&place, &mut found.options),
        (Part::Value, [Step::Key(key)]) if key == "kind" => kinds(&place, &mut found.options),
        _ => inside(text, &place, &mut found),
    }
    found
}

fn plain(label: &str, detail: &str) -> Suggestion {
    Suggestion { label: label.to_owned(), insert: label.to_owned(), detail: detail.to_owned(), again: false }
}

/// The fields of the kind; what every object has, while none is named.
fn top_keys(place: &Place, options: &mut Vec<Suggestion>) {
    if let Some(found) = place.shape() {
        return keys(place, &found, options);
    }
    for key in ["apiVersion", "kind"].iter().filter(|key| !has(place, key)) {
        options.push(Suggestion { insert: key_text(place, key, ": "), detail: "string".to_owned(), again: true, ..plain(key, "") });
    }
    if !has(place, "metadata") {
        let insert = key_text(place, "metadata", ":\n  ");
        options.push(Suggestion { insert, again: true, ..plain("metadata", "v1.ObjectMeta") });
    }
}

fn has(place: &Place, key: &str) -> bool {
    place.siblings.iter().any(|(name, _)| name == key)
}

fn key_text(place: &Place, key: &str, after: &str) -> String {
    if place.has_colon { key.to_owned() } else { format!("{key}{after}") }
}

fn versions(place: &Place, options: &mut Vec<Suggestion>) {
    let mut of_kind = Vec::new();
    let mut others = Vec::new();
    for (version, kind) in schema::kinds() {
        if kind == place.kind {
            of_kind.push(version);
        } else if !others.contains(&version) {
            others.push(version);
        }
    }
    let known = !of_kind.is_empty();
    options.extend(of_kind.into_iter().map(|version| plain(version, &place.kind)));
    if !known {
        options.extend(others.into_iter().map(|version| plain(version, "")));
    }
}

fn kinds(place: &Place, options: &mut Vec<Suggestion>) {
    let fits = |version: &str| place.api_version.is_empty() || place.api_version == version;
    options.extend(schema::kinds().filter(|(version, _)| fits(version)).map(|(version, kind)| plain(kind, version)));
    if options.is_empty() {
        options.extend(schema::kinds().map(|(version, kind)| plain(kind, version)));
    }
}

fn inside(text: &str, place: &Place, found: &mut Suggestions) {
    let Some(at) = place.shape() else { return };
    let is_value = place.part == Part::Value || !matches!(at.shape, Shape::Struct(_) | Shape::Map(_) | Shape::List(_));
    if is_value {
        return value(text, place, &at, found);
    }
    match &at.shape {
        Shape::Struct(_) => keys(place, &at, &mut found.options),
        // An item that was not begun with a dash.
        Shape::List(item) => match &**item {
            Shape::Struct(_) => {
                let item = at.step(&Step::Item).unwrap_or(at.clone());
                keys(place, &item, &mut found.options);
                for option in &mut found.options {
                    // What lies below is two columns deeper behind a dash.
                    option.insert = format!("- {}", option.insert.replace('\n', "\n  "));
                }
            }
            _ => {
                value(text, place, &at, found);
                found.options.iter_mut().for_each(|option| option.insert = format!("- {}", option.insert));
            }
        },
        _ => map_keys(place, &at, found),
    }
}

/// Keys of a map: names of resources, of labels.
fn map_keys(place: &Place, at: &Found, found: &mut Suggestions) {
    let go_type = at.field.and_then(Field::go_type).unwrap_or_default();
    if go_type == "v1.ResourceList" {
        let names = values::words("v1.ResourceName").iter().filter(|name| !has(place, name));
        found.options.extend(names.map(|name| Suggestion { insert: key_text(place, name, ": "), detail: "resource.Quantity".to_owned(), ..plain(name, "") }));
    }
    found.wanted = labelled(place).map(Wanted::LabelKeys);
}

/// Whose labels stand in the map at a place.
fn labelled(place: &Place) -> Option<&'static str> {
    match place.key() {
        "nodeSelector" => Some("Node"),
        "selector" | "matchLabels" | "labels" => Some("Pod"),
        _ => None,
    }
}

fn keys(place: &Place, at: &Found, options: &mut Vec<Suggestion>) {
    let Shape::Struct(id) = at.shape else { return };
    let fields = schema::fields_of(id).iter().filter(|field| !has(place, field.name) && !is_servers(place, field));
    for required in [true, false] {
        options.extend(fields.clone().filter(|field| field.required == required).map(|field| key(place, field)));
    }
}

/// Whether only a server writes a field, so that nobody is offered it.
fn is_servers(place: &Place, field: &Field) -> bool {
    let in_meta = place.key() == "metadata";
    let of_meta = ["creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
    (place.path.is_empty() && field.name == "status") || (in_meta && of_meta.contains(&field.name))
}

fn key(place: &Place, field: &Field) -> Suggestion {
    let pad = " ".repeat(place.indent);
    let (after, again) = match (&field.shape, place.in_flow) {
        (_, true) => (": ".to_owned(), false),
        (Shape::Struct(_) | Shape::Map(_), _) => (format!(":\n{pad}  "), true),
        (Shape::List(_), _) => (format!(":\n{pad}- "), true),
        (shape, _) => (": ".to_owned(), *shape == Shape::Bool || field.go_type().is_some() || refers(place, field.name).is_some()),
    };
    let mark = if field.required { "*" } else { "" };
    Suggestion {
        label: field.name.to_owned(),
        insert: key_text(place, field.name, &after),
        detail: format!("{}{mark}", field.go_name(&field.shape)),
        again: again && !place.has_colon,
    }
}

fn value(text: &str, place: &Place, at: &Found, found: &mut Suggestions) {
    let option = |word: &&str| Suggestion { insert: (*word).to_owned(), ..plain(word, "") };
    let go_type = at.field.and_then(Field::go_type).unwrap_or_default();
    found.options.extend(values::words(go_type).iter().map(option));
    if at.shape == Shape::Bool {
        found.options.extend(["true", "false"].iter().map(option));
    }
    let parent = |depth: usize| {
        let keys: Vec<&str> = place.path.iter().filter_map(|step| if let Step::Key(key) = step { Some(key.as_str()) } else { None }).collect();
        keys.len().checked_sub(depth + 1).and_then(|at| keys.get(at).copied()).unwrap_or_default()
    };
    if matches!((parent(1), place.key()), ("volumeMounts", "name")) {
        found.options.extend(volumes(text, place.from).iter().map(|name| plain(name, "volume")));
    }
    if matches!(at.shape, Shape::String) && matches!(parent(1), "nodeSelector" | "selector" | "matchLabels" | "labels") {
        let of = if parent(1) == "nodeSelector" { "Node" } else { "Pod" };
        found.wanted = Some(Wanted::LabelValues(of, place.key().to_owned()));
        return;
    }
    found.wanted = refers(place, place.key());
}

/// What a field of a place names: by its key and the one above it.
fn refers(place: &Place, key: &str) -> Option<Wanted> {
    let mut above = place.path.iter().rev().filter_map(|step| if let Step::Key(name) = step { Some(name.as_str()) } else { None });
    let mut parent = above.next().unwrap_or_default();
    if place.part == Part::Value {
        parent = above.next().unwrap_or_default();
    }
    let sibling = |name: &str| place.siblings.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let kind = match (parent, key) {
        ("configMapRef" | "configMapKeyRef" | "configMap", "name") => "ConfigMap",
        ("secretRef" | "secretKeyRef" | "imagePullSecrets" | "secret", "name") | (_, "secretName") => "Secret",
        ("service", "name") | (_, "serviceName") => "Service",
        (_, "claimName") => "PersistentVolumeClaim",
        (_, "volumeName") => "PersistentVolume",
        (_, "storageClassName") => "StorageClass",
        (_, "serviceAccountName") => "ServiceAccount",
        (_, "ingressClassName") => "IngressClass",
        (_, "priorityClassName") => "PriorityClass",
        (_, "nodeName") => "Node",
        ("metadata", "namespace") => "Namespace",
        ("configMapKeyRef", "key") => return Some(Wanted::DataKeys("ConfigMap".to_owned(), sibling("name")?)),
        ("secretKeyRef", "key") => return Some(Wanted::DataKeys("Secret".to_owned(), sibling("name")?)),
        ("scaleTargetRef" | "roleRef" | "subjects", "name") => return sibling("kind").map(Wanted::Names),
        ("containers" | "initContainers", "image") => return Some(Wanted::Images),
        _ => return None,
    };
    Some(Wanted::Names(kind.to_owned()))
}

/// The names of the volumes that the document around an offset declares.
fn volumes(text: &str, offset: usize) -> Vec<String> {
    let lines = super::place::document_lines(text, offset);
    let mut found = Vec::new();
    let mut inside: Option<usize> = None;
    for line in lines.iter().filter(|line| !line.is_blank()) {
        if inside.is_some_and(|column| line.first() < column || (line.first() == column && line.dashes.is_empty())) {
            inside = None;
        }
        if let (Some(_), Some(("name", value)), true) = (inside, line.key(), line.first() <= inside.unwrap_or_default() + 4) {
            let deep = line.dashes.is_empty() && line.column > inside.unwrap_or_default() + 4;
            if !deep {
                found.push(value.trim().to_owned());
            }
        }
        if line.key() == Some(("volumes", "")) {
            inside = Some(line.column);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  volumes:\n  - name: html\n    emptyDir: {}\n  containers:\n  - name: main\n    image: nginx\n";

    fn at(text: &str) -> Suggestions {
        let offset = text.find('|').expect("a caret");
        complete(&text.replacen('|', "", 1), offset)
    }

    fn labels(text: &str) -> Vec<String> {
        at(text).options.into_iter().map(|option| option.label).collect()
    }

    #[test]
    fn fields_and_words_are_offered_where_they_can_stand() {
        let rows: [(&str, &[&str], &[&str]); 14] = [
            ("|", &["apiVersion", "kind", "metadata"], &["spec"]),
            ("apiVersion: apps/v1\nkind: |", &["Deployment", "StatefulSet"], &["Pod"]),
            ("apiVersion: |\nkind: Ingress\n", &["networking.k8s.io/v1"], &["v1"]),
            ("apiVersion: apps/v1\nkind: Deployment\nspec:\n  |", &["selector", "template", "replicas", "strategy"], &["containers"]),
            ("apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 3\n  |", &["selector"], &["replicas"]),
            ("apiVersion: v1\nkind: Service\nspec:\n  type: |", &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], &[]),
            ("kind: Pod\nspec:\n  containers:\n  - image: a\n    resources:\n      limits:\n        |", &["cpu", "memory"], &[]),
            ("kind: Pod\nspec:\n  hostNetwork: |", &["true", "false"], &[]),
            ("kind: Pod\nmetadata:\n  |", &["name", "labels", "namespace"], &["uid", "managedFields"]),
            ("kind: Pod\n|", &["metadata", "spec"], &["status", "kind"]),
            ("kind: PersistentVolumeClaim\nspec:\n  accessModes:\n  - |", &["ReadWriteOnce"], &[]),
            ("kind: PersistentVolumeClaim\nspec:\n  accessModes: [|]\n", &["ReadWriteOnce"], &[]),
            ("kind: Nothing\nspec:\n  |", &[], &["containers"]),
            ("kind: Pod\nspec:\n  tolerations: [{effect: |", &["NoExecute"], &[]),
        ];
        for (text, there, absent) in rows {
            let labels = labels(text);
            assert!(there.iter().all(|label| labels.iter().any(|found| found == label)), "{text}: {labels:?}");
            assert!(!absent.iter().any(|label| labels.iter().any(|found| found == label)), "{text}: {labels:?}");
        }
        assert_eq!(labels(&format!("{POD}    volumeMounts:\n    - name: |")), ["html"]);
    }

    #[test]
    fn what_is_required_comes_first_and_brings_its_indentation() {
        let suggestions = at("apiVersion: apps/v1\nkind: Deployment\nspec:\n  |");
        let texts: Vec<&str> = suggestions.options.iter().take(2).map(|option| option.insert.as_str()).collect();
        assert_eq!(texts, ["selector:\n    ", "template:\n    "]);
        let items = at(&format!("{POD}    ports:\n      |"));
        assert_eq!(items.options[0].insert, "- containerPort: ");
        let renamed = at(&POD.replace("image: nginx", "im|: nginx"));
        assert!(renamed.options.iter().any(|option| option.insert == "image"));
        let list = at(&POD.replace("    image: nginx\n", "    po|"));
        assert!(list.options.iter().any(|option| option.insert == "ports:\n    - " && option.again), "{:?}", list.options);
    }

    #[test]
    fn references_are_asked_for() {
        let names = |kind: &str| Some(Wanted::Names(kind.to_owned()));
        let env = format!("{POD}    env:\n    - name: A\n      valueFrom:\n        configMapKeyRef:\n");
        let rows = [
            (format!("{POD}    envFrom:\n    - configMapRef:\n        name: |"), names("ConfigMap")),
            (format!("{env}          name: |"), names("ConfigMap")),
            (format!("{env}          name: conf\n          key: |"), Some(Wanted::DataKeys("ConfigMap".to_owned(), "conf".to_owned()))),
            ("apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  serviceName: |".to_owned(), names("Service")),
            ("apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec:\n  rules:\n  - http:\n      paths:\n      - backend:\n          service:\n            name: |".to_owned(), names("Service")),
            ("kind: Pod\nspec:\n  volumes:\n  - name: a\n    persistentVolumeClaim:\n      claimName: |".to_owned(), names("PersistentVolumeClaim")),
            ("kind: Service\nspec:\n  selector:\n    |".to_owned(), Some(Wanted::LabelKeys("Pod"))),
            ("kind: Service\nspec:\n  selector:\n    app: |".to_owned(), Some(Wanted::LabelValues("Pod", "app".to_owned()))),
            ("kind: Pod\nspec:\n  nodeSelector:\n    disk: |".to_owned(), Some(Wanted::LabelValues("Node", "disk".to_owned()))),
            ("kind: HorizontalPodAutoscaler\nspec:\n  scaleTargetRef:\n    kind: Deployment\n    name: |".to_owned(), names("Deployment")),
            (POD.replace("nginx", "|"), Some(Wanted::Images)),
            ("kind: Pod\nspec:\n  hostname: |".to_owned(), None),
        ];
        for (text, wanted) in rows {
            assert_eq!(at(&text).wanted, wanted, "{text}");
        }
    }
}
