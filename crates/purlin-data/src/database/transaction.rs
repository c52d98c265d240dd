//! Transactions: all of it, or nothing.

use sqlx::SqliteConnection;

use super::Database;

impl Database {
    /// Runs statements that belong together: committed when `run` succeeds, rolled back when it
    /// fails, panics, or is given up because the request was.
    ///
    /// The transaction has the writer from its beginning (`BEGIN IMMEDIATE`), so no other writer
    /// comes between what it reads and what it writes. It returns the error of `run`, or, made into
    /// one, that of beginning or committing; a function that ends with it needs no annotation,
    /// elsewhere the closure says its error: `Ok::<_, Error>(value)`.
    ///
    /// ```
    /// use purlin_core::{Error, Result};
    /// use purlin_data::{Database, sqlx};
    ///
    /// async fn lend(db: &Database, book: i64, reader: i64) -> Result<i64> {
    ///     db.transaction(async |tx| {
    ///         let taken = sqlx::query("UPDATE books SET copies = copies - 1 WHERE id = ? AND copies > 0");
    ///         if taken.bind(book).execute(&mut *tx).await?.rows_affected() == 0 {
    ///             return Err(Error::conflict("no_copy_left", "no copy is left"));
    ///         }
    ///         let loan = sqlx::query_scalar("INSERT INTO loans VALUES (NULL, ?, ?) RETURNING id");
    ///         Ok(loan.bind(book).bind(reader).fetch_one(&mut *tx).await?)
    ///     })
    ///     .await
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// # let db = Database::memory().await?;
    /// # sqlx::raw_sql("CREATE TABLE books (id INTEGER PRIMARY KEY, copies INTEGER NOT NULL);
    /// #     CREATE TABLE loans (id INTEGER PRIMARY KEY, book INTEGER, reader INTEGER);
    /// #     INSERT INTO books VALUES (7, 1)").execute(db.write()).await?;
    /// assert_eq!(lend(&db, 7, 1).await?, 1);
    /// assert_eq!(lend(&db, 7, 2).await.unwrap_err().status(), 409);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn transaction<T, E: From<sqlx::Error>>(
        &self,
        run: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut transaction = self.write().begin_with("BEGIN IMMEDIATE").await?;
        match run(&mut transaction).await {
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
