//! poem.

use std::time::Instant;

use poem::http::{HeaderName, HeaderValue, header};
use poem::listener::TcpAcceptor;
use poem::web::{Json, Path, Query};
use poem::{
    Endpoint, EndpointExt, IntoEndpoint, IntoResponse, Request, Response, Result, Route, Server,
    get, handler, post,
};
use wire::{Echo, Message, Options, Search, TEXT, User, item_path};

/// Made once, as all peers have them.
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_TIME: HeaderName = HeaderName::from_static("x-time");

fn main() {
    let options = Options::from_arguments();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let acceptor = TcpAcceptor::from_std(options.listener()).expect("the socket is a listener");
        if options.middleware {
            serve(acceptor, middleware(routes(&options))).await;
        } else {
            serve(acceptor, routes(&options)).await;
        }
    });
}

async fn serve(acceptor: TcpAcceptor, endpoint: impl IntoEndpoint<Endpoint: 'static>) {
    Server::new_with_acceptor(acceptor).run(endpoint).await.expect("the server serves");
}

fn routes(options: &Options) -> Route {
    let mut route = Route::new()
        .at("/plaintext", get(plaintext))
        .at("/json", get(json))
        .at("/users/:id", get(user))
        .at("/search", get(search))
        .at("/echo", post(echo));
    for index in 0..options.routes {
        route = route.at(item_path(index).replace("{id}", ":id"), get(item));
    }
    route
}

fn middleware(route: Route) -> impl Endpoint {
    route.around(identified).around(timed).around(secured).around(counted).around(shared)
}

#[handler]
async fn plaintext() -> &'static str {
    TEXT
}

#[handler]
async fn json() -> Json<Message> {
    Json(Message::hello())
}

#[handler]
async fn user(Path(id): Path<u64>) -> Json<User> {
    Json(User::new(id))
}

#[handler]
async fn item(Path(id): Path<u64>) -> String {
    id.to_string()
}

#[handler]
async fn search(Query(search): Query<Search>) -> Json<Search> {
    Json(search)
}

#[handler]
async fn echo(Json(echo): Json<Echo>) -> Json<Echo> {
    Json(echo)
}

async fn identified<E: Endpoint>(next: std::sync::Arc<E>, request: Request) -> Result<Response> {
    let id = wire::next_id();
    let mut response = next.call(request).await?.into_response();
    response.headers_mut().insert(X_REQUEST, id.into());
    Ok(response)
}

async fn timed<E: Endpoint>(next: std::sync::Arc<E>, request: Request) -> Result<Response> {
    let start = Instant::now();
    let mut response = next.call(request).await?.into_response();
    let time = wire::micros(start);
    response.headers_mut().insert(X_TIME, time.into());
    Ok(response)
}

async fn secured<E: Endpoint>(next: std::sync::Arc<E>, request: Request) -> Result<Response> {
    let mut response = next.call(request).await?.into_response();
    response
        .headers_mut()
        .insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

async fn counted<E: Endpoint>(next: std::sync::Arc<E>, request: Request) -> Result<Response> {
    wire::count();
    Ok(next.call(request).await?.into_response())
}

async fn shared<E: Endpoint>(next: std::sync::Arc<E>, request: Request) -> Result<Response> {
    let mut response = next.call(request).await?.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
