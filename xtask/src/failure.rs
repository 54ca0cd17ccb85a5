//! Why a command could not do its work, in words for the person at the terminal.

use std::fmt;

/// A message that says what went wrong and, where it helps, what to do by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// A failure with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// A failure about which everything has been said already.
    pub fn told() -> Self {
        Self(String::new())
    }

    /// Whether there is still something to say.
    pub fn is_told(&self) -> bool {
        self.0.is_empty()
    }

    /// The same failure, with what was being done in front.
    pub fn while_doing(self, what: &str) -> Self {
        Self(format!("{what}: {}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<podscape_browser_tests::Problem> for Failure {
    fn from(problem: podscape_browser_tests::Problem) -> Self {
        Self(problem.to_string())
    }
}

/// Names the file or folder in an error of the file system.
pub fn at(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Failure + '_ {
    move |error| Failure::new(format!("{}: {error}", path.display()))
}
