//! The grammar of jq's filters. Models jq 1.6's parser.y and lexer.l. Left out: modules, `?//`, `$__loc__`.

use super::value::Value;

/// Deeper than this no filter is nested that a person writes.
pub(super) const MAX_DEPTH: usize = 60;

/// So many filters at most hang together, in the definitions of a library too.
pub(super) const MOST_FILTERS: usize = 2_000;

/// From a value to values.
#[derive(Debug)]
pub(super) enum Filter {
    Dot,
    /// `..`
    Deep,
    /// `a[b]`
    Index(Box<Filter>, Box<Filter>),
    Slice(Box<Filter>, Option<Box<Filter>>, Option<Box<Filter>>),
    Each(Box<Filter>),
    /// `try a catch b`, `a?`
    Try(Box<Filter>, Option<Box<Filter>>),
    Pipe(Box<Filter>, Box<Filter>),
    Comma(Box<Filter>, Box<Filter>),
    /// Two values make one: sums, comparisons, `and`, `or`.
    Two(&'static str, Box<Filter>, Box<Filter>),
    /// `a // b`
    Otherwise(Box<Filter>, Box<Filter>),
    /// `=`, `|=`, `+=` …
    Assign(&'static str, Box<Filter>, Box<Filter>),
    Constant(Value),
    /// `@base64 "a \(.b)"`: the format, texts and what stands between them.
    Text(String, Vec<(String, Option<Filter>)>),
    List(Option<Box<Filter>>),
    Object(Vec<(Filter, Filter)>),
    If(Vec<(Filter, Filter)>, Box<Filter>),
    /// Source, pattern, beginning, step.
    Reduce(Box<Filter>, Pattern, Box<Filter>, Box<Filter>),
    /// The same, and what is made of each.
    Foreach(Box<Filter>, Pattern, Box<[Filter; 3]>),
    /// `a as $x | b`
    Bind(Box<Filter>, Pattern, Box<Filter>),
    Define(Box<Function>, Box<Filter>),
    /// A function with its arguments, and where it stands.
    Call(String, Vec<Filter>, usize),
    /// `$x`, and where it stands.
    Variable(String, usize),
    Format(String),
    Label(String, Box<Filter>),
    Break(String),
}

/// Where values are bound to.
#[derive(Debug)]
pub(super) enum Pattern {
    Name(String),
    List(Vec<Pattern>),
    /// `{$a, b: $c}`
    Object(Vec<(Filter, Option<String>, Option<Pattern>)>),
}

/// `def name(parameters): body;`
#[derive(Debug)]
pub(super) struct Function {
    pub name: String,
    pub parameters: Vec<String>,
    pub body: Filter,
}

/// What is wrong with a filter, and where.
pub(super) type Fault = (String, usize);

/// Reads a filter.
pub(super) fn read(filter: &str) -> Result<Filter, Fault> {
    let mut parser = Parser { chars: filter.chars().collect(), at: 0, last: 0, depth: 0, size: 0 };
    parser.gap();
    if parser.at >= parser.chars.len() {
        return Ok(Filter::Dot);
    }
    let read = parser.pipe()?;
    parser.gap();
    if parser.at < parser.chars.len() { Err(parser.unexpected()) } else { Ok(read) }
}

/// Reads definitions alone.
pub(super) fn definitions(text: &str) -> Vec<Function> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, last: 0, depth: 0, size: 0 };
    let mut all = Vec::new();
    while parser.word("def") {
        match parser.function() {
            Ok(function) => all.push(function),
            Err((why, at)) => panic!("BUG: a definition cannot be read: {why} at {at}"),
        }
    }
    all
}

pub(super) struct Parser {
    pub chars: Vec<char>,
    pub at: usize,
    /// Where the last token began.
    pub last: usize,
    pub depth: usize,
    /// How many filters it has read.
    pub size: usize,
}

pub(super) type Read<T> = Result<T, Fault>;

pub(super) fn boxed(filter: Filter) -> Box<Filter> {
    Box::new(filter)
}

/// Signs that no shorter one is the beginning of, longest first.
const SIGNS: [&str; 13] = ["//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", ".."];
/// Operators from the loosest to the tightest.
const LEVELS: [&[&str]; 5] = [&["or"], &["and"], &["==", "!=", "<=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];
const ASSIGNS: [&str; 8] = ["//=", "|=", "+=", "-=", "*=", "/=", "%=", "="];
pub(super) const KEYWORDS: [&str; 15] =
    ["then", "elif", "else", "end", "as", "def", "reduce", "foreach", "if", "try", "catch", "label", "and", "or", "import"];

impl Parser {
    pub(super) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(super) fn gap(&mut self) {
        while let Some(c) = self.peek() {
            match c {
                '#' => while self.peek().is_some_and(|c| c != '\n') { self.at += 1 },
                c if c.is_whitespace() => self.at += 1,
                _ => break,
            }
        }
    }

    fn starts(&self, sign: &str) -> bool {
        sign.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c))
    }

    /// A sign that is not the beginning of a longer one.
    pub(super) fn sign(&mut self, sign: &str) -> bool {
        self.gap();
        let longer = SIGNS.iter().find(|long| self.starts(long));
        let is = if let Some(long) = longer { *long == sign } else { self.starts(sign) };
        if is {
            self.last = self.at;
            self.at += sign.chars().count();
        }
        is
    }

    pub(super) fn unexpected(&mut self) -> Fault {
        self.gap();
        let what = match self.peek() {
            None => return ("syntax error, unexpected $end (Unix shell quoting issues?)".to_owned(), self.last),
            Some(c) if c.is_alphabetic() || c == '_' => {
                let start = self.at;
                let name = self.name();
                self.at = start;
                if KEYWORDS.contains(&name.as_str()) { name } else { "IDENT".to_owned() }
            }
            Some('.') if self.chars.get(self.at + 1).is_some_and(|c| c.is_alphabetic()) => "FIELD".to_owned(),
            Some('"') => "QQSTRING_START".to_owned(),
            Some(c) if c.is_ascii_digit() => "LITERAL".to_owned(),
            Some(c) if "?=|,:;[](){}+-*/%<>.$".contains(c) => format!("'{c}'"),
            Some(_) => "INVALID_CHARACTER".to_owned(),
        };
        (format!("syntax error, unexpected {what} (Unix shell quoting issues?)"), self.at)
    }

    pub(super) fn expect(&mut self, sign: &str) -> Read<()> {
        if self.sign(sign) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// A word of the language.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.gap();
        let start = self.at;
        let is = self.name() == word;
        if is { self.last = start } else { self.at = start }
        is
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Read<()> {
        if self.word(word) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn name(&mut self) -> String {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' && self.starts("::")) {
            self.at += if self.starts("::") { 2 } else { 1 };
        }
        self.chars[start..self.at].iter().collect()
    }

    pub(super) fn needed_name(&mut self) -> Read<String> {
        self.gap();
        self.last = self.at;
        let name = self.name();
        if name.is_empty() { Err(self.unexpected()) } else { Ok(name) }
    }

    pub(super) fn pipe(&mut self) -> Read<Filter> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(("syntax error, nested too deeply".to_owned(), self.at));
        }
        let read = self.pipe_inside();
        self.depth -= 1;
        read
    }

    fn pipe_inside(&mut self) -> Read<Filter> {
        if self.word("def") {
            let function = self.function()?;
            return Ok(Filter::Define(Box::new(function), boxed(self.pipe()?)));
        }
        if self.word("label") {
            self.expect("$")?;
            let name = self.needed_name()?;
            self.expect("|")?;
            return Ok(Filter::Label(name, boxed(self.pipe()?)));
        }
        let left = self.comma()?;
        if self.word("as") {
            let pattern = self.pattern()?;
            self.expect("|")?;
            return Ok(Filter::Bind(boxed(left), pattern, boxed(self.pipe()?)));
        }
        if self.sign("|") {
            return Ok(Filter::Pipe(boxed(left), boxed(self.pipe()?)));
        }
        Ok(left)
    }

    fn function(&mut self) -> Read<Function> {
        let name = self.needed_name()?;
        let mut parameters = Vec::new();
        if self.sign("(") {
            loop {
                let mark = if self.sign("$") { "$" } else { "" };
                parameters.push(format!("{mark}{}", self.needed_name()?));
                if !self.sign(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        self.expect(":")?;
        let body = self.pipe()?;
        self.expect(";")?;
        Ok(Function { name, parameters, body })
    }

    pub(super) fn pattern(&mut self) -> Read<Pattern> {
        if self.depth > MAX_DEPTH {
            return Err(("syntax error, nested too deeply".to_owned(), self.at));
        }
        if self.sign("$") {
            return Ok(Pattern::Name(self.needed_name()?));
        }
        self.depth += 1;
        let read = if self.sign("[") { self.list_pattern() } else { self.object_pattern() };
        self.depth -= 1;
        read
    }

    fn list_pattern(&mut self) -> Read<Pattern> {
        let mut items = vec![self.pattern()?];
        while self.sign(",") {
            items.push(self.pattern()?);
        }
        self.expect("]").map(|()| Pattern::List(items))
    }

    fn object_pattern(&mut self) -> Read<Pattern> {
        self.expect("{")?;
        let mut fields = Vec::new();
        loop {
            let (key, variable) = if self.sign("$") {
                let name = self.needed_name()?;
                (Filter::Constant(Value::from(name.as_str())), Some(name))
            } else {
                (self.key()?, None)
            };
            let inner = if self.sign(":") { Some(self.pattern()?) } else { None };
            fields.push((key, variable, inner));
            if !self.sign(",") {
                break;
            }
        }
        self.expect("}").map(|()| Pattern::Object(fields))
    }

    fn comma(&mut self) -> Read<Filter> {
        let mut left = self.otherwise()?;
        while self.sign(",") {
            left = Filter::Comma(boxed(left), boxed(self.otherwise()?));
        }
        Ok(left)
    }

    /// `//` and the assignments.
    pub(super) fn otherwise(&mut self) -> Read<Filter> {
        let left = self.level(0)?;
        if self.sign("//") {
            return Ok(Filter::Otherwise(boxed(left), boxed(self.right()?)));
        }
        if let Some(sign) = ASSIGNS.into_iter().find(|sign| self.sign(sign)) {
            return Ok(Filter::Assign(sign, boxed(left), boxed(self.right()?)));
        }
        Ok(left)
    }

    /// The right side of an operator that may follow itself.
    fn right(&mut self) -> Read<Filter> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(("syntax error, nested too deeply".to_owned(), self.at));
        }
        let read = self.otherwise();
        self.depth -= 1;
        read
    }

    fn level(&mut self, level: usize) -> Read<Filter> {
        let Some(signs) = LEVELS.get(level) else { return self.postfix() };
        let mut left = self.level(level + 1)?;
        while let Some(sign) = signs.iter().copied().find(|sign| if level < 2 { self.word(sign) } else { self.sign(sign) }) {
            left = Filter::Two(sign, boxed(left), boxed(self.level(level + 1)?));
        }
        Ok(left)
    }
}
