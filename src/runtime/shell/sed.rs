//! `sed`: a script of edits, each with the places where it is done. Left out: the hold space and labels.

use std::rc::Rc;

use super::Surroundings;
use super::line_tools::{behind, options};
use super::text_tools::source;
use super::tools::Call;
use crate::base::{Dialect, Groups, Regex};
use crate::runtime::files::normal;

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
            if let Err(why) = around.disk.write(&path, &edited) {
                call.err += &format!("sed: can't create temp file '{name}XXXXXX': {why}\n");
                return 4;
            }
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
fn replaced(line: &str, regex: &Regex, with: &str, all: bool, number: usize) -> Option<String> {
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
