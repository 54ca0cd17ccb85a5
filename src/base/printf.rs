//! Texts by a format with `%` in it, as C, Go and awk share them: width, `-`, `0` and precision. Left out: `*` as a width, `+`, `#`.

/// So wide a field may be: nobody reads a wider one.
const MAX_WIDTH: usize = 200;

/// A format filled in. `argument` gives the text for a verb (`s`, `d`, `q` …), in the order of the verbs.
pub fn printf(format: &str, argument: &mut dyn FnMut(char) -> String) -> String {
    let (mut out, mut chars) = (String::new(), format.chars().peekable());
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = String::new();
        while let Some(flag) = chars.next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '.')) {
            flags.push(flag);
        }
        match chars.next() {
            Some('%') | None => out.push('%'),
            Some(verb) => padded(&mut out, &flags, verb, &argument(verb)),
        }
    }
    out
}

fn padded(out: &mut String, flags: &str, verb: char, text: &str) {
    let (width, precision) = flags.split_once('.').unwrap_or((flags, ""));
    let is_left = width.starts_with('-');
    let width = width.trim_start_matches('-');
    let fill = if width.starts_with('0') && !is_left && verb != 's' { '0' } else { ' ' };
    let size = width.parse().map_or(0, |size: usize| size.min(MAX_WIDTH));
    let most = precision.parse().ok().filter(|_| verb == 's').unwrap_or(usize::MAX);
    let text: String = text.chars().take(most).collect();
    let missing = size.saturating_sub(text.chars().count());
    let (sign, digits) = text.split_at(usize::from(fill == '0' && text.starts_with('-')));
    out.push_str(sign);
    if !is_left {
        out.extend(std::iter::repeat_n(fill, missing));
    }
    out.push_str(digits);
    if is_left {
        out.extend(std::iter::repeat_n(' ', missing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_filled_as_c_fills_them() {
        let table = [
            ("%s!", "ab", "ab!"),
            ("[%5s]", "ab", "[   ab]"),
            ("[%-5s]", "ab", "[ab   ]"),
            ("[%.1s]", "ab", "[a]"),
            ("[%-3.1s]", "가나", "[가  ]"),
            ("%04d", "-7", "-007"),
            ("%-04d|", "7", "7   |"),
            ("100%%", "", "100%"),
            ("50%", "", "50%"),
        ];
        for (format, text, filled) in table {
            assert_eq!(printf(format, &mut |_| text.to_owned()), filled, "{format}");
        }
    }
}
