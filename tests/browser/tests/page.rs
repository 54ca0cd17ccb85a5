//! The built page in a real browser: what it opens with, and what can be done to the cluster. `cargo xtask test` builds and
//! serves it; without `PODSCAPE_PAGE` these stories are skipped.

mod cluster;

use cluster::{all_ready, attribute, click, clock, file, hook, in_state, play, pods, printed, speed, states, type_line, write_file};
use podscape_browser_tests::{Result, Session, keys, story};

const SECOND: u64 = 1_000_000;

#[test]
fn it_opens_with_a_running_cluster() -> Result<()> {
    story("it_opens_with_a_running_cluster", |page| {
        assert_eq!(page.title()?, "Podscape");
        all_ready(page, 3)?;
        for node in ["node1", "node2", "node3"] {
            assert_eq!(attribute(page, &format!("node-{node}"), "data-word")?, "Ready");
        }
        assert_eq!(attribute(page, "rc-kubia", "data-ready")?, "3");
        assert!(file(page)?.contains("image: luksa/kubia"));
        let before = clock(page)?;
        page.until("the clock to go on", |page| Ok(clock(page)? > before))?;
        type_line(page, "kubectl get rc")?;
        let answer = printed(page)?;
        assert!(answer.starts_with("NAME    DESIRED   CURRENT   READY   AGE\nkubia   3         3         3"), "{answer}");
        Ok(())
    })
}

#[test]
fn a_new_cluster_is_empty_and_takes_a_manifest() -> Result<()> {
    story("a_new_cluster_is_empty_and_takes_a_manifest", |page| {
        all_ready(page, 3)?;
        let manifest = file(page)?;
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty() && page.count(".card")? == 0 && page.count(".room")? == 3))?;
        assert_eq!(file(page)?, "");
        write_file(page, &manifest.replace("replicas: 3", "replicas: 2"))?;
        let editor = page.find(&hook("editor"))?;
        editor.type_keys(&format!("{}{}{}", keys::CONTROL, keys::ENTER, keys::NO_MODIFIER))?;
        all_ready(page, 2)?;
        assert_eq!(attribute(page, "rc-kubia", "data-desired")?, "2");
        click(page, "bring-back").or_else(|_| click(page, "example"))?;
        all_ready(page, 3)
    })
}

#[test]
fn a_pod_comes_by_the_scheduler_s_tray() -> Result<()> {
    story("a_pod_comes_by_the_scheduler_s_tray", |page| {
        all_ready(page, 3)?;
        let before = pods(page)?;
        play(page, false)?;
        click(page, "more-kubia")?;
        let mut seen: Vec<String> = Vec::new();
        for _ in 0..20 {
            page.find(&hook("stage"))?;
            click(page, "step")?;
            for (name, state) in states(page)? {
                if !before.contains(&name) && seen.last() != Some(&state) {
                    seen.push(state);
                }
            }
            if seen.last().is_some_and(|state| state == "ready") {
                break;
            }
        }
        assert_eq!(seen, ["pending", "starting", "ready"]);
        Ok(())
    })
}

#[test]
fn a_pod_that_is_deleted_is_replaced_fades_and_goes() -> Result<()> {
    story("a_pod_that_is_deleted_is_replaced_fades_and_goes", |page| {
        all_ready(page, 3)?;
        let victim = pods(page)?[0].clone();
        click(page, &format!("pod-{victim}"))?;
        click(page, "menu-delete")?;
        in_state(page, &victim, "terminating")?;
        page.until("a replacement", |page| Ok(states(page)?.iter().filter(|(_, state)| state == "ready").count() == 3))?;
        assert_eq!(pods(page)?.len(), 4);
        let strength = |page: &Session| -> Result<f64> {
            let style = attribute(page, &format!("pod-{victim}"), "style")?;
            let (_, rest) = style.split_once("--strength:").unwrap_or(("", "1"));
            Ok(rest.split(';').next().and_then(|number| number.trim().parse().ok()).unwrap_or(1.0))
        };
        let strong = strength(page)?;
        speed(page, 2)?;
        page.until("the pod to fade", |page| Ok(strength(page)? < strong - 0.2))?;
        all_ready(page, 3)?;
        assert!(!pods(page)?.contains(&victim));
        Ok(())
    })
}

#[test]
fn a_delete_in_the_terminal_waits_for_the_pod() -> Result<()> {
    story("a_delete_in_the_terminal_waits_for_the_pod", |page| {
        all_ready(page, 3)?;
        let victim = pods(page)?[0].clone();
        type_line(page, &format!("kubectl delete pod {victim}"))?;
        page.find(&hook("interrupt"))?;
        speed(page, 2)?;
        page.until("the line to end", |page| Ok(page.count(&hook("interrupt"))? == 0))?;
        assert_eq!(printed(page)?, format!("pod \"{victim}\" deleted\n"));
        assert!(!pods(page)?.contains(&victim));
        Ok(())
    })
}

#[test]
fn buttons_scale_a_controller() -> Result<()> {
    story("buttons_scale_a_controller", |page| {
        all_ready(page, 3)?;
        click(page, "more-kubia")?;
        all_ready(page, 4)?;
        click(page, "fewer-kubia")?;
        click(page, "fewer-kubia")?;
        page.until("two pods to terminate", |page| Ok(states(page)?.iter().filter(|(_, state)| state == "terminating").count() == 2))?;
        speed(page, 3)?;
        all_ready(page, 2)
    })
}

#[test]
fn a_label_takes_a_pod_out_of_the_selector_and_back() -> Result<()> {
    story("a_label_takes_a_pod_out_of_the_selector_and_back", |page| {
        all_ready(page, 3)?;
        let pod = pods(page)?[1].clone();
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-take-out")?;
        all_ready(page, 4)?;
        assert_eq!(attribute(page, "rc-kubia", "data-current")?, "3");
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-put-under")?;
        page.until("one too many to go", |page| Ok(states(page)?.iter().any(|(_, state)| state == "terminating")))?;
        assert_eq!(attribute(page, "rc-kubia", "data-desired")?, "3");
        Ok(())
    })
}

#[test]
fn a_node_without_power_is_noticed_and_its_pods_are_moved() -> Result<()> {
    story("a_node_without_power_is_noticed_and_its_pods_are_moved", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        click(page, "power-node2")?;
        let off = clock(page)?;
        page.until("the switch", |page| Ok(attribute(page, "node-node2", "data-powered")? == "false"))?;
        let lost: Vec<String> = cluster::places(page)?.into_iter().filter(|(_, node)| node == "node2").map(|(name, _)| name).collect();
        let step_until = |what: &str, there: &dyn Fn() -> Result<bool>| -> Result<u64> {
            for _ in 0..200 {
                if there()? {
                    return Ok((clock(page)? - off) / SECOND);
                }
                click(page, "step")?;
            }
            panic!("never {what}");
        };
        let silent = step_until("not ready", &|| Ok(attribute(page, "node-node2", "data-word")? == "NotReady"))?;
        assert!((40..=56).contains(&silent), "not ready after {silent} s");
        in_state(page, &lost[0], "lost")?;
        let evicted = step_until("evicted", &|| Ok(states(page)?.iter().any(|(name, state)| *name == lost[0] && state == "terminating")))?;
        assert!((300..=307).contains(&(evicted - silent)), "not ready after {silent} s, evicted after {evicted} s");
        play(page, true)?;
        speed(page, 2)?;
        page.until("replacements elsewhere", |page| Ok(attribute(page, "rc-kubia", "data-ready")? == "3"))?;
        assert!(pods(page)?.contains(&lost[0]), "a pod of a silent node stays until the node is back");
        click(page, "power-node2")?;
        page.until("the node to be back", |page| Ok(attribute(page, "node-node2", "data-word")? == "Ready"))?;
        all_ready(page, 3)
    })
}

#[test]
fn a_cordoned_node_takes_no_new_pods() -> Result<()> {
    story("a_cordoned_node_takes_no_new_pods", |page| {
        all_ready(page, 3)?;
        click(page, "cordon-node1")?;
        page.until("the barrier", |page| Ok(attribute(page, "node-node1", "data-word")? == "Ready,SchedulingDisabled"))?;
        let before = cluster::places(page)?.iter().filter(|(_, node)| node == "node1").count();
        type_line(page, "kubectl scale rc kubia --replicas=9")?;
        all_ready(page, 9)?;
        assert_eq!(cluster::places(page)?.iter().filter(|(_, node)| node == "node1").count(), before);
        Ok(())
    })
}

#[test]
fn a_wrong_manifest_is_refused_in_kubernetes_words_and_marked() -> Result<()> {
    story("a_wrong_manifest_is_refused_in_kubernetes_words_and_marked", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let (names, before) = (pods(page)?, cluster::digest(page)?);
        let wrong = file(page)?.replace("  replicas: 3", "  replica: 5");
        write_file(page, &wrong)?;
        click(page, "apply")?;
        page.see(&hook("diagnostic"), "unknown field \"spec.replica\"")?;
        assert_eq!((attribute(page, "diagnostic", "data-line")?, attribute(page, "diagnostic", "data-column")?), ("6".to_owned(), "3".to_owned()));
        page.see(".ink .mark.error, .cm-lintRange-error", "replica")?;
        page.until("the mark beside the line", |page| Ok(page.count(".gutter .error, .cm-lint-marker-error")? == 1))?;
        assert!(printed(page)?.contains("strict decoding error: unknown field \"spec.replica\""));
        assert_eq!((pods(page)?, cluster::digest(page)?), (names, before));
        write_file(page, &wrong.replace("replica: 5", "replicas: 5"))?;
        click(page, "apply")?;
        play(page, true)?;
        all_ready(page, 5)?;
        assert_eq!(page.count(&hook("diagnostic"))?, 0);
        Ok(())
    })
}

#[test]
fn the_inspector_tells_all_about_a_pod() -> Result<()> {
    story("the_inspector_tells_all_about_a_pod", |page| {
        all_ready(page, 3)?;
        let pod = pods(page)?[0].clone();
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-details")?;
        page.see(&hook("inspector"), &pod)?;
        page.see(&hook("inspector"), "app=kubia")?;
        click(page, "tab-yaml")?;
        page.see(".printed", "kind: Pod")?;
        click(page, "tab-describe")?;
        page.see(".printed", "ReplicationController/kubia")?;
        click(page, "tab-object-events")?;
        page.see(".inspector .events", "Successfully assigned default/")?;
        click(page, "close-inspector")?;
        page.until("the inspector closed", |page| Ok(!page.find(".inspector")?.is_displayed()?))?;
        click(page, "tab-events")?;
        page.see(".dock .events", "SuccessfulCreate")
    })
}
