//! Loans: who has which book, and until when.

pub mod handlers;
pub mod loan;

use garde::Validate;
use jiff::civil::Date;
use jiff::{ToSpan, Zoned};
use purlin::data::Database;
use purlin::{Config, CursorPage, CursorQuery, Inject, Problem, Result};
use schemars::JsonSchema;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, IntoActiveModel, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use crate::books::book::{self, BookId};
use crate::books::lent;
use crate::readers::Reader;

/// The rules of lending: the section `[lending]` of the configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Lending {
    /// How many days a book may be kept.
    #[serde(default = "three_weeks")]
    #[garde(range(min = 1, max = 365))]
    days: i32,
    /// How many books a reader may have at once.
    #[serde(default = "five")]
    #[garde(range(min = 1, max = 100))]
    most_at_once: u32,
}

fn three_weeks() -> i32 {
    21
}

fn five() -> u32 {
    5
}

/// The number of a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoanId(pub i64);

/// A book that a reader has, or had.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Loan {
    pub id: LoanId,
    pub book: BookId,
    pub lent_on: Date,
    pub due_on: Date,
    /// When it came back; null while the reader has it.
    pub returned_on: Option<Date>,
}

/// How long a reader wants to keep a book.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewLoan {
    /// Days, at most as many as the library allows; without it, exactly as many.
    #[serde(default)]
    #[garde(range(min = 1, max = 365))]
    pub days: Option<i32>,
}

/// Why a book could not be lent or taken back.
#[derive(Debug, thiserror::Error, Problem)]
pub enum LoanError {
    #[error("the library has no such book")]
    #[problem(status = 404, code = "book_not_found")]
    NoBook,
    #[error("you have no such loan")]
    #[problem(status = 404, code = "loan_not_found")]
    NoLoan,
    #[error("every copy is with a reader; the first is due on {until}")]
    #[problem(status = 409, code = "already_on_loan")]
    AlreadyOnLoan {
        #[problem(member)]
        until: Date,
    },
    #[error("the book is back already")]
    #[problem(status = 409, code = "already_returned")]
    AlreadyReturned,
    #[error("you have {most} books, and may not have more at once")]
    #[problem(status = 409, code = "too_many_loans")]
    TooMany {
        #[problem(member)]
        most: u32,
    },
    #[error("a book may be kept for {most} days at most")]
    #[problem(status = 409, code = "too_long")]
    TooLong {
        #[problem(member)]
        most: i32,
    },
    #[error("this list has no page that begins there")]
    #[problem(status = 404, code = "page_not_found")]
    Cursor,
    #[error("a date of the library is no date")]
    #[problem(status = 500, code = "internal_error")]
    Date(#[from] jiff::Error),
    #[error("the loans could not be read or written")]
    #[problem(transparent)]
    Database(#[from] DbErr),
}

/// Who has which book.
pub struct Loans {
    database: Inject<Database>,
    rules: Config<Lending>,
}

impl Loans {
    pub async fn new(database: Inject<Database>, rules: Config<Lending>) -> Result<Self> {
        Ok(Self { database, rules })
    }

    /// Lends a book to a reader.
    pub async fn lend(
        &self,
        id: BookId,
        reader: &Reader,
        new: &NewLoan,
    ) -> Result<Loan, LoanError> {
        let days = new.days.unwrap_or(self.rules.days);
        if days > self.rules.days {
            return Err(LoanError::TooLong { most: self.rules.days });
        }
        self.database
            .transaction_orm(async |transaction| {
                let book = book::Entity::find_by_id(id.0)
                    .one(transaction)
                    .await?
                    .ok_or(LoanError::NoBook)?;
                let open = loan::Entity::find().filter(loan::Column::ReturnedOn.is_null());
                let own = open
                    .clone()
                    .filter(loan::Column::ReaderId.eq(reader.id))
                    .count(transaction)
                    .await?;
                if own >= u64::from(self.rules.most_at_once) {
                    return Err(LoanError::TooMany { most: self.rules.most_at_once });
                }
                if lent(transaction, id).await? >= book.copies {
                    let of_book = open.filter(loan::Column::BookId.eq(id.0));
                    let first = of_book.order_by_asc(loan::Column::DueOn).one(transaction).await?;
                    let until = first.map_or_else(|| Ok(today()), |first| first.due_on.parse())?;
                    return Err(LoanError::AlreadyOnLoan { until });
                }
                let today = today();
                let row = loan::ActiveModel {
                    book_id: Set(id.0),
                    reader_id: Set(reader.id),
                    lent_on: Set(today.to_string()),
                    due_on: Set(today.checked_add(days.days())?.to_string()),
                    returned_on: Set(None),
                    ..Default::default()
                };
                let row = row.insert(transaction).await?;
                shown(row)
            })
            .await
    }

    /// Takes a book back.
    pub async fn give_back(&self, id: LoanId, reader: &Reader) -> Result<Loan, LoanError> {
        self.database
            .transaction_orm(async |transaction| {
                let row = loan::Entity::find_by_id(id.0)
                    .filter(loan::Column::ReaderId.eq(reader.id))
                    .one(transaction)
                    .await?
                    .ok_or(LoanError::NoLoan)?;
                if row.returned_on.is_some() {
                    return Err(LoanError::AlreadyReturned);
                }
                let mut row = row.into_active_model();
                row.returned_on = Set(Some(today().to_string()));
                let row = row.update(transaction).await?;
                shown(row)
            })
            .await
    }

    /// One page of a reader's loans, newest first.
    pub async fn of(
        &self,
        reader: &Reader,
        query: &CursorQuery,
    ) -> Result<CursorPage<Loan>, LoanError> {
        let mut find = loan::Entity::find().filter(loan::Column::ReaderId.eq(reader.id));
        if let Some(cursor) = &query.cursor {
            let before: i64 = cursor.parse().map_err(|_| LoanError::Cursor)?;
            find = find.filter(loan::Column::Id.lt(before));
        }
        let rows = find
            .order_by_desc(loan::Column::Id)
            .limit(u64::from(query.limit) + 1)
            .all(self.database.read_orm())
            .await?;
        let loans = rows.into_iter().map(shown).collect::<Result<Vec<_>, _>>()?;
        Ok(CursorPage::cut(loans, query.limit, |last| last.id.0.to_string()))
    }
}

fn today() -> Date {
    Zoned::now().date()
}

fn shown(row: loan::Model) -> Result<Loan, LoanError> {
    Ok(Loan {
        id: LoanId(row.id),
        book: BookId(row.book_id),
        lent_on: row.lent_on.parse()?,
        due_on: row.due_on.parse()?,
        returned_on: row.returned_on.map(|day| day.parse()).transpose()?,
    })
}
