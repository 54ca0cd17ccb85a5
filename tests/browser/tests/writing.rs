//! Somebody writes manifests: the rich editor, its help, corrections, tabs, templates, and what applying would change.

mod cluster;

use cluster::{all_ready, attribute, click, file, hook, pods, press, printed, rich_editor, type_line, write_file};
use podscape_browser_tests::{Result, Session, keys, story};
use serde_json::json;

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: lone\nspec:\n  containers:\n  - name: main\n    image: luksa/kubia\n";

/// An empty cluster and the rich editor.
fn begin(page: &Session) -> Result<()> {
    all_ready(page, 3)?;
    click(page, "new")?;
    page.until("an empty cluster", |page| Ok(pods(page)?.is_empty() && file(page)?.is_empty()))?;
    rich_editor(page)
}

/// Puts the caret behind the only place where this stands in the editor.
fn go_behind(page: &Session, text: &str) -> Result<()> {
    page.keys(&format!("{}{}{}", keys::CONTROL, keys::END, keys::NO_MODIFIER))?;
    let whole = file(page)?;
    let rest = whole.rsplit_once(text).map_or(0, |(_, rest)| rest.chars().count());
    page.keys(&keys::LEFT.to_string().repeat(rest))
}

fn options(page: &Session) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('.cm-tooltip-autocomplete li .cm-completionLabel')].map(one => one.textContent);";
    let found = page.run(script, &[])?;
    Ok(found.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect())
}

fn offered(page: &Session, wanted: &[&str]) -> Result<()> {
    page.until(&format!("{wanted:?} among the suggestions"), |page| {
        let found = options(page)?;
        Ok(wanted.iter().all(|wanted| found.iter().any(|option| option == wanted)))
    })?;
    // A list that has just come takes no key yet, so that nobody chooses by accident.
    std::thread::sleep(std::time::Duration::from_millis(150));
    Ok(())
}

fn complete(page: &Session) -> Result<()> {
    page.keys(&format!("{} {}", keys::CONTROL, keys::NO_MODIFIER))
}

#[test]
fn a_manifest_is_written_with_suggestions_and_applied() -> Result<()> {
    story("a_manifest_is_written_with_suggestions", |page| {
        begin(page)?;
        page.keys("kin")?;
        offered(page, &["kind"])?;
        press(page, keys::ENTER)?;
        offered(page, &["Pod", "Deployment", "CronJob"])?;
        page.keys("Po")?;
        offered(page, &["Pod", "PodDisruptionBudget"])?;
        press(page, keys::ESCAPE)?;
        write_file(page, "apiVersion: v1\nkind: Pod\nmetadata:\n  name: lone\nspec:\n  ")?;
        go_behind(page, "spec:\n  ")?;
        page.keys("con")?;
        offered(page, &["containers", "initContainers"])?;
        press(page, keys::ENTER)?;
        page.until("the field with its item", |page| Ok(file(page)?.ends_with("spec:\n  containers:\n  - ")))?;
        offered(page, &["name", "image", "livenessProbe"])?;
        page.keys("na")?;
        offered(page, &["name"])?;
        press(page, keys::ENTER)?;
        page.keys(&format!("main{}ima", keys::ENTER))?;
        offered(page, &["image", "imagePullPolicy"])?;
        press(page, keys::ENTER)?;
        offered(page, &["luksa/kubia"])?;
        page.keys("luksa/kub")?;
        offered(page, &["luksa/kubia"])?;
        press(page, keys::ESCAPE)?;
        page.keys(&format!("ia{}imagePullPolicy: ", keys::ENTER))?;
        complete(page)?;
        offered(page, &["Always", "IfNotPresent", "Never"])?;
        press(page, keys::ESCAPE)?;
        page.keys("Never")?;
        assert_eq!(file(page)?, format!("{POD}    imagePullPolicy: Never"));
        page.keys(&format!("{}{}{}", keys::CONTROL, keys::ENTER, keys::NO_MODIFIER))?;
        page.see(&hook("terminal-log"), "pod/lone created")
    })
}

#[test]
fn names_of_objects_are_suggested_where_they_are_referred_to() -> Result<()> {
    story("names_of_objects_are_suggested", |page| {
        begin(page)?;
        type_line(page, "kubectl create configmap fortune --from-literal=sleep-interval=25")?;
        page.see(&hook("terminal-log"), "configmap/fortune created")?;
        rich_editor(page)?;
        write_file(page, &format!("{POD}    env:\n    - name: A\n      valueFrom:\n        configMapKeyRef:\n          name: "))?;
        go_behind(page, "name: ")?;
        complete(page)?;
        offered(page, &["fortune", "kube-root-ca.crt"])?;
        page.keys(&format!("fo{}", keys::ENTER))?;
        page.until("the name", |page| Ok(file(page)?.ends_with("name: fortune")))?;
        page.keys(&format!("{}key: ", keys::ENTER))?;
        complete(page)?;
        offered(page, &["sleep-interval"])
    })
}

#[test]
fn a_field_is_told_under_the_pointer_and_at_the_caret() -> Result<()> {
    story("a_field_is_told", |page| {
        begin(page)?;
        write_file(page, &format!("{POD}  restartPolicy: Never\n"))?;
        go_behind(page, "restartPol")?;
        page.see(&hook("field"), "Pod.spec.restartPolicy v1.RestartPolicy · if not set: Always · one of Always, OnFailure, Never")?;
        let script = "const word = [...document.querySelectorAll('.cm-line')].find(line => line.textContent.includes('containers:'));
            const range = document.createRange(); range.selectNodeContents(word);
            const place = range.getBoundingClientRect();
            const event = { bubbles: true, clientX: place.left + 40, clientY: place.top + place.height / 2 };
            word.dispatchEvent(new MouseEvent('mouseover', event)); word.dispatchEvent(new MouseEvent('mousemove', event));";
        page.run(script, &[])?;
        page.see(&hook("field-doc"), "Pod.spec.containers")?;
        page.see(&hook("field-doc"), "[]v1.Container · required · items are told apart by name")
    })
}

#[test]
fn mistakes_are_marked_while_one_writes_and_mended_at_a_click() -> Result<()> {
    story("mistakes_are_marked_and_mended", |page| {
        begin(page)?;
        write_file(page, &POD.replace("image:", "imgae:"))?;
        page.see(&hook("diagnostic"), "unknown field \"spec.containers[0].imgae\"")?;
        assert_eq!((attribute(page, "diagnostic", "data-line")?, attribute(page, "diagnostic", "data-column")?), ("8".to_owned(), "5".to_owned()));
        page.see(".cm-lintRange-error", "imgae")?;
        page.see(&hook("fix"), "Write image")?;
        click(page, "fix")?;
        page.until("the corrected text", |page| Ok(file(page)? == POD && page.count(&hook("diagnostic"))? == 0))?;

        let deployment = "apiVersion: v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  template:\n    metadata:\n      labels:\n        app: a\n    spec:\n      containers:\n      - name: main\n        image: luksa/kubia\n";
        write_file(page, deployment)?;
        page.see(&hook("diagnostic"), "no matches for kind \"Deployment\" in version \"v1\"")?;
        click(page, "fix")?;
        page.see(&hook("diagnostic"), "spec.selector: Required value")?;
        page.see(&hook("fix"), "Add a selector")?;
        click(page, "fix")?;
        page.until("a whole deployment", |page| Ok(file(page)?.contains("    matchLabels:\n      app: a\n") && page.count(&hook("diagnostic"))? == 0))?;

        write_file(page, &POD.replace("\n    image", "\n      image"))?;
        page.see(&hook("diagnostic"), "mapping values are not allowed in this context")?;
        page.see(&hook("fix"), "Indent it like its neighbours")?;
        // The list of marks under the editor, and the one beside the text.
        let script = "const mark = document.querySelector('.cm-lintRange-error, .cm-lintPoint-error'); const place = mark.getBoundingClientRect();
            const event = { bubbles: true, clientX: place.left + 2, clientY: place.top + 5 };
            mark.dispatchEvent(new MouseEvent('mouseover', event)); mark.dispatchEvent(new MouseEvent('mousemove', event));";
        page.run(script, &[])?;
        page.see(".cm-diagnosticAction", "Indent it like its neighbours")?;
        page.run("document.querySelector('.cm-diagnosticAction').dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true }))", &[])?;
        page.until("the line where it belongs", |page| Ok(file(page)? == POD))
    })
}

#[test]
fn a_long_text_does_not_stop_the_page() -> Result<()> {
    story("a_long_text_does_not_stop_the_page", |page| {
        begin(page)?;
        let many: Vec<String> = (0..300).map(|n| POD.replace("lone", &format!("pod-{n}"))).collect();
        let long = many.join("---\n").replace("name: pod-299", "nme: pod-299");
        write_file(page, &long)?;
        page.see(&hook("diagnostic"), "unknown field \"metadata.nme\"")?;
        let longest = page.run("return performance.getEntriesByType('longtask').length;", &[])?;
        assert!(longest.is_number());
        page.keys("# x")?;
        page.until("what was typed", |page| Ok(file(page)?.contains("# x")))
    })
}

#[test]
fn what_apply_changes_is_told_before() -> Result<()> {
    story("what_apply_changes", |page| {
        all_ready(page, 3)?;
        let before = file(page)?;
        rich_editor(page)?;
        click(page, "changes")?;
        page.until("nothing to change", |page| Ok(attribute(page, "change-kubia", "data-effect")? == "unchanged"))?;
        write_file(page, &format!("{}---\n{POD}", before.replace("replicas: 3", "replicas: 4")))?;
        page.until("both objects", |page| Ok(attribute(page, "change-kubia", "data-effect")? == "configured" && attribute(page, "change-lone", "data-effect")? == "created"))?;
        page.see(&hook("change-kubia"), "spec.replicas")?;
        page.see(&hook("changes-list"), "1 created, 1 configured, 0 unchanged")?;
        assert_eq!(pods(page)?.len(), 3);
        click(page, "apply")?;
        all_ready(page, 5)?;
        page.until("all applied", |page| Ok(attribute(page, "change-kubia", "data-effect")? == "unchanged" && attribute(page, "change-lone", "data-effect")? == "unchanged"))?;
        // The clock goes on and something else changes: the preview follows.
        type_line(page, "(sleep 5; kubectl delete pod lone --now) &")?;
        page.until("the pod would be made anew", |page| Ok(attribute(page, "change-lone", "data-effect")? == "created"))?;
        click(page, "apply")?;
        page.until("applied again", |page| Ok(attribute(page, "change-lone", "data-effect")? == "unchanged"))?;
        // Applying a pod with another container name is refused, and that is seen before too.
        write_file(page, &POD.replace("name: main", "name: other"))?;
        page.until("the refusal", |page| Ok(attribute(page, "change-lone", "data-effect")? == "refused"))?;
        page.see(&hook("change-lone"), "spec: Forbidden: pod updates may not")
    })
}

fn row(page: &Session) -> Result<String> {
    let names = page.run("return [...document.querySelectorAll('.file-tab')].map(tab => tab.textContent).join(' ');", &[])?;
    Ok(names.as_str().unwrap_or_default().to_owned())
}

fn row_is(page: &Session, wanted: &str) -> Result<()> {
    page.until(&format!("the tabs {wanted}"), |page| Ok(row(page)? == wanted))
}

#[test]
fn tabs_are_files_of_the_terminal() -> Result<()> {
    story("tabs_are_files_of_the_terminal", |page| {
        begin(page)?;
        row_is(page, "manifest.yaml")?;
        write_file(page, POD)?;
        click(page, "add-file")?;
        click(page, "empty-file")?;
        row_is(page, "manifest.yaml manifest-2.yaml")?;
        write_file(page, "# a note\n")?;
        page.find(&hook("file-name"))?.type_keys(&keys::LEFT.to_string())?;
        page.until("the first file", |page| Ok(file(page)? == POD))?;
        type_line(page, "ls")?;
        assert_eq!(printed(page)?, "manifest-2.yaml\nmanifest.yaml\n");
        // Renamed and moved by keys, dragged back.
        page.run("document.querySelector('[data-testid=file-name]').dispatchEvent(new KeyboardEvent('keydown', { key: 'F2', bubbles: true, cancelable: true }))", &[])?;
        page.find(&hook("rename"))?.type_keys(&format!("{}a{}lone.yaml{}", keys::CONTROL, keys::NO_MODIFIER, keys::ENTER))?;
        row_is(page, "lone.yaml manifest-2.yaml")?;
        type_line(page, "ls -1")?;
        page.until("the new name alone", |page| Ok(printed(page)? == "lone.yaml\nmanifest-2.yaml\n"))?;
        page.find(&hook("file-name"))?.type_keys(&format!("{}{}{}", keys::ALT, keys::RIGHT, keys::NO_MODIFIER))?;
        row_is(page, "manifest-2.yaml lone.yaml")?;
        let script = "const [first, second] = document.querySelectorAll('.file-tabs li'); const data = new DataTransfer();
            for (const [what, where] of [['dragstart', second], ['dragover', first], ['drop', first]])
              where.dispatchEvent(new DragEvent(what, { bubbles: true, cancelable: true, dataTransfer: data }));";
        page.run(script, &[])?;
        row_is(page, "lone.yaml manifest-2.yaml")?;
        // The terminal reads what is written here, applied or not.
        type_line(page, "cat manifest-2.yaml")?;
        assert_eq!(printed(page)?.trim(), "# a note");
        type_line(page, "kubectl apply -f lone.yaml")?;
        all_ready(page, 1)?;
        type_line(page, "kubectl get pod lone -o yaml > out.yaml")?;
        row_is(page, "lone.yaml manifest-2.yaml out.yaml")?;
        // Closed, brought back, and found again after a reload.
        click(page, "close-manifest-2.yaml")?;
        row_is(page, "lone.yaml out.yaml")?;
        type_line(page, "ls")?;
        page.until("no closed file", |page| Ok(printed(page)? == "lone.yaml\nout.yaml\n"))?;
        click(page, "reopen")?;
        row_is(page, "lone.yaml manifest-2.yaml out.yaml")?;
        click(page, "close-manifest-2.yaml")?;
        row_is(page, "lone.yaml out.yaml")?;
        page.reload()?;
        all_ready(page, 1)?;
        row_is(page, "lone.yaml out.yaml")?;
        click(page, "add-file")?;
        click(page, "hidden-manifest-2.yaml")?;
        row_is(page, "lone.yaml out.yaml manifest-2.yaml")?;
        page.until("its text", |page| Ok(file(page)? == "# a note\n"))
    })
}

#[test]
fn a_file_begins_with_a_template_or_a_lab() -> Result<()> {
    story("a_file_begins_with_a_template", |page| {
        begin(page)?;
        click(page, "add-file")?;
        click(page, "template-Deployment")?;
        row_is(page, "my-app.yaml")?;
        page.until("the template", |page| Ok(file(page)?.contains("kind: Deployment")))?;
        click(page, "apply")?;
        all_ready(page, 3)?;
        click(page, "add-file")?;
        page.until("the labs", |page| Ok(page.count(&hook("files-of-rc"))? == 1))?;
        click(page, "files-of-rc")?;
        page.until("the lab's files", |page| Ok(row(page)?.contains("kubia-rc.yaml") && row(page)?.contains("wrong-rc.yaml")))?;
        assert_eq!(pods(page)?.len(), 3);
        Ok(())
    })
}

#[test]
fn what_a_cluster_printed_is_cleaned_when_it_is_pasted() -> Result<()> {
    story("what_a_cluster_printed_is_pasted", |page| {
        begin(page)?;
        let list = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n    creationTimestamp: \"2026-01-01T00:00:00Z\"\n    name: lone\n    namespace: default\n    resourceVersion: \"71\"\n    uid: u-1\n  spec:\n    containers:\n    - image: luksa/kubia\n      name: main\n    nodeName: gone\n  status:\n    phase: Running\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: conf\n    uid: u-2\n  data:\n    a: b\nkind: List\n";
        let script = "const data = new DataTransfer(); data.setData('text/plain', arguments[0]);
            document.querySelector('.cm-content').dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }));";
        page.run(script, &[json!(list)])?;
        page.until("what was pasted", |page| Ok(file(page)? == list))?;
        click(page, "clean")?;
        page.until("two clean documents", |page| {
            let text = file(page)?;
            Ok(text.contains("---\n") && !["uid", "status", "nodeName", "creationTimestamp"].iter().any(|word| text.contains(word)))
        })?;
        page.until("no offer any more", |page| Ok(page.count(&hook("clean"))? == 0))?;
        click(page, "apply")?;
        all_ready(page, 1)
    })
}

#[test]
fn the_keyboard_comes_in_and_gets_out() -> Result<()> {
    story("the_keyboard_comes_in_and_gets_out", |page| {
        begin(page)?;
        write_file(page, POD)?;
        let inside = |page: &Session| Ok(page.run("return document.activeElement.id === 'editor';", &[])? == true);
        let editor = page.find(&hook("editor"))?;
        assert_eq!((editor.accessible_name()?.as_str(), editor.accessible_role()?.as_str()), ("Manifest", "textbox"));
        // Tab passes by until something is done in the text.
        press(page, keys::TAB)?;
        page.until("the next thing", |page| Ok(!inside(page)?))?;
        page.keys(&format!("{}{}{}", keys::SHIFT, keys::TAB, keys::NO_MODIFIER))?;
        page.until("the editor again", inside)?;
        press(page, keys::DOWN)?;
        press(page, keys::TAB)?;
        page.until("an indented line", |page| Ok(file(page)?.contains("\n  kind: Pod")))?;
        assert!(inside(page)?);
        press(page, keys::ESCAPE)?;
        press(page, keys::TAB)?;
        page.until("the next thing", |page| Ok(!inside(page)?))
    })
}

#[test]
fn an_input_method_writes_into_the_rich_editor() -> Result<()> {
    story("an_input_method_writes", |page| {
        begin(page)?;
        page.keys("# ")?;
        for syllable in ["ㅎ", "하", "한"] {
            page.devtools("Input.imeSetComposition", &json!({"text": syllable, "selectionStart": 1, "selectionEnd": 1}))?;
        }
        page.devtools("Input.insertText", &json!({"text": "한"}))?;
        for syllable in ["ㄱ", "그", "글"] {
            page.devtools("Input.imeSetComposition", &json!({"text": syllable, "selectionStart": 1, "selectionEnd": 1}))?;
        }
        page.devtools("Input.insertText", &json!({"text": "글"}))?;
        page.until("both syllables, each once", |page| Ok(file(page)? == "# 한글"))?;
        page.keys(" ok")?;
        page.until("what follows", |page| Ok(file(page)? == "# 한글 ok"))
    })
}

#[test]
fn the_rich_editor_comes_only_when_it_is_wanted() -> Result<()> {
    story("the_rich_editor_comes_only", |page| {
        all_ready(page, 3)?;
        let fetched = "return performance.getEntriesByType('resource').some(one => one.name.includes('codemirror'));";
        assert_eq!((page.run(fetched, &[])?, page.count(".cm-content")?), (json!(false), 0));
        assert!(page.find(&hook("editor"))?.is_displayed()?, "there is a field to write in all the same");
        rich_editor(page)?;
        assert_eq!(page.run(fetched, &[])?, json!(true));
        Ok(())
    })
}

#[test]
fn each_template_is_faultless_and_can_be_applied() -> Result<()> {
    story("each_template_is_faultless", |page| {
        begin(page)?;
        click(page, "add-file")?;
        let names = page.run("return [...document.querySelectorAll('.templates button')].map(button => button.textContent);", &[])?;
        let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
        assert!(names.len() >= 28, "{names:?}");
        press(page, keys::ESCAPE)?;
        for name in names {
            click(page, "add-file")?;
            click(page, &format!("template-{name}"))?;
            // Its kind is the first word of its name.
            let kind = format!("kind: {}", name.split([' ', ':']).next().unwrap_or_default());
            page.until(&format!("{name}: its text"), |page| Ok(file(page)?.contains(&kind)))?;
            let lines = "return document.querySelectorAll('[data-testid=terminal-log] .entry').length;";
            let before = page.run(lines, &[])?;
            click(page, "apply")?;
            page.until(&format!("{name}: it to be applied"), |page| Ok(page.run(lines, &[])? != before))?;
            let told = printed(page)?;
            assert!(told.contains(" created") || told.contains(" configured"), "{name}: {told}");
            assert_eq!(page.count(&hook("diagnostic"))?, 0, "{name}");
        }
        Ok(())
    })
}

#[test]
fn the_plain_field_suggests_as_well() -> Result<()> {
    story("the_plain_field_suggests", |page| {
        // Where the rich editor cannot be had, as without npm.
        page.devtools("Network.enable", &json!({}))?;
        page.devtools("Network.setBypassServiceWorker", &json!({ "bypass": true }))?;
        page.devtools("Network.setBlockedURLs", &json!({ "urls": ["*codemirror*", "*/editor/*"] }))?;
        page.reload()?;
        all_ready(page, 3)?;
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty() && file(page)?.is_empty()))?;
        page.find(&hook("editor"))?.click()?;
        let listed = |page: &Session| -> Result<String> { page.find(&hook("offer-list"))?.text() };
        page.keys(&format!("kind: Replica{} {}", keys::CONTROL, keys::NO_MODIFIER))?;
        page.until("kinds", |page| Ok(listed(page)?.contains("ReplicationController")))?;
        press(page, keys::DOWN)?;
        press(page, keys::UP)?;
        page.keys("tion")?;
        page.until("what still fits", |page| Ok(!listed(page)?.contains("ReplicaSet")))?;
        press(page, keys::ENTER)?;
        page.until("the kind", |page| Ok(file(page)?.contains("kind: ReplicationController")))?;
        page.until("the list gone", |page| Ok(page.count(&hook("offer-list"))? == 0))?;
        assert_eq!(page.count(".cm-content")?, 0);
        page.keys(&format!("\nsp{} {}", keys::CONTROL, keys::NO_MODIFIER))?;
        page.until("fields", |page| Ok(listed(page)?.contains("spec")))?;
        press(page, keys::ESCAPE)?;
        page.until("the list gone", |page| Ok(page.count(&hook("offer-list"))? == 0))
    })
}
