//! Handlers in modules, under the names of other things.

#![warn(
    elided_lifetimes_in_paths,
    missing_debug_implementations,
    missing_docs,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused,
    unused_qualifications
)]

use purlin::{App, Routes};

mod books {
    pub(crate) mod handlers {
        use purlin::{Json, get, post};

        use super::Book;
        use crate::books::BookId;

        /// Shows a book.
        #[get("/{id}")]
        pub(crate) async fn show(id: BookId) -> Json<Book> {
            Json(Book { id })
        }

        #[post("/")]
        pub(crate) async fn create(book: Json<Book>) -> String {
            format!("{:?} {:?}", show::url(&book.id), book.0)
        }

        #[get("/private")]
        async fn hidden() {}

        pub(crate) fn routes() -> purlin::Routes {
            purlin::routes![show, create, hidden, nested::index]
        }

        pub(crate) mod nested {
            #[purlin::get("/index")]
            pub(in crate::books) async fn index(ids: purlin::Query<purlin::PageQuery>) -> String {
                format!("{:?}", ids.0)
            }
        }
    }

    #[derive(Debug, serde::Deserialize, serde::Serialize, schemars::JsonSchema, garde::Validate)]
    pub(crate) struct Book {
        #[garde(skip)]
        pub(crate) id: BookId,
    }

    #[derive(Debug, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
    pub(crate) struct BookId(pub(crate) u64);
}

use books::handlers::{create, show};

macro_rules! resource {
    ($name:ident, $path:literal, $id:ty, $answer:ty) => {
        #[purlin::get($path)]
        async fn $name(id: $id, page: purlin::Query<purlin::PageQuery>) -> $answer {
            format!("{id} {:?}", page.0).into()
        }
    };
}

resource!(reader, "/readers/{id}", u64, String);
resource!(author, "/authors/{id}", std::net::Ipv4Addr, Option<String>);

fn main() {
    let routes = Routes::new().nest("/books", books::handlers::routes());
    let more = purlin::routes![reader, author];
    let _ = App::new("library").routes(routes).routes(more).routes(purlin::routes![show, create]);
    let _ = (show::url(books::BookId(7)), reader::url(7));
}
