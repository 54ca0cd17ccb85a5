//! Words, quotes and signs of a script. Models the POSIX Shell Command Language, chapters 2.2 to 2.6.

use std::rc::Rc;

use super::parser;
use super::syntax::{Part, Quotes, Variable, Word};

/// What a script is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(Word),
    /// `;`, `&&`, … and the line break as `\n`.
    Sign(&'static str),
    /// The number right before a redirection.
    Number(u8),
}

const SIGNS: [&str; 17] = ["&&", "||", ";;", ">>", ">&", "<<", "&>", ";", "&", "|", "(", ")", "<", ">", "\n", "<&", "<<<"];

/// What is wrong with a script, as a shell says it.
pub(super) type SyntaxError = String;

/// Deeper than this nothing is nested that a person writes.
const MAX_DEPTH: usize = 40;

/// The word that stands before the text of `((…))`.
pub(super) const SUM: &str = "((";
/// No longer text than this is one.
const LONGEST_SUM: usize = 1_024;

pub(super) struct Lexer {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    /// Here-documents whose text is still to come.
    documents: Vec<Document>,
    /// Whether the end of one is missing.
    lacks_end: bool,
    /// Whether it is between `[[` and `]]`.
    tests: bool,
}

/// A here-document.
struct Document {
    /// Which token its text replaces.
    token: usize,
    end: String,
    /// Whether its tabs are taken away (`<<-`).
    strips: bool,
    /// Whether its end stood in quotes, so that nothing in it is expanded.
    quoted: bool,
}

impl Lexer {
    pub fn new(text: &str, depth: usize) -> Lexer {
        Lexer { chars: text.chars().collect(), at: 0, depth, documents: Vec::new(), lacks_end: false, tests: false }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        Some(c)
    }

    /// Whether the end of a here-document is still to come.
    pub fn lacks_document(mut self) -> bool {
        self.read().is_ok() && (self.lacks_end || !self.documents.is_empty())
    }

    pub fn tokens(mut self) -> Result<Vec<Token>, SyntaxError> {
        self.read()
    }

    fn read(&mut self) -> Result<Vec<Token>, SyntaxError> {
        let mut tokens = Vec::new();
        while let Some(c) = self.peek(0) {
            if c == ' ' || c == '\t' || c == '\r' {
                self.at += 1;
            } else if c == '\\' && self.peek(1) == Some('\n') {
                self.at += 2;
            } else if c == '#' {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
            } else if c.is_ascii_digit() && matches!(self.peek(1), Some('<' | '>')) {
                self.at += 1;
                tokens.push(Token::Number(c as u8 - b'0'));
            } else if c == '<' && self.peek(1) == Some('(') {
                tokens.push(Token::Word(self.word()?));
            } else if c == '(' && self.peek(1) == Some('(') && begins_command(&tokens) && self.is_sum() {
                self.at += 2;
                let text = self.balanced(2)?;
                tokens.extend([vec![Part::Bare(SUM.to_owned())], vec![Part::Quoted(text)]].map(Token::Word));
            } else if self.tests && !matches!(c, '\n' | ';') {
                let word = self.test_word()?;
                self.tests = !is_bare(&word, "]]");
                tokens.push(Token::Word(word));
            } else if let Some(sign) = self.sign() {
                tokens.push(Token::Sign(sign));
                self.tests = false;
                if sign == "<<" {
                    self.announce(tokens.len())?;
                    tokens.push(Token::Word(Word::new()));
                } else if sign == "\n" {
                    self.read_documents(&mut tokens)?;
                }
            } else {
                let word = self.word()?;
                self.tests = is_bare(&word, "[[");
                tokens.push(Token::Word(word));
            }
        }
        self.read_documents(&mut tokens)?;
        Ok(tokens)
    }

    /// Whether what begins with `((` ends with `))`: else it is a subshell in another one.
    fn is_sum(&self) -> bool {
        let end = self.chars.len().min(self.at + 2 + LONGEST_SUM);
        let mut ahead = Lexer { chars: self.chars[self.at + 2..end].to_vec(), at: 0, depth: 0, documents: Vec::new(), lacks_end: false, tests: false };
        ahead.balanced(2).is_ok() && ahead.at >= 2 && ahead.chars[ahead.at - 2] == ')'
    }

    /// A word between `[[` and `]]` in which signs of the shell stand for themselves.
    fn test_word(&mut self) -> Result<Word, SyntaxError> {
        let mut word = Word::new();
        while let Some(c) = self.peek(0).filter(|c| !c.is_whitespace()) {
            if "&|()<>;".contains(c) {
                self.at += 1;
                word.push(Part::Quoted(c.to_string()));
            } else {
                word.extend(self.word()?);
            }
        }
        Ok(word)
    }

    /// The word after `<<`.
    fn announce(&mut self, token: usize) -> Result<(), SyntaxError> {
        let strips = self.peek(0) == Some('-');
        self.at += usize::from(strips);
        while matches!(self.peek(0), Some(' ' | '\t')) {
            self.at += 1;
        }
        let word = self.word()?;
        let text = |part: &Part| match part {
            Part::Bare(text) | Part::Quoted(text) => text.clone(),
            _ => String::new(),
        };
        let quoted = word.iter().any(|part| matches!(part, Part::Quoted(_)));
        self.documents.push(Document { token, end: word.iter().map(text).collect(), strips, quoted });
        Ok(())
    }

    /// The lines up to the end of each here-document that was announced.
    fn read_documents(&mut self, tokens: &mut [Token]) -> Result<(), SyntaxError> {
        for document in std::mem::take(&mut self.documents) {
            let mut text = String::new();
            let mut ended = false;
            while self.at < self.chars.len() {
                let length = self.chars[self.at..].iter().position(|c| *c == '\n').unwrap_or(self.chars.len() - self.at);
                let line: String = self.chars[self.at..self.at + length].iter().collect();
                self.at = (self.at + length + 1).min(self.chars.len());
                let line = if document.strips { line.trim_start_matches('\t') } else { &line };
                if line == document.end {
                    ended = true;
                    break;
                }
                text += line;
                text.push('\n');
            }
            self.lacks_end |= !ended;
            let word = match document.quoted {
                true => vec![Part::Quoted(text)],
                false => Lexer::new(&text, self.depth + 1).expanded_text()?,
            };
            tokens[document.token] = Token::Word(word);
        }
        Ok(())
    }

    /// A text in which `$` and the backslash mean something, and nothing else.
    fn expanded_text(mut self) -> Result<Word, SyntaxError> {
        let (mut word, mut text) = (Word::new(), String::new());
        while let Some(c) = self.peek(0) {
            match c {
                '\\' if matches!(self.peek(1), Some('$' | '`' | '\\')) => {
                    self.at += 1;
                    text.extend(self.take());
                }
                '$' | '`' => {
                    word.push(Part::Quoted(std::mem::take(&mut text)));
                    let part = self.dollar(Quotes::Inside)?;
                    word.push(part);
                }
                c => {
                    self.at += 1;
                    text.push(c);
                }
            }
        }
        word.push(Part::Quoted(text));
        Ok(word)
    }

    fn sign(&mut self) -> Option<&'static str> {
        let (first, second, third) = (self.peek(0)?, self.peek(1), self.peek(2));
        let is = |sign: &&&str| {
            let mut chars = sign.chars();
            chars.next() == Some(first) && chars.next().is_none_or(|c| second == Some(c)) && chars.next().is_none_or(|c| third == Some(c))
        };
        // The longest wins.
        let sign = SIGNS.iter().filter(is).max_by_key(|sign| sign.len())?;
        self.at += sign.len();
        Some(sign)
    }

    fn word(&mut self) -> Result<Word, SyntaxError> {
        let mut word = Word::new();
        while let Some(c) = self.peek(0) {
            match c {
                '<' if self.peek(1) == Some('(') => {
                    self.at += 2;
                    let text = self.balanced(1)?;
                    word.push(Part::FileOf(parser::parse_at(&text, self.depth + 1)?));
                }
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => {
                    self.at += 1;
                    word.push(Part::Quoted(self.until('\'')?));
                }
                '"' => {
                    self.at += 1;
                    self.double_quoted(&mut word)?;
                }
                '\\' => {
                    self.at += 1;
                    match self.take() {
                        Some('\n') => {}
                        Some(c) => word.push(Part::Quoted(c.to_string())),
                        None => word.push(Part::Quoted("\\".to_owned())),
                    }
                }
                '$' if self.peek(1) == Some('\'') => {
                    self.at += 2;
                    word.push(Part::Quoted(self.escaped()?));
                }
                '$' | '`' => {
                    let part = self.dollar(Quotes::Outside)?;
                    word.push(part);
                }
                c => {
                    self.at += 1;
                    push_bare(&mut word, c);
                }
            }
        }
        Ok(word)
    }

    fn until(&mut self, end: char) -> Result<String, SyntaxError> {
        let mut text = String::new();
        while let Some(c) = self.take() {
            if c == end {
                return Ok(text);
            }
            text.push(c);
        }
        Err("syntax error: unterminated quoted string".to_owned())
    }

    /// Behind `$'`: a text in which the backslash means what it means in C.
    fn escaped(&mut self) -> Result<String, SyntaxError> {
        let mut text = String::new();
        while let Some(c) = self.take() {
            match c {
                '\'' => return Ok(text),
                '\\' => match self.take() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some('e') => text.push('\x1b'),
                    Some(c @ ('\\' | '\'' | '"')) => text.push(c),
                    Some(c) => text.extend(['\\', c]),
                    None => break,
                },
                c => text.push(c),
            }
        }
        Err("syntax error: unterminated quoted string".to_owned())
    }

    fn double_quoted(&mut self, word: &mut Word) -> Result<(), SyntaxError> {
        let mut text = String::new();
        loop {
            match self.peek(0) {
                None => return Err("syntax error: unterminated quoted string".to_owned()),
                Some('"') => {
                    self.at += 1;
                    word.push(Part::Quoted(text));
                    return Ok(());
                }
                Some('\\') => {
                    self.at += 1;
                    match self.take() {
                        Some('\n') => {}
                        Some(c @ ('$' | '`' | '"' | '\\')) => text.push(c),
                        Some(c) => text.extend(['\\', c]),
                        None => {}
                    }
                }
                Some('$' | '`') => {
                    word.push(Part::Quoted(std::mem::take(&mut text)));
                    let part = self.dollar(Quotes::Inside)?;
                    word.push(part);
                }
                Some(c) => {
                    self.at += 1;
                    text.push(c);
                }
            }
        }
    }

    /// `$x`, `${…}`, `$(…)`, `$((…))`, `` `…` ``
    fn dollar(&mut self, quotes: Quotes) -> Result<Part, SyntaxError> {
        if self.take() == Some('`') {
            let text = self.until('`')?.replace("\\`", "`").replace("\\$", "$").replace("\\\\", "\\");
            return Ok(Part::Output(parser::parse_at(&text, self.depth + 1)?, quotes));
        }
        match self.peek(0) {
            Some('(') if self.peek(1) == Some('(') => {
                self.at += 2;
                let text = self.balanced(2)?;
                Ok(Part::Sum(text, quotes))
            }
            Some('(') => {
                self.at += 1;
                let text = self.balanced(1)?;
                Ok(Part::Output(parser::parse_at(&text, self.depth + 1)?, quotes))
            }
            Some('{') => {
                self.at += 1;
                self.braced(quotes)
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let name = self.name();
                Ok(plain(name, quotes))
            }
            Some(c) if c.is_ascii_digit() || "?#@*$!-".contains(c) => {
                self.at += 1;
                Ok(plain(c.to_string(), quotes))
            }
            _ => Ok(Part::Quoted("$".to_owned())),
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek(0).filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            self.at += 1;
            name.push(c);
        }
        name
    }

    /// The text up to so many closing brackets that have no opening one in it.
    fn balanced(&mut self, closing: usize) -> Result<String, SyntaxError> {
        let (mut text, mut open, mut quote) = (String::new(), closing, None);
        while let Some(c) = self.take() {
            match (quote, c) {
                (Some(q), c) if q == c => quote = None,
                (Some('"'), '\\') | (None, '\\') => {
                    text.push(c);
                    text.extend(self.take());
                    continue;
                }
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(c),
                (None, '(') => open += 1,
                (None, ')') => open -= 1,
                (None, _) => {}
            }
            if open == 0 {
                if closing == 2 {
                    text.pop();
                }
                return Ok(text);
            }
            text.push(c);
        }
        Err("syntax error: unexpected end of file (expecting \")\")".to_owned())
    }

    fn braced(&mut self, quotes: Quotes) -> Result<Part, SyntaxError> {
        let length = self.peek(0) == Some('#') && self.peek(1).is_some_and(|c| c != '}');
        let keys = self.peek(0) == Some('!') && self.peek(1).is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        self.at += usize::from(length || keys);
        let mut name = self.name();
        if name.is_empty() {
            name.extend(self.take());
        }
        let subscript = match self.peek(0) {
            Some('[') => Some(self.subscript()?),
            _ => None,
        };
        let mut rest = String::new();
        let mut open = 1;
        loop {
            let Some(c) = self.take() else { return Err("syntax error: missing '}'".to_owned()) };
            open = match c {
                '{' => open + 1,
                '}' => open - 1,
                _ => open,
            };
            if open == 0 {
                break;
            }
            rest.push(c);
        }
        const OPERATORS: [&str; 17] = [":-", ":=", ":+", "##", "%%", "//", "^^", ",,", "-", "=", "+", "#", "%", ":", "/", "^", ","];
        let operator = if length { "length" } else if keys { "keys" } else { OPERATORS.into_iter().find(|sign| rest.starts_with(sign)).unwrap_or_default() };
        if operator.is_empty() && !rest.is_empty() {
            return Err("syntax error: bad substitution".to_owned());
        }
        if self.depth > MAX_DEPTH {
            return Err("syntax error: nested too deeply".to_owned());
        }
        let text = if length || keys { "" } else { &rest[operator.len()..] };
        let word = self.inner(text)?;
        Ok(Part::Variable(Rc::new(Variable { name, subscript, operator, word }), quotes))
    }

    /// A text as one between double quotes.
    fn inner(&self, text: &str) -> Result<Word, SyntaxError> {
        let mut word = Word::new();
        Lexer::new(&format!("{text}\""), self.depth + 1).double_quoted(&mut word)?;
        Ok(word)
    }

    /// `[key]`
    fn subscript(&mut self) -> Result<Word, SyntaxError> {
        self.at += 1;
        if self.depth > MAX_DEPTH {
            return Err("syntax error: nested too deeply".to_owned());
        }
        let (mut text, mut open) = (String::new(), 1);
        while let Some(c) = self.take() {
            open = match c {
                '[' => open + 1,
                ']' => open - 1,
                _ => open,
            };
            if open == 0 {
                text.retain(|c| c != '"' && c != '\'');
                return self.inner(&text);
            }
            text.push(c);
        }
        Err("syntax error: missing '}'".to_owned())
    }
}

/// Whether a command may begin behind these tokens.
fn begins_command(tokens: &[Token]) -> bool {
    match tokens.last() {
        None | Some(Token::Sign(";" | "&&" | "||" | "|" | "&" | "\n" | "(" | ")" | ";;")) => true,
        Some(Token::Word(word)) => matches!(word.as_slice(), [Part::Bare(text)] if ["if", "then", "elif", "else", "while", "until", "do", "for", "{", "!"].contains(&text.as_str())),
        _ => false,
    }
}

fn is_bare(word: &Word, text: &str) -> bool {
    matches!(word.as_slice(), [Part::Bare(bare)] if bare == text)
}

fn plain(name: String, quotes: Quotes) -> Part {
    Part::Variable(Rc::new(Variable { name, subscript: None, operator: "", word: Word::new() }), quotes)
}

fn push_bare(word: &mut Word, c: char) {
    match word.last_mut() {
        Some(Part::Bare(text)) => text.push(c),
        _ => word.push(Part::Bare(c.to_string())),
    }
}

/// Nesting that is refused.
pub(super) fn too_deep(depth: usize) -> bool {
    depth > MAX_DEPTH
}
