//! `kubectl help`, `kubectl VERB --help` and what a group of verbs prints that was given none of them: kubectl's own texts, also where
//! a flag of them is not done here. `help.txt` holds them: `@@` and the words after `kubectl` begin a text, `@@` and a number a
//! paragraph that several have in common; `=` and the number stand for it.

use crate::kubectl::answer::Answer;

const TEXTS: &str = include_str!("../help.txt");

/// The help of the words after `kubectl`; that of kubectl itself for none. None if there is no such command.
pub(super) fn of(path: &str) -> Option<String> {
    let text = entry(path)?;
    let mut help = String::new();
    for paragraph in text.split("\n\n") {
        if !help.is_empty() {
            help.push_str("\n\n");
        }
        help.push_str(match paragraph.strip_prefix('=') {
            Some(number) => entry(number)?,
            None => paragraph,
        });
    }
    help.push('\n');
    Some(help)
}

/// The help of a verb's path, or of what stands behind it if that has one: `config view` has no flags of its own.
pub(super) fn of_words(path: &str, words: &[&str]) -> String {
    let longer = words.first().and_then(|word| of(&format!("{path} {word}")));
    longer.or_else(|| of(path)).unwrap_or_default()
}

/// `kubectl help nosuch`. Models cobra's help command.
#[inline(never)]
pub(super) fn unknown_topic(topic: &str) -> Answer {
    let all = of("").unwrap_or_default();
    let commands = all.find("Basic Commands").map_or("", |at| &all[at..]);
    Answer::ok(format!("Unknown help topic [`{topic}`]\n\n\n{commands}"))
}

/// Where kubectl names a verb among all: the order of its suggestions.
pub(super) fn place(verb: &str) -> usize {
    let all = entry("").unwrap_or_default();
    all.find(&format!("\n  {verb} ")).unwrap_or(all.len())
}

/// What stands behind a line `@@name`, up to the next of these.
fn entry(name: &str) -> Option<&'static str> {
    let mut entries = TEXTS.strip_prefix("@@")?.split("\n@@");
    entries.find_map(|entry| entry.strip_prefix(name)?.strip_prefix('\n')).map(|text| text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_a_help() {
        for path in TEXTS.lines().filter_map(|line| line.strip_prefix("@@")).filter(|path| path.parse::<u32>().is_err()) {
            let help = of(path).unwrap_or_default();
            assert!(help.ends_with(").\n") || help.ends_with("command.\n") || path == "options", "{path}: {help}");
            assert!(!help.lines().any(|line| line.starts_with("=") || line.starts_with("@@")), "{path}: {help}");
        }
        assert!(of("rollout undo").is_some_and(|help| help.starts_with("Roll back to a previous rollout.\n\nExamples:\n  # Roll back to the previous deployment")));
        assert_eq!(of("nosuch"), None);
    }
}
