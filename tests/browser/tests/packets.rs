//! Packets on the stage: many at a time, few with what is written on them, and ways that light up instead.

mod cluster;

use cluster::{all_ready, attribute, hook, pods, speed, type_line};
use podscape_browser_tests::{Motion, Options, Result, Session, Theme, story_with};

fn lab(name: &str, at: &str, steps: impl FnOnce(&Session) -> Result<()>) -> Result<()> {
    story_with(name, &Options::default(), &format!("?lab={at}"), steps)
}

/// How many points of the packets' canvas are drawn on, and how many cells of a grid of 24 pixels have some: a pile is no stream.
const DRAWN: &str = "const canvas = document.querySelector('[data-testid=flight]');
    if (!canvas) return [0, 0];
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const cells = new Set();
    let points = 0;
    for (let n = 3; n < data.length; n += 4) if (data[n] > 99) {
      const at = (n - 3) / 4;
      points++;
      cells.add(Math.floor((at % canvas.width) / 24) * 1000 + Math.floor(at / canvas.width / 24));
    }
    return [points, cells.size];";

/// What is drawn of packets: points, and cells.
fn drawn(page: &Session) -> Result<(u64, u64)> {
    let found = page.run(DRAWN, &[])?;
    Ok((found[0].as_u64().unwrap_or_default(), found[1].as_u64().unwrap_or_default()))
}

fn counted(page: &Session, what: &str) -> Result<u64> {
    Ok(attribute(page, "flight", what)?.parse().unwrap_or_default())
}

#[test]
fn many_packets_travel_at_once_and_are_counted_in_words() -> Result<()> {
    lab("many_packets_travel_at_once", "nodeport", |page| {
        all_ready(page, 2)?;
        type_line(page, "request http://192.168.64.11:30123 --from client --times 900")?;
        page.until("many on their ways", |page| Ok(counted(page, "data-flying")? > 500))?;
        page.until("a stream of them", |page| {
            let (points, cells) = drawn(page)?;
            Ok(points > 4_000 && cells > 40)
        })?;
        let before = page.run("return document.querySelector('[data-testid=flight]').toDataURL();", &[])?;
        page.until("movement", |page| Ok(page.run("return document.querySelector('[data-testid=flight]').toDataURL();", &[])? != before))?;
        page.until("all of them to be answered", |page| Ok(counted(page, "data-answered")? == 900 && counted(page, "data-flying")? == 0))?;
        page.see(&hook("flight-words"), "Packets; on the way 0; answered 900")?;
        page.until("a still stage", |page| Ok(page.count(&hook("flight"))? == 0))?;
        type_line(page, "kubectl scale deployment kubia --replicas=0")?;
        speed(page, 2)?;
        page.until("no pod", |page| Ok(pods(page)?.is_empty()))?;
        type_line(page, "request http://192.168.64.11:30123 --from client --times 20")?;
        page.see(&hook("flight-counts"), "refused 20")
    })
}

#[test]
fn programs_traffic_is_seen_too_and_its_few_packets_bear_their_addresses() -> Result<()> {
    lab("programs_traffic_is_seen", "nodeport", |page| {
        all_ready(page, 2)?;
        // A line of curl is followed hop by hop; what a program sends of itself is not.
        type_line(page, "kubectl run caller --image=busybox -- sh -c 'while sleep 2; do wget -qO- kubia-nodeport; done'")?;
        page.until("a packet", |page| Ok(counted(page, "data-flying")? == 1))?;
        page.until("its words", |page| Ok(drawn(page)?.0 > 300))?;
        page.until("its answer", |page| Ok(counted(page, "data-answered")? > 0))
    })
}

#[test]
fn ways_light_up_where_movement_could_not_be_followed_or_is_not_wanted() -> Result<()> {
    lab("ways_light_up", "nodeport", |page| {
        all_ready(page, 2)?;
        page.prefer(Theme::Light, Motion::Reduced)?;
        type_line(page, "request http://192.168.64.11:30123 --from client --times 40")?;
        page.until("lit ways", |page| Ok(attribute(page, "flight", "data-lit")? == "true" && drawn(page)?.1 > 8))?;
        assert_eq!(counted(page, "data-flying")?, 0);
        page.until("their end", |page| Ok(page.count(&hook("flight"))? == 0))?;
        page.prefer(Theme::Light, Motion::Full)?;
        speed(page, 3)?;
        type_line(page, "request http://192.168.64.11:30123 --from client --times 4000 --every 0.5")?;
        page.until("lit ways", |page| Ok(attribute(page, "flight", "data-lit")? == "true" && counted(page, "data-flying")? == 0))?;
        page.until("many answers", |page| Ok(counted(page, "data-answered")? > 100))?;
        Ok(())
    })
}
