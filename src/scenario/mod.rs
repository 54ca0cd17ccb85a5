//! What a history is made from: a base cluster and the journal of what the user did. It is the scenario file, the link, the
//! stored state and the undo stack. Speed and pause are not in it.

mod dictionary;
mod file;
mod journal;
mod link;
mod write;

pub use file::{FileError, Lab, Told, is_meant, parse_file, parse_lab};
pub use journal::{Command, Entry, Scenario};
pub use write::write_file;
pub use link::{LinkError, MAX_LINK, from_link, to_link};
