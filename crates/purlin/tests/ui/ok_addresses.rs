//! Calls that look like addresses, in handlers: of modules, types, traits and enums, behind `use`,
//! in macros, and of routes wherever they stand.

use purlin::{App, Controller, Urls, controller, get, routes};

mod client {
    pub fn url(_of: &str) -> &'static str {
        "https://example.org"
    }

    pub fn base_url<T: Default>() -> T {
        T::default()
    }

    pub mod client {
        pub mod deep {
            pub fn url() -> u8 {
                7
            }
        }
    }
}

pub mod books {
    use purlin::get;

    pub use self::authors::*;
    pub use self::loans::index;

    pub mod books {
        #[purlin::get("/inner/{id}")]
        pub async fn inner(id: u32) -> String {
            id.to_string()
        }
    }

    pub mod authors {
        #[purlin::get("/authors")]
        pub async fn index() -> &'static str {
            "authors"
        }
    }

    pub mod loans {
        #[purlin::get("/loans")]
        pub async fn index() -> &'static str {
            "loans"
        }
    }

    #[get("/books/{id}")]
    pub async fn show(id: u32) -> String {
        id.to_string()
    }

    /// A route with a name that is a word of the language.
    #[get("/type")]
    pub async fn r#type() -> &'static str {
        "type"
    }

    pub struct Shelf;

    #[purlin::controller("/shelf")]
    impl Shelf {
        #[get("/{id}")]
        pub async fn show(&self, id: u32) -> String {
            let _ = (Self::show_url(id), Shelf::show_url(id));
            id.to_string()
        }
    }

    pub fn site() -> u8 {
        1
    }

    pub fn announce() -> u8 {
        2
    }
}

mod home {
    #[purlin::get("/home/{id}")]
    pub async fn home(id: u32) -> String {
        id.to_string()
    }
}

#[allow(non_camel_case_types, reason = "it shall look like a module")]
struct lower;

impl lower {
    fn url() -> u8 {
        1
    }
}

enum Shape {
    #[allow(non_camel_case_types, reason = "it shall look like a function")]
    url(u8),
}

struct Generic<T>(T);

impl<T: Default> Generic<T> {
    fn page_url(of: T) -> T {
        Self(of).0
    }
}

trait Linked {
    fn page_url(&self) -> u8;
    fn url() -> u8;
}

impl Linked for u8 {
    fn page_url(&self) -> u8 {
        *self
    }

    fn url() -> u8 {
        3
    }
}

macro_rules! dsl {
    ($($ignored:tt)*) => {
        9
    };
}

macro_rules! index_of {
    ($name:ident, $module:ident, $path:literal) => {
        #[get($path)]
        async fn $name(urls: Urls) -> String {
            urls.to(&$module::show::url(1)).unwrap_or_default()
        }
    };
}

index_of!(by_macro, books, "/by-macro");

struct Members {
    url: fn(u8) -> u8,
}

#[get("/")]
async fn index(urls: Urls) -> String {
    let numbers = [
        lower::url(),
        Generic::page_url(2_u8),
        Linked::page_url(&3),
        <u8 as Linked>::url(),
        u8::url(),
        Generic::<u8>::page_url(4),
        client::client::deep::url(),
        dsl!(nowhere::to::url(1), nowhere::url(2), Nothing::at_url()),
        (Members { url: |of| of }.url)(5),
        client::base_url(),
    ];
    let Shape::url(shape) = Shape::url(6);
    let url = urls.to(&books::show::url(7)).unwrap_or_default();
    let inner = crate::books::books::inner::url(7);
    let word = self::books::r#type::url();
    let of_a_macro = vec![books::books::inner::url(8), books::loans::index::url()];
    let again = (books::index::url(), home::home::url(3));
    let closure = move || async move { books::Shelf::show_url(9) };
    let _ = (inner, word, of_a_macro, again, closure().await);
    format!("{numbers:?} {shape} {url} {} {:?}", client::url("x"), books::show::url(7))
}

#[get("/own")]
async fn own() -> String {
    use crate::books as client;
    use books::loans::index;
    let first = client::books::inner::url(1);
    format!("{first:?} {:?}", index::url())
}

#[get("/conditional")]
async fn conditional() -> &'static str {
    #[cfg(any())]
    let _ = nowhere::at::all::url();
    "conditional"
}

#[get("/items")]
async fn items() -> u8_text::Text {
    mod show {
        pub fn url() -> u8 {
            1
        }
    }
    fn page_url<T: Linked>() -> u8 {
        T::url()
    }
    u8_text::of(show::url() + page_url::<u8>())
}

mod u8_text {
    pub type Text = String;

    pub fn of(number: u8) -> Text {
        number.to_string()
    }
}

struct Pages;

#[controller("/pages")]
impl Pages {
    #[get("/{page}")]
    async fn show(&self, page: u8) -> String {
        let _ = (Self::show_url(page), Pages::show_url(page), self::books::Shelf::show_url(1));
        client::url("x").to_owned()
    }
}

fn main() {
    #[get("/local/{id}")]
    async fn local(id: u8) -> String {
        let _ = (local::url(id), Pages::show_url(id), books::books::inner::url(1));
        id.to_string()
    }

    let all = routes![index, own, conditional, items, by_macro, local];
    let _ = App::new("addresses").routes(all).routes(Pages::routes());
    let _ = (routes![books::show, books::r#type, books::books::inner], books::Shelf::routes());
    let _ = (books::Shelf, Pages, books::site(), books::announce());
    let _ = routes![books::authors::index, books::index, home::home];
}
