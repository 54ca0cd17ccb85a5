//! `kubectl get --raw PATH`: what the API server answers to a path, for those that people ask for: versions, health, lists and objects.

use serde_json::{Value, json};

use super::Run;
use crate::api::{ApiError, Kind, ObjectKey, Reason};
use crate::base::{self, Name};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::item::{self, Item};
use crate::kubectl::print::sent_json;
use crate::store::View;

pub(super) fn run(run: &Run<'_>, path: &str) -> Result<Answer, Failure> {
    if !run.given.args.is_empty() {
        return Err(Failure::own("arguments may not be passed when --raw is specified"));
    }
    Ok(Answer::ok(match at(run.view(), path_of(path)?)? {
        Body::Json(value) => sent_json(&value),
        Body::Text(text) => text,
    }))
}

/// The path that is asked for: what is given, or that of an address. Models get.go rawGet and net/url ParseRequestURI.
pub(super) fn path_of(given: &str) -> Result<&str, Failure> {
    if given.starts_with('/') {
        return Ok(given);
    }
    match given.split_once("://") {
        Some((_, place)) => Ok(place.find('/').map_or("/", |at| &place[at..])),
        None => Err(Failure::Own(format!("--raw must be a valid URL path: parse {given:?}: invalid URI for request"))),
    }
}

/// What is sent as an answer.
pub(super) enum Body {
    Json(Value),
    Text(String),
}

/// What the API server answers to a GET of a path.
pub(super) fn at(view: View<'_>, path: &str) -> Result<Body, Failure> {
    let (plain, query) = path.split_once('?').unwrap_or((path, ""));
    let parts: Vec<&str> = plain.split('/').filter(|part| !part.is_empty()).collect();
    Ok(Body::Json(match parts.as_slice() {
        [probe @ ("healthz" | "livez" | "readyz")] => return Ok(Body::Text(health(probe, query.split('&').any(|word| word.split('=').next() == Some("verbose"))))),
        ["healthz" | "livez" | "readyz", check @ ..] if CHECKS.contains(&check.join("/").as_str()) => return Ok(Body::Text("ok".to_owned())),
        ["version"] => return Ok(Body::Text(version())),
        [] => json!({"paths": paths()}),
        ["api"] => {
            let addresses = json!([{"clientCIDR": "0.0.0.0/0", "serverAddress": "192.168.64.10:6443"}]);
            json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses})
        }
        ["api", "v1"] => resources("v1")?,
        ["apis"] => json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups()}),
        ["apis", group] => {
            let mut found = groups().into_iter().find(|known| known["name"] == *group).ok_or_else(missing)?;
            (found["kind"], found["apiVersion"]) = (json!("APIGroup"), json!("v1"));
            found
        }
        ["apis", group, version] => resources(&format!("{group}/{version}"))?,
        ["api", "v1", rest @ ..] => objects(view, "v1", rest)?,
        ["apis", group, version, rest @ ..] => objects(view, &format!("{group}/{version}"), rest)?,
        ["metrics", ..] => return Err(Failure::unsupported("/metrics", "nobody measures the API server; \"kubectl get --raw /livez?verbose\" tells its health")),
        ["openapi", ..] => return Err(Failure::unsupported("/openapi", "\"kubectl explain KIND --recursive\" tells the fields of a kind")),
        _ => return Err(missing()),
    }))
}

/// What an API server lists that is asked for no path: that of the API, of each group and version, and what it tells of itself.
fn paths() -> Vec<String> {
    let mut paths: Vec<String> = ["/.well-known/openid-configuration", "/api", "/api/v1", "/apis", "/apis/"].map(str::to_owned).into();
    let of_groups = groups().into_iter().flat_map(|group| {
        let name = group["name"].as_str().unwrap_or_default().to_owned();
        let versions: Vec<String> = group["versions"].as_array().into_iter().flatten().map(|version| format!("/apis/{name}/{}", version["version"].as_str().unwrap_or_default())).collect();
        [format!("/apis/{name}")].into_iter().chain(versions)
    });
    paths.extend(of_groups);
    for probe in ["healthz", "livez"] {
        paths.push(format!("/{probe}"));
        paths.extend(CHECKS.iter().filter(|check| **check != "shutdown").map(|check| format!("/{probe}/{check}")));
    }
    paths.extend(["/metrics", "/openapi/v2", "/openapi/v3", "/openid/v1/jwks", "/readyz", "/version"].map(str::to_owned));
    base::sort(&mut paths);
    paths
}

fn missing() -> Failure {
    ApiError::new(Reason::NotFound, "the server could not find the requested resource").into()
}

fn version() -> String {
    let fields = [
        ("major", "1"), ("minor", "32"), ("gitVersion", super::cluster::SERVER), ("gitTreeState", "clean"), ("goVersion", "go1.23.12"),
        ("compiler", "gc"), ("platform", "linux/amd64"),
    ];
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("  \"{name}\": \"{value}\"")).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

/// What the health of an API server of 1.32 is made of.
const CHECKS: [&str; 32] = [
    "ping", "log", "etcd", "poststarthook/start-apiserver-admission-initializer", "poststarthook/generic-apiserver-start-informers",
    "poststarthook/priority-and-fairness-config-consumer", "poststarthook/priority-and-fairness-filter",
    "poststarthook/storage-object-count-tracker-hook", "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiextensions-controllers", "poststarthook/crd-informer-synced", "poststarthook/start-system-namespaces-controller",
    "poststarthook/start-cluster-authentication-info-controller", "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector", "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers", "poststarthook/rbac/bootstrap-roles",
    "poststarthook/scheduling/bootstrap-system-priority-classes", "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/bootstrap-controller", "poststarthook/aggregator-reload-proxy-client-cert", "poststarthook/start-kube-aggregator-informers",
    "poststarthook/apiservice-status-local-available-controller", "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/apiservice-registration-controller", "poststarthook/apiservice-discovery-controller",
    "poststarthook/kube-apiserver-autoregistration", "autoregister-completion", "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller", "shutdown",
];

/// `ok`, or each check in a line. Models apiserver/pkg/server/healthz.
fn health(probe: &str, verbose: bool) -> String {
    if !verbose {
        return "ok".to_owned();
    }
    let mut text = String::new();
    for check in CHECKS.iter().filter(|check| **check != "shutdown" || probe == "readyz") {
        text += &format!("[+]{check} ok\n");
        if *check == "etcd" && probe == "readyz" {
            text += "[+]etcd-readiness ok\n[+]informer-sync ok\n";
        }
    }
    text + probe + " check passed\n"
}

/// The API groups with their versions, without the core.
fn groups() -> Vec<Value> {
    let mut groups: Vec<Value> = Vec::new();
    for kind in Kind::all() {
        let api_version = kind.api_version();
        let Some((group, version)) = api_version.split_once('/') else { continue };
        let entry = json!({"groupVersion": api_version.as_str(), "version": version});
        match groups.iter_mut().find(|known| known["name"] == group) {
            Some(known) => {
                if let Some(versions) = known["versions"].as_array_mut().filter(|versions| !versions.contains(&entry)) {
                    versions.push(entry);
                }
            }
            None => groups.push(json!({"name": group, "versions": [entry.clone()], "preferredVersion": entry})),
        }
    }
    groups
}

/// The kinds of an API version.
fn resources(api_version: &str) -> Result<Value, Failure> {
    let resource = |kind: Kind| {
        let info = kind.info();
        let verbs: Vec<&str> = super::cluster::verbs(kind).split(',').collect();
        let mut value = json!({"kind": kind.name(), "name": info.plural, "namespaced": info.namespaced, "singularName": info.singular, "verbs": verbs});
        if !info.short.is_empty() {
            value["shortNames"] = json!(info.short);
        }
        value
    };
    let kinds: Vec<Value> = Kind::all().filter(|kind| kind.api_version() == api_version).map(resource).collect();
    if kinds.is_empty() {
        return Err(missing());
    }
    let mut list = json!({"kind": "APIResourceList", "groupVersion": api_version, "resources": kinds});
    if api_version != "v1" {
        list["apiVersion"] = json!("v1");
    }
    Ok(list)
}

/// `namespaces/NS/PLURAL/NAME`, `PLURAL/NAME`, and either without the name.
fn objects(view: View<'_>, api_version: &str, path: &[&str]) -> Result<Value, Failure> {
    let (namespace, path) = match path {
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Name::from(*namespace), rest),
        path => (Name::default(), path),
    };
    let of = |plural: &str| Kind::all().find(|kind| kind.api_version() == api_version && kind.info().plural == plural).ok_or_else(missing);
    match path {
        [plural] => {
            let kind = of(plural)?;
            let mut values: Vec<Value> = item::list(view, kind, &namespace).iter().map(Item::to_value).collect();
            // The items of a list do not name their kind.
            for map in values.iter_mut().filter_map(Value::as_object_mut) {
                map.remove("kind");
                map.remove("apiVersion");
            }
            let version = view.revision().to_string();
            let list = json!({"apiVersion": api_version, "items": values, "kind": format!("{}List", kind.name()), "metadata": {"resourceVersion": version}});
            Ok(list)
        }
        [plural, name] | [plural, name, "status"] => {
            let kind = of(plural)?;
            let key = ObjectKey { kind, namespace, name: Name::from(*name) };
            let found = item::find(view, &key).ok_or_else(|| Failure::from(ApiError::not_found(kind, &key.name)))?;
            Ok(found.to_value())
        }
        _ => Err(missing()),
    }
}
