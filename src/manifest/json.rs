//! JSON text to the same tree as YAML, with the messages of Go's encoding/json. kubectl reads a file as JSON when its first
//! character is `{`, and a JSON file may hold several objects one after the other.

use serde_json::{Number, Value};

use super::span::Mark;
use super::yaml::{Content, Node, NodeId, Scalar, Tree};
use crate::base::parse_float;

/// How deep collections may nest (Go allows 10000).
const MAX_DEPTH: usize = 100;

/// What is wrong with a JSON text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct JsonFault {
    /// As kubectl prints it (`json: offset 36: invalid character …`).
    pub message: String,
    pub mark: Mark,
}

/// Reads one value after the other.
pub(super) struct JsonReader<'a> {
    text: &'a str,
    mark: Mark,
    depth: usize,
}

type Read<T> = Result<T, JsonFault>;

impl<'a> JsonReader<'a> {
    pub fn new(text: &'a str) -> JsonReader<'a> {
        JsonReader { text, mark: Mark::default(), depth: 0 }
    }

    /// The next value of the stream; none at its end.
    ///
    /// # Errors
    /// The first character that JSON does not allow, or the end in the middle of a value.
    pub fn next_value(&mut self) -> Read<Option<(Tree, NodeId)>> {
        self.skip_space();
        if self.peek().is_none() {
            return Ok(None);
        }
        let mut tree = Tree::default();
        let root = self.value(&mut tree)?;
        Ok(Some((tree, root)))
    }

    fn peek(&self) -> Option<char> {
        self.text[self.mark.offset..].chars().next()
    }

    fn skip(&mut self) {
        let Some(c) = self.peek() else { return };
        self.mark.offset += c.len_utf8();
        self.mark.index += 1;
        self.mark.column += 1;
        if c == '\n' {
            self.mark.line += 1;
            self.mark.column = 0;
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\r' | '\n')) {
            self.skip();
        }
    }

    /// The next character does not belong here.
    fn fail<T>(&self, context: &str) -> Read<T> {
        let message = match self.peek() {
            None => "unexpected EOF".to_string(),
            Some(_) => {
                // Go looks at bytes: of a character beyond ASCII it shows the first byte as if it were one.
                let byte = self.text.as_bytes()[self.mark.offset];
                let offset = self.mark.offset + 1;
                format!("json: offset {offset}: invalid character {} {context}", quote(char::from(byte)))
            }
        };
        Err(JsonFault { message, mark: self.mark })
    }

    fn value(&mut self, tree: &mut Tree) -> Read<NodeId> {
        self.skip_space();
        let start = self.mark;
        let content = match self.peek() {
            Some('{') => self.nested(tree, Self::object)?,
            Some('[') => self.nested(tree, Self::array)?,
            Some('"') => Content::Scalar(Scalar { text: self.string()?, ..Scalar::default() }),
            Some('-' | '0'..='9') => Content::Literal(Value::Number(self.number()?)),
            Some('t') => self.literal("true", Value::Bool(true))?,
            Some('f') => self.literal("false", Value::Bool(false))?,
            Some('n') => self.literal("null", Value::Null)?,
            _ => return self.fail("looking for beginning of value"),
        };
        tree.nodes.push(Node { content, span: start.to(self.mark) });
        Ok(tree.nodes.len() - 1)
    }

    fn nested(&mut self, tree: &mut Tree, read: fn(&mut Self, &mut Tree) -> Read<Content>) -> Read<Content> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("json: offset {}: exceeded max depth", self.mark.offset + 1);
            return Err(JsonFault { message, mark: self.mark });
        }
        self.skip();
        let content = read(self, tree)?;
        self.depth -= 1;
        Ok(content)
    }

    fn object(&mut self, tree: &mut Tree) -> Read<Content> {
        let mut entries = Vec::new();
        self.skip_space();
        if self.peek() == Some('}') {
            self.skip();
            return Ok(Content::Mapping(entries));
        }
        loop {
            self.skip_space();
            let start = self.mark;
            if self.peek() != Some('"') {
                return self.fail("looking for beginning of object key string");
            }
            let scalar = Scalar { text: self.string()?, ..Scalar::default() };
            tree.nodes.push(Node { content: Content::Scalar(scalar), span: start.to(self.mark) });
            let key = tree.nodes.len() - 1;
            self.skip_space();
            if self.peek() != Some(':') {
                return self.fail("after object key");
            }
            self.skip();
            entries.push((key, self.value(tree)?));
            self.skip_space();
            match self.peek() {
                Some(',') => self.skip(),
                Some('}') => break,
                _ => return self.fail("after object key:value pair"),
            }
        }
        self.skip();
        Ok(Content::Mapping(entries))
    }

    fn array(&mut self, tree: &mut Tree) -> Read<Content> {
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(']') {
            self.skip();
            return Ok(Content::Sequence(items));
        }
        loop {
            items.push(self.value(tree)?);
            self.skip_space();
            match self.peek() {
                Some(',') => self.skip(),
                Some(']') => break,
                _ => return self.fail("after array element"),
            }
        }
        self.skip();
        Ok(Content::Sequence(items))
    }

    fn literal(&mut self, word: &str, value: Value) -> Read<Content> {
        for expected in word.chars() {
            if self.peek() != Some(expected) {
                return self.fail(&format!("in literal {word} (expecting {})", quote(expected)));
            }
            self.skip();
        }
        Ok(Content::Literal(value))
    }

    fn string(&mut self) -> Read<String> {
        let mut text = String::new();
        self.skip();
        loop {
            match self.peek() {
                Some('"') => break,
                Some('\\') => self.escape(&mut text)?,
                Some(c) if c >= ' ' => {
                    text.push(c);
                    self.skip();
                }
                _ => return self.fail("in string literal"),
            }
        }
        self.skip();
        Ok(text)
    }

    fn escape(&mut self, text: &mut String) -> Read<()> {
        self.skip();
        let c = match self.peek() {
            Some('u') => {
                self.skip();
                let unit = self.hexadecimal()?;
                text.push(self.surrogate_pair(unit)?);
                return Ok(());
            }
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\x08',
            Some('f') => '\x0c',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            _ => return self.fail("in string escape code"),
        };
        text.push(c);
        self.skip();
        Ok(())
    }

    fn hexadecimal(&mut self) -> Read<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) else {
                return self.fail("in \\u hexadecimal character escape");
            };
            unit = unit * 16 + digit;
            self.skip();
        }
        Ok(unit)
    }

    /// Two escapes may make one character; half of one becomes the replacement character.
    fn surrogate_pair(&mut self, unit: u32) -> Read<char> {
        if let Some(c) = char::from_u32(unit) {
            return Ok(c);
        }
        let before = self.mark;
        if (0xD800..0xDC00).contains(&unit) && self.text[self.mark.offset..].starts_with("\\u") {
            self.skip();
            self.skip();
            let low = self.hexadecimal()?;
            if (0xDC00..0xE000).contains(&low) {
                let code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.mark = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn number(&mut self) -> Read<Number> {
        let start = self.mark.offset;
        if self.peek() == Some('-') {
            self.skip();
        }
        match self.peek() {
            Some('0') => self.skip(),
            Some('1'..='9') => self.digits(),
            _ => return self.fail("in numeric literal"),
        }
        if self.peek() == Some('.') {
            self.skip();
            self.some_digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.skip();
            if matches!(self.peek(), Some('+' | '-')) {
                self.skip();
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        Ok(parse_number(&self.text[start..self.mark.offset]))
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some('0'..='9')) {
            self.skip();
        }
    }

    fn some_digits(&mut self, context: &str) -> Read<()> {
        if !matches!(self.peek(), Some('0'..='9')) {
            return self.fail(context);
        }
        self.digits();
        Ok(())
    }
}

/// An integer of 64 bits, or else a float, as Kubernetes keeps numbers it has no type for. Too large ones become the largest.
fn parse_number(text: &str) -> Number {
    if let Ok(value) = text.parse::<i64>() {
        return Number::from(value);
    }
    let value = parse_float(text).unwrap_or(0.0);
    Number::from_f64(value.clamp(f64::MIN, f64::MAX)).unwrap_or_else(|| Number::from(0))
}

/// Models encoding/json `quoteChar`.
fn quote(c: char) -> String {
    match c {
        '\'' => r"'\''".to_string(),
        '"' => "'\"'".to_string(),
        '\n' => r"'\n'".to_string(),
        '\r' => r"'\r'".to_string(),
        '\t' => r"'\t'".to_string(),
        '\\' => r"'\\'".to_string(),
        c if c < ' ' || ('\x7f'..='\u{a0}').contains(&c) || c == '\u{ad}' => format!("'\\x{:02x}'", u32::from(c)),
        c => format!("'{c}'"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_in_go_words() {
        let rows = [
            (r#"{"a": 1,}"#, "json: offset 9: invalid character '}' looking for beginning of object key string"),
            (r#"{"a" 1}"#, "json: offset 6: invalid character '1' after object key"),
            (r#"{"a": 1 "b"}"#, "json: offset 9: invalid character '\"' after object key:value pair"),
            (r#"{"a": [1 2]}"#, "json: offset 10: invalid character '2' after array element"),
            (r#"{"a": [1,]}"#, "json: offset 10: invalid character ']' looking for beginning of value"),
            (r#"{"a": 01}"#, "json: offset 8: invalid character '1' after object key:value pair"),
            (r#"{"a": -}"#, "json: offset 8: invalid character '}' in numeric literal"),
            (r#"{"a": trve}"#, "json: offset 9: invalid character 'v' in literal true (expecting 'u')"),
            ("{\"a\": \"x\ny\"}", "json: offset 9: invalid character '\\n' in string literal"),
            (r#"{"a": "\q"}"#, "json: offset 9: invalid character 'q' in string escape code"),
            (r#"{"a": "#, "unexpected EOF"),
            (r#"{a: 1}"#, "json: offset 2: invalid character 'a' looking for beginning of object key string"),
        ];
        for (text, message) in rows {
            let fault = JsonReader::new(text).next_value().expect_err(text);
            assert_eq!(fault.message, message, "{text}");
        }
    }

    #[test]
    fn several_values_follow_each_other() {
        let mut reader = JsonReader::new("{\"a\": \"\\ud83d\\ude00\"} {\"b\": 2}\n---\n");
        assert!(reader.next_value().is_ok_and(|value| value.is_some()));
        assert!(reader.next_value().is_ok_and(|value| value.is_some()));
        let fault = reader.next_value().expect_err("a separator is no JSON");
        assert_eq!(fault.message, "json: offset 33: invalid character '-' in numeric literal");
    }
}
