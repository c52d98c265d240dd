//! Authors: who wrote the books.

pub mod author;
pub mod handlers;

use purlin::data::Database;
use purlin::{Inject, Page, PageQuery, Problem, Result};
use schemars::JsonSchema;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::books::book;

/// Those who wrote the books.
pub struct Authors {
    database: Inject<Database>,
}

/// Somebody who wrote a book.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Author {
    pub id: i64,
    pub name: String,
    /// The year of birth, where it is known; before the common era it is negative.
    pub born: Option<i32>,
    /// The year of death, where it is known.
    pub died: Option<i32>,
    /// How many of their works the library has.
    pub books: u32,
}

/// Why something could not be said of an author.
#[derive(Debug, thiserror::Error, Problem)]
pub enum AuthorError {
    #[error("the library knows no such author")]
    #[problem(status = 404, code = "author_not_found")]
    NotFound,
    #[error("the authors could not be read")]
    #[problem(transparent)]
    Database(#[from] DbErr),
}

impl Authors {
    pub async fn new(database: Inject<Database>) -> Result<Self> {
        Ok(Self { database })
    }

    /// One page of all authors, by name.
    pub async fn list(&self, query: PageQuery) -> Result<Page<Author>, AuthorError> {
        let connection = self.database.read_orm();
        let total = author::Entity::find().count(connection).await?;
        let rows = author::Entity::find()
            .order_by_asc(author::Column::Name)
            .offset(query.offset())
            .limit(u64::from(query.per_page))
            .all(connection)
            .await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let counts = counts(connection, &ids).await?;
        let authors = rows.into_iter().map(|row| shown(row, &counts)).collect();
        Ok(Page::new(authors, query, total))
    }

    /// One author.
    pub async fn find(&self, id: i64) -> Result<Author, AuthorError> {
        let connection = self.database.read_orm();
        let row = author::Entity::find_by_id(id).one(connection).await?;
        let row = row.ok_or(AuthorError::NotFound)?;
        Ok(shown(row, &counts(connection, &[id]).await?))
    }
}

fn shown(row: author::Model, counts: &[(i64, i64)]) -> Author {
    let books = counts.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, count)| *count);
    let books = u32::try_from(books).unwrap_or(u32::MAX);
    Author { id: row.id, name: row.name, born: row.born, died: row.died, books }
}

/// How many books each of these authors has.
async fn counts(connection: &DatabaseConnection, ids: &[i64]) -> Result<Vec<(i64, i64)>, DbErr> {
    book::Entity::find()
        .select_only()
        .column(book::Column::AuthorId)
        .column_as(book::Column::Id.count(), "books")
        .filter(book::Column::AuthorId.is_in(ids.iter().copied()))
        .group_by(book::Column::AuthorId)
        .into_tuple()
        .all(connection)
        .await
}

/// The author of this name; one that is not known yet is added.
pub async fn named(connection: &impl ConnectionTrait, name: &str) -> Result<author::Model, DbErr> {
    let known =
        author::Entity::find().filter(author::Column::Name.eq(name)).one(connection).await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let row = author::ActiveModel { name: Set(name.to_owned()), ..Default::default() };
    row.insert(connection).await
}
