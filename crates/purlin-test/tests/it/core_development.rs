//! The pages for developers: who sees them, and what they show.
//!
//! S-236.

use std::net::SocketAddr;

use purlin_core::{App, Error, Mode, Path, Result, Routes};
use purlin_test::TestApp;

const FOREIGN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9)), 4000);
const OWN: SocketAddr = SocketAddr::new(std::net::IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), 4000);

fn app() -> App {
    let show = async |Path((shelf, _)): Path<(String, u32)>| -> Result<&'static str> {
        Err(Error::internal(format!("`{shelf}` has fallen")))
    };
    App::new("shelf").routes(Routes::new().get("/shelves/{shelf}/{book}", show))
}

#[tokio::test]
async fn the_welcome_page_is_for_this_machine() {
    let dev = TestApp::of(app()).mode(Mode::Dev).start().await;
    for own in [dev.get("/"), dev.get("/").peer(OWN)] {
        let page = own.await;
        page.assert_ok().assert_text_contains("shelves");
        // Where the application is described, so that the first route can be added there.
        page.assert_text_contains("core_development.rs");
    }
    let foreign = dev.get("/").peer(FOREIGN).await;
    foreign.assert_problem(404, "route_not_found");
    assert!(!foreign.text().contains("shelves"), "{foreign}");
    let exposed = TestApp::of(app()).mode(Mode::Dev).configure("development.expose", true);
    exposed.start().await.get("/").peer(FOREIGN).await.assert_ok();
}

/// A site whose name leads to this machine has the browser of the developer ask for it.
#[tokio::test]
async fn a_page_of_another_site_sees_nothing_of_the_development() {
    let dev = TestApp::of(app()).mode(Mode::Dev).start().await;
    let ask = async |host: &str| dev.get("/shelves/a/1").peer(OWN).header("host", host).await;
    for own in ["localhost:3000", "shelf.localhost", "127.0.0.1:3000", "[::1]:3000"] {
        let answer = ask(own).await;
        assert!(answer.text().contains("has fallen"), "{own}: {answer}");
    }
    for foreign in ["evil.test", "localhost.evil.test:3000", "127.0.0.1.evil.test", ""] {
        let answer = ask(foreign).await;
        answer.assert_problem(500, "internal_error");
        assert!(!answer.text().contains("has fallen"), "{foreign}: {answer}");
    }
}

#[tokio::test]
async fn the_welcome_page_stands_in_for_nothing_that_the_application_answers() {
    let with_fallback = app().fallback(async || "mine");
    let dev = TestApp::of(with_fallback).mode(Mode::Dev).start().await;
    dev.get("/").await.assert_text("mine");
}

#[tokio::test]
async fn the_error_page_shows_the_path_parameters() {
    let dev = TestApp::of(app()).mode(Mode::Dev).start().await;
    let page = dev.get("/shelves/a%20%3Cb%3E/7").header("accept", "text/html").await;
    page.assert_status(500).assert_text_contains("<dt>shelf</dt><dd>a &lt;b&gt;</dd>");
    let text = dev.get("/shelves/a%20b/7").header("accept", "text/plain").await;
    text.assert_text_contains("{shelf} = a b").assert_text_contains("{book} = 7");
}

#[tokio::test]
async fn every_page_has_a_nonce_of_its_own() {
    let dev = TestApp::of(app()).mode(Mode::Dev).start().await;
    let nonce = async || {
        let page = dev.get("/").await;
        let policy = page.header("content-security-policy").unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        page.assert_text_contains(&nonce);
        nonce
    };
    let (one, two) = (nonce().await, nonce().await);
    assert_ne!(one, two);
    assert!(one.len() == 32 && one.bytes().all(|digit| digit.is_ascii_hexdigit()), "{one}");
}
