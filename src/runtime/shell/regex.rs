//! Regular expressions as grep, sed and awk take them: basic and extended ones, by backtracking.
//! Left out: back references within an expression, look-around; a repetition in braces goes up to 200.

/// An expression that has been read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Regex {
    node: Node,
    groups: usize,
    ignores_case: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Letter(char),
    Any,
    Class(Vec<(char, char)>, bool),
    Start,
    End,
    /// `\b`, `\<`, `\>`
    Border,
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Node>, usize, usize),
    Group(usize, Box<Node>),
}

/// Which signs mean something without a backslash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `\(`, `\|`, `\+` …
    Basic,
    /// `(`, `|`, `+` …
    Extended,
}

/// So many steps of one search, and it is given up: nobody's expression needs more.
const PATIENCE: usize = 200_000;
const MAX_REPEAT: usize = 200;
const MAX_DEPTH: usize = 40;

/// Where groups begin and end, the whole first.
pub(super) type Found = Vec<Option<(usize, usize)>>;

impl Regex {
    /// Reads an expression; None if it is none.
    pub fn parse(text: &str, dialect: Dialect, ignores_case: bool) -> Option<Regex> {
        let text = if ignores_case { text.to_ascii_lowercase() } else { text.to_owned() };
        let mut parser = Parser { chars: text.chars().collect(), at: 0, groups: 0, dialect };
        let node = parser.either(0)?;
        (parser.at == parser.chars.len()).then_some(Regex { node, groups: parser.groups, ignores_case })
    }

    /// A text that stands for itself.
    pub fn literal(text: &str, ignores_case: bool) -> Regex {
        let text = if ignores_case { text.to_ascii_lowercase() } else { text.to_owned() };
        Regex { node: Node::Sequence(text.chars().map(Node::Letter).collect()), groups: 0, ignores_case }
    }

    /// The first place at or behind `from` (counted in letters) that fits.
    pub fn find(&self, text: &[char], from: usize) -> Option<Found> {
        let lower: Vec<char>;
        let text = if self.ignores_case {
            lower = text.iter().map(char::to_ascii_lowercase).collect();
            &lower
        } else {
            text
        };
        let mut steps = 0;
        for start in from..=text.len() {
            let mut search = Search { text, groups: vec![None; self.groups + 1], steps };
            let end = search.walk(&[&self.node], start);
            steps = search.steps;
            if let Some(end) = end {
                search.groups[0] = Some((start, end));
                return Some(search.groups);
            }
            if steps > PATIENCE {
                return None;
            }
        }
        None
    }

    /// Whether a line holds it.
    pub fn is_in(&self, line: &str) -> bool {
        self.find(&line.chars().collect::<Vec<_>>(), 0).is_some()
    }
}

struct Search<'a> {
    text: &'a [char],
    groups: Found,
    steps: usize,
}

impl Search<'_> {
    /// Where the text goes on behind all of these; the first of them is the next.
    fn walk(&mut self, nodes: &[&Node], at: usize) -> Option<usize> {
        self.steps += 1;
        if self.steps > PATIENCE {
            return None;
        }
        let Some((first, rest)) = nodes.split_first() else { return Some(at) };
        match first {
            Node::Letter(c) => (self.text.get(at) == Some(c)).then(|| self.walk(rest, at + 1))?,
            Node::Any => (at < self.text.len()).then(|| self.walk(rest, at + 1))?,
            Node::Class(ranges, negated) => {
                let c = *self.text.get(at)?;
                let inside = ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
                (inside != *negated).then(|| self.walk(rest, at + 1))?
            }
            Node::Start => (at == 0).then(|| self.walk(rest, at))?,
            Node::End => (at == self.text.len()).then(|| self.walk(rest, at))?,
            Node::Border => {
                let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
                let before = at.checked_sub(1).and_then(|at| self.text.get(at));
                (is_word(before) != is_word(self.text.get(at))).then(|| self.walk(rest, at))?
            }
            Node::Sequence(inner) => {
                let all: Vec<&Node> = inner.iter().chain(rest.iter().copied()).collect();
                self.walk(&all, at)
            }
            Node::Either(arms) => arms.iter().find_map(|arm| {
                let all: Vec<&Node> = std::iter::once(arm).chain(rest.iter().copied()).collect();
                self.walk(&all, at)
            }),
            Node::Group(number, inner) => {
                let end = self.walk(&[inner], at);
                // Greedy inside first; then, if what follows does not fit, the whole again with what follows in it.
                if let Some(end) = end {
                    let before = self.groups[*number];
                    self.groups[*number] = Some((at, end));
                    if let Some(found) = self.walk(rest, end) {
                        return Some(found);
                    }
                    self.groups[*number] = before;
                }
                let all: Vec<&Node> = std::iter::once(&**inner).chain(rest.iter().copied()).collect();
                self.walk(&all, at)
            }
            Node::Repeat(inner, least, most) => self.repeat(inner, *least, *most, rest, at),
        }
    }

    fn repeat(&mut self, inner: &Node, least: usize, most: usize, rest: &[&Node], at: usize) -> Option<usize> {
        let mut ends = vec![at];
        while ends.len() <= most {
            let last = ends[ends.len() - 1];
            match self.walk(&[inner], last) {
                Some(end) if end > last => ends.push(end),
                _ => break,
            }
        }
        while ends.len() > least {
            let end = ends.pop()?;
            if let Some(found) = self.walk(rest, end) {
                return Some(found);
            }
        }
        None
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    groups: usize,
    dialect: Dialect,
}

impl Parser {
    /// Takes a sign that means something: with a backslash before it in the basic dialect.
    fn sign(&mut self, sign: char) -> bool {
        let basic = self.dialect == Dialect::Basic;
        let here = if basic { self.chars.get(self.at) == Some(&'\\') && self.chars.get(self.at + 1) == Some(&sign) } else { self.chars.get(self.at) == Some(&sign) };
        if here {
            self.at += if basic { 2 } else { 1 };
        }
        here
    }

    fn is_next(&mut self, sign: char) -> bool {
        let at = self.at;
        let is = self.sign(sign);
        self.at = at;
        is
    }

    fn either(&mut self, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut arms = vec![self.sequence(depth)?];
        while self.sign('|') {
            arms.push(self.sequence(depth)?);
        }
        Some(if arms.len() == 1 { arms.remove(0) } else { Node::Either(arms) })
    }

    fn sequence(&mut self, depth: usize) -> Option<Node> {
        let mut nodes = Vec::new();
        while self.at < self.chars.len() && !self.is_next('|') && !self.is_next(')') {
            let atom = self.atom(depth, nodes.is_empty())?;
            nodes.push(self.repeated(atom)?);
        }
        Some(Node::Sequence(nodes))
    }

    fn atom(&mut self, depth: usize, is_first: bool) -> Option<Node> {
        if self.sign('(') {
            self.groups += 1;
            let number = self.groups;
            let inner = self.either(depth + 1)?;
            return self.sign(')').then(|| Node::Group(number, Box::new(inner)));
        }
        let c = self.chars[self.at];
        self.at += 1;
        Some(match c {
            '.' => Node::Any,
            '[' => return self.class(),
            '^' if self.dialect == Dialect::Extended || is_first => Node::Start,
            '$' if self.dialect == Dialect::Extended || self.at == self.chars.len() || self.is_next('|') || self.is_next(')') => Node::End,
            '\\' => {
                let c = *self.chars.get(self.at)?;
                self.at += 1;
                let word = vec![('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')];
                match c {
                    'w' => Node::Class(word, false),
                    'W' => Node::Class(word, true),
                    's' => Node::Class(vec![(' ', ' '), ('\t', '\t')], false),
                    'S' => Node::Class(vec![(' ', ' '), ('\t', '\t')], true),
                    'd' => Node::Class(vec![('0', '9')], false),
                    'b' | '<' | '>' => Node::Border,
                    't' => Node::Letter('\t'),
                    'n' => Node::Letter('\n'),
                    c => Node::Letter(c),
                }
            }
            c => Node::Letter(c),
        })
    }

    /// What follows `[`.
    fn class(&mut self) -> Option<Node> {
        let negated = self.chars.get(self.at) == Some(&'^');
        self.at += usize::from(negated);
        let (mut ranges, start) = (Vec::new(), self.at);
        loop {
            let c = *self.chars.get(self.at)?;
            if c == ']' && self.at > start {
                self.at += 1;
                return Some(Node::Class(ranges, negated));
            }
            if c == '[' && self.chars.get(self.at + 1) == Some(&':') {
                let close = (self.at + 2..self.chars.len()).find(|at| self.chars[*at] == ']')?;
                let name: String = self.chars[self.at + 2..close].iter().filter(|c| **c != ':').collect();
                self.at = close + 1;
                ranges.extend_from_slice(match name.as_str() {
                    "digit" => &[('0', '9')][..],
                    "alpha" => &[('a', 'z'), ('A', 'Z')],
                    "alnum" => &[('a', 'z'), ('A', 'Z'), ('0', '9')],
                    "upper" => &[('A', 'Z')],
                    "lower" => &[('a', 'z')],
                    "space" | "blank" => &[(' ', ' '), ('\t', '\t')],
                    _ => return None,
                });
                continue;
            }
            let to = match (self.chars.get(self.at + 1), self.chars.get(self.at + 2)) {
                (Some('-'), Some(to)) if *to != ']' => *to,
                _ => c,
            };
            self.at += if to == c && self.chars.get(self.at + 1) != Some(&'-') || to == c { 1 } else { 3 };
            ranges.push((c, to));
        }
    }

    fn repeated(&mut self, atom: Node) -> Option<Node> {
        let mut node = atom;
        loop {
            let bounds = if self.chars.get(self.at) == Some(&'*') {
                self.at += 1;
                (0, usize::MAX)
            } else if self.sign('+') {
                (1, usize::MAX)
            } else if self.sign('?') {
                (0, 1)
            } else if self.sign('{') {
                let end = (self.at..self.chars.len()).find(|at| matches!(self.chars[*at], '}' | '\\'))?;
                let text: String = self.chars[self.at..end].iter().collect();
                self.at = end;
                if !self.sign('}') {
                    return None;
                }
                let (least, most) = text.split_once(',').unwrap_or((&text, &text));
                let least = if least.is_empty() { 0 } else { least.parse().ok()? };
                let most = if most.is_empty() { usize::MAX } else { most.parse().ok()? };
                if least > MAX_REPEAT {
                    return None;
                }
                (least, most)
            } else {
                return Some(node);
            };
            node = Node::Repeat(Box::new(node), bounds.0, bounds.1);
        }
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
            ("a*b", basic, "xaaab", Some((1, 5))),
            ("a\\+", basic, "xaa", Some((1, 3))),
            ("a+", basic, "a+", Some((0, 2))),
            ("(ab|cd)+e", extended, "xabcde", Some((1, 6))),
            ("net/kubia( |:|\")", extended, "net/kubia-aff net/kubia:x", Some((14, 24))),
            ("[0-9]{2,3}", extended, "a1 1234", Some((3, 6))),
            ("[^ ]*-[a-z]", extended, "ab c-d", Some((3, 6))),
            ("\\bcd\\b", extended, "abcd cd", Some((5, 7))),
            ("[[:digit:]]+", extended, "ab12", Some((2, 4))),
            ("(a|ab)(c|bcd)", extended, "abcd", Some((0, 4))),
            ("x?y", extended, "y", Some((0, 1))),
            ("", extended, "y", Some((0, 0))),
        ];
        for (expression, dialect, text, place) in table {
            let found = Regex::parse(expression, dialect, false).and_then(|regex| regex.find(&text.chars().collect::<Vec<_>>(), 0));
            assert_eq!(found.and_then(|found| found[0]), place, "{expression} in {text}");
        }
        for broken in ["(a", "[a", "a{"] {
            assert_eq!(Regex::parse(broken, extended, false), None, "{broken}");
        }
    }

    #[test]
    fn what_would_take_for_ever_is_given_up() {
        let regex = Regex::parse("(a*)*b", Dialect::Extended, false);
        let text: Vec<char> = "a".repeat(60).chars().collect();
        assert_eq!(regex.and_then(|regex| regex.find(&text, 0)), None);
    }
}
