//! The driver's process: started on a free port, ended when it is dropped.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::options::{self, Browser, Options};
use crate::problem::{Problem, Result};
use crate::session::Session;
use crate::wire::Wire;

/// How often a start is tried.
const STARTS: usize = 4;

/// A running driver. Sessions must not outlive it.
#[derive(Debug)]
pub struct Driver {
    process: Child,
    wire: Wire,
    browser: Browser,
}

impl Driver {
    /// Starts the driver and waits until it listens.
    ///
    /// With port 0 it takes a free port for IPv4 and then wants the same one for IPv6: if another process has
    /// that one, it ends. Such a start is made again, [`STARTS`] times in all.
    ///
    /// # Errors
    /// The driver cannot be run, or no start succeeds; what it said the last time is told.
    pub fn start(browser: &Browser) -> Result<Self> {
        let mut said = String::new();
        for _ in 0..STARTS {
            match Self::try_start(browser)? {
                Ok(driver) => return Ok(driver),
                Err(output) => said = output,
            }
        }
        let driver = browser.driver.display();
        Err(Problem::new(format!("{driver} does not start: {said}")))
    }

    /// One start, or what the driver said before it ended.
    fn try_start(browser: &Browser) -> Result<std::result::Result<Self, String>> {
        let mut process = Command::new(&browser.driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Problem::new(format!("{}: {error}", browser.driver.display())))?;
        let output = process
            .stdout
            .take()
            .ok_or_else(|| Problem::new("the driver has no output"))?;
        let mut lines = BufReader::new(output).lines();
        let mut said = Vec::new();
        let port = lines
            .by_ref()
            .map_while(std::io::Result::ok)
            .find_map(|line| {
                let port = port_in(&line);
                said.push(line);
                port
            });
        let Some(port) = port else {
            let _ = process.kill();
            let _ = process.wait();
            return Ok(Err(said.join("; ")));
        };
        // Its output is read to the end, or it would stop once the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Ok(Self {
            process,
            wire: Wire::new(format!("http://127.0.0.1:{port}")),
            browser: browser.clone(),
        }))
    }

    /// Opens a browser with a fresh profile.
    pub fn session(&self, options: &Options) -> Result<Session> {
        let answer = self
            .wire
            .post("session", &options::new_session(&self.browser, options))?;
        let Some(id) = answer["sessionId"].as_str() else {
            return Err(Problem::new(format!("no session: {answer}")));
        };
        let session = Session::new(self.wire.below(&format!("session/{id}")));
        session.resize(options.size)?;
        session.prefer(options.theme, options.motion)?;
        Ok(session)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The port in `ChromeDriver was started successfully on port 41234.`
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_says_its_port() {
        assert_eq!(
            port_in("ChromeDriver was started successfully on port 41234."),
            Some(41234)
        );
        assert_eq!(port_in("Starting ChromeDriver 156.0 (0) on port 0"), None);
    }
}
