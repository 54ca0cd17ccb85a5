//! Where lines run on the stage: under the cards, along the lane above the nodes, down beside a node, and in above its pod. So none
//! crosses a text, a card or a node's head. Nothing here is inlined: what calls it is needed at the start, this is not.

use super::layout::{Density, Plan, Rect, Spot};
use crate::number::whole;

/// A place on the ground.
pub type Point = (f64, f64);

/// What a line leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// A place at the lower edge of what is above the nodes.
    Under(Point),
    /// A node: the middle of its upper edge.
    Door(Rect),
    /// A pod.
    Pod(Spot),
}

impl End {
    /// The lower edge of a card, at its middle.
    pub fn card(at: Rect) -> End {
        End::Under((at.x + at.w / 2.0, at.bottom()))
    }

    /// Where a packet is that has come there.
    pub fn point(self) -> Point {
        match self {
            End::Under(at) => at,
            End::Door(room) => (room.x + room.w / 2.0, room.y),
            End::Pod(spot) => spot.middle(),
        }
    }
}

/// What a line keeps from what it passes.
const OFF: f64 = 3.0;
/// How round its corners are.
const ROUND: f64 = 7.0;
/// What stands on the API server's line: the scale at its left, its name, and what is found with the selector's field at its right.
const SCALE: f64 = 106.0;
const NAME: f64 = 90.0;
const FOUND: f64 = 250.0;

/// The lane above the nodes; in it as many lines lie above each other as have to be told apart.
pub fn lane(plan: &Plan, line: usize) -> f64 {
    let top = plan.rooms.first().map_or(plan.height, |room| room.y);
    let above = plan.services.iter().chain(&plan.ingresses).map(|card| card.bottom()).fold(plan.rail.bottom(), f64::max);
    let free = (top - above).max(2.0);
    top - (free / 2.0).min(6.0) - (line as f64 * OFF).min((free - 10.0).max(0.0))
}

/// The points of a line from an end to another by the lane.
#[inline(never)]
pub fn route(plan: &Plan, from: End, to: End, lane: f64) -> Vec<Point> {
    if let (End::Under(start), End::Pod(spot)) = (from, to)
        && spot.y < plan.rail.y
    {
        return tidied(&to_tray(plan, start, spot));
    }
    let mut way = to_lane(plan, from, lane);
    way.extend(to_lane(plan, to, lane).into_iter().rev());
    tidied(&way)
}

fn to_lane(plan: &Plan, end: End, lane: f64) -> Vec<Point> {
    match end {
        End::Under(at) => down(plan, at, lane),
        End::Door(room) => {
            let (x, above, side) = (room.x + room.w / 2.0, room.y - beside(plan), room.x - beside(plan));
            let first = plan.rooms.first().is_some_and(|first| first.y == room.y);
            if first { vec![(x, room.y), (x, lane)] } else { vec![(x, room.y), (x, above), (side, above), (side, lane)] }
        }
        End::Pod(spot) => {
            let (x, top, above) = over(spot);
            let inside = |room: &&Rect| (room.x..room.x + room.w).contains(&x) && (room.y..room.bottom()).contains(&spot.y);
            let side = plan.rooms.iter().find(inside).map_or(x, |room| room.x - beside(plan));
            vec![(x, top), (x, above), (side, above), (side, lane)]
        }
    }
}

/// How far beside a node a line runs: in the middle between it and the next.
fn beside(plan: &Plan) -> f64 {
    if plan.boxes { 2.5 } else { 6.0 }
}

/// A pod's middle, its upper edge, and where a line to it runs above it.
fn over(spot: Spot) -> (f64, f64, f64) {
    let room = if spot.density <= Density::Normal { 2.0 } else { 0.5 };
    (spot.x + spot.density.cell().0 / 2.0, spot.y + room, spot.y - room)
}

/// To a pod that waits for a node: beside the scheduler and in from its left.
fn to_tray(plan: &Plan, (x, y): Point, spot: Spot) -> [Point; 6] {
    let ((to, top, above), below, side) = (over(spot), y + OFF, plan.scheduler.x - 6.0);
    [(x, y), (x, below), (side, below), (side, above), (to, above), (to, top)]
}

/// From under a card to the lane: straight, or where something stands in between by the nearest place that is free all the way.
fn down(plan: &Plan, (x, y): Point, lane: f64) -> Vec<Point> {
    let blocks: Vec<Rect> = obstacles(plan).into_iter().filter(|block| block.bottom() > y + 2.0 && block.y < lane).collect();
    let free = |at: f64| at > OFF && at < plan.width - OFF && blocks.iter().all(|block| at < block.x - 1.0 || at > block.x + block.w + 1.0);
    if free(x) {
        return vec![(x, y), (x, lane)];
    }
    let sides = blocks.iter().flat_map(|block| [block.x - OFF, block.x + block.w + OFF]);
    let nearest = sides.filter(|at| free(*at)).min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs())).unwrap_or(x);
    vec![(x, y), (x, y + OFF), (nearest, y + OFF), (nearest, lane)]
}

/// What no line from above to the nodes may cross.
fn obstacles(plan: &Plan) -> Vec<Rect> {
    let rail = plan.rail;
    let (left, right) = ((rail.x + rail.w / 2.0 - NAME - FOUND / 2.0).max(rail.x), rail.x + rail.w / 2.0 + NAME - FOUND / 4.0);
    let name = Rect { x: left, w: right - left, ..rail };
    let wide = plan.scheduler.y < plan.manager.bottom();
    let marks = [Rect { w: SCALE, ..rail }, name, Rect { x: (rail.x + rail.w - FOUND).max(rail.x), w: FOUND.min(rail.w), ..rail }];
    let around = plan.outside.iter().chain(&plan.balancer).chain(Some(&plan.scheduler).filter(|_| !wide));
    let cards = plan.cards.iter().chain(&plan.services).chain(&plan.ingresses);
    cards.chain(around).copied().chain(marks).collect()
}

/// Without points on the way between their neighbours, and without what is gone there and back.
fn tidied(points: &[Point]) -> Vec<Point> {
    let mut way: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        while let [.., a, b] = way[..] {
            let straight = (a.0 == b.0 && b.0 == point.0) || (a.1 == b.1 && b.1 == point.1);
            if !straight && b != *point {
                break;
            }
            way.pop();
        }
        if way.last() != Some(point) {
            way.push(*point);
        }
    }
    way
}

/// A line through points, with round corners, as the `d` of a path.
#[inline(never)]
pub fn path(points: &[Point]) -> String {
    let mut d = String::new();
    let mut put = |sign: &str, at: Point| {
        d.push_str(sign);
        d.push_str(&whole(at.0).to_string());
        d.push(' ');
        d.push_str(&whole(at.1).to_string());
    };
    for (n, point) in points.iter().enumerate() {
        let (Some(before), Some(after)) = (n.checked_sub(1).map(|n| points[n]), points.get(n + 1)) else {
            put(if n == 0 { "M" } else { "L" }, *point);
            continue;
        };
        let (to, on) = (toward(*point, before), toward(*point, *after));
        put("L", to);
        put("Q", *point);
        put(" ", on);
    }
    d
}

/// From a corner a little toward its neighbour: half of the way at the most.
fn toward(from: Point, to: Point) -> Point {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let length = x.abs().max(y.abs()).max(0.1);
    let part = (ROUND / length).min(0.5);
    (from.0 + x * part, from.1 + y * part)
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Slots, plan, tests};
    use super::*;

    /// Whether a part of a line that is level or upright goes through a place.
    fn crosses(part: &[Point], at: Rect) -> bool {
        let [a, b] = [part[0], part[1]];
        let (left, right, top, bottom) = (a.0.min(b.0), a.0.max(b.0), a.1.min(b.1), a.1.max(b.1));
        right > at.x + 0.5 && left < at.x + at.w - 0.5 && bottom > at.y + 0.5 && top < at.bottom() - 0.5
    }

    #[test]
    fn no_line_crosses_a_card_or_the_head_of_a_node() {
        for (width, height) in [(1000.0, 560.0), (712.0, 420.0), (390.0, 420.0), (1800.0, 900.0)] {
            for (controllers, services, nodes) in [(1, 0, 3), (2, 1, 3), (6, 4, 3), (3, 9, 12)] {
                let pods: Vec<Vec<u128>> = (0..nodes).map(|room: u128| (room * 100..room * 100 + 9).collect()).collect();
                let rooms: Vec<&[u128]> = pods.iter().map(Vec::as_slice).collect();
                let plan = plan(&tests::busy(&rooms, controllers, services), width, height, &mut Slots::default());
                let heads = plan.rooms.iter().map(|room| Rect { h: plan.form.room_head() - 8.0, ..*room });
                let all: Vec<Rect> = plan.cards.iter().chain(&plan.services).copied().chain(heads).collect();
                for from in plan.cards.iter().chain(&plan.services) {
                    for spot in plan.pods.values() {
                        let way = route(&plan, End::card(*from), End::Pod(*spot), lane(&plan, 0));
                        assert!(way.windows(2).all(|part| part[0].0 == part[1].0 || part[0].1 == part[1].1), "level or upright: {way:?}");
                        let struck = |at: &&Rect| way.windows(2).any(|part| crosses(part, **at));
                        assert_eq!(all.iter().find(struck), None, "{width}x{height} {controllers}/{services}/{nodes}: {way:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_gone_there_and_back_is_left_out() {
        let way = [(0.0, 0.0), (0.0, 10.0), (0.0, 20.0), (30.0, 20.0), (10.0, 20.0), (10.0, 40.0)];
        assert_eq!(tidied(&way), [(0.0, 0.0), (0.0, 20.0), (10.0, 20.0), (10.0, 40.0)]);
        assert_eq!(path(&tidied(&way)), "M0 0L0 13Q0 20 5 20L5 20Q10 20 10 27L10 40");
    }
}
