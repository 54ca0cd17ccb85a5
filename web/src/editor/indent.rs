//! How far a new line is indented: as the one before it, deeper after a key without a value.

/// The indentation after the line that ends at a caret, counted in UTF-16 units as browsers do.
pub fn after_line(text: &str, caret: usize) -> String {
    let units: Vec<u16> = text.encode_utf16().take(caret).collect();
    let before = String::from_utf16_lossy(&units);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let content = line.trim_start_matches(' ');
    let mut depth = line.len() - content.len();
    if content.trim_end().ends_with(':') {
        depth += if content.starts_with("- ") { 4 } else { 2 };
    } else if content.starts_with("- ") && content.contains(": ") {
        depth += 2;
    }
    " ".repeat(depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_on_where_the_one_before_began() {
        for (text, depth) in [("", 0), ("spec:", 2), ("  a: 1", 2), ("  - name: kubia", 4), ("- a:", 4), ("- a", 0), ("한: 글\n    x", 4)] {
            assert_eq!(after_line(text, text.encode_utf16().count()).len(), depth, "{text}");
        }
        assert_eq!(after_line("spec:\n  a: 1", 5).len(), 2);
    }
}
