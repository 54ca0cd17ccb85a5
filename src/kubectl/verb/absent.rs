//! Verbs that need what is not here, as a metrics server. What is wrong with the line is
//! told as kubectl tells it; what is right is told to be not supported, with what to use instead.

use super::Run;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};

pub(super) const TOP_FLAGS: &[Flag] = &[
    flag("containers", Takes::Truth),
    flag("no-headers", Takes::Truth),
    flag("sort-by", Takes::Text),
    flag("sum", Takes::Truth),
    flag("show-capacity", Takes::Truth),
    flag("use-protocol-buffers", Takes::Truth),
];
pub(super) const PLUGIN_FLAGS: &[Flag] = &[flag("name-only", Takes::Truth)];
pub(super) const KUSTOMIZE_FLAGS: &[Flag] = &[
    flag("as-current-user", Takes::Truth),
    flag("enable-alpha-plugins", Takes::Truth),
    flag("enable-helm", Takes::Truth),
    flag("env", Takes::Text).or('e'),
    flag("helm-api-versions", Takes::Text),
    flag("helm-command", Takes::Text),
    flag("helm-debug", Takes::Truth),
    flag("helm-kube-version", Takes::Text),
    flag("load-restrictor", Takes::Text),
    flag("mount", Takes::Text),
    flag("network", Takes::Truth),
    flag("network-name", Takes::Text),
    flag("output", Takes::Text).or('o'),
];
pub(super) fn top(run: &mut Run<'_>) -> Answer {
    match run.given.args.first().map(String::as_str) {
        Some("node" | "nodes" | "no") => Answer::failed(top_refusal(run, "node")),
        Some("pod" | "pods" | "po") => Answer::failed(top_refusal(run, "pod")),
        Some(_) => Answer::failed(Failure::unknown_command("top", &run.given.args)),
        None => Answer { output: super::help::of("top").unwrap_or_default(), exit: 1, ..Answer::default() },
    }
}

/// What is wrong with a line of `top`; if nothing is, that nobody measures. Models kubectl/pkg/cmd/top.
fn top_refusal(run: &Run<'_>, what: &str) -> Failure {
    let (given, names) = (run.given, run.given.args.len() - 1);
    if names > 1 {
        return Failure::usage(&format!("top {what}"), format!("{what} [NAME | -l label]"));
    }
    if given.text("sort-by").is_some_and(|field| !matches!(field, "" | "cpu" | "memory")) {
        return Failure::own("--sort-by accepts only cpu or memory");
    }
    if names > 0 && given.text("selector").is_some_and(|labels| !labels.is_empty()) {
        return Failure::own("only one of NAME or selector can be provided");
    }
    Failure::own("Metrics API not available")
}

pub(super) fn completion(run: &mut Run<'_>) -> Answer {
    if run.given.args.len() > 1 {
        return Answer::failed(Failure::usage("completion", "Too many arguments. Expected only the shell type."));
    }
    match run.given.args.first().map(String::as_str) {
        None => Answer::failed(Failure::usage("completion", "Shell not specified.")),
        // `source <(kubectl completion bash)`, as notes have it, does no harm: Tab completes anyway.
        Some("bash" | "zsh" | "fish" | "powershell") => Answer::ok("# Tab completes kubectl's words here already.\n"),
        Some(shell) => Answer::failed(Failure::usage("completion", format!("Unsupported shell type \"{shell}\"."))),
    }
}

pub(super) fn plugin(run: &mut Run<'_>) -> Answer {
    match run.given.args.first().map(String::as_str) {
        Some("list") => Answer::failed(Failure::own("unable to find any kubectl plugins in your PATH")),
        Some(_) => Answer::failed(Failure::unknown_command("plugin", &run.given.args)),
        None => Answer { output: super::help::of("plugin").unwrap_or_default(), exit: 1, ..Answer::default() },
    }
}

pub(super) fn alpha(_: &mut Run<'_>) -> Answer {
    Answer::ok("No alpha commands are available in this version of kubectl\n")
}
