//! Opening: the file and its folder, then the writer, then the readers.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_core::{Error, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlitePool};

use super::orm::Side;
use super::{Database, Pools, TOUCH};
use crate::config::DatabaseConfig;
use crate::error::is_busy;
use crate::url::Location;

pub(super) async fn open(config: &DatabaseConfig, folder: &Path) -> Result<Database> {
    let location = config.url.location(folder)?;
    let opened = open_at(&location, config).await;
    let pools =
        opened.map_err(|error| error.context(format!("cannot open the database `{location}`")))?;
    Ok(Database { pools: Arc::new(pools) })
}

async fn open_at(location: &Location, config: &DatabaseConfig) -> Result<Pools> {
    if let Location::File(path) = location {
        make_folder(path)?;
    }
    let options = writer(location).busy_timeout(config.busy_timeout.into());
    let write = connect_patiently(config, options.clone()).await?;
    // SQLite opens the log with the first transaction. Were that the checkpoint at the end, it
    // would wait for itself.
    sqlx::query(TOUCH).execute(&write).await?;
    let readers = reader(location).busy_timeout(config.busy_timeout.into());
    let read = pool(config).max_connections(config.readers).connect_with(readers).await?;
    let (read, write) = (Side::new(read), Side::new(write));
    Ok(Pools { location: location.clone(), options, read, write })
}

fn make_folder(path: &Path) -> Result {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    fs::create_dir_all(folder)
        .map_err(|error| Error::from(error).context(format!("cannot make `{}`", folder.display())))
}

fn writer(location: &Location) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().foreign_keys(true);
    match location {
        Location::File(path) => options
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .optimize_on_close(true, None),
        Location::Memory(name) => options.filename(name).in_memory(true).shared_cache(true),
    }
}

fn reader(location: &Location) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new();
    match location {
        Location::File(path) => options.filename(path).read_only(true),
        // Connections that share memory lock each other's tables. Whoever reads uncommitted data
        // takes no such lock, and so never waits for the writer, as is the case with a file.
        Location::Memory(name) => options
            .filename(name)
            .in_memory(true)
            .shared_cache(true)
            .pragma("read_uncommitted", "ON")
            .pragma("query_only", "ON"),
    }
}

/// Connections are never given up: they cost nothing, and a database in memory lives in them.
fn pool(config: &DatabaseConfig) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .min_connections(1)
        .acquire_timeout(config.acquire_timeout.into())
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
}

/// Opens the writer. Several processes may do so at once with a new file, and for the moment in
/// which one of them turns the log on, SQLite refuses the others without waiting.
async fn connect_patiently(
    config: &DatabaseConfig,
    options: SqliteConnectOptions,
) -> Result<SqlitePool, sqlx::Error> {
    const PAUSE: Duration = Duration::from_millis(20);
    let deadline = Instant::now() + config.busy_timeout.duration();
    // A statement may end a transaction behind the back of `sqlx` (`INSERT OR ROLLBACK`), which
    // then could begin no other one on this connection.
    let pool = pool(config).max_connections(1).before_acquire(|connection, _| {
        let is_over = !connection.is_in_transaction();
        Box::pin(async move { Ok(is_over) })
    });
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(PAUSE).await;
            }
            connected => return connected,
        }
    }
}
