//! The same history however it is come by: whole or in slices, live or after going back, from a link.

use podscape::base::{SimDuration, SimTime};
use podscape::simulator::{Budget, Command, Scenario, Simulator};

fn at(simulator: &Simulator, millis: u64) -> SimTime {
    simulator.start_time() + SimDuration::from_millis(millis)
}

/// A history with a bit of everything; gives the simulator at its end.
fn lived() -> Simulator {
    let mut simulator = Simulator::new(&Scenario::example());
    let line = |text: &str| Command::Line(text.to_owned());
    let steps: [(u64, Command); 8] = [
        (10_000, line("kubectl scale rc kubia --replicas=5")),
        (14_500, Command::NodePower { node: "node2".to_owned(), on: false }),
        (20_000, line("kubectl get pods -o wide")),
        (90_000, line("kubectl scale rc kubia --replicas=2")),
        (400_000, Command::NodePower { node: "node2".to_owned(), on: true }),
        (402_000, line("kubectl label pod -l app=kubia tier=web")),
        (430_000, line("kubectl delete rc kubia --cascade=orphan")),
        // Time passes between the requests of one command.
        (470_000, line("kubectl delete pod,svc,cm --all --now --wait=false")),
    ];
    for (millis, command) in steps {
        let when = at(&simulator, millis);
        simulator.catch_up(when);
        simulator.apply(command);
    }
    let end = at(&simulator, 480_000);
    simulator.catch_up(end);
    simulator
}

#[test]
fn twice_is_once() {
    assert_eq!(lived().digest(), lived().digest());
}

#[test]
fn another_seed_is_another_history() {
    let mut scenario = Scenario::example();
    let first = Simulator::new(&scenario).digest();
    scenario.base.seed += 1;
    assert_ne!(first, Simulator::new(&scenario).digest());
}

#[test]
fn small_budgets_and_odd_slices_give_the_same() {
    let whole = lived();
    let mut sliced = Simulator::new(&Scenario { at: SimDuration::ZERO, ..whole.scenario_now() });
    let end = at(&sliced, 480_000);
    let mut slice = 1;
    while sliced.now() < end {
        slice = slice * 7 % 99_991;
        let until = (sliced.now() + SimDuration::from_millis(slice)).min(end);
        while !sliced.run_until(until, Budget(3)).reached {}
    }
    assert_eq!(sliced.digest(), whole.digest());
}

#[test]
fn a_moment_is_the_same_live_and_after_going_back() {
    let mut simulator = lived();
    let end = simulator.digest();
    for millis in [0, 1_000, 9_999, 14_500, 70_000, 400_000, 401_000, 479_999] {
        let to = at(&simulator, millis);
        simulator.seek(to);
        let fresh = Simulator::new(&Scenario { at: SimDuration::from_millis(millis), ..lived().scenario_now() });
        assert_eq!((simulator.now(), simulator.digest()), (fresh.now(), fresh.digest()), "{millis}");
    }
    let to = at(&simulator, 480_000);
    simulator.seek(to);
    assert_eq!(simulator.digest(), end);
}

#[test]
fn a_link_opens_the_same_moment() {
    let mut simulator = lived();
    let Ok(opened) = Simulator::from_link(&simulator.link()) else { panic!("refused") };
    assert_eq!((opened.now(), opened.digest()), (simulator.now(), simulator.digest()));
    let to = at(&simulator, 60_000);
    simulator.seek(to);
    let Ok(opened) = Simulator::from_link(&simulator.link()) else { panic!("refused") };
    assert_eq!((opened.now(), opened.digest()), (simulator.now(), simulator.digest()));
}

#[test]
fn acting_in_the_past_begins_a_branch_and_leaves_the_other_alone() {
    let mut simulator = lived();
    let end = simulator.digest();
    let to = at(&simulator, 50_000);
    simulator.seek(to);
    simulator.apply(Command::NodePower { node: "node1".to_owned(), on: false });
    let later = at(&simulator, 200_000);
    simulator.catch_up(later);
    let timeline = simulator.timeline();
    assert_eq!((timeline.branches.len(), timeline.branches[1].current), (2, true));
    assert_eq!(timeline.branches[1].forked_at, Some(to));
    simulator.switch_branch(0);
    assert_eq!(simulator.digest(), end);
}
#[test]
fn a_step_comes_to_the_next_visible_change_and_back() {
    let mut simulator = Simulator::new(&Scenario::example());
    let before = simulator.now();
    simulator.apply(Command::Line("kubectl scale rc kubia --replicas=4".to_owned()));
    let mut moments = Vec::new();
    for _ in 0..4 {
        simulator.step();
        assert!(simulator.now() > *moments.last().unwrap_or(&before));
        moments.push(simulator.now());
    }
    simulator.step_back();
    assert_eq!(simulator.now(), moments[2]);
    simulator.step();
    assert_eq!(simulator.now(), moments[3]);
}

#[test]
fn a_link_to_a_far_moment_opens_at_once_and_is_reached_in_slices() {
    let mut far = Scenario::example();
    far.base.nodes = (1..=60).map(|n| format!("node{n}")).collect();
    far.at = SimDuration::from_seconds(5 * 24 * 3600);
    let Ok(mut simulator) = Simulator::from_link(&podscape::scenario::to_link(&far)) else { panic!("refused") };
    let Some(moment) = simulator.unreached() else { panic!("reached at once: the test's history is too short") };
    assert_eq!(moment, simulator.start_time() + far.at);
    while let Some(moment) = simulator.unreached() {
        simulator.run_until(moment, Budget(10_000));
    }
    assert_eq!((simulator.now(), simulator.digest()), (moment, Simulator::new(&far).digest()));
}
