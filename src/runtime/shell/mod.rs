//! A small POSIX shell on virtual time: what `sh -c` commands of containers and `kubectl exec` run. It stands still at a `sleep` and
//! goes on when its time has come; each command costs a little time, so that a loop without `sleep` takes time as well.
//!
//! The same shell is the terminal's: what it cannot run itself is an [`Errand`] of its owner.
//!
//! Left out: jobs that stand still, pipes that are full.

mod array;
mod awk;
mod awk_script;
mod builtin;
mod console;
mod diff;
mod errand;
mod expand;
mod files_tools;
mod find;
mod jobs;
mod jq;
mod lexer;
mod line_tools;
mod machine;
mod openssl;
mod parser;
mod perl;
mod pattern;
mod pipes;
mod recall;
mod sed;
mod special;
mod strand;
mod sum;
mod syntax;
#[cfg(test)]
mod tests;
mod text_tools;
mod tools;
mod typed;

use super::files::Disk;
use super::image::Kit;
use super::log::Log;
use crate::base::SimTime;

pub use console::Console;
pub use parser::is_unfinished;
pub use errand::{Away, Errand};
pub use machine::{End, Shell};
pub use recall::Recalled;
pub use tools::is_tool;
pub use typed::{Stdin, Typed};
pub(super) use tools::formatted;

/// What a program of the shell sees around it.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// Files.
    pub disk: Disk<'a>,
    /// The container's log.
    pub log: &'a mut Log,
    /// The host name: the pod's name.
    pub host: &'a str,
    /// What a program is that is none of the shell's.
    pub other: Other,
    /// Which of the programs that not every image has.
    pub kit: Kit,
    /// What process 1 is, for `ps`.
    pub first_process: &'a str,
    /// Set when `kill` sent process 1 a signal.
    pub signal: Option<i32>,
    /// Which programs are the owner's to run.
    pub away: fn(&[String]) -> Away,
}

/// What programs beside the shell's own are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// None: the image is known.
    Missing,
    /// Any: each runs until it is stopped.
    Serve,
}

/// A time as `date` prints it.
pub fn formatted_time(at: SimTime) -> String {
    tools::formatted("%a %b %e %H:%M:%S UTC %Y", at)
}

