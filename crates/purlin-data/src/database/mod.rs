//! The database: one connection that writes, several that read.
//!
//! SQLite lets one connection write at a time, whatever a program does. Here that is a pool of one,
//! so that writers queue in the process, in order and with a limit, instead of finding the file
//! locked; transactions begin with `BEGIN IMMEDIATE`, so that they cannot fail half way because
//! another one came first.

mod open;
mod transaction;

#[cfg(feature = "sea-orm")]
#[path = "orm/enabled.rs"]
mod orm;

#[cfg(not(feature = "sea-orm"))]
#[path = "orm/disabled.rs"]
mod orm;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use purlin_core::{Close, Result};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{SqliteConnection, SqlitePool};

use self::orm::Side;
use crate::config::DatabaseConfig;
use crate::url::{DatabaseUrl, Location};

/// Makes SQLite look at the file.
const TOUCH: &str = "SELECT count(*) FROM sqlite_schema";
/// How long the end waits for connections that are still in use.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// An open database. It is cheap to clone.
///
/// [`read`](Self::read) is for queries, [`write`](Self::write) for single statements that change
/// something, [`transaction`](Self::transaction) for several that belong together. A statement that
/// writes through a reader fails: `attempt to write a readonly database`.
///
/// ```
/// use purlin_data::{Database, sqlx};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> purlin_core::Result {
/// let db = Database::memory().await?;
/// sqlx::query("CREATE TABLE books (title TEXT NOT NULL)").execute(db.write()).await?;
/// sqlx::query("INSERT INTO books VALUES (?)").bind("Dune").execute(db.write()).await?;
///
/// let titles: Vec<String> =
///     sqlx::query_scalar("SELECT title FROM books").fetch_all(db.read()).await?;
/// assert_eq!(titles, ["Dune"]);
/// # Ok(())
/// # }
/// ```
///
/// # Invariants
///
/// Foreign keys are enforced; the journal is a write-ahead log (WAL) with `synchronous = NORMAL`,
/// which survives a crash of the process, and a loss of power without damage, if without the last
/// transactions. A database in memory has neither log nor file; there, readers see what the writer
/// has not yet committed.
///
/// # Limits
///
/// There is one writer. Whoever holds it, in a transaction or as an acquired connection, must not
/// ask for it again: [`write`](Self::write) inside a [`transaction`](Self::transaction) waits for
/// itself until `acquire_timeout`. Keep slow things, such as requests to other servers, out of
/// transactions.
///
/// A connection is checked by `sqlx` each time it goes back to its pool, beside the request, and is
/// not checked again before it is used. Several queries in a row save that by using one connection:
/// `let mut connection = db.read().acquire().await?`.
#[derive(Clone)]
pub struct Database {
    pools: Arc<Pools>,
}

struct Pools {
    location: Location,
    /// How the writer was opened, for more connections of its kind.
    options: SqliteConnectOptions,
    read: Side,
    write: Side,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.pools.location)
    }
}

impl Database {
    /// Opens a database; a relative path in its address begins at `folder`. The file and its folder
    /// are made when they are not there. Migrations are not looked at.
    ///
    /// [`DatabaseModule`](crate::DatabaseModule) does this for the database of the application. It
    /// is for a second one, provided under a type of your own.
    ///
    /// # Errors
    ///
    /// When the file cannot be made or opened, or is no database.
    pub async fn open(config: &DatabaseConfig, folder: &Path) -> Result<Self> {
        open::open(config, folder).await
    }

    /// Opens a new database in memory, for a test.
    ///
    /// # Errors
    ///
    /// When there is no memory for it.
    pub async fn memory() -> Result<Self> {
        let config = DatabaseConfig::default().url(DatabaseUrl::memory());
        Self::open(&config, Path::new("")).await
    }

    /// The connections that read, and cannot write.
    pub fn read(&self) -> &SqlitePool {
        self.pools.read.pool()
    }

    /// The one connection that writes.
    pub fn write(&self) -> &SqlitePool {
        self.pools.write.pool()
    }

    /// Asks the database for something it has to read from its file; the readiness check
    /// `database` does.
    ///
    /// # Errors
    ///
    /// When no connection is free in time, or the file cannot be read.
    pub async fn ping(&self) -> Result {
        sqlx::query(TOUCH).execute(self.read()).await?;
        Ok(())
    }

    /// Opens a connection of its own that may change the schema: foreign keys are not enforced.
    pub(crate) async fn connect_for_migrations(
        &self,
        patience: Duration,
    ) -> Result<SqliteConnection, sqlx::Error> {
        let options = self.pools.options.clone().foreign_keys(false).busy_timeout(patience);
        sqlx::ConnectOptions::connect(&options).await
    }

    /// Moves what is in the log into the database file, and empties the log.
    async fn checkpoint(&self) -> Result<(), sqlx::Error> {
        let checkpoint = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)");
        let (busy, _, _): (i64, i64, i64) = checkpoint.fetch_one(self.write()).await?;
        if busy != 0 {
            tracing::warn!(target: "purlin::data", database = %self.pools.location, "the log is in use by another process and was kept");
        }
        Ok(())
    }
}

/// Waits five seconds for connections in use, empties the log into the database file, and closes
/// it.
impl Close for Database {
    async fn close(&self) -> Result {
        if self.write().is_closed() {
            return Ok(());
        }
        close(self.read()).await;
        let checkpoint = self.checkpoint().await;
        close(self.write()).await;
        Ok(checkpoint?)
    }
}

async fn close(pool: &SqlitePool) {
    if tokio::time::timeout(CLOSE_WITHIN, pool.close()).await.is_err() {
        tracing::warn!(target: "purlin::data", "a connection was still in use and was not closed");
    }
}
