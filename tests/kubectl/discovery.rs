//! How programs in pods find services and what their tools print: variables, names, answers, errors, and the time that each takes.
//! What is expected was recorded on a real cluster; addresses are those that the lines themselves ask for.

use podscape::base::SimDuration;
use podscape::simulator::{Scenario, Simulator};

use super::lab::to_its_end;

const CLUSTER: &str = "cat > all.yaml <<EOF
apiVersion: v1
kind: ReplicationController
metadata: {name: kubia}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: kubia}}
    spec: {containers: [{name: kubia, image: 'luksa/kubia:ip', ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: kubia}
spec: {selector: {app: kubia}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: empty}
spec: {selector: {app: nothing}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: heads}
spec: {clusterIP: None, selector: {app: kubia}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: far}
spec: {type: ExternalName, externalName: api.somecompany.com}
EOF
kubectl create -f all.yaml";

struct Place(Simulator);

impl Place {
    fn new() -> Place {
        let mut place = Place(Simulator::new(&Scenario::empty()));
        place.wait(1);
        assert!(place.run("kubectl run before --image=luksa/kubia:ip").0.contains("created"));
        place.wait(3);
        assert!(place.run(CLUSTER).0.contains("service/far created"));
        place.wait(1);
        assert!(place.run("kubectl run after --image=luksa/kubia:ip").0.contains("created"));
        assert!(place.run("kubectl run tools --image=tutum/dnsutils --command -- sleep infinity").0.contains("created"));
        assert!(place.run("kubectl run box --image=busybox --command -- sleep 9999").0.contains("created"));
        place.wait(5);
        place
    }

    fn wait(&mut self, seconds: u64) {
        let until = self.0.now() + SimDuration::from_seconds(seconds);
        self.0.catch_up(until);
    }

    /// Gives a line and lets the clock run until it has ended: output, exit status, seconds.
    fn run(&mut self, line: &str) -> (String, i32, u64) {
        let start = self.0.now();
        let receipt = to_its_end(&mut self.0, line);
        (receipt.output, receipt.exit, self.0.now().since(start).seconds())
    }

    fn exec(&mut self, command: &str) -> (String, i32, u64) {
        self.run(&format!("kubectl exec {command}"))
    }
}

#[test]
fn a_command_runs_in_a_pod_behind_what_is_named() {
    let mut place = Place::new();
    assert!(place.run("kubectl create deployment web --image=luksa/kubia:ip").0.contains("created"));
    assert!(place.run("kubectl expose deployment web --port=80 --target-port=8080").0.contains("exposed"));
    place.wait(3);
    for named in ["deploy/web", "deployment/web", "svc/web", "rc/kubia", "svc/kubia"] {
        let (text, code, _) = place.exec(&format!("{named} -- curl -s http://web"));
        assert!(code == 0 && text.starts_with("You've hit web-"), "{named}: {text}");
    }
}

#[test]
fn tools_tell_what_went_wrong_and_take_their_time() {
    let mut place = Place::new();
    let table = [
        ("after -- curl -sS http://nosuch", "curl: (6) Could not resolve host: nosuch\n", 6, 0..1),
        ("after -- wget -q -O - http://nosuch", "wget: bad address 'nosuch'\n", 1, 0..1),
        ("after -- ping -c 1 nosuch", "ping: bad address 'nosuch'\n", 1, 0..1),
        ("after -- sh -c 'curl -s http://$NOSUCH_HOST:$NOSUCH_PORT'", "", 3, 0..1),
        ("after -- curl -sS -m 5 http://kubia:81", "curl: (28) Connection timed out after 500", 28, 5..6),
        ("after -- curl -sS --connect-timeout 3 http://kubia:81", "curl: (28) Failed to connect to kubia port 81 after 300", 28, 3..4),
        ("after -- curl -sS http://kubia:81", "curl: (28) Failed to connect to kubia port 81 after 1349", 28, 134..136),
        ("after -- timeout 4 wget -q -O - http://kubia:81", "", 143, 4..5),
        ("after -- curl -sS http://empty", "curl: (7) Failed to connect to empty port 80 after ", 7, 0..1),
        ("after -- ping -c 2 -w 3 kubia", "PING kubia (", 1, 11..12),
        ("tools -- host nosuch", "Host nosuch not found: 3(NXDOMAIN)\n", 1, 0..1),
        ("box -- sh -c 'curl http://kubia'", "sh: curl: not found\n", 127, 0..1),
    ];
    for (line, output, exit, seconds) in table {
        let (text, code, took) = place.exec(line);
        assert!(text.starts_with(output), "{line}: {text}");
        assert_eq!(code, exit, "{line}: {text}");
        assert!(seconds.contains(&took), "{line} took {took} s");
    }
}

#[test]
fn services_are_found_by_each_of_their_names() {
    let mut place = Place::new();
    for name in ["kubia", "kubia.default", "kubia.default.svc", "kubia.default.svc.cluster.local", "kubia.default.svc.cluster.local."] {
        let (text, code, _) = place.exec(&format!("after -- curl -sS http://{name}"));
        assert!(text.starts_with("You've hit kubia-") && code == 0, "{name}: {text}");
    }
    assert_eq!(place.exec("after -- curl -sS http://far").0.split(" (").next(), Some("This is api.somecompany.com"));
    assert_eq!(place.exec("tools -- dig +short kubia").0, "");
    let (one, all) = (place.exec("tools -- dig +search +short kubia").0, place.exec("tools -- dig +search +short heads").0);
    assert_eq!((one.lines().count(), all.lines().count()), (1, 3));
    assert_eq!(place.exec("tools -- dig +short SRV _http._tcp.heads.default.svc.cluster.local").0.matches("0 33 8080 10-244-").count(), 3);
    let expected = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n";
    assert!(place.exec("box -- nslookup kubia.default.svc.cluster.local").0.starts_with(expected));
    let lines = place.exec("tools -- nslookup nosuch").0.matches(";; Got recursion not available from 10.96.0.10").count();
    assert_eq!(lines, 4, "each name of the search list is asked for, then the name itself");
}

#[test]
fn only_services_that_were_there_are_variables() {
    let mut place = Place::new();
    let count = |text: &str, name: &str| text.lines().filter(|line| line.starts_with(name)).count();
    let (before, after) = (place.exec("before -- env").0, place.exec("after -- env").0);
    assert_eq!((count(&before, "KUBIA_"), count(&after, "KUBIA_")), (0, 7));
    assert_eq!((count(&before, "KUBERNETES_"), count(&after, "KUBERNETES_")), (8, 8));
    assert_eq!((count(&after, "HEADS_"), count(&after, "FAR_")), (0, 0));
    assert!(place.run("kubectl delete svc kubia").0.contains("deleted"));
    assert_eq!(count(&place.exec("after -- env").0, "KUBIA_"), 7, "what runs keeps what it was started with");
}

#[test]
fn a_slow_answer_breaks_when_its_container_ends() {
    let mut place = Place::new();
    assert!(place.run("kubectl run slow --image=luksa/kubia:ip --env=EXIT_ON_TERM=1").0.contains("created"));
    place.wait(3);
    let address = place.run("kubectl get po slow -o jsonpath='{.status.podIP}'").0;
    let (text, code, took) = place.exec(&format!("after -- curl -sS 'http://{address}:8080/slow?s=3'"));
    assert_eq!((text.as_str(), code, took), ("start slow\nend slow\n", 0, 3));
    let line = format!("kubectl exec after -- curl -sS 'http://{address}:8080/slow?s=60' & sleep 5; kubectl delete po slow --wait=false; wait");
    let (text, _, took) = place.run(&line);
    assert!(text.contains("curl: (18) transfer closed with outstanding read data remaining\nstart slow\n"), "{text}");
    assert!((5..8).contains(&took), "{took}");
}
