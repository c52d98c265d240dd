//! Whatever is asked, the answer is one that the OpenAPI document promises, and is whole.
//!
//! Input: a request; see `purlin_fuzz::request`.

#![no_main]

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use garde::Validate;
use libfuzzer_sys::fuzz_target;
use purlin::bytes::Bytes;
use purlin::http::{Method, StatusCode};
use purlin::openapi::conformance;
use purlin::{
    App, Body, Cookie, Cookies, Cors, Created, ETags, Form, Header, Html, Json, NoContent, Page,
    PageQuery, Problem, Query, Redirect, Result, Service, SetCookies, Text, Url, delete, get,
    patch, post, put, routes,
};
use purlin_fuzz::{Answer, Sheet, ask, block_on, request};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A book, as it is stored.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize, Validate)]
struct Book {
    #[garde(length(chars, min = 1, max = 20))]
    title: String,
    #[garde(range(min = 1, max = 9_999))]
    pages: u16,
    #[garde(skip)]
    rating: Option<f32>,
    #[garde(dive)]
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize, Validate)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Part {
    Chapter {
        #[garde(length(chars, max = 9))]
        name: String,
    },
    BlankPage,
}

#[derive(Debug, thiserror::Error, Problem)]
enum BookError {
    #[error("there is no book {0}")]
    #[problem(status = 404, code = "no_book")]
    NoBook(u32),
    #[error("the book {id} is lent")]
    #[problem(status = 409, code = "lent")]
    Lent {
        #[problem(member)]
        id: u32,
    },
}

#[derive(Debug, Deserialize, JsonSchema, Serialize, Validate)]
struct Search {
    #[garde(length(chars, min = 1, max = 8))]
    q: String,
    #[serde(default)]
    #[garde(inner(range(max = 9)))]
    tag: Vec<u8>,
    #[garde(range(min = 0.5))]
    weight: Option<f64>,
    #[garde(skip)]
    sort: Option<Sort>,
}

#[derive(Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Title,
    Year,
}

#[derive(Debug, Deserialize, JsonSchema, Validate)]
#[serde(rename_all = "kebab-case")]
struct Client {
    #[garde(length(chars, max = 5))]
    x_client: Option<String>,
    #[serde(default)]
    #[garde(skip)]
    x_retry: Vec<u8>,
}

fn book(id: u32) -> Result<Book, BookError> {
    match id {
        0 => Err(BookError::NoBook(id)),
        1..=9 => Ok(Book { title: "T".repeat(id as usize), pages: 1, rating: None, parts: vec![] }),
        _ => Err(BookError::Lent { id }),
    }
}

#[get("/books/{id}")]
async fn show(id: u32) -> Result<Json<Book>, BookError> {
    book(id).map(Json)
}

#[post("/books")]
async fn create(book: Json<Book>) -> Result<Created<Json<Book>>> {
    Ok(Created::at(show::url(1), book))
}

#[put("/books/{id}")]
async fn replace(id: u32, given: Json<Book>) -> Result<Json<Book>, BookError> {
    book(id).map(|_| given)
}

#[patch("/books/{id}/parts/{part}")]
async fn rename(id: i8, part: String, name: Text) -> Result<Json<Part>, BookError> {
    book(id.unsigned_abs().into())?;
    Ok(Json(Part::Chapter { name: part.chars().chain(name.0.chars()).take(9).collect() }))
}

#[delete("/books/{id}")]
async fn remove(id: u32) -> Result<NoContent, BookError> {
    book(id).map(|_| NoContent)
}

#[get("/books")]
async fn index(page: Query<PageQuery>) -> Page<u32> {
    let first = page.offset();
    let items = (first..200).take(page.per_page as usize).map(|id| id as u32);
    Page::new(items.collect(), *page, 200)
}

#[get("/search")]
async fn search(query: Query<Search>, client: Header<Client>) -> Json<Search> {
    let Header(Client { x_client, x_retry }) = client;
    let tag = x_retry.into_iter().chain(query.0.tag).filter(|tag| *tag <= 9).collect();
    let named = x_client.filter(|name| !name.is_empty());
    Json(Search { q: named.unwrap_or(query.0.q), tag, ..query.0 })
}

#[post("/search")]
async fn submit(form: Form<Search>) -> Json<Search> {
    Json(form.0)
}

#[get("/maybe")]
async fn maybe(query: Option<Query<Search>>, cookies: Cookies) -> Option<String> {
    query.map(|query| format!("{} {}", query.0.q, cookies.iter().count()))
}

#[post("/bytes")]
async fn back(body: Bytes) -> Bytes {
    body
}

#[post("/stream")]
async fn stream(body: Body) -> Body {
    body
}

#[get("/page")]
async fn page() -> Html<&'static str> {
    Html("<p>hello")
}

#[get("/away")]
async fn away(query: Query<Search>) -> Result<Redirect> {
    Ok(Redirect::to(Url::local(query.0.q)?))
}

#[post("/cookies")]
async fn cookies(text: Text) -> (SetCookies, NoContent) {
    (SetCookies::new().add(Cookie::new("kept", text.0)), NoContent)
}

#[get("/tail/{*rest}")]
async fn tail(rest: String) -> String {
    rest
}

struct World {
    service: Service,
    document: Arc<Value>,
    documented: HashSet<(Method, String)>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let app = App::new("answers")
        .with(Cors::origins(["https://app.example"]).credentials())
        .hook(ETags::default())
        .routes(routes![show, create, replace, rename, remove, index, search, submit, maybe])
        .routes(routes![back, stream, page, away, cookies, tail])
        .body_limit(1000)
        .without_request_log();
    let assembled = app.assemble().unwrap_or_else(|report| panic!("{report}"));
    let started = block_on(assembled.start()).expect("nothing can fail at its start");
    let documented = started.routes().iter().filter(|route| route.operation_id.is_some());
    let documented = documented.map(|route| (route.method.clone(), route.pattern.clone()));
    let world = World {
        service: started.service(),
        document: Arc::clone(started.openapi()),
        documented: documented.collect(),
    };
    std::mem::forget(started);
    world
});

fuzz_target!(|data: &[u8]| {
    let Some(request) = request(Sheet::new(data)) else { return };
    let method = request.method().clone();
    let asked = format!("{method} {} {:?}", request.uri(), request.headers());
    let answer = ask(&WORLD.service, request);
    let context = || format!("{asked}: {} {:?} {:?}", answer.status, answer.headers, answer.body);
    assert!(!answer.status.is_server_error(), "{}", context());
    framing(&method, &answer).unwrap_or_else(|why| panic!("{why}: {}", context()));
    problem(&answer).unwrap_or_else(|why| panic!("{why}: {}", context()));
    let found = violations(&method, &answer);
    assert!(found.is_empty(), "{found:?}: {}", context());
});

fn violations(method: &Method, answer: &Answer) -> Vec<String> {
    let route = |method: &Method| (method.clone(), answer.route.clone());
    let is_head = *method == Method::HEAD && WORLD.documented.contains(&route(&Method::GET));
    if !is_head && !WORLD.documented.contains(&route(method)) {
        return Vec::new();
    }
    // What a hook answered itself is the hook's to promise.
    let (status, body) = (answer.status, Some(&answer.body[..]));
    if matches!(status, StatusCode::NOT_MODIFIED | StatusCode::PRECONDITION_FAILED) {
        return Vec::new();
    }
    conformance::violations(&WORLD.document, method, &answer.route, status, &answer.headers, body)
}

/// RFC 9110 §6.4.1 and §8.6, and what every answer has.
fn framing(method: &Method, answer: &Answer) -> Result<(), &'static str> {
    let length = answer.headers.get("content-length").map(|_| answer.header("content-length"));
    let status = answer.status.as_u16();
    if matches!(status, 204 | 304) && (length.is_some() || !answer.body.is_empty()) {
        return Err("this status has no content");
    }
    if *method == Method::HEAD {
        return if answer.body.is_empty() { Ok(()) } else { Err("HEAD has no content") };
    }
    if length.is_some_and(|length| length != answer.body.len().to_string()) {
        return Err("the length is another");
    }
    if answer.header("x-content-type-options") != "nosniff" {
        return Err("the security headers are missing");
    }
    if answer.header("x-request-id").is_empty() {
        return Err("the request id is missing");
    }
    Ok(())
}

/// An error is a problem document, a page or text, and says its own status.
fn problem(answer: &Answer) -> Result<(), &'static str> {
    if !answer.status.is_client_error() || answer.body.is_empty() {
        return Ok(());
    }
    match answer.header("content-type") {
        "application/problem+json" => {
            let problem = answer.json();
            let is_whole = problem["status"] == answer.status.as_u16()
                && problem["code"].is_string()
                && problem["title"].is_string();
            if is_whole { Ok(()) } else { Err("the problem is not whole") }
        }
        "text/html; charset=utf-8" | "text/plain; charset=utf-8" => Ok(()),
        _ => Err("an error of another kind"),
    }
}
