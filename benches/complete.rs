//! What Tab costs while many pods run: names, labels, containers, kinds, at 1,000 and 10,000 pods.

use criterion::Criterion;
use podscape::api::{Kind, Object};
use podscape::apiserver::Write;
use podscape::base::SimTime;
use podscape::engine::{BaseCluster, World};
use podscape::kubectl::{self, Session};
use serde_json::json;

/// A cluster with so many pods in one namespace; the completion does not look whether they run.
fn cluster(pods: usize) -> World {
    let mut world = World::new(&BaseCluster::of_three(1, SimTime::from_seconds(1_800_000_000)));
    for n in 0..pods {
        let value = json!({"metadata": {"name": format!("app-{}-{n}", n % 97), "namespace": "default", "labels": {"app": format!("app-{}", n % 97)}},
            "spec": {"containers": [{"name": "main", "image": "luksa/kubia"}]}});
        let pod = Object::from_value(Kind::Pod, &value).map(|pod| world.request(Write::Create(pod)));
        assert!(pod.is_some_and(|created| created.is_ok()), "the pod is refused");
    }
    world
}

fn main() {
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    for pods in [1_000, 10_000] {
        let (world, session) = (cluster(pods), Session::default());
        let mut group = criterion.benchmark_group(format!("complete/{pods}"));
        let lines = [
            ("verb", "kubectl des"),
            ("kind", "kubectl get po"),
            ("name", "kubectl describe pod app-42-"),
            ("any name", "kubectl describe pod "),
            ("everywhere", "kubectl get pods -A app-42-"),
            ("label", "kubectl get pods -l app=app-4"),
            ("container", "kubectl logs app-42-42 -c "),
        ];
        for (name, line) in lines {
            group.bench_function(name, |bencher| bencher.iter(|| kubectl::complete(std::hint::black_box(line), &session, world.view())));
        }
        group.finish();
    }
    criterion.final_summary();
}
