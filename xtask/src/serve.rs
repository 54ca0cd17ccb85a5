//! `cargo xtask serve`: the page at an address of this machine, built anew when a source changes.
//!
//! Trunk takes this process over, so that whoever ends it ends Trunk. What is to be said once the page is there
//! is said by a second process, `announce`.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::setup;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The options of this command.
pub const OPTIONS: &[&str] = &["--port N", "--release", "--open"];
/// The options of the process that says when the page is there.
pub const ANNOUNCE_OPTIONS: &[&str] = &["--port N", "--since SECONDS"];

/// The port that is tried first.
const USUAL_PORT: u16 = 8080;
/// How often the port is tried while the page is being built.
const KNOCK: Duration = Duration::from_millis(500);
/// So many knocks go by between two signs of life.
const KNOCKS_PER_SIGN: u32 = 30;

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
    let own = std::env::current_exe().map_err(|error| Failure::new(error.to_string()))?;
    Command::new(own)
        .args(["announce", "--port", &port.to_string(), "--since", &steps.seconds().to_string()])
        .stdin(Stdio::null())
        .spawn()
        .map_err(|error| Failure::new(error.to_string()))?;
    become_process(command)
}

/// Waits until something listens at the port, then says where the page is. Ends early with its parent.
pub fn announce(_: &Workspace, _: &Steps, arguments: &Arguments) -> Result<(), Failure> {
    let steps = Steps::begun(arguments.value("since")?.unwrap_or_default());
    let port = arguments.value("port")?.unwrap_or(USUAL_PORT);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let parent = parent_id();
    for knock in 1_u32.. {
        if TcpStream::connect_timeout(&address, KNOCK).is_ok() {
            steps.say(&format!("Podscape is at http://127.0.0.1:{port}/ (Ctrl+C stops it)"));
            break;
        }
        if parent_id() != parent {
            break;
        }
        if knock.is_multiple_of(KNOCKS_PER_SIGN) {
            steps.say("… building the page");
        }
        std::thread::sleep(KNOCK);
    }
    Ok(())
}

/// Replaces this process by `command`; comes back only if that cannot be.
#[cfg(unix)]
fn become_process(mut command: Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    Err(Failure::new(format!("trunk: {}", command.exec())))
}

/// Runs `command` where a process cannot be replaced.
#[cfg(not(unix))]
fn become_process(mut command: Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| Failure::new(format!("trunk: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("trunk serve ended ({status})"))) }
}

#[cfg(unix)]
fn parent_id() -> u32 {
    std::os::unix::process::parent_id()
}

/// Unknown: the console ends all its processes together there.
#[cfg(not(unix))]
fn parent_id() -> u32 {
    0
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
