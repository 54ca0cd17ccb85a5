//! Columns of text made of cells that end in tabs. A column is a block of neighbouring lines that have a cell there; the last
//! cell of a line belongs to no column. Models Go's text/tabwriter as far as kubectl uses it, and the memory for widths of
//! the fork behind `kubectl get` (github.com/liggitt/tabwriter RememberWidths).

/// Sets text in columns.
#[derive(Clone, Debug)]
pub(in crate::kubectl) struct TabWriter {
    /// The least width of a column, padding included.
    min_width: usize,
    /// Spaces after the widest cell.
    padding: usize,
    /// The greatest width that each column has had, if they are never to shrink.
    remembered: Option<Vec<usize>>,
}

impl TabWriter {
    /// As `kubectl get` sets its tables: what is written later never gets narrower columns.
    pub fn table() -> TabWriter {
        TabWriter { min_width: 6, padding: 3, remembered: Some(Vec::new()) }
    }

    /// As `kubectl describe` sets its text.
    pub fn description() -> TabWriter {
        TabWriter { min_width: 0, padding: 2, remembered: None }
    }

    /// Sets text whose cells end in tabs; what is set in one call is aligned among itself.
    pub fn set(&mut self, text: &str) -> String {
        let lines: Vec<Vec<&str>> = text.split('\n').map(|line| line.split('\t').collect()).collect();
        let mut out = String::with_capacity(text.len() * 2);
        self.block(&lines, &mut Vec::new(), &mut out);
        // What follows the last line break is a line of its own in `lines`, with a line break too many behind it.
        out.pop();
        out
    }

    /// Sets lines whose columns left of here have `widths`.
    fn block(&mut self, lines: &[Vec<&str>], widths: &mut Vec<usize>, out: &mut String) {
        let column = widths.len();
        let has_cell = |line: &Vec<&str>| line.len() > column + 1;
        let mut at = 0;
        while at < lines.len() {
            let end = at + lines[at..].iter().take_while(|line| has_cell(line) == has_cell(&lines[at])).count();
            if has_cell(&lines[at]) {
                let width = self.width(column, &lines[at..end]);
                widths.push(width);
                self.block(&lines[at..end], widths, out);
                widths.pop();
            } else {
                lines[at..end].iter().for_each(|line| write_line(line, widths, out));
            }
            at = end;
        }
    }

    fn width(&mut self, column: usize, lines: &[Vec<&str>]) -> usize {
        let widest = lines.iter().map(|line| line[column].chars().count() + self.padding).max();
        let width = widest.unwrap_or_default().max(self.min_width);
        let Some(remembered) = &mut self.remembered else { return width };
        remembered.resize(remembered.len().max(column + 1), 0);
        remembered[column] = remembered[column].max(width);
        remembered[column]
    }
}

fn write_line(cells: &[&str], widths: &[usize], out: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        out.push_str(cell);
        if let Some(width) = widths.get(at).filter(|_| at + 1 < cells.len()) {
            let missing = width.saturating_sub(cell.chars().count());
            out.extend(std::iter::repeat_n(' ', missing));
        }
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_cell_is_not_padded_and_columns_have_a_least_width() {
        let set = TabWriter::table().set("NAME\tX\tENV\nlab\ty\t\n");
        assert_eq!(set, "NAME   X     ENV\nlab    y     \n");
    }

    #[test]
    fn a_line_without_a_cell_ends_a_column() {
        let text = "A:\t1\nLonger:\t2\nBreak:\n  Very long:\t3\n  B:\t4\n";
        assert_eq!(
            TabWriter::description().set(text),
            "A:       1\nLonger:  2\nBreak:\n  Very long:  3\n  B:          4\n"
        );
    }

    #[test]
    fn columns_of_a_table_never_shrink() {
        let mut table = TabWriter::table();
        assert_eq!(table.set("NAME\tSTATUS\tAGE\na\tPending\t0s\n"), "NAME   STATUS    AGE\na      Pending   0s\n");
        assert_eq!(table.set("a\tContainerCreating\t0s\n"), "a      ContainerCreating   0s\n");
        assert_eq!(table.set("a\tRunning\t1s\n"), "a      Running             1s\n");
    }

    #[test]
    fn empty_cells_take_their_padding() {
        let text = "  Name\t\tCPU\n  longjob-r9f7v\t\t0\n";
        assert_eq!(TabWriter::description().set(text), "  Name             CPU\n  longjob-r9f7v    0\n");
    }
}
