//! The grammar of awk scripts, as far as people write them in one line.

use crate::base::{Dialect, Regex};

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Text(String),
    Expression(String),
    Number(i64),
    Name(String),
    Sign(&'static str),
}

const SIGNS: [&str; 33] = [
    "&&", "||", "==", "!=", "<=", ">=", "!~", "+=", "-=", "++", "--", "{", "}", "(", ")", "$", ",", ";", "~", "<", ">", "=", "+", "-", "*", "/", "%",
    "!", "\n", "?", ":", "[", "]",
];

/// What has a value.
#[derive(Clone, Debug)]
pub(super) enum Term {
    Text(String),
    Number(i64),
    Name(String),
    Field(Box<Term>),
    Fits(Option<Box<Term>>, Regex, bool),
    FitsText(Box<Term>, Box<Term>, bool),
    Two(&'static str, Box<Term>, Box<Term>),
    Not(Box<Term>),
    Call(String, Vec<Term>),
    /// `x = 1`, `x += 1`; with `$1` as well.
    Set(Box<Term>, Box<Term>),
    /// `x++`, `x--`: the value from before.
    Step(&'static str, Box<Term>),
    /// `a[i]`, `a[i, j]`
    Item(String, Vec<Term>),
    /// `(k in a)`
    Within(Box<Term>, String),
}

/// What is done.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Print(Vec<Term>),
    Printf(Vec<Term>),
    Do(Term),
    If(Term, Vec<Deed>, Vec<Deed>),
    /// `for (k in a)`
    Each(String, String, Vec<Deed>),
    /// `while`, `for (a; b; c)`: the condition, the body, what follows it.
    While(Term, Vec<Deed>, Vec<Deed>),
    /// `delete a[k]`, `delete a`
    Delete(String, Vec<Term>),
    Next,
    Exit,
}

/// When it is done.
pub(super) enum When {
    Begin,
    End,
    Each(Option<Term>),
}

/// Reads a script; None if it is none.
pub(super) fn read(script: &str) -> Option<Vec<(When, Vec<Deed>)>> {
    Parser { tokens: tokens(script)?, at: 0, depth: 0, nested: 0 }.rules()
}

fn tokens(script: &str) -> Option<Vec<Token>> {
    let chars: Vec<char> = script.chars().collect();
    let (mut tokens, mut at): (Vec<Token>, usize) = (Vec::new(), 0);
    while at < chars.len() {
        let c = chars[at];
        let takes_value = !matches!(tokens.last(), Some(Token::Name(_) | Token::Number(_) | Token::Text(_) | Token::Sign(")")));
        if c == ' ' || c == '\t' {
            at += 1;
        } else if c == '"' || c == '/' && takes_value {
            let mut text = String::new();
            at += 1;
            while *chars.get(at)? != c {
                if chars[at] == '\\' && c == '"' {
                    at += 1;
                    text.push(match chars.get(at)? {
                        'n' => '\n',
                        't' => '\t',
                        other => *other,
                    });
                } else if chars[at] == '\\' && chars.get(at + 1) == Some(&'/') {
                    at += 1;
                    text.push('/');
                } else {
                    text.push(chars[at]);
                }
                at += 1;
            }
            at += 1;
            tokens.push(if c == '"' { Token::Text(text) } else { Token::Expression(text) });
        } else if c.is_ascii_digit() {
            let end = (at..chars.len()).find(|at| !chars[*at].is_ascii_digit()).unwrap_or(chars.len());
            tokens.push(Token::Number(chars[at..end].iter().collect::<String>().parse().ok()?));
            at = end;
        } else if c.is_alphabetic() || c == '_' {
            let end = (at..chars.len()).find(|at| !chars[*at].is_alphanumeric() && chars[*at] != '_').unwrap_or(chars.len());
            tokens.push(Token::Name(chars[at..end].iter().collect()));
            at = end;
        } else {
            let sign = SIGNS.iter().find(|sign| sign.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c)))?;
            at += sign.len();
            tokens.push(Token::Sign(sign));
        }
    }
    Some(tokens)
}

/// Deeper than this no term is nested that a person writes.
const DEEPEST: usize = 25;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    /// Terms within terms at this place.
    nested: usize,
}

impl Parser {
    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Sign(other)) if *other == sign);
        self.at += usize::from(is);
        is
    }

    fn name(&mut self, name: &str) -> bool {
        let is = matches!(self.tokens.get(self.at), Some(Token::Name(other)) if other == name);
        self.at += usize::from(is);
        is
    }

    fn gaps(&mut self) {
        while self.sign(";") || self.sign("\n") {}
    }

    fn rules(&mut self) -> Option<Vec<(When, Vec<Deed>)>> {
        let mut rules = Vec::new();
        loop {
            self.gaps();
            if self.at >= self.tokens.len() {
                return Some(rules);
            }
            let when = if self.name("BEGIN") {
                When::Begin
            } else if self.name("END") {
                When::End
            } else if matches!(self.tokens.get(self.at), Some(Token::Sign("{"))) {
                When::Each(None)
            } else {
                When::Each(Some(self.term()?))
            };
            let deeds = if self.sign("{") { self.block()? } else { vec![Deed::Print(Vec::new())] };
            rules.push((when, deeds));
        }
    }

    fn block(&mut self) -> Option<Vec<Deed>> {
        let mut deeds = Vec::new();
        loop {
            self.gaps();
            if self.sign("}") {
                return Some(deeds);
            }
            deeds.push(self.deed()?);
        }
    }

    fn deed(&mut self) -> Option<Deed> {
        self.depth += 1;
        if self.depth > 200 {
            return None;
        }
        if self.name("print") {
            return Some(Deed::Print(self.terms()?));
        }
        if self.name("printf") {
            return Some(Deed::Printf(self.terms()?));
        }
        if self.name("next") {
            return Some(Deed::Next);
        }
        if self.name("exit") {
            return Some(Deed::Exit);
        }
        if self.name("if") {
            self.sign("(").then_some(())?;
            let condition = self.term()?;
            self.sign(")").then_some(())?;
            let body = self.branch()?;
            self.gaps();
            let otherwise = if self.name("else") { self.branch()? } else { Vec::new() };
            return Some(Deed::If(condition, body, otherwise));
        }
        if self.name("while") {
            self.sign("(").then_some(())?;
            let condition = self.term()?;
            self.sign(")").then_some(())?;
            return Some(Deed::While(condition, self.branch()?, Vec::new()));
        }
        if self.name("for") {
            return self.rounds();
        }
        if self.name("delete") {
            return match self.single()? {
                Term::Item(array, keys) => Some(Deed::Delete(array, keys)),
                Term::Name(array) => Some(Deed::Delete(array, Vec::new())),
                _ => None,
            };
        }
        self.term().map(Deed::Do)
    }

    /// Behind `for`.
    fn rounds(&mut self) -> Option<Deed> {
        self.sign("(").then_some(())?;
        if let [Token::Name(key), Token::Name(word), Token::Name(array), Token::Sign(")")] = self.tokens.get(self.at..self.at + 4)?
            && word == "in"
        {
            let (key, array) = (key.clone(), array.clone());
            self.at += 4;
            return Some(Deed::Each(key, array, self.branch()?));
        }
        let first = self.term()?;
        self.sign(";").then_some(())?;
        let condition = self.term()?;
        self.sign(";").then_some(())?;
        let after = self.term()?;
        self.sign(")").then_some(())?;
        let body = self.branch()?;
        Some(Deed::If(Term::Number(1), vec![Deed::Do(first), Deed::While(condition, body, vec![Deed::Do(after)])], Vec::new()))
    }

    fn branch(&mut self) -> Option<Vec<Deed>> {
        if self.sign("{") { self.block() } else { self.deed().map(|deed| vec![deed]) }
    }

    fn terms(&mut self) -> Option<Vec<Term>> {
        let mut terms = Vec::new();
        let ends = |parser: &Parser| !matches!(parser.tokens.get(parser.at), Some(token) if !matches!(token, Token::Sign(";" | "}" | "\n" | ")" | "]")));
        while !ends(self) {
            terms.push(self.term()?);
            if !self.sign(",") {
                break;
            }
        }
        Some(terms)
    }

    fn term(&mut self) -> Option<Term> {
        self.nested += 1;
        let term = if self.nested > DEEPEST { None } else { self.one_term() };
        self.nested -= 1;
        term
    }

    fn one_term(&mut self) -> Option<Term> {
        self.depth += 1;
        let left = self.level(0)?;
        let two = |sign, left: &Term, right| Term::Two(sign, Box::new(left.clone()), Box::new(right));
        if self.sign("=") {
            return Some(Term::Set(Box::new(left), Box::new(self.term()?)));
        }
        for (sign, plain) in [("+=", "+"), ("-=", "-")] {
            if self.sign(sign) {
                let right = self.term()?;
                return Some(Term::Set(Box::new(left.clone()), Box::new(two(plain, &left, right))));
            }
        }
        if self.sign("?") {
            let yes = self.term()?;
            // What stands behind the colon.
            self.sign(":").then_some(())?;
            let no = self.term()?;
            return Some(Term::Call("?:".to_owned(), vec![left, yes, no]));
        }
        Some(left)
    }

    /// Operators from the weakest to the strongest.
    fn level(&mut self, level: usize) -> Option<Term> {
        const LEVELS: [&[&str]; 6] = [&["||"], &["&&"], &["~", "!~", "==", "!=", "<=", ">=", "<", ">"], &[], &["+", "-"], &["*", "/", "%"]];
        if self.depth > 200 {
            return None;
        }
        let Some(signs) = LEVELS.get(level) else { return self.single() };
        let mut left = self.level(level + 1)?;
        loop {
            if level == 3 {
                // Two terms side by side are joined.
                let joins = match self.tokens.get(self.at) {
                    Some(Token::Name(name)) => name != "in",
                    Some(Token::Text(_) | Token::Number(_) | Token::Sign("$" | "(")) => true,
                    _ => false,
                };
                if !joins {
                    return Some(left);
                }
                let right = self.level(level + 1)?;
                left = Term::Two(" ", Box::new(left), Box::new(right));
                continue;
            }
            let Some(sign) = signs.iter().copied().find(|sign| self.sign(sign)) else { return Some(left) };
            if sign.ends_with('~') {
                let wanted = sign == "~";
                left = match self.tokens.get(self.at) {
                    Some(Token::Expression(text)) => {
                        let regex = Regex::parse(text, Dialect::Extended, false)?;
                        self.at += 1;
                        Term::Fits(Some(Box::new(left)), regex, wanted)
                    }
                    _ => Term::FitsText(Box::new(left), Box::new(self.level(level + 1)?), wanted),
                };
                continue;
            }
            let right = self.level(level + 1)?;
            left = Term::Two(sign, Box::new(left), Box::new(right));
        }
    }

    /// A value and what stands right behind it.
    fn single(&mut self) -> Option<Term> {
        let term = self.value()?;
        if matches!(term, Term::Name(_) | Term::Field(_) | Term::Item(..)) {
            for sign in ["++", "--"] {
                if self.sign(sign) {
                    return Some(Term::Step(if sign == "++" { "+" } else { "-" }, Box::new(term)));
                }
            }
        }
        if self.name("in") {
            let Some(Token::Name(array)) = self.tokens.get(self.at).cloned() else { return None };
            self.at += 1;
            return Some(Term::Within(Box::new(term), array));
        }
        Some(term)
    }

    fn value(&mut self) -> Option<Term> {
        self.depth += 1;
        if self.depth > 200 {
            return None;
        }
        for (sign, plain) in [("++", "+"), ("--", "-")] {
            if self.sign(sign) {
                let place = self.value()?;
                let next = Term::Two(plain, Box::new(place.clone()), Box::new(Term::Number(1)));
                return Some(Term::Set(Box::new(place), Box::new(next)));
            }
        }
        if self.sign("!") {
            return Some(Term::Not(Box::new(self.single()?)));
        }
        if self.sign("-") {
            return Some(Term::Two("-", Box::new(Term::Number(0)), Box::new(self.single()?)));
        }
        if self.sign("$") {
            return Some(Term::Field(Box::new(self.value()?)));
        }
        if self.sign("(") {
            let inner = self.term()?;
            return self.sign(")").then_some(inner);
        }
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        match token {
            Token::Text(text) => Some(Term::Text(text)),
            Token::Number(number) => Some(Term::Number(number)),
            Token::Expression(text) => Some(Term::Fits(None, Regex::parse(&text, Dialect::Extended, false)?, true)),
            Token::Name(name) if matches!(self.tokens.get(self.at), Some(Token::Sign("("))) => {
                self.at += 1;
                let args = self.terms()?;
                self.sign(")").then_some(Term::Call(name, args))
            }
            Token::Name(name) if self.sign("[") => {
                let mut keys = vec![self.term()?];
                while self.sign(",") {
                    keys.push(self.term()?);
                }
                self.sign("]").then_some(Term::Item(name, keys))
            }
            Token::Name(name) => Some(Term::Name(name)),
            Token::Sign(_) => None,
        }
    }
}
