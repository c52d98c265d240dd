//! salvo.

use std::time::Instant;

use salvo::conn::tcp::TcpAcceptor;
use salvo::http::HeaderValue;
use salvo::http::header::{self, HeaderName};
use salvo::prelude::*;
use salvo::writing::Text;
use wire::{Echo, Message, Options, Search, TEXT, User};

/// Made once, as all peers have them.
const X_REQUEST: HeaderName = HeaderName::from_static("x-request");
const X_TIME: HeaderName = HeaderName::from_static("x-time");

fn main() {
    let options = Options::from_arguments();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(options.listener());
        let listener = listener.expect("the socket does not block");
        let acceptor = TcpAcceptor::try_from(listener).expect("the socket has an address");
        Server::new(acceptor).serve(router(&options)).await;
    });
}

fn router(options: &Options) -> Router {
    let mut router = Router::new();
    if options.middleware {
        router = router.hoop(identified).hoop(timed).hoop(secured).hoop(counted).hoop(shared);
    }
    router = router
        .push(Router::with_path("plaintext").get(plaintext))
        .push(Router::with_path("json").get(json))
        .push(Router::with_path("users/{id}").get(user))
        .push(Router::with_path("search").get(search))
        .push(Router::with_path("echo").post(echo));
    for index in 0..options.routes {
        router = router.push(Router::with_path(format!("api/r{index}/items/{{id}}")).get(item));
    }
    router
}

#[handler]
async fn plaintext() -> Text<&'static str> {
    Text::Plain(TEXT)
}

#[handler]
async fn json() -> Json<Message> {
    Json(Message::hello())
}

#[handler]
async fn user(request: &mut Request) -> Result<Json<User>, StatusError> {
    let id = request.try_param::<u64>("id").map_err(|_| StatusError::bad_request())?;
    Ok(Json(User::new(id)))
}

#[handler]
async fn item(request: &mut Request) -> Result<Text<String>, StatusError> {
    let id = request.try_param::<u64>("id").map_err(|_| StatusError::bad_request())?;
    Ok(Text::Plain(id.to_string()))
}

#[handler]
async fn search(request: &mut Request) -> Result<Json<Search>, StatusError> {
    request.parse_queries().map(Json).map_err(|_| StatusError::bad_request())
}

#[handler]
async fn echo(request: &mut Request) -> Result<Json<Echo>, StatusError> {
    request.parse_json().await.map(Json).map_err(|_| StatusError::bad_request())
}

fn set(response: &mut Response, name: HeaderName, value: HeaderValue) {
    response.headers_mut().insert(name, value);
}

#[handler]
async fn identified(
    request: &mut Request,
    depot: &mut Depot,
    response: &mut Response,
    control: &mut FlowCtrl,
) {
    let id = wire::next_id();
    control.call_next(request, depot, response).await;
    set(response, X_REQUEST, id.into());
}

#[handler]
async fn timed(
    request: &mut Request,
    depot: &mut Depot,
    response: &mut Response,
    control: &mut FlowCtrl,
) {
    let start = Instant::now();
    control.call_next(request, depot, response).await;
    let time = wire::micros(start);
    set(response, X_TIME, time.into());
}

#[handler]
async fn secured(
    request: &mut Request,
    depot: &mut Depot,
    response: &mut Response,
    control: &mut FlowCtrl,
) {
    control.call_next(request, depot, response).await;
    set(response, header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

#[handler]
async fn counted(
    request: &mut Request,
    depot: &mut Depot,
    response: &mut Response,
    control: &mut FlowCtrl,
) {
    wire::count();
    control.call_next(request, depot, response).await;
}

#[handler]
async fn shared(
    request: &mut Request,
    depot: &mut Depot,
    response: &mut Response,
    control: &mut FlowCtrl,
) {
    control.call_next(request, depot, response).await;
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}
