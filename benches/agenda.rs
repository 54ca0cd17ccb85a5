//! The agenda alone: one wake-up taken and one put down, with few, some and many waiting.

use criterion::Criterion;
use podscape::base::{Random, SimDuration, SimTime};
use podscape::engine::{Agenda, Wakeup};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("agenda");
    for waiting in [100_u64, 10_000, 150_000] {
        let mut random = Random::stream(1, "bench");
        let mut agenda = Agenda::default();
        for n in 0..waiting {
            agenda.put(SimTime::from_micros(random.below(10_000_000)), Wakeup::Node(format!("node{n}").into()));
        }
        group.bench_function(waiting.to_string(), |bencher| {
            bencher.iter(|| {
                let Some((at, wakeup)) = agenda.pop(SimTime::from_micros(u64::MAX)) else { panic!("it ran dry") };
                agenda.put(at + SimDuration::from_micros(1 + random.below(10_000_000)), wakeup);
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
