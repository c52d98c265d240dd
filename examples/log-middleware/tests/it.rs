//! S-236, SC-03: what the built server shows of a handler that fails, and to whom.

use purlin_test::TestServer;

const SERVER: &str = env!("CARGO_BIN_EXE_example-log-middleware");

const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// S-236: the file and the line are on the page, and the line itself.
#[purlin_test::test]
async fn development_shows_the_line_that_failed() {
    let server = TestServer::start(SERVER, ["--mode", "dev"]).await;
    let page = server.get("/fails").header("accept", BROWSER).await;
    page.assert_status(500).assert_text_contains("the disk is full");
    page.assert_text_contains("examples/log-middleware/src/main.rs");
    page.assert_text_contains("Err(Error::internal(");

    let page = server.get("/panics").header("accept", BROWSER).await;
    page.assert_status(500).assert_text_contains("out of beams");
    page.assert_text_contains("panic!(");
}

/// S-236: in production the page says that something is wrong, and nothing else.
#[purlin_test::test]
async fn production_shows_nothing_of_it() {
    let server = TestServer::start(SERVER, ["--mode", "prod"]).await;
    for path in ["/fails", "/panics"] {
        let page = server.get(path).header("accept", BROWSER).await;
        page.assert_status(500).assert_text_contains("Internal Server Error");
        let text = page.text();
        for secret in ["disk", "beams", "main.rs", "log_middleware"] {
            assert!(!text.contains(secret), "`{secret}` is in\n{text}");
        }
    }
}
