//! The clock's buttons: whether it plays, how fast, and how far it is to go in this frame. Speed and pause are no part of the
//! scenario.

use super::Speed;
use crate::simulator::SimTime;
use crate::simulator::SimDuration;

/// The longest stretch of wall time that one frame stands for: a page that slept does not jump, in milliseconds.
const LONGEST_FRAME: f64 = 100.0;

/// The clock's buttons.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// Whether it plays.
    pub playing: bool,
    /// How fast.
    pub speed: Speed,
    /// Where this frame is to end.
    pub target: SimTime,
    /// Whether the slider is held; if so, whether it played before.
    pub held: Option<bool>,
}

impl Playback {
    /// Standing at a moment.
    pub fn at(now: SimTime) -> Playback {
        Playback { playing: false, speed: Speed::REAL, target: now, held: None }
    }

    /// A frame of wall time begins: where it is to end.
    pub fn aim(&mut self, now: SimTime, wall_milliseconds: f64) {
        let wall = wall_milliseconds.clamp(0.0, LONGEST_FRAME);
        self.target = now + SimDuration::from_micros((wall * 1000.0 * self.speed.factor()) as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_as_long_as_speed_and_wall_time_make_it() {
        let now = SimTime::from_seconds(100);
        let mut playback = Playback::at(now);
        for (place, wall, micros) in [(100, 16.0, 16_000), (0, 16.0, 1_600), (400, 16.0, 16_000_000), (100, 5_000.0, 100_000), (100, -1.0, 0)] {
            playback.speed = Speed::at(place);
            playback.aim(now, wall);
            assert_eq!(playback.target.since(now).micros(), micros, "{place} {wall}");
        }
    }
}
