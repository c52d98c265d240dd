//! The short way to ask and to hear.

use std::panic::AssertUnwindSafe;

use http::Method;
use purlin_core::{App, Routes};
use purlin_test::{Client, TestApp, TestResponse};

/// Starts an application that consists of routes.
pub(crate) async fn serve(routes: Routes) -> TestApp {
    TestApp::start(App::new("test").routes(routes)).await
}

/// Sends a line such as `GET /books`, and gives `200` and the text, or the status and the code of
/// the problem.
pub(crate) async fn ask(client: &Client, line: &str) -> String {
    let (method, target) = line.split_once(' ').unwrap();
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    told(&client.request(method, target).await)
}

/// An answer in one line.
pub(crate) fn told(response: &TestResponse) -> String {
    let status = response.status().as_u16();
    let is_problem = response.header("content-type") == Some("application/problem+json");
    let body = match is_problem {
        true if response.bytes().is_empty() => String::new(),
        true => response.json_value()["code"].as_str().unwrap_or_default().to_owned(),
        false => response.text(),
    };
    format!("{status} {body}").trim_end().to_owned()
}

/// What a test that fails says.
pub(crate) fn failure<T>(test: impl FnOnce() -> T) -> String {
    match std::panic::catch_unwind(AssertUnwindSafe(test)) {
        Ok(_) => panic!("the test should fail"),
        Err(panic) => message(panic.as_ref()),
    }
}

/// As [`failure`], for a test that waits.
pub(crate) async fn failure_of<T: Send + 'static>(
    test: impl Future<Output = T> + Send + 'static,
) -> String {
    match tokio::spawn(test).await {
        Ok(_) => panic!("the test should fail"),
        Err(error) => message(error.into_panic().as_ref()),
    }
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap()
}
