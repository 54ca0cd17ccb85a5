//! The flags of a command line, by tables: what there is, what it takes, and whether Podscape does it.
//! Models github.com/spf13/pflag (interspersed flags, short forms that may be joined, `--`) and its error texts.

use crate::base::{SmallMap, go_duration};

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// `true` unless `=false` follows.
    Truth,
    /// A text.
    Text,
    /// A text after `=`; this one without.
    TextOr(&'static str),
    /// A whole number.
    Number,
    /// A length of time: `30s`, `1m`.
    Duration,
}

/// Whether a flag does something here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    /// It does what it does.
    Yes,
    /// It is real but not done here: what to do instead.
    No(&'static str),
    /// The same, but with this value it asks for nothing more than what is done.
    Only(&'static str, &'static str),
}

/// A flag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    pub long: &'static str,
    pub short: Option<char>,
    pub takes: Takes,
    pub support: Support,
}

/// A flag that is done here.
pub(super) const fn flag(long: &'static str, takes: Takes) -> Flag {
    Flag { long, short: None, takes, support: Support::Yes }
}

impl Flag {
    /// With a short form.
    pub const fn or(self, short: char) -> Flag {
        Flag { short: Some(short), ..self }
    }

    /// Not done here; what to do instead.
    pub const fn not(self, instead: &'static str) -> Flag {
        Flag { support: Support::No(instead), ..self }
    }

    /// Done only with one value, that which it has anyway; what to do instead of others.
    pub const fn only(self, value: &'static str, instead: &'static str) -> Flag {
        Flag { support: Support::Only(value, instead), ..self }
    }

    /// What to do instead, if this value of it is not done here.
    pub fn refuses(&self, value: Option<&str>) -> Option<&'static str> {
        match self.support {
            Support::Yes => None,
            Support::No(_) if self.takes == Takes::Truth && value.and_then(truth) == Some(false) => None,
            Support::Only(only, _) if value == Some(only) => None,
            Support::No(instead) | Support::Only(_, instead) => Some(instead),
        }
    }

    /// As pflag names it in errors: `-n, --namespace`.
    fn shown(&self) -> String {
        match self.short {
            Some(short) => format!("-{short}, --{}", self.long),
            None => format!("--{}", self.long),
        }
    }
}

/// What stands in a command line after the verb.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Given {
    /// The words that are no flags.
    pub args: Vec<String>,
    /// How many of them come before `--`, if that is there.
    pub before_dash: Option<usize>,
    values: SmallMap<&'static str, Vec<String>>,
    /// The flags and their values in full, in their order: ` --record=true`.
    pub written: String,
}

impl Given {
    /// The last value of a flag.
    pub fn text(&self, flag: &str) -> Option<&str> {
        self.values.get(flag)?.last().map(String::as_str)
    }

    /// All values of a flag that may be repeated.
    pub fn all(&self, flag: &str) -> &[String] {
        self.values.get(flag).map_or(&[], Vec::as_slice)
    }

    /// All values of a flag, each cut at its commas.
    pub fn list(&self, flag: &str) -> Vec<&str> {
        self.all(flag).iter().flat_map(|value| value.split(',')).filter(|value| !value.is_empty()).collect()
    }

    /// Whether a flag without a value is on.
    pub fn is_on(&self, flag: &str) -> bool {
        self.text(flag).is_some_and(|text| truth(text) == Some(true))
    }

    /// Whether a flag was turned off: `--wait=false`.
    pub fn is_off(&self, flag: &str) -> bool {
        self.text(flag).is_some_and(|text| truth(text) == Some(false))
    }

    /// The last number of a flag.
    pub fn number(&self, flag: &str) -> Option<i64> {
        self.text(flag)?.parse().ok()
    }

    /// The flags that were given.
    pub fn given(&self) -> impl Iterator<Item = &'static str> {
        self.values.keys().copied()
    }

    /// With the values of one flag behind those of another.
    pub fn with_also(mut self, flag: &str, other: &'static str) -> Given {
        if let Some(values) = self.values.get(flag).cloned() {
            self.values.entry(other).or_default().extend(values);
        }
        self
    }

    fn put(&mut self, flag: &Flag, value: String, shown: &str) -> Result<(), String> {
        if let Some(why) = wrong(flag.takes, &value) {
            return Err(format!("invalid argument \"{value}\" for \"{shown}\" flag: {why}"));
        }
        for part in [" --", flag.long, "=", &value] {
            self.written.push_str(part);
        }
        self.values.entry(flag.long).or_default().push(value);
        Ok(())
    }
}

/// Reads words with the flags of `tables`. Errors are pflag's sentences.
pub(super) fn parse(words: &[String], tables: &[&[Flag]]) -> Result<Given, String> {
    let mut given = Given::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            given.before_dash = Some(given.args.len());
            given.args.extend(words.by_ref().cloned());
        } else if let Some(body) = word.strip_prefix("--") {
            long(body, &mut words, tables, &mut given)?;
        } else if word.len() > 1 && word.starts_with('-') {
            short(word, &mut words, tables, &mut given)?;
        } else {
            given.args.push(word.clone());
        }
    }
    Ok(given)
}

type Words<'a> = std::slice::Iter<'a, String>;

fn all<'a>(tables: &'a [&[Flag]]) -> impl Iterator<Item = &'a Flag> {
    tables.iter().copied().flatten()
}

fn long(body: &str, words: &mut Words<'_>, tables: &[&[Flag]], given: &mut Given) -> Result<(), String> {
    let (name, value) = body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value.to_owned())));
    if name.is_empty() || name.starts_with('-') {
        return Err(format!("bad flag syntax: --{body}"));
    }
    let Some(flag) = all(tables).find(|flag| flag.long == name) else {
        return Err(if name == "help" { "help requested".to_owned() } else { format!("unknown flag: --{name}") });
    };
    let value = match (value, flag.takes) {
        (Some(value), _) => value,
        (None, Takes::Truth) => "true".to_owned(),
        (None, Takes::TextOr(default)) => default.to_owned(),
        (None, _) => words.next().cloned().ok_or_else(|| format!("flag needs an argument: --{name}"))?,
    };
    given.put(flag, value, &flag.shown())
}

/// `-n x`, `-nx`, `-n=x`, `-Aw`, `-oyaml`.
fn short(word: &str, words: &mut Words<'_>, tables: &[&[Flag]], given: &mut Given) -> Result<(), String> {
    let letters = &word[1..];
    for (at, letter) in letters.char_indices() {
        let Some(flag) = all(tables).find(|flag| flag.short == Some(letter)) else {
            return Err(if letter == 'h' {
                "help requested".to_owned()
            } else {
                format!("unknown shorthand flag: '{letter}' in -{letters}")
            });
        };
        let rest = &letters[at + letter.len_utf8()..];
        let value = match flag.takes {
            _ if rest.starts_with('=') => Some(rest[1..].to_owned()),
            Takes::Truth => None,
            Takes::TextOr(_) => None,
            _ if !rest.is_empty() => Some(rest.to_owned()),
            _ => {
                let next = words.next().cloned();
                Some(next.ok_or_else(|| format!("flag needs an argument: '{letter}' in -{letters}"))?)
            }
        };
        let ends_here = value.is_some();
        let implied = if let Takes::TextOr(default) = flag.takes { default } else { "true" };
        given.put(flag, value.unwrap_or_else(|| implied.to_owned()), &flag.shown())?;
        if ends_here {
            break;
        }
    }
    Ok(())
}

/// Why a value does not fit, in Go's words.
fn wrong(takes: Takes, value: &str) -> Option<String> {
    match takes {
        Takes::Text | Takes::TextOr(_) => None,
        Takes::Truth if truth(value).is_some() => None,
        Takes::Truth => Some(format!("strconv.ParseBool: parsing \"{value}\": invalid syntax")),
        Takes::Number => match value.parse::<i64>() {
            Ok(_) => None,
            Err(_) => Some(no_number(value)),
        },
        Takes::Duration => duration_millis(value).err(),
    }
}

/// Why a text is no number, or none that fits. Models strconv.ParseInt.
pub(super) fn no_number(value: &str) -> String {
    let why = if is_integer(value) { "value out of range" } else { "invalid syntax" };
    format!("strconv.ParseInt: parsing \"{value}\": {why}")
}

fn is_integer(value: &str) -> bool {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// As Go's strconv.ParseBool reads it.
fn truth(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A length of time in milliseconds, as Go's time.ParseDuration reads it.
pub(super) fn duration_millis(text: &str) -> Result<i64, String> {
    go_duration(text).map(|nanos| nanos / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Flag] = &[
        flag("namespace", Takes::Text).or('n'),
        flag("output", Takes::Text).or('o'),
        flag("all-namespaces", Takes::Truth).or('A'),
        flag("watch", Takes::Truth).or('w'),
        flag("filename", Takes::Text).or('f'),
        flag("replicas", Takes::Number),
        flag("timeout", Takes::Duration),
        flag("dry-run", Takes::TextOr("unchanged")),
    ];

    fn read(line: &str) -> Result<Given, String> {
        parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>(), &[TABLE])
    }

    #[test]
    fn flags_are_read_in_all_their_forms() {
        let table = [
            ("po -n x", "namespace", "x"),
            ("-nx po", "namespace", "x"),
            ("-n=x", "namespace", "x"),
            ("--namespace x", "namespace", "x"),
            ("--namespace=x=y", "namespace", "x=y"),
            ("-Awoyaml", "output", "yaml"),
            ("-Aw", "watch", "true"),
            ("--watch=false", "watch", "false"),
            ("--dry-run", "dry-run", "unchanged"),
            ("--dry-run=client", "dry-run", "client"),
            ("--replicas -1", "replicas", "-1"),
        ];
        for (line, flag, value) in table {
            assert_eq!(read(line).map(|given| given.text(flag).map(str::to_owned)), Ok(Some(value.to_owned())), "{line}");
        }
    }

    #[test]
    fn words_that_are_no_flags_keep_their_order() {
        let given = read("a -w b - -- -n c").unwrap_or_default();
        assert_eq!((given.args.join(" ").as_str(), given.before_dash), ("a b - -n c", Some(3)));
    }

    #[test]
    fn errors_are_those_of_pflag() {
        let table = [
            ("--nosuch", "unknown flag: --nosuch"),
            ("-x", "unknown shorthand flag: 'x' in -x"),
            ("-wx", "unknown shorthand flag: 'x' in -wx"),
            ("-f", "flag needs an argument: 'f' in -f"),
            ("--filename", "flag needs an argument: --filename"),
            (
                "--replicas=abc",
                "invalid argument \"abc\" for \"--replicas\" flag: strconv.ParseInt: parsing \"abc\": invalid syntax",
            ),
            (
                "-A=maybe",
                "invalid argument \"maybe\" for \"-A, --all-namespaces\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax",
            ),
            ("--timeout=5", "invalid argument \"5\" for \"--timeout\" flag: time: missing unit in duration \"5\""),
            ("--=x", "bad flag syntax: --=x"),
        ];
        for (line, error) in table {
            assert_eq!(read(line), Err(error.to_owned()), "{line}");
        }
    }
}
