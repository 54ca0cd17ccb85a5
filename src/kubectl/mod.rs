//! kubectl v1.32.5 against the simulated API: a command line to what it prints, word by word.
//!
//! [`parse`] cuts a line into words and reads its flags; [`Invocation::run`] carries it out. What takes time (a deletion, a watch)
//! comes back as [`Follow`] for whoever runs the clock.
//!
//! A kind of object is a table in `print` and a describer in `describe`, and nothing else in here.

mod answer;
mod check;
mod complete;
mod describe;
mod examples;
mod files;
mod flags;
mod item;
mod print;
mod resource;
mod rollout;
mod selector;
mod sort;
mod verb;
mod watch;
mod words;

use crate::api::ObjectKey;
use crate::base::{Name, SimTime, SmallMap};
use crate::engine::World;
use crate::store::View;

pub use answer::{Answer, Follow};
pub use check::check;
pub use complete::complete;
pub use describe::probe_text;
pub use selector::parse_labels;
pub use verb::{Attached, Entry, Part, Change, Draining, Effect, ExecFollow, FieldChange, LogFollow, RequestFollow, Typing, Wait, preview};
pub use watch::Watch;

use answer::Failure;
use flags::Given;
use verb::{Run, Verb};
use words::Unreadable;

/// What a user's shell keeps between commands.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The namespace of the current context.
    pub namespace: Name,
    /// The name of the current context; empty if there is none.
    pub context: Name,
    /// What else is known of contexts: all but the current one as it was at the beginning.
    pub contexts: Vec<Context>,
    /// The clusters and users of the settings, once they are others than at the beginning.
    pub entries: Option<Vec<Entry>>,
    /// The files that `-f` finds: name and text.
    pub files: SmallMap<String, String>,
    /// The standard input of the command at work.
    pub input: Option<String>,
    /// The program that what is typed goes to, while a line like `exec -it` is at work.
    pub typing: Option<Typing>,
    /// Whether a person sits at it, as far as the lines that are printed tell that.
    pub is_terminal: bool,
}

impl Session {
    /// A session without files in a namespace.
    pub fn new(namespace: &str) -> Session {
        Session { namespace: namespace.into(), context: CONTEXT, contexts: Vec::new(), entries: None, files: SmallMap::new(), input: None, typing: None, is_terminal: false }
    }
}

/// A context of kubectl's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// Its name.
    pub name: Name,
    /// The cluster that it leads to; empty if it leads nowhere.
    pub cluster: Name,
    /// The user that it speaks for.
    pub user: Name,
    /// The namespace of what names none.
    pub namespace: Name,
}

/// The name of the context that there is at the beginning, and of the one cluster.
pub const CONTEXT: Name = Name::fixed("podscape");

impl Default for Session {
    fn default() -> Session {
        Session::new("default")
    }
}

/// A command line that has been read.
#[derive(Clone, Debug)]
pub struct Invocation {
    verb: &'static Verb,
    given: Given,
    /// Its standard input.
    input: Option<String>,
}

/// Reads a line as a shell passes it: `kubectl get pods -o wide`. What cannot be read comes back as what kubectl answers.
pub fn parse(line: &str) -> Result<Invocation, Answer> {
    let words::Line { words, input } = words::read(line).map_err(|why| Answer::failed(unreadable(why)))?;
    match words.split_first() {
        Some((first, rest)) if first == "kubectl" || first == "k" => verb::read(rest, input),
        Some((first, _)) if verb::is_own(first) => Ok(verb::own(words, input)),
        Some((first, _)) => {
            let text = format!("{first}: command not found\n");
            Err(Answer { output: text, exit: 127, follow: Follow::Done })
        }
        None => Err(Answer::ok("")),
    }
}

/// A line with a text as its input.
pub fn with_input(line: &str, text: &str) -> String {
    let mut end = "EOF".to_owned();
    while text.lines().any(|line| line == end) {
        end.push('_');
    }
    let gap = if text.ends_with('\n') { "" } else { "\n" };
    format!("{line} <<'{end}'\n{text}{gap}{end}\n")
}

/// Whether a line is one command without anything that a shell would have to do, so that [`parse`] reads it.
pub fn is_plain(line: &str) -> bool {
    words::read(line).is_ok_and(|line| line.words.is_empty() || is_command(&line.words[0]))
}

/// Whether a program is one of those that a line is handed to by [`parse`].
pub fn is_command(word: &str) -> bool {
    word == "kubectl" || word == "k" || verb::is_own(word)
}

/// Whether a command reads its standard input: `-f -`, `exec -i`.
pub fn reads_input(words: &[String]) -> bool {
    let of_exec = || words.iter().take_while(|word| *word != "--").any(|word| matches!(word.as_str(), "-i" | "-it" | "-ti" | "--stdin"));
    let dash = |pair: &[String]| pair[1] == "-" && matches!(pair[0].as_str(), "-f" | "--filename" | "--patch-file");
    words.windows(2).any(dash) || words.iter().any(|word| matches!(word.as_str(), "-f-" | "-f=-" | "--filename=-")) || of_exec()
}

/// What `kubectl describe` prints of an object; None if there is none.
pub fn describe(key: &ObjectKey, view: View<'_>, now: SimTime) -> Option<String> {
    let item = item::find(view, key)?;
    Some(describe::describe(&item, print::Context { view, now }, describe::Lease::Unseen))
}

/// A word as it must be written in a line so that [`parse`] reads it back.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '=' | ',' | ':' | '@' | '%' | '+');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn unreadable(why: Unreadable) -> Failure {
    match why {
        Unreadable::Unfinished('\\') => Failure::own("the line ends after a backslash"),
        Unreadable::Unfinished(quote) => Failure::Own(format!("a {quote} is opened and not closed")),
        Unreadable::Shell(sign) => {
            Failure::Own(format!("{sign} outside quotes is for a shell, which there is not here: put it in single quotes"))
        }
    }
}

/// Verbs whose first words name kinds, in short as well. Models restmapper/shortcut.go, which warns of a short name that two kinds have.
const TAKES_SHORT_NAMES: [&str; 8] = ["get", "describe", "delete", "label", "annotate", "edit", "patch", "wait"];

impl Invocation {
    /// Whether it may change the cluster, or what later lines mean (the context's namespace). A dry run does not.
    pub fn changes_cluster(&self) -> bool {
        let dry = self.given.text("dry-run").is_some_and(|value| !matches!(value, "none" | "false"));
        // An editor that has saved nothing has changed nothing.
        let writes = self.verb.writes && (self.verb.name != "edit" || self.input.is_some());
        writes && !dry || self.verb.name == "config" && self.given.args.first().is_some_and(|word| verb::changes_settings(word))
    }

    /// Carries it out at the world's present.
    pub fn run(&self, session: &mut Session, world: &mut World) -> Answer {
        session.input.clone_from(&self.input);
        let mut run = Run { verb: self.verb.name, given: &self.given, session, world };
        let mut answer = verb::run(self.verb, &mut run);
        if self.given.text("record").is_some() {
            answer.output.insert_str(0, "Flag --record has been deprecated, --record will be removed in the future\n");
        }
        if let Some(value) = self.given.text("dry-run").filter(|value| !matches!(*value, "none" | "client" | "server")) {
            answer.output.insert_str(0, &verb::dry_run_warning(value, world.now()));
        }
        session.input = None;
        let short_of_two = self.given.args.first().is_some_and(|words| words.split(',').any(|word| word.split('/').next() == Some("ev")));
        if short_of_two && TAKES_SHORT_NAMES.contains(&self.verb.name) {
            answer.output.insert_str(0, "Warning: short name \"ev\" could also match lower priority resource events.events.k8s.io\n");
        }
        answer
    }
}
