//! Images: whether one has to be pulled, and how long that takes.
//! Models pkg/kubelet/images/image_manager.go EnsureImageExists, with pulls one at a time on a node.

use std::rc::Rc;

use super::back_off;
use super::starting::{created, fail};
use super::sync_pod::Context;
use crate::api::{Container, EventText, EventType, ObjectReference};
use crate::base::SimDuration;
use crate::runtime::{Image, Instance, InstanceState, invalid_name, pull_error};

/// The first pull of an image on a node.
const FIRST_PULL: SimDuration = SimDuration::from_millis(170);
const JITTER: u64 = 20;
/// A pull that finds all layers there takes 10 to 100 ms: a registry's answer, and what else the machine has to do.
const NEXT_PULL: SimDuration = SimDuration::from_millis(9);
const NEXT_JITTER: u64 = 1000;

/// Begins to get the image of a container.
pub(super) fn begin(pod: &Rc<ObjectReference>, container: &Container, instance: &mut Instance, context: &mut Context) {
    let image = &container.image;
    if let Some(why) = invalid_name(image) {
        let text = format!("Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": {why}");
        context.note(pod, EventType::Warning, "InspectFailed", &container.name, EventText::Text(text.as_str().into()));
        return fail(pod, container, instance, ("InvalidImageName", text, "InvalidImageName".to_owned()), context);
    }
    let present = context.machine.images.contains(image);
    if present && container.image_pull_policy != "Always" {
        let text = format!("Container image \"{image}\" already present on machine");
        context.note(pod, EventType::Normal, "Pulled", &container.name, EventText::Text(text.into()));
        return created(pod, container, instance, context);
    }
    if container.image_pull_policy == "Never" {
        let text = format!("Container image \"{image}\" is not present with pull policy of Never");
        context.note(pod, EventType::Warning, "ErrImageNeverPull", &container.name, EventText::Text(text.as_str().into()));
        return fail(pod, container, instance, ("ErrImageNeverPull", text, "ErrImageNeverPull".to_owned()), context);
    }
    if back_off::pull_waits(instance, context.now) {
        let text = format!("Back-off pulling image \"{image}\"");
        context.note(pod, EventType::Normal, "BackOff", &container.name, EventText::Text(text.as_str().into()));
        let message = match pull_error(image) {
            Some(why) => format!("{text}: ErrImagePull: {why}"),
            None => text,
        };
        return fail(pod, container, instance, ("ImagePullBackOff", message, "ImagePullBackOff".to_owned()), context);
    }
    let text = EventText::Pulling { image: image.clone() };
    context.note(pod, EventType::Normal, "Pulling", &container.name, text);
    let took = if present { context.random.jitter(NEXT_PULL, NEXT_JITTER) } else { context.random.jitter(FIRST_PULL, JITTER) };
    let until = context.now.max(context.machine.pulls_until) + took;
    context.machine.pulls_until = until;
    let millis = |time: SimDuration| u32::try_from(time.millis()).unwrap_or(u32::MAX);
    instance.state = InstanceState::Pulling { until, took: millis(took), waited: millis(until.since(context.now)) };
}

/// The pull has ended.
pub(super) fn finish(pod: &Rc<ObjectReference>, container: &Container, instance: &mut Instance, context: &mut Context) {
    let InstanceState::Pulling { took, waited, .. } = instance.state else { return };
    if let Some(why) = pull_error(&container.image).filter(|_| context.machine.own_image(&container.image).is_none()) {
        let text = format!("Failed to pull image \"{}\": {why}", container.image);
        context.note(pod, EventType::Warning, "Failed", &container.name, EventText::Text(text.into()));
        back_off::raise_pull(instance, context.now);
        return fail(pod, container, instance, ("ErrImagePull", why, "ErrImagePull".to_owned()), context);
    }
    context.machine.images.insert(container.image.clone());
    let size = Image::find(&container.image).size;
    let text = EventText::Pulled { image: container.image.clone(), took, waited, size };
    context.note(pod, EventType::Normal, "Pulled", &container.name, text);
    created(pod, container, instance, context);
}
