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

/// All parameters of a path, and which route took them.
fn named(routes: Routes, method: &str, pattern: &'static str) -> Routes {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let values = move |Path(all): Path<Vec<String>>| {
        std::future::ready(format!("{pattern} of {}", all.join(", ")))
    };
    routes.on(method, pattern, values)
}

#[tokio::test]
async fn a_tail_and_a_parameter_that_goes_on_are_told_apart_in_any_order() {
    let tail = "/users/{*rest}";
    let posts = "/users/{id}/posts/{*rest}";
    let text = "/users/{id}/{name}.txt";
    for patterns in [[tail, posts], [posts, tail]] {
        for beside in [&[][..], &[text], &["/files/{name}.txt"]] {
            for method in ["GET", "POST", "PURGE"] {
                let all = patterns.iter().chain(beside);
                let routes = all.fold(Routes::new(), |routes, p| named(routes, method, p));
                // Of another method, and in nobody's way.
                let routes = named(routes, "DELETE", "/users/{id}/{*all}");
                let app = serve(routes).await;
                for (path, expected) in [
                    ("/users/7/posts/1/2", "200 /users/{id}/posts/{*rest} of 7, 1/2"),
                    ("/users/7/posts/", "200 /users/{*rest} of 7/posts/"),
                    ("/users/7/posts", "200 /users/{*rest} of 7/posts"),
                    ("/users/7/likes/1", "200 /users/{*rest} of 7/likes/1"),
                    ("/users/7", "200 /users/{*rest} of 7"),
                    ("/users//posts/1", "200 /users/{*rest} of /posts/1"),
                    ("/users/", "404 route_not_found"),
                ] {
                    assert_eq!(ask(&app, &format!("{method} {path}")).await, expected, "{path}");
                }
                if beside == [text] {
                    let line = format!("{method} /users/7/x.txt");
                    assert_eq!(ask(&app, &line).await, "200 /users/{id}/{name}.txt of 7, x");
                }
                let line = "DELETE /users/7/posts/1";
                assert_eq!(ask(&app, line).await, "200 /users/{id}/{*all} of 7, posts/1");
            }
        }
    }
}

#[tokio::test]
async fn of_two_parameters_the_one_with_more_text_beside_it_goes_first() {
    let patterns = [
        "/{name}",
        "/v{number}",
        "/{name}.json",
        "/{name}.tar.gz",
        "/{name}.gz",
        "/v1.json",
        "/{name}.json/{*rest}",
        "/v{*rest}",
        "/über{name}",
        "/{name}né",
    ];
    let forth = patterns.iter().fold(Routes::new(), |routes, p| named(routes, "GET", p));
    let back = patterns.iter().rev().fold(Routes::new(), |routes, p| named(routes, "GET", p));
    for routes in [forth, back] {
        check(
            routes,
            &[
                ("GET /v1.json", "200 /v1.json of"),
                ("GET /v2.json", "200 /{name}.json of v2"),
                ("GET /v2", "200 /v{number} of 2"),
                ("GET /v", "200 /{name} of v"),
                ("GET /.json", "200 /{name} of .json"),
                ("GET /a.tar.gz", "200 /{name}.tar.gz of a"),
                ("GET /.tar.gz", "200 /{name}.gz of .tar"),
                ("GET /v2.json/a", "200 /{name}.json/{*rest} of v2, a"),
                ("GET /v2/a", "200 /v{*rest} of 2/a"),
                ("GET /v/a", "200 /v{*rest} of /a"),
                ("GET /a/b", "404 route_not_found"),
                ("GET /%C3%BCbern%C3%A9", "200 /über{name} of né"),
                ("GET /%c3%a9n%c3%a9", "200 /{name}né of é"),
                ("GET /v2.%6Ason", "200 /{name}.json of v2"),
                ("GET /a%2Fb.json", "200 /{name}.json of a/b"),
                ("GET /v%zz.json", "400 invalid_encoding"),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn two_patterns_conflict_if_nothing_says_which_goes_first() {
    let (yes, no) = (true, false);
    for (one, other, expected) in [
        ("/a", "/a", yes),
        ("/a", "/a/", no),
        ("/a", "/A", no),
        ("/café", "/caf%c3%a9", yes),
        ("/a%2Fb", "/a/b", no),
        ("/100%", "/100%25", yes),
        ("/%7Bid%7D", "/{id}", no),
        ("/{id}", "/{name}", yes),
        ("/{id}/", "/{name}", no),
        ("/{id}/a", "/{name}/b", no),
        ("/{id}/a", "/b/{name}", no),
        ("/{*rest}", "/{*all}", yes),
        ("/{*rest}", "/", no),
        ("/{*rest}", "/{id}", no),
        ("/a/{*rest}", "/a", no),
        ("/a/{*rest}", "/a/", no),
        ("/a/{*rest}", "/{*rest}", no),
        ("/a/{*rest}", "/{id}/{*rest}", no),
        ("/a/{*rest}", "/a/{id}/b/{*rest}", no),
        ("/{id}/b/{*rest}", "/{id}/{*rest}", no),
        ("/v{id}", "/v{name}", yes),
        ("/v{id}", "/w{name}", no),
        ("/v{id}", "/va{name}", no),
        ("/v{id}", "/{name}.json", no),
        ("/v{id}", "/{name}b", yes),
        ("/v{id}/a", "/{name}b/{*rest}", yes),
        ("/v{id}/a", "/{name}b/b", no),
        ("/v{id}/a{x}", "/{name}b/{y}b", yes),
        ("/v{id}/a{x}", "/{name}b/b{y}", no),
        ("/v{id}/{*rest}", "/{name}b/", no),
        ("/v{id}/{*rest}", "/{name}b//", yes),
        ("/{name}A9", "/{name}%C3%A9", no),
        ("/{name}A9", "/a{x}é", no),
        ("/{name}é", "/x{name}", yes),
        ("/v{*rest}", "/v{*all}", yes),
        ("/v{*rest}", "/va{*all}", no),
        ("/v{*rest}", "/{*all}", no),
        ("/v{*rest}", "/v{id}", no),
    ] {
        for (first, second) in [(one, other), (other, one)] {
            let routes = named(named(Routes::new(), "GET", first), "GET", second);
            let report = App::new("test").routes(routes).assemble().err();
            let report = report.map(|report| report.to_string());
            assert_eq!(report.is_some(), expected, "{first} and {second}: {report:?}");
            let told = format!("error[P0107]: two routes answer `GET {second}`");
            assert!(report.is_none_or(|report| report.contains(&told)), "{first} and {second}");
            // Neither is in the way of another method.
            let routes = named(named(Routes::new(), "GET", first), "POST", second);
            assert!(App::new("test").routes(routes).assemble().is_ok(), "{first} and {second}");
        }
    }
}

#[tokio::test]
async fn a_path_that_two_parameters_fit_alike_is_told() {
    let routes = named(Routes::new(), "GET", "/{name}b/{*rest}");
    let routes = named(routes, "GET", "/v{id}/new");
    let report = start_fails(App::new("test").routes(routes)).await;
    for part in [
        "two routes answer `GET /v{id}/new`",
        "give one of them more text beside its parameter",
        "`/{name}b/{*rest}` matches `/vxb/new`, too",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert_eq!(report.matches("core_routing.rs").count(), 2, "{report}");
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
