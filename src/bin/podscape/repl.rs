//! Requests and answers in JSON, one object a line:
//!
//! - `{"op":"start","nodes":[…],"namespace":"…","time":"2026-…Z","seed":1}` begins anew;
//! - `{"op":"file","name":"…","text":"…"}` saves a file;
//! - `{"op":"run","at":SECONDS,"command":"kubectl …"}` runs a command at a virtual time, to its end;
//! - `{"op":"terminal","on":true}`: from now on a person sits there. A program that reads what is typed (`kubectl exec -it POD -- sh`)
//!   stops with its prompt, and the next `run` is typed into it (`^D` and `^C` are keys); otherwise its input ends at once;
//! - `{"op":"watch","at":…,"command":"…","id":N}` and `{"op":"stop","at":…,"id":N}` frame a command that goes on;
//! - `{"op":"node","name":"…","power":"on|off","at":…}` and `{"op":"component",…}` switch a kubelet, a component (`kube-proxy on node1` is one as well).
//!
//! Answers: `{"output":"…","exit":N}`, or `{"error":"…"}` for a request that cannot be understood.
//!
//! A command runs to its end. Where that is later than the times sent after it, the cluster's own clock counts: those commands come
//! after its end, with the pauses between them that were sent, as those of a script with `sleep` between its lines. A time that
//! the clock has not reached is always kept, so that the delay is made good as soon as there is a pause for it.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use podscape::base::{SimDuration, SimTime};
use podscape::engine::{BaseCluster, Component};
use podscape::simulator::{Command, Receipt, Scenario, Simulator};
use serde_json::{Value, json};

/// A command that still goes on after so long is given up: kubectl's users would have pressed Ctrl+C.
const PATIENCE: SimDuration = SimDuration::from_seconds(3600);

/// Answers until the input ends.
pub fn serve() -> ExitCode {
    let mut simulator = Simulator::new(&Scenario::empty());
    let mut pace = Pace::default();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { return ExitCode::FAILURE };
        if line.trim().is_empty() {
            continue;
        }
        let answer = match serde_json::from_str(&line) {
            Ok(request) => answer(&mut simulator, &mut pace, &request).unwrap_or_else(|error| json!({"error": error})),
            Err(error) => json!({"error": error.to_string()}),
        };
        if writeln!(out, "{answer}").and_then(|()| out.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// When the latest request with a time was sent, and when it came to its turn.
#[derive(Default)]
struct Pace {
    sent: SimTime,
    turn: SimTime,
}

impl Pace {
    /// When it is the turn of a request sent for `at`: then, or while the clock is later, as long after the one before as it was sent.
    fn turn_of(&mut self, at: SimTime, now: SimTime) -> SimTime {
        let paused = self.turn + at.since(self.sent);
        self.turn = if at >= now { at } else { paused.max(now) };
        self.sent = at;
        self.turn
    }
}

fn answer(simulator: &mut Simulator, pace: &mut Pace, request: &Value) -> Result<Value, String> {
    let text = |key: &str| request.get(key).and_then(Value::as_str).ok_or_else(|| format!("{key} is missing"));
    if let Some(at) = request.get("at").and_then(Value::as_f64).filter(|at| at.is_finite() && *at >= 0.0) {
        let at = simulator.start_time() + SimDuration::from_micros((at * 1e6) as u64);
        simulator.catch_up(pace.turn_of(at, simulator.now()));
    }
    let id = || request.get("id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()).ok_or("id is missing");
    let command = match text("op")? {
        "start" => {
            *simulator = Simulator::new(&scenario(request)?);
            *pace = Pace { sent: simulator.start_time(), turn: simulator.start_time() };
            return Ok(json!({"output": "", "exit": 0}));
        }
        "terminal" => {
            simulator.set_terminal(request.get("on").and_then(Value::as_bool).unwrap_or(true));
            return Ok(json!({"output": "", "exit": 0}));
        }
        "run" if simulator.prompt().is_some() => {
            match text("command")? {
                "^D" => simulator.type_end(),
                "^C" => drop(simulator.type_interrupt()),
                line => simulator.type_line(line),
            }
            let receipt = go_on(simulator, Receipt { running: true, ..Receipt::default() });
            return Ok(json!({"output": receipt.output, "exit": receipt.exit}));
        }
        "watch" => {
            simulator.watch(id()?, text("command")?);
            return Ok(json!({"output": "", "exit": 0}));
        }
        "stop" => {
            let output = simulator.stop(id()?).ok_or("no such watch")?;
            return Ok(json!({"output": output, "exit": 0}));
        }
        "file" => Command::File { name: text("name")?.to_owned(), text: text("text")?.to_owned() },
        "run" => Command::Line(text("command")?.to_owned()),
        "node" => Command::Line(format!("kubelet {} {}", text("name")?, text("power")?)),
        "component" if text("name")?.starts_with("kube-proxy") => {
            let node = text("name")?.rsplit([' ', '/']).next().unwrap_or_default();
            Command::Line(format!("kube-proxy {node} {}", text("power")?))
        }
        "component" => {
            let component = Component::of_name(text("name")?).ok_or_else(|| "no such component".to_owned())?;
            Command::ComponentPower { component, on: text("power")? == "on" }
        }
        other => return Err(format!("no such op: {other}")),
    };
    let receipt = to_its_end(simulator, command);
    Ok(json!({"output": receipt.output, "exit": receipt.exit}))
}

fn scenario(request: &Value) -> Result<Scenario, String> {
    let mut scenario = Scenario::empty();
    let seed = request.get("seed").and_then(Value::as_u64).unwrap_or(1);
    let time = request.get("time").and_then(Value::as_str).unwrap_or("2026-01-01T00:00:00Z");
    let start = SimTime::parse_rfc3339(time).ok_or_else(|| format!("time {time} is no RFC 3339 time"))?;
    let names = |key: &str| request.get(key).and_then(Value::as_array).map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    let nodes = names("nodes").unwrap_or_else(|| scenario.base.nodes.clone());
    if let Some(namespace) = request.get("namespace").and_then(Value::as_str) {
        scenario.namespace = namespace.to_owned();
    }
    scenario.base = BaseCluster { seed, start, nodes, namespaces: vec![scenario.namespace.clone()], images: Vec::new(), cloud: false };
    Ok(scenario)
}

/// Gives a command and lets the clock run until it has ended.
pub fn to_its_end(simulator: &mut Simulator, command: Command) -> Receipt {
    let receipt = simulator.apply(command);
    go_on(simulator, receipt)
}

/// Lets the clock run until a line has ended, or wants something to be typed.
fn go_on(simulator: &mut Simulator, mut receipt: Receipt) -> Receipt {
    let limit = simulator.now() + PATIENCE;
    while receipt.running && simulator.now() < limit {
        match simulator.prompt() {
            Some(prompt) if simulator.is_terminal() => {
                drain(simulator, &mut receipt);
                receipt.output.push_str(&prompt);
                return receipt;
            }
            Some(_) => simulator.type_end(),
            None => {}
        }
        let Some(next) = simulator.next_event_time().filter(|next| *next <= limit) else { break };
        simulator.catch_up(next);
        drain(simulator, &mut receipt);
    }
    if receipt.running {
        simulator.interrupt();
    }
    receipt
}

/// Takes over what a line has printed, and whether that was all.
fn drain(simulator: &mut Simulator, receipt: &mut Receipt) {
    if let Some((text, done)) = simulator.drain_output() {
        receipt.output.push_str(&text);
        receipt.running = !done;
        // A line that goes on has no status yet: what is kept is that of the line before it.
        if done {
            receipt.exit = simulator.line_exit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_keeps_the_pauses_until_a_time_is_in_reach_again() {
        let mut pace = Pace::default();
        // Sent for, the clock then, its turn.
        let table = [(10, 10, 10), (11, 146, 146), (15, 146, 150), (16, 153, 153), (40, 154, 177), (200, 178, 200), (201, 200, 201)];
        for (sent, now, turn) in table {
            assert_eq!(pace.turn_of(SimTime::from_seconds(sent), SimTime::from_seconds(now)), SimTime::from_seconds(turn), "sent for {sent}");
        }
    }
}
