//! The request that is followed over the stage: it goes on from hop to hop, slowly enough to read.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::{App, Msg};
use crate::intent::{DockTab, LookIntent};
use crate::stage::shown_trip;

/// How long a request stays at a hop, in milliseconds.
const A_HOP: u32 = 700;
/// How long its way stays when it has come to its end.
const AT_END: u32 = 4_000;

/// A request, by its series and number, and the hop that it has come to.
pub type Followed = (Option<(u32, u32)>, usize);

impl App {
    /// A request goes on from hop to hop, slowly enough to read; at its end it stays while its way is being read.
    pub(super) fn follow_trip(&mut self, ctx: &Context<App>) {
        let model = self.session.model();
        let (trip, hop) = (model.look.trip, model.look.hop);
        if (trip, hop) == self.followed {
            return;
        }
        self.followed = (trip, hop);
        let Some(shown) = shown_trip(&model.look, &model.insight) else { return };
        let reads = model.look.dock == DockTab::Traffic;
        let last = hop + 1 >= shown.hops.len();
        let next = match last {
            _ if trip == self.stepped => return,
            false => LookIntent::Hop(hop + 1),
            true if !reads => LookIntent::Trip(None),
            _ => return,
        };
        let (link, after) = (ctx.link().clone(), if last { AT_END } else { A_HOP });
        let go = move || link.send_message(Msg::Follow((trip, hop), next));
        self.hopping = Some(Timeout::new(after, go));
    }
}
