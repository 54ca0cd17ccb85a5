//! `cargo xtask`: set-up, serve, test.
fn main() {}
