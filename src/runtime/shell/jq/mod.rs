//! `jq`: the language of jq 1.6. Left out: modules, streaming, `input_filename`, time zones, SQL-like functions.

mod calls;
mod names;
mod operators;
mod paths;
mod run;
mod script;
mod terms;
#[cfg(test)]
mod tests;
mod value;

use std::cell::Cell;

use super::Surroundings;
use super::text_tools::source;
use super::tools::Call;
use run::{Item, Machine, Stop};
use value::{Reader, Value};

/// Functions that are made of others, in jq's own language. Models jq's builtin.jq.
const LIBRARY: &str = include_str!("library.txt");

/// What the words of a call ask for.
#[derive(Default)]
struct Asked {
    /// Letters of options.
    letters: String,
    given: Vec<(String, Value)>,
    filter: Option<String>,
    files: Vec<String>,
    /// `--indent`
    indent: Option<usize>,
}

impl Asked {
    fn has(&self, letter: char) -> bool {
        self.letters.contains(letter)
    }
}

pub(super) fn jq(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let asked = match arguments(call.args) {
        Ok(asked) => asked,
        Err(why) => {
            call.err = why;
            return 2;
        }
    };
    let program = asked.filter.clone().unwrap_or_else(|| ".".to_owned());
    let parsed = match script::read(&program) {
        Ok(parsed) => parsed,
        Err((why, at)) => {
            call.err = uncompiled(&why, &program, at);
            return 3;
        }
    };
    let Ok(text) = source(call, around, &asked.files, "jq") else { return 2 };
    run_all(call, &asked, &parsed, &program, &text)
}

/// Runs a filter on each value of a text.
fn run_all(call: &mut Call<'_>, asked: &Asked, parsed: &script::Filter, program: &str, text: &str) -> i32 {
    let (values, broken) = inputs(asked, text);
    let library = script::definitions(&needed(program));
    let lines: Vec<usize> = values.iter().map(|(_, line)| *line).collect();
    let machine = Machine {
        library: &library,
        given: &asked.given,
        inputs: Cell::new(values.into_iter().rev().map(|(value, _)| value).collect()),
        seconds: call.at.micros() as f64 / 1e6,
        steps: Cell::new(0),
        depth: Cell::new(0),
        labels: Cell::new(0),
    };
    let mut status = 0;
    let mut last = None;
    let mut is_first = true;
    loop {
        let next = if asked.has('n') { is_first.then_some(Value::Null) } else { machine.next_input() };
        is_first = false;
        let Some(input) = next else { break };
        machine.depth.set(0);
        let flow = machine.run(parsed, &None, Item::plain(input), &mut |item| {
            call.out += &shown(&item.value, asked);
            last = Some(item.value.is_true());
            Ok(())
        });
        let unread = machine.inputs.take();
        let read = lines.len() - unread.len();
        machine.inputs.set(unread);
        let place = read.checked_sub(1).and_then(|at| lines.get(at)).map_or("<unknown>".to_owned(), |line| format!("<stdin>:{line}"));
        match flow.map_err(|stop| told(stop, &place, program)) {
            Ok(()) => {}
            Err((why, code)) => {
                call.err += &why;
                status = code;
                if code == 3 {
                    return 3;
                }
            }
        }
    }
    if let Some(why) = broken {
        call.err += &format!("jq: parse error: {why}\n");
        return 2;
    }
    match last {
        _ if status != 0 || !asked.has('e') => status,
        None => 4,
        Some(is_true) => i32::from(!is_true),
    }
}

/// Why a run ended, as jq says it, and its exit code.
fn told(stop: Stop, place: &str, program: &str) -> (String, i32) {
    match stop {
        Stop::Undefined(name, at) => (uncompiled(&format!("{} is not defined", name.trim_start_matches("$*label-")), program, at), 3),
        Stop::Break(_) => (format!("jq: error (at {place}) (not a string): break\n"), 5),
        Stop::Error(why) => match why.text() {
            Some(text) => (format!("jq: error (at {place}): {text}\n"), 5),
            None => (format!("jq: error (at {place}) (not a string): {}\n", why.compact()), 5),
        },
    }
}

/// The definitions that a filter may call, and those that they call: the others need not be read.
fn needed(program: &str) -> String {
    let mut text = String::new();
    let mut left: Vec<(&str, &str)> = LIBRARY.lines().filter_map(|line| Some((line.strip_prefix("def ")?.split(['(', ':']).next()?, line))).collect();
    loop {
        let before = left.len();
        left.retain(|(name, line)| {
            let calls = program.contains(name) || text.contains(name);
            if calls {
                text.push_str(line);
                text.push('\n');
            }
            !calls
        });
        if left.len() == before {
            return text;
        }
    }
}

/// The values to run on, each with the line that it ends in, and what is wrong with what follows them.
fn inputs(asked: &Asked, text: &str) -> (Vec<(Value, usize)>, Option<String>) {
    if asked.has('R') {
        let lines = text.lines().enumerate().map(|(at, line)| (Value::from(line), at + 1));
        return if asked.has('s') { (vec![(Value::from(text), text.matches('\n').count())], None) } else { (lines.collect(), None) };
    }
    let (mut values, mut broken, mut reader) = (Vec::new(), None, Reader::new(text));
    while let Some(read) = reader.next() {
        match read {
            Ok(value) => values.push((value, reader.line())),
            Err(why) => {
                broken = Some(why);
                break;
            }
        }
    }
    if asked.has('s') && broken.is_none() {
        let list: Vec<Value> = values.into_iter().map(|(value, _)| value).collect();
        values = vec![(Value::from(list), text.matches('\n').count())];
    }
    (values, broken)
}

/// An error of a filter that cannot be run: behind it the filter itself, to the place.
fn uncompiled(why: &str, program: &str, at: usize) -> String {
    format!("jq: error: {why} at <top-level>, line 1:\n{program}{}\njq: 1 compile error\n", " ".repeat(at.min(200)))
}

fn shown(value: &Value, asked: &Asked) -> String {
    let sorted;
    let value = if asked.has('S') {
        sorted = value.in_order();
        &sorted
    } else {
        value
    };
    let end = if asked.has('j') { "" } else { "\n" };
    let raw = asked.has('r') || asked.has('j');
    match value.text().filter(|_| raw) {
        Some(text) => text.to_owned() + end,
        None if asked.has('c') || asked.indent == Some(0) => value.compact() + end,
        None if asked.has('t') || asked.indent.is_some() => {
            let step = asked.indent.filter(|_| !asked.has('t')).map_or("\t".to_owned(), |count| " ".repeat(count));
            let indented = |line: &str| {
                let depth = (line.len() - line.trim_start_matches(' ').len()) / 2;
                step.repeat(depth) + line.trim_start_matches(' ')
            };
            value.pretty().split('\n').map(indented).collect::<Vec<_>>().join("\n") + end
        }
        None => value.pretty() + end,
    }
}

/// Reads the words: `--arg name text`, options of one letter, the filter, files.
fn arguments(args: &[String]) -> Result<Asked, String> {
    const LONG: [(&str, char); 11] = [
        ("--raw-output", 'r'), ("--compact-output", 'c'), ("--exit-status", 'e'), ("--null-input", 'n'), ("--raw-input", 'R'), ("--slurp", 's'),
        ("--sort-keys", 'S'), ("--join-output", 'j'), ("--tab", 't'), ("--monochrome-output", 'M'), ("--color-output", 'C'),
    ];
    let (mut asked, mut words) = (Asked::default(), args.iter());
    while let Some(word) = words.next() {
        let mut next = |what: &str| words.next().cloned().ok_or_else(|| format!("jq: {word} takes {what}\n"));
        match word.as_str() {
            "--arg" => {
                let name = next("two parameters (e.g. --arg varname value)")?;
                asked.given.push((name, Value::from(next("two parameters (e.g. --arg varname value)")?)));
            }
            "--argjson" => {
                let (name, text) = (next("two parameters (e.g. --argjson varname text)")?, next("two parameters (e.g. --argjson varname text)")?);
                let value = Reader::new(&text).next().and_then(Result::ok);
                asked.given.push((name, value.ok_or_else(|| "jq: Invalid JSON text passed to --argjson\n".to_owned())?));
            }
            "--indent" => asked.indent = next("a number")?.parse().ok().filter(|count| *count < 8),
            "--args" | "--jsonargs" => {}
            long if long.starts_with("--") => match LONG.iter().find(|(name, _)| *name == long) {
                Some((_, letter)) => asked.letters.push(*letter),
                None => return Err("jq: Unknown arguments\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n".to_owned()),
            },
            short if short.len() > 1 && short.starts_with('-') => asked.letters.push_str(&short[1..]),
            _ if asked.filter.is_none() => asked.filter = Some(word.clone()),
            _ => asked.files.push(word.clone()),
        }
    }
    Ok(asked)
}
