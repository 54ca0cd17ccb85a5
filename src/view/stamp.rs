//! The stamp that a template presses into its pods: one of a few, by the template's containers, so that pods of an old and of a
//! new template are told apart. The same template gives the same stamp in every world. Left out: labels, which change on a
//! living pod.

use crate::api::{Container, Json, Pod, PodSpec, Uid};
use crate::base::{FNV_OFFSET, SimTime, SmallMap, fnv64, sort};

/// How many stamps there are.
pub const STAMPS: u8 = 12;

/// Stamps of all templates in sight.
#[derive(Default)]
pub(super) struct Stamps {
    /// Hashes by the address of a spec: replicas share theirs, so each is read once.
    hashes: SmallMap<*const PodSpec, u64>,
    /// Templates of a controller: hash, and the creation of the oldest pod (or none yet).
    templates: SmallMap<Uid, SmallMap<u64, SimTime>>,
    given: SmallMap<(Uid, u64), u8>,
}

/// What a template without pods counts as: younger than all that have some.
const UNUSED: SimTime = SimTime::from_micros(u64::MAX);

impl Stamps {
    /// Takes note of a controller's template.
    pub fn add_template(&mut self, owner: Uid, spec: &PodSpec) {
        let hash = self.hash(spec);
        self.templates.entry(owner).or_default().entry(hash).or_insert(UNUSED);
    }

    /// Takes note of a pod.
    pub fn add_pod(&mut self, pod: &Pod) {
        let Some(owner) = pod.meta.controller() else { return };
        let hash = self.hash(&pod.spec);
        let oldest = self.templates.entry(owner.uid).or_default().entry(hash).or_insert(UNUSED);
        *oldest = (*oldest).min(pod.meta.creation);
    }

    /// Gives each template its stamp. Where two of one controller would get the same, the younger takes the next free one.
    pub fn settle(&mut self) {
        for (owner, templates) in &self.templates {
            let mut by_age: Vec<(SimTime, u64)> = templates.iter().map(|(hash, oldest)| (*oldest, *hash)).collect();
            sort(&mut by_age);
            let mut taken = Vec::new();
            for (_, hash) in by_age {
                let mut stamp = plain(hash);
                while taken.contains(&stamp) && taken.len() < usize::from(STAMPS) {
                    stamp = (stamp + 1) % STAMPS;
                }
                taken.push(stamp);
                self.given.insert((*owner, hash), stamp);
            }
        }
    }

    /// The stamp of a controller's template or of its pod.
    pub fn of(&mut self, owner: Uid, spec: &PodSpec) -> u8 {
        let hash = self.hash(spec);
        self.given.get(&(owner, hash)).copied().unwrap_or_else(|| plain(hash))
    }

    fn hash(&mut self, spec: &PodSpec) -> u64 {
        *self.hashes.entry(std::ptr::from_ref(spec)).or_insert_with(|| {
            let all = spec.init_containers.iter().chain(&spec.containers);
            all.filter_map(Container::write).fold(FNV_OFFSET, |hash, container| fnv64(hash, &container.to_string()))
        })
    }
}

fn plain(hash: u64) -> u8 {
    ((hash ^ (hash >> 32)) % u64::from(STAMPS)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{OwnerReference, Kind, ObjectMeta};
    use std::rc::Rc;

    fn spec(image: &str) -> Rc<PodSpec> {
        let container = Container { name: "main".into(), image: image.into(), ..Container::default() };
        Rc::new(PodSpec { containers: vec![container], ..PodSpec::default() })
    }

    fn pod(spec: &Rc<PodSpec>, seconds: u64) -> Pod {
        let owner = OwnerReference::controller(Kind::ReplicationController, &"kubia".into(), Uid(1));
        let meta = ObjectMeta { owners: [owner].into(), creation: SimTime::from_seconds(seconds), ..ObjectMeta::default() };
        Pod { meta, spec: spec.clone(), ..Pod::default() }
    }

    #[test]
    fn templates_of_one_controller_never_share_a_stamp() {
        let specs: Vec<_> = (0..STAMPS).map(|n| spec(&format!("image:{n}"))).collect();
        let mut stamps = Stamps::default();
        for (spec, second) in specs.iter().zip(1..) {
            stamps.add_pod(&pod(spec, second));
        }
        stamps.settle();
        let mut given: Vec<u8> = specs.iter().map(|spec| stamps.of(Uid(1), spec)).collect();
        given.sort_unstable();
        assert_eq!(given, (0..STAMPS).collect::<Vec<_>>());
    }

    #[test]
    fn an_old_template_keeps_its_stamp_when_a_new_one_comes() {
        for n in 0..40 {
            let (old, new) = (spec("luksa/kubia"), spec(&format!("luksa/kubia:v{n}")));
            let mut before = Stamps::default();
            before.add_template(Uid(1), &old);
            before.settle();
            let mut after = Stamps::default();
            after.add_template(Uid(1), &new);
            after.add_pod(&pod(&old, 5));
            after.settle();
            assert_eq!(before.of(Uid(1), &old), after.of(Uid(1), &old));
            assert_ne!(after.of(Uid(1), &old), after.of(Uid(1), &new));
        }
    }
}
