//! Where everything stands. Places are stable: a pod keeps its cell while others come and go, nodes keep theirs.
//! All lengths are CSS pixels.

mod form;
mod street;

use std::rc::Rc;

pub use self::form::Form;
use crate::number::whole;
use crate::simulator::{Frame, LargeMap, Name, PodTile, SmallMap, Uid};

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// As CSS.
    pub fn style(self) -> String {
        let [x, y, w, h] = [self.x, self.y, self.w, self.h].map(whole);
        format!("left:{x}px;top:{y}px;width:{w}px;height:{h}px")
    }

    /// Its lower edge.
    pub fn bottom(self) -> f64 {
        self.y + self.h
    }

    /// The same place, drawn larger or smaller.
    pub fn scaled(self, scale: f64) -> Rect {
        Rect { x: self.x * scale, y: self.y * scale, w: self.w * scale, h: self.h * scale }
    }
}

/// How close pods stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Density {
    /// Tiles for the last row of a lecture room, with the end of the name under them.
    Grand,
    /// Large tiles with the end of the name under them.
    Roomy,
    /// Tiles with the end of the name under them.
    Normal,
    /// Tiles alone.
    Close,
    /// Smaller tiles.
    Small,
    /// Small tiles.
    Dense,
    /// Points.
    Points,
    /// The smallest points.
    Map,
}

impl Density {
    const ALL: [Density; 8] =
        [Density::Grand, Density::Roomy, Density::Normal, Density::Close, Density::Small, Density::Dense, Density::Points, Density::Map];

    /// Width and height of a cell.
    pub fn cell(self) -> (f64, f64) {
        match self {
            Density::Grand => (86.0, 88.0),
            Density::Roomy => (64.0, 68.0),
            Density::Normal => (50.0, 50.0),
            Density::Close => (34.0, 34.0),
            Density::Small => (25.0, 25.0),
            Density::Dense => (18.0, 18.0),
            Density::Points => (8.0, 8.0),
            Density::Map => (4.0, 4.0),
        }
    }

    /// The side of a tile.
    pub fn tile(self) -> f64 {
        match self {
            Density::Grand => 56.0,
            Density::Roomy => 40.0,
            Density::Normal => 28.0,
            Density::Close => 28.0,
            Density::Small => 20.0,
            Density::Dense => 14.0,
            Density::Points => 6.0,
            Density::Map => 3.0,
        }
    }

    /// Whether there is room for a name.
    pub fn has_names(self) -> bool {
        self <= Density::Normal
    }

    /// The word for it in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Density::Grand => "grand",
            Density::Roomy => "roomy",
            Density::Normal => "normal",
            Density::Close => "close",
            Density::Small => "small",
            Density::Dense => "dense",
            Density::Points => "points",
            Density::Map => "map",
        }
    }
}

/// The place of a pod.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Left of its cell.
    pub x: f64,
    /// Top of its cell.
    pub y: f64,
    /// How close pods stand there.
    pub density: Density,
}

impl Spot {
    /// The middle of its cell.
    pub fn middle(self) -> (f64, f64) {
        let (w, h) = self.density.cell();
        (self.x + w / 2.0, self.y + h / 2.0)
    }
}

/// The places of everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The whole width.
    pub width: f64,
    /// The whole height; more than the window's when it has to scroll.
    pub height: f64,
    /// How much room the cards take.
    pub form: Form,
    /// The controller manager with its shelf.
    pub manager: Rect,
    /// The scheduler with its tray.
    pub scheduler: Rect,
    /// The API server: everything passes through it.
    pub rail: Rect,
    /// Controllers, in the order of the frame.
    pub cards: Vec<Rect>,
    /// Services, in the order of the frame.
    pub services: Vec<Rect>,
    /// Ingresses, in the order of the frame.
    pub ingresses: Vec<Rect>,
    /// The world outside, if anything leads in.
    pub outside: Option<Rect>,
    /// The cloud's load balancer, if it has an address and there is room.
    pub balancer: Option<Rect>,
    /// The cluster's name server, if there are names to ask for.
    pub dns: Option<Rect>,
    /// Nodes, in the order of the frame.
    pub rooms: Vec<Rect>,
    /// Pods.
    pub pods: LargeMap<Uid, Spot>,
    /// Whether there are so many nodes that they are boxes without a head.
    pub boxes: bool,
    /// Pods of the tray that have no place any more.
    pub tray_rest: usize,
}

/// What is left free under the row of an Ingress: there are the tags of its doors.
pub const DOORS: f64 = 26.0;
const PAD: f64 = 16.0;
const GAP: f64 = 12.0;
const HEAD: f64 = 30.0;
const RAIL: f64 = 26.0;
/// The tray in a narrow window.
const NARROW_TRAY: f64 = 40.0;
/// The controller manager without a controller.
const NARROW_EMPTY: f64 = 82.0;
/// Pods do not stand closer than this many rows of named tiles would need; the stage scrolls instead.
const LEAST_ROWS: f64 = 2.0;
/// A row of nodes with a row of pods: cards get smaller where this is not in sight.
const LEAST_ROOMS: f64 = 100.0;
const ROOM_PAD: f64 = 10.0;
const ROOM_MIN: (f64, f64) = (104.0, 136.0);
const NARROW: f64 = 620.0;
/// More nodes than this are boxes without a head.
pub const MOST_HEADS: usize = 48;

/// Which cell of its room each pod has. Survives from frame to frame.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    rooms: SmallMap<Name, Cells>,
    /// What is left free beside the nodes, for the small picture.
    pub aside: f64,
}

/// A room's pods, and the cell of each.
#[derive(Clone, Debug, Default)]
struct Cells {
    pods: Vec<Uid>,
    cells: Rc<Vec<usize>>,
}

impl Slots {
    /// Gives each pod of a room a cell: those that have one keep it, newcomers take the first free ones. In the pods' order.
    fn settle(&mut self, room: &Name, pods: &[PodTile]) -> Rc<Vec<usize>> {
        let room = self.rooms.entry(room.clone()).or_default();
        if room.pods.len() != pods.len() || room.pods.iter().zip(pods).any(|(uid, pod)| *uid != pod.uid) {
            let before: LargeMap<Uid, usize> = room.pods.iter().copied().zip(room.cells.iter().copied()).collect();
            let kept: Vec<Option<usize>> = pods.iter().map(|pod| before.get(&pod.uid).copied()).collect();
            let mut taken = vec![false; kept.iter().flatten().max().map_or(0, |last| last + 1)];
            kept.iter().flatten().for_each(|cell| taken[*cell] = true);
            let mut free = (0..).filter(|cell| taken.get(*cell) != Some(&true));
            room.cells = Rc::new(kept.into_iter().map(|cell| cell.or_else(|| free.next()).unwrap_or_default()).collect());
            room.pods = pods.iter().map(|pod| pod.uid).collect();
        }
        room.cells.clone()
    }
}

/// Places everything in a window of a width and a height. Cards take less room where the nodes would else be out of sight.
pub fn plan(frame: &Frame, width: f64, height: f64, slots: &mut Slots) -> Plan {
    let mut plan = Plan { width, ..Plan::default() };
    let inner = (width - 2.0 * PAD).max(ROOM_MIN.0);
    let y = formed(&mut plan, frame, height);
    fill_tray(&mut plan, frame, width < NARROW, slots);
    rooms(&mut plan, frame, Rect { x: PAD, y, w: inner - slots.aside, h: (height - y - PAD).max(0.0) }, slots);
    let bottom = plan.rooms.iter().map(|room| room.bottom()).fold(y, f64::max);
    plan.height = (bottom + PAD).max(height);
    plan
}

/// Whether a row of nodes is in sight at once in a window of a width and a height.
#[inline(never)]
pub fn nodes_in_sight(frame: &Frame, width: f64, height: f64) -> bool {
    let y = formed(&mut Plan { width, ..Plan::default() }, frame, height);
    height - y - PAD >= LEAST_ROOMS
}

/// All that is above the nodes, in the roomiest form that leaves them in sight. Returns where they begin.
fn formed(plan: &mut Plan, frame: &Frame, height: f64) -> f64 {
    let (inner, narrow) = ((plan.width - 2.0 * PAD).max(ROOM_MIN.0), plan.width < NARROW);
    let mut y = 0.0;
    for form in Form::ALL.into_iter().filter(|form| !narrow || *form != Form::Full) {
        y = above(plan, frame, inner, form);
        if height - y - PAD >= LEAST_ROOMS {
            break;
        }
    }
    y
}

/// All that is above the nodes. Returns where they begin.
fn above(plan: &mut Plan, frame: &Frame, inner: f64, form: Form) -> f64 {
    plan.form = form;
    let top = control_plane(plan, frame, inner, plan.width < NARROW);
    plan.rail = Rect { x: PAD, y: top + GAP / 2.0, w: inner, h: RAIL };
    street::street(plan, frame, inner)
}

/// The controller manager and the scheduler, side by side or, in a narrow window, one above the other. Returns their bottom.
fn control_plane(plan: &mut Plan, frame: &Frame, inner: f64, narrow: bool) -> f64 {
    let form = plan.form;
    let manager_width = if narrow { inner } else { ((inner - GAP) * form.manager()).floor() };
    let shelf = manager_width - 2.0 * ROOM_PAD;
    let ((least, height), gap, count) = (form.card(), form.gap(), frame.controllers.len() as f64);
    let most = ((shelf + gap) / (least + gap)).floor().max(1.0);
    // In as few columns as make no more rows: what is free goes to the names.
    let columns = (count / (count / most).ceil().max(1.0)).ceil().max(most.min(2.0));
    let stretch = if most == 1.0 { 1.6 } else { form.stretch() };
    let card_width = ((shelf + gap) / columns - gap).floor().min(least * stretch);
    let rows = (count / columns).ceil().max(1.0);
    let empty = narrow && frame.controllers.is_empty();
    let manager_height = if empty { NARROW_EMPTY } else { HEAD + rows * height + (rows - 1.0) * gap + form.pad().min(ROOM_PAD) };
    let top = if narrow { PAD / 2.0 } else { form.pad() };
    plan.manager = Rect { x: PAD, y: top, w: manager_width, h: manager_height };
    let place = |n: usize| {
        let (column, row) = ((n as f64 % columns), (n as f64 / columns).floor());
        Rect { x: PAD + ROOM_PAD + column * (card_width + gap), y: top + HEAD + row * (height + gap), w: card_width, h: height }
    };
    plan.cards = (0..frame.controllers.len()).map(place).collect();
    plan.scheduler = match narrow {
        true => Rect { x: PAD, y: plan.manager.bottom() + GAP / 2.0, w: inner, h: NARROW_TRAY },
        false => Rect { x: PAD + manager_width + GAP, y: top, w: inner - manager_width - GAP, h: manager_height },
    };
    plan.manager.bottom().max(plan.scheduler.bottom())
}

/// The scheduler's tray with the pods that wait.
fn fill_tray(plan: &mut Plan, frame: &Frame, narrow: bool, slots: &mut Slots) {
    let Rect { x, y, w, h } = plan.scheduler;
    let name = (w * 0.3).min(110.0);
    let inside = match narrow {
        true => Rect { x: PAD + name, y: y + 3.0, w: w - name - 36.0, h: h - 4.0 },
        false => Rect { x: x + ROOM_PAD, y: y + HEAD, w: w - 2.0 * ROOM_PAD, h: h - HEAD - 4.0 },
    };
    tray(plan, &frame.tray, inside, slots);
}

fn tray(plan: &mut Plan, pods: &[PodTile], inside: Rect, slots: &mut Slots) {
    let Rect { x, y, w, h } = inside;
    let cells = slots.settle(&Name::default(), pods);
    let most = cells.iter().max().map_or(0, |last| last + 1);
    let fits = |density: &Density| capacity(*density, w, h) >= most;
    let density = [Density::Normal, Density::Close, Density::Small, Density::Dense, Density::Points].into_iter().find(fits).unwrap_or(Density::Points);
    let capacity = capacity(density, w, h);
    for (pod, cell) in pods.iter().zip(cells.iter()).filter(|(_, cell)| **cell < capacity) {
        plan.pods.insert(pod.uid, spot(density, *cell, x, y, w));
    }
    plan.tray_rest = cells.iter().filter(|cell| **cell >= capacity).count();
}

fn capacity(density: Density, w: f64, h: f64) -> usize {
    let (cw, ch) = density.cell();
    ((w / cw).floor() * (h / ch).floor()).max(0.0) as usize
}

fn spot(density: Density, cell: usize, x: f64, y: f64, w: f64) -> Spot {
    let (cw, ch) = density.cell();
    let columns = ((w / cw).floor() as usize).max(1);
    Spot { x: x + (cell % columns) as f64 * cw, y: y + (cell / columns) as f64 * ch, density }
}

/// What a room takes beside its pods.
struct RoomForm {
    head: f64,
    pad: f64,
    gap: f64,
    least: (f64, f64),
    /// Height that pods get at the least: the stage scrolls instead of squeezing them.
    least_pods: f64,
}

fn with_head(form: Form) -> RoomForm {
    RoomForm { head: form.room_head(), pad: ROOM_PAD, gap: GAP, least: (ROOM_MIN.0, ROOM_MIN.1 - 66.0 + form.room_head()), least_pods: LEAST_ROWS * 50.0 }
}

const BOX: RoomForm = RoomForm { head: 4.0, pad: 3.0, gap: 5.0, least: (30.0, 14.0), least_pods: 0.0 };

/// Nodes in a grid as even as can be; all pods at the same density, the loosest at which they fit.
fn rooms(plan: &mut Plan, frame: &Frame, area: Rect, slots: &mut Slots) {
    let count = frame.nodes.len();
    if count == 0 {
        return;
    }
    plan.boxes = count > MOST_HEADS;
    let form = if plan.boxes { BOX } else { with_head(plan.form) };
    let columns = columns(count, area, &form);
    let rows = count.div_ceil(columns);
    let w = ((area.w - form.gap * (columns as f64 - 1.0)) / columns as f64).floor();
    let fair = ((area.h - form.gap * (rows as f64 - 1.0)) / rows as f64).floor();
    let pods_width = w - 2.0 * form.pad;
    let slots: Vec<Rc<Vec<usize>>> = frame.nodes.iter().map(|node| slots.settle(&node.name, &node.pods)).collect();
    let most = slots.iter().flat_map(|cells| cells.iter()).max().map_or(0, |last| last + 1);
    let given = fair - form.head - form.pad;
    let fits = |density: &Density| {
        // Larger than life only where there is room for it: the stage scrolls for names, not for more.
        let height = if *density < Density::Normal { given } else { given.max(form.least_pods) };
        capacity(*density, pods_width, height) >= most
    };
    let density = Density::ALL.into_iter().find(fits).unwrap_or(Density::Map);
    let per_row = (pods_width / density.cell().0).floor().max(1.0);
    let needed = form.head + form.pad + (most as f64 / per_row).ceil() * density.cell().1;
    let h = fair.max(needed).max(form.least.1);
    for (n, cells) in slots.iter().enumerate() {
        let (column, row) = ((n % columns) as f64, (n / columns) as f64);
        let room = Rect { x: area.x + column * (w + form.gap), y: area.y + row * (h + form.gap), w, h };
        for (pod, cell) in frame.nodes[n].pods.iter().zip(cells.iter()) {
            plan.pods.insert(pod.uid, spot(density, *cell, room.x + form.pad, room.y + form.head, pods_width));
        }
        plan.rooms.push(room);
    }
}

/// In how many columns so many rooms stand: few in one row, many in about the area's own shape, the last row as full as can be.
fn columns(count: usize, area: Rect, form: &RoomForm) -> usize {
    let most = (((area.w + form.gap) / (form.least.0 + form.gap)).floor() as usize).clamp(1, count);
    let shaped = ((count as f64 * area.w / area.h.max(1.0)).sqrt().ceil() as usize).max(1);
    let wish = if count <= 4 { count } else { shaped };
    count.div_ceil(count.div_ceil(wish.clamp(1, most)))
}

#[cfg(test)]
pub(super) mod tests;
