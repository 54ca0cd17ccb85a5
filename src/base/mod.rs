//! What has nothing to do with Kubernetes: time, random numbers, shared strings.

mod calendar;
mod name;
mod random;
mod time;

pub use name::Name;
pub use random::Random;
pub use time::{SimDuration, SimTime};
