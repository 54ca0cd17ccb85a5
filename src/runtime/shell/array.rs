//! Arrays of the shell, what declares variables, what reads into them. Models bash's arrays: an item is the variable `name[key`, the
//! mark of an array whose keys are texts is `name[`. Left out: `declare -p`, the order of bash's hash table (here that of the keys).

use std::rc::Rc;

use super::machine::Shell;
use super::parser::assignment;
use super::strand::{Need, Program, Strand, Value};
use super::syntax::{Assignment, Part, Variable, Word};
use super::Surroundings;
use crate::base::{SimTime, sort_by_key};

/// Where words are cut if nothing else was said.
const SEPARATORS: &str = " \t\n";
/// Not more items than this are read into an array.
const MOST_ITEMS: usize = 10_000;

impl Variable {
    /// Whether its items make one text: `*`.
    pub(super) fn is_joined(&self) -> bool {
        self.name == "*" || is(self.subscript.as_ref(), "*")
    }

    fn is_list(&self) -> bool {
        matches!(self.name.as_str(), "@" | "*") || is(self.subscript.as_ref(), "@") || is(self.subscript.as_ref(), "*")
    }
}

/// Whether a subscript is just this sign.
fn is(subscript: Option<&Word>, sign: &str) -> bool {
    matches!(subscript.map(Vec::as_slice), Some([Part::Quoted(text)]) if text == sign)
}

impl Strand {
    /// The items of an array with their keys; a variable that is none has one.
    fn items(&self, name: &str) -> Vec<(String, String)> {
        let prefix = format!("{name}[");
        let inside = self.variables.iter().filter_map(|(known, value)| Some((known.strip_prefix(&prefix)?.to_owned(), value.text.to_string())));
        let mut items: Vec<(String, String)> = inside.filter(|(key, _)| !key.is_empty()).collect();
        if items.is_empty() {
            return self.variables.get(name).map(|value| ("0".to_owned(), value.text.to_string())).into_iter().collect();
        }
        if !self.has_texts_as_keys(name) {
            sort_by_key(&mut items, |(key, _)| key.parse::<i64>().unwrap_or_default());
        }
        items
    }

    fn has_texts_as_keys(&self, name: &str) -> bool {
        self.variables.contains_key(&format!("{name}["))
    }

    fn next_index(&self, name: &str) -> i64 {
        self.items(name).iter().filter_map(|(key, _)| key.parse::<i64>().ok()).max().map_or(0, |last| last.saturating_add(1))
    }

    fn put(&mut self, name: &str, key: &str, text: &str) {
        // What was no array becomes its first item.
        if let Some(before) = self.variables.remove(name) {
            self.variables.insert(format!("{name}[0"), before);
        }
        self.variables.insert(format!("{name}[{key}"), Value { text: Rc::from(text), exported: false });
    }

    /// `unset name`, `unset 'name[key]'`
    pub(super) fn unset(&mut self, name: &str) {
        match name.strip_suffix(']') {
            Some(item) => drop(self.variables.remove(item)),
            None => {
                let prefix = format!("{name}[");
                self.variables.retain(|known, _| known != name && !known.starts_with(&prefix));
            }
        }
    }
}

impl Shell {
    /// Where words are cut: `IFS`.
    pub(super) fn separators(&self, index: usize) -> String {
        self.strands[index].get("IFS").unwrap_or(SEPARATORS).to_owned()
    }

    /// What `$@`, `${a[@]}`, `${!a[@]}` and these with an operator stand for; None for what is one text.
    pub(super) fn list(&mut self, index: usize, variable: &Rc<Variable>, around: &mut Surroundings<'_>) -> Option<Vec<String>> {
        if !variable.is_list() || variable.operator == "length" {
            return None;
        }
        let strand = &self.strands[index];
        let items: Vec<(String, String)> = match variable.subscript {
            Some(_) => strand.items(&variable.name),
            None => strand.arguments.iter().map(|text| (String::new(), text.clone())).collect(),
        };
        let mut values: Vec<String> = items.iter().map(|(_, text)| text.clone()).collect();
        match variable.operator {
            "" => Some(values),
            "keys" => Some(items.into_iter().map(|(key, _)| key).collect()),
            ":" => {
                let part = self.text(index, &variable.word, around);
                let (from, count) = part.split_once(':').map_or((part.as_str(), None), |(from, count)| (from, Some(count)));
                // The arguments are counted from one.
                let shift = i64::from(variable.subscript.is_none());
                let from = self.reckon(index, from, around).unwrap_or_default();
                let length = values.len() as i64;
                let from = if from < 0 { length.saturating_add(from) } else { from.saturating_sub(shift) }.clamp(0, length) as usize;
                let count = count.map(|count| self.reckon(index, count, around).unwrap_or_default());
                let mut rest = values.split_off(from);
                rest.truncate(count.map_or(usize::MAX, |count| usize::try_from(count).unwrap_or_default()));
                Some(rest)
            }
            ":-" | "-" | ":+" | "+" | ":=" | "=" => None,
            _ => Some(values.into_iter().map(|value| self.operated(index, variable, Some(value), around)).collect()),
        }
    }

    /// The value of a variable, an item, or of all items as one text.
    pub(super) fn scalar(&mut self, index: usize, variable: &Rc<Variable>, around: &mut Surroundings<'_>) -> Option<String> {
        let name = &variable.name;
        if variable.is_list() {
            let strand = &self.strands[index];
            let values = match variable.subscript {
                Some(_) => strand.items(name).into_iter().map(|(_, text)| text).collect(),
                None => strand.arguments.clone(),
            };
            if variable.operator == "length" {
                // What its length is: that of a text of so many letters.
                return Some("x".repeat(values.len()));
            }
            return (!values.is_empty()).then(|| values.join(" "));
        }
        if let Some(subscript) = &variable.subscript {
            let key = self.key(index, name, subscript, around);
            let strand = &self.strands[index];
            let whole = || strand.variables.get(name).filter(|_| key == "0");
            return strand.variables.get(&format!("{name}[{key}")).or_else(whole).map(|value| value.text.to_string());
        }
        let value = self.plain(index, name);
        // `${!x}`: the variable whose name x holds.
        if variable.operator == "keys" { value.and_then(|name| self.plain(index, &name)) } else { value }
    }

    /// The key that a subscript means: the text itself, or the value of a sum.
    fn key(&mut self, index: usize, name: &str, subscript: &Word, around: &mut Surroundings<'_>) -> String {
        let text = self.text(index, subscript, around);
        if self.strands[index].has_texts_as_keys(name) {
            return text;
        }
        let number = self.reckon(index, &text, around).unwrap_or_default();
        let number = if number < 0 { self.strands[index].next_index(name).saturating_add(number) } else { number };
        number.to_string()
    }

    /// Carries out an assignment to an array; of another its name and value. `fields`: the command behind it.
    pub(super) fn assigned(&mut self, index: usize, to: &Assignment, fields: &[String], around: &mut Surroundings<'_>) -> Option<(String, String)> {
        let name = &to.name;
        if name.is_empty() {
            return None;
        }
        if let Some(items) = &to.items {
            let by_text = fields.iter().any(|flag| flag.starts_with('-') && flag.contains('A')) || self.strands[index].has_texts_as_keys(name);
            if !to.adds {
                self.strands[index].unset(name);
            }
            if by_text {
                self.strands[index].variables.entry(format!("{name}[")).or_default();
            }
            self.put_items(index, name, items, around);
            return None;
        }
        let mut text = self.text(index, &to.value, around);
        let Some(subscript) = &to.subscript else {
            if to.adds {
                text.insert_str(0, self.strands[index].get(name).unwrap_or_default());
            }
            return Some((name.clone(), text));
        };
        let key = self.key(index, name, subscript, around);
        let strand = &mut self.strands[index];
        if let Some(before) = strand.variables.get(&format!("{name}[{key}")).filter(|_| to.adds) {
            text.insert_str(0, &before.text);
        }
        strand.put(name, &key, &text);
        None
    }

    fn put_items(&mut self, index: usize, name: &str, items: &[Word], around: &mut Surroundings<'_>) {
        let mut next = self.strands[index].next_index(name);
        for item in items {
            if let Some(Assignment { subscript: Some(subscript), value, .. }) = assignment(item).filter(|one| one.name.is_empty()) {
                let key = self.key(index, name, &subscript, around);
                let text = self.text(index, &value, around);
                self.strands[index].put(name, &key, &text);
                next = key.parse::<i64>().map_or(next, |key| key.saturating_add(1));
                continue;
            }
            for text in self.fields(index, std::slice::from_ref(item), around) {
                self.strands[index].put(name, &next.to_string(), &text);
                next = next.saturating_add(1);
            }
        }
    }

    /// `export A=1`, `declare -A m`, and `local`, which here is as wide as the shell.
    pub(super) fn declare(&mut self, index: usize, args: &[String], by: &str, around: &mut Surroundings<'_>) {
        let flags: String = args.iter().filter_map(|arg| arg.strip_prefix('-')).collect();
        let strand = &mut self.strands[index];
        if by == "export" && (args.is_empty() || flags == "p") {
            let line = |(name, text): &(String, String)| format!("declare -x {name}=\"{text}\"\n");
            let (text, out) = (strand.exported(&[]).iter().map(line).collect::<String>(), strand.io.out.clone());
            return self.print(index, &out, &text, around);
        }
        for arg in args.iter().filter(|arg| !arg.starts_with('-')) {
            let (name, text) = arg.split_once('=').map_or((arg.as_str(), None), |(name, text)| (name, Some(text)));
            if flags.contains(['a', 'A']) || strand.variables.contains_key(&format!("{name}[0")) || strand.has_texts_as_keys(name) {
                if flags.contains('A') {
                    strand.variables.entry(format!("{name}[")).or_default();
                }
                continue;
            }
            let value = strand.variables.entry(name.to_owned()).or_default();
            value.exported |= by == "export" || flags.contains('x');
            if let Some(text) = text {
                value.text = text.into();
            }
        }
    }

    /// A line that `read` has taken, into its variables.
    pub(super) fn take_line(&mut self, index: usize, args: &[String], line: &str, separators: Option<String>) {
        let separators = separators.unwrap_or_else(|| self.separators(index));
        let is_array = args.iter().any(|arg| arg.starts_with('-') && arg.contains('a'));
        let names: Vec<&str> = args.iter().filter(|arg| !arg.starts_with('-')).map(String::as_str).collect();
        let names = if names.is_empty() { vec!["REPLY"] } else { names };
        let is_blank = |c: char| separators.contains(c) && c.is_whitespace();
        let strand = &mut self.strands[index];
        let mut left = line.trim_matches(is_blank);
        if is_array {
            strand.unset(names[0]);
        }
        for at in 0..MOST_ITEMS {
            if !is_array && at >= names.len() || is_array && left.is_empty() {
                return;
            }
            let (word, rest) = match left.find(|c| separators.contains(c)).filter(|_| is_array || at + 1 < names.len()) {
                Some(end) => {
                    let rest = left[end..].trim_start_matches(is_blank);
                    let sign = rest.chars().next().filter(|c| separators.contains(*c)).map_or(0, char::len_utf8);
                    (&left[..end], rest[sign..].trim_start_matches(is_blank))
                }
                None => (left, ""),
            };
            if is_array { strand.put(names[0], &at.to_string(), word) } else { strand.set(names[at], word) }
            left = rest;
        }
    }

    /// `mapfile -t a`: each line of the input is an item.
    pub(super) fn read_lines(&mut self, index: usize, program: &Rc<Program>) {
        if self.wait_for(index, program, Need::End) {
            return;
        }
        let args = &program.words[1..];
        let name = args.iter().find(|arg| !arg.starts_with('-')).map_or("MAPFILE", String::as_str);
        let trims = args.iter().any(|arg| arg == "-t");
        let text = self.read_all(index);
        let strand = &mut self.strands[index];
        strand.unset(name);
        for (at, line) in text.split_inclusive('\n').take(MOST_ITEMS).enumerate() {
            let line = if trims { line.trim_end_matches('\n') } else { line };
            strand.put(name, &at.to_string(), line);
        }
    }

    /// What `time` says: only the clock of the cluster is known, not what a processor was busy with.
    pub(super) fn tell_time(&mut self, index: usize, since: SimTime, posix: bool, around: &mut Surroundings<'_>) {
        let strand = &self.strands[index];
        let millis = strand.at.since(since).millis();
        let (minutes, seconds, rest) = (millis / 60_000, millis / 1_000 % 60, millis % 1_000);
        let text = match (posix, around.kit == crate::runtime::image::Kit::HOST) {
            (true, _) => format!("real {}.{:02}\nuser 0.00\nsys 0.00\n", millis / 1_000, rest / 10),
            (false, true) => format!("\nreal\t{minutes}m{seconds}.{rest:03}s\nuser\t0m0.000s\nsys\t0m0.000s\n"),
            (false, false) => format!("real\t{minutes}m {seconds}.{:02}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n", rest / 10),
        };
        let err = strand.io.err.clone();
        self.print(index, &err, &text, around);
    }
}
