//! Regular expressions as far as paths of an ingress use them: literals, `.`, classes, groups that capture or not, alternatives,
//! repetition, anchors. Case does not matter, as in the locations that ingress-nginx writes (`~*`). Left out: look-around, references
//! back, possessive repetition.

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Char(char),
    Any,
    Class { negated: bool, ranges: Vec<(char, char)> },
    Start,
    End,
    /// Alternatives, and the number under which the group is remembered.
    Group(Vec<Vec<Part>>, Option<usize>),
    Repeat { part: Box<Part>, least: u32, most: u32, greedy: bool },
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    alternatives: Vec<Vec<Part>>,
    groups: usize,
}

/// What a match found: the whole, then each group, as byte ranges.
pub type Captures = Vec<Option<(usize, usize)>>;

/// A match is given up after so many steps.
const PATIENCE: u32 = 100_000;
const MANY: u32 = u32::MAX;

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    groups: usize,
    depth: u32,
}

impl Reader<'_> {
    fn alternatives(&mut self) -> Option<Vec<Vec<Part>>> {
        self.depth += 1;
        if self.depth > 50 {
            return None;
        }
        let mut all = vec![Vec::new()];
        while let Some(&c) = self.rest.peek() {
            if c == ')' {
                break;
            }
            self.rest.next();
            if c == '|' {
                all.push(Vec::new());
                continue;
            }
            let part = self.part(c)?;
            let part = self.repeated(part)?;
            all.last_mut()?.push(part);
        }
        self.depth -= 1;
        Some(all)
    }

    fn part(&mut self, c: char) -> Option<Part> {
        Some(match c {
            '.' => Part::Any,
            '^' => Part::Start,
            '$' => Part::End,
            '[' => self.class()?,
            '(' => self.group()?,
            '\\' => escape(self.rest.next()?),
            '*' | '+' | '?' => return None,
            c => Part::Char(c),
        })
    }

    fn group(&mut self) -> Option<Part> {
        let mut number = None;
        if self.rest.peek() == Some(&'?') {
            self.rest.next();
            match self.rest.next()? {
                ':' => {}
                // (?i): case does not matter anyway.
                'i' => {
                    let next = self.rest.next()?;
                    if next == ')' {
                        return Some(Part::Group(vec![Vec::new()], None));
                    }
                    if next != ':' {
                        return None;
                    }
                }
                _ => return None,
            }
        } else {
            self.groups += 1;
            number = Some(self.groups);
        }
        let all = self.alternatives()?;
        (self.rest.next() == Some(')')).then_some(Part::Group(all, number))
    }

    fn class(&mut self) -> Option<Part> {
        let mut ranges = Vec::new();
        let negated = self.rest.peek() == Some(&'^');
        if negated {
            self.rest.next();
        }
        let mut first = true;
        loop {
            let c = self.rest.next()?;
            if c == ']' && !first {
                return Some(Part::Class { negated, ranges });
            }
            first = false;
            let low = match c {
                '\\' => match escape(self.rest.next()?) {
                    Part::Class { ranges: more, negated: false } => {
                        ranges.extend(more);
                        continue;
                    }
                    Part::Char(c) => c,
                    _ => return None,
                },
                c => c,
            };
            let mut ahead = self.rest.clone();
            if ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']') {
                self.rest.next();
                let high = self.rest.next()?;
                ranges.push((low, if high == '\\' { self.rest.next()? } else { high }));
            } else {
                ranges.push((low, low));
            }
        }
    }

    /// `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}` behind a part.
    fn repeated(&mut self, part: Part) -> Option<Part> {
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, MANY),
            Some('+') => (1, MANY),
            Some('?') => (0, 1),
            Some('{') => match self.counted() {
                Some(bounds) => bounds,
                None => return Some(part),
            },
            _ => return Some(part),
        };
        self.rest.next();
        let greedy = self.rest.peek() != Some(&'?');
        if !greedy {
            self.rest.next();
        }
        Some(Part::Repeat { part: Box::new(part), least, most, greedy })
    }

    /// Reads up to before the closing brace; leaves a brace that begins no count.
    fn counted(&mut self) -> Option<(u32, u32)> {
        let ahead: String = self.rest.clone().skip(1).take_while(|c| *c != '}').take(12).collect();
        let (least, most) = ahead.split_once(',').unwrap_or((&ahead, &ahead));
        let least: u32 = least.parse().ok().filter(|count| *count <= 1000)?;
        let most = if most.is_empty() { MANY } else { most.parse().ok().filter(|count| *count <= 1000)? };
        for _ in 0..=ahead.chars().count() {
            self.rest.next();
        }
        Some((least, most))
    }
}

fn escape(c: char) -> Part {
    let class = |ranges: &[(char, char)], negated| Part::Class { negated, ranges: ranges.to_vec() };
    match c {
        'd' => class(&[('0', '9')], false),
        'D' => class(&[('0', '9')], true),
        'w' => class(&[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')], false),
        'W' => class(&[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')], true),
        's' => class(&[(' ', ' '), ('\t', '\r')], false),
        'S' => class(&[(' ', ' '), ('\t', '\r')], true),
        c => Part::Char(c),
    }
}

/// A match at work.
struct Matcher<'a> {
    text: &'a str,
    captures: Captures,
    steps: u32,
}

type Next<'n> = &'n mut dyn FnMut(&mut Matcher<'_>, usize) -> bool;

impl Matcher<'_> {
    fn char_at(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    fn all(&mut self, parts: &[Part], at: usize, next: Next<'_>) -> bool {
        self.steps += 1;
        if self.steps > PATIENCE {
            return false;
        }
        let Some((first, rest)) = parts.split_first() else { return next(self, at) };
        self.one(first, at, &mut |matcher, at| matcher.all(rest, at, next))
    }

    fn one(&mut self, part: &Part, at: usize, next: Next<'_>) -> bool {
        match part {
            Part::Char(wanted) => match self.char_at(at) {
                Some(c) if c.eq_ignore_ascii_case(wanted) => next(self, at + c.len_utf8()),
                _ => false,
            },
            Part::Any => self.char_at(at).is_some_and(|c| next(self, at + c.len_utf8())),
            Part::Class { negated, ranges } => match self.char_at(at) {
                Some(c) if in_class(ranges, c) != *negated => next(self, at + c.len_utf8()),
                _ => false,
            },
            Part::Start => at == 0 && next(self, at),
            Part::End => at == self.text.len() && next(self, at),
            Part::Group(alternatives, number) => alternatives.iter().any(|parts| {
                let before = number.map(|number| self.captures[number]);
                let done = self.all(parts, at, &mut |matcher, end| {
                    let inner = number.map(|number| std::mem::replace(&mut matcher.captures[number], Some((at, end))));
                    if next(matcher, end) {
                        return true;
                    }
                    if let (Some(number), Some(inner)) = (*number, inner) {
                        matcher.captures[number] = inner;
                    }
                    false
                });
                if let (false, Some(number), Some(before)) = (done, *number, before) {
                    self.captures[number] = before;
                }
                done
            }),
            Part::Repeat { part, least, most, greedy } => self.repeat(part, *least, *most, *greedy, at, next),
        }
    }

    fn repeat(&mut self, part: &Part, least: u32, most: u32, greedy: bool, at: usize, next: Next<'_>) -> bool {
        self.steps += 1;
        if self.steps > PATIENCE {
            return false;
        }
        if least == 0 && !greedy && next(self, at) {
            return true;
        }
        if most > 0 {
            let more = self.one(part, at, &mut |matcher, end| {
                // A round that takes nothing would go on for ever.
                (end > at || least > 0)
                    && matcher.repeat(part, least.saturating_sub(1), if most == MANY { MANY } else { most - 1 }, greedy, end, next)
            });
            if more {
                return true;
            }
        }
        least == 0 && greedy && next(self, at)
    }
}

fn in_class(ranges: &[(char, char)], c: char) -> bool {
    let holds = |c: char| ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
    holds(c.to_ascii_lowercase()) || holds(c.to_ascii_uppercase())
}

impl Pattern {
    /// Reads an expression; None if it is none, or uses what is left out.
    pub fn parse(text: &str) -> Option<Pattern> {
        let mut reader = Reader { rest: text.chars().peekable(), groups: 0, depth: 0 };
        let alternatives = reader.alternatives()?;
        (reader.rest.next().is_none()).then_some(Pattern { alternatives, groups: reader.groups })
    }

    /// Where it matches from the start of a text.
    pub fn at_start(&self, text: &str) -> Option<Captures> {
        self.from(text, 0)
    }

    fn from(&self, text: &str, start: usize) -> Option<Captures> {
        let mut matcher = Matcher { text, captures: vec![None; self.groups + 1], steps: 0 };
        let whole = Part::Group(self.alternatives.clone(), Some(0));
        matcher.one(&whole, start, &mut |_, _| true).then_some(matcher.captures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_match_as_nginx_matches_them() {
        // Expression, text, the groups; "-" is one that took no part.
        let table: [(&str, &str, Option<&[&str]>); 16] = [
            ("/something(/|$)(.*)", "/something", Some(&["", ""])),
            ("/something(/|$)(.*)", "/something/new", Some(&["/", "new"])),
            ("/something(/|$)(.*)", "/somethingelse", None),
            ("/foo/bar/(.+)", "/foo/bar/1", Some(&["1"])),
            ("/foo/bar/(.+)", "/foo/bar/", None),
            ("/foo/bar/[A-Z0-9]{3}", "/foo/bar/bar", Some(&[])),
            ("/foo/bar/[A-Z0-9]{3}", "/foo/bar/ba", None),
            ("/(a|b)?x", "/x", Some(&["-"])),
            ("/(?:api|v\\d+)/(.*)", "/v12/users", Some(&["users"])),
            ("/a(.*?)c", "/abcc", Some(&["b"])),
            ("/[^/]+/end$", "/one/end", Some(&[])),
            ("/[^/]+/end$", "/one/two/end", None),
            ("/v{1,2}x", "/vvx", Some(&[])),
            ("/v{1,2}x", "/vvvx", None),
            ("/A.C", "/abc", Some(&[])),
            ("/(a*)*b", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", None),
        ];
        for (expression, text, expected) in table {
            let Some(pattern) = Pattern::parse(expression) else { panic!("{expression} is not read") };
            let found = pattern.at_start(text);
            let groups = found.map(|captures| {
                captures[1..].iter().map(|group| group.map_or("-".to_owned(), |(from, to)| text[from..to].to_owned())).collect::<Vec<_>>()
            });
            assert_eq!(groups, expected.map(|groups| groups.iter().map(|group| (*group).to_owned()).collect()), "{expression} on {text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in ["(", "a)", "[a", "*a", "(?=a)", "\\"] {
            assert_eq!(Pattern::parse(text), None, "{text}");
        }
    }
}
