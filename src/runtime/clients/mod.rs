//! The programs that use the network, as their own texts and exit codes tell of it: curl, wget, ping, nslookup and others.
//!
//! A program stands still at a question to the network. When the answer is there it is run again from its beginning with all answers so
//! far: what it does follows from its words, the files and the answers, so that it comes to the same point and goes on from there.

mod bind;
mod curl;
mod curl_options;
mod curl_report;
mod curl_tls;
mod dig;
mod getent;
mod kernel;
mod nc;
mod nslookup;
mod ping;
mod process;
mod resolver;
mod connecting;
mod wget;
mod wget_gnu;

use super::shell::{Away, Surroundings};
use super::wire::{Answer, Ask, Reply};
use crate::base::{SimDuration, SimTime};

pub use process::Process;
pub use resolver::Resolver;

/// A program stands still.
struct Suspended;

/// What a program gives back: its exit code.
type Ending = Result<i32, Suspended>;

/// A program at work.
struct Client<'a, 'd> {
    args: &'a [String],
    input: &'a str,
    /// Its clock.
    at: SimTime,
    out: String,
    err: String,
    around: &'a mut Surroundings<'d>,
    /// Whether what it has printed is seen while it stands still.
    streams: bool,
    answers: &'a [Answer],
    used: usize,
    asked: Option<Ask>,
}

impl Client<'_, '_> {
    /// Asks the network; stands still if the answer is not there yet.
    fn ask(&mut self, ask: Ask) -> Result<Reply, Suspended> {
        let Some(answer) = self.answers.get(self.used) else {
            self.asked = Some(ask);
            return Err(Suspended);
        };
        self.used += 1;
        self.at = self.at + answer.took;
        Ok(answer.reply.clone())
    }

    /// Lets time pass.
    fn pause(&mut self, time: SimDuration) {
        self.at = self.at + time;
    }

    /// A line on standard error.
    fn complain(&mut self, line: &str) {
        self.err.push_str(line);
        self.err.push('\n');
    }

    /// A line on standard output.
    fn say(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }
}

type Program = fn(&mut Client<'_, '_>) -> Ending;

const PROGRAMS: [(&str, Program); 16] = [
    ("curl", curl::run),
    ("wget", wget::run),
    ("nslookup", nslookup::run),
    ("dig", dig::run),
    ("host", bind::host),
    ("getent", getent::run),
    ("ping", ping::run),
    ("nc", nc::run),
    ("telnet", nc::telnet),
    ("ip", kernel::ip),
    ("ss", kernel::ss),
    ("netstat", kernel::netstat),
    ("ifconfig", kernel::ifconfig),
    ("route", kernel::route),
    ("iptables-save", kernel::iptables_save),
    ("conntrack", kernel::conntrack),
];

/// Whether a program of this name uses the network.
pub fn is_client(name: &str) -> bool {
    PROGRAMS.iter().any(|(program, _)| *program == name)
}

/// The program of a command line, without its folder.
fn base(words: &[String]) -> &str {
    words.first().map_or("", |word| word.rsplit('/').next().unwrap_or_default())
}

/// Which programs are not the shell's: those that use the network.
pub fn away(words: &[String]) -> Away {
    let reads = || words.iter().any(|word| word.ends_with("@-"));
    match base(words) {
        // Listening is the shell's.
        "nc" if words.iter().any(|word| word.starts_with('-') && word.contains('l')) => Away::Here,
        "nc" => Away::Reads,
        "curl" if reads() => Away::Reads,
        name if is_client(name) => Away::Runs,
        _ => Away::Here,
    }
}
