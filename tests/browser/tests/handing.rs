//! What leaves the page and what comes in, to the last step: the code that a camera reads, the manifests and the script for a real
//! cluster, what such a cluster prints, a frame with a lab, and what a crash leaves.

mod cluster;

use cluster::{all_ready, attribute, click, digest, file, hook, play, pods, press, printed, type_line, write_file};
use podscape_browser_tests::{Options, Result, Session, keys, page_address, story, story_with};
use serde_json::json;

/// Data codewords and blocks of level L, by version, from the standard's tables: how many, and in how many blocks.
const DATA: [(usize, usize); 20] = [
    (19, 1), (34, 1), (55, 1), (80, 1), (108, 1), (136, 2), (156, 2), (194, 2), (232, 2), (274, 4),
    (324, 4), (370, 4), (428, 4), (461, 4), (523, 6), (589, 6), (647, 6), (721, 6), (795, 7), (861, 8),
];

/// Centres of alignment patterns, by version, from the standard's table.
const CENTRES: [&[usize]; 20] = [
    &[], &[6, 18], &[6, 22], &[6, 26], &[6, 30], &[6, 34], &[6, 22, 38], &[6, 24, 42], &[6, 26, 46], &[6, 28, 50],
    &[6, 30, 54], &[6, 32, 58], &[6, 34, 62], &[6, 26, 46, 66], &[6, 26, 48, 70], &[6, 26, 50, 74], &[6, 30, 54, 78],
    &[6, 30, 56, 82], &[6, 30, 58, 86], &[6, 34, 62, 90],
];

/// Whether a module belongs to a pattern or to what is said of the code itself.
fn is_pattern(x: usize, y: usize, side: usize, version: usize) -> bool {
    let corner = (x < 9 && (y < 9 || y >= side - 8)) || (x >= side - 8 && y < 9);
    let told = version >= 7 && ((x >= side - 11 && y < 6) || (x < 6 && y >= side - 11));
    let places = CENTRES[version - 1];
    let aligned = places.iter().any(|cx| {
        places.iter().any(|cy| {
            let free = [(6, 6), (6, side - 7), (side - 7, 6)].contains(&(*cx, *cy));
            !free && x.abs_diff(*cx) <= 2 && y.abs_diff(*cy) <= 2
        })
    });
    corner || told || aligned || x == 6 || y == 6
}

/// Reads a QR code in bytes at level L as a camera's program does, without mending anything.
#[expect(clippy::manual_is_multiple_of, reason = "the masks stand as the standard writes them")]
fn read_code(dark: &[Vec<bool>]) -> String {
    let side = dark.len();
    let version = (side - 17) / 4;
    // The mask stands beside the first finder pattern, itself masked by 101.
    let mask = [2, 3, 4].iter().fold(0_u8, |mask, x| mask << 1 | u8::from(dark[8][*x])) ^ 0b101;
    let masked = |x: usize, y: usize| match mask {
        0 => (x + y) % 2 == 0,
        1 => y % 2 == 0,
        2 => x % 3 == 0,
        3 => (x + y) % 3 == 0,
        4 => (y / 2 + x / 3) % 2 == 0,
        5 => x * y % 2 + x * y % 3 == 0,
        6 => (x * y % 2 + x * y % 3) % 2 == 0,
        _ => ((x + y) % 2 + x * y % 3) % 2 == 0,
    };
    let mut bits = Vec::new();
    let columns = (0..side).rev().filter(|x| *x != 6).collect::<Vec<_>>();
    for (n, pair) in columns.chunks(2).enumerate() {
        for step in 0..side {
            let y = if n.is_multiple_of(2) { side - 1 - step } else { step };
            bits.extend(pair.iter().filter(|x| !is_pattern(**x, y, side, version)).map(|x| dark[y][*x] ^ masked(*x, y)));
        }
    }
    let words: Vec<u8> = bits.chunks_exact(8).map(|bits| bits.iter().fold(0, |word, bit| word << 1 | u8::from(*bit))).collect();
    let (count, blocks) = DATA[version - 1];
    let (short, longer) = (count / blocks, count % blocks);
    // The first words of all blocks come first; only the last blocks have one more.
    let mut parts = vec![Vec::new(); blocks];
    let mut words = words.into_iter();
    for round in 0..=short {
        let here = if round < short { 0 } else { blocks - longer };
        for part in &mut parts[here..] {
            part.push(words.next().unwrap_or_default());
        }
    }
    let data: Vec<u8> = parts.concat();
    let nibble = |n: usize| if n.is_multiple_of(2) { data[n / 2] >> 4 } else { data[n / 2] & 15 };
    assert_eq!(nibble(0), 4, "bytes");
    let digits = if version < 10 { 2 } else { 4 };
    let length = (1..=digits).fold(0, |length, n| length << 4 | usize::from(nibble(n)));
    let bytes = (0..length).map(|n| nibble(1 + digits + 2 * n) << 4 | nibble(2 + digits + 2 * n)).collect();
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_camera_reads_the_link_from_the_code() -> Result<()> {
    story("a_camera_reads_the_link", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        click(page, "share")?;
        let link = page.find(&hook("link"))?.property("value")?.as_str().unwrap_or_default().to_owned();
        click(page, "tab-code")?;
        page.find(&hook("qr"))?;
        // From the picture itself: what is dark in the middle of each module.
        let script = "const svg = document.querySelector('[data-testid=qr]').cloneNode(true);
            const side = Number(svg.dataset.side), all = side + 8;
            svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg'); svg.setAttribute('width', all * 4); svg.setAttribute('height', all * 4);
            const image = new Image();
            image.src = 'data:image/svg+xml,' + encodeURIComponent(new XMLSerializer().serializeToString(svg));
            await image.decode();
            const canvas = Object.assign(document.createElement('canvas'), { width: all * 4, height: all * 4 });
            const pen = canvas.getContext('2d');
            pen.drawImage(image, 0, 0);
            const data = pen.getImageData(0, 0, all * 4, all * 4).data;
            const dark = (x, y) => data[4 * ((y + 4) * 4 + 2) * all * 4 + 4 * ((x + 4) * 4 + 2)] < 128;
            return Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => dark(x, y)));";
        let rows = page.run_async(script, &[])?;
        let dark: Vec<Vec<bool>> = rows.as_array().into_iter().flatten().map(|row| row.as_array().into_iter().flatten().map(|dark| *dark == json!(true)).collect()).collect();
        assert_eq!(read_code(&dark), link);
        Ok(())
    })
}

/// The text behind a download.
fn download(page: &Session, name: &str) -> Result<String> {
    let script = "return decodeURIComponent(document.querySelector(arguments[0]).href.split(',').slice(1).join(','));";
    Ok(page.run(script, &[json!(hook(&format!("download-{name}")))])?.as_str().unwrap_or_default().to_owned())
}

/// Goes to an empty cluster with a file of this text and name.
fn begin_with(page: &Session, name: &str, text: &str) -> Result<()> {
    click(page, "new")?;
    page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
    let script = "const data = new DataTransfer();
        data.items.add(new File([arguments[1]], arguments[0], { type: 'text/yaml' }));
        document.querySelector('.page').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));";
    page.run(script, &[json!(name), json!(text)])?;
    page.until("the file", |page| Ok(page.find(".file-tab[aria-current]")?.text()? == name && !file(page)?.is_empty()))
}

#[test]
fn what_is_exported_passes_a_dry_run_and_makes_the_same() -> Result<()> {
    story_with("what_is_exported", &Options::default(), "?lab=ingress", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl create configmap note --from-literal=a=b")?;
        page.see(&hook("terminal-log"), "configmap/note created")?;
        play(page, false)?;
        click(page, "share")?;
        click(page, "tab-files")?;
        let (manifests, script) = (download(page, "manifests.yaml")?, download(page, "to-a-cluster.sh")?);
        press(page, keys::ESCAPE)?;
        for line in ["#!/bin/sh", "kubectl apply"] {
            assert!(script.contains(line), "{script}");
        }
        for word in ["uid:", "resourceVersion:", "status:", "kind: ReplicaSet", "kind: Endpoints", "kind: Pod\n"] {
            assert!(!manifests.contains(word), "{word} is a cluster's own: {manifests}");
        }
        begin_with(page, "manifests.yaml", &manifests)?;
        type_line(page, "kubectl apply --dry-run=server -f manifests.yaml")?;
        let told = printed(page)?;
        let objects = manifests.lines().filter(|line| line.starts_with("kind: ")).count();
        assert_eq!(told.lines().filter(|line| line.ends_with(" created (server dry run)")).count(), objects, "{told}");
        assert!(pods(page)?.is_empty());
        type_line(page, "kubectl apply -f manifests.yaml")?;
        play(page, true)?;
        all_ready(page, 3)?;
        assert!(page.count(&hook("svc-foo"))? == 1 && page.count(&hook("deploy-foo"))? == 1);
        Ok(())
    })
}

#[test]
fn what_get_all_prints_is_taken_in_again() -> Result<()> {
    story_with("what_get_all_prints", &Options::default(), "?lab=service", |page| {
        all_ready(page, 3)?;
        type_line(page, "kubectl get all -A -o yaml > all.yaml")?;
        page.until("the file", |page| Ok(page.count(&hook("file-all.yaml"))? + page.count(".file-tab[aria-current]")? >= 1))?;
        click(page, "file-all.yaml").or_else(|_| click(page, "file-name"))?;
        page.until("its text", |page| Ok(file(page)?.contains("kind: List") && file(page)?.contains("ownerReferences")))?;
        let all = file(page)?;
        begin_with(page, "all.yaml", &all)?;
        page.see(&hook("notice"), "Taken from a cluster")?;
        let text = file(page)?;
        assert!(text.contains("kind: Deployment") && text.contains("kind: Service") && !text.contains("kind: ReplicaSet"), "{text}");
        click(page, "apply")?;
        all_ready(page, 3)?;
        page.until("the service with its endpoints", |page| Ok(attribute(page, "svc-kubia", "data-ready")? == "3"))
    })
}

#[test]
fn a_crash_loses_nothing() -> Result<()> {
    story("a_crash_loses_nothing", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        click(page, "more-kubia")?;
        write_file(page, "# half a thought")?;
        click(page, "power-node2")?;
        page.until("the switch", |page| Ok(attribute(page, "node-node2", "data-powered")? == "false"))?;
        let before = digest(page)?;
        // From now on nothing can be saved any more: what is there after the reload was saved at once.
        page.run("Storage.prototype.setItem = () => {};", &[])?;
        page.run("sessionStorage.clear();", &[])?;
        page.reload()?;
        page.until("the switch as it was", |page| Ok(attribute(page, "node-node2", "data-powered")? == "false"))?;
        assert_eq!(digest(page)?, before);
        assert_eq!(file(page)?, "# half a thought");
        Ok(())
    })
}

#[test]
fn the_page_can_be_installed() -> Result<()> {
    story("the_page_can_be_installed", |page| {
        all_ready(page, 3)?;
        page.until("its worker, without being asked", |page| {
            let found = page.run_async("return !!(await navigator.serviceWorker.getRegistration())?.active;", &[])?;
            Ok(found == json!(true))
        })?;
        let found = page.devtools("Page.getInstallabilityErrors", &json!({}))?;
        assert_eq!(found["installabilityErrors"].as_array().map(Vec::len), Some(0), "{found}");
        let script = "const address = document.querySelector('link[rel=manifest]').href; const told = await (await fetch(address)).json();
            const icons = await Promise.all(told.icons.map(icon => fetch(new URL(icon.src, address)).then(answer => answer.ok)));
            return [told.name, told.display, icons.every(Boolean), new URL(told.start_url, address).href === location.href.split(/[?#]/)[0]];";
        assert_eq!(page.run_async(script, &[])?, json!(["Podscape", "standalone", true, true]));
        Ok(())
    })
}

#[test]
fn a_frame_with_a_lab_stands_until_it_is_started() -> Result<()> {
    story_with("a_frame_with_a_lab", &Options { size: (800, 500), ..Options::default() }, "?embed&lab=service", |page| {
        all_ready(page, 3)?;
        page.find(&hook("begin"))?;
        assert_eq!(attribute(page, "play", "data-playing")?, "false");
        assert_eq!(page.count(&hook("notice"))?, 0, "what was there before is nobody's");
        assert!(!page.find(".header")?.is_displayed()?);
        page.see(&hook("guide"), "Service")?;
        click(page, "begin")?;
        page.until("the clock to go", |page| Ok(attribute(page, "play", "data-playing")? == "true" && page.count(&hook("begin"))? == 0))?;
        page.reload()?;
        page.until("a frame still", |page| Ok(!page.find(".header")?.is_displayed()?))
    })?;
    // As another page has it.
    story("a_frame_in_another_page", |page| {
        let source = format!("{}?embed&lab=rc", page_address().unwrap_or_default());
        // A page that is made here is of the same origin: the story may look into its frame.
        let script = "const text = `<!doctype html><link rel=icon href=data:,><iframe src=\"${arguments[0]}\" width=800 height=500></iframe>`;
            location = URL.createObjectURL(new Blob([text], { type: 'text/html' }));";
        page.run(script, &[json!(source)])?;
        let inside = "const frame = document.querySelector('iframe').contentDocument; return [frame.querySelectorAll('.pod').length, !!frame.querySelector('[data-testid=begin]')];";
        page.until("the pods in the frame", |page| Ok(page.run(inside, &[])? == json!([3, true])))
    })
}

#[test]
fn every_kind_of_deed_is_taken_back() -> Result<()> {
    story("every_kind_of_deed", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let word = |page: &Session| attribute(page, "node-node1", "data-word");
        let undo = |page: &Session, what: &str, back: &dyn Fn(&Session) -> Result<bool>, again: &dyn Fn(&Session) -> Result<bool>| -> Result<()> {
            page.until(what, again)?;
            click(page, "undo")?;
            page.until(&format!("{what}: taken back"), back)?;
            click(page, "redo")?;
            page.until(&format!("{what}: given again"), again)?;
            click(page, "undo")?;
            page.until(&format!("{what}: taken back twice"), back)
        };
        click(page, "power-node2")?;
        let powered = |page: &Session| attribute(page, "node-node2", "data-powered");
        undo(page, "a switch", &|page| Ok(powered(page)? == "true"), &|page| Ok(powered(page)? == "false"))?;
        click(page, "power-kube-scheduler")?;
        let scheduler = |page: &Session| attribute(page, "kube-scheduler", "data-powered");
        undo(page, "a part's switch", &|page| Ok(scheduler(page)? == "true"), &|page| Ok(scheduler(page)? == "false"))?;
        click(page, "cordon-node1")?;
        undo(page, "a cordon", &|page| Ok(word(page)? == "Ready"), &|page| Ok(word(page)? == "Ready,SchedulingDisabled"))?;
        let text = file(page)?.replace("replicas: 3", "replicas: 6");
        write_file(page, &text)?;
        click(page, "apply")?;
        let desired = |page: &Session| attribute(page, "rc-kubia", "data-desired");
        undo(page, "a file", &|page| Ok(desired(page)? == "3"), &|page| Ok(desired(page)? == "6"))?;
        type_line(page, "fault node/node1 control-plane --partition")?;
        undo(page, "a fault", &|page| Ok(page.count(".fault")? == 0), &|page| Ok(page.count(".fault")? == 1))
    })
}
