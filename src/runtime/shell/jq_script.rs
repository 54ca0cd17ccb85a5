//! The grammar of jq's filters, as far as people write them in one line.

use serde_json::Value;

/// Deeper than this no filter is nested that a person writes.
const MAX_DEPTH: usize = 40;

/// So many filters at most hang together by pipes, commas, signs and paths.
const MAX_CHAIN: usize = 1_000;

/// From a value to values.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    Dot,
    Field(Box<Filter>, String),
    Index(Box<Filter>, i64),
    Slice(Box<Filter>, Option<i64>, Option<i64>),
    Each(Box<Filter>),
    Pipe(Box<Filter>, Box<Filter>),
    Comma(Box<Filter>, Box<Filter>),
    Two(&'static str, Box<Filter>, Box<Filter>),
    Constant(Value),
    List(Option<Box<Filter>>),
    Object(Vec<(String, Filter)>),
    Call(String, Vec<Filter>),
    /// `"a \(.b)"`: texts and what stands between them.
    Text(Vec<(String, Option<Filter>)>),
    /// `if … then … elif … else … end`
    If(Vec<(Filter, Filter)>, Box<Filter>),
    /// `..`
    Deep,
}

/// Reads a filter; None if it is none. `given`: the variables.
pub(super) fn read(filter: &str, given: Vec<(String, Value)>) -> Option<Filter> {
    let mut parser = Parser { chars: filter.chars().collect(), at: 0, depth: 0, chain: 0, given };
    parser.pipe().filter(|_| parser.rest_is_empty())
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    /// How many filters have another as their left.
    chain: usize,
    /// What `--arg` gives.
    given: Vec<(String, Value)>,
}

impl Parser {
    fn gap(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn rest_is_empty(&mut self) -> bool {
        self.gap();
        self.at >= self.chars.len()
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.gap();
        let is = sign.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        self.at += if is { sign.chars().count() } else { 0 };
        is
    }

    fn pipe(&mut self) -> Option<Filter> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut left = self.comma()?;
        while !self.chars[self.at.min(self.chars.len())..].starts_with(&['|', '=']) && self.sign("|") {
            left = Filter::Pipe(self.left(left)?, Box::new(self.comma()?));
        }
        self.depth -= 1;
        Some(left)
    }

    /// What stands left of what follows; None if too much hangs together.
    fn left(&mut self, filter: Filter) -> Option<Box<Filter>> {
        self.chain += 1;
        (self.chain <= MAX_CHAIN).then(|| Box::new(filter))
    }

    fn comma(&mut self) -> Option<Filter> {
        let mut left = self.level(0)?;
        while self.sign(",") {
            left = Filter::Comma(self.left(left)?, Box::new(self.level(0)?));
        }
        Some(left)
    }

    fn level(&mut self, level: usize) -> Option<Filter> {
        const LEVELS: [&[&str]; 5] = [&["//"], &["or"], &["and"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-"]];
        let Some(signs) = LEVELS.get(level) else { return self.postfix() };
        let mut left = self.level(level + 1)?;
        while let Some(sign) = signs.iter().copied().find(|sign| self.sign(sign)) {
            left = Filter::Two(sign, self.left(left)?, Box::new(self.level(level + 1)?));
        }
        Some(left)
    }

    fn name(&mut self) -> String {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    /// A function with its arguments.
    fn call(&mut self, name: String) -> Option<Filter> {
        let mut args = Vec::new();
        if self.sign("(") {
            args.push(self.pipe()?);
            while self.sign(";") {
                args.push(self.pipe()?);
            }
            self.sign(")").then_some(())?;
        }
        Some(Filter::Call(name, args))
    }

    /// A text with what is put into it.
    fn mixed(&mut self) -> Option<Filter> {
        self.at += 1;
        let (mut pieces, mut raw) = (Vec::new(), String::new());
        let decoded = |raw: &str| serde_json::from_str::<String>(&format!("\"{raw}\"")).ok();
        loop {
            match (*self.chars.get(self.at)?, self.chars.get(self.at + 1)) {
                ('"', _) => break,
                ('\\', Some('(')) => {
                    self.at += 2;
                    let inner = self.pipe()?;
                    self.sign(")").then_some(())?;
                    pieces.push((decoded(&raw)?, Some(inner)));
                    raw.clear();
                }
                ('\\', Some(next)) => {
                    raw.extend(['\\', *next]);
                    self.at += 2;
                }
                (c, _) => {
                    raw.push(c);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        let last = decoded(&raw)?;
        if pieces.is_empty() {
            return Some(Filter::Constant(Value::from(last)));
        }
        pieces.push((last, None));
        Some(Filter::Text(pieces))
    }

    /// Behind `if`.
    fn branches(&mut self) -> Option<Filter> {
        let mut branches = Vec::new();
        loop {
            let condition = self.pipe()?;
            self.word("then").then_some(())?;
            branches.push((condition, self.pipe()?));
            if self.word("elif") {
                continue;
            }
            let otherwise = if self.word("else") { self.pipe()? } else { Filter::Dot };
            return self.word("end").then(|| Filter::If(branches, Box::new(otherwise)));
        }
    }

    /// A word of the language.
    fn word(&mut self, word: &str) -> bool {
        self.gap();
        let start = self.at;
        let is = self.name() == word;
        if !is {
            self.at = start;
        }
        is
    }

    fn text(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        while *self.chars.get(self.at)? != '"' {
            self.at += if self.chars[self.at] == '\\' { 2 } else { 1 };
        }
        self.at += 1;
        serde_json::from_str(&self.chars[start..self.at].iter().collect::<String>()).ok()
    }

    fn postfix(&mut self) -> Option<Filter> {
        let mut at = self.primary()?;
        loop {
            match self.chars.get(self.at) {
                Some('.') if self.chars.get(self.at + 1).is_some_and(|c| c.is_alphabetic() || *c == '_' || *c == '"') => {
                    self.at += 1;
                    let name = if self.chars[self.at] == '"' { self.text()? } else { self.name() };
                    at = Filter::Field(self.left(at)?, name);
                }
                Some('.') if self.chars.get(self.at + 1) == Some(&'[') => self.at += 1,
                Some('[') => {
                    self.at += 1;
                    at = self.bracket(at)?;
                }
                Some('?') => self.at += 1,
                _ => return Some(at),
            }
        }
    }

    fn bracket(&mut self, of: Filter) -> Option<Filter> {
        let of = self.left(of)?;
        if self.sign("]") {
            return Some(Filter::Each(of));
        }
        if self.chars.get(self.at) == Some(&'"') {
            let name = self.text()?;
            return self.sign("]").then(|| Filter::Field(of, name));
        }
        let from = self.number();
        if self.sign(":") {
            let to = self.number();
            return self.sign("]").then(|| Filter::Slice(of, from, to));
        }
        let index = from?;
        self.sign("]").then(|| Filter::Index(of, index))
    }

    fn number(&mut self) -> Option<i64> {
        self.gap();
        let start = self.at;
        self.at += usize::from(self.chars.get(self.at) == Some(&'-'));
        while self.chars.get(self.at).is_some_and(char::is_ascii_digit) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect::<String>().parse().ok()
    }

    fn primary(&mut self) -> Option<Filter> {
        self.gap();
        match *self.chars.get(self.at)? {
            '.' => {
                self.at += 1;
                match self.chars.get(self.at) {
                    Some('.') => {
                        self.at += 1;
                        Some(Filter::Deep)
                    }
                    Some('"') => Some(Filter::Field(Box::new(Filter::Dot), self.text()?)),
                    Some(c) if c.is_alphabetic() || *c == '_' => Some(Filter::Field(Box::new(Filter::Dot), self.name())),
                    _ => Some(Filter::Dot),
                }
            }
            '"' => self.mixed(),
            '$' => {
                self.at += 1;
                let name = self.name();
                self.given.iter().find(|(known, _)| *known == name).map(|(_, value)| Filter::Constant(value.clone()))
            }
            '(' => {
                self.at += 1;
                let inner = self.pipe()?;
                self.sign(")").then_some(inner)
            }
            '[' => {
                self.at += 1;
                if self.sign("]") {
                    return Some(Filter::List(None));
                }
                let inner = self.pipe()?;
                self.sign("]").then(|| Filter::List(Some(Box::new(inner))))
            }
            '{' => self.object(),
            '@' => {
                self.at += 1;
                let name = self.name();
                Some(Filter::Call(format!("@{name}"), Vec::new()))
            }
            c if c.is_ascii_digit() || c == '-' => self.number().map(|number| Filter::Constant(Value::from(number))),
            _ => {
                let name = self.name();
                match name.as_str() {
                    "" => None,
                    "if" => self.branches(),
                    "true" | "false" => Some(Filter::Constant(Value::from(name == "true"))),
                    "null" => Some(Filter::Constant(Value::Null)),
                    _ => self.call(name),
                }
            }
        }
    }

    fn object(&mut self) -> Option<Filter> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut fields = Vec::new();
        while !self.sign("}") {
            self.gap();
            let name = if self.chars.get(self.at) == Some(&'"') { self.text()? } else { self.name() };
            let value = if self.sign(":") { self.level(0)? } else { Filter::Field(Box::new(Filter::Dot), name.clone()) };
            fields.push((name, value));
            if !self.sign(",") && self.chars.get(self.at) != Some(&'}') {
                return None;
            }
        }
        self.depth -= 1;
        Some(Filter::Object(fields))
    }
}
