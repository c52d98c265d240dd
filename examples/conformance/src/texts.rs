//! Small answers: text, JSON, a page.

use garde::Validate;
use purlin::{Html, Json, Negotiated, Query, Represent, get};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, JsonSchema)]
pub struct Message {
    message: &'static str,
}

impl Represent for Message {}

#[derive(Serialize, JsonSchema)]
pub struct User {
    id: u64,
    name: String,
}

#[derive(Deserialize, JsonSchema, Validate)]
pub struct Search {
    /// What to look for.
    #[garde(length(chars, max = 200))]
    q: String,
    /// The page, from 1.
    #[serde(default = "first")]
    #[garde(range(min = 1))]
    page: u32,
}

#[derive(Serialize, JsonSchema)]
pub struct Found {
    q: String,
    page: u32,
}

fn first() -> u32 {
    1
}

/// A page.
#[get("/")]
pub async fn page() -> Html<&'static str> {
    Html(
        "<!doctype html><html lang=\"en\"><title>Conformance</title><h1>Hello, World!</h1></html>\n",
    )
}

#[get("/plaintext")]
pub async fn plaintext() -> &'static str {
    "Hello, World!"
}

#[get("/json")]
pub async fn json() -> Json<Message> {
    Json(Message { message: "Hello, World!" })
}

#[get("/users/{id}")]
pub async fn user(id: u64) -> Json<User> {
    Json(User { id, name: format!("user {id}") })
}

/// The same message in several forms.
#[get("/negotiate")]
pub async fn negotiate() -> Negotiated<Message> {
    Negotiated(Message { message: "Hello, World!" })
}

#[get("/search")]
pub async fn search(query: Query<Search>) -> Json<Found> {
    let Query(Search { q, page }) = query;
    Json(Found { q, page })
}
