//! Walking over the characters of a text while counting lines and columns. Classes of characters are YAML 1.1's: a line
//! break may also be NEL, LS or PS.

use super::super::span::Mark;

/// A reading position in a text. Reading past the end gives NUL, which cannot occur in a text that was let in.
pub(super) struct Cursor<'a> {
    text: &'a str,
    pub mark: Mark,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Cursor<'a> {
        let mut mark = Mark::default();
        // A byte order mark at the very start is no character of the text.
        if text.starts_with('\u{feff}') {
            mark.offset = '\u{feff}'.len_utf8();
        }
        Cursor { text, mark }
    }

    /// The byte `ahead` bytes further on, or NUL behind the end.
    pub fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.mark.offset + ahead).copied().unwrap_or(0)
    }

    pub fn rest(&self) -> &'a str {
        &self.text[self.mark.offset..]
    }

    pub fn at_end(&self) -> bool {
        self.mark.offset >= self.text.len()
    }

    pub fn is(&self, byte: u8) -> bool {
        self.byte(0) == byte
    }

    pub fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    pub fn is_break(&self, ahead: usize) -> bool {
        break_width([self.byte(ahead), self.byte(ahead + 1), self.byte(ahead + 2)]) > 0
    }

    pub fn is_break_or_end(&self, ahead: usize) -> bool {
        self.mark.offset + ahead >= self.text.len() || self.is_break(ahead)
    }

    pub fn is_blank_or_end(&self, ahead: usize) -> bool {
        self.is_blank(ahead) || self.is_break_or_end(ahead)
    }

    /// `---` or `...` at the start of a line.
    pub fn at_document_marker(&self, marker: &str) -> bool {
        self.mark.column == 0 && self.rest().starts_with(marker) && self.is_blank_or_end(3)
    }

    /// Step over one character of the line.
    pub fn skip(&mut self) {
        let Some(c) = self.rest().chars().next() else { return };
        self.mark.offset += c.len_utf8();
        self.mark.index += 1;
        self.mark.column += 1;
    }

    pub fn skip_many(&mut self, count: usize) {
        for _ in 0..count {
            self.skip();
        }
    }

    pub fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.skip();
        }
    }

    /// Step over a comment, if one starts here, up to the end of the line.
    pub fn skip_comment(&mut self) {
        if !self.is(b'#') {
            return;
        }
        while !self.is_break_or_end(0) {
            self.skip();
        }
    }

    /// Step over a line break, if there is one.
    pub fn skip_line(&mut self) {
        let width = break_width([self.byte(0), self.byte(1), self.byte(2)]);
        if width == 0 {
            return;
        }
        self.mark.index += if self.rest().starts_with("\r\n") { 2 } else { 1 };
        self.mark.offset += width;
        self.mark.line += 1;
        self.mark.column = 0;
    }

    /// Move one character of the line to `out`.
    pub fn read(&mut self, out: &mut String) {
        let Some(c) = self.rest().chars().next() else { return };
        out.push(c);
        self.skip();
    }

    /// Move a line break to `out`; all but LS and PS become a newline.
    pub fn read_line(&mut self, out: &mut String) {
        match self.rest().chars().next() {
            Some(c @ ('\u{2028}' | '\u{2029}')) => out.push(c),
            Some(_) if self.is_break(0) => out.push('\n'),
            _ => return,
        }
        self.skip_line();
    }

    /// Letters, digits, `_` and `-`: the names of anchors, tags and directives.
    pub fn read_word(&mut self) -> String {
        let mut word = String::new();
        while matches!(self.byte(0), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'-') {
            self.read(&mut word);
        }
        word
    }
}

/// Bytes of the line break at the start of these three bytes; zero when there is none.
fn break_width(bytes: [u8; 3]) -> usize {
    match bytes {
        [b'\r', b'\n', _] => 2,
        [b'\r' | b'\n', _, _] => 1,
        [0xC2, 0x85, _] => 2,
        [0xE2, 0x80, 0xA8 | 0xA9] => 3,
        _ => 0,
    }
}

/// Whether the reader lets this character in. Models yaml.v2 readerc.go `yaml_parser_update_buffer`.
pub(super) fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
