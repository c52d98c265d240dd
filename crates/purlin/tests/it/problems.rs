//! Problems by derive, as clients get them.
//!
//! S-087, S-157.

use std::fmt;

use purlin::http::{HeaderMap, Method, StatusCode};
use purlin::openapi::conformance;
use purlin::{App, Error, Json, Outline, Problem, Problems, Result, Routes, get, routes};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

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
        Outline::new(StatusCode::SERVICE_UNAVAILABLE, "away")
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
    #[error("the book has no ISBN")]
    #[problem(status = 422)]
    NoISBN,
    #[error("the scanner is off")]
    #[problem(status = 424)]
    RFIDScanner2Off,
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

/// A machine code is read by programs, and so never changed later.
#[test]
fn the_code_of_a_variant_is_its_name_in_words() {
    assert_eq!(LendError::NoISBN.outline().code, "no_isbn");
    assert_eq!(LendError::RFIDScanner2Off.outline().code, "rfid_scanner2_off");
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

#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    shelf: u8,
    since: Option<String>,
}

/// All that can go wrong with a book, whoever asks for it.
#[allow(dead_code, reason = "some are only looked at in the document")]
#[derive(Debug, thiserror::Error, Problem)]
enum BookError {
    /// The book is not
    /// in the library.
    ///
    /// It may have been.
    #[error("there is no book {id}")]
    #[problem(status = 404, code = "book_not_found")]
    Missing { id: u64 },
    #[error("`{0}` is none {{of ours}}, but {count:>5} are", count = 3)]
    #[problem(status = 404)]
    Foreign(String),
    #[error("{0}")]
    #[problem(status = 409)]
    AwayForNow(u8),
    #[error("it stands elsewhere")]
    #[problem(status = 409)]
    Misplaced {
        #[problem(member)]
        place: Place,
    },
    #[error("the disk is full")]
    #[problem(status = 507)]
    Full {
        #[problem(member)]
        free: u32,
    },
}

#[get("/all")]
async fn all_errors() -> Result<(), BookError> {
    Err(BookError::Misplaced { place: Place { shelf: 7, since: None } })
}

#[get("/some", errors = [BookError::Missing, BookError::Misplaced])]
async fn some_errors() -> Result<(), BookError> {
    Err(BookError::Missing { id: 7 })
}

#[get("/declared", errors = [BookError::Missing])]
async fn declared_errors() -> Result<()> {
    Err(BookError::AwayForNow(1))?
}

#[get("/wrong", errors = [BookError::Missing])]
async fn wrong_errors() -> Result<(), LendError> {
    Ok(())
}

fn responses<'d>(document: &'d Value, path: &str) -> &'d Value {
    &document["paths"][path]["get"]["responses"]
}

fn problem_schema<'d>(document: &'d Value, path: &str, status: &str) -> &'d Value {
    &responses(document, path)[status]["content"]["application/problem+json"]
}

#[purlin_test::test]
async fn a_description_has_no_placeholders() {
    let app = TestApp::start(App::new("problems").routes(routes![all_errors])).await;
    let responses = responses(app.openapi(), "/all");
    assert_eq!(
        responses["404"]["description"],
        "The book is not in the library; `…` is none {of ours}, but … are"
    );
    // A text of nothing but a value says nothing without it.
    assert_eq!(responses["409"]["description"], "away for now; it stands elsewhere");
}

#[purlin_test::test]
async fn a_member_is_in_the_schema_of_its_code_with_an_example() {
    let app = TestApp::start(App::new("problems").routes(routes![all_errors])).await;
    // The answer is held against the document.
    app.get("/all").await.assert_problem(409, "misplaced");
    let content = problem_schema(app.openapi(), "/all", "409");
    let any = json!({ "$ref": "#/components/schemas/Problem" });
    let away = json!({
        "type": "object", "properties": { "code": { "type": "string", "const": "away_for_now" } },
        "required": ["code"],
    });
    let misplaced = json!({
        "type": "object",
        "properties": {
            "code": { "type": "string", "const": "misplaced" },
            "place": { "$ref": "#/components/schemas/Place" },
        },
        "required": ["code", "place"],
    });
    assert_eq!(
        content["schema"],
        json!({ "anyOf": [{ "allOf": [any, away] }, { "allOf": [any, misplaced] }] })
    );
    assert_eq!(
        content["examples"]["misplaced"],
        json!({
            "summary": "it stands elsewhere",
            "value": {
                "type": "about:blank",
                "title": "Conflict",
                "status": 409,
                "detail": "it stands elsewhere",
                "code": "misplaced",
                "request_id": "e265e2cec76f96b1538454127b096493",
                "place": { "shelf": 1, "since": "text" },
            },
        })
    );
    // What is the server's own fault has no detail.
    let full = &problem_schema(app.openapi(), "/all", "507")["examples"]["full"]["value"];
    assert_eq!((&full["free"], &full["detail"]), (&json!(1), &Value::Null));
    // Without members there is one list of codes, and nothing to show.
    assert_eq!(
        *problem_schema(app.openapi(), "/all", "404"),
        json!({ "schema": { "allOf": [any, {
            "type": "object",
            "properties": { "code": { "type": "string", "enum": ["book_not_found", "foreign"] } },
        }] } })
    );
}

#[purlin_test::test]
async fn an_example_is_what_its_schema_allows_and_a_member_may_not_be_missing() {
    let app = TestApp::start(App::new("problems").routes(routes![all_errors])).await;
    let document = app.openapi();
    let check = |status: StatusCode, body: &Value| {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/problem+json".parse().unwrap());
        let body = body.to_string();
        conformance::violations(
            document,
            &Method::GET,
            "/all",
            status,
            &headers,
            Some(body.as_bytes()),
        )
    };
    for (status, code) in [(409, "misplaced"), (409, "away_for_now"), (507, "full")] {
        let content = problem_schema(document, "/all", &status.to_string());
        let status = StatusCode::from_u16(status).unwrap();
        let mut example = content["examples"][code]["value"].clone();
        assert_eq!(check(status, &example), [""; 0], "{code}");
        if code == "misplaced" {
            example.as_object_mut().unwrap().remove("place");
            let said = check(status, &example);
            assert!(said.len() == 1 && said[0].contains("`/place` is required"), "{said:?}");
        }
    }
}

#[purlin_test::test]
async fn a_route_documents_the_errors_that_it_lists() {
    let app = App::new("problems").routes(routes![some_errors]);
    let app = TestApp::start(app.routes(routes![declared_errors].problem::<BookError>())).await;
    let keys = |path: &str| {
        let all = responses(app.openapi(), path).as_object().unwrap();
        all.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(keys("/some"), "204 404 409");
    let some = responses(app.openapi(), "/some");
    assert_eq!(some["404"]["description"], "The book is not in the library");
    assert_eq!(some["409"]["description"], "it stands elsewhere");
    assert_eq!(keys("/declared"), "204 404 default");
    app.get("/some").await.assert_problem(404, "book_not_found");
}

/// What was left out of the document is answered all the same, and the test kit says so.
#[purlin_test::test]
async fn an_error_that_was_left_out_keeps_its_status() {
    #[get("/", errors = [BookError::Missing])]
    async fn more_than_listed() -> Result<(), BookError> {
        Err(BookError::AwayForNow(1))
    }
    let app = TestApp::start(App::new("problems").routes(routes![more_than_listed])).await;
    let response = app.get("/").without_conformance().await;
    response.assert_problem(409, "away_for_now");
    let said = conformance::violations(
        app.openapi(),
        &Method::GET,
        "/",
        response.status(),
        response.headers(),
        Some(response.bytes()),
    );
    assert_eq!(said, ["`GET /` promises 204, 404, and 409 came"]);
}

/// P0202
#[test]
fn an_error_of_a_type_that_cannot_come_is_refused() {
    let report = App::new("problems").routes(routes![wrong_errors]).assemble().unwrap_err();
    let report = report.to_string();
    for part in [
        "error[P0202]: wrong_errors: `errors` lists `BookError::Missing`, and no `BookError` comes",
        "= help: return `Result<_, BookError>`, or leave it out of `errors`",
        "problems.rs",
    ] {
        assert!(report.contains(part), "`{part}` is missing in\n{report}");
    }
}

/// A type of the application may be called as the framework's own component.
#[purlin_test::test]
async fn a_problem_of_mathematics_is_a_schema_of_its_own() {
    mod mathematics {
        #[derive(schemars::JsonSchema, serde::Serialize)]
        pub(super) struct Problem {
            pub(super) question: String,
        }
    }
    #[get("/")]
    async fn ask() -> Result<Json<mathematics::Problem>, BookError> {
        Ok(Json(mathematics::Problem { question: "6 * 9".to_owned() }))
    }
    let app = TestApp::start(App::new("problems").routes(routes![ask])).await;
    app.get("/").await.assert_ok();
    let document = app.openapi();
    let target = &responses(document, "/")["200"]["content"]["application/json"]["schema"]["$ref"];
    let target = document.pointer(target.as_str().unwrap().trim_start_matches('#')).unwrap();
    assert!(target["properties"]["question"].is_object(), "{target}");
    assert!(document["components"]["schemas"]["Problem"]["properties"]["code"].is_object());
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Novel,
    #[allow(dead_code, reason = "an example takes the first")]
    Poem,
}

/// One of each, and itself.
#[derive(Debug, Serialize, JsonSchema)]
struct Shapes {
    kind: Kind,
    flag: bool,
    #[schemars(range(min = 5))]
    at_least: i64,
    #[schemars(example = &"Emma")]
    said: String,
    #[schemars(extend("format" = "date"))]
    day: String,
    list: Vec<u8>,
    first: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    others: Vec<Self>,
}

#[derive(Debug, thiserror::Error, Problem)]
#[error("it has many shapes")]
#[problem(status = 409)]
struct Shaped {
    #[problem(member)]
    shapes: Shapes,
}

#[purlin_test::test]
async fn an_example_has_a_value_of_every_kind_and_an_end() {
    #[get("/")]
    async fn shaped() -> Result<(), Shaped> {
        let shapes = Shapes {
            kind: Kind::Novel,
            flag: false,
            at_least: 7,
            said: "Emma".to_owned(),
            day: "2030-01-01".to_owned(),
            list: vec![],
            first: None,
            others: vec![],
        };
        Err(Shaped { shapes })
    }
    let app = TestApp::start(App::new("problems").routes(routes![shaped])).await;
    app.get("/").await.assert_problem(409, "shaped");
    let example = &problem_schema(app.openapi(), "/", "409")["examples"]["shaped"]["value"];
    let mut shapes = example["shapes"].clone();
    let mut depth = 0;
    while shapes["first"].is_object() {
        assert_eq!(shapes["others"].as_array().unwrap().len(), 1);
        shapes = shapes["first"].take();
        depth += 1;
    }
    assert!(depth > 0);
    let expected = json!({
        "kind": "novel", "flag": true, "at_least": 5, "said": "Emma", "day": "2030-01-31",
        "list": [], "first": null, "others": [],
    });
    assert_eq!(shapes, expected);
    let found = conformance::violations(
        app.openapi(),
        &Method::GET,
        "/",
        StatusCode::CONFLICT,
        &HeaderMap::from_iter([(
            "content-type".parse().unwrap(),
            "application/problem+json".parse().unwrap(),
        )]),
        Some(example.to_string().as_bytes()),
    );
    assert_eq!(found, [""; 0]);
}
