//! Regular expressions in the three dialects that are met: grep's and sed's basic ones, awk's extended ones, and those that
//! nginx takes. An expression is written anew in the syntax of `regex-lite`, which searches in time linear in text and expression
//! and without recursion, so that nothing typed can hang or overflow. Left out: references back, look-around, and the longest
//! match of POSIX: the first alternative that fits is taken.

/// Which signs mean something without a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `\(`, `\|`, `\+` …
    Basic,
    /// `(`, `|`, `+` …
    Extended,
    /// As extended, and `(?:`, `*?`, `\d` within a class.
    Perl,
}

/// An expression that has been read.
#[derive(Clone, Debug)]
pub struct Regex(regex_lite::Regex);

/// Where groups begin and end, in bytes, the whole first; None for a group that took no part.
pub type Groups = Vec<Option<(usize, usize)>>;

/// How large a compiled expression may become, in bytes: some 2,000 states, each of which costs a step per letter.
const MAX_COMPILED: usize = 1 << 17;

impl PartialEq for Regex {
    fn eq(&self, other: &Regex) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Regex {
    /// Reads an expression; None if it is none, is too large, or uses what is left out.
    pub fn parse(text: &str, dialect: Dialect, ignores_case: bool) -> Option<Regex> {
        let mut translation = Translation { from: text.chars().collect(), at: 0, to: String::new(), dialect };
        translation.whole()?;
        built(&translation.to, ignores_case)
    }

    /// A text that stands for itself; None if it is too large.
    pub fn literal(text: &str, ignores_case: bool) -> Option<Regex> {
        built(&regex_lite::escape(text), ignores_case)
    }

    /// The first place at or behind `from` (in bytes, between two letters) that fits.
    pub fn find(&self, text: &str, from: usize) -> Option<Groups> {
        let found = self.0.captures_at(text, from)?;
        Some((0..found.len()).map(|group| found.get(group).map(|place| (place.start(), place.end()))).collect())
    }

    /// Whether a text holds it.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

fn built(expression: &str, ignores_case: bool) -> Option<Regex> {
    let mut builder = regex_lite::RegexBuilder::new(expression);
    builder.case_insensitive(ignores_case).dot_matches_new_line(true).size_limit(MAX_COMPILED);
    builder.build().ok().map(Regex)
}

/// An expression on its way into the syntax of `regex-lite`.
struct Translation {
    from: Vec<char>,
    at: usize,
    to: String,
    dialect: Dialect,
}

/// What an expression has at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    /// `(`, `)`, `|`, `+`, `?`, `{` where they mean something; `*` always.
    Sign(char),
    /// With a backslash before it, where that does not make it a sign.
    Escaped(char),
    Plain(char),
}

impl Translation {
    /// The token here and how many letters it has.
    fn token(&self) -> Option<(Token, usize)> {
        let c = *self.from.get(self.at)?;
        let is_sign = |c: char| matches!(c, '(' | ')' | '|' | '+' | '?' | '{');
        Some(match (c, self.from.get(self.at + 1), self.dialect) {
            ('*', ..) => (Token::Sign('*'), 1),
            ('\\', None, _) => return None,
            ('\\', Some(next), Dialect::Basic) if is_sign(*next) => (Token::Sign(*next), 2),
            ('\\', Some(next), _) => (Token::Escaped(*next), 2),
            (c, _, Dialect::Extended | Dialect::Perl) if is_sign(c) => (Token::Sign(c), 1),
            (c, ..) => (Token::Plain(c), 1),
        })
    }

    fn whole(&mut self) -> Option<()> {
        // Where the last thing that can be repeated begins in the translation, and whether it is repeated already.
        let mut last: Option<(usize, bool)> = None;
        let mut groups = Vec::new();
        let mut is_first = true;
        while self.at < self.from.len() {
            let (token, length) = self.token()?;
            self.at += length;
            let start = self.to.len();
            let begins = std::mem::replace(&mut is_first, false);
            match token {
                Token::Sign('(') => {
                    groups.push(start);
                    self.group()?;
                    (last, is_first) = (None, true);
                    continue;
                }
                Token::Sign(')') => {
                    let start = groups.pop()?;
                    self.to.push(')');
                    last = Some((start, false));
                    continue;
                }
                Token::Sign('|') => {
                    self.to.push('|');
                    (last, is_first) = (None, true);
                    continue;
                }
                Token::Sign(sign) => {
                    if self.repetition(sign, &mut last)? {
                        continue;
                    }
                    self.letter(sign);
                }
                Token::Escaped(c) => self.escaped(c)?,
                Token::Plain('.') => self.to.push('.'),
                Token::Plain('[') => self.class()?,
                Token::Plain('^') if self.dialect != Dialect::Basic || begins => self.to.push('^'),
                Token::Plain('$') if self.dialect != Dialect::Basic || self.ends() => self.to.push('$'),
                Token::Plain(c) => self.letter(c),
            }
            last = Some((start, false));
        }
        groups.is_empty().then_some(())
    }

    /// What follows an opening bracket: in Perl's dialect `?:` or a flag.
    fn group(&mut self) -> Option<()> {
        self.to.push('(');
        if self.from.get(self.at) == Some(&'?') && self.dialect == Dialect::Perl {
            while let Some(c) = self.from.get(self.at).filter(|c| matches!(c, '?' | ':' | 'i')) {
                self.to.push(*c);
                self.at += 1;
                if *c == ':' {
                    break;
                }
            }
        }
        Some(())
    }

    /// Whether nothing more comes in this alternative.
    fn ends(&self) -> bool {
        matches!(self.token(), None | Some((Token::Sign(')' | '|'), _))) && self.from.get(self.at) != Some(&'*')
    }

    /// Repeats what was before; false if the sign stands for itself here, None if it must not stand here.
    fn repetition(&mut self, sign: char, last: &mut Option<(usize, bool)>) -> Option<bool> {
        let posix = self.dialect != Dialect::Perl;
        let Some((start, is_repeated)) = *last else { return if posix { Some(false) } else { None } };
        let count = if sign == '{' { self.count() } else { Some(sign.to_string()) };
        let Some(count) = count else { return if posix { None } else { Some(false) } };
        if is_repeated && posix {
            self.to.insert_str(start, "(?:");
            self.to.push(')');
        }
        self.to.push_str(&count);
        *last = Some((start, true));
        Some(true)
    }

    /// What follows an opening brace: `2}`, `2,}`, `,5}`, `2,5}`.
    fn count(&mut self) -> Option<String> {
        let inside: String = self.from[self.at..].iter().take_while(|c| c.is_ascii_digit() || **c == ',').collect();
        let close = if self.dialect == Dialect::Basic { "\\}" } else { "}" };
        let end = self.at + inside.len();
        if inside.is_empty() || !self.from[end..].iter().take(close.len()).copied().eq(close.chars()) {
            return None;
        }
        self.at = end + close.len();
        Some(match inside.strip_prefix(',') {
            Some(most) => format!("{{0,{most}}}"),
            None => format!("{{{inside}}}"),
        })
    }

    fn escaped(&mut self, c: char) -> Option<()> {
        match c {
            'w' | 'W' | 's' | 'S' | 'd' | 'D' | 'b' | 'B' | 't' | 'n' | '<' | '>' => self.to.extend(['\\', c]),
            // A reference back.
            '1'..='9' => return None,
            c => self.letter(c),
        }
        Some(())
    }

    fn letter(&mut self, c: char) {
        if c.is_ascii_punctuation() && !matches!(c, '<' | '>') {
            self.to.push('\\');
        }
        self.to.push(c);
    }

    /// What follows `[`.
    fn class(&mut self) -> Option<()> {
        self.to.push('[');
        if self.from.get(self.at) == Some(&'^') {
            self.to.push('^');
            self.at += 1;
        }
        let start = self.at;
        loop {
            let c = *self.from.get(self.at)?;
            self.at += 1;
            match c {
                ']' if self.at > start + 1 => break,
                '[' if self.from.get(self.at) == Some(&':') => {
                    let end = (self.at..self.from.len()).find(|at| self.from[*at] == ']')?;
                    self.to.push('[');
                    self.to.extend(&self.from[self.at..=end]);
                    self.at = end + 1;
                }
                '\\' if self.dialect == Dialect::Perl => {
                    let c = *self.from.get(self.at)?;
                    self.at += 1;
                    self.escaped(c)?;
                }
                '-' if self.at > start + 1 && self.from.get(self.at).is_some_and(|next| *next != ']') => self.to.push('-'),
                c => self.letter(c),
            }
        }
        self.to.push(']');
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_find_what_grep_finds() {
        let (basic, extended) = (Dialect::Basic, Dialect::Extended);
        let table = [
            ("a.c", basic, "xabcx", Some((1, 4))),
            ("^a", basic, "ba", None),
            ("a$", basic, "ba", Some((1, 2))),
            ("a$b^", basic, "a$b^", Some((0, 4))),
            ("\\(a$\\)", basic, "ba", Some((1, 2))),
            ("a*b", basic, "xaaab", Some((1, 5))),
            ("*b", basic, "a*b", Some((1, 3))),
            ("a\\+", basic, "xaa", Some((1, 3))),
            ("a+", basic, "a+", Some((0, 2))),
            ("a\\{2\\}", basic, "abaa", Some((2, 4))),
            ("(ab|cd)+e", extended, "xabcde", Some((1, 6))),
            ("net/kubia( |:|\")", extended, "net/kubia-aff net/kubia:x", Some((14, 24))),
            ("[0-9]{2,3}", extended, "a1 1234", Some((3, 6))),
            ("a{,2}", extended, "aaa", Some((0, 2))),
            ("(a*)+b", extended, "aab", Some((0, 3))),
            ("a+?b", extended, "aab", Some((0, 3))),
            ("[^ ]*-[a-z]", extended, "ab c-d", Some((3, 6))),
            ("[]a-]+", extended, "x-]a", Some((1, 4))),
            ("[\\n]", extended, "a\\", Some((1, 2))),
            ("\\bcd\\b", extended, "abcd cd", Some((5, 7))),
            ("\\<cd\\>", basic, "abcd cd", Some((5, 7))),
            ("[[:digit:]]+", extended, "ab12", Some((2, 4))),
            ("(a|ab)(c|bcd)", extended, "abcd", Some((0, 4))),
            ("x?y", extended, "y", Some((0, 1))),
            ("", extended, "y", Some((0, 0))),
            ("가.", extended, "x가나", Some((1, 7))),
            ("127.0.0.1:80/#~&&<x>", basic, "127.0.0.1:80/#~&&<x>", Some((0, 20))),
        ];
        for (expression, dialect, text, place) in table {
            let Some(regex) = Regex::parse(expression, dialect, false) else { panic!("{expression} is not read") };
            assert_eq!(regex.find(text, 0).and_then(|found| found[0]), place, "{expression} in {text}");
        }
        for broken in ["(a", "a)", "[a", "a{", "(a)\\1", "\\", "a{99999}", "[[:nothing:]]"] {
            assert_eq!(Regex::parse(broken, extended, false), None, "{broken}");
        }
    }

    #[test]
    fn case_matters_only_where_it_should() {
        let found = |expression: &str, text: &str| Regex::parse(expression, Dialect::Extended, true).and_then(|regex| regex.find(text, 0)?[0]);
        assert_eq!(found("^kubia\\W[A-Z]", "Kubia-x"), Some((0, 7)));
        assert_eq!(Regex::literal("a.B", true).map(|regex| (regex.is_in("xA.b"), regex.is_in("aab"))), Some((true, false)));
    }

    #[test]
    fn expressions_match_as_nginx_matches_them() {
        // Expression, text, the groups; "-" is one that took no part.
        let table: [(&str, &str, Option<&[&str]>); 19] = [
            ("^/something(/|$)(.*)", "/something", Some(&["", ""])),
            ("^/something(/|$)(.*)", "/something/new", Some(&["/", "new"])),
            ("^/something(/|$)(.*)", "/somethingelse", None),
            ("^/foo/bar/(.+)", "/foo/bar/1", Some(&["1"])),
            ("^/foo/bar/(.+)", "/foo/bar/", None),
            ("^/foo/bar/[A-Z0-9]{3}", "/foo/bar/bar", Some(&[])),
            ("^/foo/bar/[A-Z0-9]{3}", "/foo/bar/ba", None),
            ("^/(a|b)?x", "/x", Some(&["-"])),
            ("^/(?:api|v\\d+)/(.*)", "/v12/users", Some(&["users"])),
            ("^/(?i)API", "/api", Some(&[])),
            ("^/a(.*?)c", "/abcc", Some(&["b"])),
            ("^/[^/]+/end$", "/one/end", Some(&[])),
            ("^/[^/]+/end$", "/one/two/end", None),
            ("^/[\\w-]+/end", "/a-b/end", Some(&[])),
            ("^/v{1,2}x", "/vvx", Some(&[])),
            ("^/v{1,2}x", "/vvvx", None),
            ("^/v{x}", "/v{x}", Some(&[])),
            ("^/A.C", "/abc", Some(&[])),
            ("^/(a*)*b", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", None),
        ];
        for (expression, text, expected) in table {
            let Some(regex) = Regex::parse(expression, Dialect::Perl, true) else { panic!("{expression} is not read") };
            let groups = regex.find(text, 0).map(|found| {
                found[1..].iter().map(|group| group.map_or("-".to_owned(), |(from, to)| text[from..to].to_owned())).collect::<Vec<_>>()
            });
            assert_eq!(groups, expected.map(|groups| groups.iter().map(|group| (*group).to_owned()).collect()), "{expression} on {text}");
        }
        for text in ["(", "a)", "[a", "*a", "(?=a)", "\\"] {
            assert_eq!(Regex::parse(text, Dialect::Perl, true), None, "{text}");
        }
    }

    #[test]
    fn long_texts_and_wild_expressions_end() {
        let text = "a".repeat(20_000);
        let found = |expression: &str| Regex::parse(expression, Dialect::Perl, false).map(|regex| regex.is_in(&text));
        assert_eq!(found("^(.*)(.*)$"), Some(true));
        assert_eq!(found("(a*)*b"), Some(false));
        assert_eq!(found(&"(".repeat(5_000)), None);
        assert_eq!(found(&format!("{}a{}", "(".repeat(500), ")".repeat(500))), None);
    }
}
