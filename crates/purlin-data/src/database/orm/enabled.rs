//! The pools as SeaORM knows them.

use sea_orm::{DatabaseConnection, SqlxSqliteConnector};
use sqlx::SqlitePool;

/// The same connections as the pools', under SeaORM's type.
pub(crate) struct Orm {
    pub(crate) read: DatabaseConnection,
    pub(crate) write: DatabaseConnection,
}

impl Orm {
    pub(super) fn over(read: &SqlitePool, write: &SqlitePool) -> Self {
        let connection = |pool: &SqlitePool| SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone());
        Self { read: connection(read), write: connection(write) }
    }
}
