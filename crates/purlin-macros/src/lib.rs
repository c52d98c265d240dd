//! The attributes and derives of Purlin. Applications use them through the `purlin` crate, which
//! documents them.
//!
//! What they write out names `::purlin` and nothing else. A mistake they find is one error on the
//! tokens it is about; what they leave behind still compiles, so that no second error follows.

mod controller;

mod dependency;

mod extract;

mod problem;

mod respond;

mod route;

mod emit;

mod address;

mod arguments;

mod attribute;

mod migrations;

mod test;

mod extractor;

mod erased;

mod extent;

mod mistake;

use proc_macro::TokenStream;

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $method:literal;)*) => {
        $($(#[$doc])*
        #[proc_macro_attribute]
        pub fn $name(attribute: TokenStream, item: TokenStream) -> TokenStream {
            route::expand(Some($method), attribute.into(), item.into()).into()
        })*
    };
}

methods! {
    /// Makes a function the handler of GET on a path, which also answers HEAD. The options behind the
    /// path are listed on the first page of `purlin`.
    get "GET";
    /// Makes a function the handler of POST on a path.
    post "POST";
    /// Makes a function the handler of PUT on a path.
    put "PUT";
    /// Makes a function the handler of PATCH on a path.
    patch "PATCH";
    /// Makes a function the handler of DELETE on a path.
    delete "DELETE";
    /// Makes a function the handler of HEAD on a path, instead of the one for GET.
    head "HEAD";
    /// Makes a function the handler of OPTIONS on a path, instead of the automatic answer.
    options "OPTIONS";
}

/// Makes a function the handler of any method on a path: `#[route(PURGE, "/cache/{key}")]`.
#[proc_macro_attribute]
pub fn route(attribute: TokenStream, item: TokenStream) -> TokenStream {
    route::expand(None, attribute.into(), item.into()).into()
}

/// Lists routes: `routes![show, books::create]`.
///
/// Each is named as its function is, behind its condition if it has one: `#[cfg(test)] probe`. An
/// attribute such as `#[get("/path")]` puts a type of the same name beside the function, the route,
/// and this macro lists these types. A function without an attribute has none, and of its name in the
/// list the compiler says that a `constant` was `provided when a type was expected`: put an attribute
/// on the function, or register it by hand, with `Routes::new().get("/path", show)`.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    route::list(input.into()).into()
}

/// Makes the methods of an `impl` block handlers under one path, with the struct injected.
/// The first page of `purlin` has an example.
#[proc_macro_attribute]
pub fn controller(attribute: TokenStream, item: TokenStream) -> TokenStream {
    controller::expand(attribute.into(), item.into()).into()
}

/// Makes an async function a request dependency, taken as `Scoped<name>`. What its `Result` fails with
/// is an answer of every route that takes it, and in the document of each.
/// The first page of `purlin` has an example.
#[proc_macro_attribute]
pub fn dependency(attribute: TokenStream, item: TokenStream) -> TokenStream {
    dependency::expand(attribute.into(), item.into()).into()
}

/// Gathers several extractors in one struct, parameters of the path as `#[extract(path)] id: u64`. The
/// first page of `purlin` has an example.
#[proc_macro_derive(Extract, attributes(extract))]
pub fn derive_extract(input: TokenStream) -> TokenStream {
    extract::expand(input.into()).into()
}

/// Gives an error type its statuses: `#[problem(status = 409, code = "on_loan")]` on a variant,
/// `#[problem(member)]` on a field that the client gets, `#[problem(transparent)]` on a variant that
/// leaves its status to what it wraps. The trait of this name says more.
#[proc_macro_derive(Problem, attributes(problem))]
pub fn derive_problem(input: TokenStream) -> TokenStream {
    problem::expand(input.into()).into()
}

/// Makes an enum of responses one response, with other statuses as `#[respond(status = 410)]`. The
/// first page of `purlin` has an example.
#[proc_macro_derive(Respond, attributes(respond))]
pub fn derive_respond(input: TokenStream) -> TokenStream {
    respond::expand(input.into()).into()
}

/// Makes an async function a test, on a runtime of its own; use it as `#[purlin_test::test]`.
#[proc_macro_attribute]
pub fn test(attribute: TokenStream, item: TokenStream) -> TokenStream {
    test::expand(&attribute.into(), item.into()).into()
}

/// Embeds the `.sql` files of a folder beside `Cargo.toml`: `migrations!("migrations")`.
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    migrations::expand(input.into()).into()
}
