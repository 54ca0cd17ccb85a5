//! The simulator without a browser.
fn main() {}
