//! The control plane: the controller manager with its shelf, the scheduler with its tray, and the API server between them and
//! the nodes.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::layout::{Plan, Rect};
use super::lit::Lit;
use super::room::stop_and;
use crate::icons::{Icon, icon};
use crate::intent::{Intent, LookIntent};
use crate::number::whole;
use crate::session::Look;
use crate::shared::Env;
use crate::simulator::{Component, Frame, Scope, Simulator};

/// The control plane.
pub fn draw(env: &Env, frame: &Frame, plan: &Plan) -> Html {
    let texts = &env.texts;
    let shelf = frame.controllers.is_empty().then_some(texts.shelf_empty);
    let tray = frame.tray.is_empty().then_some(texts.tray_empty);
    let rest = (plan.tray_rest > 0).then(|| (texts.more_pods)(plan.tray_rest));
    html! {
        <>
            { part(env, frame, Component::ControllerManager, texts.controller_manager, plan.manager, shelf, None) }
            { part(env, frame, Component::Scheduler, texts.scheduler, plan.scheduler, tray, rest) }
            if frame.nodes.is_empty() {
                <p class="no-nodes" style={format!("top:{}px", whole(plan.rail.y + 40.0))}>{ texts.nodes_empty }</p>
            }
        </>
    }
}

/// The API server as a line, with the lens at its end.
pub fn rail(env: &Env, frame: &Frame, plan: &Plan, look: &Look, lit: Option<&Lit>) -> Html {
    let found = lit.map(|lit| (env.texts.pods_lit)(frame.pods().filter(|pod| lit.shows(pod)).count(), frame.counts.pods as usize));
    html! {
        <div class="rail" style={plan.rail.style()} ondrop={super::fault::on_drop(env, Scope::ControlPlane)} data-testid="rail">
            <span>{ env.texts.api_server }</span>
            if let Some(found) = found {
                <output class="lit-count" data-testid="lit-count">{ found }</output>
            }
            { lens(env, &look.lens) }
        </div>
    }
}

/// The field for a selector.
pub fn lens(env: &Env, typed: &str) -> Html {
    let send = env.send.clone();
    let input = Callback::from(move |event: InputEvent| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            send.emit(LookIntent::Lens(field.value()).into());
        }
    });
    let bad = !typed.is_empty() && Simulator::selector(typed).is_none();
    html! {
        <label class={classes!("lens", bad.then_some("bad"))} title={env.texts.lens_title}>
            { icon(Icon::Lens) }
            <input type="search" value={typed.to_owned()} oninput={input} placeholder="app=kubia" spellcheck="false" autocapitalize="off"
                aria-label={env.texts.lens_title} aria-invalid={bad.to_string()} data-testid="lens" />
        </label>
    }
}

fn part(
    env: &Env,
    frame: &Frame,
    component: Component,
    name: &str,
    at: Rect,
    empty: Option<&'static str>,
    rest: Option<String>,
) -> Html {
    let powered = frame.components.iter().find(|view| view.component == component).is_none_or(|view| view.powered);
    let action = if powered { env.texts.stop_component } else { env.texts.start_component };
    let label = format!("{name}: {action}");
    let switch = stop_and(env, Intent::ComponentPower { component, on: !powered });
    let class = classes!("plane", (!powered).then_some("off"));
    html! {
        <div {class} style={at.style()} data-testid={component.name()} data-powered={powered.to_string()}>
            <div class="plane-head">
                <span class="plane-name">{ name }</span>
                if !powered {
                    <span class="state off">{ env.texts.stopped }</span>
                }
                if let Some(rest) = rest {
                    <span class="rest">{ rest }</span>
                }
                <button type="button" class="switch power" onclick={switch} aria-pressed={powered.to_string()}
                    aria-label={label.clone()} title={label} data-testid={format!("power-{}", component.name())}>{ icon(Icon::Power) }</button>
            </div>
            if let Some(empty) = empty {
                <p class="plane-empty">{ empty }</p>
            }
        </div>
    }
}
