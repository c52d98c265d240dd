//! The projects that are built.

use std::path::Path;

/// Libraries that do about the same together.
pub(super) struct Stack {
    /// As in the tables.
    pub(super) name: &'static str,
    pub(super) folder: &'static str,
    pub(super) dependencies: String,
    pub(super) hello: &'static str,
    /// 200 handlers, one of which has this number in it.
    pub(super) many: Option<fn(usize) -> String>,
}

pub(super) fn stacks() -> [Stack; 3] {
    let axum = "axum = \"0.8\"\nserde = { version = \"1\", features = [\"derive\"] }\n\
                tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }\n\
                tower-http = { version = \"0.7\", features = [\"limit\", \"request-id\", \"timeout\", \"trace\"] }\n\
                tracing-subscriber = { version = \"0.3\", features = [\"env-filter\"] }";
    [
        Stack {
            name: "purlin",
            folder: "purlin",
            dependencies: format!(
                "purlin = {{ git = \"file://{}\" }}\n\
                 garde = {{ version = \"0.23\", default-features = false, features = [\"derive\"] }}\n\
                 schemars = \"1\"\nserde = {{ version = \"1\", features = [\"derive\"] }}",
                repository()
            ),
            hello: HELLO_PURLIN,
            many: Some(many_purlin),
        },
        Stack {
            name: "axum, tower-http, tracing-subscriber",
            folder: "axum",
            dependencies: axum.to_owned(),
            hello: HELLO_AXUM,
            many: Some(many_axum),
        },
        Stack {
            name: "the same with schemars, garde, utoipa and Swagger UI",
            folder: "axum-documented",
            dependencies: format!(
                "{axum}\ngarde = {{ version = \"0.23\", features = [\"derive\", \"email\", \"regex\"] }}\n\
                 schemars = \"1\"\nutoipa = {{ version = \"5\", features = [\"axum_extras\"] }}\n\
                 utoipa-swagger-ui = {{ version = \"9\", features = [\"axum\", \"vendored\"] }}"
            ),
            hello: HELLO_AXUM_DOCUMENTED,
            many: None,
        },
    ]
}

/// As a source of packages, at its last commit. What is named by its path is built as a part of the
/// project that is worked on, incrementally and in 256 units, as is no library of a user.
fn repository() -> String {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    path.canonicalize().unwrap_or_else(|_| path.to_owned()).display().to_string()
}

const HELLO_PURLIN: &str = r#"
use purlin::{App, get};

#[get("/hello/{name}")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

fn main() -> purlin::Result {
    purlin::run(|| App::new("hello").routes(purlin::routes![hello]))
}
"#;

const HELLO_AXUM: &str = r#"
use axum::{Router, extract::Path, routing::get};
use tower_http::trace::TraceLayer;

async fn hello(Path(name): Path<String>) -> String {
    format!("Hello, {name}!")
}

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt::init();
    let app = Router::new().route("/hello/{name}", get(hello)).layer(TraceLayer::new_for_http());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
"#;

const HELLO_AXUM_DOCUMENTED: &str = r#"
use axum::{Router, extract::Path, routing::get};
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

#[utoipa::path(get, path = "/hello/{name}", responses((status = 200, body = String)))]
async fn hello(Path(name): Path<String>) -> String {
    format!("Hello, {name}!")
}

#[derive(OpenApi)]
#[openapi(paths(hello))]
struct Document;

#[tokio::main]
async fn main() {
    tracing_subscriber::fmt::init();
    let app = Router::new()
        .route("/hello/{name}", get(hello))
        .merge(SwaggerUi::new("/docs").url("/openapi.json", Document::openapi()))
        .layer(TraceLayer::new_for_http());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}
"#;

/// Half of the handlers read, half take a body; one of them has `change` in it.
fn many_purlin(change: usize) -> String {
    let mut source = String::from(
        r#"
use garde::Validate;
use purlin::{App, Inject, Json, get, post};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

struct Store;

impl Store {
    fn load(&self, id: u64) -> String {
        format!("thing {id}")
    }
}

#[derive(Deserialize, Serialize, JsonSchema, Validate)]
struct Thing {
    #[garde(length(min = 1, max = 100))]
    title: String,
    #[garde(range(min = 1))]
    count: u64,
}
"#,
    );
    let mut names = String::new();
    for index in 0..100 {
        let number = if index == 50 { change } else { index };
        source.push_str(&format!(
            r#"
#[get("/things{index}/{{id}}")]
async fn show{index}(id: u64, store: Inject<Store>) -> Json<Thing> {{
    Json(Thing {{ title: store.load(id), count: {number} }})
}}

#[post("/things{index}/{{id}}")]
async fn change{index}(id: u64, store: Inject<Store>, body: Json<Thing>) -> Json<Thing> {{
    Json(Thing {{ title: store.load(id) + &body.title, count: body.count }})
}}
"#
        ));
        names.push_str(&format!("show{index}, change{index}, "));
    }
    source.push_str(&format!(
        r#"
fn main() -> purlin::Result {{
    purlin::run(|| App::new("many").provide(Store).routes(purlin::routes![{names}]))
}}
"#
    ));
    source
}

fn many_axum(change: usize) -> String {
    let mut source = String::from(
        r#"
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tower_http::trace::TraceLayer;

struct Store;

impl Store {
    fn load(&self, id: u64) -> String {
        format!("thing {id}")
    }
}

#[derive(Deserialize, Serialize)]
struct Thing {
    title: String,
    count: u64,
}
"#,
    );
    let mut routes = String::new();
    for index in 0..100 {
        let number = if index == 50 { change } else { index };
        source.push_str(&format!(
            r"
async fn show{index}(Path(id): Path<u64>, store: State<Arc<Store>>) -> Json<Thing> {{
    Json(Thing {{ title: store.load(id), count: {number} }})
}}

async fn change{index}(Path(id): Path<u64>, store: State<Arc<Store>>, body: Json<Thing>) -> Json<Thing> {{
    Json(Thing {{ title: store.load(id) + &body.title, count: body.count }})
}}
"
        ));
        let path = format!("\"/things{index}/{{id}}\"");
        routes.push_str(&format!("        .route({path}, get(show{index}).post(change{index}))\n"));
    }
    source.push_str(&format!(
        r#"
#[tokio::main]
async fn main() {{
    tracing_subscriber::fmt::init();
    let app = Router::new()
{routes}        .layer(TraceLayer::new_for_http())
        .with_state(Arc::new(Store));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await.unwrap();
    axum::serve(listener, app).await.unwrap();
}}
"#
    ));
    source
}
