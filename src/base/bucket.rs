//! A bucket of tokens: so many at once, then one after the other. Models client-go/util/flowcontrol/throttle.go.

use super::{SimDuration, SimTime};

/// A bucket, in µs of refill: a whole token is worth the time of its refill.
#[derive(Clone, Copy, Debug)]
pub struct TokenBucket {
    refill: SimDuration,
    burst: u64,
    micros: u64,
    at: SimTime,
}

impl TokenBucket {
    /// A full bucket of `burst` tokens; a token comes back in `refill`.
    pub fn full(burst: u64, refill: SimDuration, now: SimTime) -> TokenBucket {
        TokenBucket { refill, burst, micros: burst * refill.micros(), at: now }
    }

    /// The same with so many tokens taken, and so much time earned.
    pub fn after(mut self, taken: u64, earned: SimDuration) -> TokenBucket {
        let full = self.micros;
        self.micros = (full + earned.micros()).saturating_sub(taken * self.refill.micros()).min(full);
        self
    }

    /// Takes a token if there is one.
    pub fn take(&mut self, now: SimTime) -> bool {
        self.earn(now);
        let allowed = self.micros >= self.refill.micros();
        if allowed {
            self.micros -= self.refill.micros();
        }
        allowed
    }

    /// How long until there is a token.
    pub fn wait(&mut self, now: SimTime) -> SimDuration {
        self.earn(now);
        SimDuration::from_micros(self.refill.micros().saturating_sub(self.micros))
    }

    fn earn(&mut self, now: SimTime) {
        self.micros = (self.micros + now.since(self.at).micros()).min(self.burst * self.refill.micros());
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_at_once_and_then_one_after_the_other() {
        let at = |millis| SimTime::from_seconds(100) + SimDuration::from_millis(millis);
        let mut bucket = TokenBucket::full(3, SimDuration::from_millis(50), at(0));
        let taken: Vec<bool> = [0, 0, 0, 0, 49, 50, 51, 120, 150, 1000, 1000, 1000, 1000].map(|time| bucket.take(at(time))).into();
        assert_eq!(taken, [true, true, true, false, false, true, false, true, true, true, true, true, false]);
        assert_eq!(bucket.wait(at(1020)), SimDuration::from_millis(30));
    }
}
