//! The schema in numbered steps.
//!
//! S-153.

use purlin_data::{Database, MigrationState, Migrations, sqlx};

use crate::support::{BOOKS, Folder, count};

const EDITED: Migrations = Migrations::new(&[
    (1, "create books", "CREATE TABLE books (id INTEGER PRIMARY KEY)"),
    (2, "create loans", "CREATE TABLE loans (book INTEGER)"),
]);

async fn states(migrations: Migrations, db: &Database) -> Vec<(i64, MigrationState)> {
    let status = migrations.status(db).await.unwrap();
    status.iter().map(|migration| (migration.number, migration.state)).collect()
}

#[tokio::test]
async fn pending_ones_are_applied_once() {
    let folder = Folder::new();
    let db = folder.open().await;
    assert_eq!(BOOKS.up(&db).await.unwrap(), [1, 2]);
    assert_eq!(BOOKS.up(&db).await.unwrap(), [0_i64; 0]);
    assert_eq!(count(&db, "loans").await, 0);
    BOOKS.verify(&db).await.unwrap();
}

#[tokio::test]
async fn the_order_is_that_of_the_numbers() {
    const MIXED: Migrations = Migrations::new(&[
        (20, "add column", "ALTER TABLE a ADD COLUMN y"),
        (3, "create", "CREATE TABLE a (x)"),
    ]);
    let db = Database::memory().await.unwrap();
    assert_eq!(MIXED.up(&db).await.unwrap(), [3, 20]);
}

#[tokio::test]
async fn asking_for_the_status_changes_nothing() {
    let folder = Folder::new();
    let db = folder.open().await;
    let pending = MigrationState::Pending;
    assert_eq!(states(BOOKS, &db).await, [(1, pending), (2, pending)]);
    assert_eq!(count(&db, "sqlite_schema").await, 0);
}

#[tokio::test]
async fn what_was_applied_says_when() {
    let db = Database::memory().await.unwrap();
    BOOKS.up(&db).await.unwrap();
    let status = BOOKS.status(&db).await.unwrap();
    let at = status[0].applied_at.as_deref().unwrap();
    assert_eq!(at.len(), "2026-11-21 15:05:45".len(), "{at}");
    assert_eq!(status[0].file(), "0001_create_books.sql");
}

#[tokio::test]
async fn an_edited_one_is_refused_by_its_name() {
    let db = Database::memory().await.unwrap();
    BOOKS.up(&db).await.unwrap();
    for error in [EDITED.up(&db).await.unwrap_err(), EDITED.verify(&db).await.unwrap_err()] {
        assert_eq!(
            error.to_string(),
            "migrations were changed after they were applied: `0001_create_books.sql`, \
             `0002_create_loans.sql`"
        );
        assert!(error.help().unwrap().starts_with("undo the change"));
    }
    assert_eq!(states(EDITED, &db).await[0].1, MigrationState::Changed);
}

#[tokio::test]
async fn one_that_is_gone_is_refused_by_its_name() {
    const FIRST: Migrations = Migrations::new(&[(1, "create a", "CREATE TABLE a (x)")]);
    const BOTH: Migrations = Migrations::new(&[
        (1, "create a", "CREATE TABLE a (x)"),
        (2, "create b", "CREATE TABLE b (x)"),
    ]);
    let db = Database::memory().await.unwrap();
    BOTH.up(&db).await.unwrap();
    let error = FIRST.up(&db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the database has migrations that the application has not: `0002_create_b.sql`"
    );
    assert!(error.help().is_some());
    assert_eq!(states(FIRST, &db).await[1], (2, MigrationState::Missing));
}

#[tokio::test]
async fn a_failing_one_is_named_and_leaves_nothing_behind() {
    const BROKEN: Migrations = Migrations::new(&[
        (1, "create a", "CREATE TABLE a (x)"),
        (2, "create b", "CREATE TABLE b (x); CREAT TABLE c (x)"),
        (3, "create d", "CREATE TABLE d (x)"),
    ]);
    let db = Database::memory().await.unwrap();
    let text = format!("{:?}", BROKEN.up(&db).await.unwrap_err());
    assert!(text.starts_with("the migration `0002_create_b.sql` failed\n  caused by: "), "{text}");
    assert!(text.contains("near \"CREAT\": syntax error"), "{text}");
    assert_eq!(count(&db, "a").await, 0, "the one before it stays");
    let pending = MigrationState::Pending;
    assert_eq!(
        states(BROKEN, &db).await,
        [(1, MigrationState::Applied), (2, pending), (3, pending)]
    );
    assert!(sqlx::query("SELECT * FROM b").execute(db.read()).await.is_err());
}

#[tokio::test]
async fn a_table_is_made_anew_without_losing_what_refers_to_it() {
    const REBUILT: Migrations = Migrations::new(&[
        (
            1,
            "create",
            "CREATE TABLE a (id INTEGER PRIMARY KEY);
             CREATE TABLE b (a INTEGER REFERENCES a ON DELETE CASCADE);
             INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);",
        ),
        (
            2,
            "rebuild",
            "CREATE TABLE new_a (id INTEGER PRIMARY KEY, name TEXT);
             INSERT INTO new_a SELECT id, NULL FROM a;
             DROP TABLE a;
             ALTER TABLE new_a RENAME TO a;",
        ),
    ]);
    let folder = Folder::new();
    let db = folder.open().await;
    REBUILT.up(&db).await.unwrap();
    assert_eq!(count(&db, "b").await, 1);
    assert!(sqlx::query("INSERT INTO b VALUES (9)").execute(db.write()).await.is_err());
}

#[tokio::test]
async fn one_that_leaves_rows_without_their_parent_is_undone() {
    const ORPHANS: Migrations = Migrations::new(&[
        (
            1,
            "create",
            "CREATE TABLE a (id INTEGER PRIMARY KEY);
             CREATE TABLE b (a INTEGER REFERENCES a);
             INSERT INTO a VALUES (1); INSERT INTO b VALUES (1);",
        ),
        (2, "forget", "DELETE FROM a"),
    ]);
    let folder = Folder::new();
    let db = folder.open().await;
    let text = format!("{:?}", ORPHANS.up(&db).await.unwrap_err());
    assert!(text.contains("rows of `b` refer to rows of `a` that are not there"), "{text}");
    assert_eq!(count(&db, "a").await, 1);
}

#[tokio::test]
async fn one_without_a_transaction_may_do_what_needs_none() {
    const VACUUM: Migrations = Migrations::new(&[(1, "vacuum", "-- no-transaction\nVACUUM")]);
    let folder = Folder::new();
    let db = folder.open().await;
    assert_eq!(VACUUM.up(&db).await.unwrap(), [1]);
}

/// What another process does at the worst moment, this one does itself.
#[tokio::test]
async fn one_that_another_process_has_applied_meanwhile_is_applied() {
    const RACED: Migrations = Migrations::new(&[(
        1,
        "raced",
        "-- no-transaction
         INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (1, 'raced', TRUE, x'00', 0)",
    )]);
    let folder = Folder::new();
    let db = folder.open().await;
    assert_eq!(RACED.up(&db).await.unwrap(), [0_i64; 0]);
    assert_eq!(count(&db, "_sqlx_migrations").await, 1);
}

#[tokio::test]
async fn line_ends_make_no_difference() {
    const UNIX: Migrations = Migrations::new(&[(1, "create", "CREATE TABLE a (\nx\n)")]);
    const WINDOWS: Migrations = Migrations::new(&[(1, "create", "CREATE TABLE a (\r\nx\r\n)")]);
    let db = Database::memory().await.unwrap();
    UNIX.up(&db).await.unwrap();
    WINDOWS.verify(&db).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_that_migrate_at_once_wait_for_each_other() {
    let folder = Folder::new();
    let mut all = Vec::new();
    for _ in 0..6 {
        let db = folder.open().await;
        all.push(tokio::spawn(async move { BOOKS.up(&db).await }));
    }
    let mut applied = Vec::new();
    for one in all {
        applied.extend(one.await.unwrap().unwrap());
    }
    applied.sort_unstable();
    assert_eq!(applied, [1, 2], "each was applied once");
}
