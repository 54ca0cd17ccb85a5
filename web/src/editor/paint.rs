//! Paints YAML line by line: keys, values, comments, and marks under what is wrong. It reads each line by itself, so it is
//! wrong inside block texts; nothing depends on it.

use crate::simulator::{Diagnostic, Severity, parse_float};

/// A stretch of a line with one look.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// The word for its look in the style sheet.
    pub class: &'static str,
    /// What is wrong there.
    pub mark: Option<Severity>,
}

/// The lines of a text; there is always at least one.
pub fn paint(text: &str, marks: &[Diagnostic]) -> Vec<Vec<Piece>> {
    text.split('\n').zip(1..).map(|(line, number)| painted(line, number, marks)).collect()
}

fn painted(line: &str, number: usize, marks: &[Diagnostic]) -> Vec<Piece> {
    let looks = looks(line);
    let mut pieces: Vec<Piece> = Vec::new();
    for ((place, letter), class) in line.chars().enumerate().zip(looks) {
        let hit = |mark: &&Diagnostic| mark.line == number && (mark.column..mark.column + mark.length.max(1)).contains(&(place + 1));
        let mark = marks.iter().find(hit).map(|mark| mark.severity);
        match pieces.last_mut() {
            Some(last) if last.class == class && last.mark == mark => last.text.push(letter),
            _ => pieces.push(Piece { text: letter.to_string(), class, mark }),
        }
    }
    let shown = pieces.iter().any(|piece| piece.mark.is_some());
    if let Some(mark) = marks.iter().find(|mark| mark.line == number).filter(|_| !shown) {
        pieces.push(Piece { text: " ".to_owned(), class: "", mark: Some(mark.severity) });
    }
    pieces
}

/// The look of each letter of a line.
fn looks(line: &str) -> Vec<&'static str> {
    let letters: Vec<char> = line.chars().collect();
    let mut looks = vec![""; letters.len()];
    let mut at = letters.iter().take_while(|letter| **letter == ' ').count();
    while letters.get(at) == Some(&'-') && letters.get(at + 1).is_none_or(|next| *next == ' ') {
        looks[at] = "dash";
        at += 1;
        at += letters[at..].iter().take_while(|letter| **letter == ' ').count();
    }
    let end = comment(&letters, at);
    looks[end..].fill("comment");
    if letters[at..end].starts_with(&['-', '-', '-']) {
        looks[at..end].fill("dash");
        return looks;
    }
    if let Some(colon) = colon(&letters[at..end]) {
        looks[at..at + colon].fill("key");
        looks[at + colon] = "dash";
        at += colon + 1;
        at += letters[at..end].iter().take_while(|letter| **letter == ' ').count();
    }
    let value: String = letters[at..end].iter().collect();
    looks[at..end].fill(value_class(value.trim_end()));
    looks
}

/// Where the comment begins; the end of the line if there is none.
fn comment(letters: &[char], from: usize) -> usize {
    let mut quote = None;
    for at in from..letters.len() {
        match (letters[at], quote) {
            ('#', None) if at == 0 || letters[at - 1] == ' ' => return at,
            ('"' | '\'', None) => quote = Some(letters[at]),
            (letter, Some(open)) if letter == open => quote = None,
            _ => {}
        }
    }
    letters.len()
}

/// The colon that ends a key.
fn colon(letters: &[char]) -> Option<usize> {
    (0..letters.len()).find(|at| letters[*at] == ':' && letters.get(at + 1).is_none_or(|next| *next == ' '))
}

fn value_class(value: &str) -> &'static str {
    match value {
        "" => "",
        "true" | "false" | "null" | "~" | "yes" | "no" | "on" | "off" => "word",
        text if text.starts_with(['"', '\'']) => "text",
        text if parse_float(text).is_some() => "number",
        _ => "plain",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        painted(line, 1, &[]).iter().map(|piece| format!("[{}|{}]", piece.class, piece.text)).collect()
    }

    #[test]
    fn lines_are_painted() {
        let table = [
            ("", ""),
            ("kind: Pod", "[key|kind][dash|:][| ][plain|Pod]"),
            ("  - name: x # y", "[|  ][dash|-][| ][key|name][dash|:][| ][plain|x ][comment|# y]"),
            ("replicas: 3", "[key|replicas][dash|:][| ][number|3]"),
            ("a: \"b # c\"", "[key|a][dash|:][| ][text|\"b # c\"]"),
            ("---", "[dash|---]"),
            ("url: http://x", "[key|url][dash|:][| ][plain|http://x]"),
            ("on: yes", "[key|on][dash|:][| ][word|yes]"),
        ];
        for (line, expected) in table {
            assert_eq!(told(line), expected, "{line}");
        }
    }

    #[test]
    fn a_mark_covers_its_letters_and_stands_at_the_end_of_a_line_that_is_too_short() {
        let mark = |line, column, length| Diagnostic { severity: Severity::Error, line, column, length, message: String::new(), hint: None, fixes: Vec::new() };
        let lines = paint("kind: Pod\n  replica: 3\n", &[mark(2, 3, 7), mark(3, 1, 1)]);
        let marked = |line: &Vec<Piece>| line.iter().filter(|piece| piece.mark.is_some()).map(|piece| piece.text.clone()).collect::<String>();
        assert_eq!(lines.iter().map(marked).collect::<Vec<_>>(), ["", "replica", " "]);
    }
}
