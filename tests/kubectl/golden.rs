//! Recorded scenes: what a real cluster (Kubernetes 1.32.13), or the real client before this cluster's objects, printed, line for line.
//!
//! A scene in `golden/` reads from top to bottom: `file NAME` with its `| text`, `at SECONDS` since the beginning, `$ line` with the
//! `> output` and `exit N` that were recorded, `% line` whose output is of no interest. `source …` says what the expectations that
//! follow rest on; see `sources.rs`. Names, addresses, ages and the node of a pod are drawn and fold to the same word on both sides;
//! rows may change places where they are sorted by what was drawn.

use podscape::base::{SimDuration, SimTime};
use podscape::engine::BaseCluster;
use podscape::simulator::{Command, Scenario, Simulator};

use super::lab::to_its_end;

/// A scene: its name, its text.
type Scene = (&'static str, &'static str);

macro_rules! scenes {
    ($($test:ident $name:literal)*) => {
        const SCENES: &[Scene] = &[$(($name, include_str!(concat!("golden/", $name, ".txt")))),*];
        $(#[test]
        fn $test() {
            plays($name);
        })*
    };
}

scenes! {
    columns "columns"
    replication "replication"
    replica_sets "replica-sets"
    daemon_sets "daemon-sets"
    jobs "jobs"
    cron_jobs "cron-jobs"
    services "services"
    ingresses "ingresses"
    nodes "nodes"
    mistakes "mistakes"
    more_mistakes "more-mistakes"
    client "client"
    client_more "client-more"
    discovery "discovery"
    kinds "kinds"
    states "states"
    volumes "volumes"
    genuine "genuine"
    slips "slips"
    lines "lines"
}

/// A line and what was recorded of it.
pub struct Shown<'a> {
    at: SimDuration,
    pub line: &'a str,
    /// None where only its effect is of interest.
    pub expected: Option<Vec<&'a str>>,
    pub exit: i32,
    /// What the expectation rests on; empty if nobody says.
    pub source: &'a str,
    /// Files that were written before it.
    files: Vec<(&'a str, String)>,
}

/// A scene's namespace, its first moment and its lines.
fn read(text: &str) -> (&str, SimTime, Vec<Shown<'_>>) {
    let (mut namespace, mut start, mut at, mut source) = ("default", SimTime::from_seconds(0), SimDuration::ZERO, "");
    let (mut shown, mut files): (Vec<Shown<'_>>, Vec<(&str, String)>) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        match mark {
            "namespace" => namespace = rest,
            "time" => start = SimTime::parse_rfc3339(rest).expect("a time"),
            "file" => files.push((rest, String::new())),
            "|" => {
                let (_, text) = files.last_mut().expect("a file before its text");
                *text += rest;
                text.push('\n');
            }
            "at" => at = seconds(rest),
            "source" => source = rest,
            "$" | "%" => shown.push(Shown { at, line: rest, expected: (mark == "$").then(Vec::new), exit: 0, source, files: std::mem::take(&mut files) }),
            ">" => shown.last_mut().and_then(|shown| shown.expected.as_mut()).expect("a line before its output").push(rest),
            "exit" => shown.last_mut().expect("a line before its exit").exit = rest.parse().expect("a number"),
            other => panic!("{other} is no mark of a scene"),
        }
    }
    (namespace, start, shown)
}

/// `12.4` as a duration.
fn seconds(text: &str) -> SimDuration {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let millis = format!("{part:0<3}");
    SimDuration::from_millis(whole.parse::<u64>().expect("seconds") * 1000 + millis[..3].parse::<u64>().expect("milliseconds"))
}

/// Plays a scene and compares all that was recorded.
fn plays(name: &str) {
    let (_, text) = SCENES.iter().find(|(known, _)| *known == name).expect("a scene");
    let (namespace, start, lines) = read(text);
    let mut scenario = Scenario::empty();
    namespace.clone_into(&mut scenario.namespace);
    let nodes = ["node1", "node2", "node3"].map(str::to_owned).to_vec();
    scenario.base = BaseCluster { seed: 1, start, nodes, namespaces: vec![namespace.to_owned()], images: Vec::new(), cloud: false };
    let mut simulator = Simulator::new(&scenario);
    let mut wrong = Vec::new();
    for shown in lines {
        for (name, text) in shown.files {
            simulator.apply(Command::File { name: name.to_owned(), text });
        }
        simulator.catch_up(start + shown.at);
        let receipt = to_its_end(&mut simulator, shown.line);
        simulator.interrupt();
        let Some(expected) = shown.expected else { continue };
        let (left, right) = (folded(expected.iter().copied()), folded(receipt.output.lines()));
        if left != right || receipt.exit != shown.exit {
            let missing: Vec<_> = left.iter().filter(|line| !right.contains(line)).collect();
            let surplus: Vec<_> = right.iter().filter(|line| !left.contains(line)).collect();
            wrong.push(format!("{}\n  recorded {missing:#?}\n  printed {surplus:#?}\n  exit {} and {}", shown.line, shown.exit, receipt.exit));
        }
    }
    assert!(wrong.is_empty(), "{name}: {} lines differ\n{}", wrong.len(), wrong.join("\n"));
}

/// Lines with what is drawn folded, in an order that does not depend on it.
fn folded<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut lines: Vec<String> = lines.map(fold).filter(|line| !line.is_empty()).collect();
    lines.sort();
    lines
}

/// A line with what is drawn folded. The gap behind a folded word is as wide as that word wants, so that it folds as well; all
/// other gaps count.
fn fold(line: &str) -> String {
    let trimmed = line.trim_end();
    // A rule is as wide as its heading.
    if trimmed.contains('-') && trimmed.chars().all(|c| c == '-' || c == ' ') {
        return trimmed.split_whitespace().map(|_| "---").collect::<Vec<_>>().join(" ");
    }
    if let Some((before, _)) = trimmed.split_once("resourceVersion: ").or_else(|| trimmed.split_once("Resource Version: ")) {
        return format!("{before}resourceVersion: <number>");
    }
    let mut out = String::new();
    let mut loose = false;
    for word in trimmed.split(' ') {
        if word.is_empty() {
            out.push_str(if loose { "" } else { " " });
            continue;
        }
        let folded = fold_word(word);
        // The headings of columns that hold what is drawn.
        let heads = matches!(word, "AGE" | "IP" | "SEEN" | "CLUSTER-IP" | "ENDPOINTS" | "DURATION" | "PORT(S)" | "SCHEDULE" | "HOLDER" | "Age" | "From");
        loose = folded != word || heads;
        out.push_str(&folded);
        out.push(' ');
    }
    out.trim_end().to_owned()
}

fn fold_word(word: &str) -> String {
    let bytes = word.as_bytes();
    if word.len() == 8 && bytes[2] == b':' && bytes[5] == b':' {
        return "<time>".to_owned();
    }
    if let Some(at) = word.find("T").filter(|at| *at >= 10 && word[*at..].contains(':') && word[*at - 10..*at].matches('-').count() == 2) {
        let end = word[at..].find('Z').map_or(word.len(), |z| at + z + 1);
        return format!("{}<time>{}", &word[..at - 10], &word[end..]);
    }
    let mut out = String::new();
    let mut piece = String::new();
    for c in word.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') {
            piece.push(c);
            continue;
        }
        push_piece(&mut out, &piece);
        piece.clear();
        out.push(c);
    }
    push_piece(&mut out, &piece);
    out
}

fn push_piece(out: &mut String, piece: &str) {
    let drawn = |c: char| "bcdfghjklmnpqrstvwxz2456789".contains(c);
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    // The full stop of a sentence.
    let (piece, stop) = piece.strip_suffix('.').map_or((piece, ""), |piece| (piece, "."));
    let folded = if piece.len() == 36 && piece.matches('-').count() == 4 && is_hex(&piece.replace('-', "")) {
        "<uid>".to_owned()
    } else if piece.len() == 64 && is_hex(piece) {
        "<hex>".to_owned()
    } else if piece.starts_with("10.") && piece.split('.').count() == 4 && piece.split('.').all(number) {
        "<ip>".to_owned()
    } else if matches!(piece, "node1" | "node2" | "node3") {
        "<node>".to_owned()
    } else if piece.starts_with("192.168.64.1") {
        "<node-ip>".to_owned()
    } else if is_age(piece) {
        "<age>".to_owned()
    } else if piece.len() == 5 && number(piece) && (30_000..=32_767).contains(&piece.parse().unwrap_or(0)) {
        "<port>".to_owned()
    } else if out.ends_with("-hash=") || out.ends_with("-hash:") {
        "<hash>".to_owned()
    } else if let Some((before, end)) = piece.rsplit_once('-').filter(|(before, end)| !before.is_empty() && end.len() == 5 && end.chars().all(drawn)) {
        let before = before.rsplit_once('-').filter(|(_, minute)| minute.len() == 8 && number(minute)).map_or(before.to_owned(), |(name, _)| format!("{name}-<minute>"));
        format!("{before}-xxxxx{}", &end[..0])
    } else if let Some((before, _)) = piece.rsplit_once('-').filter(|(_, minute)| minute.len() == 8 && number(minute)) {
        format!("{before}-<minute>")
    } else {
        piece.to_owned()
    };
    out.push_str(&folded);
    out.push_str(stop);
}

/// `5s`, `3m20s`, `2d4h`, `173ms`, `1.2s`
fn is_age(text: &str) -> bool {
    let mut units = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let unit = if rest[digits..].starts_with("ms") { 2 } else { 1 };
        if digits == 0 || digits == rest.len() || !matches!(&rest[digits..digits + unit], "ms" | "s" | "m" | "h" | "d" | "y") {
            return false;
        }
        units += 1;
        rest = &rest[digits + unit..];
    }
    units > 0
}

/// The lines of all scenes whose output was recorded.
pub fn recorded() -> impl Iterator<Item = Shown<'static>> {
    SCENES.iter().flat_map(|(_, text)| read(text).2).filter(|shown| shown.expected.is_some())
}
