//! Verbs that need what is not here, as a metrics server. What is wrong with the line is
//! told as kubectl tells it; what is right is told to be not supported, with what to use instead.

use super::{Run, whole};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::print::{Output, TabWriter};

pub(super) const TOP_FLAGS: &[Flag] = &[
    flag("containers", Takes::Truth),
    flag("no-headers", Takes::Truth),
    flag("sort-by", Takes::Text),
    flag("sum", Takes::Truth),
    flag("show-capacity", Takes::Truth),
    flag("use-protocol-buffers", Takes::Truth),
];
pub(super) const AUTH_FLAGS: &[Flag] = &[
    flag("quiet", Takes::Truth).or('q'),
    flag("list", Takes::Truth),
    flag("no-headers", Takes::Truth),
    flag("subresource", Takes::Text),
    flag("remove-extra-permissions", Takes::Truth).not("use \"kubectl replace -f\""),
    flag("remove-extra-subjects", Takes::Truth).not("use \"kubectl replace -f\""),
];
pub(super) const FORCE_FLAGS: &[Flag] = &[flag("force", Takes::Truth)];
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
pub(super) const PROXY_FLAGS: &[Flag] = &[
    flag("port", Takes::Text).or('p'),
    flag("address", Takes::Text),
    flag("api-prefix", Takes::Text),
    flag("www", Takes::Text).or('w'),
    flag("www-prefix", Takes::Text).or('P'),
    flag("accept-hosts", Takes::Text),
    flag("accept-paths", Takes::Text),
    flag("reject-methods", Takes::Text),
    flag("reject-paths", Takes::Text),
    flag("append-server-path", Takes::Truth),
    flag("disable-filter", Takes::Truth),
    flag("keepalive", Takes::Duration),
    flag("unix-socket", Takes::Text).or('u'),
];

pub(super) fn top(run: &mut Run<'_>) -> Answer {
    match run.given.args.first().map(String::as_str) {
        Some("node" | "nodes" | "no" | "pod" | "pods" | "po") => Answer::failed(Failure::own("Metrics API not available")),
        Some(word) => Answer::failed(Failure::Own(format!("unknown command \"{word}\"\nSee 'kubectl top -h' for help and examples"))),
        None => {
            let text = "Display resource (CPU/memory) usage.\n\n The top command allows you to see the resource consumption for nodes or pods.\n\n \
                        This command requires Metrics Server to be correctly configured and working on the server.\n\nAvailable Commands:\n  \
                        node          Display resource (CPU/memory) usage of nodes\n  pod           Display resource (CPU/memory) usage of pods\n";
            Answer { output: text.to_owned(), exit: 1, ..Answer::default() }
        }
    }
}

/// There is one user, who may do everything.
pub(super) fn auth(run: &mut Run<'_>) -> Answer {
    let words: Vec<&str> = run.given.args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["can-i", ..] if run.given.is_on("list") => {
            let heading = if run.given.is_on("no-headers") { "" } else { "Resources\tNon-Resource URLs\tResource Names\tVerbs\n" };
            Answer::ok(TabWriter::table().set(&format!("{heading}*.*\t[]\t[]\t[*]\n\t[*]\t[]\t[*]\n")))
        }
        ["can-i", verb, resource, ..] => {
            let known = *resource == "*" || resource.starts_with('/') || crate::kubectl::resource::kind(resource.split('/').next().unwrap_or_default()).is_ok();
            let mut text = String::new();
            if !known {
                text += &format!("Warning: the server doesn't have a resource type '{resource}'\n\n");
            }
            if verb.is_empty() {
                text.clear();
            }
            Answer::ok(if run.given.is_on("quiet") { text } else { text + "yes\n" })
        }
        ["can-i", ..] => {
            let message = "you must specify two arguments: verb resource or verb resource/resourceName.";
            Answer::failed(Failure::Own(format!("{message}\nSee 'kubectl auth can-i -h' for help and examples.")))
        }
        ["whoami"] if run.given.text("output").is_some_and(|output| !output.is_empty()) => whole(who_am_i(run)),
        ["whoami"] => Answer::ok(TabWriter::table().set(
            "ATTRIBUTE\tVALUE\nUsername\tkubernetes-admin\nGroups\t[kubeadm:cluster-admins system:authenticated]\n",
        )),
        ["reconcile", ..] => Answer::failed(Failure::unsupported("kubectl auth reconcile", "use \"kubectl apply -f\"")),
        [word, ..] => Answer::failed(Failure::Own(format!("unknown command \"{word}\"\nSee 'kubectl auth -h' for help and examples"))),
        [] => Answer { output: "Inspect authorization.\n\nAvailable Commands:\n  can-i         Check whether an action is allowed\n  reconcile     \
                               Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects\n  whoami        \
                               Experimental: Check self subject attributes\n".to_owned(), exit: 1, ..Answer::default() },
    }
}

/// The review that tells a user who it is.
fn who_am_i(run: &Run<'_>) -> Result<Answer, Failure> {
    let user = serde_json::json!({"groups": ["kubeadm:cluster-admins", "system:authenticated"], "username": "kubernetes-admin"});
    let review = serde_json::json!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
        "metadata": {"creationTimestamp": null}, "status": {"userInfo": user},
    });
    let output = Output::of_write(Some(&super::get::template(run.given)))?;
    output.map_or_else(|| Ok(Answer::ok("")), |output| output.value(&review).map(Answer::ok))
}

pub(super) fn proxy(_: &mut Run<'_>) -> Answer {
    Answer::failed(Failure::unsupported("kubectl proxy", "\"kubectl get --raw PATH\" asks the API server"))
}

pub(super) fn completion(run: &mut Run<'_>) -> Answer {
    match run.given.args.first().map(String::as_str) {
        None => Answer::failed(Failure::own("Shell not specified.\nSee 'kubectl completion -h' for help and examples")),
        // `source <(kubectl completion bash)`, as notes have it, does no harm: Tab completes anyway.
        Some("bash" | "zsh" | "fish" | "powershell") => Answer::ok("# Tab completes kubectl's words here already.\n"),
        Some(shell) => Answer::failed(Failure::Own(format!("Unsupported shell type \"{shell}\".\nSee 'kubectl completion -h' for help and examples"))),
    }
}

pub(super) fn plugin(run: &mut Run<'_>) -> Answer {
    match run.given.args.first().map(String::as_str) {
        Some("list") => Answer::failed(Failure::own("unable to find any kubectl plugins in your PATH")),
        _ => Answer { output: "Provides utilities for interacting with plugins.\n\nAvailable Commands:\n  list          List all visible plugin \
                               executables on a user's PATH\n".to_owned(), exit: 1, ..Answer::default() },
    }
}

pub(super) fn kustomize(_: &mut Run<'_>) -> Answer {
    Answer::failed(Failure::unsupported("kubectl kustomize", "use -f with plain manifests"))
}

pub(super) fn alpha(_: &mut Run<'_>) -> Answer {
    Answer::ok("No alpha commands are available in this version of kubectl\n")
}

pub(super) fn certificate(run: &mut Run<'_>) -> Answer {
    match run.given.args.first() {
        Some(word) => Answer::failed(Failure::unsupported(&format!("kubectl certificate {word}"), "nothing here asks for certificates")),
        None => Answer::ok("Modify certificate resources.\n\nAvailable Commands:\n  approve       Approve a certificate signing request\n  deny          Deny a certificate signing request\n"),
    }
}
