//! The home page: what this is, and what to click.

use std::fmt::Write as _;

use purlin::http::StatusCode;
use purlin::{CursorPage, Html, Inject, Response, Result, Urls, get};

use crate::books::book::{Book, Search, Sort};
use crate::books::{BookError, Books, handlers as books};

const STYLE: &str = include_str!("home.css");
const ICON: &str = include_str!("favicon.svg");

/// Show the home page.
#[get("/", hidden)]
pub async fn index(library: Inject<Books>, urls: Urls) -> Result<Html<String>, BookError> {
    let search = Search { sort: Sort::Newest, limit: 12, ..Search::default() };
    let newest = library.list(&search).await?;
    Ok(Html(page(&newest, &urls)))
}

/// The stylesheet of the home page.
#[get("/home.css", hidden)]
pub async fn stylesheet() -> Response {
    Response::with_body(StatusCode::OK, "text/css; charset=utf-8", STYLE)
}

/// Three books on a shelf.
#[get("/favicon.svg", hidden)]
pub async fn favicon() -> Response {
    Response::with_body(StatusCode::OK, "image/svg+xml", ICON)
}

fn page(newest: &CursorPage<Book>, urls: &Urls) -> String {
    let mut shelf = String::new();
    for book in newest.items() {
        let cover = urls.to(&books::cover::url(book.id)).unwrap_or_default();
        let show = urls.to(&books::show::url(book.id)).unwrap_or_default();
        let (title, author) = (escape(&book.title), escape(&book.author.name));
        let _ = writeln!(
            shelf,
            "<li><a href=\"{show}\"><img src=\"{cover}\" width=\"120\" height=\"170\" alt=\"\"><strong>{title}</strong><span>{author}, {}</span></a></li>",
            book.year
        );
    }
    format!(include_str!("home.html"), shelf = shelf)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
