//! The terminal as a person types into it: programs that ask, lines found again, lines that go on, what is pasted, an input method.

mod cluster;

use cluster::{all_ready, click, hook, play, pods, press, printed, slide, speed, type_line};
use podscape_browser_tests::{Options, Result, Session, keys, story, story_with};
use serde_json::json;

/// What stands in the field.
fn field(page: &Session) -> Result<String> {
    Ok(page.find(&hook("line"))?.property("value")?.as_str().unwrap_or_default().to_owned())
}

fn log(page: &Session) -> Result<String> {
    page.find(&hook("terminal-log"))?.text()
}

/// Pastes a text into the line.
fn paste(page: &Session, text: &str) -> Result<()> {
    let script = "const line = document.querySelector('[data-testid=line]'); line.focus();
        const data = new DataTransfer(); data.setData('text', arguments[0]);
        line.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));";
    page.run(script, &[json!(text)]).map(drop)
}

/// Holds Control and presses a key.
fn control(page: &Session, key: &str) -> Result<()> {
    let script = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: arguments[0], ctrlKey: true, bubbles: true, cancelable: true }));";
    page.run(script, &[json!(key)]).map(drop)
}

#[test]
fn a_shell_in_a_container_asks_and_answers() -> Result<()> {
    story("a_shell_in_a_container", |page| {
        all_ready(page, 3)?;
        let pod = pods(page)?[0].clone();
        type_line(page, &format!("kubectl exec -it {pod} -- sh"))?;
        page.see(".prompt label", "#")?;
        type_line(page, "hostname")?;
        page.until("the answer", |page| Ok(log(page)?.lines().any(|line| line == pod)))?;
        type_line(page, "cd /tmp && pwd")?;
        page.until("the folder", |page| Ok(log(page)?.lines().any(|line| line == "/tmp")))?;
        control(page, "d")?;
        page.until("the own prompt", |page| Ok(page.find(".prompt label")?.text()? == "$"))?;
        type_line(page, "kubectl get rc")?;
        assert!(printed(page)?.contains("kubia"));
        Ok(())
    })
}

#[test]
fn a_line_is_found_again_and_a_watch_draws_itself_anew() -> Result<()> {
    story("a_line_is_found_again", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl get nodes")?;
        type_line(page, "kubectl get rc")?;
        page.find(&hook("line"))?.type_keys("nodes")?;
        control(page, "r")?;
        assert_eq!(field(page)?, "kubectl get nodes");
        press(page, keys::ENTER)?;
        page.until("the nodes again", |page| Ok(log(page)?.matches("kubectl get nodes").count() == 2))?;
        type_line(page, "watch kubectl get pods")?;
        page.see(&hook("terminal-log"), "Every 2s")?;
        click(page, "more-kubia")?;
        Ok(())
    })?;
    story("a_watch_draws_itself_anew", |page| {
        all_ready(page, 3)?;
        type_line(page, "watch -n 1 date +%T")?;
        page.see(&hook("terminal-log"), "Every 1s")?;
        let first = printed(page)?;
        page.until("another time", |page| Ok(printed(page)? != first))?;
        assert_eq!(printed(page)?.matches("Every 1s").count(), 1, "what was drawn before is gone");
        click(page, "interrupt")?;
        page.until("the own prompt", |page| Ok(page.count(&hook("interrupt"))? == 0))
    })
}

#[test]
fn a_line_goes_on_until_it_is_whole() -> Result<()> {
    story("a_line_goes_on", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl scale rc kubia \\")?;
        page.see(".prompt label", ">")?;
        page.see(&hook("pending"), "kubectl scale rc kubia")?;
        type_line(page, "--replicas=4")?;
        all_ready(page, 4)?;
        assert_eq!(page.count(&hook("pending"))?, 0);
        for line in ["cat <<EOF | kubectl apply -f -", "apiVersion: v1", "kind: ConfigMap", "metadata:", "  name: typed", "EOF"] {
            type_line(page, line)?;
        }
        page.see(&hook("terminal-log"), "configmap/typed created")?;
        press(page, keys::UP)?;
        assert!(field(page)?.contains("EOF | kubectl apply -f -⏎apiVersion: v1⏎"), "{}", field(page)?);
        press(page, keys::ENTER)?;
        page.see(&hook("terminal-log"), "configmap/typed unchanged")?;
        let shifted = "document.querySelector('[data-testid=line]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', shiftKey: true, bubbles: true, cancelable: true }));";
        page.find(&hook("line"))?.type_keys("echo one")?;
        page.run(shifted, &[])?;
        page.find(&hook("line"))?.type_keys("echo two\n")?;
        page.until("both", |page| Ok(printed(page)? == "one\ntwo\n"))?;
        type_line(page, "echo 'open")?;
        page.see(".prompt label", ">")?;
        control(page, "c")?;
        page.until("the own prompt", |page| Ok(page.find(".prompt label")?.text()? == "$"))
    })
}

#[test]
fn lines_that_are_pasted_run_one_after_the_other() -> Result<()> {
    story("lines_that_are_pasted", |page| {
        all_ready(page, 3)?;
        let pod = pods(page)?[0].clone();
        paste(page, &format!("kubectl delete pod {pod} --now\r\nkubectl get rc kubia\nkubectl get no"))?;
        page.until("the first line to wait", |page| Ok(page.count(&hook("interrupt"))? == 1))?;
        assert!(!log(page)?.contains("kubectl get rc kubia"), "the second waits for the first");
        page.until("the second line", |page| Ok(log(page)?.contains("kubectl get rc kubia")))?;
        assert_eq!(field(page)?, "kubectl get no", "what has no end yet stays to be typed on");
        page.run("document.querySelector('[data-testid=line]').value = '';", &[])?;
        paste(page, "kubectl apply -f - <<EOF\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: pasted}\nEOF\n")?;
        page.see(&hook("terminal-log"), "configmap/pasted created")
    })
}

#[test]
fn an_input_method_composes_in_the_terminal() -> Result<()> {
    let korean = Options { language: "ko".to_owned(), ..Options::default() };
    story_with("an_input_method_composes", &korean, "", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        page.find(&hook("line"))?.type_keys("echo ")?;
        page.devtools("Input.imeSetComposition", &json!({ "text": "하", "selectionStart": 1, "selectionEnd": 1 }))?;
        let entered = "document.querySelector('[data-testid=line]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }));";
        page.run(entered, &[])?;
        assert!(!log(page)?.contains("echo"), "Enter ends the syllable, not the line");
        page.devtools("Input.insertText", &json!({ "text": "한글" }))?;
        page.find(&hook("line"))?.type_keys("\n")?;
        page.until("the word", |page| Ok(printed(page)? == "한글\n"))
    })
}

#[test]
fn a_watch_outlives_buttons_and_ends_when_time_is_turned_back() -> Result<()> {
    for language in ["en", "ko"] {
        let options = Options { language: language.to_owned(), ..Options::default() };
        story_with(&format!("a_watch_outlives_buttons_{language}"), &options, "", |page| {
            all_ready(page, 3)?;
            type_line(page, "kubectl get pods -w")?;
            page.find(&hook("interrupt"))?;
            click(page, "power-node2")?;
            speed(page, 3)?;
            page.until("the watch to tell of it", |page| Ok(log(page)?.contains("Terminating")))?;
            play(page, false)?;
            page.find(&hook("interrupt"))?;
            slide(page, "history", 4_000)?;
            page.until("the prompt again", |page| Ok(page.count(&hook("interrupt"))? == 0 && log(page)?.contains("^C")))?;
            type_line(page, "echo $((6 * 7))")?;
            page.until("an answer", |page| Ok(printed(page)?.trim() == "42"))
        })?;
    }
    Ok(())
}
