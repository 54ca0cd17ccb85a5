//! The picture as a map: scale, moving about, the small picture, levels of detail, and nodes in sight in any window.

mod cluster;

use cluster::{all_ready, attribute, click, hook, pods, press, speed};
use podscape::simulator::{Command, Scenario, SimDuration, Simulator};
use podscape_browser_tests::{Options, Result, Session, keys, story, story_with};
use serde_json::{Value, json};

/// How far the picture is scrolled: left, top.
fn scroll(page: &Session) -> Result<(i64, i64)> {
    let at = page.run("const s = document.querySelector('.scroller'); return [Math.round(s.scrollLeft), Math.round(s.scrollTop)];", &[])?;
    Ok((at[0].as_i64().unwrap_or_default(), at[1].as_i64().unwrap_or_default()))
}

fn percent(page: &Session) -> Result<u64> {
    Ok(attribute(page, "zoom-fit", "data-percent")?.parse().unwrap_or_default())
}

fn width(page: &Session, name: &str) -> Result<f64> {
    let width = page.run("return document.querySelector(arguments[0])?.getBoundingClientRect().width;", &[json!(hook(name))])?;
    Ok(width.as_f64().unwrap_or_default())
}

/// The link of a cluster with so many nodes and pods.
fn crowd(nodes: u32, pods: u32) -> String {
    let mut scenario = Scenario::example();
    scenario.base.nodes = (1..=nodes).map(|n| format!("node{n}")).collect();
    let mut native = Simulator::new(&scenario);
    native.apply(Command::Line(format!("kubectl scale rc kubia --replicas={pods}")));
    native.catch_up(native.now() + SimDuration::from_seconds(120));
    format!("#{}", native.link())
}

fn touch(page: &Session, kind: &str, points: &[(i64, i64)]) -> Result<Value> {
    let points: Vec<Value> = points.iter().enumerate().map(|(id, (x, y))| json!({ "x": x, "y": y, "id": id })).collect();
    page.devtools("Input.dispatchTouchEvent", &json!({ "type": kind, "touchPoints": points }))
}

fn mouse(page: &Session, kind: &str, (x, y): (i64, i64), more: &Value) -> Result<Value> {
    let mut event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
    if let (Some(event), Some(more)) = (event.as_object_mut(), more.as_object()) {
        event.extend(more.clone());
    }
    page.devtools("Input.dispatchMouseEvent", &event)
}

fn middle(page: &Session) -> Result<(i64, i64)> {
    let [x, y, w, h] = page.find(&hook("scroller"))?.area()?;
    Ok(((x + w / 2.0) as i64, (y + h / 2.0) as i64))
}

#[test]
fn keys_and_the_wheel_zoom_and_zero_shows_all() -> Result<()> {
    story("keys_and_the_wheel_zoom_and_zero_shows_all", |page| {
        all_ready(page, 3)?;
        let before = width(page, "node-node1")?;
        assert_eq!(page.count(&hook("minimap"))?, 0, "all is in sight");
        for _ in 0..3 {
            page.keys("=")?;
        }
        page.until("three steps", |page| Ok(percent(page)? == 195))?;
        page.until("a larger node", |page| Ok((width(page, "node-node1")? / before - 1.95).abs() < 0.08))?;
        page.find(&hook("minimap"))?;
        page.keys("-")?;
        page.until("a step back", |page| Ok(percent(page)? == 156))?;
        page.keys("0")?;
        page.until("all", |page| Ok(percent(page)? == 100 && page.count(&hook("minimap"))? == 0))?;
        let at = middle(page)?;
        mouse(page, "mouseWheel", at, &json!({ "deltaX": 0, "deltaY": -100, "modifiers": 2 }))?;
        page.until("a turn of the wheel", |page| Ok(percent(page)? == 125))?;
        assert_eq!(page.run("return visualViewport.scale", &[])?, json!(1), "the page itself stays");
        Ok(())
    })
}

#[test]
fn the_picture_is_moved_by_drag_wheel_arrows_and_the_small_picture() -> Result<()> {
    story("the_picture_is_moved", |page| {
        all_ready(page, 3)?;
        for _ in 0..4 {
            page.keys("=")?;
        }
        page.until("four steps", |page| Ok(percent(page)? == 244))?;
        page.until("the middle", |page| Ok(scroll(page)?.0 > 100))?;
        let (start, (x, y)) = (scroll(page)?, middle(page)?);
        mouse(page, "mousePressed", (x, y), &json!({ "buttons": 1 }))?;
        mouse(page, "mouseMoved", (x - 30, y - 20), &json!({ "buttons": 1 }))?;
        mouse(page, "mouseMoved", (x - 60, y - 40), &json!({ "buttons": 1 }))?;
        mouse(page, "mouseReleased", (x - 60, y - 40), &json!({}))?;
        page.until("a drag", |page| Ok(scroll(page)? == (start.0 + 60, start.1 + 40)))?;
        assert_eq!(page.count(&hook("menu"))?, 0, "a drag is no click");
        mouse(page, "mouseWheel", (x, y), &json!({ "deltaX": 0, "deltaY": 50 }))?;
        page.until("the wheel", |page| Ok(scroll(page)?.1 == start.1 + 90))?;
        page.find(&format!("{} .room-name", hook("node-node2")))?;
        page.run("document.querySelector('[data-testid=node-node2] .room-name').focus()", &[])?;
        let before = scroll(page)?;
        page.keys(&format!("{}{}{}", keys::SHIFT, keys::RIGHT, keys::SHIFT))?;
        page.until("an arrow", |page| Ok(scroll(page)?.0 == before.0 + 120))?;
        let [left, top, w, h] = page.find(&hook("minimap"))?.area()?;
        mouse(page, "mousePressed", ((left + w - 4.0) as i64, (top + h - 4.0) as i64), &json!({ "buttons": 1 }))?;
        mouse(page, "mouseReleased", ((left + w - 4.0) as i64, (top + h - 4.0) as i64), &json!({}))?;
        let end = "const s = document.querySelector('.scroller'); return s.scrollLeft + s.clientWidth > s.scrollWidth - 2;";
        page.until("the far corner", |page| Ok(page.run(end, &[])? == json!(true)))
    })
}

#[test]
fn two_fingers_zoom() -> Result<()> {
    story_with("two_fingers_zoom", &Options::phone(), "", |page| {
        all_ready(page, 3)?;
        page.devtools("Emulation.setTouchEmulationEnabled", &json!({ "enabled": true, "maxTouchPoints": 2 }))?;
        let (x, y) = middle(page)?;
        touch(page, "touchStart", &[(x - 40, y), (x + 40, y)])?;
        touch(page, "touchMove", &[(x - 60, y), (x + 60, y)])?;
        touch(page, "touchMove", &[(x - 80, y), (x + 80, y)])?;
        touch(page, "touchEnd", &[])?;
        page.until("twice as large", |page| Ok(percent(page)? == 200))?;
        assert_eq!(page.run("return visualViewport.scale", &[])?, json!(1), "the page itself stays");
        Ok(())
    })
}

#[test]
fn many_controllers_leave_the_nodes_in_sight() -> Result<()> {
    for size in [(1024, 768), (390, 844)] {
        let options = Options { size, ..Options::default() };
        story_with(&format!("many_controllers_leave_the_nodes_in_sight_{}", size.0), &options, "?lab=ingress", |page| {
            all_ready(page, 3)?;
            for name in pods(page)? {
                let seen = "const pod = document.querySelector(arguments[0]).getBoundingClientRect();
                    const s = document.querySelector('.scroller').getBoundingClientRect(); return pod.bottom <= s.bottom + 1;";
                let pod = json!(hook(&format!("pod-{name}")));
                page.until("a pod in sight", |page| Ok(page.run(seen, std::slice::from_ref(&pod))? == json!(true)))?;
            }
            let over = page.run("return document.documentElement.scrollWidth - innerWidth;", &[])?;
            assert!(over.as_i64().is_some_and(|over| over <= 0), "nothing is wider than the window: {over}");
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn a_crowd_is_points_that_grow_into_tiles_and_keys_reach_each() -> Result<()> {
    story_with("a_crowd_is_points_that_grow_into_tiles", &Options::default(), &crowd(60, 3_000), |page| {
        page.until("all pods", |page| Ok(attribute(page, "canvas", "data-pods")? == "3000"))?;
        let name = |page: &Session| attribute(page, "cursor", "data-name");
        page.run("document.querySelector('[data-testid=cursor]').focus()", &[])?;
        let first = name(page)?;
        press(page, keys::RIGHT)?;
        page.until("the next pod", |page| Ok(name(page)? != first))?;
        let second = name(page)?;
        press(page, keys::ENTER)?;
        page.see(&hook("menu"), &second)?;
        press(page, keys::ESCAPE)?;
        let before = width(page, "canvas")?;
        for _ in 0..12 {
            page.keys("=")?;
        }
        page.until("the largest", |page| Ok(percent(page)? > 1_400))?;
        assert!(width(page, "canvas")? <= before, "the canvas is as large as the window, not as the ground");
        page.find(&hook("minimap"))?;
        page.until("a tile", |page| Ok(width(page, "cursor")? > 50.0))?;
        let colours = "const canvas = document.querySelector('canvas');
            const data = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
            return new Set(data).size;";
        page.until("stamps and names", |page| Ok(page.run(colours, &[])?.as_u64().is_some_and(|count| count > 30)))?;
        click(page, "zoom-fit")?;
        page.until("all again", |page| Ok(percent(page)? == 100))
    })
}

#[test]
fn the_small_picture_of_a_crowd_stands_beside_the_nodes() -> Result<()> {
    for size in [(1280, 800), (1024, 768)] {
        let options = Options { size, ..Options::default() };
        story_with(&format!("the_small_picture_of_a_crowd_{}", size.0), &options, &crowd(24, 1_500), |page| {
            page.until("all pods", |page| Ok(attribute(page, "canvas", "data-pods")? == "1500"))?;
            page.until("the small picture", |page| Ok(page.count(&hook("minimap"))? == 1))?;
            let under = "const at = document.querySelector('.minimap').getBoundingClientRect();
                return [...document.querySelectorAll('.room, .plane')].filter(part => { const r = part.getBoundingClientRect();
                    return r.left < at.right && at.left < r.right && r.top < at.bottom && at.top < r.bottom; }).map(part => part.dataset.testid);";
            let end = "const s = document.querySelector('.scroller'); s.scrollTop = arguments[0] ? s.scrollHeight : 0; return s.scrollHeight > s.clientHeight;";
            for far in [false, true] {
                assert_eq!(page.run(end, &[json!(far)])?, json!(true), "more than is in sight");
                page.until("nothing under it", |page| Ok(page.run(under, &[])? == json!([])))?;
            }
            click(page, "zoom-fit")?;
            page.until("all in sight without it", |page| Ok(page.count(&hook("minimap"))? == 0))
        })?;
    }
    Ok(())
}

#[test]
fn a_node_is_cut_off_and_mended_by_its_menu() -> Result<()> {
    story("a_node_is_cut_off_and_mended", |page| {
        all_ready(page, 3)?;
        page.find(&format!("{} .room-name", hook("node-node2")))?.click()?;
        click(page, "menu-cut")?;
        click(page, "menu-to-control-plane")?;
        page.until("the line", |page| Ok(page.count(".faults .cut")? == 1 && page.count(".fault.cut")? == 1))?;
        page.see(&hook("terminal-log"), "fault node/node2 control-plane --partition")?;
        page.see(&hook("node-node2"), "cut off")?;
        speed(page, 3)?;
        page.until("a silent node", |page| Ok(attribute(page, "node-node2", "data-word")? == "NotReady"))?;
        speed(page, 1)?;
        page.find(".fault.cut")?.click()?;
        page.until("no line", |page| Ok(page.count(".fault")? == 0))?;
        page.see(&hook("terminal-log"), "fault node/node2 control-plane --none")?;
        speed(page, 2)?;
        page.until("a node that answers", |page| Ok(attribute(page, "node-node2", "data-word")? == "Ready"))
    })
}

#[test]
fn a_name_dragged_to_another_node_slows_what_is_between() -> Result<()> {
    story("a_name_dragged_to_another_node", |page| {
        all_ready(page, 3)?;
        let drag = "const from = document.querySelector('[data-testid=node-node1] .room-name'), to = document.querySelector('[data-testid=node-node3]');
            const data = new DataTransfer(), send = (on, kind) => on.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
            send(from, 'dragstart'); const open = !send(to, 'dragover'); send(to, 'drop'); return open;";
        assert_eq!(page.run(drag, &[])?, json!(true), "a node may be dropped there");
        page.see(&hook("menu"), "fault node/node1 node/node3 --latency 500")?;
        click(page, "menu-slow")?;
        page.see(".fault.slow", "+500 ms")?;
        page.find(&format!("{} .room-name", hook("node-node1")))?.click()?;
        click(page, "menu-lose")?;
        click(page, "menu-to-all")?;
        page.see(".fault.leaky", "30 % lost")?;
        page.find(&format!("{} .room-name", hook("node-node1")))?.click()?;
        click(page, "menu-mend")?;
        page.until("nothing broken", |page| Ok(page.count(".fault")? == 0))
    })
}

#[test]
fn a_controller_under_the_pointer_is_tied_to_its_pods() -> Result<()> {
    story("a_controller_is_tied_to_its_pods", |page| {
        all_ready(page, 3)?;
        assert_eq!(page.count(".wires .wire")?, 0);
        page.run("document.querySelector('[data-testid=rc-kubia] .card-body').focus()", &[])?;
        page.until("a line to each", |page| Ok(page.count(".wires .wire.owner")? == 3 && page.count(".pod.lit")? == 3))?;
        page.run("document.activeElement.blur()", &[])?;
        page.until("no lines", |page| Ok(page.count(".wires .wire")? == 0))
    })
}

#[test]
fn probes_tick_on_their_pods_with_their_kind() -> Result<()> {
    story_with("probes_tick_on_their_pods", &Options::default(), "?lab=liveness", |page| {
        let attempts = |page: &Session| -> Result<u64> {
            let found = page.run("return document.querySelector('.pod .tick.liveness')?.dataset.attempts ?? '0';", &[])?;
            Ok(found.as_str().and_then(|text| text.parse().ok()).unwrap_or_default())
        };
        page.until("a pod", |page| Ok(!pods(page)?.is_empty()))?;
        speed(page, 2)?;
        page.until("a probe", |page| Ok(attempts(page)? > 0))?;
        let before = attempts(page)?;
        page.until("another try", |page| Ok(attempts(page)? > before))?;
        page.until("a failure", |page| Ok(page.count(".pod .tick.liveness.failed")? > 0))
    })
}

/// Whether two things on the page lie over one another.
fn meet(page: &Session, one: &str, other: &str) -> Result<bool> {
    let script = "const [a, b] = [arguments[0], arguments[1]].map(selector => document.querySelector(selector).getBoundingClientRect());
        return a.width > 0 && b.width > 0 && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;";
    Ok(page.run(script, &[json!(one), json!(other)])? == json!(true))
}

#[test]
fn what_is_said_once_lies_over_no_button_of_the_head() -> Result<()> {
    for size in [(1024, 768), (390, 844), (320, 568)] {
        let options = Options { size, ..Options::default() };
        story_with(&format!("what_is_said_once_{}", size.0), &options, "?lab=selector", |page| {
            page.until("the notice", |page| Ok(page.count(&hook("notice"))? == 1))?;
            assert!(!meet(page, &hook("notice"), &hook("undo"))?, "{}: undo", size.0);
            assert!(!meet(page, &hook("notice"), &hook("stage"))?, "{}: the cluster", size.0);
            let inside = "const at = document.querySelector('[data-testid=notice]').getBoundingClientRect(); return at.left >= 0 && at.right <= innerWidth && at.bottom <= innerHeight;";
            assert_eq!(page.run(inside, &[])?, json!(true), "{}: in the window", size.0);
            // The lab's first command is there to its end.
            let whole = "const code = document.querySelector('[data-testid=guide-line] code'); return code.scrollWidth <= code.clientWidth + 1 || getComputedStyle(code).display === 'inline';";
            assert_eq!(page.run(whole, &[])?, json!(true), "{}: the command", size.0);
            let cut = "const style = getComputedStyle(document.querySelector('[data-testid=guide-line] code')); return style.whiteSpace;";
            assert_eq!(page.run(cut, &[])?, json!("normal"), "{}: the command has as many lines as it needs", size.0);
            Ok(())
        })?;
    }
    Ok(())
}

#[test]
fn the_scale_covers_no_node_of_a_telephone() -> Result<()> {
    story_with("the_scale_covers_no_node", &Options::phone(), "?lab=ingress", |page| {
        all_ready(page, 3)?;
        let larger = "const s = document.querySelector('.scroller'); return s.scrollHeight > s.clientHeight + 1;";
        page.until("more than the window shows", |page| Ok(page.run(larger, &[])? == json!(true)))?;
        let shown = |page: &Session| page.run("return document.querySelector('.zoom').getBoundingClientRect().width > 0;", &[]);
        assert_eq!(shown(page)?, json!(false), "nothing to go back to");
        page.run("document.querySelector('[data-testid=zoom-in]').click();", &[])?;
        page.until("a way back to all", |page| Ok(shown(page)? == json!(true)))
    })
}

#[test]
fn a_projector_shows_the_whole_picture_larger() -> Result<()> {
    let options = Options { size: (1440, 900), ..Options::default() };
    story_with("a_projector_shows_the_whole_picture_larger", &options, "", |page| {
        all_ready(page, 3)?;
        let side = |page: &Session| -> Result<f64> {
            let width = page.run("return document.querySelector('.room .switch.power').getBoundingClientRect().width;", &[])?;
            Ok(width.as_f64().unwrap_or_default())
        };
        let before = side(page)?;
        page.until("the colours of a projector", |page| {
            let there = page.run("return document.documentElement.dataset.theme;", &[])? == json!("projector");
            if !there {
                click(page, "theme")?;
            }
            Ok(there)
        })?;
        page.until("all of it larger", |page| Ok((side(page)? / before - 1.3).abs() < 0.02))?;
        assert_eq!(percent(page)?, 100, "that is its whole scale");
        let all = "const s = document.querySelector('.scroller'); return s.scrollHeight <= s.clientHeight + 1 && s.scrollWidth <= s.clientWidth + 1;";
        page.until("all in sight", |page| Ok(page.run(all, &[])? == json!(true)))?;
        click(page, "theme")?;
        page.until("as before", |page| Ok((side(page)? / before - 1.0).abs() < 0.02))
    })
}

#[test]
fn a_crash_loop_opens_on_the_wait_before_the_next_try() -> Result<()> {
    story_with("a_crash_loop_opens_on_the_wait", &Options::default(), "?lab=crash-loop", |page| {
        page.until("the clock's hand", |page| Ok(attribute(page, "pod-crash", "data-state")? == "back-off"))
    })
}
