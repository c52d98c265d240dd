//! S-089, S-091, S-092, T-21, T-27: what the document says of an application.

use std::collections::BTreeSet;

use garde::Validate;
use purlin::http::StatusCode;
use purlin::openapi::SecurityScheme;
use purlin::{
    App, Created, Error, Extract, Json, Problem, Query, Reported, Request, Result, Routes, Site,
    routes,
};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Who may change the library.
struct Librarian;

impl Extract for Librarian {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> Result<(), Reported> {
        let operation = site.operation();
        operation.security("bearerAuth", SecurityScheme::bearer(), vec!["write".to_owned()]);
        operation.problem(StatusCode::UNAUTHORIZED, "unauthorized", "No token came");
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        match request.header("authorization") {
            Some("Bearer ada") => Ok(Self),
            _ => Err(Error::unauthorized("Bearer", "send a token")),
        }
    }
}

mod books {
    use super::{
        Created, Deserialize, Json, JsonSchema, Librarian, Problem, Query, Serialize, Validate,
    };

    /// A book.
    #[derive(Deserialize, Serialize, JsonSchema, Validate)]
    #[schemars(example = Book { title: "Emma".to_owned(), pages: Some(474), isbn: None })]
    pub(super) struct Book {
        /// As it stands on the cover.
        #[garde(length(chars, min = 1, max = 200))]
        title: String,
        #[garde(range(min = 1, max = 9999))]
        pages: Option<u16>,
        #[garde(pattern("^[0-9]{13}$"))]
        #[serde(skip_serializing_if = "Option::is_none")]
        isbn: Option<String>,
    }

    #[derive(Deserialize, JsonSchema, Validate)]
    pub(super) struct Search {
        /// What the title begins with.
        #[garde(length(chars, min = 3))]
        title: String,
        #[garde(range(max = 100))]
        #[serde(default = "twenty")]
        limit: u8,
    }

    fn twenty() -> u8 {
        20
    }

    #[derive(Debug, thiserror::Error, Problem)]
    pub(super) enum BookError {
        /// No book has this number.
        #[error("there is no book {0}")]
        #[problem(status = 404, code = "no_such_book")]
        Missing(u32),
        #[error("the title is taken")]
        #[problem(status = 409, code = "title_taken")]
        Taken,
    }

    /// Finds books by their title.
    ///
    /// The newest come first.
    /// Twenty come at once.
    #[purlin::get("/")]
    pub(super) async fn index(search: Query<Search>) -> Json<Vec<Book>> {
        let Query(Search { title, limit }) = search;
        Json((0..limit.min(1)).map(|_| book(&title)).collect())
    }

    /// One book, with
    /// everything about it.
    #[purlin::get("/{id}")]
    pub(super) async fn show(id: u32) -> Result<Json<Book>, BookError> {
        if id == 7 { Ok(Json(book("Emma"))) } else { Err(BookError::Missing(id)) }
    }

    #[purlin::post("/", id = "add-book", tag = "stock", guard = Librarian)]
    pub(super) async fn create(book: Json<Book>) -> Result<Created<Json<Book>>, BookError> {
        if book.title == "Emma" {
            return Err(BookError::Taken);
        }
        Ok(Created::at(show::url(8), book))
    }

    /// Use the list.
    #[deprecated]
    #[purlin::get("/newest")]
    pub(super) async fn newest() -> String {
        "Emma".to_owned()
    }

    #[purlin::get("/secret", hidden)]
    pub(super) async fn secret() -> String {
        "Emma".to_owned()
    }

    fn book(title: &str) -> Book {
        Book { title: title.to_owned(), pages: None, isbn: None }
    }
}

mod authors {
    #[purlin::get("/{id}")]
    pub(super) async fn show(id: u32) -> String {
        id.to_string()
    }
}

fn library() -> App {
    let books: Routes =
        routes![books::index, books::show, books::create, books::newest, books::secret];
    App::new("library")
        .version("2.3.4")
        .description("What can be lent.")
        .nest("/books", books)
        .nest("/authors", routes![authors::show])
}

async fn document() -> Value {
    TestApp::start(library()).await.openapi().clone()
}

/// S-089: the head is the application's.
#[purlin_test::test]
async fn the_head_says_what_the_application_is() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    let info =
        json!({ "title": "library", "version": "2.3.4", "description": "What can be lent." });
    assert_eq!(document["info"], info);
    assert_eq!(
        document["tags"],
        json!([{ "name": "authors" }, { "name": "books" }, { "name": "stock" }])
    );
}

/// S-089: modules are tags, unless an attribute says another.
#[purlin_test::test]
async fn an_operation_is_shown_under_its_module() {
    let paths = document().await["paths"].take();
    assert_eq!(paths["/books"]["get"]["tags"], json!(["books"]));
    assert_eq!(paths["/authors/{id}"]["get"]["tags"], json!(["authors"]));
    assert_eq!(paths["/books"]["post"]["tags"], json!(["stock"]));
    assert_eq!(paths["/books/secret"], Value::Null);
}

/// S-089: the first paragraph of a doc comment is one line, the others are a text.
#[purlin_test::test]
async fn a_doc_comment_is_summary_and_description() {
    let paths = document().await["paths"].take();
    let index = &paths["/books"]["get"];
    assert_eq!(index["summary"], "Finds books by their title");
    assert_eq!(index["description"], "The newest come first.\nTwenty come at once.");
    let show = &paths["/books/{id}"]["get"];
    assert_eq!(show["summary"], "One book, with everything about it");
    assert_eq!(show["description"], Value::Null);
    assert_eq!(paths["/books/newest"]["get"]["deprecated"], true);
    assert_eq!(show["deprecated"], Value::Null);
}

/// T-27: two handlers of one name are told apart by their modules.
#[purlin_test::test]
async fn operation_ids_are_unique_and_can_be_chosen() {
    let paths = document().await["paths"].take();
    let operations = paths.as_object().unwrap().values();
    let all: Vec<_> = operations.flat_map(|path| path.as_object().unwrap().values()).collect();
    let ids: BTreeSet<_> = all.iter().map(|one| one["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), all.len(), "{ids:?}");
    for expected in ["add-book", "index", "newest", "books_show", "authors_show"] {
        assert!(ids.contains(expected), "{expected} is not in {ids:?}");
    }
}

/// S-089: the scheme of a guard, on the operations that it guards and on no others.
#[purlin_test::test]
async fn a_guard_demands_its_security_scheme() {
    let document = document().await;
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(*schemes, json!({ "bearerAuth": { "type": "http", "scheme": "bearer" } }));
    let books = &document["paths"]["/books"];
    assert_eq!(books["post"]["security"], json!([{ "bearerAuth": ["write"] }]));
    assert_eq!(books["get"]["security"], Value::Null);
}

/// S-089: rules, texts and examples of a type are in its schema.
#[purlin_test::test]
async fn rules_of_a_type_are_limits_of_its_schema() {
    let document = document().await;
    let operation = &document["paths"]["/books"]["post"];
    let body = &operation["requestBody"];
    assert_eq!(body["required"], true);
    let schema = &body["content"]["application/json"]["schema"];
    assert_eq!(*schema, json!({ "$ref": "#/components/schemas/BookInput" }));
    let book = &document["components"]["schemas"]["BookInput"];
    assert_eq!(book["description"], "A book.");
    assert_eq!(book["required"], json!(["title"]));
    assert_eq!(book["examples"], json!([{ "title": "Emma", "pages": 474 }]));
    let title = &book["properties"]["title"];
    assert_eq!(title["description"], "As it stands on the cover.");
    assert_eq!((&title["minLength"], &title["maxLength"]), (&json!(1), &json!(200)));
    let pages = &book["properties"]["pages"];
    assert_eq!((&pages["minimum"], &pages["maximum"]), (&json!(1), &json!(9999)));
    assert_eq!(book["properties"]["isbn"]["pattern"], "^[0-9]{13}$");
}

/// S-089: parameters say where they stand, whether they must be there, and what they may be.
#[purlin_test::test]
async fn parameters_have_their_place_and_their_limits() {
    let paths = document().await["paths"].take();
    let [title, limit] = paths["/books"]["get"]["parameters"].as_array().unwrap().as_slice() else {
        panic!("two parameters are expected: {paths}");
    };
    assert_eq!((&title["name"], &title["in"]), (&json!("title"), &json!("query")));
    assert_eq!(title["required"], true);
    assert_eq!(title["description"], "What the title begins with.");
    assert_eq!(title["schema"]["minLength"], 3);
    assert_eq!((&limit["name"], &limit["required"]), (&json!("limit"), &json!(false)));
    assert_eq!(limit["schema"]["maximum"], 100);
    assert_eq!(limit["schema"]["default"], 20);
    let id = &paths["/books/{id}"]["get"]["parameters"][0];
    assert_eq!((&id["name"], &id["in"]), (&json!("id"), &json!("path")));
    assert_eq!((&id["required"], &id["schema"]["type"]), (&json!(true), &json!("integer")));
}

/// S-089: what an operation may answer, errors with their codes.
#[purlin_test::test]
async fn errors_are_listed_with_their_codes() {
    let document = document().await;
    let check = |operation: &str, method: &str, status: &str, codes: &[&str]| {
        let answer = &document["paths"][operation][method]["responses"][status];
        let schema = &answer["content"]["application/problem+json"]["schema"]["allOf"];
        let any = &schema[0]["$ref"];
        assert_eq!(*any, "#/components/schemas/Problem", "{method} {operation} {status}");
        assert_eq!(schema[1]["properties"]["code"]["enum"], json!(codes));
    };
    check("/books/{id}", "get", "404", &["invalid_path_parameter", "no_such_book"]);
    check("/books", "get", "422", &["invalid_input", "too_many_parameters"]);
    check("/books", "post", "401", &["unauthorized"]);
    check("/books", "post", "409", &["title_taken"]);
    check("/books", "post", "413", &["body_too_large"]);
    check("/books", "post", "415", &["unsupported_media_type"]);
    let missing = &document["paths"]["/books/{id}"]["get"]["responses"]["404"]["description"];
    assert!(missing.as_str().unwrap().contains("No book has this number"), "{missing}");
    let created = &document["paths"]["/books"]["post"]["responses"]["201"];
    assert_eq!(created["headers"]["Location"]["required"], true, "{created}");
    let required = &document["components"]["schemas"]["Problem"]["required"];
    assert_eq!(*required, json!(["type", "title", "status", "code", "request_id"]));
}

/// S-088: what the document says holds, whoever asks: the test kit compares each answer with it.
#[purlin_test::test]
async fn the_application_does_what_its_document_says() {
    let app = TestApp::start(library()).await;
    app.get("/books?title=Emma").await.assert_ok();
    app.get("/books?title=E").await.assert_problem(422, "invalid_input");
    app.get("/books/8").await.assert_problem(404, "no_such_book");
    let emma = json!({ "title": "Emma" });
    app.post("/books").json(&emma).await.assert_problem(401, "unauthorized");
    let taken = app.post("/books").bearer("ada").json(&emma).await;
    taken.assert_problem(409, "title_taken");
    let created = app.post("/books").bearer("ada").json(&json!({ "title": "Persuasion" })).await;
    created.assert_status(201).assert_header("location", "/books/8");
}

/// S-091, T-21, S-108: steps of the application see the document and its page like any route.
#[purlin_test::test]
async fn the_document_stands_behind_the_steps_of_the_application() {
    for path in ["/docs", "/openapi.json"] {
        let app = TestApp::start(library()).await;
        app.get(path).await.assert_ok();
        let guarded = TestApp::start(library().guard::<Librarian>()).await;
        guarded.get(path).await.assert_status(401);
        guarded.get(path).bearer("ada").await.assert_ok();
        let without = TestApp::start(library().docs(false)).await;
        without.get(path).await.assert_status(404);
    }
}

/// S-091: the document and its page can be moved.
#[purlin_test::test]
async fn the_document_and_its_page_can_be_moved() {
    let app = App::new("moved").docs(true).docs_at("/internal/docs", "/internal/api.json");
    let app = TestApp::start(app).await;
    let page = app.get("/internal/docs").await;
    page.assert_status(200).assert_text_contains("/internal/docs/docs.css");
    app.get("/internal/docs/docs.css").await.assert_status(200);
    let document = app.get("/internal/api.json").await;
    assert_eq!(document.assert_status(200).json_value()["openapi"], "3.1.0");
    for gone in ["/docs", "/openapi.json"] {
        app.get(gone).await.assert_status(404);
    }
}
