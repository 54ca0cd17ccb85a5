//! The main views, looked at by axe-core: nothing may keep anybody out, in either language and in all colours. `cargo xtask test` fetches
//! axe-core with npm; without `PODSCAPE_AXE`, the path of its script, these stories are skipped.

mod cluster;

use cluster::{all_ready, attribute, click, clock, hook, pass, play, pods, press, rich_editor, slide, speed, type_line, write_field, write_file};
use podscape_browser_tests::{Motion, Options, Problem, Result, Session, Theme, keys, story_with};
use serde_json::json;

/// Runs it over the document: a line for each thing that breaks a rule.
const LOOK: &str = "const found = await axe.run(document, { resultTypes: ['violations'] });
    return found.violations.flatMap(broken => broken.nodes.map(node => `${broken.id} (${broken.impact}): ${node.target.join(' ')}: ${node.failureSummary.replace(/\\s+/g, ' ')} ${node.html.slice(0, 160)}`));";

/// What was found, view by view.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn look(&mut self, page: &Session, view: &str) -> Result<()> {
        let found = page.run_async(LOOK, &[])?;
        let lines = found.as_array().into_iter().flatten().filter_map(|line| line.as_str());
        self.0.extend(lines.map(|line| format!("{view}: {line}")));
        Ok(())
    }

    fn none(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::new(self.0.join("\n"))) }
    }
}

/// Plays a story in which axe-core is at hand.
fn with_axe(name: &str, options: &Options, place: &str, steps: impl FnOnce(&Session, &mut Findings) -> Result<()>) -> Result<()> {
    let Some(path) = std::env::var_os("PODSCAPE_AXE").filter(|path| !path.is_empty()) else {
        println!("skipped: PODSCAPE_AXE does not name axe-core's script; `cargo xtask test` fetches it where npm is");
        return Ok(());
    };
    let source = std::fs::read_to_string(&path).map_err(|error| Problem::new(error.to_string()))?;
    story_with(name, options, place, |page| {
        page.run(&source, &[])?;
        let mut findings = Findings::default();
        steps(page, &mut findings)?;
        findings.none()
    })
}

/// Presses the button of the colours until they are these.
fn colours(page: &Session, wanted: &str) -> Result<()> {
    page.until(&format!("the colours {wanted}"), |page| {
        let there = page.run("return document.documentElement.dataset.theme;", &[])? == json!(wanted);
        if !there {
            click(page, "theme")?;
        }
        Ok(there)
    })
}

fn views(name: &str, language: &str, theme: Theme) -> Result<()> {
    views_in(name, language, theme, "")
}

/// The main views, in the colours that a person chose; in those that the system likes, if none are named.
fn views_in(name: &str, language: &str, theme: Theme, chosen: &str) -> Result<()> {
    let options = Options { language: language.to_owned(), theme, motion: Motion::Reduced, ..Options::default() };
    with_axe(name, &options, "", |page, findings| {
        all_ready(page, 3)?;
        if !chosen.is_empty() {
            colours(page, chosen)?;
        }
        play(page, false)?;
        findings.look(page, "start")?;
        click(page, &format!("pod-{}", pods(page)?[0]))?;
        findings.look(page, "menu")?;
        click(page, "menu-details")?;
        for tab in ["summary", "yaml", "describe", "why", "object-events", "log"] {
            click(page, &format!("tab-{tab}"))?;
            findings.look(page, tab)?;
        }
        click(page, "close-inspector")?;
        for tab in ["events", "traffic", "next", "charts"] {
            click(page, &format!("tab-{tab}"))?;
            findings.look(page, tab)?;
        }
        click(page, "tab-terminal")?;
        type_line(page, "kubectl get nothing")?;
        write_file(page, "kind: Pod\nreplica: 3\n")?;
        click(page, "apply")?;
        page.find(&hook("diagnostic"))?;
        findings.look(page, "mistake")?;
        click(page, "power-node2")?;
        click(page, "table")?;
        findings.look(page, "table")?;
        click(page, "table")?;
        for dialog in ["labs", "palette-open", "help"] {
            click(page, dialog)?;
            if dialog == "labs" {
                page.until("all labs", |page| Ok(page.count(".lab.waiting")? == 0 && page.count("a.lab")? > 0))?;
            }
            findings.look(page, dialog)?;
            press(page, keys::ESCAPE)?;
        }
        click(page, "share")?;
        for form in ["link", "code", "markdown", "frame", "files"] {
            click(page, &format!("tab-{form}"))?;
            findings.look(page, form)?;
        }
        Ok(())
    })
}

#[test]
fn nothing_is_in_the_way_in_english_and_light_colours() -> Result<()> {
    views("axe, English, light", "en", Theme::Light)
}

#[test]
fn nothing_is_in_the_way_in_english_and_dark_colours() -> Result<()> {
    views("axe, English, dark", "en", Theme::Dark)
}

#[test]
fn nothing_is_in_the_way_in_korean_and_light_colours() -> Result<()> {
    views("axe, Korean, light", "ko", Theme::Light)
}

#[test]
fn nothing_is_in_the_way_in_korean_and_dark_colours() -> Result<()> {
    views("axe, Korean, dark", "ko", Theme::Dark)
}

#[test]
fn nothing_is_in_the_way_where_a_request_goes() -> Result<()> {
    let options = Options { motion: Motion::Reduced, ..Options::default() };
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        with_axe(&format!("axe, request, {name}"), &Options { theme, ..options.clone() }, "?lab=nodeport", |page, findings| {
            all_ready(page, 2)?;
            findings.look(page, "lab")?;
            click(page, "guide-line")?;
            click(page, "tab-traffic")?;
            page.find(&hook("hops"))?;
            findings.look(page, "hops")?;
            page.run("document.documentElement.dataset.theme = 'projector';", &[])?;
            findings.look(page, "projector")
        })?;
    }
    Ok(())
}

#[test]
fn nothing_is_in_the_way_on_a_phone() -> Result<()> {
    for theme in [Theme::Light, Theme::Dark] {
        let options = Options { theme, motion: Motion::Reduced, ..Options::phone() };
        with_axe("axe, phone", &options, "", |page, findings| {
            all_ready(page, 3)?;
            for tab in ["files", "terminal", "events", "traffic", "next", "charts", "inspector"] {
                click(page, &format!("tab-narrow-{tab}"))?;
                findings.look(page, tab)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn nothing_is_in_the_way_in_a_lecture_room() -> Result<()> {
    views_in("axe, English, projector", "en", Theme::Light, "projector")?;
    views_in("axe, Korean, projector", "ko", Theme::Dark, "projector")
}

/// What opens on the way: files, changes, branches, faults, a crowd.
fn byways(name: &str, language: &str, theme: Theme) -> Result<()> {
    let options = Options { language: language.to_owned(), theme, motion: Motion::Reduced, ..Options::default() };
    with_axe(name, &options, "", |page, findings| {
        all_ready(page, 3)?;
        play(page, false)?;
        rich_editor(page)?;
        findings.look(page, "rich editor")?;
        click(page, "changes")?;
        page.find(&hook("changes-list"))?;
        findings.look(page, "changes")?;
        write_file(page, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: m\n    imgae: b\n")?;
        page.find(&hook("fix"))?;
        findings.look(page, "correction")?;
        click(page, "add-file")?;
        findings.look(page, "new file")?;
        press(page, keys::ESCAPE)?;
        click(page, &format!("pod-{}", pods(page)?[0]))?;
        click(page, "menu-details")?;
        click(page, "tab-why")?;
        page.find(".placement summary")?.click()?;
        findings.look(page, "scores")?;
        click(page, "tab-summary")?;
        click(page, "go-no-node1").or_else(|_| click(page, "go-no-node2")).or_else(|_| click(page, "go-no-node3"))?;
        findings.look(page, "node")?;
        click(page, "close-inspector")?;
        click(page, "tab-terminal")?;
        type_line(page, "fault node/node1 control-plane --partition")?;
        type_line(page, "fault node/node1 node/node3 --latency 500")?;
        page.until("both faults", |page| Ok(page.count(".fault")? == 2))?;
        findings.look(page, "faults")?;
        type_line(page, "kubectl get pods --watch")?;
        page.find(&hook("interrupt"))?;
        findings.look(page, "a line that goes on")?;
        click(page, "interrupt")?;
        click(page, "palette-open")?;
        write_field(page, "palette-field", "kubia")?;
        findings.look(page, "palette with a query")?;
        press(page, keys::ESCAPE)?;
        slide(page, "history", 8_000)?;
        page.until("the past", |page| Ok(clock(page)? == 8_000_000))?;
        findings.look(page, "the past")?;
        speed(page, 2)?;
        type_line(page, "kubectl scale rc kubia --replicas=150")?;
        pass(page, 40)?;
        page.until("a crowd", |page| Ok(attribute(page, "canvas", "data-pods")? == "150"))?;
        page.run("document.querySelector('[data-testid=cursor]').focus()", &[])?;
        findings.look(page, "a crowd")?;
        click(page, "compare-open")?;
        page.find(".compared")?;
        findings.look(page, "branches")
    })
}

#[test]
fn nothing_is_in_the_way_on_the_byways() -> Result<()> {
    byways("axe, byways, English", "en", Theme::Light)?;
    byways("axe, byways, Korean", "ko", Theme::Dark)
}

#[test]
fn nothing_is_in_the_way_of_a_name_s_lookup_in_a_frame_and_on_a_wall() -> Result<()> {
    let options = Options { motion: Motion::Reduced, ..Options::default() };
    with_axe("axe, lookups", &options, "?lab=service", |page, findings| {
        all_ready(page, 3)?;
        type_line(page, &format!("request http://kubia --from pod/default/{} --times 3", pods(page)?[0]))?;
        click(page, "tab-traffic")?;
        page.find(&format!("{} summary", hook("lookups")))?.click()?;
        findings.look(page, "lookups")?;
        click(page, "tab-charts")?;
        page.find(&hook("loads"))?;
        findings.look(page, "loads")?;
        page.find(&format!("{} .card-body", hook("svc-kubia")))?.click()?;
        findings.look(page, "menu of a service")?;
        click(page, "menu-details")?;
        findings.look(page, "service")
    })?;
    with_axe("axe, frame", &Options { size: (800, 500), ..options.clone() }, "?embed&lab=service", |page, findings| {
        all_ready(page, 3)?;
        page.find(&hook("begin"))?;
        findings.look(page, "frame")
    })?;
    with_axe("axe, wall", &Options { size: (3840, 2160), ..options.clone() }, "", |page, findings| {
        all_ready(page, 3)?;
        findings.look(page, "wall")?;
        click(page, "labs")?;
        page.until("all labs", |page| Ok(page.count(".lab.waiting")? == 0 && page.count("a.lab")? > 0))?;
        findings.look(page, "labs on a wall")
    })
}
