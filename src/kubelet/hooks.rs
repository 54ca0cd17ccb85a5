//! What a kubelet asks of a container: commands, requests, connections; for probes and for hooks.
//! Models pkg/probe/{exec,http,tcp,grpc} and pkg/kubelet/lifecycle/handlers.go.

use std::net::Ipv4Addr;

use super::environment::variables;
use super::sync_pod::{Context, containers};
use crate::api::{Container, ExecAction, HttpGetAction, IntOrString, LifecycleHandler, Pod};
use crate::base::{Name, SimDuration, SimTime};
use crate::runtime::{HttpRequest, Sandbox, exec_failure};
use crate::store::View;

const TIMED_OUT: &str = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";

/// What came of asking.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// It answered well, after so long.
    Well(SimDuration),
    /// It did not: what is said of it.
    Badly(String),
    /// It could not be asked: why.
    Error(String),
    /// The command of this number was begun then and waits for the network.
    Pending(u32, SimTime),
}

/// A container of a pod that is asked.
pub(super) struct Asker<'a> {
    pub pod: &'a Pod,
    pub sandbox: &'a mut Sandbox,
    pub index: usize,
    pub timeout: SimDuration,
    /// How the last command went: how long it took and its exit code; none if it did not end in time.
    pub ended: Option<(SimDuration, i32)>,
}

/// The number of a port by number or name. Models pkg/probe/util.go ResolveContainerPort.
fn port(port: &IntOrString, container: &Container) -> Result<i32, String> {
    let text = port.to_string();
    let named = || container.ports.iter().find(|declared| declared.name == *text).map(|declared| declared.container_port);
    let number = match text.parse::<i32>() {
        Ok(number) => number,
        Err(_) => named().ok_or_else(|| format!("strconv.Atoi: parsing \"{text}\": invalid syntax"))?,
    };
    if (1..=65535).contains(&number) { Ok(number) } else { Err(format!("invalid port number: {number}")) }
}

/// The user agent of probes. Models pkg/probe/http/request.go userAgent.
pub(super) const PROBE_AGENT: &str = "kube-probe/1.32";
/// That of hooks. Models pkg/kubelet/lifecycle/handlers.go.
const LIFECYCLE_AGENT: &str = "kube-lifecycle/1.32";

impl Asker<'_> {
    fn container(&self) -> Option<&Container> {
        containers(&self.pod.spec).nth(self.index)
    }

    /// Which container of the pod listens on a port: they share an address.
    fn listener(&self, number: i32) -> Option<usize> {
        let all = containers(&self.pod.spec).zip(&self.sandbox.instances);
        all.enumerate().find(|(_, (container, instance))| instance.listens(container, number)).map(|(index, _)| index)
    }

    fn own_host<'h>(&self, host: &'h str) -> Option<&'h str> {
        (!host.is_empty() && host != self.sandbox.address.to_string()).then_some(host)
    }

    /// Asks over HTTP, as this user agent.
    pub fn http(&mut self, action: &HttpGetAction, agent: &str, context: &Context) -> Asked {
        let number = match self.container().map(|container| port(&action.port, container)) {
            Some(Ok(number)) => number,
            Some(Err(why)) => return Asked::Error(why),
            None => return Asked::Error("no such container".to_owned()),
        };
        let scheme = action.scheme.to_ascii_lowercase();
        let host = self.own_host(&action.host).map_or_else(|| self.sandbox.address.to_string(), str::to_owned);
        let path = if action.path.starts_with('/') { action.path.to_string() } else { format!("/{}", action.path) };
        let url = format!("{scheme}://{host}:{number}{path}");
        if let Some(why) = self.own_host(&action.host).and_then(|host| unreachable(host, context.view)) {
            return Asked::Badly(format!("Get \"{url}\": {}", why.unwrap_or_else(|| TIMED_OUT.to_owned())));
        }
        let listener = self.listener(number).filter(|_| self.own_host(&action.host).is_none());
        let Some(listener) = listener else {
            return Asked::Badly(format!("Get \"{url}\": dial tcp {host}:{number}: connect: connection refused"));
        };
        if scheme == "https" {
            return Asked::Badly(format!("Get \"{url}\": http: server gave HTTP response to HTTPS client"));
        }
        let Some(container) = containers(&self.pod.spec).nth(listener) else { return Asked::Error("no such container".to_owned()) };
        // The kubelet asks from the node's end of the pod network.
        let bridge = u32::from(self.sandbox.address) & !0xFF | 1;
        let source = 32_768 + (context.now.micros() / 7919 % 28_231);
        let from = format!("{}:{source}", std::net::Ipv4Addr::from(bridge));
        let mut request = HttpRequest::get(&path, &format!("{host}:{number}"));
        request.headers.push(("User-Agent".to_owned(), agent.to_owned()));
        let answer = self.sandbox.request(listener, container, number, &from, &request, context.now);
        match answer {
            Some(answer) if answer.took > self.timeout => Asked::Badly(format!("Get \"{url}\": {TIMED_OUT}")),
            Some(answer) if (200..400).contains(&answer.response.status) => Asked::Well(SimDuration::ZERO),
            Some(answer) => Asked::Badly(format!("HTTP probe failed with statuscode: {}", answer.response.status)),
            None => Asked::Badly(format!("Get \"{url}\": EOF")),
        }
    }

    pub fn tcp(&mut self, host: &str, wanted: &IntOrString, context: &Context) -> Asked {
        let number = match self.container().map(|container| port(wanted, container)) {
            Some(Ok(number)) => number,
            Some(Err(why)) => return Asked::Error(why),
            None => return Asked::Error("no such container".to_owned()),
        };
        let shown = self.own_host(host).map_or_else(|| self.sandbox.address.to_string(), str::to_owned);
        if let Some(why) = self.own_host(host).and_then(|host| unreachable(host, context.view)) {
            return Asked::Badly(why.unwrap_or_else(|| format!("dial tcp {shown}:{number}: i/o timeout")));
        }
        match self.listener(number).filter(|_| self.own_host(host).is_none()) {
            Some(_) => Asked::Well(SimDuration::ZERO),
            None => Asked::Badly(format!("dial tcp {shown}:{number}: connect: connection refused")),
        }
    }

    pub fn grpc(&mut self, number: i32) -> Asked {
        let address = self.sandbox.address;
        let listener = self.listener(number).and_then(|index| containers(&self.pod.spec).nth(index).zip(self.sandbox.instances.get(index)));
        match listener {
            Some((container, instance)) if instance.speaks_grpc(container, number) => Asked::Well(SimDuration::ZERO),
            // To a server of another kind no connection comes about.
            _ => Asked::Badly(format!(
                "timeout: failed to connect service \"{address}:{number}\" within {}: context deadline exceeded",
                go_seconds(self.timeout)
            )),
        }
    }

    /// Runs a command, or looks at one that was begun before: its number and when.
    pub fn exec(&mut self, action: &ExecAction, begun: Option<(u32, SimTime)>, context: &Context) -> Asked {
        let Some(container) = containers(&self.pod.spec).nth(self.index) else { return Asked::Error("no such container".to_owned()) };
        let words: Vec<String> = action.command.iter().map(|word| word.to_string()).collect();
        let (number, since) = match begun {
            Some(begun) => begun,
            None => {
                let variables = variables(context.view, self.pod, container, self.sandbox, self.index, context.machine);
                let Some(number) = self.sandbox.send_command(self.index, container, &words, &variables, context.now) else {
                    return Asked::Error("container is not running".to_owned());
                };
                // What asks nobody goes on to its end at once.
                self.sandbox.run_command(self.index, number, context.now + self.timeout);
                (number, context.now)
            }
        };
        let asks = self.sandbox.question_of(self.index, number).is_some();
        let known = self.sandbox.command(self.index, number);
        let end = known.and_then(|progress| progress.end);
        let output = known.map(|progress| progress.output.to_owned()).unwrap_or_default();
        let waits = asks || begun.is_some() && known.is_some();
        if end.is_none() && waits && context.now < since + self.timeout {
            return Asked::Pending(number, since);
        }
        self.sandbox.drop_command(self.index, number);
        let took = end.map(|end| end.at.since(since));
        self.ended = end.zip(took).map(|(end, took)| (took, end.code)).filter(|(took, _)| *took <= self.timeout);
        let Some((end, took)) = end.zip(took).filter(|(_, took)| *took <= self.timeout) else {
            return Asked::Badly(format!("command timed out: {:?} timed out after {}", words.join(" "), go_seconds(self.timeout)));
        };
        match end.code {
            0 => Asked::Well(took),
            127 if output.ends_with(": not found\n") => {
                self.ended = None;
                let why = exec_failure(words.first().map_or("", String::as_str), since);
                Asked::Error(format!("rpc error: code = Unknown desc = {why}"))
            }
            _ => Asked::Badly(output.trim_end_matches('\n').to_owned()),
        }
    }

    /// Runs a hook.
    pub fn hook(&mut self, handler: &LifecycleHandler, context: &Context) -> Asked {
        if let Some(action) = &handler.exec {
            return self.exec(action, None, context);
        }
        if let Some(action) = &handler.http_get {
            return self.http(action, LIFECYCLE_AGENT, context);
        }
        if let Some(seconds) = handler.sleep.as_ref().and_then(|sleep| sleep.get("seconds")?.as_u64()) {
            return Asked::Well(SimDuration::from_seconds(seconds));
        }
        Asked::Well(SimDuration::ZERO)
    }
}

/// Why nothing answers at another host than the pod, not even with a refusal: its name is unknown, or (None) nobody has the address.
fn unreachable(host: &str, view: View<'_>) -> Option<Option<String>> {
    let Ok(address) = host.parse::<Ipv4Addr>() else {
        return (host != "localhost").then(|| Some(format!("dial tcp: lookup {host}: no such host")));
    };
    let is_node = view.nodes().any(|node| node.status.addresses.iter().any(|known| known.address == *host));
    let is_pod = view.pods(&Name::default()).any(|pod| pod.status.pod_ip == Some(address));
    (!address.is_loopback() && !is_node && !is_pod).then_some(None)
}

fn go_seconds(time: SimDuration) -> String {
    format!("{}s", time.seconds())
}
