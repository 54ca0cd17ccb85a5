//! `-l` and `--field-selector`: their text to requirements. Models apimachinery/pkg/labels/selector.go (lexer, parser and
//! their error texts) and pkg/fields/selector.go. Evaluation of labels is in `api`.

use crate::api::{FieldSelector, Operator, Requirement};
use crate::apiserver::validation::names;
use crate::base::{Name, sort_by};

/// The requirements of a label selector, all of which must hold.
pub fn parse_labels(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parser = Parser { tokens: tokens(text), at: 0 };
    let mut requirements = parser.requirements()?;
    sort_by(&mut requirements, |a, b| a.key.cmp(&b.key));
    Ok(requirements)
}

/// The terms of a field selector.
pub(super) fn parse_fields(text: &str) -> Result<FieldSelector, String> {
    let mut terms = Vec::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let term = [("!=", false), ("==", true), ("=", true)].into_iter().find_map(|(operator, equal)| {
            let (path, value) = part.split_once(operator)?;
            Some((Name::from(path), equal, Name::from(value)))
        });
        terms.push(term.ok_or_else(|| format!("invalid selector: '{text}'; can't understand '{part}'"))?);
    }
    Ok(FieldSelector { terms })
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Sign(&'static str),
    End,
}

/// The longer ones first.
const SIGNS: [&str; 9] = ["==", "!=", "=", "!", ",", "(", ")", ">", "<"];

fn tokens(text: &str) -> Vec<Token> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        if rest.is_empty() {
            tokens.push(Token::End);
            return tokens;
        }
        let special = |c: char| matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<');
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
            continue;
        }
        let end = rest.find(|c: char| special(c) || matches!(c, ' ' | '\t' | '\r' | '\n')).unwrap_or(rest.len());
        tokens.push(Token::Word(rest[..end].to_owned()));
        rest = &rest[end..];
    }
}

impl Token {
    /// As error texts quote it.
    fn literal(&self) -> &str {
        match self {
            Token::Word(text) => text,
            Token::Sign(sign) => sign,
            Token::End => "",
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Token {
        self.tokens.get(self.at).cloned().unwrap_or(Token::End)
    }

    fn next(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn requirements(&mut self) -> Result<Vec<Requirement>, String> {
        let mut requirements = Vec::new();
        loop {
            match self.peek() {
                Token::Word(_) | Token::Sign("!") => {
                    let requirement = self.requirement().map_err(|why| format!("unable to parse requirement: {why}"))?;
                    requirements.push(requirement);
                }
                Token::End => return Ok(requirements),
                other => return Err(format!("found '{}', expected: !, identifier, or 'end of string'", other.literal())),
            }
            match self.next() {
                Token::End => return Ok(requirements),
                Token::Sign(",") => match self.peek() {
                    Token::Word(_) | Token::Sign("!") => {}
                    other => return Err(format!("found '{}', expected: identifier after ','", other.literal())),
                },
                other => return Err(format!("found '{}', expected: ',' or 'end of string'", other.literal())),
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let negated = self.peek() == Token::Sign("!");
        if negated {
            self.next();
        }
        let key = match self.next() {
            Token::Word(key) => key,
            other => return Err(format!("found '{}', expected: identifier", other.literal())),
        };
        check_key(&key)?;
        if negated {
            return Ok(Requirement::new(key, Operator::DoesNotExist, []));
        }
        if matches!(self.peek(), Token::End | Token::Sign(",")) {
            return Ok(Requirement::new(key, Operator::Exists, []));
        }
        let (operator, values) = match self.next() {
            Token::Word(word) if word == "in" => (Operator::In, self.values()?),
            Token::Word(word) if word == "notin" => (Operator::NotIn, self.values()?),
            Token::Sign("=" | "==") => (Operator::In, vec![self.exact_value()?]),
            Token::Sign("!=") => (Operator::NotIn, vec![self.exact_value()?]),
            Token::Sign(">") => (Operator::Gt, vec![self.integer()?]),
            Token::Sign("<") => (Operator::Lt, vec![self.integer()?]),
            other => return Err(format!("found '{}', expected: in, notin, =, ==, !=, gt, lt", other.literal())),
        };
        for (at, value) in values.iter().enumerate() {
            check_value(&key, at, value)?;
        }
        Ok(Requirement::new(key, operator, values.into_iter().map(Name::from)))
    }

    fn exact_value(&mut self) -> Result<String, String> {
        if matches!(self.peek(), Token::End | Token::Sign(",")) {
            return Ok(String::new());
        }
        match self.next() {
            Token::Word(value) => Ok(value),
            other => Err(format!("found '{}', expected: identifier", other.literal())),
        }
    }

    fn integer(&mut self) -> Result<String, String> {
        let value = self.exact_value()?;
        if value.parse::<i64>().is_ok() {
            return Ok(value);
        }
        Err(format!("values[0]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer"))
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        match self.next() {
            Token::Sign("(") => {}
            other => return Err(format!("found '{}' expected: '('", other.literal())),
        }
        match self.peek() {
            Token::Word(_) | Token::Sign(",") => self.identifiers(),
            Token::Sign(")") => {
                self.next();
                Ok(vec![String::new()])
            }
            other => Err(format!("found '{}', expected: ',', ')' or identifier", other.literal())),
        }
    }

    /// The values up to and with the closing parenthesis.
    fn identifiers(&mut self) -> Result<Vec<String>, String> {
        let mut values: Vec<String> = Vec::new();
        let add = |values: &mut Vec<String>, value: String| {
            if !values.contains(&value) {
                values.push(value);
            }
        };
        loop {
            match self.next() {
                Token::Word(value) => {
                    add(&mut values, value);
                    match self.next() {
                        Token::Sign(",") => {
                            if matches!(self.peek(), Token::Sign("," | ")")) {
                                add(&mut values, String::new());
                            }
                        }
                        Token::Sign(")") => return Ok(values),
                        other => return Err(format!("found '{}', expected: ',' or ')'", other.literal())),
                    }
                }
                Token::Sign(",") => add(&mut values, String::new()),
                Token::Sign(")") => return Ok(values),
                other => return Err(format!("found '{}', expected: ',', or identifier", other.literal())),
            }
        }
    }
}

fn check_key(key: &str) -> Result<(), String> {
    let faults = names::qualified_name(key);
    if faults.is_empty() { Ok(()) } else { Err(format!("<nil>: Invalid value: \"{key}\": {}", faults.join("; "))) }
}

fn check_value(key: &str, at: usize, value: &str) -> Result<(), String> {
    let faults = names::label_value(value);
    if faults.is_empty() { Ok(()) } else { Err(format!("values[{at}][{key}]: Invalid value: \"{value}\": {}", faults.join("; "))) }
}

/// Why a text cannot be a label's value. Models apimachinery/pkg/util/validation IsValidLabelValue.
pub(super) fn label_value_fault(value: &str) -> Option<String> {
    let faults = names::label_value(value);
    (!faults.is_empty()).then(|| faults.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Labels;

    fn labels(text: &str) -> Labels {
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once('='));
        pairs.map(|(key, value)| (Name::from(key), Name::from(value))).collect()
    }

    /// What a selector says, its requirements in the order of their keys; a value that is asked for is a set of one.
    fn said(text: &str) -> Result<String, String> {
        parse_labels(text).map(|all| all.iter().map(Requirement::to_string).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn selectors_that_are_read() {
        let table = [
            ("x=a,y=b,z=c", "x in (a),y in (b),z in (c)"), ("", ""), ("x!=a,y=b", "x notin (a),y in (b)"), ("x=", "x in ()"), ("x= ", "x in ()"),
            ("x=,z= ", "x in (),z in ()"), ("x= ,z= ", "x in (),z in ()"), ("!x", "!x"), ("x>1", "x>1"), ("x>1,z<5", "x>1,z<5"), ("\rx", "x"),
            ("this-is-a-dns.domain.com/key-with-dash", "this-is-a-dns.domain.com/key-with-dash"),
            ("this-is-another-dns.domain.com/key-with-dash in (so,what)", "this-is-another-dns.domain.com/key-with-dash in (so,what)"),
            ("0.1.2.domain/99 notin (10.10.100.1, tick.tack.clock)", "0.1.2.domain/99 notin (10.10.100.1,tick.tack.clock)"),
            ("foo  in\t (abc)", "foo in (abc)"), ("x notin\n (abc)", "x notin (abc)"), ("x  notin\t\t(abc,def)", "x notin (abc,def)"),
            ("x in (abc,def)", "x in (abc,def)"), ("x in (abc,)", "x in (,abc)"), ("x in (abc,abc)", "x in (abc)"), ("x in ()", "x in ()"),
            ("x in (a,,)", "x in (,a)"), ("x in (a,,a,,a,,a,,)", "x in (,a)"),
            ("x notin (abc,,def),bar,z in (),w", "bar,w,x notin (,abc,def),z in ()"), ("x,y in (a)", "x,y in (a)"),
            ("x=a,y!=b,z in (h,i,j)", "x in (a),y notin (b),z in (h,i,j)"), ("x notin ( )", "x notin ()"), ("x notin (, a)", "x notin (,a)"),
            ("a ", "a"), ("a in (x,y,notin, z,in)", "a in (in,notin,x,y,z)"), ("x==a", "x in (a)"),
        ];
        for (text, expected) in table {
            assert_eq!(said(text).as_deref(), Ok(expected), "{text:?}");
        }
        assert_eq!(said("x=a,a=x"), said("a=x,x=a"));
    }

    #[test]
    fn selectors_that_are_refused() {
        let table = [
            "x=a||y=b", "x==a==b", "!x=a", "x<a", "x>a", "x>", "x,,y", ",x,y", "x nott in (y)", "a in (xyz),", "a in (xyz)b notin ()",
            "a in (xyz abc)", "a notin(", "a (", "(", "app in",
        ];
        for text in table {
            assert!(parse_labels(text).is_err(), "{text:?}");
        }
        let long = "a".repeat(64);
        let table = [
            ("app in".to_owned(), "unable to parse requirement: found '' expected: '('"),
            ("a=b=c".to_owned(), "found '=', expected: ',' or 'end of string'"),
            ("=b".to_owned(), "found '=', expected: !, identifier, or 'end of string'"),
            ("x>b".to_owned(), "values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer"),
            ("/x=b".to_owned(), "<nil>: Invalid value: \"/x\": prefix part must be non-empty"),
            ("a_b/x".to_owned(), "<nil>: Invalid value: \"a_b/x\": prefix part a lowercase RFC 1123 subdomain must consist of lower case"),
            ("a/b/c=1".to_owned(), "<nil>: Invalid value: \"a/b/c\": a qualified name must consist of alphanumeric characters"),
            (long.clone(), "aaa\": name part must be no more than 63 characters"),
            (format!("x={long}"), "values[0][x]: Invalid value: \"aaaaa"),
            (format!("x={long}"), "aaa\": must be no more than 63 characters"),
            (format!("x=-{long}"), "aaa\": must be no more than 63 characters; a valid label must be an empty string or consist of"),
            ("x in (a%,b)".to_owned(), "values[0][x]: Invalid value: \"a%\": a valid label must be an empty string or consist of"),
        ];
        for (text, part) in table {
            let why = parse_labels(&text).err().unwrap_or_default();
            assert!(why.contains(part), "{text:?}: {why}");
        }
    }

    #[test]
    fn selectors_match_labels() {
        let table = [
            ("", "x=y", true), ("x=y", "x=y", true), ("x=y,z=w", "x=y z=w", true), ("x!=y,z!=w", "x=z z=a", true), ("notin=in", "notin=in", true),
            ("x", "x=z", true), ("!x", "y=z", true), ("x>1", "x=2", true), ("x<1", "x=0", true), ("x=z", "", false), ("x=y", "x=z", false),
            ("x=y,z=w", "x=w z=w", false), ("x!=y,z!=w", "x=z z=w", false), ("x", "y=z", false), ("!x", "x=z", false), ("x>1", "x=0", false),
            ("x<1", "x=2", false), ("foo=bar", "foo=bar baz=blah", true), ("baz=blah", "foo=bar baz=blah", true),
            ("foo=bar,baz=blah", "foo=bar baz=blah", true), ("foo=blah", "foo=bar baz=blah", false), ("baz=bar", "foo=bar baz=blah", false),
            ("foo=bar,foobar=bar,baz=blah", "foo=bar baz=blah", false), ("x in (foo),y notin (alpha)", "x=foo y=baz", true),
            ("x in (foo),y in (alpha)", "x=foo y=baz", false), ("x notin (),y", "y=", true), ("!x,y", "y=", true), ("x notin (),!y", "y=", false),
            ("x in ()", "y=baz", false), ("z>1", "z=2", true), ("z>1", "z=v2", false), ("x in (a,b)", "x=b", true), ("x!=a", "y=a", true),
            ("x notin (a)", "", true),
        ];
        for (text, of, matches) in table {
            let requirements = parse_labels(text).unwrap_or_else(|why| panic!("{text}: {why}"));
            assert_eq!(requirements.iter().all(|r| r.matches(&labels(of))), matches, "{text} on {of}");
        }
    }

    #[test]
    fn field_selectors() {
        let read = parse_fields("a=b,c!=d,e==f").unwrap_or_default().terms;
        let shown: Vec<String> = read.iter().map(|(path, equal, value)| format!("{path} {equal} {value}")).collect();
        assert_eq!(shown, ["a true b", "c false d", "e true f"]);
        assert_eq!(parse_fields("abc").unwrap_err(), "invalid selector: 'abc'; can't understand 'abc'");
    }
}
