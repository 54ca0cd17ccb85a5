//! A lecture and those who follow it: labs whose words can be pressed, a moment that is handed on as it is seen, a frame, what is tried in the
//! past, and the first minute to its end.

mod cluster;

use cluster::{all_ready, attribute, click, clock, hook, in_state, pass, play, plays, pods, share, slide, speed, states, type_line};
use podscape_browser_tests::{Options, Result, Session, page_address, story, story_with};
use serde_json::json;

fn korean() -> Options {
    Options { language: "ko".to_owned(), ..Options::default() }
}

fn elements(page: &Session, script: &str) -> Result<Vec<String>> {
    let found = page.run(script, &[])?;
    Ok(found.as_array().into_iter().flatten().filter_map(|text| text.as_str()).map(str::to_owned).collect())
}

#[test]
fn what_a_lab_says_to_try_is_tried_by_pressing_it() -> Result<()> {
    story_with("what_a_lab_says: a speed", &Options::default(), "?lab=liveness", |page| {
        // What the lab is about is in sight: the probe's strip.
        page.find(&hook("probe-liveness"))?;
        click(page, "guide-speed")?;
        page.see(&hook("speed-label"), "×10")
    })?;
    story_with("what_a_lab_says: a line", &Options::default(), "?lab=deployment", |page| {
        all_ready(page, 3)?;
        click(page, "guide-do")?;
        page.see(&hook("terminal-log"), "kubectl rollout undo deployment kubia")
    })?;
    story_with("what_a_lab_says: a file", &korean(), "?lab=rc", |page| {
        all_ready(page, 3)?;
        page.until("lines to its pods", |page| Ok(page.count(".wires .wire.owner")? == 3))?;
        click(page, "guide-file")?;
        page.until("the file", |page| Ok(cluster::file(page)?.contains("name: wrong")))
    })
}

#[test]
fn a_phone_shows_what_a_lab_says_to_try() -> Result<()> {
    story_with("a_phone_shows_what_a_lab_says", &Options { language: "ko".to_owned(), ..Options::phone() }, "?lab=labels", |page| {
        page.see(".guide-words p", "셀렉터에서 빼 보세요")?;
        let shown = "const words = document.querySelector('.guide-words'), line = words.querySelector('p').getBoundingClientRect(), box = words.getBoundingClientRect();
            return line.height > 10 && line.top >= box.top && line.top + 16 <= box.bottom;";
        page.until("the words in sight", |page| Ok(page.run(shown, &[])? == json!(true)))
    })
}

#[test]
fn a_request_of_curl_is_followed_on_the_stage() -> Result<()> {
    story_with("a_request_of_curl", &Options::default(), "?lab=service", |page| {
        all_ready(page, 3)?;
        click(page, "guide-line")?;
        page.see(&hook("hops"), "DNAT")?;
        page.see(&hook("lookups"), "kubia.default.svc.cluster.local A")?;
        // A node without power is on no way any more.
        click(page, "tab-terminal")?;
        for node in ["node1", "node2", "node3"] {
            click(page, &format!("power-{node}"))?;
        }
        type_line(page, "request http://10.110.231.255 --from node1")?;
        click(page, "tab-traffic")?;
        page.see(&hook("hops"), "the machine is switched off")
    })
}

#[test]
fn a_link_opens_with_the_answer_that_was_open() -> Result<()> {
    let mut link = String::new();
    story("a_link_with_its_answer: made", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let pod = pods(page)?[0].clone();
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-why")?;
        page.see(&hook("reasons"), "ReplicationController kubia saw")?;
        link = share(page)?;
        assert!(link.contains(&format!("&why=po/{pod}")), "{link}");
        Ok(())
    })?;
    story_with("a_link_with_its_answer: opened", &korean(), &format!("#{link}"), |page| {
        page.see(&hook("reasons"), "ReplicationController kubia:")?;
        assert_eq!(page.count(&hook("hint"))?, 0, "the first hint is about the example");
        // In a frame nobody is told of what this browser holds.
        page.open(&format!("{}?embed#{link}", page_address().unwrap_or_default()))?;
        page.find(&hook("begin"))?;
        all_ready(page, 3)?;
        assert_eq!((page.count(&hook("notice"))?, page.count(&hook("hint"))?), (0, 0));
        Ok(())
    })
}

#[test]
fn what_was_seen_after_a_moment_stays_when_something_else_is_tried_there() -> Result<()> {
    story("what_was_seen_after_a_moment", |page| {
        all_ready(page, 3)?;
        pass(page, 3)?;
        let before = clock(page)?;
        click(page, "more-kubia")?;
        pass(page, 6)?;
        let four = pods(page)?;
        assert_eq!(four.len(), 4);
        // After the command, before its pod is ready: no command comes later.
        slide(page, "history", before / 1_000 + 200)?;
        page.until("the moment", |page| Ok(clock(page)? < before + 1_000_000))?;
        type_line(page, "kubectl delete rc kubia --cascade=orphan")?;
        page.see(&hook("notice"), "branch")?;
        assert_eq!(page.count(&format!("{} option", hook("branches")))?, 2);
        play(page, true)?;
        page.until("no controller", |page| Ok(page.count(&hook("rc-kubia"))? == 0))?;
        page.run("const list = document.querySelector('[data-testid=branches]'); list.value = '0'; list.dispatchEvent(new Event('change', { bubbles: true }));", &[])?;
        page.until("what was seen", |page| Ok(pods(page)? == four))
    })
}

#[test]
fn times_are_said_in_the_page_s_language() -> Result<()> {
    story_with("times_are_said", &korean(), "?lab=crash-loop", |page| {
        page.see(".facts", "초")?;
        click(page, "tab-events")?;
        page.until("ages", |page| {
            let ages = elements(page, "return [...document.querySelectorAll('.dock .events .age')].map(cell => cell.textContent);")?;
            Ok(!ages.is_empty() && ages.iter().all(|age| age.contains('초') || age.contains('분')))
        })?;
        let marks = elements(page, "return [...document.querySelectorAll('.mark-at')].map(mark => mark.title);")?;
        assert!(marks.iter().any(|mark| mark.starts_with("+00:") && mark.contains("crash 재시작")), "{marks:?}");
        Ok(())
    })
}

#[test]
fn the_first_minute_ends_with_the_question_why() -> Result<()> {
    story_with("the_first_minute", &korean(), "", |page| {
        all_ready(page, 3)?;
        page.see(&hook("hint"), "node2를 끄고")?;
        click(page, "power-node2")?;
        page.see(&hook("hint"), "건너뛰기")?;
        click(page, "hint-jump")?;
        page.until("the first jump", |page| Ok(!plays(page)? && clock(page)? > 40_000_000))?;
        click(page, "hint-jump")?;
        page.see(&hook("hint"), "다른 노드에 새 파드")?;
        let ready = states(page)?.into_iter().filter(|(_, state)| state == "ready").map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(ready.len(), 3, "{ready:?}");
        click(page, &format!("pod-{}", ready[0]))?;
        click(page, "menu-why")?;
        page.find(&hook("reasons"))?;
        page.until("no hint", |page| Ok(page.count(&hook("hint"))? == 0))?;
        // Its containers have to be started again when it is back.
        click(page, "close-inspector")?;
        click(page, "power-node2")?;
        speed(page, 2)?;
        play(page, true)?;
        page.until("node2 back", |page| Ok(attribute(page, "node-node2", "data-word")? == "Ready"))
    })
}

#[test]
fn a_pod_is_started_again_on_a_machine_that_had_no_power() -> Result<()> {
    story("a_pod_is_started_again", |page| {
        all_ready(page, 3)?;
        let (name, node) = cluster::places(page)?[0].clone();
        click(page, &format!("power-{node}"))?;
        pass(page, 20)?;
        click(page, &format!("power-{node}"))?;
        pass(page, 20)?;
        in_state(page, &name, "ready")?;
        let badge = "return document.querySelector(arguments[0])?.querySelector('.badge')?.textContent ?? '';";
        assert_eq!(page.run(badge, &[json!(hook(&format!("pod-{name}")))])?, json!("1"), "started again once");
        Ok(())
    })
}
