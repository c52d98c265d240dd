//! What the start does about migrations.
//!
//! S-002, S-234.

use std::time::Duration;

use http::Method;
use purlin_core::{App, Close as _, Inject, Mode, Result};
use purlin_data::{Database, DatabaseModule, sqlx};

use crate::support::{BOOKS, Folder, ask, books, count, start};

#[tokio::test]
async fn development_applies_pending_migrations() {
    let folder = Folder::new();
    let started = folder.assemble(Mode::Dev, books()).start().await.unwrap();
    started.stop(Duration::from_secs(1)).await;
    BOOKS.verify(&folder.open().await).await.unwrap();
}

#[tokio::test]
async fn production_does_not_start_with_a_pending_migration() {
    let folder = Folder::new();
    let error = folder.assemble(Mode::Prod, books()).start().await.unwrap_err();
    let text = format!("{error:?}");
    assert!(text.contains("the service `Database` could not be made"), "{text}");
    assert!(
        text.contains("migrations are pending: `0001_create_books.sql`, `0002_create_loans.sql`"),
        "{text}"
    );
    assert!(error.help().unwrap().contains("`migrate`"));
}

#[tokio::test]
async fn production_starts_when_nothing_is_pending() {
    let folder = Folder::new();
    let db = folder.open().await;
    BOOKS.up(&db).await.unwrap();
    db.close().await.unwrap();
    folder.assemble(Mode::Prod, books()).start().await.unwrap();
}

/// A service that needs its table when it is made.
struct Catalog(i64);

async fn catalog(db: Inject<Database>) -> Result<Catalog> {
    let count = sqlx::query_scalar("SELECT count(*) FROM books").fetch_one(db.read()).await?;
    Ok(Catalog(count))
}

#[tokio::test]
async fn services_and_start_hooks_find_the_schema() {
    let insert = async |db: Inject<Database>, catalog: Inject<Catalog>| {
        assert_eq!(catalog.0, 0);
        sqlx::query("INSERT INTO books VALUES (1, 'a', 1)").execute(db.write()).await?;
        Ok(())
    };
    let app = books().on_start(insert).provide_with(catalog);
    start(app).await;
}

#[tokio::test]
async fn the_end_closes_the_database() {
    let folder = Folder::new();
    let started = folder.assemble(Mode::Dev, books()).start().await.unwrap();
    assert!(folder.has("test.sqlite-wal"));
    started.stop(Duration::from_secs(1)).await;
    assert!(!folder.has("test.sqlite-wal"));
}

#[tokio::test]
async fn the_readiness_check_asks_the_database() {
    let kept = std::sync::Arc::new(std::sync::OnceLock::new());
    let keep = std::sync::Arc::clone(&kept);
    let app = books().on_start(move |db: Inject<Database>| {
        let _ = keep.set(Database::clone(&db));
        async { Ok(()) }
    });
    let started = start(app).await;
    let service = started.service();
    let response = ask(&service, Method::GET, "/readyz").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.json_body().unwrap()["checks"]["database"], "ok");

    kept.get().unwrap().close().await.unwrap();
    let response = ask(&service, Method::GET, "/readyz").await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.json_body().unwrap()["checks"]["database"], "failing");
}

#[tokio::test]
async fn two_applications_have_two_databases() {
    let add = async |db: Inject<Database>| {
        sqlx::query("INSERT INTO books VALUES (1, 'a', 1)").execute(db.write()).await?;
        Ok(())
    };
    start(books().on_start(add)).await;
    let none = async |db: Inject<Database>| {
        assert_eq!(count(&db, "books").await, 0);
        Ok(())
    };
    start(books().on_start(none)).await;
}

#[tokio::test]
async fn a_test_may_bring_its_own_database() {
    let own = Database::memory().await.unwrap();
    sqlx::query("CREATE TABLE mine (x)").execute(own.write()).await.unwrap();
    let look = async |db: Inject<Database>| {
        assert_eq!(count(&db, "mine").await, 0);
        Ok(())
    };
    start(books().provide(own).on_start(look)).await;
}

#[tokio::test]
async fn a_database_without_migrations_is_just_opened() {
    let folder = Folder::new();
    let app = App::new("bare").with(DatabaseModule::sqlite());
    let assembled = folder.assemble(Mode::Prod, app);
    assert!(assembled.commands().next().is_none());
    assembled.start().await.unwrap();
    assert!(folder.has("test.sqlite"));
}
