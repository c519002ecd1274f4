use std::fmt;

/// A table in Markdown.
#[derive(Debug)]
pub(super) struct Table {
    corner: String,
    columns: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    pub(super) fn new(corner: &str) -> Self {
        Self {
            corner: corner.into(),
            columns: Vec::new(),
            rows: Vec::new(),
        }
    }

    pub(super) fn columns(&mut self, columns: impl IntoIterator<Item = String>) {
        self.columns.extend(columns);
    }

    pub(super) fn row(&mut self, name: &str, cells: impl IntoIterator<Item = Option<String>>) {
        let cells = cells.into_iter();
        let cells = cells.map(|cell| cell.unwrap_or_else(|| "–".into()));
        // What this is about is ours.
        let name = if name.contains("intermission") {
            format!("**{name}**")
        } else {
            name.into()
        };
        self.rows.push((name, cells.collect()));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} | {} |", self.corner, self.columns.join(" | "))?;
        writeln!(f, "|---|{}", "--:|".repeat(self.columns.len()))?;
        for (name, cells) in &self.rows {
            writeln!(f, "| {name} | {} |", cells.join(" | "))?;
        }
        Ok(())
    }
}

/// A whole number, in groups of three digits.
pub(super) fn number(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number of three digits or so.
pub(super) fn ratio(value: f64) -> String {
    match value {
        100.0.. => number(value),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Microseconds.
pub(super) fn micro(value: f64) -> String {
    format!("{} µs", ratio(value))
}

/// Bytes.
pub(super) fn size(bytes: f64) -> String {
    match bytes {
        1e6.. => format!("{} MB", ratio(bytes / 1e6)),
        1e3.. => format!("{} kB", ratio(bytes / 1e3)),
        _ => format!("{bytes:.0} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_can_be_read() {
        let numbers = [0.0, 999.0, 1_000.0, 1_234_567.0].map(number);
        assert_eq!(numbers, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([8.91, 89.12, 8_912.3].map(ratio), ["8.91", "89.1", "8,912"]);
        assert_eq!(
            [12.0, 1_536.0, 2_560_000.0].map(size),
            ["12 B", "1.54 kB", "2.56 MB"]
        );
    }

    #[test]
    fn what_was_not_measured_is_a_dash() {
        let mut table = Table::new("a");
        table.columns(["b".into()]);
        table.row("intermission", [None]);
        assert_eq!(
            table.to_string(),
            "| a | b |\n|---|--:|\n| **intermission** | – |\n"
        );
    }
}
