//! A line of a shell cut into words: quotes and backslashes as POSIX sh reads them, and one here-document behind it.
//! Left out: everything else of a shell; an operator or an expansion outside quotes is refused here and done by the terminal's shell.

/// Why a line cannot be cut into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A quote or a backslash has no end.
    Unfinished(char),
    /// `|`, `;`, `$` …: what a shell would do with it is not done here.
    Shell(char),
}

/// The words of a line.
#[cfg(test)]
fn split(line: &str) -> Result<Vec<String>, Unreadable> {
    read(line).map(|line| line.words)
}

/// A line that has been read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    pub words: Vec<String>,
    /// The text of a here-document, which is the command's input.
    pub input: Option<String>,
}

/// Reads a line, with a here-document if one stands behind it: `kubectl apply -f - <<'EOF'` and the lines up to `EOF`.
pub(super) fn read(line: &str) -> Result<Line, Unreadable> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\n' | '\r' => words.extend(word.take()),
            '\'' => single_quoted(&mut chars, word.get_or_insert_default())?,
            '"' => double_quoted(&mut chars, word.get_or_insert_default())?,
            '\\' => match chars.next() {
                // A backslash at the end of a line joins it with the next.
                Some('\n') => {}
                Some(next) => word.get_or_insert_default().push(next),
                None => return Err(Unreadable::Unfinished('\\')),
            },
            '#' if word.is_none() => break,
            '<' if chars.as_str().starts_with('<') => {
                words.extend(word.take());
                let input = document(&chars.as_str()[1..]).ok_or(Unreadable::Shell('<'))?;
                return Ok(Line { words, input: Some(input) });
            }
            '|' | ';' | '&' | '<' | '>' | '`' | '$' | '(' | ')' => return Err(Unreadable::Shell(c)),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(Line { words, input: None })
}

/// The text of a here-document in which nothing is expanded, and behind which nothing stands.
fn document(rest: &str) -> Option<String> {
    let (head, body) = rest.split_once('\n')?;
    let head = head.trim();
    let end = head.trim_matches(['\'', '"']);
    let quoted = end.len() + 2 == head.len();
    if end.is_empty() || end.contains([' ', '<', '|', ';', '&', '>', '-', '\'', '"']) || !quoted && body.contains(['$', '`', '\\']) {
        return None;
    }
    let mut text = String::new();
    let mut lines = body.lines();
    for line in lines.by_ref().take_while(|line| *line != end) {
        text += line;
        text.push('\n');
    }
    lines.all(|line| line.trim().is_empty()).then_some(text)
}

fn single_quoted(chars: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), Unreadable> {
    for c in chars {
        if c == '\'' {
            return Ok(());
        }
        word.push(c);
    }
    Err(Unreadable::Unfinished('\''))
}

fn double_quoted(chars: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), Unreadable> {
    while let Some(c) = chars.next() {
        match c {
            '"' => return Ok(()),
            '\\' => match chars.next() {
                Some('\n') => {}
                Some(next @ ('"' | '\\' | '$' | '`')) => word.push(next),
                Some(next) => word.extend(['\\', next]),
                None => break,
            },
            '`' => return Err(Unreadable::Shell(c)),
            '$' if starts_expansion(chars.as_str()) => return Err(Unreadable::Shell(c)),
            _ => word.push(c),
        }
    }
    Err(Unreadable::Unfinished('"'))
}

/// Whether a `$` before this is more than a dollar sign.
fn starts_expansion(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '{' | '(' | '?' | '!' | '@' | '*' | '#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_a_shell_cuts_them() {
        let table: [(&str, &[&str]); 10] = [
            ("kubectl get pods", &["kubectl", "get", "pods"]),
            ("  a\t b  ", &["a", "b"]),
            (r#"-o jsonpath='{.items[*].metadata.name}'"#, &["-o", "jsonpath={.items[*].metadata.name}"]),
            (r#""a b"c 'd "e"'"#, &["a bc", r#"d "e""#]),
            (r#"a\ b "\"x\" \n""#, &["a b", r#""x" \n"#]),
            ("'' \"\"", &["", ""]),
            ("a \\\n b", &["a", "b"]),
            ("a # b", &["a"]),
            ("a#b", &["a#b"]),
            (r#""{$.a}""#, &["{$.a}"]),
        ];
        for (line, words) in table {
            assert_eq!(split(line).as_deref(), Ok(words.map_to_strings().as_slice()), "{line}");
        }
    }

    #[test]
    fn what_a_shell_would_do_is_refused() {
        let table = [
            ("a | b", Unreadable::Shell('|')),
            ("a $HOME", Unreadable::Shell('$')),
            ("\"$HOME\"", Unreadable::Shell('$')),
            ("'a", Unreadable::Unfinished('\'')),
            ("\"a", Unreadable::Unfinished('"')),
            ("a\\", Unreadable::Unfinished('\\')),
        ];
        for (line, why) in table {
            assert_eq!(split(line), Err(why), "{line}");
        }
    }

    #[test]
    fn a_here_document_is_the_input() {
        let table = [
            ("k apply -f - <<'EOF'\na: $x\nEOF\n", Some("a: $x\n")),
            ("k apply -f - <<EOF\na: 1\n\nb: 2\nEOF", Some("a: 1\n\nb: 2\n")),
            ("k apply -f - <<EOF\na: $x\nEOF", None),
            ("k apply -f - <<EOF | cat\na: 1\nEOF", None),
            ("k apply -f - <<EOF\na: 1\nEOF\necho", None),
        ];
        for (line, input) in table {
            assert_eq!(read(line).ok().and_then(|line| line.input).as_deref(), input, "{line}");
        }
    }

    trait MapToStrings {
        fn map_to_strings(&self) -> Vec<String>;
    }

    impl MapToStrings for &[&str] {
        fn map_to_strings(&self) -> Vec<String> {
            self.iter().map(|word| (*word).to_owned()).collect()
        }
    }
}
