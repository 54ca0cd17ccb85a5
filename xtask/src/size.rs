//! `cargo xtask size`: what the page loads before it shows anything, compressed as a web host sends it.
//!
//! First load = the index page, what it names, and the modules that its scripts import statically. Files that
//! are fetched later (the editor, descriptions) are listed but not counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::arguments::Arguments;
use crate::failure::{Failure, at};
use crate::page;
use crate::setup;
use crate::shares::{self, Share};
use crate::split;
use crate::steps::Steps;
use crate::workspace::Workspace;

/// The options of this command.
pub const OPTIONS: &[&str] = &[];

/// The most bytes that the first load may have, compressed.
const LIMIT: usize = 300_000;
/// How many rows a list has.
const LISTED: usize = 10;
/// The header and trailer of a gzip file, in bytes.
const GZIP_FRAME: usize = 18;
/// What the strongest usual setting of gzip is.
const GZIP_LEVEL: u8 = 9;

/// One file of the page.
#[derive(Debug, PartialEq, Eq)]
struct FileSize {
    name: String,
    raw: usize,
    compressed: usize,
    first: bool,
}

/// Builds the page, prints the table and judges it.
pub fn run(workspace: &Workspace, steps: &Steps, _: &Arguments) -> Result<(), Failure> {
    let toolbox = setup::for_page(workspace, steps)?;
    let page = page::build(workspace, steps, &toolbox)?;
    let mut files = BTreeMap::new();
    read_files(&page, "", &mut files)?;
    let sizes = measure(&files);
    print!("{}", table(&sizes));
    if let Ok(named) = fs::read(split::named_first(&page)) {
        let (sections, owners) = shares::shares(&named, compressed)?;
        print!("\n{}", shares_table("of the first module", &sections));
        print!("\n{}", shares_table("its code by module", &owners));
    }
    let total = first_load(&sizes);
    if total > LIMIT {
        return Err(Failure::new(format!("the first load is {total} bytes, more than {LIMIT}")));
    }
    println!("under the limit of {LIMIT} bytes");
    Ok(())
}

/// All files below `folder`, by their path from there.
fn read_files(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(at(folder))?.flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            read_files(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(&path).map_err(at(&path))?);
        }
    }
    Ok(())
}

/// Sizes each file, those of the first load first, then by size.
fn measure(files: &BTreeMap<String, Vec<u8>>) -> Vec<FileSize> {
    let first = loaded_first(files);
    let mut sizes: Vec<FileSize> = files
        .iter()
        .map(|(name, content)| FileSize { name: name.clone(), raw: content.len(), compressed: compressed(content), first: first.contains(name) })
        .collect();
    sizes.sort_by_key(|file| (!file.first, std::cmp::Reverse(file.compressed)));
    sizes
}

/// How long a file is that was compressed.
fn compressed(content: &[u8]) -> usize {
    miniz_oxide::deflate::compress_to_vec(content, GZIP_LEVEL).len() + GZIP_FRAME
}

/// The names of the files that are needed before anything shows.
fn loaded_first(files: &BTreeMap<String, Vec<u8>>) -> BTreeSet<String> {
    let mut first = BTreeSet::new();
    let mut waiting = vec!["index.html".to_owned()];
    while let Some(name) = waiting.pop() {
        let Some(content) = files.get(&name) else {
            continue;
        };
        if !first.insert(name.clone()) {
            continue;
        }
        let text = String::from_utf8_lossy(content);
        if name.ends_with(".html") {
            let text = without_later(&text);
            waiting.extend(files.keys().filter(|file| text.contains(file.as_str())).cloned());
        } else if name.ends_with(".js") {
            waiting.extend(files.keys().filter(|file| imports(&text, file)).cloned());
        }
    }
    first
}

/// The index page without the names of what its loader brings later.
fn without_later(text: &str) -> String {
    let mut pieces = text.split(split::LATER);
    let first = pieces.next().unwrap_or_default().to_owned();
    let rest = pieces.map(|piece| piece.split_once('"').map_or("", |(_, after)| after));
    first + &rest.collect::<String>()
}

/// Whether a script imports this file with an import declaration (`import(…)`, at run time, does not count).
fn imports(script: &str, file: &str) -> bool {
    ['\'', '"'].iter().any(|quote| {
        let declared = |word: &str| script.contains(&format!("{word}{quote}./{file}{quote}"));
        declared("from ") || declared("from") || declared("import ") || declared("import")
    })
}

/// The compressed bytes of the first load.
fn first_load(sizes: &[FileSize]) -> usize {
    sizes.iter().filter(|file| file.first).map(|file| file.compressed).sum()
}

fn row(name: &str, raw: usize, compressed: usize) -> String {
    format!("{name:<48} {raw:>10} {compressed:>10}\n")
}

/// The largest shares.
fn shares_table(what: &str, shares: &[Share]) -> String {
    let mut text = format!("{what}\n");
    for share in shares.iter().take(LISTED) {
        text.push_str(&row(&share.name, share.raw, share.compressed));
    }
    text
}

/// The table that is printed: first load, sum, the rest.
fn table(sizes: &[FileSize]) -> String {
    let mut text = format!("{:<48} {:>10} {:>10}\n", "first load", "bytes", "gzip");
    let (first, later): (Vec<_>, Vec<_>) = sizes.iter().partition(|file| file.first);
    for file in &first {
        text.push_str(&row(&file.name, file.raw, file.compressed));
    }
    let raw = first.iter().map(|file| file.raw).sum();
    text.push_str(&row("together", raw, first_load(sizes)));
    if !later.is_empty() {
        text.push_str("\nloaded when needed\n");
    }
    for file in later.iter().take(LISTED) {
        text.push_str(&row(&file.name, file.raw, file.compressed));
    }
    if later.len() > LISTED {
        let rest = later.iter().skip(LISTED);
        let (raw, compressed) = rest.fold((0, 0), |(raw, compressed), file| (raw + file.raw, compressed + file.compressed));
        let name = format!("and {} more", later.len() - LISTED);
        text.push_str(&row(&name, raw, compressed));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> BTreeMap<String, Vec<u8>> {
        let files = [
            (
                "index.html",
                "<link href=\"./a.css\"><script>import init from './main.js'</script>./main_bg.wasm\
                 <script data-later=\"./main_later.wasm\">",
            ),
            ("a.css", "body{}"),
            ("main.js", "import { x } from './snippets/x.js';\nconst later = import('./editor.js');"),
            ("snippets/x.js", "export const x = 1;"),
            ("editor.js", "export {}"),
            ("main_bg.wasm", "\0asm"),
            ("main_later.wasm", "\0asm"),
            ("descriptions.json", "{}"),
        ];
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn the_first_load_is_what_the_index_needs() {
        let first: Vec<String> = loaded_first(&page()).into_iter().collect();
        assert_eq!(first, ["a.css", "index.html", "main.js", "main_bg.wasm", "snippets/x.js"]);
    }

    #[test]
    fn sizes_add_up() {
        let file = |compressed, first| FileSize { name: "f".to_owned(), raw: 10, compressed, first };
        let sizes = [file(100, true), file(50, true), file(1000, false)];
        assert_eq!(first_load(&sizes), 150);
        assert!(table(&sizes).contains("together                                                 20        150\n"));
    }

    #[test]
    fn compression_counts_as_gzip_does() {
        let files = BTreeMap::from([("index.html".to_owned(), vec![b'a'; 10_000])]);
        let sizes = measure(&files);
        assert_eq!(sizes[0].raw, 10_000);
        assert!(sizes[0].compressed > GZIP_FRAME && sizes[0].compressed < 100, "{sizes:?}");
    }
}
