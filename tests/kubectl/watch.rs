//! Watching: which lines appear, and how they are aligned.

use super::lab::Lab;

#[test]
fn lines_keep_the_widest_columns_so_far() {
    let mut lab = Lab::settled();
    lab.run("kubectl delete pod bare --wait=false");
    let text = lab.watch("kubectl get pods -w -l a=b", 10);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..2], ["NAME   READY   STATUS        RESTARTS   AGE", "bare   1/1     Terminating   0          10s"], "{text}");
    assert!(lines.len() > 2 && lines[2..].iter().all(|line| line.starts_with("bare   0/1     Error         0          ")), "{text}");
}

#[test]
fn a_new_pod_passes_through_its_states() {
    let mut lab = Lab::new();
    let mut other = lab.clone();
    other.run("kubectl create -f pod.yaml");
    let answer = lab.answer("kubectl get pods -w");
    assert_eq!(answer.output, "");
    lab.run("kubectl create -f pod.yaml");
    let text = lab.watch("kubectl get pods --watch-only", 5);
    let states: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().nth(2)).collect();
    assert_eq!(states.first(), Some(&"STATUS"), "{text}");
    assert!(states.contains(&"ContainerCreating") && states.last() == Some(&"Running"), "{text}");
}

#[test]
fn what_no_longer_fits_the_selector_is_gone() {
    let mut lab = Lab::settled();
    let podscape::kubectl::Follow::Watch(mut watch) = lab.answer("kubectl get pods -l a=b --watch-only --output-watch-events").follow else {
        panic!("does not watch")
    };
    lab.world.take_changes();
    let mut seen = String::new();
    for line in ["kubectl label pod bare x=y", "kubectl label pod bare a=z --overwrite", "kubectl label pod bare a=b --overwrite"] {
        lab.run(line);
        for change in lab.world.take_changes() {
            seen += &watch.on_change(&change, lab.world.view(), lab.world.now()).unwrap_or_default();
        }
    }
    assert_eq!(
        seen,
        "EVENT      NAME   READY   STATUS    RESTARTS   AGE\n\
         MODIFIED   bare   1/1     Running   0          10s\n\
         DELETED    bare   1/1     Running   0          10s\n\
         ADDED      bare   1/1     Running   0          10s\n"
    );
}

#[test]
fn events_are_watched_too() {
    let mut lab = Lab::new();
    lab.run("kubectl create -f pod.yaml");
    let text = lab.watch("kubectl get events -w --watch-only", 5);
    assert!(text.starts_with("LAST SEEN   TYPE     REASON      OBJECT     MESSAGE\n0s          Normal   Scheduled   pod/bare   Successfully assigned"), "{text}");
}

#[test]
fn one_kind_only() {
    let mut lab = Lab::settled();
    let error = "error: you may only specify a single resource type\n";
    assert_eq!(lab.fail("kubectl get po,rc -w"), error);
    assert_eq!(lab.fail("kubectl get po nosuch -w"), "Error from server (NotFound): pods \"nosuch\" not found\n");
    assert_eq!(lab.fail("kubectl get po --output-watch-events"), "error: --output-watch-events option can only be used with --watch or --watch-only\n");
}
