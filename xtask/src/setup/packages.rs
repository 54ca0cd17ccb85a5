//! System packages, by apt-get: the only thing that needs root. A person is asked first.

use std::process::Command;

use super::Toolbox;
use crate::failure::Failure;
use crate::steps::{self, Steps, Task};

/// Installs Debian packages.
pub fn install(steps: &Steps, toolbox: &Toolbox, names: &[&str]) -> Result<(), Failure> {
    let list = names.join(" ");
    let by_hand = format!("By hand: sudo apt-get install {list}");
    if toolbox.find("apt-get").is_none() {
        return Err(Failure::new(format!("no apt-get here to install {list}")));
    }
    if !steps::agreed(&format!("Install these system packages with apt-get: {list}?")) {
        return Err(Failure::new(format!("not installed: {list}\n{by_hand}")));
    }
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(names);
    if apt_get(steps, toolbox, &arguments).is_ok() {
        return Ok(());
    }
    // The lists of packages may be missing, as in a fresh container, or too old.
    refresh(steps, toolbox)?;
    apt_get(steps, toolbox, &arguments).map_err(|failure| Failure::new(format!("{failure}\n{by_hand}")))
}

/// Gets the lists of packages.
pub fn refresh(steps: &Steps, toolbox: &Toolbox) -> Result<(), Failure> {
    apt_get(steps, toolbox, &["update"])
}

/// Runs apt-get as root: directly, or with sudo where somebody can type the password.
fn apt_get(steps: &Steps, toolbox: &Toolbox, arguments: &[&str]) -> Result<(), Failure> {
    let what = format!("apt-get {}", arguments.join(" "));
    if toolbox.ask("id", &["-u"]).as_deref() == Some("0") {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        return steps.run(Task::quiet(&what, &mut command))?.check(&what).map(|_| ());
    }
    if !steps::person_present() || toolbox.find("sudo").is_none() {
        return Err(Failure::new(format!("{what} needs root")));
    }
    steps.say(&format!("sudo {what}"));
    let status = Command::new("sudo").arg("apt-get").args(arguments).status();
    if status.is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err(Failure::new(format!("sudo {what} did not work")))
}
