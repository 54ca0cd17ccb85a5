//! `find`: the files below folders, by name and kind. Models findutils' find(1) as far as people type it: `-name`, `-iname`, `-path`,
//! `-type f|d`, `-maxdepth`, `-mindepth`, `-print`, `!`. Left out: `-exec`, `-o`, sizes and times.

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

pub(super) fn find(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let split = call.args.iter().position(|arg| arg.starts_with('-') || arg == "!" || arg == "(").unwrap_or(call.args.len());
    let (mut starts, rest) = (call.args[..split].to_vec(), &call.args[split..]);
    if starts.is_empty() {
        starts.push(".".to_owned());
    }
    let (mut wishes, mut depths, mut denied) = (Vec::new(), (0, usize::MAX), false);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let test = TESTS.into_iter().find(|test| test == word);
        match word.as_str() {
            "!" | "-not" => denied = !denied,
            "-print" => {}
            word => {
                let is_depth = matches!(word, "-maxdepth" | "-mindepth");
                if test.is_none() && !is_depth {
                    call.err = format!("find: unknown predicate `{word}'\n");
                    return 1;
                }
                let Some(value) = words.next() else {
                    call.err = format!("find: missing argument to `{word}'\n");
                    return 1;
                };
                match (test, value.parse::<usize>()) {
                    (Some(what), _) => wishes.push(Wish { what, text: value.clone(), denied: std::mem::take(&mut denied) }),
                    (None, Ok(depth)) if word == "-maxdepth" => depths.1 = depth,
                    (None, Ok(depth)) => depths.0 = depth,
                    (None, Err(_)) => {
                        call.err = format!("find: Expected a positive decimal integer argument to {word}, but got '{value}'\n");
                        return 1;
                    }
                }
            }
        }
    }
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
                call.out += &path;
                call.out.push('\n');
            }
            if is_folder && depth < depths.1 {
                let inside = around.disk.names_below(&real);
                left.extend(inside.into_iter().rev().map(|name| (format!("{}/{name}", path.trim_end_matches('/')), depth + 1)));
            }
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
