//! Commands on machines outside pods: on a node, on the client. Each runs on the cluster's clock, over the network as that is when it
//! asks, as a command in a container does; what it writes stays on its machine.
//! Left out: signals to such a command; when nobody looks any more it goes on to its end or its limit.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::exec::{AHEAD, ExecProgress, KILLED, MAX_STEPS_AHEAD};
use super::{Wakeup, World};
use crate::base::{SimDuration, SimTime, SmallMap};
use crate::network::{CONTROL_PLANE, Place};
use crate::runtime::{Disk, Files, Kit, Log, Other, Process, Surroundings, away};

/// A command is given up after so long.
const PATIENCE: SimDuration = SimDuration::from_seconds(3600);
/// So many are remembered, ended ones first to be forgotten.
const MOST: usize = 16;

/// The commands of all machines.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    all: SmallMap<u32, Rc<Tool>>,
    last: u32,
    /// What the machines' disks hold beside what is always there.
    files: SmallMap<Place, Rc<Files>>,
}

/// A command of a machine.
#[derive(Clone, Debug)]
struct Tool {
    place: Place,
    process: Process,
    until: SimTime,
    /// When it ended, and with what.
    end: Option<(SimTime, i32)>,
}

impl World {
    /// Starts a command on a machine: its number. What is quick has ended when this returns.
    pub fn start_tool(&mut self, place: &Place, words: &[String]) -> u32 {
        let tools = &mut self.tools;
        tools.last += 1;
        let number = tools.last;
        while tools.all.len() >= MOST {
            let ended = tools.all.iter().find(|(_, tool)| tool.end.is_some()).or_else(|| tools.all.iter().next());
            let Some(forgotten) = ended.map(|(number, _)| *number) else { break };
            tools.all.remove(&forgotten);
        }
        let process = Process::collecting(words, &[], self.now);
        let tool = Tool { place: place.clone(), process, until: self.now + PATIENCE, end: None };
        tools.all.insert(number, Rc::new(tool));
        self.run_tool(number, self.now + AHEAD);
        number
    }

    /// A command goes on up to the present.
    pub(super) fn wake_a_tool(&mut self, number: u32) {
        self.run_tool(number, self.now);
    }

    fn run_tool(&mut self, number: u32, until: SimTime) {
        for _ in 0..MAX_STEPS_AHEAD {
            if !self.step_tool(number, until) {
                break;
            }
        }
        let Some(tool) = self.tools.all.get(&number).filter(|tool| tool.end.is_none()) else { return };
        if let Some(due) = tool.process.due() {
            self.agenda.put(due.max(self.now + SimDuration::from_micros(1)), Wakeup::Tool(number));
        }
    }

    /// Runs a command to its next question and answers that. False if there is nothing more to do by then.
    fn step_tool(&mut self, number: u32, until: SimTime) -> bool {
        let Some(tool) = self.tools.all.get(&number).filter(|tool| tool.end.is_none()) else { return false };
        let place = tool.place.clone();
        let given = self.files_of(&place);
        let host = if let Place::Node(node) = &place { node.as_str() } else { "client" };
        let tools = &mut self.tools;
        let Some(tool) = tools.all.get_mut(&number).map(Rc::make_mut) else { return false };
        let own = Rc::make_mut(tools.files.entry(place.clone()).or_default());
        let (mut shared, mut log) = (Files::new(), Log::default());
        let disk = Disk { own, shared: &mut shared, mounts: &[], given: &given, sealed: &[] };
        let (other, kit) = (Other::Missing, Kit::MACHINE);
        let mut around = Surroundings { disk, log: &mut log, host, other, kit, first_process: "init", signal: None, away };
        let until = until.min(tool.until);
        if let Some(end) = tool.process.run(until, &mut around) {
            tool.end = Some((end.at, end.code));
            return false;
        }
        let asked = tool.process.question().filter(|(_, _, at)| *at <= until).map(|(pid, ask, at)| (pid, ask.clone(), at));
        if self.now >= tool.until {
            tool.end = Some((tool.until, KILLED));
        }
        let Some((pid, ask, at)) = asked else { return false };
        let answer = self.ask(&place, &ask, at);
        self.heed(&place, &ask, at);
        if let Some(tool) = self.tools.all.get_mut(&number) {
            Rc::make_mut(tool).process.answer(pid, answer);
        }
        true
    }

    /// How a command of a machine goes: what it has printed from a place on, and how it ended.
    pub fn tool_progress(&self, number: u32, from: usize) -> ExecProgress {
        let Some(tool) = self.tools.all.get(&number) else { return ExecProgress { output: String::new(), code: Some(KILLED), endless: false } };
        let output = tool.process.shell.collected().get(from..).unwrap_or_default().to_owned();
        let code = tool.end.filter(|(at, _)| *at <= self.now + AHEAD).map(|(_, code)| code);
        ExecProgress { output, code, endless: tool.end.is_none() && tool.process.due().is_none() }
    }

    /// The files of a machine that its programs read.
    fn files_of(&self, place: &Place) -> Vec<(String, Rc<str>)> {
        let address = self.address_of(place).unwrap_or(Ipv4Addr::LOCALHOST);
        let host = if let Place::Node(node) = place { node.as_str() } else { "client" };
        let file = |path: &str, text: String| (path.to_owned(), Rc::from(text));
        vec![
            file("/etc/hostname", format!("{host}\n")),
            file("/etc/hosts", format!("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n{address}\t{host}\n")),
            file("/etc/resolv.conf", format!("nameserver {CONTROL_PLANE}\n")),
        ]
    }
}
