//! The same history natively and in wasm: the links and digests that the native binary printed are opened here.
//! `cargo xtask test` passes them at compile time; without them the test is skipped.
#![cfg(target_arch = "wasm32")]

use podscape_web::simulator::Simulator;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn histories_are_the_same_natively_and_in_wasm() {
    let Some(digests) = option_env!("PODSCAPE_DIGESTS") else {
        console_log!("skipped");
        return;
    };
    let mut compared = 0;
    for line in digests.split(';') {
        let Some((link, digest)) = line.split_once(' ') else { panic!("not a link and a digest: {line}") };
        let Ok(mut simulator) = Simulator::from_link(link) else { panic!("refused: {link}") };
        if let Some(moment) = simulator.unreached() {
            simulator.catch_up(moment);
        }
        assert_eq!(format!("{:016x}", simulator.digest()), digest, "{link}");
        compared += 1;
    }
    assert!(compared >= 3, "{compared} histories");
}
