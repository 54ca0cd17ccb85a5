//! Ages in the page's language. In English they are as kubectl prints them, `3m12s`; in Korean `3분 12초`.

use super::Words;

/// The letters of kubectl's ages, and what they are called.
const UNITS: [(char, &str); 5] = [('y', "년 "), ('d', "일 "), ('h', "시간 "), ('m', "분 "), ('s', "초 ")];

/// An age as kubectl prints it, in the words of the page. What is no age stays as it is.
#[inline(never)]
pub fn age_words(texts: &Words, printed: &str) -> String {
    let is_age = printed.starts_with(|first: char| first.is_ascii_digit());
    if texts.code != "ko" || !is_age {
        return printed.to_owned();
    }
    let mut words = String::new();
    for letter in printed.chars() {
        match UNITS.iter().find(|(unit, _)| *unit == letter) {
            Some((_, name)) => words.push_str(name),
            None => words.push(letter),
        }
    }
    words.truncate(words.trim_end().len());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn ages_are_said_in_the_page_s_language() {
        for (printed, korean) in [("5s", "5초"), ("2m10s", "2분 10초"), ("13m", "13분"), ("3h5m", "3시간 5분"), ("2d4h", "2일 4시간"), ("1y20d", "1년 20일"), ("<unknown>", "<unknown>"), ("", "")] {
            assert_eq!(age_words(&Language::Korean.texts(), printed), korean);
            assert_eq!(age_words(&Language::English.texts(), printed), printed);
        }
    }
}
