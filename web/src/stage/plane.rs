//! The control plane: the controller manager with its shelf, the scheduler with its tray, and the API server between them and
//! the nodes.

use yew::prelude::*;

use super::layout::{Plan, Rect};
use super::room::stop_and;
use crate::icons::{Icon, icon};
use crate::intent::Intent;
use crate::shared::Env;
use crate::simulator::{Component, Frame};

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
            <div class="rail" style={plan.rail.style()}><span>{ texts.api_server }</span></div>
            if frame.nodes.is_empty() {
                <p class="no-nodes" style={format!("top:{:.0}px", plan.rail.y + 40.0)}>{ texts.nodes_empty }</p>
            }
        </>
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
