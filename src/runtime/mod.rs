//! The world below the API: machines, the images on them, the containers they run. Knows nothing of the store.

mod container;
mod image;
mod machine;

pub use container::{Exit, Instance, InstanceState, Sandbox};
pub use image::{Behavior, Ending, Image, OnTerm};
pub use machine::{Machine, PodName, Power};
