//! Tables in Markdown.

use std::fmt;

pub(super) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(corner: &str, columns: &[&str]) -> Self {
        let columns = [corner].iter().chain(columns).map(|&name| name.to_owned()).collect();
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row, unless it has nothing in it.
    pub(super) fn row(&mut self, name: &str, cells: impl IntoIterator<Item = Option<String>>) {
        let cells: Vec<_> = cells.into_iter().collect();
        if cells.iter().any(Option::is_some) {
            let shown = cells.into_iter().map(|cell| cell.unwrap_or_else(|| "–".to_owned()));
            self.rows.push([name.to_owned()].into_iter().chain(shown).collect());
        }
    }

    pub(super) fn unless_empty(self) -> Option<Self> {
        Some(self).filter(|table| !table.rows.is_empty())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} |", self.columns.join(" | "))?;
        writeln!(f, "|---|{}", "--:|".repeat(self.columns.len() - 1))?;
        self.rows.iter().try_for_each(|row| writeln!(f, "| {} |", row.join(" | ")))
    }
}

/// `1234.5` as `1,234.5`.
pub(super) fn number(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, whole) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(number(0.0, 0), "0");
        assert_eq!(number(999.0, 1), "999.0");
        assert_eq!(number(1000.0, 0), "1,000");
        assert_eq!(number(-1_234_567.891, 2), "-1,234,567.89");
    }
}
