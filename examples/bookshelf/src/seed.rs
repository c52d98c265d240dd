//! The first content of the library: works in the public domain, and three readers.

use std::collections::{HashMap, HashSet};

use purlin::config::Configuration;
use purlin::data::Database;
use purlin::{Inject, Mode, Result};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, DatabaseTransaction};
use serde::Deserialize;

use crate::authors::author;
use crate::books::book;
use crate::readers::{hash, reader};
use crate::tags::{book_tag, tag};

const WORKS: &str = include_str!("../data/books.json");

/// Name, whether a librarian, and the token: for trying things out, as the home page says. They are
/// no secrets.
const READERS: [(&str, bool, &str); 3] = [
    ("Ada", false, "reader-ada"),
    ("Bruno", false, "reader-bruno"),
    ("Clara", true, "librarian-clara"),
];

#[derive(Deserialize)]
struct Work {
    title: String,
    author: String,
    born: Option<i32>,
    died: Option<i32>,
    year: i32,
    language: String,
    tags: Vec<String>,
    pages: i32,
}

/// Fills a library that has no books yet. In production it gets no readers: everybody knows these
/// tokens, and one of them is a librarian's.
pub async fn fill_if_empty(
    database: Inject<Database>,
    configuration: Inject<Configuration>,
) -> Result {
    if book::Entity::find().count(database.read_orm()).await? == 0 {
        add(&database, configuration.mode() != Mode::Prod).await?;
    }
    Ok(())
}

/// Adds all works and readers that are not there, for whoever says `seed`.
pub async fn fill(database: Inject<Database>) -> Result {
    add(&database, true).await
}

async fn add(database: &Database, with_readers: bool) -> Result {
    let works: Vec<Work> = serde_json::from_str(WORKS)?;
    database
        .transaction_orm(async |transaction| {
            if with_readers {
                add_readers(transaction).await?;
            }
            let mut known = Known::read(transaction).await?;
            for (number, work) in works.into_iter().enumerate() {
                let copies = 1 + i32::try_from(number % 3)?;
                add_work(transaction, work, copies, &mut known).await?;
            }
            Ok(())
        })
        .await
}

async fn add_readers(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    for (name, is_librarian, token) in READERS {
        let known = reader::Entity::find().filter(reader::Column::TokenHash.eq(hash(token)));
        if known.one(transaction).await?.is_none() {
            let row = reader::ActiveModel {
                name: Set(name.to_owned()),
                is_librarian: Set(is_librarian),
                token_hash: Set(hash(token)),
                ..Default::default()
            };
            row.insert(transaction).await?;
        }
    }
    Ok(())
}

/// What is there already, so that each author and tag is looked up once.
struct Known {
    authors: HashMap<String, i64>,
    tags: HashMap<String, i64>,
    books: HashSet<(String, i64)>,
}

impl Known {
    async fn read(transaction: &DatabaseTransaction) -> Result<Self, DbErr> {
        let authors = author::Entity::find().all(transaction).await?;
        let tags = tag::Entity::find().all(transaction).await?;
        let books = book::Entity::find().all(transaction).await?;
        Ok(Self {
            authors: authors.into_iter().map(|row| (row.name, row.id)).collect(),
            tags: tags.into_iter().map(|row| (row.name, row.id)).collect(),
            books: books.into_iter().map(|row| (row.title, row.author_id)).collect(),
        })
    }

    async fn author(
        &mut self,
        transaction: &DatabaseTransaction,
        work: &Work,
    ) -> Result<i64, DbErr> {
        if let Some(id) = self.authors.get(&work.author) {
            return Ok(*id);
        }
        let row = author::ActiveModel {
            name: Set(work.author.clone()),
            born: Set(work.born),
            died: Set(work.died),
            ..Default::default()
        };
        let id = row.insert(transaction).await?.id;
        self.authors.insert(work.author.clone(), id);
        Ok(id)
    }

    async fn tag(&mut self, transaction: &DatabaseTransaction, name: &str) -> Result<i64, DbErr> {
        if let Some(id) = self.tags.get(name) {
            return Ok(*id);
        }
        let id = crate::tags::named(transaction, name).await?.id;
        self.tags.insert(name.to_owned(), id);
        Ok(id)
    }
}

async fn add_work(
    transaction: &DatabaseTransaction,
    work: Work,
    copies: i32,
    known: &mut Known,
) -> Result<(), DbErr> {
    let author_id = known.author(transaction, &work).await?;
    if !known.books.insert((work.title.clone(), author_id)) {
        return Ok(());
    }
    let row = book::ActiveModel {
        title: Set(work.title),
        author_id: Set(author_id),
        year: Set(work.year),
        language: Set(work.language),
        pages: Set(work.pages),
        copies: Set(copies),
        ..Default::default()
    };
    let book_id = row.insert(transaction).await?.id;
    for name in &work.tags {
        let tag_id = known.tag(transaction, name).await?;
        book_tag::ActiveModel { book_id: Set(book_id), tag_id: Set(tag_id) }
            .insert(transaction)
            .await?;
    }
    Ok(())
}
