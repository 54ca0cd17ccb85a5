//! What the goldens rest on. Every recorded line of a scene says so; every verb, and every kind in columns, in wide columns and at length, has
//! one that rests on something other than this program.
//!
//! `transcript NAME`: a real cluster printed it; `, edited: …` says what was taken out. `client 1.32.N`: the genuine client printed it, alone
//! or before a server that answers with this cluster's objects. `printers.go 1.32: …`: the rules of pkg/printers/internalversion/printers.go
//! were followed by hand to make the server's table, and the genuine client printed it. `Podscape: …`: a text that no other program has.

use std::path::PathBuf;

use podscape::kubectl;

use super::golden::{Shown, recorded};
use super::lab::Lab;

const FORMS: [&str; 4] = ["transcript ", "client 1.32.", "printers.go 1.32: ", OWN];
const OWN: &str = "Podscape: ";
/// Verbs that are refused in words of our own, as a page has nothing to do them with.
const REFUSED: [&str; 0] = [];

/// The lines that rest on something other than this program.
fn founded() -> impl Iterator<Item = Shown<'static>> {
    recorded().filter(|shown| !shown.source.starts_with(OWN))
}

#[test]
fn every_golden_says_what_it_rests_on() {
    let silent: Vec<&str> = recorded().filter(|shown| !FORMS.iter().any(|form| shown.source.starts_with(form))).map(|shown| shown.line).collect();
    assert!(silent.is_empty(), "goldens without a source: {silent:#?}");
}

#[test]
fn every_verb_has_a_golden() {
    let lab = Lab::new();
    let verbs = kubectl::complete("kubectl ", &lab.session, lab.world.view());
    assert!(verbs.len() > 40, "{verbs:?}");
    let has = |verb: &&String| if REFUSED.contains(&verb.as_str()) { recorded().any(|shown| verb_of(shown.line) == Some(verb)) } else { founded().any(|shown| verb_of(shown.line) == Some(verb)) };
    let missing: Vec<&String> = verbs.iter().filter(|verb| !has(verb)).collect();
    assert!(missing.is_empty(), "verbs without a golden: {missing:?}");
}

fn verb_of(line: &str) -> Option<&str> {
    line.split_whitespace().skip(1).find(|word| !word.starts_with('-'))
}

#[test]
fn every_kind_has_goldens() {
    let mut lab = Lab::new();
    let table = lab.raw("kubectl api-resources --no-headers");
    let mut missing = Vec::new();
    for row in table.lines() {
        let words: Vec<&str> = row.split_whitespace().collect();
        let (Some(plural), Some(kind)) = (words.first(), words.last()) else { continue };
        // What is asked and answered, and never stored: `create` of these has goldens.
        if kind.ends_with("Review") || *kind == "Binding" {
            continue;
        }
        let short: Vec<&str> = if words.len() == 5 { words[1].split(',').collect() } else { Vec::new() };
        let singular = kind.to_ascii_lowercase();
        let names = |word: &str| word == *plural || word == singular || short.contains(&word);
        let about = |line: &str, verb: &str| line.strip_prefix(verb).is_some_and(|rest| rest.split([' ', ',', '/']).any(names));
        let any = |verb: &str, fits: &dyn Fn(&str) -> bool| founded().any(|shown| shown.exit == 0 && about(shown.line, verb) && fits(shown.line));
        let forms: [(&str, bool); 3] = [
            ("get", any("kubectl get ", &|line| !line.contains(" -o") && !line.contains(" -w"))),
            ("get -o wide", any("kubectl get ", &|line| line.contains(" -o wide"))),
            ("describe", any("kubectl describe ", &|_| true)),
        ];
        missing.extend(forms.iter().filter(|(_, has)| !has).map(|(form, _)| format!("{form} {plural}")));
    }
    assert!(missing.is_empty(), "without a golden: {missing:#?}");
}

/// The transcripts themselves, where the reference stands.
#[test]
fn what_was_recorded_is_kept_as_it_was() {
    let Some(reference) = std::env::var_os("PODSCAPE_REFERENCE").map(PathBuf::from) else { return };
    let mut wrong = Vec::new();
    for shown in recorded() {
        let Some(name) = shown.source.strip_prefix("transcript ").filter(|name| !name.contains(", edited: ")) else { continue };
        let text = std::fs::read_to_string(reference.join("transcripts").join(name).with_extension("md")).expect("a transcript");
        let expected: Vec<&str> = shown.expected.iter().flatten().map(|line| line.trim_end()).filter(|line| !line.is_empty()).collect();
        if !outputs(&text, shown.line).any(|output| output.starts_with(&expected)) {
            wrong.push(format!("{name}: {}", shown.line));
        }
    }
    assert!(wrong.is_empty(), "not in its transcript: {wrong:#?}");
}

/// What a transcript has below each occurrence of a line, up to the next line or the end of its block; without empty lines.
fn outputs<'a>(text: &'a str, line: &'a str) -> impl Iterator<Item = Vec<&'a str>> {
    let lines: Vec<&str> = text.lines().collect();
    let starts: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].strip_prefix("$ ") == Some(line)).collect();
    starts.into_iter().map(move |start| {
        let rest = lines[start + 1..].iter().take_while(|line| !line.starts_with("$ ") && !line.starts_with("```"));
        rest.map(|line| line.trim_end()).filter(|line| !line.is_empty()).collect()
    })
}
