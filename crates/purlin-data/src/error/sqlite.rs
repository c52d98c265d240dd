//! What `sqlx` and SQLite say, and what of it has a meaning.

use std::error::Error as StdError;

use sqlx::error::{DatabaseError, ErrorKind};

use super::meaning::Meaning;

// https://www.sqlite.org/rescode.html
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const IOERR: i32 = 10;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const CONSTRAINT_TRIGGER: i32 = 1811;
const CONSTRAINT_ROWID: i32 = 2579;

/// What one link of a chain of causes means. What is between the links of `sqlx` counts too: a
/// transparent error hides the first of them.
pub(super) fn meaning_of(error: &(dyn StdError + 'static)) -> Option<Meaning> {
    if let Some(error) = error.downcast_ref::<sqlx::Error>() {
        return of_sqlx(error);
    }
    let error = error.downcast_ref::<Box<dyn DatabaseError>>()?;
    of_database(&**error)
}

pub(super) fn of_sqlx(error: &sqlx::Error) -> Option<Meaning> {
    match error {
        sqlx::Error::Database(error) => of_database(&**error),
        sqlx::Error::RowNotFound => Some(Meaning::NotFound),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolClosed
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::WorkerCrashed => Some(Meaning::Unavailable),
        _ => None,
    }
}

fn of_database(error: &dyn DatabaseError) -> Option<Meaning> {
    let message = error.message();
    match error.kind() {
        ErrorKind::UniqueViolation => Some(Meaning::Conflict { columns: columns(message) }),
        ErrorKind::ForeignKeyViolation => Some(Meaning::ForeignKey),
        ErrorKind::CheckViolation => Some(Meaning::Check { rule: rule(message) }),
        _ => of_code(code(error), message),
    }
}

fn of_code(code: i32, message: &str) -> Option<Meaning> {
    match code {
        CONSTRAINT_ROWID => Some(Meaning::Conflict { columns: Vec::new() }),
        // `ON DELETE RESTRICT` is a trigger to SQLite.
        CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => {
            Some(Meaning::ForeignKey)
        }
        _ => match primary(code) {
            BUSY | LOCKED | IOERR | FULL | CANTOPEN => Some(Meaning::Unavailable),
            _ => None,
        },
    }
}

pub(super) fn is_busy(error: &dyn DatabaseError) -> bool {
    matches!(primary(code(error)), BUSY | LOCKED)
}

fn code(error: &dyn DatabaseError) -> i32 {
    error.code().and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// An extended code has the primary one in its lowest byte.
fn primary(code: i32) -> i32 {
    code & 0xff
}

/// `UNIQUE constraint failed: books.shelf, books.place`; of an index over expressions only the name
/// of the index is known: `index 'one_per_day'`.
fn columns(message: &str) -> Vec<String> {
    let Some((_, list)) = message.split_once("constraint failed: ") else { return Vec::new() };
    let names = list.split(", ").map(|column| column.rsplit('.').next().unwrap_or(column));
    names.filter(|name| is_name(name)).map(str::to_owned).collect()
}

/// `CHECK constraint failed: copies_left`; without a name it is the expression, which is SQL.
fn rule(message: &str) -> Option<String> {
    let (_, rule) = message.split_once("constraint failed: ")?;
    is_name(rule).then(|| rule.to_owned())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_without_their_table() {
        assert_eq!(columns("UNIQUE constraint failed: books.isbn"), ["isbn"]);
        assert_eq!(columns("UNIQUE constraint failed: a.shelf, a.place"), ["shelf", "place"]);
        assert!(columns("UNIQUE constraint failed: index 'one_per_day'").is_empty());
        assert!(columns("something else").is_empty());
    }

    #[test]
    fn a_rule_is_named_and_an_expression_is_not_shown() {
        assert_eq!(rule("CHECK constraint failed: copies_left").as_deref(), Some("copies_left"));
        assert_eq!(rule("CHECK constraint failed: copies >= 0"), None);
    }

    #[test]
    fn extended_codes_mean_what_their_primary_code_means() {
        for code in [5, 517, 6, 262, 10, 266, 13, 14] {
            assert_eq!(of_code(code, ""), Some(Meaning::Unavailable), "{code}");
        }
        for code in [1, 8, 11, 19, 1299, 26] {
            assert_eq!(of_code(code, ""), None, "{code}");
        }
    }

    #[test]
    fn a_trigger_of_the_application_is_no_foreign_key() {
        assert_eq!(of_code(1811, "FOREIGN KEY constraint failed"), Some(Meaning::ForeignKey));
        assert_eq!(of_code(1811, "too many loans"), None);
    }
}
