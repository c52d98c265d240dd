//! Everything a route attribute knows, on functions of all kinds.

#![forbid(unsafe_code)]
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

use purlin::http::StatusCode;
use purlin::openapi::SecurityScheme;
use purlin::{
    ClientAddress, Created, Error, Extract, Inject, Json, PageQuery, Query, Reported, Request,
    Respond, Result, Routes, Site, Url, delete, get, head, options, patch, post, put, route,
};

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
struct BookId(u64);

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema, garde::Validate)]
struct Book {
    #[garde(length(min = 1))]
    title: String,
}

struct Shelf(Vec<String>);

struct Admin;

impl Extract for Admin {
    type Prepared = ();

    fn prepare(site: &mut Site<'_>) -> std::result::Result<(), Reported> {
        site.operation().security("bearer", SecurityScheme::bearer(), vec![]);
        Ok(())
    }

    async fn extract((): &(), request: &mut Request) -> Result<Self> {
        match request.header("authorization") {
            Some(_) => Ok(Self),
            None => Err(Error::unauthorized("Bearer", "sign in").absent()),
        }
    }
}

/// Shows a book.
///
/// With a second paragraph.
#[get("/books/{id}", guard = Admin, timeout = "5s", id = "books.show", tag = "books")]
async fn show(id: BookId, _shelf: Inject<Shelf>) -> Option<Json<Book>> {
    (id.0 > 0).then(|| Json(Book { title: String::new() }))
}

#[post("/books", body_limit = "10MiB", hidden)]
async fn create(Json(mut book): Json<Book>, shelf: Inject<Shelf>) -> Result<Created<Json<Book>>> {
    book.title.push_str(&shelf.0.join(" "));
    Ok(Created::at(show::url(BookId(1)), Json(book)))
}

#[put("/books", body_limit = 1_000, query_limit = 20)]
async fn replace(books: Json<Vec<Book>>, client: Option<ClientAddress>) -> (StatusCode, String) {
    (StatusCode::OK, format!("{} by {client:?}", books.len()))
}

/// Deprecated routes say so in the document.
#[deprecated(note = "use `show`")]
#[patch("/books/{type}/{ignored}")]
async fn change(r#type: u64, _ignored: String, Query(page): Query<PageQuery>) -> String {
    format!("{type:?} {page:?}", r#type = r#type)
}

#[delete("/books/{_id}")]
async fn remove(_id: u64) {}

#[head("/books")]
async fn peek() -> StatusResponse {
    StatusResponse
}

#[options("/books", timeout = "500ms",)]
fn ask() -> impl Respond {
    (StatusCode::OK, "GET")
}

#[route(PURGE, "/cache/{*path}")]
async fn purge(path: String, admin: Result<Admin, Error>) -> impl Respond {
    format!("{path} {}", admin.is_ok())
}

#[route("M-SEARCH", "/search")]
fn search(#[path] org: u64, #[allow(unused)] body: Option<Json<Book>>) -> String {
    org.to_string()
}

struct StatusResponse;

impl Respond for StatusResponse {
    fn describe(site: &mut Site<'_>) {
        <&'static str as Respond>::describe(site);
    }

    fn respond(self, answer: &mut purlin::Answer<'_>) -> Result<purlin::Response> {
        "".respond(answer)
    }
}

#[allow(deprecated)]
#[cfg(any())]
#[get("/gone")]
async fn gone() {}

#[cfg(not(any()))]
#[get("/kept")]
async fn kept() {}

fn main() {
    let routes = purlin::routes![show, create, replace, change, remove, peek, ask, purge, #[cfg(any())] gone, #[cfg(not(any()))] kept];
    let _ = Routes::new().merge(routes).nest("/{org}", purlin::routes![search,]);
    let _: [Url; 3] = [show::url(&BookId(1)), purge::url("a/b"), search::url()];
    let _ = change::url(1, String::from("x"));
    let _ = (show::PATH, remove::url(7));
}
