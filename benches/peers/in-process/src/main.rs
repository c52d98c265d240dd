//! What a call of an application costs, without a connection: nanoseconds, and allocations.
//!
//! Each row is everything from the request that is made to the answer that is dropped, so that rows
//! are compared with `a function` and with each other. Prints JSON.

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use allocation_counter::measure;
use garde::Validate;
use purlin::config::Configuration;
use purlin::http::{Method, StatusCode, header};
use purlin::{
    App, Body, Inject, Json, Mode, Next, Path, Request, Response, Result, Routes, Service, get,
    post, routes,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

struct Greeting(&'static str);

#[get("/plain")]
async fn plain() -> &'static str {
    wire::TEXT
}

#[get("/users/{id}")]
async fn user(id: u64, greeting: Inject<Greeting>) -> &'static str {
    black_box(id);
    greeting.0
}

#[get("/names/{name}")]
async fn named(name: String, greeting: Inject<Greeting>) -> &'static str {
    black_box(name);
    greeting.0
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
struct Note {
    #[garde(range(min = 1))]
    id: u64,
    #[garde(length(min = 1, max = 100))]
    title: String,
}

const NOTE: &str = r#"{"id":7,"title":"the first note"}"#;

#[post("/notes")]
async fn note(note: Json<Note>) -> Json<Note> {
    note
}

async fn by_hand(greeting: Inject<Greeting>) -> &'static str {
    greeting.0
}

async fn item(Path(id): Path<u64>) -> &'static str {
    black_box(id);
    wire::TEXT
}

async fn pass(request: Request, next: Next) -> Result<Response> {
    Ok(next.run(request).await)
}

async fn pass_with(greeting: Inject<Greeting>, request: Request, next: Next) -> Result<Response> {
    black_box(greeting.0);
    Ok(next.run(request).await)
}

/// The same answer, without an application around it.
async fn bare(request: Request) -> Response {
    black_box(request.path());
    Response::text(StatusCode::OK, wire::TEXT)
}

async fn bare_echo(mut request: Request, is_checked: bool) -> Response {
    let bytes = request.body_mut().collect(1024).await.expect("a body in memory");
    let note: Note = serde_json::from_slice(&bytes).expect("a note");
    if is_checked {
        note.validate().expect("a good note");
    }
    let body = serde_json::to_vec(&note).expect("a note is JSON");
    let mut response = Response::new(StatusCode::OK);
    *response.body_mut() = Body::from(body);
    response.set_header("content-type", "application/json").expect("a good field");
    response
}

#[derive(Serialize)]
struct Row {
    name: String,
    nanoseconds: f64,
    allocations: f64,
}

fn main() {
    let mut rows = Rows(Vec::new());
    let plain_request = || Request::new(Method::GET, "/plain");
    rows.add("the request alone", plain_request, |request| {
        black_box(request);
    });
    rows.add("a function", plain_request, |request| drop(black_box(now(bare(request)))));
    rows.add("a function, its future boxed", plain_request, |request| {
        let future: Pin<Box<dyn Future<Output = Response>>> = Box::pin(bare(request));
        drop(black_box(now(future)));
    });
    rows.ask("a typed handler", service(routes![plain]), plain_request);
    let user_request = || Request::new(Method::GET, "/users/7");
    rows.ask("with a number of the path and a service", service(routes![user]), user_request);
    let name_request = || Request::new(Method::GET, "/names/ada");
    rows.ask("with a text of the path and a service", service(routes![named]), name_request);
    let hand = || Routes::new().get("/plain", by_hand);
    rows.ask("by hand, with a service", service(hand()), plain_request);
    for count in [10, 500, 10_000] {
        let path = format!("/api/r{}/items/7", count / 2);
        let request = || Request::new(Method::GET, &path);
        rows.ask(&format!("among {count} routes"), service(many(count)), request);
    }
    for count in [1, 2, 5, 10] {
        let routes = (0..count).fold(routes![plain], |routes, _| routes.middleware(pass));
        rows.ask(&format!("in {count} middlewares"), service(routes), plain_request);
    }
    let routes = (0..5).fold(routes![plain], |routes, _| routes.middleware(pass_with));
    rows.ask("in 5 middlewares, each with a service", service(routes), plain_request);
    let routes = (0..5).fold(routes![plain], |routes, _| {
        routes.after(|response| {
            black_box(response);
        })
    });
    rows.ask("in 5 response hooks", service(routes), plain_request);
    rows.add("JSON echo: serde alone", note_request, |request| {
        drop(black_box(now(bare_echo(request, false))));
    });
    rows.add("JSON echo: serde and garde", note_request, |request| {
        drop(black_box(now(bare_echo(request, true))));
    });
    rows.ask("JSON echo: a typed handler", service(routes![note]), note_request);
    println!("{}", serde_json::to_string(&rows.0).expect("rows are JSON"));
}

fn note_request() -> Request {
    let mut request = Request::new(Method::POST, "/notes");
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    *request.body_mut() = Body::from(NOTE);
    request
}

fn many(count: usize) -> Routes {
    (0..count).fold(Routes::new(), |routes, index| routes.get(&wire::item_path(index), item))
}

/// An application without what answers with a header of its own, as the servers that are compared.
fn service(routes: Routes) -> Service {
    let app = App::new("in-process")
        .without_request_log()
        .without_request_id()
        .without_security_headers()
        .provide(Greeting(wire::TEXT))
        .routes(routes);
    let assembled = app.configuration(Configuration::new(Mode::Prod)).assemble();
    let assembled = assembled.expect("the application fits together");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime starts");
    runtime.block_on(assembled.start()).expect("nothing can fail").service()
}

struct Rows(Vec<Row>);

impl Rows {
    fn ask(&mut self, name: &str, service: Service, request: impl Fn() -> Request) {
        let response = now(service.call(request()));
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        self.add(name, request, |request| drop(black_box(now(service.call(request)))));
    }

    fn add(&mut self, name: &str, request: impl Fn() -> Request, run: impl Fn(Request)) {
        const CALLS: u32 = 5_000;
        let once = || run(request());
        let mut best = f64::INFINITY;
        for _ in 0..40 {
            let start = Instant::now();
            (0..CALLS).for_each(|_| once());
            best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
        }
        let allocations = measure(|| (0..100).for_each(|_| once())).count_total as f64 / 100.0;
        let nanoseconds = (best * 10.0).round() / 10.0;
        self.0.push(Row { name: name.to_owned(), nanoseconds, allocations });
    }
}

/// The answer of a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}
