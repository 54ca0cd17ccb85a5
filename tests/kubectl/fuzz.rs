//! What nobody would type on purpose: no line panics, and none holds up the page for ever. Lines are drawn from pieces that people do
//! type, put together without sense, with a seed for each so that a failure can be had again.

use podscape::base::{Random, SimDuration};
use podscape::simulator::{Command, Scenario, Simulator};

/// Pieces of lines: verbs, kinds, flags, signs of the shell, and texts that break parsers.
const PIECES: &[&str] = &[
    "kubectl", "k", "get", "describe", "create", "delete", "apply", "-f", "-", "x.yaml", "pods", "pod/x", "deploy", "deploy/web", "svc", "nodes", "node1",
    "all", "--all", "-A", "-n", "-l", "-o", "yaml", "json", "jsonpath={.items[*]}", "jsonpath={range", "{end}", "custom-columns=A:.a", "go-template={{.",
    "name", "wide", "-w", "--watch", "--for=delete", "--timeout=1s", "--replicas=99999999999999999999", "--replicas=-1", "--tail=-5", "exec", "logs", "-it",
    "--", "sh", "-c", "run", "--image=nginx", "--rm", "scale", "rollout", "status", "undo", "history", "set", "image", "env", "A=b", "a-", "label", "annotate",
    "expose", "--port=0", "autoscale", "taint", "k=v:NoSchedule", "cordon", "drain", "top", "explain", "pod.spec..", "config", "set-context", "auth",
    "can-i", "--as=system:serviceaccount:a:b", "wait", "patch", "-p", "{}", "[]", "{\"a\":", "debug", "cp", "port-forward", ":", "proxy", "events", "diff", "edit",
    "replace", "|", "||", "&&", ";", "&", ">", ">>", "<", "<<<", "<<EOF\n", "EOF\n", "2>&1", "$(", ")", "`", "'", "\"", "\\", "\n", "{", "}", "{1..9}", "((", "$x", "${x",
    "$((1/0))", "$((", "for", "i", "in", "do", "done", "while", "true", "if", "then", "fi", "case", "esac", "function", "f()", "!", "!!", "#", "*", "?", "~", "%1", "awk",
    "'{a[$1]++} END{for (k in a) print k}'", "{while(1);}", "jq", "'.items[]|..'", "'[.[]|select('", "sed", "s/a/b/", "grep", "-E", "(((", "xargs", "sort", "-k2",
    "uniq", "-c", "cut", "-d", "tr", "seq", "1", "0", "-1", "18446744073709551616", "1e999", "\u{1F600}", "\u{200B}", "\u{0}", "한국어", "é", "\t", "\r", " ", "",
    "--", "---", "=", "==", "/", "//", "..", ",", ",,", "a=b=c", "[", "]", "sleep", "infinity", "timeout", "watch", "yes", "cat", "/dev/zero", "node1", "client", "curl",
    "http://", "10.96.0.1", "request", "fault", "--none", "eval", "source", "<(", "read", "exit", "kill", "-9", "trap", "wait", "alias", "unalias", "unset", "cd", "ls",
    "a=(", "a+=(", "[b]=c", "${a[", "${a[@]}", "${!a[@]}", "${a[-9]}", "${#a[*]}", "declare", "-A", "mapfile", "IFS=,", "time", "!$", "!-1", "!1:9", "!?", "!!:s/a/b/", "^a^b",
    "-d", "-k", "kustomize", ".", "set-cluster", "set-credentials", "--token=x", "unset", "users.admin.token", "delete-user", "admin", "use-context", "--raw", "/apis",
    "/readyz?verbose", "--output-watch-events", "--subresource=scale",
];

/// Values of every shape, for fields of every shape.
const VALUES: &[&str] = &[
    "x", "''", "1", "-1", "null", "true", "[]", "{}", "[x]", "[{}]", "[[]]", "{a: b}", "[{name: x}]", "[o.yaml]", "[., ..]", "[k]", "[{path: o.yaml}]",
    "[{patch: '[]', target: {name: '('}}]", "[{patch: '{spec: 1}', target: {kind: .*}}]", "[{name: w, count: x}]", "[{name: w, newTag: [1]}]", "[{pairs: {a: 1}, includeSelectors: true}]",
    "[{name: c, literals: [a=b], behavior: merge}]", "[{name: c, files: [=, o.yaml=]}]", "[{patch: '[{op: add, path: /spec/x/y, value: 1}]', target: {}}]",
];

#[test]
fn kustomizations_without_sense_do_no_harm() {
    let fields = [
        "resources", "bases", "namespace", "namePrefix", "labels", "commonLabels", "commonAnnotations", "images", "replicas", "configMapGenerator",
        "secretGenerator", "generatorOptions", "patches", "patchesStrategicMerge", "patchesJson6902", "kind", "nosuch",
    ];
    let object = |spec: &str| ["Deployment", "RoleBinding", "CronJob", "StatefulSet", "ConfigMap", "Nosuch"]
        .map(|kind| format!("---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: w}}\nspec: {spec}\nsubjects: {spec}\ndata: {spec}\n")).concat();
    let specs = ["x", "[x]", "{template: 1, selector: 2}", "{template: {metadata: 3, spec: {containers: [4]}}}", "null", "{volumeClaimTemplates: [1], jobTemplate: [2]}"];
    let mut simulator = Simulator::new(&Scenario::empty());
    let mut random = Random::stream(1, "kustomizations");
    for _ in 0..300 {
        let mut draw = |of: usize| random.below(of as u64) as usize;
        let mut text = String::from("resources: [o.yaml]\n");
        for _ in 0..3 {
            text += &format!("{}: {}\n", fields[draw(fields.len())], VALUES[draw(VALUES.len())]);
        }
        let spec = object(specs[draw(specs.len())]);
        for (name, text) in [("k/kustomization.yaml", text.as_str()), ("k/o.yaml", spec.as_str())] {
            simulator.apply(Command::File { name: name.to_owned(), text: text.to_owned() });
        }
        let built = simulator.apply(Command::Line("kubectl kustomize k".to_owned()));
        assert!(built.exit == 0 || built.output.starts_with("error: "), "{}", built.output);
    }
}

/// A line of up to so many pieces.
fn line(random: &mut Random, most: u64) -> String {
    let mut line = String::new();
    if random.below(3) > 0 {
        line.push_str("kubectl ");
    }
    for _ in 0..random.below(most) + 1 {
        line.push_str(PIECES[random.below(PIECES.len() as u64) as usize]);
        if random.below(8) > 0 {
            line.push(' ');
        }
    }
    line
}

/// Gives a line and looks on for a while, as a page does; then presses Ctrl+C.
fn gives(simulator: &mut Simulator, line: &str) {
    let receipt = simulator.apply(Command::Line(line.to_owned()));
    let limit = simulator.now() + SimDuration::from_seconds(20);
    let mut running = receipt.running;
    for _ in 0..400 {
        let Some(next) = simulator.next_event_time().filter(|next| running && *next <= limit) else { break };
        simulator.catch_up(next);
        if let Some((_, done)) = simulator.drain_output() {
            running = !done;
        }
    }
    simulator.interrupt();
    assert!(simulator.apply(Command::Line("echo well".to_owned())).output.ends_with("well\n"), "the terminal is spoilt by {line:?}");
}

#[test]
fn lines_without_sense_do_no_harm() {
    for seed in 0..12 {
        let mut random = Random::stream(seed, "lines");
        let mut simulator = Simulator::new(&Scenario::empty());
        simulator.apply(Command::File { name: "x.yaml".to_owned(), text: "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n".to_owned() });
        simulator.apply(Command::Line("kubectl create deployment web --image=nginx".to_owned()));
        for _ in 0..60 {
            let line = line(&mut random, 14);
            simulator.complete(&line);
            gives(&mut simulator, &line);
        }
    }
}

#[test]
fn lines_of_any_size_are_answered() {
    let many = |text: &str, count: usize| text.repeat(count);
    let lines = [
        many("a", 1_000_000), format!("kubectl get {}", many("x,", 20_000)), format!("kubectl get pods -l {}", many("a=b,", 20_000)),
        format!("kubectl label pod x {}", many("a=b ", 20_000)), format!("echo {}", many("$(", 2_000)), format!("echo {}1{}", many("$((", 500), many("))", 500)),
        many("(", 5_000), many("{ ", 5_000), many("if ", 3_000), many("! ", 20_000), many("a|", 3_000), many("a;", 20_000), many("'", 99_999), many("\"$(", 999),
        format!("kubectl get pods -o jsonpath='{}'", many("{range .a}", 1_000)), format!("kubectl get pods -o jsonpath='{}'", many("[?(@", 5_000)),
        format!("kubectl get pods -o go-template='{}'", many("{{if .a}}", 3_000)), format!("kubectl patch pod x -p '{}'", many("[", 20_000)),
        format!("kubectl patch pod x -p '{}'", many("{\"a\":", 20_000)), format!("echo x | jq '{}'", many("[", 5_000)), format!("echo x | jq '{}'", many("if . then ", 500)),
        format!("echo x | awk '{{{}}}'", many("if(1)", 5_000)), format!("echo x | awk '{{x={}1}}'", many("-", 5_000)), format!("echo x | awk '{{x={}}}'", many("(", 5_000)),
        format!("echo x | grep -E '{}'", many("(a*)*", 500)), format!("echo {} | grep -E '(a+)+$'", many("a", 5_000)), format!("echo {}", many("{a,b}", 40)),
        format!("echo {}", many("{1..9}", 30)), format!("x={}; for i in 1 2 3 4 5 6 7 8 9; do x=$x$x$x$x; done; echo ${{#x}}", many("y", 500)),
        "while :; do :; done".to_owned(), "f() { f; }; f".to_owned(), "f() { f | f; }; f".to_owned(), "f() { f & f & }; f".to_owned(), "while true; do echo y; done | cat".to_owned(),
        "while true; do kubectl get pods; done".to_owned(), "echo x | awk '{while(1) x=x \"yyyyyyyyyyyyyyyy\"}'".to_owned(), "yes | head -1".to_owned(), "alias a=b b=a; a".to_owned(),
        "seq 1 99999999999".to_owned(), "printf '%99999999d' 1".to_owned(), "kubectl run x --image=nginx --replicas=9223372036854775807".to_owned(),
        "kubectl scale deploy web --replicas=2147483648".to_owned(), "kubectl get pods --chunk-size=-9223372036854775808".to_owned(), "sleep 99999999999999999999".to_owned(),
        "kubectl wait --for=delete pod/x --timeout=9223372036s".to_owned(), "kubectl create cronjob x --image=a --schedule='0 0 31 2 *'".to_owned(), "eval eval eval eval $(echo x)".to_owned(),
        format!("echo 1 | jq '{}'", many("{a:", 5_000)), format!("echo 1 | jq '{}1'", many("1//", 5_000)), format!("echo 1 | jq '.{}'", many("[0]", 20_000)),
        format!("echo 1 | jq '{}1'", many("-", 5_000)), "jq -n 'def f: f; f'".to_owned(), "jq -n 'def f: [f]; f'".to_owned(), "jq -n '[repeat(1)]'".to_owned(),
        "jq -n 'reduce range(1000000) as $i (1; [.])'".to_owned(), "jq -n 'reduce range(100) as $i (\"\\\"\"; tojson)'".to_owned(), "jq -n 'setpath([range(100000)|0]; 1)'".to_owned(),
        "jq -n '[range(1e18)]'".to_owned(), "jq -n '\"x\" * 1e12'".to_owned(), format!("(({}", many("(", 5_000)), format!("echo $(({}))", many("2**", 3_000)),
        "for ((;;)); do :; done".to_owned(), "for ((i=0;i<9999999999;i++)); do echo $i; done".to_owned(), format!("[[ {}", many("( ", 5_000)), "echo $((x=y,y=x,2**99999999999))".to_owned(),
        "x=a; echo ${x:9999999999999:-9223372036854775808} ${x//a/$x$x} ${x: -9223372036854775808}".to_owned(),
        "sed 's/\\(/x/' <<< a".to_owned(), "echo $((9223372036854775807+1)) $((-9223372036854775808/-1)) $((1%0))".to_owned(), "cut -f 0-18446744073709551615 <<< a".to_owned(),
        many("f() ", 20_000), many("function f ", 20_000), many("true && ", 20_000), format!("echo {}", many("{x}", 20_000)),
        format!("echo {}{}", many("{a,", 20_000), many("}", 20_000)), format!("echo 1 | jq '{}'", many(".a", 20_000)), format!("echo 1 | jq '{}1'", many("1+", 20_000)),
        "seq 9223372036854775806 9223372036854775807".to_owned(), format!("test 1{}", many(" -a 1", 20_000)), format!("[ {}1 ]", many("! ", 20_000)), format!("echo 1 | jq '{}'", many("{a:", 20_000)), "echo a | grep -A 18446744073709551615 a".to_owned(), format!("mkdir -p {}", many("a/", 20_000)),
    ];
    let mut simulator = Simulator::new(&Scenario::empty());
    simulator.apply(Command::Line("kubectl create deployment web --image=nginx".to_owned()));
    for line in lines {
        gives(&mut simulator, &line);
    }
}

/// Objects with numbers as large as their fields hold.
const HUGE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: large}
spec:
  nodeName: node1
  terminationGracePeriodSeconds: 9223372036854775807
  tolerations: [{operator: Exists, effect: NoExecute, tolerationSeconds: 9223372036854775807}]
  containers:
  - name: a
    image: nginx
    resources: {requests: {cpu: 8Ei, memory: 9e18}, limits: {cpu: 1e30, memory: 8Ei}}
    livenessProbe: {tcpSocket: {port: 81}, failureThreshold: 1, periodSeconds: 1, timeoutSeconds: 2147483647, terminationGracePeriodSeconds: 9223372036854775807}
  - {name: b, image: nginx, resources: {requests: {cpu: 8Ei, memory: 8Ei, ephemeral-storage: 8Ei}}}
---
apiVersion: v1
kind: Pod
metadata: {name: slow}
spec:
  terminationGracePeriodSeconds: 9223372036854775807
  containers: [{name: a, image: nginx, livenessProbe: {tcpSocket: {port: 81}, failureThreshold: 1, periodSeconds: 1, initialDelaySeconds: 2147483647}}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: large}
spec:
  backoffLimit: 2147483647
  activeDeadlineSeconds: 9223372036854775807
  ttlSecondsAfterFinished: 2147483647
  template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox, command: ['true']}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: large}
spec:
  replicas: 2147483647
  podManagementPolicy: Parallel
  ordinals: {start: 2147483647}
  minReadySeconds: 2147483647
  selector: {matchLabels: {app: large}}
  template:
    metadata: {labels: {app: large}}
    spec: {containers: [{name: a, image: nginx}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: large}
spec:
  replicas: 2147483647
  progressDeadlineSeconds: 2147483647
  minReadySeconds: 2147483646
  strategy: {rollingUpdate: {maxSurge: 2147483647}}
  selector: {matchLabels: {app: deployed}}
  template:
    metadata: {labels: {app: deployed}}
    spec: {containers: [{name: a, image: nginx, resources: {requests: {cpu: 8Ei}}}]}
";

#[test]
fn numbers_at_their_limits_do_no_harm() {
    let mut simulator = Simulator::new(&Scenario::empty());
    simulator.apply(Command::File { name: "huge.yaml".to_owned(), text: HUGE.to_owned() });
    let capacity = r#"{"cpu":"9223372036854775807","memory":"8Ei","pods":"4294967297","ephemeral-storage":"8Ei"}"#;
    let status = format!(r#"{{"status":{{"capacity":{capacity},"allocatable":{capacity}}}}}"#);
    let lines = [
        "kubectl create quota pods --hard=pods=30,requests.cpu=1e30", "kubectl create -f huge.yaml", "kubectl describe pods,nodes,jobs,deployments,statefulsets,quota",
        &format!("kubectl patch node node1 --subresource=status -p '{status}'"), "kubectl describe nodes", "kubectl set image deploy/large a=nginx:1.27",
        "kubectl scale deploy/large sts/large --replicas=3", "kubectl delete --wait=false -f huge.yaml", "kubectl delete pods --all --grace-period=0 --force",
    ];
    for line in lines {
        gives(&mut simulator, line);
        simulator.catch_up(simulator.now() + SimDuration::from_seconds(10));
    }
    simulator.catch_up(simulator.now() + SimDuration::from_seconds(3600));
}
