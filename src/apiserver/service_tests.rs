//! What the server answers to services, ingresses, network policies and endpoints: defaults, allocation, refusals, changes of type.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{ApiServer, Write};
use crate::api::{ApiError, Json, Kind, Namespace, Object, ObjectKey, ObjectMeta, Service};
use crate::base::SimTime;

const NOW: SimTime = SimTime::from_seconds(1_000_000);

fn server() -> ApiServer {
    let mut server = ApiServer::new(1);
    let namespace = Namespace { meta: ObjectMeta::named("default"), ..Namespace::default() };
    assert!(server.submit(Write::Create(Object::Namespace(Rc::new(namespace))), NOW).is_ok());
    server
}

fn create(server: &mut ApiServer, kind: Kind, name: &str, rest: &Value) -> Result<Object, ApiError> {
    let mut value = rest.clone();
    value["metadata"]["name"] = json!(name);
    if kind.info().namespaced {
        value["metadata"]["namespace"] = json!("default");
    }
    let Some(object) = Object::from_value(kind, &value) else { panic!("not an object: {value}") };
    server.submit(Write::Create(object), NOW).map(|committed| committed.object)
}

/// The causes of a refusal, or its message; empty if there was none.
fn causes(result: Result<Object, ApiError>) -> Vec<String> {
    match result {
        Ok(_) => Vec::new(),
        Err(error) if error.causes.is_empty() => vec![error.message],
        Err(error) => error.causes.iter().map(ToString::to_string).collect(),
    }
}

fn service(result: Result<Object, ApiError>) -> Rc<Service> {
    match result {
        Ok(Object::Service(service)) => service,
        other => panic!("no service: {other:?}"),
    }
}

/// Changes fields of a stored service.
fn patch(server: &mut ApiServer, name: &str, spec: &Value) -> Result<Object, ApiError> {
    let key = ObjectKey::new(Kind::Service, "default", name);
    let Some(Object::Service(old)) = server.view().get(&key) else { panic!("no service {name}") };
    let mut value = old.spec.write().unwrap_or_default();
    for (key, field) in spec.as_object().into_iter().flatten() {
        value[key] = field.clone();
    }
    let new = Service { spec: Json::read(&value), ..Service::clone(old) };
    server.submit(Write::Update(Object::Service(Rc::new(new))), NOW).map(|committed| committed.object)
}

const PORT: &str = "spec.ports[0]";

fn one_port(port: Value) -> Value {
    json!({"ports": [port]})
}

/// Each of these has one cause, which begins so.
fn refuse_services(table: Vec<(Value, String)>) {
    for (spec, expected) in table {
        let causes = causes(create(&mut server(), Kind::Service, "s", &json!({"spec": spec})));
        assert!(causes.len() == 1 && causes[0].starts_with(&expected), "{spec}: {causes:#?}");
    }
}

#[test]
fn services_are_accepted() {
    let accepted = [
        json!({"ports": [{"port": 80}], "selector": null}),
        json!({"clusterIP": "None"}),
        json!({"ports": [{"port": 80, "targetPort": "http"}]}),
        json!({"clusterIP": "None", "ports": [{"port": 11722, "targetPort": 11722}]}),
        json!({"clusterIP": "None", "ports": [{"port": 11722, "targetPort": 11723}]}),
        json!({"ports": [{"port": 80}], "externalIPs": ["1.2.3.4"]}),
        json!({"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80, "protocol": "UDP"}]}),
        json!({"type": "NodePort", "ports": [{"name": "a", "port": 80, "nodePort": 30001}, {"name": "b", "port": 80, "protocol": "UDP", "nodePort": 30001}]}),
        json!({"type": "NodePort", "ports": [{"port": 80}]}),
        json!({"type": "LoadBalancer", "ports": [{"port": 80, "nodePort": 30002}]}),
        json!({"type": "ExternalName", "externalName": "foo.bar.example.com"}),
        json!({"type": "ExternalName", "externalName": "foo.bar.example.com."}),
    ];
    for spec in accepted {
        assert_eq!(causes(create(&mut server(), Kind::Service, "s", &json!({"spec": spec}))), [""; 0], "{spec}");
    }
    for name in ["-123", &"x".repeat(64)] {
        let causes = causes(create(&mut server(), Kind::Service, name, &json!({"spec": one_port(json!({"port": 80}))})));
        assert_eq!(causes.len(), 1, "{name}: {causes:#?}");
        assert!(causes[0].starts_with("metadata.name: Invalid value"), "{causes:#?}");
    }
}

#[test]
fn ports_of_services_are_refused() {
    refuse_services(vec![
        (json!({}), "spec.ports: Required value".to_owned()),
        (json!({"ports": [{"name": "a", "port": 80}, {"port": 81}]}), "spec.ports[1].name: Required value".to_owned()),
        (one_port(json!({"name": "INVALID", "port": 80})), format!("{PORT}.name: Invalid value: \"INVALID\": a lowercase RFC 1123 label")),
        (
            json!({"ports": [{"name": "a", "port": 80}, {"name": "a", "port": 81}]}),
            "spec.ports[1].name: Duplicate value: \"a\"".to_owned(),
        ),
        (
            one_port(json!({"port": 80, "protocol": "INVALID"})),
            format!("{PORT}.protocol: Unsupported value: \"INVALID\": supported values: \"SCTP\", \"TCP\", \"UDP\""),
        ),
        (one_port(json!({"port": 65536, "targetPort": 80})), format!("{PORT}.port: Invalid value: 65536: must be between 1 and 65535, inclusive")),
        (
            one_port(json!({"port": 80, "targetPort": 65536})),
            format!("{PORT}.targetPort: Invalid value: 65536: must be between 1 and 65535, inclusive"),
        ),
        (
            json!({"ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80}]}),
            "spec.ports[1]: Duplicate value: core.ServicePort{Name:\"\", Protocol:\"TCP\", AppProtocol:(*string)(nil), Port:80, ".to_owned(),
        ),
        (one_port(json!({"port": 80, "nodePort": 30001})), format!("{PORT}.nodePort: Forbidden: may not be used when `type` is 'ClusterIP'")),
    ]);
}

#[test]
fn fields_of_services_are_refused() {
    refuse_services(vec![
        (
            json!({"clusterIP": "invalid", "ports": [{"port": 80}]}),
            "spec.clusterIPs[0]: Invalid value: \"invalid\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)".to_owned(),
        ),
        (
            json!({"ports": [{"port": 80}], "selector": {"NoSpecialCharsLike=Equals": "v"}}),
            "spec.selector: Invalid value: \"NoSpecialCharsLike=Equals\": name part must consist".to_owned(),
        ),
        (
            json!({"ports": [{"port": 80}], "externalIPs": ["127.0.0.1"]}),
            "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)".to_owned(),
        ),
        (
            json!({"ports": [{"port": 80}], "externalIPs": ["myhost.mydomain"]}),
            "spec.externalIPs[0]: Invalid value: \"myhost.mydomain\": must be a valid IP address".to_owned(),
        ),
        (
            json!({"type": "NodePort", "clusterIP": "None", "ports": [{"port": 80}]}),
            "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services".to_owned(),
        ),
        (
            json!({"type": "LoadBalancer", "clusterIP": "None", "ports": [{"port": 80}]}),
            "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer services".to_owned(),
        ),
        (
            json!({"type": "ExternalName", "externalName": "a.b", "clusterIP": "1.2.3.4"}),
            "spec.clusterIPs: Forbidden: may not be set for ExternalName services".to_owned(),
        ),
        (json!({"type": "ExternalName", "externalName": "-123"}), "spec.externalName: Invalid value: \"-123\": a lowercase RFC 1123".to_owned()),
        (
            json!({"ports": [{"port": 80}], "externalTrafficPolicy": "Local"}),
            "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services".to_owned(),
        ),
        (
            json!({"ports": [{"port": 80}], "healthCheckNodePort": 30003}),
            "spec.healthCheckNodePort: Invalid value: 30003: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
                .to_owned(),
        ),
        (
            json!({"type": "NodePort", "ports": [{"port": 80, "nodePort": 20000}]}),
            format!("{PORT}.nodePort: Invalid value: 20000: provided port is not in the valid range. The range of valid ports is 30000-32767"),
        ),
        (
            json!({"clusterIP": "1.2.3.4", "ports": [{"port": 80}]}),
            "spec.clusterIPs: Invalid value: []string{\"1.2.3.4\"}: failed to allocate IP 1.2.3.4: the provided IP (1.2.3.4) is not in the valid \
             range. The range of valid IPs is 10.96.0.0/12"
                .to_owned(),
        ),
    ]);
}

#[test]
fn what_was_given_is_taken_until_it_is_released() {
    let mut server = server();
    let node_port = json!({"spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30123}]}});
    let first = service(create(&mut server, Kind::Service, "a", &node_port));
    let taken = "spec.ports[0].nodePort: Invalid value: 30123: provided port is already allocated";
    assert_eq!(causes(create(&mut server, Kind::Service, "b", &node_port)), [taken]);
    let same = json!({"spec": {"clusterIP": first.spec.cluster_ip.as_str(), "ports": [{"port": 80}]}});
    let ip = &first.spec.cluster_ip;
    let expected =
        format!("spec.clusterIPs: Invalid value: []string{{\"{ip}\"}}: failed to allocate IP {ip}: provided IP is already allocated");
    assert_eq!(causes(create(&mut server, Kind::Service, "b", &same)), [expected]);
    // A refused service leaves nothing behind.
    let refused = json!({"spec": {"type": "NodePort", "sessionAffinity": "Cookie", "ports": [{"port": 80, "nodePort": 30200}]}});
    assert_eq!(causes(create(&mut server, Kind::Service, "b", &refused)).len(), 1);
    let accepted = json!({"spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30200}]}});
    assert_eq!(causes(create(&mut server, Kind::Service, "b", &accepted)), [""; 0]);
    let key = ObjectKey::new(Kind::Service, "default", "a");
    assert!(server.submit(Write::Delete { key, options: super::DeleteOptions::default() }, NOW).is_ok());
    assert_eq!(causes(create(&mut server, Kind::Service, "c", &node_port)), [""; 0]);
    assert_eq!(causes(create(&mut server, Kind::Service, "d", &same)), [""; 0]);
}

#[test]
fn a_type_brings_and_takes_what_it_needs() {
    let mut server = server();
    let made = service(create(&mut server, Kind::Service, "s", &json!({"spec": {"ports": [{"port": 80}]}})));
    assert_eq!(made.spec.write().unwrap_or_default(), json!({
        "clusterIP": made.spec.cluster_ip.as_str(), "clusterIPs": [made.spec.cluster_ip.as_str()], "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack", "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}],
        "sessionAffinity": "None", "type": "ClusterIP",
    }));
    let balanced = service(patch(&mut server, "s", &json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local"})));
    let node_port = balanced.spec.ports[0].node_port;
    assert!(node_port >= 30086 && balanced.spec.health_check_node_port >= 30086);
    assert_eq!(balanced.spec.allocate_load_balancer_node_ports, Some(true));
    assert_eq!(balanced.spec.cluster_ip, made.spec.cluster_ip);
    // A change that leaves the node port out keeps it.
    let kept = service(patch(&mut server, "s", &json!({"ports": [{"port": 81}]})));
    assert_eq!((kept.spec.ports[0].node_port, kept.spec.ports[0].port), (node_port, 81));
    let back = service(patch(&mut server, "s", &json!({"type": "ClusterIP"})));
    assert_eq!((back.spec.ports[0].node_port, back.spec.health_check_node_port), (0, 0));
    assert_eq!((back.spec.external_traffic_policy.as_str(), back.spec.allocate_load_balancer_node_ports), ("", None));
    let outside = service(patch(&mut server, "s", &json!({"type": "ExternalName", "externalName": "a.b"})));
    assert!(outside.spec.cluster_ips.is_empty() && outside.spec.ip_families.is_empty() && outside.spec.internal_traffic_policy.is_empty());
    // Its address is free for others.
    let same = json!({"spec": {"clusterIP": made.spec.cluster_ip.as_str(), "ports": [{"port": 80}]}});
    assert_eq!(causes(create(&mut server, Kind::Service, "t", &same)), [""; 0]);
    let again = service(patch(&mut server, "s", &json!({"type": "ClusterIP", "externalName": null})));
    assert!(again.spec.cluster_ip != made.spec.cluster_ip && !again.spec.cluster_ip.is_empty());
    assert_eq!(
        causes(patch(&mut server, "s", &json!({"clusterIP": "10.96.77.77"}))),
        ["spec.clusterIPs[0]: Invalid value: []string{\"10.96.77.77\"}: may not change once set"]
    );
}

#[test]
fn ingresses_are_accepted_or_refused() {
    let backend = json!({"service": {"name": "s", "port": {"number": 80}}});
    let path = |path: &str, kind: Value, backend: &Value| {
        json!({"rules": [{"host": "foo.bar.com", "http": {"paths": [{"path": path, "pathType": kind, "backend": backend}]}}]})
    };
    let host = |host: &str| json!({"rules": [{"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]});
    let accepted = [
        path("", json!("ImplementationSpecific"), &backend),
        path("/valid", json!("Prefix"), &backend),
        json!({"defaultBackend": backend}),
        host("*.bar.com"),
    ];
    for spec in accepted {
        assert_eq!(causes(create(&mut server(), Kind::Ingress, "i", &json!({"spec": spec}))), [""; 0], "{spec}");
    }
    let at = "spec.rules[0].http.paths[0]";
    let port = |port: Value| json!({"service": {"name": "s", "port": port}});
    let mut refused = vec![
        (json!({"defaultBackend": {"service": {"name": "", "port": {"number": 80}}}}), "spec.defaultBackend.service.name: Required value".to_owned()),
        (path("/", json!("foo"), &backend), format!("{at}.pathType: Unsupported value: \"foo\": supported values: \"Exact\", \"ImplementationSpecific\"")),
        (path("/", json!(null), &backend), format!("{at}.pathType: Required value: pathType must be specified")),
        (path("", json!("Prefix"), &backend), format!("{at}.path: Invalid value: \"\": must be an absolute path")),
        (json!({"rules": [{"host": "foo.bar.com", "http": {"paths": []}}]}), "spec.rules[0].http.paths: Required value".to_owned()),
        (json!({}), "spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified".to_owned()),
        (host("foobar:80"), "spec.rules[0].host: Invalid value: \"foobar:80\": a lowercase RFC 1123 subdomain".to_owned()),
        (host("127.0.0.1"), "spec.rules[0].host: Invalid value: \"127.0.0.1\": must be a DNS name, not an IP address".to_owned()),
        (host("foo.*.bar.com"), "spec.rules[0].host: Invalid value: \"foo.*.bar.com\": a wildcard DNS-1123 subdomain".to_owned()),
        (host("*"), "spec.rules[0].host: Invalid value: \"*\": a wildcard DNS-1123 subdomain".to_owned()),
        (
            path("/", json!("Prefix"), &json!({"service": {"name": "s", "port": {"number": 80}}, "resource": {"kind": "K", "name": "n"}})),
            format!("{at}.backend: Invalid value: \"\": cannot set both resource and service backends"),
        ),
        (
            path("/", json!("Prefix"), &port(json!({"name": "http", "number": 80}))),
            format!("{at}.backend: Invalid value: \"\": cannot set both port name & port number"),
        ),
        (path("/", json!("Prefix"), &port(json!({}))), format!("{at}.backend: Required value: port name or number is required")),
    ];
    for (bad, what) in [("/x//y", "//"), ("/x/./y", "/./"), ("/x/../y", "/../"), ("/x%2fy", "%2f")] {
        refused.push((path(bad, json!("Prefix"), &backend), format!("{at}.path: Invalid value: \"{bad}\": must not contain '{what}'")));
    }
    for (bad, what) in [("/x/..", "/.."), ("/x/.", "/.")] {
        refused.push((path(bad, json!("Exact"), &backend), format!("{at}.path: Invalid value: \"{bad}\": cannot end with '{what}'")));
    }
    for (spec, expected) in refused {
        let causes = causes(create(&mut server(), Kind::Ingress, "i", &json!({"spec": spec})));
        assert!(causes.len() == 1 && causes[0].starts_with(&expected), "{spec}: {causes:#?}");
    }
    let both = json!({"metadata": {"annotations": {"kubernetes.io/ingress.class": "foo"}}, "spec": {"ingressClassName": "bar", "defaultBackend": backend}});
    assert_eq!(
        causes(create(&mut server(), Kind::Ingress, "i", &both)),
        ["annotations.kubernetes.io/ingress.class: Invalid value: \"foo\": must match `ingressClassName` when both are specified"]
    );
}

#[test]
fn an_ingress_without_a_class_gets_the_default_one() {
    let mut server = server();
    let ingress = json!({"spec": {"defaultBackend": {"service": {"name": "s", "port": {"number": 80}}}}});
    let class_of = |object: Result<Object, ApiError>| match object {
        Ok(Object::Ingress(ingress)) => ingress.spec.ingress_class_name.clone(),
        other => panic!("no ingress: {other:?}"),
    };
    assert_eq!(class_of(create(&mut server, Kind::Ingress, "before", &ingress)), None);
    let marked = json!({"metadata": {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}, "spec": {"controller": "k8s.io/x"}});
    assert_eq!(causes(create(&mut server, Kind::IngressClass, "usual", &marked)), [""; 0]);
    assert_eq!(causes(create(&mut server, Kind::IngressClass, "other", &json!({"spec": {"controller": "k8s.io/y"}}))), [""; 0]);
    assert_eq!(class_of(create(&mut server, Kind::Ingress, "after", &ingress)).as_deref(), Some("usual"));
    assert_eq!(
        causes(create(&mut server, Kind::IngressClass, "bad", &json!({"spec": {"controller": "nginx"}}))),
        ["spec.controller: Invalid value: \"nginx\": must be a domain-prefixed path (such as \"acme.io/foo\")"]
    );
}

#[test]
fn network_policies_are_accepted_or_refused() {
    let from = |peer: Value| json!({"podSelector": {}, "ingress": [{"from": [peer]}]});
    let ports = |port: Value| json!({"podSelector": {}, "ingress": [{"ports": [port]}]});
    let table = [
        (json!({"podSelector": {}}), None),
        (from(json!({"podSelector": {}, "namespaceSelector": {}})), None),
        (from(json!({"ipBlock": {"cidr": "192.168.0.0/16", "except": ["192.168.3.0/24"]}})), None),
        (ports(json!({"port": 32000, "endPort": 32768})), None),
        (from(json!({})), Some("spec.ingress[0].from[0]: Required value: must specify a peer")),
        (
            from(json!({"podSelector": {}, "ipBlock": {"cidr": "10.0.0.0/8"}})),
            Some("spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer"),
        ),
        (
            from(json!({"ipBlock": {"cidr": "10.0.0.0"}})),
            Some("spec.ingress[0].from[0].ipBlock.cidr: Invalid value: \"10.0.0.0\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ),
        (
            from(json!({"ipBlock": {"cidr": "192.168.8.0/24", "except": ["192.168.9.1/32"]}})),
            Some("spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: \"192.168.9.1/32\": must be a strict subset of `cidr`"),
        ),
        (ports(json!({"endPort": 80})), Some("spec.ingress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is not specified")),
        (
            ports(json!({"port": 80, "protocol": "ICMP"})),
            Some("spec.ingress[0].ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\""),
        ),
        (
            json!({"podSelector": {}, "policyTypes": ["foo"]}),
            Some("spec.policyTypes[0]: Unsupported value: \"foo\": supported values: \"Egress\", \"Ingress\""),
        ),
    ];
    for (spec, expected) in table {
        let causes = causes(create(&mut server(), Kind::NetworkPolicy, "p", &json!({"spec": spec})));
        assert_eq!(causes, expected.into_iter().collect::<Vec<_>>(), "{spec}");
    }
    let egress = create(&mut server(), Kind::NetworkPolicy, "p", &json!({"spec": {"podSelector": {}, "egress": [{}]}}));
    let Ok(Object::NetworkPolicy(policy)) = egress else { panic!("refused") };
    assert!(policy.limits_ingress() && policy.limits_egress());
}
