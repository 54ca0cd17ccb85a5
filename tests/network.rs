//! Traffic through a whole cluster: Services, network policies, an ingress controller that is itself some pods, broken networks.

use podscape::base::SimDuration;
use podscape::engine::Flow;
use podscape::network::{Outcome, Place};
use podscape::runtime::Url;
use podscape::simulator::{Command, Scenario, Simulator};

const WEB: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'luksa/kubia:ip', ports: [{name: http, containerPort: 8080}]}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, ports: [{port: 80, targetPort: 8080, nodePort: 31777}], selector: {app: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: friend, labels: {role: friend}}
spec: {nodeName: node1, containers: [{name: main, image: 'luksa/kubia:ip'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: stranger}
spec: {nodeName: node1, containers: [{name: main, image: 'luksa/kubia:ip'}]}
";

const INGRESS: &str = "
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress}}
  template:
    metadata: {labels: {app: ingress}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.12.0
        args: [/nginx-ingress-controller, --publish-service=$(POD_NAMESPACE)/ingress]
        readinessProbe: {httpGet: {path: /healthz, port: 10254}}
---
apiVersion: v1
kind: Service
metadata: {name: ingress}
spec: {type: NodePort, externalIPs: [192.168.64.11, 192.168.64.12], ports: [{port: 80}], selector: {app: ingress}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  ingressClassName: nginx
  rules:
  - host: web.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: stray}
spec: {ingressClassName: some-invalid-class-name, defaultBackend: {service: {name: web, port: {number: 80}}}}
";

struct Cluster(Simulator);

impl Cluster {
    fn new(manifests: &[&str]) -> Cluster {
        let mut cluster = Cluster(Simulator::new(&Scenario::empty()));
        for (number, manifest) in manifests.iter().enumerate() {
            cluster.apply(&format!("{number}.yaml"), manifest);
        }
        cluster.wait(15);
        cluster
    }

    fn apply(&mut self, name: &str, manifest: &str) {
        self.0.apply(Command::File { name: name.to_owned(), text: manifest.to_owned() });
        self.run(&format!("kubectl apply -f {name}"));
    }

    fn run(&mut self, line: &str) -> String {
        let receipt = self.0.apply(Command::Line(line.to_owned()));
        assert_eq!(receipt.exit, 0, "{line}: {}", receipt.output);
        receipt.output
    }

    fn wait(&mut self, seconds: u64) {
        let until = self.0.now() + SimDuration::from_seconds(seconds);
        self.0.catch_up(until);
    }

    /// Sends requests from a place: how each went, shortly.
    fn ask(&self, from: &Place, url: &str, times: u32) -> Vec<String> {
        let mut world = self.0.world().clone();
        let Ok(url) = Url::parse(url) else { panic!("{url} is no URL") };
        let mut flow = Flow::new(from.clone(), url);
        flow.count = times;
        let id = world.start_flow(flow);
        let Some(flow) = world.flow(id) else { panic!("no flow") };
        flow.visits.iter().map(|visit| if visit.status == 0 { visit.text.to_string() } else { visit.status.to_string() }).collect()
    }
}

fn pod(name: &str) -> Place {
    Place::Pod("default".into(), name.into())
}

fn policy(name: &str, rules: &str) -> String {
    let head = format!("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}}}\n");
    format!("{head}spec: {{podSelector: {{matchLabels: {{app: web}}}}, {rules}}}\n")
}

#[test]
fn policies_let_through_what_any_of_them_allows() {
    let deny = policy("deny", "policyTypes: [Ingress]");
    let friends = "ingress: [{from: [{podSelector: {matchLabels: {role: friend}}}], ports: [{port: http}]}]";
    let cidr = "ingress: [{from: [{ipBlock: {cidr: 192.168.64.0/24, except: [192.168.64.11/32, 192.168.64.12/32, 192.168.64.13/32]}}]}]";
    let spaces = "ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}}]}]";
    let elsewhere = "ingress: [{from: [{namespaceSelector: {matchLabels: {team: other}}}]}]";
    let ports = |ports: &str| format!("ingress: [{{ports: [{ports}]}}]");
    // The rules beside the one that denies all; who then gets an answer: the friend, the stranger.
    let table = [
        (String::new(), "timed out", "timed out"),
        (friends.to_owned(), "200", "timed out"),
        (cidr.to_owned(), "timed out", "timed out"),
        (spaces.to_owned(), "200", "200"),
        (elsewhere.to_owned(), "timed out", "timed out"),
        (ports("{port: 8080}"), "200", "200"),
        (ports("{port: 8081}"), "timed out", "timed out"),
        (ports("{port: 8000, endPort: 8100}"), "200", "200"),
        (ports("{port: 8080, protocol: UDP}"), "timed out", "timed out"),
        ("ingress: [{}]".to_owned(), "200", "200"),
    ];
    for (rules, friend, stranger) in table {
        let mut cluster = Cluster::new(&[WEB]);
        assert_eq!(cluster.ask(&pod("stranger"), "http://192.168.64.11:31777", 1), ["200"]);
        cluster.apply("deny.yaml", &deny);
        if !rules.is_empty() {
            cluster.apply("allow.yaml", &policy("allow", &rules));
        }
        let address = cluster.run("kubectl get svc web -o jsonpath={.spec.clusterIP}");
        let asked = |from: &str| cluster.ask(&pod(from), &format!("http://{address}"), 1);
        assert_eq!((asked("friend"), asked("stranger")), (vec![friend.to_owned()], vec![stranger.to_owned()]), "{rules}");
    }
}

#[test]
fn a_pod_that_may_talk_to_nobody_talks_to_nobody() {
    let mut cluster = Cluster::new(&[WEB]);
    let quiet = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: quiet}\nspec: {podSelector: {matchLabels: {role: friend}}, policyTypes: [Egress]}\n";
    cluster.apply("quiet.yaml", quiet);
    assert_eq!(cluster.ask(&pod("friend"), "http://192.168.64.100", 1), ["timed out"]);
    assert_eq!(cluster.ask(&pod("stranger"), "http://192.168.64.100", 1), ["200"]);
}

#[test]
fn the_way_through_an_ingress_goes_to_pods_and_ends_where_its_pods_are_gone() {
    let mut cluster = Cluster::new(&[WEB, INGRESS]);
    let addresses = cluster.run("kubectl get ing -o custom-columns=NAME:.metadata.name,ADDRESS:.status.loadBalancer.ingress[*].ip");
    assert_eq!(addresses, "NAME    ADDRESS\nstray   <none>\nweb     192.168.64.11,192.168.64.12\n");
    assert_eq!(cluster.ask(&Place::Client, "http://web.example.com/a", 20), ["200"; 20]);
    assert_eq!(cluster.ask(&Place::Client, "http://192.168.64.11/a", 1), ["404"]);
    let route = cluster.run("request http://web.example.com");
    let service = cluster.run("kubectl get svc web -o jsonpath={.spec.clusterIP}");
    assert!(!route.contains(&service) && route.contains("You've hit web-"), "{route}");
    cluster.run("kubectl scale deployment web --replicas=0");
    cluster.wait(40);
    assert_eq!(cluster.ask(&Place::Client, "http://web.example.com/", 1), ["503"]);
    assert!(cluster.run("client curl -si http://web.example.com").starts_with("HTTP/1.1 503 Service Temporarily Unavailable"));
    cluster.run("kubectl scale deployment web --replicas=1");
    cluster.run("kubectl delete deployment ingress");
    cluster.wait(40);
    assert_eq!(cluster.ask(&Place::Client, "http://web.example.com/", 1), ["refused"]);
}

#[test]
fn one_entry_that_is_cut_off_is_passed_over_for_the_next() {
    let mut cluster = Cluster::new(&[WEB, INGRESS]);
    cluster.run("fault client node/node1 --partition");
    assert_eq!(cluster.ask(&Place::Client, "http://web.example.com/", 10), ["200"; 10]);
    cluster.run("fault client node/node2 --partition");
    assert_eq!(cluster.ask(&Place::Client, "http://web.example.com/", 1), ["timed out"]);
    cluster.run("fault --none");
    assert_eq!(cluster.ask(&Place::Client, "http://web.example.com/", 1), ["200"]);
}

#[test]
fn a_cookie_of_the_ingress_keeps_a_client_with_its_pod() {
    let mut cluster = Cluster::new(&[WEB, INGRESS]);
    let answered = |table: &str| table.lines().filter(|line| line.starts_with(' ')).count();
    // A kept connection ends at the controller: behind it, requests go round.
    assert_eq!(answered(&cluster.run("request http://web.example.com --times 30 --keep-alive")), 3);
    cluster.run("kubectl annotate ingress web nginx.ingress.kubernetes.io/affinity=cookie");
    let (kept, spread) = (cluster.run("request http://web.example.com --times 30 --keep-alive"), cluster.run("request http://web.example.com --times 30"));
    assert_eq!((answered(&kept), answered(&spread)), (1, 3), "{kept}{spread}");
    let head = cluster.run("client curl -si http://web.example.com");
    let cookie = head.lines().find_map(|line| line.strip_prefix("Set-Cookie: ")?.split(';').next()).expect("a cookie");
    let pod = head.lines().last().and_then(|line| line.split(" (client").next()).expect("a pod");
    for _ in 0..5 {
        let again = cluster.run(&format!("client curl -si -b '{cookie}' http://web.example.com"));
        assert!(again.contains(pod) && !again.contains("Set-Cookie"), "{again}");
    }
    cluster.run("kubectl annotate ingress web nginx.ingress.kubernetes.io/proxy-body-size=10");
    let refused = cluster.run("client curl -si -d 12345678901 http://web.example.com");
    assert!(refused.starts_with("HTTP/1.1 413 Request Entity Too Large") && refused.contains("Connection: close"), "{refused}");
}

#[test]
fn a_kept_connection_stays_with_its_pod_and_new_ones_spread() {
    let mut cluster = Cluster::new(&[WEB]);
    let kept = cluster.run("request http://192.168.64.11:31777 --times 30 --keep-alive");
    let spread = cluster.run("request http://192.168.64.11:31777 --times 30");
    let answered = |table: &str| table.lines().filter(|line| line.starts_with(' ')).count();
    assert_eq!((answered(&kept), answered(&spread)), (1, 3), "{kept}{spread}");
}

#[test]
fn a_steady_rate_goes_on_while_pods_go_and_come() {
    let mut cluster = Cluster::new(&[WEB]);
    let receipt = cluster.0.apply(Command::Line("request http://192.168.64.12:31777 --times 300 --every 0.2".to_owned()));
    assert!(receipt.running);
    cluster.wait(5);
    let mut world = cluster.0.world().clone();
    assert!(world.flows().first().is_some_and(|flow| flow.sent == 26), "{:?}", world.flows().first().map(|flow| flow.sent));
    let first = world.flows()[0].visits[0].clone();
    let ping = world.ping(&Place::Client, std::net::Ipv4Addr::new(192, 168, 64, 12), world.now());
    assert!(first.status == 200 && ping.outcome == Outcome::Delivered);
    cluster.run("kubectl rollout restart deployment web");
    cluster.wait(60);
    let world = cluster.0.world();
    let flow = &world.flows()[0];
    assert!(flow.is_over() && flow.visits.iter().all(|visit| visit.status == 200), "{}", flow.table());
}

#[test]
fn commands_of_machines_take_their_time_and_see_what_happens_meanwhile() {
    let mut cluster = Cluster::new(&[WEB]);
    // The line, the seconds that it takes at least, its exit code.
    let table = [
        ("node1 sleep 5", 5, 0),
        ("client curl -s -m 4 http://10.244.1.77", 0, 7),
        ("node1 curl -s -m 4 http://10.96.3.3", 4, 28),
        ("client sh -c 'sleep 2; curl -s http://192.168.64.11:31777 > answer'", 2, 0),
        ("client grep -c hit answer", 0, 0),
        ("client timeout 3 sleep 60", 3, 143),
        ("node1 sh -c 'iptables-save -t nat | grep -q default/web'", 0, 0),
    ];
    for (line, seconds, code) in table {
        let before = cluster.0.now();
        let mut receipt = cluster.0.apply(Command::Line(line.to_owned()));
        while receipt.running {
            cluster.wait(1);
            if let Some((text, done)) = cluster.0.drain_output() {
                receipt.output.push_str(&text);
                (receipt.running, receipt.exit) = (!done, cluster.0.line_exit());
            }
        }
        assert_eq!(receipt.exit, code, "{line}: {}", receipt.output);
        let took = cluster.0.now().since(before).seconds();
        assert!((seconds..=seconds + 1).contains(&took), "{line} took {took} s");
    }
}

#[test]
fn a_name_is_looked_up_query_by_query_over_the_network() {
    let alias = "apiVersion: v1\nkind: Service\nmetadata: {name: alias}\nspec: {type: ExternalName, externalName: api.somecompany.com}\n";
    let mut cluster = Cluster::new(&[WEB, alias]);
    let web = cluster.run("kubectl get svc web -o jsonpath={.spec.clusterIP}");
    // The name, and the questions with their answers: the search list with ndots:5, both kinds of each name.
    let table = [
        ("web", vec![("web.default.svc.cluster.local", web.as_str(), "no such record")]),
        ("web.default", vec![("web.default.default.svc.cluster.local", "NXDOMAIN", "NXDOMAIN"), ("web.default.svc.cluster.local", &web, "no such record")]),
        ("web.default.svc.cluster.local.", vec![("web.default.svc.cluster.local", &web, "no such record")]),
        ("alias", vec![("alias.default.svc.cluster.local", "alias of api.somecompany.com, 192.168.64.100", "alias of api.somecompany.com")]),
        (
            "nosuch.org",
            vec![
                ("nosuch.org.default.svc.cluster.local", "NXDOMAIN", "NXDOMAIN"),
                ("nosuch.org.svc.cluster.local", "NXDOMAIN", "NXDOMAIN"),
                ("nosuch.org.cluster.local", "NXDOMAIN", "NXDOMAIN"),
                ("nosuch.org", "NXDOMAIN", "NXDOMAIN"),
            ],
        ),
    ];
    for (name, questions) in table {
        let mut expected = String::new();
        for (asked, first, second) in questions {
            expected += &format!("{asked} A: {first}\n{asked} AAAA: {second}\n");
        }
        let mut world = cluster.0.world().clone();
        let Ok(url) = Url::parse(name) else { panic!("{name} is no URL") };
        let id = world.start_flow(Flow::new(pod("friend"), url));
        let visit = world.flow(id).map(|flow| flow.visits[0].clone()).unwrap_or_else(|| panic!("no flow"));
        let mut told = String::new();
        for lookup in visit.lookups.iter() {
            told += &format!("{} {}: {}\n", lookup.name, lookup.kind.as_str(), lookup.answer);
            assert_eq!(lookup.route.reached().map(|hop| hop.place.clone()), Some(Place::ControlPlane), "{name}");
        }
        assert_eq!(told, expected, "{name}");
    }
    // Without a way to the name server there is no name, for requests of all kinds.
    cluster.apply("deny.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny}\nspec: {podSelector: {}, policyTypes: [Egress]}\n");
    assert_eq!(cluster.ask(&pod("friend"), "http://web", 1), ["could not resolve web"]);
    let dns = "spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}, {to: [{podSelector: {matchLabels: {app: web}}}]}]}\n";
    cluster.apply("dns.yaml", &format!("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: dns}}\n{dns}"));
    assert_eq!(cluster.ask(&pod("friend"), "http://web", 1), ["200"]);
}

#[test]
fn an_ingress_without_rules_sends_all_requests_to_all_pods_of_its_backend() {
    // The conformance features load_balancing and default_backend: 100 requests, 10 pods; every path, every method.
    let echo = WEB.replace("replicas: 3", "replicas: 10").replace("name: web", "name: echo-service");
    let default = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: load-balancing}\n\
                   spec: {ingressClassName: nginx, defaultBackend: {service: {name: echo-service, port: {number: 80}}}}\n";
    let head = INGRESS.split("---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n").next().unwrap_or_default();
    let mut cluster = Cluster::new(&[&echo, head, default]);
    cluster.wait(60);
    let address = cluster.run("kubectl get ingress load-balancing -o jsonpath={.status.loadBalancer.ingress[0].ip}");
    assert_eq!(address, "192.168.64.11");
    let mut world = cluster.0.world().clone();
    let Ok(url) = Url::parse("http://192.168.64.11/") else { panic!("no URL") };
    let mut flow = Flow::new(Place::Client, url);
    (flow.count, flow.host) = (100, Some("load-balancing".to_owned()));
    let id = world.start_flow(flow);
    let Some(flow) = world.flow(id) else { panic!("no flow") };
    assert_eq!(flow.tally.len(), 10, "{}", flow.table());
    assert!(flow.visits.iter().all(|visit| visit.status == 200), "{}", flow.table());
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
        let line = format!("client curl -s -o /dev/null -w '%{{http_code}}' -X {method} -H 'Host: some-host' http://192.168.64.11/sub-path");
        assert_eq!(cluster.run(&line), "200", "{method}");
    }
}

const NAMED: &str = "
apiVersion: v1
kind: Service
metadata: {name: peers}
spec: {clusterIP: None, ports: [{name: http, port: 80, targetPort: 8080}], selector: {app: peer}}
---
apiVersion: v1
kind: Pod
metadata: {name: peer-a, labels: {app: peer}}
spec: {hostname: first, subdomain: peers, nodeName: node2, containers: [{name: main, image: 'luksa/kubia:ip'}]}
---
apiVersion: v1
kind: Service
metadata: {name: ports}
spec: {clusterIP: 10.96.7.7, ports: [{name: http, port: 80}, {name: dns, port: 53, protocol: UDP}], selector: {app: none}}
---
apiVersion: v1
kind: Service
metadata: {name: alias}
spec: {type: ExternalName, externalName: chain.default.svc.cluster.local}
---
apiVersion: v1
kind: Service
metadata: {name: chain}
spec: {type: ExternalName, externalName: api.somecompany.com}
---
apiVersion: v1
kind: Pod
metadata: {name: dnsutils}
spec: {containers: [{name: main, image: tutum/dnsutils, command: [sleep, infinity]}]}
";

#[test]
fn the_clusters_name_server_tells_of_services_and_pods() {
    let mut cluster = Cluster::new(&[NAMED]);
    let ip = cluster.run("kubectl get pod peer-a -o jsonpath={.status.podIP}");
    let dashed = ip.replace('.', "-");
    let reversed: Vec<&str> = ip.rsplit('.').collect();
    let zone = "default.svc.cluster.local";
    // What is asked for, and the answer in short. Shapes as recorded of CoreDNS with kubeadm's configuration.
    let table = [
        (format!("ports.{zone}"), "10.96.7.7\n".to_owned()),
        (format!("_http._tcp.ports.{zone} SRV"), format!("0 100 80 ports.{zone}.\n")),
        (format!("_dns._udp.ports.{zone} SRV"), format!("0 100 53 ports.{zone}.\n")),
        (format!("_dns._tcp.ports.{zone} SRV"), String::new()),
        (format!("peers.{zone}"), format!("{ip}\n")),
        (format!("first.peers.{zone}"), format!("{ip}\n")),
        (format!("peer-a.peers.{zone}"), String::new()),
        (format!("_http._tcp.peers.{zone} SRV"), format!("0 100 8080 first.peers.{zone}.\n")),
        (format!("alias.{zone}"), format!("chain.{zone}.\napi.somecompany.com.\n192.168.64.100\n")),
        (format!("{dashed}.default.pod.cluster.local"), format!("{ip}\n")),
        ("kubernetes.default.svc.cluster.local".to_owned(), "10.96.0.1\n".to_owned()),
        ("kube-dns.kube-system.svc.cluster.local".to_owned(), "10.96.0.10\n".to_owned()),
        ("-x 10.96.7.7".to_owned(), format!("ports.{zone}.\n")),
        (format!("{}.in-addr.arpa PTR", reversed.join(".")), format!("first.peers.{zone}.\n")),
        (format!("ports.{zone} AAAA"), String::new()),
        ("ports".to_owned(), String::new()),
    ];
    for (question, expected) in table {
        assert_eq!(cluster.run(&format!("kubectl exec dnsutils -- dig +short {question}")), expected, "{question}");
    }
    for (question, status) in [(format!("ports.{zone} AAAA"), "NOERROR"), (format!("nosuch.{zone}"), "NXDOMAIN"), ("ports".to_owned(), "NXDOMAIN")] {
        let answer = cluster.run(&format!("kubectl exec dnsutils -- dig {question}"));
        assert!(answer.contains(&format!("status: {status},")), "{question}: {answer}");
    }
}

#[test]
fn pages_come_from_what_is_mounted_and_tls_shows_whose_certificate_it_is() {
    let site = "
apiVersion: v1
kind: ConfigMap
metadata: {name: pages}
data: {index.html: from a map}
---
apiVersion: v1
kind: Pod
metadata: {name: site, labels: {app: web}}
spec:
  containers: [{name: main, image: nginx, volumeMounts: [{name: html, mountPath: /usr/share/nginx/html}], ports: [{containerPort: 80}]}]
  volumes: [{name: html, configMap: {name: pages}}]
---
apiVersion: v1
kind: Pod
metadata: {name: plain}
spec: {containers: [{name: main, image: nginx}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}], selector: {app: web}}
";
    let ingress = INGRESS.replace("ports: [{port: 80}]", "ports: [{name: http, port: 80}, {name: https, port: 443}]");
    let mut cluster = Cluster::new(&[site, &ingress]);
    cluster.run("kubectl exec plain -- sh -c 'echo written > /usr/share/nginx/html/own.html'");
    let authority = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";
    let entry = "client curl -sSkv -o answer https://192.168.64.11";
    // A line, its exit code, what is part of its output.
    let table = [
        ("kubectl exec plain -- curl -s http://web".to_owned(), 0, "from a map"),
        ("kubectl exec plain -- curl -s -o /dev/null -w '%{http_code}' http://web/nosuch".to_owned(), 0, "404"),
        ("kubectl exec plain -- curl -s http://localhost".to_owned(), 0, "Welcome to nginx!"),
        ("kubectl exec plain -- curl -s http://localhost/own.html".to_owned(), 0, "written"),
        ("kubectl exec plain -- curl -sS https://kubernetes".to_owned(), 60, "curl: (60) SSL certificate problem: unable to get local issuer certificate"),
        (format!("kubectl exec plain -- curl -sS --cacert {authority} https://kubernetes/healthz"), 0, "ok"),
        ("kubectl exec plain -- curl -sSk https://web:80".to_owned(), 35, "wrong version number"),
        (entry.to_owned(), 0, "*  issuer: O=Acme Co; CN=Kubernetes Ingress Controller Fake Certificate"),
        (entry.to_owned(), 0, "< HTTP/2 404 "),
    ];
    for (line, code, part) in table {
        let receipt = cluster.0.apply(Command::Line(line.clone()));
        assert_eq!((receipt.exit, receipt.output.contains(part)), (code, true), "{line}: {}", receipt.output);
    }
}

#[test]
fn each_pod_of_a_stateful_set_has_its_name_in_its_service() {
    let set = "
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, ports: [{name: http, port: 80, targetPort: 8080}], selector: {app: db}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: 'luksa/kubia:ip'}]}
";
    let mut cluster = Cluster::new(&[WEB, set]);
    for number in 0..2 {
        let answer = cluster.run(&format!("kubectl exec friend -- curl -s http://db-{number}.db:8080"));
        assert!(answer.starts_with(&format!("You've hit db-{number} ")), "{answer}");
    }
    let listed = cluster.run("kubectl get endpoints db -o jsonpath={.subsets[0].addresses[*].hostname}");
    assert!(listed == "db-0 db-1" || listed == "db-1 db-0", "{listed}");
    let own = cluster.run("kubectl exec db-1 -- tail -1 /etc/hosts");
    assert!(own.ends_with("\tdb-1.db.default.svc.cluster.local\tdb-1\n"), "{own}");
}
