//! View models: what a picture of the cluster needs, as plain data that compares, at a cost that follows what is asked for.
//! Left out: words for people (the host has them in its languages) and places on a screen.

mod cluster;
mod condition;
mod endpoints;
mod events;
mod frame;
mod ingress;
mod inspector;
mod lens;
mod pod;
mod relations;
mod service;
mod stamp;
mod timeline;
mod traffic;

pub use crate::engine::{Component, Ends, Passage, Passages};
pub use crate::runtime::ProbeKind;
pub use condition::{ConditionRow, ProbeStrip};
pub(crate) use condition::conditions as conditions_of;
pub use cluster::{ComponentView, ControllerCard, NodeRoom, Readiness, Share};
pub use events::EventRow;
pub use frame::{Counts, Frame, Scene};
pub use ingress::{IngressCard, IngressWay};
pub use inspector::{Field, Inspected, Row};
pub use lens::Lens;
pub use pod::{Owner, PodState, PodTile, ProbeTick};
pub use relations::{Linked, Relation};
pub use service::ServiceCard;
pub use stamp::STAMPS;
pub use crate::network::{Choice, Door, End, Fault, Kept, Loss, Masquerade, Outcome, Packet, Place, Reach, Scope, Step, Translation, Trouble, Verdict};
pub use crate::network::ingress::{By as Chosen, Routing};
pub use traffic::{Answers, HopRow, Via, Load, LookupRow, Trip, answers, loads, lookups, trips};
pub use timeline::{BranchLine, Mark, MarkKind, Timeline};
