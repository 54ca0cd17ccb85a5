//! Lines with what a shell does: pipes, loops, files, here-documents, time limits. What is expected follows from what kubectl prints
//! for the parts, and from POSIX.

use podscape::base::SimDuration;
use podscape::simulator::{Command, Scenario, Simulator};

use super::lab::to_its_end as run;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: x, labels: {a: b}}\nspec:\n  containers: [{name: c, image: luksa/kubia}]\n";

#[test]
fn lines_of_a_shell_work_around_kubectl() {
    let mut simulator = Simulator::new(&Scenario::empty());
    let apply = format!("cat > x.yaml <<EOF\n{POD}EOF\nkubectl apply -f x.yaml && ls");
    let table = [
        (apply.as_str(), "pod/x created\nx.yaml\n", 0),
        ("k get po x -o name | sed s/pod/po/", "po/x\n", 0),
        ("kubectl get po nosuch | grep x", "Error from server (NotFound): pods \"nosuch\" not found\n", 1),
        ("kubectl get po nosuch 2>/dev/null || echo missing", "missing\n", 0),
        ("for i in 1 2; do kubectl label po x n=$i --overwrite; sleep 1; done | sort -r", "pod/x labeled\npod/x labeled\n", 0),
        ("echo $(kubectl get po x -o jsonpath='{.metadata.labels.n}')", "2\n", 0),
        ("sed -i 's/a: b/a: c/' x.yaml; kubectl apply -f x.yaml; kubectl get po -L a --no-headers | awk '{print $NF}'", "pod/x configured\nc\n", 0),
        ("timeout 3 kubectl get po x -w --no-headers | while read name rest; do echo \"<$name>\"; done; echo $?", "<x>\n0\n", 0),
        ("kubectl get po -o name | xargs kubectl delete --now", "pod \"x\" deleted\n", 0),
        ("kubectl create cm c --from-literal=a=b -o name > n.txt; kubectl get cm c -o name >> n.txt; cat n.txt", "configmap/c\nconfigmap/c\n", 0),
        ("kubectl delete cm c >/dev/null; diff <(kubectl get po -o name) <(echo pod/x)", "0a1\n> pod/x\n", 1),
        ("for n in {1..2}; do echo ns/x$n; done | awk -F/ '{a[$1]++} END {for (k in a) print k, a[k]}'", "ns 2\n", 0),
        ("kubectl get ns -o json | jq -r '.items[] | select(.metadata.name==\"default\") | \"\\(.kind)/\\(.metadata.name)\"'", "Namespace/default\n", 0),
        ("function ns { kubectl get ns $1 -o name; }; ns default | tr -s a", "namespace/default\n", 0),
        ("echo 'alias kk=kubectl' >> ~/.bashrc; source ~/.bashrc; kk get ns default -o name; rm ~/.bashrc", "namespace/default\n", 0),
        ("alias p='kubectl get pods'; p", "No resources found in default namespace.\n", 0),
        ("printf 'nginx b\\nnginx\\n' | tr -s '[[:space:]]' '\\n' | sort | uniq -c | tr '[:lower:]' '[:upper:]'", "      1 B\n      2 NGINX\n", 0),
        ("echo 'a", "bash: syntax error: unterminated quoted string\n", 2),
    ];
    for (line, output, exit) in table {
        let receipt = run(&mut simulator, line);
        let output_lines: String = receipt.output.lines().filter(|line| !line.contains("deleting resources") ).map(|line| format!("{line}\n")).collect();
        assert_eq!((output_lines.as_str(), receipt.exit, receipt.running), (output, exit, false), "{line}");
    }
    assert_eq!(simulator.files().get("x.yaml").map(|text| text.contains("a: c")), Some(true));
}

/// The journal holds what the shell did, not the shell: a link of it replays to the same cluster.
#[test]
fn what_a_shell_did_replays() {
    let mut simulator = Simulator::new(&Scenario::empty());
    run(&mut simulator, &format!("kubectl apply -f - <<EOF\n{POD}EOF\nsleep 5; for i in 1 2 3; do kubectl label po x n=$i --overwrite; done"));
    let later = simulator.now() + SimDuration::from_seconds(5);
    simulator.catch_up(later);
    let Ok(again) = Simulator::from_link(&simulator.link()) else { panic!("the link is refused") };
    assert_eq!(again.digest(), simulator.digest());
}

#[test]
fn what_is_edited_is_written_once_it_is_right() {
    let mut simulator = Simulator::new(&Scenario::empty());
    run(&mut simulator, &format!("kubectl apply -f - <<EOF\n{POD}EOF"));
    let line = "kubectl edit pod x";
    let Some(text) = simulator.apply(Command::Line(line.to_owned())).edit else { panic!("no editor was wanted") };
    assert!(text.starts_with("# Please edit the object below."), "{text}");
    assert_eq!(simulator.save_edit(line, &text).output, "Edit cancelled, no changes made.\n");
    let wrong = simulator.save_edit(line, &text.replace("    a: b", "    a: \"not valid\""));
    assert!(wrong.edit.is_some_and(|text| text.contains("# pods \"x\" was not valid:\n# * metadata.labels: Invalid value")));
    assert_eq!(simulator.save_edit(line, &text.replace("    a: b", "    a: z")).output, "pod/x edited\n");
    assert_eq!(run(&mut simulator, "kubectl get po x -o jsonpath='{.metadata.labels.a}'").output, "z");
}

#[test]
fn a_pod_is_run_watched_and_removed() {
    let mut simulator = Simulator::new(&Scenario::empty());
    let line = "kubectl run once --image=busybox --rm -i --restart=Never -- sh -c 'echo hello; sleep 2; echo bye'";
    let receipt = run(&mut simulator, line);
    assert_eq!((receipt.output.as_str(), receipt.exit), ("hello\nbye\npod \"once\" deleted\n", 0));
    let receipt = run(&mut simulator, "kubectl run bad --image=busybox --rm -i --restart=Never -- sh -c 'exit 3' | cat");
    assert_eq!(receipt.output, "pod default/bad terminated (Error)\npod \"bad\" deleted\n");
    let help = "See 'kubectl run -h' for help and examples\n";
    let table = [
        ("kubectl run x --image=busybox --rm", format!("error: --rm should only be used for attached containers\n{help}")),
        ("kubectl run x --image=busybox --expose", format!("error: --port must be set when exposing a service\n{help}")),
        ("kubectl run x --image=luksa/kubia --port=8080 --expose", "service/x created\npod/x created\n".to_owned()),
    ];
    for (line, expected) in table {
        assert_eq!(run(&mut simulator, line).output, expected, "{line}");
    }
}

#[test]
fn files_come_and_go_by_lines() {
    let mut simulator = Simulator::new(&Scenario::empty());
    let table = [
        ("echo a > x; cp x y; mv x z; ls", "y\nz\n"),
        ("ls; cat z", "y\nz\na\n"),
        ("rm y; echo b >> z; wc -l z; wc -l < z", "2 z\n2\n"),
        ("ls", "z\n"),
        ("rm -f *", ""),
        ("ls", ""),
    ];
    for (line, output) in table {
        assert_eq!(run(&mut simulator, line).output, output, "{line}");
    }
    assert!(simulator.files().is_empty(), "{:?}", simulator.files());
    let Ok(again) = Simulator::from_link(&simulator.link()) else { panic!("the link is refused") };
    assert_eq!(again.files(), simulator.files());
}

/// What bash 5.2 does with the same lines.
#[test]
fn lines_know_of_earlier_ones() {
    let mut simulator = Simulator::new(&Scenario::empty());
    let table = [
        ("kubectl get po nosuch", "Error from server (NotFound): pods \"nosuch\" not found\n", 1),
        ("echo $?", "1\n", 0),
        ("!kub", "kubectl get po nosuch\nError from server (NotFound): pods \"nosuch\" not found\n", 1),
        ("^nosuch^-o name", "kubectl get po -o name\n", 0),
        ("echo !!:$ !:1", "echo name get\nname get\n", 0),
        ("!nosuch", "bash: !nosuch: event not found\n", 1),
        ("kubectl get ns -l '!x' -o name | head -1", "namespace/default\n", 0),
        ("history 2", "    6  kubectl get ns -l '!x' -o name | head -1\n    7  history 2\n", 0),
        ("history -c; history", "", 0),
        ("a=($(echo x y)); a+=(\"z z\"); echo ${#a[@]} ${a[2]}; for i in \"${a[@]}\"; do echo \"<$i>\"; done", "3 z z\n<x>\n<y>\n<z z>\n", 0),
        ("echo ${a[-1]} ${!a[@]} \"${a[@]:1:1}\" ${a[@]/z/Z}; unset 'a[0]'; echo \"${a[*]}\"", "z z 0 1 2 y x y Z z\ny z z\n", 0),
        ("declare -A m=([b]=2 [\"a c\"]=1); m[d]+=3; for k in \"${!m[@]}\"; do echo \"$k=${m[$k]}\"; done", "a c=1\nb=2\nd=3\n", 0),
        ("IFS=, read -ra p <<< 'a,b,,c'; echo ${#p[@]} ${p[3]}; mapfile -t l < <(printf 'a b\\nc\\n'); echo ${l[0]}", "4 c\na b\n", 0),
        ("printf 'a\\nb\\n' | tee f | wc -l; echo c | tee -a f; cat f; rm f", "2\nc\na\nb\nc\n", 0),
        ("mkdir -p d/e; echo > d/a.yaml; echo > d/e/b.yml; find d -type f; find d -name '*.yaml'; find d -maxdepth 1 ! -name a*; rm -r d", "d/a.yaml\nd/e/b.yml\nd/a.yaml\nd\nd/e\n", 0),
        ("find nosuch; find . -foo", "find: 'nosuch': No such file or directory\nfind: unknown predicate `-foo'\n", 1),
        ("which kubectl", "/usr/local/bin/kubectl\n", 0),
        ("time sleep 2", "\nreal\t0m2.000s\nuser\t0m0.000s\nsys\t0m0.000s\n", 0),
        ("nosuch; cd /nosuch; fi", "bash: syntax error near unexpected token `fi'\n", 2),
        ("nosuch; cat < nosuch", "bash: nosuch: command not found\nbash: nosuch: No such file or directory\n", 1),
    ];
    for (line, output, exit) in table {
        let receipt = run(&mut simulator, line);
        assert_eq!((receipt.output.as_str(), receipt.exit), (output, exit), "{line}");
    }
}

/// The terminal stands on the client outside the cluster.
#[test]
fn a_port_of_a_pod_is_brought_to_the_client() {
    let mut simulator = Simulator::new(&Scenario::empty());
    run(&mut simulator, "kubectl run web --image=luksa/kubia --port=8080; kubectl expose pod web --port=80 --target-port=8080; sleep 10");
    let forward = "Forwarding from 127.0.0.1:8888 -> 8080\nForwarding from [::1]:8888 -> 8080\n";
    let refused = "curl: (7) Failed to connect to localhost port 8888 after 0 ms: Couldn't connect to server\n";
    let table = [
        ("curl -sS localhost:8888 | sed 's/after .* ms/after 0 ms/'", refused),
        ("kubectl port-forward web 8888:8080", forward),
        ("curl -s localhost:8888", "Handling connection for 8888\nYou've hit web\n"),
        ("kubectl port-forward svc/web 9999:80 &", "Forwarding from 127.0.0.1:9999 -> 8080\nForwarding from [::1]:9999 -> 8080\n"),
        ("curl -s http://127.0.0.1:9999 | wc -l", "2\n"),
        ("kubectl port-forward pod/nosuch 18080:80", "Error from server (NotFound): pods \"nosuch\" not found\n"),
    ];
    for (line, output) in table {
        assert_eq!(run(&mut simulator, line).output, output, "{line}");
    }
    simulator.break_off();
    assert_ne!(run(&mut simulator, "curl -s localhost:8888").exit, 0);
}

#[test]
fn files_are_copied_to_containers_and_back() {
    let mut simulator = Simulator::new(&Scenario::empty());
    run(&mut simulator, "kubectl run web --image=luksa/kubia; sleep 10; echo hello > note.txt");
    let leading = "tar: Removing leading `/' from member names\n";
    let table = [
        ("kubectl cp note.txt web:/note.txt", String::new()),
        ("kubectl exec web -- cat /note.txt", "hello\n".to_owned()),
        ("kubectl cp note.txt web:/home && kubectl exec web -- ls /home", "note.txt\n".to_owned()),
        ("kubectl cp web:/etc/hostname here.txt; cat here.txt", format!("{leading}web\n")),
        ("kubectl cp default/web:/note.txt .; rm here.txt; ls", format!("{leading}note.txt\n")),
        ("mkdir -p d/e; echo 1 > d/a; echo 2 > d/e/b; kubectl cp d web:/srv && kubectl exec web -- sh -c 'cat /srv/a /srv/e/b'", "1\n2\n".to_owned()),
        ("kubectl cp ./d web:/srv && kubectl exec web -- cat /srv/d/e/b", "2\n".to_owned()),
        ("rm -r d; kubectl cp web:/srv/d back; cat back/a back/e/b; rm -r back", format!("{leading}1\n2\n")),
        ("kubectl cp nosuch.txt web:/x", "error: nosuch.txt doesn't exist in local filesystem\n".to_owned()),
    ];
    for (line, output) in table {
        assert_eq!(run(&mut simulator, line).output, output, "{line}");
    }
}

#[test]
fn tables_and_json_are_brought_into_shape() {
    let mut simulator = Simulator::new(&Scenario::empty());
    let table = [
        ("printf 'a bb\\nccc d\\n' | column -t", "a    bb\nccc  d\n"),
        ("echo '[{\"n\":\"x\",\"v\":2},{\"n\":\"w\",\"v\":1}]' | jq -r '.[] | [.n, .v] | @tsv'", "x\t2\nw\t1\n"),
        ("echo '[{\"n\":\"x\",\"v\":2},{\"n\":\"w\",\"v\":1}]' | jq -c 'sort_by(.v) | map(.n)'", "[\"w\",\"x\"]\n"),
        ("echo '[\"b\",\"a\",\"b\"]' | jq -c 'group_by(.) | map({k: .[0], n: length})'", "[{\"k\":\"a\",\"n\":1},{\"k\":\"b\",\"n\":2}]\n"),
        ("echo -n admin | base64; echo YWRtaW4= | base64 -d; echo; echo -n ab | base64 --wrap=0", "YWRtaW4=\nadmin\nYWI=\n"),
        ("vi x", "bash: vi: command not found: files are edited in the tabs beside the terminal\n"),
        ("sleep 100 & kill %1; echo $?", "0\n"),
    ];
    for (line, output) in table {
        assert_eq!(run(&mut simulator, line).output, output, "{line}");
    }
}

/// Models kubectl/pkg/cmd/rollout/rollout_status.go and wait/wait.go, which print at each event and not at the end.
#[test]
fn a_wait_tells_what_it_knows_before_it_is_over() {
    let mut simulator = Simulator::new(&Scenario::empty());
    run(&mut simulator, &format!("cat > x.yaml <<EOF\n{POD}EOF\nkubectl apply -f x.yaml; kubectl create deployment never --image=luksa/nosuchimage; sleep 9"));
    let waiting = "Waiting for deployment \"never\" rollout to finish: 0 of 1 updated replicas are available...\n";
    let table = [
        ("timeout 3 kubectl rollout status deploy never", waiting.to_owned(), 124),
        ("kubectl rollout status deploy never --timeout=3s", format!("{waiting}error: timed out waiting for the condition\n"), 1),
        ("timeout 3 kubectl wait pod/x $(kubectl get po -l app=never -o name) --for=condition=Ready", "pod/x condition met\n".to_owned(), 124),
    ];
    for (line, expected, exit) in &table {
        let receipt = run(&mut simulator, line);
        assert_eq!((receipt.output.as_str(), receipt.exit), (expected.as_str(), *exit), "{line}");
    }
}

/// What is told of jobs is what bash 5.2 tells, but for the numbers of processes.
#[test]
fn jobs_go_on_while_other_lines_are_typed() {
    let mut simulator = Simulator::new(&Scenario::empty());
    simulator.set_terminal(true);
    run(&mut simulator, &format!("kubectl apply -f - <<EOF\n{POD}EOF\nsleep 10"));
    let begun = run(&mut simulator, "kubectl get po x -w --no-headers > seen.txt & sleep 2 &");
    assert!(begun.output.starts_with("[1] ") && begun.output.lines().nth(1).is_some_and(|line| line.starts_with("[2] ")), "{}", begun.output);
    let table = [
        ("jobs", "[1]-  Running                 kubectl get po x -w --no-headers > seen.txt &\n[2]+  Running                 sleep 2 &\n"),
        ("kubectl label po x n=1", "pod/x labeled\n"),
        ("sleep 3", "[2]+  Done                    sleep 2\n"),
        ("wc -l < seen.txt", "2\n"),
        ("bg", "bash: bg: job 1 already in background\n"),
        ("kill %1", "[1]+  Terminated              kubectl get po x -w --no-headers > seen.txt\n"),
        ("jobs", ""),
        ("fg", "bash: fg: current: no such job\n"),
        ("kubectl label po x n=2 --overwrite; wc -l < seen.txt", "pod/x labeled\n2\n"),
        ("sleep 1 & fg %sleep; echo $?", "sleep 1\n0\n"),
    ];
    for (line, output) in table {
        let receipt = run(&mut simulator, line);
        let told: String = receipt.output.lines().filter(|line| !line.starts_with("[1] ") || line.contains("  ")).map(|line| format!("{line}\n")).collect();
        assert_eq!(told.replace("      1\n", "1\n").replace("      2\n", "2\n"), output, "{line}");
    }
    // What a job prints comes while nothing else is at work, and Ctrl+C is not for it.
    run(&mut simulator, "kubectl get po x -o name -w &");
    simulator.break_off();
    run(&mut simulator, "kubectl label po x n=3 --overwrite");
    simulator.catch_up(simulator.now() + SimDuration::from_seconds(1));
    let (text, done) = simulator.drain_output().unwrap_or_default();
    assert!(done && text.contains("pod/x\n"), "{text}");
}

/// `curl` of what `kubectl proxy` opens: the texts of an API server, and a pod behind it.
#[test]
fn a_proxy_leads_to_the_api() {
    let mut simulator = Simulator::new(&Scenario::empty());
    run(&mut simulator, &format!("kubectl apply -f - <<EOF\n{POD}EOF\nsleep 10"));
    let table = [
        ("curl -s localhost:8001/api | head -1; echo $?", "0\n", 0),
        ("kubectl proxy --port=8001", "Starting to serve on 127.0.0.1:8001\n", 0),
        ("kubectl proxy", "error: listen tcp 127.0.0.1:8001: bind: address already in use\n", 1),
        ("curl -s localhost:8001/api | jq -r .versions[0]", "v1\n", 0),
        ("curl -s localhost:8001/api/v1/namespaces/default/pods/x | jq -r .spec.containers[0].image", "luksa/kubia\n", 0),
        ("curl -s localhost:8001/api/v1/namespaces/default/pods/y | jq -r .message", "pods \"y\" not found\n", 0),
        ("curl -s localhost:8001/api/v1/namespaces/default/pods/x:8080/proxy/", "You've hit x\n", 0),
        ("curl -s localhost:8001/api/v1/namespaces/default/pods/x:81/proxy/ | jq .code", "503\n", 0),
        ("curl -s localhost:8001/healthz; curl -s localhost:8001/nosuch", "ok404 page not found\n", 0),
    ];
    for (line, output, exit) in table {
        let receipt = run(&mut simulator, line);
        assert_eq!((receipt.output.as_str(), receipt.exit), (output, exit), "{line}");
    }
}
