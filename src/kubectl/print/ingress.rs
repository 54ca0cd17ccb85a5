//! Ingresses, their classes and network policies in `kubectl get`. Models pkg/printers/internalversion/printers.go printIngress,
//! printIngressClass, printNetworkPolicy.

use super::service::{SHOWN, balancer_addresses};
use super::table::{Context, KindTable, Shown::Always};
use crate::api::{Ingress, IngressRule, Object};
use crate::kubectl::item::Item;

pub(super) const INGRESSES: KindTable = KindTable {
    columns: &[
        ("NAME", Always),
        ("CLASS", Always),
        ("HOSTS", Always),
        ("ADDRESS", Always),
        ("PORTS", Always),
        ("AGE", Always),
    ],
    cells: ingress_cells,
    fields: &[],
};

pub(super) const CLASSES: KindTable = KindTable {
    columns: &[("NAME", Always), ("CONTROLLER", Always), ("PARAMETERS", Always), ("AGE", Always)],
    cells: class_cells,
    fields: &[],
};

pub(super) const POLICIES: KindTable = KindTable {
    columns: &[("NAME", Always), ("POD-SELECTOR", Always), ("AGE", Always)],
    cells: policy_cells,
    fields: &[],
};

fn ingress_cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::Ingress(ingress)) = item else { unreachable!("BUG: an ingress's row of something else") };
    vec![
        ingress.meta.name.to_string(),
        ingress.spec.ingress_class_name.as_ref().map_or("<none>".to_owned(), ToString::to_string),
        hosts(&ingress.spec.rules),
        addresses(ingress),
        if ingress.spec.tls.is_empty() { "80".to_owned() } else { "80, 443".to_owned() },
        context.age(ingress.meta.creation),
    ]
}

/// All addresses of an ingress.
pub(in crate::kubectl) fn addresses(ingress: &Ingress) -> String {
    let status = ingress.status.load_balancer.ingress.iter().map(|ingress| (&ingress.ip, &ingress.hostname));
    balancer_addresses(status)
}

/// Models formatHosts: rules without a host are passed over, but counted.
fn hosts(rules: &[IngressRule]) -> String {
    let mut list: Vec<&str> = Vec::new();
    let mut more = false;
    for rule in rules {
        more |= list.len() == SHOWN;
        if !more && !rule.host.is_empty() {
            list.push(&rule.host);
        }
    }
    match (list.is_empty(), more) {
        (true, _) => "*".to_owned(),
        (false, false) => list.join(","),
        (false, true) => format!("{} + {} more...", list.join(","), rules.len() - SHOWN),
    }
}

fn class_cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::IngressClass(class)) = item else { unreachable!("BUG: a class's row of something else") };
    let parameters = class.spec.parameters.as_ref().map(|parameters| match &parameters.api_group {
        Some(group) => format!("{}.{group}/{}", parameters.kind, parameters.name),
        None => format!("{}/{}", parameters.kind, parameters.name),
    });
    vec![
        class.meta.name.to_string(),
        class.spec.controller.to_string(),
        parameters.unwrap_or_else(|| "<none>".to_owned()),
        context.age(class.meta.creation),
    ]
}

fn policy_cells(item: &Item, context: &Context<'_>) -> Vec<String> {
    let Item::Object(Object::NetworkPolicy(policy)) = item else { unreachable!("BUG: a policy's row of something else") };
    vec![policy.meta.name.to_string(), policy.spec.pod_selector.to_string(), context.age(policy.meta.creation)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Kind;
    use crate::base::SimTime;
    use crate::store::Store;
    use serde_json::{Value, json};

    /// CLASS, HOSTS, ADDRESS, PORTS
    #[test]
    fn ingresses_are_listed() {
        let backend = json!({"service": {"name": "svc", "port": {"number": 93}}});
        let rules = |hosts: &[&str]| -> Vec<Value> { hosts.iter().map(|host| json!({"host": host})).collect() };
        let status = json!({"loadBalancer": {"ingress": [{"ip": "2.3.4.5", "hostname": "localhost.localdomain"}]}});
        let table = [
            (json!({"ingressClassName": "foo", "defaultBackend": backend}), json!({}), ["foo", "*", "", "80"]),
            (json!({"defaultBackend": backend}), status.clone(), ["<none>", "*", "2.3.4.5", "80"]),
            (json!({"rules": rules(&["a"]), "tls": [{}]}), json!({}), ["<none>", "a", "", "80, 443"]),
            (json!({"rules": rules(&["a", "b", "c"])}), json!({}), ["<none>", "a,b,c", "", "80"]),
            (json!({"rules": rules(&["a", "b", "c", "d"])}), json!({}), ["<none>", "a,b,c + 1 more...", "", "80"]),
            (
                json!({"rules": rules(&["a"])}),
                json!({"loadBalancer": {"ingress": [{"hostname": "an.example.of.a.long.name"}]}}),
                ["<none>", "a", "an.example.of.a.long.name", "80"],
            ),
        ];
        let store = Store::default();
        for (spec, status, expected) in table {
            let object = Object::from_value(Kind::Ingress, &json!({"spec": spec, "status": status}));
            let Some(object) = object else { panic!("not read: {spec}") };
            let cells = (INGRESSES.cells)(&Item::Object(object), &Context { view: store.view(), now: SimTime::default() });
            assert_eq!(cells[1..5], expected, "{spec}");
        }
    }
}
