//! Endpoints and slices of services, as pods come, become ready and go.

use std::net::Ipv4Addr;
use std::rc::Rc;

use serde_json::{Value, json};

use super::{classic, mirroring, slices};
use crate::api::{EndpointSlice, Json, Kind, Namespace, Object, ObjectKey, ObjectMeta, Pod, PodConditionKind, Truth};
use crate::apiserver::{ApiServer, DeleteOptions, Write};
use crate::base::{SimDuration, SimTime};

const NOW: SimTime = SimTime::from_seconds(1_000_000);

struct Bench {
    server: ApiServer,
    now: SimTime,
}

impl Bench {
    fn new(service: &Value) -> Bench {
        let mut bench = Bench { server: ApiServer::new(1), now: NOW };
        let namespace = Namespace { meta: ObjectMeta::named("default"), ..Namespace::default() };
        bench.submit(Write::Create(Object::Namespace(Rc::new(namespace))));
        bench.create(Kind::Service, &json!({"metadata": {"name": "s", "namespace": "default"}, "spec": service}));
        bench
    }

    fn submit(&mut self, write: Write) -> Object {
        match self.server.submit(write, self.now) {
            Ok(committed) => committed.object,
            Err(error) => panic!("refused: {error}"),
        }
    }

    fn create(&mut self, kind: Kind, value: &Value) -> Object {
        let Some(object) = Object::from_value(kind, value) else { panic!("not an object: {value}") };
        self.submit(Write::Create(object))
    }

    /// A pod with an address, ready or not.
    fn pod(&mut self, number: u32, ready: bool, ports: &Value) {
        let value = json!({
            "metadata": {"name": format!("p{number:03}"), "namespace": "default", "labels": {"app": "a"}},
            "spec": {"nodeName": "node1", "containers": [{"name": "main", "image": "luksa/kubia", "ports": ports}]},
        });
        let Object::Pod(mut pod) = self.create(Kind::Pod, &value) else { panic!("no pod") };
        let now = self.now;
        let changed: &mut Pod = Rc::make_mut(&mut pod);
        changed.status.pod_ip = Some(Ipv4Addr::from(0x0AF4_0100 + number));
        changed.status.set_condition(PodConditionKind::Ready, Truth::from(ready), None, now);
        self.submit(Write::UpdateStatus(Object::Pod(pod)));
    }

    /// Lets all controllers look until none has anything to do; so many writes there were.
    fn settle(&mut self) -> usize {
        let key = ObjectKey::new(Kind::Service, "default", "s");
        let mut writes = 0;
        for _ in 0..5 {
            let view = self.server.view();
            let outcomes =
                [classic::reconcile(view, &key, self.now), slices::reconcile(view, &key, self.now), mirroring::reconcile(view, &key, self.now)];
            let actions: Vec<_> = outcomes.into_iter().flat_map(|outcome| outcome.actions).collect();
            if actions.is_empty() {
                return writes;
            }
            for action in actions {
                writes += 1;
                self.submit(action.write);
            }
        }
        panic!("the controllers do not come to rest");
    }

    fn subsets(&self) -> Value {
        let endpoints = self.server.view().endpoints(&"default".into(), &"s".into());
        let short = |addresses: &[crate::api::EndpointAddress]| -> Vec<String> {
            addresses.iter().map(|address| address.ip.to_string()).collect()
        };
        endpoints.map_or(Value::Null, |endpoints| {
            let subsets = endpoints.subsets.iter().map(|subset| {
                let ports: Vec<i32> = subset.ports.iter().map(|port| port.port).collect();
                json!([short(&subset.addresses), short(&subset.not_ready_addresses), ports])
            });
            Value::Array(subsets.collect())
        })
    }

    fn slices(&self) -> Vec<Rc<EndpointSlice>> {
        self.server.view().slices_of(&"default".into(), &"s".into()).cloned().collect()
    }
}

fn selecting(rest: &Value) -> Value {
    let mut spec = json!({"selector": {"app": "a"}, "ports": [{"port": 80, "targetPort": 8080}]});
    for (key, value) in rest.as_object().into_iter().flatten() {
        spec[key] = value.clone();
    }
    spec
}

#[test]
fn a_service_without_pods_has_empty_endpoints_and_one_empty_slice() {
    let mut bench = Bench::new(&selecting(&json!({})));
    assert_eq!(bench.settle(), 2);
    assert_eq!(bench.subsets(), json!([]));
    let slices = bench.slices();
    assert!(slices.len() == 1 && slices[0].endpoints.is_empty() && slices[0].ports.is_empty());
    let labels = slices[0].meta.labels.write();
    assert_eq!(labels, Some(json!({
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io", "kubernetes.io/service-name": "s",
    })));
    // The first pod goes into that slice.
    let name = slices[0].meta.name.clone();
    bench.pod(1, true, &json!([]));
    bench.settle();
    let slices = bench.slices();
    assert_eq!((slices.len(), &slices[0].meta.name, slices[0].endpoints.len()), (1, &name, 1));
    assert_eq!(bench.subsets(), json!([[["10.244.1.1"], [], [8080]]]));
}

#[test]
fn pods_that_are_not_ready_stand_apart_and_terminating_ones_stay_in_slices() {
    let mut bench = Bench::new(&selecting(&json!({})));
    bench.pod(1, true, &json!([]));
    bench.pod(2, false, &json!([]));
    bench.settle();
    assert_eq!(bench.subsets(), json!([[["10.244.1.1"], ["10.244.1.2"], [8080]]]));
    let key = ObjectKey::new(Kind::Pod, "default", "p001");
    bench.submit(Write::Delete { key, options: DeleteOptions::default() });
    bench.now = NOW + SimDuration::from_millis(20);
    bench.settle();
    assert_eq!(bench.subsets(), json!([[[], ["10.244.1.2"], [8080]]]));
    let slices = bench.slices();
    let conditions: Vec<_> = slices[0].endpoints.iter().map(|endpoint| endpoint.conditions.write().unwrap_or_default()).collect();
    assert_eq!(conditions, [
        json!({"ready": false, "serving": true, "terminating": true}),
        json!({"ready": false, "serving": false, "terminating": false}),
    ]);
}

/// As transcripts show it where a controller is scaled from three to one: two changes, not one.
#[test]
fn pods_that_are_deleted_at_once_go_one_after_the_other() {
    let mut bench = Bench::new(&selecting(&json!({})));
    for number in 1..=3 {
        bench.pod(number, true, &json!([]));
    }
    bench.settle();
    for name in ["p001", "p002"] {
        let key = ObjectKey::new(Kind::Pod, "default", name);
        bench.submit(Write::Delete { key, options: DeleteOptions::default() });
    }
    let table = [(11, vec!["10.244.1.2", "10.244.1.3"]), (17, vec!["10.244.1.3"])];
    for (millis, addresses) in table {
        bench.now = NOW + SimDuration::from_millis(millis);
        bench.settle();
        assert_eq!(bench.subsets(), json!([[addresses, [], [8080]]]), "after {millis} ms");
    }
}

#[test]
fn all_addresses_are_published_where_that_is_asked_for() {
    let mut bench = Bench::new(&selecting(&json!({"publishNotReadyAddresses": true, "clusterIP": "None"})));
    bench.pod(1, false, &json!([]));
    bench.settle();
    assert_eq!(bench.subsets(), json!([[["10.244.1.1"], [], [8080]]]));
    let endpoints = bench.server.view().endpoints(&"default".into(), &"s".into());
    let labels = endpoints.map(|endpoints| endpoints.meta.labels.write());
    assert_eq!(labels, Some(Some(json!({"service.kubernetes.io/headless": ""}))));
    let conditions = bench.slices()[0].endpoints[0].conditions.write();
    assert_eq!(conditions, Some(json!({"ready": true, "serving": false, "terminating": false})));
}

#[test]
fn a_named_port_is_looked_up_at_each_pod() {
    let mut bench = Bench::new(&selecting(&json!({"ports": [{"port": 80, "targetPort": "http"}]})));
    bench.pod(1, true, &json!([{"name": "http", "containerPort": 8080}]));
    bench.pod(2, true, &json!([{"name": "http", "containerPort": 9090}]));
    bench.pod(3, true, &json!([{"name": "other", "containerPort": 1}]));
    bench.settle();
    let mut subsets: Vec<String> = bench.subsets().as_array().into_iter().flatten().map(Value::to_string).collect();
    crate::base::sort(&mut subsets);
    assert_eq!(subsets, ["[[\"10.244.1.1\"],[],[8080]]", "[[\"10.244.1.2\"],[],[9090]]"]);
    // The pod without the port stands in a slice without ports.
    let mut ports: Vec<Vec<i32>> = bench.slices().iter().map(|slice| slice.ports.iter().filter_map(|port| port.port).collect()).collect();
    crate::base::sort(&mut ports);
    assert_eq!(ports, [vec![], vec![8080], vec![9090]]);
}

#[test]
fn a_slice_holds_a_hundred_and_an_object_a_thousand() {
    let mut bench = Bench::new(&selecting(&json!({})));
    for number in 1..=250 {
        bench.pod(number, true, &json!([]));
    }
    bench.settle();
    let sizes = |bench: &Bench| -> Vec<usize> {
        let mut sizes: Vec<usize> = bench.slices().iter().map(|slice| slice.endpoints.len()).collect();
        crate::base::sort(&mut sizes);
        sizes
    };
    assert_eq!(sizes(&bench), [50, 100, 100]);
    for number in 251..=1010 {
        bench.pod(number, number != 1010, &json!([]));
    }
    bench.settle();
    // What does not fit into one slice that is there gets new ones.
    assert_eq!(sizes(&bench), [50, 60, 100, 100, 100, 100, 100, 100, 100, 100, 100]);
    let Some(endpoints) = bench.server.view().endpoints(&"default".into(), &"s".into()) else { panic!("no endpoints") };
    assert_eq!((endpoints.subsets[0].addresses.len(), endpoints.subsets[0].not_ready_addresses.len()), (1000, 0));
    let annotations = endpoints.meta.annotations.write().unwrap_or_default();
    assert_eq!(annotations["endpoints.kubernetes.io/over-capacity"], json!("truncated"));
}

#[test]
fn the_time_of_the_change_is_noted_where_there_is_one() {
    let mut bench = Bench::new(&selecting(&json!({})));
    bench.settle();
    let noted = |bench: &Bench| -> Option<String> {
        let endpoints = bench.server.view().endpoints(&"default".into(), &"s".into())?;
        endpoints.meta.annotations.get(&super::TRIGGER_TIME).map(ToString::to_string)
    };
    assert_eq!(noted(&bench), Some(NOW.rfc3339()));
    bench.now = NOW + SimDuration::from_seconds(10);
    bench.pod(1, true, &json!([]));
    bench.settle();
    assert_eq!(noted(&bench), Some(bench.now.rfc3339()));
    // A pod that goes is no such change.
    bench.now = NOW + SimDuration::from_seconds(20);
    let key = ObjectKey::new(Kind::Pod, "default", "p001");
    let options = DeleteOptions { grace_seconds: Some(0), ..DeleteOptions::default() };
    bench.submit(Write::Delete { key, options });
    bench.settle();
    assert_eq!((noted(&bench), bench.subsets()), (None, json!([])));
}

#[test]
fn endpoints_that_people_write_are_mirrored() {
    let mut bench = Bench::new(&json!({"ports": [{"port": 80}]}));
    assert_eq!(bench.settle(), 0);
    bench.create(Kind::Endpoints, &json!({
        "metadata": {"name": "s", "namespace": "default", "labels": {"x": "y"}},
        "subsets": [{"addresses": [{"ip": "11.11.11.11"}], "notReadyAddresses": [{"ip": "22.22.22.22"}], "ports": [{"port": 80}]}],
    }));
    assert_eq!(bench.settle(), 1);
    let slices = bench.slices();
    assert_eq!(slices[0].endpoints.write(), Some(json!([
        {"addresses": ["11.11.11.11"], "conditions": {"ready": true}},
        {"addresses": ["22.22.22.22"], "conditions": {"ready": false}},
    ])));
    let labels = slices[0].meta.labels.write().unwrap_or_default();
    assert_eq!((&labels["x"], &labels["endpointslice.kubernetes.io/managed-by"]), (&json!("y"), &json!("endpointslicemirroring-controller.k8s.io")));
    // A selector takes the service over: the mirror goes, what was written by hand is overwritten.
    let key = ObjectKey::new(Kind::Service, "default", "s");
    let Some(Object::Service(service)) = bench.server.view().get(&key).cloned() else { panic!("no service") };
    let mut changed = crate::api::Service::clone(&service);
    changed.spec.selector.insert("app".into(), "a".into());
    bench.submit(Write::Update(Object::Service(Rc::new(changed))));
    bench.settle();
    assert_eq!(bench.subsets(), json!([]));
    assert!(bench.slices().iter().all(|slice| !mirroring::is_mirror(slice) && slice.endpoints.is_empty()));
}
