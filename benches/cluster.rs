//! What a pod costs from its creation to Ready: CPU at 100, 1,000 and 10,000 pods, and once at the published size of
//! Kubernetes, 150,000 pods on 5,000 nodes; and how many bytes each takes.

use std::alloc::System;
use std::time::Instant;

use criterion::{BatchSize, Criterion};
use podscape::api::{Kind, Object};
use podscape::apiserver::Write;
use podscape::base::{Name, SimDuration, SimTime};
use podscape::engine::{BaseCluster, World};
use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Pods of one controller.
const REPLICAS: usize = 300;
const START: SimTime = SimTime::from_seconds(1_800_000_000);

/// A settled cluster, and controllers just created that want some pods.
fn cluster(pods: usize, nodes: usize) -> World {
    let controllers = pods.div_ceil(REPLICAS);
    let namespaces: Vec<String> = (0..controllers.div_ceil(10)).map(|n| format!("team-{n}")).collect();
    let nodes = (1..=nodes).map(|n| format!("node{n}")).collect();
    let mut world = World::new(&BaseCluster { seed: 1, start: START, nodes, namespaces: namespaces.clone(), images: Vec::new(), cloud: false });
    for n in 0..controllers {
        let (name, replicas) = (format!("app-{n}"), REPLICAS.min(pods - n * REPLICAS));
        let value = json!({"metadata": {"name": name, "namespace": namespaces[n / 10]}, "spec": {"replicas": replicas,
            "selector": {"app": name}, "template": {"metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": "main", "image": "luksa/kubia", "ports": [{"containerPort": 8080}]}]}}}});
        let rc = Object::from_value(Kind::ReplicationController, &value);
        let created = rc.map(|rc| world.request(Write::Create(rc)));
        assert!(created.is_some_and(|result| result.is_ok()), "the controller is refused");
    }
    world
}

fn ready(world: &World) -> usize {
    world.view().pods(&Name::default()).filter(|pod| pod.is_ready()).count()
}

/// Runs until all pods are Ready. The check is made once a virtual second.
fn run_to_ready(world: &mut World, pods: usize) {
    for _ in 0..3600 {
        let until = world.now() + SimDuration::from_seconds(1);
        while world.step(until) {}
        // Nobody watches here.
        drop(world.take_changes());
        if ready(world) == pods {
            return;
        }
    }
    panic!("{} of {pods} pods are ready after an hour", ready(world));
}

fn nodes_for(pods: usize) -> usize {
    (pods / 30).max(3)
}

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("create_to_ready");
    for pods in [100, 1_000, 10_000] {
        group.throughput(criterion::Throughput::Elements(pods as u64));
        group.bench_function(pods.to_string(), |bencher| {
            let fresh = || cluster(pods, nodes_for(pods));
            bencher.iter_batched(fresh, |mut world| run_to_ready(&mut world, pods), BatchSize::PerIteration);
        });
    }
    group.finish();
    criterion.final_summary();
    if std::env::args().any(|word| word == "--profile-time") {
        return;
    }
    let thousand = once(1_000, nodes_for(1_000));
    let largest = once(150_000, 5_000);
    println!("cost per pod, 150000 against 1000: x{:.2}", largest / thousand);
}

/// One run: prints its time and memory, gives microseconds per pod.
fn once(pods: usize, nodes: usize) -> f64 {
    let mut world = cluster(pods, nodes);
    let region = Region::new(ALLOCATOR);
    let begin = Instant::now();
    run_to_ready(&mut world, pods);
    let micros = begin.elapsed().as_micros() as f64;
    let change = region.change();
    let bytes = change.bytes_allocated as f64 - change.bytes_deallocated as f64;
    println!(
        "{pods} pods on {nodes} nodes: {:.2} s of CPU ({:.1} us a pod), {:.0} bytes a pod, {} virtual seconds, {} events",
        micros / 1e6,
        micros / pods as f64,
        bytes / pods as f64,
        world.now().since(START).seconds(),
        world.view().events().len(),
    );
    micros / pods as f64
}
