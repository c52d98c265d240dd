//! Purlin, with its limits and timeouts armed.
//!
//! `--everything` leaves on what Purlin does and the peers do not: security headers, request ids and
//! the log. The other arguments are the peers' and those of every Purlin application.

use std::time::Instant;

use garde::Validate;
use purlin::http::{HeaderName, HeaderValue, header};
use purlin::{App, Json, Next, Path, Query, Request, Response, Result, Routes, get, post, routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, JsonSchema)]
struct Message {
    message: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct User {
    id: u64,
    name: String,
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
struct Search {
    #[garde(length(chars, max = 200))]
    q: String,
    #[serde(default = "first")]
    #[garde(range(min = 1))]
    page: u32,
}

fn first() -> u32 {
    1
}

#[derive(Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
struct Place {
    #[garde(length(chars, min = 1, max = 100))]
    city: String,
    #[garde(range(min = 0, max = 99_999))]
    zip: u32,
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
struct Echo {
    #[garde(range(min = 1))]
    id: u64,
    #[garde(length(chars, min = 1, max = 100))]
    name: String,
    #[garde(email)]
    email: String,
    #[garde(range(min = 0.0, max = 1.0))]
    score: f64,
    #[garde(skip)]
    active: bool,
    #[garde(length(max = 10), inner(length(chars, max = 50)))]
    tags: Vec<String>,
    #[garde(dive)]
    place: Option<Place>,
    #[garde(skip)]
    level: Level,
}

#[get("/plaintext")]
async fn plaintext() -> &'static str {
    wire::TEXT
}

#[get("/json")]
async fn json() -> Json<Message> {
    Json(Message { message: wire::TEXT })
}

#[get("/users/{id}")]
async fn user(id: u64) -> Json<User> {
    Json(User { id, name: format!("user {id}") })
}

#[get("/search")]
async fn search(query: Query<Search>) -> Json<Search> {
    Json(query.0)
}

#[post("/echo")]
async fn echo(body: Json<Echo>) -> Json<Echo> {
    body
}

async fn item(Path(id): Path<u64>) -> String {
    id.to_string()
}

/// Made once, as all peers have them.
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_TIME: HeaderName = HeaderName::from_static("x-time");

fn main() -> Result {
    let (own, rest) = own_arguments();
    let is_said = |flag: &str| own.iter().any(|said| said == flag);
    let routes = own.iter().find_map(|said| said.parse().ok()).unwrap_or(0);
    purlin::run_with(rest, || {
        let mut app =
            App::new("peer")
                .routes(routes![plaintext, json, user, search, echo])
                .routes((0..routes).fold(Routes::new(), |routes, index| {
                    routes.get(&wire::item_path(index), item)
                }));
        if is_said("--middleware") {
            app = app
                .middleware(shared)
                .middleware(counted)
                .middleware(secured)
                .middleware(timed)
                .middleware(identified);
        }
        if is_said("--everything") {
            return app;
        }
        app.without_request_log().without_request_id().without_security_headers()
    })
}

/// `--routes N`, `--middleware` and `--everything`, apart from what every application takes.
fn own_arguments() -> (Vec<String>, Vec<std::ffi::OsString>) {
    let (mut own, mut rest) = (Vec::new(), Vec::new());
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--routes" => own.extend(arguments.next()),
            "--middleware" | "--everything" => own.push(argument),
            _ => rest.push(argument.into()),
        }
    }
    (own, rest)
}

async fn identified(request: Request, next: Next) -> Result<Response> {
    let id = wire::next_id();
    let mut response = next.run(request).await;
    response.headers_mut().insert(X_REQUEST, id.into());
    Ok(response)
}

async fn timed(request: Request, next: Next) -> Result<Response> {
    let start = Instant::now();
    let mut response = next.run(request).await;
    let time = wire::micros(start);
    response.headers_mut().insert(X_TIME, time.into());
    Ok(response)
}

async fn secured(request: Request, next: Next) -> Result<Response> {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

async fn counted(request: Request, next: Next) -> Result<Response> {
    wire::count();
    Ok(next.run(request).await)
}

async fn shared(request: Request, next: Next) -> Result<Response> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
