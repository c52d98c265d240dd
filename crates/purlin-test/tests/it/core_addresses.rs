//! Addresses that are written out: they lead where they say, and nowhere else.
//!
//! S-056, S-068.

use purlin_core::{App, Path, Query, Redirect, Result, Routes, Unchecked, Url};
use purlin_test::TestApp;

use crate::by_hand::route;

async fn show(Path(name): Path<String>) -> String {
    name
}

route!(file = "GET" "/files/{name}" => show);
route!(folder = "GET" "/folders/{*path}" => show);
route!(hidden = "GET" "/.{name}" => show);
route!(root = "GET" "/{*path}" => show);

type Target = Query<Unchecked<std::collections::BTreeMap<String, String>>>;

async fn redirect(target: Target) -> Redirect {
    let value = target["value"].clone();
    Redirect::to(match target["to"].as_str() {
        "file" => Url::of_route::<file>("file", vec![("name", value)]),
        "hidden" => Url::of_route::<hidden>("hidden", vec![("name", value)]),
        "root" => Url::of_route::<root>("root", vec![("path", value)]),
        _ => Url::of_route::<folder>("folder", vec![("path", value)]),
    })
}

async fn app() -> TestApp {
    let routes = Routes::new()
        .route::<file>()
        .route::<folder>()
        .route::<hidden>()
        .route::<root>()
        .get("/to", redirect);
    TestApp::start(App::new("test").routes(routes)).await
}

#[tokio::test]
async fn a_value_that_would_lead_elsewhere_is_not_written() {
    let app = app().await;
    // RFC 3986 §5.2.4: a client takes these out, and the request goes to another route.
    for (to, values) in [
        ("file", ["", ".", ".."].as_slice()),
        ("folder", &["", ".", "..", "../../admin", "a/../../admin", "a/.", "./a"]),
        ("hidden", &["", "."]),
        ("root", &["", "..", "/evil.test", "//evil.test"]),
    ] {
        for value in values {
            let response = app.get("/to").query(&[("to", to), ("value", value)]).await;
            response.assert_problem(500, "internal_error");
            let said = format!("{:?}", response.error().unwrap());
            assert!(said.contains("address of `"), "{said}");
        }
    }
}

#[tokio::test]
async fn every_other_value_comes_back_as_it_was() {
    let app = app().await;
    for (to, values) in [
        (
            "file",
            ["...", ".a", "a.", "a/b", "//evil.test", "\\evil.test", "%2E%2E", "é %"].as_slice(),
        ),
        ("folder", &["a", "a/b", "a//b", "a/", "/a", "...", "a/..b/é %2F", "%2e%2e/x"]),
        ("hidden", &["a", "..", ".a"]),
        ("root", &["a", "evil.test/x"]),
    ] {
        for value in values {
            let request = app.get("/to").query(&[("to", to), ("value", value)]);
            request.follow_redirects().await.assert_text(value);
        }
    }
}

async fn next(target: Target) -> Result<Redirect> {
    Ok(Redirect::to(Url::local(target["next"].clone())?))
}

#[tokio::test]
async fn an_address_of_a_client_stays_here() {
    let app = TestApp::start(App::new("test").routes(Routes::new().get("/in", next))).await;
    for foreign in [
        "//evil.test",
        "https:evil.test",
        "https://evil.test/",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "\t//evil.test",
        " //evil.test",
        "/\n/evil.test",
        "/%09/evil.test",
        "/%2Fevil.test",
        "/%5Cevil.test",
        "/..//evil.test",
        "/%2e%2E//evil.test",
        "/a/../..//evil.test",
        "/.//evil.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.test",
        "?next=x",
        "#x",
        "",
    ] {
        let response = app.get("/in").query(&[("next", foreign)]).without_conformance().await;
        response.assert_problem(400, "foreign_address");
        assert_eq!(response.header("location"), None, "{foreign:?}");
    }
    for local in ["/", "/books", "/books/7?page=2#top", "/a//b", "/a.b/..c", "/q?next=//x/../"] {
        let response = app.get("/in").query(&[("next", local)]).without_conformance().await;
        response.assert_redirect(local);
    }
    // RFC 3986 §2: what an address has no place for is encoded; what was encoded stays.
    let response = app.get("/in").query(&[("next", "/bücher 1?q=\\#%C3%A9")]).await;
    response.assert_redirect("/b%C3%BCcher%201?q=%5C#%C3%A9");
}

#[tokio::test]
async fn an_address_elsewhere_is_said_to_be_one() {
    let away = async || Redirect::to(Url::external(format!("https://{}/", "example.org")));
    let written = async || Redirect::found("/written");
    let app = Routes::new().get("/away", away).get("/written", written);
    let app = TestApp::start(App::new("test").routes(app)).await;
    app.get("/away").await.assert_redirect("https://example.org/");
    app.get("/written").await.assert_redirect("/written");
}

#[tokio::test]
async fn what_is_added_to_an_address_goes_before_its_fragment() {
    let service = app().await.service();
    let written = |url: Url| service.resolve(&url).unwrap();
    let with = |text: &'static str| Url::from(text).with_query(&[("q", "1")]).unwrap();
    assert_eq!(written(with("/a#b")), "/a?q=1#b");
    assert_eq!(written(with("/a?x=2#b%20c")), "/a?x=2&q=1#b%20c");
    assert_eq!(written(with("/a#b").with_fragment("c d")), "/a?q=1#c%20d");
    assert_eq!(written(with("/a#b?c#d")), "/a?q=1#b?c#d");
    assert_eq!(written(Url::from("/a#")), "/a#");
    let local = Url::local("/a#b".to_owned()).unwrap();
    assert_eq!(written(local.with_query(&[("q", "#")]).unwrap()), "/a?q=%23#b");
}
