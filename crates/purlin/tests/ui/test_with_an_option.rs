//! A test with an option of another framework's.
//!
//! error: a test has no options: it runs on a runtime of one thread
//! at: flavor = "multi_thread"
//! help: write `#[purlin_test::test]`

use purlin::{App, get};

#[get("/")]
async fn index() -> &'static str {
    "hello"
}

#[purlin_test::test(flavor = "multi_thread")]
async fn the_page_is_there() {
    let app = purlin_test::TestApp::start(App::new("t").routes(purlin::routes![index])).await;
    app.get("/").await.assert_ok();
}

fn main() {
    let _ = the_page_is_there;
}
