//! Claims, volumes and classes of storage, read from their fields.
//! Models component-helpers/storage/volume and pkg/controller/volume/persistentvolume index.go findMatchingVolume.

use serde_json::Value;

use super::json::Json;
use super::{Kind, LabelSelector, Node, NodeSelectorTerm, Object, Other, Pod, Quantity};
use crate::base::Name;

/// On a claim: the node of the pod that is to use it first.
pub const SELECTED_NODE: Name = Name::fixed("volume.kubernetes.io/selected-node");
/// On a class: claims that name no class get this one.
const IS_DEFAULT: [&str; 2] = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"];
/// On claims and volumes: their class, of old.
const OLD_CLASS: &str = "volume.beta.kubernetes.io/storage-class";

impl Other {
    fn text_at(&self, path: &[&str]) -> &str {
        self.at(path).as_str().unwrap_or_default()
    }

    /// The class of a claim or a volume; empty if it has none.
    pub fn storage_class(&self) -> &str {
        self.meta.annotations.get(OLD_CLASS).map_or_else(|| self.text_at(&["spec", "storageClassName"]), Name::as_str)
    }

    /// Whether a claim leaves its class to the server.
    pub fn leaves_class_open(&self) -> bool {
        self.at(&["spec", "storageClassName"]).is_null() && !self.meta.annotations.contains_key(OLD_CLASS)
    }

    /// Whether a class is the one of claims that name none.
    fn is_default_class(&self) -> bool {
        IS_DEFAULT.iter().any(|mark| self.meta.annotations.get(*mark).is_some_and(|value| value == "true"))
    }

    /// Whether claims of a class wait for a pod that uses them.
    pub fn waits_for_consumer(&self) -> bool {
        self.text_at(&["volumeBindingMode"]) == "WaitForFirstConsumer"
    }

    /// Whether a claim has its volume.
    pub fn is_bound_claim(&self) -> bool {
        self.text_at(&["status", "phase"]) == "Bound" && !self.text_at(&["spec", "volumeName"]).is_empty()
    }

    /// Whether a volume is free for a claim, or is kept for it, and will do.
    pub fn volume_suits(&self, claim: &Other) -> bool {
        let reference = self.at(&["spec", "claimRef"]);
        let meant = |field: &str, own: &str| reference[field].as_str().is_some_and(|text| text == own);
        let uid = claim.meta.uid.to_string();
        let kept = meant("name", &claim.meta.name) && meant("namespace", &claim.meta.namespace) && (reference["uid"].is_null() || meant("uid", &uid));
        let has = |mode: &Value| self.at(&["spec", "accessModes"]).as_array().is_some_and(|modes| modes.contains(mode));
        let asked = claim.text_at(&["spec", "volumeName"]);
        let selector = claim.at(&["spec", "selector"]);
        (reference.is_null() || kept)
            && !self.meta.is_deleting()
            && (asked.is_empty() || *self.meta.name == *asked)
            && (selector.is_null() || kept || LabelSelector::read(selector).matches(&self.meta.labels))
            && self.storage_class() == claim.storage_class()
            && self.text_at(&["spec", "volumeMode"]) == claim.text_at(&["spec", "volumeMode"])
            && self.capacity() >= size(claim.at(&["spec", "resources", "requests", "storage"]))
            && claim.at(&["spec", "accessModes"]).as_array().is_some_and(|modes| modes.iter().all(has))
    }

    /// How much a volume holds, in thousandths of bytes.
    pub fn capacity(&self) -> i64 {
        size(self.at(&["spec", "capacity", "storage"]))
    }

    /// Whether pods on a node may use a volume.
    pub fn volume_reaches(&self, node: &Node) -> bool {
        let terms = self.at(&["spec", "nodeAffinity", "required", "nodeSelectorTerms"]);
        terms.as_array().is_none_or(|terms| terms.iter().any(|term| NodeSelectorTerm::read(term).matches(node)))
    }
}

fn size(value: &Value) -> i64 {
    Quantity::read(value).milli()
}

/// The claims that a pod uses, by the names of its volumes.
pub fn claims_of(pod: &Pod) -> impl Iterator<Item = (&str, &str)> {
    pod.spec.volumes.iter().filter_map(|volume| {
        let claim = volume.get("persistentVolumeClaim")?.get("claimName")?.as_str()?;
        Some((volume.get("name")?.as_str()?, claim))
    })
}

/// The class that claims get which name none: the newest of those marked so.
/// Models pkg/volume/util/storageclass.go GetDefaultClass.
pub fn default_class<'a>(classes: impl Iterator<Item = &'a Object>) -> Option<&'a Other> {
    let marked = classes.filter_map(Object::as_other).map(|class| &**class).filter(|class| class.kind == Kind::StorageClass && class.is_default_class());
    marked.reduce(|best, class| if class.meta.creation > best.meta.creation { class } else { best })
}
