//! What is sent in a real cluster sets out, is where its way says, and is counted once at every moment.

use super::super::super::layout::{Slots, plan};
use super::*;
use crate::simulator::{Command, Lens, Scenario, Simulator, SmallMap};

const SERVICE: &str = "kubectl create service nodeport kubia --tcp=80:8080 --node-port=30123";
const REQUEST: &str = "request http://192.168.64.12:30123 --from client";

/// The example with a Service that has a door on each node.
fn cluster() -> Simulator {
    let mut simulator = Simulator::new(&Scenario::example());
    let receipt = simulator.apply(Command::Line(SERVICE.to_owned()));
    assert_eq!(receipt.exit, 0, "{}", receipt.output);
    let soon = simulator.now() + crate::simulator::SimDuration::from_seconds(3);
    simulator.catch_up(soon);
    assert!(simulator.take_passages().is_empty(), "nobody has looked on before");
    simulator
}

fn sent(simulator: &mut Simulator, line: &str) -> Passages {
    simulator.apply(Command::Line(line.to_owned()));
    simulator.take_passages()
}

fn ground(simulator: &Simulator) -> (Frame, Plan) {
    let frame = simulator.frame(&Lens::default());
    let plan = plan(&frame, 1200.0, 700.0, &mut Slots::default());
    (frame, plan)
}

fn launched(simulator: &Simulator, sent: Passages, manner: Manner) -> Fleet {
    let (frame, plan) = ground(simulator);
    let mut fleet = Fleet::default();
    fleet.launch(sent, manner, 1_000.0);
    fleet.settle(&frame, &plan);
    fleet
}

fn at(fleet: &Fleet, time: f64) -> Vec<Seen> {
    let mut seen = Vec::new();
    fleet.look(time, &mut seen);
    seen
}

fn near(seen: Seen, point: (f64, f64)) -> bool {
    (seen.x - point.0).abs() < 6.0 && (seen.y - point.1).abs() < 6.0
}

#[test]
fn a_request_goes_from_place_to_place_and_its_answer_comes_back() {
    let mut simulator = cluster();
    let sent = sent(&mut simulator, REQUEST);
    let way: Vec<Place> = sent.ways[0].way.iter().map(|(place, _)| place.clone()).collect();
    assert!(matches!(way.as_slice(), [Place::Client, Place::Node(_), .., Place::Pod(..)]), "{way:?}");
    let (frame, plan) = ground(&simulator);
    let fleet = launched(&simulator, sent, Manner::Moving(1.0));
    for (n, place) in way.iter().enumerate() {
        let there = at(&fleet, 1_000.0 + SLOW * n as f64 + 0.01);
        assert!(near(there[0], trip::place(&frame, &plan, place)), "{n} {there:?}");
        let back = at(&fleet, 1_000.0 + SLOW * (2 * (way.len() - 1) - n) as f64 - 0.01);
        assert!(near(back[0], trip::place(&frame, &plan, place)), "{n} {back:?}");
        assert_eq!(back[0].mark, if n + 1 == way.len() { Mark::Request } else { Mark::Answer });
    }
    // There and back are two lanes.
    let half = SLOW / 2.0;
    let (there, back) = (at(&fleet, 1_000.0 + half)[0], at(&fleet, 1_000.0 + 2.0 * SLOW * (way.len() - 1) as f64 - half)[0]);
    assert!((there.x - back.x).abs() + (there.y - back.y).abs() > 4.0, "{there:?} {back:?}");
    assert!(at(&fleet, 1_000.0 + 2.0 * SLOW * (way.len() - 1) as f64 + 1.0).is_empty());
    assert_eq!(fleet.words(1_000.0 + half).next().map(|(_, words)| words.contains("192.168.64.100")), Some(true));
}

#[test]
fn two_thousand_are_on_their_ways_at_the_same_time_and_each_is_counted_once() {
    let mut simulator = cluster();
    let sent = sent(&mut simulator, &format!("{REQUEST} --times 2000"));
    assert_eq!(sent.ways.len(), 2_000);
    let mut fleet = launched(&simulator, sent, Manner::Moving(1.0));
    assert_eq!(fleet.counts(1_000.0 + WITHIN + 1.0).flying, 2_000);
    assert_eq!(at(&fleet, 1_000.0 + WITHIN + 1.0).len(), 2_000);
    let mut asking = u32::MAX;
    for time in 0..70 {
        let now = 1_000.0 + f64::from(time) * 100.0;
        if time % 7 == 0 {
            fleet.prune(now);
        }
        let counts = fleet.counts(now);
        assert_eq!(counts.asking + counts.ended.all(), 2_000, "{now}");
        assert!(counts.asking <= asking);
        asking = counts.asking;
    }
    assert_eq!((asking, fleet.counts(9_000.0).ended.answered), (0, 2_000));
    assert!(!fleet.is_moving(9_000.0) && fleet.is_busy(9_000.0) && !fleet.is_busy(19_000.0));
}

#[test]
fn one_that_nobody_takes_is_refused_or_vanishes() {
    let mut simulator = cluster();
    for (line, mark, refused) in [("request http://192.168.64.12:9 --from client", Mark::Refused, 1), ("request http://10.96.77.7 --from node1", Mark::Lost, 0)] {
        let sent = sent(&mut simulator, line);
        let last = sent.ways[0].way.len() - 1;
        let fleet = launched(&simulator, sent, Manner::Moving(1.0));
        let end = at(&fleet, 1_000.0 + SLOW * last as f64 + 100.0);
        assert_eq!(end.iter().map(|seen| seen.mark).collect::<Vec<_>>(), [mark], "{line}");
        let ended = fleet.counts(9_000.0).ended;
        assert_eq!((ended.answered, ended.refused, ended.lost), (0, refused, 1 - refused), "{line}");
    }
}

#[test]
fn a_question_for_a_name_goes_before_the_request() {
    let mut simulator = cluster();
    let pod = simulator.frame(&Lens::default()).pods().next().map(|pod| pod.key.name.to_string()).unwrap_or_default();
    let sent = sent(&mut simulator, &format!("request http://kubia --from pod/default/{pod} --times 2"));
    let mut by_series: SmallMap<u32, usize> = SmallMap::new();
    sent.ways.iter().for_each(|passage| *by_series.entry(passage.series).or_default() += 1);
    assert_eq!(by_series.len(), 2, "one series for each request");
    assert!(by_series.values().all(|count| *count >= 2), "the question, and the request: {by_series:?}");
    let fleet = launched(&simulator, sent, Manner::Moving(1.0));
    assert_eq!(at(&fleet, 1_000.0 + APART + 1.0).len(), 2, "of each series one at a time");
    let many = (0..200).map(|time| at(&fleet, 1_000.0 + f64::from(time) * 50.0).len()).max();
    assert_eq!(many, Some(2));
}

#[test]
fn ways_light_up_where_movement_is_not_wanted() {
    let mut simulator = cluster();
    let sent = sent(&mut simulator, &format!("{REQUEST} --times 40"));
    let fleet = launched(&simulator, sent, Manner::Lit);
    assert!(at(&fleet, 1_000.0).is_empty());
    let (client, node) = (trip::place(&ground(&simulator).0, &ground(&simulator).1, &Place::Client), Mark::Request);
    let first: Vec<Trail> = fleet.trails(1_000.0).filter(|trail| trail.from == client && trail.mark == node).collect();
    assert_eq!(first.iter().map(|trail| trail.count).collect::<Vec<_>>(), [40]);
    assert!(fleet.trails(1_000.0).any(|trail| trail.to == client && trail.mark == Mark::Answer));
    assert_eq!(fleet.trails(1_000.0 + LIT).count(), 0);
    assert_eq!(fleet.counts(1_000.0).ended.answered, 40);
}
