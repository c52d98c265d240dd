//! Applying what is pending, one step at a time.

use std::time::Duration;

use purlin_core::{Error, Result};
use sqlx::migrate::{Migrate, MigrateError, Migration};
use sqlx::{Connection, SqliteConnection};

use super::compare::{TABLE, migration, remembered};
use super::status::file_name;
use crate::database::Database;

/// How long a process waits for another one that migrates the same database.
const PATIENCE: Duration = Duration::from_mins(1);

/// A migration that was applied just now.
pub(crate) struct Applied {
    pub(crate) number: i64,
    pub(crate) file: String,
    pub(crate) took: Duration,
}

/// Applies, in the order of their numbers, what is not yet applied.
pub(super) async fn pending(
    list: &'static [(i64, &'static str, &'static str)],
    db: &Database,
) -> Result<Vec<Applied>> {
    let mut list: Vec<_> = list.iter().map(migration).collect();
    list.sort();
    let mut connection = db.connect_for_migrations(PATIENCE).await?;
    let applied = all(&mut connection, &list).await;
    // This also waits for what was begun and failed to be rolled back.
    let closed = connection.close().await;
    let applied = applied?;
    closed?;
    Ok(applied)
}

async fn all(connection: &mut SqliteConnection, list: &[Migration]) -> Result<Vec<Applied>> {
    let mut applied = Vec::new();
    for migration in list {
        let file = file_name(migration.version, &migration.description);
        let took = step(connection, migration)
            .await
            .map_err(|error| error.context(format!("the migration `{file}` failed")))?;
        if let Some(took) = took {
            applied.push(Applied { number: migration.version, file, took });
        }
    }
    Ok(applied)
}

/// Applies one migration, unless it is there: another process may have come first.
async fn step(
    connection: &mut SqliteConnection,
    migration: &Migration,
) -> Result<Option<Duration>> {
    if migration.no_tx {
        let applied = apply(connection, migration).await;
        // Nothing keeps another process out meanwhile. If that one was done first, all is well.
        return match applied {
            Err(_) if is_applied(connection, migration).await? => Ok(None),
            applied => applied,
        };
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let took = apply(&mut transaction, migration).await?;
    if took.is_some() {
        check_foreign_keys(&mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(took)
}

async fn apply(
    connection: &mut SqliteConnection,
    migration: &Migration,
) -> Result<Option<Duration>> {
    if is_applied(connection, migration).await? {
        return Ok(None);
    }
    connection.ensure_migrations_table(TABLE).await?;
    let applied = connection.apply(TABLE, migration).await;
    Ok(Some(applied.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => Error::from(other),
    })?))
}

async fn is_applied(connection: &mut SqliteConnection, migration: &Migration) -> Result<bool> {
    let remembered = remembered(connection).await?;
    Ok(remembered.iter().any(|known| known.number == migration.version))
}

/// Foreign keys are off while a migration runs, so what it has left is checked here.
async fn check_foreign_keys(connection: &mut SqliteConnection) -> Result {
    let orphan =
        sqlx::query_as::<_, (String, Option<i64>, String, i64)>("PRAGMA foreign_key_check");
    let Some((table, _, parent, _)) = orphan.fetch_optional(connection).await? else {
        return Ok(());
    };
    let message = format!("rows of `{table}` refer to rows of `{parent}` that are not there");
    Err(Error::internal(message).with_help("let the migration remove or correct these rows, too"))
}
