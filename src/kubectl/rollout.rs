//! What kubectl makes of rollouts: their state in words, and the revisions that there were.
//! Models kubectl/pkg/polymorphichelpers rollout_status.go, history.go and kubectl/pkg/util/deployment.

use std::rc::Rc;

use crate::api::{
    DaemonSet, Deployment, Json, Kind, Labels, Object, ObjectMeta, Other, PodSelector, PodTemplateSpec, ReplicaSet, is_same_template,
};
use crate::store::View;
use crate::base::SmallMap;

/// The annotation that holds a set's number.
const REVISION: &str = "deployment.kubernetes.io/revision";
const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";

/// How far a rollout is, as a line, and whether it is over; or why there is nothing to tell. `revision`: the one that must be the
/// running one; 0 for any.
pub(super) fn status(object: &Object, revision: i64) -> Result<(String, bool), String> {
    match object {
        Object::Deployment(deployment) => deployment_status(deployment, revision),
        Object::DaemonSet(set) => daemon_set_status(set),
        Object::Other(set) if set.kind == Kind::StatefulSet => stateful_set_status(set),
        other => Err(format!("no status viewer has been implemented for {}", other.kind().with_group())),
    }
}

fn deployment_status(deployment: &Deployment, revision: i64) -> Result<(String, bool), String> {
    let (name, status, wanted) = (&deployment.meta.name, &deployment.status, deployment.replicas());
    let running = number(&deployment.meta);
    if revision > 0 && revision != running {
        return Err(format!("desired revision ({revision}) is different from the running revision ({running})"));
    }
    if deployment.meta.generation > status.observed_generation {
        return Ok(("Waiting for deployment spec update to be observed...\n".to_owned(), false));
    }
    if status.condition("Progressing").is_some_and(|progressing| progressing.reason == "ProgressDeadlineExceeded") {
        return Err(format!("deployment \"{name}\" exceeded its progress deadline"));
    }
    let (updated, all, available) = (status.updated_replicas, status.replicas, status.available_replicas);
    let waiting = match () {
        () if updated < wanted => format!("{updated} out of {wanted} new replicas have been updated"),
        () if all > updated => format!("{} old replicas are pending termination", all - updated),
        () if available < updated => format!("{available} of {updated} updated replicas are available"),
        () => return Ok((format!("deployment \"{name}\" successfully rolled out\n"), true)),
    };
    Ok((format!("Waiting for deployment \"{name}\" rollout to finish: {waiting}...\n"), false))
}

fn daemon_set_status(set: &DaemonSet) -> Result<(String, bool), String> {
    let (name, status) = (&set.meta.name, &set.status);
    if set.spec.update_strategy.kind != "RollingUpdate" {
        return Err("rollout status is only available for RollingUpdate strategy type".to_owned());
    }
    if set.meta.generation > status.observed_generation {
        return Ok(("Waiting for daemon set spec update to be observed...\n".to_owned(), false));
    }
    let (updated, wanted, available) = (status.updated_number_scheduled, status.desired_number_scheduled, status.number_available);
    let waiting = match () {
        () if updated < wanted => format!("{updated} out of {wanted} new pods have been updated"),
        () if available < wanted => format!("{available} of {wanted} updated pods are available"),
        () => return Ok((format!("daemon set \"{name}\" successfully rolled out\n"), true)),
    };
    Ok((format!("Waiting for daemon set \"{name}\" rollout to finish: {waiting}...\n"), false))
}

fn stateful_set_status(set: &Other) -> Result<(String, bool), String> {
    let number = |path: &[&str]| set.at(path).as_i64().unwrap_or_default();
    if *set.at(&["spec", "updateStrategy", "type"]) != "RollingUpdate" {
        return Err("rollout status is only available for RollingUpdate strategy type".to_owned());
    }
    let observed = number(&["status", "observedGeneration"]);
    if observed == 0 || set.meta.generation > observed {
        return Ok(("Waiting for statefulset spec update to be observed...\n".to_owned(), false));
    }
    let (wanted, ready) = (number(&["spec", "replicas"]), number(&["status", "readyReplicas"]));
    if ready < wanted {
        return Ok((format!("Waiting for {} pods to be ready...\n", wanted - ready), false));
    }
    let updated = number(&["status", "updatedReplicas"]);
    let due = wanted - number(&["spec", "updateStrategy", "rollingUpdate", "partition"]);
    if updated < due {
        return Ok((format!("Waiting for partitioned roll out to finish: {updated} out of {due} new pods have been updated...\n"), false));
    }
    Ok((format!("partitioned roll out complete: {updated} new pods have been updated...\n"), true))
}

/// The set of the present template and all others, by name.
pub(super) fn replica_sets(view: View<'_>, deployment: &Deployment) -> (Option<Rc<ReplicaSet>>, Vec<Rc<ReplicaSet>>) {
    let selector = PodSelector::Selector(deployment.spec.selector.as_deref());
    let of = |object: &Object| if let Object::ReplicaSet(set) = object { Some(set.clone()) } else { None };
    let mut sets: Vec<Rc<ReplicaSet>> = view.owned_by(deployment.meta.uid).filter_map(of).collect();
    sets.retain(|set| selector.matches(&set.meta.labels));
    let same = |at: &usize| is_same_template(&deployment.spec.template, &sets[*at].spec.template);
    let new = (0..sets.len()).filter(same).min_by_key(|at| (sets[*at].meta.creation, sets[*at].meta.name.clone()));
    let new = new.map(|at| sets.remove(at));
    (new, sets)
}

/// A revision of a deployment, a daemon set or a stateful set.
#[derive(Clone, Debug)]
pub(super) struct Revision {
    /// What pods were made from.
    pub template: PodTemplateSpec,
    /// Why, as somebody noted.
    pub cause: Option<String>,
    /// The annotations of what keeps it.
    pub annotations: Rc<Labels>,
    /// The set of a deployment that keeps it.
    pub set: Option<Rc<ReplicaSet>>,
}

/// The revisions of an object by their numbers; None for kinds that have none.
pub(super) fn history(view: View<'_>, object: &Object) -> Option<SmallMap<i64, Revision>> {
    let cause = |meta: &ObjectMeta| meta.annotations.get(CHANGE_CAUSE).map(ToString::to_string);
    match object {
        Object::Deployment(deployment) => {
            let (new, old) = replica_sets(view, deployment);
            let revision = |set: Rc<ReplicaSet>| {
                let (cause, annotations) = (cause(&set.meta), set.meta.annotations.clone());
                (number(&set.meta), Revision { template: PodTemplateSpec::clone(&set.spec.template), cause, annotations, set: Some(set) })
            };
            Some(old.into_iter().chain(new).map(revision).filter(|(number, _)| *number > 0).collect())
        }
        Object::DaemonSet(_) | Object::Other(_) if matches!(object.kind(), Kind::DaemonSet | Kind::StatefulSet) => {
            let revision = |object: &Object| {
                let Object::ControllerRevision(kept) = object else { return None };
                let template = kept.data.get("spec").and_then(|spec| spec.get("template")).cloned();
                let mut template = template.unwrap_or_default();
                template.as_object_mut().map(|template| template.remove("$patch"));
                let (cause, annotations) = (cause(&kept.meta), kept.meta.annotations.clone());
                Some((kept.revision, Revision { template: Json::read(&template), cause, annotations, set: None }))
            };
            Some(view.owned_by(object.meta().uid).filter_map(revision).collect())
        }
        _ => None,
    }
}

fn number(meta: &ObjectMeta) -> i64 {
    meta.annotations.get(REVISION).and_then(|text| text.parse().ok()).unwrap_or_default()
}
