//! How objects are printed: tables (one file per kind holds its columns), YAML, JSON, names, JSONPath, custom columns.

mod columns;
mod controller_revision;
mod cron_job;
mod daemon_set;
mod deployment;
mod event;
mod ingress;
mod job;
mod jsonpath;
mod namespace;
mod node;
mod other;
mod go_functions;
mod go_order;
mod go_syntax;
mod go_template;
pub(super) mod other_cells;
mod output;
mod pod;
mod replicas;
mod service;
mod table;
mod tabwriter;

use crate::api::{Kind, Labels};

pub(super) use ingress::addresses as ingress_addresses;
pub(super) use jsonpath::{JsonPath, compare, relaxed};
pub(super) use output::{Output, go_json, narrow_json, sent_json};
pub(super) use service::ready_endpoints;
pub(super) use table::{Context, Decoration, KindTable, TablePrinter};
pub(super) use tabwriter::TabWriter;
pub(super) use node::roles as node_roles;

/// How a kind is listed.
pub(super) fn table_of(kind: Kind) -> &'static KindTable {
    match kind {
        Kind::ControllerRevision => &controller_revision::TABLE,
        Kind::DaemonSet => &daemon_set::TABLE,
        Kind::Deployment => &deployment::TABLE,
        Kind::Event => &event::TABLE,
        Kind::Namespace => &namespace::TABLE,
        Kind::Node => &node::TABLE,
        Kind::Pod => &pod::TABLE,
        Kind::ReplicationController | Kind::ReplicaSet => &replicas::TABLE,
        Kind::Job => &job::TABLE,
        Kind::CronJob => &cron_job::TABLE,
        Kind::Service => &service::SERVICES,
        Kind::Endpoints => &service::ENDPOINTS,
        Kind::EndpointSlice => &service::SLICES,
        Kind::Ingress => &ingress::INGRESSES,
        Kind::IngressClass => &ingress::CLASSES,
        Kind::NetworkPolicy => &ingress::POLICIES,
        _ => other::table_of(kind),
    }
}

/// `app=kubia,env=prod`, or `<none>`.
pub(super) fn joined_labels(labels: &Labels) -> String {
    if labels.is_empty() {
        return "<none>".to_owned();
    }
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

/// A text, or `<none>` if it is empty.
pub(super) fn or_none(text: &str) -> String {
    if text.is_empty() { "<none>".to_owned() } else { text.to_owned() }
}
