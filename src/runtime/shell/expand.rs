//! Words to texts: variables, command output, sums, fields, file names. Models the POSIX Shell Command Language, chapter 2.6.

use std::rc::Rc;

use super::machine::{MAX_VALUE, Shell};
use super::strand::Sink;
use super::syntax::{Part, Quotes, Redirect, Variable, Word};
use super::{Surroundings, lexer, pattern, sum};
use crate::runtime::files::{MISSING, normal};

/// A word while it is being expanded.
#[derive(Default)]
struct Fields {
    done: Vec<String>,
    /// The field at work, and whether there is one.
    text: String,
    open: bool,
    /// Whether it holds an unquoted `*`, `?` or `[`.
    pattern: bool,
}

impl Fields {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.open = true;
    }

    fn end(&mut self) {
        if self.open {
            self.done.push(std::mem::take(&mut self.text));
            self.open = false;
        }
    }

    /// Cuts a text where its separators are; of those that are not white space each ends a field.
    fn cut(&mut self, text: &str, separators: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(|c| separators.contains(c)) {
            let (piece, more) = rest.split_at(at);
            let separator = more.chars().next().unwrap_or_default();
            if !piece.is_empty() || !separator.is_whitespace() {
                self.push(piece);
            }
            self.end();
            rest = &more[separator.len_utf8()..];
        }
        if !rest.is_empty() {
            self.push(rest);
        }
    }
}

impl Shell {
    /// The fields of words.
    pub(super) fn fields(&mut self, index: usize, words: &[Word], around: &mut Surroundings<'_>) -> Vec<String> {
        let mut all = Vec::new();
        let several = |word: &Word| match word.as_slice() {
            [Part::Bare(text)] if text.contains('{') => braces(text, 0).into_iter().map(|text| vec![Part::Bare(text)]).collect(),
            _ => vec![word.clone()],
        };
        for word in words.iter().flat_map(several) {
            let mut fields = Fields::default();
            for part in &word {
                self.part(index, part, &mut fields, around);
            }
            fields.end();
            for field in fields.done {
                let names = if fields.pattern { self.names(index, &field, around) } else { Vec::new() };
                if names.is_empty() { all.push(field) } else { all.extend(names) }
            }
        }
        all
    }

    /// A word as one text.
    pub(super) fn text(&mut self, index: usize, word: &Word, around: &mut Surroundings<'_>) -> String {
        let mut text = String::new();
        for part in word {
            match part {
                Part::Bare(bare) | Part::Quoted(bare) => text.push_str(bare),
                Part::Variable(variable, _) => text.push_str(&self.value(index, variable, around)),
                Part::Output(..) | Part::FileOf(_) => {}
                Part::Given(given, _) => text.push_str(given),
                Part::Sum(sum, _) => text.push_str(&self.sum(index, sum, around)),
            }
            if text.len() > MAX_VALUE {
                self.out_of_memory = true;
                return text;
            }
        }
        text
    }

    fn part(&mut self, index: usize, part: &Part, fields: &mut Fields, around: &mut Surroundings<'_>) {
        let (text, quotes) = match part {
            Part::Bare(text) => {
                let text = match text.strip_prefix('~') {
                    Some(rest) if fields.text.is_empty() && (rest.is_empty() || rest.starts_with('/')) => format!("/root{rest}"),
                    _ => text.clone(),
                };
                fields.pattern |= text.contains(['*', '?', '[']);
                return fields.push(&text);
            }
            Part::Quoted(text) => return fields.push(text),
            Part::Variable(variable, quotes) => match self.list(index, variable, around) {
                Some(list) if *quotes == Quotes::Inside && variable.is_joined() => {
                    let between: String = self.separators(index).chars().take(1).collect();
                    (list.join(&between), *quotes)
                }
                Some(list) => {
                    let separators = self.separators(index);
                    for (i, item) in list.iter().enumerate() {
                        if i > 0 {
                            fields.end();
                        }
                        if *quotes == Quotes::Inside { fields.push(item) } else { fields.cut(item, &separators) }
                    }
                    return;
                }
                None => (self.value(index, variable, around), *quotes),
            },
            // Substitutions were carried out before.
            Part::Output(..) | Part::FileOf(_) => return,
            Part::Given(text, quotes) => (text.clone(), *quotes),
            Part::Sum(sum, quotes) => (self.sum(index, sum, around), *quotes),
        };
        match quotes {
            Quotes::Inside => fields.push(&text),
            Quotes::Outside => fields.cut(&text, &self.separators(index)),
        }
    }

    fn sum(&mut self, index: usize, text: &str, around: &mut Surroundings<'_>) -> String {
        // Variables in it are known by name; substitutions are rare.
        self.reckon(index, text, around).unwrap_or_default().to_string()
    }

    /// The value of a sum, which may set variables; None if it is none, which is said.
    pub(super) fn reckon(&mut self, index: usize, text: &str, around: &mut Surroundings<'_>) -> Option<i64> {
        let strand = &self.strands[index];
        let get = |name: &str| match name.parse::<usize>() {
            Ok(_) => None,
            Err(_) => strand.get(name).map(str::to_owned),
        };
        match sum::value(text, &get) {
            Ok((value, set)) => {
                set.iter().for_each(|(name, value)| self.strands[index].set(name, &value.to_string()));
                Some(value)
            }
            Err(why) => {
                self.complain(index, &format!("sh: {why}"), around);
                None
            }
        }
    }

    pub(super) fn plain(&self, index: usize, name: &str) -> Option<String> {
        let strand = &self.strands[index];
        match name {
            "?" => Some(strand.status.to_string()),
            "#" => Some(strand.arguments.len().to_string()),
            "@" | "*" => Some(strand.arguments.join(" ")),
            "$" => Some(strand.pid.to_string()),
            "!" => (strand.last_job != 0).then(|| strand.last_job.to_string()),
            "0" => Some("sh".to_owned()),
            "-" => Some(String::new()),
            "PWD" => Some(strand.directory.clone()),
            "RANDOM" => Some((strand.at.micros().wrapping_mul(0x9E37_79B9) >> 13 & 0x7FFF).to_string()),
            name if name.starts_with(|c: char| c.is_ascii_digit()) => {
                let number: usize = name.parse().ok()?;
                strand.arguments.get(number.checked_sub(1)?).cloned()
            }
            name => strand.get(name).map(str::to_owned),
        }
    }

    fn value(&mut self, index: usize, variable: &Rc<Variable>, around: &mut Surroundings<'_>) -> String {
        if let Some(list) = self.list(index, variable, around) {
            return list.join(" ");
        }
        let value = self.scalar(index, variable, around);
        self.operated(index, variable, value, around)
    }

    /// A value with what an operator does to it.
    pub(super) fn operated(&mut self, index: usize, variable: &Variable, value: Option<String>, around: &mut Surroundings<'_>) -> String {
        let there = value.as_deref().is_some_and(|text| !text.is_empty() || !variable.operator.starts_with(':'));
        match variable.operator {
            "" | "keys" => value.unwrap_or_default(),
            "length" => value.unwrap_or_default().chars().count().to_string(),
            ":-" | "-" if there => value.unwrap_or_default(),
            ":-" | "-" => self.text(index, &variable.word, around),
            ":=" | "=" if there => value.unwrap_or_default(),
            ":=" | "=" => {
                let text = self.text(index, &variable.word, around);
                self.strands[index].set(&variable.name, &text);
                text
            }
            ":+" | "+" if there => self.text(index, &variable.word, around),
            ":+" | "+" => String::new(),
            ":" => {
                let part = self.text(index, &variable.word, around);
                let (from, count) = part.split_once(':').map_or((part.as_str(), None), |(from, count)| (from, Some(count)));
                let from = self.reckon(index, from, around).unwrap_or_default();
                let count = count.map(|count| self.reckon(index, count, around).unwrap_or_default());
                piece(&value.unwrap_or_default(), from, count)
            }
            operator @ ("/" | "//") => {
                let text = self.text(index, &variable.word, around);
                let (pattern, by) = text.split_once('/').unwrap_or((&text, ""));
                replaced(&value.unwrap_or_default(), pattern, by, operator == "//")
            }
            operator @ ("^" | "^^" | "," | ",,") => {
                let (value, upper) = (value.unwrap_or_default(), operator.starts_with('^'));
                let change = |text: &str| if upper { text.to_ascii_uppercase() } else { text.to_ascii_lowercase() };
                let first = if operator.len() == 2 { value.len() } else { value.chars().next().map_or(0, char::len_utf8) };
                change(&value[..first]) + &value[first..]
            }
            operator => {
                let cut = self.text(index, &variable.word, around);
                without(&value.unwrap_or_default(), operator, &cut)
            }
        }
    }

    /// The files that a pattern fits, sorted.
    fn names(&self, index: usize, field: &str, around: &mut Surroundings<'_>) -> Vec<String> {
        let (directory, last) = match field.rsplit_once('/') {
            Some((directory, last)) => (format!("{directory}/"), last),
            None => (String::new(), field),
        };
        let inside = normal(&self.strands[index].directory, &directory);
        let names = around.disk.names_below(&inside);
        let fits = |name: &String| (!name.starts_with('.') || last.starts_with('.')) && pattern::fits(last, name);
        names.into_iter().filter(fits).map(|name| format!("{directory}{name}")).collect()
    }

    /// Opens redirections. False if one cannot be opened, which is said.
    pub(super) fn redirect(&mut self, index: usize, redirects: &[Redirect], around: &mut Surroundings<'_>) -> bool {
        for redirect in redirects {
            let mut target = self.text(index, &redirect.target, around);
            if matches!(redirect.target.first(), Some(Part::Bare(text)) if text.starts_with("~/")) && !redirect.operator.starts_with("<<") {
                target.replace_range(..1, "/root");
            }
            let path = normal(&self.strands[index].directory, &target);
            if redirect.operator == ">&" && target.len() == 1 {
                let io = &mut self.strands[index].io;
                let sink = if target == "1" { io.out.clone() } else { io.err.clone() };
                if redirect.number == 2 { io.err = sink } else { io.out = sink }
                continue;
            }
            if redirect.operator.starts_with("<<") {
                let input = self.new_input(&if redirect.operator == "<<<" { target + "\n" } else { target });
                self.strands[index].io.input = Some(input);
                continue;
            }
            if redirect.operator == "<" {
                match around.disk.read(&path) {
                    Ok(text) => {
                        let input = self.new_input(&text);
                        self.strands[index].io.input = Some(input);
                    }
                    Err(_) => {
                        self.complain(index, &format!("sh: can't open {target}: no such file"), around);
                        self.strands[index].status = 1;
                        return false;
                    }
                }
                continue;
            }
            let sink = match path.as_str() {
                "/dev/null" => Sink::Null,
                "/proc/1/fd/1" | "/proc/1/fd/2" => Sink::Log,
                "/dev/stdout" => self.strands[index].io.out.clone(),
                "/dev/stderr" => self.strands[index].io.err.clone(),
                path => Sink::File(Rc::from(path)),
            };
            if let Sink::File(path) = &sink {
                let before = if redirect.operator == ">>" { around.disk.read(path).unwrap_or_default() } else { Rc::from("") };
                if let Err(why) = around.disk.write(path, &before) {
                    let why = if why == MISSING { "nonexistent directory" } else { why };
                    self.complain(index, &format!("sh: can't create {target}: {why}"), around);
                    self.strands[index].status = 1;
                    return false;
                }
            }
            let io = &mut self.strands[index].io;
            if redirect.operator == "&>" {
                (io.out, io.err) = (sink.clone(), sink);
            } else if redirect.number == 2 {
                io.err = sink;
            } else {
                io.out = sink;
            }
        }
        true
    }
}

/// So many words at most come from braces.
const MOST_WORDS: usize = 1_000;

/// `a{b,c}d` as `abd acd`, `{1..3}` as `1 2 3`; a text without such braces as it is. `depth`: in how many braces it stands.
fn braces(text: &str, depth: usize) -> Vec<String> {
    let (mut words, mut rest) = (vec![String::new()], text);
    while let Some((open, close, commas)) = group(rest).filter(|_| !lexer::too_deep(depth)) {
        let inside = &rest[open + 1..close];
        let pieces: Vec<String> = match inside.split_once("..").map(|(from, to)| (from.parse::<i32>(), to.parse::<i32>())) {
            Some((Ok(from), Ok(to))) if from <= to => (from..=to).take(MOST_WORDS).map(|number| number.to_string()).collect(),
            Some((Ok(from), Ok(to))) => (to..=from).rev().take(MOST_WORDS).map(|number| number.to_string()).collect(),
            _ if commas.is_empty() => {
                words.iter_mut().for_each(|word| word.push_str(&rest[..=close]));
                rest = &rest[close + 1..];
                continue;
            }
            _ => {
                let (starts, ends) = ([&open].into_iter().chain(&commas), commas.iter().chain([&close]));
                starts.zip(ends).flat_map(|(from, to)| braces(&rest[from + 1..*to], depth + 1)).collect()
            }
        };
        let all = words.iter().flat_map(|word| pieces.iter().map(move |piece| format!("{word}{}{piece}", &rest[..open])));
        words = all.take(MOST_WORDS).collect();
        rest = &rest[close + 1..];
    }
    words.iter_mut().for_each(|word| word.push_str(rest));
    words
}

/// The first braces of a text: where they open and close, and where the commas are between them. None if they do not close.
fn group(text: &str) -> Option<(usize, usize, Vec<usize>)> {
    let open = text.find('{')?;
    let (mut depth, mut commas) = (0_usize, Vec::new());
    for (at, c) in text.char_indices().skip_while(|(at, _)| *at < open) {
        match c {
            '{' => depth += 1,
            ',' if depth == 1 => commas.push(at),
            '}' if depth == 1 => return Some((open, at, commas)),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `${x:from:count}`; negative ones count from the end.
fn piece(text: &str, from: i64, count: Option<i64>) -> String {
    let letters: Vec<char> = text.chars().collect();
    let length = letters.len() as i64;
    let from = if from < 0 { length.saturating_add(from) } else { from };
    if !(0..=length).contains(&from) {
        return String::new();
    }
    let to = match count {
        None => length,
        Some(count) if count < 0 => length.saturating_add(count).max(from),
        Some(count) => from.saturating_add(count).min(length),
    };
    letters[from as usize..to as usize].iter().collect()
}

/// `${x/pattern/by}`, everywhere with two slashes. The longest piece that fits is taken.
fn replaced(text: &str, pattern: &str, by: &str, everywhere: bool) -> String {
    let (mut out, mut at) = (String::new(), 0);
    while at < text.len() && !pattern.is_empty() {
        let ends = text[at..].char_indices().map(|(more, c)| at + more + c.len_utf8()).take(MOST_WORDS);
        match ends.filter(|end| pattern::fits(pattern, &text[at..*end])).last() {
            Some(end) => {
                out.push_str(by);
                at = end;
                if !everywhere {
                    break;
                }
            }
            None => {
                let letter = text[at..].chars().next().unwrap_or_default();
                out.push(letter);
                at += letter.len_utf8();
            }
        }
    }
    out + &text[at..]
}

/// `${x%pattern}` and the like.
fn without(text: &str, operator: &str, cut: &str) -> String {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let from_start = |at: &&usize| pattern::fits(cut, &text[..**at]);
    let to_end = |at: &&usize| pattern::fits(cut, &text[**at..]);
    match operator {
        "#" => ends.iter().find(from_start).map_or(text, |at| &text[*at..]),
        "##" => ends.iter().rev().find(from_start).map_or(text, |at| &text[*at..]),
        "%" => ends.iter().rev().find(to_end).map_or(text, |at| &text[..*at]),
        _ => ends.iter().find(to_end).map_or(text, |at| &text[..*at]),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_stand_for_several_words() {
        let table = [
            ("{1..3}", "1 2 3"), ("{3..1}", "3 2 1"), ("a{b,c}d", "abd acd"), ("{a,b}{1,2}", "a1 a2 b1 b2"), ("{a,{b,c}}", "a b c"), ("{}", "{}"),
            ("{x}", "{x}"), ("{a", "{a"), ("a{,b}", "a ab"), ("-I{}", "-I{}"), ("{x}{a,b}c{y}", "{x}ac{y} {x}bc{y}"),
        ];
        for (text, expected) in table {
            assert_eq!(braces(text, 0).join(" "), expected, "{text}");
        }
        let long = "{x}".repeat(20_000);
        assert_eq!(braces(&long, 0), [long]);
        assert_eq!(braces(&("{a,".repeat(20_000) + &"}".repeat(20_000)), 0).len(), 42);
        assert_eq!(braces(&"{a,b}".repeat(40), 0).len(), MOST_WORDS);
    }
}
