//! What has nothing to do with Kubernetes: time, schedules, random numbers, shared strings, expressions, maps, sorting.

mod bucket;
mod calendar;
mod cron;
mod float;
mod fnv;
mod go_duration;
mod large;
mod letter;
mod name;
mod order;
mod printf;
mod random;
mod regex;
mod small;
mod time;
mod zone;
mod zone_table;

pub use bucket::TokenBucket;
pub use cron::Schedule;
pub use float::parse_float;
pub use fnv::{FNV_OFFSET, fnv32, fnv64};
pub use go_duration::go_duration;
pub use large::{LargeMap, LargeSet};
pub use letter::{SAFE_LETTERS, safe_letter, safe_suffix};
pub use name::Name;
pub use order::{sort, sort_by, sort_by_cached_key, sort_by_key};
pub use printf::printf;
pub use random::Random;
pub use regex::{Dialect, Groups, Regex};
pub use small::{SmallMap, SmallSet};
pub use time::{SimDuration, SimTime};
pub use zone::Zone;
