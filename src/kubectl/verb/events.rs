//! `kubectl events`: sorted by time, unlike `kubectl get events`. Models kubectl/pkg/cmd/events.

use std::rc::Rc;

use super::{Run, whole};
use crate::api::{Event, Kind};
use crate::base::{Name, sort_by_key};
use crate::kubectl::answer::{Answer, Failure, Follow};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;
use crate::kubectl::print::{Context, Output, TabWriter};
use crate::kubectl::resource::{Scope, Wanted};
use crate::kubectl::watch::{Form, Watch};

pub(super) const FLAGS: &[Flag] = &[
    flag("for", Takes::Text),
    flag("types", Takes::Text),
    flag("no-headers", Takes::Truth),
    flag("chunk-size", Takes::Number),
    flag("watch", Takes::Truth).or('w'),
];

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    let scope = run.scope();
    let about = match run.given.text("for") {
        None => None,
        Some(word) if !word.contains('/') => return Err(Failure::own("--for must be in resource/name form")),
        Some(word) => match Wanted::of_args(&[word.to_owned()]).map_err(Failure::bare)? {
            Wanted::Named(named) => named.into_iter().next(),
            Wanted::Kinds(..) => return Err(Failure::own("--for must be in resource/name form")),
        },
    };
    let types = run.given.list("types");
    if types.iter().any(|kind| !["normal", "warning"].contains(&kind.to_ascii_lowercase().as_str())) {
        return Err(Failure::own("valid --types are Normal or Warning"));
    }
    let mut events: Vec<_> = scope.list(run.view(), Kind::Event)?.into_iter().filter_map(|item| match item {
        Item::Event(event) => Some(event),
        Item::Object(_) => None,
    }).collect();
    events.retain(|event| {
        let key = &event.note.about.key;
        let is_about = about.as_ref().is_none_or(|(kind, name)| key.kind == *kind && key.name == *name);
        is_about && (types.is_empty() || types.iter().any(|kind| kind.eq_ignore_ascii_case(event.note.kind.as_str())))
    });
    sort_by_key(&mut events, |event| sorted_at(event));
    let output = Some(super::get::template(run.given)).filter(|text| text != "wide");
    if run.given.is_on("watch") {
        return watch(run, &scope, Output::of_write(output.as_deref())?, &events);
    }
    if let Some(output) = Output::of_write(output.as_deref())? {
        let items: Vec<Item> = events.into_iter().map(Item::Event).collect();
        // kubectl does not print names of typed lists, and does not say so.
        if matches!(output, Output::Name) {
            return Ok(Answer::ok(""));
        }
        let list = serde_json::json!({
            "apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": items.iter().map(Item::to_value).collect::<Vec<_>>(),
        });
        return output.typed().value(&list).map(Answer::ok);
    }
    if events.is_empty() {
        let namespace: &Name = &scope.namespace;
        let text = if scope.everywhere { "No events found.\n".to_owned() } else { format!("No events found in {namespace} namespace.\n") };
        return Ok(Answer::ok(text));
    }
    let mut text = if run.given.is_on("no-headers") { String::new() } else { headings(scope.everywhere) };
    for event in &events {
        text += &row(&run.context(), event, scope.everywhere);
    }
    Ok(Answer::ok(TabWriter::table().set(&text)))
}

/// By what they are sorted: times of the old style have no parts of seconds. Models events.go eventTime.
fn sorted_at(event: &Event) -> crate::base::SimTime {
    if event.is_new_style() { event.last } else { crate::base::SimTime::from_seconds(event.last.seconds()) }
}

/// The first line of the table.
pub(in crate::kubectl) fn headings(everywhere: bool) -> String {
    (if everywhere { "NAMESPACE\t" } else { "" }).to_owned() + "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n"
}

/// The events that there are, and those that come. Of `--for` and `--types` a watch knows nothing here.
fn watch(run: &Run<'_>, scope: &Scope, output: Option<Output>, events: &[Rc<Event>]) -> Result<Answer, Failure> {
    if run.given.text("for").is_some() || run.given.text("types").is_some() {
        return Err(Failure::unsupported("--watch with --for or --types", "use \"kubectl get events -w --field-selector=involvedObject.name=NAME,type=Warning\""));
    }
    let headers = !run.given.is_on("no-headers");
    let form = output.map_or(Form::Events { everywhere: scope.everywhere, headers }, |output| Form::Other(output, 0));
    let mut watch = Watch {
        kind: Kind::Event,
        namespace: if scope.everywhere { Name::default() } else { scope.namespace.clone() },
        name: Name::default(),
        filter: scope.filter(Kind::Event)?,
        form,
        event_types: false,
        until: None,
    };
    let items: Vec<Item> = events.iter().cloned().map(Item::Event).collect();
    let text = watch.print(&items, "ADDED", &run.context());
    Ok(Answer::ok(text).followed_by(Follow::Watch(Box::new(watch))))
}

/// A line of the table. Models event_printer.go printOneEvent.
pub(in crate::kubectl) fn row(context: &Context<'_>, event: &Event, everywhere: bool) -> String {
    let age = |moment| if event.is_new_style() { context.fine_age(moment) } else { context.age(moment) };
    let seen = match event.count {
        0 | 1 => age(event.first),
        count => format!("{} (x{count} over {})", age(event.last), age(event.first)),
    };
    let key = &event.note.about.key;
    let namespace = if everywhere { format!("{}\t", event.namespace()) } else { String::new() };
    let (kind, reason) = (event.note.kind.as_str(), event.note.reason);
    format!("{namespace}{seen}\t{kind}\t{reason}\t{}/{}\t{}\n", key.kind.name(), key.name, event.message().trim())
}
