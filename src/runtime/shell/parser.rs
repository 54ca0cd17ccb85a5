//! A script to its tree: recursive descent. Models the POSIX Shell Command Language, chapter 2.10.2.

use std::rc::Rc;

use super::lexer::{self, Lexer, SUM, SyntaxError, Token};
use super::syntax::{Assignment, Command, Part, Redirect, Word};

/// Reads a script.
pub fn parse(text: &str) -> Result<Rc<Command>, String> {
    parse_at(text, 0)
}

/// The same of what was typed so far; None if more has to come.
pub(super) fn parse_typed(text: &str) -> Result<Option<Rc<Command>>, String> {
    if text.ends_with("\\\n") || Lexer::new(text, 0).lacks_document() {
        return Ok(None);
    }
    match parse(text) {
        Ok(command) => Ok(Some(command)),
        Err(why) if why.contains("unexpected end of file") || why.contains("unterminated") || why.contains("missing '}'") => Ok(None),
        Err(why) => Err(why),
    }
}

/// Whether what was typed so far goes on in the next line: an open quote, a here-document without its end, a backslash at the end.
pub fn is_unfinished(typed: &str) -> bool {
    matches!(parse_typed(&format!("{typed}\n")), Ok(None))
}

pub(super) fn parse_at(text: &str, depth: usize) -> Result<Rc<Command>, SyntaxError> {
    if lexer::too_deep(depth) {
        return Err(TOO_DEEP.to_owned());
    }
    let mut parser = Parser { tokens: Lexer::new(text, depth).tokens()?, at: 0, depth };
    let command = parser.list(&[])?;
    match parser.peek() {
        None => Ok(command),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// So many commands at most hang together by `&&` and `||`.
const MAX_CHAIN: usize = 1_000;

const TOO_DEEP: &str = "syntax error: nested too deeply";

/// Words that end a list where one is expected.
const CLOSING: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    /// The word here, if it has no quotes and no substitution.
    fn bare(&self) -> Option<&str> {
        match self.peek()? {
            Token::Word(word) => match word.as_slice() {
                [Part::Bare(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(is);
        is
    }

    fn keyword(&mut self, word: &str) -> bool {
        let is = self.bare() == Some(word);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, word: &str) -> Result<(), SyntaxError> {
        if self.keyword(word) {
            return Ok(());
        }
        Err(format!("{} (expecting \"{word}\")", self.unexpected()))
    }

    fn unexpected(&self) -> SyntaxError {
        match self.peek() {
            None => "syntax error: unexpected end of file".to_owned(),
            Some(Token::Sign("\n")) => "syntax error: unexpected newline".to_owned(),
            Some(Token::Sign(sign)) => format!("syntax error: unexpected \"{sign}\""),
            Some(_) => format!("syntax error: unexpected \"{}\"", self.bare().unwrap_or("word")),
        }
    }

    fn newlines(&mut self) {
        while self.sign("\n") {}
    }

    /// Goes into something nested; whoever comes out of it takes the depth back.
    fn deeper(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if lexer::too_deep(self.depth) { Err(TOO_DEEP.to_owned()) } else { Ok(()) }
    }

    /// Commands up to a closing word or sign.
    fn list(&mut self, ends: &[&str]) -> Result<Rc<Command>, SyntaxError> {
        self.deeper()?;
        let mut commands = Vec::new();
        loop {
            while self.sign("\n") || self.sign(";") {}
            let closed = self.bare().is_some_and(|word| CLOSING.contains(&word));
            if self.peek().is_none() || closed || matches!(self.peek(), Some(Token::Sign(")" | ";;"))) {
                break;
            }
            let command = self.and_or()?;
            if self.sign("&") {
                commands.push(Rc::new(Command::Background(command)));
            } else {
                commands.push(command);
                if !matches!(self.peek(), None | Some(Token::Sign(";" | "\n" | ")" | ";;"))) {
                    return Err(self.unexpected());
                }
            }
        }
        self.depth -= 1;
        if commands.is_empty() && !ends.is_empty() {
            return Err(self.unexpected());
        }
        Ok(if commands.len() == 1 { commands.remove(0) } else { Rc::new(Command::Sequence(commands)) })
    }

    fn and_or(&mut self) -> Result<Rc<Command>, SyntaxError> {
        let mut left = self.pipeline()?;
        for _ in 0..MAX_CHAIN {
            let and = self.sign("&&");
            if !and && !self.sign("||") {
                return Ok(left);
            }
            self.newlines();
            let right = self.pipeline()?;
            left = Rc::new(if and { Command::And(left, right) } else { Command::Or(left, right) });
        }
        Err(TOO_DEEP.to_owned())
    }

    fn pipeline(&mut self) -> Result<Rc<Command>, SyntaxError> {
        let (mut timed, mut posix) = (false, false);
        while self.keyword("time") {
            timed = true;
            posix |= self.keyword("-p");
        }
        if timed && matches!(self.peek(), None | Some(Token::Sign(";" | "\n" | "&" | ")"))) {
            return Ok(Rc::new(Command::Timed(Rc::new(Command::Sequence(Vec::new())), posix)));
        }
        let negated = self.keyword("!");
        let mut stages = vec![self.command()?];
        while self.sign("|") {
            self.newlines();
            stages.push(self.command()?);
        }
        let command = if stages.len() == 1 { stages.remove(0) } else { Rc::new(Command::Pipeline(stages)) };
        let command = if negated { Rc::new(Command::Not(command)) } else { command };
        Ok(if timed { Rc::new(Command::Timed(command, posix)) } else { command })
    }

    fn command(&mut self) -> Result<Rc<Command>, SyntaxError> {
        let compound = match self.bare() {
            Some("if") => Some(self.conditional()?),
            Some("while" | "until") => Some(self.repeated()?),
            Some("for") => Some(self.counted()?),
            Some("case") => Some(self.case()?),
            Some("{") => {
                self.at += 1;
                let body = self.list(&["}"])?;
                self.expect("}")?;
                Some(Rc::unwrap_or_clone(body))
            }
            _ => None,
        };
        if let Some(compound) = compound {
            let redirects = self.redirects()?;
            let compound = Rc::new(compound);
            return Ok(if redirects.is_empty() { compound } else { Rc::new(Command::Group(compound, redirects)) });
        }
        if self.sign("(") {
            let body = self.list(&[")"])?;
            if !self.sign(")") {
                return Err(format!("{} (expecting \")\")", self.unexpected()));
            }
            return Ok(Rc::new(Command::Subshell(body, self.redirects()?)));
        }
        self.simple()
    }

    fn conditional(&mut self) -> Result<Command, SyntaxError> {
        self.at += 1;
        let mut branches = Vec::new();
        loop {
            let condition = self.list(&["then"])?;
            self.expect("then")?;
            branches.push((Some(condition), self.list(&["fi"])?));
            if self.keyword("elif") {
                continue;
            }
            if self.keyword("else") {
                branches.push((None, self.list(&["fi"])?));
            }
            self.expect("fi")?;
            return Ok(Command::If(branches));
        }
    }

    fn repeated(&mut self) -> Result<Command, SyntaxError> {
        let until = self.bare() == Some("until");
        self.at += 1;
        let condition = self.list(&["do"])?;
        let body = self.body()?;
        Ok(Command::Loop { until, condition, body, step: None })
    }

    /// Behind `for ((`: `a; b; c))` and the body. Each part is a sum; without the second it goes on for ever.
    fn reckoned(&mut self) -> Result<Command, SyntaxError> {
        self.at += 1;
        let Some(Token::Word(word)) = self.peek().cloned() else { return Err(self.unexpected()) };
        let [Part::Quoted(text)] = word.as_slice() else { return Err(self.unexpected()) };
        let parts: Vec<&str> = text.split(';').collect();
        let &[first, condition, step] = parts.as_slice() else { return Err("syntax error: arithmetic expression required".to_owned()) };
        self.at += 1;
        while self.sign(";") || self.sign("\n") {}
        let sum = |text: &str| {
            let words = vec![vec![Part::Bare(SUM.to_owned())], vec![Part::Quoted(text.to_owned())]];
            Rc::new(Command::Simple { assignments: Vec::new(), words, redirects: Vec::new() })
        };
        let condition = sum(if condition.trim().is_empty() { "1" } else { condition });
        let looped = Command::Loop { until: false, condition, body: self.body()?, step: Some(sum(step)) };
        Ok(Command::Sequence(vec![sum(first), Rc::new(looped)]))
    }

    fn body(&mut self) -> Result<Rc<Command>, SyntaxError> {
        self.expect("do")?;
        let body = self.list(&["done"])?;
        self.expect("done")?;
        Ok(body)
    }

    fn counted(&mut self) -> Result<Command, SyntaxError> {
        self.at += 1;
        if self.bare() == Some(SUM) {
            return self.reckoned();
        }
        let Some(name) = self.bare().map(str::to_owned) else { return Err(self.unexpected()) };
        self.at += 1;
        self.newlines();
        let words = if self.keyword("in") {
            let mut words = Vec::new();
            while let Some(Token::Word(word)) = self.peek() {
                words.push(word.clone());
                self.at += 1;
            }
            Some(words)
        } else {
            None
        };
        while self.sign(";") || self.sign("\n") {}
        Ok(Command::For(name, words, self.body()?))
    }

    fn case(&mut self) -> Result<Command, SyntaxError> {
        self.at += 1;
        let Some(Token::Word(word)) = self.peek().cloned() else { return Err(self.unexpected()) };
        self.at += 1;
        self.newlines();
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            while self.sign("\n") {}
            if self.keyword("esac") {
                return Ok(Command::Case(word, arms));
            }
            self.sign("(");
            let mut patterns = Vec::new();
            loop {
                let Some(Token::Word(pattern)) = self.peek().cloned() else { return Err(self.unexpected()) };
                self.at += 1;
                patterns.push(pattern);
                if !self.sign("|") {
                    break;
                }
            }
            if !self.sign(")") {
                return Err(self.unexpected());
            }
            arms.push((patterns, self.list(&[])?));
            self.sign(";;");
        }
    }

    fn redirect(&mut self) -> Result<Option<Redirect>, SyntaxError> {
        let start = self.at;
        let mut number = None;
        if let Some(Token::Number(n)) = self.peek() {
            number = Some(*n);
            self.at += 1;
        }
        let Some(Token::Sign(operator @ ("<" | ">" | ">>" | ">&" | "&>" | "<<" | "<<<"))) = self.peek().cloned() else {
            self.at = start;
            return Ok(None);
        };
        self.at += 1;
        let Some(Token::Word(target)) = self.peek().cloned() else { return Err(self.unexpected()) };
        self.at += 1;
        let number = number.unwrap_or(u8::from(!operator.starts_with('<')));
        Ok(Some(Redirect { number, operator, target }))
    }

    fn redirects(&mut self) -> Result<Vec<Redirect>, SyntaxError> {
        let mut all = Vec::new();
        while let Some(redirect) = self.redirect()? {
            all.push(redirect);
        }
        Ok(all)
    }

    /// Behind a function's name and its parentheses.
    fn function(&mut self, name: String) -> Result<Rc<Command>, SyntaxError> {
        self.newlines();
        self.deeper()?;
        let body = self.command()?;
        self.depth -= 1;
        Ok(Rc::new(Command::Function(name, body)))
    }

    /// Behind `name=`: the items between parentheses, if there are some.
    fn items(&mut self, assignment: &Assignment) -> Result<Option<Vec<Word>>, SyntaxError> {
        let is_open = matches!(assignment.value.as_slice(), [Part::Bare(text)] if text.is_empty()) && assignment.subscript.is_none();
        if !is_open || !self.sign("(") {
            return Ok(None);
        }
        let mut items = Vec::new();
        loop {
            self.newlines();
            match self.peek().cloned() {
                Some(Token::Word(word)) => items.push(word),
                Some(Token::Sign(")")) => break,
                _ => return Err(self.unexpected()),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(Some(items))
    }

    fn simple(&mut self) -> Result<Rc<Command>, SyntaxError> {
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::<Word>::new(), Vec::new());
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            let Some(Token::Word(word)) = self.peek().cloned() else { break };
            self.at += 1;
            if words.is_empty() {
                if let Some(mut assignment) = assignment(&word) {
                    assignment.items = self.items(&assignment)?;
                    assignments.push(assignment);
                    continue;
                }
                if let ([Part::Bare(first)], Some(Token::Word(next))) = (word.as_slice(), self.peek())
                    && let ("function", [Part::Bare(name)]) = (first.as_str(), next.as_slice())
                {
                    let name = name.clone();
                    self.at += 1;
                    if self.sign("(") && !self.sign(")") {
                        return Err(self.unexpected());
                    }
                    return self.function(name);
                }
                if let [Part::Bare(name)] = word.as_slice()
                    && self.sign("(")
                {
                    if !self.sign(")") {
                        return Err(self.unexpected());
                    }
                    return self.function(name.clone());
                }
            }
            // `declare -A m=([a]=b)`: the items are given before the command runs.
            if let Some(mut assignment) = assignment(&word)
                && let Some(items) = self.items(&assignment)?
            {
                assignment.items = Some(items);
                words.push(vec![Part::Quoted(assignment.name.clone())]);
                assignments.push(assignment);
                continue;
            }
            words.push(word);
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.unexpected());
        }
        Ok(Rc::new(Command::Simple { assignments, words, redirects }))
    }
}

/// `A=1`, `A+=1`, `A[key]=1`; with an empty name for `[key]=1`.
pub(super) fn assignment(word: &Word) -> Option<Assignment> {
    let Some(Part::Bare(first)) = word.first() else { return None };
    let end = first.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(first.len());
    let (name, rest) = first.split_at(end);
    if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() && !rest.starts_with('[') {
        return None;
    }
    let (subscript, rest, parts) = match rest.strip_prefix('[') {
        None => (None, rest, &word[1..]),
        Some(inside) => {
            let (key, rest, parts) = subscript(inside, &word[1..])?;
            (Some(key), rest, parts)
        }
    };
    let (adds, rest) = rest.strip_prefix('+').map_or((false, rest), |rest| (true, rest));
    let mut value = vec![Part::Bare(rest.strip_prefix('=')?.to_owned())];
    value.extend(parts.iter().cloned());
    Some(Assignment { name: name.to_owned(), subscript, adds, value, items: None })
}

/// What stands before `]`, then what stands behind it.
fn subscript<'a>(inside: &'a str, parts: &'a [Part]) -> Option<(Word, &'a str, &'a [Part])> {
    if let Some((key, rest)) = inside.split_once(']') {
        return Some((vec![Part::Quoted(key.to_owned())], rest, parts));
    }
    let mut key = vec![Part::Quoted(inside.to_owned())];
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Bare(text) if text.contains(']') => {
                let (last, rest) = text.split_once(']')?;
                key.push(Part::Quoted(last.to_owned()));
                return Some((key, rest, &parts[at + 1..]));
            }
            part => key.push(part.clone()),
        }
    }
    None
}
