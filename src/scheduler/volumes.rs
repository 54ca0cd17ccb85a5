//! What the claims of a pod ask of nodes: claims must have their volumes, or get them for the node that is chosen, and volumes must be within reach.
//! Models pkg/scheduler/framework/plugins/volumebinding. Left out: capacities of drivers, limits of volumes, zones, claims for one pod alone.

use std::rc::Rc;

use super::Verdict;
use crate::api::{Kind, Node, Object, ObjectKey, Other, Pod, SELECTED_NODE, claims_of};
use crate::base::Name;
use crate::store::View;

/// The provisioner of classes whose volumes people make.
const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";

/// A claim that gets its volume once its pod has a node.
#[derive(Debug)]
struct OpenClaim<'a> {
    claim: &'a Rc<Other>,
    /// Volumes that are there and will do.
    volumes: Vec<&'a Rc<Other>>,
    /// Whether a new one can be made.
    provisions: bool,
}

/// What a pod's claims ask.
#[derive(Debug, Default)]
pub(super) struct VolumeRules<'a> {
    /// Why no node will do; empty if one may.
    pub refused: String,
    bound: Vec<&'a Rc<Other>>,
    open: Vec<OpenClaim<'a>>,
    /// A volume that a claim is bound to is gone.
    gone: bool,
}

/// What is to be written for a claim before its pod can be bound: the claim, and the volume that is there for it.
pub type Reserved = (Rc<Other>, Option<Rc<Other>>);

impl<'a> VolumeRules<'a> {
    /// A pod's; none if it uses no claims.
    pub fn of(pod: &Pod, view: View<'a>) -> Option<VolumeRules<'a>> {
        claims_of(pod).next()?;
        let mut rules = VolumeRules::default();
        let mut unbound = false;
        for (_, name) in claims_of(pod) {
            let key = ObjectKey::new(Kind::PersistentVolumeClaim, pod.meta.namespace.clone(), name);
            let Some(claim) = view.get(&key).and_then(Object::as_other) else {
                rules.refused = format!("persistentvolumeclaim \"{name}\" not found");
                return Some(rules);
            };
            if claim.meta.is_deleting() {
                rules.refused = format!("persistentvolumeclaim \"{name}\" is being deleted");
                return Some(rules);
            }
            if claim.is_bound_claim() {
                let volume = claim.at(&["spec", "volumeName"]).as_str().unwrap_or_default();
                let found = view.get(&ObjectKey::new(Kind::PersistentVolume, Name::default(), volume)).and_then(Object::as_other);
                rules.gone |= found.is_none();
                rules.bound.extend(found);
                continue;
            }
            let class = ObjectKey::new(Kind::StorageClass, Name::default(), claim.storage_class());
            let class = view.get(&class).and_then(Object::as_other).filter(|class| class.waits_for_consumer());
            unbound |= class.is_none();
            if let Some(class) = class {
                let all = view.list(Kind::PersistentVolume, &Name::default()).filter_map(Object::as_other);
                let provisions = class.field("provisioner").as_str().is_some_and(|provisioner| provisioner != NO_PROVISIONER);
                rules.open.push(OpenClaim { claim, volumes: all.filter(|volume| volume.volume_suits(claim)).collect(), provisions });
            }
        }
        if unbound {
            rules.refused = "pod has unbound immediate PersistentVolumeClaims".to_owned();
        }
        Some(rules)
    }

    /// What they say of a node.
    pub fn verdict(&self, node: &Node) -> Verdict {
        if !self.refused.is_empty() {
            return Verdict::never(Name::from(self.refused.as_str()));
        }
        if self.gone {
            return Verdict::never(Name::fixed("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"));
        }
        if self.bound.iter().any(|volume| !volume.volume_reaches(node)) {
            return Verdict::never(Name::fixed("node(s) had volume node affinity conflict"));
        }
        let elsewhere = |claim: &OpenClaim<'_>| claim.claim.meta.annotations.get(&SELECTED_NODE).is_some_and(|chosen| *chosen != node.meta.name);
        let served = |claim: &OpenClaim<'_>| claim.volumes.iter().any(|volume| volume.volume_reaches(node)) || claim.provisions && !elsewhere(claim);
        if self.open.iter().all(served) {
            return Verdict::fits();
        }
        Verdict::never(Name::fixed("node(s) didn't find available persistent volumes to bind"))
    }

    /// What is to be written so that the claims get their volumes for a node.
    pub fn reserve(&self, node: &Node) -> Vec<Reserved> {
        let smallest = |claim: &OpenClaim<'_>| claim.volumes.iter().filter(|volume| volume.volume_reaches(node)).min_by_key(|volume| volume.capacity()).map(|volume| Rc::clone(volume));
        self.open.iter().map(|claim| (claim.claim.clone(), smallest(claim))).collect()
    }
}
