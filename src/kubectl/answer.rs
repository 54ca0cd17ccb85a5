//! What a command answers: what it printed, its exit status, and what is left to wait for. The wording of failures is
//! kubectl's. Models kubectl/pkg/cmd/util/helpers.go checkErr.

use crate::api::{ApiError, ObjectKey, Reason, Uid};

use super::watch::Watch;

/// The answer to a command.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Standard output and standard error as they come.
    pub output: String,
    /// The exit status.
    pub exit: i32,
    /// What the command goes on with.
    pub follow: Follow,
}

/// What a command goes on with after what it printed. Whoever runs the clock does the waiting.
#[derive(Clone, Debug, Default)]
pub enum Follow {
    /// Nothing.
    #[default]
    Done,
    /// `delete` returns when these are gone.
    UntilGone(Vec<(ObjectKey, Uid)>),
    /// `get --watch` prints changes as they come, until it is stopped.
    Watch(Box<Watch>),
    /// `wait` returns when all of this holds, or when its time is over.
    Wait(Box<super::verb::Wait>),
    /// `drain` returns when all pods are gone.
    Drain(Box<super::verb::Draining>),
    /// `run --attach` shows what a program prints until it ends.
    Attached(Box<super::verb::Attached>),
    /// `edit` wants this text in the host's editor. What is saved is the input of the same line, given again.
    Edit(String),
    /// `exec` prints what its command prints, until that ends.
    Exec(Box<super::verb::ExecFollow>),
    /// `node1 CMD` prints what its command prints, until that ends.
    Tool(super::verb::ToolFollow),
    /// `logs -f` prints lines as they come, until the containers end.
    Logs(Box<super::verb::LogFollow>),
    /// `request --every` prints when all have been sent.
    Requests(super::verb::RequestFollow),
}

impl Answer {
    /// Success.
    pub(super) fn ok(output: impl Into<String>) -> Answer {
        Answer { output: output.into(), exit: 0, follow: Follow::Done }
    }

    /// A failure, told as kubectl tells it.
    pub(super) fn failed(failure: Failure) -> Answer {
        Answer::of(String::new(), &[failure])
    }

    /// What was printed, then the failures.
    pub(super) fn of(mut output: String, failures: &[Failure]) -> Answer {
        output.push_str(&tell(failures));
        Answer { output, exit: i32::from(!failures.is_empty()), follow: Follow::Done }
    }

    /// The same, with something to go on with unless it failed.
    pub(super) fn followed_by(mut self, follow: Follow) -> Answer {
        if self.exit == 0 {
            self.follow = follow;
        }
        self
    }
}

/// Why something did not work.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failure {
    /// The server refused; `when` is what kubectl puts before the message: `error when creating "f.yaml": `.
    Api { error: ApiError, when: String },
    /// kubectl itself refused. Printed after `error: `.
    Own(String),
    /// Printed as it is.
    Bare(String),
}

impl Failure {
    /// The words of it.
    pub fn message(&self) -> &str {
        match self {
            Failure::Api { error, .. } => &error.message,
            Failure::Own(message) | Failure::Bare(message) => message,
        }
    }

    /// A refusal of kubectl itself.
    pub fn own(message: impl Into<String>) -> Failure {
        Failure::Own(message.into())
    }

    /// A line that kubectl does not take, and where its help is: `top`, `create secret`. Models kubectl/pkg/cmd/util UsageErrorf.
    pub fn usage(path: &str, message: impl Into<String>) -> Failure {
        let mut text = message.into();
        for piece in ["\nSee 'kubectl ", path, " -h' for help and examples"] {
            text.push_str(piece);
        }
        Failure::Own(text)
    }

    /// Words behind a verb that it does not know. Models kubectl/pkg/cmd/util DefaultSubCommandRun.
    pub fn unknown_command(path: &str, words: &[String]) -> Failure {
        Failure::usage(path, format!("unknown command {:?}", words.join(" ")))
    }

    /// Something real that Podscape does not do, and what to do instead.
    pub fn unsupported(what: &str, instead: &str) -> Failure {
        Failure::Own(format!("{what} is not supported here: {instead}"))
    }

    /// A refusal of the server that kubectl tells as its own, behind these words.
    pub fn within(self, words: &str) -> Failure {
        match self {
            Failure::Api { error, .. } => Failure::Own(format!("{words}{}", error.message)),
            own => own,
        }
    }

    /// The same without `error: ` before it: where kubectl prints what discovery said.
    pub fn bare(self) -> Failure {
        match self {
            Failure::Own(message) => Failure::Bare(message),
            other => other,
        }
    }

    /// Whether the server says that there is no such object.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Failure::Api { error, .. } if error.reason == Reason::NotFound)
    }

    /// The same failure of an object that came from a file.
    /// Models kubectl/pkg/cmd/util AddSourceToErr.
    pub fn of_file(self, doing: &str, file: &str) -> Failure {
        let when = format!("error when {doing} \"{file}\": ");
        match self {
            Failure::Api { error, .. } => Failure::Api { error, when },
            Failure::Own(message) => Failure::Own(format!("{when}{message}")),
            bare @ Failure::Bare(_) => bare,
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Failure {
        Failure::Api { error, when: String::new() }
    }
}

/// All failures of a command as text, with a line break at the end.
fn tell(failures: &[Failure]) -> String {
    let lines: Vec<String> = match failures {
        [Failure::Api { error, .. }] if error.reason == Reason::Invalid => vec![invalid(error)],
        [Failure::Own(message)] if !message.starts_with("error: ") => vec![format!("error: {message}")],
        several => several.iter().map(one_of_several).collect(),
    };
    lines.into_iter().map(|line| if line.ends_with('\n') { line } else { line + "\n" }).collect()
}

fn one_of_several(failure: &Failure) -> String {
    match failure {
        Failure::Api { error, when } if error.reason == Reason::Unknown => format!("Error from server: {when}{}", error.message),
        Failure::Api { error, when } => format!("Error from server ({}): {when}{}", error.reason.as_str(), error.message),
        Failure::Own(message) | Failure::Bare(message) => message.clone(),
    }
}

/// `The Pod "x" is invalid: …`: one cause in the same line, several in lines of their own.
fn invalid(error: &ApiError) -> String {
    let (head, rest) = error.message.split_once(" is invalid: ").unwrap_or(("", &error.message));
    let subject = head.split_once(' ').map(|(kind, name)| (kind.split('.').next().unwrap_or(kind), name));
    let head = match subject {
        Some((kind, name)) => format!("The {kind} {name} is invalid: "),
        None => "The request is invalid: ".to_owned(),
    };
    let mut causes: Vec<String> = Vec::new();
    for text in error.causes.iter().map(ToString::to_string) {
        if !causes.contains(&text) {
            causes.push(text);
        }
    }
    match causes.as_slice() {
        [] => head + rest,
        [cause] => head + cause,
        several => several.iter().fold(head + "\n", |text, cause| text + "* " + cause + "\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{FieldError, FieldErrorKind, Kind};
    use crate::base::Name;

    fn required(path: &str) -> FieldError {
        FieldError { path: path.into(), kind: FieldErrorKind::Required, value: String::new(), detail: String::new() }
    }

    #[test]
    fn failures_read_as_kubectl_tells_them() {
        let name = Name::from("x");
        let missing = || Failure::from(ApiError::not_found(Kind::Pod, &name));
        let invalid = |causes| Failure::from(ApiError::invalid(Kind::Pod, &name, causes)).of_file("creating", "f.yaml");
        let table = [
            (vec![missing()], "Error from server (NotFound): pods \"x\" not found\n"),
            (
                vec![missing().of_file("deleting", "f.yaml")],
                "Error from server (NotFound): error when deleting \"f.yaml\": pods \"x\" not found\n",
            ),
            (vec![Failure::own("no way")], "error: no way\n"),
            (vec![missing(), Failure::own("no way")], "Error from server (NotFound): pods \"x\" not found\nno way\n"),
            (vec![invalid(vec![required("spec.a")])], "The Pod \"x\" is invalid: spec.a: Required value\n"),
            (
                vec![invalid(vec![required("spec.a"), required("spec.b"), required("spec.a")])],
                "The Pod \"x\" is invalid: \n* spec.a: Required value\n* spec.b: Required value\n",
            ),
            (
                vec![invalid(vec![required("spec.a")]), missing()],
                "Error from server (Invalid): error when creating \"f.yaml\": Pod \"x\" is invalid: spec.a: Required value\n\
                 Error from server (NotFound): pods \"x\" not found\n",
            ),
        ];
        for (failures, text) in table {
            assert_eq!(tell(&failures), text);
        }
    }
}
