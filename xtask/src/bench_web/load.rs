//! The first visit: when something is seen, when it can be used, whether it jumps. Lighthouse's names and limits, and our own.

use std::time::{Duration, Instant};

use podscape_browser_tests::Browser;
use serde_json::Value;

use super::figures::{columns, quantile};
use crate::failure::Failure;

/// So often it is loaded; the middle counts.
const TIMES: usize = 3;
/// So long the page may settle before the figures are read.
const SETTLE: Duration = Duration::from_millis(2_500);
/// So long a load may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads what the hooks have noted. A task counts as blocking by what it takes over 50 ms.
const READ: &str = "const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0;
    const until = bench.pods ?? Infinity;
    const late = bench.tasks.filter(([at]) => at >= paint);
    const blocked = late.reduce((sum, [, took]) => sum + Math.max(0, took - 50), 0);
    const busy = bench.tasks.filter(([at]) => at <= until).map(([at, took]) => at + took);
    return [paint, bench.largest, bench.shell, bench.pods, Math.max(bench.shell, ...busy.filter(end => end >= bench.shell)), blocked, bench.shifts * 1000,
      Math.max(0, ...bench.tasks.map(([, took]) => took))];";

/// A figure: its name, its unit, the limit under which it is good.
const FIGURES: [(&str, &str, f64); 8] = [
    ("first contentful paint", "ms", 1_800.0),
    ("largest contentful paint", "ms", 2_500.0),
    ("the page is there", "ms", 1_500.0),
    ("first pod drawn", "ms", 1_500.0),
    ("interactive", "ms", 1_500.0),
    ("total blocking time", "ms", 200.0),
    ("cumulative layout shift", "‰", 100.0),
    ("longest task", "ms", 50.0),
];

/// Loads it some times, each in a fresh browser: the table.
pub fn measure(browser: &Browser, address: &str) -> Result<String, Failure> {
    let mut found: Vec<Vec<f64>> = Vec::new();
    for _ in 0..TIMES {
        let (_driver, session) = super::open(browser, address)?;
        let begun = Instant::now();
        while session.run("return bench.pods;", &[])?.is_null() {
            if begun.elapsed() > PATIENCE {
                return Err(Failure::new("the page draws no pod"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        std::thread::sleep(SETTLE);
        let figures = session.run(READ, &[])?;
        let figures = figures.as_array().map(Vec::as_slice).unwrap_or_default();
        found.push(figures.iter().map(|figure: &Value| figure.as_f64().unwrap_or_default()).collect());
    }
    let mut rows = vec![["load", "middle", "worst", "good"].map(str::to_owned).to_vec()];
    for (n, (name, unit, limit)) in FIGURES.into_iter().enumerate() {
        let values: Vec<f64> = found.iter().filter_map(|figures| figures.get(n).copied()).collect();
        let number = |value: f64| format!("{value:.0} {unit}");
        rows.push(vec![name.to_owned(), number(quantile(&values, 0.5)), number(quantile(&values, 1.0)), format!("< {limit:.0}")]);
    }
    Ok(columns(&rows))
}
