//! Why things are as they are, what happens next, counts over time; taking commands back and going to what is worth a look.

mod cluster;

use cluster::{all_ready, attribute, click, clock, hook, in_state, play, pods, press, speed, states, type_line};
use podscape_browser_tests::{Options, Result, Session, keys, story, story_with};

fn newcomer(page: &Session, before: &[String]) -> Result<Option<String>> {
    Ok(states(page)?.into_iter().find(|(name, state)| state == "ready" && !before.contains(name)).map(|(name, _)| name))
}

#[test]
fn why_names_the_controller_what_it_saw_and_what_you_did() -> Result<()> {
    story("why_names_the_controller", |page| {
        all_ready(page, 3)?;
        let before = pods(page)?;
        type_line(page, &format!("kubectl delete pod {} --wait=false", before[0]))?;
        page.until("a replacement", |page| Ok(newcomer(page, &before)?.is_some()))?;
        let pod = newcomer(page, &before)?.unwrap_or_default();
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-details")?;
        click(page, "tab-why")?;
        page.see(&hook("reasons"), &format!("{pod} was created because ReplicationController kubia saw 2 of 3 pods."))?;
        page.see(&hook("reasons"), &format!("after {} began to terminate: kubectl delete pod {}", before[0], before[0]))?;
        page.see(&hook("placement"), "The scheduler chose node")?;
        assert_eq!(page.count(".placement li.chosen")?, 1);
        page.find(".reasons > li:last-child .moment")?.click()?;
        page.until("the moment", |page| Ok(page.count(".timebar.past")? == 1))
    })
}

#[test]
fn why_a_pod_has_no_node_is_said_of_each_node_in_korean() -> Result<()> {
    let options = Options { language: "ko".to_owned(), ..Options::default() };
    story_with("why_a_pod_has_no_node", &options, "", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl cordon node1")?;
        type_line(page, "kubectl taint node node2 node3 a=b:NoSchedule")?;
        click(page, "more-kubia")?;
        page.until("a pod in the tray", |page| Ok(states(page)?.iter().any(|(_, state)| state == "pending")))?;
        let pod = states(page)?.into_iter().find(|(_, state)| state == "pending").map(|(name, _)| name).unwrap_or_default();
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-details")?;
        click(page, "tab-why")?;
        page.see(&hook("placement"), "node(s) were unschedulable")?;
        page.see(&hook("placement"), "untolerated taint {a: b}")?;
        page.see(&hook("reasons"), "ReplicationController kubia: 파드가 4개 있어야 하는데 3개뿐이었습니다.")
    })
}

#[test]
fn what_happens_next_is_told_and_comes_true() -> Result<()> {
    story("what_happens_next", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let pod = pods(page)?[0].clone();
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-delete")?;
        in_state(page, &pod, "terminating")?;
        click(page, "tab-next")?;
        page.see(&hook("next"), "The replication-controller looks at ReplicationController kubia")?;
        for _ in 0..6 {
            click(page, "step")?;
        }
        page.see(&hook("next"), &format!("Pod {pod} is waited for"))?;
        click(page, "tab-charts")?;
        page.see(&hook("charts"), "terminating 1")?;
        page.see(&hook("charts"), "ready 3")
    })
}

#[test]
fn a_command_is_taken_back_and_given_again() -> Result<()> {
    story("a_command_is_taken_back", |page| {
        all_ready(page, 3)?;
        let before = pods(page)?;
        type_line(page, "kubectl delete rc kubia --wait=false")?;
        page.until("pods to go", |page| Ok(states(page)?.iter().all(|(_, state)| state == "terminating")))?;
        press(page, keys::ESCAPE)?;
        click(page, "undo")?;
        all_ready(page, 3)?;
        assert_eq!(pods(page)?, before);
        play(page, false)?;
        click(page, "redo")?;
        page.until("no controller", |page| Ok(page.count(".card")? == 0))?;
        page.until("pods to go again", |page| Ok(states(page)?.iter().all(|(_, state)| state == "terminating")))?;
        page.run("document.activeElement.blur();", &[])?;
        page.keys(&format!("{}z{}", keys::CONTROL, keys::NO_MODIFIER))?;
        all_ready(page, 3)
    })
}

#[test]
fn the_clock_goes_to_what_is_worth_a_look() -> Result<()> {
    story_with("the_clock_goes_to_what_is_worth_a_look", &Options::default(), "?lab=liveness", |page| {
        page.until("the pod", |page| Ok(pods(page)? == ["kubia-liveness"]))?;
        play(page, false)?;
        click(page, "jump")?;
        page.until("the first failure", |page| Ok(page.count(".track .failure")? >= 1))?;
        page.until("the clock to stand", |page| {
            let at = clock(page)?;
            Ok((60_000_000..80_000_000).contains(&at) && attribute(page, "play", "data-playing")? == "false")
        })?;
        speed(page, 9)?;
        page.see(&hook("speed-label"), "×3600")
    })
}
