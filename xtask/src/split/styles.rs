//! The style sheet and the script of what opens later come with the program's later part: the index page no longer names
//! them, the loader asks for them under the later part's name.

use std::fs;
use std::path::Path;

use crate::failure::{Failure, at};

/// How the links to them begin in what Trunk makes of the index page, up to the folder, how their names begin, and how the links end.
const LINKS: [(&str, &str, &str); 2] = [("<link rel=\"stylesheet\" href=\"./", "later-", ">"), ("<script src=\"", "later.js", "</script>")];

/// Renames both to go with `later`, the later part, and gives back the index without them.
pub fn bring_later(page: &Path, index: &str, later: &str) -> Result<String, Failure> {
    let mut index = index.to_owned();
    for ((link, name, end), ending) in LINKS.into_iter().zip(["css", "js"]) {
        let Some((before, name, after)) = taken_out(&index, link, name, end) else {
            return Err(Failure::new(format!("index.html has no {ending} of what opens later")));
        };
        let from = page.join(name);
        let to = later.replace("wasm", ending);
        fs::rename(&from, page.join(to)).map_err(at(&from))?;
        index = format!("{before}{after}");
    }
    Ok(index)
}

/// What is before the link, the name in it, and what is behind it.
fn taken_out<'a>(index: &'a str, link: &str, name: &str, end: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let (before, rest) = index.split_once(&format!("{link}{name}"))?;
    let (_, after) = rest.split_once(end)?;
    let name = index[before.len() + link.len()..].split('"').next()?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_comes_later_is_taken_out() {
        let index = "<link rel=\"stylesheet\" href=\"./page-1.css\"/><link rel=\"stylesheet\" href=\"./later-2.css\"/>\
                     <i><script src=\"later.js\" defer></script><b>";
        let [sheet, script] = LINKS.map(|(link, name, end)| taken_out(index, link, name, end).expect("there"));
        assert_eq!(sheet.0, "<link rel=\"stylesheet\" href=\"./page-1.css\"/>");
        assert_eq!(sheet.1, "later-2.css");
        assert!(sheet.2.starts_with("<i><script"));
        assert!(script.0.ends_with("<i>"));
        assert_eq!((script.1, script.2), ("later.js", "<b>"));
        assert_eq!(taken_out("<b>", LINKS[1].0, LINKS[1].1, LINKS[1].2), None);
    }
}
