//! The simulator without a browser.
//!
//! `podscape run SCENARIO.yaml` plays a scenario file and prints what its steps print.
//! `podscape digest SCENARIO.yaml …` prints each one's link and the digest of its last moment, for a comparison elsewhere.
//! `podscape repl` answers requests in JSON, one a line (see `repl`).

mod repl;

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
    read(file).map_or(ExitCode::from(2), |scenario| play(&scenario))
}

fn digest(files: &[&str]) -> ExitCode {
    for file in files {
        let Some(scenario) = read(file) else { return ExitCode::from(2) };
        let simulator = Simulator::new(&scenario);
        println!("{} {:016x}", simulator.link(), simulator.digest());
    }
    ExitCode::SUCCESS
}

/// Plays a scenario step by step; fails if a step's command does.
fn play(scenario: &Scenario) -> ExitCode {
    let start = Scenario { journal: Vec::new(), at: podscape::base::SimDuration::ZERO, ..scenario.clone() };
    let mut simulator = Simulator::new(&start);
    let mut failed = false;
    for Entry { at, command } in &scenario.journal {
        let at = simulator.start_time() + *at;
        simulator.catch_up(at);
        let seconds = simulator.now().since(simulator.start_time()).millis();
        match command {
            Command::File { .. } => {}
            Command::Line(line) => println!("# t={}.{:03}s\n$ {line}", seconds / 1000, seconds % 1000),
            Command::NodePower { node, on } => println!("# t={}.{:03}s\n({node} {})", seconds / 1000, seconds % 1000, if *on { "on" } else { "off" }),
            Command::ComponentPower { component, on } => {
                println!("# t={}.{:03}s\n({} {})", seconds / 1000, seconds % 1000, component.name(), if *on { "on" } else { "off" });
            }
        }
        let receipt = repl::to_its_end(&mut simulator, command.clone());
        print!("{}", receipt.output);
        failed |= receipt.exit != 0;
        if !matches!(command, Command::File { .. }) {
            println!();
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
