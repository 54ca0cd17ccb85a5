//! Programs that deal with files: `cat`, `ls`, `touch`, `rm`, `test` and the like, with busybox' words.

use super::Surroundings;
use super::tools::Call;
use crate::runtime::files::{Entry, MISSING, SEALED, normal};

pub(super) fn cat(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    if names.is_empty() {
        call.out = call.take_input();
        return 0;
    }
    let mut status = 0;
    for name in names {
        if name == "-" {
            let text = call.take_input();
            call.out += &text;
            continue;
        }
        match around.disk.read(&normal(call.directory, &name)) {
            Ok(text) => call.out += &text,
            Err(why) => {
                call.err += &match why {
                    MISSING => format!("cat: can't open '{name}': {why}\n"),
                    why => format!("cat: read error: {why}\n"),
                };
                status = 1;
            }
        }
    }
    status
}

pub(super) fn ls(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let mut names = call.operands();
    if names.is_empty() {
        names.push(".".to_owned());
    }
    let (several, mut status, mut first) = (names.len() > 1, 0, true);
    for name in names {
        let path = normal(call.directory, &name);
        let Some(entry) = around.disk.find(&path) else {
            call.err += &format!("ls: {name}: {MISSING}\n");
            status = 1;
            continue;
        };
        if !matches!(entry, Entry::Directory) || call.has('d') {
            call.out += &line(call, &name, &entry);
            continue;
        }
        if several {
            call.out += &format!("{}{name}:\n", if first { "" } else { "\n" });
        }
        first = false;
        let hidden = call.has('a') || call.has('A');
        for inner in around.disk.names_below(&path) {
            if let Some(entry) = around.disk.find(&format!("{path}/{inner}")).filter(|_| hidden || !inner.starts_with('.')) {
                call.out += &line(call, &inner, &entry);
            }
        }
    }
    status
}

fn line(call: &Call<'_>, name: &str, entry: &Entry) -> String {
    if !call.has('l') {
        return format!("{name}\n");
    }
    let date = super::tools::formatted("%b %e %H:%M", call.at);
    match entry {
        Entry::Directory => format!("drwxr-xr-x    2 root     root          4096 {date} {name}\n"),
        Entry::File(text) => format!("-rw-r--r--    1 root     root     {:9} {date} {name}\n", text.len()),
        Entry::Gone => String::new(),
    }
}

pub(super) fn touch(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let mut status = 0;
    for name in call.operands() {
        let path = normal(call.directory, &name);
        if around.disk.find(&path).is_some() {
            continue;
        }
        if let Err(why) = around.disk.write(&path, "") {
            call.err += &format!("touch: {name}: {why}\n");
            status = 1;
        }
    }
    status
}

pub(super) fn rm(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let mut status = 0;
    let all = call.has('r') || call.has('R');
    for name in call.operands() {
        let path = normal(call.directory, &name);
        match around.disk.find(&path) {
            None if call.has('f') => {}
            None => {
                call.err += &format!("rm: can't remove '{name}': {MISSING}\n");
                status = 1;
            }
            Some(Entry::Directory) if !all => {
                call.err += &format!("rm: '{name}' is a directory\n");
                status = 1;
            }
            Some(_) if path == "/" => status = 1,
            Some(_) if around.disk.is_sealed(&path) => {
                call.err += &format!("rm: can't remove '{name}': {SEALED}\n");
                status = 1;
            }
            Some(_) => around.disk.remove(&path),
        }
    }
    status
}

pub(super) fn mkdir(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let mut status = 0;
    for name in call.operands() {
        let path = normal(call.directory, &name);
        let mut result = Ok(());
        if call.has('p') {
            let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
            for end in 1..=parts.len() {
                let upper = format!("/{}", parts[..end].join("/"));
                if around.disk.find(&upper).is_none() {
                    result = around.disk.make_directory(&upper);
                }
                if result.is_err() {
                    break;
                }
            }
        } else {
            result = around.disk.make_directory(&path);
        }
        if let Err(why) = result {
            call.err += &format!("mkdir: can't create directory '{name}': {why}\n");
            status = 1;
        }
    }
    status
}

/// Copies one file.
fn copy(call: &mut Call<'_>, around: &mut Surroundings<'_>, program: &str) -> Option<String> {
    let names = call.operands();
    let [from, to] = names.as_slice() else {
        call.err += &format!("BusyBox: {program}: one file and its new name are wanted\n");
        return None;
    };
    let source = normal(call.directory, from);
    let mut target = normal(call.directory, to);
    if matches!(around.disk.find(&target), Some(Entry::Directory)) {
        target = format!("{target}/{}", source.rsplit('/').next().unwrap_or_default());
    }
    let done = around.disk.read(&source).map_err(|why| (from, why));
    if let Err((name, why)) = done.and_then(|text| around.disk.write(&target, &text).map_err(|why| (to, why))) {
        let act = if why == SEALED { "create" } else { "stat" };
        call.err += &format!("{program}: can't {act} '{name}': {why}\n");
        return None;
    }
    Some(source)
}

pub(super) fn cp(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    i32::from(copy(call, around, "cp").is_none())
}

pub(super) fn mv(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let Some(source) = copy(call, around, "mv") else { return 1 };
    if around.disk.is_sealed(&source) {
        call.err += &format!("mv: can't remove '{source}': {SEALED}\n");
        return 1;
    }
    around.disk.remove(&source);
    0
}

pub(super) fn tee(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let text = call.take_input();
    let mut status = 0;
    for name in call.operands() {
        let path = normal(call.directory, &name);
        let before = if call.has('a') || call.again { around.disk.read(&path).unwrap_or_default() } else { "".into() };
        if let Err(why) = around.disk.write(&path, &format!("{before}{text}")) {
            // What it is given in parts it is told of once.
            if !text.is_empty() {
                call.err += &format!("tee: {name}: {why}\n");
            }
            status = 1;
        }
    }
    call.out = text;
    status
}

/// `test`, `[`: 0 if it holds.
pub(super) fn test(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let words: Vec<&str> = call.args.iter().map(String::as_str).filter(|word| !matches!(*word, "]" | "]]")).collect();
    let directory = call.directory.to_owned();
    if call.args.last().is_some_and(|word| word == "]]")
        && let [left, sign @ ("=" | "==" | "!=" | "=~"), right] = words.as_slice()
    {
        return fits(left, sign, right);
    }
    match holds(&words, &directory, around) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(why) => {
            call.err = format!("sh: {why}\n");
            2
        }
    }
}

/// A comparison between `[[` and `]]`: with a pattern, or with an expression.
fn fits(left: &str, sign: &str, right: &str) -> i32 {
    if sign != "=~" {
        return i32::from(super::pattern::fits(right, left) == (sign == "!="));
    }
    match crate::base::Regex::parse(right, crate::base::Dialect::Extended, false) {
        Some(regex) => i32::from(!regex.is_in(left)),
        None => 2,
    }
}

fn holds(words: &[&str], directory: &str, around: &mut Surroundings<'_>) -> Result<bool, String> {
    for all in between(words, ["-o", "||"]) {
        let mut every = true;
        for one in between(all, ["-a", "&&"]) {
            let negations = one.iter().take_while(|word| **word == "!").count();
            every = every && primary(&one[negations..], directory, around)? == (negations % 2 == 0);
        }
        if every {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The words between signs; a sign that stands first or last is none.
fn between<'a, 'b>(mut words: &'a [&'b str], signs: [&str; 2]) -> Vec<&'a [&'b str]> {
    let mut parts = Vec::new();
    while let Some(at) = words.iter().position(|word| signs.contains(word)).filter(|at| *at > 0 && at + 1 < words.len()) {
        parts.push(&words[..at]);
        words = &words[at + 1..];
    }
    parts.push(words);
    parts
}

/// One condition.
fn primary(words: &[&str], directory: &str, around: &mut Surroundings<'_>) -> Result<bool, String> {
    match words {
        [] => Ok(false),
        [text] => Ok(!text.is_empty()),
        ["-n", text] => Ok(!text.is_empty()),
        ["-z", text] => Ok(text.is_empty()),
        [flag, name] if flag.starts_with('-') => {
            let entry = around.disk.find(&normal(directory, name));
            Ok(match (*flag, entry) {
                (_, None) => false,
                ("-d", Some(entry)) => entry == Entry::Directory,
                ("-f", Some(entry)) => entry != Entry::Directory,
                ("-s", Some(Entry::File(text))) => !text.is_empty(),
                (_, Some(_)) => true,
            })
        }
        [left, "=" | "==", right] => Ok(left == right),
        [left, "!=", right] => Ok(left != right),
        [left, sign, right] => {
            let number = |text: &str| text.trim().parse::<i64>().map_err(|_| format!("{text}: bad number"));
            let (a, b) = (number(left)?, number(right)?);
            match *sign {
                "-eq" => Ok(a == b),
                "-ne" => Ok(a != b),
                "-lt" => Ok(a < b),
                "-le" => Ok(a <= b),
                "-gt" => Ok(a > b),
                "-ge" => Ok(a >= b),
                sign => Err(format!("{sign}: unknown operand")),
            }
        }
        [_, word, ..] => Err(format!("{word}: unknown operand")),
    }
}
