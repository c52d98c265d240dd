//! Bookshelf, a lending library: books, their authors and tags, readers, and loans.
//!
//! The whole house on one screen. Each folder is a part of the library: its `mod.rs` is what may
//! be done, without HTTP; its `handlers.rs` is HTTP and nothing else.

#![allow(
    unreachable_pub,
    missing_debug_implementations,
    missing_docs,
    reason = "an application has no public interface"
)]

mod authors;
mod books;
mod home;
mod loans;
mod readers;
mod seed;
mod tags;

use purlin::data::DatabaseModule;
use purlin::{App, Routes, routes};

pub use self::loans::Lending;

/// The application.
pub fn app() -> App {
    App::new("bookshelf")
        .version(env!("CARGO_PKG_VERSION"))
        .description("A lending library of works in the public domain. Everybody may look; to lend, be a reader: `Authorization: Bearer reader-ada`, who is there in development and after `seed`.")
        .with(DatabaseModule::sqlite().migrations(purlin::migrations!("migrations")).seed(seed::fill))
        .config::<Lending>("lending")
        .provide_with(books::Books::new)
        .provide_with(authors::Authors::new)
        .provide_with(readers::Readers::new)
        .provide_with(loans::Loans::new)
        .on_start(seed::fill_if_empty)
        .routes(routes![home::index, home::stylesheet, home::favicon])
        .nest("/api", api())
}

fn api() -> Routes {
    use authors::handlers as authors;
    use books::handlers as books;
    use loans::handlers as loans;
    use readers::handlers as readers;

    Routes::new()
        .merge(routes![
            books::index,
            books::show,
            books::create,
            books::update,
            books::delete,
            books::cover
        ])
        .merge(routes![authors::index, authors::show, tags::index])
        .merge(routes![loans::lend, loans::index, loans::give_back])
        .merge(routes![readers::me])
}
