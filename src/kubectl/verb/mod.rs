//! The verbs of kubectl, by a table: their flags and what carries them out. Verbs and flags that are real but not done here say
//! so and name what to use instead.

mod absent;
mod apply;
mod apply_last;
mod apply_prune;
mod attached;
mod auth;
mod autoscale;
mod certificate;
mod cluster;
mod config;
mod config_entries;
mod copy;
mod create;
mod create_access;
mod create_batch;
mod create_config;
mod create_deployment;
mod create_ingress;
mod create_policy;
mod create_service;
mod create_token;
mod customize;
mod debug;
mod delete;
mod describe;
mod diff;
mod drain;
mod dump;
mod draining;
mod edit;
mod events;
mod exec;
mod explain;
mod expose;
mod forward;
mod generate;
mod get;
mod help;
mod impersonate;
mod json_patch;
mod klog;
mod kustomize;
mod local;
mod logs;
mod machine;
mod metadata;
mod node;
mod patch;
mod pod;
mod preview;
mod proxy;
mod raw;
mod replace;
mod replacements;
mod requests;
mod rollout;
mod scale;
mod set;
mod set_template;
mod stdin;
mod subcommands;
mod teller;
mod traffic;
mod wait;

use crate::api::Object;
use crate::apiserver::{Committed, Write};
use crate::base::{SimTime, sort_by_cached_key};
use crate::engine::World;
use crate::store::View;

use super::answer::{Answer, Failure};
use super::files;
use super::flags::{self, Flag, Given, Takes, flag};
use super::item::Item;
use super::print::Context;
use super::resource::{Found, Names, Scope, Wanted};
use super::{Invocation, Session};

use requests::Requests;
use teller::{DryRun, Tally, Teller, warnings};

pub use attached::{Attached, Typing};
pub(super) use events::{headings as event_headings, row as event_row};
pub use exec::ExecFollow;
pub use logs::LogFollow;
pub use preview::{Change, Effect, FieldChange, preview};
pub(super) use config::changes_settings;
pub use config_entries::{Entry, Part};
pub(super) use kustomize::build as kustomized;
pub(super) use klog::dry_run_warning;
pub(super) use machine::is_own;
pub use draining::Draining;
pub use machine::ToolFollow;
pub use traffic::RequestFollow;
pub use wait::Wait;

/// A verb.
#[derive(Debug)]
pub(super) struct Verb {
    pub name: &'static str,
    flags: &'static [&'static [Flag]],
    run: fn(&mut Run<'_>) -> Answer,
    /// Whether it may change the cluster.
    pub writes: bool,
}

/// A command at work.
pub(super) struct Run<'a> {
    pub verb: &'static str,
    pub given: &'a Given,
    pub session: &'a mut Session,
    pub world: &'a mut World,
}

/// Flags of every verb.
const GLOBAL: &[Flag] = &[
    flag("namespace", Takes::Text).or('n'),
    flag("request-timeout", Takes::Text),
    flag("context", Takes::Text),
    flag("cluster", Takes::Text),
    flag("kubeconfig", Takes::Text),
    flag("server", Takes::Text).or('s').not("there is one cluster, so leave it out"),
    flag("user", Takes::Text),
    flag("as", Takes::Text),
    flag("as-group", Takes::Text),
    flag("as-uid", Takes::Text).not("there is one user, who may do everything"),
    flag("token", Takes::Text).not("there is one user, who may do everything"),
    flag("insecure-skip-tls-verify", Takes::Truth).not("there is no network to the API server, so leave it out"),
    flag("certificate-authority", Takes::Text).not("there is no network to the API server, so leave it out"),
    flag("client-certificate", Takes::Text).not("there is no network to the API server, so leave it out"),
    flag("client-key", Takes::Text).not("there is no network to the API server, so leave it out"),
    flag("cache-dir", Takes::Text).not("nothing is cached, so leave it out"),
    flag("warnings-as-errors", Takes::Truth).not("read the warnings"),
    flag("v", Takes::Number).or('v'),
    flag("vmodule", Takes::Text).not("kubectl's own log is not shown"),
    flag("log-flush-frequency", Takes::Duration).not("kubectl's own log is not shown"),
    flag("profile", Takes::Text).only("none", "there is no kubectl process to profile"),
    flag("profile-output", Takes::Text).not("there is no kubectl process to profile"),
    flag("match-server-version", Takes::Truth).not("client and server always fit here"),
    flag("disable-compression", Takes::Truth).not("there is no network to the API server, so leave it out"),
    flag("tls-server-name", Takes::Text).not("there is no network to the API server, so leave it out"),
    flag("username", Takes::Text).not("there is one user, who may do everything"),
    flag("password", Takes::Text).not("there is one user, who may do everything"),
    flag("as-user-extra", Takes::Text).not("there is one user, who may do everything"),
];
const FILES: &[Flag] = &[
    flag("filename", Takes::Text).or('f'),
    flag("recursive", Takes::Truth).or('R'),
    flag("kustomize", Takes::Text).or('k'),
];
const SELECT: &[Flag] = &[flag("selector", Takes::Text).or('l'), flag("field-selector", Takes::Text), flag("all-namespaces", Takes::Truth).or('A')];
const ALL: &[Flag] = &[flag("all", Takes::Truth)];
/// Of verbs that change objects.
const WRITE: &[Flag] = &[
    flag("dry-run", Takes::TextOr("unchanged")),
    flag("output", Takes::Text).or('o'),
    flag("field-manager", Takes::Text).not("field owners are not kept, so leave it out"),
    flag("show-managed-fields", Takes::Truth).not("field owners are not kept, so leave it out"),
    flag("template", Takes::Text),
    flag("allow-missing-template-keys", Takes::Truth).only("true", "absent fields always print nothing, so leave it out"),
];
/// Of those that can note the command in the object.
const RECORD: &[Flag] = &[flag("record", Takes::Truth)];
/// Of verbs that only print objects.
const PRINT: &[Flag] = &[
    flag("output", Takes::Text).or('o'),
    flag("show-managed-fields", Takes::Truth).not("field owners are not kept, so leave it out"),
    flag("template", Takes::Text),
    flag("allow-missing-template-keys", Takes::Truth).only("true", "absent fields always print nothing, so leave it out"),
];

/// The verb that the page begins with.
const APPLY: Verb = Verb { name: "apply", flags: &[apply::FLAGS, FILES, SELECT, ALL, WRITE], run: apply::run, writes: true };
/// It alone, so that a command of it needs nothing of the others.
static APPLIES: Verb = APPLY;

static VERBS: &[Verb] = &[
    Verb { name: "alpha", flags: &[], run: absent::alpha, writes: false },
    Verb { name: "annotate", flags: &[metadata::FLAGS, FILES, SELECT, ALL, WRITE, RECORD], run: metadata::annotate, writes: true },
    Verb { name: "api-resources", flags: &[cluster::API_RESOURCES_FLAGS], run: cluster::api_resources, writes: false },
    Verb { name: "api-versions", flags: &[], run: cluster::api_versions, writes: false },
    APPLY,
    Verb { name: "attach", flags: &[exec::FLAGS, FILES], run: attached::run, writes: true },
    Verb { name: "auth", flags: &[auth::FLAGS, FILES, SELECT, WRITE], run: auth::run, writes: false },
    Verb { name: "autoscale", flags: &[autoscale::FLAGS, FILES, SELECT, ALL, WRITE, RECORD], run: autoscale::run, writes: true },
    Verb { name: "certificate", flags: &[certificate::FLAGS, FILES, PRINT], run: certificate::run, writes: true },
    Verb { name: "cluster-info", flags: &[dump::FLAGS, SELECT, PRINT], run: cluster::cluster_info, writes: false },
    Verb { name: "completion", flags: &[], run: absent::completion, writes: false },
    Verb { name: "config", flags: &[config::FLAGS, PRINT], run: config::run, writes: false },
    Verb { name: "cordon", flags: &[SELECT, WRITE], run: node::cordon, writes: true },
    Verb { name: "cp", flags: &[copy::FLAGS], run: copy::run, writes: true },
    Verb { name: "create", flags: &[create::FLAGS, FILES, SELECT, WRITE], run: create::run, writes: true },
    Verb { name: "debug", flags: &[debug::FLAGS, FILES], run: debug::run, writes: true },
    Verb { name: "delete", flags: &[delete::FLAGS, FILES, SELECT, ALL, WRITE], run: delete::run, writes: true },
    Verb { name: "describe", flags: &[describe::FLAGS, FILES, SELECT], run: describe::run, writes: false },
    Verb { name: "diff", flags: &[diff::FLAGS, FILES, SELECT], run: diff::run, writes: false },
    Verb { name: "drain", flags: &[drain::FLAGS, SELECT, WRITE], run: drain::run, writes: true },
    Verb { name: "edit", flags: &[edit::FLAGS, FILES, SELECT, WRITE], run: edit::run, writes: true },
    Verb { name: "events", flags: &[events::FLAGS, SELECT, PRINT], run: events::run, writes: false },
    Verb { name: "exec", flags: &[exec::FLAGS, FILES], run: exec::run, writes: true },
    Verb { name: "explain", flags: &[explain::FLAGS], run: explain::run, writes: false },
    Verb { name: "expose", flags: &[expose::FLAGS, FILES, WRITE, RECORD], run: expose::run, writes: true },
    Verb { name: "get", flags: &[get::FLAGS, FILES, SELECT], run: get::run, writes: false },
    Verb { name: "kustomize", flags: &[absent::KUSTOMIZE_FLAGS], run: kustomize::run, writes: false },
    Verb { name: "label", flags: &[metadata::FLAGS, FILES, SELECT, ALL, WRITE, RECORD], run: metadata::label, writes: true },
    Verb { name: "logs", flags: &[logs::FLAGS], run: logs::run, writes: false },
    Verb { name: "options", flags: &[], run: options, writes: false },
    Verb { name: "patch", flags: &[patch::FLAGS, FILES, WRITE, RECORD], run: patch::run, writes: true },
    Verb { name: "plugin", flags: &[absent::PLUGIN_FLAGS], run: absent::plugin, writes: false },
    Verb { name: "port-forward", flags: &[forward::FLAGS], run: forward::run, writes: true },
    Verb { name: "proxy", flags: &[proxy::FLAGS], run: proxy::run, writes: true },
    Verb { name: "replace", flags: &[replace::FLAGS, FILES, WRITE], run: replace::run, writes: true },
    Verb { name: "rollout", flags: &[rollout::FLAGS, FILES, SELECT, WRITE], run: rollout::run, writes: true },
    Verb { name: "run", flags: &[pod::FLAGS, WRITE, RECORD], run: pod::run, writes: true },
    Verb { name: "scale", flags: &[scale::FLAGS, FILES, SELECT, ALL, WRITE, RECORD], run: scale::run, writes: true },
    Verb { name: "set", flags: &[set::FLAGS, FILES, SELECT, ALL, WRITE, RECORD], run: set::run, writes: true },
    Verb { name: "taint", flags: &[node::TAINT_FLAGS, SELECT, ALL, WRITE], run: node::taint, writes: true },
    Verb { name: "top", flags: &[absent::TOP_FLAGS, SELECT], run: absent::top, writes: false },
    Verb { name: "uncordon", flags: &[SELECT, WRITE], run: node::uncordon, writes: true },
    Verb { name: "version", flags: &[cluster::VERSION_FLAGS], run: cluster::version, writes: false },
    Verb { name: "wait", flags: &[wait::FLAGS, FILES, SELECT, ALL, PRINT], run: wait::run, writes: false },
];

/// Reads the words after `kubectl`.
pub(super) fn read(words: &[String], input: Option<String>) -> Result<Invocation, Answer> {
    let Some(at) = verb_place(words, Unknown::TakesNext) else { return Err(without_verb(words)) };
    let name = words[at].as_str();
    if name == "help" {
        let asked: Vec<String> = words[at + 1..].iter().filter(|word| !word.starts_with('-')).cloned().chain(["--help".to_owned()]).collect();
        return words.get(at + 1).filter(|word| !word.starts_with('-') && by_name(word).is_none()).map_or_else(|| read(&asked, None), |topic| Err(help::unknown_topic(topic)));
    }
    let Some(verb) = by_name(name) else { return Err(Answer::failed(unknown_verb(&words[0], name))) };
    let rest: Vec<String> = words[..at].iter().chain(&words[at + 1..]).cloned().collect();
    let (path, own) = subcommands::of(verb, &words_behind(&rest));
    let tables: [&[Flag]; 2] = [&own, GLOBAL];
    let given = match flags::parse(&rest, &tables) {
        // What a folder is made to stands where files would.
        Ok(given) => given.with_also("kustomize", "filename"),
        Err(why) if why == "help requested" => return Err(Answer::ok(help::of_words(&path, &words_behind(&rest)))),
        Err(why) if name == "diff" => return Err(Answer { exit: 2, ..Answer::failed(Failure::usage("diff", why)) }),
        Err(why) if name == "options" => return Err(Answer::failed(Failure::Own(format!("{why}\nRun 'kubectl options' without flags.")))),
        Err(why) => return Err(Answer::failed(Failure::Own(format!("{why}\nSee 'kubectl {path} --help' for usage.")))),
    };
    // A command without `--` before it is refused as such; what looks like a flag of kubectl's in it is none.
    let misses_dash = name == "exec" && given.before_dash.is_none() && given.args.len() > 1;
    for long in given.given().filter(|_| !misses_dash) {
        let known = tables.iter().copied().flatten().find(|flag| flag.long == long);
        if let Some(instead) = known.and_then(|flag| flag.refuses(given.text(long))) {
            return Err(Answer::failed(Failure::unsupported(&format!("--{long}"), instead)));
        }
    }
    Ok(Invocation { verb, given, input })
}

/// The verb of this name.
fn by_name(name: &str) -> Option<&'static Verb> {
    if name == APPLIES.name { Some(&APPLIES) } else { among_all(name) }
}

/// The same by the table, which the page needs later than its first verb.
#[inline(never)]
fn among_all(name: &str) -> Option<&'static Verb> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// A line of Podscape's own: see `machine` and `traffic`.
pub(super) fn own(words: Vec<String>, input: Option<String>) -> Invocation {
    Invocation { verb: machine::verb(&words[0]), given: machine::given(words), input }
}

pub(super) fn run(verb: &Verb, run: &mut Run<'_>) -> Answer {
    let session = &run.session;
    let is_usual = session.contexts.is_empty() && session.entries.is_none() && !["context", "cluster", "user", "kubeconfig"].iter().any(|flag| run.given.text(flag).is_some());
    if !is_usual && let Some(answer) = config::elsewhere(verb, run) {
        return answer;
    }
    carry_out(verb, run)
}

/// Carries a command out in the context that is in force.
fn carry_out(verb: &Verb, run: &mut Run<'_>) -> Answer {
    if run.given.text("as").is_some_and(|name| !name.is_empty())
        && let Some(refusal) = impersonate::refusal(run)
    {
        return refusal;
    }
    if let Some(failure) = run.given.text("request-timeout").and_then(timeout_fault) {
        return Answer::failed(failure);
    }
    if run.given.text("v").is_some() {
        return klog::with_log(run, verb.run);
    }
    (verb.run)(run)
}

/// What is wrong with a `--request-timeout`. Models client-go/tools/clientcmd ParseTimeout.
fn timeout_fault(text: &str) -> Option<Failure> {
    let is_fine = text.parse::<i64>().is_ok_and(|seconds| seconds >= 0) || flags::duration_millis(text).is_ok();
    let units = "an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)";
    (!is_fine).then(|| Failure::Own(format!("Invalid timeout value. Timeout must be a single integer in seconds, or {units}")))
}

/// What a word is behind a flag that not every verb has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    /// Its value. Models cobra's stripFlags.
    TakesNext,
    /// A word like others.
    StandsAlone,
}

/// Where the verb stands: behind global flags and their values.
fn verb_place(words: &[String], unknown: Unknown) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if !word.starts_with('-') {
            return Some(at);
        }
        let name = word.trim_start_matches('-');
        let known = GLOBAL.iter().find(|flag| word.starts_with("--") && flag.long == name || flag.short.is_some_and(|c| name == c.to_string()));
        let takes_next = match known {
            Some(flag) => flag.takes != Takes::Truth,
            None => unknown == Unknown::TakesNext && !word.contains('=') && (word.len() == 2 || word.starts_with("--")) && word != "--",
        };
        at += 1 + usize::from(takes_next);
    }
    None
}

/// The first two words that are neither flags nor values of flags of every verb.
fn words_behind(words: &[String]) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), words);
    while let Some(at) = verb_place(rest, Unknown::StandsAlone).filter(|_| found.len() < 2) {
        found.push(rest[at].as_str());
        rest = &rest[at + 1..];
    }
    found
}

fn without_verb(words: &[String]) -> Answer {
    match flags::parse(words, &[GLOBAL]) {
        Err(why) if why != "help requested" => Answer::failed(Failure::Own(format!("{why}\nSee 'kubectl --help' for usage."))),
        _ => Answer::ok(help::of("").unwrap_or_default()),
    }
}

/// `kubectl options`: the flags of every verb.
fn options(_: &mut Run<'_>) -> Answer {
    Answer::ok(help::of("options").unwrap_or_default())
}

/// What is no verb might be a plugin's name, before which no flag can stand. Models kubectl/pkg/cmd/cmd.go HandlePluginCommand.
#[inline(never)]
fn unknown_verb(first: &str, name: &str) -> Failure {
    if first.starts_with('-') {
        return Failure::Bare(format!("Error: flags cannot be placed before plugin name: {first}"));
    }
    let all = VERBS.iter().map(|verb| verb.name);
    let mut near: Vec<&str> = all.filter(|verb| distance(name, verb) <= 2 || !name.is_empty() && verb.starts_with(name)).collect();
    sort_by_cached_key(&mut near, |verb| help::place(verb));
    let mut message = format!("unknown command \"{name}\" for \"kubectl\"");
    if !near.is_empty() {
        message += "\n\nDid you mean this?\n";
        near.iter().for_each(|verb| message += &format!("\t{verb}\n"));
    }
    Failure::Own(message)
}

/// The Levenshtein distance, letters compared without case. Models cobra's suggestions.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_ascii_lowercase().chars().take(64).collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

impl Run<'_> {
    fn scope(&self) -> Scope {
        Scope::of(self.given, &self.session.namespace)
    }

    fn view(&self) -> View<'_> {
        self.world.view()
    }

    fn now(&self) -> SimTime {
        self.world.now()
    }

    fn context(&self) -> Context<'_> {
        Context { view: self.world.view(), now: self.world.now() }
    }

    /// What the arguments or the files of the command name.
    fn find(&self, scope: &Scope, names: Names) -> Result<(Wanted, Found), Failure> {
        self.find_args(scope, &self.given.args, names)
    }

    /// What these arguments or the files of the command name.
    fn find_args(&self, scope: &Scope, args: &[String], names: Names) -> Result<(Wanted, Found), Failure> {
        if self.given.is_on("local") {
            return local::find(self, scope, args);
        }
        if self.given.text("filename").is_none() {
            let wanted = Wanted::of_args(args)?;
            let mut found = scope.find(self.view(), &wanted, names);
            if wanted.kinds().into_iter().any(World::is_seen) {
                self.see(scope, &wanted, &mut found)?;
            }
            return Ok((wanted, found));
        }
        if !args.is_empty() {
            let message = "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well";
            return Err(Failure::own(message));
        }
        let (targets, failures) = files::targets(self.given, self.session, scope);
        let wanted = Wanted::Named(targets.iter().map(|target| (target.key.kind, target.key.name.clone())).collect());
        let mut found = Found { items: Vec::new(), failures };
        for target in targets {
            match super::item::find(self.view(), &target.key) {
                Some(item) => found.items.push(item),
                None => found.failures.push(crate::api::ApiError::not_found(target.key.kind, &target.key.name).into()),
            }
        }
        Ok((wanted, found))
    }

    /// Puts what is shown and not kept in its place among what was found.
    #[inline(never)]
    fn see(&self, scope: &Scope, wanted: &Wanted, found: &mut Found) -> Result<(), Failure> {
        for kind in wanted.kinds().into_iter().filter(|kind| World::is_seen(*kind)) {
            let filter = scope.filter(kind)?;
            let is_here = |item: &Item| scope.everywhere || !kind.info().namespaced || item.namespace() == scope.namespace;
            let mut seen: Vec<Item> = self.world.seen(kind).into_iter().map(Item::Object).collect();
            seen.retain(|item| is_here(item) && filter.fits(item));
            if let Wanted::Named(named) = wanted {
                seen.retain(|item| named.contains(&(kind, item.name())));
                let is_told = |item: &Item| Failure::from(crate::api::ApiError::not_found(kind, &item.name()));
                found.failures.retain(|failure| !seen.iter().any(|item| is_told(item) == *failure));
            }
            found.items.extend(seen);
        }
        Ok(())
    }

    /// A value of a flag that is refused when the verb reads it, in the words of all others.
    fn refused_flag(&self, path: &str, flag: &str, value: &str, why: &str) -> Failure {
        Failure::Own(format!("invalid argument {value:?} for \"{flag}\" flag: {why}\nSee 'kubectl {path} --help' for usage."))
    }

    fn write(&mut self, mut write: Write, dry_run: DryRun) -> Result<Committed, Failure> {
        if self.given.is_on("record") {
            local::record(self, &mut write);
        }
        let result = match dry_run {
            DryRun::No => self.world.request(write),
            DryRun::Client | DryRun::Server | DryRun::Local => self.world.dry_run(write),
        };
        result.map_err(Failure::from)
    }
}

/// An item that verbs can write; events cannot be written.
fn object_of(item: &Item) -> Result<Object, Failure> {
    match item {
        Item::Object(object) => Ok(object.clone()),
        Item::Event(_) => Err(Failure::own("events are written by the cluster and cannot be changed here")),
    }
}

/// An answer from a function that may fail as a whole.
fn whole(result: Result<Answer, Failure>) -> Answer {
    result.unwrap_or_else(Answer::failed)
}

/// The names of all verbs.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    VERBS.iter().map(|verb| verb.name)
}

/// The flags of a verb, or of the words behind it, that are done here.
pub(super) fn flags_of(name: &str, words: &[&str]) -> impl Iterator<Item = &'static str> {
    let own = VERBS.iter().find(|verb| verb.name == name).map(|verb| subcommands::of(verb, words).1).unwrap_or_default();
    let flags = own.into_iter().chain(GLOBAL.iter().copied());
    flags.filter(|flag| flag.support == flags::Support::Yes).map(|flag| flag.long)
}
