//! Errors keep their meaning on the way to the client.
//!
//! S-157.

use std::future::ready;
use std::sync::{Arc, OnceLock};

use http::Method;
use purlin_core::config::Configuration;
use purlin_core::{App, Inject, Json, Mode, Path, Response, Result, Routes};
use purlin_data::{Database, DbError, sqlx};

use crate::support::{Folder, ask, books, config, outcome, start};

async fn add(db: Inject<Database>, Path(isbn): Path<String>) -> Result {
    sqlx::query("INSERT INTO books (isbn) VALUES (?)").bind(isbn).execute(db.write()).await?;
    Ok(())
}

async fn execute(db: &Database, sql: &'static str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(sql).execute(db.write()).await.map(drop)
}

async fn problem(sql: &'static str) -> Response {
    let run = move |db: Inject<Database>| async move {
        execute(&db, sql).await?;
        Ok::<_, purlin_core::Error>(())
    };
    let fill = async |db: Inject<Database>| {
        execute(&db, "INSERT INTO books VALUES (1, 'a', 1); INSERT INTO loans VALUES (1)").await?;
        Ok(())
    };
    let app = books().on_start(fill).routes(Routes::new().post("/", run));
    let started = start(app).await;
    ask(&started.service(), Method::POST, "/").await
}

#[tokio::test]
async fn a_unique_violation_is_a_conflict_that_names_the_column() {
    let started = start(books().routes(Routes::new().put("/books/{isbn}", add))).await;
    let service = started.service();
    assert_eq!(ask(&service, Method::PUT, "/books/1").await.status(), 204);
    let response = ask(&service, Method::PUT, "/books/1").await;
    assert_eq!(outcome(&response), "409 conflict");
    let body = response.json_body().unwrap();
    assert_eq!(body["columns"], serde_json::json!(["isbn"]));
    assert_eq!(body["detail"], "a record with the same `isbn` exists already");
}

#[tokio::test]
async fn every_kind_of_violation_has_its_status() {
    for (sql, expected) in [
        ("INSERT INTO books VALUES (1, 'b', 1)", "409 conflict"),
        ("INSERT INTO loans VALUES (9)", "409 foreign_key_conflict"),
        ("DELETE FROM books", "409 foreign_key_conflict"),
        ("UPDATE books SET copies = -1", "422 check_failed"),
        ("UPDATE books SET isbn = NULL", "500 internal_error"),
        ("UPDATE boks SET isbn = 1", "500 internal_error"),
    ] {
        assert_eq!(outcome(&problem(sql).await), expected, "{sql}");
    }
}

#[tokio::test]
async fn nothing_of_the_sql_is_told() {
    for sql in [
        "INSERT INTO books VALUES (1, 'b', 1)",
        "INSERT INTO loans VALUES (9)",
        "UPDATE books SET copies = -1",
        "UPDATE books SET isbn = NULL",
        "SELEC",
    ] {
        let response = problem(sql).await;
        let body = String::from_utf8_lossy(response.bytes().unwrap()).into_owned();
        for word in ["books", "loans", "SELEC", "constraint", "code:", "sqlite"] {
            assert!(!body.contains(word), "{word} of {sql} is in {body}");
        }
    }
}

#[tokio::test]
async fn a_row_that_is_not_there_is_not_found() {
    let show = async |db: Inject<Database>, Path(id): Path<i64>| -> Result<Json<String>> {
        let isbn = sqlx::query_scalar("SELECT isbn FROM books WHERE id = ?").bind(id);
        Ok(Json(isbn.fetch_one(db.read()).await?))
    };
    let started = start(books().routes(Routes::new().get("/books/{id}", show))).await;
    let response = ask(&started.service(), Method::GET, "/books/7").await;
    assert_eq!(outcome(&response), "404 not_found");
}

/// The answer of an application whose database somebody else is writing to.
async fn while_written(mode: Mode, hold: impl AsyncFnOnce(&Database, &Folder) -> Held) -> Response {
    let folder = Folder::new();
    let kept = Arc::new(OnceLock::new());
    let keep = Arc::clone(&kept);
    let app = books().routes(Routes::new().put("/books/{isbn}", add)).on_start(
        move |db: Inject<Database>| {
            let _ = keep.set(Database::clone(&db));
            ready(Ok(()))
        },
    );
    let configuration = Configuration::new(mode)
        .folder(folder.path())
        .set("database.migrate", true)
        .set("database.acquire_timeout", "500ms")
        .set("database.busy_timeout", "10ms");
    let started = app.configuration(configuration).assemble().unwrap().start().await.unwrap();
    let _held = hold(kept.get().unwrap(), &folder).await;
    ask(&started.service(), Method::PUT, "/books/1").await
}

type Held = sqlx::Transaction<'static, sqlx::Sqlite>;

#[tokio::test]
async fn a_writer_that_is_not_free_in_time_is_unavailable() {
    let response = while_written(Mode::Prod, async |db, _| db.write().begin().await.unwrap()).await;
    assert_eq!(outcome(&response), "503 database_unavailable");
    assert_eq!(response.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn a_file_that_another_process_has_locked_is_unavailable() {
    let other = async |_: &Database, folder: &Folder| {
        let other = folder.open_with(&config("sqlite:books.sqlite")).await;
        other.write().begin_with("BEGIN IMMEDIATE").await.unwrap()
    };
    let response = while_written(Mode::Dev, other).await;
    assert_eq!(outcome(&response), "503 database_unavailable");
}

#[derive(Debug, thiserror::Error)]
enum LendError {
    #[error("the loan could not be stored")]
    Database(#[from] sqlx::Error),
}

#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct Transparent(#[from] sqlx::Error);

#[tokio::test]
async fn an_error_of_the_applications_own_keeps_what_it_wraps() {
    let wrapped = async |db: Inject<Database>| -> Result {
        execute(&db, "INSERT INTO loans VALUES (9)").await.map_err(LendError::from)?;
        Ok(())
    };
    let transparent = async |db: Inject<Database>| -> Result {
        execute(&db, "INSERT INTO loans VALUES (9)").await.map_err(Transparent::from)?;
        Ok(())
    };
    let routes = Routes::new().post("/wrapped", wrapped).post("/transparent", transparent);
    let started = start(books().routes(routes)).await;
    for path in ["/wrapped", "/transparent"] {
        let response = ask(&started.service(), Method::POST, path).await;
        assert_eq!(outcome(&response), "409 foreign_key_conflict", "{path}");
    }
}

#[tokio::test]
async fn an_error_without_the_module_stays_an_internal_one() {
    let fail = async || -> Result { Err(sqlx::Error::RowNotFound.into()) };
    let app = App::new("bare").routes(Routes::new().get("/", fail));
    let started = start(app).await;
    let response = ask(&started.service(), Method::GET, "/").await;
    assert_eq!(outcome(&response), "500 internal_error");
}

async fn add_documented(db: Inject<Database>, Path(isbn): Path<String>) -> Result<(), DbError> {
    sqlx::query("INSERT INTO books (isbn) VALUES (?)").bind(isbn).execute(db.write()).await?;
    Ok(())
}

#[tokio::test]
async fn statuses_are_documented_where_the_error_is_declared() {
    let routes = Routes::new()
        .put("/silent/{isbn}", add)
        .put("/declared/{isbn}", add_documented)
        .merge(Routes::new().put("/grouped/{isbn}", add).problem::<DbError>());
    let started = start(books().routes(routes)).await;
    let document = started.openapi();
    let answers = |path: &str| {
        let answers = &document["paths"][path]["put"]["responses"];
        answers.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    for path in ["/declared/{isbn}", "/grouped/{isbn}"] {
        for status in ["404", "409", "422", "503"] {
            assert!(answers(path).contains(&status.to_owned()), "{path}: {:?}", answers(path));
        }
    }
    assert!(!answers("/silent/{isbn}").contains(&"409".to_owned()));

    let service = started.service();
    ask(&service, Method::PUT, "/declared/1").await;
    let response = ask(&service, Method::PUT, "/declared/1").await;
    assert_eq!(outcome(&response), "409 conflict");
}

#[tokio::test]
async fn an_error_says_what_it_means() {
    let db = Database::memory().await.unwrap();
    execute(&db, "CREATE TABLE a (x UNIQUE, y)").await.unwrap();
    execute(&db, "INSERT INTO a VALUES (1, 1)").await.unwrap();
    let error = DbError::from(execute(&db, "INSERT INTO a VALUES (1, 2)").await.unwrap_err());
    assert!(error.is_unique_violation() && !error.is_unavailable());
    assert_eq!(error.columns(), ["x"]);
}
