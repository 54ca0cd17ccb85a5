//! What the containers of a pod take together, and what its runtime takes beside them.
//! Models k8s.io/component-helpers/resource PodRequests and PodLimits. Left out: resources of the pod as a whole, resizing.

use serde_json::Value;

use super::{Container, Json, PodSpec, Quantity};
use crate::base::{Name, SmallMap};

/// Amounts by the names of resources.
pub type ResourceList = SmallMap<Name, Quantity>;

/// Requests, or limits.
type Which = fn(&Container) -> &ResourceList;

const REQUESTS: Which = |container| &container.resources.requests;
const LIMITS: Which = |container| &container.resources.limits;

impl Container {
    /// Whether this init container goes on beside the others. Models podutil.IsRestartableInitContainer.
    pub fn is_sidecar(&self) -> bool {
        self.restart_policy == "Always"
    }
}

impl PodSpec {
    /// What it asks for of a resource.
    pub fn requested(&self, resource: &str) -> Quantity {
        let overhead = self.rest.get("overhead").and_then(|overhead| overhead.get(resource));
        let own = self.at_once(REQUESTS, resource);
        overhead.map_or(own, |overhead| own.plus(&Quantity::read(overhead)))
    }

    /// How much of a resource it may take. Overhead counts where there is a limit.
    pub fn limit(&self, resource: &str) -> Quantity {
        let overhead = self.rest.get("overhead").and_then(|overhead| overhead.get(resource));
        let own = self.at_once(LIMITS, resource);
        overhead.filter(|_| own > Quantity::default()).map_or(own, |overhead| own.plus(&Quantity::read(overhead)))
    }

    /// The resources that its runtime takes beside its containers. The class of the runtime says so.
    pub fn overhead(&self) -> impl Iterator<Item = Name> {
        let all = self.rest.get("overhead").and_then(Value::as_object).into_iter().flatten();
        all.map(|(name, _)| Name::from(name))
    }

    /// What it asks for of all resources that it speaks of.
    pub fn requests(&self) -> ResourceList {
        let names = self.names(REQUESTS).into_iter().chain(self.overhead());
        names.map(|name| (name.clone(), self.requested(&name))).collect()
    }

    /// How much it may take of all resources that it speaks of.
    pub fn limits(&self) -> ResourceList {
        self.names(LIMITS).into_iter().map(|name| (name.clone(), self.limit(&name))).collect()
    }

    fn names(&self, which: Which) -> Vec<Name> {
        self.all_containers().flat_map(|container| which(container).keys()).cloned().collect()
    }

    /// The containers together; or an init container, which runs before them, with the sidecars that began before it, if that is more.
    fn at_once(&self, which: Which, resource: &str) -> Quantity {
        let amount = |container: &Container| which(container).get(resource).copied().unwrap_or_default();
        let mut sum = self.containers.iter().fold(Quantity::default(), |sum, container| sum.plus(&amount(container)));
        let (mut sidecars, mut most) = (Quantity::default(), Quantity::default());
        for container in &self.init_containers {
            let amount = amount(container);
            let beside = sidecars.plus(&amount);
            if container.is_sidecar() {
                sum = sum.plus(&amount);
                sidecars = beside;
            }
            if beside > most {
                most = beside;
            }
        }
        if most > sum { most } else { sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Json;

    #[test]
    fn init_containers_count_with_the_sidecars_before_them() {
        // Containers, then init containers; `+` marks a sidecar.
        let table = [
            ("100m 200m", "", "300m"),
            ("100m 200m", "250m", "300m"),
            ("100m 200m", "500m", "500m"),
            ("100m", "+50m 200m", "250m"),
            ("100m", "200m +50m", "200m"),
            ("100m", "+50m +60m 20m", "210m"),
            ("", "1", "1"),
        ];
        let container = |text: &str| {
            let policy = if text.starts_with('+') { "Always" } else { "" };
            serde_json::json!({"restartPolicy": policy, "resources": {"requests": {"cpu": text.trim_start_matches('+')}}})
        };
        let containers = |texts: &str| texts.split_whitespace().map(container).collect::<Vec<_>>();
        for (own, first, expected) in table {
            let spec = PodSpec::read(&serde_json::json!({"containers": containers(own), "initContainers": containers(first)}));
            assert_eq!(spec.requested("cpu").to_string(), expected, "{own} | {first}");
            assert_eq!(spec.requests().iter().map(|(name, amount)| format!("{name}: {amount}")).collect::<Vec<_>>(), [format!("cpu: {expected}")]);
            assert_eq!((spec.limit("cpu").to_string().as_str(), spec.limits().len()), ("0", 0));
        }
    }

    #[test]
    fn overhead_counts_beside_the_containers() {
        let of = |resources: serde_json::Value| {
            let spec = serde_json::json!({"containers": [{"resources": resources}], "overhead": {"cpu": "250m", "memory": "1Mi"}});
            let spec = PodSpec::read(&spec);
            let shown = |list: ResourceList| list.iter().map(|(name, amount)| format!("{name}={amount}")).collect::<Vec<_>>().join(" ");
            (shown(spec.requests()), shown(spec.limits()))
        };
        let both = serde_json::json!({"requests": {"cpu": "100m"}, "limits": {"cpu": "1"}});
        assert_eq!(of(both), ("cpu=350m memory=1Mi".to_owned(), "cpu=1250m".to_owned()));
        assert_eq!(of(serde_json::json!({})), ("cpu=250m memory=1Mi".to_owned(), String::new()));
    }
}
