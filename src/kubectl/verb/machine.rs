//! A command on a machine, as through ssh: `node1 curl …`, `client curl …`. Stands among the verbs because the terminal's lines are
//! kubectl's and these.

use super::{Run, Verb};
use crate::engine::{ExecProgress, World};
use crate::kubectl::answer::{Answer, Follow};
use crate::kubectl::flags::Given;

/// What carries it out; its name is none that kubectl knows.
static VERB: Verb = Verb { name: "", flags: &[], run, writes: true };

/// Whether a line is one of Podscape's own: of a machine, or about traffic.
pub(in crate::kubectl) fn is_own(word: &str) -> bool {
    matches!(word, "request" | "fault" | "kube-proxy" | "kubelet" | "stdin" | "unlink") || is_machine(word)
}

/// What carries such a line out.
pub(super) fn verb(word: &str) -> &'static Verb {
    match word {
        "request" => &super::traffic::REQUEST_VERB,
        "fault" => &super::traffic::FAULT_VERB,
        "kube-proxy" => &super::traffic::PROXY_VERB,
        "kubelet" => &super::traffic::KUBELET_VERB,
        "stdin" => &super::stdin::VERB,
        "unlink" => &super::stdin::UNLINK_VERB,
        _ => &VERB,
    }
}

/// Whether a first word may be a machine: `client`, or a name that ends in a number.
fn is_machine(word: &str) -> bool {
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
    word == "client" || stem.len() < word.len() && matches!(stem, "node" | "worker" | "worker-" | "node-" | "master" | "control-plane")
}

/// The words as they are.
pub(in crate::kubectl) fn given(words: Vec<String>) -> Given {
    let mut given = Given::default();
    given.args = words;
    given
}

fn run(run: &mut Run<'_>) -> Answer {
    let Some((name, words)) = run.given.args.split_first() else { return Answer::ok("") };
    let Some(place) = run.world.machine_named(name) else {
        return Answer { output: format!("ssh: Could not resolve hostname {name}: Name or service not known\n"), exit: 255, ..Answer::default() };
    };
    let words = if words.first().is_some_and(|word| word == "sudo") { &words[1..] } else { words };
    if words.is_empty() {
        return Answer { output: format!("{name}: give a command to run there, as in \"{name} ip route\"\n"), exit: 2, ..Answer::default() };
    }
    let mut follow = ToolFollow { number: run.world.start_tool(&place, words), shown: 0 };
    let handled = super::forward::handled(run);
    match follow.poll(run.world) {
        (output, Some(exit)) => Answer { output: handled + &output, exit, ..Answer::default() },
        (output, None) => Answer::ok(handled + &output).followed_by(Follow::Tool(follow)),
    }
}

/// A command of a machine that goes on.
#[derive(Clone, Debug)]
pub struct ToolFollow {
    number: u32,
    /// So much of its output has been shown.
    shown: usize,
}

impl ToolFollow {
    /// What it has printed since the last call, and its exit code once it has ended.
    pub fn poll(&mut self, world: &World) -> (String, Option<i32>) {
        let ExecProgress { output, code, endless } = world.tool_progress(self.number, self.shown);
        self.shown += output.len();
        // What would go on for ever is left as if the user had pressed Ctrl+C.
        (output, code.or_else(|| endless.then_some(130)))
    }
}
