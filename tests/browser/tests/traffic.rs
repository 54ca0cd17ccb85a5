//! Services and requests: cards with their endpoints, lines to pods, and requests followed hop by hop.

mod cluster;

use cluster::{all_ready, attribute, click, hook, pods, speed, type_line};
use podscape_browser_tests::{Options, Result, Session, story_with};
use serde_json::json;

fn lab(name: &str, at: &str, steps: impl FnOnce(&Session) -> Result<()>) -> Result<()> {
    story_with(name, &Options::default(), &format!("?lab={at}"), steps)
}

#[test]
fn a_service_is_tied_to_its_ready_pods() -> Result<()> {
    lab("a_service_is_tied_to_its_ready_pods", "service-readiness", |page| {
        page.until("the pods", |page| Ok(pods(page)?.len() == 3))?;
        page.until("one endpoint", |page| Ok(attribute(page, "svc-web", "data-ready")? == "1" && attribute(page, "svc-web", "data-waiting")? == "2"))?;
        page.find(&format!("{} .card-body", hook("svc-web")))?.click()?;
        page.until("lines", |page| Ok(page.count(".wires .wire")? == 3 && page.count(".wires .wire.waiting")? == 2))?;
        click(page, "guide-line")?;
        page.until("another endpoint", |page| Ok(attribute(page, "svc-web", "data-ready")? == "2"))
    })
}

#[test]
fn a_request_goes_hop_by_hop_with_its_addresses() -> Result<()> {
    lab("a_request_goes_hop_by_hop", "nodeport", |page| {
        all_ready(page, 2)?;
        click(page, "guide-line")?;
        page.until("the packet to set off", |page| Ok(page.count(&hook("trip"))? == 1))?;
        page.see(&hook("packet"), "192.168.64.100")?;
        click(page, "tab-traffic")?;
        page.see(&hook("hops"), "DNAT and SNAT")?;
        page.see(&hook("hops"), ":30123")?;
        page.see(&hook("hops"), "-> 10.244.")?;
        click(page, "trip-again")?;
        page.until("the packet to arrive by itself", |page| Ok(attribute(page, "trip", "data-hop")?.parse::<usize>().unwrap_or(0) >= 3))?;
        page.find(".hops li:first-child button")?.click()?;
        page.until("the first hop", |page| Ok(attribute(page, "trip", "data-hop")? == "0"))?;
        click(page, "hop-on")?;
        page.until("the second hop", |page| Ok(attribute(page, "trip", "data-hop")? == "1"))?;
        std::thread::sleep(std::time::Duration::from_millis(1_500));
        assert_eq!(attribute(page, "trip", "data-hop")?, "1", "who steps by hand is not driven on");
        Ok(())
    })
}

#[test]
fn many_requests_are_counted_by_who_answered() -> Result<()> {
    lab("many_requests_are_counted", "service", |page| {
        all_ready(page, 3)?;
        page.find(&format!("{} .card-body", hook("svc-kubia")))?.click()?;
        click(page, "menu-request-inside")?;
        page.until("an answer", |page| Ok(page.count(&hook("trip"))? == 1))?;
        click(page, "tab-traffic")?;
        let line = page.find(&hook("request-line"))?.property("value")?.as_str().unwrap_or_default().to_owned();
        click(page, "tab-terminal")?;
        type_line(page, &format!("{line} --times 60"))?;
        click(page, "tab-traffic")?;
        page.until("all three pods to answer", |page| Ok(page.count(&format!("{} li", hook("answers")))? == 3))
    })
}

#[test]
fn a_name_is_asked_for_before_the_request_goes() -> Result<()> {
    lab("a_name_is_asked_for", "service", |page| {
        all_ready(page, 3)?;
        let pod = pods(page)?[0].clone();
        type_line(page, &format!("request http://kubia --from pod/default/{pod}"))?;
        click(page, "tab-traffic")?;
        page.see(&hook("lookups"), "kubia.default.svc.cluster.local A")?;
        page.find(&format!("{} summary", hook("lookups")))?.click()?;
        page.see(&hook("lookups"), "10.96.0.10")?;
        page.see(&hook("hops"), "10.244.")
    })
}

#[test]
fn requests_and_errors_are_charted_for_each_pod() -> Result<()> {
    lab("requests_and_errors_are_charted", "service", |page| {
        all_ready(page, 3)?;
        page.find(&format!("{} .card-body", hook("svc-kubia")))?.click()?;
        click(page, "menu-request-inside")?;
        click(page, "tab-traffic")?;
        let line = page.find(&hook("request-line"))?.property("value")?.as_str().unwrap_or_default().to_owned();
        click(page, "tab-terminal")?;
        type_line(page, &format!("{line} --times 30"))?;
        click(page, "tab-charts")?;
        page.until("all three pods", |page| Ok(page.count(&format!("{} li", hook("loads")))? == 3))?;
        let sum = "return [...document.querySelectorAll('[data-testid=loads] li')].map(row => [...row.querySelectorAll('b')].map(count => Number(count.textContent))).reduce((sum, [well, badly]) => [sum[0] + well, sum[1] + badly], [0, 0]);";
        page.until("31 answers and no error", |page| Ok(page.run(sum, &[])? == serde_json::json!([31, 0])))?;
        page.until("columns", |page| Ok(page.count(&format!("{} rect", hook("loads")))? >= 1))
    })
}

#[test]
fn a_hop_tells_the_rule_it_took_and_those_it_did_not() -> Result<()> {
    lab("a_hop_tells_the_rule", "nodeport", |page| {
        all_ready(page, 2)?;
        click(page, "guide-line")?;
        click(page, "tab-traffic")?;
        page.see(&hook("hops"), "rule \"default/kubia-nodeport node port\", endpoint ")?;
        page.see(&hook("hops"), "not taken 1 of the 2 endpoints of default/kubia-nodeport")?;
        page.see(&hook("hops"), "because externalTrafficPolicy Cluster")
    })
}

#[test]
fn errors_are_charted_beside_answers() -> Result<()> {
    lab("errors_are_charted", "service", |page| {
        all_ready(page, 3)?;
        // This image answers five requests and fails from then on.
        type_line(page, "kubectl run sick --image=luksa/kubia-unhealthy --labels=app=sick")?;
        all_ready(page, 4)?;
        type_line(page, "kubectl expose pod sick --port=80 --target-port=8080")?;
        page.until("its service", |page| Ok(page.count(&hook("svc-sick"))? == 1 && attribute(page, "svc-sick", "data-ready")? == "1"))?;
        let pod = pods(page)?.into_iter().find(|name| name != "sick").unwrap_or_default();
        type_line(page, &format!("request http://sick --from pod/default/{pod} --times 12"))?;
        click(page, "tab-charts")?;
        let row = "const row = [...document.querySelectorAll('[data-testid=loads] li')].find(row => row.textContent.includes('sick')); return row ? [...row.querySelectorAll('b')].map(count => Number(count.textContent)) : [];";
        page.until("five answers and seven errors", |page| Ok(page.run(row, &[])? == serde_json::json!([5, 7])))?;
        assert_eq!(page.count(&format!("{} b.bad", hook("loads")))?, 1);
        Ok(())
    })
}

#[test]
fn the_way_of_a_request_is_told_in_korean() -> Result<()> {
    let korean = Options { language: "ko".to_owned(), ..Options::default() };
    story_with("the_way_of_a_request_in_korean", &korean, "?lab=nodeport", |page| {
        all_ready(page, 2)?;
        click(page, "guide-line")?;
        click(page, "tab-traffic")?;
        page.see(&hook("hops"), "응답이 이 노드를 거쳐 돌아와야 하므로 보낸 쪽 주소가 사라집니다")?;
        page.see(&hook("hops"), "엔드포인트 2개 가운데")?;
        page.see(&hook("hops"), "클라이언트")?;
        let text = page.find(&hook("hops"))?.text()?;
        let english = ["the ", "endpoint ", "of the", "node node", "sends", "receives"];
        assert!(english.iter().all(|word| !text.contains(word)), "{text}");
        click(page, "tab-terminal")?;
        type_line(page, "kubectl scale deployment kubia --replicas=0")?;
        // Endpoints that terminate serve until they are gone, where no other is ready.
        speed(page, 2)?;
        page.until("no pod", |page| Ok(pods(page)?.is_empty()))?;
        type_line(page, "request http://192.168.64.11:30123 --from client")?;
        click(page, "tab-traffic")?;
        page.see(&hook("hops"), "준비된 엔드포인트가 없습니다")
    })
}

/// Whether the packet's middle lies on what bears a hook.
fn packet_is_at(page: &Session, name: &str) -> Result<bool> {
    let script = "const at = document.querySelector('.trip .packet')?.getBoundingClientRect(), place = document.querySelector(arguments[0])?.getBoundingClientRect();
        if (!at || !place) return false;
        const [x, y] = [(at.left + at.right) / 2, (at.top + at.bottom) / 2];
        return x >= place.left - 1 && x <= place.right + 1 && y >= place.top - 1 && y <= place.bottom + 1;";
    Ok(page.run(script, &[json!(hook(name))])? == json!(true))
}

/// Presses the hop whose words hold a text.
fn press_hop(page: &Session, part: &str) -> Result<()> {
    let script = "const hop = [...document.querySelectorAll('.hops button')].find(hop => hop.textContent.includes(arguments[0])); hop?.click(); return Boolean(hop);";
    page.until(&format!("the hop with {part}"), |page| Ok(page.run(script, &[json!(part)])? == json!(true)))
}

#[test]
fn an_ingress_is_tied_to_its_services_and_their_endpoints() -> Result<()> {
    lab("an_ingress_is_tied_to_its_services", "ingress", |page| {
        page.until("its address", |page| Ok(attribute(page, "ing-shop", "data-address")?.starts_with("203.0.113.")))?;
        page.see(&hook("ing-shop"), "foo.example.com, bar.example.com")?;
        assert!(attribute(page, "balancer", "title")?.starts_with("203.0.113."));
        let card = format!("{} .card-body", hook("ing-shop"));
        page.run("document.querySelector(arguments[0]).focus()", &[json!(card)])?;
        page.until("the pods behind it to light up", |page| Ok(page.count(".pod.lit")? == 2 && page.count(".pod.dim")? >= 1))?;
        page.find(&card)?.click()?;
        page.until("two lines to Services, two to endpoints", |page| Ok(page.count(".wires .wire.door")? == 2 && page.count(".wires .wire")? == 4))?;
        page.see(&hook("door-foo"), "foo.example.com/")?;
        page.see(&hook("door-bar"), "bar.example.com/")?;
        click(page, "menu-details")?;
        page.see(&hook("inspector"), "bar.example.com/ -> bar:80")?;
        click(page, "go-svc-foo")?;
        page.see(&hook("inspector"), "ClusterIP")
    })
}

#[test]
fn a_request_through_an_ingress_goes_by_its_card() -> Result<()> {
    lab("a_request_through_an_ingress", "ingress", |page| {
        page.until("its address", |page| Ok(!attribute(page, "ing-shop", "data-address")?.is_empty()))?;
        page.find(&format!("{} .card-body", hook("ing-shop")))?.click()?;
        page.see(&hook("menu-request-1"), "http://bar.example.com")?;
        click(page, "menu-request-1")?;
        click(page, "tab-traffic")?;
        page.see(&hook("hops"), "Ingress default/shop, host bar.example.com, path / (Prefix) -> bar:80")?;
        press_hop(page, "routes by host and path")?;
        page.until("the packet at the card", |page| packet_is_at(page, "ing-shop"))?;
        press_hop(page, "load balancer")?;
        page.until("the packet at the load balancer", |page| packet_is_at(page, "balancer"))?;
        // What the controller asks comes before the client has its answer.
        let text = page.find(&hook("hops"))?.text()?;
        assert!(text.find("routes by host and path") < text.find("has the answer"), "{text}");
        assert!(text.trim_end().lines().rev().take(3).any(|line| line.contains("has the answer")), "{text}");
        Ok(())
    })
}

#[test]
fn a_question_for_a_name_is_seen_to_go_to_the_name_server() -> Result<()> {
    lab("a_question_for_a_name", "service", |page| {
        all_ready(page, 3)?;
        page.see(&hook("dns"), "10.96.0.10")?;
        let pod = pods(page)?[0].clone();
        type_line(page, &format!("request http://kubia --from pod/default/{pod}"))?;
        click(page, "tab-traffic")?;
        press_hop(page, "kubia.default.svc.cluster.local A → 10.")?;
        page.until("the packet at the name server", |page| packet_is_at(page, "dns"))?;
        assert_eq!(attribute(page, "trip", "data-hop")?, "0", "before the request itself sets out");
        page.see(&hook("packet"), "kubia.default.svc.cluster.local")?;
        press_hop(page, "sends")?;
        page.until("the packet at its sender", |page| packet_is_at(page, &format!("pod-{pod}")))?;
        click(page, "dns")?;
        page.see(&hook("inspector"), "kube-dns")
    })
}
