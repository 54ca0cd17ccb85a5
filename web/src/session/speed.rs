//! How fast the clock plays: ×0.1 to ×3600 on a logarithmic scale with a detent at each power of ten and at the end.

use crate::number::{decimal, whole};

/// A speed, as its place on the slider: 0 is ×0.1, each hundred ten times more, 400 is ×1000, 456 is ×3600.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(u16);

/// The hundredth root of ten: from a place to the next.
const STEP: f64 = 1.023_292_992_280_754;

impl Speed {
    /// As fast as life.
    pub const REAL: Speed = Speed(100);
    /// Ten times as fast.
    pub const TEN: Speed = Speed(200);
    /// The slider's last place.
    pub const MAX_PLACE: u16 = 456;
    /// How near to a power of ten the slider falls into it.
    const DETENT: u16 = 8;

    /// From a place on the slider; near a power of ten it is that.
    pub fn at(place: u16) -> Speed {
        let place = place.min(Speed::MAX_PLACE);
        let nearest = if place > 428 { Speed::MAX_PLACE } else { (place + 50) / 100 * 100 };
        Speed(if place.abs_diff(nearest) <= Speed::DETENT { nearest } else { place })
    }

    /// Its place on the slider.
    pub fn place(self) -> u16 {
        self.0
    }

    /// One detent slower or faster.
    pub fn detent(self, faster: bool) -> Speed {
        let hundred = if faster { self.0 / 100 + 1 } else { self.0.div_ceil(100).saturating_sub(1) };
        Speed((hundred * 100).min(Speed::MAX_PLACE))
    }

    /// Virtual time per wall time.
    pub fn factor(self) -> f64 {
        if self.0 >= Speed::MAX_PLACE {
            return 3600.0;
        }
        let powers = [0.1, 1.0, 10.0, 100.0, 1000.0];
        (0..self.0 % 100).fold(powers[usize::from(self.0 / 100)], |factor, _| factor * STEP)
    }

    /// `×0.1`, `×2.5`, `×1000`
    pub fn label(self) -> String {
        let factor = self.factor();
        match factor {
            f if f < 0.995 => format!("×{}", decimal(f, 2)).trim_end_matches('0').to_owned(),
            f if f < 9.95 => format!("×{}", decimal(f, 1)).trim_end_matches(".0").to_owned(),
            f => format!("×{}", whole(f)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_near_a_power_of_ten_fall_into_it() {
        for (place, label) in [(0, "×0.1"), (5, "×0.1"), (9, "×0.12"), (96, "×1"), (130, "×2"), (205, "×10"), (393, "×1000"), (420, "×1585"), (450, "×3600"), (999, "×3600")] {
            assert_eq!(Speed::at(place).label(), label, "{place}");
        }
    }

    #[test]
    fn detents_lead_from_end_to_end() {
        let mut speed = Speed::at(0);
        let mut labels = vec![speed.label()];
        while speed.place() < Speed::MAX_PLACE {
            speed = speed.detent(true);
            labels.push(speed.label());
        }
        assert_eq!(labels, ["×0.1", "×1", "×10", "×100", "×1000", "×3600"]);
        assert_eq!(Speed::at(130).detent(false), Speed::REAL);
        assert_eq!(Speed::at(0).detent(false), Speed::at(0));
    }
}
