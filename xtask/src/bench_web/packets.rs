//! Many packets on the stage: a thousand pods, and a client that goes on sending requests to a port of a node, so many a second that at
//! least two thousand packets are on their ways at every moment. On its way is what has left its sender and has neither come back nor
//! vanished, as the page itself counts it four times a second; each of them is drawn in every frame.

use std::time::Duration;

use podscape_browser_tests::{Browser, Session};
use serde_json::{Value, json};

use super::crowd::{DROP, LINE, READY, SPEED, numbers, scenario};
use super::figures::{FRAMES_HEAD, columns, of_frames, quantile};
use crate::failure::Failure;

/// So long frames are counted.
const MILLIS: u32 = 6_000;
/// So many pods.
const PODS: u32 = 1_000;
/// So many packets are to be on their ways.
const PACKETS: f64 = 2_000.0;
/// From the first request until there are enough, at the most.
const PATIENCE: u32 = 200;
const ASK: Duration = Duration::from_millis(100);
/// The door on each node.
const PORT: u32 = 30_123;

/// Notes frames, long tasks and how many packets are on their ways for so many milliseconds.
const WATCH: &str = "bench.tasks.length = 0;
    return await new Promise(done => {
      const frames = [], flying = [], begun = performance.now();
      let last = begun;
      const frame = at => {
        frames.push(at - last);
        last = at;
        flying.push(Number(document.querySelector('[data-testid=flight]')?.dataset.flying ?? 0));
        if (at - begun < arguments[0]) requestAnimationFrame(frame);
        else setTimeout(() => done([frames.slice(1), bench.tasks.map(([, took]) => took), flying]), 200);
      };
      requestAnimationFrame(frame);
    });";
const FLYING: &str = "return Number(document.querySelector('[data-testid=flight]')?.dataset.flying ?? 0);";

/// The slider's place for a speed, its name, and the seconds between two requests.
const SPEEDS: [(&str, &str, &str); 2] = [("100", "×1", "0.0009"), ("200", "×10", "0.005")];

/// The table.
pub fn measure(browser: &Browser, address: &str) -> Result<String, Failure> {
    let head = [&["packets, 1,000 pods"][..], &FRAMES_HEAD, &["on their ways, least", "middle"]].concat();
    let mut rows = vec![head.into_iter().map(str::to_owned).collect()];
    for (place, name, every) in SPEEDS {
        rows.push(row(browser, address, (place, name, every))?);
    }
    Ok(columns(&rows))
}

fn row(browser: &Browser, address: &str, (place, name, every): (&str, &str, &str)) -> Result<Vec<String>, Failure> {
    let (_driver, session) = super::open(browser, address)?;
    session.find("[data-testid=play]")?;
    session.run(DROP, &[json!(with_door(&scenario(PODS)))])?;
    wait(&session, READY, f64::from(PODS), "pods")?;
    session.run(SPEED, &[json!(place)])?;
    std::thread::sleep(Duration::from_secs(2));
    let line = format!("request http://192.168.64.11:{PORT} --from client --times 1000000 --every {every}");
    session.run(LINE, &[json!(line)])?;
    wait(&session, FLYING, PACKETS, "packets on their ways")?;
    std::thread::sleep(Duration::from_secs(1));
    let found = session.run_async(WATCH, &[json!(MILLIS)])?;
    let of = |n: usize| numbers(found.get(n).unwrap_or(&Value::Null));
    let (frames, tasks, flying) = (of(0), of(1), of(2));
    let mut cells = of_frames(name, &frames, &tasks);
    cells.extend([0.0, 0.5].map(|part| format!("{:.0}", quantile(&flying, part))));
    Ok(cells)
}

/// Asks until a script answers with at least so many.
fn wait(session: &Session, script: &str, least: f64, what: &str) -> Result<(), Failure> {
    let mut last = 0.0;
    for _ in 0..PATIENCE {
        last = session.run(script, &[])?.as_f64().unwrap_or_default();
        if last >= least {
            return Ok(());
        }
        std::thread::sleep(ASK);
    }
    Err(Failure::new(format!("{last} {what} instead of {least}")))
}

/// The scenario with a service that has a door on each node.
pub fn with_door(scenario: &str) -> String {
    let service = format!(
        "    ---\n    apiVersion: v1\n    kind: Service\n    metadata: {{name: kubia}}\n    spec:\n      type: NodePort\n      selector: {{app: kubia}}\n      \
         ports: [{{port: 80, targetPort: 8080, nodePort: {PORT}}}]\n"
    );
    scenario.replacen("steps:\n", &format!("{service}steps:\n"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_is_part_of_the_file() {
        let text = with_door(&scenario(10));
        assert!(text.contains("image: luksa/kubia}\n    ---\n    apiVersion: v1\n    kind: Service\n"), "{text}");
        assert!(text.contains("nodePort: 30123}]\nsteps:\n- {at: 1"), "{text}");
    }
}
