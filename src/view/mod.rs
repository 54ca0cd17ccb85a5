//! View models: what a picture of the cluster needs, as plain data that compares, at a cost that follows what is asked for.
//! Left out: words for people (the host has them in its languages) and places on a screen.

mod cluster;
mod events;
mod frame;
mod inspector;
mod lens;
mod pod;
mod stamp;
mod timeline;

pub use crate::engine::Component;
pub use cluster::{ComponentView, ControllerCard, NodeRoom, Readiness, Share};
pub use events::EventRow;
pub use frame::{Counts, Frame, Scene};
pub use inspector::{Field, Inspected, Row};
pub use lens::Lens;
pub use pod::{Owner, PodState, PodTile};
pub use stamp::STAMPS;
pub use timeline::{BranchLine, Mark, MarkKind, Timeline};
