//! Scenario files that read like a talk, played as `podscape run` plays them; what they print stands beside them. Random
//! suffixes, addresses and nodes are folded, so that what is compared is what a real cluster would show as well.
//! `PODSCAPE_BLESS=1` writes what is printed: to be read before it is kept.

use std::path::Path;
use std::process::Command;

fn folded(text: &str) -> String {
    let random = |word: &str| word.len() == 5 && word.bytes().all(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(&b));
    let word = |word: &str| {
        if word.starts_with("10.244.") {
            return "<address>".to_owned();
        }
        match word.rsplit_once('-') {
            Some((owner, suffix)) if random(suffix.trim_end_matches('"')) => format!("{owner}-<r>"),
            _ => word.to_owned(),
        }
    };
    let line = |line: &str| line.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
    // Rows sorted by random names may change places.
    let mut blocks: Vec<String> = Vec::new();
    for block in text.split("\n\n") {
        let mut lines: Vec<String> = block.lines().map(line).collect();
        let head = lines.iter().take_while(|line| line.starts_with(['#', '$', '('])).count() + 1;
        if lines.len() > head {
            lines[head..].sort();
        }
        blocks.push(lines.join("\n"));
    }
    blocks.join("\n\n")
}

#[test]
fn scenarios_print_what_stands_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut played = 0;
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let output = Command::new(env!("CARGO_BIN_EXE_podscape")).arg("run").arg(&path).output();
        let Ok(output) = output else { panic!("podscape does not run") };
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{}", path.display());
        let printed = folded(&String::from_utf8_lossy(&output.stdout));
        let beside = path.with_extension("txt");
        if std::env::var_os("PODSCAPE_BLESS").is_some() {
            assert!(std::fs::write(&beside, &printed).is_ok(), "{} cannot be written", beside.display());
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(printed, expected, "{}", path.display());
        played += 1;
    }
    assert!(played >= 3, "the scenarios are not found");
}

#[test]
fn a_file_that_cannot_be_played_is_refused_with_its_place() {
    let path = std::env::temp_dir().join("podscape-not-a-scenario.yaml");
    assert!(std::fs::write(&path, "steps:\n- runs: kubectl get pods\n").is_ok());
    let Ok(output) = Command::new(env!("CARGO_BIN_EXE_podscape")).arg("run").arg(&path).output() else { panic!("podscape does not run") };
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("unknown field `runs`") && said.contains("line 2"), "{said}");
}
