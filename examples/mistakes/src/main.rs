//! An application in which nothing fits: it does not start, and says all of it at once.
//!
//! Run with: `cargo run -p example-mistakes`, and read on with
//! `cargo run -p example-mistakes -- explain P0301`.

use garde::Validate;
use purlin::data::DatabaseModule;
use purlin::{App, Inject, Json, Query, Routes, Unchecked, get, post, routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

struct Mailer;
struct Payments;
struct Stock;
struct Prices;

/// The section `shop` of the configuration, where two keys are wrong: see `purlin.toml`.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Shop {
    open: bool,
    #[serde(default)]
    currency: String,
}

#[derive(Deserialize, JsonSchema, Validate)]
struct Search {
    #[garde(length(chars, min = 3))]
    word: String,
}

/// Wants payments, which want a mailer, which nobody provides.
#[post("/orders")]
async fn order(_payments: Inject<Payments>) {}

#[get("/books/{id}")]
async fn by_id(id: u32) -> String {
    id.to_string()
}

/// Answers the same requests.
#[get("/books/{isbn}")]
async fn by_isbn(isbn: String) -> String {
    isbn
}

#[get("/opening-hours", id = "hours")]
async fn opening_hours() -> &'static str {
    "9 to 5"
}

/// Has the same name in the document.
#[get("/working-hours", id = "hours")]
async fn working_hours() -> &'static str {
    "10 to 4"
}

/// There can be one body only.
async fn two_bodies(_one: Json<Unchecked<u8>>, _two: Json<Unchecked<u8>>) {}

/// The rule of the search would be checked by nobody.
async fn search(search: Query<Unchecked<Search>>) -> String {
    search.0.0.word
}

/// Nothing takes the number of the shelf.
async fn shelf() {}

fn app() -> App {
    App::new("mistakes")
        .with(DatabaseModule::sqlite())
        .config::<Shop>("shop")
        .provide_with(async |_mailer: Inject<Mailer>| Ok(Payments))
        .provide_with(async |_prices: Inject<Prices>| Ok(Stock))
        .provide_with(async |_stock: Inject<Stock>| Ok(Prices))
        .routes(routes![order, by_id, by_isbn, opening_hours, working_hours])
        .routes(
            Routes::new()
                .post("/two-bodies", two_bodies)
                .get("/search", search)
                .get("/shelves/{number}", shelf),
        )
}

fn main() -> purlin::Result {
    purlin::run(app)
}
