//! Branches of the history: names, two of them side by side, and that a reload keeps them all.

mod cluster;

use cluster::{all_ready, attribute, click, clock, digest, hook, play, pods, slide, speed, type_line};
use podscape_browser_tests::{Options, Result, Session, keys, story, story_with};
use serde_json::json;

const SECOND: u64 = 1_000_000;

/// Five pods on the first branch; on the second three, one of them behind a node without power. Stands at the second's 20th second or later.
fn two_branches(page: &Session) -> Result<()> {
    all_ready(page, 3)?;
    speed(page, 2)?;
    type_line(page, "kubectl scale rc kubia --replicas=5")?;
    all_ready(page, 5)?;
    page.until("some time", |page| Ok(clock(page)? > 30 * SECOND))?;
    play(page, false)?;
    slide(page, "history", 8_000)?;
    page.until("the past", |page| Ok(clock(page)? == 8 * SECOND && pods(page)?.len() == 3))?;
    type_line(page, "kubectl label rc kubia tier=front")?;
    page.see(&hook("notice"), "branch")?;
    play(page, true)?;
    page.until("some time", |page| Ok(clock(page)? > 20 * SECOND))?;
    play(page, false)
}

#[test]
fn two_branches_stand_side_by_side() -> Result<()> {
    story("two_branches_stand_side_by_side", |page| {
        two_branches(page)?;
        click(page, "compare-open")?;
        page.see(&hook("only-there"), "Only on main 2")?;
        page.see(&hook("only-there"), "pod/kubia-")?;
        assert_eq!(page.count(&hook("only-here"))?, 0);
        page.see(&hook("differing"), "spec.replicas")?;
        page.see(&hook("differing"), "metadata.labels.tier")?;
        let counts = "return [...document.querySelectorAll('.compared .legend .ready b')].map(count => count.textContent);";
        assert_eq!(page.run(counts, &[])?, json!(["3", "5"]), "pods by state on each");
        // The other one follows the clock.
        slide(page, "history", 9_000)?;
        page.until("the moment before it differed much", |page| Ok(page.run(counts, &[])? == json!(["3", "3"])))?;
        click(page, "to-end")?;
        page.find("[data-testid=only-there] .link")?.click()?;
        page.see(&hook("inspector"), "kubia-")?;
        click(page, "compare-0")?;
        page.see(&hook("compare"), "Choose a branch")
    })
}

#[test]
fn a_branch_gets_a_name_and_a_reload_keeps_all_branches() -> Result<()> {
    story("a_branch_gets_a_name", |page| {
        two_branches(page)?;
        click(page, "compare-open")?;
        let field = page.find(&hook("branch-name-1"))?;
        field.type_keys(&format!("{}a{}what if{}", keys::CONTROL, keys::NO_MODIFIER, keys::ENTER))?;
        page.until("the name", |page| Ok(page.find(&format!("{} option:checked", hook("branches")))?.text()?.trim() == "what if"))?;
        slide(page, "history", 15_000)?;
        page.until("the past", |page| Ok(clock(page)? == 15 * SECOND))?;
        let before = (pods(page)?, clock(page)?, digest(page)?);
        page.reload()?;
        page.until("the same moment", |page| Ok(clock(page)? == 15 * SECOND && pods(page)? == before.0))?;
        assert_eq!(digest(page)?, before.2);
        page.see(".past-word", "in the past")?;
        assert_eq!(page.find(&format!("{} option:checked", hook("branches")))?.text()?.trim(), "what if");
        click(page, "tab-branches").or_else(|_| click(page, "compare-open"))?;
        click(page, "show-branch-0")?;
        page.until("the five of the first branch", |page| Ok(pods(page)?.len() == 5 && clock(page)? > 30 * SECOND))?;
        click(page, "show-branch-1")?;
        page.until("the end of the second", |page| Ok(pods(page)?.len() == 3 && clock(page)? > 20 * SECOND))?;
        assert_eq!(attribute(page, "rc-kubia", "data-desired")?, "3");
        Ok(())
    })
}

#[test]
fn a_branch_has_a_name_whatever_is_written_there() -> Result<()> {
    story("a_branch_has_a_name_whatever", |page| {
        two_branches(page)?;
        click(page, "compare-open")?;
        let name = |text: &str| page.find(&hook("branch-name-1"))?.type_keys(&format!("{}a{}{}{text}{}", keys::CONTROL, keys::NO_MODIFIER, keys::DELETE, keys::ENTER));
        let named = |wanted: &str| page.until(wanted, |page| Ok(page.find(&format!("{} option:checked", hook("branches")))?.text()?.trim() == wanted));
        let long = "<b>a name that is far too long for a bar";
        name(long)?;
        named(long)?;
        assert_eq!(page.count(".header b, .branch-list b")?, 0);
        let wide = "return [document.documentElement.scrollWidth <= innerWidth, document.querySelector('.header').scrollWidth <= innerWidth];";
        assert_eq!(page.run(wide, &[])?, json!([true, true]));
        name("   ")?;
        named("branch 2")?;
        page.until("the field, too", |page| Ok(page.find(&hook("branch-name-1"))?.property("value")? == json!("branch 2")))
    })
}

#[test]
fn branches_are_compared_in_korean_too() -> Result<()> {
    let options = Options { language: "ko".to_owned(), ..Options::default() };
    story_with("branches_are_compared_in_korean", &options, "", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl scale rc kubia --replicas=4")?;
        all_ready(page, 4)?;
        play(page, false)?;
        click(page, "undo")?;
        click(page, "compare-open")?;
        page.see(&hook("no-difference"), "두 갈래가 같습니다")?;
        play(page, true)?;
        page.see(&hook("only-there"), "처음 갈래에만 있음")
    })
}
