//! Problems by derive, as clients get them.

use std::fmt;

use purlin::http::{HeaderMap, StatusCode};
use purlin::{App, Error, Outline, Problem, Problems, Result, Routes, get, routes};
use purlin_test::TestApp;
use serde_json::json;

/// An error of somebody else, which a module of the application knows the status of.
#[derive(Debug)]
struct Driver;

impl fmt::Display for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server is away")
    }
}

impl std::error::Error for Driver {}

impl Problem for Driver {
    fn document(problems: &mut Problems) {
        problems.add(StatusCode::SERVICE_UNAVAILABLE, "away", "The database is away");
    }

    fn outline(&self) -> Outline {
        Outline {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: "away".into(),
            detail: None,
            members: serde_json::Map::new(),
            headers: HeaderMap::new(),
        }
    }
}

#[derive(Debug, thiserror::Error, Problem)]
enum LendError {
    #[error("the book is on loan until {until}")]
    #[problem(status = 409)]
    OnLoan {
        #[problem(member)]
        until: &'static str,
    },
    #[error("the loan could not be stored")]
    #[problem(transparent)]
    Database(#[from] Driver),
}

#[get("/lent")]
async fn lent() -> Result<(), LendError> {
    Err(LendError::OnLoan { until: "2026-12-01" })
}

#[get("/away")]
async fn away() -> Result<(), LendError> {
    Err(Driver)?
}

#[get("/lost")]
async fn lost() -> Result<()> {
    Err(LendError::OnLoan { until: "2026-12-01" })?
}

fn all() -> Routes {
    routes![lent, away, lost]
}

#[purlin_test::test]
async fn a_variant_has_its_status_and_its_members() {
    let app = TestApp::start(App::new("problems").routes(all())).await;
    let response = app.get("/lent").await;
    response.assert_problem(409, "on_loan");
    response.assert_json_includes(&json!({ "until": "2026-12-01" }));
}

/// S-157: what a transparent variant wraps decides, where it is known.
#[purlin_test::test]
async fn a_transparent_variant_leaves_its_status_to_what_it_wraps() {
    let app = TestApp::start(App::new("problems").routes(all())).await;
    app.get("/away").await.assert_problem(500, "internal_error");
    let app = TestApp::start(App::new("problems").routes(all()).problem::<Driver>()).await;
    app.get("/away").await.assert_problem(503, "away");
}

#[purlin_test::test]
async fn a_problem_keeps_its_status_where_it_is_declared() {
    let app = TestApp::start(App::new("problems").routes(all())).await;
    let response = app.get("/lost").await;
    response.assert_problem(500, "internal_error");
    let help = response.error().and_then(Error::help).unwrap().to_owned();
    assert!(help.contains(".problem::<LendError>()"), "{help}");
    let app = TestApp::start(App::new("problems").routes(all()).problem::<LendError>()).await;
    app.get("/lost").await.assert_problem(409, "on_loan");
}
