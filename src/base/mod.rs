//! What has nothing to do with Kubernetes: time, schedules, random numbers, shared strings.

mod calendar;
mod cron;
mod name;
mod random;
mod time;
mod zone;
mod zone_table;

pub use cron::Schedule;
pub use name::Name;
pub use random::Random;
pub use time::{SimDuration, SimTime};
pub use zone::Zone;
