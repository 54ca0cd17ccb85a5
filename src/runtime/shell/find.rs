//! `find`: the files below folders, by name and kind. Models findutils' find(1) as far as people type it: `-name`, `-iname`, `-path`,
//! `-type f|d`, `-maxdepth`, `-mindepth`, `-print`, `-delete`, `!`. Left out: `-exec`, `-o`, sizes and times.

use super::Surroundings;
use super::pattern;
use super::tools::Call;
use crate::runtime::files::{Entry, normal};

/// More entries than this are not gone through.
const MOST: usize = 5_000;

/// A test that an entry has to pass, or to fail.
struct Wish {
    what: &'static str,
    text: String,
    denied: bool,
}

const TESTS: [&str; 4] = ["-name", "-iname", "-path", "-type"];

/// What is looked for, and what is done with it.
struct Search {
    starts: Vec<String>,
    wishes: Vec<Wish>,
    depths: (usize, usize),
    deletes: bool,
}

/// Reads the command line; or what is wrong with it.
fn parse(args: &[String]) -> Result<Search, String> {
    let split = args.iter().position(|arg| arg.starts_with('-') || arg == "!" || arg == "(").unwrap_or(args.len());
    let mut search = Search { starts: args[..split].to_vec(), wishes: Vec::new(), depths: (0, usize::MAX), deletes: false };
    if search.starts.is_empty() {
        search.starts.push(".".to_owned());
    }
    let (mut words, mut denied) = (args[split..].iter(), false);
    while let Some(word) = words.next() {
        let test = TESTS.into_iter().find(|test| test == word);
        match word.as_str() {
            "!" | "-not" => denied = !denied,
            "-print" => {}
            "-delete" => search.deletes = true,
            word => {
                let is_depth = matches!(word, "-maxdepth" | "-mindepth");
                if test.is_none() && !is_depth {
                    return Err(format!("find: unknown predicate `{word}'\n"));
                }
                let Some(value) = words.next() else { return Err(format!("find: missing argument to `{word}'\n")) };
                match (test, value.parse::<usize>()) {
                    (Some(what), _) => search.wishes.push(Wish { what, text: value.clone(), denied: std::mem::take(&mut denied) }),
                    (None, Ok(depth)) if word == "-maxdepth" => search.depths.1 = depth,
                    (None, Ok(depth)) => search.depths.0 = depth,
                    (None, Err(_)) => return Err(format!("find: Expected a positive decimal integer argument to {word}, but got '{value}'\n")),
                }
            }
        }
    }
    Ok(search)
}

pub(super) fn find(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let Search { starts, wishes, depths, deletes } = match parse(&call.args) {
        Ok(search) => search,
        Err(why) => {
            call.err = why;
            return 1;
        }
    };
    let mut found = Vec::new();
    let (mut status, mut seen) = (0, 0);
    for start in starts {
        if around.disk.find(&normal(call.directory, &start)).is_none() {
            call.err += &format!("find: '{start}': No such file or directory\n");
            status = 1;
            continue;
        }
        let mut left = vec![(start, 0_usize)];
        while let Some((path, depth)) = left.pop().filter(|_| seen < MOST) {
            seen += 1;
            let real = normal(call.directory, &path);
            let Some(entry) = around.disk.find(&real) else { continue };
            let is_folder = matches!(entry, Entry::Directory);
            if depth >= depths.0 && wishes.iter().all(|wish| wish.holds(&path, is_folder) != wish.denied) {
                if deletes {
                    found.push(real.clone());
                } else {
                    call.out += &format!("{path}\n");
                }
            }
            if is_folder && depth < depths.1 {
                let inside = around.disk.names_below(&real);
                left.extend(inside.into_iter().rev().map(|name| (format!("{}/{name}", path.trim_end_matches('/')), depth + 1)));
            }
        }
    }
    // What is in a folder goes before it.
    for path in found.into_iter().rev() {
        if !around.disk.is_sealed(&path) {
            around.disk.remove(&path);
        }
    }
    status
}

impl Wish {
    fn holds(&self, path: &str, is_folder: bool) -> bool {
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
        match self.what {
            "-name" => pattern::fits(&self.text, name),
            "-iname" => pattern::fits(&self.text.to_ascii_lowercase(), &name.to_ascii_lowercase()),
            "-path" => pattern::fits(&self.text, path),
            _ => self.text == if is_folder { "d" } else { "f" },
        }
    }
}
