//! Jobs of a person's terminal: what `&` sends to the background goes on while other lines are typed. `jobs`, `fg`, `bg`, `wait`, `disown`,
//! and how bash tells of their end. Models jobs.c of bash.
//! Left out: jobs that stand still (Ctrl+Z).

use std::collections::VecDeque;
use std::rc::Rc;

use super::Surroundings;
use super::machine::Shell;
use super::strand::Task;

/// A command in the background.
#[derive(Clone, Debug, PartialEq)]
struct Job {
    number: u32,
    pid: u32,
    text: Rc<str>,
    /// What it ended with.
    ended: Option<i32>,
}

/// All of a terminal.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Jobs {
    list: Vec<Job>,
    /// What the line at work sends to the background, in its order.
    coming: VecDeque<Rc<str>>,
    /// Whether their beginning and end is told, as to a person.
    pub told: bool,
}

impl Jobs {
    /// A line begins.
    pub fn expect(&mut self, line: &str) {
        self.coming = in_background(line).into_iter().map(Rc::from).collect();
    }

    /// All of them are gone.
    pub fn forget(&mut self) {
        self.list.clear();
        self.coming.clear();
    }

    /// Whether a process is one of them.
    pub fn has(&self, pid: u32) -> bool {
        self.list.iter().any(|job| job.pid == pid && job.ended.is_none())
    }

    /// A process has ended.
    pub fn end(&mut self, pid: u32, status: i32) {
        if let Some(job) = self.list.iter_mut().find(|job| job.pid == pid) {
            job.ended = Some(status);
        }
    }

    /// The place of the job that a word means; the latest one for none.
    fn place(&self, word: Option<&str>) -> Option<usize> {
        let last = self.list.len().checked_sub(1);
        let Some(word) = word else { return last };
        match word.strip_prefix('%').unwrap_or(word) {
            "" | "+" | "%" => last,
            "-" => last.map(|last| last.saturating_sub(1)),
            number if number.bytes().all(|b| b.is_ascii_digit()) => self.list.iter().position(|job| job.number.to_string() == number),
            start => self.list.iter().position(|job| job.text.starts_with(start)),
        }
    }

    fn line(&self, at: usize) -> String {
        let job = &self.list[at];
        let mark = match self.list.len() - at {
            1 => '+',
            2 => '-',
            _ => ' ',
        };
        let (state, end) = match job.ended {
            None => ("Running".to_owned(), " &"),
            Some(0) => ("Done".to_owned(), ""),
            Some(130) => ("Interrupt".to_owned(), ""),
            Some(137) => ("Killed".to_owned(), ""),
            Some(143) => ("Terminated".to_owned(), ""),
            Some(status) => (format!("Exit {status}"), ""),
        };
        format!("[{}]{mark}  {state:<24}{}{end}\n", job.number, job.text)
    }

    /// The lines of those that have ended since they were last told of; all others stay.
    pub fn take_ended(&mut self) -> String {
        let text = if self.told { (0..self.list.len()).filter(|at| self.list[*at].ended.is_some()).map(|at| self.line(at)).collect() } else { String::new() };
        self.list.retain(|job| job.ended.is_none());
        text
    }
}

/// The commands of a line that a single `&` stands behind; a loop or a group is one.
fn in_background(line: &str) -> Vec<String> {
    let (mut found, mut piece, mut quote, mut depth) = (Vec::new(), String::new(), None, 0_u32);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let before = piece.chars().next_back();
        let ends = quote.is_none() && matches!(c, ';' | '\n' | '&' | '|' | ' ' | '\t' | ')');
        if ends {
            let word = piece.rsplit([' ', '\t', ';', '\n', '&', '|', '(']).next().unwrap_or_default();
            match word {
                "while" | "until" | "for" | "if" | "case" | "{" => depth += 1,
                "done" | "fi" | "esac" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '\\') => {
                piece.push(c);
                piece.extend(chars.next());
                continue;
            }
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ';' | '\n') if depth == 0 => {
                piece.clear();
                continue;
            }
            (None, '&') if chars.peek() == Some(&'&') => {
                chars.next();
                piece.push('&');
            }
            (None, '&') if depth == 0 && before != Some('>') && before != Some('<') && chars.peek() != Some(&'>') => {
                found.push(std::mem::take(&mut piece).trim().to_owned());
                continue;
            }
            _ => {}
        }
        piece.push(c);
    }
    found
}

impl Shell {
    /// A command has been sent to the background.
    pub(super) fn begin_job(&mut self, pid: u32, around: &mut Surroundings<'_>) {
        let Some(jobs) = self.jobs.as_mut() else { return };
        let number = jobs.list.last().map_or(0, |job| job.number) + 1;
        let text = jobs.coming.pop_front().unwrap_or_default();
        jobs.list.push(Job { number, pid, text, ended: None });
        if jobs.told {
            let out = self.strands[0].io.err.clone();
            self.print(0, &out, &format!("[{number}] {pid}\n"), around);
        }
    }

    /// The process of the job that `%1`, `%+` or the like means.
    pub(super) fn pid_of_job(&self, word: &str) -> Option<u32> {
        let jobs = self.jobs.as_ref()?;
        jobs.place(Some(word)).map(|at| jobs.list[at].pid)
    }

    /// `wait`, `jobs`, `fg`, `bg`, `disown`
    pub(super) fn control_jobs(&mut self, index: usize, name: &str, args: &[String], around: &mut Surroundings<'_>) {
        if name == "wait" {
            return self.wait_for_jobs(index, args, around);
        }
        let jobs = self.jobs.clone().unwrap_or_default();
        let word = args.iter().find(|arg| !arg.starts_with('-') || arg.len() == 1).map(String::as_str);
        let mut text = String::new();
        if name == "jobs" {
            let only_pids = args.iter().any(|arg| arg == "-p");
            let line = |at: usize| if only_pids { format!("{}\n", jobs.list[at].pid) } else { jobs.line(at) };
            text = (0..jobs.list.len()).map(line).collect();
            if let Some(jobs) = &mut self.jobs {
                jobs.list.retain(|job| job.ended.is_none());
            }
        } else if let Some(at) = jobs.place(word) {
            let job = &jobs.list[at];
            if name == "bg" {
                self.complain(index, &format!("sh: bg: job {} already in background", job.number), around);
            } else if let Some(own) = &mut self.jobs {
                own.list.remove(at);
            }
            if name == "fg" {
                text = format!("{}\n", job.text);
                let strand = &mut self.strands[index];
                match job.ended {
                    Some(status) => strand.status = status,
                    None => strand.tasks.push(Task::Join(vec![job.pid])),
                }
            }
        } else {
            self.complain(index, &format!("sh: {name}: {}: no such job", word.unwrap_or("current")), around);
            self.strands[index].status = 1;
        }
        let out = self.strands[index].io.out.clone();
        self.print(index, &out, &text, around);
    }

    /// `wait`, `wait %1`, `wait PID`
    fn wait_for_jobs(&mut self, index: usize, args: &[String], around: &mut Surroundings<'_>) {
        if args.is_empty() {
            return self.strands[index].tasks.push(Task::Wait);
        }
        let mut alive = Vec::new();
        for arg in args.iter().filter(|arg| *arg != "-n") {
            let pid = if arg.starts_with('%') { self.pid_of_job(arg) } else { arg.parse().ok() };
            let ended = pid.and_then(|pid| self.jobs.as_ref()?.list.iter().find(|job| job.pid == pid)?.ended);
            match pid {
                Some(pid) if self.strands.iter().any(|strand| strand.pid == pid) => alive.push(pid),
                Some(_) if ended.is_some() => self.strands[index].status = ended.unwrap_or_default(),
                _ => {
                    let why = if arg.starts_with('%') { format!("{arg}: no such job") } else { format!("pid {arg} is not a child of this shell") };
                    self.complain(index, &format!("sh: wait: {why}"), around);
                    self.strands[index].status = 127;
                }
            }
        }
        if !alive.is_empty() {
            self.strands[index].tasks.push(Task::Join(alive));
        }
    }

    /// Ends all but what the terminal's jobs are: their processes, and those that these began.
    pub(super) fn end_foreground(&mut self) {
        let Some(jobs) = &self.jobs else { return };
        let mut kept: Vec<u32> = Vec::new();
        for strand in &self.strands {
            if jobs.has(strand.pid) || kept.contains(&strand.parent) {
                kept.push(strand.pid);
            }
        }
        let mut first = true;
        self.strands.retain(|strand| std::mem::take(&mut first) || kept.contains(&strand.pid));
        self.errands.retain(|errand| kept.contains(&errand.pid));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_to_the_background_is_named_as_it_was_typed() {
        let table: [(&str, &[&str]); 10] = [
            ("sleep 5 &", &["sleep 5"]),
            ("a | grep 'x&y' & b&", &["a | grep 'x&y'", "b"]),
            ("a && b &", &["a && b"]),
            ("cd x; a >f 2>&1 & echo $!", &["a >f 2>&1"]),
            ("a &>f; b", &[]),
            ("a && b", &[]),
            ("echo \"a & b\" \\& c", &[]),
            ("while true; do date; sleep 1; done & a", &["while true; do date; sleep 1; done"]),
            ("cd x; (a; b) &", &["(a; b)"]),
            ("if x; then y & fi; z &", &["z"]),
        ];
        for (line, expected) in table {
            assert_eq!(in_background(line), expected, "{line}");
        }
    }

    /// The lines are those of bash 5.2.
    #[test]
    fn jobs_are_told_as_bash_tells_them() {
        let mut jobs = Jobs { told: true, ..Jobs::default() };
        for (number, pid, text) in [(1, 10, "sleep 100"), (2, 11, "kubectl get pods -w"), (3, 12, "false")] {
            jobs.list.push(Job { number, pid, text: text.into(), ended: None });
        }
        jobs.end(12, 1);
        let lines: Vec<String> = (0..3).map(|at| jobs.line(at)).collect();
        assert_eq!(lines, ["[1]   Running                 sleep 100 &\n", "[2]-  Running                 kubectl get pods -w &\n", "[3]+  Exit 1                  false\n"]);
        assert_eq!(jobs.take_ended(), "[3]+  Exit 1                  false\n");
        let places = [None, Some("%1"), Some("2"), Some("%kubectl"), Some("%-"), Some("%9")].map(|word| jobs.place(word));
        assert_eq!(places, [Some(1), Some(0), Some(1), Some(1), Some(0), None]);
    }
}
