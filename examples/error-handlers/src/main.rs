//! Handlers for all errors, and for errors of a type on some routes (SC-11, SC-12).
//!
//! Run with: `cargo run -p example-error-handlers`, and with `ENV=development` before it. The log is
//! in `app.log`, beside `purlin.toml`.

use purlin::http::StatusCode;
use purlin::{App, Caught, Error, Inject, Json, Result, Routes, Unhandled, get, routes};
use schemars::JsonSchema;
use serde::Serialize;

/// Whether the answer to an error may say what happened.
struct Environment {
    is_development: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("connection to {host} lost")]
struct DatabaseError {
    host: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Answer {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceback: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
}

impl Answer {
    fn new(error: impl Into<String>) -> Self {
        Self { error: error.into(), r#type: None, traceback: None, details: None }
    }
}

/// Every error that nobody gave a status, and every panic.
async fn unhandled(
    caught: Caught<Unhandled>,
    environment: Inject<Environment>,
) -> (StatusCode, Json<Answer>) {
    let error = caught.error();
    let traceback = match error.backtrace() {
        Some(backtrace) => format!("{error:?}\n{backtrace}"),
        None => format!("{error:?}"),
    };
    tracing::error!("Unhandled exception: {error}\n{traceback}");
    let answer = if environment.is_development {
        let kind = error.kind().rsplit("::").next().unwrap_or_default();
        Answer {
            r#type: Some(kind.to_owned()),
            traceback: Some(traceback),
            ..Answer::new(error.to_string())
        }
    } else {
        Answer::new("Internal Server Error")
    };
    (StatusCode::INTERNAL_SERVER_ERROR, Json(answer))
}

/// A lost database, on the routes of users only.
async fn database_lost(
    caught: Caught<DatabaseError>,
    environment: Inject<Environment>,
) -> (StatusCode, Json<Answer>) {
    tracing::error!("Database error: {}", *caught);
    let details = environment.is_development.then(|| caught.to_string());
    let answer = Answer { details, ..Answer::new("Database error occurred") };
    (StatusCode::SERVICE_UNAVAILABLE, Json(answer))
}

#[get("/users")]
async fn users() -> Result<String> {
    Err(DatabaseError { host: "db.example" })?
}

#[get("/users/{id}")]
async fn user(id: u32) -> Result<String> {
    if id == 0 {
        return Err(Error::internal("there is no user zero"));
    }
    Err(DatabaseError { host: "db.example" })?
}

#[get("/orders")]
async fn orders() -> Result<String> {
    Err(DatabaseError { host: "db.example" })?
}

#[get("/panic")]
async fn panics() -> String {
    panic!("out of beams")
}

fn app(is_development: bool) -> App {
    // A handler on a group goes for all routes of the group, and before the application's.
    let users: Routes = routes![users, user].on_error(database_lost);
    App::new("error-handlers")
        .provide(Environment { is_development })
        .nest("/api", users)
        .nest("/api", routes![orders, panics])
        .on_error(unhandled)
}

fn main() -> Result {
    let is_development = std::env::var("ENV").is_ok_and(|value| value == "development");
    purlin::run(move || app(is_development))
}

#[cfg(test)]
mod tests {
    use purlin::{App, Caught, Error, Result, Unhandled};
    use purlin_test::{TestApp, TestResponse};
    use serde_json::{Value, json};

    async fn ask(is_development: bool, path: &str) -> TestResponse {
        TestApp::start(super::app(is_development)).await.get(path).without_conformance().await
    }

    /// SC-11, S-109, S-110: in production nothing but the sentence leaves.
    #[purlin_test::test]
    async fn production_says_nothing() {
        for path in ["/api/orders", "/api/panic"] {
            let response = ask(false, path).await;
            response.assert_status(500).assert_json(&json!({ "error": "Internal Server Error" }));
        }
    }

    /// SC-11: in development type and traceback are there.
    #[purlin_test::test]
    async fn development_says_what_happened() {
        let response = ask(true, "/api/orders").await;
        let answer: Value = response.json();
        assert_eq!(answer["error"], "connection to db.example lost");
        assert_eq!(answer["type"], "DatabaseError");
        assert!(answer["traceback"].as_str().unwrap().contains("connection to db.example lost"));
        let panic: Value = ask(true, "/api/panic").await.json();
        assert!(panic["error"].as_str().unwrap().contains("out of beams"));
    }

    /// SC-12, S-111: the handler of the group goes before the application's, for its type only.
    #[purlin_test::test]
    async fn a_group_has_its_own_handler() {
        for path in ["/api/users", "/api/users/7"] {
            let response = ask(true, path).await;
            response.assert_status(503).assert_json(&json!({
                "error": "Database error occurred",
                "details": "connection to db.example lost",
            }));
        }
        ask(false, "/api/users").await.assert_json(&json!({ "error": "Database error occurred" }));
        ask(false, "/api/users/0").await.assert_status(500);
        ask(false, "/api/orders").await.assert_status(500);
    }

    /// SC-11: an error handler that fails itself falls back to the plain answer.
    #[purlin_test::test]
    async fn a_failing_handler_falls_back() {
        async fn worse(_: Caught<Unhandled>) -> Result<String> {
            Err(Error::internal("and the handler is broken, too"))
        }
        let app = App::new("worse").routes(purlin::routes![super::panics]).on_error(worse);
        let response = TestApp::start(app).await.get("/panic").without_conformance().await;
        response.assert_problem(500, "internal_error");
    }
}
