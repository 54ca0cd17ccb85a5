//! What containers take from ConfigMaps and Secrets. Models pkg/kubelet/configmap and pkg/kubelet/secret, and the texts of what
//! is missing in pkg/kubelet/kubelet_pods.go.

use std::rc::Rc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use crate::api::{Kind, ObjectKey, Other};
use crate::base::Name;
use crate::store::View;

/// Where the data of an object come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
}

impl Source {
    fn kind(self) -> Kind {
        match self {
            Source::ConfigMap => Kind::ConfigMap,
            Source::Secret => Kind::Secret,
        }
    }
}

/// The keys of a ConfigMap or a Secret with their texts, in the order of the keys.
pub(super) type Data = Vec<(String, Rc<str>)>;

/// What an object of this name holds. An error says that there is none: `configmap "x" not found`.
pub(super) fn data(view: View<'_>, source: Source, namespace: &Name, name: &str) -> Result<Data, String> {
    let key = ObjectKey::new(source.kind(), namespace.clone(), name);
    match view.get(&key).and_then(|object| object.as_other()) {
        Some(object) => Ok(read(object, source)),
        None => Err(format!("{} \"{name}\" not found", source.kind().info().singular)),
    }
}

fn read(object: &Other, source: Source) -> Data {
    let texts = |field: &str| object.field(field).as_object().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let decoded = |value: &Value| String::from_utf8_lossy(&BASE64.decode(text(value)).unwrap_or_default()).into_owned();
    let mut data: Data = Vec::new();
    match source {
        Source::ConfigMap => {
            data.extend(texts("data").iter().map(|(key, value)| (key.clone(), Rc::from(text(value)))));
            data.extend(texts("binaryData").iter().map(|(key, value)| (key.clone(), Rc::from(decoded(value)))));
            crate::base::sort_by(&mut data, |a, b| a.0.cmp(&b.0));
        }
        Source::Secret => data.extend(texts("data").iter().map(|(key, value)| (key.clone(), Rc::from(decoded(value))))),
    }
    data
}

/// Whether a reference may lead nowhere.
pub(super) fn is_optional(reference: &Value) -> bool {
    reference.get("optional").and_then(Value::as_bool) == Some(true)
}

/// The value that `configMapKeyRef` or `secretKeyRef` leads to; None if that is missing and may be. An error is what the kubelet says.
pub(super) fn value_at(view: View<'_>, source: Source, namespace: &Name, reference: &Value) -> Result<Option<String>, String> {
    let text = |key: &str| reference.get(key).and_then(Value::as_str).unwrap_or_default();
    let (name, key) = (text("name"), text("key"));
    let found = match data(view, source, namespace, name) {
        Ok(data) => data.into_iter().find(|(other, _)| other == key),
        Err(_) if is_optional(reference) => None,
        Err(why) => return Err(why),
    };
    match found {
        Some((_, text)) => Ok(Some(text.to_string())),
        None if is_optional(reference) => Ok(None),
        None => Err(format!("couldn't find key {key} in {} {namespace}/{name}", source.kind().name())),
    }
}

/// All that `envFrom` takes from one source.
pub(super) fn all_of(view: View<'_>, namespace: &Name, from: &Value) -> Result<Vec<(String, String)>, String> {
    let prefix = from.get("prefix").and_then(Value::as_str).unwrap_or_default();
    let mut all = Vec::new();
    for (key, source) in [("configMapRef", Source::ConfigMap), ("secretRef", Source::Secret)] {
        let Some(reference) = from.get(key) else { continue };
        let name = reference.get("name").and_then(Value::as_str).unwrap_or_default();
        match data(view, source, namespace, name) {
            Ok(data) => all.extend(data.into_iter().map(|(key, text)| (format!("{prefix}{key}"), text.to_string()))),
            Err(_) if is_optional(reference) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(all)
}
