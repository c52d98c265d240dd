//! An application that takes the module.

use purlin::{App, Routes};
use short_links::ShortLinks;

fn app() -> App {
    let links = ShortLinks::under("/s").link("rust", "https://www.rust-lang.org/");
    App::new("plugin")
        .routes(Routes::new().get("/", async || "follow /s/rust"))
        .with(links.link("docs", "https://doc.rust-lang.org/"))
}

fn main() -> purlin::Result {
    purlin::run(app)
}
