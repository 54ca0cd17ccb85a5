//! Services and all that belongs to them: what is created by flags, listed, described, and what goes with a service.

use super::lab::Lab;

const WEB: &str = "\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: NodePort
  selector: {app: kubia}
  ports:
  - {name: http, port: 80, targetPort: 8080, nodePort: 30123}
  - {name: https, port: 443, targetPort: 8443, nodePort: 30124}
";

/// Cells by one space, addresses of the cluster and ages folded.
fn plain(text: &str) -> String {
    let is_age = |word: &str| word.len() > 1 && word.ends_with('s') && word[..word.len() - 1].bytes().all(|digit| digit.is_ascii_digit());
    let address = |part: &str| match part.split_once("10.").map(|(before, rest)| (before, rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'))) {
        Some((before, rest)) => format!("{before}<ip>{rest}"),
        None => part.to_owned(),
    };
    let word = |word: &str| if is_age(word) { "<age>".to_owned() } else { word.split(',').map(address).collect::<Vec<_>>().join(",") };
    text.lines().map(|line| line.split_whitespace().map(word).collect::<Vec<_>>().join(" ") + "\n").collect()
}

#[test]
fn a_service_is_described_with_its_ready_endpoints() {
    let mut lab = Lab::settled();
    lab.file("web.yaml", WEB);
    assert_eq!(lab.run("kubectl create -f web.yaml"), "service/web created\n");
    lab.wait(1);
    assert_eq!(plain(&lab.raw("kubectl get svc web -o wide --no-headers")), "web NodePort <ip> <none> 80:30123/TCP,443:30124/TCP <age> app=kubia\n");
    let text = plain(&lab.raw("kubectl describe svc web"));
    for line in [
        "Selector: app=kubia\n",
        "Type: NodePort\nIP Family Policy: SingleStack\nIP Families: IPv4\n",
        "Port: http 80/TCP\nTargetPort: 8080/TCP\nNodePort: http 30123/TCP\nEndpoints: <ip>:8080,<ip>:8080\n",
        "Session Affinity: None\nExternal Traffic Policy: Cluster\nInternal Traffic Policy: Cluster\nEvents: <none>\n",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
}

#[test]
fn what_belongs_to_a_service_goes_with_it() {
    let mut lab = Lab::settled();
    assert_eq!(lab.run("kubectl expose rc kubia --name=web --port=80 --target-port=8080"), "service/web exposed\n");
    lab.wait(1);
    assert_eq!(lab.run("kubectl get ep,endpointslices -l app!=x -o name").lines().filter(|line| line.contains("web")).count(), 2);
    assert_eq!(lab.run("kubectl delete svc web"), "service \"web\" deleted\n");
    lab.wait(2);
    assert_eq!(lab.run("kubectl get ep,endpointslices -o name").lines().filter(|line| line.contains("web")).count(), 0);
}

#[test]
fn services_are_made_by_flags() {
    let mut lab = Lab::settled();
    assert_eq!(
        lab.run("kubectl create service clusterip x --tcp=80:8080 --tcp=443 --dry-run=client -o yaml"),
        "apiVersion: v1\nkind: Service\nmetadata:\n  creationTimestamp: null\n  labels:\n    app: x\n  name: x\nspec:\n  ports:\n  - name: \
         80-8080\n    port: 80\n    protocol: TCP\n    targetPort: 8080\n  - name: \"443\"\n    port: 443\n    protocol: TCP\n    targetPort: \
         443\n  selector:\n    app: x\n  type: ClusterIP\nstatus:\n  loadBalancer: {}\n"
    );
    assert_eq!(lab.run("kubectl create svc externalname out --external-name=bar.com"), "service/out created\n");
    assert_eq!(lab.run("kubectl create svc clusterip none --clusterip=None"), "service/none created\n");
    assert_eq!(lab.run("kubectl create svc nodeport n --tcp=80 --node-port=30200"), "service/n created\n");
    let table = [
        ("kubectl create svc clusterip x", "error: at least one tcp port specifier must be provided\n"),
        ("kubectl create svc externalname x", "error: required flag(s) \"external-name\" not set\n"),
        ("kubectl create svc externalname x --external-name=BAR_", "error: invalid service external name BAR_\n"),
        ("kubectl create svc clusterip x --tcp=70000", "error: strconv.ParseUint: parsing \"70000\": value out of range\n"),
        (
            "kubectl create svc nodeport m --tcp=81 --node-port=30200",
            "error: failed to create NodePort service: Service \"m\" is invalid: spec.ports[0].nodePort: Invalid value: 30200: provided port is \
             already allocated\n",
        ),
        ("kubectl create svc clusterip n --tcp=80", "error: failed to create ClusterIP service: services \"n\" already exists\n"),
        ("kubectl create configmap kube-root-ca.crt", "error: failed to create configmap: configmaps \"kube-root-ca.crt\" already exists\n"),
        ("kubectl create namespace default", "Error from server (AlreadyExists): namespaces \"default\" already exists\n"),
        ("kubectl expose pod bare --port=abc", "error: strconv.Atoi: parsing \"abc\": invalid syntax\n"),
        ("kubectl expose node node1 --port=80", "error: cannot expose a Node\n"),
        (
            "kubectl expose svc kubernetes --name=q",
            "error: couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set\n",
        ),
    ];
    for (line, expected) in table {
        assert_eq!(lab.fail(line), expected, "{line}");
    }
}

#[test]
fn ingresses_are_made_by_flags_and_described() {
    let mut lab = Lab::settled();
    lab.run("kubectl expose rc kubia --name=web --port=80 --target-port=8080");
    let line = "kubectl create ingress i --class=nginx --rule='foo.com/bar*=web:80,tls=cert' --rule='/x=gone:http' --default-backend=web:80";
    assert_eq!(lab.run(line), "ingress.networking.k8s.io/i created\n");
    lab.wait(1);
    assert_eq!(plain(&lab.raw("kubectl get ing i --no-headers")), "i nginx foo.com 80, 443 <age>\n");
    assert_eq!(
        plain(&lab.raw("kubectl describe ing i")),
        "Name: i\nLabels: <none>\nNamespace: default\nAddress:\nIngress Class: nginx\nDefault backend: web:80 (<ip>:8080,<ip>:8080)\nTLS:\ncert \
         terminates foo.com\nRules:\nHost Path Backends\n---- ---- --------\nfoo.com\n/bar web:80 (<ip>:8080,<ip>:8080)\n*\n/x gone:http \
         (<error: services \"gone\" not found>)\nAnnotations: <none>\nEvents: <none>\n"
    );
}

#[test]
fn network_policies_are_described() {
    let mut lab = Lab::new();
    lab.file("policy.yaml", "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db}
spec:
  podSelector: {matchLabels: {role: db}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock: {cidr: 172.17.0.0/16, except: [172.17.1.0/24]}
    - namespaceSelector: {matchLabels: {project: myproject}}
      podSelector: {matchLabels: {role: frontend}}
    ports:
    - {port: 6379}
  - {}
");
    assert_eq!(lab.run("kubectl create -f policy.yaml"), "networkpolicy.networking.k8s.io/db created\n");
    assert_eq!(plain(&lab.raw("kubectl get netpol --no-headers")), "db role=db <age>\n");
    let text = lab.raw("kubectl describe netpol db");
    let at = text.find("Spec:").unwrap_or_default();
    assert_eq!(
        &text[at..],
        "\
Spec:
  PodSelector:     role=db
  Allowing ingress traffic:
    To Port: 6379/TCP
    From:
      IPBlock:
        CIDR: 172.17.0.0/16
        Except: 172.17.1.0/24
    From:
      NamespaceSelector: project=myproject
      PodSelector: role=frontend
    ----------
    To Port: <any> (traffic allowed to all ports)
    From: <any> (traffic not restricted by source)
  Allowing egress traffic:
    <none> (Selected pods are isolated for egress connectivity)
  Policy Types: Ingress, Egress
"
    );
}
