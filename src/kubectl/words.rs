//! A line of a shell cut into words: quotes and backslashes as POSIX sh reads them.
//! Left out: everything else of a shell; an operator or an expansion outside quotes is refused, never guessed at.

/// Why a line cannot be cut into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// A quote or a backslash has no end.
    Unfinished(char),
    /// `|`, `;`, `$` …: what a shell would do with it is not done here.
    Shell(char),
}

/// The words of a line.
pub(super) fn split(line: &str) -> Result<Vec<String>, Unreadable> {
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
            '|' | ';' | '&' | '<' | '>' | '`' | '$' | '(' | ')' => return Err(Unreadable::Shell(c)),
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
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

    trait MapToStrings {
        fn map_to_strings(&self) -> Vec<String>;
    }

    impl MapToStrings for &[&str] {
        fn map_to_strings(&self) -> Vec<String> {
            self.iter().map(|word| (*word).to_owned()).collect()
        }
    }
}
