//! hyper by hand: what a server costs without a framework.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use wire::{Echo, Message, Options, Search, TEXT, User, item_path};

#[derive(Clone, Copy)]
enum Endpoint {
    Echo,
    Item,
    Json,
    Search,
    Text,
    User,
}

type Router = matchit::Router<(Method, Endpoint)>;
type Answer = Response<Full<Bytes>>;

fn main() {
    let options = Options::from_arguments();
    let router = Arc::new(router(options.routes));
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build().expect("a runtime starts");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(options.listener());
        let listener = listener.expect("the socket does not block");
        loop {
            let (stream, _) = listener.accept().await.expect("connections are accepted");
            stream.set_nodelay(true).expect("a TCP socket has this option");
            let router = Arc::clone(&router);
            tokio::spawn(async move {
                let service = service_fn(|request| answer(request, &router));
                let _ = hyper::server::conn::http1::Builder::new()
                    .pipeline_flush(true)
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}

fn router(routes: usize) -> Router {
    let mut router = Router::new();
    let mut add = |method, path: &str, endpoint| {
        router.insert(path, (method, endpoint)).expect("the routes do not overlap");
    };
    add(Method::GET, "/plaintext", Endpoint::Text);
    add(Method::GET, "/json", Endpoint::Json);
    add(Method::GET, "/users/{id}", Endpoint::User);
    add(Method::GET, "/search", Endpoint::Search);
    add(Method::POST, "/echo", Endpoint::Echo);
    for index in 0..routes {
        add(Method::GET, &item_path(index), Endpoint::Item);
    }
    router
}

async fn answer(request: Request<Incoming>, router: &Router) -> Result<Answer, Infallible> {
    let Ok(found) = router.at(request.uri().path()) else {
        return Ok(status(StatusCode::NOT_FOUND));
    };
    let (method, endpoint) = found.value;
    if request.method() != method {
        return Ok(status(StatusCode::METHOD_NOT_ALLOWED));
    }
    let id = || found.params.get("id").and_then(|id| id.parse::<u64>().ok());
    Ok(match endpoint {
        Endpoint::Text => text(TEXT),
        Endpoint::Json => json(&Message::hello()),
        Endpoint::User => match id() {
            Some(id) => json(&User::new(id)),
            None => status(StatusCode::BAD_REQUEST),
        },
        Endpoint::Item => match id() {
            Some(id) => text(id.to_string()),
            None => status(StatusCode::BAD_REQUEST),
        },
        Endpoint::Search => {
            match serde_html_form::from_str::<Search>(request.uri().query().unwrap_or_default()) {
                Ok(search) => json(&search),
                Err(_) => status(StatusCode::BAD_REQUEST),
            }
        }
        Endpoint::Echo => echo(request).await,
    })
}

async fn echo(request: Request<Incoming>) -> Answer {
    let Ok(body) = request.into_body().collect().await else {
        return status(StatusCode::BAD_REQUEST);
    };
    match serde_json::from_slice::<Echo>(&body.to_bytes()) {
        Ok(echo) => json(&echo),
        Err(_) => status(StatusCode::BAD_REQUEST),
    }
}

fn text(text: impl Into<Bytes>) -> Answer {
    typed("text/plain; charset=utf-8", text.into())
}

fn json(value: &impl Serialize) -> Answer {
    let bytes = serde_json::to_vec(value).expect("these values are JSON");
    typed("application/json", bytes.into())
}

fn typed(media_type: &'static str, body: Bytes) -> Answer {
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn status(status: StatusCode) -> Answer {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
