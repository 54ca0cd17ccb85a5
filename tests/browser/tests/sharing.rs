//! Links and reloads, in a real browser; and that the cluster in the browser is the cluster of the native program, bit for bit.

mod cluster;

use cluster::{all_ready, attribute, click, clock, digest, file, hook, play, places, plays, pods, press, printed, share, speed, type_line, write_file};
use podscape::simulator::{Command, Scenario, SimDuration, Simulator};
use podscape_browser_tests::{Options, Problem, Result, Session, keys, page_address, story, story_with};

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

/// No frame comes any more, until `window.release()`.
const HOLD_FRAMES: &str = "const real = window.requestAnimationFrame.bind(window), held = [];
    window.requestAnimationFrame = call => held.push(call);
    window.release = () => { window.requestAnimationFrame = real; held.splice(0).forEach(call => real(call)); };";

#[test]
fn a_crowd_is_opened_before_our_eyes_and_what_is_typed_meanwhile_comes_after_it() -> Result<()> {
    let mut native = Simulator::new(&Scenario::example());
    native.apply(Command::Line("kubectl scale rc kubia --replicas=300".to_owned()));
    native.catch_up(native.now() + SimDuration::from_seconds(60));
    native.apply(Command::Line("kubectl expose rc kubia --port=80".to_owned()));
    let moment = native.now().since(native.start_time()).micros();
    let drawn = |page: &Session| Ok::<_, Problem>(page.run("return document.querySelectorAll('.pod').length || Number(document.querySelector('[data-testid=canvas]')?.dataset.pods ?? 0);", &[])?.as_u64());
    story("a_crowd_is_opened", |page| {
        all_ready(page, 3)?;
        let open = |page: &Session| -> Result<()> {
            page.run(HOLD_FRAMES, &[])?;
            page.open(&format!("{}#{}&see=svc/kubia", page_address().unwrap_or_default(), native.link()))?;
            page.see(&hook("clock"), "opening")?;
            page.see(".inspector .empty-text", "opening")?;
            assert!(attribute(page, "clock", "data-micros")?.parse::<u64>().is_ok_and(|now| now < moment));
            Ok(())
        };
        open(page)?;
        page.run("window.release()", &[])?;
        assert_eq!((clock(page)?, digest(page)?), (moment, format!("{:016x}", native.digest())));
        page.until("all of them", |page| Ok(drawn(page)? == Some(300)))?;
        page.see(".inspector", "ClusterIP")?;
        assert!(!plays(page)? && page.count(".past-word")? == 0);

        open(page)?;
        type_line(page, "kubectl get rc kubia --no-headers")?;
        page.until("the crowd's numbers", |page| Ok(printed(page)?.starts_with("kubia   300   300   300")))?;
        assert_eq!(clock(page)?, moment);
        page.run("window.release()", &[]).map(drop)
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

#[test]
fn what_is_done_is_kept_at_once() -> Result<()> {
    // A tab that crashes is not asked whether it may go: what counts is what the storage holds while it lives.
    story("what_is_done_is_kept_at_once", |page| {
        all_ready(page, 3)?;
        let kept = |page: &podscape_browser_tests::Session, part: &str| -> Result<String> {
            let script = "return String(JSON.parse(localStorage.getItem('podscape.scenario') ?? '{}')[arguments[0]]?.['kubia-rc.yaml'] ?? JSON.parse(localStorage.getItem('podscape.scenario') ?? '{}')[arguments[0]] ?? '');";
            Ok(page.run(script, &[serde_json::json!(part)])?.as_str().unwrap_or_default().to_owned())
        };
        click(page, "more-kubia")?;
        page.until("the command in the storage", |page| {
            let Ok(simulator) = Simulator::from_link(&kept(page, "link")?) else { return Ok(false) };
            let done = Command::Line("kubectl scale rc kubia --replicas=4".to_owned());
            Ok(simulator.scenario_now().journal.iter().any(|entry| entry.command == done))
        })?;
        let draft = format!("{}# not applied\n", file(page)?);
        write_file(page, &draft)?;
        page.until("the draft in the storage", |page| Ok(kept(page, "drafts")? == draft))
    })
}

#[test]
fn the_stage_goes_out_as_a_picture() -> Result<()> {
    let options = Options { theme: podscape_browser_tests::Theme::Dark, ..Options::default() };
    story_with("the_stage_goes_out_as_a_picture", &options, "?lab=service", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let script = "const { picture } = await import('./picture.js');
            const image = await createImageBitmap(await picture('png'));
            const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
            const pen = canvas.getContext('2d');
            pen.drawImage(image, 0, 0);
            const at = (x, y) => [...pen.getImageData(x, y, 1, 1).data];
            const field = document.querySelector('.field').getBoundingClientRect();
            const mark = document.querySelector('.pod .mark').getBoundingClientRect();
            const data = pen.getImageData(0, 0, image.width, image.height).data, seen = new Set();
            for (let n = 0; n < data.length; n += 400) seen.add(data.slice(n, n + 3).join());
            return [image.width / field.width, at(4, 4), at(2 * (mark.x + mark.width / 2 - field.x) | 0, 2 * (mark.y + mark.height * 0.3 - field.y) | 0), seen.size];";
        let found = page.run_async(script, &[])?;
        assert!(found[0].as_f64().is_some_and(|scale| (scale - 2.0).abs() < 0.02), "{found}");
        assert!(found[1][0].as_u64().is_some_and(|red| red < 60), "dark as the page: {found}");
        assert!(found[2] != found[1], "a pod is drawn where it stands: {found}");
        assert!(found[3].as_u64().is_some_and(|colours| colours > 20), "{found}");
        let taken = "window.taken = []; HTMLAnchorElement.prototype.click = function () { taken.push([this.download, fetch(this.href).then(answer => answer.text())]); };";
        page.run(taken, &[])?;
        click(page, "share")?;
        click(page, "tab-files")?;
        click(page, "picture-png")?;
        click(page, "picture-svg")?;
        page.until("two files", |page| Ok(page.run("return taken.length;", &[])? == serde_json::json!(2)))?;
        let names = page.run("return taken.map(([name]) => name).sort();", &[])?;
        assert_eq!(names, serde_json::json!(["podscape.png", "podscape.svg"]));
        let words = page.run_async("const [, text] = taken.find(([name]) => name.endsWith('svg')); return await text;", &[])?;
        let words = words.as_str().unwrap_or_default();
        assert!(words.starts_with("<svg ") && words.contains("kubia-") && words.contains("</foreignObject></svg>"), "{}", words.chars().take(300).collect::<String>());
        Ok(())
    })
}

#[test]
fn a_link_can_be_read_and_opens_the_same_moment() -> Result<()> {
    let mut address = String::new();
    let mut here = (0, String::new());
    story_with("a_link_can_be_read, the sender", &Options::default(), "?lab=node-failure", |page| {
        all_ready(page, 3)?;
        click(page, "more-kubia")?;
        all_ready(page, 4)?;
        click(page, "power-node2")?;
        play(page, false)?;
        click(page, "share")?;
        click(page, "copy-readable")?;
        page.until("the address in the clipboard", |page| Ok(page.clipboard()?.contains("?lab=node-failure&cmd=")))?;
        address = page.clipboard()?;
        press(page, keys::ESCAPE)?;
        here = (clock(page)?, digest(page)?);
        Ok(())
    })?;
    assert!(address.contains("s+kubectl+scale+rc+kubia+--replicas=4;+") && address.contains("s+node2+off&at="), "{address}");
    let query = format!("?{}", address.split_once('?').map(|(_, query)| query).unwrap_or_default());
    story_with("a_link_can_be_read, the receiver", &Options::default(), &query, |page| {
        page.see(&hook("guide"), "A node goes dark")?;
        page.until("the same moment", |page| Ok(clock(page)? == here.0))?;
        assert_eq!(digest(page)?, here.1);
        assert!(!page.address()?.contains('?'), "what was asked for leaves the address");
        write_file(page, "kind: Pod\napiVersion: v1\nmetadata: {name: own}\nspec: {containers: [{name: a, image: busybox}]}")?;
        click(page, "apply")?;
        page.until("the pod", |page| Ok(pods(page)?.contains(&"own".to_owned())))?;
        click(page, "share")?;
        page.find(&hook("link"))?;
        assert_eq!(page.count(&hook("readable"))?, 0, "a changed file is in no line");
        Ok(())
    })
}
