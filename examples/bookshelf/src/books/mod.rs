//! Books: what the library has. No HTTP here.

pub mod book;
mod cover;
mod cursor;
pub mod handlers;
mod list;

use purlin::data::Database;
use purlin::{Inject, Problem, Result};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityLoaderTrait, IntoActiveModel, SqlErr};

use self::book::{Book, BookAuthor, BookId, NewBook};
use crate::authors::author;
use crate::loans::loan;
use crate::tags::{book_tag, tag};

/// What the library has.
pub struct Books {
    database: Inject<Database>,
}

/// Why something could not be done with a book.
#[derive(Debug, thiserror::Error, Problem)]
pub enum BookError {
    #[error("the library has no such book")]
    #[problem(status = 404, code = "book_not_found")]
    NotFound,
    #[error("the library has `{title}` already")]
    #[problem(status = 409, code = "book_exists")]
    Exists { title: String },
    #[error("{lent} copies are with readers")]
    #[problem(status = 409, code = "book_on_loan")]
    OnLoan {
        #[problem(member)]
        lent: i32,
    },
    #[error("this list has no page that begins there")]
    #[problem(status = 404, code = "page_not_found")]
    Cursor,
    #[error("the books could not be read or written")]
    #[problem(transparent)]
    Database(#[from] DbErr),
}

impl Books {
    pub async fn new(database: Inject<Database>) -> Result<Self> {
        Ok(Self { database })
    }

    /// One book, with everything about it.
    pub async fn find(&self, id: BookId) -> Result<Book, BookError> {
        find(self.database.read_orm(), id).await
    }

    /// Adds a book.
    pub async fn add(&self, new: NewBook) -> Result<Book, BookError> {
        self.database
            .transaction_orm(async |transaction| {
                let author = crate::authors::named(transaction, &new.author).await?;
                let row = book::ActiveModel {
                    title: Set(new.title.clone()),
                    author_id: Set(author.id),
                    year: Set(new.year),
                    language: Set(new.language),
                    pages: Set(new.pages),
                    copies: Set(new.copies),
                    ..Default::default()
                };
                let row =
                    row.insert(transaction).await.map_err(|error| exists(error, &new.title))?;
                set_tags(transaction, row.id, &new.tags).await?;
                find(transaction, BookId(row.id)).await
            })
            .await
    }

    /// Puts something else in the place of a book.
    pub async fn replace(&self, id: BookId, new: NewBook) -> Result<Book, BookError> {
        self.database
            .transaction_orm(async |transaction| {
                let known = book::Entity::find_by_id(id.0).one(transaction).await?;
                let known = known.ok_or(BookError::NotFound)?;
                let lent = lent(transaction, id).await?;
                if lent > new.copies {
                    return Err(BookError::OnLoan { lent });
                }
                let author = crate::authors::named(transaction, &new.author).await?;
                let mut row = known.into_active_model();
                row.title = Set(new.title.clone());
                row.author_id = Set(author.id);
                row.year = Set(new.year);
                row.language = Set(new.language);
                row.pages = Set(new.pages);
                row.copies = Set(new.copies);
                row.update(transaction).await.map_err(|error| exists(error, &new.title))?;
                set_tags(transaction, id.0, &new.tags).await?;
                find(transaction, id).await
            })
            .await
    }

    /// Takes a book out of the library, with the memory of its loans.
    pub async fn remove(&self, id: BookId) -> Result<(), BookError> {
        self.database
            .transaction_orm(async |transaction| {
                let lent = lent(transaction, id).await?;
                if lent > 0 {
                    return Err(BookError::OnLoan { lent });
                }
                loan::Entity::delete_many()
                    .filter(loan::Column::BookId.eq(id.0))
                    .exec(transaction)
                    .await?;
                let removed = book::Entity::delete_by_id(id.0).exec(transaction).await?;
                if removed.rows_affected == 0 {
                    return Err(BookError::NotFound);
                }
                Ok(())
            })
            .await
    }
}

async fn find(connection: &impl ConnectionTrait, id: BookId) -> Result<Book, BookError> {
    let found = book::Entity::load()
        .filter_by_id(id.0)
        .with(author::Entity)
        .with(tag::Entity)
        .one(connection)
        .await?;
    let found = found.ok_or(BookError::NotFound)?;
    let lent = lent(connection, id).await?;
    Ok(shown(found, lent))
}

/// How many copies of a book are with readers.
pub async fn lent(connection: &impl ConnectionTrait, id: BookId) -> Result<i32, DbErr> {
    let open = loan::Entity::find()
        .filter(loan::Column::BookId.eq(id.0))
        .filter(loan::Column::ReturnedOn.is_null())
        .count(connection)
        .await?;
    Ok(i32::try_from(open).unwrap_or(i32::MAX))
}

fn shown(row: book::ModelEx, lent: i32) -> Book {
    let author = row.author.into_option();
    let mut tags: Vec<String> = row.tags.into_iter().map(|tag| tag.name).collect();
    tags.sort();
    Book {
        id: BookId(row.id),
        title: row.title,
        author: BookAuthor {
            id: row.author_id,
            name: author.map(|author| author.name).unwrap_or_default(),
        },
        year: row.year,
        language: row.language,
        pages: row.pages,
        tags,
        copies: row.copies,
        available: (row.copies - lent).max(0),
        cover: String::new(),
    }
}

/// Gives a book exactly these tags; those that are not known yet are added.
async fn set_tags(
    connection: &impl ConnectionTrait,
    id: i64,
    names: &[String],
) -> Result<(), DbErr> {
    book_tag::Entity::delete_many()
        .filter(book_tag::Column::BookId.eq(id))
        .exec(connection)
        .await?;
    let mut names = names.to_vec();
    names.sort();
    names.dedup();
    for name in names {
        let tag = crate::tags::named(connection, &name).await?;
        let link = book_tag::ActiveModel { book_id: Set(id), tag_id: Set(tag.id) };
        link.insert(connection).await?;
    }
    Ok(())
}

/// The one rule of the table that an input can break.
fn exists(error: DbErr, title: &str) -> BookError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => BookError::Exists { title: title.to_owned() },
        _ => BookError::Database(error),
    }
}
