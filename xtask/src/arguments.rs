//! The options after `cargo xtask COMMAND`: `--name VALUE`, `--name=VALUE` and `--flag`.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::failure::Failure;

/// The options given on the command line, by name without the dashes; a flag has an empty value.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// The value of `--name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of `--name`, read as a `T`.
    pub fn value<T: FromStr>(&self, name: &str) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let value = text.parse().map_err(|_| Failure::new(format!("--{name}: \"{text}\" cannot be read")))?;
        Ok(Some(value))
    }

    /// Whether the flag `--name` was given.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }
}

/// Reads `words` by `allowed`, which lists options as the help shows them (`--port N`, `--release`).
pub fn parse(words: &[String], allowed: &[&str]) -> Result<Arguments, Failure> {
    let mut arguments = Arguments::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        let Some(option) = allowed.iter().find(|option| option.split(' ').next() == Some(name)) else {
            return Err(Failure::new(format!("unknown option: {word}")));
        };
        let value = match (option.contains(' '), attached) {
            (true, Some(value)) => value,
            (true, None) => {
                let next = words.next();
                next.cloned().ok_or_else(|| Failure::new(format!("{name} needs a value: {option}")))?
            }
            (false, None) => String::new(),
            (false, Some(_)) => return Err(Failure::new(format!("{name} takes no value"))),
        };
        arguments.0.insert(name.trim_start_matches('-').to_owned(), value);
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOWED: &[&str] = &["--port N", "--release"];

    fn read(line: &str) -> Result<Arguments, Failure> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words, ALLOWED)
    }

    #[test]
    fn options_are_read() {
        for line in ["--port 8081 --release", "--port=8081 --release", "--release --port 1 --port 8081"] {
            let arguments = read(line).expect(line);
            assert_eq!(arguments.value::<u16>("port"), Ok(Some(8081)), "{line}");
            assert!(arguments.has("release"), "{line}");
        }
        assert_eq!(read("").expect("empty").value::<u16>("port"), Ok(None));
    }

    #[test]
    fn mistakes_are_named() {
        let table = [
            ("--prot 1", "unknown option: --prot"),
            ("serve", "unknown option: serve"),
            ("--port", "--port needs a value: --port N"),
            ("--release=yes", "--release takes no value"),
        ];
        for (line, message) in table {
            assert_eq!(read(line), Err(Failure::new(message)), "{line}");
        }
        let arguments = read("--port eighty").expect("a text is accepted");
        assert_eq!(arguments.value::<u16>("port"), Err(Failure::new("--port: \"eighty\" cannot be read")));
    }
}
