//! What keeps the page busy: a thousand pods that run, requests to them, three pods that become three hundred, and all of these deleted.
//! For each: frames a second, the longest frame, tasks over 50 ms, and how much of the time the page's thread computed; the last does not
//! depend on what else the machine does.

use std::time::Duration;

use podscape_browser_tests::{Browser, Session};
use serde_json::{Value, json};

use super::crowd::{DROP, FRAMES, LINE, READY, SPEED, numbers, scenario};
use super::figures::{FRAMES_HEAD, columns, of_frames};
use super::packets::with_door;
use crate::failure::Failure;

/// So long each is watched.
const MILLIS: u32 = 6_000;
/// So long the page settles before.
const SETTLE: Duration = Duration::from_secs(3);
/// How often it is asked whether all pods are there.
const ASK: Duration = Duration::from_millis(100);
/// And how many times.
const TIMES: usize = 600;

/// What is done: its name, the pods before, the slider's place for the speed, the line that is given.
struct Strain {
    name: &'static str,
    pods: u32,
    speed: &'static str,
    line: Option<&'static str>,
}

const STRAINS: [Strain; 6] = [
    Strain { name: "1,000 pods, ×1", pods: 1_000, speed: "100", line: None },
    Strain { name: "1,000 pods, ×10", pods: 1_000, speed: "200", line: None },
    Strain {
        name: "1,000 pods, ×10, 2,000 requests",
        pods: 1_000,
        speed: "200",
        line: Some("request http://192.168.64.11:30123 --from client --times 2000"),
    },
    Strain { name: "3 to 300 pods, ×1", pods: 3, speed: "100", line: Some("kubectl scale rc kubia --replicas=300") },
    Strain { name: "3 to 300 pods, ×10", pods: 3, speed: "200", line: Some("kubectl scale rc kubia --replicas=300") },
    Strain { name: "300 pods deleted, ×10", pods: 300, speed: "200", line: Some("kubectl delete pods --all") },
];

/// The table.
pub fn measure(browser: &Browser, address: &str) -> Result<String, Failure> {
    let head = [&[""][..], &FRAMES_HEAD, &["computes"]].concat();
    let mut rows = vec![head.into_iter().map(str::to_owned).collect()];
    for strain in &STRAINS {
        rows.push(row(browser, address, strain)?);
    }
    Ok(columns(&rows))
}

fn row(browser: &Browser, address: &str, strain: &Strain) -> Result<Vec<String>, Failure> {
    let (_driver, session) = super::open(browser, address)?;
    session.find("[data-testid=play]")?;
    session.run(DROP, &[json!(with_door(&scenario(strain.pods)))])?;
    std::thread::sleep(SETTLE);
    for _ in 0..TIMES {
        if session.run(READY, &[])?.as_u64() >= Some(u64::from(strain.pods)) {
            break;
        }
        std::thread::sleep(ASK);
    }
    session.run(SPEED, &[json!(strain.speed)])?;
    std::thread::sleep(SETTLE);
    session.devtools("Performance.setTimeDomain", &json!({ "timeDomain": "threadTicks" }))?;
    session.devtools("Performance.enable", &json!({}))?;
    let before = computed(&session)?;
    if let Some(line) = strain.line {
        session.run(LINE, &[json!(line)])?;
    }
    let found = session.run_async(FRAMES, &[json!(MILLIS)])?;
    let busy = computed(&session)? - before;
    let (frames, tasks) = (numbers(&found[0]), numbers(&found[1]));
    let mut cells = of_frames(strain.name, &frames, &tasks);
    cells.push(format!("{:.0} %", busy * 100_000.0 / frames.iter().sum::<f64>().max(1.0)));
    Ok(cells)
}

/// How long the page's thread has computed, in seconds.
fn computed(session: &Session) -> Result<f64, Failure> {
    let answer = session.devtools("Performance.getMetrics", &json!({}))?;
    let metrics = answer["metrics"].as_array().map(Vec::as_slice).unwrap_or_default();
    let of = |metric: &Value| metric["value"].as_f64();
    Ok(metrics.iter().find(|metric| metric["name"] == "TaskDuration").and_then(of).unwrap_or_default())
}
