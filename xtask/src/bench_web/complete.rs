//! Completion in the terminal while many pods come and go: how long after Tab the word stands in the line.

use std::time::Duration;

use podscape_browser_tests::Session;
use serde_json::{Value, json};

use super::figures::{columns, quantile};
use crate::failure::Failure;

/// So often Tab is pressed behind each line.
const TIMES: usize = 10;
/// So long the page may rest in between.
const PAUSE: Duration = Duration::from_millis(60);
/// A line, and what it asks for.
const LINES: [(&str, &str); 5] = [
    ("kubectl get pods kubia-", "names"),
    ("kubectl describe po", "kinds"),
    ("kubectl get pods --sh", "flags"),
    ("kubectl get pods -l app=", "labels"),
    ("kubectl ro", "verbs"),
];
/// Presses Tab behind a line: milliseconds until the key was taken (which is all that completion computes, if the page computes in that
/// call), and until what it offers stands in the line or under it.
const PRESS: &str = "const line = document.querySelector('[data-testid=line]');
    line.focus();
    line.value = arguments[0];
    return await new Promise(done => {
      const before = document.querySelector('.terminal .offer')?.textContent;
      const begun = performance.now();
      let taken = 0;
      const shown = () => line.value !== arguments[0] || document.querySelector('.terminal .offer')?.textContent !== before;
      const look = () => {
        if (!shown() && performance.now() - begun < 2000) return queue.port2.postMessage(0);
        done([taken, performance.now() - begun]);
      };
      const queue = new MessageChannel();
      queue.port1.onmessage = look;
      line.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true }));
      taken = performance.now() - begun;
      look();
    });";
/// Takes away what was offered: a word that nothing completes.
const FORGET: &str = "const line = document.querySelector('[data-testid=line]');
    line.value = 'kubectl get pods none-such-';
    line.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true, cancelable: true }));";

/// How long one kind of word took, each time: the key, the suggestion.
pub struct Completion {
    what: &'static str,
    taken: Vec<f64>,
    shown: Vec<f64>,
}

/// Presses Tab behind each line some times.
pub fn measure(session: &Session) -> Result<Vec<Completion>, Failure> {
    let mut found = Vec::new();
    for (line, what) in LINES {
        let mut completion = Completion { what, taken: Vec::new(), shown: Vec::new() };
        for _ in 0..TIMES {
            session.run(FORGET, &[])?;
            std::thread::sleep(PAUSE);
            let times = session.run_async(PRESS, &[json!(line)])?;
            let of = |n: usize| times.get(n).and_then(Value::as_f64).unwrap_or_default();
            completion.taken.push(of(0));
            completion.shown.push(of(1));
        }
        found.push(completion);
    }
    Ok(found)
}

/// A line for each kind of word, and one for all.
pub fn table(completions: &[Completion]) -> String {
    let head = ["Tab, ×10", "median", "95 %", "worst", "in the key's own task", "95 %", "worst"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let row = |what: &str, shown: &[f64], taken: &[f64]| {
        let mut row = vec![what.to_owned()];
        for values in [shown, taken] {
            row.extend([0.5, 0.95, 1.0].map(|part| format!("{:.1} ms", quantile(values, part))));
        }
        row
    };
    for completion in completions {
        rows.push(row(completion.what, &completion.shown, &completion.taken));
    }
    let all = |of: fn(&Completion) -> &Vec<f64>| completions.iter().flat_map(of).copied().collect::<Vec<f64>>();
    rows.push(row("all", &all(|one| &one.shown), &all(|one| &one.taken)));
    columns(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_them_come_last() {
        let of = |what, took: f64| Completion { what, taken: vec![took], shown: vec![took * 2.0] };
        let table = table(&[of("names", 1.0), of("kinds", 3.0)]);
        let last = table.lines().last().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let worst = ["all", "6.0", "ms", "6.0", "ms", "6.0", "ms", "3.0", "ms", "3.0", "ms", "3.0", "ms"];
        assert_eq!(last.as_deref(), Some(worst.as_slice()));
    }
}
