//! Loans over HTTP.

use purlin::{Created, CursorPage, CursorQuery, Inject, Json, Query, Result, get, post};

use super::{Loan, LoanError, LoanId, Loans, NewLoan};
use crate::books::book::BookId;
use crate::readers::SignedIn;

/// Lend a book to the reader who asks.
#[post(
    "/books/{id}/loans",
    tag = "loans",
    errors = [LoanError::NoBook, LoanError::AlreadyOnLoan, LoanError::TooMany, LoanError::TooLong],
)]
pub async fn lend(
    reader: SignedIn,
    id: BookId,
    new: Json<NewLoan>,
    loans: Inject<Loans>,
) -> Result<Created<Json<Loan>>, LoanError> {
    let loan = loans.lend(id, &reader, &new).await?;
    Ok(Created::at(index::url(), Json(loan)))
}

/// List the loans of the reader who asks, newest first.
#[get("/loans", tag = "loans", errors = [LoanError::Cursor])]
pub async fn index(
    reader: SignedIn,
    query: Query<CursorQuery>,
    loans: Inject<Loans>,
) -> Result<CursorPage<Loan>, LoanError> {
    loans.of(&reader, &query).await
}

/// Give a book back.
#[post(
    "/loans/{id}/return",
    tag = "loans",
    errors = [LoanError::NoLoan, LoanError::AlreadyReturned],
)]
pub async fn give_back(
    reader: SignedIn,
    id: LoanId,
    loans: Inject<Loans>,
) -> Result<Json<Loan>, LoanError> {
    Ok(Json(loans.give_back(id, &reader).await?))
}
