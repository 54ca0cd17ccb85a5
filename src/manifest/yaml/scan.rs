//! Characters to tokens: indentation becomes block starts and ends, and a key is known as one only when its `:` is seen
//! (until then it is a "simple key" that may still turn out to be one). Models yaml.v2 scannerc.go.

use std::collections::VecDeque;

use super::cursor::Cursor;
use super::scalar::Style;
use super::{Fault, Mark, Stage};
use crate::base::SmallMap;

/// How deep flow collections and indentation may nest (go-yaml: `max_flow_level`, `max_indents`).
const MAX_DEPTH: usize = 10_000;

/// How many characters may lie between the start of a key and its `:`.
const MAX_KEY_LENGTH: usize = 1024;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    StreamEnd,
    Directive,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(String),
    Anchor(String),
    Tag { handle: String, suffix: String },
    Scalar { text: String, style: Style },
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: Mark,
    pub end: Mark,
}

/// Something that is a key if a `:` follows on the same line.
#[derive(Clone, Copy, Default)]
struct SimpleKey {
    possible: bool,
    /// Nothing but a key can stand here.
    required: bool,
    token_number: usize,
    mark: Mark,
}

pub(super) struct Scanner<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) flow_level: usize,
    /// The column of the innermost block collection; -1 outside of all.
    pub(super) indent: i64,
    indents: Vec<i64>,
    pub(super) simple_key_allowed: bool,
    /// One candidate for each flow level.
    keys: Vec<SimpleKey>,
    /// Token number of a candidate to its place in `keys`.
    keys_by_token: SmallMap<usize, usize>,
    queue: VecDeque<Token>,
    /// Tokens handed out so far: the number of the first one in the queue.
    taken: usize,
}

pub(super) type Scanned<T> = Result<T, Fault>;

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Scanner<'a> {
        Scanner {
            cursor: Cursor::new(text),
            flow_level: 0,
            indent: -1,
            indents: Vec::new(),
            simple_key_allowed: true,
            keys: vec![SimpleKey::default()],
            keys_by_token: SmallMap::new(),
            queue: VecDeque::new(),
            taken: 0,
        }
    }

    /// The next token, left in the queue. The token that ends the stream is never passed.
    pub fn peek(&mut self) -> Scanned<&Token> {
        self.fill()?;
        Ok(&self.queue[0])
    }

    /// Take the token that `peek` showed.
    pub fn next(&mut self) -> Scanned<Token> {
        self.fill()?;
        if self.queue[0].kind == Kind::StreamEnd {
            return Ok(self.queue[0].clone());
        }
        self.taken += 1;
        Ok(self.queue.pop_front().expect("BUG: fill leaves a token in the queue"))
    }

    /// Scan until the first token in the queue is certain: as long as it may be a key, a KEY token may have to go before it.
    fn fill(&mut self) -> Scanned<()> {
        loop {
            if !self.queue.is_empty() {
                let Some(&level) = self.keys_by_token.get(&self.taken) else { return Ok(()) };
                if !self.is_key_still_possible(level)? {
                    return Ok(());
                }
            }
            self.fetch()?;
        }
    }

    fn fetch(&mut self) -> Scanned<()> {
        self.skip_to_token();
        self.unroll(self.cursor.mark.column as i64);
        if self.cursor.at_end() {
            return self.fetch_stream_end();
        }
        if self.cursor.mark.column == 0 && self.cursor.is(b'%') {
            return self.fetch_directive();
        }
        if self.cursor.at_document_marker("---") {
            return self.fetch_document_marker(Kind::DocumentStart);
        }
        if self.cursor.at_document_marker("...") {
            return self.fetch_document_marker(Kind::DocumentEnd);
        }
        let in_flow = self.flow_level > 0;
        match self.cursor.byte(0) {
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.cursor.is_blank_or_end(1) => self.fetch_block_entry(),
            b'?' if in_flow || self.cursor.is_blank_or_end(1) => self.fetch_key(),
            b':' if in_flow || self.cursor.is_blank_or_end(1) => self.fetch_value(),
            b'*' | b'&' => self.fetch_anchor(),
            b'!' => self.fetch_tag(),
            b'|' if !in_flow => self.fetch_block_scalar(Style::Literal),
            b'>' if !in_flow => self.fetch_block_scalar(Style::Folded),
            b'\'' => self.fetch_quoted(Style::SingleQuoted),
            b'"' => self.fetch_quoted(Style::DoubleQuoted),
            _ if self.is_plain_start() => self.fetch_plain(),
            _ => self.fail("found character that cannot start any token", self.cursor.mark),
        }
    }

    fn is_plain_start(&self) -> bool {
        match self.cursor.byte(0) {
            b'-' => !self.cursor.is_blank(1),
            b'?' | b':' => self.flow_level == 0 && !self.cursor.is_blank_or_end(1),
            b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@'
            | b'`' => false,
            _ => !self.cursor.is_blank_or_end(0),
        }
    }

    /// A scanner fault at the present place.
    pub(super) fn fail<T>(&self, problem: &str, context: Mark) -> Scanned<T> {
        Err(Fault {
            problem: problem.to_string(),
            mark: self.cursor.mark,
            context: Some(context),
            stage: Stage::Scanner,
        })
    }

    /// Step over blanks, comments and line breaks. Tabs count as blanks only where they cannot be indentation.
    fn skip_to_token(&mut self) {
        loop {
            if self.cursor.mark.column == 0 && self.cursor.rest().starts_with('\u{feff}') {
                self.cursor.skip();
            }
            let tab_is_blank = self.flow_level > 0 || !self.simple_key_allowed;
            while self.cursor.is(b' ') || (tab_is_blank && self.cursor.is(b'\t')) {
                self.cursor.skip();
            }
            self.cursor.skip_comment();
            if !self.cursor.is_break(0) {
                return;
            }
            self.cursor.skip_line();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    pub(super) fn push(&mut self, kind: Kind, start: Mark) {
        self.queue.push_back(Token { kind, start, end: self.cursor.mark });
    }

    /// Put a token at a place in the queue that is given as a token number. A place that is already taken counts as the end
    /// (this is go-yaml's behaviour for an empty flow collection used as a key).
    fn insert(&mut self, number: usize, kind: Kind, mark: Mark) {
        let place = number.checked_sub(self.taken).unwrap_or(self.queue.len());
        self.queue.insert(place, Token { kind, start: mark, end: mark });
    }

    // Simple keys.

    fn is_key_still_possible(&mut self, level: usize) -> Scanned<bool> {
        // A candidate of a flow collection that was closed since is none any more.
        let Some(&key) = self.keys.get(level) else { return Ok(false) };
        if !key.possible {
            return Ok(false);
        }
        let now = self.cursor.mark;
        if key.mark.line == now.line && key.mark.index + MAX_KEY_LENGTH >= now.index {
            return Ok(true);
        }
        if key.required {
            return self.fail("could not find expected ':'", key.mark);
        }
        self.keys[level].possible = false;
        Ok(false)
    }

    pub(super) fn save_simple_key(&mut self) -> Scanned<()> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let mark = self.cursor.mark;
        let required = self.flow_level == 0 && self.indent == mark.column as i64;
        let token_number = self.taken + self.queue.len();
        self.remove_simple_key()?;
        let level = self.keys.len() - 1;
        self.keys[level] = SimpleKey { possible: true, required, token_number, mark };
        self.keys_by_token.insert(token_number, level);
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Scanned<()> {
        let level = self.keys.len() - 1;
        let key = self.keys[level];
        if !key.possible {
            return Ok(());
        }
        if key.required {
            return self.fail("could not find expected ':'", key.mark);
        }
        self.keys[level].possible = false;
        self.keys_by_token.remove(&key.token_number);
        Ok(())
    }

    // Indentation.

    /// Open a block collection when the column is further right than the innermost one.
    fn roll(&mut self, column: usize, number: Option<usize>, kind: Kind, mark: Mark) -> Scanned<()> {
        if self.flow_level > 0 || self.indent >= column as i64 {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column as i64;
        if self.indents.len() > MAX_DEPTH {
            return self.fail(&format!("exceeded max depth of {MAX_DEPTH}"), mark);
        }
        self.insert(number.unwrap_or(self.taken + self.queue.len()), kind, mark);
        Ok(())
    }

    /// Close block collections until the column is inside.
    fn unroll(&mut self, column: i64) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.cursor.mark);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    // One function for each token.

    fn fetch_stream_end(&mut self) -> Scanned<()> {
        if self.cursor.mark.column != 0 {
            self.cursor.mark.column = 0;
            self.cursor.mark.line += 1;
        }
        self.unroll(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push(Kind::StreamEnd, self.cursor.mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scanned<()> {
        self.unroll(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark;
        self.cursor.skip();
        let name = self.cursor.read_word();
        if name.is_empty() {
            return self.fail("could not find expected directive name", start);
        }
        if !self.cursor.is_blank_or_end(0) {
            return self.fail("found unexpected non-alphabetical character", start);
        }
        if name != "YAML" && name != "TAG" {
            return self.fail("found unknown directive name", start);
        }
        while !self.cursor.is_break_or_end(0) {
            self.cursor.skip();
        }
        self.cursor.skip_line();
        self.push(Kind::Directive, start);
        Ok(())
    }

    fn fetch_document_marker(&mut self, kind: Kind) -> Scanned<()> {
        self.unroll(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark;
        self.cursor.skip_many(3);
        self.push(kind, start);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind) -> Scanned<()> {
        self.save_simple_key()?;
        let token_number = self.taken + self.queue.len();
        self.keys.push(SimpleKey { token_number, mark: self.cursor.mark, ..SimpleKey::default() });
        self.flow_level += 1;
        if self.flow_level > MAX_DEPTH {
            return self.fail(&format!("exceeded max depth of {MAX_DEPTH}"), self.cursor.mark);
        }
        self.simple_key_allowed = true;
        self.indicator(kind);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind) -> Scanned<()> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            let key = self.keys.pop().expect("BUG: there is a key for each flow level");
            self.keys_by_token.remove(&key.token_number);
        }
        self.simple_key_allowed = false;
        self.indicator(kind);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Scanned<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(Kind::FlowEntry);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Scanned<()> {
        let mark = self.cursor.mark;
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fail("block sequence entries are not allowed in this context", mark);
            }
            self.roll(mark.column, None, Kind::BlockSequenceStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.indicator(Kind::BlockEntry);
        Ok(())
    }

    fn fetch_key(&mut self) -> Scanned<()> {
        let mark = self.cursor.mark;
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fail("mapping keys are not allowed in this context", mark);
            }
            self.roll(mark.column, None, Kind::BlockMappingStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.indicator(Kind::Key);
        Ok(())
    }

    fn fetch_value(&mut self) -> Scanned<()> {
        let level = self.keys.len() - 1;
        if self.is_key_still_possible(level)? {
            let key = self.keys[level];
            self.insert(key.token_number, Kind::Key, key.mark);
            self.roll(key.mark.column, Some(key.token_number), Kind::BlockMappingStart, key.mark)?;
            self.keys[level].possible = false;
            self.keys_by_token.remove(&key.token_number);
            self.simple_key_allowed = false;
        } else {
            let mark = self.cursor.mark;
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.fail("mapping values are not allowed in this context", mark);
                }
                self.roll(mark.column, None, Kind::BlockMappingStart, mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.indicator(Kind::Value);
        Ok(())
    }

    fn indicator(&mut self, kind: Kind) {
        let start = self.cursor.mark;
        self.cursor.skip();
        self.push(kind, start);
    }

    fn fetch_block_scalar(&mut self, style: Style) -> Scanned<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let token = self.scan_block_scalar(style)?;
        self.queue.push_back(token);
        Ok(())
    }

    fn fetch_quoted(&mut self, style: Style) -> Scanned<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_quoted(style)?;
        self.queue.push_back(token);
        Ok(())
    }

    fn fetch_plain(&mut self) -> Scanned<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_plain()?;
        self.queue.push_back(token);
        Ok(())
    }
}
