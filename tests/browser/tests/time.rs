//! The clock and the history, in a real browser.

mod cluster;

use cluster::{all_ready, attribute, click, clock, hook, play, plays, pods, slide, speed, states};
use podscape_browser_tests::{Options, Result, keys, story, story_with};

const SECOND: u64 = 1_000_000;

#[test]
fn space_stops_and_starts_the_clock() -> Result<()> {
    story("space_stops_and_starts_the_clock", |page| {
        all_ready(page, 3)?;
        page.keys(" ")?;
        page.until("a stop", |page| Ok(!plays(page)?))?;
        let stopped = clock(page)?;
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert_eq!(clock(page)?, stopped);
        page.keys(" ")?;
        page.until("the clock to go on", |page| Ok(clock(page)? > stopped))
    })
}

#[test]
fn point_and_comma_go_from_event_to_event_and_back() -> Result<()> {
    story("point_and_comma_go_from_event_to_event_and_back", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        click(page, "more-kubia")?;
        let mut moments = vec![clock(page)?];
        for _ in 0..4 {
            page.keys(".")?;
            let last = moments[moments.len() - 1];
            page.until("a step", |page| Ok(clock(page)? > last))?;
            moments.push(clock(page)?);
        }
        for moment in moments[1..4].iter().rev() {
            page.keys(",")?;
            page.until("a step back", |page| Ok(clock(page)? == *moment))?;
        }
        assert!(!plays(page)?);
        Ok(())
    })
}

/// From now on each repaint is told to be 40 ms after the one before, however long it took; the page's own clock sees nothing else.
const EVEN_FRAMES: &str = "const real = window.requestAnimationFrame.bind(window);
    let at = performance.now();
    window.frames_told = 0;
    window.requestAnimationFrame = call => real(() => { at += 40; window.frames_told += 1; call(at); });";

#[test]
fn the_speed_goes_from_a_tenth_to_an_hour_in_a_second() -> Result<()> {
    story("the_speed_goes_from_a_tenth", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        page.run(EVEN_FRAMES, &[])?;
        let told = |page: &podscape_browser_tests::Session| Ok::<_, podscape_browser_tests::Problem>(page.run("return window.frames_told;", &[])?.as_u64().unwrap_or_default());
        // How far the cluster's clock goes in so many frames of 40 ms.
        let measured = |detent: u64| -> Result<(u64, u64)> {
            speed(page, detent)?;
            let (from, before) = (clock(page)?, told(page)?);
            play(page, true)?;
            page.until("thirty frames", |page| Ok(told(page)? >= before + 30))?;
            play(page, false)?;
            Ok((clock(page)? - from, told(page)? - before))
        };
        for (detent, label, factor) in [(0, "×0.1", 4_000), (1, "×1", 40_000), (2, "×10", 400_000)] {
            let (went, frames) = measured(detent)?;
            page.see(&hook("speed-label"), label)?;
            // The first frame after a stop has no frame before it, and one may be told after the stop.
            assert!((frames - 2) * factor <= went && went <= frames * factor, "{label}: {went} µs in {frames} frames");
        }
        // So fast that a frame need not reach all it should, but it comes far.
        let mut before = 0;
        for (detent, label) in [(3, "×100"), (4, "×1000"), (9, "×3600")] {
            let (went, frames) = measured(detent)?;
            page.see(&hook("speed-label"), label)?;
            assert!(went / frames > before, "{label}: {went} µs in {frames} frames");
            before = went / frames;
        }
        Ok(())
    })
}

#[test]
fn the_slider_goes_to_any_moment_and_the_clock_plays_on_from_there() -> Result<()> {
    story("the_slider_goes_to_any_moment_and_the_clock_plays_on_from_there", |page| {
        all_ready(page, 3)?;
        let names = pods(page)?;
        play(page, false)?;
        let end = clock(page)?;
        slide(page, "history", 0)?;
        page.until("the beginning", |page| Ok(clock(page)? == 0 && pods(page)?.is_empty()))?;
        play(page, true)?;
        speed(page, 2)?;
        page.until("the same pods again", |page| Ok(pods(page)? == names))?;
        page.until("more than was", |page| Ok(clock(page)? > end))?;
        all_ready(page, 3)?;
        let slider = page.find(&hook("history"))?;
        play(page, false)?;
        slider.type_keys(&keys::HOME.to_string())?;
        page.until("the beginning", |page| Ok(clock(page)? == 0))?;
        slider.type_keys(&format!("{}{}", keys::RIGHT, keys::RIGHT))?;
        page.until("two seconds later", |page| Ok(clock(page)? == 2 * SECOND))?;
        click(page, "to-end")?;
        page.until("the end", |page| Ok(clock(page)? > end))
    })
}

#[test]
fn acting_in_the_past_begins_a_branch_and_the_other_stays() -> Result<()> {
    story("acting_in_the_past_begins_a_branch_and_the_other_stays", |page| {
        all_ready(page, 3)?;
        speed(page, 2)?;
        click(page, "more-kubia")?;
        all_ready(page, 4)?;
        play(page, false)?;
        let (four, end) = (pods(page)?, clock(page)?);
        slide(page, "history", 8_000)?;
        page.until("the past", |page| Ok(clock(page)? == 8 * SECOND && pods(page)?.len() == 3))?;
        assert_eq!(page.count(&hook("branches"))?, 0);
        click(page, "power-node3")?;
        page.see(&hook("notice"), "branch")?;
        assert_eq!(page.count(&format!("{} option", hook("branches")))?, 2);
        play(page, true)?;
        speed(page, 4)?;
        page.until("a silent node", |page| Ok(attribute(page, "node-node3", "data-word")? == "NotReady"))?;
        assert!(states(page)?.iter().any(|(_, state)| state == "lost"));
        play(page, false)?;
        let script = "const list = document.querySelector('[data-testid=branches]');
            list.value = '0'; list.dispatchEvent(new Event('change', { bubbles: true }));";
        page.run(script, &[])?;
        page.until("the first branch", |page| Ok(clock(page)? == end && pods(page)? == four))?;
        assert_eq!(attribute(page, "node-node3", "data-powered")?, "true");
        Ok(())
    })
}

#[test]
fn marks_of_every_kind_are_reached_by_keys_and_by_a_press() -> Result<()> {
    story("marks_of_every_kind_are_reached", |page| {
        all_ready(page, 3)?;
        click(page, "more-kubia")?;
        all_ready(page, 4)?;
        play(page, false)?;
        page.until("a mark of scaling and one of the command", |page| Ok(page.count(".track .scaling")? == 1 && page.count(".track .flag")? >= 1))?;
        let title = page.run("return document.querySelector('.track .scaling').title;", &[])?;
        let title = title.as_str().unwrap_or_default();
        assert!(title.starts_with("+00:") && title.ends_with(" kubia 3 -> 4"), "{title}");
        let slider = page.find(&hook("history"))?;
        let end = clock(page)?;
        slider.type_keys(&keys::PAGE_UP.to_string())?;
        page.until("the mark before", |page| Ok(clock(page)? < end))?;
        let mark = clock(page)?;
        assert!(attribute(page, "history", "aria-valuetext")?.contains("kubia"), "the slider says what is marked");
        slider.type_keys(&keys::HOME.to_string())?;
        page.until("the beginning", |page| Ok(clock(page)? == 0))?;
        page.run("document.querySelector('.track .scaling').click()", &[])?;
        page.until("the mark again", |page| Ok(clock(page)? == mark))?;
        page.run("document.activeElement.blur()", &[])?;
        page.keys("<")?;
        page.until("a second before", |page| Ok(clock(page)? == mark - SECOND))?;
        page.keys(">")?;
        page.until("a second on", |page| Ok(clock(page)? == mark))
    })
}

#[test]
fn a_drag_along_the_track_shows_each_moment() -> Result<()> {
    story("a_drag_along_the_track", |page| {
        all_ready(page, 3)?;
        let [x, y, w, h] = page.find(&hook("history"))?.area()?;
        let mouse = |kind: &str, part: f64| {
            let event = serde_json::json!({ "type": kind, "x": x + 7.0 + (w - 14.0) * part, "y": y + h / 2.0, "button": "left", "buttons": 1, "clickCount": 1 });
            page.devtools("Input.dispatchMouseEvent", &event)
        };
        mouse("mousePressed", 0.05)?;
        page.until("the third second", |page| Ok((2 * SECOND..4 * SECOND).contains(&clock(page)?)))?;
        mouse("mouseMoved", 0.0)?;
        page.until("the beginning, while the button is held", |page| Ok(clock(page)? < SECOND && pods(page)?.is_empty()))?;
        mouse("mouseMoved", 0.1)?;
        page.until("the sixth second", |page| Ok((5 * SECOND..7 * SECOND).contains(&clock(page)?) && pods(page)?.len() == 3))?;
        let held = clock(page)?;
        mouse("mouseReleased", 0.1)?;
        page.until("the clock to go on from there", |page| Ok(clock(page)? > held))
    })
}

#[test]
fn the_speed_has_numbers_to_press_and_a_lab_begins_as_fast_as_life() -> Result<()> {
    story("the_speed_has_numbers_to_press", |page| {
        all_ready(page, 3)?;
        click(page, "detent-100")?;
        page.see(&hook("speed-label"), "×100")?;
        click(page, "labs")?;
        click(page, "lab-rc")?;
        page.see(&hook("guide"), "Three, always three")?;
        page.until("the speed of life", |page| Ok(page.find(&hook("speed-label"))?.text()? == "×1"))
    })
}

#[test]
fn restarts_and_failures_have_marks_of_their_own() -> Result<()> {
    podscape_browser_tests::story_with("restarts_and_failures", &podscape_browser_tests::Options::default(), "?lab=crash-loop", |page| {
        page.until("the pod", |page| Ok(pods(page)? == ["crash"]))?;
        cluster::pass(page, 20)?;
        page.until("marks of restarts and of failures", |page| Ok(page.count(".track .again")? >= 1 && page.count(".track .failure")? >= 1))?;
        let title = page.run("return document.querySelector('.track .again').title;", &[])?;
        assert!(title.as_str().is_some_and(|title| title.contains("crash")), "{title}");
        page.run("document.querySelector('.track .again').click()", &[])?;
        page.until("the moment of the restart", |page| Ok(page.count(".timebar.past")? == 1))
    })
}

#[test]
fn the_clock_does_not_leap_over_hours_unasked() -> Result<()> {
    story("the_clock_does_not_leap", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let before = clock(page)?;
        click(page, "jump")?;
        page.see(&hook("notice"), "Nothing is due for six hours")?;
        assert_eq!(clock(page)?, before, "the clock stays");
        let daily = "kind: CronJob\napiVersion: batch/v1\nmetadata: {name: hourly}\nspec: {schedule: '0 * * * *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: luksa/batch-job}]}}}}}";
        cluster::write_file(page, daily)?;
        click(page, "apply")?;
        page.see(&hook("terminal-log"), "cronjob.batch/hourly created")?;
        let before = clock(page)?;
        click(page, "jump")?;
        page.see(&hook("notice"), "cronjob/hourly")?;
        assert_eq!(clock(page)?, before, "from far away it is only told of");
        click(page, "jump-far")?;
        page.until("the hour", |page| Ok((3_540 * SECOND..3_680 * SECOND).contains(&clock(page)?)))
    })
}

#[test]
fn ten_minutes_are_turned_back_on_a_phone_and_played_again() -> Result<()> {
    let options = Options { language: "ko".to_owned(), ..Options::phone() };
    story_with("ten_minutes_are_turned_back", &options, "", |page| {
        all_ready(page, 3)?;
        speed(page, 4)?;
        page.until("a quarter of an hour", |page| Ok(clock(page)? > 900 * SECOND))?;
        play(page, false)?;
        let (end, there) = (clock(page)?, pods(page)?);
        let back = (end - 600 * SECOND) / 1_000_000 * 1_000;
        slide(page, "history", back)?;
        page.until("ten minutes ago", |page| Ok(clock(page)? == back * 1_000))?;
        page.see(".past-word", "과거")?;
        assert_eq!(pods(page)?, there);
        play(page, true)?;
        page.until("the end again, and on", |page| Ok(clock(page)? > end && page.count(".past-word")? == 0))?;
        play(page, false)?;
        assert_eq!((pods(page)?, page.count(".fork")?), (there, 0));
        Ok(())
    })
}
