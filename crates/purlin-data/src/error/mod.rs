//! What database errors mean to a client.
//!
//! | what happened | status | code |
//! |---|---|---|
//! | a value that must be unique is there already | 409 | `conflict`, with the member `columns` |
//! | a row refers to one that is not there, or is referred to | 409 | `foreign_key_conflict` |
//! | a value breaks a `CHECK` | 422 | `check_failed`, with the member `rule` where it has a name |
//! | a row that must be there is not | 404 | `not_found` |
//! | no connection in time, a lock, a full or failing disk | 503 | `database_unavailable`, with `Retry-After` |
//! | everything else | 500 | |
//!
//! A `NOT NULL` that is broken is "everything else": input without a required value is refused
//! before it comes to the database, so that what is missing there was forgotten by the program.
//!
//! Table names, SQL and values stay out of what the client sees.

mod meaning;
mod sqlite;

#[cfg(feature = "sea-orm")]
#[path = "orm/enabled.rs"]
mod orm;

#[cfg(not(feature = "sea-orm"))]
#[path = "orm/disabled.rs"]
mod orm;

use std::error::Error as StdError;
use std::fmt;

use http::StatusCode;
use purlin_core::{App, Error, Failure, Outline, Problem, Problems};

use self::meaning::Meaning;

/// An error of the database, of which the client is told what it may know.
///
/// Where [`DatabaseModule`](crate::DatabaseModule) is installed, errors of `sqlx` and SeaORM that
/// become a [`purlin::Error`](Error) by `?` keep their meaning by themselves. This type is for
/// two more things: to have the statuses in the OpenAPI document, as the error of a handler or by
/// [`Routes::problem`](purlin_core::Routes::problem), and to ask what an error means.
///
/// An error type of your own keeps the meaning if the database's is its `source`, and itself says
/// no status: `Database(#[from] sqlx::Error)` below a message of its own. `#[error(transparent)]`
/// hides it.
///
/// ```
/// use purlin_core::{Inject, Json};
/// use purlin_data::{Database, DbError, sqlx};
///
/// /// 409 and the others are in the document of this operation.
/// async fn rename(db: Inject<Database>, Json(title): Json<String>) -> Result<(), DbError> {
///     sqlx::query("UPDATE books SET title = ?").bind(title).execute(db.write()).await?;
///     Ok(())
/// }
///
/// assert!(DbError::from(sqlx::Error::RowNotFound).is_not_found());
/// assert!(DbError::from(sqlx::Error::PoolTimedOut).is_unavailable());
/// ```
#[derive(Debug)]
pub struct DbError {
    source: Box<dyn StdError + Send + Sync>,
}

impl DbError {
    fn new(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }

    /// Whether a value that must be unique is there already.
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.meaning(), Some(Meaning::Conflict { .. }))
    }

    /// Whether a row refers to one that is not there, or is referred to by others.
    pub fn is_foreign_key_violation(&self) -> bool {
        matches!(self.meaning(), Some(Meaning::ForeignKey))
    }

    /// Whether a value breaks a `CHECK`.
    pub fn is_check_violation(&self) -> bool {
        matches!(self.meaning(), Some(Meaning::Check { .. }))
    }

    /// Whether a row that must be there is not.
    pub fn is_not_found(&self) -> bool {
        matches!(self.meaning(), Some(Meaning::NotFound))
    }

    /// Whether the same may work a moment later.
    pub fn is_unavailable(&self) -> bool {
        matches!(self.meaning(), Some(Meaning::Unavailable))
    }

    /// The columns whose values are there already; empty where that is not known.
    pub fn columns(&self) -> Vec<String> {
        match self.meaning() {
            Some(Meaning::Conflict { columns }) => columns,
            _ => Vec::new(),
        }
    }

    fn meaning(&self) -> Option<Meaning> {
        let mut next: Option<&(dyn StdError + 'static)> = Some(&*self.source);
        while let Some(error) = next {
            if let Some(meaning) = meaning_of(error) {
                return Some(meaning);
            }
            next = error.source();
        }
        None
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the database refused")
    }
}

impl StdError for DbError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        Self::new(error)
    }
}

impl Problem for DbError {
    fn document(problems: &mut Problems) {
        Meaning::document(problems);
    }

    fn outline(&self) -> Outline {
        self.meaning().map_or_else(unknown, Meaning::outline)
    }
}

fn unknown() -> Outline {
    Outline::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error")
}

/// Whether another connection has locked the database.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlite::is_busy)
}

/// Lets database errors keep their meaning on all routes. What is recognized everywhere is
/// documented nowhere: an operation that never conflicts would promise a 409.
pub(crate) fn recognize(app: App) -> App {
    app.problem::<Recognized>()
}

enum Recognized {}

impl Failure for Recognized {
    fn document(_problems: &mut Problems) {}

    fn recognize(error: &Error) -> Option<Outline> {
        error.chain().find_map(meaning_of).map(Meaning::outline)
    }

    fn into_error(self) -> Error {
        match self {}
    }
}

/// What one link of a chain of causes means.
fn meaning_of(error: &(dyn StdError + 'static)) -> Option<Meaning> {
    sqlite::meaning_of(error).or_else(|| orm::meaning_of(error))
}
