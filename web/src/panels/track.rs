//! The track of the time bar: from the start to a round time beyond the end, so that it does not stretch all the time.

use crate::number::decimal;
use crate::simulator::{MarkKind, SimTime, Timeline};

/// Lengths that a track may have, in seconds.
const LENGTHS: [u64; 14] = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200, 604_800, 2_592_000];

/// The track's extent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The first moment.
    pub start: SimTime,
    /// The last moment reached.
    pub end: SimTime,
    /// The length of the track, in seconds.
    pub length: u64,
}

impl Span {
    /// Of a history: the shortest round length that leaves some room after the end.
    pub fn of(start: SimTime, end: SimTime) -> Span {
        let reached = end.since(start).seconds();
        let length = LENGTHS.into_iter().find(|length| reached * 20 <= length * 19).unwrap_or(reached + reached / 10);
        Span { start, end, length }
    }

    /// The place of a moment on the track, 0 to 1.
    pub fn place(&self, at: SimTime) -> f64 {
        (at.since(self.start).micros() as f64 / (self.length as f64 * 1_000_000.0)).clamp(0.0, 1.0)
    }
}

/// The area of Ready pods over a drawing of 1000 by 100, as an SVG path; empty if there never were any.
pub fn area(timeline: &Timeline, span: &Span) -> String {
    let most = timeline.ready.iter().map(|(_, count)| *count).max().unwrap_or_default();
    if most == 0 {
        return String::new();
    }
    let x = |at: SimTime| span.place(at) * 1000.0;
    let y = |count: u32| 100.0 - 100.0 * f64::from(count) / f64::from(most);
    let mut path = String::from("M0 100");
    for (at, count) in &timeline.ready {
        path.push_str(&format!("H{}V{}", decimal(x(*at), 1), decimal(y(*count), 1)));
    }
    path.push_str(&format!("H{}V100Z", decimal(x(span.end), 1)));
    path
}

/// Marks that fall on the same place are drawn once, with all their texts: place in thousandths, the first one's moment, what, texts.
pub fn marks(timeline: &Timeline, span: &Span) -> Vec<(u32, SimTime, MarkKind, String)> {
    let mut found: Vec<(u32, SimTime, MarkKind, String)> = Vec::new();
    for mark in &timeline.marks {
        let at = (span.place(mark.at) * 1000.0) as u32;
        match found.iter_mut().rev().take(4).find(|(place, _, kind, _)| at.abs_diff(*place) < 4 && *kind == mark.kind) {
            Some((.., text)) if text.len() < 300 => {
                text.push('\n');
                text.push_str(&mark.text);
            }
            Some(_) => {}
            None => found.push((at, mark.at, mark.kind, mark.text.clone())),
        }
    }
    found
}

/// The next mark after a moment, or the one before it.
pub fn neighbour(timeline: &Timeline, now: SimTime, forward: bool) -> Option<SimTime> {
    let all = timeline.marks.iter().map(|mark| mark.at);
    if forward { all.filter(|at| *at > now).min() } else { all.filter(|at| *at < now).max() }
}

/// What is marked at a moment.
pub fn marked(timeline: &Timeline, now: SimTime) -> String {
    let here = timeline.marks.iter().filter(|mark| mark.at == now).map(|mark| mark.text.as_str());
    here.collect::<Vec<_>>().join(", ")
}

/// A time since the start: `+03:12.4`, `+1:03:12.4`.
pub fn clock(since_start_micros: u64) -> String {
    let tenths = since_start_micros / 100_000;
    let (seconds, tenth) = (tenths / 10, tenths % 10);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("+{hours}:{minutes:02}:{seconds:02}.{tenth}") } else { format!("+{minutes:02}:{seconds:02}.{tenth}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::Mark;

    fn second(n: u64) -> SimTime {
        SimTime::from_seconds(1_000 + n)
    }

    #[test]
    fn a_track_is_a_round_length_with_room_after_the_end() {
        for (end, expected) in [(0, 60), (57, 60), (58, 120), (115, 300), (3_000, 3_600), (3_500, 7_200)] {
            assert_eq!(Span::of(second(0), second(end)).length, expected, "{end}");
        }
    }

    #[test]
    fn the_area_is_as_high_as_the_most_ready_pods() {
        let ready = vec![(second(6), 1), (second(12), 3), (second(30), 0)];
        let span = Span::of(second(0), second(36));
        let timeline = Timeline { ready, ..Timeline::default() };
        assert_eq!(area(&timeline, &span), "M0 100H100.0V66.7H200.0V0.0H500.0V100.0H600.0V100Z");
        assert_eq!(area(&Timeline::default(), &span), "");
    }

    #[test]
    fn marks_on_one_place_are_one() {
        let mark = |at, text: &str| Mark { at: second(at), kind: MarkKind::Command, text: text.to_owned() };
        let timeline = Timeline { marks: vec![mark(10, "a"), mark(11, "b"), mark(400, "c")], ..Timeline::default() };
        let texts: Vec<String> = marks(&timeline, &Span::of(second(0), second(600))).into_iter().map(|(.., text)| text).collect();
        assert_eq!(texts, ["a\nb", "c"]);
        assert_eq!(neighbour(&timeline, second(11), true), Some(second(400)));
        assert_eq!(neighbour(&timeline, second(11), false), Some(second(10)));
        assert_eq!((neighbour(&timeline, second(400), true), marked(&timeline, second(400)).as_str()), (None, "c"));
    }

    #[test]
    fn the_clock_reads_as_people_read_it() {
        for (micros, text) in [(0, "+00:00.0"), (192_400_000, "+03:12.4"), (3_792_499_999, "+1:03:12.4")] {
            assert_eq!(clock(micros), text);
        }
    }
}
