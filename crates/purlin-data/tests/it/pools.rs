//! One connection writes, several read.
//!
//! S-150.

use std::time::Duration;

use purlin_core::Close;
use purlin_data::{Database, sqlx};

use crate::support::{Folder, config, count};

async fn pragma(pool: &sqlx::SqlitePool, name: &str) -> String {
    let sql = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap()
}

async fn run(db: &Database, sql: &'static str) {
    sqlx::raw_sql(sql).execute(db.write()).await.unwrap();
}

#[tokio::test]
async fn a_file_has_a_write_ahead_log_and_foreign_keys() {
    let folder = Folder::new();
    let db = folder.open().await;
    for pool in [db.read(), db.write()] {
        assert_eq!(pragma(pool, "journal_mode").await, "wal");
        assert_eq!(pragma(pool, "foreign_keys").await, "1");
    }
    assert_eq!(pragma(db.write(), "synchronous").await, "1", "1 is NORMAL");
}

#[tokio::test]
async fn the_folder_of_the_file_is_made() {
    let folder = Folder::new();
    folder.open_with(&config("sqlite:data/deep/books%20and.sqlite")).await;
    assert!(folder.has("data/deep/books and.sqlite"));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = Folder::new();
    std::fs::write(
        folder.path().join("test.sqlite"),
        "these are no pages of a database".repeat(99),
    )
    .unwrap();
    let error = Database::open(&config("sqlite:test.sqlite"), folder.path()).await.unwrap_err();
    let text = format!("{error:?}");
    assert!(text.starts_with("cannot open the database `"), "{text}");
    assert!(text.contains("test.sqlite") && text.contains("not a database"), "{text}");
}

async fn check_reader_cannot_write(db: &Database) {
    run(db, "CREATE TABLE notes (text TEXT)").await;
    let insert = sqlx::query("INSERT INTO notes VALUES ('x')");
    let error = insert.execute(db.read()).await.unwrap_err().to_string();
    assert!(error.contains("readonly"), "{error}");
    assert_eq!(count(db, "notes").await, 0);
}

#[tokio::test]
async fn readers_cannot_write_to_a_file() {
    let folder = Folder::new();
    check_reader_cannot_write(&folder.open().await).await;
}

#[tokio::test]
async fn readers_cannot_write_to_memory() {
    check_reader_cannot_write(&Database::memory().await.unwrap()).await;
}

#[tokio::test]
async fn there_is_one_writer_and_it_is_waited_for_only_so_long() {
    let folder = Folder::new();
    let short = config("sqlite:test.sqlite").acquire_timeout(Duration::from_millis(500));
    let db = folder.open_with(&short).await;
    let held = db.write().acquire().await.unwrap();
    let error = db.write().acquire().await.unwrap_err();
    assert!(matches!(error, sqlx::Error::PoolTimedOut), "{error}");
    drop(held);
    assert!(db.write().acquire().await.is_ok());
    assert_eq!(db.write().size(), 1);
}

#[tokio::test]
async fn as_many_readers_as_configured_read_at_once() {
    let folder = Folder::new();
    let db = folder.open_with(&config("sqlite:test.sqlite").readers(3)).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(db.read().acquire().await.unwrap());
    }
    assert!(db.read().try_acquire().is_none());
}

/// Readers of a file see what was committed; those of memory also what was not.
async fn check_reads_during_a_transaction(db: &Database, seen: i64) {
    run(db, "CREATE TABLE notes (text TEXT)").await;
    let mut transaction = db.write().begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query("INSERT INTO notes VALUES ('x')").execute(&mut *transaction).await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(2), count(db, "notes")).await;
    assert_eq!(read, Ok(seen), "a reader does not wait");
    transaction.commit().await.unwrap();
    assert_eq!(count(db, "notes").await, 1);
}

#[tokio::test]
async fn a_file_is_read_while_it_is_written() {
    let folder = Folder::new();
    check_reads_during_a_transaction(&folder.open().await, 0).await;
}

#[tokio::test]
async fn memory_is_read_while_it_is_written() {
    check_reads_during_a_transaction(&Database::memory().await.unwrap(), 1).await;
}

#[tokio::test]
async fn memory_is_written_while_it_is_read() {
    let db = Database::memory().await.unwrap();
    run(&db, "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('x')").await;
    let mut reading = db.read().begin().await.unwrap();
    let _: String =
        sqlx::query_scalar("SELECT text FROM notes").fetch_one(&mut *reading).await.unwrap();
    let write = sqlx::query("INSERT INTO notes VALUES ('y')").execute(db.write());
    assert!(tokio::time::timeout(Duration::from_secs(2), write).await.unwrap().is_ok());
}

#[tokio::test]
async fn databases_in_memory_are_apart() {
    let (one, other) = (Database::memory().await.unwrap(), Database::memory().await.unwrap());
    run(&one, "CREATE TABLE notes (text TEXT)").await;
    run(&other, "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('x')").await;
    assert_eq!((count(&one, "notes").await, count(&other, "notes").await), (0, 1));
}

#[tokio::test]
async fn memory_outlives_its_writer() {
    let db = Database::memory().await.unwrap();
    run(&db, "CREATE TABLE notes (text TEXT)").await;
    db.write().acquire().await.unwrap().close().await.unwrap();
    run(&db, "INSERT INTO notes VALUES ('x')").await;
    assert_eq!(count(&db, "notes").await, 1);
}

#[tokio::test]
async fn two_files_are_open_in_one_process() {
    let folder = Folder::new();
    let one = folder.open_with(&config("sqlite:one.sqlite")).await;
    let other = folder.open_with(&config("sqlite:other.sqlite")).await;
    run(&one, "CREATE TABLE notes (text TEXT)").await;
    assert!(sqlx::query("SELECT * FROM notes").execute(other.read()).await.is_err());
    assert_ne!(format!("{one:?}"), format!("{other:?}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_file_is_opened_by_several_at_once() {
    let folder = Folder::new();
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let path = folder.path().to_owned();
            tokio::spawn(async move { Database::open(&config("sqlite:test.sqlite"), &path).await })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn the_end_empties_the_log_into_the_file() {
    let folder = Folder::new();
    let db = folder.open().await;
    run(&db, "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('x')").await;
    assert!(folder.has("test.sqlite-wal"));
    db.close().await.unwrap();
    assert!(!folder.has("test.sqlite-wal"), "nothing is left beside the file");

    let copy = std::fs::read(folder.path().join("test.sqlite")).unwrap();
    std::fs::write(folder.path().join("copy.sqlite"), copy).unwrap();
    let copy = folder.open_with(&config("sqlite:copy.sqlite")).await;
    assert_eq!(count(&copy, "notes").await, 1);
}

#[tokio::test]
async fn a_closed_database_is_closed_again_without_harm() {
    let db = Database::memory().await.unwrap();
    db.close().await.unwrap();
    db.close().await.unwrap();
    assert_eq!(
        db.ping().await.unwrap_err().find::<sqlx::Error>().map(ToString::to_string).as_deref(),
        Some("attempted to acquire a connection on a closed pool")
    );
}
