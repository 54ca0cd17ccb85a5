//! The track of the time bar: from the start to a round time beyond the end, so that it does not stretch all the time.

use crate::number::decimal;
use crate::simulator::{Mark, MarkKind, SimTime, Timeline};

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

/// What a mark says, without its time. `again`: what stands beside a pod that was started again.
fn said(mark: &Mark, again: &str) -> String {
    if mark.kind == MarkKind::Restart { format!("{} {again}", mark.text) } else { mark.text.clone() }
}

/// Marks that fall on the same place are drawn once, with all their times and texts: place in thousandths, the first one's moment, what, texts.
pub fn marks(timeline: &Timeline, span: &Span, again: &str) -> Vec<(u32, SimTime, MarkKind, String)> {
    let mut found: Vec<(u32, SimTime, MarkKind, String)> = Vec::new();
    for mark in &timeline.marks {
        let at = (span.place(mark.at) * 1000.0) as u32;
        let told = || format!("{} {}", clock(mark.at.since(span.start).micros()), said(mark, again));
        match found.iter_mut().rev().take(4).find(|(place, _, kind, _)| at.abs_diff(*place) < 4 && *kind == mark.kind) {
            Some((.., text)) if text.len() < 300 => {
                text.push('\n');
                text.push_str(&told());
            }
            Some(_) => {}
            None => found.push((at, mark.at, mark.kind, told())),
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
pub fn marked(timeline: &Timeline, now: SimTime, again: &str) -> String {
    let here = timeline.marks.iter().filter(|mark| mark.at == now).map(|mark| said(mark, again));
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
        let texts: Vec<String> = marks(&timeline, &Span::of(second(0), second(600)), "").into_iter().map(|(.., text)| text).collect();
        assert_eq!(texts, ["+00:10.0 a\n+00:11.0 b", "+06:40.0 c"]);
        assert_eq!(neighbour(&timeline, second(11), true), Some(second(400)));
        assert_eq!(neighbour(&timeline, second(11), false), Some(second(10)));
        assert_eq!((neighbour(&timeline, second(400), true), marked(&timeline, second(400), "").as_str()), (None, "c"));
    }

    #[test]
    fn what_was_started_again_is_said_in_the_page_s_words() {
        let timeline = Timeline { marks: vec![Mark { at: second(5), kind: MarkKind::Restart, text: "web".to_owned() }], ..Timeline::default() };
        assert_eq!(marks(&timeline, &Span::of(second(0), second(9)), "재시작")[0].3, "+00:05.0 web 재시작");
        assert_eq!(marked(&timeline, second(5), "재시작"), "web 재시작");
    }

    #[test]
    fn the_clock_reads_as_people_read_it() {
        for (micros, text) in [(0, "+00:00.0"), (192_400_000, "+03:12.4"), (3_792_499_999, "+1:03:12.4")] {
            assert_eq!(clock(micros), text);
        }
    }
}
