//! Places in a text: a mark (byte, character, line and column, all from zero, as the scanners count) and a span of two
//! positions as an editor shows them (line and column from one, plus the byte).

/// A place in a text while it is scanned. Everything counts from zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    /// Bytes before this place.
    pub offset: usize,
    /// Characters before this place (go-yaml limits a simple key to 1024 of them).
    pub index: usize,
    /// Line breaks before this place.
    pub line: usize,
    /// Characters since the last line break.
    pub column: usize,
}

/// A place in a text as people count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from one.
    pub line: usize,
    /// Column in characters, from one.
    pub column: usize,
    /// Byte offset in the whole text, from zero.
    pub offset: usize,
}

/// A piece of a text: from `start` up to but without `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// Behind the last character.
    pub end: Position,
}

impl Mark {
    pub(super) fn position(self) -> Position {
        Position { line: self.line + 1, column: self.column + 1, offset: self.offset }
    }

    pub(super) fn to(self, end: Mark) -> Span {
        Span { start: self.position(), end: end.position() }
    }
}

impl Span {
    /// The same piece of text, in a text that has `lines` more lines and `bytes` more bytes in front of it.
    pub(super) fn moved(self, lines: usize, bytes: usize) -> Span {
        let shift = |p: Position| Position { line: p.line + lines, column: p.column, offset: p.offset + bytes };
        Span { start: shift(self.start), end: shift(self.end) }
    }
}
