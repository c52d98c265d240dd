//! SeaORM over the same connections.
//!
//! S-148, S-157.

use http::Method;
use purlin_core::{App, Inject, Path, Result, Routes};
use purlin_data::sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, Set,
};
use purlin_data::{Database, DbError, sqlx};

use crate::support::{ask, books, count, outcome, start};

mod book {
    use purlin_data::sea_orm;
    use purlin_data::sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "books")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i64,
        #[sea_orm(unique)]
        pub(crate) isbn: String,
        pub(crate) copies: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn new(isbn: &str) -> book::ActiveModel {
    book::ActiveModel { isbn: Set(isbn.to_owned()), copies: Set(1), ..Default::default() }
}

async fn add(db: Inject<Database>, Path(isbn): Path<String>) -> Result<String> {
    let book = new(&isbn).insert(db.write_orm()).await?;
    Ok(book.id.to_string())
}

async fn show(db: Inject<Database>, Path(id): Path<i64>) -> Result<Option<String>> {
    let book = book::Entity::find_by_id(id).one(db.read_orm()).await?;
    Ok(book.map(|book| book.isbn))
}

async fn lend(db: Inject<Database>, Path(id): Path<i64>) -> Result<()> {
    let update = book::ActiveModel { id: Set(id), copies: Set(-1), ..Default::default() };
    update.update(db.write_orm()).await?;
    Ok(())
}

async fn borrow_unknown(db: Inject<Database>) -> Result<()> {
    db.write_orm().execute_unprepared("INSERT INTO loans VALUES (9)").await?;
    Ok(())
}

fn app() -> App {
    books().routes(
        Routes::new()
            .put("/books/{isbn}", add)
            .get("/books/{id}", show)
            .post("/books/{id}/loans", lend)
            .post("/loans", borrow_unknown),
    )
}

#[tokio::test]
async fn its_errors_keep_their_meaning() {
    let started = start(app()).await;
    let service = started.service();
    assert_eq!(ask(&service, Method::PUT, "/books/a").await.bytes(), Some(&b"1"[..]));
    assert_eq!(ask(&service, Method::GET, "/books/1").await.bytes(), Some(&b"a"[..]));
    for (method, target, expected) in [
        (Method::PUT, "/books/a", "409 conflict"),
        (Method::GET, "/books/7", "404 not_found"),
        (Method::POST, "/books/1/loans", "422 check_failed"),
        (Method::POST, "/books/7/loans", "404 not_found"),
        (Method::POST, "/loans", "409 foreign_key_conflict"),
    ] {
        let response = ask(&service, method, target).await;
        assert_eq!(outcome(&response), expected, "{target}");
    }
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Transparent(#[from] DbErr);

#[tokio::test]
async fn a_transparent_error_hides_only_itself() {
    let fail = async |db: Inject<Database>| -> Result<()> {
        new("a").insert(db.write_orm()).await.map_err(Transparent::from)?;
        new("a").insert(db.write_orm()).await.map_err(Transparent::from)?;
        Ok(())
    };
    let started = start(books().routes(Routes::new().post("/", fail))).await;
    assert_eq!(outcome(&ask(&started.service(), Method::POST, "/").await), "409 conflict");
}

#[tokio::test]
async fn a_pool_that_is_closed_is_unavailable() {
    let db = Database::memory().await.unwrap();
    db.read().close().await;
    let error = book::Entity::find().one(db.read_orm()).await.unwrap_err();
    assert!(DbError::from(error).is_unavailable());
}

#[tokio::test]
async fn readers_cannot_write() {
    let started = start(app()).await;
    drop(started);
    let db = Database::memory().await.unwrap();
    crate::support::BOOKS.up(&db).await.unwrap();
    let error = new("a").insert(db.read_orm()).await.unwrap_err();
    assert!(error.to_string().contains("readonly"), "{error}");
}

#[tokio::test]
async fn a_transaction_is_all_or_nothing() {
    let db = Database::memory().await.unwrap();
    crate::support::BOOKS.up(&db).await.unwrap();
    let twice: Result<(), DbErr> = db
        .transaction_orm(async |tx| {
            new("a").insert(tx).await?;
            new("a").insert(tx).await?;
            Ok(())
        })
        .await;
    assert!(DbError::from(twice.unwrap_err()).is_unique_violation());
    assert_eq!(count(&db, "books").await, 0);

    let both: Result<u64> = db
        .transaction_orm(async |tx| {
            let first = new("a").insert(tx).await?;
            let mut first = first.into_active_model();
            first.copies = Set(5);
            first.update(tx).await?;
            new("b").insert(tx).await?;
            Ok(book::Entity::find().count(tx).await?)
        })
        .await;
    assert_eq!(both.unwrap(), 2);
    assert_eq!(count(&db, "books").await, 2);
}

/// A handler's future must be `Send`, whatever it does in a transaction.
#[tokio::test]
async fn a_transaction_fits_into_a_handler() {
    let handler = async |db: Inject<Database>, Path(isbn): Path<String>| -> Result<String> {
        let book = db
            .transaction_orm(async |tx| {
                let book = new(&isbn).insert(tx).await?;
                tokio::task::yield_now().await;
                Ok::<_, DbErr>(book)
            })
            .await?;
        let other: i64 = db
            .transaction(async |tx| {
                let count = sqlx::query_scalar("SELECT count(*) FROM books");
                count.fetch_one(&mut *tx).await
            })
            .await?;
        Ok(format!("{} {other}", book.isbn))
    };
    let started = start(books().routes(Routes::new().put("/{isbn}", handler))).await;
    let response = ask(&started.service(), Method::PUT, "/a").await;
    assert_eq!(response.bytes(), Some(&b"a 1"[..]));
}
