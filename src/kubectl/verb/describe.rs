//! `kubectl describe`. Models kubectl/pkg/cmd/describe/describe.go.

use super::{Names, Run, whole};
use crate::api::Kind;
use crate::base::Name;
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::describe::{Lease, describe, unreadable};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::Item;
use crate::kubectl::resource::{Scope, Wanted};

pub(super) const FLAGS: &[Flag] = &[
    flag("chunk-size", Takes::Number),
    flag("show-events", Takes::Truth),
];

const NOTHING_GIVEN: &str =
    "You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.";

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    whole(answer(run))
}

fn answer(run: &Run<'_>) -> Result<Answer, Failure> {
    if run.given.args.is_empty() && run.given.text("filename").is_none() {
        return Err(Failure::own(NOTHING_GIVEN));
    }
    let scope = run.scope();
    let (wanted, mut found) = run.find(&scope, Names::Optional)?;
    let (mut between, mut end) = ("\n\n", "");
    // Where two words are given and something is missing, kubectl takes the second for the beginning of names, and shows nothing else.
    let two = run.given.args.len() == 2 && found.failures.iter().any(Failure::is_not_found);
    if let Wanted::Named(named) = &wanted
        && two
    {
        found.items.clear();
        if let [(kind, name)] = named.as_slice() {
            found.items = with_prefix(run, &scope, *kind, name)?;
        }
        if !found.items.is_empty() {
            found.failures.clear();
            (between, end) = ("\n", "\n");
        }
    }
    let lease = |item: &Item| match run.world.machine(&item.name()).filter(|_| item.kind() == Kind::Node) {
        Some(machine) => Lease::Renewed(machine.last_heartbeat(run.now())),
        None => Lease::Unseen,
    };
    let shows_events = !run.given.is_off("show-events");
    let text_of = |item: &Item| {
        let text = describe(item, run.context(), lease(item));
        if shows_events { text } else { without_events(&text).to_owned() }
    };
    found.failures.extend(found.items.iter().filter_map(unreadable).map(Failure::Own));
    found.items.retain(|item| unreadable(item).is_none());
    let texts: Vec<String> = found.items.iter().map(text_of).collect();
    let mut text = texts.join(between) + end;
    if text.is_empty() && found.failures.is_empty() {
        // Of a kind without namespaces as well.
        text = if scope.everywhere { "No resources found\n".to_owned() } else { format!("No resources found in {} namespace.\n", scope.namespace) };
    }
    if wanted.kinds().contains(&Kind::ComponentStatus) {
        text.insert_str(0, super::get::COMPONENTS_ARE_OLD);
    }
    Ok(Answer::of(text, &found.failures))
}

/// A description up to the events, which are its last part.
fn without_events(text: &str) -> &str {
    text.rfind("\nEvents:").map_or(text, |at| &text[..=at])
}

fn with_prefix(run: &Run<'_>, scope: &Scope, kind: Kind, prefix: &Name) -> Result<Vec<Item>, Failure> {
    let mut items = scope.list(run.view(), kind)?;
    items.retain(|item| item.name().starts_with(prefix.as_str()));
    Ok(items)
}
