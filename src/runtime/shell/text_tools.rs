//! Programs that deal with text: `echo`, `printf`, `seq`, `head`, `grep` and the like, as far as scripts of containers use them.
//! Left out: regular expressions beyond `^`, `$`, `.*` and classes.

use std::rc::Rc;

use super::tools::Call;
use super::{Surroundings, pattern};
use crate::runtime::files::normal;
use crate::base::{self, sort_by_key};

pub(super) fn echo(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let flags = call.args.iter().take_while(|arg| matches!(arg.as_str(), "-n" | "-e" | "-ne" | "-en")).count();
    let has = |letter: char| call.args[..flags].iter().any(|arg| arg.contains(letter));
    let mut text = call.args[flags..].join(" ");
    if has('e') {
        text = escaped(&text);
    }
    if !has('n') {
        text.push('\n');
    }
    call.out = text;
    0
}

/// `\n` and the like.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('\\') => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

pub(super) fn printf(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let Some((format, args)) = call.args.split_first() else { return 1 };
    let (format, mut left) = (escaped(format), args);
    loop {
        let before = left.len();
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                call.out.push(c);
                continue;
            }
            let mut width = String::new();
            while let Some(digit) = chars.next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) {
                width.push(digit);
            }
            let kind = chars.next().unwrap_or('%');
            if kind == '%' {
                call.out.push('%');
                continue;
            }
            let value = left.split_first().map(|(first, rest)| { left = rest; first.clone() }).unwrap_or_default();
            let value = if kind == 's' || !value.is_empty() { value } else { "0".to_owned() };
            let size: usize = width.trim_start_matches('-').split('.').next().and_then(|text| text.parse().ok()).unwrap_or_default();
            let size = size.min(200);
            call.out += &match (width.starts_with('-'), width.starts_with('0')) {
                (true, _) => format!("{value:<size$}"),
                (false, true) => format!("{value:0>size$}"),
                (false, false) => format!("{value:>size$}"),
            };
        }
        if left.is_empty() || left.len() == before {
            return 0;
        }
    }
}

pub(super) fn seq(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let numbers: Vec<i64> = call.args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let (from, step, to) = match numbers.as_slice() {
        [to] => (1, 1, *to),
        [from, to] => (*from, 1, *to),
        [from, step, to] => (*from, *step, *to),
        _ => return 1,
    };
    let mut value = from;
    for _ in 0..10_000 {
        if step == 0 || step > 0 && value > to || step < 0 && value < to {
            break;
        }
        call.out += &format!("{value}\n");
        value += step;
    }
    0
}

/// The text of the files that are named, or of the input.
fn source(call: &mut Call<'_>, around: &mut Surroundings<'_>, names: &[String], program: &str) -> Result<Rc<str>, i32> {
    if names.is_empty() {
        return Ok(call.take_input().into());
    }
    let mut all = String::new();
    for name in names {
        match around.disk.read(&normal(call.directory, name)) {
            Ok(text) => all += &text,
            Err(why) => {
                call.err += &format!("{program}: {name}: {why}\n");
                return Err(1);
            }
        }
    }
    Ok(all.into())
}

/// `-n 3`, `-3`, `-c …` left out; the names are the other words.
fn count(args: &[String]) -> (usize, Vec<String>) {
    let (mut number, mut names, mut next) = (10, Vec::new(), false);
    for arg in args {
        if next {
            number = arg.trim_start_matches('+').parse().unwrap_or(number);
            next = false;
        } else if arg == "-n" {
            next = true;
        } else if let Some(text) = arg.strip_prefix("-n").or_else(|| arg.strip_prefix('-')) {
            number = text.parse().unwrap_or(number);
        } else {
            names.push(arg.clone());
        }
    }
    (number, names)
}

pub(super) fn head(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (number, names) = count(call.args);
    match source(call, around, &names, "head") {
        Ok(text) => {
            call.out = text.split_inclusive('\n').take(number).collect();
            call.enough = text.matches('\n').count() >= number;
            0
        }
        Err(status) => status,
    }
}

pub(super) fn tail(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (number, names) = count(call.args);
    match source(call, around, &names, "tail") {
        Ok(text) => {
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            call.out = lines[lines.len().saturating_sub(number)..].concat();
            0
        }
        Err(status) => status,
    }
}

pub(super) fn grep(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let mut words = call.operands();
    if words.is_empty() {
        return 2;
    }
    let wanted = words.remove(0);
    let text = match source(call, around, &words, "grep") {
        Ok(text) => text,
        Err(_) => return 2,
    };
    let alternatives: Vec<String> = wanted.split(if call.has('E') { "|" } else { "\\|" }).map(glob).collect();
    let lower = |text: &str| if call.has('i') { text.to_ascii_lowercase() } else { text.to_owned() };
    let fits = |line: &&str| alternatives.iter().any(|glob| pattern::fits(&lower(glob), &lower(line))) != call.has('v');
    let found: Vec<&str> = text.lines().filter(fits).collect();
    if call.has('c') {
        call.out = format!("{}\n", found.len());
    } else if !call.has('q') {
        call.out = found.iter().map(|line| format!("{line}\n")).collect();
    }
    i32::from(found.is_empty())
}

/// A simple regular expression as a pattern of whole lines.
fn glob(expression: &str) -> String {
    let (start, rest) = expression.strip_prefix('^').map_or(("*", expression), |rest| ("", rest));
    let (end, rest) = rest.strip_suffix('$').map_or(("*", rest), |rest| ("", rest));
    let inner = rest.replace(".*", "\u{1}").replace('*', "[*]").replace('?', "[?]").replace('\u{1}', "*");
    format!("{start}{}{end}", inner.replace("\\.", "\u{1}").replace('.', "?").replace('\u{1}', "."))
}

pub(super) fn wc(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    match source(call, around, &names, "wc") {
        Ok(text) => {
            let (lines, words, bytes) = (text.matches('\n').count(), text.split_whitespace().count(), text.len());
            call.out = match () {
                () if call.has('l') => format!("{lines}\n"),
                () if call.has('w') => format!("{words}\n"),
                () if call.has('c') => format!("{bytes}\n"),
                () => format!("{lines:9} {words:9} {bytes:9}\n"),
            };
            0
        }
        Err(status) => status,
    }
}

pub(super) fn sort(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    let Ok(text) = source(call, around, &names, "sort") else { return 2 };
    let mut lines: Vec<&str> = text.lines().collect();
    base::sort(&mut lines);
    if call.has('n') {
        sort_by_key(&mut lines, |line| line.split_whitespace().next().and_then(|word| word.parse::<i64>().ok()).unwrap_or_default());
    }
    if call.has('u') {
        lines.dedup();
    }
    if call.has('r') {
        lines.reverse();
    }
    call.out = lines.iter().map(|line| format!("{line}\n")).collect();
    0
}

pub(super) fn uniq(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    let Ok(text) = source(call, around, &names, "uniq") else { return 1 };
    let mut groups: Vec<(&str, usize)> = Vec::new();
    for line in text.lines() {
        match groups.last_mut() {
            Some((last, count)) if *last == line => *count += 1,
            _ => groups.push((line, 1)),
        }
    }
    let counted = call.has('c');
    call.out = groups.iter().map(|(line, count)| if counted { format!("{count:7} {line}\n") } else { format!("{line}\n") }).collect();
    0
}

pub(super) fn tr(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let text = call.take_input();
    let words = call.operands();
    let (from, to) = (letters(words.first()), letters(words.get(1)));
    let delete = call.has('d');
    let swap = |c: char| match from.iter().position(|other| *other == c) {
        None => Some(c),
        Some(_) if delete => None,
        Some(at) => to.get(at).or(to.last()).copied().or(Some(c)),
    };
    call.out = text.chars().filter_map(swap).collect();
    0
}

/// `a-z` written out.
fn letters(word: Option<&String>) -> Vec<char> {
    let chars: Vec<char> = word.map(|word| escaped(word).chars().collect()).unwrap_or_default();
    let mut all = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match chars[i..] {
            [from, '-', to, ..] if from <= to && (to as u32 - from as u32) < 256 => {
                all.extend(from..=to);
                i += 3;
            }
            _ => {
                all.push(chars[i]);
                i += 1;
            }
        }
    }
    all
}

pub(super) fn basename(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let name = call.args.first().map_or("", String::as_str);
    call.out = format!("{}\n", name.trim_end_matches('/').rsplit('/').next().unwrap_or_default());
    0
}

pub(super) fn dirname(call: &mut Call<'_>, _: &mut Surroundings<'_>) -> i32 {
    let name = call.args.first().map_or("", String::as_str);
    let parent = name.trim_end_matches('/').rsplit_once('/').map_or(".", |(parent, _)| parent);
    call.out = format!("{}\n", if parent.is_empty() { "/" } else { parent });
    0
}
