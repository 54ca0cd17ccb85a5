//! How the pods of a crowd go to their places: as tiles glide by the style sheet, here by legs that each pod goes.

use super::layout::{Plan, Spot};
use crate::simulator::{Frame, LargeMap, PodTile, Uid};

/// How long a pod is on its way, in milliseconds, as in the style sheet.
const MILLIS: f64 = 300.0;
/// When more pods than these move at once, all are there at once: nobody could follow them.
const MOST: usize = 1_500;

/// A pod's way to its place: where it began, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Leg {
    x: f64,
    y: f64,
    began: f64,
}

/// The pods that are on their way. Times are milliseconds of one clock.
#[derive(Clone, Debug, Default)]
pub struct Glide {
    legs: LargeMap<Uid, Leg>,
    /// When the last is there.
    ends: f64,
}

impl Glide {
    /// All are in their places.
    pub fn stop(&mut self) {
        *self = Glide::default();
    }

    /// Whether all are in their places.
    pub fn is_over(&self, at: f64) -> bool {
        at >= self.ends
    }

    /// The places are others now: whoever has another one leaves from where it is, and who is new from `birth`.
    pub fn follow(&mut self, before: &Plan, frame: &Frame, after: &Plan, birth: impl Fn(&PodTile) -> (f64, f64), at: f64) {
        let mut legs = LargeMap::default();
        for pod in frame.pods() {
            let Some(to) = after.pods.get(&pod.uid) else { continue };
            let old = before.pods.get(&pod.uid);
            let leg = match old {
                Some(old) if (old.x, old.y) == (to.x, to.y) => self.legs.get(&pod.uid).copied().filter(|leg| leg.began + MILLIS > at),
                Some(old) => {
                    let now = self.spot(pod.uid, *old, at);
                    Some(Leg { x: now.x, y: now.y, began: at })
                }
                None => {
                    let (x, y) = birth(pod);
                    Some(Leg { x, y, began: at })
                }
            };
            if let Some(leg) = leg {
                legs.insert(pod.uid, leg);
            }
        }
        let many = legs.len() > MOST;
        self.ends = legs.values().map(|leg| leg.began + MILLIS).fold(0.0, f64::max);
        self.legs = legs;
        if many {
            self.stop();
        }
    }

    /// Where a pod is that goes to this place.
    pub fn spot(&self, uid: Uid, to: Spot, at: f64) -> Spot {
        let Some(leg) = self.legs.get(&uid) else { return to };
        let left = 1.0 - ((at - leg.began) / MILLIS).clamp(0.0, 1.0);
        // Quick first, then slower.
        let rest = left * left * left;
        Spot { x: to.x + (leg.x - to.x) * rest, y: to.y + (leg.y - to.y) * rest, ..to }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Slots, plan, tests::frame};
    use super::*;

    const BORN: (f64, f64) = (7.0, 9.0);

    fn place(plan: &Plan, uid: u128) -> Spot {
        *plan.pods.get(&Uid(uid)).expect("placed")
    }

    #[test]
    fn a_pod_goes_from_where_it_is_to_its_new_place() {
        let (before, after) = (frame(&[&[1, 2], &[]], &[]), frame(&[&[2], &[1, 3]], &[]));
        let [old, new] = [&before, &after].map(|frame| plan(frame, 900.0, 600.0, &mut Slots::default()));
        let mut glide = Glide::default();
        assert!(glide.is_over(0.0));
        glide.follow(&old, &after, &new, |_| BORN, 1_000.0);
        let at = |glide: &Glide, uid, time| {
            let spot = glide.spot(Uid(uid), place(&new, uid), time);
            (spot.x, spot.y)
        };
        assert_eq!(at(&glide, 1, 1_000.0), (place(&old, 1).x, place(&old, 1).y));
        assert_eq!(at(&glide, 3, 1_000.0), BORN, "a new one comes from where it was made");
        let half = at(&glide, 1, 1_150.0);
        assert!(half.0 > place(&old, 1).x && half.0 < place(&new, 1).x, "{half:?}");
        assert!(!glide.is_over(1_299.0) && glide.is_over(1_300.0));
        assert_eq!(at(&glide, 1, 1_300.0), (place(&new, 1).x, place(&new, 1).y));
        // The same places again change nothing on the way.
        glide.follow(&new, &after, &new, |_| BORN, 1_150.0);
        assert_eq!(at(&glide, 1, 1_150.0), half);
        assert!(glide.is_over(1_300.0));
        glide.stop();
        assert_eq!(at(&glide, 1, 1_150.0), (place(&new, 1).x, place(&new, 1).y));
    }
}
