//! What is registered without attributes.

#![warn(
    elided_lifetimes_in_paths,
    missing_debug_implementations,
    missing_docs,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused,
    unused_qualifications
)]

use std::time::Duration;

use purlin::{
    App, Caught, Config, Extract, Inject, Json, Next, PageQuery, Path, Query, Request, Response,
    Result, Routes, blocking,
};

struct Greeter(String);

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema, garde::Validate)]
struct Book {
    #[garde(length(min = 1))]
    title: String,
}

async fn show(Path((user, post)): Path<(String, u64)>, greeter: Inject<Greeter>) -> String {
    format!("{} {user} {post}", greeter.0)
}

async fn create(page: Query<PageQuery>, book: Json<Book>) -> Result<Json<Book>> {
    let _ = page;
    Ok(book)
}

fn factorial(Path(n): Path<u64>) -> String {
    (1..=n).product::<u64>().to_string()
}

async fn stamp(greeter: Inject<Greeter>, request: Request, next: Next) -> Result<Response> {
    let mut response = next.run(request).await;
    response.set_header("x-greeter", &greeter.0)?;
    Ok(response)
}

async fn failed(error: Caught<std::io::Error>, greeter: Inject<Greeter>) -> String {
    format!("{} {}", greeter.0, error.kind())
}

async fn greeter() -> Result<Greeter> {
    Ok(Greeter(String::new()))
}

fn routes<G: Extract + 'static>() -> Routes {
    Routes::new()
        .get("/{user}/{post}", show)
        .post("/books", create)
        .get("/factorial/{n}", blocking(factorial))
        .get("/closure", async || "closure")
        .get("/moved", |greeter: Inject<Greeter>| async move { greeter.0.clone() })
        .guard::<G>()
        .middleware(stamp)
        .after(|response| drop(response.headers_mut().remove("x-powered-by")))
        .on_error(failed)
        .timeout(Duration::from_secs(1))
}

fn main() {
    let _ = App::new("hand")
        .provide_with(greeter)
        .provide_each(|_greeter: Inject<Greeter>| 7_u64)
        .provide_with(async |_greeter: Inject<Greeter>| Ok(7_u8))
        .config::<Settings>("hand")
        .on_start(async |_settings: Config<Settings>| Ok(()))
        .routes(routes::<Query<PageQuery>>());
}

#[derive(Default, serde::Deserialize, serde::Serialize, schemars::JsonSchema, garde::Validate)]
#[serde(default)]
#[garde(allow_unvalidated)]
struct Settings {
    name: String,
}
