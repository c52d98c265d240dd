//! A pool alone, where SeaORM is not compiled in.

use sqlx::SqlitePool;

/// A pool.
pub(super) struct Side(SqlitePool);

impl Side {
    pub(super) fn new(pool: SqlitePool) -> Self {
        Self(pool)
    }

    pub(super) fn pool(&self) -> &SqlitePool {
        &self.0
    }
}
