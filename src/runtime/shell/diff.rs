//! `diff` of two files: the lines that differ, or with `-u` in their surroundings. Models diffutils' normal and unified forms.
//! Left out: folders, and the times of files in the heads of `-u`.

use super::Surroundings;
use super::tools::Call;
use crate::runtime::files::normal;

/// Longer files are compared line by line at the same place: the table of all pairs would be too large.
const MOST_PAIRS: usize = 4_000_000;
/// Lines around a difference.
const AROUND: usize = 3;

/// A run of lines of both sides: equal, or one in the place of the other.
struct Piece {
    same: bool,
    left: std::ops::Range<usize>,
    right: std::ops::Range<usize>,
}

pub(super) fn diff(call: &mut Call<'_>, around: &mut Surroundings<'_>) -> i32 {
    let names = call.operands();
    let [left_name, right_name] = names.as_slice() else {
        call.err = "diff: missing operand\n".to_owned();
        return 2;
    };
    let mut texts = Vec::new();
    for name in [left_name, right_name] {
        if name == "-" {
            texts.push(call.take_input());
            continue;
        }
        match around.disk.read(&normal(call.directory, name)) {
            Ok(text) => texts.push(text.to_string()),
            Err(_) => {
                call.err = format!("diff: {name}: No such file or directory\n");
                return 2;
            }
        }
    }
    let (left, right): (Vec<&str>, Vec<&str>) = (texts[0].lines().collect(), texts[1].lines().collect());
    let pieces = pieces(&left, &right);
    if pieces.iter().all(|piece| piece.same) {
        return 0;
    }
    match () {
        () if call.has('q') => call.out = format!("Files {left_name} and {right_name} differ\n"),
        () if call.has('u') => call.out = format!("--- {left_name}\n+++ {right_name}\n{}", unified(&pieces, &left, &right)),
        () => pieces.iter().filter(|piece| !piece.same).for_each(|piece| call.out += &normal_form(piece, &left, &right)),
    }
    1
}

/// The longest common subsequence of lines, as runs.
fn pieces(left: &[&str], right: &[&str]) -> Vec<Piece> {
    let common = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (a, b) = (&left[common..], &right[common..]);
    let mut runs: Vec<Piece> = Vec::new();
    let mut add = |same: bool, left: std::ops::Range<usize>, right: std::ops::Range<usize>| {
        if left.is_empty() && right.is_empty() {
            return;
        }
        match runs.last_mut().filter(|last| last.same == same) {
            Some(last) => (last.left.end, last.right.end) = (left.end, right.end),
            None => runs.push(Piece { same, left, right }),
        }
    };
    add(true, 0..common, 0..common);
    if a.len().saturating_mul(b.len()) > MOST_PAIRS {
        add(false, common..left.len(), common..right.len());
        return runs;
    }
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let (down, across) = (longest[(i + 1) * width + j], longest[i * width + j + 1]);
            longest[i * width + j] = if a[i] == b[j] { longest[(i + 1) * width + j + 1] + 1 } else { down.max(across) };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let (x, y) = (common + i, common + j);
        if i < a.len() && j < b.len() && a[i] == b[j] {
            add(true, x..x + 1, y..y + 1);
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || i < a.len() && longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            add(false, x..x + 1, y..y);
            i += 1;
        } else {
            add(false, x..x, y..y + 1);
            j += 1;
        }
    }
    runs
}

/// `3c3,4` with the lines of both sides below it.
fn normal_form(piece: &Piece, left: &[&str], right: &[&str]) -> String {
    let place = |range: &std::ops::Range<usize>| match range.len() {
        0 => range.start.to_string(),
        1 => (range.start + 1).to_string(),
        _ => format!("{},{}", range.start + 1, range.end),
    };
    let sign = match (piece.left.is_empty(), piece.right.is_empty()) {
        (true, _) => 'a',
        (_, true) => 'd',
        _ => 'c',
    };
    let mut text = format!("{}{sign}{}\n", place(&piece.left), place(&piece.right));
    piece.left.clone().for_each(|at| text += &format!("< {}\n", left[at]));
    text += if sign == 'c' { "---\n" } else { "" };
    piece.right.clone().for_each(|at| text += &format!("> {}\n", right[at]));
    text
}

fn unified(pieces: &[Piece], left: &[&str], right: &[&str]) -> String {
    let mut text = String::new();
    let mut at = 0;
    while at < pieces.len() {
        if pieces[at].same {
            at += 1;
            continue;
        }
        // A hunk goes on over short equal runs.
        let mut last = at;
        while last + 2 < pieces.len() && pieces[last + 1].left.len() <= 2 * AROUND {
            last += 2;
        }
        let before = if at > 0 { pieces[at - 1].left.len().min(AROUND) } else { 0 };
        let after = pieces.get(last + 1).map_or(0, |piece| piece.left.len().min(AROUND));
        let (from, to) = (pieces[at].left.start - before, pieces[last].left.end + after);
        let (start, end) = (pieces[at].right.start - before, pieces[last].right.end + after);
        let place = |from: usize, count: usize| if count == 1 { (from + 1).to_string() } else { format!("{},{count}", from + usize::from(count > 0)) };
        text += &format!("@@ -{} +{} @@\n", place(from, to - from), place(start, end - start));
        left[from..from + before].iter().for_each(|line| text += &format!(" {line}\n"));
        for piece in &pieces[at..=last] {
            if piece.same {
                piece.left.clone().for_each(|line| text += &format!(" {}\n", left[line]));
                continue;
            }
            piece.left.clone().for_each(|line| text += &format!("-{}\n", left[line]));
            piece.right.clone().for_each(|line| text += &format!("+{}\n", right[line]));
        }
        left[to - after..to].iter().for_each(|line| text += &format!(" {line}\n"));
        at = last + 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expectations are what GNU diff prints.
    #[test]
    fn differences_are_told_as_diff_tells_them() {
        let table = [
            ("a b c", "a x c", "2c2\n< b\n---\n> x\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"),
            ("a b", "a b c d", "2a3,4\n> c\n> d\n", "@@ -1,2 +1,4 @@\n a\n b\n+c\n+d\n"),
            ("a b c", "b c", "1d0\n< a\n", "@@ -1,3 +1,2 @@\n-a\n b\n c\n"),
            ("", "x", "0a1\n> x\n", "@@ -0,0 +1 @@\n+x\n"),
        ];
        for (left, right, plain, with_context) in table {
            let (left, right): (Vec<&str>, Vec<&str>) = (left.split_whitespace().collect(), right.split_whitespace().collect());
            let pieces = pieces(&left, &right);
            let text: String = pieces.iter().filter(|piece| !piece.same).map(|piece| normal_form(piece, &left, &right)).collect();
            assert_eq!((text.as_str(), unified(&pieces, &left, &right).as_str()), (plain, with_context));
        }
    }
}
