//! "Why?" is near at hand: in the menus, on a key, at an event, and where a line was refused; and what a menu would run is read whole.

mod cluster;

use cluster::{all_ready, attribute, click, hook, play, pods, press, speed, type_line};
use podscape_browser_tests::{Options, Result, Session, keys, story, story_with};
use serde_json::json;

/// The inspector tells why of an object.
fn asked(page: &Session, name: &str, sentence: &str) -> Result<()> {
    page.see(".inspector h2", name)?;
    page.see(&hook("reasons"), sentence)?;
    assert_eq!(attribute(page, "tab-why", "aria-selected")?, "true");
    click(page, "close-inspector")
}

fn focus(page: &Session, selector: &str) -> Result<()> {
    page.run("document.querySelector(arguments[0]).focus();", &[json!(selector)]).map(drop)
}

#[test]
fn why_is_one_step_away_from_what_is_looked_at() -> Result<()> {
    story("why_is_one_step_away", |page| {
        all_ready(page, 3)?;
        let pod = pods(page)?[0].clone();
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-why")?;
        asked(page, &pod, "ReplicationController kubia saw")?;
        focus(page, &format!("{} .card-body", hook("rc-kubia")))?;
        page.keys("w")?;
        asked(page, "kubia", "you asked for it: kubectl apply -f kubia-rc.yaml")?;
        focus(page, &format!("{} .room-name", hook("node-node2")))?;
        page.keys("i")?;
        page.see(".inspector h2", "node2")?;
        press(page, keys::ESCAPE)?;
        click(page, "tab-events")?;
        click(page, &format!("why-{pod}"))?;
        asked(page, &pod, "was created")
    })
}

#[test]
fn a_refusal_leads_to_what_it_is_about() -> Result<()> {
    story("a_refusal_leads_to_what_it_is_about", |page| {
        all_ready(page, 3)?;
        let pod = pods(page)?[0].clone();
        click(page, &format!("pod-{pod}"))?;
        click(page, "menu-delete-now")?;
        page.until("the pod to be gone", |page| Ok(!pods(page)?.contains(&pod)))?;
        type_line(page, &format!("kubectl get pod {pod}"))?;
        page.see(&hook("terminal-log"), "not found")?;
        click(page, "why-refused")?;
        asked(page, &pod, "was removed")?;
        type_line(page, "kubectl get pod nobody")?;
        page.see(&hook("terminal-log"), "\"nobody\" not found")?;
        assert_eq!(page.count(&hook("why-refused"))?, 1, "nothing is known of what never was");
        Ok(())
    })
}

#[test]
fn a_node_that_was_cut_off_is_not_said_to_be_switched_off() -> Result<()> {
    story_with("a_node_that_was_cut_off", &Options::default(), "", |page| {
        all_ready(page, 3)?;
        type_line(page, "fault node/node2 control-plane --partition")?;
        page.see(&hook("node-node2"), "cut off")?;
        play(page, false)?;
        focus(page, &format!("{} .room-name", hook("node-node2")))?;
        page.keys("w")?;
        page.see(&hook("reasons"), "was cut from the control plane")?;
        assert!(!page.find(&hook("reasons"))?.text()?.contains("switched off"));
        speed(page, 3)?;
        type_line(page, "fault --none")?;
        page.see(&hook("reasons"), "was joined to the control plane again")
    })
}

#[test]
fn a_menu_shows_whole_what_it_would_run() -> Result<()> {
    let cut = "return [...document.querySelectorAll('.menu-item code')].filter(code => code.scrollWidth > code.clientWidth + 1).map(code => code.textContent).join('|');";
    for options in [Options::default(), Options::phone()] {
        story_with("a_menu_shows_whole_what_it_would_run", &options, "", |page| {
            all_ready(page, 3)?;
            let pod = pods(page)?[0].clone();
            for open in [hook(&format!("pod-{pod}")), format!("{} .card-body", hook("rc-kubia")), format!("{} .room-name", hook("node-node3"))] {
                page.find(&open)?.click()?;
                page.find(&hook("menu"))?;
                assert_eq!(page.run(cut, &[])?, json!(""), "{open}");
                let [_, top, _, height] = page.find(&hook("menu"))?.area()?;
                assert!(top >= 0.0 && top + height <= f64::from(options.size.1), "{open}: {top} {height}");
                press(page, keys::ESCAPE)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
