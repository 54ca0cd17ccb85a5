//! Places in a text as the browser counts them, in units of UTF-16, and as Rust does, in bytes.

/// The bytes before so many units.
pub fn bytes_of(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, letter) in text.char_indices() {
        if left < letter.len_utf16() {
            return at;
        }
        left -= letter.len_utf16();
    }
    text.len()
}

/// The units before so many bytes.
pub fn units_of(text: &str, bytes: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < bytes).map(|(_, letter)| letter.len_utf16()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_in_both_counts() {
        let text = "a한😀b";
        for (units, bytes) in [(0, 0), (1, 1), (2, 4), (4, 8), (5, 9)] {
            assert_eq!((bytes_of(text, units), units_of(text, bytes)), (bytes, units));
        }
        assert_eq!((bytes_of(text, 99), units_of(text, 99)), (9, 5));
    }
}
