//! Images as behaviours: how large they are, how long their program runs and what it does on SIGTERM. An image that is not
//! in the catalogue runs as a server until it is stopped.
//! Left out: what the program answers and prints; a shell.

use crate::api::Container;
use crate::base::{Name, SimDuration};

/// What a program does on SIGTERM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTerm {
    /// Nothing: it is process 1 without a handler, so the kernel drops the signal, and SIGKILL ends it with 137.
    Ignore,
    /// It ends at once with this code.
    Exit(i32),
}

/// How a program ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Not.
    Never,
    /// After a time, with a code.
    After(SimDuration, i32),
    /// Its command is not in the image.
    NotFound,
}

/// What a container does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behavior {
    /// On SIGTERM.
    pub on_term: OnTerm,
    /// By itself.
    pub ending: Ending,
}

/// An image of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    /// Its repository, without tag.
    pub repository: &'static str,
    /// Compressed, in bytes.
    pub size: u64,
    /// What it runs if no command is given.
    program: Program,
}

#[derive(Clone, Copy, Debug)]
enum Program {
    /// Runs until stopped.
    Server(OnTerm),
    /// Ends after the seconds in this variable, or these.
    Sleeper(&'static str, u64),
    /// A shell without input: ends at once.
    Shell,
}

static CATALOGUE: [Image; 6] = [
    Image { repository: "luksa/kubia", size: 3_206_624, program: Program::Server(OnTerm::Ignore) },
    Image { repository: "luksa/kubia-unhealthy", size: 3_206_713, program: Program::Server(OnTerm::Ignore) },
    Image { repository: "luksa/batch-job", size: 1_033_274, program: Program::Sleeper("SLEEP", 20) },
    Image { repository: "luksa/ssd-monitor", size: 1_033_249, program: Program::Server(OnTerm::Ignore) },
    Image { repository: "busybox", size: 1_033_149, program: Program::Shell },
    Image { repository: "nginx", size: 72_080_558, program: Program::Server(OnTerm::Exit(0)) },
];

/// What stands in for an image that is not in the catalogue.
const STAND_IN: Image = Image { repository: "", size: 25_000_000, program: Program::Server(OnTerm::Exit(0)) };

impl Image {
    /// The image of this reference, or the stand-in.
    pub fn find(reference: &str) -> Image {
        let short = repository(reference);
        CATALOGUE.iter().find(|image| image.repository == short).copied().unwrap_or(STAND_IN)
    }

    /// Whether it is a stand-in.
    pub fn is_stand_in(&self) -> bool {
        self.repository.is_empty()
    }

    /// What a container of it does.
    pub fn behavior(&self, container: &Container) -> Behavior {
        let words: Vec<&str> = container.command.iter().chain(&container.args).map(Name::as_str).collect();
        if !container.command.is_empty() || matches!(self.program, Program::Shell) && !words.is_empty() {
            return of_command(&words);
        }
        match self.program {
            Program::Server(on_term) => Behavior { on_term, ending: Ending::Never },
            Program::Shell => Behavior { on_term: OnTerm::Ignore, ending: Ending::After(SimDuration::ZERO, 0) },
            Program::Sleeper(variable, default) => {
                let value = container.env.iter().find(|env| env.name == variable).and_then(|env| env.value.parse().ok());
                let time = SimDuration::from_seconds(value.unwrap_or(default));
                Behavior { on_term: OnTerm::Ignore, ending: Ending::After(time, 0) }
            }
        }
    }
}

/// `docker.io/library/busybox:1.28` → `busybox`
fn repository(reference: &str) -> &str {
    let bare = reference.split_once('@').map_or(reference, |(bare, _)| bare);
    let bare = match bare.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => bare,
    };
    let bare = bare.strip_prefix("docker.io/").unwrap_or(bare);
    bare.strip_prefix("library/").unwrap_or(bare)
}

/// What a command does, as far as it can be told without a shell: `sleep N`, `true`, `false`, and `sh -c` of such steps in a row.
/// Everything else runs until stopped.
fn of_command(words: &[&str]) -> Behavior {
    let ending = match words {
        ["sh" | "/bin/sh", "-c", script, ..] => of_script(script),
        [command, rest @ ..] => {
            let name = command.rsplit('/').next().unwrap_or(command);
            step(name, rest).map_or(Ending::Never, |(time, code)| Ending::After(time, code))
        }
        [] => Ending::Never,
    };
    // Without a handler: process 1 ignores SIGTERM.
    Behavior { on_term: OnTerm::Ignore, ending }
}

fn of_script(script: &str) -> Ending {
    let (mut total, mut last) = (SimDuration::ZERO, 0);
    for part in script.split([';', '\n']).flat_map(|part| part.split("&&")) {
        let words: Vec<&str> = part.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            ["exit"] => return Ending::After(total, last),
            ["exit", code] => return Ending::After(total, code.parse().unwrap_or(2) & 0xFF),
            [name, rest @ ..] => {
                let Some((time, code)) = step(name, rest) else { return Ending::Never };
                (total, last) = (total + time, code);
            }
        }
    }
    Ending::After(total, last)
}

/// Time and exit code of a simple command; None if it cannot be told.
fn step(name: &str, rest: &[&str]) -> Option<(SimDuration, i32)> {
    match (name, rest) {
        ("sleep", [time]) => time.parse().ok().map(|seconds| (SimDuration::from_seconds(seconds), 0)),
        ("true" | "echo" | "date" | ":" | "touch" | "rm" | "mkdir", _) => Some((SimDuration::ZERO, 0)),
        ("false", _) => Some((SimDuration::ZERO, 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(image: &str, command: &[&str]) -> Ending {
        let command = command.iter().map(|word| Name::from(*word)).collect();
        Image::find(image).behavior(&Container { command, ..Container::default() }).ending
    }

    #[test]
    fn commands_end_as_they_say() {
        let after = |seconds, code| Ending::After(SimDuration::from_seconds(seconds), code);
        let table: [(&str, &[&str], Ending); 8] = [
            ("luksa/kubia", &[], Ending::Never),
            ("luksa/batch-job", &[], after(20, 0)),
            ("busybox", &[], after(0, 0)),
            ("busybox", &["sleep", "5"], after(5, 0)),
            ("busybox", &["sh", "-c", "sleep 1; exit 1"], after(1, 1)),
            ("busybox", &["sh", "-c", "sleep 1 && sleep 2"], after(3, 0)),
            ("busybox", &["sh", "-c", "while true; do sleep 1; done"], Ending::Never),
            ("docker.io/library/busybox:1.28", &["false"], after(0, 1)),
        ];
        for (image, command, expected) in table {
            assert_eq!(ending(image, command), expected, "{image} {command:?}");
        }
    }

    #[test]
    fn unknown_images_are_stand_ins() {
        assert!(Image::find("example.com:5000/team/thing:v1").is_stand_in());
        assert!(!Image::find("luksa/kubia:v2").is_stand_in());
    }
}
