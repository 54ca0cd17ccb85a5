//! Adds up what test runners print: `test result: ok. 12 passed; 0 failed; …`.

use std::fmt;

/// How many tests passed and failed, over several suites.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    /// Adds what this line of output says, if it is a summary.
    pub fn read(&mut self, line: &str) {
        let Some((_, result)) = line.split_once("test result: ") else {
            return;
        };
        self.passed += number_before(result, " passed");
        self.failed += number_before(result, " failed");
    }

    /// Counts a suite that ended badly without naming a failed test: it did not compile, or it crashed.
    pub fn suite_broke(&mut self) {
        self.failed += 1;
    }

    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// How many failed.
    pub fn failed(self) -> usize {
        self.failed
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// The number right before `word`, 0 if there is none.
fn number_before(text: &str, word: &str) -> usize {
    let Some((before, _)) = text.split_once(word) else {
        return 0;
    };
    let digits = before.rsplit(|letter: char| !letter.is_ascii_digit()).next();
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_add_up() {
        let mut tally = Tally::default();
        for line in [
            "running 12 tests",
            "test a ... ok",
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "    test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 filtered out; finished in 1s",
            "\u{1b}[32mtest result: ok\u{1b}[0m. 1 passed; 0 failed; 0 ignored",
            "test result: nonsense",
        ] {
            tally.read(line);
        }
        assert_eq!(tally, Tally { passed: 16, failed: 2 });
        tally.suite_broke();
        assert_eq!(tally.to_string(), "16 passed, 3 failed");
    }
}
