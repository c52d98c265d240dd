//! actix-web with one worker.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::web::{Json, Path, Query, ServiceConfig};
use actix_web::{App, Error, HttpServer, web};
use wire::{Echo, Message, Options, Search, TEXT, User, item_path};

/// Made once, as all peers have them.
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_TIME: HeaderName = HeaderName::from_static("x-time");

fn main() -> std::io::Result<()> {
    let options = Options::from_arguments();
    let (routes, middleware) = (options.routes, options.middleware);
    let server = HttpServer::new(move || {
        App::new()
            .wrap(Condition::new(middleware, from_fn(identified)))
            .wrap(Condition::new(middleware, from_fn(timed)))
            .wrap(Condition::new(middleware, from_fn(secured)))
            .wrap(Condition::new(middleware, from_fn(counted)))
            .wrap(Condition::new(middleware, from_fn(shared)))
            .configure(move |config| endpoints(config, routes))
    });
    // The default closes idle connections after five seconds, among them those that are measured.
    let server = server.keep_alive(wire::IDLE).client_request_timeout(wire::IDLE);
    let server = server.workers(1).tcp_nodelay(true).listen(options.listener())?.run();
    actix_web::rt::System::new().block_on(server)
}

fn endpoints(config: &mut ServiceConfig, routes: usize) {
    config
        .route("/plaintext", web::get().to(async || TEXT))
        .route("/json", web::get().to(async || Json(Message::hello())))
        .route("/users/{id}", web::get().to(user))
        .route("/search", web::get().to(search))
        .route("/echo", web::post().to(echo));
    for index in 0..routes {
        config.route(&item_path(index), web::get().to(item));
    }
}

async fn user(id: Path<u64>) -> Json<User> {
    Json(User::new(*id))
}

async fn search(search: Query<Search>) -> Json<Search> {
    Json(search.into_inner())
}

async fn echo(echo: Json<Echo>) -> Json<Echo> {
    echo
}

async fn item(id: Path<u64>) -> String {
    id.to_string()
}

type Answered<B> = Result<ServiceResponse<B>, Error>;

fn set<B>(response: &mut ServiceResponse<B>, name: HeaderName, value: HeaderValue) {
    response.headers_mut().insert(name, value);
}

async fn identified<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answered<B> {
    let id = wire::next_id();
    let mut response = next.call(request).await?;
    set(&mut response, X_REQUEST, id.into());
    Ok(response)
}

async fn timed<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answered<B> {
    let start = Instant::now();
    let mut response = next.call(request).await?;
    let time = wire::micros(start);
    set(&mut response, X_TIME, time.into());
    Ok(response)
}

async fn secured<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answered<B> {
    let mut response = next.call(request).await?;
    set(&mut response, header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

async fn counted<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answered<B> {
    wire::count();
    next.call(request).await
}

async fn shared<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answered<B> {
    let mut response = next.call(request).await?;
    let all = HeaderValue::from_static("*");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, all);
    Ok(response)
}
