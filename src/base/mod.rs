//! What has nothing to do with Kubernetes: time, schedules, random numbers, shared strings, expressions, maps, sorting.

mod calendar;
mod cron;
mod float;
mod large;
mod md5;
mod name;
mod order;
mod random;
mod regex;
mod small;
mod time;
mod zone;
mod zone_table;

pub use cron::Schedule;
pub use float::parse_float;
pub use large::{LargeMap, LargeSet};
pub use md5::md5;
pub use name::Name;
pub use order::{sort, sort_by, sort_by_cached_key, sort_by_key};
pub use random::Random;
pub use regex::{Dialect, Groups, Regex};
pub use small::{SmallMap, SmallSet};
pub use time::{SimDuration, SimTime};
pub use zone::Zone;
