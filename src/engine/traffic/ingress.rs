//! Pods of ingress-nginx: which ingresses they serve, where they send requests, and the address that they write into the ingresses.
//! Models rootfs/etc/nginx/lua/balancer.lua, internal/ingress/status/status.go and the flags of cmd/nginx. What a pod serves follows the
//! API without delay.
//! Left out: TLS to the pods, gRPC, TCP and UDP services.

use std::net::Ipv4Addr;
use std::rc::Rc;

use super::{Connection, HttpExchange, containers};
use crate::api::{
    Container, EventText, EventType, Ingress, IngressLoadBalancerIngress, Kind, Note, Object, ObjectKey, ObjectReference, Pod, ServiceBackendPort,
};
use crate::apiserver::Write;
use crate::base::{Name, SimDuration, SimTime, SmallSet};
use crate::engine::{Wakeup, World};
use crate::network::ingress::{Asked, Backend, CONTROLLER, Decision, Routing, Sticky, decide, endpoint_of, served};
use crate::network::{Outcome, Place, Route, Step};
use crate::runtime::{HttpRequest, HttpResponse, http_date};

/// nginx takes about this long beside what the pod takes.
const THINKING: SimDuration = SimDuration::from_micros(120);
/// It tries so many pods (proxy-next-upstream-tries), and waits so long for each (proxy-connect-timeout).
const TRIES: usize = 3;
const CONNECT: SimDuration = SimDuration::from_seconds(5);
/// Addresses are written this often (the interval of internal/ingress/status).
const STATUS: SimDuration = SimDuration::from_seconds(60);
/// The first time, and after a change, it takes about this long.
const SOON: SimDuration = SimDuration::from_seconds(5);

/// Whether a container is an ingress controller.
pub(super) fn is_controller(container: &Container) -> bool {
    container.image.contains("ingress-nginx/controller") || container.image.contains("nginx-ingress-controller")
}

fn controller_of(pod: &Pod) -> Option<&Container> {
    containers(pod).find(|container| is_controller(container))
}

/// A flag of the controller: `--ingress-class=nginx`.
fn flag<'a>(container: &'a Container, name: &str) -> Option<&'a str> {
    let words = container.command.iter().chain(&container.args);
    words.map(Name::as_str).find_map(|word| word.strip_prefix("--")?.strip_prefix(name)?.strip_prefix('='))
}

/// A page of nginx about an error.
fn page(status: u16, title: &str, at: SimTime) -> HttpResponse {
    let body = format!(
        "<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n<center><h1>{status} {title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    let length = body.len().to_string();
    // Where nginx's status lines differ from others' (src/http/ngx_http_header_filter_module.c).
    let reason = match status {
        302 => "Moved Temporarily",
        503 => "Service Temporarily Unavailable",
        504 => "Gateway Time-out",
        _ => HttpResponse::reason_of(status),
    };
    let response = HttpResponse { reason, ..HttpResponse::new(status, body) };
    let response = response.with("Date", http_date(at)).with("Content-Type", "text/html").with("Content-Length", length);
    response.with("Connection", "keep-alive")
}

fn exchange(response: HttpResponse) -> HttpExchange {
    HttpExchange { response: Some(response), took: THINKING, onward: Vec::new() }
}

impl World {
    /// What a controller's container serves.
    pub(super) fn ingresses_of(&self, container: &Container) -> Vec<Rc<Ingress>> {
        let view = self.view();
        let classes: Vec<_> = view.ingress_classes().cloned().collect();
        let namespace = Name::from(flag(container, "watch-namespace").unwrap_or_default());
        let (controller, class) = (flag(container, "controller-class").unwrap_or(CONTROLLER), flag(container, "ingress-class").unwrap_or("nginx"));
        let without = flag(container, "watch-ingress-without-class") == Some("true");
        served(view.ingresses(&namespace), &classes, controller, class, without)
    }

    /// A request that came to a controller's pod.
    pub(super) fn serve_by_ingress(
        &mut self,
        pod: &Rc<Pod>,
        container: &Container,
        port: u16,
        connection: &Connection,
        request: &HttpRequest,
        at: SimTime,
    ) -> HttpExchange {
        let (plain, secure) = (port_of(container, "http-port", 80), https_port(container));
        if port != plain && port != secure {
            return exchange(HttpResponse::new(200, "").with("Date", http_date(at)).with("Content-Length", "0"));
        }
        if port == secure && !request.tls {
            return exchange(page(400, "The plain HTTP request was sent to HTTPS port", at));
        }
        if port == plain && request.tls {
            return HttpExchange { response: None, took: THINKING, onward: Vec::new() };
        }
        let ingresses = self.ingresses_of(container);
        let header = |name: &str| request.header(name).map(str::to_owned);
        let (client, length) = (connection.seen.ip, request.body.len());
        let asked = Asked { host: &request.host, target: &request.target, tls: request.tls, client, length, header: &header };
        let mut random = self.network.random.clone();
        let decision = decide(&ingresses, &asked, &mut random);
        self.network.random = random;
        let backend = match decision {
            Decision::Backend(backend) => backend,
            Decision::Redirect { status, location } => {
                return exchange(page(status, HttpResponse::reason_of(status), at).with("Location", location));
            }
            Decision::TooLarge => {
                let mut response = page(413, HttpResponse::reason_of(413), at);
                response.headers.retain(|(name, _)| name != "Connection");
                return exchange(HttpResponse { closes: true, ..response.with("Connection", "close") });
            }
            Decision::Denied => return exchange(page(403, "Forbidden", at)),
            Decision::NotFound => return exchange(page(404, "Not Found", at)),
        };
        self.pass_on(pod, &backend, connection, request, at)
    }

    /// Sends a request on to a pod of a Service, or to the next if that does not answer.
    fn pass_on(&mut self, pod: &Rc<Pod>, backend: &Backend, connection: &Connection, request: &HttpRequest, at: SimTime) -> HttpExchange {
        let endpoints = self.upstreams(backend);
        if endpoints.is_empty() {
            return exchange(page(503, "Service Temporarily Unavailable", at));
        }
        let from = Place::Pod(pod.meta.namespace.clone(), pod.meta.name.clone());
        let mut onward: Vec<Route> = Vec::new();
        let mut took = THINKING;
        let mut last = Outcome::Refused;
        let (mut key, mut is_new) = (None, false);
        if let Some(sticky) = &backend.sticky {
            let cookies = request.header("cookie").unwrap_or_default();
            let known = sticky.key(cookies, &backend.ingress.0, &backend.service, &backend.port);
            (key, is_new) = (known.map(str::to_owned), known.is_none());
        }
        for _ in 0..TRIES.min(endpoints.len().max(1)) {
            if let Some(sticky) = &backend.sticky
                && (is_new || (sticky.changes_on_failure && !onward.is_empty()))
            {
                (key, is_new) = (Some(Sticky::new_key(&mut self.network.random, at)), true);
            }
            let by_key = key.as_deref().and_then(|key| endpoint_of(key, &endpoints));
            let turn = by_key.unwrap_or_else(|| self.network.turn(&from, &backend.service, endpoints.len()));
            let (ip, port) = endpoints[turn];
            let next = self.connect(&from, ip, port, at + took);
            took = took + if next.outcome == Outcome::Dropped { CONNECT } else { next.took };
            last = next.outcome;
            let mut route = next.route.clone();
            if let Some(sent) = route.hops.first_mut() {
                sent.step = Step::Routed(Rc::new(Routing::of(backend, &request.host)));
            }
            onward.push(route);
            if next.outcome == Outcome::Delivered {
                let inner = self.http(&next, &forwarded(request, backend, connection), at + took);
                took = took + inner.took;
                self.close(&next, at + took);
                onward.extend(inner.onward);
                let mut response = inner.response.map_or_else(|| page(502, "Bad Gateway", at + took), |response| as_nginx(response, at + took));
                if let (Some(sticky), Some(key), true) = (&backend.sticky, &key, is_new) {
                    response = response.with("Set-Cookie", sticky.set(key, &backend.ingress.0, &backend.service, &backend.port, at + took));
                }
                return HttpExchange { response: Some(response), took, onward };
            }
        }
        let response = if last == Outcome::Dropped { page(504, "Gateway Time-out", at + took) } else { page(502, "Bad Gateway", at + took) };
        HttpExchange { response: Some(response), took, onward }
    }

    /// Where a Service's requests go: its ready pods, or its own address if the ingress says so.
    fn upstreams(&mut self, backend: &Backend) -> Vec<(Ipv4Addr, u16)> {
        let known = self.network.plane.service(&backend.ingress.0, &backend.service);
        let Some(ports) = known.as_deref() else { return Vec::new() };
        let wanted = |port: &ServiceBackendPort, number: u16, name: &Name| {
            if port.name.is_empty() { i32::from(number) == port.number } else { *name == port.name }
        };
        let Some(rules) = ports.iter().find(|rules| wanted(&backend.port, rules.port, &rules.port_name)) else { return Vec::new() };
        if backend.by_cluster_ip {
            return vec![(rules.cluster_ip, rules.port)];
        }
        rules.endpoints.iter().filter(|endpoint| endpoint.ready).map(|endpoint| (endpoint.address.ip, endpoint.address.port)).collect()
    }
}

fn port_of(container: &Container, name: &str, usual: u16) -> u16 {
    flag(container, name).and_then(|port| port.parse().ok()).unwrap_or(usual)
}

/// The port at which a controller speaks TLS.
pub(super) fn https_port(container: &Container) -> u16 {
    port_of(container, "https-port", 443)
}

/// The request as the pod gets it. Models internal/ingress/controller/template nginx.tmpl, its proxy_set_header lines.
fn forwarded(request: &HttpRequest, backend: &Backend, connection: &Connection) -> HttpRequest {
    let client = connection.seen.ip.to_string();
    let scheme = if request.tls { "https" } else { "http" };
    let port = if request.tls { "443" } else { "80" };
    let mut headers = request.headers.clone();
    for (name, value) in [
        ("X-Real-IP", client.as_str()),
        ("X-Forwarded-For", &client),
        ("X-Forwarded-Host", &request.host),
        ("X-Forwarded-Port", port),
        ("X-Forwarded-Proto", scheme),
        ("X-Forwarded-Scheme", scheme),
        ("X-Scheme", scheme),
    ] {
        headers.push((name.to_owned(), value.to_owned()));
    }
    let (method, body) = (request.method.clone(), request.body.clone());
    HttpRequest { method, target: backend.target.clone(), host: backend.host.clone(), headers, body, tls: false }
}

/// The pod's answer as nginx passes it on.
fn as_nginx(mut response: HttpResponse, at: SimTime) -> HttpResponse {
    let own = |name: &str| ["date", "server", "connection", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own));
    let kept = response.headers.into_iter().filter(|(name, _)| !own(name));
    response.headers = [("Date".to_owned(), http_date(at))].into_iter().chain(kept).collect();
    response.headers.push(("Connection".to_owned(), "keep-alive".to_owned()));
    (response.version, response.closes) = ("HTTP/1.1", false);
    response
}

impl World {
    /// A pod came, changed or went: a controller's pods are remembered, so that ingresses find them.
    pub(in crate::engine) fn note_controller(&mut self, pod: &Rc<Pod>, old: Option<&Rc<Pod>>, gone: bool) {
        let Some(container) = controller_of(pod) else { return };
        let name = (pod.meta.namespace.clone(), pod.meta.name.clone());
        if gone {
            self.ingress_controllers.remove(&name);
        } else {
            self.ingress_controllers.insert(name);
        }
        let became_ready = pod.is_ready() && !old.is_some_and(|old| old.is_ready());
        if became_ready {
            let served = self.ingresses_of(container);
            served.iter().for_each(|ingress| self.note_sync(ingress));
        }
        if gone || became_ready {
            self.agenda.put(self.now + SOON, Wakeup::Ingresses);
        }
    }

    /// An ingress came or changed: each controller that serves it says so, and its address is written soon.
    pub(in crate::engine) fn note_ingress(&mut self, ingress: &Rc<Ingress>, changed: bool) {
        let view = self.api.view();
        let serves = |(namespace, name): &(Name, Name)| {
            let container = view.pod(namespace, name).filter(|pod| pod.is_ready()).and_then(|pod| controller_of(pod));
            container.is_some_and(|container| self.ingresses_of(container).iter().any(|served| served.meta.uid == ingress.meta.uid))
        };
        let count = self.ingress_controllers.iter().filter(|name| serves(name)).count();
        if count > 0 && changed {
            (0..count).for_each(|_| self.note_sync(ingress));
            self.agenda.put(self.now + SOON, Wakeup::Ingresses);
        }
    }

    fn note_sync(&mut self, ingress: &Rc<Ingress>) {
        let key = ObjectKey::new(Kind::Ingress, ingress.meta.namespace.clone(), ingress.meta.name.clone());
        let about = Rc::new(ObjectReference { key, uid: ingress.meta.uid });
        let text = EventText::Text(Name::fixed("Scheduled for sync"));
        let (host, container) = (Name::default(), Name::default());
        let component = "nginx-ingress-controller";
        self.api.record(Note { about, kind: EventType::Normal, reason: "Sync", text, component, host, container }, self.now);
    }

    /// The first ready controller writes the addresses of the ingresses that it serves.
    pub(in crate::engine) fn write_ingress_addresses(&mut self) {
        let view = self.api.view();
        let ready = |(namespace, name): &(Name, Name)| view.pod(namespace, name).filter(|pod| pod.is_ready() && !pod.meta.is_deleting()).cloned();
        let pods: Vec<Rc<Pod>> = self.ingress_controllers.iter().filter_map(ready).collect();
        let Some(leader) = pods.first() else { return };
        let Some(container) = controller_of(leader) else { return };
        let addresses = self.published(leader, container, &pods);
        for ingress in self.ingresses_of(container) {
            let present: Vec<&Name> = ingress.status.load_balancer.ingress.iter().map(|one| &one.ip).collect();
            if present.iter().copied().eq(addresses.iter()) {
                continue;
            }
            let mut changed = Ingress::clone(&ingress);
            let one = |ip: &Name| IngressLoadBalancerIngress { ip: ip.clone(), ..IngressLoadBalancerIngress::default() };
            changed.status.load_balancer.ingress = addresses.iter().map(one).collect();
            changed.meta.resource_version = 0;
            let _ = self.api.submit(Write::UpdateStatus(Object::Ingress(Rc::new(changed))), self.now);
        }
        self.spread_changes();
        self.agenda.put(self.now + STATUS, Wakeup::Ingresses);
    }

    /// The addresses at which the controllers are reached: those of the Service that is named, or of the pods' nodes.
    fn published(&self, leader: &Pod, container: &Container, pods: &[Rc<Pod>]) -> Vec<Name> {
        let nodes: SmallSet<Name> = pods.iter().filter_map(|pod| Some(Name::from(self.machines.get(&pod.node_name)?.address.to_string()))).collect();
        let nodes = || nodes.iter().cloned().collect::<Vec<_>>();
        let Some(named) = flag(container, "publish-service") else { return nodes() };
        let named = named.replace("$(POD_NAMESPACE)", &leader.meta.namespace);
        let Some((namespace, name)) = named.split_once('/') else { return nodes() };
        let Some(service) = self.view().service(&namespace.into(), &name.into()) else { return Vec::new() };
        match service.spec.kind.as_str() {
            "LoadBalancer" => {
                let given = service.status.load_balancer.ingress.iter().map(|ingress| ingress.ip.clone());
                given.chain(service.spec.external_ips.iter().cloned()).collect()
            }
            "NodePort" if service.spec.external_ips.is_empty() => vec![service.spec.cluster_ip.clone()],
            "NodePort" => service.spec.external_ips.clone(),
            _ => vec![service.spec.cluster_ip.clone()],
        }
    }
}
