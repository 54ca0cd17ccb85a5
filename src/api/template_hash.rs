//! The hash of a template that names replica sets and revisions: the same template always gives the same.
//! Models pkg/controller/controller_utils.go ComputeHash and apimachinery/pkg/util/rand SafeEncodeString. The hashes are those of a real
//! cluster, as long as the template has a dump ([`super::template_dump`]); the few others are hashed as JSON.

use std::rc::Rc;

use super::{Json, PodTemplateSpec, template_dump};
use crate::base::{Name, fnv32, safe_letter};

/// The label that carries the hash.
pub const TEMPLATE_HASH_LABEL: Name = Name::fixed("pod-template-hash");

/// Up to ten letters and digits. `collisions`: how often the name made from the hash was taken.
pub fn template_hash(template: &PodTemplateSpec, collisions: Option<i32>) -> String {
    let text = template_dump::dump(template).unwrap_or_else(|| template.write().unwrap_or_default().to_string());
    // Eight bytes, the lowest first.
    let salt = collisions.map(|count| i64::from(count).to_le_bytes());
    encode(fnv32(text.bytes().chain(salt.into_iter().flatten())))
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

/// The decimal digits of a number, each as a letter or digit that cannot make a word.
fn encode(number: u32) -> String {
    number.to_string().bytes().map(|digit| safe_letter(u64::from(digit))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels, image, node selector, and the hash that a real 1.32 cluster gave the template.
    #[test]
    fn hashes_are_those_of_a_real_cluster() {
        let table = [
            ("mydep", "luksa/kubia", serde_json::Value::Null, "d7cb879cb"),
            ("myds", "luksa/ssd-monitor", serde_json::json!({"kubernetes.io/os": "linux"}), "64d8d4d89"),
        ];
        for (app, image, node_selector, hash) in table {
            let container = serde_json::json!({
                "name": "main", "image": image, "imagePullPolicy": "Always", "resources": {},
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            });
            let spec = serde_json::json!({
                "containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
                "securityContext": {}, "terminationGracePeriodSeconds": 30, "nodeSelector": node_selector,
            });
            let template = serde_json::json!({"metadata": {"creationTimestamp": null, "labels": {"app": app}}, "spec": spec});
            assert_eq!(template_hash(&Json::read(&template), None), hash);
        }
    }

    #[test]
    fn hashes_are_safe_and_tell_templates_apart() {
        assert_eq!(encode(1_234_567_890), "56789bcdf4");
        assert_eq!(fnv32("a".bytes()), 0xE40C_292C);
        let (one, mut other) = (PodTemplateSpec::default(), PodTemplateSpec::default());
        other.meta.0.labels = std::rc::Rc::new([("v".into(), "2".into())].into());
        assert_eq!(template_hash(&one, None), template_hash(&one.clone(), None));
        assert_ne!(template_hash(&one, None), template_hash(&other, None));
        assert_ne!(template_hash(&one, None), template_hash(&one, Some(1)));
    }
}
