//! The style sheet of what opens later comes with the program's later part: the index page no longer names it, the loader
//! asks for it under the later part's name.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, at};

/// How Trunk's link to it begins.
const LINK: &str = "<link rel=\"stylesheet\" href=\"./";
/// How its name begins.
const NAME: &str = "later-";

/// Renames the sheet to go with `later`, the later part, and gives back the index without it.
pub fn bring_later(page: &Path, index: &str, later: &str) -> Result<String, Failure> {
    let Some((before, name, after)) = taken_out(index) else {
        return Err(Failure::new("index.html has no style sheet of what opens later"));
    };
    let from = page.join(name);
    fs::rename(&from, page.join(later.replace(".wasm", ".css"))).map_err(at(&from))?;
    Ok(format!("{before}{after}"))
}

/// What is before the link, the name in it, and what is behind it.
fn taken_out(index: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = index.split_once(&format!("{LINK}{NAME}"))?;
    let (_, after) = rest.split_once('>')?;
    let name = index[before.len() + LINK.len()..].split('"').next()?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_later_sheet_is_taken_out() {
        let index = "<link rel=\"stylesheet\" href=\"./page-1.css\"/><link rel=\"stylesheet\" href=\"./later-2.css\"/><i>";
        assert_eq!(
            taken_out(index),
            Some((
                "<link rel=\"stylesheet\" href=\"./page-1.css\"/>",
                "later-2.css",
                "<i>"
            ))
        );
        assert_eq!(taken_out("<link rel=\"stylesheet\" href=\"./page-1.css\"/>"), None);
    }
}
