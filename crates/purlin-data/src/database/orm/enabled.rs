//! SeaORM over the same connections.

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, SqlxSqliteConnector,
    TransactionOptions, TransactionTrait,
};
use sqlx::SqlitePool;

use super::Database;

/// A pool, with what SeaORM calls it.
pub(super) struct Side {
    pool: SqlitePool,
    orm: DatabaseConnection,
}

impl Side {
    pub(super) fn new(pool: SqlitePool) -> Self {
        Self { orm: SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone()), pool }
    }

    pub(super) fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}

/// SeaORM, with the feature `sea-orm`.
impl Database {
    /// The connections that read, for SeaORM: `Book::find_by_id(7).one(db.read_orm())`.
    pub fn read_orm(&self) -> &DatabaseConnection {
        &self.pools.read.orm
    }

    /// The one connection that writes, for SeaORM: `book.insert(db.write_orm())`.
    ///
    /// For transactions use [`transaction_orm`](Self::transaction_orm), which begins them as
    /// SQLite wants it.
    pub fn write_orm(&self) -> &DatabaseConnection {
        &self.pools.write.orm
    }

    /// As [`transaction`](Self::transaction), for SeaORM.
    ///
    /// ```
    /// use purlin_data::sea_orm::{ConnectionTrait, DbErr};
    /// use purlin_data::Database;
    ///
    /// async fn start_over(db: &Database) -> Result<(), DbErr> {
    ///     db.transaction_orm(async |tx| {
    ///         tx.execute_unprepared("DELETE FROM loans").await?;
    ///         tx.execute_unprepared("DELETE FROM books").await?;
    ///         Ok(())
    ///     })
    ///     .await
    /// }
    /// ```
    pub async fn transaction_orm<T, E: From<DbErr>>(
        &self,
        run: impl AsyncFnOnce(&DatabaseTransaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.write_orm().begin_with_options(options).await?;
        match run(&transaction).await {
            Ok(value) => {
                transaction.commit().await?;
                Ok(value)
            }
            Err(error) => {
                if let Err(failed) = transaction.rollback().await {
                    tracing::warn!(target: "purlin::data", error = %failed, "a transaction could not be rolled back");
                }
                Err(error)
            }
        }
    }
}
