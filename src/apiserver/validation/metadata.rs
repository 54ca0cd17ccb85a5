//! Metadata: names, labels, annotations, owners, finalizers; and label selectors, which follow the same syntax.
//! Models apimachinery/pkg/api/validation/objectmeta.go and apimachinery/pkg/apis/meta/v1/validation.
//! Left out: managedFields.

use super::names::{self, NameRule, NameUse};
use super::path::{BadValue, Causes, FieldPath, GoSyntax, IMMUTABLE, quote};
use crate::api::{LabelSelector, Labels, ObjectMeta, Operator, OwnerReference, Requirement};
use crate::base::Name;

/// All annotations of an object together, keys and values, in bytes.
const ANNOTATIONS_MAX: usize = 256 * 1024;
const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";

/// Whether a kind's objects live in namespaces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scope {
    /// They do.
    Namespaced,
    /// They do not.
    Cluster,
}

/// Metadata of a new object.
/// Models ValidateObjectMeta.
pub fn validate_meta(meta: &ObjectMeta, scope: Scope, rule: NameRule, causes: &mut Causes) {
    let path = FieldPath::new("metadata");
    if !meta.generate_name.is_empty() {
        let messages = rule(&meta.generate_name, NameUse::Prefix);
        causes.invalid_each(&path.child("generateName"), &meta.generate_name, messages);
    }
    if meta.name.is_empty() {
        causes.required(&path.child("name"), "name or generateName is required");
    } else {
        causes.invalid_each(&path.child("name"), &meta.name, rule(&meta.name, NameUse::Whole));
    }
    validate_namespace(meta, scope, &path.child("namespace"), causes);
    causes.nonnegative(&path.child("generation"), meta.generation);
    validate_common(meta, &path, causes);
}

fn validate_namespace(meta: &ObjectMeta, scope: Scope, path: &FieldPath, causes: &mut Causes) {
    match (scope, meta.namespace.is_empty()) {
        (Scope::Namespaced, true) => causes.required(path, ""),
        (Scope::Namespaced, false) => {
            causes.invalid_each(path, &meta.namespace, names::label_rule(&meta.namespace, NameUse::Whole));
        }
        (Scope::Cluster, false) => causes.forbidden(path, "not allowed on this type"),
        (Scope::Cluster, true) => {}
    }
}

fn validate_common(meta: &ObjectMeta, path: &FieldPath, causes: &mut Causes) {
    validate_labels(&meta.labels, &path.child("labels"), causes);
    validate_annotations(&meta.annotations, &path.child("annotations"), causes);
    validate_owners(&meta.owners, &path.child("ownerReferences"), causes);
    validate_finalizers(&meta.finalizers, &path.child("finalizers"), causes);
}

/// Metadata of a changed object.
/// Models ValidateObjectMetaUpdate. What the server keeps by itself (creation, deletion) is not compared.
pub fn validate_meta_update(new: &ObjectMeta, old: &ObjectMeta, causes: &mut Causes) {
    let path = FieldPath::new("metadata");
    if old.is_deleting() {
        let added: Vec<&str> = new.finalizers.iter().filter(|name| !old.finalizers.contains(name)).map(|n| &**n).collect();
        if !added.is_empty() {
            let list = GoSyntax::strings(added.iter().copied()).print();
            let detail = format!("no new finalizers can be added if the object is being deleted, found new finalizers {list}");
            causes.forbidden(&path.child("finalizers"), detail);
        }
    }
    if new.generation < old.generation {
        causes.invalid(&path.child("generation"), new.generation, "must not be decremented");
    }
    let fields = [("name", &new.name, &old.name), ("namespace", &new.namespace, &old.namespace)];
    for (field, new, old) in fields {
        if new != old {
            causes.invalid(&path.child(field), new, IMMUTABLE);
        }
    }
    if !new.uid.same(old.uid) {
        causes.invalid(&path.child("uid"), new.uid.to_string().as_str(), IMMUTABLE);
    }
    validate_common(new, &path, causes);
}

/// Labels: keys are qualified names, values are label values.
/// Models ValidateLabels; a refused value is reported under the path of the whole map.
pub fn validate_labels(labels: &Labels, path: &FieldPath, causes: &mut Causes) {
    for (key, value) in labels {
        validate_label_name(key, path, causes);
        causes.invalid_each(path, value, names::label_value(value));
    }
}

/// A label's key.
pub fn validate_label_name(key: &str, path: &FieldPath, causes: &mut Causes) {
    causes.invalid_each(path, key, names::qualified_name(key));
}

/// Annotations: keys as labels' in lower case, and a limit on all of it.
/// Models ValidateAnnotations.
pub fn validate_annotations(annotations: &Labels, path: &FieldPath, causes: &mut Causes) {
    for key in annotations.keys() {
        causes.invalid_each(path, key, names::qualified_name(&key.to_ascii_lowercase()));
    }
    let size: usize = annotations.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > ANNOTATIONS_MAX {
        causes.too_long(path, ANNOTATIONS_MAX);
    }
}

/// Models ValidateOwnerReferences.
fn validate_owners(owners: &[OwnerReference], path: &FieldPath, causes: &mut Causes) {
    let mut controller: Option<String> = None;
    for owner in owners {
        let version = owner.api_version.rsplit('/').next().unwrap_or_default();
        if version.is_empty() {
            causes.invalid(&path.child("apiVersion"), &owner.api_version, "version must not be empty");
        }
        let fields = [("kind", owner.kind.is_empty()), ("name", owner.name.is_empty()), ("uid", owner.uid.0 == 0)];
        for (field, empty) in fields {
            if empty {
                causes.invalid(&path.child(field), "", "must not be empty");
            }
        }
        if owner.controller != Some(true) {
            continue;
        }
        let this = format!("{}/{}", owner.kind, owner.name);
        let Some(first) = &controller else {
            controller = Some(this);
            continue;
        };
        let detail = format!(
            "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {this}"
        );
        causes.invalid(path, GoSyntax(go_owners(owners)), detail);
    }
}

fn go_owners(owners: &[OwnerReference]) -> String {
    let one = |owner: &OwnerReference| {
        let (version, kind, name) = (quote(&owner.api_version), quote(&owner.kind), quote(&owner.name));
        let uid = owner.uid;
        format!("v1.OwnerReference{{APIVersion:{version}, Kind:{kind}, Name:{name}, UID:\"{uid}\"}}")
    };
    let owners: Vec<String> = owners.iter().map(one).collect();
    format!("[]v1.OwnerReference{{{}}}", owners.join(", "))
}

/// Models ValidateFinalizers and validateKubeFinalizerName.
fn validate_finalizers(finalizers: &[Name], path: &FieldPath, causes: &mut Causes) {
    for (index, name) in finalizers.iter().enumerate() {
        causes.invalid_each(&path.index(index), name, names::qualified_name(name));
    }
    if [ORPHAN, FOREGROUND].iter().all(|wanted| finalizers.iter().any(|name| name == wanted)) {
        let detail = format!("finalizer {ORPHAN} and {FOREGROUND} cannot be both set");
        causes.invalid(path, GoSyntax::strings(finalizers.iter().map(|name| &**name)), detail);
    }
    for (index, name) in finalizers.iter().enumerate() {
        validate_standard_finalizer(name, &path.index(index), causes);
    }
}

/// A finalizer without a domain must be one of Kubernetes' own.
pub fn validate_standard_finalizer(name: &str, path: &FieldPath, causes: &mut Causes) {
    if !name.contains('/') && !["kubernetes", ORPHAN, FOREGROUND].contains(&name) {
        causes.invalid(path, name, "name is neither a standard finalizer name nor is it fully qualified");
    }
}

/// A label selector.
/// Models metav1 validation ValidateLabelSelector.
pub fn validate_label_selector(selector: &LabelSelector, path: &FieldPath, causes: &mut Causes) {
    validate_labels(&selector.match_labels, &path.child("matchLabels"), causes);
    for (index, requirement) in selector.match_expressions.iter().enumerate() {
        validate_requirement(requirement, &path.child("matchExpressions").index(index), causes);
    }
}

/// A label selector in Go's syntax.
pub fn go_selector(selector: &LabelSelector) -> GoSyntax {
    let labels = match selector.is_blank {
        true => "map[string]string{}".to_owned(),
        false => GoSyntax::map(&selector.match_labels).print(),
    };
    let one = |requirement: &Requirement| {
        let kept = requirement.rest.get("operator").and_then(|value| value.as_str());
        let (key, operator) = (quote(&requirement.key), quote(kept.unwrap_or(requirement.operator.as_str())));
        let values = match requirement.is_blank {
            true => "[]string{}".to_owned(),
            false => GoSyntax::strings(requirement.values.iter().map(|value| &**value)).print(),
        };
        format!("v1.LabelSelectorRequirement{{Key:{key}, Operator:{operator}, Values:{values}}}")
    };
    let expressions: Vec<String> = selector.match_expressions.iter().map(one).collect();
    let expressions = match expressions.is_empty() {
        true => "(nil)".to_owned(),
        false => format!("{{{}}}", expressions.join(", ")),
    };
    let expressions = format!("[]v1.LabelSelectorRequirement{expressions}");
    GoSyntax(format!("v1.LabelSelector{{MatchLabels:{labels}, MatchExpressions:{expressions}}}"))
}

/// `Invalid value: "Equals": not a valid selector operator`
pub fn refuse_operator(requirement: &Requirement, path: &FieldPath, causes: &mut Causes) {
    let kept = requirement.rest.get("operator").and_then(|value| value.as_str());
    let operator = kept.unwrap_or(requirement.operator.as_str());
    causes.invalid(&path.child("operator"), operator, "not a valid selector operator");
}

fn validate_requirement(requirement: &Requirement, path: &FieldPath, causes: &mut Causes) {
    match requirement.operator {
        Operator::In | Operator::NotIn if requirement.values.is_empty() => {
            causes.required(&path.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
        }
        Operator::Exists | Operator::DoesNotExist if !requirement.values.is_empty() => {
            causes.forbidden(&path.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        Operator::In | Operator::NotIn | Operator::Exists | Operator::DoesNotExist => {}
        Operator::Gt | Operator::Lt | Operator::Unknown => refuse_operator(requirement, path, causes),
    }
    validate_label_name(&requirement.key, &path.child("key"), causes);
    for (index, value) in requirement.values.iter().enumerate() {
        causes.invalid_each(&path.child("values").index(index), value, names::label_value(value));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::api::Json;

    fn texts(meta: Value, scope: Scope) -> Vec<String> {
        let mut causes = Causes::default();
        validate_meta(&ObjectMeta::read(&meta), scope, names::subdomain_rule, &mut causes);
        causes.into_vec().iter().map(|cause| cause.to_string()).collect()
    }

    #[test]
    fn names_and_namespaces() {
        assert_eq!(texts(json!({"name": "a", "namespace": "n"}), Scope::Namespaced), [""; 0]);
        assert_eq!(texts(json!({"generateName": "a-", "name": "a-x", "namespace": "n"}), Scope::Namespaced), [""; 0]);
        assert_eq!(texts(json!({"namespace": "n"}), Scope::Namespaced), [
            "metadata.name: Required value: name or generateName is required",
        ]);
        assert_eq!(texts(json!({"name": "a"}), Scope::Namespaced), ["metadata.namespace: Required value"]);
        assert_eq!(texts(json!({"name": "a", "namespace": "n"}), Scope::Cluster), [
            "metadata.namespace: Forbidden: not allowed on this type",
        ]);
    }

    #[test]
    fn labels_annotations_finalizers() {
        let meta = json!({"name": "a", "labels": {"a/b": "x", "/": "y y"}, "annotations": {"A.b/C": "anything goes"},
            "finalizers": ["a.b/c", "mine"]});
        let causes = texts(meta, Scope::Cluster);
        let starts = [
            "metadata.labels: Invalid value: \"/\": prefix part must be non-empty",
            "metadata.labels: Invalid value: \"/\": name part must be non-empty",
            "metadata.labels: Invalid value: \"/\": name part must consist of",
            "metadata.labels: Invalid value: \"y y\": a valid label must be an empty string or",
            "metadata.finalizers[1]: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified",
        ];
        assert_eq!(causes.len(), starts.len(), "{causes:#?}");
        for (cause, start) in causes.iter().zip(starts) {
            assert!(cause.starts_with(start), "{cause}");
        }
        let big = json!({"name": "a", "annotations": {"a": "x".repeat(262_144)}});
        assert_eq!(texts(big, Scope::Cluster), ["metadata.annotations: Too long: may not be more than 262144 bytes"]);
    }

    #[test]
    fn what_may_not_change() {
        let (old, mut new) = (ObjectMeta::named("a"), ObjectMeta::named("b"));
        new.namespace = "n".into();
        let mut causes = Causes::default();
        validate_meta_update(&new, &old, &mut causes);
        let texts: Vec<String> = causes.into_vec().iter().map(|cause| cause.to_string()).collect();
        assert_eq!(texts, [
            "metadata.name: Invalid value: \"b\": field is immutable",
            "metadata.namespace: Invalid value: \"n\": field is immutable",
        ]);
    }

    #[test]
    fn selectors() {
        let raw = json!({"matchLabels": {"a": "b"}, "matchExpressions": [
            {"key": "a", "operator": "In"}, {"key": "a", "operator": "Exists", "values": ["x"]},
            {"key": "a", "operator": "Equals", "values": ["x"]}, {"key": "a", "operator": "Gt", "values": ["1"]},
            {"key": "", "operator": "DoesNotExist"}, {"key": "a", "values": ["y"]},
        ]});
        let mut causes = Causes::default();
        validate_label_selector(&LabelSelector::read(&raw), &FieldPath::new("s"), &mut causes);
        let texts: Vec<String> = causes.into_vec().iter().map(|cause| cause.to_string()).collect();
        assert_eq!(texts[..4], [
            "s.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
            "s.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            "s.matchExpressions[2].operator: Invalid value: \"Equals\": not a valid selector operator",
            "s.matchExpressions[3].operator: Invalid value: \"Gt\": not a valid selector operator",
        ]);
        assert_eq!(texts.last().map(String::as_str), Some(
            "s.matchExpressions[5].operator: Invalid value: \"\": not a valid selector operator",
        ));
    }

    #[test]
    fn requirements_want_as_many_values_as_their_operator_compares_with() {
        // the operator, its values, whether it is refused; greater and less than are for nodes alone
        let long = "x".repeat(64);
        let table: [(&str, &str, &[&str], bool); 10] = [
            ("x", "In", &[], true), ("x", "NotIn", &[], true), ("x", "In", &["foo"], false), ("x", "NotIn", &["foo"], false), ("x", "Exists", &[], false),
            ("x", "DoesNotExist", &[], false), ("x", "Exists", &["foo"], true), (&long, "Exists", &[], true), ("x", "In", &[&long], true),
            ("x", "unsupportedOp", &[], true),
        ];
        for (key, operator, values, refused) in table {
            let raw = json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
            let mut causes = Causes::default();
            validate_label_selector(&LabelSelector::read(&raw), &FieldPath::new("s"), &mut causes);
            assert_eq!(!causes.into_vec().is_empty(), refused, "{raw}");
        }
    }
}
