//! metadata: identity, versions, labels, owners.
//! Left out: managedFields, selfLink.

use std::fmt;
use std::rc::Rc;

use serde_json::{Map, Value};

use super::json::{Json, record};
use super::{Kind, Labels};
use crate::base::{Name, SimTime};

/// A unique identifier, printed as a version 4 UUID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub u128);

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.as_printed().0);
        write!(f, "{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl Uid {
    /// With the six bits that a UUID of version 4 fixes: what is printed reads back as the same.
    pub fn as_printed(self) -> Uid {
        Uid((self.0 & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62))
    }

    /// Reads what `Display` prints. None if it is no UUID.
    pub fn parse(text: &str) -> Option<Uid> {
        let hex: String = text.chars().filter(|c| *c != '-').collect();
        (text.len() == 36 && hex.len() == 32).then(|| u128::from_str_radix(&hex, 16).ok().map(Uid))?
    }

    /// Equal as printed (a UUID fixes six bits of the number).
    pub fn same(self, other: Uid) -> bool {
        self == other || self.to_string() == other.to_string()
    }
}

impl Json for Uid {
    fn read(value: &Value) -> Uid {
        value.as_str().and_then(Uid::parse).unwrap_or_default()
    }
    fn write(&self) -> Option<Value> {
        (self.0 != 0).then(|| Value::from(self.to_string()))
    }
}

record! {
    /// Who owns an object.
    pub struct OwnerReference {
        /// `v1`
        api_version: Name = "apiVersion",
        /// Whether a foreground deletion of the owner waits for this object.
        block_owner_deletion: Option<bool> = "blockOwnerDeletion",
        /// Whether the owner manages this object.
        controller: Option<bool> = "controller",
        /// `ReplicationController`
        kind: Name = "kind",
        /// The owner's name.
        name: Name = "name",
        /// The owner's uid.
        uid: Uid = "uid",
    }
}

impl OwnerReference {
    /// The reference that a controller puts on what it makes.
    /// Models apimachinery metav1.NewControllerRef.
    pub fn controller(kind: Kind, name: &Name, uid: Uid) -> OwnerReference {
        OwnerReference {
            api_version: kind.api_version().into(),
            block_owner_deletion: Some(true),
            controller: Some(true),
            kind: Name::fixed(kind.name()),
            name: name.clone(),
            uid,
            ..OwnerReference::default()
        }
    }
}

/// The metadata of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectMeta {
    /// Unique within kind and namespace.
    pub name: Name,
    /// The prefix that the name was made from.
    pub generate_name: Name,
    /// Empty for cluster-scoped kinds.
    pub namespace: Name,
    /// Unique for ever.
    pub uid: Uid,
    /// The store's revision of the last change.
    pub resource_version: u64,
    /// Raised by each change of the spec; 0 for kinds that have none.
    pub generation: i64,
    /// When it was created.
    pub creation: SimTime,
    /// When a graceful deletion ends at the latest.
    pub deletion: Option<SimTime>,
    /// Seconds of grace of that deletion.
    pub grace_seconds: Option<i64>,
    /// Shared by all replicas of a template.
    pub labels: Rc<Labels>,
    /// Shared by all replicas of a template.
    pub annotations: Rc<Labels>,
    /// Shared by all replicas of an owner.
    pub owners: Rc<[OwnerReference]>,
    /// What must be cleared before the object goes.
    pub finalizers: Vec<Name>,
}

impl ObjectMeta {
    /// Metadata with a name alone.
    pub fn named(name: &str) -> ObjectMeta {
        ObjectMeta { name: name.into(), ..ObjectMeta::default() }
    }

    /// The owner that manages it.
    pub fn controller(&self) -> Option<&OwnerReference> {
        self.owners.iter().find(|owner| owner.controller == Some(true))
    }

    /// Whether its deletion has begun.
    pub fn is_deleting(&self) -> bool {
        self.deletion.is_some()
    }
}

impl Json for ObjectMeta {
    fn read(value: &Value) -> ObjectMeta {
        let field = |key: &str| value.get(key).unwrap_or(&Value::Null);
        ObjectMeta {
            name: Json::read(field("name")),
            generate_name: Json::read(field("generateName")),
            namespace: Json::read(field("namespace")),
            uid: Json::read(field("uid")),
            resource_version: field("resourceVersion").as_str().and_then(|text| text.parse().ok()).unwrap_or_default(),
            generation: Json::read(field("generation")),
            creation: Json::read(field("creationTimestamp")),
            deletion: Json::read(field("deletionTimestamp")),
            grace_seconds: Json::read(field("deletionGracePeriodSeconds")),
            labels: Json::read(field("labels")),
            annotations: Json::read(field("annotations")),
            owners: Vec::read(field("ownerReferences")).into(),
            finalizers: Json::read(field("finalizers")),
        }
    }

    fn write(&self) -> Option<Value> {
        let mut map = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                map.insert(key.to_owned(), value);
            }
        };
        put("annotations", self.annotations.write());
        put("creationTimestamp", if self.creation == SimTime::default() { Some(Value::Null) } else { self.creation.write() });
        put("deletionGracePeriodSeconds", self.grace_seconds.write());
        put("deletionTimestamp", self.deletion.and_then(|time| time.write()));
        put("finalizers", self.finalizers.write());
        put("generateName", self.generate_name.write());
        put("generation", self.generation.write());
        put("labels", self.labels.write());
        put("name", self.name.write());
        put("namespace", self.namespace.write());
        put("ownerReferences", self.owners.to_vec().write());
        let version = (self.resource_version != 0).then(|| Value::from(self.resource_version.to_string()));
        put("resourceVersion", version);
        put("uid", self.uid.write());
        Some(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_prints_as_uuid_version_4_and_reads_back() {
        let uid = Uid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(uid.to_string(), "01234567-89ab-4def-8123-456789abcdef");
        assert!(Uid::parse(&uid.to_string()).is_some_and(|read| read.same(uid)));
        assert_eq!(Uid::parse("nonsense"), None);
    }
}
