//! placeholder
use crate::api::Pod;
pub fn diff(_old: &Pod, _new: &Pod) -> String { String::new() }
