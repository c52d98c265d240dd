//! Which route answers which path.
//!
//! S-038, S-039, S-041, S-042, S-043, S-044, S-047, S-051, S-053, S-058, T-04, T-11.

use http::Method;
use purlin_core::{App, Path, Routes, TrailingSlash};
use purlin_test::{TestApp, start_fails};

use crate::ask::{ask, serve};

async fn tail(Path(rest): Path<String>) -> String {
    format!("tail {rest}")
}

async fn user(Path(id): Path<String>) -> String {
    format!("user {id}")
}

fn users() -> Routes {
    Routes::new()
        .get("/users/{*rest}", tail)
        .get("/users/{id}", user)
        .get("/users/me", async || "me")
        .get("/users/{id}/posts", async |Path(id): Path<String>| format!("posts of {id}"))
}

async fn check(routes: Routes, cases: &[(&str, &str)]) {
    let app = serve(routes).await;
    for (line, expected) in cases {
        assert_eq!(ask(&app, line).await, *expected, "{line}");
    }
}

#[tokio::test]
async fn what_is_written_out_goes_before_a_parameter_and_that_before_a_tail() {
    check(
        users(),
        &[
            ("GET /users/me", "200 me"),
            ("GET /users/7", "200 user 7"),
            ("GET /users/7/posts", "200 posts of 7"),
            ("GET /users/me/posts", "200 posts of me"),
            ("GET /users/7/posts/1", "200 tail 7/posts/1"),
            ("GET /users/7/", "200 tail 7/"),
            ("GET /users", "404 route_not_found"),
            ("GET /users/", "404 route_not_found"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_tail_takes_what_a_route_of_another_method_could() {
    let routes = Routes::new()
        .get("/files/{*path}", async |Path(path): Path<String>| path)
        .post("/files/new", async || "new");
    check(routes, &[("GET /files/new", "200 new"), ("POST /files/new", "200 new")]).await;
}

#[tokio::test]
async fn parameters_are_decoded_once() {
    let hello = async |Path(name): Path<String>| name;
    let routes = Routes::new()
        .get("/hello/{name}", hello)
        .get("/café", async || "café")
        .get("/[a|b]", async || "brackets");
    check(
        routes,
        &[
            ("GET /hello/J%C3%B6rg", "200 Jörg"),
            ("GET /hello/a%2Fb", "200 a/b"),
            ("GET /hello/a%252Fb", "200 a%2Fb"),
            ("GET /hello/a+b", "200 a+b"),
            ("GET /hello/a%20b", "200 a b"),
            ("GET /hello/..", "200 .."),
            ("GET /hello/%zz", "400 invalid_encoding"),
            ("GET /hello/%", "400 invalid_encoding"),
            ("GET /hello/%ff", "400 invalid_encoding"),
            ("GET /none/%ff", "400 invalid_encoding"),
            ("GET /hell%6F/x", "200 x"),
            ("GET /caf%c3%a9", "200 café"),
            ("GET /café", "200 café"),
            ("GET /hello/J\u{f6}rg%20x", "200 Jörg x"),
            ("GET /[a|b]", "200 brackets"),
            ("GET /%5ba%7Cb%5d", "200 brackets"),
            ("GET /hello/a/../b", "404 route_not_found"),
            ("GET //hello/a", "404 route_not_found"),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_encoded_slash_of_a_pattern_is_no_slash() {
    let routes = || {
        Routes::new()
            .get("/a%2fb", async || "one segment")
            .get("/100%25", async || "percent")
            .get("/%63af%C3%A9", async || "decoded")
    };
    check(
        routes(),
        &[
            ("GET /a%2Fb", "200 one segment"),
            ("GET /a%2fb", "200 one segment"),
            ("GET /a/b", "404 route_not_found"),
            ("GET /100%25", "200 percent"),
            ("GET /caf%c3%a9", "200 decoded"),
        ],
    )
    .await;
    // Nothing stands in the way of the route with the slash.
    let both = routes().get("/a/b", async || "two segments").get("/100%", async || "percent");
    let report = start_fails(App::new("test").routes(both)).await;
    assert_eq!(report.matches("error[P0107]").count(), 1, "{report}");
    assert!(report.contains("two routes answer `GET /100%`"), "{report}");
}

#[tokio::test]
async fn paths_tell_case_apart() {
    check(Routes::new().get("/a", async || "a"), &[("GET /A", "404 route_not_found")]).await;
}

#[tokio::test]
async fn the_end_of_a_path_is_strict_unless_told() {
    let app = |policy| {
        let routes = Routes::new()
            .get("/a", async || "a")
            .get("/b/", async || "b")
            .get("/users/{id}", user)
            .get("/", async || "root");
        TestApp::start(App::new("test").routes(routes).trailing_slash(policy))
    };
    let strict = app(TrailingSlash::Strict).await;
    assert_eq!(ask(&strict, "GET /a/").await, "404 route_not_found");
    assert_eq!(ask(&strict, "GET /b").await, "404 route_not_found");

    let lenient = app(TrailingSlash::Ignore).await;
    assert_eq!(ask(&lenient, "GET /a/").await, "200 a");
    assert_eq!(ask(&lenient, "GET /b").await, "200 b");
    assert_eq!(ask(&lenient, "GET /users/J%C3%B6rg/").await, "200 user Jörg");
    assert_eq!(ask(&lenient, "GET /users/a%2fb/").await, "200 user a/b");
    assert_eq!(ask(&lenient, "POST /a/").await, "405 method_not_allowed");
    assert_eq!(ask(&lenient, "GET /c/").await, "404 route_not_found");

    let sending = app(TrailingSlash::Redirect).await;
    let moved = sending.get("/a/?q=1").await;
    moved.assert_status(308).assert_redirect("/a?q=1");
    sending.get("/b").await.assert_redirect("/b/");
    // Never to another host.
    sending.get("/\\example.org/").await.assert_status(404);
    sending.get("/users/\\example.org/").await.assert_redirect("/users/%5Cexample.org");
    sending.get("//").await.assert_redirect("/");
    assert_eq!(ask(&sending, "GET /").await, "200 root");
    sending.get("/a/").follow_redirects().await.assert_text("a");
}

#[tokio::test]
async fn groups_nest_three_deep() {
    let show =
        async |Path((org, team, id)): Path<(String, String, u32)>| format!("{org} {team} {id}");
    let members = Routes::new()
        .get("/{id}", show)
        .get("/", async |Path(p): Path<(String, String)>| format!("all of {} {}", p.0, p.1));
    let teams = Routes::new().nest("/teams/{team}", Routes::new().nest("/members", members));
    let app = serve(Routes::new().nest("/api/", Routes::new().nest("/orgs/{org}", teams))).await;
    assert_eq!(ask(&app, "GET /api/orgs/o/teams/t/members/7").await, "200 o t 7");
    assert_eq!(ask(&app, "GET /api/orgs/o/teams/t/members").await, "200 all of o t");
    assert_eq!(ask(&app, "GET /api/orgs/o/teams/t/members/x").await, "404 invalid_path_parameter");
    let patterns: Vec<_> = app.routes().iter().map(|route| route.pattern.as_str()).collect();
    assert!(patterns.contains(&"/api/orgs/{org}/teams/{team}/members/{id}"), "{patterns:?}");
}

#[tokio::test]
async fn methods_of_ones_own_are_routed() {
    let purge = Method::from_bytes(b"PURGE").unwrap();
    let routes =
        Routes::new().on(purge.clone(), "/cache", async || "purged").get("/cache", async || "c");
    let app = serve(routes).await;
    assert_eq!(ask(&app, "PURGE /cache").await, "200 purged");
    assert_eq!(ask(&app, "PURGE /other").await, "404 route_not_found");
    app.post("/cache").await.assert_header("allow", "GET, HEAD, OPTIONS, PURGE");
}

#[tokio::test]
async fn routes_that_cannot_be_told_apart_are_all_reported() {
    let text = || async || "x";
    let routes = Routes::new()
        .get("/a/{id}", user)
        .get("/a/{name}", user)
        .get("/b", text())
        .get("/b", text())
        .post("/b", text())
        .get("/c/{*rest}", tail)
        .get("/c/{*other}", tail);
    let report = start_fails(App::new("test").routes(routes)).await;
    assert_eq!(report.matches("error[P0107]").count(), 3, "{report}");
    assert!(report.contains("two routes answer `GET /a/{name}`"), "{report}");
    assert!(report.contains("`/a/{id}` matches the same paths"), "{report}");
    assert!(report.contains("core_routing.rs"), "{report}");
}

#[tokio::test]
async fn parameters_that_nobody_takes_and_paths_that_are_none_are_reported() {
    let text = || async || "x";
    let routes = Routes::new()
        .get("/{id}", text())
        .get("/{a}/{a}", text())
        .get("no", text())
        .get("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", text())
        .get("/two/{a}/{b}", user);
    let report = start_fails(App::new("test").routes(routes)).await;
    assert!(report.contains("error[P0102]"), "{report}");
    assert!(report.contains("nothing takes the path parameter `{id}` of `/{id}`"), "{report}");
    assert!(report.contains("`/{a}/{a}` has two parameters `a`"), "{report}");
    assert!(report.contains("`no` is no path"), "{report}");
    assert!(report.contains("has 9 parameters, and 8 is the most"), "{report}");
    assert!(report.contains("`Path` wants one parameter, and `/two/{a}/{b}` has 2"), "{report}");
}
