//! `kubectl config`: contexts, and what is said of clusters and users.
//! Models kubectl/pkg/cmd/config.

use super::{Run, Verb, whole};
use super::config_entries::{self as entries, Part};
use crate::base::{Name, sort_by_cached_key};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::print::TabWriter;
use crate::kubectl::{CONTEXT, Context, Session};

pub(super) const FLAGS: &[Flag] = &[
    flag("current", Takes::Truth),
    flag("minify", Takes::Truth),
    flag("no-headers", Takes::Truth),
    flag("raw", Takes::Truth),
    flag("flatten", Takes::Truth),
    flag("merge", Takes::Truth),
    flag("set-raw-bytes", Takes::Truth),
    flag("embed-certs", Takes::Truth),
    flag("server", Takes::Text),
    flag("certificate-authority", Takes::Text),
    flag("insecure-skip-tls-verify", Takes::Truth),
    flag("tls-server-name", Takes::Text),
    flag("client-certificate", Takes::Text),
    flag("client-key", Takes::Text),
    flag("token", Takes::Text),
    flag("username", Takes::Text),
    flag("password", Takes::Text),
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

/// The only user.
pub(super) const USER: Name = Name::fixed("admin");
/// Stands for a secret: nothing asks for it.
pub(super) const TOKEN: &str = "podscape-admin";
/// Where the settings would be.
const FILE: [&str; 2] = ["/root", ".kube/config"];

pub(super) fn file() -> String {
    FILE.join("/")
}

/// Whether a word behind `config` changes the settings.
pub(in crate::kubectl) fn changes_settings(word: &str) -> bool {
    matches!(word, "set-context" | "use-context" | "use" | "rename-context" | "delete-context" | "set" | "unset" | "set-cluster" | "set-credentials" | "delete-cluster" | "delete-user")
}

/// The contexts that there are, in the order of their names.
fn all(session: &Session) -> Vec<Context> {
    let mut contexts = session.contexts.clone();
    let known = |name: &Name| session.contexts.iter().find(|context| context.name == *name);
    if !session.context.is_empty() {
        let mut current = known(&session.context).cloned();
        let current = current.get_or_insert_with(|| first(&session.namespace));
        (current.name, current.namespace) = (session.context.clone(), session.namespace.clone());
        contexts.retain(|context| context.name != session.context);
        contexts.push(current.clone());
    }
    sort_by_cached_key(&mut contexts, |context| context.name.clone());
    contexts
}

/// The context of the beginning.
fn first(namespace: &Name) -> Context {
    Context { name: CONTEXT, cluster: CONTEXT, user: USER, namespace: namespace.clone() }
}

/// Makes a context the current one; none if it is empty.
fn switch(session: &mut Session, name: &Name) {
    session.contexts = all(session);
    let namespace = session.contexts.iter().find(|context| context.name == *name).map(|context| context.namespace.clone());
    session.context = name.clone();
    session.namespace = namespace.filter(|namespace| !namespace.is_empty()).unwrap_or(Name::fixed("default"));
}

/// What a line answers whose context, cluster, user or file of settings leads nowhere; `--context` holds for this line alone.
/// Models client-go/tools/clientcmd.
#[inline(never)]
pub(super) fn elsewhere(verb: &Verb, run: &mut Run<'_>) -> Option<Answer> {
    let given = run.given;
    let text = |flag: &str| given.text(flag).filter(|text| !text.is_empty());
    let refused = |message: String| Some(Answer::failed(Failure::Own(message)));
    if let Some(file) = text("kubeconfig").filter(|name| *name != self::file() && *name != "~/.kube/config") {
        return refused(format!("stat {file}: no such file or directory"));
    }
    if run.verb == "config" {
        return None;
    }
    let wanted = text("context").map_or(run.session.context.clone(), Name::from);
    let found = all(run.session).into_iter().find(|context| context.name == wanted);
    if found.is_none() && !wanted.is_empty() {
        let message = format!("Error in configuration: context was not found for specified context: {wanted}");
        return Some(Answer::failed(Failure::Bare(message)));
    }
    if let Some(cluster) = text("cluster").filter(|cluster| entries::find(run.session, Part::Cluster, cluster).is_none()) {
        return refused(format!("no server found for cluster \"{cluster}\""));
    }
    // Those verbs know users of their own.
    if let Some(user) = text("user").filter(|_| !matches!(run.verb, "create" | "set")).filter(|user| entries::find(run.session, Part::User, user).is_none()) {
        return refused(format!("auth info \"{user}\" does not exist"));
    }
    let is_own = super::by_name(run.verb).is_none();
    let needs_server = !is_own && !matches!(run.verb, "completion" | "options" | "plugin" | "kustomize" | "alpha") && !given.is_on("client");
    if needs_server && text("cluster").is_none() && found.as_ref().is_none_or(|context| context.cluster.is_empty()) {
        let message = "The connection to the server localhost:8080 was refused - did you specify the right host or port?";
        return Some(Answer::failed(Failure::Bare(message.to_owned())));
    }
    if needs_server {
        let (mut cluster, mut user) = found.as_ref().map(|context| (context.cluster.to_string(), context.user.to_string())).unwrap_or_default();
        cluster = text("cluster").map_or(cluster, str::to_owned);
        user = text("user").filter(|_| !matches!(run.verb, "create" | "set")).map_or(user, str::to_owned);
        if let Some(failure) = entries::unreachable(run.session, &cluster, &user) {
            return Some(Answer::failed(failure));
        }
    }
    let namespace = found.map(|context| context.namespace).filter(|namespace| *namespace != run.session.namespace && text("context").is_some())?;
    let before = std::mem::replace(&mut run.session.namespace, namespace);
    let answer = super::carry_out(verb, run);
    run.session.namespace = before;
    Some(answer)
}

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let words: Vec<&str> = run.given.args.iter().map(String::as_str).collect();
    let text = match words.as_slice() {
        ["current-context", ..] if run.session.context.is_empty() => return Err(Failure::own("current-context is not set")),
        ["current-context", ..] => format!("{}\n", run.session.context),
        ["view"] => view(run)?,
        ["get-contexts", wanted @ ..] => return contexts(run, wanted),
        ["get-clusters", ..] => entries::names(run.session, Part::Cluster),
        ["get-users", ..] => entries::names(run.session, Part::User),
        ["set-cluster", name] => entries::set_cluster(run, name)?,
        ["set-credentials", name] => entries::set_credentials(run, name)?,
        ["set-credentials", ..] => return Ok(unexpected_words(&words, "unexpected")),
        ["delete-cluster", name] => entries::delete(run, Part::Cluster, name)?,
        ["delete-user", name] => entries::delete(run, Part::User, name)?,
        ["delete-user", rest @ ..] if rest.len() != 1 => return Err(Failure::usage("config delete-user", "user to delete is required")),
        [word @ ("delete-cluster" | "delete-context"), ..] if words.len() != 2 => super::help::of(&format!("config {word}")).unwrap_or_default(),
        ["set-context", _, _, ..] => return Ok(unexpected(&words)),
        ["set-context", rest @ ..] => set_context(run, rest)?,
        ["use-context" | "use", name] => use_context(run, name)?,
        ["rename-context", from, to] => rename(run, from, to)?,
        ["delete-context", name] => delete(run, name)?,
        ["set", property, value] => set(run, property, value).map(|()| format!("Property \"{property}\" set.\n"))?,
        ["unset", property] => set(run, property, "").map(|()| format!("Property \"{property}\" unset.\n"))?,
        ["set" | "unset" | "set-cluster" | "use-context" | "use" | "rename-context" | "delete-context", ..] => return Ok(unexpected(&words)),
        [] => return Ok(Answer { output: super::help::of("config").unwrap_or_default(), exit: 1, ..Answer::default() }),
        _ => return Err(Failure::unknown_command("config", &run.given.args)),
    };
    Ok(Answer::ok(text))
}

/// A word of it with the wrong number of others behind it. Models kubectl/pkg/cmd/util HelpError.
pub(super) fn unexpected(words: &[&str]) -> Answer {
    unexpected_words(words, "Unexpected")
}

fn unexpected_words(words: &[&str], sentence: &str) -> Answer {
    let word = if words[0] == "use" { "use-context" } else { words[0] };
    let help = super::help::of(&format!("config {word}")).unwrap_or_default();
    Answer::of(help, &[Failure::Own(format!("{sentence} args: [{}]", words[1..].join(" ")))])
}

fn use_context(run: &mut Run<'_>, name: &str) -> Result<String, Failure> {
    if !all(run.session).iter().any(|context| context.name == name) {
        return Err(Failure::Own(format!("no context exists with the name: \"{name}\"")));
    }
    switch(run.session, &Name::from(name));
    Ok(format!("Switched to context \"{name}\".\n"))
}

fn rename(run: &mut Run<'_>, from: &str, to: &str) -> Result<String, Failure> {
    let mut contexts = all(run.session);
    if contexts.iter().any(|context| context.name == to) {
        return Err(Failure::Own(format!("cannot rename the context \"{from}\", the context \"{to}\" already exists in {}", file())));
    }
    let Some(context) = contexts.iter_mut().find(|context| context.name == from) else {
        return Err(Failure::Own(format!("cannot rename the context \"{from}\", it's not in {}", file())));
    };
    context.name = to.into();
    run.session.contexts = contexts;
    if run.session.context == from {
        run.session.context = to.into();
    }
    Ok(format!("Context \"{from}\" renamed to \"{to}\".\n"))
}

fn delete(run: &mut Run<'_>, name: &str) -> Result<String, Failure> {
    let mut contexts = all(run.session);
    if !contexts.iter().any(|context| context.name == name) {
        return Err(Failure::Own(format!("cannot delete context {name}, not in {}", file())));
    }
    contexts.retain(|context| context.name != name);
    let mut text = String::new();
    if run.session.context == name {
        text += "warning: this removed your active context, use \"kubectl config use-context\" to select a different one\n";
        switch(run.session, &Name::default());
    }
    run.session.contexts = contexts;
    Ok(text + &format!("deleted context {name} from {}\n", file()))
}

/// `config set PROPERTY VALUE`, of what can be changed here.
fn set(run: &mut Run<'_>, property: &str, value: &str) -> Result<(), Failure> {
    let parts: Vec<&str> = property.split('.').collect();
    match parts.as_slice() {
        ["current-context"] => switch(run.session, &value.into()),
        ["contexts", name, "namespace"] => change(run, name, Some(value), None, None),
        ["contexts", name, "cluster"] => change(run, name, None, Some(value), None),
        ["contexts", name, "user"] => change(run, name, None, None, Some(value)),
        ["contexts", name] if value.is_empty() => drop(delete(run, name)),
        ["contexts", _, _] if value.is_empty() => {}
        // Colours and the like: nothing here looks at them.
        ["preferences", ..] => {}
        parts => match entries::set(run.session, parts, value) {
            Some(done) => done?,
            None => return Err(Failure::Own(format!("unable to parse {property} after [] at api.Config"))),
        },
    }
    Ok(())
}

/// Changes a context, or makes it.
fn change(run: &mut Run<'_>, name: &str, namespace: Option<&str>, cluster: Option<&str>, user: Option<&str>) {
    let mut contexts = all(run.session);
    let at = contexts.iter().position(|context| context.name == name).unwrap_or_else(|| {
        contexts.push(Context { name: name.into(), cluster: Name::default(), user: Name::default(), namespace: Name::default() });
        contexts.len() - 1
    });
    let context = &mut contexts[at];
    context.namespace = namespace.map_or(context.namespace.clone(), Name::from);
    context.cluster = cluster.map_or(context.cluster.clone(), Name::from);
    context.user = user.map_or(context.user.clone(), Name::from);
    if run.session.context == name {
        let namespace = context.namespace.clone();
        run.session.namespace = if namespace.is_empty() { Name::fixed("default") } else { namespace };
    }
    run.session.contexts = contexts;
}

fn set_context(run: &mut Run<'_>, names: &[&str]) -> Result<String, Failure> {
    let current = run.session.context.to_string();
    let name = match names {
        [] if run.given.is_on("current") && current.is_empty() => return Err(Failure::own("no current context is set")),
        [] if run.given.is_on("current") => current.as_str(),
        [_] if run.given.is_on("current") => return Err(Failure::own("you cannot specify both a context name and --current")),
        [name] if !name.is_empty() => name,
        _ => return Err(Failure::own("you must specify a non-empty context name or --current")),
    };
    let deed = if all(run.session).iter().any(|context| context.name == name) { "modified" } else { "created" };
    let given = run.given;
    change(run, name, given.text("namespace"), given.text("cluster"), given.text("user"));
    Ok(format!("Context \"{name}\" {deed}.\n"))
}

fn contexts(run: &Run<'_>, wanted: &[&str]) -> Result<Answer, Failure> {
    let mut contexts = all(run.session);
    let by_name = match run.given.text("output") {
        Some("name") => true,
        None | Some("") => false,
        Some(other) => {
            let message = format!("--output {other} is not available in kubectl config get-contexts; resetting to default output format");
            return Err(Failure::Own(message));
        }
    };
    let missing = wanted.iter().filter(|name| !contexts.iter().any(|context| context.name == ***name));
    let missing: Vec<Failure> = missing.map(|name| Failure::Own(format!("context {name} not found"))).collect();
    contexts.retain(|context| wanted.is_empty() || wanted.iter().any(|name| context.name == *name));
    if by_name {
        let names: String = contexts.iter().map(|context| format!("{}\n", context.name)).collect();
        return Ok(Answer::of(names, &missing));
    }
    let mut text = if run.given.is_on("no-headers") { "" } else { "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n" }.to_owned();
    for context in &contexts {
        let mark = if context.name == run.session.context { "*" } else { "" };
        text += &format!("{mark}\t{}\t{}\t{}\t{}\n", context.name, context.cluster, context.user, context.namespace);
    }
    Ok(Answer::of(TabWriter::table().set(&text), &missing))
}

fn view(run: &Run<'_>) -> Result<String, Failure> {
    let entry = |context: &Context| {
        let mut inner = serde_json::json!({"cluster": context.cluster.as_str(), "user": context.user.as_str()});
        if !context.namespace.is_empty() {
            inner["namespace"] = serde_json::Value::from(context.namespace.as_str());
        }
        serde_json::json!({"name": context.name.as_str(), "context": inner})
    };
    let mut contexts = all(run.session);
    let current = run.given.text("context").unwrap_or(&run.session.context);
    if run.given.is_on("minify") {
        if current.is_empty() {
            return Err(Failure::own("current-context must exist in order to minify"));
        }
        contexts.retain(|context| context.name == current);
        if contexts.is_empty() {
            return Err(Failure::Own(format!("cannot locate context {current}")));
        }
    }
    let only = contexts.first().filter(|_| run.given.is_on("minify"));
    let (cluster, user) = (only.map(|context| context.cluster.as_str()), only.map(|context| context.user.as_str()));
    let raw = run.given.is_on("raw");
    let value = serde_json::json!({
        "apiVersion": "v1", "kind": "Config", "preferences": {}, "current-context": current,
        "clusters": entries::shown(run.session, Part::Cluster, cluster, raw),
        "contexts": contexts.iter().map(entry).collect::<Vec<_>>(),
        "users": entries::shown(run.session, Part::User, user, raw),
    });
    let output = crate::kubectl::print::Output::of_write(Some(&super::get::template(run.given)))?;
    output.unwrap_or(crate::kubectl::print::Output::Yaml).typed().value(&value)
}
