//! The picture as a town: what stands where, how a pod comes to its node, what each state looks like, and the parts that can be switched off.

mod cluster;

use std::collections::BTreeMap;

use cluster::{all_ready, attribute, click, hook, in_state, pass, play, pods, speed, states, type_line, write_field, write_file};
use podscape::simulator::{Command, Scenario, SimDuration, Simulator};
use podscape_browser_tests::{Motion, Options, Result, Session, Theme, story, story_with};
use serde_json::json;

/// Left, top, right and bottom of what bears a hook.
fn edges(page: &Session, name: &str) -> Result<[f64; 4]> {
    let script = "const place = document.querySelector(arguments[0]).getBoundingClientRect(); return [place.left, place.top, place.right, place.bottom];";
    let found = page.run(script, &[json!(hook(name))])?;
    Ok([0, 1, 2, 3].map(|n| found[n].as_f64().unwrap_or_default()))
}

fn within(inner: [f64; 4], outer: [f64; 4]) -> bool {
    inner[0] >= outer[0] - 1.0 && inner[1] >= outer[1] - 1.0 && inner[2] <= outer[2] + 1.0 && inner[3] <= outer[3] + 1.0
}

#[test]
fn the_control_plane_is_above_and_the_outside_at_the_left() -> Result<()> {
    story_with("the_control_plane_is_above", &Options::default(), "?lab=loadbalancer", |page| {
        page.until("ready pods", |page| Ok(states(page)?.iter().any(|(_, state)| state == "ready")))?;
        page.until("the control plane above the API server", |page| {
            let rail = edges(page, "rail")?;
            Ok(edges(page, "kube-controller-manager")?[3] <= rail[1] && edges(page, "kube-scheduler")?[3] <= rail[1])
        })?;
        page.until("the outside left of the service", |page| Ok(edges(page, "outside")?[2] <= edges(page, "svc-kubia-loadbalancer")?[0]))?;
        for (pod, node) in cluster::places(page)? {
            page.until("a pod in its node's room, below all that", |page| {
                let (pod, room) = (edges(page, &format!("pod-{pod}"))?, edges(page, &format!("node-{node}"))?);
                Ok(within(pod, room) && edges(page, "rail")?[3] <= room[1] && edges(page, "svc-kubia-loadbalancer")?[3] <= room[1])
            })?;
        }
        // A request comes from there, by the load balancer.
        click(page, "tab-terminal")?;
        type_line(page, "kubectl get service kubia-loadbalancer -o jsonpath='{.status.loadBalancer.ingress[0].ip}'")?;
        let address = cluster::printed(page)?;
        type_line(page, &format!("request http://{} --from client", address.trim()))?;
        page.until("the packet at the left", |page| Ok(page.count(&hook("trip"))? == 1))?;
        click(page, "tab-traffic")?;
        page.see(&hook("hops"), "client")?;
        page.see(&hook("hops"), "load balancer")
    })
}

#[test]
fn the_scheduler_off_keeps_a_pod_in_its_tray() -> Result<()> {
    story("the_scheduler_off", |page| {
        all_ready(page, 3)?;
        let before = pods(page)?;
        click(page, "power-kube-scheduler")?;
        page.until("it to be off", |page| Ok(attribute(page, "kube-scheduler", "data-powered")? == "false"))?;
        click(page, "more-kubia")?;
        page.until("a fourth pod", |page| Ok(pods(page)?.len() == 4))?;
        let new = pods(page)?.into_iter().find(|name| !before.contains(name)).unwrap_or_default();
        let pod = format!("pod-{new}");
        page.until("it to lie in the tray", |page| Ok(within(edges(page, &pod)?, edges(page, "kube-scheduler")?)))?;
        pass(page, 60)?;
        in_state(page, &new, "pending")?;
        click(page, "power-kube-scheduler")?;
        play(page, true)?;
        in_state(page, &new, "ready")?;
        let node = format!("node-{}", attribute(page, &pod, "data-node")?);
        page.until("it to stand in its room", |page| Ok(within(edges(page, &pod)?, edges(page, &node)?)))
    })
}

#[test]
fn a_new_pod_sets_out_from_its_controller() -> Result<()> {
    story("a_new_pod_sets_out", |page| {
        all_ready(page, 3)?;
        play(page, false)?;
        let before = pods(page)?;
        click(page, "more-kubia")?;
        while pods(page)?.len() < 4 {
            click(page, "step")?;
        }
        let new = pods(page)?.into_iter().find(|name| !before.contains(name)).unwrap_or_default();
        // What its style names as the beginning of its way lies on the controller's card.
        let script = "const pod = document.querySelector(arguments[0]), ground = document.querySelector('.ground').getBoundingClientRect();
            const at = name => parseFloat(pod.style.getPropertyValue(name));
            const card = document.querySelector('[data-testid=rc-kubia]').getBoundingClientRect();
            const [x, y] = [at('--from-x') + ground.left, at('--from-y') + ground.top];
            return x >= card.left && x <= card.right && y >= card.top && y <= card.bottom && getComputedStyle(pod).transitionProperty.includes('transform');";
        assert_eq!(page.run(script, &[json!(hook(&format!("pod-{new}")))])?, json!(true));
        Ok(())
    })
}

#[test]
fn the_controller_manager_off_replaces_nothing() -> Result<()> {
    story("the_controller_manager_off", |page| {
        all_ready(page, 3)?;
        click(page, "power-kube-controller-manager")?;
        page.until("it to be off", |page| Ok(attribute(page, "kube-controller-manager", "data-powered")? == "false"))?;
        let pod = pods(page)?[0].clone();
        type_line(page, &format!("kubectl delete pod {pod} --now --wait=false"))?;
        pass(page, 60)?;
        assert_eq!(pods(page)?.len(), 2);
        click(page, "power-kube-controller-manager")?;
        play(page, true)?;
        all_ready(page, 3)
    })
}

/// How each state that is there now is drawn: its forms without their colours, its colours, and its words.
fn looks(page: &Session, seen: &mut BTreeMap<String, (String, String, String)>) -> Result<()> {
    let script = "return [...document.querySelectorAll('.pod:not(.gone)')].map(pod => {
        const parts = [...pod.querySelectorAll('.mark > *')].filter(part => !part.classList.contains('stamp'));
        const style = parts.map(part => getComputedStyle(part));
        const open = paint => paint === 'none' ? 'none' : paint.startsWith('url') ? 'hatch' : 'full';
        const form = parts.map((part, n) => [part.tagName, part.getAttribute('class'), open(style[n].fill), open(style[n].stroke), style[n].strokeDasharray, part.matches('.sign') ? part.getAttribute('d') : ''].join(' ')).join(', ');
        const name = pod.dataset.testid.slice(4);
        return [pod.dataset.state, form, style.map(style => style.fill + style.stroke).join(), pod.getAttribute('aria-label').split(name + ': ')[1].split(',')[0]];
    });";
    let found = page.run(script, &[])?;
    for row in found.as_array().into_iter().flatten() {
        let [state, form, colour, word] = [0, 1, 2, 3].map(|n| row[n].as_str().unwrap_or_default().to_owned());
        seen.entry(state).or_insert((form, colour, word));
    }
    Ok(())
}

#[test]
fn each_state_differs_in_form_and_word_not_only_in_colour() -> Result<()> {
    let pod = |name: &str, spec: &str| format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {spec}\n---\n");
    let files = [
        pod("good", "{nodeName: node1, containers: [{name: c, image: luksa/kubia}]}"),
        pod("nowhere", "{nodeSelector: {a: b}, containers: [{name: c, image: luksa/kubia}]}"),
        pod("unready", "{containers: [{name: c, image: luksa/kubia, readinessProbe: {exec: {command: [ls, /no]}}}]}"),
        pod("crash", "{containers: [{name: c, image: busybox, command: [sh, -c, exit 1]}]}"),
        pod("done", "{restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, exit 0]}]}"),
        pod("failed", "{restartPolicy: Never, containers: [{name: c, image: busybox, command: [sh, -c, exit 1]}]}"),
        pod("lost", "{nodeName: node3, containers: [{name: c, image: luksa/kubia}]}"),
        pod("going", "{nodeName: node1, containers: [{name: c, image: luksa/kubia}]}"),
    ];
    story("each_state_differs", |page| {
        click(page, "new")?;
        page.until("an empty cluster", |page| Ok(pods(page)?.is_empty()))?;
        play(page, false)?;
        write_file(page, &files.concat())?;
        click(page, "apply")?;
        let mut seen = BTreeMap::new();
        page.until("all pods", |page| Ok(pods(page)?.len() == 8))?;
        for _ in 0..60 {
            click(page, "step")?;
            looks(page, &mut seen)?;
            if seen.contains_key("starting") {
                break;
            }
        }
        pass(page, 15)?;
        click(page, "power-node3")?;
        pass(page, 60)?;
        type_line(page, "kubectl delete pod going --wait=false")?;
        page.until("one to go", |page| Ok(attribute(page, "pod-going", "data-state")? == "terminating"))?;
        looks(page, &mut seen)?;
        let states: Vec<&str> = seen.keys().map(String::as_str).collect();
        assert_eq!(states, ["back-off", "completed", "failed", "lost", "not-ready", "pending", "ready", "starting", "terminating"]);
        let different = |part: fn(&(String, String, String)) -> &String| seen.values().map(part).collect::<std::collections::BTreeSet<_>>().len();
        assert_eq!(different(|look| &look.0), states.len(), "forms: {seen:#?}");
        assert_eq!(different(|look| &look.2), states.len(), "words: {seen:#?}");
        assert!(different(|look| &look.1) >= 6, "colours: {seen:#?}");
        Ok(())
    })
}

#[test]
fn the_lens_lights_the_rows_of_the_table_and_a_crowd_on_the_canvas() -> Result<()> {
    story("the_lens_lights_a_crowd", |page| {
        all_ready(page, 3)?;
        let first = pods(page)?[0].clone();
        type_line(page, &format!("kubectl label pod {first} tier=front"))?;
        speed(page, 2)?;
        type_line(page, "kubectl scale rc kubia --replicas=150")?;
        page.until("a crowd", |page| Ok(page.count("canvas")? >= 1 && attribute(page, "canvas", "data-pods")? == "150"))?;
        page.until("all ready", |page| Ok(attribute(page, "rc-kubia", "data-ready")? == "150"))?;
        play(page, false)?;
        let ink = "const canvas = document.querySelector('[data-testid=canvas]'); const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            let sum = 0; for (let n = 3; n < data.length; n += 4) sum += data[n]; return sum;";
        let before = page.run(ink, &[])?.as_f64().unwrap_or_default();
        write_field(page, "lens", "tier=front")?;
        page.see(&hook("lit-count"), "1 of 150")?;
        page.until("the others to fade", |page| Ok(page.run(ink, &[])?.as_f64().is_some_and(|now| now > 0.0 && now < before * 0.6)))?;
        click(page, "table")?;
        page.until("one row of many", |page| Ok(page.count(".pod-table tr.lit")? == 1 && page.count(".pod-table tr.dim")? == 149))?;
        page.see(".pod-table tr.lit", &first)
    })
}

#[test]
fn ten_thousand_pods_are_a_cell_each() -> Result<()> {
    let mut scenario = Scenario::example();
    scenario.base.nodes = (1..=100).map(|n| format!("node{n}")).collect();
    let mut native = Simulator::new(&scenario);
    native.apply(Command::Line("kubectl scale rc kubia --replicas=10000".to_owned()));
    native.catch_up(native.now() + SimDuration::from_seconds(400));
    let place = format!("#{}", native.link());
    story_with("ten_thousand_pods", &Options::default(), &place, |page| {
        for _ in 0..20 {
            if page.until("all pods", |page| Ok(attribute(page, "canvas", "data-pods")? == "10000")).is_ok() {
                break;
            }
        }
        assert_eq!(attribute(page, "canvas", "data-pods")?, "10000");
        // Cells of a few pixels with something between them: runs of ink along a line through a node.
        let runs = "const canvas = document.querySelector('[data-testid=canvas]'); const pen = canvas.getContext('2d');
            let most = 0;
            for (let y = 0; y < canvas.height; y += 1) {
              const line = pen.getImageData(0, y, canvas.width, 1).data; let runs = 0, last = -1;
              for (let x = 0; x < canvas.width; x += 1) { const colour = line[4 * x] << 16 | line[4 * x + 1] << 8 | line[4 * x + 2]; if (colour !== last && line[4 * x + 3] > 200) runs += 1; last = line[4 * x + 3] > 200 ? colour : -1; }
              most = Math.max(most, runs);
            }
            return most;";
        page.until("cells", |page| Ok(page.run(runs, &[])?.as_u64().is_some_and(|runs| runs > 80)))?;
        click(page, "zoom-fit")?;
        let all = "const s = document.querySelector('.scroller'); return s.scrollHeight <= s.clientHeight + 1 && s.scrollWidth <= s.clientWidth + 1;";
        page.until("all in one window", |page| Ok(page.run(all, &[])? == json!(true)))?;
        page.run("document.querySelector('[data-testid=cursor]').focus()", &[])?;
        let name = attribute(page, "cursor", "data-name")?;
        cluster::press(page, podscape_browser_tests::keys::ENTER)?;
        page.see(&hook("menu"), &name)
    })
}

#[test]
fn who_wants_no_motion_gets_none() -> Result<()> {
    let moving = "const pod = document.querySelector('.pod'); const style = getComputedStyle(pod);
        return Math.max(...style.transitionDuration.split(',').map(parseFloat));";
    story("who_likes_motion", |page| {
        all_ready(page, 3)?;
        assert!(page.run(moving, &[])?.as_f64().is_some_and(|seconds| seconds > 0.1), "pods glide");
        Ok(())
    })?;
    let options = Options { motion: Motion::Reduced, theme: Theme::Dark, ..Options::default() };
    story_with("who_wants_no_motion", &options, "?lab=liveness", |page| {
        page.until("the pod", |page| Ok(pods(page)? == ["kubia-liveness"]))?;
        speed(page, 2)?;
        page.until("a probe", |page| Ok(page.count(".pod .tick.liveness")? == 1))?;
        assert_eq!(page.run(moving, &[])?.as_f64(), Some(0.0));
        let running = "return document.getAnimations().filter(animation => animation.playState === 'running').length;";
        assert_eq!(page.run(running, &[])?, json!(0));
        Ok(())
    })
}
