//! Says what is being done: a line per step with the time since the start, and a sign of life at least
//! every 15 seconds while a child process works.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::failure::Failure;

/// How long a child process may be silent before a line says that it still runs.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many of a child's last lines are shown when it fails.
const TAIL_LINES: usize = 25;

/// The clock of one invocation.
pub struct Steps {
    start: Instant,
}

/// A child process to run as one step.
pub struct Task<'a> {
    what: &'a str,
    command: &'a mut Command,
    shown: bool,
    limit: Duration,
}

/// How a child process ended.
pub struct Finished {
    /// Whether it ended with status 0.
    pub success: bool,
    /// What it printed, both streams together.
    pub lines: Vec<String>,
    /// The last error in words, empty on success.
    reason: String,
}

impl<'a> Task<'a> {
    /// Runs `command` without showing what it prints, unless it fails.
    pub fn quiet(what: &'a str, command: &'a mut Command) -> Self {
        Self { what, command, shown: false, limit: Duration::MAX }
    }

    /// Runs `command` and passes on what it prints.
    pub fn shown(what: &'a str, command: &'a mut Command) -> Self {
        Self { shown: true, ..Self::quiet(what, command) }
    }

    /// Ends it after this time.
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }
}

impl Finished {
    /// An error with the last lines of the output, unless it ended well.
    pub fn check(self, what: &str) -> Result<Vec<String>, Failure> {
        if self.success {
            return Ok(self.lines);
        }
        let skipped = self.lines.len().saturating_sub(TAIL_LINES);
        let tail = self.lines[skipped..].join("\n    ");
        Err(Failure::new(format!("{what} did not work ({})\n    {tail}", self.reason)))
    }
}

impl Steps {
    /// Starts the clock.
    pub fn begin() -> Self {
        Self { start: Instant::now() }
    }

    /// A clock that was started `seconds` ago, by another process.
    pub fn begun(seconds: f64) -> Self {
        let before = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Self { start: Instant::now().checked_sub(before).unwrap_or_else(Instant::now) }
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// Prints one line with the time since the start.
    pub fn say(&self, text: &str) {
        println!("[{:6.1} s] {text}", self.seconds());
        let _ = std::io::stdout().flush();
    }

    /// Runs a child process as one step. An error only where it could not be started.
    pub fn run(&self, task: Task<'_>) -> Result<Finished, Failure> {
        self.say(task.what);
        let mut child = task
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| Failure::new(format!("{}: {error}", task.command.get_program().display())))?;
        let output = read_lines(&mut child);
        let end = Instant::now().checked_add(task.limit);
        let mut last = String::new();
        let mut lines = Vec::new();
        let mut heard = Instant::now();
        loop {
            if end.is_some_and(|end| Instant::now() >= end) {
                let _ = child.kill();
                let _ = child.wait();
                let reason = format!("no answer within {} s", task.limit.as_secs());
                return Ok(Finished { success: false, lines, reason });
            }
            match output.recv_timeout(Duration::from_millis(200)) {
                Ok(line) => {
                    if task.shown {
                        println!("{line}");
                        heard = Instant::now();
                    }
                    if !line.trim().is_empty() {
                        last.clone_from(&line);
                    }
                    lines.push(line);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if heard.elapsed() >= HEARTBEAT {
                heard = Instant::now();
                self.say(&format!("… {}: {}", task.what, shorten(last.trim())));
            }
        }
        let status = child.wait().map_err(|error| Failure::new(error.to_string()))?;
        Ok(Finished { success: status.success(), lines, reason: status.to_string() })
    }

    /// Runs a quiet child process that must end well; gives back what it printed.
    pub fn must(&self, what: &str, command: &mut Command) -> Result<Vec<String>, Failure> {
        self.run(Task::quiet(what, command))?.check(what)
    }
}

/// Asks a question that is answered with yes or no (yes if nothing is typed). Without a person, that is
/// without a terminal or with `CI` set, the answer is yes.
pub fn agreed(question: &str) -> bool {
    if !person_present() {
        return true;
    }
    print!("{question} [Y/n] ");
    let _ = std::io::stdout().flush();
    let mut answer = String::new();
    let _ = std::io::stdin().read_line(&mut answer);
    !answer.trim().to_lowercase().starts_with('n')
}

/// Whether somebody can answer a question.
pub fn person_present() -> bool {
    let ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    !ci && std::io::stdin().is_terminal()
}

/// Both output streams of `child`, line by line; ends when the child has closed both.
fn read_lines(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stream) = child.stdout.take() {
        forward(stream, sender.clone());
    }
    if let Some(stream) = child.stderr.take() {
        forward(stream, sender);
    }
    receiver
}

fn forward(stream: impl Read + Send + 'static, sender: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n') {
            let Ok(line) = line else { return };
            let text = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
}

/// The first 100 letters.
fn shorten(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_child_is_heard_and_judged() {
        let steps = Steps::begin();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);
        let finished = steps.run(Task::quiet("a child", &mut command)).expect("sh starts");
        assert!(!finished.success);
        let mut lines = finished.lines.clone();
        lines.sort();
        assert_eq!(lines, ["one", "two"]);
        let failure = finished.check("it").expect_err("status 3").to_string();
        assert!(failure.starts_with("it did not work (exit status: 3)"), "{failure}");
    }

    #[cfg(unix)]
    #[test]
    fn a_child_is_ended_at_its_limit() {
        let steps = Steps::begin();
        let mut command = Command::new("sleep");
        command.arg("60");
        let task = Task::quiet("a sleeper", &mut command).within(Duration::from_millis(300));
        let finished = steps.run(task).expect("sleep starts");
        assert_eq!(finished.reason, "no answer within 0 s");
        assert!(steps.start.elapsed() < Duration::from_secs(30));
    }
}
