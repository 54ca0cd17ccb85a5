//! `awk`, as people use it in one line: patterns, `print`, `printf`, sums, `BEGIN` and `END`.
//! Left out: fractions, functions beyond `length`, `substr`, `tolower`, `toupper`, `index`, `split`.

use super::awk_script::{Deed, Term, When, read};
use super::text_tools::source;
use super::machine::MAX_VALUE;
use super::tools::Call;
use super::Surroundings;
use crate::base::{Dialect, Regex, SmallMap, printf};

pub(super) fn awk(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let (options, mut rest) = super::line_tools::options(call.args, "Fv");
    if rest.is_empty() {
        call.err = "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n".to_owned();
        return 2;
    }
    let script = rest.remove(0);
    let Some(rules) = read(&script) else {
        call.err = format!("awk: syntax error at source line 1\n context is\n\t{script}\n");
        return 2;
    };
    let mut run = Run { variables: SmallMap::new(), fields: Vec::new(), line: String::new(), out: String::new(), next: false, exit: false, rounds: 0 };
    run.set("OFS", " ");
    run.set("FS", " ");
    for (letter, value) in &options {
        match (letter, value.split_once('=')) {
            ('F', _) => run.set("FS", value),
            ('v', Some((name, value))) => run.set(name, value),
            _ => {}
        }
    }
    let reads = rules.iter().any(|(when, _)| !matches!(when, When::Begin));
    let text = match reads {
        true => match source(call, around, &rest, "awk") {
            Ok(text) => text,
            Err(status) => return status + 1,
        },
        false => "".into(),
    };
    rules.iter().filter(|(when, _)| matches!(when, When::Begin)).for_each(|(_, deeds)| run.run(deeds));
    for (at, line) in text.lines().enumerate() {
        if run.exit {
            break;
        }
        run.begin(line, at + 1);
        for (when, deeds) in &rules {
            let When::Each(condition) = when else { continue };
            let holds = condition.as_ref().is_none_or(|condition| run.is_true(condition));
            if holds && !run.next && !run.exit {
                run.run(deeds);
            }
        }
    }
    run.exit = false;
    rules.iter().filter(|(when, _)| matches!(when, When::End)).for_each(|(_, deeds)| run.run(deeds));
    call.out = run.out;
    0
}

struct Run {
    variables: SmallMap<String, String>,
    fields: Vec<String>,
    line: String,
    out: String,
    next: bool,
    exit: bool,
    /// Rounds of its loops so far.
    rounds: u32,
}

/// A script whose loops go round more often is ended: nobody waits for it.
const MOST_ROUNDS: u32 = 100_000;
/// Stands between an array and its key in the name of an item.
const KEY: char = '\u{1c}';

/// The number that a text begins with.
fn number(text: &str) -> i64 {
    let text = text.trim();
    let end = text.char_indices().find(|(at, c)| !(c.is_ascii_digit() || *at == 0 && *c == '-')).map_or(text.len(), |(at, _)| at);
    text[..end].parse().unwrap_or_default()
}

impl Run {
    fn set(&mut self, name: &str, value: &str) {
        // A text that grows without end ends the script.
        self.exit |= value.len() > MAX_VALUE;
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    fn get(&self, name: &str) -> String {
        self.variables.get(name).cloned().unwrap_or_default()
    }

    fn begin(&mut self, line: &str, number: usize) {
        let separator = self.get("FS");
        self.line = line.to_owned();
        self.fields = match separator.as_str() {
            " " | "" => line.split_whitespace().map(str::to_owned).collect(),
            one if one.chars().count() == 1 => line.split(one).map(str::to_owned).collect(),
            several => self.cut(line, several),
        };
        self.set("NR", &number.to_string());
        self.set("NF", &self.fields.len().to_string());
        self.next = false;
    }

    fn cut(&self, line: &str, separator: &str) -> Vec<String> {
        let Some(regex) = Regex::parse(separator, Dialect::Extended, false) else { return vec![line.to_owned()] };
        let (mut fields, mut at) = (Vec::new(), 0);
        while let Some((start, end)) = regex.find(line, at).and_then(|found| found[0]).filter(|(start, end)| end > start) {
            fields.push(line[at..start].to_owned());
            at = end;
        }
        fields.push(line[at..].to_owned());
        fields
    }

    fn run(&mut self, deeds: &[Deed]) {
        for deed in deeds {
            if self.next || self.exit {
                return;
            }
            match deed {
                Deed::Print(terms) if terms.is_empty() => {
                    let line = format!("{}\n", self.line);
                    self.out += &line;
                }
                Deed::Print(terms) => {
                    let texts: Vec<String> = terms.iter().map(|term| self.text(term)).collect();
                    let between = self.get("OFS");
                    self.out += &(texts.join(&between) + "\n");
                }
                Deed::Printf(terms) => {
                    let texts: Vec<String> = terms.iter().map(|term| self.text(term)).collect();
                    self.out += &formatted(&texts);
                }
                Deed::Do(term) => {
                    self.text(term);
                }
                Deed::If(condition, body, otherwise) => {
                    let holds = self.is_true(condition);
                    self.run(if holds { body } else { otherwise });
                }
                Deed::Each(key, array, body) => {
                    let start = format!("{array}{KEY}");
                    let keys: Vec<String> = self.variables.keys().filter_map(|name| name.strip_prefix(&start)).map(str::to_owned).collect();
                    for item in keys {
                        if self.next || self.exit {
                            break;
                        }
                        self.set(key, &item);
                        self.run(body);
                    }
                }
                Deed::While(condition, body, after) => {
                    while !self.next && !self.exit && self.is_true(condition) {
                        self.rounds += 1;
                        self.exit = self.rounds > MOST_ROUNDS;
                        self.run(body);
                        self.run(after);
                    }
                }
                Deed::Delete(array, keys) => {
                    let name = self.item(array, keys);
                    let is_meant = |known: &String| if keys.is_empty() { known.starts_with(&name) } else { *known == name };
                    let gone: Vec<String> = self.variables.keys().filter(|known| is_meant(known)).cloned().collect();
                    gone.iter().for_each(|name| drop(self.variables.remove(name)));
                }
                Deed::Next => self.next = true,
                Deed::Exit => self.exit = true,
            }
        }
    }

    /// The name by which an item of an array is kept.
    fn item(&mut self, array: &str, keys: &[Term]) -> String {
        let keys: Vec<String> = keys.iter().map(|key| self.text(key)).collect();
        format!("{array}{KEY}{}", keys.join("\u{1d}"))
    }

    /// Puts a value where a term says.
    fn put(&mut self, place: &Term, value: &str) {
        match place {
            Term::Name(name) => self.set(name, value),
            Term::Item(array, keys) => {
                let name = self.item(array, keys);
                self.set(&name, value);
            }
            Term::Field(at) => {
                let at = number(&self.text(at));
                if let Some(field) = usize::try_from(at - 1).ok().and_then(|at| self.fields.get_mut(at)) {
                    value.clone_into(field);
                    self.line = self.fields.join(&self.get("OFS"));
                }
            }
            _ => {}
        }
    }

    fn is_true(&mut self, term: &Term) -> bool {
        let text = self.text(term);
        let is_text = matches!(term, Term::Text(_));
        !text.is_empty() && (is_text || text != "0")
    }

    fn text(&mut self, term: &Term) -> String {
        let truth = |holds: bool| i32::from(holds).to_string();
        match term {
            Term::Text(text) => text.clone(),
            Term::Number(number) => number.to_string(),
            Term::Name(name) => self.get(name),
            Term::Field(inner) => match usize::try_from(number(&self.text(inner))) {
                Ok(0) => self.line.clone(),
                Ok(at) => self.fields.get(at - 1).cloned().unwrap_or_default(),
                Err(_) => String::new(),
            },
            Term::Fits(None, regex, wanted) => truth(regex.is_in(&self.line) == *wanted),
            Term::Fits(Some(inner), regex, wanted) => {
                let text = self.text(inner);
                truth(regex.is_in(&text) == *wanted)
            }
            Term::FitsText(left, right, wanted) => {
                let (text, expression) = (self.text(left), self.text(right));
                truth(Regex::parse(&expression, Dialect::Extended, false).is_some_and(|regex| regex.is_in(&text)) == *wanted)
            }
            Term::Not(inner) => truth(!self.is_true(inner)),
            Term::Set(place, value) => {
                let value = self.text(value);
                self.put(place, &value);
                value
            }
            Term::Step(sign, place) => {
                let before = number(&self.text(place)).to_string();
                self.put(place, &calculated(sign, &before, "1"));
                before
            }
            Term::Item(array, keys) => {
                let name = self.item(array, keys);
                self.get(&name)
            }
            Term::Within(key, array) => {
                let name = self.item(array, std::slice::from_ref(key));
                truth(self.variables.contains_key(&name))
            }
            Term::Two("&&", left, right) => truth(self.is_true(left) && self.is_true(right)),
            Term::Two("||", left, right) => truth(self.is_true(left) || self.is_true(right)),
            Term::Two(" ", left, right) => self.text(left) + &self.text(right),
            Term::Two(sign, left, right) => {
                let (a, b) = (self.text(left), self.text(right));
                calculated(sign, &a, &b)
            }
            Term::Call(name, args) => self.call(name, args),
        }
    }
}

impl Run {
    fn call(&mut self, name: &str, args: &[Term]) -> String {
        match (name, args) {
            ("?:", [condition, yes, no]) => {
                let chosen = if self.is_true(condition) { yes } else { no };
                self.text(chosen)
            }
            ("split", [_, _, ..]) => self.split(args),
            ("length", [Term::Name(array)]) if self.is_array(array) => {
                let start = format!("{array}{KEY}");
                self.variables.keys().filter(|name| name.starts_with(&start)).count().to_string()
            }
            _ => {
                let texts: Vec<String> = args.iter().map(|arg| self.text(arg)).collect();
                called(name, &texts, &self.line)
            }
        }
    }

    fn is_array(&self, name: &str) -> bool {
        let start = format!("{name}{KEY}");
        self.variables.keys().any(|known| known.starts_with(&start))
    }

    /// `split(text, array, separator)`: how many pieces there are.
    fn split(&mut self, args: &[Term]) -> String {
        let (text, Term::Name(array)) = (self.text(&args[0]), &args[1]) else { return "0".to_owned() };
        let separator = match args.get(2) {
            Some(term) => self.text(term),
            None => self.get("FS"),
        };
        let pieces: Vec<String> = match separator.as_str() {
            " " | "" => text.split_whitespace().map(str::to_owned).collect(),
            one => text.split(one).map(str::to_owned).collect(),
        };
        for (at, piece) in pieces.iter().enumerate() {
            self.set(&format!("{array}{KEY}{}", at + 1), piece);
        }
        pieces.len().to_string()
    }
}

fn calculated(sign: &str, a: &str, b: &str) -> String {
    let is_number = |text: &str| !text.is_empty() && text.trim().strip_prefix('-').unwrap_or(text.trim()).bytes().all(|b| b.is_ascii_digit());
    let both = is_number(a) && is_number(b) || a.is_empty() && is_number(b) || b.is_empty() && is_number(a);
    let (x, y) = (number(a), number(b));
    let order = if both { x.cmp(&y) } else { a.cmp(b) };
    let truth = |holds: bool| i64::from(holds);
    let value = match sign {
        "==" => truth(order.is_eq()),
        "!=" => truth(order.is_ne()),
        "<" => truth(order.is_lt()),
        "<=" => truth(order.is_le()),
        ">" => truth(order.is_gt()),
        ">=" => truth(order.is_ge()),
        "+" => x.wrapping_add(y),
        "-" => x.wrapping_sub(y),
        "*" => x.wrapping_mul(y),
        "/" => x.checked_div(y).unwrap_or_default(),
        _ => x.checked_rem(y).unwrap_or_default(),
    };
    value.to_string()
}

fn called(name: &str, args: &[String], line: &str) -> String {
    let first = args.first().map_or(line, String::as_str);
    let at = |index: usize| args.get(index).map(|text| usize::try_from(number(text)).unwrap_or_default());
    match name {
        "length" => first.chars().count().to_string(),
        "tolower" => first.to_ascii_lowercase(),
        "toupper" => first.to_ascii_uppercase(),
        "index" => args.get(1).and_then(|part| first.find(part.as_str())).map_or(0, |at| at + 1).to_string(),
        "substr" => first.chars().skip(at(1).unwrap_or(1).saturating_sub(1)).take(at(2).unwrap_or(usize::MAX)).collect(),
        _ => String::new(),
    }
}

fn formatted(texts: &[String]) -> String {
    let Some((format, rest)) = texts.split_first() else { return String::new() };
    let mut rest = rest.iter();
    printf(format, &mut |verb| {
        let text = rest.next().cloned().unwrap_or_default();
        if verb == 'd' { number(&text).to_string() } else { text }
    })
}
