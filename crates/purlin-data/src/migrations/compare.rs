//! What the application has against what the database remembers.

use purlin_core::{Error, Result};
use sqlx::SqliteConnection;
use sqlx::migrate::{Migration, MigrationType};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use super::status::{MigrationState, MigrationStatus};
use crate::database::Database;

/// The table that remembers, the same as that of `sqlx-cli`.
pub(super) const TABLE: &str = "_sqlx_migrations";

type Step = (i64, &'static str, &'static str);

/// A migration as the database remembers it.
pub(super) struct Remembered {
    pub(super) number: i64,
    title: String,
    checksum: Vec<u8>,
    applied_at: String,
}

/// A step as `sqlx` applies it.
pub(super) fn migration(&(number, title, sql): &Step) -> Migration {
    let bare = sql.starts_with("-- no-transaction");
    // A checkout on Windows may have other line ends than the one the server was built from.
    let sql = if sql.contains('\r') {
        AssertSqlSafe(sql.replace("\r\n", "\n")).into_sql_str()
    } else {
        sql.into_sql_str()
    };
    Migration::new(number, title.into(), MigrationType::Simple, sql, bare)
}

pub(super) async fn remembered(
    connection: &mut SqliteConnection,
) -> Result<Vec<Remembered>, sqlx::Error> {
    let found = sqlx::query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
    if found.bind(TABLE).fetch_optional(&mut *connection).await?.is_none() {
        return Ok(Vec::new());
    }
    // `success` is false where another tool gave up half way; there the migration is not applied.
    let rows = sqlx::query_as::<_, (i64, String, Vec<u8>, String)>(
        "SELECT version, description, checksum, CAST(installed_on AS TEXT)
         FROM _sqlx_migrations WHERE success ORDER BY version",
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    Ok(rows
        .map(|(number, title, checksum, applied_at)| Remembered {
            number,
            title,
            checksum,
            applied_at,
        })
        .collect())
}

pub(super) async fn status(list: &'static [Step], db: &Database) -> Result<Vec<MigrationStatus>> {
    let remembered = remembered(&mut *db.read().acquire().await?).await?;
    let mut status: Vec<MigrationStatus> =
        list.iter().map(|step| of_step(step, &remembered)).collect();
    status.extend(remembered.into_iter().filter(|known| !has(list, known)).map(missing));
    status.sort_by_key(|migration| migration.number);
    Ok(status)
}

fn has(list: &[Step], known: &Remembered) -> bool {
    list.iter().any(|(number, ..)| *number == known.number)
}

fn of_step(step: &Step, remembered: &[Remembered]) -> MigrationStatus {
    let known = remembered.iter().find(|known| known.number == step.0);
    let state = match known {
        None => MigrationState::Pending,
        Some(known) if *known.checksum == *migration(step).checksum => MigrationState::Applied,
        Some(_) => MigrationState::Changed,
    };
    let applied_at = known.map(|known| known.applied_at.clone());
    MigrationStatus { number: step.0, title: step.1.to_owned(), state, applied_at }
}

fn missing(known: Remembered) -> MigrationStatus {
    let Remembered { number, title, applied_at, .. } = known;
    let state = MigrationState::Missing;
    MigrationStatus { number, title, state, applied_at: Some(applied_at) }
}

/// Refuses a database whose past is another one than the application's.
pub(super) fn refuse_broken(status: &[MigrationStatus]) -> Result {
    if let Some(files) = files(status, MigrationState::Changed) {
        let message = format!("migrations were changed after they were applied: {files}");
        return Err(Error::internal(message).with_help(
            "undo the change and put it into a new migration, or begin with an empty database",
        ));
    }
    if let Some(files) = files(status, MigrationState::Missing) {
        let message = format!("the database has migrations that the application has not: {files}");
        return Err(Error::internal(message).with_help(
            "bring the files back, or run the version of the application that has them",
        ));
    }
    Ok(())
}

pub(super) fn refuse_pending(status: &[MigrationStatus]) -> Result {
    let Some(files) = files(status, MigrationState::Pending) else { return Ok(()) };
    Err(Error::internal(format!("migrations are pending: {files}")).with_help(
        "run the command `migrate` of the application, or set `database.migrate` to true",
    ))
}

/// The files in this state, for a message; `None` where there is none.
fn files(status: &[MigrationStatus], state: MigrationState) -> Option<String> {
    let found = status.iter().filter(|migration| migration.state == state);
    let files: Vec<String> = found.map(|migration| format!("`{}`", migration.file())).collect();
    (!files.is_empty()).then(|| files.join(", "))
}
