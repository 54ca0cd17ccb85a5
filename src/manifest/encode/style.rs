//! Which style a string is printed in, and which characters need an escape. Models yaml.v2 encode.go `stringv` (what is asked
//! for) and emitterc.go `yaml_emitter_analyze_scalar` (what can be had).

use crate::manifest::yaml::resolve::{Resolved, resolve};

/// Longer keys are written as `? key`.
const MAX_KEY_LENGTH: usize = 128;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
}

/// Whether a scalar may go on in the next line.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Folding {
    Allowed,
    Never,
}

/// Which hint a block needs about its last line breaks. None: it ends with exactly one.
pub(super) fn chomping(text: &str) -> Option<char> {
    let mut backwards = text.chars().rev();
    if !backwards.next().is_some_and(is_break) {
        return Some('-');
    }
    backwards.next().is_none_or(is_break).then_some('+')
}

pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that need no escape. Models yamlprivateh.go `is_printable`, which knows none beyond the basic plane.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

/// A character as it is written between double quotes.
pub(super) fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\x07' => 'a',
        '\x08' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\x0b' => 'v',
        '\x0c' => 'f',
        '\r' => 'r',
        '\x1b' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            let code = u32::from(c);
            return match code {
                0..=0xFF => format!("\\x{code:02X}"),
                0x100..=0xFFFF => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            };
        }
    };
    format!("\\{short}")
}

pub(super) fn is_simple_key(key: &str) -> bool {
    key.len() <= MAX_KEY_LENGTH && !key.contains(is_break)
}

/// What a text contains that rules out a style. Models emitterc.go `yaml_emitter_analyze_scalar`.
#[derive(Default)]
struct Analysis {
    special: bool,
    indicator: bool,
    multiline: bool,
    edge_space: bool,
    trailing_space: bool,
    space_after_break: bool,
    break_after_space: bool,
}

fn analyze(text: &str) -> Analysis {
    let mut found = Analysis { indicator: text.starts_with("---") || text.starts_with("..."), ..Analysis::default() };
    let mut previous = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let before_space = next.is_none_or(|next| matches!(next, ' ' | '\t'));
        let after_space = previous.is_none_or(|before| is_break(before) || matches!(before, ' ' | '\t'));
        found.special |= !is_printable(c);
        found.indicator |= match c {
            ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => previous.is_none(),
            '?' | '-' => previous.is_none() && before_space,
            ':' => before_space,
            '#' => after_space,
            _ => false,
        };
        let is_space = c == ' ';
        found.multiline |= is_break(c);
        found.edge_space |= (is_space || is_break(c)) && (previous.is_none() || next.is_none());
        found.trailing_space |= is_space && next.is_none();
        found.space_after_break |= is_space && previous.is_some_and(is_break);
        found.break_after_space |= is_break(c) && previous == Some(' ');
        previous = Some(c);
    }
    found
}

/// Models encode.go `stringv` (what is asked for) and emitterc.go `yaml_emitter_select_scalar_style` (what can be had).
pub(super) fn choose_style(text: &str, folding: Folding) -> Style {
    let found = analyze(text);
    let wanted = if text.contains('\n') {
        Style::Literal
    } else if resolve(text) == Resolved::String && !is_base_60(text) {
        Style::Plain
    } else {
        Style::DoubleQuoted
    };
    let only_double = found.special || found.break_after_space;
    match wanted {
        _ if folding == Folding::Never && found.multiline => Style::DoubleQuoted,
        Style::Literal if only_double || found.trailing_space || folding == Folding::Never => Style::DoubleQuoted,
        Style::Plain if only_double || found.space_after_break => Style::DoubleQuoted,
        Style::Plain if found.indicator || found.edge_space || found.multiline => Style::SingleQuoted,
        wanted => wanted,
    }
}

/// A number in base 60 (`1:30`), which other readers of YAML 1.1 would take it for.
/// `^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$`
fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let mut parts = unsigned.split(':');
    let first = parts.next().unwrap_or("");
    if !first.starts_with(|c: char| c.is_ascii_digit()) || !digits(first) || !unsigned.contains(':') {
        return false;
    }
    let parts: Vec<&str> = parts.collect();
    parts.iter().enumerate().all(|(at, part)| {
        let is_last = at + 1 == parts.len();
        let (whole, fraction) = if is_last { part.split_once('.').unwrap_or((part, "")) } else { (*part, "") };
        let is_sixty = match whole.as_bytes() {
            [d] => d.is_ascii_digit(),
            [b'0'..=b'5', d] => d.is_ascii_digit(),
            _ => false,
        };
        is_sixty && digits(fraction)
    })
}
