//! All of it, or nothing.
//!
//! S-151.

use std::sync::Arc;
use std::time::Duration;

use purlin_core::{Error, Result};
use purlin_data::{Database, DbError, sqlx};
use tokio::sync::Barrier;

use crate::support::{Folder, config, count};

async fn notes(folder: &Folder) -> Database {
    let db = folder.open().await;
    sqlx::query("CREATE TABLE notes (text TEXT UNIQUE)").execute(db.write()).await.unwrap();
    db
}

async fn insert(connection: &mut sqlx::SqliteConnection, text: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO notes VALUES (?)").bind(text).execute(connection).await?;
    Ok(())
}

#[tokio::test]
async fn success_is_committed() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    let result: Result<u8> = db
        .transaction(async |tx| {
            insert(tx, "a").await?;
            insert(tx, "b").await?;
            Ok(7)
        })
        .await;
    assert_eq!(result.unwrap(), 7);
    assert_eq!(count(&db, "notes").await, 2);
}

#[tokio::test]
async fn failure_is_rolled_back_and_returned() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    let result = db
        .transaction(async |tx| {
            insert(tx, "a").await?;
            Err::<(), _>(Error::conflict("too_late", "it is too late"))
        })
        .await;
    assert_eq!(result.unwrap_err().code(), "too_late");
    assert_eq!(count(&db, "notes").await, 0);
}

#[tokio::test]
async fn a_statement_that_fails_takes_the_others_with_it() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    let result: Result<(), sqlx::Error> = db
        .transaction(async |tx| {
            insert(tx, "a").await?;
            insert(tx, "a").await
        })
        .await;
    assert!(result.unwrap_err().as_database_error().unwrap().is_unique_violation());
    assert_eq!(count(&db, "notes").await, 0);
}

fn break_down() -> Result<(), sqlx::Error> {
    panic!("of the test")
}

#[tokio::test]
async fn a_panic_is_rolled_back() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    let inside = db.clone();
    let task = tokio::spawn(async move {
        let run = inside.transaction(async |tx| {
            insert(tx, "a").await?;
            break_down()
        });
        run.await
    });
    assert!(task.await.unwrap_err().is_panic());
    check_writer_works(&db).await;
}

#[tokio::test]
async fn what_is_given_up_is_rolled_back() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    let barrier = Arc::new(Barrier::new(2));
    let (inside, reached) = (db.clone(), Arc::clone(&barrier));
    let task = tokio::spawn(async move {
        inside
            .transaction(async |tx| {
                insert(tx, "a").await?;
                reached.wait().await;
                std::future::pending::<()>().await;
                Ok::<_, sqlx::Error>(())
            })
            .await
    });
    barrier.wait().await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    check_writer_works(&db).await;
}

/// However far a transaction has come when it is given up, the writer is free afterwards.
#[tokio::test]
async fn a_transaction_can_be_given_up_at_any_moment() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    for polls in 0..40 {
        let mut transaction = Box::pin(db.transaction(async |tx| {
            insert(tx, "a").await?;
            insert(tx, "b").await?;
            Err::<(), _>(sqlx::Error::RowNotFound)
        }));
        for _ in 0..polls {
            let poll =
                std::future::poll_fn(|cx| std::task::Poll::Ready(transaction.as_mut().poll(cx)));
            if poll.await.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(transaction);
        assert_eq!(count(&db, "notes").await, 0, "after {polls} polls");
    }
    check_writer_works(&db).await;
}

/// SQLite ends a transaction itself on such a conflict, and sqlx does not know.
#[tokio::test]
async fn a_transaction_that_sqlite_ended_leaves_the_writer_in_order() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    let result: Result<(), sqlx::Error> = db
        .transaction(async |tx| {
            insert(tx, "a").await?;
            sqlx::query("INSERT OR ROLLBACK INTO notes VALUES ('a')").execute(&mut *tx).await?;
            Ok(())
        })
        .await;
    assert!(result.is_err());
    check_writer_works(&db).await;
}

#[tokio::test]
async fn writers_come_one_after_the_other() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    sqlx::query("INSERT INTO notes VALUES ('0')").execute(db.write()).await.unwrap();
    let increments = (0..50).map(|_| {
        let db = db.clone();
        tokio::spawn(async move {
            db.transaction(async |tx| {
                let text: String =
                    sqlx::query_scalar("SELECT text FROM notes").fetch_one(&mut *tx).await?;
                let next = text.parse::<u32>().unwrap() + 1;
                let update = sqlx::query("UPDATE notes SET text = ?").bind(next.to_string());
                update.execute(&mut *tx).await?;
                Ok::<_, sqlx::Error>(())
            })
            .await
        })
    });
    for increment in increments.collect::<Vec<_>>() {
        increment.await.unwrap().unwrap();
    }
    let text: String =
        sqlx::query_scalar("SELECT text FROM notes").fetch_one(db.read()).await.unwrap();
    assert_eq!(text, "50");
}

/// Two processes may have the file open. What a transaction has read still holds when it writes.
#[tokio::test]
async fn nobody_else_writes_from_the_beginning_of_a_transaction() {
    let folder = Folder::new();
    let db = notes(&folder).await;
    let impatient = config("sqlite:test.sqlite").busy_timeout(Duration::from_millis(10));
    let other = folder.open_with(&impatient).await;
    let result: Result<(), sqlx::Error> = db
        .transaction(async |tx| {
            sqlx::query("SELECT * FROM notes").fetch_all(&mut *tx).await?;
            let intruder = sqlx::query("INSERT INTO notes VALUES ('b')").execute(other.write());
            assert!(DbError::from(intruder.await.unwrap_err()).is_unavailable());
            insert(tx, "a").await
        })
        .await;
    result.unwrap();
    assert_eq!(count(&db, "notes").await, 1);
}

async fn check_writer_works(db: &Database) {
    assert_eq!(count(db, "notes").await, 0);
    let again: Result<(), sqlx::Error> = db.transaction(async |tx| insert(tx, "a").await).await;
    again.unwrap();
    assert_eq!(count(db, "notes").await, 1);
}
