//! `kubectl port-forward`: a port of the client leads into a pod. Models kubectl/pkg/cmd/portforward/portforward.go.
//! The terminal is free meanwhile, as if the line ran in another one; Ctrl+C closes the port.

use std::rc::Rc;

use super::{Run, logs, whole};
use crate::api::{ApiError, Kind, Object, Pod, PodPhase};
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::resource;

pub(super) const FLAGS: &[Flag] = &[
    flag("address", Takes::Text),
    flag("pod-running-timeout", Takes::Duration),
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let Some((word, ports)) = run.given.args.split_first().filter(|(_, ports)| !ports.is_empty()) else {
        let message = "TYPE/NAME and list of ports are required for port-forward";
        return Err(Failure::usage("port-forward", message));
    };
    let (pod, service) = target(run, word)?;
    check_address(run)?;
    if pod.status.phase != PodPhase::Running {
        return Err(Failure::Own(format!("unable to forward port because pod is not running. Current status={}", pod.status.phase.as_str())));
    }
    let pairs = ports.iter().map(|text| pair(text, &pod, service.as_ref())).collect::<Result<Vec<_>, _>>()?;
    let mut text = String::new();
    for (local, port) in pairs {
        let Some(local) = run.world.open_forward(&pod, local, port) else {
            let taken = |family: &str, here: &str| format!("unable to create listener: Error listen {family} {here}:{local}: bind: address already in use");
            let both = format!("[{} {}]", taken("tcp4", "127.0.0.1"), taken("tcp6", "[::1]"));
            let output = format!(
                "{text}Unable to listen on port {local}: Listeners failed to create with the following errors: {both}\n\
                 error: unable to listen on any of the requested ports: [{{{local} {port}}}]\n"
            );
            return Ok(Answer { output, exit: 1, ..Answer::default() });
        };
        text += &format!("Forwarding from 127.0.0.1:{local} -> {port}\nForwarding from [::1]:{local} -> {port}\n");
    }
    if run.session.is_terminal {
        text += "# open beside the next lines, as in \"curl localhost:PORT\"; Ctrl+C closes it\n";
    }
    Ok(Answer::ok(text))
}

/// `--address`: where the client can listen.
pub(super) fn check_address(run: &Run<'_>) -> Result<(), Failure> {
    let own = |address: &&str| !matches!(*address, "localhost" | "127.0.0.1" | "0.0.0.0");
    let Some(address) = run.given.list("address").into_iter().find(own) else { return Ok(()) };
    Err(match address.parse::<std::net::IpAddr>() {
        Err(_) => Failure::Own(format!("{address} is not a valid IP")),
        Ok(_) => Failure::unsupported(&format!("--address={address}"), "the client listens on localhost and 0.0.0.0"),
    })
}

/// The pod behind a word: itself, or one of those of TYPE/NAME; and the service if it is one.
fn target(run: &Run<'_>, word: &str) -> Result<(Rc<Pod>, Option<Object>), Failure> {
    let (kind, name) = match word.split_once('/') {
        None => (Kind::Pod, word),
        Some((kind, name)) => (resource::kind(kind)?, name),
    };
    let name = Name::from(name);
    let object = run.view().get(&run.scope().key(kind, &name)).cloned();
    let object = object.ok_or_else(|| Failure::from(ApiError::not_found(kind, &name)))?;
    if let Object::Pod(pod) = &object {
        return Ok((pod.clone(), None));
    }
    let pods = logs::named(run, word, "cannot attach to", &mut String::new())?;
    let pod = pods.into_iter().find(|pod| pod.status.phase == PodPhase::Running);
    let none = || Failure::own("timed out waiting for the condition");
    Ok((pod.ok_or_else(none)?, (kind == Kind::Service).then_some(object)))
}

/// `8080`, `8888:8080`, `:8080`, `8888:http`: the port here and that of the pod; of a service those of its ports lead on to the pod's.
fn pair(text: &str, pod: &Pod, service: Option<&Object>) -> Result<(u16, u16), Failure> {
    let (local, remote) = text.split_once(':').unwrap_or((text, text));
    let number = |text: &str| text.parse::<u16>().ok();
    let named = |name: &str| {
        let ports = pod.spec.containers.iter().flat_map(|container| container.ports.iter());
        ports.clone().find(|port| port.name == *name).and_then(|port| u16::try_from(port.container_port).ok())
    };
    let of_pod = |text: &str| number(text).or_else(|| named(text));
    let to = match service {
        None => of_pod(remote),
        Some(service) => {
            let value = service.to_value();
            let ports = value.pointer("/spec/ports").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
            let is_meant = |port: &&serde_json::Value| port["name"] == remote || port["port"].as_u64().is_some_and(|known| known.to_string() == remote);
            let Some(port) = ports.iter().find(is_meant) else {
                let name = value["metadata"]["name"].as_str().unwrap_or_default();
                return Err(Failure::Own(match remote.parse::<u16>() {
                    Ok(_) => format!("Service {name} does not have a service port {remote}"),
                    Err(_) => format!("Service '{name}' does not have a named port '{remote}'"),
                }));
            };
            let shown = port["targetPort"].as_str().map(str::to_owned).unwrap_or_else(|| port["targetPort"].to_string());
            of_pod(&shown)
        }
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_zero = |text: &str| is_number(text) && text.bytes().all(|byte| byte == b'0');
    let unreadable = |which: &str, text: &str| {
        let why = if is_number(text) { "value out of range" } else { "invalid syntax" };
        Failure::Own(format!("error parsing {which} port '{text}': strconv.ParseUint: parsing \"{text}\": {why}"))
    };
    let Some(to) = to.filter(|to| *to > 0) else {
        return Err(match remote {
            _ if is_zero(remote) => Failure::own("remote port must be > 0"),
            _ if !is_number(remote) => Failure::Own(format!("Pod '{}' does not have a named port '{remote}'", pod.meta.name)),
            _ if local == remote => unreadable("local", remote),
            _ => unreadable("remote", remote),
        });
    };
    let here = match local {
        "" => Some(0),
        _ if local == remote => number(local).or(Some(to)),
        local => number(local),
    };
    let bad = || unreadable("local", local);
    Ok((here.ok_or_else(bad)?, to))
}

/// What a forward prints of the connections that it took.
pub(super) fn handled(run: &mut Run<'_>) -> String {
    run.world.take_handled().iter().map(|port| format!("Handling connection for {port}\n")).collect()
}
