//! Authors over HTTP.

use purlin::{Inject, Json, Page, PageQuery, Query, Result, get};

use super::{Author, AuthorError, Authors};

/// List the authors, by name.
#[get("/authors", tag = "authors", errors = [AuthorError::Database])]
pub async fn index(
    page: Query<PageQuery>,
    authors: Inject<Authors>,
) -> Result<Page<Author>, AuthorError> {
    authors.list(page.0).await
}

/// Show an author.
#[get("/authors/{id}", tag = "authors")]
pub async fn show(id: i64, authors: Inject<Authors>) -> Result<Json<Author>, AuthorError> {
    Ok(Json(authors.find(id).await?))
}
