//! What has become of a migration.

use std::fmt;

/// A migration and what has become of it in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// Its number: 2 of `0002_add_isbn.sql`.
    pub number: i64,
    /// Its title: "add isbn".
    pub title: String,
    /// What has become of it.
    pub state: MigrationState,
    /// When it was applied: UTC, as `2026-11-21 15:05:45`.
    pub applied_at: Option<String>,
}

/// What has become of a migration in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationState {
    /// It was applied as it is.
    Applied,
    /// It was applied, and its text was changed afterwards.
    Changed,
    /// It was applied, and the application has it no more.
    Missing,
    /// It has not been applied.
    Pending,
}

impl fmt::Display for MigrationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Applied => "applied",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Pending => "pending",
        })
    }
}

impl MigrationStatus {
    /// The name of its file: `0002_add_isbn.sql`. `purlin::migrations!` takes no others.
    pub fn file(&self) -> String {
        file_name(self.number, &self.title)
    }
}

/// A line of `migrate status`.
impl fmt::Display for MigrationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", self.state, self.file())?;
        match &self.applied_at {
            Some(at) => write!(f, "  {at}"),
            None => Ok(()),
        }
    }
}

/// The number in four digits, as files are numbered.
pub(super) fn file_name(number: i64, title: &str) -> String {
    format!("{number:04}_{}.sql", title.replace(' ', "_"))
}
