//! The rules of the session: what an intent may change and what not. The same tests run natively and in a browser.

use podscape_web::i18n::Language;
use podscape_web::intent::{DockTab, FileIntent, InspectorTab, Intent, LookIntent, TimeIntent};
use podscape_web::session::{Effect, Hint, Notice, Session, Settings, Speed};
use podscape_web::simulator::{Component, LinkError, PodState, SimDuration};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
#[cfg(not(target_arch = "wasm32"))]
use core::prelude::v1::test as check;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as check;

fn settings() -> Settings {
    Settings::first(Language::English)
}

fn example() -> Session {
    Session::example(&settings())
}

/// Plays so many seconds of the cluster's time, at ×1000 in frames of wall time.
fn play(session: &mut Session, seconds: u64) {
    let until = session.model().now + SimDuration::from_seconds(seconds);
    session.handle(TimeIntent::SetSpeed(Speed::at(400)).into());
    while session.model().now < until {
        let left = until.since(session.model().now).micros() as f64 / 1_000_000.0;
        session.begin_frame(left.min(1.0));
        while !session.run_slice() {}
        session.end_frame();
    }
}

fn names(session: &Session) -> Vec<String> {
    session.model().frame.pods().map(|pod| pod.key.name.to_string()).collect()
}

fn wanted(session: &Session) -> i32 {
    session.model().frame.controllers.first().map_or(-1, |card| card.desired)
}

fn open(link: &str) -> Session {
    Session::opened(link, &settings()).expect("a link of ours")
}

fn shared_link(session: &mut Session) -> String {
    match session.handle(Intent::Share).pop() {
        Some(Effect::Copy(link)) => link,
        other => panic!("no link: {other:?}"),
    }
}

#[check]
fn it_opens_with_three_nodes_and_a_running_controller() {
    let session = example();
    let model = session.model();
    assert!(session.is_playing());
    assert_eq!((model.frame.nodes.len(), wanted(&session), model.frame.counts.ready), (3, 3, 3));
    assert_eq!(model.files.name(), "kubia-rc.yaml");
    assert!(model.files.text().contains("luksa/kubia"));
    assert!(model.frame.pods().all(|pod| pod.stamp == Some(model.frame.controllers[0].stamp)));
}

#[check]
fn new_is_empty_and_what_was_there_can_be_brought_back() {
    let mut session = example();
    session.handle(FileIntent::Edit("# a draft\n".to_owned()).into());
    let (before, pods) = (session.digest(), names(&session));
    session.handle(Intent::New);
    assert_eq!((session.model().frame.counts.pods, session.model().frame.nodes.len(), session.model().files.text()), (0, 3, ""));
    session.handle(Intent::BringBack);
    assert_eq!((session.digest(), names(&session)), (before, pods));
    assert_eq!(session.model().files.text(), "# a draft\n");
}

#[check]
fn a_wrong_manifest_is_marked_and_changes_nothing() {
    let mut session = example();
    let (before, link) = (session.digest(), session.saved().link);
    let wrong = session.model().files.text().replace("replicas: 3", "replica: 3");
    session.handle(FileIntent::Edit(wrong).into());
    session.handle(FileIntent::Apply.into());
    let model = session.model();
    let found = model.files.diagnostics.first().expect("a mark");
    assert_eq!((found.line, found.column), (6, 3));
    assert!(found.message.contains("unknown field \"spec.replica\""), "{}", found.message);
    assert_eq!(model.look.notice, Some(Notice::Refused));
    assert!(model.terminal.entries.last().is_some_and(|entry| entry.failed));
    assert_eq!((session.digest(), session.saved().link), (before, link));
}

#[check]
fn a_right_manifest_is_applied() {
    let mut session = example();
    let more = session.model().files.text().replace("replicas: 3", "replicas: 5");
    session.handle(FileIntent::Edit(more).into());
    assert_eq!(session.handle(FileIntent::Apply.into()), [Effect::Save]);
    assert_eq!((wanted(&session), session.model().files.diagnostics.len()), (5, 0));
    play(&mut session, 5);
    assert_eq!(session.model().frame.counts.ready, 5);
}

#[check]
fn acting_in_the_past_makes_a_branch_and_keeps_the_other() {
    let mut session = example();
    play(&mut session, 10);
    session.handle(Intent::Line("kubectl scale rc kubia --replicas=5".to_owned()));
    play(&mut session, 20);
    let (past, future) = (session.model().now - SimDuration::from_seconds(25), session.digest());
    session.handle(TimeIntent::Seek(past).into());
    assert_eq!((session.model().now, wanted(&session), session.model().timeline.branches.len()), (past, 3, 1));
    session.handle(Intent::NodePower { node: "node2".to_owned(), on: false });
    assert_eq!(session.model().timeline.branches.len(), 2);
    assert!(matches!(session.model().look.notice, Some(Notice::Forked { .. })));
    assert!(!session.model().frame.nodes[1].powered);
    session.handle(TimeIntent::SwitchBranch(0).into());
    assert_eq!((session.digest(), wanted(&session)), (future, 5));
}

#[check]
fn looking_makes_no_branch() {
    let mut session = example();
    play(&mut session, 10);
    session.handle(TimeIntent::Seek(session.model().now - SimDuration::from_seconds(5)).into());
    session.handle(Intent::Line("kubectl get pods".to_owned()));
    session.handle(LookIntent::Dock(DockTab::Events).into());
    assert_eq!(session.model().timeline.branches.len(), 1);
    assert!(!session.model().events.is_empty());
}

#[check]
fn a_link_opens_the_same_cluster_at_the_same_moment() {
    let mut session = example();
    session.handle(Intent::Line(format!("kubectl delete pod {} --wait=false", names(&session)[0])));
    session.handle(Intent::ComponentPower { component: Component::Scheduler, on: false });
    play(&mut session, 7);
    let link = shared_link(&mut session);
    let mut other = open(&link);
    assert_eq!((other.digest(), names(&other), other.model().now), (session.digest(), names(&session), session.model().now));
    assert!(!other.is_playing());
    play(&mut session, 60);
    play(&mut other, 60);
    assert_eq!(other.digest(), session.digest());
}

#[check]
fn speed_and_pause_are_no_part_of_a_link() {
    let mut session = example();
    let link = shared_link(&mut session);
    session.handle(TimeIntent::SetSpeed(Speed::at(333)).into());
    session.handle(TimeIntent::TogglePlay.into());
    assert_eq!(shared_link(&mut session), link);
}

#[check]
fn a_bad_link_is_said_and_changes_nothing() {
    let mut session = example();
    let (before, link) = (session.digest(), session.saved().link);
    let foreign = LinkError::Foreign { version: "9".to_owned() };
    let cut = link[..link.len() / 2].to_owned();
    for (bad, error) in [(cut, LinkError::Damaged), ("9.abc".to_owned(), foreign), ("1.".repeat(200_000), LinkError::TooLong)] {
        session.handle(Intent::OpenLink(bad));
        assert_eq!(session.model().look.notice, Some(Notice::BadLink(error)));
        assert_eq!((session.digest(), session.saved().link.as_str()), (before, link.as_str()));
    }
}

#[check]
fn a_link_opens_the_details_that_were_open() {
    let mut session = example();
    let pod = session.model().frame.pods().next().map(|pod| pod.key.clone()).expect("a pod");
    session.handle(LookIntent::Why(pod.clone()).into());
    let link = shared_link(&mut session);
    let opened = open(&link);
    let look = &opened.model().look;
    assert_eq!((look.inspecting.clone(), look.inspector_tab, look.hint), (Some(pod.clone()), InspectorTab::Why, Hint::Over));
    assert_eq!(opened.digest(), session.digest());
    let mut other = example();
    other.handle(Intent::OpenLink(link));
    assert_eq!(other.model().look.inspecting, Some(pod));
}

/// Enough for more than one frame: a crowd, a request, a file that a line wrote.
fn long_history() -> Session {
    let mut session = example();
    for line in ["kubectl expose rc kubia --port=80 --target-port=8080", "kubectl scale rc kubia --replicas=300", "kubectl get rc > rc.txt"] {
        session.handle(Intent::Line(line.to_owned()));
    }
    play(&mut session, 60);
    session.handle(Intent::Line("kubectl exec kubia-none -- true; kubectl run ask --image=busybox --restart=Never -- wget -qO- http://kubia".to_owned()));
    play(&mut session, 60);
    session
}

#[check]
fn a_long_history_is_opened_frame_by_frame() {
    let mut session = long_history();
    let whole = session.model().now;
    let mut other = open(&shared_link(&mut session));
    assert!(other.model().opening && other.is_playing() && other.model().now < whole);
    assert_eq!((other.model().end, other.model().playing), (whole, false));
    assert_eq!(other.saved().link, session.saved().link);
    while other.is_playing() {
        other.begin_frame(16.0);
        other.run_slice();
        other.end_frame();
        assert!(other.take_sent().is_empty(), "what was sent on the way sets out");
    }
    let model = other.model();
    assert_eq!((model.now, model.opening, model.frame.counts.ready), (whole, false, session.model().frame.counts.ready));
    assert_eq!(other.digest(), session.digest());
    assert!(model.files.texts().contains_key("rc.txt"));
    other.handle(Intent::Line("kubectl get nodes".to_owned()));
    assert_eq!(other.model().look.trip, None, "a request of long ago is followed");
}

#[check]
fn what_is_done_while_a_link_opens_is_done_at_its_moment() {
    let mut session = long_history();
    let mut other = open(&shared_link(&mut session));
    assert!(other.model().opening);
    for session in [&mut session, &mut other] {
        session.handle(Intent::Line("kubectl delete rc kubia".to_owned()));
    }
    assert_eq!((other.model().timeline.branches.len(), other.model().opening), (1, false));
    assert_eq!((other.digest(), other.saved().link), (session.digest(), session.saved().link));
    let mut stepped = open(&shared_link(&mut session));
    stepped.handle(TimeIntent::StepBack.into());
    session.handle(TimeIntent::StepBack.into());
    assert_eq!(stepped.model().now, session.model().now);
}

#[check]
fn a_reload_loses_nothing() {
    let mut session = example();
    session.handle(Intent::NodePower { node: "node3".to_owned(), on: false });
    play(&mut session, 60);
    session.handle(FileIntent::Add.into());
    session.handle(FileIntent::Edit("kind: Pod\n".to_owned()).into());
    let restored = Session::restored(&session.saved(), &session.settings()).expect("what was saved");
    assert_eq!((restored.digest(), restored.model().now), (session.digest(), session.model().now));
    assert_eq!((restored.model().files.name(), restored.model().files.text()), ("manifest.yaml", "kind: Pod\n"));
    assert_eq!(restored.is_playing(), session.is_playing());
    assert_eq!(restored.model().look.hint, Hint::Over);
}

#[check]
fn a_held_slider_stops_the_clock() {
    let mut session = example();
    session.handle(TimeIntent::Hold(true).into());
    assert!(!session.is_playing());
    session.handle(TimeIntent::Hold(false).into());
    assert!(session.is_playing());
}

#[check]
fn steps_go_from_event_to_event_and_back() {
    let mut session = example();
    session.handle(Intent::Line("kubectl scale rc kubia --replicas=4".to_owned()));
    let mut moments = vec![session.model().now];
    let mut starting = false;
    for _ in 0..5 {
        session.handle(TimeIntent::Step.into());
        moments.push(session.model().now);
        starting |= session.model().frame.pods().any(|pod| matches!(pod.state, PodState::Starting { .. }));
    }
    assert!(moments.is_sorted_by(|a, b| a < b) && starting);
    for moment in moments[1..5].iter().rev() {
        session.handle(TimeIntent::StepBack.into());
        assert_eq!(session.model().now, *moment);
    }
}

#[check]
fn a_delete_in_the_terminal_waits_until_the_pod_is_gone() {
    let mut session = example();
    session.handle(Intent::Line(format!("kubectl delete pod {}", names(&session)[0])));
    assert!(session.model().terminal.running.is_some());
    play(&mut session, 40);
    assert_eq!(session.model().terminal.running, None);
    assert!(session.model().terminal.entries[0].output.contains("deleted"));
}

#[check]
fn a_still_cluster_is_not_drawn_again() {
    let mut session = example();
    play(&mut session, 20);
    let before = session.model().clone();
    play(&mut session, 30);
    let after = session.model();
    assert!(after.now > before.now);
    assert!(before.frame == after.frame && before.timeline == after.timeline && before.terminal == after.terminal);
}

#[check]
fn time_sliced_or_whole_is_the_same() {
    let (mut whole, mut sliced) = (example(), example());
    for session in [&mut whole, &mut sliced] {
        session.handle(Intent::NodePower { node: "node2".to_owned(), on: false });
    }
    play(&mut whole, 400);
    for _ in 0..400 {
        play(&mut sliced, 1);
    }
    assert_eq!(whole.digest(), sliced.digest());
    assert!(whole.model().frame.pods().any(|pod| matches!(pod.state, PodState::Terminating { .. })));
}

#[check]
fn a_line_that_edits_opens_the_editor_and_applying_saves() {
    let mut session = example();
    session.handle(Intent::Line("kubectl edit rc kubia".to_owned()));
    let text = session.model().files.text().to_owned();
    assert!(text.contains("# Please edit the object below.") && text.contains("replicas: 3"), "{text}");
    session.handle(FileIntent::Edit(text.replace("replicas: 3", "replicas: 4")).into());
    session.handle(FileIntent::Apply.into());
    assert_eq!(wanted(&session), 4);
    assert_eq!(session.model().files.names(), ["kubia-rc.yaml"]);
}

#[check]
fn an_edit_that_is_called_for_again_saves_what_is_edited() {
    let mut session = example();
    session.handle(Intent::Line("kubectl edit rc kubia".to_owned()));
    session.handle(FileIntent::Close("kubectl-edit.yaml".to_owned()).into());
    session.handle(Intent::Line("!!".to_owned()));
    let text = session.model().files.text().replace("replicas: 3", "replicas: 4");
    session.handle(FileIntent::Edit(text).into());
    session.handle(FileIntent::Apply.into());
    assert_eq!((wanted(&session), session.model().files.names()), (4, ["kubia-rc.yaml".to_owned()].as_slice()));
}

#[check]
fn a_line_that_is_called_for_again_reads_the_file_as_it_is_written_now() {
    let mut session = example();
    session.handle(Intent::Line("kubectl apply -f kubia-rc.yaml".to_owned()));
    let text = session.model().files.text().replace("replicas: 3", "replicas: 4");
    session.handle(FileIntent::Edit(text).into());
    session.handle(Intent::Line("!!".to_owned()));
    assert_eq!(wanted(&session), 4);
}

#[check]
fn a_line_that_goes_on_outlives_buttons_and_ends_when_time_is_turned_back() {
    let mut session = example();
    session.handle(Intent::Line("kubectl get pods -w".to_owned()));
    session.handle(Intent::NodePower { node: "node2".to_owned(), on: false });
    session.handle(Intent::Line("kubectl delete rc kubia --wait=false".to_owned()));
    play(&mut session, 5);
    let watch = |session: &Session| session.model().terminal.entries.iter().find(|entry| entry.line.ends_with("-w")).map(|entry| entry.output.clone()).unwrap_or_default();
    assert!(session.model().terminal.running.is_some() && watch(&session).contains("Terminating"), "{}", watch(&session));
    let moment = session.model().now - SimDuration::from_seconds(3);
    session.handle(TimeIntent::Seek(moment).into());
    assert!(session.model().terminal.running.is_none() && watch(&session).ends_with("^C\n"), "{}", watch(&session));
}

#[check]
fn a_file_that_a_line_writes_stands_in_the_editor_and_drafts_stay() {
    let mut session = example();
    session.handle(FileIntent::Edit("# a draft".to_owned()).into());
    session.handle(Intent::Line("echo 'a: 1' > note.yaml".to_owned()));
    let files = &session.model().files;
    assert_eq!((files.text(), files.texts().get("note.yaml").map(String::as_str)), ("# a draft", Some("a: 1\n")));
}

#[check]
fn a_manifest_of_a_gone_version_is_made_new_by_one_click() {
    let mut session = Session::example(&settings());
    session.handle(Intent::New);
    session.handle(FileIntent::Edit(OLD.to_owned()).into());
    session.handle(FileIntent::Check.into());
    assert!(session.model().files.update && !session.model().files.diagnostics.is_empty());
    session.handle(FileIntent::Update.into());
    assert!(session.model().files.text().starts_with("apiVersion: apps/v1\n"), "{}", session.model().files.text());
    session.handle(FileIntent::Apply.into());
    assert_eq!(wanted(&session), 2);
}

const OLD: &str = "apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: old
spec:
  replicas: 2
  template:
    metadata:
      labels:
        app: old
    spec:
      containers:
      - name: main
        image: luksa/kubia
";

#[check]
fn a_line_that_takes_its_time_fills_its_file_when_it_is_done() {
    let mut session = example();
    session.handle(Intent::Line("kubectl get all -A -o yaml > all.yaml".to_owned()));
    play(&mut session, 5);
    session.handle(FileIntent::Open("all.yaml".to_owned()).into());
    assert!(session.model().files.text().contains("kind: List"), "{}", session.model().files.text());
}
