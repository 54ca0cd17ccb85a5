//! kubectl's own log: what `-v` asks for, and its warnings, in the lines of klog. Models client-go/transport/round_trippers.go and klog's
//! header. The requests of `get` are shown, which follow from its words alone.
//! Left out: the requests of other verbs, which depend on what they find; heads of answers and bodies.

use super::{Run, Wanted};
use crate::api::Kind;
use crate::base::SimTime;
use crate::kubectl::answer::{Answer, Failure};

/// The process that kubectl is.
const PID: u32 = 4711;
/// What client-go says of itself, from `-v=1` on.
const GATES: [&str; 4] = ["ClientsAllowCBOR", "ClientsPreferCBOR", "InformerResourceVersion", "WatchListClient"];
/// Verbs that ask no server.
const ALONE: [&str; 6] = ["config", "completion", "options", "plugin", "kustomize", "alpha"];
const SERVER: &str = "https://127.0.0.1:6443";

/// A line of the log.
pub(super) fn line(severity: char, place: &str, text: &str, now: SimTime) -> String {
    let stamp = now.rfc3339_micro();
    let (date, time) = stamp.trim_end_matches('Z').split_once('T').unwrap_or_default();
    let day = date.get(5..).unwrap_or_default().replace('-', "");
    format!("{severity}{day} {time} {PID:>7} {place}] {text}\n")
}

/// What is said of a `--dry-run` without a value, or with a boolean one. Models kubectl/pkg/cmd/util/helpers.go GetDryRunStrategy.
#[inline(never)]
pub(in crate::kubectl) fn dry_run_warning(value: &str, now: SimTime) -> String {
    let (place, instead) = match value {
        "unchanged" => return line('W', "helpers.go:702", "--dry-run is deprecated and can be replaced with --dry-run=client.", now),
        "true" | "1" | "t" | "T" | "TRUE" | "True" => ("helpers.go:716", "client"),
        "false" | "0" | "f" | "F" | "FALSE" | "False" => ("helpers.go:719", "none"),
        _ => return String::new(),
    };
    line('W', place, &format!("--dry-run={value} is deprecated (boolean value) and can be replaced with --dry-run={instead}."), now)
}

/// A command with its log before what it prints.
#[inline(never)]
pub(super) fn with_log(run: &mut Run<'_>, carry_out: impl FnOnce(&mut Run<'_>) -> Answer) -> Answer {
    let level = run.given.number("v").unwrap_or_default();
    let (now, is_alone) = (run.now(), ALONE.contains(&run.verb));
    if level > 5 && !is_alone && (run.verb != "get" || !has_plain_requests(run)) {
        return Answer::failed(Failure::unsupported(&format!("-v={level} of this command"), "the requests of \"kubectl get\" are shown, so leave it out"));
    }
    if level > 7 && !is_alone {
        return Answer::failed(Failure::unsupported(&format!("-v={level}"), "-v=7 shows the requests of \"kubectl get\" without what is sent"));
    }
    let mut log = String::new();
    if level > 5 {
        log += &line('I', "loader.go:402", &format!("Config loaded from file:  {}", super::config::file()), now);
    }
    if level > 0 && run.verb == "get" {
        let gates = GATES.map(|gate| line('I', "envvar.go:172", &format!("\"Feature gate default state\" feature=\"{gate}\" enabled=false"), now));
        log += &gates.concat();
    }
    let paths = if level > 5 && !is_alone { paths(run) } else { Vec::new() };
    for path in &paths {
        log += &request(run, path, level, now);
    }
    let mut answer = carry_out(run);
    if let ([_], Some(message)) = (paths.as_slice(), answer.output.strip_prefix("Error from server (NotFound): ")) {
        let status = super::proxy::status(404, "NotFound", message.trim_end());
        log += &line('I', "helpers.go:246", &format!("server response object: %s[{status}]"), now);
    }
    answer.output.insert_str(0, &log);
    answer
}

/// Whether what `get` asks for follows from its words.
fn has_plain_requests(run: &Run<'_>) -> bool {
    let given = run.given;
    let is_known = raw_of(run).is_some() || Wanted::of_args(&given.args).is_ok();
    is_known && given.text("filename").is_none() && !["watch", "watch-only"].iter().any(|flag| given.is_on(flag))
}

/// What `--raw` asks for.
fn raw_of<'a>(run: &'a Run<'_>) -> Option<&'a str> {
    run.given.text("raw").filter(|path| !path.is_empty())
}

/// The paths that `get` asks for, in their order.
fn paths(run: &Run<'_>) -> Vec<String> {
    let (given, scope) = (run.given, run.scope());
    if let Some(path) = raw_of(run) {
        return super::raw::path_of(path).into_iter().map(str::to_owned).collect();
    }
    let place = |kind: Kind| {
        let version = kind.api_version();
        let root = if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") };
        let namespace = if kind.info().namespaced && !scope.everywhere { format!("/namespaces/{}", scope.namespace) } else { String::new() };
        format!("{root}{namespace}/{}", kind.info().plural)
    };
    match Wanted::of_args(&given.args) {
        Ok(Wanted::Named(named)) => {
            let part = given.text("subresource").map_or(String::new(), |part| format!("/{part}"));
            named.iter().map(|(kind, name)| format!("{}/{name}{part}", place(*kind))).collect()
        }
        Ok(Wanted::Kinds(kinds)) => {
            let chunk = given.number("chunk-size").unwrap_or(500);
            let selectors = [("fieldSelector", &scope.fields), ("labelSelector", &scope.labels)];
            let mut query: Vec<String> = selectors.iter().filter_map(|(name, text)| Some(format!("{name}={}", escaped(text.as_deref()?)))).collect();
            query.extend((chunk > 0).then(|| format!("limit={chunk}")));
            let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
            kinds.iter().map(|kind| format!("{}{query}", place(*kind))).collect()
        }
        Err(_) => Vec::new(),
    }
}

/// Models net/url QueryEscape.
fn escaped(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

fn request(run: &Run<'_>, path: &str, level: i64, now: SimTime) -> String {
    let state = if super::raw::at(run.view(), path).is_ok() { "200 OK" } else { "404 Not Found" };
    // As long as the requests of a command are apart.
    let took = "in 14 milliseconds";
    if level < 7 {
        return line('I', "round_trippers.go:560", &format!("GET {SERVER}{path} {state} {took}"), now);
    }
    let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
    let accepted = if run.given.text("output").is_none_or(|output| matches!(output, "" | "wide")) { table } else { "application/json" };
    let lines = [
        ("470", format!("GET {SERVER}{path}")),
        ("476", "Request Headers:".to_owned()),
        ("480", format!("    Accept: {accepted}")),
        ("480", "    User-Agent: kubectl/v1.32.5 (linux/amd64) kubernetes/9894294".to_owned()),
        ("581", format!("Response Status: {state} {took}")),
    ];
    lines.map(|(number, text)| line('I', &format!("round_trippers.go:{number}"), &text, now)).concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_klog() {
        let at = SimTime::parse_rfc3339("2026-11-23T14:44:54Z").unwrap_or_default();
        assert_eq!(line('I', "loader.go:402", "x", at), "I1123 14:44:54.000000    4711 loader.go:402] x\n");
        assert_eq!(escaped("app in (a,b)=한"), "app+in+%28a%2Cb%29%3D%ED%95%9C");
    }
}
