//! How many allocations an answer costs, exactly.
//!
//! Everything runs on one thread and is ready at once, so that the counts repeat to the digit.
//!
//! S-059, S-114.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use purlin::http::{Method, StatusCode};
use purlin::{App, Inject, Next, Request, Response, Result, Routes, Service, get};

struct Greeting(&'static str);

#[get("/users/{id}")]
async fn user(id: u64, greeting: Inject<Greeting>) -> &'static str {
    assert_eq!(id, 7);
    greeting.0
}

#[get("/plain")]
async fn plain() -> &'static str {
    "Hello, world!"
}

async fn pass(request: Request, next: Next) -> Result<Response> {
    Ok(next.run(request).await)
}

/// What every comparison is against: the same response, without an application around it.
async fn bare(_request: Request) -> Response {
    Response::text(StatusCode::OK, "Hello, world!")
}

/// An application without what is switched on by default and answers with a header of its own.
fn app(routes: Routes) -> App {
    App::new("allocations")
        .without_request_log()
        .without_request_id()
        .without_security_headers()
        .provide(Greeting("Hello, world!"))
        .routes(routes)
}

fn service(app: App) -> Service {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let assembled = app.configuration(configuration()).assemble().unwrap();
    runtime.block_on(assembled.start()).unwrap().service()
}

fn configuration() -> purlin::config::Configuration {
    purlin::config::Configuration::new(purlin::Mode::Prod)
}

/// The answer of a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here has to wait"),
    }
}

/// Allocations of one answer, after the caches are warm; making the request is not counted.
fn count(path: &str, answer: impl Fn(Request) -> Response) -> u64 {
    let request = || Request::new(Method::GET, path);
    assert_eq!(answer(request()).status(), StatusCode::OK);
    let mut counts: Vec<u64> = Vec::with_capacity(8);
    for _ in 0..8 {
        let request = request();
        // On the wire the target is a part of a buffer that is shared already; here its first
        // clone would make it so.
        let _shared = request.uri().clone();
        let mut response = None;
        counts.push(measure(|| response = Some(answer(request))).count_total);
        assert_eq!(response.unwrap().bytes(), Some("Hello, world!".as_bytes()));
    }
    assert!(counts.iter().all(|count| *count == counts[0]), "the counts differ: {counts:?}");
    counts[0]
}

fn count_service(path: &str, service: &Service) -> u64 {
    count(path, |request| now(service.call(request)))
}

fn bare_count() -> u64 {
    count("/plain", |request| now(bare(request)))
}

#[test]
fn a_typed_handler_with_a_parameter_and_a_service_costs_one() {
    let service = service(app(purlin::routes![plain, user]));
    assert_eq!(count_service("/plain", &service), bare_count() + 1);
    assert_eq!(count_service("/users/7", &service), bare_count() + 1);
}

#[test]
fn middlewares_cost_none_where_a_request_was_before() {
    let mut routes = purlin::routes![user];
    for middlewares in 1..=5 {
        routes = routes.middleware(pass);
        let service = service(app(routes.clone()));
        assert_eq!(count_service("/users/7", &service), bare_count() + 1, "{middlewares}");
    }
}

#[test]
fn a_hook_costs_none() {
    let mut routes = purlin::routes![user];
    for _ in 0..5 {
        routes = routes.after(|response| assert_eq!(response.status(), StatusCode::OK));
    }
    let service = service(app(routes));
    assert_eq!(count_service("/users/7", &service), bare_count() + 1);
}

#[test]
fn ten_thousand_routes_cost_what_ten_do() {
    let routes = |count: usize| {
        (0..count).fold(purlin::routes![user], |routes, index| {
            routes.get(
                &format!("/api/r{index}/items/{{id}}"),
                async |purlin::Path(_): purlin::Path<u64>| "Hello, world!",
            )
        })
    };
    let (few, many) = (service(app(routes(10))), service(app(routes(10_000))));
    let path = "/api/r5/items/3";
    assert_eq!(count_service(path, &many), count_service(path, &few));
    assert_eq!(count_service("/users/7", &many), bare_count() + 1);
}
