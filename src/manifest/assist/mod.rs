//! Help for somebody who writes a manifest: what could stand at the caret, what a field means, how a mistake is mended.
//! All of it is worked out from the schema and the text; what only a cluster knows (names of objects) is asked for as [`Wanted`].

mod complete;
mod describe;
mod fix;
#[cfg(test)]
mod fix_tests;
mod place;
mod repair;
mod values;

pub use complete::{Suggestion, Suggestions, Wanted, complete};
pub use describe::{FieldDoc, describe};
pub use fix::{Edit, Fix, Mending, apply_edits, fixes};
pub use place::{Found, Part, Place, Step};
