//! The main views, looked at by axe-core: nothing may keep anybody out, in either language and in all colours. `cargo xtask test` fetches
//! axe-core with npm; without `PODSCAPE_AXE`, the path of its script, these stories are skipped.

mod cluster;

use cluster::{all_ready, click, hook, play, pods, press, type_line, write_file};
use podscape_browser_tests::{Motion, Options, Problem, Result, Session, Theme, keys, story_with};

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

fn views(name: &str, language: &str, theme: Theme) -> Result<()> {
    let options = Options { language: language.to_owned(), theme, motion: Motion::Reduced, ..Options::default() };
    with_axe(name, &options, "", |page, findings| {
        all_ready(page, 3)?;
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
