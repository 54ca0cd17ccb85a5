//! Random numbers that never change: a link replays for years, so the generator is our own and its first values are frozen
//! by a test. One stream per consumer, so that a new consumer does not shift the others. Nothing of it depends on the width
//! of `usize`.

use super::{FNV_OFFSET, SimDuration, fnv64};

/// A stream of random numbers (SplitMix64: Steele, Lea, Flood 2014).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// The stream of a consumer, by name, under a seed.
    pub fn stream(seed: u64, consumer: &str) -> Random {
        let mut random = Random(seed ^ fnv64(FNV_OFFSET, consumer));
        random.bits();
        random
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which must not be 0. (Multiply-shift; its bias is below 2^-32 for the bounds used here.)
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "BUG: a random number below zero");
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A duration between `base` and `base` plus `percent` of it.
    pub fn jitter(&mut self, base: SimDuration, percent: u64) -> SimDuration {
        let extra = base.micros() * percent / 100;
        SimDuration::from_micros(base.micros() + self.below(extra + 1))
    }

    /// The state, for digests.
    pub fn state(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_values_never_change() {
        let mut random = Random::stream(1, "names");
        let first: Vec<u64> = (0..3).map(|_| random.bits()).collect();
        assert_eq!(first, FROZEN);
    }

    const FROZEN: [u64; 3] = [393_295_672_332_603_869, 13_485_172_965_422_408_673, 16_087_866_375_971_863_601];

    #[test]
    fn streams_differ_by_consumer_and_seed() {
        assert_ne!(Random::stream(1, "a").bits(), Random::stream(1, "b").bits());
        assert_ne!(Random::stream(1, "a").bits(), Random::stream(2, "a").bits());
    }

    #[test]
    fn below_and_jitter_stay_in_range() {
        let mut random = Random::stream(7, "range");
        for _ in 0..1000 {
            assert!(random.below(27) < 27);
            let d = random.jitter(SimDuration::from_millis(100), 20);
            assert!((100_000..=120_000).contains(&d.micros()));
        }
    }
}
