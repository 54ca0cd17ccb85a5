//! Clusters and users of kubectl's settings: only one of each leads to the simulated cluster, the others can be written down.
//! Models kubectl/pkg/cmd/config set_cluster.go, set_credentials.go, set.go, delete_cluster.go, delete_user.go and client-go/tools/clientcmd.
//! Left out: plugins that bring credentials.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::config::{TOKEN, USER, file};
use super::Run;
use crate::base::{Name, sort_by_cached_key};
use crate::kubectl::answer::Failure;
use crate::kubectl::{CONTEXT, Session};

/// Where the one cluster is.
const SERVER: &str = "https://127.0.0.1:6443";

/// Which list of the settings an entry stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `clusters`
    Cluster,
    /// `users`
    User,
}

/// A cluster or a user of the settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Which of both.
    pub part: Part,
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub value: Value,
}

impl Part {
    fn of_property(word: &str) -> Option<Part> {
        match word {
            "clusters" => Some(Part::Cluster),
            "users" => Some(Part::User),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Part::Cluster => "cluster",
            Part::User => "user",
        }
    }
}

/// All entries, in the order of their names.
pub(super) fn all(session: &Session) -> Vec<Entry> {
    let first = || {
        vec![
            Entry { part: Part::Cluster, name: CONTEXT, value: json!({"server": SERVER}) },
            Entry { part: Part::User, name: USER, value: json!({"token": TOKEN}) },
        ]
    };
    let mut entries = session.entries.clone().unwrap_or_else(first);
    sort_by_cached_key(&mut entries, |entry| entry.name.clone());
    entries
}

pub(super) fn find(session: &Session, part: Part, name: &str) -> Option<Entry> {
    all(session).into_iter().find(|entry| entry.part == part && entry.name == name)
}

/// Why what a cluster and a user of the settings lead to does not answer; None if they lead to the simulated cluster.
pub(super) fn unreachable(session: &Session, cluster: &str, user: &str) -> Option<Failure> {
    let text = |entry: Option<Entry>, field: &str| entry.and_then(|entry| entry.value.get(field)?.as_str().map(str::to_owned)).unwrap_or_default();
    let server = text(find(session, Part::Cluster, cluster), "server");
    if server != SERVER {
        let host = server.rsplit("://").next().unwrap_or_default().split('/').next().unwrap_or_default();
        let host = if host.is_empty() { "localhost:8080".to_owned() } else { host.to_owned() };
        if host.starts_with("localhost") || host.starts_with("127.") {
            return Some(Failure::Bare(format!("The connection to the server {host} was refused - did you specify the right host or port?")));
        }
        let host = if host.contains(':') { host } else { format!("{host}:443") };
        return Some(Failure::Bare(format!("Unable to connect to the server: dial tcp {host}: i/o timeout")));
    }
    (text(find(session, Part::User, user), "token") != TOKEN).then(|| Failure::own("You must be logged in to the server (Unauthorized)"))
}

/// Changes the fields of an entry, or makes it.
fn change(session: &mut Session, part: Part, name: &str, put: impl FnOnce(&mut Map<String, Value>)) {
    let mut entries = all(session);
    let at = entries.iter().position(|entry| entry.part == part && entry.name == name).unwrap_or_else(|| {
        entries.push(Entry { part, name: name.into(), value: json!({}) });
        entries.len() - 1
    });
    if let Some(map) = entries[at].value.as_object_mut() {
        put(map);
    }
    session.entries = Some(entries);
}

/// A file that is named, as it is or in base64 for `--embed-certs`.
fn certificate(run: &Run<'_>, flag: &str) -> Result<Option<(String, Value)>, Failure> {
    let Some(path) = run.given.text(flag) else { return Ok(None) };
    if !run.given.is_on("embed-certs") {
        return Ok(Some((flag.to_owned(), Value::from(path))));
    }
    let text = run.session.files.get(path.strip_prefix("./").unwrap_or(path));
    let text = text.ok_or_else(|| Failure::Own(format!("could not stat {flag} file {path}: stat {path}: no such file or directory")))?;
    Ok(Some((format!("{flag}-data"), Value::from(STANDARD.encode(text)))))
}

/// `set-cluster NAME`
pub(super) fn set_cluster(run: &mut Run<'_>, name: &str) -> Result<String, Failure> {
    let authority = certificate(run, "certificate-authority")?;
    let texts: Vec<(String, Value)> =
        ["server", "tls-server-name", "proxy-url"].iter().filter_map(|flag| Some(((*flag).to_owned(), Value::from(run.given.text(flag)?)))).collect();
    let (insecure, secure) = (run.given.is_on("insecure-skip-tls-verify"), run.given.is_off("insecure-skip-tls-verify"));
    change(run.session, Part::Cluster, name, |map| {
        map.extend(texts);
        if insecure {
            map.retain(|field, _| !field.starts_with("certificate-authority"));
            map.insert("insecure-skip-tls-verify".to_owned(), json!(true));
        }
        if authority.is_some() || secure {
            map.remove("insecure-skip-tls-verify");
        }
        if authority.is_some() {
            map.retain(|field, _| !field.starts_with("certificate-authority"));
        }
        map.extend(authority);
    });
    Ok(format!("Cluster \"{name}\" set.\n"))
}

/// `set-credentials NAME`
pub(super) fn set_credentials(run: &mut Run<'_>, name: &str) -> Result<String, Failure> {
    let given = run.given;
    if let Some(flag) = ["auth-provider", "exec-command"].into_iter().find(|flag| given.text(flag).is_some()) {
        return Err(Failure::unsupported(&format!("--{flag}"), "there is one user, who may do everything"));
    }
    let (token, basic) = (given.text("token").is_some(), given.text("username").is_some() || given.text("password").is_some());
    if token && basic {
        return Err(Failure::own("you cannot specify more than one authentication method at the same time: --token, --username/--password"));
    }
    let mut put: Vec<(String, Value)> = Vec::new();
    for flag in ["client-certificate", "client-key"] {
        put.extend(certificate(run, flag)?);
    }
    for flag in ["token", "username", "password"] {
        put.extend(given.text(flag).map(|text| (flag.to_owned(), Value::from(text))));
    }
    change(run.session, Part::User, name, |map| {
        if token {
            map.retain(|field, _| !matches!(field.as_str(), "username" | "password"));
        }
        if basic {
            map.remove("token");
        }
        for (field, _) in &put {
            let other = field.strip_suffix("-data").map_or_else(|| format!("{field}-data"), str::to_owned);
            map.remove(&other);
        }
        map.extend(put);
    });
    Ok(format!("User \"{name}\" set.\n"))
}

/// `delete-cluster NAME`, `delete-user NAME`
pub(super) fn delete(run: &mut Run<'_>, part: Part, name: &str) -> Result<String, Failure> {
    let mut entries = all(run.session);
    let count = entries.len();
    entries.retain(|entry| entry.part != part || entry.name != name);
    let (what, file) = (part.word(), file());
    if entries.len() == count {
        return Err(Failure::Own(format!("cannot delete {what} {name}, not in {file}")));
    }
    run.session.entries = Some(entries);
    Ok(format!("deleted {what} {name} from {file}\n"))
}

/// The names of a part, below the head of their column.
pub(super) fn names(session: &Session, part: Part) -> String {
    let entries = all(session);
    let names = entries.iter().filter(|entry| entry.part == part).map(|entry| format!("{}\n", entry.name));
    ["NAME\n".to_owned()].into_iter().chain(names).collect()
}

const FIELDS: [&str; 13] = [
    "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority", "certificate-authority-data", "proxy-url", "client-certificate",
    "client-certificate-data", "client-key", "client-key-data", "token", "username", "password",
];

/// `set` and `unset` of a property `clusters.NAME.FIELD`; an empty value unsets. None if it is a property of something else.
pub(super) fn set(session: &mut Session, parts: &[&str], value: &str) -> Option<Result<(), Failure>> {
    let part = Part::of_property(parts.first()?)?;
    match (&parts[1..], value) {
        ([], "") => session.entries = Some(all(session).into_iter().filter(|entry| entry.part != part).collect()),
        ([name], "") => session.entries = Some(all(session).into_iter().filter(|entry| entry.part != part || entry.name != **name).collect()),
        ([name, field], "") => {
            if find(session, part, name).is_some() {
                change(session, part, name, |map| drop(map.remove(*field)));
            }
        }
        ([_, "insecure-skip-tls-verify"], value) if value.parse::<bool>().is_err() => {
            return Some(Err(Failure::Own(format!("strconv.ParseBool: parsing {value:?}: invalid syntax"))));
        }
        ([name, field], value) if FIELDS.contains(field) => {
            let value = value.parse::<bool>().map_or_else(|_| Value::from(value), Value::from);
            change(session, part, name, |map| drop(map.insert((*field).to_owned(), value)));
        }
        _ => return Some(Err(Failure::Own(format!("unable to parse {0} after [] at api.Config", parts.join("."))))),
    }
    Some(Ok(()))
}

/// The list of a part, for `view`; only the entry of this name if one is given.
pub(super) fn shown(session: &Session, part: Part, only: Option<&str>, raw: bool) -> Value {
    let hidden = |field: &str, value: &Value| match field {
        _ if raw => value.clone(),
        "token" | "password" => json!("REDACTED"),
        "certificate-authority-data" | "client-certificate-data" | "client-key-data" => json!("DATA+OMITTED"),
        _ => value.clone(),
    };
    let entries = all(session);
    let wanted = entries.iter().filter(|entry| entry.part == part && only.is_none_or(|only| entry.name == only));
    let list: Vec<Value> = wanted
        .map(|entry| {
            let fields = entry.value.as_object().into_iter().flatten();
            let fields: Map<String, Value> = fields.map(|(field, value)| (field.clone(), hidden(field, value))).collect();
            json!({"name": entry.name.as_str(), part.word(): fields})
        })
        .collect();
    if list.is_empty() { Value::Null } else { Value::from(list) }
}
