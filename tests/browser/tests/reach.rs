//! That everyone reaches everything: by keyboard, in Korean, on a phone, in the dark, with a screen reader's table, with many pods.

mod cluster;

use cluster::{all_ready, attribute, click, hook, in_state, pods, press, speed, states, type_line};
use podscape::simulator::{Command, Scenario, SimDuration, Simulator};
use podscape_browser_tests::{Motion, Options, Result, Session, Theme, keys, story, story_with};
use serde_json::json;

#[test]
fn the_keyboard_alone_deletes_a_pod() -> Result<()> {
    story("the_keyboard_alone_deletes_a_pod", |page| {
        all_ready(page, 3)?;
        let focused = |page: &Session| -> Result<String> {
            Ok(page.run("return document.activeElement.dataset.testid ?? '';", &[])?.as_str().unwrap_or_default().to_owned())
        };
        for _ in 0..60 {
            if focused(page)?.starts_with("pod-") {
                break;
            }
            press(page, keys::TAB)?;
        }
        let first = focused(page)?;
        assert!(first.starts_with("pod-"), "Tab reaches a pod");
        press(page, keys::RIGHT)?;
        let second = focused(page)?;
        assert!(second.starts_with("pod-") && second != first, "an arrow key goes on to {second}");
        press(page, keys::ENTER)?;
        page.find(&hook("menu"))?;
        press(page, keys::ENTER)?;
        let name = second.trim_start_matches("pod-").to_owned();
        in_state(page, &name, "terminating")?;
        assert_eq!(page.count(&hook("menu"))?, 0);
        Ok(())
    })
}

#[test]
fn arrows_go_along_tabs_and_round_their_ends() -> Result<()> {
    story("arrows_go_along_tabs", |page| {
        let seen = |page: &Session| -> Result<Vec<String>> {
            let found = page.run(
                "const tab = document.activeElement, panel = document.querySelector('.dock [role=tabpanel]');
                return [tab.dataset.testid, tab.ariaSelected, String(tab.tabIndex), panel.getAttribute('aria-label') === tab.textContent ? 'named' : 'unnamed'];",
                &[],
            )?;
            Ok(found.as_array().into_iter().flatten().map(|part| part.as_str().unwrap_or_default().to_owned()).collect())
        };
        click(page, "tab-events")?;
        for (key, to) in [
            (keys::RIGHT, "tab-traffic"),
            (keys::LEFT, "tab-events"),
            (keys::LEFT, "tab-terminal"),
            (keys::LEFT, "tab-charts"),
            (keys::RIGHT, "tab-terminal"),
            (keys::END, "tab-charts"),
            (keys::HOME, "tab-terminal"),
        ] {
            press(page, key)?;
            page.until(to, |page| Ok(seen(page)? == [to, "true", "0", "named"]))?;
        }
        assert_eq!(page.count(".dock [role=tab][tabindex='0']")?, 1, "Tab stops once at a list of tabs");
        Ok(())
    })
}

#[test]
fn the_keyboard_goes_back_where_it_was() -> Result<()> {
    story("the_keyboard_goes_back", |page| {
        all_ready(page, 3)?;
        let focused = |page: &Session| -> Result<String> {
            Ok(page.run("return document.activeElement.dataset.testid ?? '';", &[])?.as_str().unwrap_or_default().to_owned())
        };
        for (opener, dialog) in [("labs", "lab-menu"), ("palette-open", "palette"), ("help", "keys"), ("add-file", "new-file")] {
            for _ in 0..60 {
                if focused(page)? == opener {
                    break;
                }
                press(page, keys::TAB)?;
            }
            press(page, keys::ENTER)?;
            let is_in = |page: &Session| page.run("return document.activeElement.closest('[role=dialog]') !== null;", &[]);
            page.until(&format!("the keyboard in {dialog}"), |page| Ok(is_in(page)? == json!(true)))?;
            press(page, keys::ESCAPE)?;
            page.until(&format!("the keyboard back at {opener}"), |page| Ok(focused(page)? == opener))?;
        }
        Ok(())
    })
}

#[test]
fn escape_closes_what_is_open_and_slash_goes_to_the_terminal() -> Result<()> {
    story("escape_closes_what_is_open_and_slash_goes_to_the_terminal", |page| {
        all_ready(page, 3)?;
        page.keys("?")?;
        page.find(&hook("keys"))?;
        press(page, keys::ESCAPE)?;
        page.until("the sheet closed", |page| Ok(page.count(&hook("keys"))? == 0))?;
        page.run("document.activeElement.blur();", &[])?;
        page.keys("/")?;
        page.until("the line to have the focus", |page| Ok(page.run("return document.activeElement.id;", &[])? == json!("line")))?;
        page.keys(&format!("kubectl get rc kub{}\n", keys::TAB))?;
        page.see(&hook("terminal-log"), "kubectl get rc kubia")
    })
}

#[test]
fn the_page_speaks_korean_and_kubernetes_stays_english() -> Result<()> {
    let options = Options { language: "ko".to_owned(), ..Options::default() };
    story_with("the_page_speaks_korean", &options, "", |page| {
        all_ready(page, 3)?;
        page.see(&hook("apply"), "적용")?;
        assert_eq!(page.run("return document.documentElement.lang;", &[])?, json!("ko"));
        page.see(&hook("node-node1"), "준비됨")?;
        type_line(page, "kubectl get nodes")?;
        page.see(&hook("terminal-log"), "STATUS")?;
        click(page, "language")?;
        page.see(&hook("apply"), "Apply")?;
        page.reload()?;
        page.see(&hook("apply"), "Apply")
    })
}

#[test]
fn a_phone_shows_everything_in_tabs() -> Result<()> {
    let options = Options { theme: Theme::Dark, motion: Motion::Reduced, ..Options::phone() };
    story_with("a_phone_shows_everything_in_tabs", &options, "", |page| {
        all_ready(page, 3)?;
        let width = page.run("return document.documentElement.scrollWidth - innerWidth;", &[])?;
        assert!(width.as_i64().is_some_and(|over| over <= 0), "nothing is wider than the screen: {width}");
        assert!(page.find(&hook("timebar"))?.is_displayed()?);
        click(page, "tab-narrow-files")?;
        page.until("the editor", |page| page.find(&hook("editor"))?.is_displayed())?;
        assert!(!page.find(&hook("line"))?.is_displayed()?);
        click(page, "tab-narrow-events")?;
        page.see(&hook("events"), "SuccessfulCreate")?;
        click(page, "tab-narrow-terminal")?;
        page.until("the line", |page| page.find(&hook("line"))?.is_displayed())?;
        click(page, "more-kubia")?;
        all_ready(page, 4)
    })
}

#[test]
fn the_table_says_what_the_picture_shows() -> Result<()> {
    story("the_table_says_what_the_picture_shows", |page| {
        all_ready(page, 3)?;
        let names = pods(page)?;
        click(page, "table")?;
        for name in &names {
            page.see(&hook("pod-table"), name)?;
        }
        page.find(&hook("filter"))?.type_keys("node2")?;
        page.until("one row", |page| Ok(page.count(&format!("{} tbody tr", hook("pod-table")))? == 1))?;
        page.click(&format!("{} tbody button", hook("pod-table")))?;
        page.see(&hook("inspector"), "node2")?;
        click(page, "table")?;
        all_ready(page, 3)
    })
}

#[test]
fn many_pods_are_drawn_on_a_canvas_and_can_still_be_had() -> Result<()> {
    let mut scenario = Scenario::example();
    scenario.base.nodes = (1..=20).map(|n| format!("node{n}")).collect();
    let mut native = Simulator::new(&scenario);
    native.apply(Command::Line("kubectl scale rc kubia --replicas=1500".to_owned()));
    native.catch_up(native.now() + SimDuration::from_seconds(60));
    let place = format!("#{}", native.link());
    story_with("many_pods_are_drawn_on_a_canvas", &Options::default(), &place, |page| {
        page.until("all pods", |page| Ok(attribute(page, "canvas", "data-pods")? == "1500"))?;
        assert!(states(page)?.is_empty());
        let drawn = "const canvas = document.querySelector('canvas');
            const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            let count = 0; for (let n = 3; n < data.length; n += 4) count += data[n] > 0; return count / data.length * 4;";
        page.until("pods in ink", |page| Ok(page.run(drawn, &[])?.as_f64().is_some_and(|part| part > 0.05)))?;
        click(page, "table")?;
        page.find(&hook("filter"))?.type_keys("node7")?;
        page.until("the pods of a node", |page| {
            let rows = page.count(&format!("{} tbody tr", hook("pod-table")))?;
            Ok(rows > 30 && rows < 300)
        })?;
        speed(page, 2)?;
        type_line(page, "kubectl scale rc kubia --replicas=3")?;
        click(page, "table")?;
        click(page, "play")?;
        all_ready(page, 3)
    })
}

#[test]
fn each_key_of_the_sheet_does_what_the_sheet_says() -> Result<()> {
    story("each_key_of_the_sheet", |page| {
        all_ready(page, 3)?;
        let free = |page: &Session| page.run("document.activeElement?.blur();", &[]).map(drop);
        let focused = |page: &Session, wanted: &str| -> Result<bool> {
            Ok(page.run("return document.activeElement?.dataset.testid ?? '';", &[])?.as_str() == Some(wanted))
        };
        page.keys("?")?;
        for part in ["Ctrl K", "Space", "Ctrl Z", "Ctrl Enter", "Esc", "Home"] {
            page.see(&hook("keys"), part)?;
        }
        page.keys("?")?;
        page.until("the sheet closed", |page| Ok(page.count(&hook("keys"))? == 0))?;
        free(page)?;
        page.keys("l")?;
        page.until("the labs", |page| Ok(page.count(&hook("lab-menu"))? == 1))?;
        press(page, keys::ESCAPE)?;
        page.until("the labs closed", |page| Ok(page.count(&hook("lab-menu"))? == 0))?;
        free(page)?;
        page.keys("f")?;
        page.until("the lens", |page| focused(page, "lens"))?;
        free(page)?;
        page.keys("e")?;
        page.until("the editor", |page| page.run("return !!document.activeElement?.closest('.files');", &[]).map(|is| is == json!(true)))?;
        free(page)?;
        page.keys("]")?;
        page.see(&hook("speed-label"), "×10")?;
        page.keys("[")?;
        page.see(&hook("speed-label"), "×1")?;
        page.keys("j")?;
        page.until("the clock to stand", |page| Ok(attribute(page, "play", "data-playing")? == "false"))?;
        page.run("document.querySelector('.pod').focus();", &[])?;
        press(page, keys::ENTER)?;
        page.find(&hook("menu"))?;
        press(page, keys::ESCAPE)?;
        page.run("document.querySelector('.pod').focus();", &[])?;
        page.keys("i")?;
        page.until("the inspector", |page| page.find(".inspector h2")?.text().map(|text| text.starts_with("kubia")))?;
        press(page, keys::ESCAPE)?;
        page.until("the inspector closed", |page| Ok(!page.find(".inspector")?.is_displayed()?))
    })
}

#[test]
fn a_large_screen_is_used() -> Result<()> {
    let options = Options { size: (3840, 2160), ..Options::default() };
    story_with("a_large_screen_is_used", &options, "", |page| {
        all_ready(page, 3)?;
        let inside = "return [document.documentElement.scrollWidth <= innerWidth, document.documentElement.scrollHeight <= innerHeight,
            document.querySelector('[data-testid=stage]').getBoundingClientRect().width > innerWidth / 2,
            document.querySelector('.pod .mark').getBoundingClientRect().width >= 108,
            parseFloat(getComputedStyle(document.body).fontSize) >= 18];";
        page.until("everything as large as the screen", |page| Ok(page.run(inside, &[])? == json!([true, true, true, true, true])))?;
        // What is above 100 % there is still the right place for a click.
        click(page, &format!("pod-{}", pods(page)?[2]))?;
        let beside = "const [menu, pod] = ['menu', arguments[0]].map(name => document.querySelector(`[data-testid=${name}]`).getBoundingClientRect()); return Math.abs(menu.left - pod.right) < 40 || Math.abs(menu.right - pod.left) < 40;";
        assert_eq!(page.run(beside, &[json!(format!("pod-{}", pods(page)?[2]))])?, json!(true));
        Ok(())
    })
}

#[test]
fn sheets_stay_on_a_phone_s_screen() -> Result<()> {
    story_with("sheets_stay_on_a_phone_s_screen", &Options::phone(), "", |page| {
        all_ready(page, 3)?;
        let within = "const place = document.querySelector(arguments[0]).getBoundingClientRect();
            return place.left >= 0 && place.right <= innerWidth && place.top >= 0;";
        for (opener, sheet) in [("share", "share-popover"), ("labs", "lab-menu"), ("palette-open", "palette")] {
            click(page, opener)?;
            page.find(&hook(sheet))?;
            assert_eq!(page.run(within, &[json!(hook(sheet))])?, json!(true), "{sheet}");
            press(page, keys::ESCAPE)?;
            page.until("it to close", |page| Ok(page.count(&hook(sheet))? == 0))?;
        }
        let over = page.run("return document.documentElement.scrollWidth - innerWidth;", &[])?;
        assert!(over.as_i64().is_some_and(|over| over <= 0), "{over}");
        Ok(())
    })
}

#[test]
fn a_button_goes_through_the_colours_and_they_stay() -> Result<()> {
    story("a_button_goes_through_the_colours", |page| {
        all_ready(page, 3)?;
        let look = |page: &Session| -> Result<(String, String, String)> {
            let theme = page.run("return document.documentElement.dataset.theme;", &[])?.as_str().unwrap_or_default().to_owned();
            let body = page.find("body")?;
            Ok((theme, body.css("background-color")?, body.css("font-size")?))
        };
        let first = look(page)?;
        let mut seen = vec![first.clone()];
        for _ in 0..5 {
            click(page, "theme")?;
            let last = seen[seen.len() - 1].0.clone();
            page.until("other colours", |page| Ok(look(page)?.0 != last))?;
            seen.push(look(page)?);
            if seen.last() == Some(&first) {
                break;
            }
        }
        let of = |theme: &str| seen.iter().find(|(name, ..)| name == theme).cloned().unwrap_or_default();
        let (light, dark, projector) = (of("light"), of("dark"), of("projector"));
        assert!(light.1 != dark.1 && dark.1 != projector.1 && !dark.1.is_empty(), "{seen:?}");
        assert!(projector.2 == "16px" && light.2 == "13px" && dark.2 == "13px", "{seen:?}");
        while look(page)?.0 != "dark" {
            click(page, "theme")?;
        }
        page.reload()?;
        page.until("the dark after a reload", |page| Ok(look(page)? == dark))
    })
}

#[test]
fn keys_of_the_terminal_and_of_the_marked_do_what_the_sheet_says() -> Result<()> {
    story("keys_of_the_terminal", |page| {
        all_ready(page, 3)?;
        let value = |page: &Session| -> Result<String> { Ok(page.find(&hook("line"))?.property("value")?.as_str().unwrap_or_default().to_owned()) };
        type_line(page, "kubectl get rc")?;
        type_line(page, "kubectl get nodes")?;
        let line = page.find(&hook("line"))?;
        line.type_keys(&format!("{}{}", keys::UP, keys::UP))?;
        page.until("the line before the last", |page| Ok(value(page)? == "kubectl get rc"))?;
        line.type_keys(&keys::DOWN.to_string())?;
        page.until("the last line", |page| Ok(value(page)? == "kubectl get nodes"))?;
        line.type_keys(&format!("{}l{}", keys::CONTROL, keys::NO_MODIFIER))?;
        page.until("an empty terminal", |page| Ok(page.count(&format!("{} .entry", hook("terminal-log")))? == 0))?;
        line.clear()?;
        type_line(page, "kubectl get pods --watch")?;
        page.find(&hook("interrupt"))?;
        page.find(&hook("line"))?.type_keys(&format!("{}c{}", keys::CONTROL, keys::NO_MODIFIER))?;
        page.until("the line to be broken off", |page| Ok(page.count(&hook("interrupt"))? == 0))?;
        page.run("document.querySelector('.pod').focus();", &[])?;
        page.keys("m")?;
        page.find(&hook("menu"))?;
        press(page, keys::ESCAPE)?;
        page.until("the menu closed", |page| Ok(page.count(&hook("menu"))? == 0))
    })
}

#[test]
fn the_licences_of_what_the_page_is_made_of_are_told() -> Result<()> {
    story("the_licences", |page| {
        all_ready(page, 3)?;
        page.keys("?")?;
        let address = attribute(page, "licences", "href")?;
        let told = page.run_async("const answer = await fetch(arguments[0]); return answer.ok ? await answer.text() : '';", &[json!(address)])?;
        let told = told.as_str().unwrap_or_default();
        for package in ["yew", "wasm-bindgen", "serde_json", "serde_yaml", "qrcodegen", "miniz_oxide"] {
            let rest = told.split_once(&format!("<h2>{package} ")).map(|(_, rest)| rest.split("<h2>").next().unwrap_or_default()).unwrap_or_default();
            assert!(rest.contains("Permission is hereby granted"), "{package}: {rest}");
        }
        assert!(!told.contains("<h2>syn "), "what only runs while the page is built is no part of it");
        // What it leads to besides is there as well.
        let there = "const found = await Promise.all(['NOTICE', 'Apache-2.0.txt'].map(name => fetch(name))); return found.every(answer => answer.ok);";
        assert_eq!(page.run_async(there, &[])?, json!(true));
        Ok(())
    })
}
