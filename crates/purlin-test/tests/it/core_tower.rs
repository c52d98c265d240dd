//! Services and layers of the tower ecosystem, inside of an application, and an application as one.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::Extension;
use http::header::{HeaderName, HeaderValue};
use http::{Method, StatusCode};
use purlin_core::{
    App, Body, ClientAddress, Connection, ETags, Next, Path, Request, Response, Result, Routes,
};
use purlin_test::TestApp;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::{SetRequestHeaderLayer, SetResponseHeaderLayer};

use crate::ask::{ask, serve};

fn axum() -> axum::Router {
    let client = async |client: Option<Extension<ClientAddress>>,
                        connection: Extension<Arc<Connection>>| {
        format!("{:?} {}", client.map(|client| client.0.ip()), connection.is_loopback())
    };
    axum::Router::new()
        .route("/", axum::routing::get(async || "the root of axum"))
        .route(
            "/users/{id}",
            axum::routing::get(async |axum::extract::Path(id): axum::extract::Path<u32>| {
                format!("user {id} of axum")
            }),
        )
        .route("/echo", axum::routing::post(async |body: String| body))
        .route("/query", axum::routing::get(async |uri: http::Uri| uri.to_string()))
        .route("/client", axum::routing::get(client))
}

#[tokio::test]
async fn an_axum_router_answers_below_its_prefix() {
    async fn stamped(request: Request, next: Next) -> Result<Response> {
        let mut response = next.run(request).await;
        response.set_header("x-stamp", "purlin")?;
        Ok(response)
    }
    let routes = Routes::new()
        .mount("/legacy", axum())
        .get("/legacy/own", async || "of purlin")
        .nest("/{org}", Routes::new().mount("/deep/", axum()))
        .middleware(stamped);
    let app = serve(routes).await;
    for (line, answer) in [
        ("GET /legacy", "200 the root of axum"),
        ("GET /legacy/", "200 the root of axum"),
        ("GET /legacy/users/7", "200 user 7 of axum"),
        ("GET /legacy/query?a=b&c", "200 /query?a=b&c"),
        ("GET /legacy/none", "404"),
        ("DELETE /legacy/users/7", "405"),
        ("GET /legacy/own", "200 of purlin"),
        ("GET /acme/deep/users/7", "200 user 7 of axum"),
        ("GET /legacyx", "404 route_not_found"),
    ] {
        assert_eq!(ask(&app, line).await, answer, "{line}");
    }
    let echo = app.post("/legacy/echo").body("sent on").await;
    echo.assert_text("sent on").assert_header("x-stamp", "purlin");
    app.get("/legacy/client").await.assert_text("None true");
    let from = app.get("/legacy/client").peer("10.0.0.7:999".parse().unwrap()).await;
    from.assert_text("Some(10.0.0.7) false");
}

#[tokio::test]
async fn an_application_answers_below_the_prefix_of_another() {
    let inner = App::new("inner").routes(Routes::new().get("/x", async || "inner"));
    let inner = TestApp::start(inner).await;
    let app = serve(Routes::new().mount("/inner", inner.service())).await;
    app.get("/inner/x").await.assert_text("inner");
    app.get("/inner/y").without_conformance().await.assert_problem(404, "route_not_found");
}

#[tokio::test]
async fn a_layer_changes_requests_and_responses_of_the_routes_it_is_around() {
    let name = HeaderName::from_static("x-layer");
    let seen = async |request: Request| request.header("x-layer").unwrap_or("none").to_owned();
    let set = SetRequestHeaderLayer::overriding(name.clone(), HeaderValue::from_static("in"));
    let added = SetResponseHeaderLayer::overriding(name, HeaderValue::from_static("out"));
    let inside = async |id: Path<u32>, request: Request| {
        format!("{} {}", id.0, request.header("x-layer").unwrap_or("none"))
    };
    let inside = Routes::new().get("/in/{id}", inside).layer(set).layer(added);
    let app = serve(Routes::new().merge(inside).get("/out", seen)).await;
    app.get("/in/7").await.assert_text("7 in").assert_header("x-layer", "out");
    let out = app.get("/out").await;
    out.assert_text("none");
    assert_eq!(out.header("x-layer"), None);
}

/// Layers that count, limit or unpack bodies hand on bodies of another type.
#[tokio::test]
async fn a_layer_may_put_another_body_around_that_of_the_request() {
    let echo = async |body: bytes::Bytes| body;
    let app = serve(Routes::new().post("/echo", echo).layer(RequestBodyLimitLayer::new(5))).await;
    app.post("/echo").body("12345").await.assert_text("12345");
    app.post("/echo").body("123456").await.assert_status(413);
}

/// So that what looks at whole bodies, as entity tags do, may stand outside of a layer.
#[tokio::test]
async fn a_layer_that_changes_no_body_leaves_it_as_it_was() {
    let set = SetResponseHeaderLayer::overriding(
        HeaderName::from_static("x-layer"),
        HeaderValue::from_static("out"),
    );
    let app = serve(Routes::new().get("/", async || "hello").hook(ETags::default()).layer(set));
    let answer = app.await.get("/").await;
    assert!(answer.header("etag").is_some(), "{:?}", answer.headers());
}

/// A layer that keeps requests, sends them on twice, or fails.
#[derive(Clone)]
struct Odd<S>(S, &'static str);

#[derive(Clone)]
struct OddLayer(&'static str);

impl<S> tower_layer::Layer<S> for OddLayer {
    type Service = Odd<S>;

    fn layer(&self, inner: S) -> Odd<S> {
        Odd(inner, self.0)
    }
}

impl<S> tower_service::Service<http::Request<Body>> for Odd<S>
where
    S: tower_service::Service<
            http::Request<Body>,
            Response = http::Response<Body>,
            Error = Infallible,
        > + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    type Response = http::Response<Body>;
    type Error = Error2;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Error2>> + Send>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Error2>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let (mut inner, kind) = (self.0.clone(), self.1);
        Box::pin(async move {
            match kind {
                "fails" => Err(Error2),
                "keeps" => Ok(http::Response::new(Body::from("kept"))),
                "own" => Ok(inner.call(http::Request::new(Body::Empty)).await.unwrap()),
                _ => {
                    let (mut head, body) = request.into_parts();
                    head.uri = "/users/8".parse().unwrap();
                    Ok(inner.call(http::Request::from_parts(head, body)).await.unwrap())
                }
            }
        })
    }
}

#[derive(Debug)]
struct Error2;

impl std::fmt::Display for Error2 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the layer failed")
    }
}

impl std::error::Error for Error2 {}

#[tokio::test]
async fn a_layer_that_answers_fails_or_makes_things_up_is_contained() {
    for (kind, answer) in [
        ("keeps", "200 kept"),
        ("fails", "500 internal_error"),
        ("own", "500"),
        // The parameters of a path that is another one now are not guessed.
        ("moves", "404 invalid_path_parameter"),
    ] {
        let show = async |Path(id): Path<u32>| format!("user {id}");
        let app = serve(Routes::new().get("/users/{id}", show).layer(OddLayer(kind))).await;
        let response = app.request(Method::GET, "/users/7").without_conformance().await;
        assert_eq!(crate::ask::told(&response), answer, "{kind}");
    }
}

#[tokio::test]
async fn an_application_is_a_tower_service() {
    let app = serve(Routes::new().get("/x", async || "called")).await;
    let mut service = app.service();
    let request = http::Request::get("/x").header("host", "t").body(http_body_util::Empty::new());
    let response = tower_service::Service::call(&mut service, request.unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body();
    assert_eq!(body.collect(100).await.unwrap(), "called");
}
