//! Programs that look at each line: `grep`, `sed`, `cut`, `rev`, `nl`, `tac`.
//! Left out: files below folders (`-r`), sed's hold space and labels.

use std::rc::Rc;

use super::text_tools::source;
use super::tools::Call;
use super::Surroundings;
use crate::base::{Dialect, Groups, Regex, SmallSet};
use crate::runtime::files::normal;

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
fn behind(line: &str, at: usize) -> usize {
    at + line[at..].chars().next().map_or(1, char::len_utf8)
}

/// Lines with those around them; `--` between groups that do not touch.
fn shown(lines: &[&str], chosen: &[usize], before: usize, after: usize, numbered: bool) -> String {
    let mut wanted: SmallSet<usize> = SmallSet::new();
    for at in chosen {
        wanted.extend(at.saturating_sub(before)..(at + after + 1).min(lines.len()));
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

/// A line of a sed script.
struct Edit {
    from: Option<Place>,
    to: Option<Place>,
    negated: bool,
    deed: Deed,
    /// Whether it is between its two places.
    inside: bool,
}

enum Place {
    Line(usize),
    Last,
    Fits(Regex),
}

enum Deed {
    Print,
    Delete,
    Quit,
    Number,
    Append(String),
    Insert(String),
    Change(String),
    /// Expression, replacement, all of them, print, which one.
    Replace(Regex, String, bool, bool, usize),
}

pub(super) fn sed(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (options, mut rest) = options(call.args, "e");
    let has = |letter: char| options.iter().any(|(other, _)| *other == letter);
    let mut scripts: Vec<String> = options.iter().filter(|(letter, _)| *letter == 'e').map(|(_, value)| value.clone()).collect();
    if scripts.is_empty() {
        if rest.is_empty() {
            call.err = "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n".to_owned();
            return 1;
        }
        scripts.push(rest.remove(0));
    }
    let script = scripts.join("\n");
    let dialect = if has('E') || has('r') { Dialect::Extended } else { Dialect::Basic };
    let Some(mut edits) = read_script(&script, dialect) else {
        call.err = format!("sed: -e expression #1, char {}: unknown command or unterminated address regex\n", script.len());
        return 1;
    };
    if has('i') {
        for name in &rest {
            let path = normal(call.directory, name);
            let text = match around.disk.read(&path) {
                Ok(text) => text,
                Err(why) => {
                    call.err += &format!("sed: can't read {name}: {why}\n");
                    return 2;
                }
            };
            let edited = edit(&text, &mut edits, has('n'));
            let _ = around.disk.write(&path, &edited);
        }
        return 0;
    }
    let text: Rc<str> = match source(call, around, &rest, "sed") {
        Ok(text) => text,
        Err(status) => return status + 1,
    };
    call.out = edit(&text, &mut edits, has('n'));
    0
}

fn read_script(script: &str, dialect: Dialect) -> Option<Vec<Edit>> {
    let chars: Vec<char> = script.chars().collect();
    let (mut edits, mut at) = (Vec::new(), 0);
    loop {
        while chars.get(at).is_some_and(|c| c.is_whitespace() || *c == ';' || *c == '}') {
            at += 1;
        }
        if at >= chars.len() {
            return Some(edits);
        }
        let from = place(&chars, &mut at, dialect)?;
        let mut to = None;
        if chars.get(at) == Some(&',') {
            at += 1;
            to = Some(place(&chars, &mut at, dialect)??);
        }
        while matches!(chars.get(at), Some(' ' | '{')) {
            at += 1;
        }
        let negated = chars.get(at) == Some(&'!');
        at += usize::from(negated);
        let command = *chars.get(at)?;
        at += 1;
        let deed = match command {
            'p' => Deed::Print,
            'd' => Deed::Delete,
            'q' => Deed::Quit,
            '=' => Deed::Number,
            'a' | 'i' | 'c' => {
                let end = (at..chars.len()).find(|at| chars[*at] == '\n').unwrap_or(chars.len());
                let text: String = chars[at..end].iter().collect();
                let text = text.trim_start().strip_prefix('\\').unwrap_or(text.trim_start()).trim_start().to_owned();
                at = end;
                match command {
                    'a' => Deed::Append(text),
                    'i' => Deed::Insert(text),
                    _ => Deed::Change(text),
                }
            }
            's' => replacement(&chars, &mut at, dialect)?,
            _ => return None,
        };
        edits.push(Edit { from, to, negated, deed, inside: false });
    }
}

/// A place in front of a command; Some(None) if there is none.
#[allow(clippy::option_option)]
fn place(chars: &[char], at: &mut usize, dialect: Dialect) -> Option<Option<Place>> {
    match chars.get(*at) {
        Some('$') => {
            *at += 1;
            Some(Some(Place::Last))
        }
        Some(c) if c.is_ascii_digit() => {
            let end = (*at..chars.len()).find(|at| !chars[*at].is_ascii_digit()).unwrap_or(chars.len());
            let number: String = chars[*at..end].iter().collect();
            *at = end;
            Some(Some(Place::Line(number.parse().ok()?)))
        }
        Some('/') => {
            *at += 1;
            let text = until(chars, at, '/')?;
            Some(Some(Place::Fits(Regex::parse(&text, dialect, false)?)))
        }
        _ => Some(None),
    }
}

/// The text up to a sign; a backslash before the sign keeps it.
fn until(chars: &[char], at: &mut usize, end: char) -> Option<String> {
    let mut text = String::new();
    while let Some(c) = chars.get(*at) {
        *at += 1;
        match (c, chars.get(*at)) {
            ('\\', Some(next)) if *next == end => {
                text.push(end);
                *at += 1;
            }
            ('\\', Some(next)) => {
                text.extend(['\\', *next]);
                *at += 1;
            }
            (c, _) if *c == end => return Some(text),
            (c, _) => text.push(*c),
        }
    }
    None
}

fn replacement(chars: &[char], at: &mut usize, dialect: Dialect) -> Option<Deed> {
    let sign = *chars.get(*at)?;
    *at += 1;
    let (expression, with) = (until(chars, at, sign)?, until(chars, at, sign)?);
    let (mut all, mut prints, mut ignores_case, mut number) = (false, false, false, 0);
    while let Some(flag) = chars.get(*at).filter(|c| c.is_ascii_alphanumeric()) {
        match flag {
            'g' => all = true,
            'p' => prints = true,
            'i' | 'I' => ignores_case = true,
            digit => number = number * 10 + digit.to_digit(10)? as usize,
        }
        *at += 1;
    }
    Some(Deed::Replace(Regex::parse(&expression, dialect, ignores_case)?, with, all, prints, number))
}

fn edit(text: &str, edits: &mut [Edit], silent: bool) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        let (mut line, mut gone, mut after, mut quits) = ((*line).to_owned(), false, String::new(), false);
        for edit in edits.iter_mut() {
            if gone || edit.chooses(at + 1, lines.len(), &line) == edit.negated {
                continue;
            }
            match &edit.deed {
                Deed::Print => out += &format!("{line}\n"),
                Deed::Number => out += &format!("{}\n", at + 1),
                Deed::Delete => gone = true,
                Deed::Quit => quits = true,
                Deed::Append(text) if text.is_empty() => {}
                Deed::Append(text) => after += &format!("{text}\n"),
                Deed::Insert(text) => out += &format!("{text}\n"),
                Deed::Change(text) => {
                    out += &format!("{text}\n");
                    gone = true;
                }
                Deed::Replace(regex, with, all, prints, number) => {
                    if let Some(replaced) = replaced(&line, regex, with, *all, *number) {
                        line = replaced;
                        if *prints {
                            out += &format!("{line}\n");
                        }
                    }
                }
            }
            if quits {
                break;
            }
        }
        if !gone && !silent {
            out += &format!("{line}\n");
        }
        out += &after;
        if quits {
            break;
        }
    }
    out
}

impl Edit {
    fn chooses(&mut self, number: usize, last: usize, line: &str) -> bool {
        let holds = |place: &Place| match place {
            Place::Line(wanted) => number == *wanted,
            Place::Last => number == last,
            Place::Fits(regex) => regex.is_in(line),
        };
        let Some(from) = &self.from else { return true };
        let Some(to) = &self.to else { return holds(from) };
        if self.inside {
            let past = matches!(to, Place::Line(wanted) if number >= *wanted);
            self.inside = !(past || holds(to));
            return true;
        }
        let begins = holds(from);
        self.inside = begins && !matches!(to, Place::Line(wanted) if number >= *wanted);
        begins
    }
}

/// A line with what fits replaced; None if nothing fits.
pub(super) fn replaced(line: &str, regex: &Regex, with: &str, all: bool, number: usize) -> Option<String> {
    let (mut out, mut at, mut count, mut done) = (String::new(), 0, 0, false);
    while at <= line.len() {
        let Some(found) = regex.find(line, at) else { break };
        let (start, end) = found[0]?;
        out += &line[at..start];
        count += 1;
        if all && count >= number || count == number.max(1) {
            out += &filled(with, &found, line);
            done = true;
        } else {
            out += &line[start..end];
        }
        at = end;
        if end == start {
            at = behind(line, end);
            out += line.get(end..at).unwrap_or_default();
        }
        if done && !all {
            break;
        }
    }
    out += line.get(at..).unwrap_or_default();
    done.then_some(out)
}

/// `&`, `\1`, `\n` in a replacement.
fn filled(with: &str, found: &Groups, line: &str) -> String {
    let mut out = String::new();
    let group = |number: usize| found.get(number).copied().flatten().map_or("", |(start, end)| &line[start..end]);
    let mut signs = with.chars();
    while let Some(c) = signs.next() {
        match c {
            '&' => out += group(0),
            '\\' => match signs.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(c) if c.is_ascii_digit() => out += group(c as usize - '0' as usize),
                Some(c) => out.push(c),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}
