//! The difference of two pod specs as the API server prints it for people: Go values, what differs marked, what is the same
//! left out but for two fields of context.
//! Models github.com/google/go-cmp/cmp Diff over pkg/apis/core PodSpec. Left out: its finer marks inside long texts.

mod node;
mod report;
mod text;
mod types;
mod value;

use serde_json::Value;

use crate::api::Pod;
use node::Node;
use value::Go;

/// Settings of a pod that the internal type keeps among the security settings.
const MOVED: [&str; 5] = ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"];

/// The lines that tell what changed from the old pod's spec to the new one's.
pub fn diff(old: &Pod, new: &Pod) -> String {
    let (old, new) = (internal(old), internal(new));
    report::report(&Node::compare(Some(&old), Some(&new)))
}

/// A pod's spec as the API server holds it.
fn internal(pod: &Pod) -> Go {
    let mut spec = pod.spec_value();
    for key in MOVED {
        if let Some(value) = spec.get(key).cloned() {
            if !spec.get("securityContext").is_some_and(Value::is_object) {
                spec["securityContext"] = serde_json::json!({});
            }
            spec["securityContext"][key] = value;
        }
    }
    Go::read("core.PodSpec", Some(&spec))
}

#[cfg(test)]
mod tests;
