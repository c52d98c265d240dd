//! The jar of a client.
//!
//! S-116, S-262.

use purlin_core::{App, Cookie, Cookies, Path, Response, Routes, SetCookies};
use purlin_test::TestApp;

use crate::ask::failure;

async fn set(Path(value): Path<String>) -> (SetCookies, &'static str) {
    (SetCookies::new().add(Cookie::new("user", value)), "set")
}

async fn forget() -> (SetCookies, &'static str) {
    (SetCookies::new().remove("user"), "forgotten")
}

async fn show(cookies: Cookies) -> String {
    let all: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    all.join(" ")
}

async fn app() -> TestApp {
    let routes = Routes::new().get("/set/{value}", set).get("/forget", forget).get("/", show);
    TestApp::start(App::new("test").routes(routes)).await
}

#[tokio::test]
async fn a_cookie_is_kept_and_sent_back_until_it_is_forgotten() {
    let app = app().await;
    app.get("/set/anna%3B")
        .await
        .assert_header("set-cookie", "user=anna%3B; HttpOnly; SameSite=Lax; Path=/");
    assert_eq!(app.cookie("user").as_deref(), Some("anna;"));
    app.get("/").await.assert_text("user=anna;");
    app.get("/forget").await.assert_ok();
    app.get("/").await.assert_text("");
    assert_eq!(app.cookie("user"), None);
}

#[tokio::test]
async fn every_client_has_its_own_cookies() {
    let app = app().await;
    let (anna, ben) = (app.client(), app.client());
    anna.get("/set/anna").await.assert_ok();
    ben.get("/set/ben").await.assert_ok();
    anna.get("/").await.assert_text("user=anna");
    ben.clone().get("/").await.assert_text("user=ben");
    app.get("/").await.assert_text("");
    ben.clear_cookies();
    ben.get("/").await.assert_text("");
}

#[tokio::test]
async fn a_cookie_of_one_request_stands_in_for_that_of_the_jar() {
    let app = app().await;
    app.get("/set/anna").await.assert_ok();
    app.get("/")
        .cookie("user", "b&n")
        .cookie("theme", "dark")
        .await
        .assert_text("user=b&n theme=dark");
    app.get("/").await.assert_text("user=anna");
}

/// A middleware or a proxy may write such a line; a session that rests on it works in no browser.
#[tokio::test]
async fn a_cookie_that_no_browser_keeps_is_not_kept_and_a_failing_test_says_why() {
    let set = async || {
        let mut response = Response::default();
        response.headers_mut().append("set-cookie", "__Host-sid=1; Path=/app".parse().unwrap());
        response.headers_mut().append("set-cookie", "lang=en".parse().unwrap());
        response
    };
    let app =
        TestApp::start(App::new("test").routes(Routes::new().get("/", set).get("/show", show)));
    let app = app.await;
    let response = app.get("/").await;
    assert_eq!(app.cookie("__Host-sid"), None);
    app.get("/show").await.assert_text("lang=en");
    let said = failure(|| response.assert_status(201).bytes().len());
    let why = "(no browser keeps the cookie `__Host-sid`: `__Host-` needs `Secure`, `Path=/` and no `Domain`)";
    assert!(said.contains(why), "{said}");
}
