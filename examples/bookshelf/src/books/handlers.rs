//! Books over HTTP.

use purlin::{
    Created, CursorPage, Inject, Json, NoContent, Query, Result, Urls, delete, get, post, put,
};

use super::book::{Book, BookId, NewBook, Search};
use super::cover::Svg;
use super::{BookError, Books, cover as drawing};
use crate::readers::Librarian;

/// List the books.
///
/// Searched, filtered, sorted, and a page at a time.
#[get("/books", tag = "books", errors = [BookError::Cursor])]
pub async fn index(
    search: Query<Search>,
    books: Inject<Books>,
    urls: Urls,
) -> Result<CursorPage<Book>, BookError> {
    let page = books.list(&search).await?;
    Ok(page.map(|book| with_cover(book, &urls)))
}

/// Show a book.
#[get("/books/{id}", tag = "books", errors = [BookError::NotFound])]
pub async fn show(id: BookId, books: Inject<Books>, urls: Urls) -> Result<Json<Book>, BookError> {
    Ok(Json(with_cover(books.find(id).await?, &urls)))
}

/// Add a book to the library.
#[post("/books", tag = "books", errors = [BookError::Exists, BookError::Database])]
pub async fn create(
    _librarian: Librarian,
    book: Json<NewBook>,
    books: Inject<Books>,
    urls: Urls,
) -> Result<Created<Json<Book>>, BookError> {
    let book = with_cover(books.add(book.0).await?, &urls);
    Ok(Created::at(show::url(book.id), Json(book)))
}

/// Replace what the library knows of a book.
#[put(
    "/books/{id}",
    tag = "books",
    errors = [BookError::NotFound, BookError::Exists, BookError::OnLoan, BookError::Database],
)]
pub async fn update(
    _librarian: Librarian,
    id: BookId,
    book: Json<NewBook>,
    books: Inject<Books>,
    urls: Urls,
) -> Result<Json<Book>, BookError> {
    Ok(Json(with_cover(books.replace(id, book.0).await?, &urls)))
}

/// Take a book out of the library.
#[delete("/books/{id}", tag = "books", errors = [BookError::NotFound, BookError::OnLoan])]
pub async fn delete(
    _librarian: Librarian,
    id: BookId,
    books: Inject<Books>,
) -> Result<NoContent, BookError> {
    books.remove(id).await?;
    Ok(NoContent)
}

/// Draw the cover of a book.
#[get("/books/{id}/cover", tag = "books", errors = [BookError::NotFound])]
pub async fn cover(id: BookId, books: Inject<Books>) -> Result<Svg, BookError> {
    Ok(drawing::draw(&books.find(id).await?))
}

fn with_cover(mut book: Book, urls: &Urls) -> Book {
    book.cover = urls.to(&cover::url(book.id)).unwrap_or_default();
    book
}
