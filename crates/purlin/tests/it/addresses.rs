//! An address in the code of a handler is that of a route which is mounted.

use purlin::{App, Controller, Created, Routes, Urls, controller, get, post, routes};

mod books {
    use purlin::get;

    #[get("/books/{id}")]
    pub(super) async fn show(id: u32) -> String {
        id.to_string()
    }

    #[get("/books")]
    pub(super) async fn index() -> &'static str {
        "books"
    }

    #[get("/books/reader")]
    pub(super) async fn reader() -> &'static str {
        "reader"
    }

    /// No route, whatever it is called.
    pub(super) mod cover {
        pub(in super::super) fn url(of: u32) -> String {
            of.to_string()
        }
    }

    pub(super) struct Shelf;

    #[purlin::controller("/shelf")]
    impl Shelf {
        #[get("/{id}")]
        pub(super) async fn show(&self, id: u32) -> String {
            id.to_string()
        }
    }
}

#[get("/readers/{id}")]
async fn reader(id: u32) -> String {
    id.to_string()
}

struct Pages;

#[controller("/pages")]
impl Pages {
    #[get("/{page}")]
    async fn show(&self, page: u8) -> String {
        page.to_string()
    }

    #[get("/{page}/book")]
    async fn book(&self, page: u8, urls: Urls) -> String {
        urls.to(&books::show::url(u32::from(page))).unwrap_or_default()
    }
}

#[post("/own")]
async fn own() -> Created<&'static str> {
    Created::at(reader::url(7), "created")
}

#[get("/closure")]
async fn closure() -> String {
    let all = [1, 2].map(|id| format!("{:?}", books::show::url(id)));
    all.concat()
}

#[get("/own-controller")]
async fn own_controller() -> String {
    format!("{:?}", Pages::show_url(7))
}

#[get("/other-controller")]
fn other_controller() -> String {
    format!("{:?}", books::Shelf::show_url(7))
}

mod elsewhere {
    use purlin::{Created, Json, get, post};

    use super::books::index;

    #[post("/qualified")]
    pub(super) async fn qualified() -> Created<&'static str> {
        Created::at(crate::addresses::books::show::url(7), "created")
    }

    #[get("/in-macros")]
    pub(super) async fn in_macros() -> Json<Vec<String>> {
        Json(vec![format!("{:?}", super::books::show::url(7))])
    }

    #[get("/elsewhere")]
    pub(super) async fn reader() -> &'static str {
        "elsewhere"
    }

    #[get("/imported")]
    pub(super) async fn imported() -> String {
        format!("{:?}", index::url())
    }
}

/// The report of an application with one handler.
fn report(routes: Routes) -> String {
    let app = App::new("addresses").provide(Pages).routes(routes);
    app.assemble().map_or_else(|report| report.to_string(), |_| String::new())
}

#[track_caller]
fn check(writer: Routes, name: &str, address: &str, next: &str) {
    let report = report(writer);
    for part in [
        &format!("error[P0110]: the address of `{address}` is wanted, and it is not mounted\n"),
        "addresses.rs:",
        &format!("it::addresses::{name}\n"),
        &format!("= help: add {next}\n"),
        "1 problem, not started",
    ] {
        assert!(report.contains(part), "`{part}` is missing in\n{report}");
    }
}

#[test]
fn a_route_that_is_not_mounted_is_named_with_the_handler_that_writes_its_address() {
    let list = |name| format!("`{name}` to the application's `routes![…]`");
    check(routes![own], "own", "reader", &list("reader"));
    check(routes![closure], "closure", "books::show", &list("books::show"));
    let (writer, name) = (routes![elsewhere::in_macros], "super::books::show");
    check(writer, "elsewhere::in_macros", name, &list(name));
    let (writer, name) = (routes![elsewhere::qualified], "crate::addresses::books::show");
    check(writer, "elsewhere::qualified", name, &list(name));
}

#[test]
fn a_controller_that_is_not_mounted_is_named() {
    let next = "`.routes(Pages::routes())`";
    check(routes![own_controller], "own_controller", "Pages::show", next);
    let next = "`.routes(books::Shelf::routes())`";
    check(routes![other_controller], "other_controller", "books::Shelf::show", next);
    let next = "`books::show` to the application's `routes![…]`";
    check(Pages::routes(), "Pages::book", "books::show", next);
}

#[test]
fn an_address_of_a_mounted_route_is_fine() {
    let writers = routes![own, closure, own_controller, other_controller];
    let routes = writers
        .merge(routes![elsewhere::qualified, elsewhere::in_macros])
        .merge(routes![reader])
        .merge(Routes::new().nest("/api", routes![books::show]))
        .merge(Pages::routes())
        .merge(books::Shelf::routes());
    let app = App::new("addresses").provide(Pages).provide(books::Shelf).routes(routes);
    assert!(app.assemble().is_ok());
}

#[get("/unseen")]
async fn unseen() -> String {
    use books::index as reader;
    let index = reader::url();
    format!("{index:?} {}", books::cover::url(7))
}

#[get("/conditional")]
async fn conditional() -> String {
    #[cfg(test)]
    let address = format!("{:?}", reader::url(7));
    address
}

mod drafts {
    use purlin::get;

    use super::books::*;
    use super::elsewhere::reader;

    // The name beside `reader` comes from `books`, and `reader` itself does not.
    #[get("/drafts")]
    pub(super) async fn index() -> String {
        format!("{:?}", reader::url())
    }
}

/// What may mean something else is left alone, and is an error of the request that writes it.
#[test]
fn what_may_be_no_route_is_no_mistake() {
    assert_eq!(report(routes![unseen, conditional, elsewhere::imported, drafts::index]), "");
}

/// A function's own route goes before one of its module, and no path tells them apart.
#[test]
fn a_route_of_a_function_hides_that_of_its_module() {
    #[get("/mine/{id}")]
    async fn reader(id: u32) -> String {
        format!("{:?}", reader::url(id))
    }
    assert!(App::new("addresses").routes(routes![reader]).assemble().is_ok());
}
