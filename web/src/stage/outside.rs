//! What is around the cluster: clients, the cloud's load balancer; and its name server, where names are asked for.

use yew::prelude::*;

use super::fault;
use super::layout::Plan;
use super::room::stop_and;
use crate::icons::{Icon, icon};
use crate::intent::LookIntent;
use crate::shared::Env;
use crate::simulator::{Frame, Kind, ObjectKey, Scope};

/// The address of clients; the nodes' network leads to it.
const CLIENT: &str = "192.168.64.100";
/// The cluster's name server, as kubeadm sets it up.
const DNS: (&str, &str, &str) = ("kube-system", "kube-dns", "10.96.0.10");

/// All of it, as far as it has a place.
pub fn draw(env: &Env, frame: &Frame, plan: &Plan) -> Html {
    if plan.dns.is_none() {
        return Html::default();
    }
    all(env, frame, plan)
}

/// Not inlined: what calls it is needed at the start, this is not.
#[inline(never)]
fn all(env: &Env, frame: &Frame, plan: &Plan) -> Html {
    html! { <>{ clients(env, plan) }{ balancer(env, frame, plan) }{ name_server(env, plan) }</> }
}

fn clients(env: &Env, plan: &Plan) -> Html {
    let Some(at) = plan.outside else { return Html::default() };
    let sign = at.w < 60.0;
    html! {
        <div class={classes!("outside", sign.then_some("sign"))} style={at.style()} title={format!("{} {CLIENT}", env.texts.outside)}
            ondrop={fault::on_drop(env, Scope::Client)} data-testid="outside">
            { icon(Icon::Globe) }<span><b>{ env.texts.outside }</b><code>{ CLIENT }</code></span>
        </div>
    }
}

fn balancer(env: &Env, frame: &Frame, plan: &Plan) -> Html {
    let Some(at) = plan.balancer else { return Html::default() };
    let given = || frame.services.iter().flat_map(|card| card.balancers.iter().map(move |address| (address, &card.key.name)));
    let told: Vec<String> = given().map(|(address, service)| format!("{address} → {service}")).collect();
    let first = given().next().map(|(address, _)| address.to_string()).unwrap_or_default();
    let more = if told.len() > 1 { format!(" +{}", told.len() - 1) } else { String::new() };
    html! {
        <div class="outside balancer" style={at.style()} title={told.join("\n")} data-testid="balancer">
            { icon(Icon::Cloud) }<span><b>{ env.texts.later().balancer }</b><code>{ first }{ more }</code></span>
        </div>
    }
}

fn name_server(env: &Env, plan: &Plan) -> Html {
    let Some(at) = plan.dns else { return Html::default() };
    let (namespace, name, address) = DNS;
    let show = stop_and(env, LookIntent::Inspect(ObjectKey::new(Kind::Service, namespace, name)).into());
    let title = format!("{} {address}", env.texts.later().name_server);
    html! {
        <button type="button" class="dns" style={at.style()} onclick={show} aria-label={title.clone()} {title} data-stop="card" data-testid="dns">
            <b>{ "DNS" }</b><code>{ address }</code>
        </button>
    }
}
