//! Links and reloads, in a real browser; and that the cluster in the browser is the cluster of the native program, bit for bit.

mod cluster;

use cluster::{all_ready, click, clock, digest, file, hook, play, places, pods, share, speed, type_line, write_file};
use podscape::simulator::{Command, Scenario, SimDuration, Simulator};
use podscape_browser_tests::{Options, Result, page_address, story, story_with};

#[test]
fn a_link_opens_elsewhere_as_the_same_cluster_at_the_same_moment() -> Result<()> {
    let mut link = String::new();
    let mut here = (Vec::new(), 0, String::new());
    story("a_link_opens_elsewhere, the sender", |page| {
        all_ready(page, 3)?;
        speed(page, 2)?;
        click(page, "more-kubia")?;
        // A pod that is on its way to the node when that goes off would never be ready.
        all_ready(page, 4)?;
        click(page, "power-node2")?;
        play(page, false)?;
        link = share(page)?;
        here = (places(page)?, clock(page)?, digest(page)?);
        Ok(())
    })?;
    let there = |page: &podscape_browser_tests::Session| -> Result<()> {
        page.until("the same pods", |page| Ok(places(page)? == here.0))?;
        assert_eq!((clock(page)?, digest(page)?), (here.1, here.2.clone()));
        assert!(!page.address()?.contains('#'), "an opened link leaves the address");
        Ok(())
    };
    story_with("a_link_opens_elsewhere, the receiver", &Options::default(), &format!("#{link}"), there)
}

#[test]
fn the_browser_and_the_native_program_agree_to_the_last_bit() -> Result<()> {
    let mut native = Simulator::new(&Scenario::example());
    native.apply(Command::Line("kubectl scale rc kubia --replicas=7".to_owned()));
    native.catch_up(native.now() + SimDuration::from_seconds(30));
    native.apply(Command::NodePower { node: "node2".to_owned(), on: false });
    native.catch_up(native.now() + SimDuration::from_seconds(400));
    let place = format!("#{}", native.link());
    story_with("the_browser_and_the_native_program_agree", &Options::default(), &place, |page| {
        page.until("the cluster", |page| Ok(pods(page)?.len() >= 7))?;
        assert_eq!(digest(page)?, format!("{:016x}", native.digest()));
        Ok(())
    })
}

#[test]
fn a_bad_link_is_said_in_words_and_leaves_a_working_page() -> Result<()> {
    let link = Simulator::new(&Scenario::example()).link();
    let cut = format!("#{}", &link[..link.len() - 7]);
    let long = format!("#1.{}", "A".repeat(210_000));
    let table = [("damaged", cut.as_str(), "damaged"), ("nonsense", "#%00", "damaged"), ("foreign", "#7.AAAA", "another kind"), ("long", &long, "longer")];
    for (name, place, words) in table {
        story_with(&format!("a_bad_link, {name}"), &Options::default(), place, |page| {
            page.see(&hook("notice"), words)?;
            all_ready(page, 3)?;
            click(page, "more-kubia")?;
            all_ready(page, 4)
        })?;
    }
    Ok(())
}

#[test]
fn a_link_pasted_into_the_open_page_is_opened_and_what_was_there_is_kept() -> Result<()> {
    story("a_link_pasted_into_the_open_page", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl delete rc kubia --cascade=orphan")?;
        page.until("no controller", |page| Ok(page.count(".card")? == 0))?;
        let link = Simulator::new(&Scenario::empty()).link();
        page.open(&format!("{}#{link}", page_address().unwrap_or_default()))?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
        click(page, "bring-back")?;
        page.until("what was there", |page| Ok(pods(page)?.len() == 3 && page.count(".card")? == 0))
    })
}

#[test]
fn a_reload_loses_nothing() -> Result<()> {
    story("a_reload_loses_nothing", |page| {
        all_ready(page, 3)?;
        speed(page, 2)?;
        click(page, "more-kubia")?;
        all_ready(page, 4)?;
        play(page, false)?;
        let draft = format!("{}# to be continued\n", file(page)?);
        write_file(page, &draft)?;
        let before = (pods(page)?, clock(page)?, digest(page)?);
        page.reload()?;
        page.until("the same pods", |page| Ok(pods(page)? == before.0))?;
        assert_eq!((clock(page)?, digest(page)?), (before.1, before.2));
        assert_eq!(file(page)?, draft);
        Ok(())
    })
}
