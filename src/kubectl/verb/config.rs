//! `kubectl config`: one cluster, one user, one context, whose namespace can be changed.
//! Models kubectl/pkg/cmd/config.

use super::{Run, whole};
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::print::TabWriter;

pub(super) const FLAGS: &[Flag] = &[
    flag("current", Takes::Truth),
    flag("minify", Takes::Truth),
    flag("no-headers", Takes::Truth),
    flag("raw", Takes::Truth),
    flag("flatten", Takes::Truth),
    flag("merge", Takes::Truth),
    flag("set-raw-bytes", Takes::Truth),
    flag("embed-certs", Takes::Truth),
    flag("proxy-url", Takes::Text),
    flag("auth-provider", Takes::Text),
    flag("auth-provider-arg", Takes::Text),
    flag("exec-api-version", Takes::Text),
    flag("exec-arg", Takes::Text),
    flag("exec-command", Takes::Text),
    flag("exec-env", Takes::Text),
    flag("exec-interactive-mode", Takes::Text),
    flag("exec-provide-cluster-info", Takes::Truth),
];

const CONTEXT: &str = "podscape";
/// What kubectl can do to a file of settings, which there is not here.
const REAL: [&str; 8] = ["delete-cluster", "delete-context", "delete-user", "rename-context", "set", "set-cluster", "set-credentials", "unset"];
/// Stands for a secret: nothing asks for it.
const TOKEN: &str = "podscape-admin";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let words: Vec<&str> = run.given.args.iter().map(String::as_str).collect();
    let text = match words.as_slice() {
        ["current-context"] => format!("{CONTEXT}\n"),
        ["view"] => view(run)?,
        ["get-contexts", ..] => contexts(run)?,
        ["get-clusters"] => format!("NAME\n{CONTEXT}\n"),
        ["get-users"] => "NAME\nadmin\n".to_owned(),
        ["set-context", rest @ ..] => set_context(run, rest)?,
        ["use-context" | "use", name] if *name == CONTEXT => format!("Switched to context \"{CONTEXT}\".\n"),
        ["use-context" | "use", name] => return Err(Failure::Own(format!("no context exists with the name: \"{name}\""))),
        [] => "Usage:\n  kubectl config current-context | get-contexts | view | set-context --current --namespace=NAME\n".to_owned(),
        [word, ..] if !REAL.contains(word) => {
            return Err(Failure::Own(format!("unknown command \"{word}\"\nSee 'kubectl config -h' for help and examples")));
        }
        [word, ..] => {
            let instead = "there is one context; \"kubectl config set-context --current --namespace=NAME\" changes its namespace";
            return Err(Failure::unsupported(&format!("kubectl config {word}"), instead));
        }
    };
    Ok(Answer::ok(text))
}

fn set_context(run: &mut Run<'_>, names: &[&str]) -> Result<String, Failure> {
    match names {
        [] if run.given.is_on("current") => {}
        [name] if *name == CONTEXT && !run.given.is_on("current") => {}
        [] => return Err(Failure::own("you must specify a non-empty context name or --current")),
        [name, ..] => {
            return Err(Failure::unsupported(&format!("the context \"{name}\""), "there is one context; use --current"));
        }
    }
    if let Some(namespace) = run.given.text("namespace") {
        run.session.namespace = if namespace.is_empty() { Name::fixed("default") } else { namespace.into() };
    }
    Ok(format!("Context \"{CONTEXT}\" modified.\n"))
}

fn contexts(run: &Run<'_>) -> Result<String, Failure> {
    match run.given.text("output") {
        Some("name") => return Ok(format!("{CONTEXT}\n")),
        None | Some("") => {}
        Some(other) => {
            let message = format!("--output {other} is not available in kubectl config get-contexts; resetting to default output format");
            return Err(Failure::Own(message));
        }
    }
    let heading = if run.given.is_on("no-headers") { "" } else { "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n" };
    let namespace = &run.session.namespace;
    Ok(TabWriter::table().set(&format!("{heading}*\t{CONTEXT}\t{CONTEXT}\tadmin\t{namespace}\n")))
}

fn view(run: &Run<'_>) -> Result<String, Failure> {
    let value = serde_json::json!({
        "apiVersion": "v1", "kind": "Config", "preferences": {}, "current-context": CONTEXT,
        "clusters": [{"name": CONTEXT, "cluster": {"server": "https://127.0.0.1:6443"}}],
        "contexts": [{"name": CONTEXT, "context": {
            "cluster": CONTEXT, "user": "admin", "namespace": run.session.namespace.as_str(),
        }}],
        "users": [{"name": "admin", "user": {"token": if run.given.is_on("raw") { TOKEN } else { "REDACTED" }}}],
    });
    let output = crate::kubectl::print::Output::of_write(Some(&super::get::template(run.given)))?;
    output.unwrap_or(crate::kubectl::print::Output::Yaml).value(&value)
}
