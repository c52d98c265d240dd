//! Migrations: the schema of the database, as numbered steps of plain SQL.
//!
//! What was applied is remembered in the table `_sqlx_migrations`, with a checksum of each text, as
//! `sqlx-cli` keeps it.

mod apply;
mod compare;
mod status;

use std::fmt;

use purlin_core::Result;

pub(crate) use self::apply::Applied;
pub use self::status::{MigrationState, MigrationStatus};
use crate::database::Database;

/// The migrations of an application, embedded in its binary by
/// `purlin::migrations!("migrations")`.
///
/// A migration is one file, `migrations/0002_add_isbn.sql`, of any number of statements. It is
/// applied once, in the order of the numbers, in a transaction of its own that other processes wait
/// for; foreign keys are not enforced while it runs, so that a table can be made anew, and checked
/// before it is committed. One that begins with the line `-- no-transaction` runs without, which
/// `VACUUM` needs: other processes do not wait for it, so that it may be run twice at once. Where
/// several start together, let it be one that changes nothing when it is run again, or apply it with
/// the command `migrate` before.
///
/// An applied migration must not be changed or removed: another database has it as it was. It is
/// compared by its text, in which the two kinds of line ends are the same.
///
/// ```
/// use purlin_data::{Database, MigrationState, Migrations};
///
/// const MIGRATIONS: Migrations = Migrations::new(&[
///     (1, "create books", "CREATE TABLE books (title TEXT NOT NULL) STRICT"),
///     (2, "add isbn", "ALTER TABLE books ADD COLUMN isbn TEXT"),
/// ]);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> purlin_core::Result {
/// let db = Database::memory().await?;
/// MIGRATIONS.up(&db).await?;
/// let status = MIGRATIONS.status(&db).await?;
/// assert_eq!(status[1].file(), "0002_add_isbn.sql");
/// assert_eq!(status[1].state, MigrationState::Applied);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Migrations {
    list: &'static [(i64, &'static str, &'static str)],
}

impl fmt::Debug for Migrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.list.iter().map(|(number, title, _)| (number, title))).finish()
    }
}

impl Migrations {
    /// Migrations as number, title and SQL. `purlin::migrations!("migrations")` writes this from the
    /// files of a folder.
    ///
    /// # Panics
    ///
    /// When two of them have one number, which in a `const` is an error of the compiler:
    ///
    /// ```compile_fail,E0080
    /// use purlin_data::Migrations;
    ///
    /// const TWICE: Migrations = Migrations::new(&[
    ///     (1, "create books", "CREATE TABLE books (title TEXT) STRICT"),
    ///     (1, "create loans", "CREATE TABLE loans (book TEXT) STRICT"),
    /// ]);
    /// ```
    pub const fn new(list: &'static [(i64, &'static str, &'static str)]) -> Self {
        let mut at = 0;
        while at < list.len() {
            let mut before = 0;
            while before < at {
                assert!(list[before].0 != list[at].0, "two migrations have one number");
                before += 1;
            }
            at += 1;
        }
        Self { list }
    }

    /// What has become of every migration in this database, by number. Changes nothing.
    ///
    /// # Errors
    ///
    /// When the database cannot be read.
    pub async fn status(&self, db: &Database) -> Result<Vec<MigrationStatus>> {
        compare::status(self.list, db).await
    }

    /// Applies what is pending, and returns its numbers. The start does this in development.
    ///
    /// # Errors
    ///
    /// When an applied migration was changed or removed; then nothing is applied. When one fails,
    /// it is rolled back; those before it stay.
    pub async fn up(&self, db: &Database) -> Result<Vec<i64>> {
        Ok(self.apply(db).await?.into_iter().map(|applied| applied.number).collect())
    }

    /// Makes sure that everything was applied, and as it is here. The start does this in
    /// production. Changes nothing.
    ///
    /// # Errors
    ///
    /// When a migration is pending, or an applied one was changed or removed.
    pub async fn verify(&self, db: &Database) -> Result {
        compare::refuse_pending(&self.comparable(db).await?)
    }

    pub(crate) async fn apply(&self, db: &Database) -> Result<Vec<Applied>> {
        self.comparable(db).await?;
        apply::pending(self.list, db).await
    }

    async fn comparable(&self, db: &Database) -> Result<Vec<MigrationStatus>> {
        let status = self.status(db).await?;
        compare::refuse_broken(&status)?;
        Ok(status)
    }
}
