//! A ReplicationController on the clock, without kubectl: what is there after some time.

use podscape::api::{Kind, Object, ObjectKey};
use podscape::apiserver::{DeleteOptions, Write};
use podscape::base::{Name, SimDuration, SimTime};
use podscape::engine::{BaseCluster, World, check};
use podscape::runtime::Power;
use serde_json::json;

fn world() -> World {
    World::new(&BaseCluster::of_three(1, SimTime::from_seconds(1_800_000_000)))
}

fn create_rc(world: &mut World, replicas: i32) {
    let value = json!({"metadata": {"name": "kubia", "namespace": "default"}, "spec": {"replicas": replicas, "selector": {"app": "kubia"},
        "template": {"metadata": {"labels": {"app": "kubia"}}, "spec": {"containers": [{"name": "kubia", "image": "luksa/kubia",
        "imagePullPolicy": "Always", "ports": [{"containerPort": 8080, "protocol": "TCP"}]}], "restartPolicy": "Always"}}}});
    let Some(rc) = Object::from_value(Kind::ReplicationController, &value) else { panic!("no object") };
    assert!(world.request(Write::Create(rc)).is_ok());
}

fn run(world: &mut World, seconds: u64) {
    let until = world.now() + SimDuration::from_seconds(seconds);
    while world.step(until) {
        assert_eq!(check(world), Vec::<String>::new(), "at {}", world.now());
    }
}

fn ready(world: &World) -> usize {
    world.view().pods(&Name::default()).filter(|pod| pod.is_ready() && !pod.meta.is_deleting()).count()
}

#[test]
fn three_replicas_spread_and_become_ready() {
    let mut world = world();
    create_rc(&mut world, 3);
    run(&mut world, 4);
    assert_eq!(ready(&world), 3);
    for node in ["node1", "node2", "node3"] {
        assert_eq!(world.view().count_on(node), 1, "{node}");
    }
}

#[test]
fn a_deleted_pod_is_replaced_at_once_and_stays_its_grace() {
    let mut world = world();
    create_rc(&mut world, 3);
    run(&mut world, 4);
    let Some(victim) = world.view().pods(&Name::default()).next().cloned() else { panic!("no pod") };
    let key = ObjectKey::new(Kind::Pod, "default", victim.meta.name.clone());
    assert!(world.request(Write::Delete { key: key.clone(), options: DeleteOptions::default() }).is_ok());
    run(&mut world, 3);
    assert_eq!((ready(&world), world.view().pods(&Name::default()).count()), (3, 4));
    run(&mut world, 26);
    assert!(world.view().get(&key).is_some());
    run(&mut world, 5);
    assert!(world.view().get(&key).is_none());
}

#[test]
fn a_lost_node_is_seen_after_its_grace_and_its_pods_are_replaced_elsewhere() {
    let mut world = world();
    create_rc(&mut world, 3);
    run(&mut world, 4);
    assert!(world.set_node_power("node2", Power::Off).is_ok());
    run(&mut world, 44);
    assert_eq!(ready(&world), 3);
    run(&mut world, 18);
    assert_eq!(ready(&world), 2);
    run(&mut world, 280);
    assert_eq!(world.view().pods(&Name::default()).count(), 3);
    run(&mut world, 30);
    let view = world.view();
    assert_eq!((ready(&world), view.pods(&Name::default()).count(), view.count_on("node2")), (3, 4, 1));
    assert!(world.set_node_power("node2", Power::On).is_ok());
    run(&mut world, 60);
    assert_eq!((ready(&world), world.view().pods(&Name::default()).count()), (3, 3));
    assert!(world.view().node(&"node2".into()).is_some_and(|node| node.spec.taints.is_empty()));
}

#[test]
fn slices_do_not_matter() {
    let (mut whole, mut sliced) = (world(), world());
    create_rc(&mut whole, 3);
    create_rc(&mut sliced, 3);
    run(&mut whole, 30);
    for _ in 0..3000 {
        let until = sliced.now() + SimDuration::from_millis(10);
        while sliced.step(until) {}
    }
    assert_eq!(whole.digest(), sliced.digest());
}
