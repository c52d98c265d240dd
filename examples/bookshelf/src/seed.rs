//! The first content of the library: works in the public domain, and three readers.

use std::collections::{BTreeMap, HashMap};

use purlin::data::Database;
use purlin::{Inject, Result};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, TransactionTrait};
use serde::Deserialize;

use crate::authors::author;
use crate::books::book;
use crate::readers::{hash, reader};
use crate::tags::{book_tag, tag};

const WORKS: &str = include_str!("../data/books.json");

/// Name, whether a librarian, and the token: for trying things out, as the home page says.
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

/// Fills a library that has no books yet.
pub async fn fill_if_empty(database: Inject<Database>) -> Result {
    if book::Entity::find().count(database.read_orm()).await? == 0 {
        fill(database).await?;
    }
    Ok(())
}

/// Adds all works and readers that are not there.
pub async fn fill(database: Inject<Database>) -> Result {
    let works: Vec<Work> = serde_json::from_str(WORKS)?;
    let transaction = database.write_orm().begin().await?;
    for (name, is_librarian, token) in READERS {
        let known = reader::Entity::find().filter(reader::Column::TokenHash.eq(hash(token)));
        if known.one(&transaction).await?.is_none() {
            let row = reader::ActiveModel {
                name: Set(name.to_owned()),
                is_librarian: Set(is_librarian),
                token_hash: Set(hash(token)),
                ..Default::default()
            };
            row.insert(&transaction).await?;
        }
    }
    let mut authors: HashMap<String, i64> = HashMap::new();
    for row in author::Entity::find().all(&transaction).await? {
        authors.insert(row.name, row.id);
    }
    let mut tags: BTreeMap<String, i64> = BTreeMap::new();
    for row in tag::Entity::find().all(&transaction).await? {
        tags.insert(row.name, row.id);
    }
    for (number, work) in works.into_iter().enumerate() {
        let author_id = match authors.get(&work.author) {
            Some(id) => *id,
            None => {
                let row = author::ActiveModel {
                    name: Set(work.author.clone()),
                    born: Set(work.born),
                    died: Set(work.died),
                    ..Default::default()
                };
                let id = row.insert(&transaction).await?.id;
                authors.insert(work.author, id);
                id
            }
        };
        let known = book::Entity::find()
            .filter(book::Column::Title.eq(work.title.as_str()))
            .filter(book::Column::AuthorId.eq(author_id));
        if known.one(&transaction).await?.is_some() {
            continue;
        }
        let row = book::ActiveModel {
            title: Set(work.title),
            author_id: Set(author_id),
            year: Set(work.year),
            language: Set(work.language),
            pages: Set(work.pages),
            copies: Set(1 + i32::try_from(number % 3)?),
            ..Default::default()
        };
        let book_id = row.insert(&transaction).await?.id;
        for name in work.tags {
            let tag_id = match tags.get(&name) {
                Some(id) => *id,
                None => {
                    let row = tag::ActiveModel { name: Set(name.clone()), ..Default::default() };
                    let id = row.insert(&transaction).await?.id;
                    tags.insert(name, id);
                    id
                }
            };
            let link = book_tag::ActiveModel { book_id: Set(book_id), tag_id: Set(tag_id) };
            link.insert(&transaction).await?;
        }
    }
    transaction.commit().await?;
    Ok(())
}
