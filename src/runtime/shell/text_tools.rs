//! Programs that deal with text: `echo`, `printf`, `seq`, `head`, `grep` and the like, as far as scripts of containers use them.

use std::rc::Rc;

use super::tools::Call;
use super::Surroundings;
use super::line_tools::options;
use crate::runtime::files::normal;
use crate::base;

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
            Some('f') => out.push('\x0c'),
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
        call.out += &base::printf(&format, &mut |verb| {
            let value = left.split_first().map(|(first, rest)| { left = rest; first.clone() }).unwrap_or_default();
            if verb == 's' || !value.is_empty() { value } else { "0".to_owned() }
        });
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
        let Some(next) = value.checked_add(step) else { break };
        value = next;
    }
    0
}

/// The text of the files that are named, or of the input.
pub(super) fn source(call: &mut Call<'_>, around: &mut Surroundings<'_>, names: &[String], program: &str) -> Result<Rc<str>, i32> {
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

/// What `head` and `tail` are to show: `-n 3`, `-3`, `-n +2`, `-c 10`; the names are the other words.
struct Part {
    number: usize,
    from_start: bool,
    all_but: bool,
    bytes: bool,
    names: Vec<String>,
}

fn part(args: &[String]) -> Part {
    let mut part = Part { number: 10, from_start: false, all_but: false, bytes: false, names: Vec::new() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix('-') {
            None | Some("") => {
                part.names.push(arg.clone());
                continue;
            }
            Some("n" | "c") => args.next().cloned().unwrap_or_default(),
            Some(text) if text.starts_with("-lines=") || text.starts_with("-bytes=") => text[7..].to_owned(),
            Some(text) => text.trim_start_matches(['n', 'c']).to_owned(),
        };
        part.bytes |= arg.starts_with("-c") || arg.starts_with("--bytes");
        part.from_start = value.starts_with('+');
        part.all_but = value.starts_with('-') && arg.len() <= 3 && (arg.starts_with("-n") || arg.starts_with("-c"));
        part.number = value.trim_start_matches(['+', '-']).parse().unwrap_or(part.number);
    }
    part
}

pub(super) fn head(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let part = part(call.args);
    let text = match source(call, around, &part.names, "head") {
        Ok(text) => text,
        Err(status) => return status,
    };
    if part.bytes {
        call.out = text.chars().take(part.number).collect();
        call.enough = text.len() >= part.number;
        return 0;
    }
    let count = text.split_inclusive('\n').count();
    let number = if part.all_but { count.saturating_sub(part.number) } else { part.number };
    call.out = text.split_inclusive('\n').take(number).collect();
    call.enough = !part.all_but && text.matches('\n').count() >= number;
    0
}

pub(super) fn tail(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let part = part(call.args);
    let text = match source(call, around, &part.names, "tail") {
        Ok(text) => text,
        Err(status) => return status,
    };
    if part.bytes {
        let chars: Vec<char> = text.chars().collect();
        call.out = chars[chars.len().saturating_sub(part.number)..].iter().collect();
        return 0;
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let from = if part.from_start { part.number.saturating_sub(1).min(lines.len()) } else { lines.len().saturating_sub(part.number) };
    call.out = lines[from..].concat();
    0
}

pub(super) fn wc(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    match source(call, around, &names, "wc") {
        Ok(text) => {
            let (lines, words, bytes) = (text.matches('\n').count(), text.split_whitespace().count(), text.len());
            // Input has no name to print.
            let of = names.first().map(|name| format!(" {name}")).unwrap_or_default();
            call.out = match () {
                () if call.has('l') => format!("{lines}{of}\n"),
                () if call.has('w') => format!("{words}{of}\n"),
                () if call.has('c') => format!("{bytes}{of}\n"),
                () => format!("{lines:9} {words:9} {bytes:9}{of}\n"),
            };
            0
        }
        Err(status) => status,
    }
}

/// `base64`, `base64 -d`: as people read secrets. What is no text when decoded is shown as far as it is one.
pub(super) fn base64(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let decodes = call.args.iter().any(|arg| matches!(arg.as_str(), "-d" | "-D" | "--decode"));
    let names: Vec<String> = call.args.iter().filter(|arg| !arg.starts_with('-') && arg.parse::<u32>().is_err()).cloned().collect();
    let Ok(text) = source(call, around, &names, "base64") else { return 1 };
    if !decodes {
        for three in text.as_bytes().chunks(3) {
            let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            for at in 0..4 {
                let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
                call.out.push(if at <= three.len() { char::from(letter) } else { '=' });
            }
        }
        call.out.push('\n');
        return 0;
    }
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let Some(value) = LETTERS.iter().position(|known| *known == letter) else {
            call.err.push_str("base64: invalid input\n");
            return 1;
        };
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xFF) as u8);
        }
    }
    call.out = String::from_utf8_lossy(&bytes).into_owned();
    0
}

/// `column -t`: words under each other; without it nothing changes.
pub(super) fn column(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (options, names) = options(call.args, "s");
    let Ok(text) = source(call, around, &names, "column") else { return 1 };
    if !options.iter().any(|(letter, _)| *letter == 't') {
        call.out = text.to_string();
        return 0;
    }
    let sign = options.iter().find(|(letter, _)| *letter == 's').and_then(|(_, value)| value.chars().next());
    let cells = |line: &str| -> Vec<String> {
        match sign {
            Some(sign) => line.split(sign).map(str::to_owned).collect(),
            None => line.split_whitespace().map(str::to_owned).collect(),
        }
    };
    let rows: Vec<Vec<String>> = text.lines().map(cells).filter(|row| !row.is_empty()).collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &rows {
        for (at, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(at) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    for row in &rows {
        for (at, cell) in row.iter().enumerate() {
            let last = at + 1 == row.len();
            let gap = if last { 0 } else { widths[at] + 2 - cell.chars().count() };
            call.out += cell;
            call.out.extend(std::iter::repeat_n(' ', gap));
        }
        call.out.push('\n');
    }
    0
}

pub(super) fn sort(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (options, names) = options(call.args, "kt");
    let has = |letter: char| options.iter().any(|(other, _)| *other == letter);
    let value = |letter: char| options.iter().find(|(other, _)| *other == letter).map(|(_, value)| value.as_str());
    let Ok(text) = source(call, around, &names, "sort") else { return 2 };
    let mut lines: Vec<&str> = text.lines().collect();
    let column = value('k').and_then(|key| key.split([',', '.']).next()?.trim_end_matches(char::is_alphabetic).parse::<usize>().ok());
    let by_number = has('n') || has('h') || value('k').is_some_and(|key| key.contains('n'));
    let key = |line: &str| -> String {
        match (column, value('t').and_then(|sign| sign.chars().next())) {
            (None, _) => line.to_owned(),
            (Some(at), Some(sign)) => line.split(sign).nth(at.saturating_sub(1)).unwrap_or_default().to_owned(),
            (Some(at), None) => line.split_whitespace().skip(at.saturating_sub(1)).collect::<Vec<_>>().join(" "),
        }
    };
    let number = |text: &str| {
        let text = text.trim_start();
        let end = text.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-')).map_or(text.len(), |(at, _)| at);
        text[..end].parse::<i64>().unwrap_or_default()
    };
    base::sort_by(&mut lines, |a, b| {
        let (x, y) = (key(a), key(b));
        let order = if by_number { number(&x).cmp(&number(&y)) } else { x.cmp(&y) };
        let order = order.then_with(|| a.cmp(b));
        if has('r') || value('k').is_some_and(|key| key.ends_with('r')) { order.reverse() } else { order }
    });
    if has('u') {
        lines.dedup();
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
    groups.retain(|(_, count)| !(call.has('d') && *count < 2 || call.has('u') && *count > 1));
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
    // `-s` leaves one of a run of the letters of the last list.
    let (squeezes, last) = (call.has('s'), if to.is_empty() { &from } else { &to });
    let mut before = None;
    for c in text.chars().filter_map(swap) {
        if !squeezes || before != Some(c) || !last.contains(&c) {
            call.out.push(c);
        }
        before = Some(c);
    }
    0
}

/// The letters of a class: `[:space:]`.
const CLASSES: [(&str, fn(&u8) -> bool); 7] = [
    ("[:space:]", |byte| byte.is_ascii_whitespace() || *byte == 0x0B),
    ("[:blank:]", |byte| matches!(byte, b' ' | b'\t')),
    ("[:upper:]", u8::is_ascii_uppercase),
    ("[:lower:]", u8::is_ascii_lowercase),
    ("[:alpha:]", u8::is_ascii_alphabetic),
    ("[:digit:]", u8::is_ascii_digit),
    ("[:alnum:]", u8::is_ascii_alphanumeric),
];

/// `a-z` and `[:space:]` written out.
fn letters(word: Option<&String>) -> Vec<char> {
    let chars: Vec<char> = word.map(|word| escaped(word).chars().collect()).unwrap_or_default();
    let mut all = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let rest: String = chars[i..].iter().take(9).collect();
        if let Some((class, fits)) = CLASSES.iter().find(|(class, _)| rest.starts_with(class)) {
            all.extend((0..128_u8).filter(|byte| fits(byte)).map(char::from));
            i += class.len();
            continue;
        }
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
