//! `--as`: the same line by somebody else, who is refused what no role allows. Models apiserver/pkg/endpoints/filters/authorization.go
//! and its words. Verbs that ask for several things are refused with `--as`.

use super::Run;
use crate::api::{ApiError, Kind, Reason};
use crate::apiserver::authorization::{self, Attributes, User};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::files;
use crate::kubectl::flags::Given;
use crate::kubectl::resource::{self, Wanted};

/// Who gives a command: the administrator, or whom `--as` names.
pub(super) fn user(given: &Given) -> User {
    match given.text("as").filter(|name| !name.is_empty()) {
        Some(name) => User::impersonated(name, given.list("as-group").into_iter().map(str::to_owned).collect()),
        None => User::administrator(),
    }
}

/// The refusal, if the one that the line names may not do what it asks for.
#[inline(never)]
pub(in crate::kubectl) fn refusal(run: &Run<'_>) -> Option<Answer> {
    if matches!(run.verb, "auth" | "version" | "config" | "options" | "completion" | "explain" | "api-resources" | "api-versions" | "cluster-info") {
        return None;
    }
    let user = user(run.given);
    match attributes(run) {
        Ok(asked) => {
            let refused = asked.into_iter().find(|(_, asked)| !authorization::allows(run.view(), &user, asked))?;
            Some(Answer::failed(forbidden(&user, refused.0, &refused.1)))
        }
        Err(failure) => Some(Answer::failed(failure)),
    }
}

/// What the line asks the server for.
fn attributes(run: &Run<'_>) -> Result<Vec<(Kind, Attributes)>, Failure> {
    let (given, args) = (run.given, run.given.args.as_slice());
    let scope = run.scope();
    let asking = |verb: &str, kind: Kind, name: &str, subresource: &str| {
        let info = kind.info();
        let namespace = if scope.everywhere || !info.namespaced { String::new() } else { scope.namespace.to_string() };
        let (verb, subresource) = (verb.to_owned(), subresource.to_owned());
        (kind, Attributes { verb, group: info.group.to_owned(), resource: info.plural.to_owned(), subresource, name: name.to_owned(), namespace, path: String::new() })
    };
    let pod = || args.first().map(|word| word.trim_start_matches("pod/").to_owned()).unwrap_or_default();
    match run.verb {
        "get" | "describe" | "delete" if given.text("raw").is_none() => {
            let wanted = match given.text("filename") {
                None => Wanted::of_args(args)?,
                Some(_) => Wanted::Named(files::targets(given, run.session, &scope).0.into_iter().map(|target| (target.key.kind, target.key.name)).collect()),
            };
            Ok(match wanted {
                Wanted::Kinds(kinds) => kinds.into_iter().map(|kind| asking("list", kind, "", "")).collect(),
                Wanted::Named(named) => {
                    let verb = if run.verb == "delete" { "delete" } else { "get" };
                    named.iter().map(|(kind, name)| asking(verb, *kind, name, "")).collect()
                }
            })
        }
        "create" | "apply" if given.text("filename").is_some() => {
            Ok(files::targets(given, run.session, &scope).0.into_iter().map(|target| asking("create", target.key.kind, "", "")).collect())
        }
        "create" => Ok(vec![asking("create", resource::kind(args.first().map_or("", String::as_str))?, "", "")]),
        "run" => Ok(vec![asking("create", Kind::Pod, "", "")]),
        "logs" => Ok(vec![asking("get", Kind::Pod, &pod(), ""), asking("get", Kind::Pod, &pod(), "log")]),
        "exec" => Ok(vec![asking("get", Kind::Pod, &pod(), ""), asking("create", Kind::Pod, &pod(), "exec")]),
        verb => Err(Failure::unsupported(&format!("--as with kubectl {verb}"), "ask \"kubectl auth can-i VERB TYPE --as=NAME\"")),
    }
}

/// `pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"`
fn forbidden(user: &User, kind: Kind, asked: &Attributes) -> Failure {
    let named = if asked.name.is_empty() || asked.verb == "create" && asked.subresource.is_empty() { String::new() } else { format!(" \"{}\"", asked.name) };
    let resource = if asked.subresource.is_empty() { asked.resource.clone() } else { format!("{}/{}", asked.resource, asked.subresource) };
    let place = if asked.namespace.is_empty() { "at the cluster scope".to_owned() } else { format!("in the namespace \"{}\"", asked.namespace) };
    let who = format!("User \"{}\" cannot {} resource \"{resource}\" in API group \"{}\" {place}", user.name, asked.verb, asked.group);
    ApiError::new(Reason::Forbidden, format!("{}{named} is forbidden: {who}", kind.resource())).into()
}
