//! `cargo xtask COMMAND`: sets up what is missing, then serves, tests or measures Podscape.
//!
//! One file per command, one file per thing that is set up (`setup/`). Nothing here is part of the page.

mod arguments;
mod bench_web;
mod failure;
mod page;
mod pictures;
mod schema;
mod screenshot;
mod serve;
mod setup;
mod shares;
mod size;
mod split;
mod static_server;
mod steps;
mod tally;
mod test;
mod workspace;

use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// A command that this program starts itself; not in the help.
const ANNOUNCE: Command =
    Command { name: "announce", options: serve::ANNOUNCE_OPTIONS, summary: "say where the page is, once it is there", run: serve::announce };

/// A command of `cargo xtask`.
struct Command {
    /// The word after `cargo xtask`.
    name: &'static str,
    /// The options it takes, as shown in the help: `--port N` takes a value, `--release` does not.
    options: &'static [&'static str],
    /// One line for the help.
    summary: &'static str,
    /// Does the work.
    run: fn(&Workspace, &Steps, &Arguments) -> Result<(), Failure>,
}

const COMMANDS: &[Command] = &[
    Command { name: "serve", options: serve::OPTIONS, summary: "set up what is missing, build the page and serve it", run: serve::run },
    Command { name: "test", options: test::OPTIONS, summary: "set up what is missing and run every test: native, wasm, browser", run: test::run },
    Command { name: "size", options: size::OPTIONS, summary: "say how many bytes the page loads first", run: size::run },
    Command { name: "screenshot", options: screenshot::OPTIONS, summary: "take a picture of the page", run: screenshot::run },
    Command { name: "pictures", options: pictures::OPTIONS, summary: "take pictures of the ten main views for docs/", run: pictures::run },
    Command {
        name: "bench-web",
        options: bench_web::OPTIONS,
        summary: "measure the page in a browser: load, frames, memory, keys",
        run: bench_web::run,
    },
    Command { name: "schema", options: schema::OPTIONS, summary: "write the table of API types from a reference document", run: schema::run },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut commands = COMMANDS.iter().chain([&ANNOUNCE]);
    let Some(command) = words.first().and_then(|word| commands.find(|command| command.name == word)) else {
        eprint!("{}", help());
        let asked = words.first().is_some_and(|word| ["help", "--help", "-h"].contains(&word.as_str()));
        return if asked { ExitCode::SUCCESS } else { ExitCode::from(2) };
    };
    let arguments = match arguments::parse(&words[1..], command.options) {
        Ok(arguments) => arguments,
        Err(failure) => {
            eprintln!("{failure}\n\n{}", help());
            return ExitCode::from(2);
        }
    };
    let outcome = Workspace::find().and_then(|workspace| (command.run)(&workspace, &Steps::begin(), &arguments));
    let Err(failure) = outcome else {
        return ExitCode::SUCCESS;
    };
    if !failure.is_told() {
        eprintln!("cargo xtask {}: {failure}", command.name);
    }
    ExitCode::FAILURE
}

/// The text of `cargo xtask help`.
fn help() -> String {
    let mut text = String::from("usage: cargo xtask COMMAND [OPTIONS]\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<12} {}\n", command.name, command.summary));
        for option in command.options {
            text.push_str(&format!("  {:<12}   {option}\n", ""));
        }
    }
    text
}
