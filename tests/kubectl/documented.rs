//! Lines of the pages of kubernetes.io (tasks and tutorials) with the images that they use, and what the pages show that they print: Debug
//! Services, Hello Minikube, Using Source IP, Connecting Applications with Services, Jobs, the quick reference.

use podscape::base::SimDuration;
use podscape::simulator::{Scenario, Simulator};

use super::lab::to_its_end;

struct Page(Simulator);

impl Page {
    fn new() -> Page {
        Page(Simulator::new(&Scenario::empty()))
    }

    fn run(&mut self, line: &str) -> String {
        to_its_end(&mut self.0, line).output
    }

    /// Lines whose output is of no interest, and some seconds for what follows from them.
    fn prepare(&mut self, lines: &[&str]) {
        for line in lines {
            let text = self.run(line);
            assert!(!text.contains("rror"), "{line}: {text}");
        }
        let until = self.0.now() + SimDuration::from_seconds(5);
        self.0.catch_up(until);
    }
}

/// "Debug Services", "DNS for Services and Pods" and "Connecting Applications with Services" show these forms of busybox 1.28 and busyboxplus.
#[test]
fn an_old_busybox_finds_names_by_the_search_list() {
    let mut page = Page::new();
    page.prepare(&[
        "kubectl create deployment hostnames --image=registry.k8s.io/serve_hostname --replicas=3",
        "kubectl expose deployment hostnames --port=80 --target-port=9376",
        "kubectl run box --image=busybox:1.28 -- sleep 3600",
        "kubectl run curl --image=radial/busyboxplus:curl --command -- sleep 3600",
    ]);
    let address = page.run("kubectl get svc hostnames -o jsonpath='{.spec.clusterIP}'");
    let head = "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns.kube-system.svc.cluster.local\n\n";
    for (pod, name) in [("box", "hostnames"), ("box", "hostnames.default"), ("box", "hostnames.default.svc.cluster.local"), ("curl", "hostnames")] {
        let found = format!("{head}Name:      {name}\nAddress 1: {address} hostnames.default.svc.cluster.local\n");
        assert_eq!(page.run(&format!("kubectl exec {pod} -- nslookup {name}")), found);
    }
    assert_eq!(page.run("kubectl exec box -- nslookup nosuch 2>&1"), format!("{head}nslookup: can't resolve 'nosuch'\ncommand terminated with exit code 1\n"));
    for (pod, program) in [("box", "wget -qO-"), ("curl", "curl -s")] {
        let text = page.run(&format!("kubectl exec {pod} -- {program} hostnames"));
        assert!(text.starts_with("hostnames-"), "{pod}: {text}");
    }
    // A newer one asks for the name as it is, as soon as it has a dot.
    page.prepare(&["kubectl run new --image=busybox -- sleep 3600"]);
    assert!(page.run("kubectl exec new -- nslookup hostnames.default").contains("** server can't find hostnames.default: NXDOMAIN"));
}

#[test]
fn the_servers_of_the_tutorials_listen_though_no_port_is_declared() {
    let mut page = Page::new();
    page.prepare(&["kubectl run box --image=registry.k8s.io/busybox:1.27.2 -- sleep 3600"]);
    let table = [
        ("gcr.io/google-samples/hello-app:1.0", 8080, "Hello, world!\nVersion: 1.0.0\nHostname: web-"),
        ("gcr.io/google-samples/hello-app:2.0", 8080, "Hello, world!\nVersion: 2.0.0\nHostname: web-"),
        ("gcr.io/google-samples/kubernetes-bootcamp:v1", 8080, "Hello Kubernetes bootcamp! | Running on: web-"),
        ("registry.k8s.io/hpa-example", 80, "OK!"),
        ("registry.k8s.io/nginx-slim:0.24", 80, "<!DOCTYPE html>"),
    ];
    for (image, port, answer) in table {
        page.prepare(&[&format!("kubectl create deployment web --image={image}"), &format!("kubectl expose deployment web --port={port}")]);
        let text = page.run(&format!("kubectl exec box -- wget -qO- web:{port}"));
        assert!(text.starts_with(answer), "{image}: {text}");
        page.prepare(&["kubectl delete deploy,svc web"]);
    }
    page.prepare(&["kubectl create deployment echo --image=registry.k8s.io/echoserver:1.10", "kubectl expose deployment echo --port=80 --target-port=8080"]);
    let own = page.run("kubectl get pod box -o jsonpath='{.status.podIP}'");
    assert_eq!(page.run("kubectl exec box -- wget -qO- echo | grep client_address").trim(), format!("client_address={own}"));
}

/// "Jobs" prints pi; "Indexed Job" gives each pod a word of an array of bash.
#[test]
fn the_jobs_of_the_documentation_end() {
    let mut page = Page::new();
    page.prepare(&["kubectl create job pi --image=perl:5.34.0 -- perl -Mbignum=bpi -wle 'print bpi(2000)'"]);
    let text = page.run("kubectl logs job/pi");
    assert!(text.starts_with("3.14159265358979") && text.ends_with("4780275901\n"), "{text}");
    page.prepare(&["kubectl run a --image=docker.io/library/bash --restart=Never --env=N=2 -- bash -c 'items=(foo bar baz); echo ${items[$N]}'"]);
    assert_eq!(page.run("kubectl logs a"), "baz\n");
    // What is not in an image is not found there.
    page.prepare(&["kubectl run b --image=busybox --restart=Never -- perl -e 1", "kubectl run c --image=busybox --restart=Never -- nosuch"]);
    let state = "-o jsonpath='{.status.containerStatuses[].state.*.reason}'";
    assert_eq!(page.run(&format!("kubectl get pod b {state}")), page.run(&format!("kubectl get pod c {state}")));
    assert_ne!(page.run("kubectl get pod b -o jsonpath='{.status.phase}'"), "Succeeded");
}

#[test]
fn a_probe_of_the_documentation_fails_when_its_file_is_gone() {
    let mut page = Page::new();
    page.prepare(&["kubectl apply -f - <<EOF
apiVersion: v1
kind: Pod
metadata: {name: liveness-exec}
spec:
  containers:
  - name: liveness
    image: registry.k8s.io/busybox:1.27.2
    args: [/bin/sh, -c, touch /run/healthy; sleep 30; rm -f /run/healthy; sleep 600]
    livenessProbe:
      exec: {command: [cat, /run/healthy]}
      initialDelaySeconds: 5
      periodSeconds: 5
EOF"]);
    page.prepare(&["sleep 20"]);
    assert!(!page.run("kubectl describe pod liveness-exec").contains("Unhealthy"));
    page.prepare(&["sleep 10"]);
    assert!(page.run("kubectl describe pod liveness-exec").contains("Liveness probe failed: cat: can't open '/run/healthy': No such file or directory"));
}

/// The quick reference: `kx`, `kn`; what bash 5.2 does with aliases that are scripts.
#[test]
fn aliases_may_be_scripts() {
    let mut page = Page::new();
    page.prepare(&[
        "alias kx='f() { [ \"$1\" ] && kubectl config use-context $1 || kubectl config current-context ; } ; f'",
        "alias kn='f() { [ \"$1\" ] && kubectl config set-context --current --namespace $1 || kubectl config view --minify | grep namespace | cut -d\" \" -f6 ; } ; f'",
        "alias names='kubectl get ns -o name | sort | head -n'",
        "export do='--dry-run=client -o name'; alias kd='kubectl create ns $do'",
        "alias ls='ls | cat'; alias one='two; one'; alias two='one; two'",
    ]);
    let context = page.run("kubectl config current-context");
    let table = [
        ("kx", context.as_str()),
        ("kn kube-public >/dev/null; kn", "kube-public\n"),
        ("kn default >/dev/null; kn", "default\n"),
        ("names 1", "namespace/default\n"),
        ("kd x", "namespace/x\n"),
        ("echo a > x; ls", "x\n"),
        ("yes | head -2; yes no | head -n 1", "y\ny\nno\n"),
    ];
    for (line, output) in table {
        assert_eq!(page.run(line), output, "{line}");
    }
    assert!(page.run("one").contains("command not found"));
}
