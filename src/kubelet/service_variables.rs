//! The variables that tell containers of Services: those that were there when the container was started.
//! Models pkg/kubelet/envvars/envvars.go FromServices and pkg/kubelet/kubelet_pods.go getServiceEnvVarMap.

use std::rc::Rc;

use crate::api::{HEADLESS, Pod, Service};
use crate::base::{Name, SmallMap};
use crate::store::View;

/// Names and values.
pub type Variables = Rc<Vec<(String, String)>>;

/// The variables by namespace, as far as they were asked for since a Service changed last: containers that are started between two
/// changes share them.
#[derive(Clone, Debug, Default)]
pub struct ServiceVariables {
    known: SmallMap<Name, Variables>,
    /// Those of the API server's own Service.
    master: Option<Variables>,
}

/// The Service that all namespaces see.
const MASTER: (Name, Name) = (Name::fixed("default"), Name::fixed("kubernetes"));

impl ServiceVariables {
    /// A Service of a namespace has changed.
    pub fn forget(&mut self, namespace: &Name) {
        if *namespace == MASTER.0 {
            *self = ServiceVariables::default();
        } else {
            self.known.remove(namespace);
        }
    }

    /// Those of a pod.
    pub fn of(&mut self, view: View<'_>, pod: &Pod) -> Variables {
        if pod.spec.enable_service_links == Some(false) {
            return self.master.get_or_insert_with(|| Rc::new(master(view))).clone();
        }
        let namespace = &pod.meta.namespace;
        if let Some(known) = self.known.get(namespace) {
            return known.clone();
        }
        let mut all = Vec::new();
        if *namespace != MASTER.0 {
            all = master(view);
        }
        for service in view.services(namespace) {
            push_service(service, &mut all);
        }
        let all = Rc::new(all);
        self.known.insert(namespace.clone(), all.clone());
        all
    }
}

fn master(view: View<'_>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if let Some(service) = view.service(&MASTER.0, &MASTER.1) {
        push_service(service, &mut all);
    }
    all
}

/// `kubia-pet` → `KUBIA_PET`
fn variable_name(name: &str) -> String {
    name.to_ascii_uppercase().replace(['-', '.'], "_")
}

fn push_service(service: &Service, all: &mut Vec<(String, String)>) {
    let spec = &service.spec;
    let address = &spec.cluster_ip;
    let (Some(first), false) = (spec.ports.first(), address.is_empty() || *address == *HEADLESS) else { return };
    let name = variable_name(&service.meta.name);
    let mut push = |suffix: &str, value: String| all.push((format!("{name}_{suffix}"), value));
    push("SERVICE_HOST", address.to_string());
    push("SERVICE_PORT", first.port.to_string());
    for port in spec.ports.iter().filter(|port| !port.name.is_empty()) {
        push(&format!("SERVICE_PORT_{}", variable_name(&port.name)), port.port.to_string());
    }
    let place = if address.contains(':') { format!("[{address}]") } else { address.to_string() };
    for (n, port) in spec.ports.iter().enumerate() {
        let protocol = if port.protocol.is_empty() { "TCP" } else { port.protocol.as_str() };
        let (number, lower) = (port.port, protocol.to_ascii_lowercase());
        let link = format!("{lower}://{place}:{number}");
        if n == 0 {
            push("PORT", link.clone());
        }
        push(&format!("PORT_{number}_{protocol}"), link);
        push(&format!("PORT_{number}_{protocol}_PROTO"), lower);
        push(&format!("PORT_{number}_{protocol}_PORT"), number.to_string());
        push(&format!("PORT_{number}_{protocol}_ADDR"), address.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Json, ServiceSpec};
    use serde_json::json;

    fn variables(name: &str, spec: serde_json::Value) -> Vec<String> {
        let mut service = Service { spec: ServiceSpec::read(&spec), ..Service::default() };
        service.meta.name = name.into();
        let mut all = Vec::new();
        push_service(&service, &mut all);
        all.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn services_become_variables() {
        let one = variables("foo-bar", json!({"clusterIP": "1.2.3.4", "ports": [{"port": 8080, "protocol": "TCP"}]}));
        assert_eq!(
            one,
            [
                "FOO_BAR_SERVICE_HOST=1.2.3.4",
                "FOO_BAR_SERVICE_PORT=8080",
                "FOO_BAR_PORT=tcp://1.2.3.4:8080",
                "FOO_BAR_PORT_8080_TCP=tcp://1.2.3.4:8080",
                "FOO_BAR_PORT_8080_TCP_PROTO=tcp",
                "FOO_BAR_PORT_8080_TCP_PORT=8080",
                "FOO_BAR_PORT_8080_TCP_ADDR=1.2.3.4",
            ]
        );
        let ports = json!([{"name": "u-d-p", "port": 8081, "protocol": "UDP"}, {"name": "t-c-p", "port": 8081, "protocol": "TCP"}]);
        let two = variables("abc-123", json!({"clusterIP": "5.6.7.8", "ports": ports}));
        assert_eq!(two.len(), 13);
        for expected in ["ABC_123_SERVICE_PORT_U_D_P=8081", "ABC_123_PORT=udp://5.6.7.8:8081", "ABC_123_PORT_8081_TCP_PROTO=tcp"] {
            assert!(two.iter().any(|line| line == expected), "{expected}");
        }
        let six = variables("super-ipv6", json!({"clusterIP": "2001:DB8::", "ports": [{"port": 8084, "protocol": "UDP"}]}));
        assert!(six.iter().any(|line| line == "SUPER_IPV6_PORT=udp://[2001:DB8::]:8084"));
    }

    #[test]
    fn services_without_an_address_are_not_told_of() {
        let ports = json!([{"port": 80, "protocol": "TCP"}]);
        assert!(variables("a", json!({"clusterIP": "None", "ports": ports})).is_empty());
        assert!(variables("a", json!({"clusterIP": "", "type": "ExternalName", "ports": ports})).is_empty());
    }
}
