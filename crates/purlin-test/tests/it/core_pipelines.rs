//! Steps in a row. S-193.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use purlin_core::{Caught, Error, Path, Pipeline, Result, Routes, Stopped};

use crate::ask::{ask, serve};

static SAVED: AtomicUsize = AtomicUsize::new(0);

#[derive(Debug)]
struct NoNumber(String);

impl fmt::Display for NoNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no number", self.0)
    }
}

impl std::error::Error for NoNumber {}

async fn authenticate(token: String) -> Result<String> {
    if token == "nobody" { Err(Error::unauthorized("Bearer", "who are you")) } else { Ok(token) }
}

fn validate(text: String) -> Result<u32, NoNumber> {
    text.parse().map_err(|_| NoNumber(text))
}

async fn save(number: u32) -> Result<u32> {
    SAVED.fetch_add(1, Ordering::Relaxed);
    Ok(number + 1)
}

fn create() -> Pipeline<String, u32> {
    let first = Pipeline::new("authenticate", authenticate).then_sync("validate", validate);
    first.append(Pipeline::new("save", save))
}

#[tokio::test]
async fn it_stops_at_the_first_error_and_names_the_step() {
    let create = create();
    assert_eq!(create.steps(), ["authenticate", "validate", "save"]);
    assert_eq!(format!("{create:?}"), "Pipeline(authenticate → validate → save)");
    let before = SAVED.load(Ordering::Relaxed);
    let stopped = create.run("x".to_owned()).await.unwrap_err();
    assert_eq!(stopped.step(), "validate");
    assert!(stopped.error().find::<NoNumber>().is_some());
    assert_eq!(SAVED.load(Ordering::Relaxed), before);
    assert_eq!(create.clone().run("7".to_owned()).await.unwrap(), 8);
}

/// An error keeps its status, and the log the name of the step.
#[tokio::test]
async fn in_a_handler_an_error_of_a_step_is_the_error() {
    let show = async |Path(text): Path<String>| -> Result<String> {
        Ok(create().run(text).await?.to_string())
    };
    let on_number = async |caught: Caught<NoNumber>| format!("caught: {}", *caught);
    let routes = Routes::new().get("/{text}", show).on_error(on_number);
    let app = serve(routes).await;
    assert_eq!(ask(&app, "GET /7").await, "200 8");
    let refused = app.get("/nobody").without_conformance().await;
    refused.assert_status(401);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    assert!(app.get("/x").without_conformance().await.text().contains("caught: `x` is no number"));
}

#[tokio::test]
async fn errors_of_a_type_of_ones_own_stay_what_they_are() {
    let parse = Pipeline::new_sync("parse", validate);
    let stopped: Stopped<NoNumber> = parse.run("y".to_owned()).await.unwrap_err();
    assert_eq!(stopped.to_string(), "the step `parse` did not succeed");
    let error = Error::from(stopped);
    assert!(error.find::<NoNumber>().is_some());
    assert_eq!(error.status(), 500);
}
