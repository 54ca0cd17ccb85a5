//! Lines of Podscape's own beside kubectl's: `request` sends requests through the cluster's network and tells the way of each,
//! `fault` breaks the network between two places, `kube-proxy` and `kubelet` stop the one of a node.

use super::{Run, Verb};
use crate::base::{Name, SimDuration, parse_float};
use crate::engine::{Flow, World};
use crate::kubectl::answer::{Answer, Follow};
use crate::network::{Fault, Place, Scope, Trouble, cuts_off};
use crate::runtime::{Power, Scheme, Url};

const REQUEST: &str = "request URL [--from client | NODE | pod/NAME] [--times N] [--every SECONDS] [--host NAME] [--keep-alive]\n";
const FAULT: &str = "fault PLACE PLACE --partition | --loss PERCENT | --latency MILLISECONDS\nfault PLACE PLACE --none\nfault --none\n\
                     A place is client, control-plane, node/NAME, pod/NAMESPACE/NAME or all.\n";

pub(super) static REQUEST_VERB: Verb = Verb { name: "", flags: &[], run: request, writes: true };
pub(super) static FAULT_VERB: Verb = Verb { name: "", flags: &[], run: fault, writes: true };
pub(super) static PROXY_VERB: Verb = Verb { name: "", flags: &[], run: proxy, writes: true };
pub(super) static KUBELET_VERB: Verb = Verb { name: "", flags: &[], run: kubelet, writes: true };

/// A request that goes on: it prints when all have been sent.
#[derive(Clone, Debug)]
pub struct RequestFollow(u32);

impl RequestFollow {
    /// The results, once all are there.
    pub fn poll(&self, world: &World) -> Option<String> {
        let flow = world.flow(self.0)?;
        flow.is_over().then(|| told(flow))
    }
}

fn usage(text: &str) -> Answer {
    Answer { output: format!("usage: {text}"), exit: 2, ..Answer::default() }
}

/// The value behind an option.
fn value<'a>(words: &'a [String], option: &str) -> Option<&'a str> {
    words.iter().position(|word| word == option).and_then(|at| words.get(at + 1)).map(String::as_str)
}

fn has(words: &[String], option: &str) -> bool {
    words.iter().any(|word| word == option)
}

fn request(run: &mut Run<'_>) -> Answer {
    let words = &run.given.args[1..];
    let url = words.first().filter(|word| !word.starts_with('-')).and_then(|word| Url::parse(word).ok());
    let Some(url) = url.filter(|url| url.scheme != Scheme::Telnet) else { return usage(REQUEST) };
    let from = value(words, "--from").unwrap_or("client");
    let namespace = run.session.namespace.clone();
    let Some(from) = place(run.world, &namespace, from) else {
        return Answer { output: format!("there is no place {from} to send from\n"), exit: 1, ..Answer::default() };
    };
    let times = match value(words, "--times").map_or(Some(1), |text| text.parse::<u32>().ok()) {
        Some(times) if times > 0 => times,
        _ => return usage(REQUEST),
    };
    let every = match value(words, "--every").map_or(Some(0.0), parse_float) {
        Some(seconds) if (0.0..=86_400.0).contains(&seconds) => SimDuration::from_micros((seconds * 1e6) as u64),
        _ => return usage(REQUEST),
    };
    let host = value(words, "--host").map(str::to_owned);
    let mut flow = Flow::new(from, url);
    (flow.count, flow.every, flow.keep_alive, flow.host) = (times, every, has(words, "--keep-alive"), host);
    let id = run.world.start_flow(flow);
    match run.world.flow(id) {
        Some(flow) if flow.is_over() => Answer { exit: i32::from(!all_well(flow)), ..Answer::ok(told(flow)) },
        _ => Answer { follow: Follow::Requests(RequestFollow(id)), ..Answer::default() },
    }
}

fn all_well(flow: &Flow) -> bool {
    flow.visits.iter().all(|visit| visit.by.is_some())
}

/// One request's way in full, many as a table.
fn told(flow: &Flow) -> String {
    let [visit] = flow.visits.as_slice() else { return flow.table() };
    let mut text = String::new();
    for lookup in visit.lookups.iter() {
        text.push_str(&lookup.to_string());
        text.push('\n');
    }
    for route in visit.routes.iter() {
        text.push_str(&route.to_string());
    }
    if visit.status != 0 {
        text.push_str(&format!("{} {}\n", visit.status, visit.text));
    } else {
        text.push_str(&visit.text);
        text.push('\n');
    }
    text
}

/// `client`, `node1`, `pod/web-1`, `pod/lab/web-1`
fn place(world: &World, namespace: &Name, text: &str) -> Option<Place> {
    if let Some(place) = world.machine_named(text.strip_prefix("node/").unwrap_or(text)) {
        return Some(place);
    }
    let path = text.strip_prefix("pod/").unwrap_or(text);
    let (namespace, name) = path.split_once('/').map_or((namespace.clone(), Name::from(path)), |(a, b)| (a.into(), b.into()));
    world.view().pod(&namespace, &name).map(|_| Place::Pod(namespace, name))
}

fn fault(run: &mut Run<'_>) -> Answer {
    let before = run.world.network().faults.clone();
    let answer = set_fault(run);
    // A kubelet that is cut from the control plane is as one that stands still: its containers go on.
    let nodes: Vec<Name> = run.world.view().nodes().map(|node| node.meta.name.clone()).collect();
    for node in nodes {
        let is_cut = cuts_off(&run.world.network().faults, &node);
        if is_cut != cuts_off(&before, &node) {
            let power = if is_cut { Power::Off } else { Power::On };
            let _ = run.world.set_node_link(&node, power);
        }
    }
    answer
}

fn set_fault(run: &mut Run<'_>) -> Answer {
    let words = &run.given.args[1..];
    let places: Vec<&String> = words.iter().take_while(|word| !word.starts_with("--")).collect();
    let network = run.world.network_mut();
    if places.is_empty() && has(words, "--none") {
        network.faults.clear();
        return Answer::ok("no faults\n");
    }
    let [Some(one), Some(other)] = [0, 1].map(|at| places.get(at).and_then(|place| Scope::parse(place))) else { return usage(FAULT) };
    let same = |fault: &Fault| (fault.one == one && fault.other == other) || (fault.one == other && fault.other == one);
    network.faults.retain(|fault| !same(fault));
    let percent = value(words, "--loss").and_then(|text| text.parse::<u8>().ok()).filter(|percent| *percent <= 100);
    let milliseconds = value(words, "--latency").and_then(|text| text.parse::<u64>().ok()).filter(|time| *time <= 3_600_000);
    let trouble = match (percent, milliseconds) {
        (Some(percent), None) => Trouble::Loss(percent),
        (None, Some(time)) => Trouble::Latency(SimDuration::from_millis(time)),
        _ if has(words, "--partition") => Trouble::Partition,
        _ if has(words, "--none") => return Answer::ok("fault mended\n"),
        _ => return usage(FAULT),
    };
    network.faults.push(Fault { one, other, trouble });
    Answer::ok("fault set\n")
}

/// `kubelet node1 off`: the machine and its containers go on.
fn kubelet(run: &mut Run<'_>) -> Answer {
    let [_, node, power] = run.given.args.as_slice() else { return usage("kubelet NODE on | off\n") };
    let power = match power.as_str() {
        "on" => Power::On,
        "off" => Power::Off,
        _ => return usage("kubelet NODE on | off\n"),
    };
    match run.world.set_kubelet_power(&node.clone(), power) {
        Ok(()) => Answer::ok(""),
        Err(why) => Answer { output: format!("{why}\n"), exit: 1, ..Answer::default() },
    }
}

/// `kube-proxy node1 off`
fn proxy(run: &mut Run<'_>) -> Answer {
    let [_, node, power] = run.given.args.as_slice() else { return usage("kube-proxy NODE on | off\n") };
    if !matches!(power.as_str(), "on" | "off") {
        return usage("kube-proxy NODE on | off\n");
    }
    if !matches!(run.world.machine_named(node), Some(Place::Node(_))) {
        return Answer { output: format!("there is no node {node}\n"), exit: 1, ..Answer::default() };
    }
    let now = run.world.now();
    let plane = &mut run.world.network_mut().plane;
    if power == "off" { plane.stop(node.as_str().into(), now) } else { plane.start(node, now) }
    Answer::ok("")
}
