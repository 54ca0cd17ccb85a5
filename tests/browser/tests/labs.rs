//! The labs: from the menu and from an address, in both languages, and the lines that an address may hold.

mod cluster;

use cluster::{all_ready, attribute, click, file, hook, pods, printed, stamps, states};
use podscape_browser_tests::{Options, Result, Session, story, story_with};

fn korean() -> Options {
    Options { language: "ko".to_owned(), ..Options::default() }
}

/// The names of all labs in the open menu, once all are there.
fn offered(page: &Session) -> Result<Vec<String>> {
    page.until("all labs", |page| Ok(page.count("a.lab")? >= 15 && page.count(".lab.waiting")? == 0))?;
    let script = "return [...document.querySelectorAll('a.lab')].map(lab => lab.dataset.testid);";
    let names = page.run(script, &[])?;
    Ok(names.as_array().into_iter().flatten().filter_map(|name| name.as_str()).map(str::to_owned).collect())
}

#[test]
fn a_lab_opens_from_the_menu_and_its_command_runs() -> Result<()> {
    story("a_lab_opens_from_the_menu", |page| {
        all_ready(page, 3)?;
        click(page, "labs")?;
        page.see(&hook("lab-menu"), "A new mould, the same buns")?;
        click(page, "lab-template")?;
        page.until("the menu to close", |page| Ok(page.count(&hook("lab-menu"))? == 0))?;
        page.see(&hook("guide"), "the pods keep theirs")?;
        all_ready(page, 3)?;
        let (mould, before) = (attribute(page, "rc-kubia", "data-stamp")?, stamps(page)?);
        click(page, "guide-line")?;
        page.until("another mould", |page| Ok(attribute(page, "rc-kubia", "data-stamp")? != mould))?;
        assert_eq!(stamps(page)?, before, "the pods keep their stamps");
        assert_eq!(printed(page)?, "replicationcontroller/kubia image updated\n");
        click(page, &format!("pod-{}", pods(page)?[0]))?;
        click(page, "menu-delete-now")?;
        page.until("a pod of the new mould", |page| Ok(stamps(page)?.iter().any(|(_, stamp)| *stamp != mould)))?;
        page.reload()?;
        page.see(&hook("guide"), "A new mould, the same buns")
    })
}

#[test]
fn each_lab_opens_running_in_korean() -> Result<()> {
    story_with("each_lab_opens_running_in_korean", &korean(), "", |page| {
        all_ready(page, 3)?;
        click(page, "labs")?;
        for name in offered(page)? {
            click(page, &name)?;
            page.until(&format!("{name} to open"), |page| Ok(page.count(&hook("lab-menu"))? == 0))?;
            page.until(&format!("{name}: its words"), |page| {
                Ok(page.find(&hook("guide"))?.text()?.chars().any(|letter| ('가'..='힣').contains(&letter)))
            })?;
            page.until(&format!("{name}: its pods"), |page| Ok(!states(page)?.is_empty()))?;
            click(page, "labs")?;
        }
        Ok(())
    })
}

#[test]
fn an_address_opens_a_lab_or_types_lines() -> Result<()> {
    story_with("an_address_opens_a_lab", &Options::default(), "?lab=daemonset", |page| {
        page.see(&hook("guide"), "One on each node with disk=ssd")?;
        all_ready(page, 1)?;
        assert_eq!(attribute(page, "ds-ssd-monitor", "data-desired")?, "1");
        click(page, "guide-line")?;
        all_ready(page, 2)
    })?;
    story_with("an_address_types_lines", &Options::default(), "?cmd=kubectl+scale+rc+kubia+--replicas=5;+kubectl+get+rc", |page| {
        all_ready(page, 5)?;
        assert!(printed(page)?.contains("kubia   5"));
        Ok(())
    })?;
    story_with("no_such_lab", &Options::default(), "?lab=nothing", |page| {
        page.see(&hook("notice"), "could not be loaded")?;
        all_ready(page, 3)
    })
}

#[test]
fn a_lab_shows_at_once_what_it_is_about() -> Result<()> {
    story_with("a_lab_shows_the_labels_of_nodes", &Options::default(), "?lab=daemonset", |page| {
        page.see(&format!("{} .own-label", hook("node-node1")), "disk=ssd")?;
        assert_eq!(page.count(".own-label")?, 1, "what every node bears tells nothing");
        click(page, "guide-line")?;
        page.see(&format!("{} .own-label", hook("node-node2")), "disk=ssd")
    })?;
    story_with("a_lab_opens_its_subject", &Options::default(), "?lab=ingress", |page| {
        page.see(&hook("guide"), "Two hosts behind one door")?;
        page.until("the ingress", |page| Ok(file(page)?.contains("kind: Ingress\n")))?;
        let over = "const at = document.querySelector('.zoom').getBoundingClientRect();
            return [...document.querySelectorAll('.room, .card, .plane, .lens')].some(part => { const r = part.getBoundingClientRect();
                return r.left < at.right && at.left < r.right && r.top < at.bottom && at.top < r.bottom; });";
        page.until("a scale that lies on nothing", |page| Ok(page.run(over, &[])? == serde_json::json!(false)))
    })
}
