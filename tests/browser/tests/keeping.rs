//! Keeping and handing on: named scenarios, the terminal over a reload, files in and out, every form of a link, a frame in another
//! page, the palette, the projector's colours.

mod cluster;

use cluster::{all_ready, attribute, click, file, hook, play, pods, press, printed, type_line, write_field, write_file};
use podscape_browser_tests::{Options, Result, Session, keys, page_address, story, story_with};
use serde_json::json;

/// The text behind a download.
fn download(page: &Session, name: &str) -> Result<String> {
    let script = "return decodeURIComponent(document.querySelector(arguments[0]).href.split(',').slice(1).join(','));";
    Ok(page.run(script, &[json!(hook(&format!("download-{name}")))])?.as_str().unwrap_or_default().to_owned())
}

/// Drops a file onto the page.
fn drop_file(page: &Session, name: &str, text: &str) -> Result<()> {
    let script = "const data = new DataTransfer();
        data.items.add(new File([arguments[1]], arguments[0], { type: 'text/yaml' }));
        document.querySelector('.page').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));";
    page.run(script, &[json!(name), json!(text)]).map(drop)
}

#[test]
fn scenarios_are_kept_under_names_and_the_terminal_over_a_reload() -> Result<()> {
    story("scenarios_are_kept_under_names", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl scale rc kubia --replicas=5")?;
        all_ready(page, 5)?;
        click(page, "labs")?;
        write_field(page, "keep-name", "five of them")?;
        click(page, "keep")?;
        page.find(&hook("kept-five of them"))?;
        press(page, keys::ESCAPE)?;
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
        page.reload()?;
        page.until("the empty cluster again", |page| Ok(page.count(".room")? == 3 && pods(page)?.is_empty()))?;
        click(page, "labs")?;
        click(page, "kept-five of them")?;
        all_ready(page, 5)?;
        page.see(&hook("terminal-log"), "replicationcontroller/kubia scaled")?;
        page.reload()?;
        page.see(&hook("terminal-log"), "kubectl scale rc kubia --replicas=5")
    })
}

#[test]
fn a_scenario_goes_out_as_a_file_and_comes_back() -> Result<()> {
    story("a_scenario_goes_out_as_a_file", |page| {
        all_ready(page, 3)?;
        let before = pods(page)?;
        play(page, false)?;
        click(page, "share")?;
        click(page, "tab-files")?;
        let (scenario, manifests) = (download(page, "scenario.yaml")?, download(page, "manifests.yaml")?);
        assert!(scenario.contains("steps:") && scenario.contains("kubectl apply -f kubia-rc.yaml"), "{scenario}");
        assert!(manifests.contains("kind: ReplicationController") && !manifests.contains("status:"), "{manifests}");
        assert!(download(page, "to-a-cluster.sh")?.starts_with("#!/bin/sh"));
        press(page, keys::ESCAPE)?;
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
        drop_file(page, "scenario.yaml", &scenario)?;
        all_ready(page, 3)?;
        assert_eq!(pods(page)?, before);
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
        drop_file(page, "manifests.yaml", &manifests)?;
        page.until("the manifests in the editor", |page| Ok(file(page)? == manifests))?;
        click(page, "apply")?;
        all_ready(page, 3)
    })
}

#[test]
fn what_a_cluster_printed_is_made_fit_to_be_applied() -> Result<()> {
    let list = "apiVersion: v1\nkind: List\nitems:\n\
        - {apiVersion: v1, kind: Pod, metadata: {name: lone, namespace: lab, uid: u1, resourceVersion: '7'}, spec: {nodeName: gone, containers: [{name: a, image: luksa/kubia}]}, status: {phase: Running}}\n\
        - {apiVersion: v1, kind: Pod, metadata: {name: made, namespace: lab, uid: u2, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: u3}]}, spec: {containers: [{name: a, image: luksa/kubia}]}}\n";
    story("what_a_cluster_printed", |page| {
        all_ready(page, 3)?;
        drop_file(page, "all.yaml", list)?;
        page.see(&hook("notice"), "Taken from a cluster")?;
        page.until("the file", |page| Ok(file(page)?.contains("kind: Namespace")))?;
        let text = file(page)?;
        assert!(!text.contains("made") && !text.contains("uid") && !text.contains("gone"), "{text}");
        click(page, "apply")?;
        all_ready(page, 4)?;
        assert!(pods(page)?.contains(&"lone".to_owned()));
        Ok(())
    })
}

#[test]
fn a_link_has_many_forms_and_a_frame_shows_it_with_a_start_button() -> Result<()> {
    story("a_link_has_many_forms", |page| {
        all_ready(page, 3)?;
        click(page, "share")?;
        let value = |page: &Session| -> Result<String> { Ok(page.find(&hook("link"))?.property("value")?.as_str().unwrap_or_default().to_owned()) };
        let link = value(page)?;
        click(page, "tab-markdown")?;
        page.until("Markdown", |page| Ok(value(page)? == format!("[Podscape]({link})")))?;
        click(page, "tab-code")?;
        assert!(attribute(page, "qr", "data-side")?.parse::<u32>().is_ok_and(|side| side >= 21 && side % 4 == 1));
        click(page, "tab-frame")?;
        page.until("a frame", |page| Ok(value(page)?.starts_with("<iframe src=")))?;
        let frame = value(page)?;
        let source = frame.split('"').nth(1).unwrap_or_default().to_owned();
        assert!(source.contains("?embed#1."), "{source}");
        page.open("about:blank")?;
        page.open(&source)?;
        all_ready(page, 3)?;
        assert!(!page.find(".header")?.is_displayed()? && !page.find(".dock")?.is_displayed()?);
        assert_eq!(attribute(page, "play", "data-playing")?, "false");
        click(page, "begin")?;
        page.until("the clock to go", |page| Ok(attribute(page, "play", "data-playing")? == "true" && page.count(&hook("begin"))? == 0))?;
        assert!(page_address().is_some());
        Ok(())
    })
}

#[test]
fn the_palette_finds_and_does() -> Result<()> {
    story("the_palette_finds_and_does", |page| {
        all_ready(page, 3)?;
        page.keys(&format!("{}k{}", keys::CONTROL, keys::NO_MODIFIER))?;
        page.find(&hook("palette-field"))?.type_keys("node2 off")?;
        press(page, keys::ENTER)?;
        page.until("the node to be off", |page| Ok(attribute(page, "node-node2", "data-powered")? == "false"))?;
        page.keys(&format!("{}k{}", keys::CONTROL, keys::NO_MODIFIER))?;
        page.find(&hook("palette-field"))?.type_keys("kubectl get rc -o name")?;
        press(page, keys::ENTER)?;
        page.until("the line to run", |page| Ok(printed(page)? == "replicationcontroller/kubia\n"))?;
        click(page, "palette-open")?;
        page.see(".palette", "Large and strong")?;
        page.find(&hook("palette-field"))?.type_keys("projector")?;
        press(page, keys::ENTER)?;
        page.until("the projector's colours", |page| Ok(page.find("body")?.css("font-size")? == "16px"))?;
        page.reload()?;
        page.until("them after a reload", |page| Ok(page.find("body")?.css("font-size")? == "16px"))
    })
}

#[test]
fn korean_words_are_there_as_well() -> Result<()> {
    let options = Options { language: "ko".to_owned(), ..Options::default() };
    story_with("korean_words_are_there", &options, "", |page| {
        all_ready(page, 3)?;
        click(page, "share")?;
        page.see(&hook("share-popover"), "QR 코드")?;
        click(page, "palette-open")?;
        page.see(&hook("palette"), "강의실용")
    })
}

#[test]
fn an_edited_object_is_saved_by_the_apply_button() -> Result<()> {
    story("an_edited_object_is_saved", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl edit rc kubia")?;
        page.until("the object in the editor", |page| Ok(file(page)?.contains("# Please edit the object below.")))?;
        let text = file(page)?.replace("replicas: 3", "replicas: 4");
        write_file(page, &text)?;
        click(page, "apply")?;
        page.see(&hook("terminal-log"), "replicationcontroller/kubia edited")?;
        all_ready(page, 4)?;
        page.until("the file of before", |page| Ok(!file(page)?.contains("# Please edit")))
    })
}

#[test]
fn a_manifest_of_a_gone_version_is_made_new() -> Result<()> {
    story("a_manifest_of_a_gone_version", |page| {
        click(page, "new")?;
        let old = "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: old}\nspec:\n  template:\n    metadata:\n      labels: {app: old}\n    spec:\n      containers:\n      - {name: main, image: luksa/kubia}\n";
        write_file(page, old)?;
        click(page, "apply")?;
        page.see("#diagnostics", "extensions/v1beta1")?;
        click(page, "update")?;
        page.until("a version that is known", |page| Ok(file(page)?.starts_with("apiVersion: apps/v1\n")))?;
        click(page, "apply")?;
        all_ready(page, 1)
    })
}
