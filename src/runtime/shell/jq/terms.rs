//! The terms of jq's grammar: what operators stand between. Models the rule Term of jq 1.6's parser.y.

use super::script::{Filter, KEYWORDS, MAX_DEPTH, MOST_FILTERS, Parser, Read, boxed};
use super::value::{Value, unescaped};

impl Parser {
    pub(super) fn postfix(&mut self) -> Read<Filter> {
        let mut at = self.primary()?;
        loop {
            self.grow()?;
            if self.sign("?") {
                at = Filter::Try(boxed(at), None);
                continue;
            }
            if self.sign("[") {
                at = self.bracket(at)?;
                continue;
            }
            self.gap();
            match self.chars.get(self.at + 1) {
                Some('[') if self.peek() == Some('.') => self.at += 1,
                Some(c) if self.peek() == Some('.') && (c.is_alphabetic() || *c == '_' || *c == '"') => {
                    self.last = self.at;
                    self.at += 1;
                    at = Filter::Index(boxed(at), boxed(self.field()?));
                }
                _ => return Ok(at),
            }
        }
    }

    /// The same behind a sign or a word, which may be repeated.
    fn deeper_postfix(&mut self) -> Read<Filter> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(("syntax error, nested too deeply".to_owned(), self.at));
        }
        let read = self.postfix();
        self.depth -= 1;
        read
    }

    /// The name behind a dot.
    fn field(&mut self) -> Read<Filter> {
        if self.peek() == Some('"') { self.mixed(String::new()) } else { Ok(Filter::Constant(Value::from(self.name()))) }
    }

    /// Counts a filter: what is too large is refused.
    fn grow(&mut self) -> Read<()> {
        self.size += 1;
        if self.size > MOST_FILTERS { Err(("syntax error, too much in one filter".to_owned(), self.at)) } else { Ok(()) }
    }

    fn bracket(&mut self, of: Filter) -> Read<Filter> {
        if self.sign("]") {
            return Ok(Filter::Each(boxed(of)));
        }
        if self.sign(":") {
            let to = self.pipe()?;
            return self.expect("]").map(|()| Filter::Slice(boxed(of), None, Some(boxed(to))));
        }
        let from = self.pipe()?;
        if self.sign(":") {
            let to = if self.sign("]") { None } else { Some(boxed(self.pipe()?)) };
            if to.is_some() {
                self.expect("]")?;
            }
            return Ok(Filter::Slice(boxed(of), Some(boxed(from)), to));
        }
        self.expect("]").map(|()| Filter::Index(boxed(of), boxed(from)))
    }

    fn number(&mut self) -> Read<Filter> {
        let start = self.at;
        self.last = start;
        while self.peek().is_some_and(|c| c.is_ascii_digit() || c == '.') {
            self.at += 1;
        }
        if self.peek().is_some_and(|c| matches!(c, 'e' | 'E')) {
            self.at += 1;
            self.at += usize::from(self.peek().is_some_and(|c| matches!(c, '+' | '-')));
            while self.peek().is_some_and(|c| c.is_ascii_digit()) {
                self.at += 1;
            }
        }
        let text: String = self.chars[start..self.at].iter().collect();
        match crate::base::parse_float(&text) {
            Some(number) => Ok(Filter::Constant(Value::Number(number))),
            None => Err(("syntax error, unexpected INVALID_CHARACTER (Unix shell quoting issues?)".to_owned(), start)),
        }
    }

    fn primary(&mut self) -> Read<Filter> {
        self.gap();
        let Some(c) = self.peek() else { return Err(self.unexpected()) };
        if c.is_ascii_digit() || c == '.' && self.chars.get(self.at + 1).is_some_and(char::is_ascii_digit) {
            return self.number();
        }
        if self.sign("..") {
            return Ok(Filter::Deep);
        }
        match c {
            '.' => self.dot(),
            '"' => self.mixed(String::new()),
            '-' => {
                self.at += 1;
                let inner = self.deeper_postfix()?;
                Ok(Filter::Two("-", boxed(Filter::Constant(Value::Number(0.0))), boxed(inner)))
            }
            '$' => {
                self.at += 1;
                let at = self.at - 1;
                Ok(Filter::Variable(self.needed_name()?, at))
            }
            '(' => {
                self.last = self.at;
                self.at += 1;
                let inner = self.pipe()?;
                self.expect(")").map(|()| inner)
            }
            '[' => {
                self.last = self.at;
                self.at += 1;
                if self.sign("]") {
                    return Ok(Filter::List(None));
                }
                let inner = self.pipe()?;
                self.expect("]").map(|()| Filter::List(Some(boxed(inner))))
            }
            '{' => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(("syntax error, nested too deeply".to_owned(), self.at));
                }
                let read = self.object();
                self.depth -= 1;
                read
            }
            '@' => {
                self.at += 1;
                let name = self.needed_name()?;
                self.gap();
                if self.peek() == Some('"') { self.mixed(name) } else { Ok(Filter::Format(name)) }
            }
            c if c.is_alphabetic() || c == '_' => self.named(),
            _ => Err(self.unexpected()),
        }
    }

    fn dot(&mut self) -> Read<Filter> {
        self.last = self.at;
        self.at += 1;
        match self.peek() {
            Some(c) if c.is_alphabetic() || c == '_' || c == '"' => Ok(Filter::Index(boxed(Filter::Dot), boxed(self.field()?))),
            _ => Ok(Filter::Dot),
        }
    }

    /// What begins with a word.
    fn named(&mut self) -> Read<Filter> {
        let start = self.at;
        self.last = start;
        let name = self.name();
        match name.as_str() {
            "if" => self.branches(),
            "true" | "false" => Ok(Filter::Constant(Value::from(name == "true"))),
            "null" => Ok(Filter::Constant(Value::Null)),
            "try" => {
                let body = self.deeper_postfix()?;
                let caught = if self.word("catch") { Some(boxed(self.postfix()?)) } else { None };
                Ok(Filter::Try(boxed(body), caught))
            }
            "reduce" | "foreach" => self.folded(&name),
            "break" => {
                self.expect("$")?;
                Ok(Filter::Break(self.needed_name()?))
            }
            _ if KEYWORDS.contains(&name.as_str()) => {
                self.at = start;
                Err(self.unexpected())
            }
            _ => {
                let mut args = Vec::new();
                if self.sign("(") {
                    args.push(self.pipe()?);
                    while self.sign(";") {
                        args.push(self.pipe()?);
                    }
                    self.expect(")")?;
                }
                Ok(Filter::Call(name, args, start))
            }
        }
    }

    fn folded(&mut self, name: &str) -> Read<Filter> {
        let source = boxed(self.postfix()?);
        self.expect_word("as")?;
        let pattern = self.pattern()?;
        self.expect("(")?;
        let first = self.pipe()?;
        self.expect(";")?;
        let step = self.pipe()?;
        let made = if name == "foreach" && self.sign(";") { self.pipe()? } else { Filter::Dot };
        self.expect(")")?;
        Ok(match name {
            "reduce" => Filter::Reduce(source, pattern, boxed(first), boxed(step)),
            _ => Filter::Foreach(source, pattern, Box::new([first, step, made])),
        })
    }

    /// Behind `if`. Without `else` it is an error in 1.6, and `.` later: the latter does no harm.
    fn branches(&mut self) -> Read<Filter> {
        let mut branches = Vec::new();
        loop {
            let condition = self.pipe()?;
            self.expect_word("then")?;
            branches.push((condition, self.pipe()?));
            if self.word("elif") {
                continue;
            }
            let otherwise = if self.word("else") { self.pipe()? } else { Filter::Dot };
            return self.expect_word("end").map(|()| Filter::If(branches, boxed(otherwise)));
        }
    }

    /// A text with what is put into it.
    fn mixed(&mut self, format: String) -> Read<Filter> {
        self.last = self.at;
        self.at += 1;
        let (mut pieces, mut raw) = (Vec::new(), String::new());
        let decoded = |raw: &str, at: usize| unescaped(raw).ok_or(("syntax error, invalid escape".to_owned(), at));
        loop {
            match (self.peek(), self.chars.get(self.at + 1)) {
                (None, _) => return Err(self.unexpected()),
                (Some('"'), _) => break,
                (Some('\\'), Some('(')) => {
                    self.at += 2;
                    let inner = self.pipe()?;
                    self.expect(")")?;
                    pieces.push((decoded(&raw, self.at)?, Some(inner)));
                    raw.clear();
                }
                (Some('\\'), Some(next)) => {
                    raw.extend(['\\', *next]);
                    self.at += 2;
                }
                (Some(c), _) => {
                    raw.push(c);
                    self.at += 1;
                }
            }
        }
        self.at += 1;
        let last = decoded(&raw, self.at)?;
        if pieces.is_empty() {
            return Ok(Filter::Constant(Value::from(last)));
        }
        pieces.push((last, None));
        Ok(Filter::Text(format, pieces))
    }

    /// The key of a field of an object or a pattern.
    pub(super) fn key(&mut self) -> Read<Filter> {
        self.gap();
        match self.peek() {
            Some('"') => self.mixed(String::new()),
            Some('@') => self.primary(),
            Some('(') => {
                self.at += 1;
                let key = self.pipe()?;
                self.expect(")").map(|()| key)
            }
            Some(c) if c.is_ascii_digit() => self.number(),
            _ => self.needed_name().map(|name| Filter::Constant(Value::from(name))),
        }
    }

    fn object(&mut self) -> Read<Filter> {
        self.last = self.at;
        self.at += 1;
        let mut fields = Vec::new();
        while !self.sign("}") {
            if self.sign("$") {
                let at = self.at - 1;
                let name = self.needed_name()?;
                fields.push((Filter::Constant(Value::from(name.as_str())), Filter::Variable(name, at)));
            } else {
                let start = self.at;
                let key = self.key()?;
                let value = if self.sign(":") {
                    self.object_value()?
                } else {
                    let end = self.at;
                    self.at = start;
                    let again = self.key()?;
                    self.at = end;
                    Filter::Index(boxed(Filter::Dot), boxed(again))
                };
                fields.push((key, value));
            }
            if !self.sign(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Filter::Object(fields))
    }

    /// A value in an object: without commas, but with pipes.
    fn object_value(&mut self) -> Read<Filter> {
        let mut left = self.otherwise()?;
        while self.sign("|") {
            left = Filter::Pipe(boxed(left), boxed(self.otherwise()?));
        }
        Ok(left)
    }
}
