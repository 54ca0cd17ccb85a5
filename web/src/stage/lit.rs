//! The selector lens: which pods light up because a selector fits them, typed or of the controller or service under the pointer.

use crate::session::Look;
use crate::simulator::{Frame, Kind, Labels, Name, ObjectKey, PodTile, Selector, Simulator, SmallSet, Uid};

/// The pods that light up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LitPods(SmallSet<ObjectKey>);

impl LitPods {
    /// How an object looks in a list: what is no pod looks as usual.
    pub fn class(&self, key: &ObjectKey) -> Option<&'static str> {
        let lit = || if self.0.contains(key) { "lit" } else { "dim" };
        (key.kind == Kind::Pod).then(lit)
    }
}

/// What makes pods light up.
#[derive(Clone, Debug, PartialEq)]
pub enum Lit {
    /// A typed selector.
    Typed(Selector),
    /// These: an Ingress leads to them.
    These(SmallSet<Uid>),
    /// A controller: the pods it owns, and those its selector fits.
    Of {
        /// Its namespace.
        namespace: Name,
        /// Its uid.
        uid: Uid,
        /// Its selector.
        labels: std::rc::Rc<Labels>,
    },
}

impl Lit {
    /// What lights up now; None if all pods look as usual. What the pointer is over goes before what is typed.
    pub fn of(frame: &Frame, look: &Look) -> Option<Lit> {
        let hovered = look.hover.as_ref().and_then(|key| Lit::of_object(frame, key));
        hovered.or_else(|| Simulator::selector(&look.lens).map(Lit::Typed))
    }

    /// The pods that light up, for lists that name pods; None if all look as usual.
    pub fn pods(frame: &Frame, look: &Look) -> Option<LitPods> {
        let lit = Lit::of(frame, look)?;
        Some(LitPods(frame.pods().filter(|pod| lit.shows(pod)).map(|pod| pod.key.clone()).collect()))
    }

    fn of_object(frame: &Frame, key: &ObjectKey) -> Option<Lit> {
        if key.kind == Kind::Ingress {
            return Some(Lit::These(super::ingress::pods(frame, key)));
        }
        let (uid, labels) = match key.kind {
            Kind::Service => frame.services.iter().find(|card| card.key == *key).map(|card| (card.uid, card.selector.clone()))?,
            _ => frame.controllers.iter().find(|card| card.key == *key).map(|card| (card.uid, card.selector.clone()))?,
        };
        Some(Lit::Of { namespace: key.namespace.clone(), uid, labels })
    }

    /// Whether a pod lights up.
    pub fn shows(&self, pod: &PodTile) -> bool {
        match self {
            Lit::These(uids) => uids.contains(&pod.uid),
            Lit::Typed(selector) => selector.fits(&pod.labels),
            Lit::Of { namespace, uid, labels } => {
                let fits = || !labels.is_empty() && labels.iter().all(|(key, value)| pod.labels.get(key) == Some(value));
                pod.key.namespace == *namespace && (pod.owner.as_ref().is_some_and(|owner| owner.uid == *uid) || fits())
            }
        }
    }
}
