//! Who answers requests: programs in containers, kube-proxy's health checks, the API server, and the small web server outside.
//! Left out: the API server's real answers; a request without a token is all that reaches it this way.

use super::{Connection, HttpExchange, HttpRequest, HttpResponse, containers, host_listener, listener};
use crate::base::{Name, SimDuration, SimTime};
use crate::engine::World;
use crate::network::{Place, Protocol};

/// A program takes about this long for an answer.
const THINKING: SimDuration = SimDuration::from_micros(150);

impl World {
    pub(super) fn serve(&mut self, place: &Place, port: u16, connection: &Connection, request: &HttpRequest, at: SimTime) -> HttpExchange {
        let response = match place {
            Place::Pod(namespace, name) => return self.serve_by_pod(&(namespace.clone(), name.clone()), port, connection, request, at),
            Place::Node(node) => match host_listener(&self.machines, self.api.view(), node, Protocol::Tcp, port) {
                Some(pod) => return self.serve_by_pod(&pod, port, connection, request, at),
                None => self.serve_health(node, port, at).filter(|_| !request.tls),
            },
            Place::Client => (!request.tls).then(|| outside(connection, request, at)),
            Place::ControlPlane if port == 6443 => Some(api_server(request, at)),
            _ => None,
        };
        HttpExchange { response, took: THINKING, onward: Vec::new() }
    }

    fn serve_by_pod(&mut self, name: &(Name, Name), port: u16, connection: &Connection, request: &HttpRequest, at: SimTime) -> HttpExchange {
        let nothing = HttpExchange { response: None, took: THINKING, onward: Vec::new() };
        let Some(pod) = self.view().pod(&name.0, &name.1).cloned() else { return nothing };
        let Some(machine) = self.machines.get_mut(&pod.node_name) else { return nothing };
        let Some(sandbox) = std::rc::Rc::make_mut(machine).sandboxes.get_mut(name) else { return nothing };
        let Some(index) = listener(&pod, sandbox, Protocol::Tcp, port) else { return nothing };
        let Some(container) = containers(&pod).nth(index).filter(|_| !request.tls) else { return nothing };
        let from = connection.seen.to_string();
        let Some(answer) = sandbox.instances[index].request(container, &pod.meta.name, i32::from(port), &from, at) else { return nothing };
        let headers = vec![
            ("Date".to_owned(), http_date(at)),
            ("Content-Length".to_owned(), answer.body.len().to_string()),
            ("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned()),
        ];
        let response = HttpResponse {
            version: "HTTP/1.1",
            status: answer.status,
            reason: reason(answer.status),
            headers,
            body: answer.body,
            ..HttpResponse::default()
        };
        HttpExchange { response: Some(response), took: THINKING, onward: Vec::new() }
    }

    /// Models pkg/proxy/healthcheck/service_health.go hcHandler.ServeHTTP.
    fn serve_health(&mut self, node: &Name, port: u16, at: SimTime) -> Option<HttpResponse> {
        let known = self.network.plane.known_on(node, at);
        let rules = known.iter().find(|rules| rules.health_check_port == port && port != 0)?;
        let count = rules.local_endpoints(node).len();
        let status = if count == 0 { 503 } else { 200 };
        let body = format!(
            "{{\n\t\"service\": {{\n\t\t\"namespace\": \"{}\",\n\t\t\"name\": \"{}\"\n\t}},\n\t\"localEndpoints\": {count},\n\t\"serviceProxyHealthy\": true\n}}",
            rules.namespace, rules.service
        );
        let headers = vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("X-Content-Type-Options".to_owned(), "nosniff".to_owned()),
            ("X-Load-Balancing-Endpoint-Weight".to_owned(), count.to_string()),
            ("Date".to_owned(), http_date(at)),
            ("Content-Length".to_owned(), body.len().to_string()),
        ];
        Some(HttpResponse { version: "HTTP/1.1", status, reason: reason(status), headers, body, ..HttpResponse::default() })
    }
}

/// The web server of api.somecompany.com.
fn outside(connection: &Connection, request: &HttpRequest, at: SimTime) -> HttpResponse {
    let body = format!("This is api.somecompany.com (client {}, Host: {})\n", connection.seen.ip, request.host);
    let headers = vec![
        ("Server".to_owned(), "BaseHTTP/0.6 Python/3.11.7".to_owned()),
        ("Date".to_owned(), http_date(at)),
        ("Content-Length".to_owned(), body.len().to_string()),
    ];
    HttpResponse { version: "HTTP/1.0", status: 200, reason: "OK", headers, body, cut_off: false, closes: true }
}

/// The API server, asked without a token.
fn api_server(request: &HttpRequest, at: SimTime) -> HttpResponse {
    if !request.tls {
        let body = "Client sent an HTTP request to an HTTPS server.\n".to_owned();
        return HttpResponse { version: "HTTP/1.0", status: 400, reason: "Bad Request", headers: Vec::new(), body, cut_off: false, closes: true };
    }
    let body = "{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {},\n  \"status\": \"Failure\",\n  \"message\": \"Unauthorized\",\n  \
                \"reason\": \"Unauthorized\",\n  \"code\": 401\n}";
    let headers = vec![
        ("Cache-Control".to_owned(), "no-cache, private".to_owned()),
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("Content-Length".to_owned(), body.len().to_string()),
        ("Date".to_owned(), http_date(at)),
    ];
    HttpResponse { version: "HTTP/2", status: 401, reason: "", headers, body: body.to_owned(), cut_off: false, closes: false }
}

/// `Sun, 22 Nov 2026 17:42:25 GMT`
pub(super) fn http_date(at: SimTime) -> String {
    at.rfc1123z().replace("+0000", "GMT")
}

/// The words of a status (RFC 9110, section 15).
pub fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Request Entity Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
