//! Several routes of one method and path, and versions of an API. S-057, S-060.

use http::HeaderName;
use purlin_core::{App, Condition, Deprecation, Facts, Json, Path, Query, Routes, Versions};
use purlin_test::{Client, TestApp, start_fails};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ask::{ask, serve, told};

fn page(text: &'static str) -> Routes {
    Routes::new().get("/", move || std::future::ready(text))
}

fn mobile() -> Routes {
    page("mobile").when(Condition::header("X-Client", "mobile"))
}

/// Asks for a path with a header field, written `name: value`.
async fn with(client: &Client, path: &str, field: &str) -> String {
    let (name, value) = field.split_once(": ").unwrap();
    told(&client.get(path).header(name, value).await)
}

#[tokio::test]
async fn the_first_route_whose_condition_holds_answers_wherever_the_plain_one_stands() {
    let tablet = || page("tablet").when(Condition::has_header("X-Client"));
    for routes in [[page("all"), mobile(), tablet()], [mobile(), tablet(), page("all")]] {
        let app = serve(routes.into_iter().fold(Routes::new(), Routes::merge)).await;
        assert_eq!(with(&app, "/", "x-client: mobile").await, "200 mobile");
        assert_eq!(with(&app, "/", "x-client: Mobile").await, "200 tablet");
        assert_eq!(ask(&app, "GET /").await, "200 all");
        assert_eq!(ask(&app, "HEAD /").await, "200");
        let answer = app.get("/").await;
        assert_eq!(answer.header("vary"), Some("x-client"));
    }
}

#[tokio::test]
async fn where_none_holds_it_is_404_and_says_on_what_it_depends() {
    let app = serve(mobile().post("/", async || "")).await;
    let answer = app.get("/").await;
    assert_eq!(told(&answer), "404 route_not_found");
    let vary: Vec<_> = answer.headers().get_all("vary").iter().collect();
    assert_eq!(vary, ["accept", "x-client"]);
    let fallback = App::new("a").routes(mobile()).fallback(async || "fallback");
    let app = TestApp::start(fallback).await;
    let answer = app.get("/").await;
    assert_eq!(
        (told(&answer), answer.header("vary")),
        ("200 fallback".to_owned(), Some("x-client"))
    );
    assert_eq!(app.get("/other").await.header("vary"), None);
}

#[tokio::test]
async fn conditions_are_combined_and_groups_add_theirs() {
    let closure = |facts: &Facts| facts.query() == "beta";
    let named = Condition::new("a beta", closure).varies_by(HeaderName::from_static("x-beta"));
    let both = Condition::header("a", "1").and(!Condition::header("b", "1"));
    let routes = page("plain")
        .merge(Routes::new().nest("/", page("beta").when(closure)).when(Condition::has_header("c")))
        .merge(page("both").when(both.or(Condition::query("q", "a b"))))
        .merge(Routes::new().get("/named", async || "named").when(named));
    let app = serve(routes).await;
    assert_eq!(ask(&app, "GET /?beta").await, "200 plain");
    assert_eq!(with(&app, "/?beta", "c: ").await, "200 beta");
    assert_eq!(with(&app, "/", "a: 1").await, "200 both");
    assert_eq!(ask(&app, "GET /?q=a+b").await, "200 both");
    assert_eq!(app.get("/").header("a", "1").header("b", "1").await.text(), "plain");
    assert_eq!(app.get("/").await.header("vary"), Some("c, a, b"));
    assert_eq!(app.get("/named?beta").await.header("vary"), Some("x-beta"));
}

/// Fewer conditions are others: the route with all of them is asked first, and keeps its requests.
#[tokio::test]
async fn a_route_with_one_of_two_conditions_is_another_one() {
    let a = || Condition::header("a", "1");
    let both = Routes::new().merge(page("both").when(a())).when(Condition::has_header("b"));
    let app = serve(Routes::new().merge(both).merge(page("one").when(a()))).await;
    assert_eq!(app.get("/").header("a", "1").header("b", "1").await.text(), "both");
    assert_eq!(with(&app, "/", "a: 1").await, "200 one");
    assert_eq!(with(&app, "/", "b: 1").await, "404 route_not_found");
    // A field may be sent in several lines (RFC 9110 §5.3).
    let lines = app.get("/").header("a", "0").header("a", "1").await;
    assert_eq!(told(&lines), "200 one");
}

#[tokio::test]
async fn a_condition_that_panics_is_a_500_of_its_request() {
    let routes = page("all").merge(page("never").when(|_: &Facts| panic!("no")));
    let app = serve(routes).await;
    assert_eq!(ask(&app, "GET /").await, "500 internal_error");
}

#[tokio::test]
async fn what_conditions_cannot_tell_apart_is_refused() {
    let check = async |routes: Routes, code: &str, said: &str| {
        let report = start_fails(App::new("a").routes(routes)).await;
        assert!(report.contains(code) && report.contains(said), "{report}");
        assert!(report.contains("1 problem") && report.contains("= help: "), "{report}");
    };
    let id = |pattern: &str| Routes::new().get(pattern, async |Path(_): Path<u32>| "");
    let plain = page("a").merge(mobile()).merge(page("b"));
    check(plain, "P0107", "two routes answer `GET /`").await;
    check(mobile().merge(mobile()), "P0107", "is never asked").await;
    let names = id("/{id}").merge(id("/{number}").when(Condition::has_header("a")));
    check(names, "P0107", "name the parameters alike, as in `/{id}`").await;
    check(page("a").when(Condition::header("X Client", "a")), "P0113", "no name of a header").await;
    check(page("a").when(Condition::header("a", "b\n")), "P0113", "no value of a header").await;
}

#[derive(Serialize, Deserialize, JsonSchema, garde::Validate)]
struct Short {
    #[garde(length(max = 10))]
    title: String,
}

#[derive(Serialize, Deserialize, JsonSchema, garde::Validate)]
struct Long {
    #[garde(skip)]
    name: String,
    #[garde(skip)]
    pages: u32,
}

/// Every answer of every alternative is held against the one operation.
#[tokio::test]
async fn the_document_has_one_operation_that_promises_what_any_of_them_does() {
    let long = async |_: Query<Short>, body: Json<Long>| body;
    let routes = Routes::new()
        .post("/", async |body: Json<Short>| body)
        .merge(Routes::new().post("/", long).when(Condition::header("Kind", "long")));
    let app = serve(routes).await;
    let short = json!({ "title": "Dune" });
    app.post("/").json(&short).await.assert_json(&short);
    let body = json!({ "name": "Dune", "pages": 412 });
    app.post("/?title=x").header("kind", "long").json(&body).await.assert_json(&body);
    let operation = &app.openapi()["paths"]["/"]["post"];
    let names: Vec<_> = operation["parameters"].as_array().unwrap().iter().collect();
    let optional =
        |name: &str| names.iter().any(|known| known["name"] == name && known["required"] == false);
    assert!(optional("title") && optional("kind"), "{operation:#}");
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(schema["anyOf"].as_array().unwrap().len(), 2);
    assert_eq!(operation["description"], "- For `Kind: long`");
    let ids: Vec<_> = app.routes().iter().filter_map(|row| row.operation_id.as_deref()).collect();
    assert_eq!(ids[0], ids[1], "both rows name the operation");
    let rows: Vec<_> = app.routes().iter().map(|row| row.conditions.join(", ")).collect();
    assert_eq!(rows[..2], ["", "Kind: long"]);
}

fn books(versions: Versions) -> Routes {
    let old = Routes::new().get("/books", async || "old").get("/old", async || "gone");
    let old = old.deprecated(
        Deprecation::since("2026-01-31").sunset("2026-12-31").link("https://example.com/2"),
    );
    let new = Routes::new().get("/books", async || "new");
    versions.version("1", old).version("v2", new).into()
}

#[tokio::test]
async fn a_header_chooses_the_version() {
    let app = serve(books(Versions::by_header("Accept-Version").default("2"))).await;
    let old = app.get("/books").header("accept-version", "v1").await;
    assert_eq!(told(&old), "200 old");
    assert_eq!(old.header("deprecation"), Some("@1769817600"));
    assert_eq!(old.header("sunset"), Some("Thu, 31 Dec 2026 00:00:00 GMT"));
    assert_eq!(old.header("link"), Some("<https://example.com/2>; rel=\"deprecation\""));
    assert_eq!(old.header("vary"), Some("accept-version"));
    let new = app.get("/books").await;
    assert_eq!((told(&new), new.header("sunset")), ("200 new".to_owned(), None));
    assert_eq!(with(&app, "/books", "accept-version: 2").await, "200 new");
    assert_eq!(with(&app, "/old", "accept-version: 1").await, "200 gone");
    assert_eq!(ask(&app, "GET /old").await, "404 route_not_found");
    let unknown = app.get("/books").header("accept-version", "v9").await;
    assert_eq!(told(&unknown), "400 unknown_version");
    let detail = unknown.json_value()["detail"].as_str().unwrap().to_owned();
    assert_eq!(detail, "there is no version `9`; there are 1, 2");
    let operation = &app.openapi()["paths"]["/old"]["get"];
    assert_eq!(operation["deprecated"], true);
    assert!(operation["responses"]["200"]["headers"]["Sunset"].is_object(), "{operation:#}");
}

#[tokio::test]
async fn the_query_or_the_media_type_chooses_the_version() {
    let app = serve(books(Versions::by_query("version"))).await;
    assert_eq!(ask(&app, "GET /books?version=1").await, "200 old");
    assert_eq!(ask(&app, "GET /books?version=x").await, "400 unknown_version");
    assert_eq!(ask(&app, "GET /books").await, "400 missing_version");
    let app = serve(books(Versions::by_media_type("version").default("1"))).await;
    let accept = "accept: text/html, application/json;q=0.5; Version=\"2\"";
    assert_eq!(with(&app, "/books", accept).await, "200 new");
    assert_eq!(with(&app, "/books", "accept: text/plain").await, "200 old");
    let unknown = app.get("/books").header("accept", "application/json; version=3").await;
    assert_eq!(told(&unknown), "406 unknown_version");
}

#[tokio::test]
async fn the_path_chooses_the_version() {
    let app = serve(Routes::new().nest("/api", books(Versions::by_path()))).await;
    assert_eq!(ask(&app, "GET /api/v1/books").await, "200 old");
    assert_eq!(ask(&app, "GET /api/v2/books").await, "200 new");
    assert_eq!(ask(&app, "GET /api/v2/old").await, "404 route_not_found");
    assert_eq!(ask(&app, "GET /api/vehicles").await, "404 route_not_found");
    assert_eq!(ask(&app, "GET /v3/books").await, "404 route_not_found");
    let unknown = app.get("/api/v3/books").await;
    assert_eq!(told(&unknown), "404 unknown_version");
    assert!(unknown.text().contains("there are 1, 2"), "{}", unknown.text());
    let named = Versions::by_path().version("1", page("one")).version("beta", page("beta"));
    let app = serve(named.into()).await;
    assert_eq!(ask(&app, "GET /v1").await, "200 one");
    assert_eq!(ask(&app, "GET /beta").await, "200 beta");
}

#[tokio::test]
async fn a_group_in_a_group_goes_by_its_own_dates() {
    let inner = page("").deprecated(Deprecation::since("2026-01-01").sunset("2026-02-01"));
    let outer = Deprecation::since("2026-03-01").sunset("2026-04-01");
    let app = serve(Routes::new().merge(inner).deprecated(outer)).await;
    let answer = app.get("/").await;
    assert_eq!(answer.header("deprecation"), Some("@1767225600"));
    assert_eq!(answer.header("sunset"), Some("Sun, 01 Feb 2026 00:00:00 GMT"));
}

#[tokio::test]
async fn versions_that_nobody_reaches_are_refused() {
    let check = async |routes: Routes, said: &str| {
        let report = start_fails(App::new("a").routes(routes)).await;
        assert!(report.contains("P0113") && report.contains(said), "{report}");
        assert!(report.contains("1 problem") && report.contains("= help: "), "{report}");
    };
    let header = || Versions::by_header("v");
    check(header().version("1", page("")).default("2").into(), "the default `2`").await;
    check(header().version("1", page("")).version("v1", page("")).into(), "two versions `v1`")
        .await;
    check(Versions::by_path().version("1", page("")).default("1").into(), "have no default").await;
    check(header().version("a b", page("")).into(), "`a b` is no name of a version").await;
    check(page("").deprecated(Deprecation::since("31.1.2026")), "`31.1.2026` is no day").await;
    check(page("").deprecated(Deprecation::since("2026-01-01").link("a b")), "is no address").await;
    check(page("").deprecated(Deprecation::since("2026-01-01").link("/ä")), "is no address").await;
    let early = Deprecation::since("2026-01-02").sunset("2026-01-01");
    check(page("").deprecated(early), "the sunset is before").await;
}
