//! The labs one by one: each has a link of its own, opens running, says what to try, and shows what it promises.

mod cluster;

use cluster::{all_ready, attribute, click, clock, hook, in_state, pass, places, play, pods, printed, share, slide, speed, states, type_line};
use podscape::simulator::{Lab, parse_lab};
use podscape_browser_tests::{Options, Result, Session, page_address, story, story_with};
use serde_json::json;

/// The labs of the library, by name.
fn library() -> Vec<(String, Lab)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src/scenario/library");
    let files = std::fs::read_dir(folder).expect("the library").flatten().map(|entry| entry.path());
    let read = |path: std::path::PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        let text = std::fs::read_to_string(&path).ok()?;
        Some((name, parse_lab(&text).ok()?))
    };
    let mut labs: Vec<_> = files.filter_map(read).collect();
    labs.sort_by(|one, other| one.0.cmp(&other.0));
    labs
}

fn lab(name: &str) -> Lab {
    library().into_iter().find(|(found, _)| found == name).map(|(_, lab)| lab).expect("a lab of this name")
}

/// Goes to a lab by its link and waits until it is told of.
fn go(page: &Session, name: &str, language: &str) -> Result<()> {
    let title = lab(name).title.tell(language).to_owned();
    page.open(&format!("{}?lab={name}", page_address().unwrap_or_default()))?;
    page.until(&format!("the lab {name}"), |page| Ok(page.find(".guide-words b")?.text()? == title))?;
    speed(page, 1)
}

/// Presses the lab's first command and gives back what it prints.
fn first(page: &Session) -> Result<String> {
    click(page, "guide-line")?;
    click(page, "tab-terminal")?;
    printed(page)
}

/// Types a line and gives back what it prints.
fn ask(page: &Session, line: &str) -> Result<String> {
    click(page, "tab-terminal")?;
    type_line(page, line)?;
    page.until(line, |page| {
        let typed = page.run("return [...document.querySelectorAll('[data-testid=terminal-log] .entry .typed')].at(-1)?.textContent ?? '';", &[])?;
        Ok(typed.as_str().is_some_and(|typed| typed.ends_with(line)))
    })?;
    printed(page)
}

fn badge(page: &Session, pod: &str) -> Result<String> {
    let script = "return document.querySelector(arguments[0])?.querySelector('.badge')?.textContent ?? '';";
    Ok(page.run(script, &[json!(hook(&format!("pod-{pod}")))])?.as_str().unwrap_or_default().to_owned())
}

fn count_in(page: &Session, state: &str) -> Result<usize> {
    Ok(states(page)?.iter().filter(|(_, is)| is == state).count())
}

/// Every lab by its link: its words, its pods, its first command, and a short link to hand on.
fn each_lab(language: &str) -> Result<()> {
    let options = Options { language: language.to_owned(), ..Options::default() };
    story_with(&format!("each_lab, {language}"), &options, "", |page| {
        for (name, lab) in library() {
            go(page, &name, language)?;
            assert!(!page.address()?.contains('?'), "{name}: the address is free again");
            let advice = lab.advice.tell(language);
            assert_eq!(advice.lines().count(), 2, "{name}: two lines of what to try");
            for line in advice.lines() {
                // Word joiners keep a full stop at what it follows.
                let words = "return document.querySelector('[data-testid=guide]')?.textContent.replaceAll('\\u2060', '') ?? '';";
                let said = |page: &Session| Ok(page.run(words, &[])?.as_str().is_some_and(|words| words.contains(&line.replace('`', ""))));
                page.until(&format!("{name}: {line}"), said)?;
            }
            page.until(&format!("{name}: pods"), |page| Ok(!states(page)?.is_empty()))?;
            assert_eq!(count_in(page, "pending")?, 0, "{name}: no pod is still waiting for a node");
            play(page, false)?;
            let opened = lab.scenario.at.millis();
            slide(page, "history", opened)?;
            page.until("the moment at which it opens", |page| Ok(clock(page)? == opened * 1_000))?;
            let link = share(page)?;
            assert!(link.len() < 400, "{name}: a link of {} characters", link.len());
            click(page, "to-end")?;
            play(page, true)?;
            page.see(&hook("guide-line"), lab.first.lines().next().unwrap_or_default())?;
            click(page, "guide-line")?;
            click(page, "tab-terminal")?;
            let done = "return document.querySelectorAll('[data-testid=terminal-log] .entry .typed').length > 0 && !document.querySelector('[data-testid=interrupt]');";
            page.until(&format!("{name}: the first command"), |page| Ok(page.run(done, &[])? == json!(true)))?;
            assert_eq!(page.count(".entry.failed")?, 0, "{name}: the first command works");
        }
        Ok(())
    })
}

#[test]
fn each_lab_opens_by_its_link_and_runs_in_english() -> Result<()> {
    each_lab("en")
}

#[test]
fn each_lab_opens_by_its_link_and_runs_in_korean() -> Result<()> {
    each_lab("ko")
}

#[test]
fn liveness_labs_restart_what_fails() -> Result<()> {
    story("liveness_labs_restart_what_fails", |page| {
        go(page, "liveness-every-fifth", "en")?;
        pass(page, 90)?;
        assert_eq!((badge(page, "strict")?, badge(page, "patient")?), ("1".to_owned(), String::new()), "one in five is enough for the strict one only");
        go(page, "liveness-exec", "en")?;
        assert!(first(page)?.contains("healthy"));
        pass(page, 90)?;
        page.until("a restart", |page| Ok(badge(page, "liveness-exec")? == "1"))
    })
}

#[test]
fn readiness_labs_tell_the_three_kinds_apart() -> Result<()> {
    story("readiness_labs", |page| {
        go(page, "readiness", "en")?;
        in_state(page, "by-http", "ready")?;
        in_state(page, "by-exec", "not-ready")?;
        in_state(page, "by-tcp", "not-ready")?;
        click(page, "guide-line")?;
        pass(page, 20)?;
        in_state(page, "by-exec", "ready")?;
        in_state(page, "by-tcp", "not-ready")?;
        type_line(page, "kubectl exec by-exec -- rm /var/ready")?;
        pass(page, 40)?;
        in_state(page, "by-exec", "not-ready")
    })
}

#[test]
fn the_lab_of_the_controller_replaces_pods_and_refuses_a_wrong_selector() -> Result<()> {
    story("the_lab_of_the_controller", |page| {
        go(page, "rc", "en")?;
        all_ready(page, 3)?;
        let before = pods(page)?;
        click(page, "guide-line")?;
        page.until("three others", |page| Ok(states(page)?.iter().filter(|(name, state)| state == "ready" && !before.contains(name)).count() == 3))?;
        click(page, "file-wrong-rc.yaml")?;
        click(page, "apply")?;
        page.see("#diagnostics", "`selector` does not match template `labels`")?;
        assert_eq!(page.count(&hook("rc-wrong"))?, 0);
        Ok(())
    })
}

#[test]
fn labs_of_labels_and_selectors_leave_pods_without_an_owner() -> Result<()> {
    story("labs_of_labels_and_selectors", |page| {
        for name in ["labels", "selector"] {
            go(page, name, "en")?;
            all_ready(page, 3)?;
            let before = pods(page)?;
            click(page, "guide-line")?;
            all_ready(page, 6)?;
            play(page, false)?;
            assert_eq!(attribute(page, "rc-kubia", "data-current")?, "3", "{name}");
            // An owner is lit by its card: the first three have none any more.
            page.run("document.querySelector('[data-testid=rc-kubia] .card-body').focus()", &[])?;
            page.until("three that are owned", |page| Ok(page.count(".pod.lit")? == 3))?;
            let lit = page.run("return [...document.querySelectorAll('.pod.lit')].map(pod => pod.dataset.testid.slice(4));", &[])?;
            let lit: Vec<&str> = lit.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
            assert!(before.iter().all(|name| !lit.contains(&name.as_str())), "{name}: {lit:?} and {before:?}");
        }
        Ok(())
    })
}

#[test]
fn the_lab_of_orphans_keeps_the_pods_for_a_new_owner() -> Result<()> {
    story("the_lab_of_orphans", |page| {
        go(page, "orphan", "en")?;
        all_ready(page, 3)?;
        let before = pods(page)?;
        click(page, "guide-line")?;
        page.until("no controller", |page| Ok(page.count(&hook("rc-kubia"))? == 0))?;
        assert_eq!(pods(page)?, before);
        click(page, "file-kubia-rs.yaml")?;
        click(page, "apply")?;
        page.until("the new owner", |page| Ok(page.count(&hook("rs-kubia"))? == 1 && attribute(page, "rs-kubia", "data-ready")? == "3"))?;
        assert_eq!(pods(page)?, before, "adopted, not made anew");
        Ok(())
    })
}

#[test]
fn the_lab_of_operators_lets_a_canary_go() -> Result<()> {
    story("the_lab_of_operators", |page| {
        go(page, "replicaset", "en")?;
        all_ready(page, 3)?;
        assert!(pods(page)?.contains(&"loose".to_owned()));
        click(page, "guide-line")?;
        all_ready(page, 4)?;
        assert_eq!(attribute(page, "rs-kubia", "data-current")?, "3");
        Ok(())
    })
}

#[test]
fn the_lab_of_deployments_rolls_on_and_back() -> Result<()> {
    story("the_lab_of_deployments", |page| {
        go(page, "deployment", "en")?;
        page.until("all ready", |page| Ok(count_in(page, "ready")? == pods(page)?.len() && !pods(page)?.is_empty()))?;
        let (before, stamp) = (pods(page)?, attribute(page, "deploy-kubia", "data-stamp")?);
        click(page, "guide-line")?;
        speed(page, 2)?;
        let rolled = |page: &Session| -> Result<bool> {
            Ok(pods(page)?.iter().all(|name| !before.contains(name)) && count_in(page, "ready")? == pods(page)?.len())
        };
        page.until("other pods", rolled)?;
        assert_ne!(attribute(page, "deploy-kubia", "data-stamp")?, stamp);
        type_line(page, "kubectl rollout undo deployment kubia")?;
        page.until("the stamp of before", |page| Ok(attribute(page, "deploy-kubia", "data-stamp")? == stamp))
    })
}

#[test]
fn the_lab_of_the_node_failure_moves_its_pods() -> Result<()> {
    story("the_lab_of_the_node_failure", |page| {
        go(page, "node-failure", "en")?;
        page.until("ready pods", |page| Ok(count_in(page, "ready")? >= 3))?;
        let count = count_in(page, "ready")?;
        click(page, "power-node2")?;
        pass(page, 400)?;
        page.until("as many elsewhere", |page| {
            let living = states(page)?.into_iter().filter(|(_, state)| state == "ready").map(|(name, _)| name).collect::<Vec<_>>();
            Ok(living.len() == count && places(page)?.iter().all(|(name, node)| !living.contains(name) || node != "node2"))
        })
    })
}

#[test]
fn labs_of_jobs_come_to_an_end() -> Result<()> {
    story("labs_of_jobs_come_to_an_end", |page| {
        go(page, "job", "en")?;
        assert!(first(page)?.contains("job.batch/"));
        pass(page, 150)?;
        page.until("a completed pod", |page| Ok(count_in(page, "completed")? == 1))?;
        go(page, "job-completions", "en")?;
        page.until("two at a time", |page| Ok(pods(page)?.len() == 2))?;
        click(page, "guide-line")?;
        page.until("three at a time", |page| Ok(pods(page)?.len() == 3))?;
        pass(page, 400)?;
        page.until("five completed", |page| Ok(count_in(page, "completed")? == 5))
    })
}

#[test]
fn the_lab_of_the_cron_job_makes_a_job_every_three_minutes_or_misses_it() -> Result<()> {
    story("the_lab_of_the_cron_job", |page| {
        go(page, "cronjob", "en")?;
        page.until("the first job's pod", |page| Ok(pods(page)?.len() == 1))?;
        play(page, false)?;
        click(page, "power-kube-controller-manager")?;
        // Across the sixth minute, and more than the 15 s beyond in which the job could still start.
        pass(page, 210)?;
        click(page, "power-kube-controller-manager")?;
        pass(page, 30)?;
        assert_eq!(ask(page, "kubectl get jobs -o name")?.lines().count(), 1, "what was missed is not made up for");
        pass(page, 180)?;
        assert_eq!(ask(page, "kubectl get jobs -o name")?.lines().count(), 2, "the next one is in time");
        Ok(())
    })
}

#[test]
fn labs_of_services_are_found_by_name_and_by_environment() -> Result<()> {
    story("labs_of_services", |page| {
        go(page, "service", "en")?;
        assert!(first(page)?.starts_with("You've hit kubia-"));
        assert!(ask(page, "kubectl exec deploy/kubia -- env")?.contains("KUBIA_SERVICE_HOST=10."));
        go(page, "named-ports", "en")?;
        let told = first(page)?;
        assert!(told.contains("TargetPort:        http/TCP") || told.contains("TargetPort:               http/TCP"), "{told}");
        go(page, "external-name", "en")?;
        assert!(first(page)?.contains("api.somecompany.com"));
        let pod = pods(page)?[0].clone();
        type_line(page, &format!("request http://external --from pod/default/{pod}"))?;
        click(page, "tab-traffic")?;
        page.see(&hook("lookups"), "external.default.svc.cluster.local A")?;
        page.see(&hook("lookups"), "api.somecompany.com")
    })
}

#[test]
fn labs_of_doors_to_the_outside_answer_from_there() -> Result<()> {
    story("labs_of_doors_to_the_outside", |page| {
        go(page, "loadbalancer", "en")?;
        let told = first(page)?;
        assert!(told.contains("You've hit kubia-"), "{told}");
        assert!(ask(page, "kubectl get service kubia-loadbalancer")?.contains(" 203.0.113.1 "), "the address that the words name");
        go(page, "ingress", "en")?;
        for host in ["foo", "bar"] {
            let answer = ask(page, &format!("client curl -s http://{host}.example.com"))?;
            assert!(answer.starts_with(&format!("You've hit {host}-")), "{host}: {answer}");
        }
        go(page, "traffic-policy", "en")?;
        let taken: Vec<String> = places(page)?.into_iter().map(|(_, node)| node).collect();
        let bare = (1..=3).map(|n| format!("node{n}")).find(|node| !taken.contains(node)).expect("a node without a pod");
        let at = format!("192.168.64.1{}", bare.trim_start_matches("node"));
        assert!(ask(page, &format!("client curl -s -m 2 http://{at}:30123"))?.starts_with("You've hit kubia-"), "Cluster: any node answers");
        assert!(ask(page, &format!("client curl -s -S -m 2 http://{at}:30124"))?.contains("curl: ("), "Local: a node without a pod does not");
        Ok(())
    })
}
