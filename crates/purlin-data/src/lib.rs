//! Databases for Purlin: SQLite through `sqlx`, migrations, seeds, and errors that keep their
//! meaning.
//!
//! One line installs it: [`DatabaseModule`] opens the database that the configuration names,
//! applies or verifies the migrations, and provides [`Database`] to handlers and services.
//!
//! SQLite is used as it works best: one connection writes, several read, in WAL mode, so that
//! readers never wait for the writer nor the writer for readers.
//!
//! # Example
//!
//! ```
//! use purlin_core::{App, Inject, Json, Path, Result, Routes};
//! use purlin_data::{Database, DatabaseModule, Migrations, sqlx};
//!
//! // In an application: `purlin::migrations!("migrations")`.
//! const MIGRATIONS: Migrations = Migrations::new(&[
//!     (1, "create books", "CREATE TABLE books (title TEXT NOT NULL UNIQUE) STRICT"),
//! ]);
//!
//! async fn titles(db: Inject<Database>) -> Result<Json<Vec<String>>> {
//!     let titles = sqlx::query_scalar("SELECT title FROM books ORDER BY title");
//!     Ok(Json(titles.fetch_all(db.read()).await?))
//! }
//!
//! async fn add(db: Inject<Database>, Path(title): Path<String>) -> Result {
//!     // A second book of that title is a 409, without another word.
//!     let insert = sqlx::query("INSERT INTO books VALUES (?)").bind(title);
//!     insert.execute(db.write()).await?;
//!     Ok(())
//! }
//!
//! let app = App::new("bookshelf")
//!     .with(DatabaseModule::sqlite().migrations(MIGRATIONS))
//!     .routes(Routes::new().get("/titles", titles).put("/titles/{title}", add));
//! assert!(app.assemble().is_ok());
//! ```
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `sea-orm` | no | `Database::read_orm`, `write_orm` and `transaction_orm`, and the meaning of SeaORM's errors |
//!
//! # Limits
//!
//! The module speaks SQLite only. The address in the configuration begins with the name of the
//! database system, so that others can follow without a change to applications.

mod module;

mod command;

mod migrations;

mod database;

mod error;

mod config;

mod url;

#[cfg(feature = "sea-orm")]
pub use sea_orm;
pub use sqlx;

pub use self::config::DatabaseConfig;
pub use self::database::Database;
pub use self::error::DbError;
pub use self::migrations::{MigrationState, MigrationStatus, Migrations};
pub use self::module::DatabaseModule;
pub use self::url::{DatabaseUrl, DatabaseUrlError};
