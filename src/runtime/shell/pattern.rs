//! Patterns of file names and of `case`: `*`, `?`, `[a-z]`.

/// Whether a text fits a pattern as a whole.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    // Where to go on when what follows the latest star does not fit.
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some('[') if pattern[p..].contains(&']') => {
                if let Some(end) = class(&pattern, p, text[t]) {
                    (p, t) = (end, t + 1);
                    continue;
                }
            }
            Some('?') => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            Some(c) if *c == text[t] => {
                (p, t) = (p + 1, t + 1);
                continue;
            }
            _ => {}
        }
        let Some((after, from)) = star else { return false };
        (p, t) = (after, from + 1);
        star = Some((after, from + 1));
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Where the pattern goes on behind a class that holds the letter; None if it does not.
fn class(pattern: &[char], at: usize, letter: char) -> Option<usize> {
    let close = (at + 2..pattern.len()).find(|i| pattern[*i] == ']')?;
    let inside = &pattern[at + 1..close];
    let (negated, inside) = match inside {
        ['!' | '^', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let mut found = false;
    let mut i = 0;
    while i < inside.len() {
        if let [from, '-', to, ..] = inside[i..] {
            found |= (from..=to).contains(&letter);
            i += 3;
        } else {
            found |= inside[i] == letter;
            i += 1;
        }
    }
    (found != negated).then_some(close + 1)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_fit_whole_texts() {
        let table = [
            ("*", "", true), ("a*c", "abbc", true), ("a*c", "abb", false), ("?", "x", true), ("?", "", false), ("[a-c]1", "b1", true),
            ("[!a-c]1", "b1", false), ("a*b*c", "aXbYbZc", true), ("[", "[", true), ("", "a", false),
        ];
        for (pattern, text, expected) in table {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
