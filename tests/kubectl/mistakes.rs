//! What kubectl says to what it cannot do, and that it always says something.

use podscape::base::Random;

use super::lab::Lab;

#[test]
fn misuse_is_told_in_kubectls_words() {
    let mut lab = Lab::new();
    let table = [
        ("kubectl frobnicate", "error: unknown command \"frobnicate\" for \"kubectl\"\n"),
        ("kubectl ge pods", "error: unknown command \"ge\" for \"kubectl\"\n\nDid you mean this?\n\tset\n\tget\n\tcp\n"),
        ("kubectl get pods --nosuchflag", "error: unknown flag: --nosuchflag\nSee 'kubectl get --help' for usage.\n"),
        ("kubectl run r5 --image=luksa/kubia --generator=run/v1", "error: unknown flag: --generator\nSee 'kubectl run --help' for usage.\n"),
        ("kubectl create -f", "error: flag needs an argument: 'f' in -f\nSee 'kubectl create --help' for usage.\n"),
        ("kubectl create", "error: must specify one of -f and -k\n"),
        ("kubectl apply", "error: must specify one of -f and -k\n"),
        ("kubectl create -f nosuch.yaml", "error: the path \"nosuch.yaml\" does not exist\n"),
        ("kubectl get nosuchtype", "error: the server doesn't have a resource type \"nosuchtype\"\n"),
        ("kubectl get po,nosuch", "error: the server doesn't have a resource type \"nosuch\"\n"),
        ("kubectl get pod nosuch", "Error from server (NotFound): pods \"nosuch\" not found\n"),
        ("kubectl get rc/x po/y", "Error from server (NotFound): replicationcontrollers \"x\" not found\nError from server (NotFound): pods \"y\" not found\n"),
        (
            "kubectl get pods -l 'app in'",
            "Error from server (BadRequest): Unable to find \"/v1, Resource=pods\" that match label selector \"app in\", field selector \"\": \
             unable to parse requirement: found '' expected: '('\n",
        ),
        (
            "kubectl get pods --field-selector spec.nosuch=x",
            "Error from server (BadRequest): Unable to find \"/v1, Resource=pods\" that match label selector \"\", field selector \
             \"spec.nosuch=x\": field label not supported: spec.nosuch\n",
        ),
        (
            "kubectl get po -o foo",
            "error: unable to match a printer suitable for the output format \"foo\", allowed formats are: \
             custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml\n",
        ),
        ("kubectl get po -o jsonpath='{.x'", "error: error parsing jsonpath {.x, unclosed action\n"),
        ("kubectl describe", "error: You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.\n"),
        ("kubectl run r2", "error: required flag(s) \"image\" not set\n"),
        ("kubectl run r4 --image=busybox --restart=Maybe", "error: invalid restart policy: Maybe\nSee 'kubectl run -h' for help and examples\n"),
        ("kubectl get 'po", "error: a ' is opened and not closed\n"),
        ("kubectl get po --context=x", "Error in configuration: context was not found for specified context: x\n"),
    ];
    for (line, expected) in table {
        assert_eq!(lab.fail(line), expected, "{line}");
    }
}

/// What kubectl 1.32 printed when it was given these lines.
#[test]
fn refusals_are_kubectls_own() {
    let mut lab = Lab::settled();
    let no_names = "the object is not a pod or does not have a pod template";
    let rows = [
        ("kubectl logs a b c", "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples\n".to_owned()),
        ("kubectl logs a b -c d", "error: only one of -c or an inline [CONTAINER] arg is allowed\n".to_owned()),
        ("kubectl logs a -l x=y", "error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples\n".to_owned()),
        ("kubectl logs a --all-containers -c b", "error: --all-containers=true should not be specified with container name b\n".to_owned()),
        ("kubectl logs svc/kubernetes", "error: cannot get the logs from *v1.Service: invalid service 'kubernetes': Service is defined without a selector\n".to_owned()),
        ("kubectl exec svc/kubernetes -- ls", "error: cannot attach to *v1.Service: invalid service 'kubernetes': Service is defined without a selector\n".to_owned()),
        ("kubectl logs cm/kube-root-ca.crt", "error: cannot get the logs from *v1.ConfigMap: selector for *v1.ConfigMap not implemented\n".to_owned()),
        ("kubectl rollout history deploy/a --revision=-1", "error: revision must be a positive integer: -1\n".to_owned()),
        ("kubectl autoscale pod bare --max=2", "error: cannot autoscale a Pod: could not find scale subresource for /v1, Resource=pods in discovery information\n".to_owned()),
        ("kubectl annotate pod a b=c b-", "error: can not both modify and remove the following annotation(s) in the same command: b\n".to_owned()),
        ("kubectl delete --all", "error: at least one resource must be specified to use a selector\n".to_owned()),
        ("kubectl delete pod --all -l a=b", "error: setting 'all' parameter but found a non empty selector. \n".to_owned()),
        ("kubectl delete pod a --force --now", "error: --force and --grace-period greater than 0 cannot be specified together\n".to_owned()),
        ("kubectl set image svc/kubernetes a=b", format!("error: services/kubernetes {no_names}: *v1.Service\n")),
        ("kubectl set env svc/kubernetes a=b", format!("error: services/kubernetes {no_names}: *v1.Service\n")),
        ("kubectl set env pod/bare A=b A-", "error: can not both modify and remove the same environment variable in the same command\n".to_owned()),
        ("kubectl set resources rc/kubia -c nosuch --limits=cpu=1", "error: unable to find container named nosuch\n".to_owned()),
        ("kubectl get pod.v2", "error: the server doesn't have a resource type \"pod\"\n".to_owned()),
        ("kubectl get po -o jsonpath='{.items[*'", "error: error parsing jsonpath {.items[*, unterminated array\n".to_owned()),
        ("kubectl wait pod/a --for=jsonpath='{.a}'=", "error: jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3\n".to_owned()),
        ("kubectl wait pod/bare --for=condition=Ready=x --timeout=0", "error: condition not met for pods/bare\n".to_owned()),
        ("kubectl drain a -l x=y", "error: cannot specify both a node name and a --selector option\nSee 'kubectl drain -h' for help and examples\n".to_owned()),
        ("kubectl taint nodes a b=c:Wrong", "error: invalid taint effect: Wrong, unsupported taint effect\nSee 'kubectl taint -h' for help and examples\n".to_owned()),
        ("kubectl taint nodes a b:NoSchedule b:NoSchedule", "error: duplicated taints with the same key and effect: {b  NoSchedule <nil>}\nSee 'kubectl taint -h' for help and examples\n".to_owned()),
        ("kubectl taint nodes a b:NoSchedule b:NoSchedule-", "error: can not both modify and remove the following taint(s) in the same command: b=NoSchedule\n".to_owned()),
        ("kubectl run a --image='x y'", "error: Invalid image name \"x y\": invalid reference format\n".to_owned()),
        ("kubectl run a --image=x --image-pull-policy=Wrong", "error: invalid image pull policy: Wrong\nSee 'kubectl run -h' for help and examples\n".to_owned()),
        ("kubectl run a --image=x --overrides=abc --dry-run=client", "error: Invalid JSON Patch\n".to_owned()),
        ("kubectl create deployment", "error: required flag(s) \"image\" not set\n".to_owned()),
        ("kubectl create job x --from=pod/bare", "error: unknown object type *v1.Pod\n".to_owned()),
        ("kubectl describe po/nosuch rc/kubia", "Error from server (NotFound): pods \"nosuch\" not found\n".to_owned()),
        ("kubectl replace -f nosuch.yaml --grace-period=5", "error: --grace-period must have --force specified\n".to_owned()),
        ("kubectl attach a b c", "error: expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw 3: [a b c]\n".to_owned()),
        (
            "kubectl get po -l app=none -o jsonpath='{.items[0]}'",
            "error: error executing jsonpath \"{.items[0]}\": Error executing template: array index out of bounds: index 0, length 0. \
             Printing more information for debugging the template:\n\ttemplate was:\n\t\t{.items[0]}\n\tobject given to jsonpath engine was:\n\t\t\
             map[string]interface {}{\"apiVersion\":\"v1\", \"items\":[]interface {}{}, \"kind\":\"List\", \
             \"metadata\":map[string]interface {}{\"resourceVersion\":\"\"}}\n\n\n"
                .to_owned(),
        ),
    ];
    for (line, expected) in rows {
        assert_eq!(lab.fail(line), expected, "{line}");
    }
}

#[test]
fn what_the_cluster_says_of_itself() {
    let mut lab = Lab::new();
    assert_eq!(lab.run("kubectl version"), "Client Version: v1.32.5\nKustomize Version: v5.5.0\nServer Version: v1.32.13\n");
    assert_eq!(lab.run("kubectl config current-context"), "podscape\n");
    let kinds = lab.run("kubectl api-resources");
    assert!(kinds.starts_with("NAME                                SHORTNAMES   APIVERSION                        NAMESPACED   KIND\n\
         bindings                                         v1                                true         Binding\n"), "{kinds}");
}

/// Whatever is typed gets an answer: lines that work, damaged in all ways, never bring anything down.
#[test]
fn every_line_gets_an_answer() {
    let lines: Vec<&str> = LINES.lines().collect();
    let base = Lab::settled();
    let mut random = Random::stream(7, "damage");
    for round in 0..6000 {
        let mut line = lines[round % lines.len()].to_owned();
        for _ in 0..=random.below(3) {
            line = damage(&line, &mut random);
        }
        let mut lab = base.clone();
        let answer = lab.answer(&line);
        assert!(answer.exit == 0 || !answer.output.is_empty(), "{line:?} fails without a word");
        let words = podscape::kubectl::complete(&line, &lab.session, lab.world.view());
        assert!(words.len() < 100, "{line:?}");
    }
}

fn damage(line: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = line.chars().collect();
    let at = random.below(letters.len() as u64 + 1) as usize;
    let other = random.below(letters.len() as u64 + 1) as usize;
    let (from, to) = (at.min(other), at.max(other));
    match random.below(6) {
        0 => drop(letters.drain(from..to.min(from + 5))),
        1 => letters.insert(at, *random_of(&['\'', '"', '\\', '{', '}', '[', ']', '=', ',', '-', '/', ' ', 'ß', '\u{0}', '9', '@', '*', '.', ':', '!', '('], random)),
        2 => letters.truncate(at),
        3 => {
            let copied: Vec<char> = letters[from..to].to_vec();
            letters.splice(at..at, copied);
        }
        4 => letters.extend(random_of(&[" -o yaml", " --all", " -l a=b", " -w", " --dry-run=client", " -A", " -f pod.yaml", " -n nosuch", " --", " 99999999999999999999"], random).chars()),
        _ if to < letters.len() => letters.swap(from, to),
        _ => {}
    }
    if letters.is_empty() { "kubectl".to_owned() } else { letters.into_iter().collect() }
}

fn random_of<'a, T>(choices: &'a [T], random: &mut Random) -> &'a T {
    &choices[random.below(choices.len() as u64) as usize]
}

const LINES: &str = r#"kubectl get pods -o wide --show-labels -L app
kubectl get po -o jsonpath='{range .items[*]}{.metadata.name}{"\t"}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}'
kubectl get po -o custom-columns=NAME:.metadata.name,OWNER:.metadata.ownerReferences[*].name --sort-by=.metadata.name
kubectl get po,rc,no -A -l 'app in (kubia,x),!y' --field-selector metadata.name!=x
kubectl get events --sort-by=.lastTimestamp --output-watch-events -w
kubectl describe po bare
kubectl describe node node1
kubectl create -f rc.yaml --dry-run=server -o json
kubectl apply -f pod.yaml --server-side
kubectl delete po,rc --all --now --cascade=foreground --wait=false
kubectl delete -f pod.yaml --grace-period=0 --force
kubectl scale rc kubia --replicas=3 --current-replicas=2
kubectl label pods --all x=y a- --overwrite
kubectl annotate rc kubia note='some text' other-
kubectl patch rc kubia --type=json -p '[{"op":"replace","path":"/spec/replicas","value":3},{"op":"add","path":"/metadata/labels/x","value":"y"}]'
kubectl patch pod bare -p '{"spec":{"containers":[{"name":"main","image":"luksa/kubia:v2"}]}}'
kubectl patch rc kubia --type=merge -p '{"spec":{"template":null}}'
kubectl replace -f rc.yaml --save-config
kubectl run web --image=luksa/kubia --port=8080 --env=A=b --labels=x=y --restart=Never -- sh -c 'sleep 1'
kubectl taint nodes node1 k=v:NoSchedule other:NoExecute-
kubectl cordon node2
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/bare --timeout=1m30s
kubectl wait --for=condition=Ready=false po --all
kubectl events --for pod/bare --types=Warning -o yaml
kubectl config set-context --current --namespace=dev
kubectl api-resources --namespaced=true -o wide --sort-by=kind
kubectl -n default get -f rc.yaml -o yaml
kubectl logs bare -c main --previous"#;
