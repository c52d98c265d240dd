//! Starting an application for a test.
//!
//! S-101, S-262.

use std::sync::Arc;

use purlin_core::config::Configuration;
use purlin_core::{App, Config, Inject, Mode, Result, Routes};
use purlin_test::{TestApp, start_fails};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ask::{failure, failure_of};

trait Mailer: Send + Sync {
    fn name(&self) -> &'static str;
}

struct Smtp;
struct Fake;

impl Mailer for Smtp {
    fn name(&self) -> &'static str {
        "smtp"
    }
}

impl Mailer for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Shop {
    #[serde(default = "usual")]
    shelves: u8,
}

fn usual() -> u8 {
    4
}

struct Stock(u32);

async fn show(mailer: Inject<dyn Mailer>, stock: Inject<Stock>, shop: Config<Shop>) -> String {
    format!("{} {} {}", mailer.name(), stock.0, shop.shelves)
}

fn app() -> App {
    App::new("shop")
        .config::<Shop>("shop")
        .provide_as::<dyn Mailer>(Arc::new(Smtp))
        .provide_with(async || -> Result<Stock> { panic!("nobody connects in a test") })
        .routes(Routes::new().get("/", show))
}

#[tokio::test]
async fn services_and_configuration_are_put_in_the_place_of_others() {
    let app = TestApp::of(app())
        .provide(Stock(3))
        .provide_as::<dyn Mailer>(Arc::new(Fake))
        .configure("shop.shelves", 9)
        .start()
        .await;
    app.get("/").await.assert_text("fake 3 9");
}

#[tokio::test]
async fn a_whole_configuration_goes_before_the_mode() {
    let configuration = Configuration::new(Mode::Prod).set("shop.shelves", 7);
    let app = TestApp::of(app()).provide(Stock(3)).configuration(configuration).start().await;
    app.get("/").await.assert_text("smtp 3 7");
    // Production serves no document, and answers are held against it all the same.
    app.get("/openapi.json").await.assert_status(404);
    assert!(app.openapi()["paths"]["/"]["get"].is_object());
}

#[tokio::test]
async fn the_mode_is_that_of_tests_unless_told() {
    let app = || App::new("shop").routes(Routes::new().get("/x", async || "x"));
    TestApp::start(app()).await.get("/").await.assert_status(404);
    // The welcome page is of development.
    TestApp::of(app()).mode(Mode::Dev).start().await.get("/").await.assert_ok();
}

#[tokio::test]
async fn an_application_that_does_not_assemble_fails_with_the_whole_report() {
    let said = start_fails(App::new("shop").routes(Routes::new().get("/", show))).await;
    assert!(said.contains("error[P0301]: show → dyn Mailer: not provided"), "{said}");
    assert!(said.contains("Stock: not provided"), "{said}");
    assert!(said.contains("error[P0402]"), "{said}");
    assert!(said.contains("setup.rs"), "{said}");
    let said = TestApp::of(app()).configure("shop.shelfs", 1).start_fails().await;
    assert!(said.contains("`shop.shelfs` is not a known key"), "{said}");
    let said =
        failure_of(TestApp::start(App::new("x").routes(Routes::new().get("x", async || ())))).await;
    assert!(said.contains("does not start\n\nerror[P0101]"), "{said}");
    assert!(said.contains("setup.rs"), "{said}");
}

#[tokio::test]
async fn an_application_that_does_not_start_fails_with_the_causes() {
    let app = App::new("shop")
        .provide_with(async || Ok(Stock("x".parse()?)))
        .routes(Routes::new().get("/", async |stock: Inject<Stock>| stock.0.to_string()));
    let said = start_fails(app).await;
    assert!(said.contains("the service `Stock` could not be made"), "{said}");
    assert!(said.contains("caused by: invalid digit found in string"), "{said}");
}

#[tokio::test]
async fn an_application_that_starts_and_should_not_fails_the_test() {
    let said = failure_of(start_fails(App::new("shop"))).await;
    assert!(said.contains("starts, and should not"), "{said}");
}

#[purlin_test::test]
async fn a_test_brings_its_own_runtime() {
    let app = TestApp::start(App::new("shop")).await;
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    app.get("/").await.assert_status(404);
}

#[test]
fn a_future_runs_where_there_is_no_runtime() {
    assert_eq!(purlin_test::run(async { 42 }), 42);
    let said = failure(|| purlin_test::run(async { panic!("as it should") }));
    assert_eq!(said, "as it should");
}
