//! Clusters with many pods: how long opening takes, frames while the clock plays and pods come and go, memory, how far the clock gets in a
//! second, how soon a key is answered and a word completed.

use std::time::{Duration, Instant};

use podscape_browser_tests::{Browser, Session};
use serde_json::{Value, json};

use super::complete::{self, Completion};
use super::figures::{columns, mebibytes, quantile};
use crate::failure::Failure;

/// So many pods fit on a node.
const PER_NODE: u32 = 100;
/// So long opening may take.
const PATIENCE: Duration = Duration::from_secs(180);
/// So long frames are counted.
const FRAMES_MILLIS: u32 = 5_000;
/// So long the clock runs as fast as it can.
const RACE_MILLIS: u32 = 3_000;
/// What is typed meanwhile.
const TYPED: &str = "kubectl get pods -l app=kubia -o wide";

/// What was found.
pub struct Crowd {
    pods: u32,
    open: Duration,
    frames: Vec<f64>,
    tasks: Vec<f64>,
    keys: Vec<f64>,
    completions: Vec<Completion>,
    heap: f64,
    memory: f64,
    ratio: f64,
}

/// A scenario with so many pods.
pub fn scenario(pods: u32) -> String {
    let nodes: Vec<String> = (1..=pods.div_ceil(PER_NODE).max(3)).map(|n| format!("node{n}")).collect();
    format!(
        "title: {{en: many, ko: many}}\nnodes: [{}]\nshow: 60\nfiles:\n  many.yaml: |\n    apiVersion: v1\n    kind: ReplicationController\n    \
         metadata: {{name: kubia}}\n    spec:\n      replicas: {pods}\n      selector: {{app: kubia}}\n      template:\n        metadata: {{labels: {{app: kubia}}}}\n        \
         spec:\n          containers:\n          - {{name: kubia, image: luksa/kubia}}\nsteps:\n- {{at: 1, run: kubectl apply -f many.yaml}}\n",
        nodes.join(", ")
    )
}

/// Opens a scenario.
pub const DROP: &str = "const data = new DataTransfer();
    data.items.add(new File([arguments[0]], 'many.yaml', { type: 'text/yaml' }));
    document.querySelector('.page').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }));";
/// How many pods are drawn.
pub const READY: &str = "const canvas = document.querySelector('[data-testid=canvas]');
    return Math.max(Number(canvas?.dataset.pods ?? 0), document.querySelectorAll('.pod').length);";
/// Plays at a place of the slider.
pub const SPEED: &str = "const slider = document.querySelector('[data-testid=speed]');
    slider.value = arguments[0] === 'most' ? slider.max : arguments[0];
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const play = document.querySelector('[data-testid=play]');
    if (play.dataset.playing === 'false') play.click();";
/// Notes frames and long tasks for so many milliseconds.
pub const FRAMES: &str = "bench.tasks.length = 0;
    return await new Promise(done => {
      const frames = [], begun = performance.now();
      let last = begun;
      const frame = at => {
        frames.push(at - last);
        last = at;
        if (at - begun < arguments[0]) requestAnimationFrame(frame);
        else setTimeout(() => done([frames.slice(1), bench.tasks.map(([, took]) => took)]), 200);
      };
      requestAnimationFrame(frame);
    });";
const CLOCK: &str = "return [Number(document.querySelector('[data-testid=clock]').dataset.micros), performance.now()];";
const MEMORY: &str = "return [performance.memory?.usedJSHeapSize ?? 0, bench.memory?.buffer.byteLength ?? 0];";
/// Gives a line to the terminal.
pub const LINE: &str = "const line = document.querySelector('[data-testid=line]');
    line.value = arguments[0];
    line.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));";

/// An array of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    values.iter().filter_map(Value::as_f64).collect()
}

/// Opens so many pods and measures.
pub fn measure(browser: &Browser, address: &str, pods: u32) -> Result<Crowd, Failure> {
    let (_driver, session) = super::open(browser, address)?;
    session.find("[data-testid=play]")?;
    let begun = Instant::now();
    session.run(DROP, &[json!(scenario(pods))])?;
    while session.run(READY, &[])?.as_u64() < Some(u64::from(pods)) {
        if begun.elapsed() > PATIENCE {
            return Err(Failure::new(format!("{pods} pods do not open within {} s", PATIENCE.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    let open = begun.elapsed();
    session.run(SPEED, &[json!("200")])?;
    // A tenth of them goes and comes again.
    let fewer = format!("kubectl scale rc kubia --replicas={}", pods - pods / 10);
    session.run(LINE, &[json!(fewer)])?;
    let frames = session.run_async(FRAMES, &[json!(FRAMES_MILLIS)])?;
    session.run(LINE, &[json!(format!("kubectl scale rc kubia --replicas={pods}"))])?;
    let keys = type_keys(&session)?;
    let completions = complete::measure(&session)?;
    let memory = numbers(&session.run(MEMORY, &[])?);
    session.run(SPEED, &[json!("most")])?;
    let from = numbers(&session.run(CLOCK, &[])?);
    std::thread::sleep(Duration::from_millis(u64::from(RACE_MILLIS)));
    let to = numbers(&session.run(CLOCK, &[])?);
    let ratio = match (from.as_slice(), to.as_slice()) {
        ([micros, at], [later, end]) => (later - micros) / 1_000.0 / (end - at).max(1.0),
        _ => 0.0,
    };
    Ok(Crowd {
        pods,
        open,
        frames: numbers(&frames[0]),
        tasks: numbers(&frames[1]),
        keys,
        completions,
        heap: memory.first().copied().unwrap_or_default(),
        memory: memory.get(1).copied().unwrap_or_default(),
        ratio,
    })
}

/// Types into the terminal as a keyboard does: how long each key took until it was painted. Keys under 16 ms count as 16: the browser does
/// not tell them apart.
fn type_keys(session: &Session) -> Result<Vec<f64>, Failure> {
    session.run("bench.keys.length = 0; document.querySelector('[data-testid=line]').focus();", &[])?;
    for letter in TYPED.chars() {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { letter.to_string() } else { String::new() };
            session.devtools("Input.dispatchKeyEvent", &json!({ "type": kind, "text": text, "key": letter.to_string() }))?;
        }
        std::thread::sleep(Duration::from_millis(40));
    }
    std::thread::sleep(Duration::from_millis(300));
    let slow = numbers(&session.run("return bench.keys;", &[])?);
    let quick = TYPED.chars().count().saturating_sub(slow.len());
    Ok(slow.into_iter().chain(std::iter::repeat_n(16.0, quick)).collect())
}

impl Crowd {
    /// How long completion took meanwhile.
    pub fn completions(&self) -> String {
        format!("{} pods\n{}", self.pods, complete::table(&self.completions))
    }
}

/// A line for each cluster.
pub fn table(crowds: &[Crowd]) -> String {
    let head = ["pods, ×10", "open", "frames/s", "frame", "95 %", "worst", "tasks > 50 ms", "longest", "key", "95 %", "JS heap", "wasm", "at most"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for crowd in crowds {
        let total: f64 = crowd.frames.iter().sum();
        let ms = |value: f64| format!("{value:.0} ms");
        let frame = |part: f64| ms(quantile(&crowd.frames, part));
        rows.push(vec![
            crowd.pods.to_string(),
            format!("{:.1} s", crowd.open.as_secs_f64()),
            format!("{:.0}", crowd.frames.len() as f64 * 1_000.0 / total.max(1.0)),
            frame(0.5),
            frame(0.95),
            frame(1.0),
            crowd.tasks.len().to_string(),
            ms(quantile(&crowd.tasks, 1.0)),
            ms(quantile(&crowd.keys, 0.5)),
            ms(quantile(&crowd.keys, 0.95)),
            mebibytes(crowd.heap),
            mebibytes(crowd.memory),
            format!("×{:.0}", crowd.ratio),
        ]);
    }
    columns(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_has_nodes_enough() {
        assert!(scenario(10).contains("nodes: [node1, node2, node3]\n"));
        let text = scenario(1_000);
        assert!(text.contains("node10]") && text.contains("replicas: 1000\n"));
    }
}
