//! S-236: what the page of a failing request shows in development, and what leaves otherwise.

use purlin::{App, Error, Mode, Problem, Result, Scoped, dependency, get, post, routes};
use purlin_test::{TestApp, TestResponse};

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[get("/shelves/{shelf}/boom")]
async fn boom(shelf: String) -> Result<String> {
    let number = shelf.parse::<u32>();
    let number = number.map_err(|error| Error::from(error).context("the shelf has no number"))?;
    Ok(number.to_string())
}

#[post("/panic")]
async fn panics() -> String {
    load(&[]).to_string()
}

#[derive(Debug, thiserror::Error, Problem)]
#[error("the lamp is broken")]
#[problem(status = 500)]
struct Broken;

#[get("/lamp")]
async fn lamp() -> Result<String, Broken> {
    // The lamp of the attic.
    Err(Broken)
}

/// Is no route, so that only a backtrace names it.
#[inline(never)]
fn load(beams: &[u8]) -> u8 {
    beams[7]
}

/// The files of this crate, as the binary of an application reads them.
fn read_source(file: &str) -> Option<String> {
    let above = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let places = above.take(3).map(|folder| folder.join(file));
    places.into_iter().find_map(|path| std::fs::read_to_string(path).ok())
}

async fn app(mode: Mode) -> TestApp {
    let app = App::new("boom").routes(routes![boom, panics, lamp]).read_source(read_source);
    TestApp::of(app).mode(mode).start().await
}

async fn page(mode: Mode, accept: &str) -> TestResponse {
    let app = app(mode).await;
    let request = app.get("/shelves/attic/boom?dust=thick").header("accept", accept);
    request.header("x-lamp", "off").bearer("hunter2").await
}

#[track_caller]
fn check(response: &TestResponse, expected: &[&str]) {
    let text = response.text();
    for expected in expected {
        assert!(text.contains(expected), "`{expected}` is not in\n{text}");
    }
}

#[purlin_test::test]
async fn a_failure_is_shown_with_its_causes_and_its_source() {
    let page = page(Mode::Dev, BROWSER).await;
    page.assert_status(500).assert_header("content-type", "text/html; charset=utf-8");
    // The type of the cause, what went wrong, why, and where.
    let place = "crates/purlin/tests/it/development.rs";
    check(&page, &["ParseIntError", "the shelf has no number", "invalid digit found", place]);
    // The line itself and those around it.
    check(&page, &["Error::from(error).context(", "let number = shelf.parse::"]);
}

/// Where a typed problem was made is not known, and the handler is.
#[purlin_test::test]
async fn a_problem_that_was_returned_is_shown_with_its_handler() {
    let page = app(Mode::Dev).await.get("/lamp").header("accept", BROWSER).await;
    page.assert_status(500);
    check(&page, &["Broken", "the lamp is broken", "tests/it/development.rs", "of the attic"]);
}

#[dependency]
async fn light() -> Result<u8, Broken> {
    Err(Broken)
}

/// Where no route was found there is no handler, and a place without a file is none.
#[purlin_test::test]
async fn a_problem_outside_of_all_routes_has_no_place() {
    let app = App::new("dark").guard::<Scoped<light>>();
    let problem = TestApp::of(app).mode(Mode::Dev).start().await.get("/nowhere").await;
    problem.assert_status(500);
    let debug = &problem.json_value()["debug"];
    assert_eq!(
        (debug["message"].as_str(), debug["place"].as_str()),
        (Some("the lamp is broken"), None)
    );
}

#[purlin_test::test]
async fn a_failure_is_shown_with_its_request_and_secrets_are_not() {
    for accept in [BROWSER, "text/plain"] {
        let page = page(Mode::Dev, accept).await;
        check(&page, &["/shelves/attic/boom", "dust=thick", "x-lamp", "off", "authorization"]);
        check(&page, &["[secret]", page.header("x-request-id").unwrap()]);
        assert!(!page.text().contains("hunter2"), "{page}");
    }
}

#[purlin_test::test]
async fn a_failure_is_shown_with_the_routes_there_are() {
    for accept in [BROWSER, "text/plain"] {
        let page = page(Mode::Dev, accept).await;
        check(&page, &["/shelves/{shelf}/boom", "it::development::panics"]);
    }
}

#[purlin_test::test]
async fn a_panic_is_shown_with_the_calls_that_led_to_it() {
    let app = app(Mode::Dev).await;
    let page = app.post("/panic").header("accept", BROWSER).await;
    page.assert_status(500);
    check(&page, &["index out of bounds", "it::development::load", "beams[7]"]);
}

#[purlin_test::test]
async fn in_production_nothing_of_it_leaves() {
    for accept in [BROWSER, "text/plain", "application/json"] {
        let page = page(Mode::Prod, accept).await;
        page.assert_status(500).assert_text_contains("Internal Server Error");
        for secret in ["attic", "shelf", "digit", "development.rs", "ParseInt", "x-lamp"] {
            assert!(!page.text().contains(secret), "`{secret}` is in\n{page}");
        }
    }
}
