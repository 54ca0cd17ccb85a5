//! What makes the picture calm: no line through a text, nothing over a node, names that are not cut without need.

mod cluster;

use cluster::{all_ready, click, hook};
use podscape_browser_tests::{Options, Result, Session, story_with};
use serde_json::{Value, json};

fn sized(width: u32, height: u32) -> Options {
    Options { size: (width, height), ..Options::default() }
}

fn project(page: &Session) -> Result<()> {
    page.until("the colours of a projector", |page| {
        let there = page.run("return document.documentElement.dataset.theme;", &[])? == json!("projector");
        if !there {
            click(page, "theme")?;
        }
        Ok(there)
    })
}

/// The texts and switches that a line goes through.
const STRUCK: &str = "const texts = [...document.querySelectorAll('.room-name b, .room-name .state, .room .switch, .card-text b, .counts, .plane-name, .plane-empty, .rail > span, .dns, .pod .name')]
    .flatMap(part => { const range = document.createRange(); range.selectNodeContents(part);
        return [...range.getClientRects()].filter(at => at.width > 0).map(at => [part.textContent || part.className, at]); });
    const found = new Set();
    for (const line of document.querySelectorAll('.wires path, .trip :is(path, polyline)')) {
        const place = line.getScreenCTM();
        for (let n = 0; n <= line.getTotalLength(); n += 2) {
            const at = line.getPointAtLength(n).matrixTransform(place);
            for (const [text, r] of texts) {
                if (r.left + 1 < at.x && at.x < r.right - 1 && r.top + 2 < at.y && at.y < r.bottom - 2) found.add(text);
            }
        }
    }
    return [...found];";

#[test]
fn no_line_runs_through_a_text() -> Result<()> {
    let views = [("?lab=ingress", 6, sized(1440, 900)), ("?lab=ingress", 6, sized(1024, 768)), ("?lab=ingress", 6, Options::phone()), ("?lab=service", 3, sized(1440, 900)),
        ("?lab=rc", 3, sized(1280, 800)), ("?lab=rc", 3, Options::phone()), ("?lab=deployment", 3, sized(1440, 900))];
    for (lab, least, options) in views {
        let name = format!("no_line_runs_through_a_text_{}_{}", &lab[5..], options.size.0);
        story_with(&name, &options, lab, |page| {
            all_ready(page, 3)?;
            page.until("lines", |page| Ok(page.count(".wires path")? >= least.min(4)))?;
            page.until("no text under a line", |page| Ok(page.run(STRUCK, &[])? == json!([])))
        })?;
    }
    Ok(())
}

#[test]
fn the_way_of_a_request_runs_through_no_text() -> Result<()> {
    story_with("the_way_of_a_request", &sized(1440, 900), "?lab=nodeport", |page| {
        all_ready(page, 2)?;
        click(page, "guide-line")?;
        page.until("its way", |page| Ok(page.count(&hook("trip"))? == 1))?;
        page.until("no text under it", |page| Ok(page.run(STRUCK, &[])? == json!([])))
    })
}

/// Whether the scale lies on something, and whether a row of nodes is in sight.
const COVERED: &str = "const at = document.querySelector('.zoom').getBoundingClientRect();
    return [...document.querySelectorAll('.room, .card, .plane, .lens, .dns, .rail > span')].filter(part => { const r = part.getBoundingClientRect();
        return r.left < at.right && at.left < r.right && r.top < at.bottom && at.top < r.bottom; }).map(part => part.dataset.testid || part.className);";
const IN_SIGHT: &str = "const seen = document.querySelector('.scroller').getBoundingClientRect();
    return [...document.querySelectorAll('.room')].every(room => room.getBoundingClientRect().top + 60 < seen.bottom);";

#[test]
fn the_scale_lies_on_nothing_and_nodes_are_in_sight() -> Result<()> {
    for (lab, size) in [("?lab=nodeport", (1280, 720)), ("?lab=ingress", (1280, 720)), ("?lab=ingress", (1024, 768))] {
        story_with(&format!("the_scale_lies_on_nothing_{}_{}", &lab[5..], size.0), &sized(size.0, size.1), lab, |page| {
            all_ready(page, if lab == "?lab=nodeport" { 2 } else { 3 })?;
            if size.0 == 1280 {
                project(page)?;
            }
            page.until("nothing under the scale", |page| Ok(page.run(COVERED, &[])? == json!([])))?;
            page.until("nodes in sight", |page| Ok(page.run(IN_SIGHT, &[])? == json!(true)))
        })?;
    }
    Ok(())
}

#[test]
fn names_are_not_cut_without_need() -> Result<()> {
    // What is clipped does not say how wide it would be; what is hidden does.
    let whole = |page: &Session, selector: &str| -> Result<Value> {
        page.run("return [...document.querySelectorAll(arguments[0])].every(part => { part.style.overflow = 'hidden'; const whole = part.scrollWidth <= part.clientWidth + 1 && part.scrollHeight <= part.clientHeight + 4;
            part.style.overflow = ''; return whole; });", &[json!(selector)])
    };
    story_with("the_name_of_a_card", &sized(1440, 900), "?lab=cronjob", |page| {
        page.until("a job", |page| Ok(page.count(".card")? == 2))?;
        page.until("its whole name", |page| Ok(whole(page, ".card-text > b")? == json!(true)))
    })?;
    story_with("the_name_of_a_pod", &sized(1440, 900), "?lab=liveness", |page| {
        all_ready(page, 1)?;
        // Longer than a line below a tile.
        cluster::type_line(page, "kubectl run a-name-of-words --image=luksa/kubia")?;
        all_ready(page, 2)?;
        page.until("whole names", |page| Ok(whole(page, ".pod .name")? == json!(true)))
    })?;
    story_with("the_name_of_the_open_file", &sized(1024, 768), "?lab=ingress", |page| {
        let seen = "const [row, tab] = ['.file-tabs', '.file-tabs .open .file-tab'].map(part => document.querySelector(part).getBoundingClientRect());
            return row.left <= tab.left + 1 && tab.right <= row.right + 1;";
        page.until("the tab in sight", |page| Ok(page.run(seen, &[])? == json!(true)))
    })
}

#[test]
fn counts_and_lists_stay_in_their_places() -> Result<()> {
    story_with("how_many_are_ready_is_whole", &sized(1440, 900), "", |page| {
        all_ready(page, 3)?;
        click(page, "play")?;
        page.run("const line = document.querySelector('[data-testid=line]'); line.value = 'kubectl scale rc kubia --replicas=2000000000';
            line.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));", &[])?;
        let inside = "const [card, last] = ['.card', '.card .counts > :last-child'].map(part => document.querySelector(part).getBoundingClientRect());
            return document.querySelector('.card').dataset.desired === '2000000000' && last.right <= card.right - 8;";
        page.until("its last count inside of the card", |page| Ok(page.run(inside, &[])? == json!(true)))
    })?;
    story_with("branches_stand_beside_their_charts", &sized(1440, 900), "", |page| {
        all_ready(page, 3)?;
        click(page, "power-node2")?;
        click(page, "undo")?;
        click(page, "power-node1")?;
        click(page, "compare-open")?;
        page.until("two charts", |page| Ok(page.count(".charts.two figure")? == 2))?;
        let apart = "const right = Math.max(...[...document.querySelectorAll('.branch-list *')].map(part => part.getBoundingClientRect().right));
            return right <= document.querySelector('.charts.two').getBoundingClientRect().left;";
        page.until("lists beside charts", |page| Ok(page.run(apart, &[])? == json!(true)))
    })
}

/// Whether all that a lab says is seen: nothing of it is scrolled away, and it ends where the clock begins.
const SAID_WHOLE: &str = "const guide = document.querySelector('.guide'), end = guide.getBoundingClientRect().bottom;
    const cut = [guide, ...guide.querySelectorAll('*')].filter(part => part.clientHeight > 0 && part.scrollHeight > part.clientHeight + 1 && getComputedStyle(part).overflowY !== 'visible');
    const below = [...guide.querySelectorAll('p, b, button')].filter(part => part.getBoundingClientRect().bottom > end + 1);
    return cut.length + below.length === 0 && end <= document.querySelector('.timebar').getBoundingClientRect().top + 1
        && document.querySelector('.scroller').clientHeight > innerHeight * 0.4;";

#[test]
fn what_a_lab_says_is_seen_whole_beside_the_cluster() -> Result<()> {
    for (language, size) in [("en", (1024, 768)), ("ko", (1024, 768)), ("en", (1280, 800)), ("en", (1440, 900)), ("ko", (1920, 1080))] {
        let options = Options { language: language.to_owned(), ..sized(size.0, size.1) };
        story_with(&format!("what_a_lab_says_{language}_{}", size.0), &options, "", |page| {
            for lab in ["selector", "deployment", "traffic-policy", "discovery", "job-completions", "daemonset"] {
                page.open(&format!("{}?lab={lab}", podscape_browser_tests::page_address().unwrap_or_default()))?;
                page.until("its words", |page| Ok(page.count(".guide-words p")? == 2))?;
                page.until(&format!("{lab}: all of them"), |page| Ok(page.run(SAID_WHOLE, &[])? == json!(true)))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn the_head_of_a_phone_has_room_for_branches() -> Result<()> {
    // "English" is the longest name of a language.
    story_with("the_head_of_a_phone", &Options { language: "ko".to_owned(), ..Options::phone() }, "", |page| {
        all_ready(page, 3)?;
        click(page, "power-node2")?;
        click(page, "undo")?;
        click(page, "power-node1")?;
        page.find(&hook("branches"))?;
        let inside = "return [...document.querySelectorAll('.header button, .header select')].every(part => { const at = part.getBoundingClientRect(); return at.width === 0 || (at.left >= 0 && at.right <= innerWidth); });";
        page.until("everything in the window", |page| Ok(page.run(inside, &[])? == json!(true)))
    })
}
