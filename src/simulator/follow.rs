//! A line that goes on after what it printed first: `delete` that waits, `get --watch`, `wait`.

use crate::api::{ObjectKey, Uid};
use crate::base::{SimDuration, SimTime};
use crate::engine::World;
use crate::kubectl::Follow;
use crate::store::Change;

/// kubectl's own limit where the user gave none is a week; nobody looks on for so long.
const LIMIT: SimDuration = SimDuration::from_seconds(7 * 24 * 3600);

/// Such a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Following {
    follow: Follow,
    printed: String,
    until: SimTime,
    done: bool,
    exit: i32,
}

impl Following {
    /// What an answer goes on with; None if with nothing.
    pub fn of(follow: Follow, now: SimTime) -> Option<Following> {
        if matches!(follow, Follow::Done | Follow::Edit(_)) {
            return None;
        }
        let until = match &follow {
            Follow::Watch(watch) => watch.until(),
            Follow::Wait(wait) => Some(wait.until()),
            Follow::Drain(drain) => Some(drain.until()),
            _ => None,
        };
        Some(Following { follow, until: until.unwrap_or(now + LIMIT), ..Following::default() })
    }

    /// What the line printed before it went on.
    pub fn print_first(&mut self, text: &str) {
        self.printed.insert_str(0, text);
    }

    /// Takes account of changes.
    pub fn on_changes(&mut self, changes: &[Change], world: &World) {
        if self.done {
            return;
        }
        match &mut self.follow {
            Follow::Done | Follow::Edit(_) => self.done = true,
            Follow::UntilGone(objects) => {
                // Whoever is gone does not come back; so it is enough to look after one of them at a time.
                let is_there = |(key, uid): &(ObjectKey, Uid)| world.view().get(key).is_some_and(|object| object.meta().uid == *uid);
                while objects.pop_if(|object| !is_there(object)).is_some() {}
                self.done = objects.is_empty() || world.now() >= self.until;
            }
            Follow::Watch(watch) => {
                for change in changes {
                    self.printed.push_str(&watch.on_change(change, world.view(), world.now()).unwrap_or_default());
                }
                self.done = world.now() >= self.until;
            }
            Follow::Wait(wait) => match wait.poll(world.view(), world.now()) {
                Some((text, exit)) => {
                    self.printed.push_str(&text);
                    (self.done, self.exit) = (true, exit);
                }
                None => self.printed.push_str(&wait.drain()),
            },
            Follow::Drain(drain) => {
                let (text, exit) = drain.poll(world);
                self.printed.push_str(&text);
                (self.done, self.exit) = (exit.is_some(), exit.unwrap_or_default());
            }
            Follow::Requests(requests) => {
                if let Some(text) = requests.poll(world) {
                    self.printed.push_str(&text);
                    self.done = true;
                }
            }
            Follow::Exec(exec) => {
                let (text, code) = exec.poll(world);
                self.printed.push_str(&text);
                if let Some(code) = code {
                    (self.done, self.exit) = (true, code);
                }
            }
            Follow::Tool(tool) => {
                let (text, code) = tool.poll(world);
                self.printed.push_str(&text);
                (self.done, self.exit) = (code.is_some(), code.unwrap_or_default());
            }
            Follow::Attached(attached) => {
                let (text, exit) = attached.poll(world);
                self.printed.push_str(&text);
                (self.done, self.exit) = (exit.is_some(), exit.unwrap_or_default());
            }
            Follow::Logs(logs) => {
                let (text, done) = logs.poll(world);
                self.printed.push_str(&text);
                self.done = done;
            }
        }
    }

    /// What it has printed since the last call, and whether it has ended.
    pub fn drain(&mut self) -> (String, bool) {
        (std::mem::take(&mut self.printed), self.done)
    }

    /// The line that is given once it has ended.
    pub fn then(&self) -> Option<String> {
        match &self.follow {
            Follow::Attached(attached) if self.done => attached.then(),
            _ => None,
        }
    }

    /// Whether somebody types into what it has begun.
    pub fn takes_typing(&self) -> bool {
        !self.done && matches!(self.follow, Follow::Exec(_) | Follow::Attached(_))
    }

    /// When it ends at the latest; None if it has ended.
    pub fn ends_at(&self) -> Option<SimTime> {
        (!self.done).then_some(self.until)
    }

    /// Its exit status, once it has ended.
    pub fn exit(&self) -> i32 {
        self.exit
    }
}
