//! The WebDriver client itself, on a document that it writes in place of the page.

use podscape_browser_tests::{
    Motion, Options, Problem, Result, Session, Theme, keys, story, story_with,
};
use serde_json::json;

/// A field, a list that a button fills later, a button that copies.
const DOCUMENT: &str = "
document.body.innerHTML = `
  <input id='line' aria-label='Command line'>
  <button aria-label='Add a line'>+</button> <button>Copy</button> <button disabled>Off</button>
  <ul></ul>`;
document.querySelector('button').onclick = () => setTimeout(() => {
  const item = document.createElement('li');
  item.textContent = document.querySelector('#line').value;
  document.querySelector('ul').append(item);
}, 200);
document.querySelectorAll('button')[1].onclick = () => navigator.clipboard.writeText('copied');
document.querySelector('#line').focus();";

fn write_document(page: &Session) -> Result<()> {
    page.run(DOCUMENT, &[]).map(drop)
}

#[test]
fn what_is_typed_and_clicked_arrives() -> Result<()> {
    story("what_is_typed_and_clicked_arrives", |page| {
        write_document(page)?;
        page.keys("kubectl get pods")?;
        page.press("Add a line")?;
        page.see("li", "kubectl get pods")?;
        let line = page.find("#line")?;
        line.type_keys(&format!(
            "{}a{}{}파드",
            keys::CONTROL,
            keys::NO_MODIFIER,
            keys::BACKSPACE
        ))?;
        assert_eq!(line.property("value")?, json!("파드"));
        assert_eq!(line.accessible_name()?, "Command line");
        assert_eq!(line.attribute("id")?.as_deref(), Some("line"));
        assert_eq!(line.attribute("missing")?, None);
        page.press("Add a line")?;
        page.until("a second line", |page| Ok(page.count("li")? == 2))?;
        assert!(!page.named("button", "Off")?.is_enabled()?);
        page.press("Copy")?;
        page.until("the clipboard", |page| Ok(page.clipboard()? == "copied"))
    })
}

#[test]
fn the_person_s_preferences_reach_the_page() -> Result<()> {
    let options = Options {
        theme: Theme::Dark,
        motion: Motion::Reduced,
        language: "ko".to_owned(),
        ..Options::phone()
    };
    story_with(
        "the_person_s_preferences_reach_the_page",
        &options,
        "",
        |page| {
            let script = "return [matchMedia('(prefers-color-scheme: dark)').matches,
            matchMedia('(prefers-reduced-motion: reduce)').matches, innerWidth, innerHeight, navigator.language];";
            assert_eq!(page.run(script, &[])?, json!([true, true, 390, 844, "ko"]));
            page.prefer(Theme::Light, Motion::Full)?;
            let script = "return matchMedia('(prefers-color-scheme: light)').matches;";
            assert_eq!(page.run(script, &[])?, json!(true));
            let picture = page.screenshot()?;
            assert!(picture.starts_with(b"\x89PNG"));
            Ok(())
        },
    )
}

#[test]
fn problems_are_seen() -> Result<()> {
    let outcome = story("problems_are_seen", |page| {
        write_document(page)?;
        assert_eq!(
            page.run_async("throw new Error('no');", &[]),
            Err(Problem::new("Error: no"))
        );
        page.run("console.error('a mistake');", &[]).map(drop)
    });
    if podscape_browser_tests::page_address().is_some() {
        let problem = outcome.expect_err("the console has an error").to_string();
        assert!(problem.contains("a mistake"), "{problem}");
    }
    Ok(())
}
