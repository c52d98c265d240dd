//! What SeaORM's errors mean.

use std::error::Error as StdError;

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

use super::DbError;
use super::meaning::Meaning;
use super::sqlite;

/// What one link of a chain of causes means. `sqlx`'s own error is in SeaORM's, but not among its
/// sources.
pub(super) fn meaning_of(error: &(dyn StdError + 'static)) -> Option<Meaning> {
    if let Some(error) = error.downcast_ref::<DbErr>() {
        return of_orm(error);
    }
    if error.is::<ConnAcquireErr>() {
        return Some(Meaning::Unavailable);
    }
    error.downcast_ref::<RuntimeErr>().and_then(of_runtime)
}

fn of_orm(error: &DbErr) -> Option<Meaning> {
    match error {
        DbErr::Conn(error) | DbErr::Exec(error) | DbErr::Query(error) => of_runtime(error),
        DbErr::ConnectionAcquire(_) => Some(Meaning::Unavailable),
        DbErr::RecordNotInserted => Some(Meaning::Conflict { columns: Vec::new() }),
        DbErr::RecordNotFound(_) | DbErr::RecordNotUpdated => Some(Meaning::NotFound),
        _ => None,
    }
}

fn of_runtime(error: &RuntimeErr) -> Option<Meaning> {
    let RuntimeErr::SqlxError(error) = error else { return None };
    sqlite::of_sqlx(error)
}

/// With the feature `sea-orm`.
impl From<DbErr> for DbError {
    fn from(error: DbErr) -> Self {
        Self::new(error)
    }
}
