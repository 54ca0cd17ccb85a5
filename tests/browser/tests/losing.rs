//! Nothing that somebody has is lost in silence: files from outside that cannot be taken, names that are taken, a storage that is full, two
//! tabs of the page at once.

mod cluster;

use cluster::{all_ready, click, file, hook, play, pods, press, rich_editor, type_line, write_field, write_file};
use podscape_browser_tests::{Options, Result, Session, keys, story, story_with};
use serde_json::json;

/// Drops a file of these bytes onto the page.
fn drop_file(page: &Session, name: &str, bytes: &[u8]) -> Result<()> {
    let script = "const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(arguments[1])], arguments[0]));
        document.querySelector('.page').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));";
    page.run(script, &[json!(name), json!(bytes)]).map(drop)
}

fn open_name(page: &Session, name: &str) -> Result<()> {
    page.until(&format!("{name} open"), |page| Ok(page.find(".file-tab[aria-current]")?.text()? == name))
}

#[test]
fn a_dropped_file_is_opened_or_refused_in_words() -> Result<()> {
    story("a_dropped_file", |page| {
        all_ready(page, 3)?;
        drop_file(page, "picture.png", &[0x89, 0x50, 0x4e, 0x47, 0, 0xff, 0xfe, 7])?;
        page.see(&hook("notice"), "picture.png was not opened")?;
        assert_eq!(page.find(".file-tab[aria-current]")?.text()?, "kubia-rc.yaml");
        drop_file(page, "long.yaml", "a: b\n".repeat(210_000).as_bytes())?;
        page.see(&hook("notice"), "long.yaml was not opened")?;
        // As PowerShell writes what kubectl printed.
        let wide: Vec<u8> = "\u{feff}kind: Pod # 파드\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        drop_file(page, "wide.yaml", &wide)?;
        open_name(page, "wide.yaml")?;
        assert!(file(page)?.starts_with("kind: Pod # 파드"), "{}", file(page)?);
        Ok(())
    })
}

#[test]
fn a_dropped_scenario_with_a_mistake_is_refused_with_its_place() -> Result<()> {
    const TEXT: &str = "title: A talk\nsteps:\n- run: kubectl get pods\n- runs: kubectl get nodes\n";
    for (language, words) in [("en", "talk.yaml is a scenario with a mistake"), ("ko", "talk.yaml 시나리오에 잘못된 곳이 있어 열지 않았습니다")] {
        let options = Options { language: language.to_owned(), ..Options::default() };
        story_with(&format!("a_scenario_with_a_mistake_{language}"), &options, "", |page| {
            all_ready(page, 3)?;
            drop_file(page, "talk.yaml", TEXT.as_bytes())?;
            for part in [words, "unknown field `runs`", "line 4"] {
                page.see(&hook("notice"), part)?;
            }
            open_name(page, "kubia-rc.yaml")?;
            drop_file(page, "talk.yaml", TEXT.replace("runs", "run").as_bytes())?;
            page.until("the scenario", |page| Ok(pods(page)?.is_empty()))
        })?;
    }
    Ok(())
}

#[test]
fn two_tabs_take_nothing_from_each_other() -> Result<()> {
    story("two_tabs_take_nothing", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        type_line(page, "kubectl scale rc kubia --replicas=4")?;
        page.see(&hook("terminal-log"), "scaled")?;
        let keep = |page: &Session, name: &str| -> Result<()> {
            write_field(page, "keep-name", name)?;
            click(page, "keep")?;
            page.find(&hook(&format!("kept-{name}"))).map(drop)
        };
        click(page, "labs")?;
        keep(page, "mine")?;
        // What the other tab does, which has been open all the while.
        page.run("const kept = JSON.parse(localStorage['podscape.shelf']); kept.theirs = kept.mine; localStorage['podscape.shelf'] = JSON.stringify(kept);
            localStorage['podscape.scenario'] = localStorage['podscape.scenario'].replace('replicas=4', 'replicas=7');", &[])?;
        let theirs = page.run("return localStorage['podscape.scenario'];", &[])?;
        keep(page, "mine again")?;
        page.find(&hook("kept-theirs"))?;
        assert_eq!(page.run("return Object.keys(JSON.parse(localStorage['podscape.shelf'])).sort();", &[])?, json!(["mine", "mine again", "theirs"]));
        page.reload()?;
        page.see(&hook("terminal-log"), "replicas=4")?;
        assert_eq!(page.run("return localStorage['podscape.scenario'];", &[])?, theirs, "a tab that is left, and did nothing since");
        type_line(page, "kubectl scale rc kubia --replicas=5")?;
        page.until("what was done last is kept", |page| Ok(page.run("return localStorage['podscape.scenario'].includes('replicas=5');", &[])? == json!(true)))
    })
}

#[test]
fn a_dropped_file_takes_no_draft_away() -> Result<()> {
    story("a_dropped_file_takes_no_draft_away", |page| {
        all_ready(page, 3)?;
        write_file(page, "# half a thought")?;
        drop_file(page, "kubia-rc.yaml", b"# another\n")?;
        open_name(page, "kubia-rc-2.yaml")?;
        click(page, "file-kubia-rc.yaml")?;
        page.until("the draft", |page| Ok(file(page)? == "# half a thought"))
    })
}

/// A browser lays out all lines of a plain field, for seconds: so long a text goes to the rich editor at once, or to the field if that cannot be had.
#[test]
fn a_very_long_file_is_there_again_after_a_reload() -> Result<()> {
    story("a_very_long_file", |page| {
        all_ready(page, 3)?;
        rich_editor(page)?;
        page.run("document.querySelector('#editor').value = 'a: b\\n'.repeat(70000);", &[])?;
        page.until("it to be kept", |page| Ok(page.run("return localStorage['podscape.scenario'].length > 300000;", &[])? == json!(true)))?;
        let fields = "return Math.max(0, ...[...document.querySelectorAll('textarea')].map(field => field.value.length)) < 300000;";
        page.reload()?;
        page.find("#editor")?;
        assert_eq!(page.run(fields, &[])?, json!(true));
        page.until("the rich editor, unasked", |page| Ok(page.count(".cm-content")? == 1))?;
        page.until("all of the text", |page| Ok(file(page)?.len() == 350_000))?;
        page.devtools("Network.enable", &json!({}))?;
        page.devtools("Network.setBlockedURLs", &json!({ "urls": ["*codemirror*"] }))?;
        page.reload()?;
        page.until("all of it in the plain field", |page| Ok(page.count("textarea#editor")? == 1 && file(page)?.len() == 350_000))
    })
}

#[test]
fn a_full_storage_is_said_once() -> Result<()> {
    story("a_full_storage", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        // Whatever has a terminal's text in it is too much; then anything is.
        page.run("const set = Storage.prototype.setItem; window.fits = text => !text.includes('replicationcontroller/kubia scaled');
            Storage.prototype.setItem = function (key, text) { if (!fits(text)) throw new DOMException('', 'QuotaExceededError'); set.call(this, key, text); };", &[])?;
        type_line(page, "kubectl scale rc kubia --replicas=4")?;
        page.see(&hook("terminal-log"), "scaled")?;
        assert_eq!(page.count(&hook("notice"))?, 0, "without what was printed it could be kept");
        page.run("window.fits = () => false;", &[])?;
        type_line(page, "kubectl scale rc kubia --replicas=5")?;
        page.see(&hook("notice"), "The browser keeps nothing any more")?;
        page.click(".notice button[aria-label]")?;
        page.until("the notice gone", |page| Ok(page.count(&hook("notice"))? == 0))?;
        type_line(page, "kubectl scale rc kubia --replicas=6")?;
        page.see(&hook("terminal-log"), "replicas=6")?;
        assert_eq!(page.count(&hook("notice"))?, 0);
        Ok(())
    })
}

#[test]
fn what_was_done_is_found_again_behind_any_number_of_labs() -> Result<()> {
    let name = |lab: &str| format!("lab-{lab}");
    let go = |page: &Session, lab: &str| -> Result<()> {
        click(page, "labs")?;
        click(page, &name(lab))?;
        page.until(&format!("the lab {lab}"), |page| Ok(page.count(&hook("lab-menu"))? == 0 && page.count(&hook("guide-line"))? == 1))?;
        all_ready(page, 3)?;
        click(page, "guide-line")
    };
    story("what_was_done_is_found_again", |page| {
        all_ready(page, 3)?;
        click(page, "labs")?;
        page.find(&hook("keep-name"))?;
        assert_eq!(page.count(&hook("kept-before"))?, 0, "there was nothing before");
        press(page, keys::ESCAPE)?;
        type_line(page, "kubectl scale rc kubia --replicas=5")?;
        all_ready(page, 5)?;
        write_file(page, "# half a thought")?;
        go(page, "template")?;
        go(page, "labels")?;
        page.reload()?;
        go(page, "node-failure")?;
        click(page, "labs")?;
        page.see(&hook("kept-before"), "What you had before · kubia-rc.yaml")?;
        click(page, "kept-before")?;
        all_ready(page, 5)?;
        page.until("the draft", |page| Ok(file(page)? == "# half a thought"))?;
        page.see(&hook("terminal-log"), "replicas=5")?;
        // An address that types lines begins with the example.
        type_line(page, "kubectl scale rc kubia --replicas=4")?;
        page.see(&hook("terminal-log"), "replicas=4")?;
        page.open("about:blank")?;
        page.open(&format!("{}?cmd=kubectl+get+nodes", podscape_browser_tests::page_address().unwrap_or_default()))?;
        all_ready(page, 3)?;
        click(page, "labs")?;
        click(page, "kept-before")?;
        page.see(&hook("terminal-log"), "replicas=4")
    })
}
