//! Hosts and paths: the table of the documentation, the features of the conformance tests, and what ingress-nginx does beyond them.

use super::*;
use crate::api::{Json, ObjectMeta};
use crate::base::SimTime;
use serde_json::{Value, json};

fn ingress(name: &str, age: u64, annotations: &[(&str, &str)], spec: Value) -> Rc<Ingress> {
    let mut meta = ObjectMeta::named(name);
    meta.namespace = "net".into();
    meta.creation = SimTime::from_seconds(1000 - age);
    meta.annotations = Rc::new(annotations.iter().map(|(key, value)| (Name::from(format!("{PREFIX}{key}")), Name::from(*value))).collect());
    Rc::new(Ingress { meta, spec: Json::read(&spec), ..Ingress::default() })
}

fn path(kind: &str, path: &str, service: &str) -> Value {
    json!({"path": path, "pathType": kind, "backend": backend(service)})
}

fn backend(service: &str) -> Value {
    json!({"service": {"name": service, "port": {"number": 8080}}})
}

fn rule(host: &str, paths: Vec<Value>) -> Value {
    json!({"host": host, "http": {"paths": paths}})
}

/// What becomes of a request, shortly: the Service and the path it is asked for, or a status.
fn ask(ingresses: &[Rc<Ingress>], url: &str) -> String {
    let (tls, rest) = url.strip_prefix("https://").map_or((false, url.trim_start_matches("http://")), |rest| (true, rest));
    let (host, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let target = if target.is_empty() { "/" } else { target };
    let asked = Asked { host, target, tls, client: Ipv4Addr::new(192, 168, 64, 100), length: 0, header: &|_| None };
    match decide(ingresses, &asked, &mut Random::stream(1, "test")) {
        Decision::Backend(chosen) if chosen.target == target => chosen.service.to_string(),
        Decision::Backend(chosen) => format!("{} {}", chosen.service, chosen.target),
        Decision::Redirect { status, location } => format!("{status} {location}"),
        Decision::Denied => "403".to_owned(),
        Decision::TooLarge => "413".to_owned(),
        Decision::NotFound => "404".to_owned(),
    }
}

#[test]
fn paths_match_as_the_documentation_says() {
    // Kind and path of each rule, the request, the rule that takes it.
    let table: [(&[(&str, &str)], &str, &str); 20] = [
        (&[("Prefix", "/")], "/any/thing", "/"),
        (&[("Exact", "/foo")], "/foo", "/foo"),
        (&[("Exact", "/foo")], "/bar", "404"),
        (&[("Exact", "/foo")], "/foo/", "404"),
        (&[("Exact", "/foo/")], "/foo", "404"),
        (&[("Prefix", "/foo")], "/foo", "/foo"),
        (&[("Prefix", "/foo")], "/foo/", "/foo"),
        (&[("Prefix", "/foo/")], "/foo", "/foo/"),
        (&[("Prefix", "/foo/")], "/foo/", "/foo/"),
        (&[("Prefix", "/aaa/bb")], "/aaa/bbb", "404"),
        (&[("Prefix", "/aaa/bbb")], "/aaa/bbb", "/aaa/bbb"),
        (&[("Prefix", "/aaa/bbb/")], "/aaa/bbb", "/aaa/bbb/"),
        (&[("Prefix", "/aaa/bbb")], "/aaa/bbb/", "/aaa/bbb"),
        (&[("Prefix", "/aaa/bbb")], "/aaa/bbb/ccc", "/aaa/bbb"),
        (&[("Prefix", "/aaa/bbb")], "/aaa/bbbxyz", "404"),
        (&[("Prefix", "/"), ("Prefix", "/aaa")], "/aaa/ccc", "/aaa"),
        (&[("Prefix", "/"), ("Prefix", "/aaa"), ("Prefix", "/aaa/bbb")], "/aaa/bbb", "/aaa/bbb"),
        (&[("Prefix", "/"), ("Prefix", "/aaa"), ("Prefix", "/aaa/bbb")], "/ccc", "/"),
        (&[("Prefix", "/aaa")], "/ccc", "404"),
        (&[("Prefix", "/foo"), ("Exact", "/foo")], "/foo", "Exact/foo"),
    ];
    for (rules, request, expected) in table {
        let alike = |wanted: &str| rules.iter().filter(|(_, path)| *path == wanted).count() > 1;
        let name = |kind: &str, path: &str| if alike(path) { format!("{kind}{path}") } else { path.to_owned() };
        let paths = rules.iter().map(|(kind, own)| path(kind, own, &name(kind, own))).collect();
        let ingresses = [ingress("a", 0, &[], json!({"rules": [rule("", paths)]}))];
        assert_eq!(ask(&ingresses, &format!("any.host{request}")), expected, "{rules:?} {request}");
    }
}

#[test]
fn the_conformance_features_hold() {
    let exact = |p: &str, service: &str| path("Exact", p, service);
    let prefix = |p: &str, service: &str| path("Prefix", p, service);
    let rules = json!({"tls": [{"hosts": ["foo.bar.com"], "secretName": "conformance-tls"}], "rules": [
        rule("exact-path-rules", vec![exact("/foo", "foo-exact")]),
        rule("prefix-path-rules", vec![prefix("/foo", "foo-prefix"), prefix("/aaa/bbb", "aaa-slash-bbb-prefix"), prefix("/aaa", "aaa-prefix")]),
        rule("mixed-path-rules", vec![prefix("/foo", "foo-prefix"), exact("/foo", "foo-exact")]),
        rule("trailing-slash-path-rules", vec![prefix("/aaa/bbb/", "aaa-slash-bbb-slash-prefix"), exact("/foo/", "foo-slash-exact")]),
        rule("foo.bar.com", vec![prefix("/", "foo-bar-com")]),
        rule("*.foo.com", vec![prefix("/", "wildcard-foo-com")]),
    ]});
    let ingresses = [ingress("rules", 0, &[("ssl-redirect", "false")], rules)];
    let table = [
        ("exact-path-rules/foo", "foo-exact"),
        ("exact-path-rules/foo/", "404"),
        ("exact-path-rules/FOO", "404"),
        ("exact-path-rules/bar", "404"),
        ("prefix-path-rules/foo", "foo-prefix"),
        ("prefix-path-rules/foo/", "foo-prefix"),
        ("prefix-path-rules/FOO", "404"),
        ("prefix-path-rules/aaa/bbb", "aaa-slash-bbb-prefix"),
        ("prefix-path-rules/aaa/bbb/ccc", "aaa-slash-bbb-prefix"),
        ("prefix-path-rules/aaa/ccc", "aaa-prefix"),
        ("prefix-path-rules/aaaccc", "404"),
        ("mixed-path-rules/foo", "foo-exact"),
        ("trailing-slash-path-rules/aaa/bbb", "aaa-slash-bbb-slash-prefix"),
        ("trailing-slash-path-rules/aaa/bbb/", "aaa-slash-bbb-slash-prefix"),
        ("trailing-slash-path-rules/foo", "404"),
        ("https://foo.bar.com/", "foo-bar-com"),
        ("http://foo.bar.com/", "foo-bar-com"),
        ("foo.bar.com:80/", "foo-bar-com"),
        ("subdomain.bar.com/", "404"),
        ("bar.foo.com/", "wildcard-foo-com"),
        ("baz.bar.foo.com/", "404"),
        ("foo.com/", "404"),
    ];
    for (url, expected) in table {
        assert_eq!(ask(&ingresses, url), expected, "{url}");
    }
    assert_eq!(certificate(&ingresses, "foo.bar.com"), Some(("net".into(), "conformance-tls".into())));
    assert_eq!(certificate(&ingresses, "bar.foo.com"), None);
    let default = [ingress("default-backend", 0, &[], json!({"defaultBackend": backend("echo-service")}))];
    for url in ["my-host/", "my-host/sub-path", "some-host/resource", "/resource"] {
        assert_eq!(ask(&default, url), "echo-service", "{url}");
    }
}

#[test]
fn only_the_controllers_own_classes_are_served() {
    let class = |name: &str, controller: &str| {
        let mut class = IngressClass { meta: ObjectMeta::named(name), ..IngressClass::default() };
        class.spec.controller = controller.into();
        Rc::new(class)
    };
    let classes = [class("nginx", CONTROLLER), class("other", "example.com/other")];
    let of = |class: &str| ingress(class, 0, &[], json!({"ingressClassName": class, "defaultBackend": backend("s")}));
    let all = [of("nginx"), of("other"), of("some-invalid-class-name"), ingress("none", 0, &[], json!({"defaultBackend": backend("s")}))];
    let names = |without| {
        let found = served(all.iter(), &classes, CONTROLLER, "nginx", without);
        found.iter().map(|ingress| ingress.meta.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(false), ["nginx"]);
    assert_eq!(names(true), ["nginx", "none"]);
}

#[test]
fn rewriting_is_that_of_ingress_nginx() {
    let host = "rewrite.bar.com";
    let with = |target: &str, own: &str| ingress("a", 0, &[("rewrite-target", target)], json!({"rules": [rule(host, vec![path("ImplementationSpecific", own, "svc")])]}));
    // Target, path, request, what the Service is asked for.
    let table = [
        ("/$2", "/something(/|$)(.*)", "/something", "svc /"),
        ("/$2", "/something(/|$)(.*)", "/something/", "svc /"),
        ("/$2", "/something(/|$)(.*)", "/something/new", "svc /new"),
        ("/$2", "/something(/|$)(.*)", "/something/new?a=b", "svc /new?a=b"),
        ("/$2", "/something(/|$)(.*)", "/somethingelse", "404"),
        ("/$2", "/something(/|$)(.*)", "/SOMETHING/x", "svc /x"),
        ("/", "/", "/x", "svc"),
        ("/", "/kubia", "/kubia/a/b", "svc /"),
    ];
    for (target, own, request, expected) in table {
        assert_eq!(ask(&[with(target, own)], &format!("{host}{request}")), expected, "{target} on {own}: {request}");
    }
    // One ingress's rewriting makes all paths of the host expressions, the longest first.
    let plain = json!({"rules": [rule(host, vec![path("Prefix", "/foo/bar", "svc1"), path("Prefix", "/foo/bar/", "svc2")])]});
    let regex = json!({"rules": [rule(host, vec![path("ImplementationSpecific", "/foo/bar/(.+)", "svc3")])]});
    let both = [ingress("a", 2, &[], plain), ingress("b", 1, &[("rewrite-target", "/$1")], regex)];
    let table = [("/foo/bar/1", "svc3 /1"), ("/foo/bar/", "svc2"), ("/foo/bar", "svc1")];
    for (request, expected) in table {
        assert_eq!(ask(&both, &format!("{host}{request}")), expected, "{request}");
    }
    let paths = vec![path("Prefix", "/foo/bar/bar", "literal"), path("ImplementationSpecific", "/foo/bar/[A-Z0-9]{3}", "regex")];
    let by_length = [ingress("a", 0, &[("use-regex", "true")], json!({"rules": [rule(host, paths)]}))];
    assert_eq!(ask(&by_length, &format!("{host}/foo/bar/bar")), "regex");
}

#[test]
fn the_controller_answers_some_requests_itself() {
    let rules = |tls: Value| json!({"tls": tls, "rules": [rule("approot.bar.com", vec![path("Prefix", "/", "svc")])]});
    let tls = json!([{"hosts": ["approot.bar.com"], "secretName": "s"}]);
    let table: [(&[(&str, &str)], Value, &str, &str); 8] = [
        (&[("app-root", "/app1")], json!([]), "approot.bar.com/", "302 http://approot.bar.com/app1"),
        (&[("app-root", "/app1")], json!([]), "approot.bar.com/app1", "svc"),
        (&[], tls.clone(), "http://approot.bar.com/a?b", "308 https://approot.bar.com/a?b"),
        (&[], tls.clone(), "https://approot.bar.com/a", "svc"),
        (&[("ssl-redirect", "false")], tls, "http://approot.bar.com/a", "svc"),
        (&[("permanent-redirect", "https://example.com")], json!([]), "approot.bar.com/", "301 https://example.com"),
        (&[("whitelist-source-range", "10.0.0.0/8")], json!([]), "approot.bar.com/", "403"),
        (&[("whitelist-source-range", "10.0.0.0/8, 192.168.64.0/24")], json!([]), "approot.bar.com/", "svc"),
    ];
    for (annotations, tls, url, expected) in table {
        assert_eq!(ask(&[ingress("a", 0, annotations, rules(tls))], url), expected, "{annotations:?} {url}");
    }
}

#[test]
fn a_canary_takes_its_share() {
    let rules = |service: &str| json!({"rules": [rule("a.com", vec![path("Prefix", "/", service)])]});
    let stable = ingress("stable", 9, &[], rules("v1"));
    let canary = |weight: &str| ingress("canary", 1, &[("canary", "true"), ("canary-weight", weight)], rules("v2"));
    assert_eq!(ask(&[stable.clone(), canary("0")], "a.com/"), "v1");
    assert_eq!(ask(&[stable, canary("100")], "a.com/"), "v2");
}

#[test]
fn a_body_that_is_too_long_is_refused() {
    let rules = json!({"rules": [rule("a.com", vec![path("Prefix", "/", "svc")])]});
    // proxy-body-size, how many bytes are sent, whether they may pass.
    let table: [(&[(&str, &str)], usize, bool); 7] = [
        (&[], 1 << 20, true),
        (&[], (1 << 20) + 1, false),
        (&[("proxy-body-size", "8m")], 2 << 20, true),
        (&[("proxy-body-size", "1k")], 1024, true),
        (&[("proxy-body-size", "1K")], 1025, false),
        (&[("proxy-body-size", "10")], 11, false),
        (&[("proxy-body-size", "0")], 1 << 30, true),
    ];
    for (annotations, length, passes) in table {
        let asked = Asked { host: "a.com", target: "/", tls: false, client: Ipv4Addr::LOCALHOST, length, header: &|_| None };
        let decision = decide(&[ingress("a", 0, annotations, rules.clone())], &asked, &mut Random::stream(1, "test"));
        assert_eq!(decision != Decision::TooLarge, passes, "{annotations:?} {length}");
    }
}

#[test]
fn a_canary_is_chosen_by_header_then_cookie_then_weight() {
    let rules = |service: &str| json!({"rules": [rule("a.com", vec![path("Prefix", "/", service)])]});
    let canary = [("canary", "true"), ("canary-by-header", "X-Try"), ("canary-by-cookie", "try"), ("canary-weight", "0")];
    let ingresses = [ingress("stable", 9, &[], rules("v1")), ingress("canary", 1, &canary, rules("v2"))];
    let table = [("", "", "v1"), ("always", "", "v2"), ("", "a=b; try=always", "v2"), ("never", "try=always", "v1"), ("", "retry=always", "v1")];
    for (header, cookies, service) in table {
        let all = |name: &str| Some(if name == "cookie" { cookies } else { header }.to_owned()).filter(|value| !value.is_empty());
        let asked = Asked { host: "a.com", target: "/", tls: false, client: Ipv4Addr::LOCALHOST, length: 0, header: &all };
        let Decision::Backend(chosen) = decide(&ingresses, &asked, &mut Random::stream(1, "test")) else { panic!("no backend") };
        assert_eq!(chosen.service, service, "{header:?} {cookies:?}");
    }
}

#[test]
fn a_cookie_leads_back_to_its_pod() {
    let rules = json!({"rules": [rule("a.com", vec![path("Prefix", "/shop", "svc")])]});
    let at = SimTime::parse_rfc3339("2026-11-22T16:46:42Z").expect("a time");
    let port = ServiceBackendPort::default();
    let cookie_of = |annotations: &[(&str, &str)]| {
        let ingress = ingress("a", 0, annotations, rules.clone());
        Sticky::of(&ingress, "/shop", false).map(|sticky| sticky.set("KEY", &"net".into(), &"svc".into(), &port, at))
    };
    assert_eq!(cookie_of(&[]), None);
    let plain = cookie_of(&[("affinity", "cookie")]).expect("a cookie");
    let (value, rest) = plain.split_once(';').expect("attributes");
    assert!(value.starts_with("INGRESSCOOKIE=KEY|") && rest == " Path=/shop; HttpOnly", "{plain}");
    let all = [("affinity", "cookie"), ("session-cookie-name", "route"), ("session-cookie-expires", "60"), ("session-cookie-max-age", "60")];
    let (_, rest) = cookie_of(&all).as_deref().and_then(|all| all.split_once(';')).map(|(a, b)| (a.to_owned(), b.to_owned())).expect("a cookie");
    assert_eq!(rest, " Expires=Sun, 22-Nov-26 16:47:42 GMT; Max-Age=60; Path=/shop; HttpOnly");
    let sticky = Sticky::of(&ingress("a", 0, &[("affinity", "cookie")], rules), "/", false).expect("a cookie");
    let key = |service: &str| sticky.key(value, "net", service, &port);
    assert_eq!((key("svc"), key("other")), (Some("KEY"), None));
    // Keys spread over all endpoints; those of the ones that stay do not move.
    let endpoints: Vec<(Ipv4Addr, u16)> = (1..=4).map(|last| (Ipv4Addr::new(10, 244, 1, last), 8080)).collect();
    let mut random = Random::stream(1, "test");
    let mut counts = [0; 4];
    for _ in 0..400 {
        let key = Sticky::new_key(&mut random, at);
        let before = endpoint_of(&key, &endpoints).expect("an endpoint");
        counts[before] += 1;
        assert!(before == 3 || endpoint_of(&key, &endpoints[..3]) == Some(before));
    }
    assert!(counts.iter().all(|count| (60..140).contains(count)), "{counts:?}");
}
