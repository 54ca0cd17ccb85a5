//! The labs that the page offers: each opens in a running state, is told in both languages, and fits into a short link.

use std::path::Path;

use podscape::simulator::{Budget, Command, Entry, Lab, Lens, Scenario, SimDuration, Simulator, parse_lab};

/// Longer links are awkward to hand on.
const LONGEST_LINK: usize = 400;

fn labs() -> Vec<(String, Lab)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/scenario/library");
    let mut labs = Vec::new();
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        match parse_lab(&text) {
            Ok(lab) => labs.push((name, lab)),
            Err(error) => panic!("{name}: {}", error.0),
        }
    }
    assert!(labs.len() >= 15, "the labs are not found");
    labs
}

#[test]
fn each_lab_is_told_in_both_languages_in_few_lines() {
    for (name, lab) in labs() {
        for told in [&lab.title, &lab.advice] {
            let korean = |language: &str| told.tell(language).chars().any(|letter| ('가'..='힣').contains(&letter));
            assert!(korean("ko") && !korean("en") && !told.tell("en").is_empty(), "{name}: {}", told.tell("en"));
        }
        assert!((1..=2).contains(&lab.advice.tell("en").lines().count()), "{name}");
        assert_eq!(lab.advice.tell("en").lines().count(), lab.advice.tell("ko").lines().count(), "{name}");
        assert!(lab.title.tell("en").chars().count() <= 42, "{name}: a title is short");
    }
}

#[test]
fn each_lab_opens_running_with_all_its_commands_done_and_a_short_link() {
    for (name, lab) in labs() {
        let simulator = Simulator::new(&lab.scenario);
        let frame = simulator.frame(&Lens::default());
        assert!(frame.counts.pods > 0 && frame.counts.pending == 0, "{name}: {:?}", frame.counts);
        assert!(!simulator.files().is_empty(), "{name} has a file to look at");
        let length = simulator.link().len();
        assert!(length < LONGEST_LINK, "{name}: a link of {length} characters");
    }
}

#[test]
fn the_first_command_of_each_lab_works() {
    for (name, lab) in labs() {
        let mut simulator = Simulator::new(&lab.scenario);
        let receipt = simulator.apply(Command::Line(lab.first.clone()));
        assert_eq!(receipt.exit, 0, "{name}: {}: {}", lab.first, receipt.output);
    }
}

#[test]
fn what_is_still_being_opened_is_kept_whole() {
    let entry = |second, line: &str| Entry { at: SimDuration::from_seconds(second), command: Command::Line(line.to_owned()) };
    let mut scenario = Scenario::example();
    scenario.journal.extend([entry(30, "kubectl scale rc kubia --replicas=5"), entry(60, "kubectl delete rc kubia")]);
    scenario.at = SimDuration::from_seconds(90);
    let whole = Simulator::new(&scenario);
    let mut simulator = Simulator::opening(&scenario, Budget(20));
    assert!(simulator.unreached().is_some() && simulator.now() < whole.now());
    assert_eq!(simulator.link(), whole.link());
    let again = Simulator::from_link(&simulator.link()).expect("a link");
    assert_eq!(again.digest(), whole.digest());
    simulator.catch_up(whole.now());
    assert_eq!((simulator.link(), simulator.digest()), (whole.link(), whole.digest()));
}

#[test]
fn a_lab_opens_at_once() {
    for (name, lab) in labs() {
        let simulator = Simulator::opening(&lab.scenario, Budget(1_500));
        assert_eq!(simulator.unreached(), None, "{name}");
        assert_eq!(simulator.digest(), Simulator::new(&lab.scenario).digest(), "{name}");
    }
}
