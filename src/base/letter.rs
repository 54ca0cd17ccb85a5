//! The letters and digits of generated names. Models apimachinery/pkg/util/rand.

/// No vowels, so that no words arise; no 0, 1, 3, which look like letters.
const SAFE: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// How many there are.
pub const SAFE_LETTERS: u64 = SAFE.len() as u64;

/// The letter of a number; beyond the last it begins again.
pub fn safe_letter(number: u64) -> char {
    char::from(SAFE[(number % SAFE_LETTERS) as usize])
}

/// Five letters of a number, as a generated name ends.
pub fn safe_suffix(mut number: u64) -> String {
    let mut text = String::new();
    for _ in 0..5 {
        text.push(safe_letter(number));
        number /= SAFE_LETTERS;
    }
    text
}
