//! What of the cluster is being looked at, so that nothing else is computed.

use crate::api::ObjectKey;
use crate::base::Name;

/// What a frame is to hold besides the picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lens {
    /// The namespace whose pods and controllers are shown; empty for all.
    pub namespace: Name,
    /// How many of the latest events.
    pub events: usize,
    /// The object that the inspector shows.
    pub selected: Option<ObjectKey>,
}
