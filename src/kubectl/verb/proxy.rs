//! `kubectl proxy`: a port of the client that the API server answers at, with the rights of the one who opened it. Models
//! kubectl/pkg/cmd/proxy and pkg/proxy/proxy_server.go. As with `port-forward` the terminal is free meanwhile.
//! Left out: requests that write, filters of paths and hosts, files of the client's own.

use serde_json::{Value, json};

use super::raw::{self, Body};
use super::{Run, forward, whole};
use crate::api::{ApiError, Kind, Reason};
use crate::base::{Name, SimDuration, SimTime};
use crate::engine::{HttpExchange, World};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::print::narrow_json;
use crate::network::Place;
use crate::runtime::{HttpRequest, HttpResponse, http_date};

pub(super) const FLAGS: &[Flag] = &[
    flag("port", Takes::Number).or('p'),
    flag("address", Takes::Text),
    flag("api-prefix", Takes::Text).only("/", "the API stands below / here"),
    flag("www", Takes::Text).or('w').not("\"kubectl port-forward\" leads to a web server"),
    flag("www-prefix", Takes::Text).or('P').not("\"kubectl port-forward\" leads to a web server"),
    flag("accept-hosts", Takes::Text).not("every request of the client is taken"),
    flag("accept-paths", Takes::Text).not("every path is taken"),
    flag("reject-methods", Takes::Text).not("only GET is answered here"),
    flag("reject-paths", Takes::Text).not("every path is taken"),
    flag("append-server-path", Takes::Truth),
    flag("disable-filter", Takes::Truth),
    flag("keepalive", Takes::Duration),
    flag("unix-socket", Takes::Text).or('u').not("--port opens a port"),
];

/// The port if none is given.
const PORT: i64 = 8001;
/// The API server takes about this long for an answer.
const THINKING: SimDuration = SimDuration::from_millis(2);

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let wanted = run.given.number("port").unwrap_or(PORT);
    forward::check_address(run)?;
    let Ok(port) = u16::try_from(wanted) else { return Err(Failure::Own(format!("listen tcp: address {wanted}: invalid port"))) };
    let taken = || Failure::Own(format!("listen tcp 127.0.0.1:{port}: bind: address already in use"));
    let port = run.world.open_proxy(port, serve).ok_or_else(taken)?;
    let mut text = format!("Starting to serve on 127.0.0.1:{port}\n");
    if run.session.is_terminal {
        text += &format!("# open beside the next lines, as in \"curl localhost:{port}/api/v1/pods\"; Ctrl+C closes it\n");
    }
    Ok(Answer::ok(text))
}

/// What comes back of a request through the port.
fn serve(world: &mut World, request: &HttpRequest, at: SimTime) -> HttpExchange {
    if let Some(exchange) = to_pod(world, request, at) {
        return exchange;
    }
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        let why = "only GET is answered through this port: kubectl itself creates, changes and deletes";
        return answered(refused(405, "MethodNotAllowed", why, at));
    }
    let begins_api = ["/api", "/apis"].iter().any(|root| request.path().trim_end_matches('/') == *root || request.path().starts_with(&format!("{root}/")));
    answered(match raw::at(world.view(), &request.target) {
        Ok(Body::Json(value)) => sent(200, "application/json", narrow_json(&value).trim_end_matches('\n'), at),
        Ok(Body::Text(text)) if text.starts_with('{') => sent(200, "application/json", &text, at),
        Ok(Body::Text(text)) => sent(200, "text/plain; charset=utf-8", &text, at),
        Err(Failure::Api { error, .. }) if begins_api => refused(if error.reason == Reason::NotFound { 404 } else { 400 }, error.reason.as_str(), &error.message, at),
        Err(Failure::Api { .. }) => sent(404, "text/plain; charset=utf-8", "404 page not found\n", at),
        Err(other) => refused(501, "", other.message(), at),
    })
}

/// What the API server itself answers.
fn answered(response: HttpResponse) -> HttpExchange {
    HttpExchange { response: Some(response), took: THINKING, onward: Vec::new() }
}

fn sent(status: u16, kind: &str, body: &str, at: SimTime) -> HttpResponse {
    let response = HttpResponse::new(status, body).with("Cache-Control", "no-cache, private").with("Content-Type", kind);
    response.with("Content-Length", body.len().to_string()).with("Date", http_date(at))
}

fn refused(status: u16, reason: &str, message: &str, at: SimTime) -> HttpResponse {
    sent(status, "application/json", &self::status(status, reason, message), at)
}

/// A refusal as the API server sends it.
pub(super) fn status(code: u16, reason: &str, message: &str) -> String {
    let mut details = String::from("{}");
    if let Some((resource, name)) = message.strip_suffix(" not found").and_then(|text| text.split_once(' ')) {
        let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
        let group = if group.is_empty() { String::new() } else { format!("    \"group\": \"{group}\",\n") };
        details = format!("{{\n    \"name\": {name},\n{group}    \"kind\": \"{plural}\"\n  }}");
    }
    let head = "{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {},\n  \"status\": \"Failure\",\n";
    let message = Value::from(message);
    format!("{head}  \"message\": {message},\n  \"reason\": \"{reason}\",\n  \"details\": {details},\n  \"code\": {code}\n}}")
}

/// A request to a pod or a service behind the API server: `/api/v1/namespaces/NS/pods/NAME[:PORT]/proxy/PATH`. None if it is no such.
/// Models pkg/registry/core/pod/strategy.go ResourceLocation and that of services.
fn to_pod(world: &mut World, request: &HttpRequest, at: SimTime) -> Option<HttpExchange> {
    let mut parts = request.target.strip_prefix("/api/v1/namespaces/")?.splitn(5, '/');
    let (namespace, plural, named) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next()?.split('?').next() != Some("proxy") {
        return None;
    }
    let rest = parts.next().unwrap_or_default();
    let words: Vec<&str> = named.split(':').collect();
    let (name, port) = match words.as_slice() {
        [name] => (*name, ""),
        [name, port] | [_, name, port] => (*name, *port),
        _ => return None,
    };
    let target = match plural {
        "pods" => pod(world, namespace, name, port),
        "services" => service(world, namespace, name, port, at),
        _ => return None,
    };
    let (ip, port) = match target {
        Ok((ip, port)) => (ip.parse().ok()?, port),
        Err((status, reason, why)) => return Some(answered(refused(status, reason, &why, at))),
    };
    let connection = world.connect(&Place::ControlPlane, ip, port, at);
    if connection.reached.is_none() {
        let why = format!("error trying to reach service: dial tcp {ip}:{port}: connect: connection refused");
        return Some(answered(refused(503, "ServiceUnavailable", &why, at)));
    }
    let inner = HttpRequest { target: format!("/{rest}"), host: format!("{ip}:{port}"), tls: false, ..request.clone() };
    let exchange = world.http(&connection, &inner, at + connection.took);
    Some(HttpExchange { took: connection.took + exchange.took, ..exchange })
}

/// An address and a port; or a status, a reason and a message.
type Target = Result<(String, u16), (u16, &'static str, String)>;

fn object(world: &World, kind: Kind, namespace: &str, name: &str) -> Result<Value, (u16, &'static str, String)> {
    let key = crate::api::ObjectKey::new(kind, namespace, name);
    let found = world.view().get(&key).map(crate::api::Object::to_value);
    found.ok_or_else(|| (404, "NotFound", ApiError::not_found(kind, &Name::from(name)).message))
}

/// A port of a pod: the one that is given, or the first that is declared.
fn pod(world: &World, namespace: &str, name: &str, port: &str) -> Target {
    let value = object(world, Kind::Pod, namespace, name)?;
    let declared = value["spec"]["containers"].as_array().into_iter().flatten().find_map(|container| container["ports"][0]["containerPort"].as_u64());
    let port = port.parse().ok().or(declared).and_then(|port| u16::try_from(port).ok()).unwrap_or(80);
    match value["status"]["podIP"].as_str() {
        Some(ip) => Ok((ip.to_owned(), port)),
        None => Err((400, "BadRequest", format!("address not allowed: pod {name} has no address"))),
    }
}

/// An endpoint of a service, now this one, now another.
fn service(world: &World, namespace: &str, name: &str, port: &str, at: SimTime) -> Target {
    let value = object(world, Kind::Service, namespace, name)?;
    let ports = value["spec"]["ports"].as_array().cloned().unwrap_or_default();
    let is_meant = |declared: &&Value| declared["name"] == port || declared["port"].to_string() == port;
    let meant = if port.is_empty() && ports.len() == 1 { ports.first() } else { ports.iter().find(is_meant) };
    let none = || (503, "ServiceUnavailable", format!("no endpoints available for service \"{name}\""));
    let Some(meant) = meant else { return Err((503, "ServiceUnavailable", format!("no service port \"{port}\" found for service \"{name}\""))) };
    let endpoints = object(world, Kind::Endpoints, namespace, name).map_err(|_| none())?;
    let mut found: Vec<(String, u16)> = Vec::new();
    for subset in endpoints["subsets"].as_array().into_iter().flatten() {
        let open = subset["ports"].as_array().into_iter().flatten().find(|open| open.get("name").unwrap_or(&json!("")) == meant.get("name").unwrap_or(&json!("")));
        let Some(open) = open.and_then(|open| open["port"].as_u64()).and_then(|port| u16::try_from(port).ok()) else { continue };
        found.extend(subset["addresses"].as_array().into_iter().flatten().filter_map(|address| Some((address["ip"].as_str()?.to_owned(), open))));
    }
    let turn = usize::try_from(at.micros() / 1_009 % u64::try_from(found.len().max(1)).unwrap_or(1)).unwrap_or_default();
    found.into_iter().nth(turn).ok_or_else(none)
}
