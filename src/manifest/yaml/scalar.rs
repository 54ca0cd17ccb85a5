//! Scanning scalars: plain, quoted and block. Models yaml.v2 scannerc.go `yaml_parser_scan_plain_scalar`,
//! `yaml_parser_scan_flow_scalar` and `yaml_parser_scan_block_scalar`.

use super::Mark;
use super::scan::{Kind, Scanned, Scanner, Token};

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// What to do with the line breaks at the end of a block scalar.
#[derive(Clone, Copy, PartialEq)]
enum Chomping {
    Clip,
    Strip,
    Keep,
}

/// White space between two words of a scalar, of which it is not known yet whether it counts.
#[derive(Default)]
struct Gap {
    blanks: String,
    first_break: String,
    more_breaks: String,
    has_break: bool,
}

impl Gap {
    /// What stands for the gap in the value: a single line break is folded to a space, more breaks lose the first.
    fn join(&mut self, out: &mut String) {
        if !self.has_break {
            out.push_str(&self.blanks);
        } else if !self.first_break.starts_with('\n') {
            // LS and PS are not folded; a break that was escaped leaves nothing.
            out.push_str(&self.first_break);
            out.push_str(&self.more_breaks);
        } else if self.more_breaks.is_empty() {
            out.push(' ');
        } else {
            out.push_str(&self.more_breaks);
        }
        *self = Gap::default();
    }

    fn is_empty(&self) -> bool {
        !self.has_break && self.blanks.is_empty()
    }
}

impl Scanner<'_> {
    fn scalar_token(text: String, style: Style, start: Mark, end: Mark) -> Token {
        Token { kind: Kind::Scalar { text, style }, start, end }
    }

    fn at_any_document_marker(&self) -> bool {
        self.cursor.at_document_marker("---") || self.cursor.at_document_marker("...")
    }

    pub(super) fn scan_plain(&mut self) -> Scanned<Token> {
        let indent = self.indent + 1;
        let start = self.cursor.mark;
        let mut end = start;
        let mut text = String::new();
        let mut gap = Gap::default();
        while !self.at_any_document_marker() && !self.cursor.is(b'#') {
            while !self.cursor.is_blank_or_end(0) && !self.is_plain_end() {
                if !gap.is_empty() {
                    gap.join(&mut text);
                }
                self.cursor.read(&mut text);
                end = self.cursor.mark;
            }
            if !(self.cursor.is_blank(0) || self.cursor.is_break(0)) {
                break;
            }
            self.scan_plain_gap(&mut gap, indent, start)?;
            if self.flow_level == 0 && (self.cursor.mark.column as i64) < indent {
                break;
            }
        }
        if gap.has_break {
            self.simple_key_allowed = true;
        }
        Ok(Self::scalar_token(text, Style::Plain, start, end))
    }

    fn is_plain_end(&self) -> bool {
        match self.cursor.byte(0) {
            b':' => self.cursor.is_blank_or_end(1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => self.flow_level > 0,
            _ => false,
        }
    }

    fn scan_plain_gap(&mut self, gap: &mut Gap, indent: i64, start: Mark) -> Scanned<()> {
        loop {
            if self.cursor.is_blank(0) {
                let is_indentation = gap.has_break && (self.cursor.mark.column as i64) < indent;
                if is_indentation && self.cursor.is(b'\t') {
                    return self.fail("found a tab character that violates indentation", start);
                }
                self.scan_gap_blank(gap);
            } else if self.cursor.is_break(0) {
                self.scan_gap_break(gap);
            } else {
                return Ok(());
            }
        }
    }

    fn scan_gap_blank(&mut self, gap: &mut Gap) {
        if gap.has_break {
            self.cursor.skip();
        } else {
            self.cursor.read(&mut gap.blanks);
        }
    }

    fn scan_gap_break(&mut self, gap: &mut Gap) {
        if gap.has_break {
            self.cursor.read_line(&mut gap.more_breaks);
            return;
        }
        gap.blanks.clear();
        gap.has_break = true;
        self.cursor.read_line(&mut gap.first_break);
    }

    pub(super) fn scan_quoted(&mut self, style: Style) -> Scanned<Token> {
        let start = self.cursor.mark;
        let quote = if style == Style::SingleQuoted { b'\'' } else { b'"' };
        let mut text = String::new();
        self.cursor.skip();
        loop {
            if self.at_any_document_marker() {
                return self.fail("found unexpected document indicator", start);
            }
            if self.cursor.at_end() {
                return self.fail("found unexpected end of stream", start);
            }
            let mut gap = Gap { has_break: self.scan_quoted_word(quote, start, &mut text)?, ..Gap::default() };
            if self.cursor.is(quote) {
                break;
            }
            while self.cursor.is_blank(0) || self.cursor.is_break(0) {
                if self.cursor.is_blank(0) { self.scan_gap_blank(&mut gap) } else { self.scan_gap_break(&mut gap) }
            }
            gap.join(&mut text);
        }
        self.cursor.skip();
        Ok(Self::scalar_token(text, style, start, self.cursor.mark))
    }

    /// Characters up to a blank or the closing quote. True when it ended with an escaped line break.
    fn scan_quoted_word(&mut self, quote: u8, start: Mark, text: &mut String) -> Scanned<bool> {
        while !self.cursor.is_blank_or_end(0) {
            let c = self.cursor.byte(0);
            if quote == b'\'' && c == quote && self.cursor.byte(1) == quote {
                text.push('\'');
                self.cursor.skip_many(2);
            } else if c == quote {
                return Ok(false);
            } else if quote == b'"' && c == b'\\' && self.cursor.is_break(1) {
                self.cursor.skip();
                self.cursor.skip_line();
                return Ok(true);
            } else if quote == b'"' && c == b'\\' {
                self.scan_escape(start, text)?;
            } else {
                self.cursor.read(text);
            }
        }
        Ok(false)
    }

    fn scan_escape(&mut self, start: Mark, text: &mut String) -> Scanned<()> {
        let digits = match self.cursor.byte(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            escape => {
                let Some(c) = escaped(escape) else { return self.fail("found unknown escape character", start) };
                text.push(c);
                0
            }
        };
        self.cursor.skip_many(2);
        if digits == 0 {
            return Ok(());
        }
        let mut code: u32 = 0;
        for ahead in 0..digits {
            let Some(digit) = char::from(self.cursor.byte(ahead)).to_digit(16) else {
                return self.fail("did not find expected hexdecimal number", start);
            };
            code = code.wrapping_shl(4) | digit;
        }
        let Some(c) = char::from_u32(code) else {
            return self.fail("found invalid Unicode character escape code", start);
        };
        text.push(c);
        self.cursor.skip_many(digits);
        Ok(())
    }

    pub(super) fn scan_block_scalar(&mut self, style: Style) -> Scanned<Token> {
        let start = self.cursor.mark;
        self.cursor.skip();
        let (chomping, increment) = self.scan_block_header(start)?;
        let mut end = self.cursor.mark;
        let mut indent = if increment > 0 { self.indent.max(0) + increment } else { 0 };
        let mut text = String::new();
        let mut line_break = String::new();
        let mut more_breaks = String::new();
        let mut after_blank = false;
        self.scan_block_breaks(&mut indent, &mut more_breaks, start, &mut end)?;
        while self.cursor.mark.column as i64 == indent && !self.cursor.at_end() {
            let blank = self.cursor.is_blank(0);
            let fold = style == Style::Folded && line_break.starts_with('\n') && !after_blank && !blank;
            if !fold {
                text.push_str(&line_break);
            } else if more_breaks.is_empty() {
                text.push(' ');
            }
            line_break.clear();
            text.push_str(&more_breaks);
            more_breaks.clear();
            after_blank = blank;
            while !self.cursor.is_break_or_end(0) {
                self.cursor.read(&mut text);
            }
            self.cursor.read_line(&mut line_break);
            self.scan_block_breaks(&mut indent, &mut more_breaks, start, &mut end)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(&line_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&more_breaks);
        }
        Ok(Self::scalar_token(text, style, start, end))
    }

    /// What follows `|` or `>` on its line: `+` or `-`, a digit, a comment.
    fn scan_block_header(&mut self, start: Mark) -> Scanned<(Chomping, i64)> {
        let mut chomping = self.scan_chomping();
        let mut increment = 0;
        if self.cursor.byte(0).is_ascii_digit() {
            if self.cursor.is(b'0') {
                return self.fail("found an indentation indicator equal to 0", start);
            }
            increment = i64::from(self.cursor.byte(0) - b'0');
            self.cursor.skip();
            if chomping.is_none() {
                chomping = self.scan_chomping();
            }
        }
        self.cursor.skip_blanks();
        self.cursor.skip_comment();
        if !self.cursor.is_break_or_end(0) {
            return self.fail("did not find expected comment or line break", start);
        }
        self.cursor.skip_line();
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.cursor.byte(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.cursor.skip();
        Some(chomping)
    }

    /// Indentation and empty lines before a line of a block scalar. The first line decides the indentation (`indent` is 0
    /// until then).
    fn scan_block_breaks(&mut self, indent: &mut i64, breaks: &mut String, start: Mark, end: &mut Mark) -> Scanned<()> {
        *end = self.cursor.mark;
        let mut widest = 0;
        loop {
            let inside = |column: usize, indent: i64| indent == 0 || (column as i64) < indent;
            while inside(self.cursor.mark.column, *indent) && self.cursor.is(b' ') {
                self.cursor.skip();
            }
            widest = widest.max(self.cursor.mark.column as i64);
            if inside(self.cursor.mark.column, *indent) && self.cursor.is(b'\t') {
                return self.fail("found a tab character where an indentation space is expected", start);
            }
            if !self.cursor.is_break(0) {
                break;
            }
            self.cursor.read_line(breaks);
            *end = self.cursor.mark;
        }
        if *indent == 0 {
            *indent = widest.max(self.indent + 1).max(1);
        }
        Ok(())
    }
}

fn escaped(escape: u8) -> Option<char> {
    Some(match escape {
        b'0' => '\0',
        b'a' => '\x07',
        b'b' => '\x08',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\x0b',
        b'f' => '\x0c',
        b'r' => '\r',
        b'e' => '\x1b',
        b' ' => ' ',
        b'"' => '"',
        b'\'' => '\'',
        b'\\' => '\\',
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}
