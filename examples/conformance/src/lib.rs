//! One server for suites that others wrote: protocol, load, fuzzing.
//!
//! Each endpoint shows one thing, and does it as an application would.

#![allow(
    unreachable_pub,
    missing_debug_implementations,
    missing_docs,
    reason = "an application has no public interface"
)]

mod bodies;
mod database;
mod errors;
mod files;
mod heads;
mod options;
mod steps;
mod texts;
mod watch;

use purlin::data::DatabaseModule;
use purlin::files::Directory;
use purlin::{App, Path, Routes, routes};

pub use self::options::Options;

/// The application.
pub fn app(options: &Options) -> App {
    let app = App::new("conformance")
        .version(env!("CARGO_PKG_VERSION"))
        .with(DatabaseModule::sqlite().migrations(purlin::migrations!("migrations")))
        .provide_with(|| Directory::create("uploads"))
        .routes(routes![texts::page, texts::plaintext, texts::json, texts::user, texts::search])
        .routes(routes![texts::negotiate])
        .routes(routes![bodies::echo, bodies::form])
        .routes(routes![bodies::back, bodies::some, bodies::chunks, bodies::trailers])
        .routes(routes![heads::status, heads::headers, heads::set_cookie, heads::redirect])
        .routes(routes![heads::delay, errors::panic, errors::error])
        .routes(routes![files::hello, files::upload, files::download, database::world])
        .routes(more(options.routes));
    let app = if options.tasks { app.routes(routes![watch::tasks]) } else { app };
    if options.middleware { steps::five(app) } else { app }
}

/// Routes that nothing but a benchmark asks for.
fn more(count: usize) -> Routes {
    (0..count).fold(Routes::new(), |routes, index| {
        routes.get(&format!("/api/r{index}/items/{{id}}"), item)
    })
}

async fn item(Path(id): Path<u64>) -> String {
    id.to_string()
}
