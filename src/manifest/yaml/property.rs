//! Scanning what may stand before a value: anchors, aliases and tags. Models yaml.v2 scannerc.go `yaml_parser_scan_anchor` and
//! `yaml_parser_scan_tag`.

use super::Mark;
use super::scan::{Kind, Scanned, Scanner};

impl Scanner<'_> {
    pub(super) fn fetch_anchor(&mut self) -> Scanned<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark;
        let is_alias = self.cursor.is(b'*');
        self.cursor.skip();
        let name = self.cursor.read_word();
        let ends_well = self.cursor.is_blank_or_end(0)
            || matches!(self.cursor.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends_well {
            return self.fail("did not find expected alphabetic or numeric character", start);
        }
        self.push(if is_alias { Kind::Alias(name) } else { Kind::Anchor(name) }, start);
        Ok(())
    }

    pub(super) fn fetch_tag(&mut self) -> Scanned<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark;
        let (handle, suffix) = self.scan_tag(start)?;
        if !self.cursor.is_blank_or_end(0) {
            return self.fail("did not find expected whitespace or line break", start);
        }
        self.push(Kind::Tag { handle, suffix }, start);
        Ok(())
    }

    /// `!<uri>`, `!handle!suffix`, `!suffix` or `!` alone, which is given back as an empty handle with the suffix `!`.
    fn scan_tag(&mut self, start: Mark) -> Scanned<(String, String)> {
        if self.cursor.byte(1) == b'<' {
            self.cursor.skip_many(2);
            let uri = self.scan_tag_uri("", start)?;
            if !self.cursor.is(b'>') {
                return self.fail("did not find the expected '>'", start);
            }
            self.cursor.skip();
            return Ok((String::new(), uri));
        }
        self.cursor.skip();
        let word = self.cursor.read_word();
        if self.cursor.is(b'!') {
            self.cursor.skip();
            let suffix = self.scan_tag_uri("", start)?;
            return Ok((format!("!{word}!"), suffix));
        }
        let suffix = self.scan_tag_uri(&format!("!{word}"), start)?;
        if suffix.is_empty() {
            return Ok((String::new(), "!".to_string()));
        }
        Ok(("!".to_string(), suffix))
    }

    /// The characters of a tag, after the `!word` that was read already. Escapes (`%41`) are kept as they are written.
    fn scan_tag_uri(&mut self, head: &str, start: Mark) -> Scanned<String> {
        let mut uri: String = head.chars().skip(1).collect();
        let before = self.cursor.mark;
        while matches!(self.cursor.byte(0), b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z')
            || (self.cursor.byte(0) != 0 && b"_-;/?:@&=+$,.!~*'()[]%".contains(&self.cursor.byte(0)))
        {
            if self.cursor.is(b'%') && !(1..=2).all(|n| self.cursor.byte(n).is_ascii_hexdigit()) {
                return self.fail("did not find URI escaped octet", start);
            }
            self.cursor.read(&mut uri);
        }
        if head.is_empty() && self.cursor.mark == before {
            return self.fail("did not find expected tag URI", start);
        }
        Ok(uri)
    }
}
