//! `cargo xtask serve`: the page at an address of this machine, built anew when a source changes.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::setup;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The options of this command.
pub const OPTIONS: &[&str] = &["--port N", "--release", "--open"];

/// The port that is tried first.
const USUAL_PORT: u16 = 8080;

/// Serves until it is interrupted.
pub fn run(workspace: &Workspace, steps: &Steps, arguments: &Arguments) -> Result<(), Failure> {
    let port = choose_port(arguments.value("port")?)?;
    let toolbox = setup::for_page(workspace, steps)?;
    let mut command = toolbox.command(workspace, "trunk");
    command.args(["serve", "--port", &port.to_string()]).stdin(Stdio::null());
    for flag in ["release", "open"] {
        if arguments.has(flag) {
            command.arg(format!("--{flag}"));
        }
    }
    steps.say("build and serve the page (the first build takes a minute or two)");
    let mut child = command.spawn().map_err(|error| Failure::new(format!("trunk: {error}")))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut silent = 0_u32;
    loop {
        if let Some(status) = child.try_wait().map_err(|error| Failure::new(error.to_string()))? {
            return Err(Failure::new(format!("trunk serve ended ({status})")));
        }
        if TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(500));
        silent += 1;
        if silent.is_multiple_of(30) {
            steps.say("… building the page");
        }
    }
    steps.say(&format!("Podscape is at http://127.0.0.1:{port}/ (Ctrl+C stops it)"));
    let status = child.wait().map_err(|error| Failure::new(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("trunk serve ended ({status})"))) }
}

/// The port that was asked for, which must be free, else the first free one from the usual one on.
fn choose_port(asked: Option<u16>) -> Result<u16, Failure> {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let Some(port) = asked else {
        let found = (USUAL_PORT..USUAL_PORT + 100).find(free);
        return found.ok_or_else(|| Failure::new(format!("no free port from {USUAL_PORT} on")));
    };
    if free(&port) { Ok(port) } else { Err(Failure::new(format!("port {port} is taken; choose another with --port"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_not_chosen() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = taken.local_addr().expect("bound").port();
        assert!(choose_port(Some(port)).is_err());
        drop(taken);
        assert_eq!(choose_port(Some(port)), Ok(port));
        assert!(choose_port(None).is_ok_and(|port| port >= USUAL_PORT));
    }
}
