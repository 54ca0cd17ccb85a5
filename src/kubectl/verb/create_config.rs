//! `kubectl create configmap` and `kubectl create secret`: data from literals, files and env files.
//! Models kubectl/pkg/cmd/create/create_configmap.go, create_secret*.go and pkg/util/env_file.go.
//! Left out: whether a certificate fits its key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::create::{name_of, send};
use super::Run;
use crate::api::Kind;
use crate::kubectl::answer::{Answer, Failure};

/// Whose data it is: what the keys stand in, and how the values are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    ConfigMap,
    Secret,
}

pub(super) fn config_map(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "configmap", 1)?;
    let data = data(run, Holder::ConfigMap, &name)?;
    let mut value = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"creationTimestamp": null, "name": name}});
    if !data.is_empty() {
        value["data"] = Value::Object(data);
    }
    let content = json!({"data": value.get("data").unwrap_or(&json!({})), "kind": "ConfigMap", "name": name});
    hashed(run, &mut value, &content);
    send(run, Kind::ConfigMap, value)
}

/// `secret generic | tls | docker-registry NAME`
pub(super) fn secret(run: &mut Run<'_>) -> Result<Answer, Failure> {
    match run.given.args.get(1).map(String::as_str) {
        Some("generic") => generic(run),
        Some("tls") => tls(run),
        Some("docker-registry") => docker_registry(run),
        Some(_) => Err(Failure::unknown_command("create secret", &run.given.args[1..])),
        None => Err(Failure::Bare(super::help::of("create secret").unwrap_or_default())),
    }
}

fn secret_of(name: &str, kind: &str, data: Map<String, Value>) -> Value {
    let mut value = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"creationTimestamp": null, "name": name}});
    if !data.is_empty() {
        value["data"] = Value::Object(data);
    }
    if !kind.is_empty() {
        value["type"] = Value::from(kind);
    }
    value
}

/// `--append-hash`: the name with a hash of the content behind it. Models kubectl/pkg/util/hash.
fn hashed(run: &Run<'_>, value: &mut Value, content: &Value) {
    if !run.given.is_on("append-hash") {
        return;
    }
    let name = value["metadata"]["name"].as_str().unwrap_or_default();
    value["metadata"]["name"] = Value::from(format!("{name}-{}", hash_of(content)));
}

/// The hash of a config map or secret, in letters that make no words.
pub(super) fn hash_of(content: &Value) -> String {
    let digest = Sha256::digest(crate::kubectl::print::go_json(content));
    let hex: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let safe = |c: char| match c {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    };
    hex.chars().map(safe).collect()
}

/// Sends a secret, its name with a hash if that is asked for.
fn send_secret(run: &mut Run<'_>, mut value: Value) -> Result<Answer, Failure> {
    let (data, kind) = (value.get("data").cloned().unwrap_or_else(|| json!({})), value.get("type").cloned().unwrap_or_else(|| json!("")));
    let content = json!({"data": data, "kind": "Secret", "name": value["metadata"]["name"], "type": kind});
    hashed(run, &mut value, &content);
    send(run, Kind::Secret, value)
}

fn generic(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "secret generic", 2)?;
    let data = data(run, Holder::Secret, &name)?;
    let value = secret_of(&name, run.given.text("type").unwrap_or_default(), data);
    send_secret(run, value)
}

fn tls(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "secret tls", 2)?;
    let (Some(cert), Some(key)) = (run.given.text("cert"), run.given.text("key")) else {
        return Err(Failure::own("key and cert must be specified"));
    };
    let (mut data, mut readable) = (Map::new(), true);
    for (field, path) in [("tls.crt", cert), ("tls.key", key)] {
        let text = run.session.files.get(path.strip_prefix("./").unwrap_or(path));
        let text = text.ok_or_else(|| Failure::Own(format!("Cannot read file {path}, open {path}: no such file or directory")))?;
        readable &= text.contains("-----BEGIN ");
        data.insert(field.to_owned(), Value::from(STANDARD.encode(text)));
    }
    if !readable {
        return Err(Failure::own("tls: failed to find any PEM data in certificate input"));
    }
    send_secret(run, secret_of(&name, "kubernetes.io/tls", data))
}

fn docker_registry(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let name = name_of(run, "secret docker-registry", 2)?;
    let given = run.given;
    let text = |flag: &str| given.text(flag).unwrap_or_default();
    let (user, password, mail) = (text("docker-username"), text("docker-password"), text("docker-email"));
    let server = given.text("docker-server").unwrap_or("https://index.docker.io/v1/");
    let mut data = Map::new();
    if !given.all("from-file").is_empty() {
        for (key, text) in files(run)? {
            put(&mut data, Holder::Secret, &name, &key, &text)?;
        }
    } else {
        if user.is_empty() || password.is_empty() || server.is_empty() {
            let message = "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required";
            return Err(Failure::own(message));
        }
        let auth = STANDARD.encode(format!("{user}:{password}"));
        // Go writes the fields in the order of its struct.
        let quoted = |text: &str| Value::from(text).to_string();
        let mail = if mail.is_empty() { String::new() } else { format!("\"email\":{},", quoted(mail)) };
        let entry = format!("\"username\":{},\"password\":{},{mail}\"auth\":{}", quoted(user), quoted(password), quoted(&auth));
        let text = format!("{{\"auths\":{{{}:{{{entry}}}}}}}", quoted(server));
        data.insert(".dockerconfigjson".to_owned(), Value::from(STANDARD.encode(text)));
    }
    send_secret(run, secret_of(&name, "kubernetes.io/dockerconfigjson", data))
}

/// What `--from-literal`, `--from-file` and `--from-env-file` give.
fn data(run: &Run<'_>, holder: Holder, name: &str) -> Result<Map<String, Value>, Failure> {
    let given = run.given;
    let env_files = given.list("from-env-file");
    if !env_files.is_empty() && (!given.all("from-file").is_empty() || !given.all("from-literal").is_empty()) {
        return Err(Failure::own("from-env-file cannot be combined with from-file or from-literal"));
    }
    let mut data = Map::new();
    for literal in given.all("from-literal") {
        let pair = literal.split_once('=').filter(|(key, _)| !key.is_empty());
        let Some((key, value)) = pair else {
            return Err(Failure::Own(format!("invalid literal source {literal}, expected key=value")));
        };
        // Quotes that a shell has left around a value are not part of it.
        put(&mut data, holder, name, key, value.trim_matches('"'))?;
    }
    for (key, text) in files(run)? {
        put(&mut data, holder, name, &key, &text)?;
    }
    for path in env_files {
        for (key, value) in variables(run, path)? {
            put(&mut data, holder, name, &key, &value)?;
        }
    }
    Ok(data)
}

/// `--from-file=FILE`, `--from-file=KEY=FILE`, `--from-file=FOLDER`
fn files(run: &Run<'_>) -> Result<Vec<(String, String)>, Failure> {
    let mut found = Vec::new();
    for source in run.given.list("from-file") {
        let (key, path) = source.split_once('=').map_or((None, source), |(key, path)| (Some(key), path));
        if path.is_empty() || key == Some("") {
            return Err(Failure::Own(format!("key name for file path {path} missing")));
        }
        let plain = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
        let base = plain.rsplit('/').next().unwrap_or(plain);
        if let Some(text) = run.session.files.get(plain) {
            found.push((key.unwrap_or(base).to_owned(), text.clone()));
            continue;
        }
        let below = if plain == "." { String::new() } else { format!("{plain}/") };
        let inside: Vec<(String, String)> = run.session.files.iter()
            .filter_map(|(name, text)| Some((name.strip_prefix(below.as_str())?.to_owned(), text.clone())))
            .filter(|(name, _)| !name.contains('/'))
            .collect();
        if inside.is_empty() {
            return Err(Failure::Own(format!("error reading {path}: no such file or directory")));
        }
        if key.is_some() {
            return Err(Failure::own("cannot give a key name for a directory path"));
        }
        found.extend(inside);
    }
    Ok(found)
}

/// The lines of an env file. Models pkg/util/env_file.go processEnvFileLine.
fn variables(run: &Run<'_>, path: &str) -> Result<Vec<(String, String)>, Failure> {
    let text = run.session.files.get(path.strip_prefix("./").unwrap_or(path));
    let text = text.ok_or_else(|| Failure::Own(format!("error reading {path}: no such file or directory")))?;
    let mut found = Vec::new();
    for line in text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if key.is_empty() || !key.chars().all(valid) || key.starts_with(|c: char| c.is_ascii_digit()) {
            let rule = "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with \
                        a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";
            return Err(Failure::Own(format!("\"{key}\" is not a valid key name: {rule}")));
        }
        found.push((key.to_owned(), value.to_owned()));
    }
    Ok(found)
}

fn put(data: &mut Map<String, Value>, holder: Holder, name: &str, key: &str, value: &str) -> Result<(), Failure> {
    let kind = if holder == Holder::ConfigMap { "ConfigMap" } else { "Secret" };
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !key.chars().all(valid) {
        let rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or \
                    'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
        let what = if holder == Holder::ConfigMap { format!("\"{key}\" is not a valid key name for a ConfigMap") } else { format!("\"{key}\" is not valid key name for a Secret") };
        let colon = if holder == Holder::ConfigMap { ":" } else { "" };
        return Err(Failure::Own(format!("{what}{colon} {rule}")));
    }
    if data.contains_key(key) {
        return Err(Failure::Own(match holder {
            Holder::ConfigMap => format!("cannot add key \"{key}\", another key by that name already exists in Data for {kind} \"{name}\""),
            Holder::Secret => format!("cannot add key {key}, another key by that name already exists"),
        }));
    }
    let value = if holder == Holder::Secret { STANDARD.encode(value) } else { value.to_owned() };
    data.insert(key.to_owned(), Value::from(value));
    Ok(())
}
