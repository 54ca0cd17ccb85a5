//! Ingresses as cards: the hosts and paths, and the Services that these lead to.

use super::frame::Scene;
use super::lens::Lens;
use crate::api::{Ingress, IngressBackend, Kind, ObjectKey, Uid};
use crate::base::Name;

/// At most so many of its ways are told.
const MOST: usize = 40;

/// An ingress.
#[derive(Clone, Debug, PartialEq)]
pub struct IngressCard {
    /// Its key.
    pub key: ObjectKey,
    /// Its uid.
    pub uid: Uid,
    /// Its class; empty without.
    pub class: Name,
    /// Where it is reached; empty as long as no controller has written it.
    pub address: Name,
    /// Its ways in their order, the default one last.
    pub ways: Vec<IngressWay>,
}

/// A host and a path, and where they lead.
#[derive(Clone, Debug, PartialEq)]
pub struct IngressWay {
    /// `foo.example.com`, `*.example.com`; empty for all hosts.
    pub host: Name,
    /// `/`; empty for what nothing else is for.
    pub path: Name,
    /// The Service.
    pub service: ObjectKey,
    /// Whether that is there.
    pub is_there: bool,
    /// Whether it is asked by TLS.
    pub tls: bool,
}

impl IngressWay {
    /// `foo.example.com/`, `*`
    pub fn door(&self) -> String {
        let host = if self.host.is_empty() { "*" } else { self.host.as_str() };
        format!("{host}{}", self.path)
    }
}

impl IngressCard {
    /// The Services that it leads to, each once, in the order of its ways.
    pub fn services(&self) -> Vec<&ObjectKey> {
        let mut found: Vec<&ObjectKey> = Vec::new();
        for way in &self.ways {
            if !found.contains(&&way.service) {
                found.push(&way.service);
            }
        }
        found
    }
}

/// The ingresses in sight.
pub(super) fn cards(scene: &Scene<'_>, lens: &Lens) -> Vec<IngressCard> {
    scene.view.ingresses(&lens.namespace).map(|ingress| card(scene, ingress)).collect()
}

/// Not inlined: the page needs what calls it at its start, this not.
#[inline(never)]
fn card(scene: &Scene<'_>, ingress: &Ingress) -> IngressCard {
    let (meta, spec) = (&ingress.meta, &ingress.spec);
    let addresses = ingress.status.load_balancer.ingress.iter().map(|one| if one.ip.is_empty() { one.hostname.as_str() } else { one.ip.as_str() });
    let tls = |host: &Name| spec.tls.iter().any(|tls| tls.hosts.is_empty() || tls.hosts.contains(host));
    let way = |host: &Name, path: &Name, backend: &IngressBackend| {
        let service = &backend.service.as_ref()?.name;
        let is_there = scene.view.service(&meta.namespace, service).is_some();
        let service = ObjectKey { kind: Kind::Service, namespace: meta.namespace.clone(), name: service.clone() };
        Some(IngressWay { host: host.clone(), path: path.clone(), service, is_there, tls: tls(host) })
    };
    let mut ways = Vec::new();
    for rule in &spec.rules {
        let paths = rule.http.iter().flat_map(|http| &http.paths);
        ways.extend(paths.filter_map(|path| way(&rule.host, &path.path, &path.backend)));
    }
    ways.extend(spec.default_backend.iter().filter_map(|backend| way(&Name::default(), &Name::default(), backend)));
    ways.truncate(MOST);
    IngressCard {
        key: ObjectKey { kind: Kind::Ingress, namespace: meta.namespace.clone(), name: meta.name.clone() },
        uid: meta.uid,
        class: spec.ingress_class_name.clone().unwrap_or_default(),
        address: Name::from(addresses.collect::<Vec<_>>().join(", ")),
        ways,
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::api::{HttpIngressPath, HttpIngressRuleValue, IngressRule, IngressServiceBackend, Object, ObjectMeta, Service};
    use crate::base::SimTime;
    use crate::store::Store;

    fn backend(name: &str) -> IngressBackend {
        IngressBackend { service: Some(IngressServiceBackend { name: name.into(), ..Default::default() }), ..Default::default() }
    }

    fn meta(name: &str) -> ObjectMeta {
        ObjectMeta { namespace: "default".into(), ..ObjectMeta::named(name) }
    }

    #[test]
    fn a_card_tells_its_doors_and_which_services_are_missing() {
        let mut store = Store::default();
        store.put(Object::Service(Rc::new(Service { meta: meta("foo"), ..Service::default() })));
        let path = |path: &str, to: &str| HttpIngressPath { backend: backend(to), path: path.into(), ..Default::default() };
        let http = Some(HttpIngressRuleValue { paths: vec![path("/", "foo"), path("/old", "bar")], ..Default::default() });
        let mut ingress = Ingress { meta: meta("shop"), ..Ingress::default() };
        ingress.spec.rules = vec![IngressRule { host: "a.com".into(), http, ..Default::default() }];
        ingress.spec.default_backend = Some(backend("foo"));
        store.put(Object::Ingress(Rc::new(ingress)));
        let scene = Scene { view: store.view(), now: SimTime::default(), node_off: &|_| false, component_off: &|_| false, faults: &[], sandbox: &|_| None };
        let [card] = &cards(&scene, &Lens::default())[..] else { panic!("one card") };
        let told: Vec<(String, &str, bool)> = card.ways.iter().map(|way| (way.door(), way.service.name.as_str(), way.is_there)).collect();
        assert_eq!(told, [("a.com/".to_owned(), "foo", true), ("a.com/old".to_owned(), "bar", false), ("*".to_owned(), "foo", true)]);
        assert_eq!(card.services().len(), 2);
    }
}
