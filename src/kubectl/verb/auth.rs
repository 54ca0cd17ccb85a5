//! `kubectl auth`: what somebody may do, by the roles and bindings that are there, and who one is. Models kubectl/pkg/cmd/auth.
//! Left out: reconcile.

use serde_json::{Value, json};

use super::impersonate::user;
use super::{Run, whole};
use crate::apiserver::authorization::{self, Attributes, PolicyRule};
use crate::base::sort_by_cached_key;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::print::{Output, TabWriter};
use crate::kubectl::resource;

pub(super) const FLAGS: &[Flag] = &[
    flag("quiet", Takes::Truth).or('q'),
    flag("list", Takes::Truth),
    flag("no-headers", Takes::Truth),
    flag("subresource", Takes::Text),
    flag("remove-extra-permissions", Takes::Truth).not("use \"kubectl replace -f\""),
    flag("remove-extra-subjects", Takes::Truth).not("use \"kubectl replace -f\""),
];

const NEEDS_TWO: &str = "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    let words: Vec<&str> = run.given.args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["can-i", _, ..] if run.given.is_on("list") => whole(Err(Failure::own("list option must be specified with no arguments"))),
        ["can-i", ..] if run.given.is_on("list") => list(run),
        ["can-i", verb, resource] => can_i(run, verb, resource),
        ["can-i", ..] => Answer::failed(Failure::own(NEEDS_TWO)),
        ["whoami"] => whole(who_am_i(run)),
        ["whoami", ..] => Answer::failed(Failure::own("unexpected args: [whoami]")),
        ["reconcile", ..] if run.given.text("filename").is_none() => Answer::failed(Failure::own("must specify one of -f and -k")),
        ["reconcile", ..] => Answer::failed(Failure::unsupported("kubectl auth reconcile", "use \"kubectl apply -f\"")),
        [_, ..] => Answer::failed(Failure::unknown_command("auth", &run.given.args)),
        [] => Answer { output: super::help::of("auth").unwrap_or_default(), exit: 1, ..Answer::default() },
    }
}

/// `auth can-i VERB TYPE[/NAME]`, `auth can-i VERB /PATH`
fn can_i(run: &Run<'_>, verb: &str, what: &str) -> Answer {
    let (given, user) = (run.given, user(run.given));
    let (mut warnings, mut asked) = (String::new(), Attributes { verb: verb.to_owned(), ..Attributes::default() });
    if what.starts_with('/') {
        what.clone_into(&mut asked.path);
    } else {
        let (word, name) = what.split_once('/').unwrap_or((what, ""));
        let (word, group) = word.split_once('.').unwrap_or((word, ""));
        (asked.resource, asked.name, asked.group) = (word.to_owned(), name.to_owned(), group.to_owned());
        asked.subresource = given.text("subresource").unwrap_or_default().to_owned();
        if !given.is_on("all-namespaces") {
            asked.namespace = run.scope().namespace.to_string();
        }
        match resource::kind(what.split('/').next().unwrap_or_default()) {
            _ if word == "*" => {}
            Ok(kind) => {
                let info = kind.info();
                (asked.resource, asked.group) = (info.plural.to_owned(), info.group.to_owned());
                if !info.namespaced {
                    asked.namespace.clear();
                    if !given.is_on("all-namespaces") {
                        warnings += &format!("Warning: resource '{}' is not namespace scoped", info.plural);
                        warnings += &(if info.group.is_empty() { String::new() } else { format!(" in group '{}'", info.group) } + "\n\n");
                    }
                }
            }
            Err(_) => warnings += &format!("Warning: the server doesn't have a resource type '{word}'\n\n"),
        }
    }
    if verb.is_empty() {
        warnings.clear();
    }
    let allowed = authorization::allows(run.view(), &user, &asked);
    let answer = if allowed { "yes\n" } else { "no\n" };
    Answer { output: if given.is_on("quiet") { warnings } else { warnings + answer }, exit: i32::from(!allowed), ..Answer::default() }
}

/// `auth can-i --list`, a line for each kind, sorted by their text. Models can_i.go printAccess.
fn list(run: &Run<'_>) -> Answer {
    let user = user(run.given);
    let heading = if run.given.is_on("no-headers") { "" } else { "Resources\tNon-Resource URLs\tResource Names\tVerbs\n" };
    let mut text = heading.to_owned();
    let mut parts: Vec<PolicyRule> = authorization::rules(run.view(), &user, &run.scope().namespace).iter().flat_map(PolicyRule::parts).collect();
    sort_by_cached_key(&mut parts, |rule| ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"].map(|field| shown(rule, field)).concat());
    for rule in &parts {
        let [urls, names, verbs] = ["nonResourceURLs", "resourceNames", "verbs"].map(|field| shown(rule, field));
        text += &format!("{}\t{urls}\t{names}\t{verbs}\n", combined(rule));
    }
    Answer::ok(TabWriter::table().set(&text))
}

/// `[get list]`
fn shown(rule: &PolicyRule, field: &str) -> String {
    format!("[{}]", rule.words(field).collect::<Vec<_>>().join(" "))
}

/// `deployments.apps`
fn combined(rule: &PolicyRule) -> String {
    let first = |field: &str| rule.words(field).next().unwrap_or_default();
    let (group, resource) = (first("apiGroups"), first("resources"));
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}

/// The review that tells a user who it is.
fn who_am_i(run: &Run<'_>) -> Result<Answer, Failure> {
    let user = user(run.given);
    let review: Value = json!({
        "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview",
        "metadata": {"creationTimestamp": run.now().rfc3339()}, "status": {"userInfo": {"groups": user.groups, "username": user.name}},
    });
    if let Some(output) = Output::of_write(Some(&super::get::template(run.given)))? {
        return output.typed().value(&review).map(Answer::ok);
    }
    let table = format!("ATTRIBUTE\tVALUE\nUsername\t{}\nGroups\t[{}]\n", user.name, user.groups.join(" "));
    Ok(Answer::ok(TabWriter::table().set(&table)))
}
