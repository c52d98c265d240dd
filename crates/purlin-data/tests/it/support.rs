//! A folder and an application per test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use http::Method;
use purlin_core::config::Configuration;
use purlin_core::{App, Assembled, Mode, Request, Response, Service, Started};
use purlin_data::{Database, DatabaseConfig, DatabaseModule, Migrations, sqlx};

pub(crate) const BOOKS: Migrations = Migrations::new(&[
    (
        1,
        "create books",
        "CREATE TABLE books (
             id INTEGER PRIMARY KEY,
             isbn TEXT NOT NULL UNIQUE,
             copies INTEGER NOT NULL DEFAULT 1 CONSTRAINT copies_left CHECK (copies >= 0)
         ) STRICT;",
    ),
    (
        2,
        "create loans",
        "CREATE TABLE loans (
             book INTEGER NOT NULL REFERENCES books ON DELETE RESTRICT
         ) STRICT;
         CREATE INDEX loans_by_book ON loans (book);",
    ),
]);

/// A folder of its own, gone with the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("purlin-data-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    pub(crate) async fn open(&self) -> Database {
        self.open_with(&config("sqlite:test.sqlite")).await
    }

    pub(crate) async fn open_with(&self, config: &DatabaseConfig) -> Database {
        Database::open(config, &self.0).await.unwrap()
    }

    /// An application in this folder, in a mode.
    pub(crate) fn assemble(&self, mode: Mode, app: App) -> Assembled {
        let configuration =
            Configuration::new(mode).folder(&self.0).set("database.url", "sqlite:test.sqlite");
        app.configuration(configuration).assemble().unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn config(url: &str) -> DatabaseConfig {
    DatabaseConfig::default().url(url.parse().unwrap())
}

/// An application with a database in memory that has `BOOKS`.
pub(crate) fn books() -> App {
    App::new("books").with(DatabaseModule::sqlite().migrations(BOOKS))
}

/// Starts in test mode.
pub(crate) async fn start(app: App) -> Started {
    let app = app.configuration(Configuration::new(Mode::Test));
    app.assemble().unwrap().start().await.unwrap()
}

pub(crate) async fn ask(service: &Service, method: Method, target: &str) -> Response {
    service.call(Request::new(method, target)).await
}

/// Status and code: `409 conflict`.
pub(crate) fn outcome(response: &Response) -> String {
    let code = response.json_body().and_then(|body| Some(body["code"].as_str()?.to_owned()));
    format!("{} {}", response.status().as_u16(), code.unwrap_or_default())
}

pub(crate) async fn count(db: &Database, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(sql).fetch_one(db.read()).await.unwrap()
}
