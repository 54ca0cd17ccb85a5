//! Images: whether one has to be pulled, and how long that takes.
//! Models pkg/kubelet/images/image_manager.go EnsureImageExists, with pulls one at a time on a node.

use std::rc::Rc;

use super::sync_pod::{Context, starting};
use crate::api::{Container, EventText, EventType, ObjectReference};
use crate::base::SimDuration;
use crate::runtime::{Image, Instance, InstanceState};

/// The first pull of an image on a node.
const FIRST_PULL: SimDuration = SimDuration::from_millis(170);
/// A pull that finds all layers there.
const NEXT_PULL: SimDuration = SimDuration::from_millis(42);
const JITTER: u64 = 20;

/// Begins to get the image of a container; gives the container's state.
pub(super) fn begin(pod: &Rc<ObjectReference>, container: &Container, context: &mut Context) -> InstanceState {
    let present = context.machine.images.contains(&container.image);
    if present && container.image_pull_policy != "Always" {
        let text = format!("Container image \"{}\" already present on machine", container.image);
        context.note(pod, EventType::Normal, "Pulled", &container.name, EventText::Text(text.into()));
        created(pod, container, context);
        return starting(context);
    }
    let text = EventText::Pulling { image: container.image.clone() };
    context.note(pod, EventType::Normal, "Pulling", &container.name, text);
    let took = context.random.jitter(if present { NEXT_PULL } else { FIRST_PULL }, JITTER);
    let until = context.now.max(context.machine.pulls_until) + took;
    context.machine.pulls_until = until;
    let millis = |time: SimDuration| u32::try_from(time.millis()).unwrap_or(u32::MAX);
    InstanceState::Pulling { until, took: millis(took), waited: millis(until.since(context.now)) }
}

/// The image is there.
pub(super) fn finish(pod: &Rc<ObjectReference>, container: &Container, instance: &mut Instance, context: &mut Context) {
    let InstanceState::Pulling { took, waited, .. } = instance.state else { return };
    context.machine.images.insert(container.image.clone());
    let size = Image::find(&container.image).size;
    let text = EventText::Pulled { image: container.image.clone(), took, waited, size };
    context.note(pod, EventType::Normal, "Pulled", &container.name, text);
    created(pod, container, context);
    instance.state = starting(context);
}

fn created(pod: &Rc<ObjectReference>, container: &Container, context: &mut Context) {
    let text = EventText::Named { text: "Created container: ", name: container.name.clone() };
    context.note(pod, EventType::Normal, "Created", &container.name, text);
}
