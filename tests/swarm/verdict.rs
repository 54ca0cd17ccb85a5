//! What must hold when nobody has done anything for a long time: all is as it is asked for, and says so.

use std::collections::BTreeSet;

use podscape::api::{
    ContainerState, DisruptionBudget, Job, Kind, Object, ObjectKey, Other, Pod, PodConditionKind, PodSelector, ReplicaOwner, Service, Truth, claims_of,
};
use podscape::base::Name;
use podscape::engine::World;
use podscape::store::View;

/// What is not as it is asked for.
pub fn unsettled(world: &World) -> Vec<String> {
    let view = world.view();
    let mut list = Vec::new();
    let mut say = |holds: bool, text: String| {
        if !holds {
            list.push(text);
        }
    };
    for node in view.nodes() {
        say(node.condition("Ready").is_some_and(|ready| ready.status == Truth::True), format!("{} is not ready", node.meta.name));
        say(node.spec.taints.is_empty(), format!("{} has taints {:?}", node.meta.name, node.spec.taints));
    }
    // A volume stays as long as its claim.
    let is_claimed = |object: &Object| object.as_other().is_some_and(|volume| volume.kind == Kind::PersistentVolume && volume.at(&["status", "phase"]) == "Bound");
    for object in view.all().filter(|object| object.meta().is_deleting() && !is_claimed(object)) {
        say(false, format!("{:?} is still being deleted", object.key()));
    }
    for pod in view.pods(&Name::default()) {
        let owner = pod.meta.controller().map(|owner| owner.uid);
        say(owner.is_none_or(|uid| view.all().any(|object| object.meta().uid == uid)), format!("pod {} outlived its owner", pod.meta.name));
    }
    let active = |object: &Object| view.pods_owned_by(object.meta().uid).filter(|pod| pod.is_active()).count();
    for object in view.all() {
        let (key, count) = (object.key(), i32::try_from(active(object)).unwrap_or_default());
        if let Some(owner) = ReplicaOwner::of(object) {
            say(count == owner.replicas, format!("{key:?} has {count} pods of {}", owner.replicas));
            say(owner.status.replicas == count, format!("{key:?} says that it has {} pods of {count}", owner.status.replicas));
            let ready = i32::try_from(view.pods_owned_by(owner.meta.uid).filter(|pod| pod.is_ready()).count()).unwrap_or_default();
            say(owner.status.ready_replicas == ready, format!("{key:?} says that {} pods of {ready} are ready", owner.status.ready_replicas));
            let orphans = view.orphans(&owner.meta.namespace).filter(|pod| pod.is_active() && owner.selector.matches(&pod.meta.labels));
            say(orphans.count() == 0, format!("{key:?} leaves an orphan"));
        }
        match object {
            Object::Deployment(deployment) => {
                let sets = view.owned_by(deployment.meta.uid).filter_map(ReplicaOwner::of);
                let wanted: i32 = sets.map(|set| set.replicas).sum();
                let target = deployment.spec.replicas.unwrap_or(1);
                // A rollout whose new pods never come up stays as far as it came.
                let spare = deployment.status.updated_replicas != target || deployment.status.available_replicas < wanted;
                say(wanted == target || spare && wanted >= target, format!("{key:?} has replica sets for {wanted} pods of {target}"));
            }
            Object::DaemonSet(set) => {
                let pods = set.status.current_number_scheduled + set.status.number_misscheduled;
                say(pods == count && set.status.number_misscheduled == 0, format!("{key:?} says {:?}, there are {count}", set.status));
                say(set.status.desired_number_scheduled == count, format!("{key:?} wants {} pods, there are {count}", set.status.desired_number_scheduled));
                let selects = PodSelector::Selector(set.spec.selector.as_deref());
                say(!view.orphans(&set.meta.namespace).any(|pod| pod.is_active() && selects.matches(&pod.meta.labels)), format!("{key:?} leaves an orphan"));
            }
            Object::Other(other) => unsettled_other(other, view).into_iter().for_each(|text| say(false, format!("{key:?} {text}"))),
            Object::Service(service) => say(is_served(view, service), format!("{key:?} does not have the endpoints of its pods")),
            Object::Job(job) => say(settled(job, count), format!("{key:?} is {:?} with {count} pods", job.status)),
            _ => {}
        }
    }
    list.extend(view.all().filter_map(|object| outlives(object, view)));
    list.extend(view.pods(&Name::default()).filter_map(stuck));
    list.extend(view.pods(&Name::default()).filter_map(kept_waiting));
    list
}

/// An object of which no owner is left.
fn outlives(object: &Object, view: View<'_>) -> Option<String> {
    let owners = &object.meta().owners;
    let kept = owners.iter().any(|owner| view.all().any(|other| other.meta().uid == owner.uid));
    (!owners.is_empty() && !kept).then(|| format!("{:?} outlived its owners", object.key()))
}

/// What is not as a stateful set, a claim or a budget asks for, or not as it says.
fn unsettled_other(other: &Other, view: View<'_>) -> Option<String> {
    match other.kind {
        Kind::StatefulSet => {
            let wanted = other.at(&["spec", "replicas"]).as_u64().unwrap_or(1) as usize;
            let pods: Vec<_> = view.pods_owned_by(other.meta.uid).filter(|pod| pod.is_active()).collect();
            // A pod that never becomes ready holds up those after it.
            let held = pods.iter().any(|pod| !pod.is_ready());
            // So does one of its name that was relabelled and let go.
            let of_name = |pod: &Pod| pod.meta.name.strip_prefix(other.meta.name.as_str()).is_some_and(|rest| rest.starts_with('-'));
            let held = held || view.orphans(&other.meta.namespace).any(|pod| of_name(pod));
            let fits = pods.len() == wanted || held && pods.len() < wanted.max(4);
            let said = other.at(&["status", "replicas"]).as_u64();
            (!fits || said != Some(pods.len() as u64)).then(|| format!("has {} pods of {wanted} and says {said:?}", pods.len()))
        }
        Kind::PersistentVolumeClaim => {
            let used = view.pods(&other.meta.namespace).any(|pod| !pod.node_name.is_empty() && claims_of(pod).any(|(_, name)| *other.meta.name == *name));
            // Whose volume was let go by hand, and taken by another.
            let volume = ObjectKey::new(Kind::PersistentVolume, "", other.at(&["spec", "volumeName"]).as_str().unwrap_or_default());
            let holder = view.get(&volume).and_then(Object::as_other).and_then(|volume| volume.at(&["spec", "claimRef", "uid"]).as_str());
            let misbound = other.at(&["status", "phase"]) == "Lost" && holder.is_some_and(|uid| uid != other.meta.uid.to_string());
            let fits = other.is_bound_claim() || misbound || !used && ["later", "hand"].contains(&other.storage_class());
            if !fits {
                return Some("is not bound".to_owned());
            }
            let (asked, has) = (other.at(&["spec", "resources", "requests", "storage"]), other.at(&["status", "capacity", "storage"]));
            (other.is_bound_claim() && other.storage_class() == "soon" && asked != has).then(|| format!("asks for {asked} and has {has}"))
        }
        Kind::PersistentVolume => {
            let uid = other.at(&["spec", "claimRef", "uid"]).as_str();
            let claimed = view.list(Kind::PersistentVolumeClaim, &Name::default()).any(|claim| Some(claim.meta().uid.to_string().as_str()) == uid);
            let phase = other.at(&["status", "phase"]).as_str().unwrap_or_default();
            let fits = if claimed { phase == "Bound" } else { ["Available", "Released", "Failed"].contains(&phase) };
            (!fits).then(|| format!("is {phase} of a claim {uid:?}"))
        }
        Kind::Secret if *other.field("type") == "kubernetes.io/service-account-token" => {
            let there = view.list(Kind::ServiceAccount, &other.meta.namespace).any(|account| account.meta().name == "robot");
            (!there || other.at(&["data", "token"]).is_null()).then(|| "has no token".to_owned())
        }
        Kind::PodDisruptionBudget => {
            let budget = DisruptionBudget(other);
            let pods: Vec<_> = view.pods(&other.meta.namespace).filter(|pod| budget.selects(&pod.meta.labels)).collect();
            let healthy = pods.iter().filter(|pod| pod.is_ready() && !pod.meta.is_deleting()).count();
            let says = (budget.count("currentHealthy"), budget.count("expectedPods"));
            let fits = budget.counts_wanted() || says == (healthy as i64, pods.len() as i64);
            (!fits).then(|| format!("says {says:?} of {healthy} healthy pods, {} in all", pods.len()))
        }
        _ => None,
    }
}

/// Whether the endpoints and the slices of a service are those of its pods.
fn is_served(view: View<'_>, service: &Service) -> bool {
    let (namespace, name) = (&service.meta.namespace, &service.meta.name);
    if service.spec.selector.is_empty() {
        return true;
    }
    let uids = |ready: bool, with_terminating: bool| -> BTreeSet<String> {
        let pods = view.pods(namespace).filter(|pod| service.selects(&pod.meta.labels) && !pod.status.phase.is_terminal());
        let pods = pods.filter(|pod| pod.status.pod_ip.is_some() && (with_terminating || !pod.meta.is_deleting()));
        pods.filter(|pod| pod.is_ready() == ready).map(|pod| pod.meta.uid.to_string()).collect()
    };
    let listed = |ready: bool| -> BTreeSet<String> {
        let subsets = view.endpoints(namespace, name).map(|endpoints| endpoints.subsets.as_slice()).unwrap_or_default();
        let lists = subsets.iter().flat_map(|subset| if ready { &subset.addresses } else { &subset.not_ready_addresses });
        lists.filter_map(|address| address.target_ref.as_ref()).map(|target| target.uid.to_string()).collect()
    };
    let sliced = |serving: bool| -> BTreeSet<String> {
        let endpoints = view.slices_of(namespace, name).flat_map(|slice| &slice.endpoints);
        let fits = endpoints.filter(|endpoint| endpoint.conditions.is_serving() == serving);
        fits.filter_map(|endpoint| endpoint.target_ref.as_ref()).map(|target| target.uid.to_string()).collect()
    };
    [true, false].into_iter().all(|ready| listed(ready) == uids(ready, false) && sliced(ready) == uids(ready, true))
}

fn settled(job: &Job, count: i32) -> bool {
    match job.finished() {
        Some(_) => count == 0,
        None if job.is_suspended() => count == 0,
        // One whose pods wait for an image, or for the end of a back-off, goes on.
        None => job.spec.parallelism() == 0 || count > 0 || job.status.failed > 0,
    }
}

/// A pod that should have come up.
fn stuck(pod: &std::rc::Rc<Pod>) -> Option<String> {
    let plain = pod.spec.node_selector.is_empty() && pod.spec.affinity.is_none() && pod.spec.topology_spread_constraints.is_empty();
    let asks = !pod.spec.requests().is_empty();
    // Others may keep it away, and so may those that hold what it asks for.
    let condition = pod.status.condition(PodConditionKind::PodScheduled).and_then(|condition| condition.detail.as_deref());
    let kept = condition.is_some_and(|detail| detail.1.contains("existing pods anti-affinity"));
    let waits = pod.node_name.is_empty() && plain && !asks && !kept;
    waits.then(|| format!("pod {} has no node", pod.meta.name))
}

/// A pod on a node that still waits for what is there.
fn kept_waiting(pod: &std::rc::Rc<Pod>) -> Option<String> {
    let reason = pod.status.init_containers.iter().chain(&pod.status.containers).find_map(|status| match &status.state {
        ContainerState::Waiting(Some(detail)) => Some(detail.0.as_str()).filter(|reason| ["CreateContainerConfigError", "ContainerCreating"].contains(reason)),
        _ => None,
    });
    let reason = reason.filter(|_| !pod.node_name.is_empty());
    reason.map(|reason| format!("pod {} still says {reason}", pod.meta.name))
}
