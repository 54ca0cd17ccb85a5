//! What the last word of a line could become: verbs, kinds, names, flags, files.

use crate::api::Kind;
use crate::base::{Name, sort};
use crate::store::View;

use super::{Session, item, resource, verb};

/// The words that the last word of a line could be completed to, in their order. Nothing where it cannot be known.
pub fn complete(line: &str, session: &Session, view: View<'_>) -> Vec<String> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let last = if line.ends_with(char::is_whitespace) || words.is_empty() { "" } else { words.pop().unwrap_or_default() };
    let mut found = match words.split_first() {
        None => vec!["kubectl".to_owned()],
        Some((_, rest)) => after_kubectl(rest, last, session, view),
    };
    found.retain(|word| word.starts_with(last) && word != last);
    found.dedup();
    found
}

fn after_kubectl(words: &[&str], last: &str, session: &Session, view: View<'_>) -> Vec<String> {
    let Some((verb, args)) = words.split_first() else { return verb::names().map(str::to_owned).collect() };
    if last.starts_with("--") {
        return verb::flags_of(verb).map(|flag| format!("--{flag}")).collect();
    }
    let namespace = namespace(args, session);
    match args.last() {
        Some(&"-f" | &"--filename") => return session.files.keys().cloned().collect(),
        Some(&"-n" | &"--namespace") => return names(Kind::Namespace, &Name::default(), view),
        Some(&"-o" | &"--output") => return ["json", "name", "wide", "yaml"].map(str::to_owned).to_vec(),
        _ => {}
    }
    if let Some((word, _)) = last.split_once('/') {
        let Ok(kind) = resource::kind(word) else { return Vec::new() };
        return names(kind, &namespace, view).into_iter().map(|name| format!("{word}/{name}")).collect();
    }
    let plain: Vec<&&str> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    match (*verb, plain.first()) {
        ("cordon" | "uncordon", _) => names(Kind::Node, &Name::default(), view),
        ("annotate" | "delete" | "describe" | "get" | "label" | "patch" | "scale" | "taint" | "wait", None) => kinds(),
        ("annotate" | "delete" | "describe" | "get" | "label" | "patch" | "scale" | "taint" | "wait", Some(word)) => {
            resource::kind(word).map(|kind| names(kind, &namespace, view)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn namespace(args: &[&str], session: &Session) -> Name {
    let given = args.windows(2).find(|pair| matches!(pair[0], "-n" | "--namespace")).map(|pair| Name::from(pair[1]));
    given.unwrap_or_else(|| session.namespace.clone())
}

fn kinds() -> Vec<String> {
    let mut words: Vec<String> = Kind::all().map(|kind| kind.info().plural.to_owned()).collect();
    sort(&mut words);
    words
}

fn names(kind: Kind, namespace: &Name, view: View<'_>) -> Vec<String> {
    let namespace = if kind.info().namespaced { namespace.clone() } else { Name::default() };
    item::list(view, kind, &namespace).iter().map(|item| item.name().to_string()).collect()
}
