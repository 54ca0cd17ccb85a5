//! As whom and under which runtime a pod's containers run.
//! Models pkg/kubelet/kuberuntime/security_context_others.go verifyRunAsNonRoot and pkg/kubelet/runtimeclass, with containerd's answer.
//! Left out: users by number in the files of an image: what runs here runs as root, but for images whose name says otherwise.

use serde_json::Value;

use super::back_off::pod_text;
use crate::api::{Container, Kind, Object, ObjectKey, ObjectReference, Pod};
use crate::base::Name;
use crate::store::View;

/// The only handler of a runtime that a machine has, containerd's own.
const HANDLER: &str = "runc";
/// What names of images say that do not run as root.
const OTHERS: [&str; 4] = ["nonroot", "unprivileged", "rootless", "bitnami/"];

/// A field of the container's security context, or of the pod's.
fn effective<'a>(pod: &'a Pod, container: &'a Container, field: &str) -> Option<&'a Value> {
    let of = |context: &'a Option<Value>| context.as_ref().and_then(|context| context.get(field)).filter(|value| !value.is_null());
    of(&container.security_context).or_else(|| of(&pod.spec.security_context))
}

/// Why a container that must not run as root is not made; None if it may be.
pub(super) fn breaks_non_root(pod: &Pod, container: &Container) -> Option<String> {
    if effective(pod, container, "runAsNonRoot")?.as_bool() != Some(true) {
        return None;
    }
    let what = match effective(pod, container, "runAsUser").and_then(Value::as_i64) {
        Some(0) => "container's runAsUser breaks non-root policy",
        Some(_) => return None,
        None if OTHERS.iter().any(|word| container.image.contains(word)) => return None,
        None => "container has runAsNonRoot and image will run as root",
    };
    let key = ObjectKey::new(Kind::Pod, pod.meta.namespace.clone(), pod.meta.name.clone());
    let pod = pod_text(&ObjectReference { key, uid: pod.meta.uid });
    Some(format!("{what} (pod: \"{pod}\", container: {})", container.name))
}

/// Why no sandbox can be made for a pod: its class asks for a runtime that the machine does not have.
pub(super) fn no_runtime(pod: &Pod, view: View<'_>) -> Option<String> {
    let class = pod.spec.rest.get("runtimeClassName")?.as_str()?;
    let handler = view.get(&ObjectKey::new(Kind::RuntimeClass, Name::default(), class)).and_then(Object::as_other)?.field("handler").as_str()?;
    let text = "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for ";
    (handler != HANDLER).then(|| format!("{text}\"{handler}\" is configured"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Texts of verifyRunAsNonRoot.
    #[test]
    fn who_must_not_be_root_is_not() {
        let of = |pod: Value, container: Value, image: &str| {
            let mut it = Pod::default();
            it.meta.name = "web".into();
            it.meta.namespace = "lab".into();
            std::rc::Rc::make_mut(&mut it.spec).security_context = Some(pod);
            let container = Container { name: "main".into(), image: image.into(), security_context: Some(container), ..Container::default() };
            breaks_non_root(&it, &container)
        };
        let root = |text: Option<String>| text.is_some_and(|text| text.starts_with("container has runAsNonRoot and image will run as root (pod: \"web_lab("));
        assert!(root(of(json!({"runAsNonRoot": true}), json!({}), "busybox")));
        assert!(root(of(json!({}), json!({"runAsNonRoot": true}), "nginx")));
        let zero = of(json!({"runAsNonRoot": true, "runAsUser": 1000}), json!({"runAsUser": 0}), "nginx");
        assert!(zero.is_some_and(|text| text.starts_with("container's runAsUser breaks non-root policy (pod: ") && text.ends_with(", container: main)")));
        for (pod, container, image) in [
            (json!({}), json!({}), "busybox"),
            (json!({"runAsNonRoot": true}), json!({"runAsNonRoot": false}), "busybox"),
            (json!({"runAsNonRoot": true}), json!({"runAsUser": 1000}), "busybox"),
            (json!({"runAsNonRoot": true}), json!({}), "nginxinc/nginx-unprivileged"),
        ] {
            assert_eq!(of(pod, container, image), None);
        }
    }
}
