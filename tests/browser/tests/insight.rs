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

#[test]
fn charts_show_states_restarts_and_the_spread() -> Result<()> {
    story_with("charts_show", &Options::default(), "?lab=crash-loop", |page| {
        page.until("the pod", |page| Ok(pods(page)? == ["crash"]))?;
        type_line(page, "kubectl create deployment web --image=luksa/kubia --replicas=5")?;
        cluster::pass(page, 40)?;
        page.until("five ready pods", |page| Ok(states(page)?.iter().filter(|(_, state)| state == "ready").count() == 5))?;
        click(page, "tab-charts")?;
        // The area between a layer's edges, in a picture of 600 by 100.
        let area = |page: &Session, layer: &str| -> Result<f64> {
            let script = "const points = document.querySelector(`[data-testid=charts] path.${arguments[0]}`).getAttribute('d').match(/[-0-9.]+/g).map(Number);
                let sum = 0;
                for (let n = 0; n < points.length; n += 2) {
                  const m = (n + 2) % points.length;
                  sum += points[n] * points[m + 1] - points[m] * points[n + 1];
                }
                return Math.abs(sum) / 2;";
            Ok(page.run(script, &[serde_json::json!(layer)])?.as_f64().unwrap_or_default())
        };
        page.until("an area of ready pods", |page| Ok(area(page, "ready")? > 10_000.0))?;
        assert!(area(page, "starting")? > 10.0 && area(page, "terminating")? < 1.0);
        let badge = page.find(&format!("{} .badge", hook("pod-crash")))?.text()?;
        page.see(&hook("chart-restarts"), &badge)?;
        assert!(page.run("return document.querySelector('[data-testid=charts] path.line').getBBox().height;", &[])?.as_f64().is_some_and(|height| height > 10.0));
        // As many as stand in each room.
        let places = cluster::places(page)?;
        let rows = page.run("return [...document.querySelectorAll('.charts .spread li')].map(row => [row.querySelector('span').textContent, Number(row.querySelector('b').textContent)]);", &[])?;
        assert_eq!(rows.as_array().map(Vec::len), Some(3));
        for row in rows.as_array().into_iter().flatten() {
            let here = places.iter().filter(|(_, node)| row[0] == node.as_str()).count();
            assert_eq!(row[1], here, "{row}");
        }
        Ok(())
    })
}
