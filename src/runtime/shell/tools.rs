//! The programs that every image is taken to have, as busybox has them.

use super::files_tools as files;
use super::awk::awk;
use super::jq::jq;
use super::line_tools as lines;
use super::text_tools as texts;
use super::Surroundings;
use crate::base::SimTime;

/// A call of a program.
pub(super) struct Call<'a> {
    pub args: &'a [String],
    pub input: &'a str,
    /// Set by a program that read its input.
    pub read_input: bool,
    /// Whether it has had a part of its input before.
    pub again: bool,
    /// Set by a program that wants no more of it.
    pub enough: bool,
    pub directory: &'a str,
    pub variables: Vec<(String, String)>,
    pub at: SimTime,
    pub out: String,
    pub err: String,
}

impl Call<'_> {
    /// Arguments that are no options.
    pub fn operands(&self) -> Vec<String> {
        self.args.iter().filter(|arg| !arg.starts_with('-') || *arg == "-").cloned().collect()
    }

    /// Whether an option of one letter is there.
    pub fn has(&self, flag: char) -> bool {
        self.args.iter().any(|arg| arg.starts_with('-') && !arg.starts_with("--") && arg.contains(flag))
    }

    pub fn take_input(&mut self) -> String {
        self.read_input = true;
        self.input.to_owned()
    }
}

type Tool = fn(&mut Call<'_>, &mut Surroundings<'_>) -> i32;

const TOOLS: &[(&str, Tool)] = &[
    ("timeout", |_, _| 0),
    ("xargs", |_, _| 0),
    ("watch", |_, _| 0),
    ("true", |_, _| 0),
    (":", |_, _| 0),
    ("sync", |_, _| 0),
    ("chmod", |_, _| 0),
    ("chown", |_, _| 0),
    ("ulimit", |_, _| 0),
    ("umask", |_, _| 0),
    ("false", |_, _| 1),
    ("echo", texts::echo),
    ("printf", texts::printf),
    ("seq", texts::seq),
    ("perl", super::perl::perl),
    ("openssl", super::openssl::openssl),
    ("yes", |_, _| 0),
    ("head", texts::head),
    ("tail", texts::tail),
    ("grep", lines::grep),
    ("egrep", lines::egrep),
    ("sed", super::sed::sed),
    ("awk", awk),
    ("cut", lines::cut),
    ("rev", lines::rev),
    ("paste", lines::paste),
    ("tac", lines::tac),
    ("nl", lines::nl),
    ("jq", jq),
    ("wc", texts::wc),
    ("column", texts::column),
    ("base64", texts::base64),
    ("clear", |call, _| { call.out.push('\x0c'); 0 }),
    ("sort", texts::sort),
    ("uniq", texts::uniq),
    ("tr", texts::tr),
    ("basename", texts::basename),
    ("dirname", texts::dirname),
    ("cat", files::cat),
    ("less", files::cat),
    ("more", files::cat),
    ("diff", super::diff::diff),
    ("ls", files::ls),
    ("find", super::find::find),
    ("touch", files::touch),
    ("rm", files::rm),
    ("rmdir", files::rm),
    ("mkdir", files::mkdir),
    ("cp", files::cp),
    ("mv", files::mv),
    ("tee", files::tee),
    ("test", files::test),
    ("[", files::test),
    ("[[", files::test),
    ("env", env),
    ("printenv", env),
    ("hostname", hostname),
    ("date", date),
    ("pwd", pwd),
    ("whoami", |call, _| say(call, "root")),
    ("id", |call, _| say(call, "uid=0(root) gid=0(root) groups=0(root)")),
    ("uname", uname),
    ("nproc", |call, _| say(call, "2")),
    ("uptime", |call, _| say(call, " up 1:30,  0 users,  load average: 0.10, 0.10, 0.10")),
    ("which", which),
    ("sleep", |_, _| 0),
    ("kill", |_, _| 0),
    ("ps", |_, _| 0),
    ("sh", |_, _| 0),
    ("ash", |_, _| 0),
    ("exit", |_, _| 0),
    ("top", |_, _| 0),
    ("busybox", |_, _| 0),
];

/// Whether a program does with each line of its input the same, so that it need not wait for the end.
pub(super) fn goes_line_by_line(name: &str, words: &[String]) -> bool {
    let has = |letters: &str| words[1..].iter().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains(|c| letters.contains(c)));
    match name {
        "cat" | "cut" | "tr" | "tee" => true,
        "grep" | "egrep" => !has("cABCm"),
        "sed" => !has("n") && words.get(1).is_some_and(|word| word.starts_with("s/")),
        "awk" => !words.iter().any(|word| ["NR", "END", "BEGIN", "=", "++", "--", "["].iter().any(|sign| word.contains(sign))),
        _ => false,
    }
}

/// Whether there is such a program.
pub fn is_tool(name: &str) -> bool {
    TOOLS.iter().any(|(tool, _)| *tool == name)
}

/// Runs one; gives its exit code.
pub(super) fn run(name: &str, call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    TOOLS.iter().find(|(tool, _)| *tool == name).map_or(127, |(_, run)| run(call, around))
}

fn say(call: &mut Call<'_>, line: &str) -> i32 {
    call.out += line;
    call.out.push('\n');
    0
}

fn env(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    if let Some(name) = call.args.iter().find(|arg| !arg.contains('=')) {
        let Some((_, value)) = call.variables.iter().find(|(other, _)| other == name).cloned() else { return 1 };
        return say(call, &value);
    }
    let more = call.args.iter().map(|arg| arg.as_str());
    let lines: Vec<String> = call.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let all: Vec<&str> = lines.iter().map(String::as_str).chain(more).collect();
    call.out = all.iter().map(|line| format!("{line}\n")).collect();
    0
}

fn hostname(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    if call.has('i') {
        let hosts = around.disk.read("/etc/hosts").unwrap_or_default();
        let address = hosts.lines().last().and_then(|line| line.split_whitespace().next()).unwrap_or_default().to_owned();
        return say(call, &address);
    }
    let host = around.host;
    if call.has('f') {
        let hosts = around.disk.read("/etc/hosts").unwrap_or_default();
        let mine = hosts.lines().rev().find(|line| line.split_whitespace().skip(1).any(|word| word == host));
        let full = mine.and_then(|line| line.split_whitespace().nth(1)).unwrap_or(host).to_owned();
        return say(call, &full);
    }
    say(call, host)
}

fn pwd(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let directory = call.directory.to_owned();
    say(call, &directory)
}

fn uname(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let host = around.host;
    let all = format!("Linux {host} 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 x86_64 GNU/Linux");
    match () {
        () if call.has('a') => say(call, &all),
        () if call.has('n') => say(call, host),
        () if call.has('r') => say(call, "6.1.0-18-amd64"),
        () if call.has('m') => say(call, "x86_64"),
        () => say(call, "Linux"),
    }
}

fn which(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    if let Some(name) = call.args.first().filter(|name| (around.away)(std::slice::from_ref(*name)) != super::Away::Here).cloned() {
        return say(call, &format!("/usr/local/bin/{name}"));
    }
    let Some(name) = call.args.first().filter(|name| is_tool(name)).cloned() else { return 1 };
    say(call, &format!("/bin/{name}"))
}

/// `date`, `date -u`, `date +%T`
fn date(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let format = call.args.iter().find_map(|arg| arg.strip_prefix('+')).unwrap_or("%a %b %e %H:%M:%S UTC %Y").to_owned();
    let text = formatted(&format, call.at);
    say(call, &text)
}

/// A time by a format of `date`.
pub(in crate::runtime) fn formatted(format: &str, at: SimTime) -> String {
    let (stamp, mail) = (at.rfc3339(), at.rfc1123z());
    let part = |from: usize, to: usize| stamp.get(from..to).unwrap_or_default();
    let mut text = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('Y') => text += part(0, 4),
            Some('m') => text += part(5, 7),
            Some('d') => text += part(8, 10),
            Some('e') => text += &format!("{:>2}", part(8, 10).trim_start_matches('0')),
            Some('H') => text += part(11, 13),
            Some('M') => text += part(14, 16),
            Some('S') => text += part(17, 19),
            Some('T') => text += part(11, 19),
            Some('F') => text += part(0, 10),
            Some('R') => text += part(11, 16),
            Some('s') => text += &at.seconds().to_string(),
            Some('N') => text += &format!("{:06}000", at.micros() % 1_000_000),
            Some('a') => text += mail.get(..3).unwrap_or_default(),
            Some('b') => text += mail.get(8..11).unwrap_or_default(),
            Some('Z') => text += "UTC",
            Some('z') => text += "+0000",
            Some(other) => text.push(other),
            None => text.push('%'),
        }
    }
    text
}
