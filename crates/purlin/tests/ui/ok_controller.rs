//! A controller with everything its methods may have.

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

use purlin::{App, Controller, Inject, Json, PageQuery, Query, Respond, Result, controller};

#[derive(serde::Deserialize, serde::Serialize, schemars::JsonSchema, garde::Validate)]
#[garde(allow_unvalidated)]
struct Book {
    title: String,
}

#[derive(Debug)]
struct Books {
    titles: Vec<String>,
}

#[controller("/shelves/{shelf}/books")]
impl Books {
    const LIMIT: usize = 10;

    async fn new(titles: Inject<Vec<String>>) -> Result<Self> {
        Ok(Self { titles: titles.iter().take(Self::LIMIT).cloned().collect() })
    }

    /// All books of a shelf.
    #[purlin::get("/", tag = "books")]
    async fn index(&self, #[path] shelf: String, page: Query<PageQuery>) -> Json<Vec<String>> {
        Json(vec![format!("{shelf} {:?} {}", page.0, self.titles.len())])
    }

    #[get("/{id}")]
    pub(crate) async fn show(&self, #[path] _shelf: String, id: u64) -> Option<String> {
        self.title(id)
    }

    #[post("/", body_limit = "1KiB")]
    async fn create(&self, #[path] _shelf: String, Json(book): Json<Book>) -> impl Respond {
        book.title
    }

    #[route(PURGE, "/{id}/cache", hidden)]
    #[deprecated]
    async fn purge(self: &Self, #[path] _shelf: String, _id: u64) {}

    #[get("/type")]
    pub(crate) async fn r#type(&self, #[path] _shelf: String) -> &'static str {
        "shelf"
    }

    #[cfg(any())]
    #[get("/debug")]
    async fn debug(&self, #[path] _shelf: Unknown) {}

    #[cfg(not(any()))]
    #[get("/plain")]
    async fn plain(&self, #[path] _shelf: String) {}

    fn title(&self, id: u64) -> Option<String> {
        self.titles.get(usize::try_from(id).ok()?).cloned()
    }
}

fn main() {
    let app = App::new("books").provide(vec![String::new()]).provide_with(Books::new);
    let _ = app.routes(Books::routes());
    let _ = (Books::index_url(), Books::show_url(7), Books::type_url(), Books::plain_url());
}
