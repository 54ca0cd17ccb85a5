//! `kubectl run --attach`, `-i`, `-t`, `--rm`: what the pod's program prints, until it ends; then the pod is deleted if that was asked
//! for. Models kubectl/pkg/cmd/run/run.go waitForPod and handleAttachPod.
//! Left out: typing into the program.

use crate::api::{ObjectKey, Pod, PodPhase};
use crate::base::Name;
use crate::engine::World;
use crate::runtime::Which;

/// A program that is watched.
#[derive(Clone, Debug)]
pub struct Attached {
    pub(super) key: ObjectKey,
    pub(super) container: Name,
    /// How many lines have been printed.
    pub(super) shown: usize,
    /// `--rm`
    pub(super) removes: bool,
    /// Whether an end counts as the command's own: not if the program is started again.
    pub(super) tells_end: bool,
}

impl Attached {
    /// What was printed since the last call, and the exit status once it has ended.
    pub fn poll(&mut self, world: &World) -> (String, Option<i32>) {
        let pod = world.view().get(&self.key).and_then(|object| object.as_pod().cloned());
        let Some(pod) = pod else { return (String::new(), Some(1)) };
        let mut text = String::new();
        if let Ok(Some(lines)) = world.log(&pod, &self.container, Which::Present) {
            for (_, line) in lines.iter().skip(self.shown) {
                text.push_str(line);
                text.push('\n');
            }
            self.shown = self.shown.max(lines.len());
        }
        let ended = matches!(pod.status.phase, PodPhase::Succeeded | PodPhase::Failed);
        if !ended {
            return (text, None);
        }
        let code = exit_code(&pod, &self.container);
        if code != 0 && self.tells_end {
            text.push_str(&format!("pod {}/{} terminated (Error)\n", pod.meta.namespace, pod.meta.name));
        }
        (text, Some(if self.tells_end { code } else { 0 }))
    }

    /// The line that is given once it has ended.
    pub fn then(&self) -> Option<String> {
        let ObjectKey { namespace, name, .. } = &self.key;
        self.removes.then(|| format!("kubectl delete pod {name} -n {namespace} --wait=false"))
    }
}

fn exit_code(pod: &Pod, container: &Name) -> i32 {
    let value = crate::api::Object::Pod(std::rc::Rc::new(pod.clone())).to_value();
    let statuses = value.pointer("/status/containerStatuses").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    let of = statuses.iter().find(|status| status["name"] == container.as_str());
    let code = of.and_then(|status| status.pointer("/state/terminated/exitCode")?.as_i64());
    code.and_then(|code| i32::try_from(code).ok()).unwrap_or_default()
}
