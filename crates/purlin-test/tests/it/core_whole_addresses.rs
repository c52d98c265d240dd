//! Whole addresses, for readers who are elsewhere.
//!
//! S-144.

use std::sync::Arc;

use http::Method;
use purlin_core::{App, Connection, Mode, Request, Result, Routes, Url, Urls};
use purlin_test::TestApp;

async fn links(urls: Urls) -> Result<String> {
    let invitation = Url::from("/join").with_query(&[("by", "anna")])?;
    Ok(format!("{} {}", urls.to(&invitation)?, urls.absolute(&invitation)?))
}

async fn others(urls: Urls) -> Result<String> {
    let whole = ["https://a.example/b", "mailto:anna@a.example", "//a.example/b"];
    let whole = whole.map(|text| urls.absolute(&Url::from(text)));
    let whole = whole.into_iter().collect::<Result<Vec<_>>>()?.join(" ");
    let odd = ["books", "?page=2", "1a:b", "a/b:c"].map(|text| urls.absolute(&Url::from(text)));
    assert!(odd.iter().all(|odd| odd.as_ref().is_err_and(|error| error.help().is_some())));
    Ok(whole)
}

async fn app(mode: Mode) -> TestApp {
    let routes = Routes::new().get("/links", links).get("/others", others);
    TestApp::of(App::new("test").routes(routes)).mode(mode).start().await
}

#[tokio::test]
async fn a_whole_address_has_the_scheme_and_the_host_of_the_request() {
    let app = app(Mode::Prod).await;
    app.get("/links").await.assert_text("/join?by=anna http://localhost/join?by=anna");
    let shop = app.get("/links").secure().header("host", "shop.example:8443");
    shop.await.assert_text("/join?by=anna https://shop.example:8443/join?by=anna");
    let whole = "https://a.example/b mailto:anna@a.example http://a.example/b";
    app.get("/others").await.assert_text(whole);
    let mut old = Request::new(Method::GET, "/links");
    old.headers_mut().remove("host");
    *old.version_mut() = http::Version::HTTP_10;
    let answer = app.client().service().call(old).await;
    assert_eq!(answer.status(), 400);
}

/// Whoever asks for a new password of somebody else would choose where the link leads.
#[tokio::test]
async fn a_host_that_nobody_has_vouched_for_is_written_into_no_link_in_production() {
    let peer = Connection::new(Some(([203, 0, 113, 7], 4711).into()));
    let known = peer.clone().with_known_hosts();
    for (mode, connection, expected) in [
        (Mode::Prod, &peer, 500),
        (Mode::Prod, &known, 200),
        (Mode::Dev, &peer, 200),
        (Mode::Test, &peer, 200),
    ] {
        let app = app(mode).await;
        let mut request = Request::new(Method::GET, "/links");
        request.set_connection(Arc::new(connection.clone()));
        let answer = app.client().service().call(request).await;
        assert_eq!(answer.status(), expected, "{mode} {connection:?}");
    }
}
