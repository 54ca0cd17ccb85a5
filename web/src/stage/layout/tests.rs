//! Nothing overlaps, places last, and the nodes stay in sight.

use super::*;
use crate::simulator::{ControllerCard, IngressCard, Kind, NodeRoom, ObjectKey, PodState, Readiness, ServiceCard, Share};

fn pod(uid: u128) -> PodTile {
    PodTile {
        key: ObjectKey::new(Kind::Pod, "default", format!("kubia-{uid}")),
        uid: Uid(uid),
        node: Name::default(),
        state: PodState::Ready,
        word: Name::default(),
        lost: false,
        ready: (1, 1),
        restarts: 0,
        nicks: 0,
        probes: [None; 3],
        stamp: None,
        labels: Default::default(),
        owner: None,
    }
}

pub(in crate::stage) fn frame(rooms: &[&[u128]], tray: &[u128]) -> Frame {
    let room = |(n, pods): (usize, &&[u128])| NodeRoom {
        name: format!("node{n}").into(),
        address: Name::default(),
        word: Name::default(),
        readiness: Readiness::Ready,
        cordoned: false,
        powered: true,
        cpu: Share::default(),
        memory: Share::default(),
        labels: Default::default(),
        pods: pods.iter().map(|uid| pod(*uid)).collect(),
    };
    Frame {
        now: Default::default(),
        namespaces: Vec::new(),
        components: Vec::new(),
        controllers: Vec::new(),
        services: Vec::new(),
        ingresses: Vec::new(),
        tray: tray.iter().map(|uid| pod(*uid)).collect(),
        nodes: rooms.iter().enumerate().map(room).collect(),
        counts: Default::default(),
        faults: Vec::new(),
        events: Vec::new(),
        inspected: None,
    }
}

#[test]
fn a_pod_keeps_its_place_when_another_goes_and_a_newcomer_fills_the_gap() {
    let mut slots = Slots::default();
    let before = plan(&frame(&[&[1, 2, 3]], &[]), 900.0, 600.0, &mut slots);
    let without = plan(&frame(&[&[2, 3]], &[]), 900.0, 600.0, &mut slots);
    let with = plan(&frame(&[&[2, 3, 4]], &[]), 900.0, 600.0, &mut slots);
    assert_eq!((before.pods[&Uid(2)], before.pods[&Uid(3)]), (without.pods[&Uid(2)], without.pods[&Uid(3)]));
    assert_eq!(before.pods[&Uid(1)], with.pods[&Uid(4)]);
}

#[test]
fn nothing_overlaps_and_everything_is_inside() {
    for (width, height) in [(960.0, 560.0), (620.0, 400.0), (390.0, 380.0), (200.0, 100.0)] {
        for count in [1, 3, 5, 12, 60] {
            let pods: Vec<Vec<u128>> = (0..count).map(|room: u128| (room * 100..room * 100 + 20).collect()).collect();
            let rooms: Vec<&[u128]> = pods.iter().map(Vec::as_slice).collect();
            let plan = plan(&frame(&rooms, &[9_000, 9_001]), width, height, &mut Slots::default());
            let boxes: Vec<Rect> = plan.rooms.iter().copied().chain([plan.manager, plan.scheduler, plan.rail]).collect();
            for (n, a) in boxes.iter().enumerate() {
                assert!(a.x >= 0.0 && a.x + a.w <= width.max(140.0) && a.y + a.h <= plan.height, "{width} {count} {a:?}");
                let apart = |b: &Rect| a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
                assert!(boxes.iter().skip(n + 1).all(apart), "{width}x{height} {count}: {a:?}");
            }
            for (room, uids) in plan.rooms.iter().zip(&pods) {
                for uid in uids {
                    let spot = plan.pods[&Uid(*uid)];
                    let (w, h) = spot.density.cell();
                    assert!(spot.x >= room.x && spot.x + w <= room.x + room.w && spot.y + h <= room.y + room.h, "{uid}");
                }
            }
        }
    }
}

#[test]
fn many_pods_stand_closer_and_the_tray_tells_how_many_it_hides() {
    let few: Vec<u128> = (0..3).collect();
    let many: Vec<u128> = (0..110).collect();
    let waiting: Vec<u128> = (1_000..3_000).collect();
    let loose = plan(&frame(&[&few], &[]), 900.0, 600.0, &mut Slots::default());
    let tight = plan(&frame(&[&many], &waiting), 500.0, 420.0, &mut Slots::default());
    assert_eq!(loose.pods[&Uid(0)].density, Density::Grand);
    assert!(tight.pods[&Uid(0)].density > Density::Normal);
    let placed = tight.pods.keys().filter(|uid| uid.0 >= 1_000).count();
    assert_eq!(placed + tight.tray_rest, waiting.len());
}

#[test]
fn cards_get_smaller_before_the_nodes_are_out_of_sight() {
    for (width, height) in [(712.0, 340.0), (960.0, 560.0), (390.0, 400.0)] {
        for count in [0, 1, 3, 6] {
            let mut frame = frame(&[&[1, 2], &[3], &[4]], &[]);
            frame.controllers = (0..count).map(|n| card(n as u128)).collect();
            let plan = plan(&frame, width, height, &mut Slots::default());
            let row = plan.rooms[0];
            assert!(row.y + 100.0 <= height, "{width}x{height}, {count} controllers: nodes begin at {}", row.y);
            let inside = |at: &Rect| at.x >= plan.manager.x && at.x + at.w <= plan.manager.x + plan.manager.w && at.bottom() <= plan.manager.bottom();
            assert!(plan.cards.iter().all(inside), "{width}x{height}: {:?}", plan.cards);
        }
    }
}

fn card(uid: u128) -> ControllerCard {
    ControllerCard {
        key: ObjectKey::new(Kind::ReplicaSet, "default", format!("set-{uid}")),
        uid: Uid(uid),
        desired: 1,
        current: 1,
        ready: 1,
        asks: Default::default(),
        selector: Default::default(),
        stamp: 0,
        image: Name::default(),
        scalable: true,
        deleting: false,
    }
}

#[test]
fn what_leads_in_stands_in_a_row_and_the_outside_at_its_left() {
    for (width, height) in [(960.0, 560.0), (695.0, 400.0), (1400.0, 700.0), (390.0, 400.0), (320.0, 200.0)] {
        for (doors, services) in [(0, 1), (1, 3), (2, 9)] {
            let mut frame = frame(&[&[1], &[2], &[3]], &[]);
            frame.ingresses = (0..doors).map(|n| ingress(n as u128)).collect();
            frame.services = (0..services).map(|n| service(n as u128)).collect();
            let plan = plan(&frame, width, height, &mut Slots::default());
            let around = [plan.outside, plan.balancer, plan.dns].into_iter().flatten();
            let all: Vec<Rect> = plan.ingresses.iter().chain(&plan.services).copied().chain(around).chain(plan.rooms.iter().copied()).collect();
            for (n, a) in all.iter().enumerate() {
                assert!(a.x >= 0.0 && a.x + a.w <= width, "{width} {doors}/{services}: {a:?}");
                let apart = |b: &Rect| a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
                assert!(all.iter().skip(n + 1).all(apart), "{width}x{height} {doors}/{services}: {a:?}");
            }
            let outside = plan.outside.expect("something leads in");
            assert!(plan.services.iter().all(|at| outside.x + outside.w <= at.x || outside.bottom() <= at.y), "{width}");
            assert_eq!(plan.balancer.is_some(), width > 500.0);
            assert!(plan.dns.is_some_and(|at| at.y >= plan.rail.y && at.bottom() <= plan.rail.bottom()));
        }
    }
    let quiet = plan(&frame(&[&[1]], &[]), 960.0, 560.0, &mut Slots::default());
    assert_eq!((quiet.outside, quiet.balancer, quiet.dns), (None, None, None));
}

/// A cluster with as many controllers and Services.
pub(in crate::stage) fn busy(rooms: &[&[u128]], controllers: u128, services: u128) -> Frame {
    let mut frame = frame(rooms, &[]);
    frame.controllers = (0..controllers).map(card).collect();
    frame.services = (0..services).map(service).collect();
    frame
}

fn ingress(uid: u128) -> IngressCard {
    IngressCard { key: ObjectKey::new(Kind::Ingress, "default", format!("ing-{uid}")), uid: Uid(uid), class: Name::default(), address: Name::default(), ways: Vec::new() }
}

fn service(uid: u128) -> ServiceCard {
    ServiceCard {
        key: ObjectKey::new(Kind::Service, "default", format!("svc-{uid}")),
        uid: Uid(uid),
        kind: "LoadBalancer".into(),
        address: "10.96.0.1".into(),
        balancers: vec!["203.0.113.1".into()],
        ports: vec!["80".into()],
        selector: Default::default(),
        ready: Vec::new(),
        waiting: Vec::new(),
    }
}
