//! The list of books: searched, filtered, sorted, a page at a time.

use purlin::CursorPage;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{Condition, Order, QueryOrder, QuerySelect};

use super::book::{self, Book, Search, Sort};
use super::cursor::Cursor;
use super::{BookError, Books, shown};
use crate::authors::author;
use crate::loans::loan;
use crate::tags::{book_tag, tag};

impl Books {
    /// One page of the books that fit.
    pub async fn list(&self, search: &Search) -> Result<CursorPage<Book>, BookError> {
        let connection = self.database.read_orm();
        let cursor = match &search.cursor {
            None => None,
            Some(text) => Some(Cursor::read(text, search.sort).ok_or(BookError::Cursor)?),
        };
        let ids: Vec<i64> = book::Entity::find()
            .select_only()
            .column(book::Column::Id)
            .filter(matching(search))
            .filter(cursor.map_or_else(Condition::all, |cursor| behind(&cursor, search.sort)))
            .order_by(sort_column(search.sort), order(search.sort))
            .order_by(book::Column::Id, order(search.sort))
            .limit(u64::from(search.limit) + 1)
            .into_tuple()
            .all(connection)
            .await?;
        let lent = lent_of(connection, &ids).await?;
        let mut rows = book::Entity::load()
            .filter(book::Column::Id.is_in(ids.iter().copied()))
            .with(author::Entity)
            .with(tag::Entity)
            .all(connection)
            .await?;
        rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
        let books = rows.into_iter().map(|row| {
            let lent = lent.iter().find(|(id, _)| *id == row.id).map_or(0, |(_, lent)| *lent);
            shown(row, lent)
        });
        Ok(CursorPage::cut(books.collect(), search.limit, |last| cursor_of(last, search.sort)))
    }
}

fn matching(search: &Search) -> Condition {
    let mut all = Condition::all();
    for word in search.q.iter().flat_map(|q| q.split_whitespace()) {
        let authors =
            subquery(author::Entity, author::Column::Id, author::Column::Name.contains(word));
        let anywhere = Condition::any()
            .add(book::Column::Title.contains(word))
            .add(book::Column::AuthorId.in_subquery(authors));
        all = all.add(anywhere);
    }
    if let Some(author) = search.author {
        all = all.add(book::Column::AuthorId.eq(author));
    }
    for name in &search.tag {
        let tags = subquery(tag::Entity, tag::Column::Id, tag::Column::Name.eq(name.as_str()));
        let books = subquery(
            book_tag::Entity,
            book_tag::Column::BookId,
            book_tag::Column::TagId.in_subquery(tags),
        );
        all = all.add(book::Column::Id.in_subquery(books));
    }
    if let Some(language) = &search.language {
        all = all.add(book::Column::Language.eq(language.as_str()));
    }
    if search.available {
        all = all.add(on_the_shelf());
    }
    all
}

/// Fewer copies are with readers than the library has.
fn on_the_shelf() -> Expr {
    let open = Query::select()
        .expr(Expr::col((loan::Entity, loan::Column::Id)).count())
        .from(loan::Entity)
        .and_where(
            Expr::col((loan::Entity, loan::Column::BookId))
                .equals((book::Entity, book::Column::Id)),
        )
        .and_where(Expr::col((loan::Entity, loan::Column::ReturnedOn)).is_null())
        .to_owned();
    Expr::col((book::Entity, book::Column::Copies)).gt(Expr::SubQuery(None, Box::new(open.into())))
}

fn subquery<E: EntityTrait>(table: E, column: E::Column, condition: Expr) -> SelectStatement {
    Query::select().column(column).from(table).and_where(condition).to_owned()
}

/// What comes after the last book of the page before.
fn behind(cursor: &Cursor, sort: Sort) -> Condition {
    let (column, value, id): (_, Value, i64) = match cursor {
        Cursor::Title { title, id } => (book::Column::Title, title.clone().into(), *id),
        Cursor::Year { year, id } => (book::Column::Year, (*year).into(), *id),
    };
    let (further, same) = match sort {
        Sort::Newest => (column.lt(value.clone()), book::Column::Id.lt(id)),
        Sort::Title | Sort::Oldest => (column.gt(value.clone()), book::Column::Id.gt(id)),
    };
    Condition::any().add(further).add(Condition::all().add(column.eq(value)).add(same))
}

fn sort_column(sort: Sort) -> book::Column {
    match sort {
        Sort::Title => book::Column::Title,
        Sort::Newest | Sort::Oldest => book::Column::Year,
    }
}

fn order(sort: Sort) -> Order {
    match sort {
        Sort::Newest => Order::Desc,
        Sort::Title | Sort::Oldest => Order::Asc,
    }
}

fn cursor_of(last: &Book, sort: Sort) -> String {
    let id = last.id.0;
    let cursor = match sort {
        Sort::Title => Cursor::Title { title: last.title.clone(), id },
        Sort::Newest | Sort::Oldest => Cursor::Year { year: last.year, id },
    };
    cursor.write()
}

/// How many copies of each book are with readers, in one query.
async fn lent_of(connection: &DatabaseConnection, ids: &[i64]) -> Result<Vec<(i64, i32)>, DbErr> {
    loan::Entity::find()
        .select_only()
        .column(loan::Column::BookId)
        .column_as(loan::Column::Id.count(), "lent")
        .filter(loan::Column::BookId.is_in(ids.iter().copied()))
        .filter(loan::Column::ReturnedOn.is_null())
        .group_by(loan::Column::BookId)
        .into_tuple()
        .all(connection)
        .await
}
