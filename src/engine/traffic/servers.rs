//! Who answers requests: programs in containers, kube-proxy's health checks, the API server, and the small web server outside.
//! Left out: the API server's real answers; a request without a token is all that reaches it this way.

use super::ingress::is_controller;
use super::{Connection, HttpExchange, containers, host_listener, listener};
use crate::base::{Name, SimDuration, SimTime};
use crate::engine::World;
use crate::network::{Place, Protocol};
use crate::runtime::{HttpRequest, HttpResponse, http_date};

/// A program takes about this long for an answer.
const THINKING: SimDuration = SimDuration::from_micros(150);

impl World {
    pub(super) fn serve(&mut self, place: &Place, port: u16, connection: &Connection, request: &HttpRequest, at: SimTime) -> HttpExchange {
        let response = match place {
            Place::Pod(namespace, name) => return self.serve_by_pod(&(namespace.clone(), name.clone()), port, connection, request, at),
            Place::Node(node) => match host_listener(&self.machines, self.api.view(), node, Protocol::Tcp, port) {
                Some((pod, own)) => return self.serve_by_pod(&pod, own, connection, request, at),
                None if request.tls => (port == 10_250).then(|| HttpResponse::new(401, "Unauthorized").with("Content-Type", "text/plain; charset=utf-8").with("Date", http_date(at)).with("Content-Length", "12")),
                None => self.serve_health(node, port, at),
            },
            Place::Client => (!request.tls).then(|| outside(connection, request, at)),
            // From a loopback address comes what a person's `kubectl proxy` hands on.
            Place::ControlPlane if port == 6443 && connection.source.ip.is_loopback() && !request.tls => return self.proxied(request, at),
            Place::ControlPlane if port == 6443 => Some(api_server(request, at)),
            _ => None,
        };
        HttpExchange { response, took: THINKING, onward: Vec::new() }
    }

    fn serve_by_pod(&mut self, name: &(Name, Name), port: u16, connection: &Connection, request: &HttpRequest, at: SimTime) -> HttpExchange {
        let nothing = HttpExchange { response: None, took: THINKING, onward: Vec::new() };
        let Some(pod) = self.view().pod(&name.0, &name.1).cloned() else { return nothing };
        if let Some(container) = containers(&pod).find(|container| is_controller(container)) {
            return self.serve_by_ingress(&pod, container, port, connection, request, at);
        }
        let Some(machine) = self.machines.get_mut(&pod.node_name) else { return nothing };
        let Some(sandbox) = std::rc::Rc::make_mut(machine).sandboxes.get_mut(name) else { return nothing };
        let Some(index) = listener(&pod, sandbox, Protocol::Tcp, port) else { return nothing };
        let Some(container) = containers(&pod).nth(index).filter(|_| !request.tls) else { return nothing };
        let from = connection.seen.to_string();
        let served = sandbox.request(index, container, i32::from(port), &from, request, at);
        let Some(served) = served else { return nothing };
        HttpExchange { response: Some(served.response), took: served.took, onward: Vec::new() }
    }

    /// Models pkg/proxy/healthcheck/service_health.go hcHandler.ServeHTTP.
    fn serve_health(&mut self, node: &Name, port: u16, at: SimTime) -> Option<HttpResponse> {
        if port == 10_256 {
            return Some(proxy_health(at));
        }
        let known = self.network.plane.known_on(node, at);
        let rules = known.iter().find(|rules| rules.health_check_port == port && port != 0)?;
        let count = rules.local_endpoints(node).len();
        let status = if count == 0 { 503 } else { 200 };
        let body = format!(
            "{{\n\t\"service\": {{\n\t\t\"namespace\": \"{}\",\n\t\t\"name\": \"{}\"\n\t}},\n\t\"localEndpoints\": {count},\n\t\"serviceProxyHealthy\": true\n}}",
            rules.namespace, rules.service
        );
        let length = body.len().to_string();
        let response = HttpResponse::new(status, body).with("Content-Type", "application/json").with("X-Content-Type-Options", "nosniff");
        let response = response.with("X-Load-Balancing-Endpoint-Weight", count.to_string()).with("Date", http_date(at));
        Some(response.with("Content-Length", length))
    }
}

/// Models pkg/proxy/healthcheck/proxy_health.go healthzHandler.ServeHTTP.
fn proxy_health(at: SimTime) -> HttpResponse {
    let seconds = at.rfc3339().replace('T', " ").replace('Z', "");
    let now = format!("{seconds}.{:06} +0000 UTC", at.micros() % 1_000_000);
    let body = format!("{{\"lastUpdated\": \"{now}\",\"currentTime\": \"{now}\", \"nodeEligible\": true}}");
    let length = body.len().to_string();
    let response = HttpResponse::new(200, body).with("Content-Type", "application/json").with("X-Content-Type-Options", "nosniff");
    response.with("Date", http_date(at)).with("Content-Length", length)
}

/// The web server of api.somecompany.com.
fn outside(connection: &Connection, request: &HttpRequest, at: SimTime) -> HttpResponse {
    let body = format!("This is api.somecompany.com (client {}, Host: {})\n", connection.seen.ip, request.host);
    let length = body.len().to_string();
    let response = HttpResponse::new(200, body).with("Server", "BaseHTTP/0.6 Python/3.11.7").with("Date", http_date(at));
    HttpResponse { version: "HTTP/1.0", closes: true, ..response.with("Content-Length", length) }
}

/// The API server, asked without a token.
fn api_server(request: &HttpRequest, at: SimTime) -> HttpResponse {
    if !request.tls {
        let response = HttpResponse::new(400, "Client sent an HTTP request to an HTTPS server.\n");
        return HttpResponse { version: "HTTP/1.0", closes: true, ..response };
    }
    // What anybody may ask (system:public-info-viewer).
    if matches!(request.path(), "/healthz" | "/livez" | "/readyz") {
        let response = HttpResponse::new(200, "ok").with("Content-Type", "text/plain; charset=utf-8").with("X-Content-Type-Options", "nosniff");
        let response = response.with("Content-Length", "2").with("Date", http_date(at));
        return HttpResponse { version: "HTTP/2", reason: "", ..response };
    }
    let body = "{\n  \"kind\": \"Status\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {},\n  \"status\": \"Failure\",\n  \"message\": \"Unauthorized\",\n  \
                \"reason\": \"Unauthorized\",\n  \"code\": 401\n}";
    let response = HttpResponse::new(401, body).with("Cache-Control", "no-cache, private").with("Content-Type", "application/json");
    let response = response.with("Content-Length", body.len().to_string()).with("Date", http_date(at));
    HttpResponse { version: "HTTP/2", reason: "", ..response }
}
