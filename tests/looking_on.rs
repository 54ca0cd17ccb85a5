//! A host that looks on sees the way of every packet, and nothing depends on whether it does.

use podscape::network::{Outcome, Place};
use podscape::simulator::{Command, Passage, SimDuration, Simulator, parse_lab};

const INGRESS: &str = include_str!("../src/scenario/library/ingress.yaml");

fn cluster() -> Simulator {
    let Ok(lab) = parse_lab(INGRESS) else { panic!("the lab cannot be read") };
    let mut simulator = Simulator::new(&lab.scenario);
    let later = simulator.now() + SimDuration::from_seconds(60);
    simulator.catch_up(later);
    simulator
}

fn ends(ways: &[Passage], outcome: Outcome) -> usize {
    ways.iter().filter(|passage| passage.outcome == outcome).count()
}

/// The port that the first packet was sent to.
fn asked_port(passage: &Passage) -> u16 {
    passage.way.first().map_or(0, |(_, packet)| packet.destination.port)
}

#[test]
fn who_looks_on_sees_every_packet_and_changes_nothing() {
    let [mut watched, mut alone] = [cluster(), cluster()];
    assert!(watched.take_passages().is_empty(), "nobody has looked on before");
    let lines = [
        "request http://foo.example.com --from client --times 30",
        "request http://192.168.64.11:9 --from client",
        "client curl -s foo.example.com",
        "node1 curl -s 10.96.77.7 --max-time 1",
    ];
    for line in lines {
        for cluster in [&mut watched, &mut alone] {
            cluster.apply(Command::Line(line.to_owned()));
            let later = cluster.now() + SimDuration::from_seconds(3);
            cluster.catch_up(later);
        }
    }
    assert_eq!(watched.digest(), alone.digest());
    let seen = watched.take_passages().ways;
    assert_eq!((ends(&seen, Outcome::Refused), ends(&seen, Outcome::Dropped)), (1, 1));
    // Each of the 31 that pass the ingress: the questions for its name, the way to the ingress, and from there to a pod.
    assert_eq!(seen.iter().filter(|passage| passage.outcome == Outcome::Delivered && asked_port(passage) != 53).count(), 31 * 2);
    assert!(seen.iter().filter(|passage| asked_port(passage) == 53).count() >= 31);
    assert!(seen.iter().all(|passage| passage.way.windows(2).all(|places| places[0].0 != places[1].0)), "no place follows itself");
    let places = |passage: &Passage| [passage.way.first(), passage.way.last()].map(|end| end.map(|(place, _)| place.clone()));
    let in_turn = seen.windows(2).filter(|pair| pair[0].series == pair[1].series && places(&pair[0])[1] == places(&pair[1])[0]);
    let to_foo = |pair: &&[Passage]| matches!(&places(&pair[1])[1], Some(Place::Pod(_, name)) if name.starts_with("foo-"));
    assert_eq!(in_turn.filter(to_foo).count(), 31, "whoever is asked asks in turn");
}

#[test]
fn going_back_is_not_looked_on() {
    let mut simulator = cluster();
    assert!(simulator.take_passages().is_empty());
    simulator.apply(Command::Line("request http://foo.example.com --from client --times 30".to_owned()));
    let now = simulator.now();
    simulator.seek(now - SimDuration::from_seconds(20));
    assert!(simulator.take_passages().is_empty());
    simulator.seek(now);
    let again = simulator.take_passages().ways;
    assert_eq!(again.iter().filter(|passage| asked_port(passage) != 53).count(), 60, "what is played again is seen again");
}
