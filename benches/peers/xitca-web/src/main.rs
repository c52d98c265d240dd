//! xitca-web with one worker.

use std::time::Instant;

use wire::{Echo, Message, Options, Search, TEXT, User, item_path};
use xitca_web::error::Error;
use xitca_web::handler::handler_service;
use xitca_web::handler::json::Json;
use xitca_web::handler::params::Params;
use xitca_web::handler::query::Query;
use xitca_web::http::WebResponse;
use xitca_web::http::header::{self, HeaderName, HeaderValue};
use xitca_web::route::{get, post};
use xitca_web::service::Service;
use xitca_web::{App, NestApp, WebContext};

/// Made once, as all peers have them.
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_TIME: HeaderName = HeaderName::from_static("x-time");

fn main() -> std::io::Result<()> {
    let options = Options::from_arguments();
    let listener = options.listener();
    if options.middleware {
        let app = app(options.routes)
            .enclosed_fn(identified)
            .enclosed_fn(timed)
            .enclosed_fn(secured)
            .enclosed_fn(counted)
            .enclosed_fn(shared);
        let server = app.serve().keep_alive_timeout(wire::IDLE).request_head_timeout(wire::IDLE);
        server.worker_threads(1).listen(listener)?.run().wait()
    } else {
        let server = app(options.routes).serve();
        let server = server.keep_alive_timeout(wire::IDLE).request_head_timeout(wire::IDLE);
        server.worker_threads(1).listen(listener)?.run().wait()
    }
}

fn app(routes: usize) -> NestApp<()> {
    let mut app = App::new()
        .at("/plaintext", get(handler_service(async || TEXT)))
        .at("/json", get(handler_service(async || Json(Message::hello()))))
        .at("/users/{id}", get(handler_service(user)))
        .at("/search", get(handler_service(search)))
        .at("/echo", post(handler_service(echo)));
    for index in 0..routes {
        // Paths of this framework live as long as the program.
        app = app.at(item_path(index).leak(), get(handler_service(item)));
    }
    app
}

async fn user(Params(id): Params<u64>) -> Json<User> {
    Json(User::new(id))
}

async fn item(Params(id): Params<u64>) -> String {
    id.to_string()
}

async fn search(Query(search): Query<Search>) -> Json<Search> {
    Json(search)
}

async fn echo(echo: Json<Echo>) -> Json<Echo> {
    echo
}

async fn identified<S, C>(next: &S, request: WebContext<'_, C>) -> Result<WebResponse, Error>
where
    S: for<'r> Service<WebContext<'r, C>, Response = WebResponse, Error = Error>,
{
    let id = wire::next_id();
    let mut response = next.call(request).await?;
    response.headers_mut().insert(X_REQUEST, id.into());
    Ok(response)
}

async fn timed<S, C>(next: &S, request: WebContext<'_, C>) -> Result<WebResponse, Error>
where
    S: for<'r> Service<WebContext<'r, C>, Response = WebResponse, Error = Error>,
{
    let start = Instant::now();
    let mut response = next.call(request).await?;
    let time = wire::micros(start);
    response.headers_mut().insert(X_TIME, time.into());
    Ok(response)
}

async fn secured<S, C>(next: &S, request: WebContext<'_, C>) -> Result<WebResponse, Error>
where
    S: for<'r> Service<WebContext<'r, C>, Response = WebResponse, Error = Error>,
{
    let mut response = next.call(request).await?;
    response
        .headers_mut()
        .insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

async fn counted<S, C>(next: &S, request: WebContext<'_, C>) -> Result<WebResponse, Error>
where
    S: for<'r> Service<WebContext<'r, C>, Response = WebResponse, Error = Error>,
{
    wire::count();
    next.call(request).await
}

async fn shared<S, C>(next: &S, request: WebContext<'_, C>) -> Result<WebResponse, Error>
where
    S: for<'r> Service<WebContext<'r, C>, Response = WebResponse, Error = Error>,
{
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
