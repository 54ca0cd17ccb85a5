//! Programs that look at each line: `grep`, `cut`, `rev`, `nl`, `tac`.
//! Left out: files below folders (`-r`).

use super::text_tools::source;
use super::tools::Call;
use super::Surroundings;
use crate::base::{Dialect, Regex, SmallSet};

/// The options of a call: letters with their values, and what is no option. `with` lists the letters that take a value.
pub(super) fn options(args: &[String], with: &str) -> (Vec<(char, String)>, Vec<String>) {
    let (mut found, mut rest) = (Vec::new(), Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--" {
            rest.extend(args.cloned());
            break;
        }
        let Some(letters) = arg.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            rest.push(arg.clone());
            continue;
        };
        if let Some(long) = letters.strip_prefix('-') {
            let (name, value) = long.split_once('=').unwrap_or((long, ""));
            let letter = match name {
                "ignore-case" => 'i',
                "invert-match" => 'v',
                "count" => 'c',
                "only-matching" => 'o',
                "line-number" => 'n',
                "quiet" | "silent" => 'q',
                "expression" => 'e',
                "in-place" => 'i',
                "after-context" => 'A',
                "before-context" => 'B',
                "context" => 'C',
                "max-count" => 'm',
                _ => continue,
            };
            found.push((letter, value.to_owned()));
            continue;
        }
        for (at, letter) in letters.char_indices() {
            if with.contains(letter) {
                let joined = &letters[at + letter.len_utf8()..];
                let value = if joined.is_empty() { args.next().cloned().unwrap_or_default() } else { joined.to_owned() };
                found.push((letter, value));
                break;
            }
            found.push((letter, String::new()));
        }
    }
    (found, rest)
}

pub(super) fn grep(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (options, mut rest) = options(call.args, "eABCm");
    let has = |letter: char| options.iter().any(|(other, _)| *other == letter);
    let number = |letter: char| options.iter().rev().find(|(other, _)| *other == letter).and_then(|(_, value)| value.parse::<usize>().ok());
    let mut expressions: Vec<String> = options.iter().filter(|(letter, _)| *letter == 'e').map(|(_, value)| value.clone()).collect();
    if expressions.is_empty() {
        if rest.is_empty() {
            call.err = "Usage: grep [OPTION]... PATTERNS [FILE]...\n".to_owned();
            return 2;
        }
        expressions.push(rest.remove(0));
    }
    let dialect = if has('P') { Dialect::Perl } else if has('E') { Dialect::Extended } else { Dialect::Basic };
    let mut regexes = Vec::new();
    for text in expressions.iter().flat_map(|text| text.split('\n')) {
        let regex = if has('F') { Regex::literal(text, has('i')) } else {
            let text = match (has('w'), has('x')) {
                (_, true) => format!("^{text}$"),
                (true, false) => format!("\\b{text}\\b"),
                _ => text.to_owned(),
            };
            Regex::parse(&text, dialect, has('i'))
        };
        let Some(regex) = regex else {
            call.err = format!("grep: {text}: bad regular expression\n");
            return 2;
        };
        regexes.push(regex);
    }
    let text = match source(call, around, &rest, "grep") {
        Ok(text) => text,
        Err(_) => return 2,
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut chosen: Vec<usize> = (0..lines.len()).filter(|at| regexes.iter().any(|regex| regex.is_in(lines[*at])) != has('v')).collect();
    chosen.truncate(number('m').unwrap_or(usize::MAX));
    let status = i32::from(chosen.is_empty());
    if has('q') || has('s') && chosen.is_empty() {
        return status;
    }
    if has('c') {
        call.out = format!("{}\n", chosen.len());
        return status;
    }
    if has('o') {
        for at in &chosen {
            call.out += &only(&regexes, lines[*at]);
        }
        return status;
    }
    let both = number('C').unwrap_or_default();
    let (before, after) = (number('B').unwrap_or(both), number('A').unwrap_or(both));
    call.out = shown(&lines, &chosen, before, after, has('n'));
    status
}

pub(super) fn egrep(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let args: Vec<String> = std::iter::once("-E".to_owned()).chain(call.args.iter().cloned()).collect();
    let mut inner = Call { args: &args, variables: call.variables.clone(), out: String::new(), err: String::new(), ..*call };
    let status = grep(&mut inner, around);
    let (out, err, read_input) = (inner.out, inner.err, inner.read_input);
    (call.out, call.err, call.read_input) = (out, err, read_input);
    status
}

/// Each part of a line that fits.
fn only(regexes: &[Regex], line: &str) -> String {
    let (mut out, mut at) = (String::new(), 0);
    while at <= line.len() {
        let places = regexes.iter().filter_map(|regex| regex.find(line, at)?[0]);
        let Some((start, end)) = places.min_by_key(|(start, end)| (*start, line.len() - end)) else { break };
        if end > start {
            out += &line[start..end];
            out.push('\n');
            at = end;
        } else {
            at = behind(line, start);
        }
    }
    out
}

/// The place behind the letter at a place, in bytes; past the end if there is none.
pub(super) fn behind(line: &str, at: usize) -> usize {
    at + line[at..].chars().next().map_or(1, char::len_utf8)
}

/// Lines with those around them; `--` between groups that do not touch.
fn shown(lines: &[&str], chosen: &[usize], before: usize, after: usize, numbered: bool) -> String {
    let mut wanted: SmallSet<usize> = SmallSet::new();
    for at in chosen {
        wanted.extend(at.saturating_sub(before)..at.saturating_add(after).saturating_add(1).min(lines.len()));
    }
    let (mut out, mut last) = (String::new(), None);
    for at in wanted {
        if (before > 0 || after > 0) && last.is_some_and(|last| last + 1 != at) {
            out += "--\n";
        }
        if numbered {
            out += &format!("{}{}", at + 1, if chosen.contains(&at) { ':' } else { '-' });
        }
        out += lines[at];
        out.push('\n');
        last = Some(at);
    }
    out
}

pub(super) fn cut(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (options, rest) = options(call.args, "dfcb");
    let value = |letter: char| options.iter().find(|(other, _)| *other == letter).map(|(_, value)| value.clone());
    let Ok(text) = source(call, around, &rest, "cut") else { return 1 };
    let delimiter = value('d').and_then(|value| value.chars().next()).unwrap_or('\t');
    let Some(list) = value('f').or_else(|| value('c')).or_else(|| value('b')) else {
        call.err = "cut: you must specify a list of bytes, characters, or fields\n".to_owned();
        return 1;
    };
    let wanted = |at: usize| {
        list.split(',').any(|range| {
            let (from, to) = range.split_once('-').unwrap_or((range, range));
            let (from, to) = (from.parse().unwrap_or(1), to.parse().unwrap_or(usize::MAX));
            (from..=to).contains(&at)
        })
    };
    for line in text.lines() {
        if value('f').is_none() {
            call.out.extend(line.chars().enumerate().filter(|(at, _)| wanted(at + 1)).map(|(_, c)| c));
        } else if !line.contains(delimiter) {
            call.out += line;
        } else {
            let fields: Vec<&str> = line.split(delimiter).enumerate().filter(|(at, _)| wanted(at + 1)).map(|(_, field)| field).collect();
            call.out += &fields.join(&delimiter.to_string());
        }
        call.out.push('\n');
    }
    0
}

/// `paste -s -d,`, `paste - -`: lines beside each other.
pub(super) fn paste(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (given, names) = options(call.args, "d");
    let by = given.iter().rev().find(|(letter, _)| *letter == 'd').map_or("\t", |(_, by)| by.as_str()).replace("\\n", "\n").replace("\\t", "\t");
    let files: Vec<String> = names.iter().filter(|name| *name != "-").cloned().collect();
    let columns = names.iter().filter(|name| *name == "-").count().max(1);
    if given.iter().any(|(letter, _)| *letter == 's') || files.is_empty() {
        let Ok(text) = source(call, around, &files, "paste") else { return 1 };
        let lines: Vec<&str> = text.lines().collect();
        let width = if given.iter().any(|(letter, _)| *letter == 's') { lines.len().max(1) } else { columns };
        lines.chunks(width).for_each(|row| call.out += &(row.join(&by) + "\n"));
        return 0;
    }
    let mut texts = Vec::new();
    for name in &files {
        let Ok(text) = source(call, around, std::slice::from_ref(name), "paste") else { return 1 };
        texts.push(text);
    }
    let most = texts.iter().map(|text| text.lines().count()).max().unwrap_or_default();
    for at in 0..most {
        let row: Vec<&str> = texts.iter().map(|text| text.lines().nth(at).unwrap_or_default()).collect();
        call.out += &(row.join(&by) + "\n");
    }
    0
}

pub(super) fn rev(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    let Ok(text) = source(call, around, &names, "rev") else { return 1 };
    call.out = text.lines().map(|line| line.chars().rev().collect::<String>() + "\n").collect();
    0
}

pub(super) fn tac(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    let Ok(text) = source(call, around, &names, "tac") else { return 1 };
    call.out = text.lines().rev().map(|line| format!("{line}\n")).collect();
    0
}

pub(super) fn nl(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    let Ok(text) = source(call, around, &names, "nl") else { return 1 };
    call.out = text.lines().enumerate().map(|(at, line)| format!("{:6}\t{line}\n", at + 1)).collect();
    0
}
