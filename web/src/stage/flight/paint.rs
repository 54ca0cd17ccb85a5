//! Draws what is on its way: one path for all packets of a kind, so that thousands cost a few strokes of the brush. Kinds differ by colour
//! and by shape: a disc asks, a diamond answers, a cross was refused, an open ring vanishes.

use std::f64::consts::TAU;

use wasm_bindgen::JsValue;
use web_sys::CanvasRenderingContext2d;
use web_sys::js_sys::Array;

use super::super::dense::{Palette, Sight};
use super::fleet::{FEW, Fleet, Mark, Seen, Trail, bow};

/// From so many packets on they are small, and from so many on they are dots.
const SOME: usize = 24;
const MANY: usize = 400;
/// So few ways that are lit bear their counts.
const COUNTED: usize = 14;
/// From so many packets on a way is broad.
const BROAD: u32 = 8;
/// The light of a way has so many steps.
const STEPS: u32 = 4;

const MARKS: [Mark; 4] = [Mark::Request, Mark::Answer, Mark::Refused, Mark::Lost];

/// What is drawn with, and on what.
pub struct Brush<'a> {
    pub context: &'a CanvasRenderingContext2d,
    pub palette: &'a Palette,
    pub sight: Sight,
}

impl Brush<'_> {
    fn colour(&self, mark: Mark) -> &str {
        match mark {
            Mark::Request => &self.palette.accent,
            Mark::Answer => &self.palette.ready,
            Mark::Refused => &self.palette.failing,
            Mark::Lost => &self.palette.going,
        }
    }

    /// From the ground to the window.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let Sight { left, top, zoom, .. } = self.sight;
        (x * zoom - left, y * zoom - top)
    }

    /// Everything at a moment; `seen` is a list to be used again.
    pub fn draw(&self, fleet: &Fleet, seen: &mut Vec<Seen>, at: f64) {
        self.trails(fleet, at);
        fleet.look(at, seen);
        for packet in seen.iter_mut() {
            (packet.x, packet.y) = self.place((packet.x, packet.y));
        }
        let Sight { width, height, .. } = self.sight;
        seen.retain(|packet| (-8.0..width + 8.0).contains(&packet.x) && (-8.0..height + 8.0).contains(&packet.y));
        let size = match seen.len() {
            0..=FEW => 6.0,
            4..SOME => 4.5,
            SOME..MANY => 3.3,
            _ => 2.5,
        };
        for mark in MARKS {
            self.packets(seen, mark, size);
        }
        self.words(fleet, at);
    }

    fn packets(&self, seen: &[Seen], mark: Mark, size: f64) {
        let context = self.context;
        let of_kind = || seen.iter().filter(|packet| packet.mark == mark);
        if of_kind().next().is_none() {
            return;
        }
        if mark == Mark::Lost {
            return self.vanishing(seen, size);
        }
        context.begin_path();
        for packet in of_kind() {
            self.outline((packet.x, packet.y), mark, size);
        }
        if mark == Mark::Refused {
            context.set_stroke_style_str(self.colour(mark));
            context.set_line_width((size * 0.6).max(1.6));
            context.stroke();
            return;
        }
        context.set_fill_style_str(self.colour(mark));
        context.fill();
        if seen.len() < SOME {
            context.set_stroke_style_str(&self.palette.paper);
            context.set_line_width(1.5);
            context.stroke();
        }
    }

    fn outline(&self, (x, y): (f64, f64), mark: Mark, size: f64) {
        let context = self.context;
        match mark {
            Mark::Request => {
                context.move_to(x + size, y);
                let _ = context.arc(x, y, size, 0.0, TAU);
            }
            Mark::Answer => {
                let out = size * 1.25;
                context.move_to(x, y - out);
                context.line_to(x + out, y);
                context.line_to(x, y + out);
                context.line_to(x - out, y);
                context.close_path();
            }
            Mark::Refused => {
                for side in [-size, size] {
                    context.move_to(x - size, y - side);
                    context.line_to(x + size, y + side);
                }
            }
            Mark::Lost => {}
        }
    }

    /// Rings that fade, each at its own pace.
    fn vanishing(&self, seen: &[Seen], size: f64) {
        let context = self.context;
        context.set_stroke_style_str(self.colour(Mark::Lost));
        context.set_line_width(1.4);
        for packet in seen.iter().filter(|packet| packet.mark == Mark::Lost) {
            context.set_global_alpha(packet.strength);
            context.begin_path();
            let _ = context.arc(packet.x, packet.y, size * (1.0 + 0.6 * (1.0 - packet.strength)), 0.0, TAU);
            context.stroke();
        }
        context.set_global_alpha(1.0);
    }

    /// What is written on the few that can be read.
    fn words(&self, fleet: &Fleet, at: f64) {
        let context = self.context;
        for (packet, words) in fleet.words(at) {
            let (x, y) = self.place((packet.x, packet.y));
            // To the side where there is more room.
            let left = x > self.sight.width / 2.0;
            self.write_with(if left { "end" } else { "start" });
            let (x, y) = (if left { x - 12.0 } else { x + 12.0 }, y + 4.0);
            let _ = context.stroke_text(words, x, y);
            let _ = context.fill_text(words, x, y);
        }
        context.set_text_align("start");
    }

    /// Ways that are lit: the more went there, the broader; there and back are beside each other.
    fn trails(&self, fleet: &Fleet, at: f64) {
        let context = self.context;
        let lit = fleet.trails(at).count();
        if lit == 0 {
            return;
        }
        for step in 1..=STEPS {
            context.set_global_alpha(f64::from(step) / f64::from(STEPS) * 0.85);
            for mark in MARKS {
                for broad in [false, true] {
                    let here = |trail: &Trail| {
                        let of_step = (trail.strength * f64::from(STEPS)) as u32 + 1;
                        trail.mark == mark && (trail.count >= BROAD) == broad && of_step.min(STEPS) == step
                    };
                    self.group(fleet.trails(at).filter(here), mark, if broad { 3.4 } else { 1.7 });
                }
            }
        }
        context.set_global_alpha(1.0);
        if lit <= COUNTED {
            self.trail_counts(fleet, at);
        }
    }

    fn group(&self, trails: impl Iterator<Item = Trail>, mark: Mark, width: f64) {
        let context = self.context;
        let mut begun = false;
        for trail in trails {
            if !std::mem::replace(&mut begun, true) {
                context.begin_path();
            }
            let [from, to, middle] = self.bent(&trail);
            context.move_to(from.0, from.1);
            context.quadratic_curve_to(middle.0, middle.1, to.0, to.1);
        }
        if !begun {
            return;
        }
        let dashes: &[f64] = match mark {
            Mark::Request => &[],
            Mark::Answer => &[7.0, 4.0],
            Mark::Refused => &[2.0, 4.0],
            Mark::Lost => &[1.0, 6.0],
        };
        let dash = |dashes: &[f64]| {
            let pattern: Array = dashes.iter().copied().map(JsValue::from).collect();
            let _ = context.set_line_dash(&pattern);
        };
        dash(dashes);
        context.set_stroke_style_str(self.colour(mark));
        context.set_line_width(width);
        context.stroke();
        dash(&[]);
    }

    /// The ends of a lit way, and the point that bends it.
    fn bent(&self, trail: &Trail) -> [(f64, f64); 3] {
        let out = bow(trail.from, trail.to, 0.5);
        let middle = ((trail.from.0 + trail.to.0) / 2.0 + 2.0 * out.0, (trail.from.1 + trail.to.1) / 2.0 + 2.0 * out.1);
        [trail.from, trail.to, middle].map(|point| self.place(point))
    }

    /// How many went each way lately.
    fn trail_counts(&self, fleet: &Fleet, at: f64) {
        let context = self.context;
        self.write_with("center");
        for trail in fleet.trails(at).filter(|trail| trail.count > 1 && trail.mark != Mark::Answer) {
            let [from, to, middle] = self.bent(&trail);
            let (x, y) = ((from.0 + to.0) / 4.0 + middle.0 / 2.0, (from.1 + to.1) / 4.0 + middle.1 / 2.0 + 4.0);
            let words = format!("×{}", trail.count);
            let _ = context.stroke_text(&words, x, y);
            let _ = context.fill_text(&words, x, y);
        }
        context.set_text_align("start");
    }

    /// Letters that can be read on any ground.
    fn write_with(&self, align: &str) {
        let context = self.context;
        context.set_font("11.5px ui-monospace, monospace");
        context.set_line_join("round");
        context.set_line_width(4.0);
        context.set_stroke_style_str(&self.palette.paper);
        context.set_fill_style_str(&self.palette.ink);
        context.set_text_align(align);
    }
}
