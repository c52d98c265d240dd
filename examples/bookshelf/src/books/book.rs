//! The types of a book: its row, what is shown of it, what is accepted.

use garde::Validate;
use schemars::JsonSchema;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::authors::author;
use crate::tags::tag;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "books")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub title: String,
    pub author_id: i64,
    pub year: i32,
    pub language: String,
    pub pages: i32,
    pub copies: i32,
    #[sea_orm(belongs_to, from = "author_id", to = "id")]
    pub author: HasOne<author::Entity>,
    #[sea_orm(has_many, via = "book_tag")]
    pub tags: HasMany<tag::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The number of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BookId(pub i64);

/// A book of the library.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Book {
    pub id: BookId,
    pub title: String,
    pub author: BookAuthor,
    /// The year of first publication; before the common era it is negative.
    pub year: i32,
    /// The language it was written in, as ISO 639-1.
    pub language: String,
    pub pages: i32,
    pub tags: Vec<String>,
    /// How many copies the library has.
    pub copies: i32,
    /// How many of them are on the shelf.
    pub available: i32,
    /// The address of its cover.
    pub cover: String,
}

/// Who wrote a book.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct BookAuthor {
    pub id: i64,
    pub name: String,
}

/// A book to be added to the library, or what shall become of one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schemars(example = example())]
pub struct NewBook {
    /// Begins with a visible character, and has no control characters.
    #[garde(length(chars, min = 1, max = 200), pattern(r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"))]
    pub title: String,
    /// The author's name; one that is not known yet is added.
    #[garde(length(chars, min = 1, max = 100), pattern(r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"))]
    pub author: String,
    #[garde(range(min = -3000, max = 2100))]
    pub year: i32,
    /// ISO 639-1.
    #[garde(pattern(r"^[a-z]{2}$"))]
    pub language: String,
    #[garde(range(min = 1, max = 10_000))]
    pub pages: i32,
    #[serde(default)]
    #[garde(length(max = 10), inner(pattern(r"^[a-z]+(-[a-z]+)*$"), length(chars, max = 30)))]
    pub tags: Vec<String>,
    #[serde(default = "one")]
    #[garde(range(min = 1, max = 1000))]
    pub copies: i32,
}

fn one() -> i32 {
    1
}

fn example() -> NewBook {
    NewBook {
        title: "The Left-Handed Purlin".to_owned(),
        author: "Ada Carpenter".to_owned(),
        year: 1903,
        language: "en".to_owned(),
        pages: 212,
        tags: vec!["novel".to_owned()],
        copies: 2,
    }
}

/// Which books to list, and in which order.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Validate)]
pub struct Search {
    /// Words in the title or the author's name.
    #[garde(length(chars, max = 100))]
    pub q: Option<String>,
    /// The number of an author.
    #[garde(skip)]
    pub author: Option<i64>,
    /// Only books with all of these tags.
    #[serde(default)]
    #[garde(length(max = 5), inner(length(chars, min = 1, max = 30)))]
    pub tag: Vec<String>,
    /// ISO 639-1.
    #[garde(pattern(r"^[a-z]{2}$"))]
    pub language: Option<String>,
    /// Only books of which a copy is on the shelf.
    #[serde(default)]
    #[garde(skip)]
    pub available: bool,
    #[serde(default)]
    #[garde(skip)]
    pub sort: Sort,
    /// Where the page begins: the `next` of the page before.
    #[garde(length(chars, max = 512))]
    pub cursor: Option<String>,
    /// How many books a page has, at most 100.
    #[serde(default = "twenty")]
    #[garde(range(min = 1, max = 100))]
    pub limit: u32,
}

fn twenty() -> u32 {
    20
}

/// The order of a list of books.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// By title.
    #[default]
    Title,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}
