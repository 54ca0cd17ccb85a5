//! The simulator without a browser.
//!
//! `podscape run SCENARIO.yaml` plays a scenario file and prints what its steps print.
//! `podscape digest SCENARIO.yaml …` prints each one's link and the digest of its last moment, for a comparison elsewhere.
//! `podscape repl` answers requests in JSON, one a line (see `repl`).

mod repl;

use std::io::{self, Write};
use std::process::ExitCode;

use podscape::simulator::{Command, Entry, Scenario, Simulator, parse_file};

const USAGE: &str = "\
podscape: a Kubernetes cluster on a virtual clock

  podscape run SCENARIO.yaml   plays a scenario file and prints what its steps print
  podscape digest SCENARIO.yaml …
                               prints each one's link and the digest of its last moment
  podscape repl                answers requests in JSON, one object a line
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["run", file] => run(file),
        ["digest", files @ ..] => digest(files),
        ["repl"] => repl::serve(),
        ["--help" | "-h" | "help"] => {
            print!("{USAGE}");
            ExitCode::SUCCESS
        }
        _ => {
            eprint!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// A scenario file; says what is wrong with one that cannot be read.
fn read(file: &str) -> Option<Scenario> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
    match text.and_then(|text| parse_file(&text).map_err(|error| error.0)) {
        Ok(scenario) => Some(scenario),
        Err(error) => {
            eprintln!("podscape: {file}: {error}");
            None
        }
    }
}

fn run(file: &str) -> ExitCode {
    let Some(scenario) = read(file) else { return ExitCode::from(2) };
    match play(&scenario, &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        // Also where nobody reads any further: `podscape run FILE | head`.
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}

fn digest(files: &[&str]) -> ExitCode {
    for file in files {
        let Some(scenario) = read(file) else { return ExitCode::from(2) };
        let simulator = Simulator::new(&scenario);
        println!("{} {:016x}", simulator.link(), simulator.digest());
    }
    ExitCode::SUCCESS
}

/// Plays a scenario step by step; whether all of its steps' commands went well.
fn play(scenario: &Scenario, out: &mut impl Write) -> io::Result<bool> {
    let start = Scenario { journal: Vec::new(), at: podscape::base::SimDuration::ZERO, ..scenario.clone() };
    let mut simulator = Simulator::new(&start);
    let mut went_well = true;
    for Entry { at, command } in &scenario.journal {
        let at = simulator.start_time() + *at;
        simulator.catch_up(at);
        let millis = simulator.now().since(simulator.start_time()).millis();
        let switched = |what: &str, on: bool| format!("({what} {})", if on { "on" } else { "off" });
        let shown = match command {
            Command::File { .. } => None,
            Command::Line(line) => Some(format!("$ {line}")),
            Command::NodePower { node, on } => Some(switched(node, *on)),
            Command::ComponentPower { component, on } => Some(switched(component.name(), *on)),
        };
        if let Some(shown) = &shown {
            writeln!(out, "# t={}.{:03}s\n{shown}", millis / 1000, millis % 1000)?;
        }
        let receipt = repl::to_its_end(&mut simulator, command.clone());
        write!(out, "{}", receipt.output)?;
        went_well &= receipt.exit == 0;
        if shown.is_some() {
            writeln!(out)?;
        }
    }
    Ok(went_well)
}
