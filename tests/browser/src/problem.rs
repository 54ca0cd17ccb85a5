//! Why a step could not be done.

use std::fmt;

/// A failed step, in words. It says which step it was and what was seen instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(String);

/// The result of a step.
pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    /// A problem with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}

impl From<ureq::Error> for Problem {
    fn from(error: ureq::Error) -> Self {
        Self(format!("the browser's driver does not answer: {error}"))
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}
