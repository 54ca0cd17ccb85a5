//! The kinds that are simulated and what the API calls them.

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// core/v1 Namespace
    Namespace,
    /// core/v1 Node
    Node,
    /// core/v1 Pod
    Pod,
    /// core/v1 ReplicationController
    ReplicationController,
    /// core/v1 Service
    Service,
    /// core/v1 Endpoints
    Endpoints,
    /// core/v1 Event
    Event,
    /// apps/v1 ControllerRevision
    ControllerRevision,
    /// apps/v1 DaemonSet
    DaemonSet,
    /// apps/v1 Deployment
    Deployment,
    /// apps/v1 ReplicaSet
    ReplicaSet,
    /// batch/v1 Job
    Job,
    /// batch/v1 CronJob
    CronJob,
    /// discovery.k8s.io/v1 EndpointSlice
    EndpointSlice,
    /// networking.k8s.io/v1 Ingress
    Ingress,
    /// networking.k8s.io/v1 IngressClass
    IngressClass,
    /// networking.k8s.io/v1 NetworkPolicy
    NetworkPolicy,
}

/// The names of a kind.
#[derive(Debug)]
pub struct KindInfo {
    /// Which.
    pub kind: Kind,
    /// `ReplicationController`
    pub name: &'static str,
    /// Empty for the core group, else `apps`, …
    pub group: &'static str,
    /// `v1`
    pub version: &'static str,
    /// `replicationcontrollers`
    pub plural: &'static str,
    /// `replicationcontroller`
    pub singular: &'static str,
    /// `rc`
    pub short: &'static [&'static str],
    /// Whether its objects live in a namespace.
    pub namespaced: bool,
    /// Whether `kubectl get all` lists it.
    pub in_all: bool,
}

const fn core(
    kind: Kind,
    name: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> KindInfo {
    KindInfo { kind, name, group: "", version: "v1", plural, singular, short, namespaced: true, in_all: false }
}

const fn apps(
    kind: Kind,
    name: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> KindInfo {
    KindInfo { group: "apps", in_all: true, ..core(kind, name, plural, singular, short) }
}

const fn batch(
    kind: Kind,
    name: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> KindInfo {
    KindInfo { group: "batch", in_all: true, ..core(kind, name, plural, singular, short) }
}

const fn networking(
    kind: Kind,
    name: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static [&'static str],
) -> KindInfo {
    KindInfo { group: "networking.k8s.io", ..core(kind, name, plural, singular, short) }
}

static KINDS: [KindInfo; 17] = [
    KindInfo { namespaced: false, ..core(Kind::Namespace, "Namespace", "namespaces", "namespace", &["ns"]) },
    KindInfo { namespaced: false, ..core(Kind::Node, "Node", "nodes", "node", &["no"]) },
    KindInfo { in_all: true, ..core(Kind::Pod, "Pod", "pods", "pod", &["po"]) },
    KindInfo {
        in_all: true,
        ..core(
            Kind::ReplicationController,
            "ReplicationController",
            "replicationcontrollers",
            "replicationcontroller",
            &["rc"],
        )
    },
    KindInfo { in_all: true, ..core(Kind::Service, "Service", "services", "service", &["svc"]) },
    core(Kind::Endpoints, "Endpoints", "endpoints", "endpoints", &["ep"]),
    core(Kind::Event, "Event", "events", "event", &["ev"]),
    KindInfo {
        in_all: false,
        ..apps(Kind::ControllerRevision, "ControllerRevision", "controllerrevisions", "controllerrevision", &[])
    },
    apps(Kind::DaemonSet, "DaemonSet", "daemonsets", "daemonset", &["ds"]),
    apps(Kind::Deployment, "Deployment", "deployments", "deployment", &["deploy"]),
    apps(Kind::ReplicaSet, "ReplicaSet", "replicasets", "replicaset", &["rs"]),
    batch(Kind::Job, "Job", "jobs", "job", &[]),
    batch(Kind::CronJob, "CronJob", "cronjobs", "cronjob", &["cj"]),
    KindInfo {
        group: "discovery.k8s.io",
        ..core(Kind::EndpointSlice, "EndpointSlice", "endpointslices", "endpointslice", &[])
    },
    networking(Kind::Ingress, "Ingress", "ingresses", "ingress", &["ing"]),
    KindInfo { namespaced: false, ..networking(Kind::IngressClass, "IngressClass", "ingressclasses", "ingressclass", &[]) },
    networking(Kind::NetworkPolicy, "NetworkPolicy", "networkpolicies", "networkpolicy", &["netpol"]),
];

impl Kind {
    /// All of them, in the order of the enum.
    pub fn all() -> impl Iterator<Item = Kind> {
        KINDS.iter().map(|info| info.kind)
    }

    /// Its names.
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }

    /// `ReplicationController`
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// `v1`, `apps/v1`
    pub fn api_version(self) -> String {
        let info = self.info();
        if info.group.is_empty() { info.version.to_owned() } else { format!("{}/{}", info.group, info.version) }
    }

    /// `replicationcontrollers`, `replicasets.apps`: what the server calls it in errors.
    pub fn resource(self) -> String {
        with_group(self.info().plural, self.info().group)
    }

    /// `replicationcontroller`, `replicaset.apps`: what kubectl puts before the slash.
    pub fn qualified(self) -> String {
        with_group(self.info().singular, self.info().group)
    }

    /// By `apiVersion` and `kind` of a manifest.
    pub fn of_manifest(api_version: &str, kind: &str) -> Option<Kind> {
        Kind::all().find(|k| k.name() == kind && k.api_version() == api_version)
    }

    /// By any word that kubectl takes for it: plural, singular, short, with the group, in any case.
    pub fn of_word(word: &str) -> Option<Kind> {
        let word = word.to_ascii_lowercase();
        Kind::all().find(|kind| {
            let info = kind.info();
            let plain = word.split_once('.').map_or(word.as_str(), |(resource, _)| resource);
            let group_fits = word.split_once('.').is_none_or(|(_, group)| fits_group(group, info));
            group_fits && (plain == info.plural || plain == info.singular || info.short.contains(&plain))
        })
    }
}

fn fits_group(group: &str, info: &KindInfo) -> bool {
    let group = group.strip_prefix(info.version).and_then(|g| g.strip_prefix('.')).unwrap_or(group);
    group == info.group
}

fn with_group(resource: &str, group: &str) -> String {
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_at_their_place() {
        for kind in Kind::all() {
            assert_eq!(kind.info().kind, kind);
        }
    }

    #[test]
    fn words_name_kinds() {
        let table = [
            ("po", Some(Kind::Pod)), ("pods", Some(Kind::Pod)), ("Pod", Some(Kind::Pod)), ("rc", Some(Kind::ReplicationController)),
            ("pods.v1.", Some(Kind::Pod)), ("pods.apps", None), ("foo", None), ("", None),
        ];
        for (word, kind) in table {
            assert_eq!(Kind::of_word(word), kind, "{word}");
        }
    }
}
