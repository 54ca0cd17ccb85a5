//! A link that people can read and write: where it begins, the lines with their times, and the moment to show.
//!
//! `?lab=rc&cmd=12.5s kubectl delete pods --all;20s node2 off&at=31.2`
//!
//! The clock's times are exact, so that it opens at the same moment of the same cluster as the link that holds everything. A line without a time
//! is typed when the page is there. Left out: files that were changed; who shares those needs the whole link.

use super::{Effect, Notice, Session};
use crate::simulator::{Command, Component, Entry, Scenario, SimDuration, Simulator};

/// No longer than this can anybody read it, in letters of the part after `?`.
const LONGEST: usize = 420;

/// Where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The first example.
    Example,
    /// The empty cluster.
    Empty,
    /// A lab.
    Lab(String),
}

/// A line and when it is given, if that is said.
pub type TimedLine = (Option<SimDuration>, String);

/// What such a link asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable {
    /// Where it begins.
    pub ground: Ground,
    /// The lines.
    pub lines: Vec<TimedLine>,
    /// The moment to show, since the start.
    pub at: Option<SimDuration>,
}

/// `12.5s` or `12.5`
fn seconds(text: &str) -> Option<SimDuration> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 6 {
        return None;
    }
    let micros = format!("{part:0<6}").parse::<u64>().ok()?;
    Some(SimDuration::from_micros(whole.parse::<u64>().ok()? * 1_000_000 + micros))
}

fn seconds_text(time: SimDuration) -> String {
    let text = format!("{}.{:06}", time.micros() / 1_000_000, time.micros() % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Readable {
    /// Of the parts of an address after `?`, decoded. None if they ask for nothing.
    pub fn of(parts: &[(String, String)]) -> Option<Readable> {
        let part = |wanted: &str| parts.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
        let (lab, text) = (part("lab"), part("cmd"));
        let empty = part("new").is_some();
        if lab.is_none() && text.is_none() && !empty {
            return None;
        }
        let separator = if text.is_some_and(|text| text.contains('\n')) { "\n" } else { ";" };
        let line = |line: &str| {
            let line = line.trim();
            let time = line.split_once(' ').and_then(|(first, rest)| Some((seconds(first.strip_suffix('s')?)?, rest)));
            match time {
                Some((time, rest)) => (Some(time), rest.trim().to_owned()),
                None => (None, line.to_owned()),
            }
        };
        let lines = text.into_iter().flat_map(|text| text.split(separator)).map(line).filter(|(_, line)| !line.is_empty());
        let ground = match lab {
            Some(lab) => Ground::Lab(lab.to_owned()),
            None if empty => Ground::Empty,
            None => Ground::Example,
        };
        Some(Readable { ground, lines: lines.collect(), at: part("at").and_then(seconds) })
    }

    /// Whether it says when.
    fn is_timed(&self) -> bool {
        self.at.is_some() || self.lines.iter().any(|(at, _)| at.is_some())
    }

    /// The part of an address after `?`.
    fn query(&self) -> String {
        let mut query = match &self.ground {
            Ground::Example => String::new(),
            Ground::Empty => "new=1&".to_owned(),
            Ground::Lab(name) => format!("lab={name}&"),
        };
        if !self.lines.is_empty() {
            let line = |(at, line): &TimedLine| match at {
                Some(at) => format!("{}s {line}", seconds_text(*at)),
                None => line.clone(),
            };
            let lines: Vec<String> = self.lines.iter().map(line).collect();
            let separator = if lines.iter().any(|line| line.contains(';')) { "\n" } else { "; " };
            let end = if lines.len() == 1 && separator == "\n" { "\n" } else { "" };
            query.push_str("cmd=");
            query.push_str(&encoded(&(lines.join(separator) + end)));
            query.push('&');
        }
        if let Some(at) = self.at {
            query.push_str(&format!("at={}", seconds_text(at)));
        }
        query.trim_end_matches('&').to_owned()
    }
}

/// A text as part of a query: spaces are `+`, what could end it or what chats would cut off is escaped.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b':' | b',' | b';' | b'=' | b'@' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// What was done, as a line; None for what no line can stand for.
fn line_of(command: &Command) -> Option<String> {
    let word = |on: bool| if on { "on" } else { "off" };
    match command {
        Command::Line(line) if !line.contains('\n') => Some(line.clone()),
        Command::Line(_) | Command::File { .. } => None,
        Command::NodePower { node, on } => Some(format!("{node} {}", word(*on))),
        Command::ComponentPower { component, on } => Some(format!("{} {}", component.name(), word(*on))),
    }
}

fn command_of(line: &str) -> Command {
    let switch = line.split_once(' ').and_then(|(who, word)| match word {
        "on" => Some((who, true)),
        "off" => Some((who, false)),
        _ => None,
    });
    match switch {
        Some((who, on)) => match Component::of_name(who) {
            Some(component) => Command::ComponentPower { component, on },
            None => Command::NodePower { node: who.to_owned(), on },
        },
        None => Command::Line(line.to_owned()),
    }
}

/// The link of a history that begins with a known one, if it is short.
fn readable(now: &Scenario, ground: Ground, base: &Scenario) -> Option<String> {
    let own = now.journal.strip_prefix(base.journal.as_slice())?;
    if (&now.base, &now.namespace) != (&base.base, &base.namespace) {
        return None;
    }
    let lines = own.iter().map(|entry| Some((Some(entry.at), line_of(&entry.command)?))).collect::<Option<Vec<TimedLine>>>()?;
    let query = Readable { ground, lines, at: Some(now.at) }.query();
    (query.len() <= LONGEST).then_some(query)
}

impl Session {
    /// The readable link's part after `?`; empty if there is none.
    pub(super) fn readable(&self) -> String {
        let now = self.simulator.scenario_now();
        let lab = self.labs.played().and_then(|lab| readable(&now, Ground::Lab(self.labs.current.clone()), &lab.scenario));
        let example = || readable(&now, Ground::Example, &Scenario::example());
        let empty = || readable(&now, Ground::Empty, &Scenario::empty());
        lab.or_else(example).or_else(empty).unwrap_or_default()
    }

    /// Opens what such a link asks for; a lab is fetched first.
    pub(super) fn open_readable(&mut self, asked: Readable) -> Vec<Effect> {
        let base = match &asked.ground {
            Ground::Example => Scenario::example(),
            Ground::Empty => Scenario::empty(),
            Ground::Lab(name) => match self.labs.get(name) {
                Some(lab) => lab.scenario.clone(),
                None if !super::labs::exists(name) => {
                    self.look.notice = Some(Notice::NoLab);
                    return Vec::new();
                }
                None => {
                    let name = name.clone();
                    self.labs.want(&name);
                    self.asked = Some(asked);
                    return vec![Effect::FetchLabs(vec![name])];
                }
            },
        };
        let mut effects = match &asked.ground {
            Ground::Lab(name) => self.open_lab(&name.clone()),
            _ => self.replace(Simulator::new(&base)),
        };
        if !asked.is_timed() {
            for (_, line) in &asked.lines {
                effects.extend(self.line(line));
            }
            if asked.ground == Ground::Example {
                self.look.notice = None;
            }
            return effects;
        }
        let mut last = base.journal.last().map(|entry| entry.at).unwrap_or_default();
        let mut scenario = base;
        for (at, line) in &asked.lines {
            last = at.unwrap_or(last).max(last);
            scenario.journal.push(Entry { at: last, command: command_of(line) });
        }
        scenario.at = asked.at.unwrap_or(last.max(scenario.at));
        self.simulator = Simulator::opened(&scenario);
        (self.playback.playing, self.look.notice) = (false, Some(Notice::Opened));
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(query: &str) -> Vec<(String, String)> {
        crate::address::parts(query)
    }

    #[test]
    fn what_was_done_reads_as_lines_and_comes_back() {
        let base = Scenario::example();
        let entry = |micros, command| Entry { at: SimDuration::from_micros(micros), command };
        let mut now = base.clone();
        now.journal.push(entry(12_500_000, Command::Line("kubectl scale rc kubia --replicas=5".to_owned())));
        now.journal.push(entry(20_000_001, Command::NodePower { node: "node2".to_owned(), on: false }));
        now.journal.push(entry(30_000_000, Command::ComponentPower { component: Component::Scheduler, on: false }));
        now.at = SimDuration::from_micros(61_250_000);
        let query = readable(&now, Ground::Example, &base).expect("short enough");
        assert_eq!(query, "cmd=12.5s+kubectl+scale+rc+kubia+--replicas=5;+20.000001s+node2+off;+30s+kube-scheduler+off&at=61.25");
        let read = Readable::of(&parts(&query)).expect("an asking");
        assert_eq!((read.ground.clone(), read.at), (Ground::Example, Some(now.at)));
        let commands: Vec<Entry> = read.lines.iter().map(|(at, line)| Entry { at: at.unwrap_or_default(), command: command_of(line) }).collect();
        assert_eq!(commands, now.journal[base.journal.len()..]);
    }

    #[test]
    fn a_line_may_hold_what_separates_lines() {
        let base = Scenario::empty();
        let mut now = base.clone();
        let line = "kubectl run a --image=busybox -- sh -c 'echo 1; echo 2 & echo +'";
        now.journal.push(Entry { at: SimDuration::from_seconds(3), command: Command::Line(line.to_owned()) });
        let query = readable(&now, Ground::Empty, &base).expect("short enough");
        let read = Readable::of(&parts(&query)).expect("an asking");
        assert_eq!((read.ground, read.lines), (Ground::Empty, vec![(Some(SimDuration::from_seconds(3)), line.to_owned())]));
    }

    #[test]
    fn long_histories_changed_files_and_other_beginnings_have_none() {
        let base = Scenario::example();
        let with = |command: Command| {
            let mut now = base.clone();
            now.journal.push(Entry { at: SimDuration::from_seconds(9), command });
            readable(&now, Ground::Example, &base)
        };
        assert_eq!(with(Command::Line("x".repeat(LONGEST))), None);
        assert_eq!(with(Command::File { name: "a.yaml".to_owned(), text: String::new() }), None);
        assert_eq!(readable(&Scenario::empty(), Ground::Example, &base), None);
        assert!(with(Command::Line("kubectl delete rc kubia".to_owned())).is_some());
    }
}
