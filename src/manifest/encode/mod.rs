//! JSON value to YAML text, to the letter as `kubectl -o yaml` prints it: which strings are quoted and how, where long ones are
//! folded, in which order keys come. Models yaml.v2 encode.go, emitterc.go (the block styles only) and sorter.go.

mod order;
mod style;

use serde_json::{Number, Value};

use super::number::{go_general, go_json};
use order::sort_by_key;
use style::{Folding, Style, chomping, choose_style, escape, is_break, is_printable, is_simple_key};

/// A line is broken at the first space behind this column, where a break can be folded away again.
const BEST_WIDTH: usize = 80;

const BEST_INDENT: usize = 2;

/// A value as YAML text, ending with a newline.
pub fn encode(value: &Value) -> String {
    let mut emitter = Emitter { out: String::new(), column: 0, after_space: true, in_indent: true };
    emitter.value(value, None, Parent::Document);
    if emitter.column > 0 {
        emitter.line_break();
    }
    emitter.out
}

#[derive(Clone, Copy, PartialEq)]
enum Parent {
    Document,
    Sequence,
    /// The value of a key on the same line: a sequence there is not indented.
    Mapping,
}

struct Emitter {
    out: String,
    column: usize,
    /// The last character was a space or an indentation.
    after_space: bool,
    /// Nothing but indentation and `-`, `?`, `:` indicators stands in the line.
    in_indent: bool,
}

impl Emitter {
    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    /// A line break that belongs to the text.
    fn raw_break(&mut self, c: char) {
        self.out.push(c);
        self.column = 0;
        self.in_indent = true;
    }

    /// Begin a line at this indentation, unless the line is at it already.
    fn indent(&mut self, indent: usize) {
        if !self.in_indent || self.column > indent || (self.column == indent && !self.after_space) {
            self.line_break();
        }
        while self.column < indent {
            self.put(' ');
        }
        self.after_space = true;
        self.in_indent = true;
    }

    /// `-`, `?` or a `:` in a line of its own: what follows may stand in the same line.
    fn block_indicator(&mut self, indicator: char) {
        self.space_before();
        self.put(indicator);
        self.after_space = false;
    }

    fn space_before(&mut self) {
        if !self.after_space {
            self.put(' ');
        }
    }

    fn value(&mut self, value: &Value, indent: Option<usize>, parent: Parent) {
        match value {
            Value::Array(items) if !items.is_empty() => self.sequence(items, indent, parent),
            Value::Object(map) if !map.is_empty() => {
                self.mapping(&sort_by_key(map.iter().collect()), deeper(indent));
            }
            Value::Array(_) => self.word("[]"),
            Value::Object(_) => self.word("{}"),
            Value::Null => self.word("null"),
            Value::Bool(value) => self.word(if *value { "true" } else { "false" }),
            Value::Number(number) => self.word(&number_text(number)),
            // A scalar goes on one step deeper than what it stands in.
            Value::String(text) => self.string(text, indent.unwrap_or(0) + BEST_INDENT, Folding::Allowed),
        }
    }

    fn word(&mut self, word: &str) {
        self.space_before();
        word.chars().for_each(|c| self.put(c));
        self.after_space = false;
        self.in_indent = false;
    }

    fn sequence(&mut self, items: &[Value], indent: Option<usize>, parent: Parent) {
        let indent = match indent {
            Some(indent) if parent == Parent::Mapping && !self.in_indent => indent,
            indent => deeper(indent),
        };
        for item in items {
            self.indent(indent);
            self.block_indicator('-');
            self.value(item, Some(indent), Parent::Sequence);
        }
    }

    fn mapping(&mut self, entries: &[(&String, &Value)], indent: usize) {
        for (key, value) in entries {
            self.indent(indent);
            if is_simple_key(key) {
                self.string(key, indent + BEST_INDENT, Folding::Never);
                self.put(':');
                self.after_space = false;
                self.in_indent = false;
            } else {
                self.block_indicator('?');
                self.string(key, indent + BEST_INDENT, Folding::Allowed);
                self.indent(indent);
                self.block_indicator(':');
            }
            self.value(value, Some(indent), Parent::Mapping);
        }
    }

    fn string(&mut self, text: &str, indent: usize, folding: Folding) {
        match choose_style(text, folding) {
            Style::Plain => self.plain(text, indent, folding),
            Style::SingleQuoted => self.single_quoted(text, indent, folding),
            Style::DoubleQuoted => self.double_quoted(text, indent, folding),
            Style::Literal => self.literal(text, indent),
        }
    }

    /// Whether the space at `at` is where the line should end.
    fn is_fold(&self, folding: Folding, after_space: bool) -> bool {
        folding == Folding::Allowed && !after_space && self.column > BEST_WIDTH
    }

    fn plain(&mut self, text: &str, indent: usize, folding: Folding) {
        self.space_before();
        let mut after_space = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == ' ' && self.is_fold(folding, after_space) && chars.peek() != Some(&' ') {
                self.indent(indent);
            } else {
                self.put(c);
                self.in_indent &= c == ' ';
            }
            after_space = c == ' ';
        }
        self.after_space = false;
        self.in_indent = false;
    }

    fn single_quoted(&mut self, text: &str, indent: usize, folding: Folding) {
        self.space_before();
        self.put('\'');
        self.in_indent = false;
        let mut after_space = false;
        let mut after_break = false;
        let mut chars = text.chars().enumerate().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            if is_break(c) {
                // Only LS and PS come here; go-yaml goes on behind them as in a new line.
                self.raw_break(c);
                after_break = true;
                continue;
            }
            if after_break && c != ' ' {
                self.indent(indent);
                after_break = false;
            }
            let is_inside = at > 0 && next.is_some_and(|next| next != ' ');
            if c == ' ' && is_inside && self.is_fold(folding, after_space) {
                self.indent(indent);
            } else {
                self.put(c);
                if c == '\'' {
                    self.put(c);
                }
                self.in_indent &= c == ' ';
            }
            after_space = c == ' ';
        }
        self.put('\'');
        self.after_space = false;
        self.in_indent = false;
    }

    fn double_quoted(&mut self, text: &str, indent: usize, folding: Folding) {
        self.space_before();
        self.put('"');
        self.in_indent = false;
        let mut after_space = false;
        let mut chars = text.chars().enumerate().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            if !is_printable(c) || matches!(c, '\n' | '"' | '\\' | '\u{85}' | '\u{2028}' | '\u{2029}') {
                escape(c).chars().for_each(|c| self.put(c));
            } else if c == ' ' && at > 0 && next.is_some() && self.is_fold(folding, after_space) {
                self.indent(indent);
                if next == Some(' ') {
                    self.put('\\');
                }
            } else {
                self.put(c);
            }
            after_space = c == ' ';
        }
        self.put('"');
        self.after_space = false;
        self.in_indent = false;
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.space_before();
        self.put('|');
        if text.starts_with([' ', '\n', '\u{85}', '\u{2028}', '\u{2029}']) {
            self.put(char::from(b'0' + BEST_INDENT as u8));
        }
        if let Some(hint) = chomping(text) {
            self.put(hint);
        }
        self.line_break();
        self.in_indent = true;
        self.after_space = true;
        let mut at_line_start = true;
        for c in text.chars() {
            if is_break(c) {
                self.raw_break(c);
                at_line_start = true;
                continue;
            }
            if at_line_start {
                self.indent(indent);
            }
            self.put(c);
            self.in_indent = false;
            at_line_start = false;
        }
        self.after_space = at_line_start;
    }
}

/// A number on its way through JSON: a float that Go writes without a fraction comes back as an integer.
fn number_text(number: &Number) -> String {
    let Some(value) = number.as_f64().filter(|_| number.is_f64()) else { return number.to_string() };
    let text = go_json(value);
    let is_integer = text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok();
    if is_integer { text } else { go_general(value) }
}

/// The indentation of a collection in a collection; the outermost has none.
fn deeper(indent: Option<usize>) -> usize {
    indent.map_or(0, |indent| indent + BEST_INDENT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn strings_are_quoted_as_kubectl_quotes_them() {
        let rows = [
            ("plain", "plain"),
            ("", r#""""#),
            ("true", r#""true""#),
            ("y", r#""y""#),
            ("0755", r#""0755""#),
            ("1e3", r#""1e3""#),
            ("1.2.3", "1.2.3"),
            ("10:30", r#""10:30""#),
            ("80:8080", "80:8080"),
            ("2026-11-22T17:30:53Z", r#""2026-11-22T17:30:53Z""#),
            ("null", r#""null""#),
            ("~x", "~x"),
            ("* * * * *", "'* * * * *'"),
            ("*.example.com", "'*.example.com'"),
            ("- a", "'- a'"),
            ("-a", "-a"),
            ("a: b", "'a: b'"),
            ("a:b", "a:b"),
            ("a #b", "'a #b'"),
            ("a#b", "a#b"),
            ("it's", "it's"),
            ("'q'", "'''q'''"),
            (" a", "' a'"),
            ("a\tb", r#""a\tb""#),
            ("{a}", "'{a}'"),
            ("@a", "'@a'"),
            ("a\u{7}", r#""a\a""#),
            ("\u{1f600}", r#""\U0001F600""#),
            ("\u{d55c}\u{ae00}", "\u{d55c}\u{ae00}"),
            ("---", "'---'"),
        ];
        for (text, printed) in rows {
            assert_eq!(encode(&json!({ "k": text })), format!("k: {printed}\n"), "{text:?}");
        }
    }

    #[test]
    fn lines_make_a_block() {
        let rows = [
            ("a\nb\n", "k: |\n  a\n  b\n"),
            ("a\nb", "k: |-\n  a\n  b\n"),
            ("a\n\n", "k: |+\n  a\n\n"),
            ("\n", "k: |2+\n\n"),
            ("  a\nb\n", "k: |2\n    a\n  b\n"),
            ("a\n  b\n\nc\n", "k: |\n  a\n    b\n\n  c\n"),
            ("a \nb\n", "k: \"a \\nb\\n\"\n"),
            ("a\n\tb\n", "k: \"a\\n\\tb\\n\"\n"),
        ];
        for (text, printed) in rows {
            assert_eq!(encode(&json!({ "k": text })), printed, "{text:?}");
        }
    }

    #[test]
    fn collections_are_printed_in_block_style() {
        let value = json!({
            "b": [{"y": 1, "x": [1, 2]}, "s", [["n"]], {}, []],
            "a10": null, "a9": true, "aB": {"c": {"d": 1.5}}, "a.b": -1, "a-b": 1.5e7, "a-c": 1500000.5, "A": {}, "": []
        });
        let printed = [
            "\"\": []", "A: {}", "a-b: 15000000", "a-c: 1.5000005e+06", "a.b: -1", "a9: true", "a10: null", "aB:", "  c:", "    d: 1.5", "b:",
            "- x:", "  - 1", "  - 2", "  \"y\": 1", "- s", "- - - \"n\"", "- {}", "- []", "",
        ];
        assert_eq!(encode(&value), printed.join("\n"));
    }

    #[test]
    fn long_lines_are_folded_at_the_first_space_behind_column_80() {
        let text = "word ".repeat(20) + "end";
        let printed = format!("k: {}\n  {}end\n", "word ".repeat(16).trim_end(), "word ".repeat(4));
        assert_eq!(encode(&json!({ "k": text })), printed);
        assert_eq!(encode(&json!({ "k": format!("'{text}'") })).lines().count(), 2);
        let words = "x".repeat(200);
        assert_eq!(encode(&json!({ "k": words })), format!("k: {words}\n"));
        assert_eq!(encode(&json!({ words.as_str(): "v" })), format!("? {words}\n: v\n"));
    }

    #[test]
    fn keys_in_a_circle_are_sorted_somehow() {
        let keys = ["11Z", "102Zb", "10b", "9", "10", "010", "00", "0"];
        let map: serde_json::Map<String, Value> = keys.iter().map(|key| (key.to_string(), Value::Null)).collect();
        assert_eq!(encode(&Value::Object(map)).lines().count(), keys.len());
    }
}
