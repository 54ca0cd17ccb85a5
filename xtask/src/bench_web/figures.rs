//! Numbers as people read them, and which of many stands for all.

/// The value below which this part (0 to 1) of all values is; 0 of none.
pub fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * part).round() as usize).copied().unwrap_or_default()
}

/// What frames are headed by: see [`of_frames`].
pub const FRAMES_HEAD: [&str; 6] = ["frames/s", "frame", "95 %", "worst", "tasks > 50 ms", "longest"];

/// Frames and long tasks, in milliseconds, as a row's first cells behind its name.
pub fn of_frames(name: &str, frames: &[f64], tasks: &[f64]) -> Vec<String> {
    let total: f64 = frames.iter().sum::<f64>().max(1.0);
    let ms = |values: &[f64], part: f64| format!("{:.0} ms", quantile(values, part));
    let rate = format!("{:.0}", frames.len() as f64 * 1_000.0 / total);
    vec![name.to_owned(), rate, ms(frames, 0.5), ms(frames, 0.95), ms(frames, 1.0), tasks.len().to_string(), ms(tasks, 1.0)]
}

/// Bytes in mebibytes.
pub fn mebibytes(bytes: f64) -> String {
    format!("{:.1} MiB", bytes / 1_048_576.0)
}

/// Rows under a head, in columns; the first column is text, the others numbers.
pub fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let width = width(column);
            match column {
                0 => text.push_str(&format!("{cell:<width$}")),
                _ => text.push_str(&format!("  {cell:>width$}")),
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_values() {
        assert_eq!(quantile(&[], 0.5), 0.0);
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        let found = [0.0, 0.5, 0.95, 1.0].map(|part| quantile(&values, part));
        assert_eq!(found, [1.0, 3.0, 5.0, 5.0]);
    }

    #[test]
    fn columns_stand_under_each_other() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        assert_eq!(columns(&[row(["pods", "ms"]), row(["a", "12.5"])]), "pods    ms\na     12.5\n");
    }
}
