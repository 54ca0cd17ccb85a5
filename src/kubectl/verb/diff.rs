//! `kubectl diff`: what `apply` would change, as `diff -u -N` shows it. Models kubectl/pkg/cmd/diff/diff.go.
//! The folders in the headings have no random part.

use super::{DryRun, Run, apply, whole};
use crate::kubectl::answer::{Answer, Failure};
use crate::kubectl::files::{self, Source, Validate};
use crate::kubectl::flags::{Flag, Takes, flag};
use crate::kubectl::item::{self, Item};
use crate::manifest;

pub(super) const FLAGS: &[Flag] = &[
    flag("server-side", Takes::Truth),
    flag("force-conflicts", Takes::Truth),
    flag("concurrency", Takes::Number),
    flag("field-manager", Takes::Text).not("field owners are not kept, so leave it out"),
    flag("show-managed-fields", Takes::Truth).not("field owners are not kept, so leave it out"),
    flag("prune", Takes::Truth).not("delete what is not wanted with \"kubectl delete\""),
    flag("prune-allowlist", Takes::Text).not("delete what is not wanted with \"kubectl delete\""),
];
/// Where kubectl puts what it compares.
const FOLDER: &str = "/tmp";
/// Lines of context around a change.
const CONTEXT: usize = 3;
/// Longer texts are compared as a whole.
const LONGEST: usize = 3_000;

pub(super) fn run(run: &mut Run<'_>) -> Answer {
    let mut answer = whole(answer(run));
    // An exit status above 1 says that something went wrong.
    if answer.exit == 1 && !answer.output.starts_with("diff -u") {
        answer.exit = 2;
    }
    answer
}

fn answer(run: &mut Run<'_>) -> Result<Answer, Failure> {
    if !run.given.args.is_empty() {
        return Err(Failure::usage("diff", format!("Unexpected args: [{}]", run.given.args.join(" "))));
    }
    if run.given.text("filename").is_none() {
        return Err(Failure::own("must specify one of -f and -k"));
    }
    let scope = run.scope();
    let filter = scope.filter_labels()?;
    let (sources, failures) = files::sources(run.given, run.session, &scope, Validate::Strict);
    if let Some(failure) = failures.into_iter().next() {
        return Err(failure);
    }
    let mut text = String::new();
    for source in sources.into_iter().filter(|source| filter.fits_labels(&source.labels())) {
        text += &one(run, &source)?;
    }
    let exit = i32::from(!text.is_empty());
    Ok(Answer { output: text, exit, ..Answer::default() })
}

fn one(run: &mut Run<'_>, source: &Source) -> Result<String, Failure> {
    if source.key().name.is_empty() {
        return Err(Failure::own(apply::NAMELESS));
    }
    let yaml = |item: &Item| manifest::encode(&item.to_value());
    let live = item::find(run.view(), &source.key()).map(|item| yaml(&item)).unwrap_or_default();
    let Some(merged) = apply::outcome(run, source, DryRun::Server)? else { return Ok(String::new()) };
    let merged = yaml(&Item::Object(merged));
    let (group, key) = (source.kind.info().group, source.key());
    let version = source.kind.info().version;
    let group = if group.is_empty() { String::new() } else { format!("{group}.") };
    let name = format!("{group}{version}.{}.{}.{}", source.kind.name(), key.namespace, key.name);
    let now = run.now().rfc3339().replace('T', " ").replace('Z', ".000000000 +0000");
    Ok(unified(&live, &merged, &name, &now))
}

/// Both texts as `diff -u -N` shows them; empty if they are the same.
fn unified(old: &str, new: &str, name: &str, time: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let script = script(&a, &b);
    if script.iter().all(|(sign, _)| *sign == ' ') {
        return String::new();
    }
    let (live, merged) = (format!("{FOLDER}/LIVE-1/{name}"), format!("{FOLDER}/MERGED-1/{name}"));
    let mut text = format!("diff -u -N {live} {merged}\n--- {live}\t{time}\n+++ {merged}\t{time}\n");
    let mut at = 0;
    while let Some(first) = (at..script.len()).find(|i| script[*i].0 != ' ') {
        let start = first.saturating_sub(CONTEXT).max(at);
        let mut end = first + 1;
        // The next change belongs to this part if no more than two contexts lie between.
        while let Some(next) = (end..script.len().min(end + 2 * CONTEXT + 1)).find(|i| script[*i].0 != ' ') {
            end = next + 1;
        }
        end = (end + CONTEXT).min(script.len());
        let count = |part: &[(char, &str)], sign: char| part.iter().filter(|(other, _)| *other == ' ' || *other == sign).count();
        let range = |sign: char| {
            let (before, inside) = (count(&script[..start], sign), count(&script[start..end], sign));
            match inside {
                0 => format!("{before},0"),
                1 => format!("{}", before + 1),
                _ => format!("{},{inside}", before + 1),
            }
        };
        text += &format!("@@ -{} +{} @@\n", range('-'), range('+'));
        for (sign, line) in &script[start..end] {
            text.push(*sign);
            text += line;
            text.push('\n');
        }
        at = end;
    }
    text
}

/// The lines that stay, go and come, by the longest common subsequence.
fn script<'a>(a: &[&'a str], b: &[&'a str]) -> Vec<(char, &'a str)> {
    if a.len() > LONGEST || b.len() > LONGEST {
        return a.iter().map(|line| ('-', *line)).chain(b.iter().map(|line| ('+', *line))).collect();
    }
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = match a[i] == b[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j, mut script) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            script.push((' ', a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            script.push(('-', a[i]));
            i += 1;
        } else {
            script.push(('+', b[j]));
            j += 1;
        }
    }
    script
}

#[cfg(test)]
mod tests {
    use super::{FOLDER, unified};

    #[test]
    fn changes_are_shown_with_three_lines_around() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n";
        let (live, merged) = (format!("{FOLDER}/LIVE-1/x"), format!("{FOLDER}/MERGED-1/x"));
        let head = format!("diff -u -N {live} {merged}\n--- {live}\tT\n+++ {merged}\tT\n");
        let table = [
            (old, ""),
            ("a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n", "@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n e\n"),
            ("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nl\nm\n", "@@ -8,5 +8,5 @@\n h\n i\n j\n-k\n l\n+m\n"),
        ];
        for (new, expected) in table {
            let expected = if expected.is_empty() { String::new() } else { format!("{head}{expected}") };
            assert_eq!(unified(old, new, "x", "T"), expected);
        }
        assert_eq!(unified("", "a\n", "x", "T"), format!("{head}@@ -0,0 +1 @@\n+a\n"));
    }
}
