//! `kubectl create serviceaccount | role | clusterrole | rolebinding | clusterrolebinding`.
//! Models kubectl/pkg/cmd/create/create_role.go and its neighbours.

use serde_json::{Value, json};

use super::create::{name_of, send};
use super::Run;
use crate::api::Kind;
use crate::base::{SmallMap, sort};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::resource;

const RBAC: &str = "rbac.authorization.k8s.io";
/// Others are taken with a warning. Models create_role.go validResourceVerbs.
const VERBS: [&str; 15] = [
    "*", "get", "delete", "list", "create", "update", "patch", "watch", "proxy", "deletecollection", "use", "bind", "escalate", "impersonate",
    "approve",
];

/// Models create_clusterrole.go validNonResourceVerbs.
const NON_RESOURCE_VERBS: [&str; 8] = ["*", "get", "post", "put", "delete", "patch", "head", "options"];

pub(super) fn service_account(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "serviceaccount", 1)?;
    send(run, Kind::ServiceAccount, json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"creationTimestamp": null, "name": name}}))
}

fn shell(kind: Kind, name: &str) -> Value {
    json!({"apiVersion": kind.api_version(), "kind": kind.name(), "metadata": {"creationTimestamp": null, "name": name}})
}

pub(super) fn role(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "role", 1)?;
    let verbs = verbs(run)?;
    let (rules, warning) = rules(run, &verbs)?;
    if rules.is_empty() {
        return Err(Failure::own("at least one resource must be specified"));
    }
    let mut value = shell(Kind::Role, &name);
    value["rules"] = Value::Array(rules);
    warned(send(run, Kind::Role, value)?, warning)
}

pub(super) fn cluster_role(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "clusterrole", 1)?;
    let mut value = shell(Kind::ClusterRole, &name);
    let given = run.given;
    if let Some(rule) = given.text("aggregation-rule") {
        let pairs: Option<Vec<(&str, &str)>> = rule.split(',').map(|pair| pair.split_once('=')).collect();
        let Some(pairs) = pairs else {
            return Err(run.refused_flag("create clusterrole", "--aggregation-rule", rule, "malformed pair, expect string=string"));
        };
        if ["verb", "resource", "non-resource-url", "resource-name"].iter().any(|flag| !given.all(flag).is_empty()) {
            return Err(Failure::own("aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames"));
        }
        let labels: serde_json::Map<String, Value> = pairs.into_iter().map(|(key, value)| (key.to_owned(), Value::from(value))).collect();
        value["aggregationRule"] = json!({"clusterRoleSelectors": [{"matchLabels": labels}]});
        value["rules"] = Value::Null;
        return send(run, Kind::ClusterRole, value);
    }
    let verbs = verbs(run)?;
    let urls = given.list("non-resource-url");
    let (mut rules, warning) = if urls.is_empty() || !given.all("resource").is_empty() { rules(run, &verbs)? } else { Default::default() };
    if !urls.is_empty() {
        if urls.iter().any(|url| *url != "*" && !url.starts_with('/')) {
            return Err(Failure::own("nonResourceURL should start with /"));
        }
        if let Some(verb) = verbs.iter().find(|verb| !NON_RESOURCE_VERBS.contains(&verb.as_str())) {
            return Err(Failure::Own(format!("invalid verb: '{verb}' for nonResourceURL")));
        }
        rules.push(json!({"verbs": verbs, "nonResourceURLs": urls}));
    }
    if rules.is_empty() {
        return Err(Failure::own("one of resource or nonResourceURL must be specified"));
    }
    value["rules"] = Value::Array(rules);
    warned(send(run, Kind::ClusterRole, value)?, warning)
}

fn warned(mut answer: Answer, warning: String) -> Result<Answer, Failure> {
    answer.output.insert_str(0, &warning);
    Ok(answer)
}

fn verbs(run: &Run<'_>) -> Result<Vec<String>, Failure> {
    let mut verbs: Vec<String> = Vec::new();
    for verb in run.given.list("verb") {
        if verb == "*" {
            return Ok(vec!["*".to_owned()]);
        }
        if !verbs.iter().any(|known| known == verb) {
            verbs.push(verb.to_owned());
        }
    }
    if verbs.is_empty() { Err(Failure::own("at least one verb must be specified")) } else { Ok(verbs) }
}

/// A rule for each API group of the resources, and what is to be warned of.
fn rules(run: &Run<'_>, verbs: &[String]) -> Result<(Vec<Value>, String), Failure> {
    let given = run.given;
    let wanted = given.list("resource");
    let names = given.list("resource-name");
    let mut warning = String::new();
    for verb in verbs.iter().filter(|verb| !VERBS.contains(&verb.as_str())) {
        warning += &format!("Warning: '{verb}' is not a standard resource verb\n");
    }
    let mut groups: SmallMap<String, Vec<String>> = SmallMap::new();
    for word in wanted {
        let (word, sub) = word.split_once('/').map_or((word, ""), |(word, sub)| (word, sub));
        let (group, mut plural) = match word {
            "*" => (String::new(), "*".to_owned()),
            word => {
                let found = resource::kind(word).map_err(Failure::bare)?;
                (found.info().group.to_owned(), found.info().plural.to_owned())
            }
        };
        if !sub.is_empty() {
            plural += &format!("/{sub}");
        }
        let there = groups.entry(group).or_default();
        if !there.contains(&plural) {
            there.push(plural);
        }
    }
    let mut keys: Vec<String> = groups.keys().cloned().collect();
    sort(&mut keys);
    let rule = |group: &String| {
        let mut rule = json!({"verbs": verbs, "apiGroups": [group], "resources": groups[group]});
        if !names.is_empty() {
            rule["resourceNames"] = json!(names);
        }
        rule
    };
    Ok((keys.iter().map(rule).collect(), warning))
}

pub(super) fn role_binding(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "rolebinding", 1)?;
    let (role, cluster_role) = (run.given.text("role").unwrap_or_default(), run.given.text("clusterrole").unwrap_or_default());
    let (kind, role) = match (role, cluster_role) {
        ("", "") => return Err(Failure::own("exactly one of clusterrole or role must be specified")),
        ("", cluster_role) => ("ClusterRole", cluster_role),
        (role, "") => ("Role", role),
        _ => return Err(Failure::own("exactly one of clusterrole or role must be specified")),
    };
    let (kind, role) = (kind.to_owned(), role.to_owned());
    bind(run, Kind::RoleBinding, &name, &kind, &role)
}

pub(super) fn cluster_role_binding(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let Some(role) = run.given.text("clusterrole").map(str::to_owned) else {
        return Err(Failure::own("required flag(s) \"clusterrole\" not set"));
    };
    let name = name_of(run, "clusterrolebinding", 1)?;
    bind(run, Kind::ClusterRoleBinding, &name, "ClusterRole", &role)
}

fn bind(run: &mut Run<'_>, kind: Kind, name: &str, role_kind: &str, role: &str) -> Result<Answer, Failure> {
    let mut subjects = Vec::new();
    for (flag, what) in [("user", "User"), ("group", "Group")] {
        subjects.extend(run.given.list(flag).into_iter().map(|name| json!({"apiGroup": RBAC, "kind": what, "name": name})));
    }
    for account in run.given.list("serviceaccount") {
        let Some((namespace, name)) = account.split_once(':').filter(|(a, b)| !a.is_empty() && !b.is_empty()) else {
            return Err(Failure::own("serviceaccount must be <namespace>:<name>"));
        };
        subjects.push(json!({"kind": "ServiceAccount", "name": name, "namespace": namespace}));
    }
    let mut value = shell(kind, name);
    value["roleRef"] = json!({"apiGroup": RBAC, "kind": role_kind, "name": role});
    if !subjects.is_empty() {
        value["subjects"] = Value::Array(subjects);
    }
    send(run, kind, value)
}
