//! axum, as its documentation shows it.

use std::time::Instant;

use axum::extract::{Path, Query, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use wire::{Echo, Message, Options, Search, TEXT, User, item_path};

/// Made once, as all peers have them.
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_TIME: HeaderName = HeaderName::from_static("x-time");

fn main() {
    let options = Options::from_arguments();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(options.listener());
        let listener = listener.expect("the socket does not block").tap_io(|stream| {
            stream.set_nodelay(true).expect("a TCP socket has this option");
        });
        axum::serve(listener, router(&options)).await.expect("the server serves");
    });
}

fn router(options: &Options) -> Router {
    let mut router = Router::new()
        .route("/plaintext", get(async || TEXT))
        .route("/json", get(async || Json(Message::hello())))
        .route("/users/{id}", get(async |Path(id): Path<u64>| Json(User::new(id))))
        .route("/search", get(async |Query(search): Query<Search>| Json(search)))
        .route("/echo", post(async |echo: Json<Echo>| echo));
    for index in 0..options.routes {
        router = router.route(&item_path(index), get(async |Path(id): Path<u64>| id.to_string()));
    }
    if options.middleware {
        router = router
            .layer(from_fn(identified))
            .layer(from_fn(timed))
            .layer(from_fn(secured))
            .layer(from_fn(counted))
            .layer(from_fn(shared));
    }
    router
}

async fn identified(request: Request, next: Next) -> Response {
    let id = wire::next_id();
    let mut response = next.run(request).await;
    response.headers_mut().insert(X_REQUEST, id.into());
    response
}

async fn timed(request: Request, next: Next) -> Response {
    let start = Instant::now();
    let mut response = next.run(request).await;
    let time = wire::micros(start);
    response.headers_mut().insert(X_TIME, time.into());
    response
}

async fn secured(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn counted(request: Request, next: Next) -> Response {
    wire::count();
    next.run(request).await
}

async fn shared(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
