//! `kubectl create service clusterip | nodeport | loadbalancer | externalname`. Models kubectl/pkg/cmd/create/create_service.go.

use serde_json::{Value, json};

use super::Run;
use super::create::{name_of, send};
use crate::api::{HEADLESS, Kind};
use crate::apiserver::validation::names;
use crate::kubectl::answer::{Answer, Failure};

pub(super) fn run(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let given = run.given;
    let word = given.args.get(1).map(String::as_str).unwrap_or_default();
    let kind = match word {
        "clusterip" => "ClusterIP",
        "nodeport" => "NodePort",
        "loadbalancer" => "LoadBalancer",
        "externalname" => "ExternalName",
        "" => return Err(Failure::Bare(super::help::of("create service").unwrap_or_default())),
        _ => return Err(Failure::unknown_command("create service", &given.args[1..])),
    };
    let outside = given.text("external-name").unwrap_or_default();
    if kind == "ExternalName" && given.text("external-name").is_none() {
        return Err(Failure::own("required flag(s) \"external-name\" not set"));
    }
    let name = name_of(run, &format!("service {word}"), 2)?;
    let address = given.text("clusterip").unwrap_or_default();
    let pairs = given.list("tcp");
    if pairs.is_empty() && address != HEADLESS && kind != "ExternalName" {
        return Err(Failure::own("at least one tcp port specifier must be provided"));
    }
    let mut ports = Vec::new();
    for pair in pairs {
        ports.push(port(pair, given.number("node-port").unwrap_or_default())?);
    }
    let labels = json!({"app": name});
    let mut spec = json!({"selector": labels, "type": kind});
    if !ports.is_empty() {
        spec["ports"] = Value::Array(ports);
    }
    if !address.is_empty() {
        spec["clusterIP"] = Value::from(address);
    }
    if kind == "ExternalName" {
        if !names::dns1123_subdomain(outside).is_empty() {
            return Err(Failure::Own(format!("invalid service external name {outside}")));
        }
        spec["externalName"] = Value::from(outside);
    }
    let value = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"creationTimestamp": null, "labels": labels, "name": name},
        "spec": spec, "status": {"loadBalancer": {}},
    });
    send(run, Kind::Service, value)
}

/// `80`, `80:8080`, `80:http`. Models parsePorts.
fn port(pair: &str, node_port: i64) -> Result<Value, Failure> {
    let mut parts = pair.split(':');
    let number = port_number(parts.next().unwrap_or_default())?;
    let target = match parts.next() {
        None => Value::from(number),
        Some(text) => match text.parse::<i64>() {
            Ok(number) => {
                refuse(names::port_number(number))?;
                Value::from(number)
            }
            Err(_) => {
                refuse(names::port_name(text))?;
                Value::from(text)
            }
        },
    };
    let mut port = json!({"name": pair.replace(':', "-"), "port": number, "protocol": "TCP", "targetPort": target});
    if node_port != 0 {
        port["nodePort"] = Value::from(node_port);
    }
    Ok(port)
}

fn refuse(messages: Vec<String>) -> Result<(), Failure> {
    if messages.is_empty() { Ok(()) } else { Err(Failure::Own(messages.join(","))) }
}

/// A number of 16 bits, as Go's ParseUint reads it.
fn port_number(text: &str) -> Result<u16, Failure> {
    let digits = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let why = if digits { "value out of range" } else { "invalid syntax" };
    text.parse().ok().filter(|_| digits).ok_or_else(|| Failure::Own(format!("strconv.ParseUint: parsing \"{text}\": {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read() {
        let table = [
            ("80", json!({"name": "80", "port": 80, "protocol": "TCP", "targetPort": 80})),
            ("80:8080", json!({"name": "80-8080", "port": 80, "protocol": "TCP", "targetPort": 8080})),
            ("80:http", json!({"name": "80-http", "port": 80, "protocol": "TCP", "targetPort": "http"})),
        ];
        for (pair, expected) in table {
            assert_eq!(port(pair, 0).ok(), Some(expected), "{pair}");
        }
        for (pair, expected) in [
            ("abc", "strconv.ParseUint: parsing \"abc\": invalid syntax"),
            ("70000", "strconv.ParseUint: parsing \"70000\": value out of range"),
            ("80:Foo_", "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"),
        ] {
            assert!(matches!(port(pair, 0), Err(Failure::Own(text)) if text == expected), "{pair}");
        }
    }
}
