//! The inspector and the lens: what is said about an object, the way from one to the next, and pods that light up.

mod cluster;

use cluster::{all_ready, attribute, click, file, hook, play, pods, speed, write_field};
use podscape_browser_tests::{Options, Result, Session, story, story_with};
use serde_json::json;

fn inspect_first_pod(page: &Session) -> Result<String> {
    let pod = pods(page)?[0].clone();
    click(page, &format!("pod-{pod}"))?;
    click(page, "menu-details")?;
    page.see(&hook("inspector"), &pod)?;
    Ok(pod)
}

fn count(page: &Session, selector: &str) -> Result<usize> {
    page.count(selector)
}

#[test]
fn probes_are_shown_as_a_strip_and_nick_the_tile() -> Result<()> {
    story_with("probes_are_shown_as_a_strip", &Options::default(), "?lab=liveness", |page| {
        page.until("the pod", |page| Ok(pods(page)? == ["kubia-liveness"]))?;
        inspect_first_pod(page)?;
        speed(page, 2)?;
        page.until("a failure that does not count yet", |page| Ok(attribute(page, "pod-kubia-liveness", "data-nicks")? != "0"))?;
        page.see(".probe-head .bad", "of 3 times")?;
        page.until("five good answers before it", |page| {
            let number = |name: &str| -> Result<i32> { Ok(attribute(page, "probe-liveness", name)?.parse().unwrap_or_default()) };
            Ok(number("data-tries")? - number("data-failed")? >= 5 && number("data-failed")? >= 1)
        })?;
        page.until("the restart", |page| Ok(count(page, ".pod .badge")? == 1))?;
        page.see(&hook("probe-liveness"), "http-get http://:8080/ delay=0s timeout=1s period=10s")
    })
}

#[test]
fn the_inspector_leads_from_object_to_object() -> Result<()> {
    story("the_inspector_leads_from_object_to_object", |page| {
        all_ready(page, 3)?;
        let pod = inspect_first_pod(page)?;
        page.see(&hook("conditions"), "PodScheduled True")?;
        click(page, "go-rc-kubia")?;
        page.see(".inspector h2", "kubia")?;
        assert_eq!(count(page, ".linked li")?, 3);
        click(page, &format!("go-po-{pod}"))?;
        page.see(".inspector h2", &pod)?;
        click(page, "go-no-node1").or_else(|_| click(page, "go-no-node2")).or_else(|_| click(page, "go-no-node3"))?;
        page.see(".inspector h2", "node")?;
        page.see(".linked", &pod)?;
        page.see(&hook("conditions"), "MemoryPressure False")?;
        click(page, "tab-events")?;
        page.find(".dock .events .link")?.click()?;
        page.until("the inspector to follow", |page| Ok(!page.find(".inspector h2")?.text()?.starts_with("node")))
    })
}

#[test]
fn a_log_is_live_and_a_manifest_can_be_edited() -> Result<()> {
    story_with("a_log_is_live", &Options::default(), "?lab=daemonset", |page| {
        all_ready(page, 1)?;
        inspect_first_pod(page)?;
        click(page, "tab-log")?;
        page.see(&hook("log-lines"), "SSD OK")?;
        let before = count(page, ".log-lines > div")?;
        speed(page, 2)?;
        page.until("more lines", |page| Ok(count(page, ".log-lines > div")? > before))?;
        page.find(".card-body")?.click()?;
        click(page, "menu-details")?;
        click(page, "tab-yaml")?;
        page.see(".printed", "resourceVersion")?;
        click(page, "edit-yaml")?;
        page.until("the file", |page| Ok(file(page)?.contains("kind: DaemonSet")))?;
        let text = file(page)?;
        assert!(!text.contains("resourceVersion") && !text.contains("status:"), "{text}");
        cluster::write_file(page, &text.replace("disk: ssd", "kubernetes.io/os: linux"))?;
        click(page, "apply")?;
        play(page, true)?;
        page.until("a pod on each node", |page| Ok(pods(page)?.len() >= 3))
    })
}

#[test]
fn a_selector_lights_its_pods_up() -> Result<()> {
    story_with("a_selector_lights_its_pods_up", &Options::default(), "?lab=replicaset", |page| {
        all_ready(page, 3)?;
        write_field(page, "lens", "app=other")?;
        page.until("one pod", |page| Ok(count(page, ".pod.lit")? == 1 && count(page, ".pod.dim")? == 2))?;
        page.see(&hook("lit-count"), "1 of 3")?;
        write_field(page, "lens", "app in (kubia, other),!canary")?;
        page.until("all pods", |page| Ok(count(page, ".pod.lit")? == 3))?;
        click(page, "table")?;
        page.until("all rows", |page| Ok(count(page, ".pod-table tr.lit")? == 3))?;
        click(page, "table")?;
        write_field(page, "lens", "app=other")?;
        click(page, "tab-events")?;
        page.until("its events", |page| Ok(count(page, ".events tr.lit")? > 0 && count(page, ".events tr.dim")? > 0))?;
        page.find(&format!("{} .card-body", hook("rs-kubia")))?.click()?;
        click(page, "menu-details")?;
        page.until("its pods in a list", |page| Ok(count(page, ".linked li.lit")? + count(page, ".linked li.dim")? == 3))?;
        click(page, "close-inspector")?;
        write_field(page, "lens", "app=(")?;
        page.until("no selector", |page| Ok(count(page, ".lens.bad")? == 1 && count(page, ".pod.lit")? == 0))?;
        write_field(page, "lens", "")?;
        let over = "document.querySelector(arguments[0]).dispatchEvent(new MouseEvent(arguments[1], { bubbles: false }));";
        page.run(over, &[json!(hook("rs-kubia")), json!("mouseenter")])?;
        page.until("the controller's pods", |page| Ok(count(page, ".pod.lit")? == 3))?;
        page.run(over, &[json!(hook("rs-kubia")), json!("mouseleave")])?;
        page.until("pods as usual", |page| Ok(count(page, ".pod.lit")? == 0))
    })
}

#[test]
fn conditions_are_shown_over_time() -> Result<()> {
    story("conditions_are_shown_over_time", |page| {
        all_ready(page, 3)?;
        inspect_first_pod(page)?;
        click(page, "go-no-node1").or_else(|_| click(page, "go-no-node2")).or_else(|_| click(page, "go-no-node3"))?;
        let node = page.find(".inspector h2")?.text()?;
        let stretches = |page: &Session| attribute(page, "history-Ready", "data-stretches");
        page.until("one stretch", |page| Ok(stretches(page)? == "1"))?;
        click(page, &format!("power-{node}"))?;
        speed(page, 3)?;
        page.until("a second one", |page| Ok(stretches(page)? == "2"))?;
        click(page, &format!("power-{node}"))?;
        page.until("a third one", |page| Ok(stretches(page)? == "3"))?;
        play(page, false)?;
        let colours = "return [...document.querySelectorAll('[data-testid=history-Ready] i')].map(part => part.className);";
        assert_eq!(page.run(colours, &[])?, json!(["true", "unknown", "true"]));
        cluster::slide(page, "history", 9_000)?;
        page.until("the first stretch alone, in the past", |page| Ok(stretches(page)? == "1"))
    })
}

#[test]
fn a_service_tells_its_ports_endpoints_and_routes() -> Result<()> {
    story_with("a_service_tells_its_ports", &Options::default(), "?lab=nodeport", |page| {
        all_ready(page, 2)?;
        page.find(&format!("{} .card-body", hook("svc-kubia-nodeport")))?.click()?;
        click(page, "menu-details")?;
        page.see(".facts", "80/TCP -> 8080, :30123 on each node")?;
        page.see(".facts", ":8080\n10.244.")?;
        page.see(".facts", "--probability 1/2 -> 10.244.")?;
        cluster::type_line(page, "kubectl scale deployment kubia --replicas=0")?;
        page.see(".facts", ":80 -> REJECT")
    })?;
    story_with("an_ingress_tells_its_routes", &Options::default(), "?lab=ingress", |page| {
        page.until("the pods", |page| Ok(!pods(page)?.is_empty()))?;
        click(page, "palette-open")?;
        write_field(page, "palette-field", "Ingress")?;
        let choose = "const item = [...document.querySelectorAll('#palette-list li')].find(item => item.querySelector('kbd').textContent === 'Ingress'); item?.click(); return !!item;";
        page.until("the ingress in the palette", |page| Ok(page.run(choose, &[])? == json!(true)))?;
        page.see(".facts", " -> ")
    })
}

#[test]
fn a_text_in_the_inspector_is_live_and_every_kind_has_one() -> Result<()> {
    story("a_text_in_the_inspector_is_live", |page| {
        all_ready(page, 3)?;
        page.find(&format!("{} .card-body", hook("rc-kubia")))?.click()?;
        click(page, "menu-details")?;
        click(page, "tab-yaml")?;
        page.see(".printed", "  replicas: 3")?;
        click(page, "more-kubia")?;
        page.see(".printed", "  replicas: 4")?;
        click(page, "tab-describe")?;
        page.see(".printed", "4 desired")?;
        click(page, "fewer-kubia")?;
        page.see(".printed", "3 desired")?;
        click(page, "tab-object-events")?;
        page.see(".inspector .events", "SuccessfulDelete")?;
        // Something that nothing here acts on, and something without a picture.
        for (kind, name, line) in [("Role", "reader", "kubectl create role reader --verb=get --resource=pods"), ("ConfigMap", "note", "kubectl create configmap note --from-literal=a=b")] {
            click(page, "tab-terminal")?;
            cluster::type_line(page, line)?;
            click(page, "palette-open")?;
            write_field(page, "palette-field", name)?;
            let choose = "const [name, kind] = arguments;
                const item = [...document.querySelectorAll('#palette-list li')].find(item => item.querySelector('span').textContent === name && item.querySelector('kbd').textContent === kind);
                item?.click(); return !!item;";
            page.until(&format!("{name} in the palette"), |page| Ok(page.run(choose, &[json!(name), json!(kind)])? == json!(true)))?;
            page.see(".inspector h2", name)?;
            click(page, "tab-summary")?;
            page.find(".facts")?;
            assert_eq!(page.count(&hook("not-simulated"))?, usize::from(kind == "Role"));
            click(page, "tab-yaml")?;
            page.see(".printed", &format!("kind: {kind}"))?;
        }
        Ok(())
    })
}
