//! The module: everything an application needs to have a database, in one line.

use std::fmt;

use purlin_core::config::Configuration;
use purlin_core::{
    App, Arguments, BoxFuture, Close, Config, Inject, Mode, Module, Provider, Result,
};
use serde_json::{Value, json};

use crate::command;
use crate::config::DatabaseConfig;
use crate::database::Database;
use crate::error;
use crate::migrations::{Applied, Migrations};
use crate::url::DatabaseUrl;

/// The database of an application, as the section `database` of its configuration describes it.
///
/// It provides the service [`Database`], which is open, migrated and closed again at the end; lets
/// database errors keep their meaning ([`DbError`](crate::DbError)); adds the readiness check
/// `database`, and the subcommands `migrate` and `seed` where there is something to do for them.
///
/// Migrations are applied or, in production, verified before `Database` is there for anybody: no
/// service, start hook or request sees an old schema. `migrate` makes no other service, so it works
/// with a database that the application could not start with.
///
/// ```
/// use purlin_core::{App, Inject, Result};
/// use purlin_data::{Database, DatabaseModule, Migrations, sqlx};
///
/// // In an application: `purlin::migrations!("migrations")`.
/// const MIGRATIONS: Migrations = Migrations::new(&[
///     (1, "create books", "CREATE TABLE books (title TEXT NOT NULL UNIQUE) STRICT"),
/// ]);
///
/// async fn first_books(db: Inject<Database>) -> Result {
///     sqlx::query("INSERT OR IGNORE INTO books VALUES ('Dune')").execute(db.write()).await?;
///     Ok(())
/// }
///
/// let app = App::new("bookshelf")
///     .with(DatabaseModule::sqlite().migrations(MIGRATIONS).seed(first_books));
/// assert!(app.assemble().is_ok());
/// ```
#[must_use = "a module does nothing until an application has it"]
pub struct DatabaseModule {
    migrations: Option<Migrations>,
    seed: Option<Box<dyn FnOnce(App) -> App>>,
}

impl fmt::Debug for DatabaseModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseModule")
            .field("migrations", &self.migrations)
            .field("seed", &self.seed.is_some())
            .finish()
    }
}

impl DatabaseModule {
    /// An SQLite database.
    pub fn sqlite() -> Self {
        Self { migrations: None, seed: None }
    }

    /// Applies or verifies these migrations at the start, and adds the subcommand `migrate`.
    pub fn migrations(mut self, migrations: Migrations) -> Self {
        self.migrations = Some(migrations);
        self
    }

    /// Adds the subcommand `seed`, which fills the database with what a new one needs: an async
    /// function of services. It may be run again, so it should leave alone what is there.
    pub fn seed<Args: 'static>(mut self, seed: impl Provider<Args, ()>) -> Self {
        let about = "Fill the database with what a new one needs";
        self.seed = Some(Box::new(move |app| app.command("seed", about, seed)));
        self
    }
}

impl Module for DatabaseModule {
    fn install(self, app: App) -> App {
        let Self { migrations, seed } = self;
        let app = app
            .config::<DatabaseConfig>("database")
            .config_defaults("database", defaults)
            .provide_closing(move |config, configuration| ready(config, configuration, migrations))
            .check("database", |db: Inject<Database>| -> BoxFuture<Result> {
                Box::pin(async move { db.ping().await })
            });
        let app = error::recognize(app);
        let app = match migrations {
            Some(migrations) => with_migrate(app, migrations),
            None => app,
        };
        match seed {
            Some(seed) => seed(app),
            None => app,
        }
    }
}

/// What the defaults are depends on the name of the application and on the mode.
fn defaults(name: &str, mode: Mode) -> Value {
    let url = match mode {
        Mode::Test => DatabaseUrl::memory(),
        Mode::Dev | Mode::Prod => DatabaseUrl::file(&format!("{}.sqlite", slug(name))),
    };
    json!({ "url": url, "migrate": mode != Mode::Prod })
}

/// A name as it can stand in an address.
fn slug(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let slug: String = name.to_lowercase().chars().map(letter).collect();
    match slug.trim_matches('-') {
        "" => "app".to_owned(),
        slug => slug.to_owned(),
    }
}

/// The database as everybody else may see it: with its schema up to date.
async fn ready(
    config: Config<DatabaseConfig>,
    configuration: Inject<Configuration>,
    migrations: Option<Migrations>,
) -> Result<Database> {
    let db = open(&config, &configuration).await?;
    let Some(migrations) = migrations else { return Ok(db) };
    let migrated = if config.migrate {
        migrations.apply(&db).await.map(log)
    } else {
        migrations.verify(&db).await
    };
    if let Err(error) = migrated {
        // Why it does not start says more than why it could not be closed.
        let _ = db.close().await;
        return Err(error);
    }
    Ok(db)
}

fn log(applied: Vec<Applied>) {
    for Applied { file, took, .. } in applied {
        tracing::info!(target: "purlin::data", migration = file, ?took, "migrated");
    }
}

async fn open(config: &DatabaseConfig, configuration: &Configuration) -> Result<Database> {
    Database::open(config, &configuration.path("")).await
}

/// The command opens the database itself: `Database` would not be there before it has run.
fn with_migrate(app: App, migrations: Migrations) -> App {
    app.command(
        "migrate",
        "Apply pending migrations; `migrate status` lists them",
        move |config, configuration, arguments| {
            migrate(config, configuration, arguments, migrations)
        },
    )
}

async fn migrate(
    config: Config<DatabaseConfig>,
    configuration: Inject<Configuration>,
    arguments: Inject<Arguments>,
    migrations: Migrations,
) -> Result {
    let db = open(&config, &configuration).await?;
    let result = command::migrate(&db, migrations, &arguments).await;
    result.and(db.close().await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_named_after_the_application() {
        let url = |name, mode| defaults(name, mode)["url"].as_str().map(str::to_owned);
        assert_eq!(url("bookshelf", Mode::Dev).as_deref(), Some("sqlite:bookshelf.sqlite"));
        assert_eq!(url("My Shop!", Mode::Prod).as_deref(), Some("sqlite:my-shop.sqlite"));
        assert_eq!(url("書架", Mode::Dev).as_deref(), Some("sqlite:app.sqlite"));
        assert_eq!(url("bookshelf", Mode::Test).as_deref(), Some("sqlite::memory:"));
    }
}
