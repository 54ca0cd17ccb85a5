//! The hash of a template that names replica sets and revisions: the same template always gives the same.
//! Models pkg/controller/controller_utils.go ComputeHash and apimachinery/pkg/util/rand SafeEncodeString. The hashed text is the template's JSON, where
//! Kubernetes hashes a dump of Go's memory, so the hashes are not those of a real cluster.

use std::rc::Rc;

use super::{Json, PodTemplateSpec};
use crate::base::Name;

/// The label that carries the hash.
pub const TEMPLATE_HASH_LABEL: Name = Name::fixed("pod-template-hash");

/// As in generated names.
const ALPHABET: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// Up to ten letters and digits. `collisions`: how often the name made from the hash was taken.
pub fn template_hash(template: &PodTemplateSpec, collisions: Option<i32>) -> String {
    let text = template.write().unwrap_or_default().to_string();
    let salt = collisions.map(|count| count.to_string()).unwrap_or_default();
    encode(fnv(text.bytes().chain(salt.bytes())))
}

/// Whether two templates differ in their hash labels at most.
/// Models pkg/controller/deployment/util EqualIgnoreHash.
pub fn is_same_template(a: &PodTemplateSpec, b: &PodTemplateSpec) -> bool {
    let labels = |template: &PodTemplateSpec| {
        let mut labels = (*template.meta.labels).clone();
        labels.remove(&TEMPLATE_HASH_LABEL);
        labels
    };
    let same_spec = || Rc::ptr_eq(&a.spec, &b.spec) || a.spec.write() == b.spec.write();
    labels(a) == labels(b) && a.meta.annotations == b.meta.annotations && same_spec()
}

/// FNV-1a of 32 bits.
fn fnv(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The decimal digits of a number, each as a letter or digit that cannot make a word.
fn encode(number: u32) -> String {
    number.to_string().bytes().map(|digit| char::from(ALPHABET[usize::from(digit) % ALPHABET.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_safe_and_tell_templates_apart() {
        assert_eq!(encode(1_234_567_890), "56789bcdf4");
        assert_eq!(fnv("a".bytes()), 0xE40C_292C);
        let (one, mut other) = (PodTemplateSpec::default(), PodTemplateSpec::default());
        other.meta.0.labels = std::rc::Rc::new([("v".into(), "2".into())].into());
        assert_eq!(template_hash(&one, None), template_hash(&one.clone(), None));
        assert_ne!(template_hash(&one, None), template_hash(&other, None));
        assert_ne!(template_hash(&one, None), template_hash(&one, Some(1)));
    }
}
