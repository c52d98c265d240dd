//! Asynchronous rules of parameters and headers.
//!
//! S-086.

use garde::Validate;
use purlin_core::{
    App, Checked, Error, Faults, Header, Inject, Path, Query, Result, Routes, Rules,
};
use purlin_test::{TestApp, TestResponse, start_fails};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// The names that nobody may take.
struct Taken(&'static [&'static str]);

impl Taken {
    fn check(&self, name: &str, pointer: &str, faults: &mut Faults) {
        if self.0.contains(&name) {
            faults.add(pointer, "taken", "is taken already");
        }
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "kebab-case")]
struct Wanted {
    #[garde(length(chars, max = 5))]
    reader_name: String,
    #[garde(range(min = 1))]
    reader_age: Option<u8>,
}

impl Rules for Wanted {
    type Services = Inject<Taken>;

    async fn check(&self, taken: Inject<Taken>, faults: &mut Faults) -> Result {
        if self.reader_name == "down" {
            return Err(Error::internal("the list of names is not there"));
        }
        taken.check(&self.reader_name, "/reader-name", faults);
        Ok(())
    }
}

async fn start(routes: Routes) -> TestApp {
    TestApp::start(App::new("rules").provide(Taken(&["Ada", "Charlotte"])).routes(routes)).await
}

/// Each fault as `in pointer code`.
fn faults(response: &TestResponse) -> Vec<String> {
    let problem = response.json_value();
    let faults = problem["errors"].as_array().cloned().unwrap_or_default();
    let text = |fault: &Value, name: &str| fault[name].as_str().unwrap_or_default().to_owned();
    let line = |fault: &Value| ["in", "pointer", "code"].map(|name| text(fault, name)).join(" ");
    faults.iter().map(line).collect()
}

#[tokio::test]
async fn a_query_is_checked_by_rules_that_take_time() {
    let by_query = async |Checked(Query(wanted)): Checked<Query<Wanted>>| wanted.reader_name;
    let optional = async |wanted: Option<Checked<Query<Wanted>>>| wanted.is_some().to_string();
    let app = start(Routes::new().get("/", by_query).get("/optional", optional)).await;
    app.get("/?reader-name=Ben").await.assert_text("Ben");
    let response = app.get("/?reader-name=Ada").await;
    response.assert_problem(422, "invalid_input");
    assert_eq!(faults(&response), ["query /reader-name taken"]);
    // What could be read is asked about, and all that is wrong is told at once.
    let response = app.get("/?reader-name=Charlotte&reader-age=0").await;
    let all =
        ["query /reader-age minimum", "query /reader-name max_length", "query /reader-name taken"];
    let mut told = faults(&response);
    told.sort();
    assert_eq!(told, all);
    let response = app.get("/?reader-name=Ada&reader-age=x").await;
    assert_eq!(faults(&response), ["query /reader-age type"]);
    app.get("/?reader-name=down").await.assert_problem(500, "internal_error");
    app.get("/optional").await.assert_text("false");
    app.get("/optional?reader-name=Ada").await.assert_status(422);
    let codes = &app.openapi()["paths"]["/"]["get"]["responses"]["422"];
    assert!(codes.to_string().contains("too_many_parameters"), "{codes}");
}

/// Its default is a name that is taken.
#[derive(Deserialize, JsonSchema, Validate)]
struct Guest {
    #[garde(skip)]
    #[serde(rename = "guest-name", default = "ada")]
    guest: String,
}

fn ada() -> String {
    "Ada".to_owned()
}

impl Rules for Guest {
    type Services = Inject<Taken>;

    async fn check(&self, taken: Inject<Taken>, faults: &mut Faults) -> Result {
        taken.check(&self.guest, "/guest-name", faults);
        Ok(())
    }
}

/// As without them: what is wrong with a default is no fault of a client that has sent nothing.
#[tokio::test]
async fn rules_do_not_make_an_input_that_was_not_sent_a_wrong_one() {
    let query = async |guest: Option<Checked<Query<Guest>>>| guest.is_some().to_string();
    let header = async |guest: Option<Checked<Header<Guest>>>| guest.is_some().to_string();
    let needed = async |guest: Checked<Query<Guest>>| guest.0.0.guest;
    let routes = Routes::new().get("/", query).get("/header", header).get("/needed", needed);
    let app = start(routes).await;
    app.get("/").await.assert_text("false");
    app.get("/?guest-name=Ben").await.assert_text("true");
    app.get("/?guest-name=Ada").await.assert_problem(422, "invalid_input");
    app.get("/?other=1").await.assert_problem(422, "invalid_input");
    app.get("/header").await.assert_text("false");
    app.get("/header").header("guest-name", "Ada").await.assert_problem(422, "invalid_input");
    app.get("/needed").await.assert_problem(422, "invalid_input");
}

#[tokio::test]
async fn headers_are_checked_by_rules_that_take_time() {
    let by_header = async |Checked(Header(wanted)): Checked<Header<Wanted>>| wanted.reader_name;
    let app = start(Routes::new().get("/", by_header)).await;
    app.get("/").header("reader-name", "Ben").await.assert_text("Ben");
    let response = app.get("/").header("reader-name", "Charlotte").await;
    response.assert_problem(422, "invalid_input");
    assert_eq!(faults(&response), ["header /reader-name max_length", "header /reader-name taken"]);
    let response = app.get("/").await;
    assert_eq!(faults(&response), ["header /reader-name required"]);
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Shelf {
    #[garde(length(chars, max = 5))]
    shelf: String,
    #[garde(custom(is_lucky))]
    number: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "so it is called")]
fn is_lucky(number: &u32, (): &()) -> garde::Result {
    if *number == 13 { Err(garde::Error::new("must not be 13")) } else { Ok(()) }
}

impl Rules for Shelf {
    type Services = Inject<Taken>;

    async fn check(&self, taken: Inject<Taken>, faults: &mut Faults) -> Result {
        taken.check(&self.shelf, "/shelf", faults);
        Ok(())
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Name(#[garde(length(chars, max = 5))] String);

impl Rules for Name {
    type Services = Inject<Taken>;

    async fn check(&self, taken: Inject<Taken>, faults: &mut Faults) -> Result {
        taken.check(&self.0, "", faults);
        Ok(())
    }
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Loan(#[garde(skip)] u32, #[garde(length(chars, max = 5))] String);

impl Rules for Loan {
    type Services = (Inject<Taken>, ());

    async fn check(&self, (taken, ()): (Inject<Taken>, ()), faults: &mut Faults) -> Result {
        taken.check(&self.1, "/1", faults);
        Ok(())
    }
}

#[tokio::test]
async fn paths_are_checked_by_rules_that_take_time() {
    let routes = Routes::new()
        .get("/shelves/{shelf}/{number}", async |shelf: Checked<Path<Shelf>>| {
            format!("{} {}", shelf.0.0.shelf, shelf.0.0.number)
        })
        .get("/names/{name}", async |name: Checked<Path<Name>>| name.0.0.0)
        .get("/loans/{id}/{reader}", async |loan: Checked<Path<Loan>>| {
            format!("{} {}", loan.0.0.0, loan.0.0.1)
        });
    let app = start(routes).await;
    for (path, text) in [("/shelves/B/7", "B 7"), ("/names/Ben", "Ben"), ("/loans/7/Ben", "7 Ben")]
    {
        app.get(path).await.assert_text(text);
    }
    for (path, detail, told) in [
        ("/shelves/Ada/7", "`Ada` is no valid `shelf`: it is taken already", &["shelf taken"][..]),
        (
            "/shelves/B/x",
            "`x` is no valid `number`: it must be a whole number, not text",
            &["number type"],
        ),
        ("/names/Ada", "`Ada` is no valid `name`: it is taken already", &["name taken"]),
        (
            "/names/Charlotte",
            "`Charlotte` is no valid `name`: it must be at most 5 characters long (it has 9)",
            &["name max_length", "name taken"],
        ),
        (
            "/loans/7/Charlotte",
            "`Charlotte` is no valid `reader`: it must be at most 5 characters long (it has 9)",
            &["reader max_length", "reader taken"],
        ),
        (
            "/shelves/Ada/13",
            "`13` is no valid `number`: it must not be 13",
            &["number invalid", "shelf taken"],
        ),
    ] {
        let response = app.get(path).await;
        response.assert_problem(404, "invalid_path_parameter");
        assert_eq!(response.json_value()["detail"], detail, "{path}");
        let told: Vec<String> = told.iter().map(|fault| format!("path /{fault}")).collect();
        assert_eq!(faults(&response), told, "{path}");
    }
}

#[tokio::test]
async fn what_rules_need_has_to_be_provided() {
    let by_query = async |_: Checked<Query<Wanted>>| "x";
    let by_path = async |_: Checked<Path<Name>>| "x";
    let routes = Routes::new().get("/", by_query).get("/{name}", by_path);
    let report = start_fails(App::new("rules").routes(routes)).await;
    assert!(report.contains("`Taken` is not provided, and 2 need it"), "{report}");
}
