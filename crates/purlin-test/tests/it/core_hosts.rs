//! Routes that answer on one host alone.

use http::Method;
use purlin_core::{App, Condition, Host, Path, Request, Routes, Url, Urls, Versions};
use purlin_test::{TestApp, start_fails};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::ask::{serve, told};

async fn check(routes: Routes, cases: &[(&str, &str, &str)]) {
    let app = serve(routes).await;
    for (host, line, expected) in cases {
        let (method, path) = line.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = app.request(method, path).header("host", *host).await;
        assert_eq!(told(&answer), *expected, "{line} on {host}");
    }
}

fn shop() -> Routes {
    let tenant = async |Host(tenant): Host<String>| format!("site of {tenant}");
    let api = Routes::new().get("/", async || "api").post("/orders", async || "ordered");
    Routes::new()
        .get("/", async || "shop")
        .get("/about", async || "about")
        .merge(Routes::new().get("/", tenant).host("{tenant}.Example.com"))
        .merge(api.host("api.example.com."))
}

#[tokio::test]
async fn the_very_host_goes_before_a_pattern_and_that_before_every_host() {
    check(
        shop(),
        &[
            ("api.example.com", "GET /", "200 api"),
            ("API.Example.COM:8080", "GET /", "200 api"),
            ("api.example.com.", "GET /", "200 api"),
            ("acme.example.com", "GET /", "200 site of acme"),
            ("ACME.example.com:1", "GET /", "200 site of acme"),
            ("example.com", "GET /", "200 shop"),
            ("a.b.example.com", "GET /", "200 shop"),
            ("[::1]:80", "GET /", "200 shop"),
            ("api.example.com", "GET /about", "200 about"),
            ("api.example.com", "GET /orders", "405 method_not_allowed"),
            ("example.com", "GET /orders", "404 route_not_found"),
            ("api.example.com", "GET /healthz", "200 ok"),
        ],
    )
    .await;
}

/// What is not for a request on one host is looked for on the next, as if it were not there.
#[tokio::test]
async fn where_the_condition_of_a_host_does_not_hold_the_next_one_is_asked() {
    let beta = || Condition::has_header("x-beta");
    let page = |text: &'static str| Routes::new().get("/", move || std::future::ready(text));
    let any = |text: &'static str| Routes::new().any("/any", move || std::future::ready(text));
    let tenant = async |Host(tenant): Host<String>| format!("site of {tenant}");
    let versions = Versions::by_header("x-version").version("1", page("version 1"));
    let item = async |Path(id): Path<u32>| format!("item {id}");
    let routes = page("shop")
        .merge(page("beta of the API").when(beta()).host("api.a.com"))
        .merge(
            Routes::new()
                .get("/", tenant)
                .when(Condition::has_header("x-t"))
                .host("{tenant}.a.com"),
        )
        .merge(Routes::from(versions).host("versions.com"))
        .merge(
            Routes::new()
                .get("/{name}", async |Path(name): Path<String>| name)
                .when(beta())
                .host("api.a.com"),
        )
        .merge(Routes::new().get("/{id}", item))
        .merge(Routes::new().get("/only", async || "only").when(beta()).host("only.com"))
        .merge(any("any"))
        .merge(Routes::new().get("/any", async || "beta").when(beta()));
    let app = serve(routes).await;
    let ask = async |host: &str, path: &str, header: &'static str| {
        let draft = app.get(path).header("host", host);
        let answer = draft.header(header, "1").await;
        format!("{}, by {}", told(&answer), answer.header("vary").unwrap_or_default())
    };
    assert_eq!(ask("api.a.com", "/", "x-beta").await, "200 beta of the API, by x-beta");
    assert_eq!(ask("api.a.com", "/", "x-t").await, "200 site of api, by x-t, x-beta");
    let shop = "200 shop, by x-beta, x-t, x-version";
    assert_eq!(ask("api.a.com", "/", "x-none").await, shop);
    assert_eq!(ask("b.a.com", "/", "x-beta").await, shop);
    assert_eq!(ask("api.a.com", "/7", "x-beta").await, "200 7, by x-beta");
    assert_eq!(ask("api.a.com", "/7", "x-none").await, "200 item 7, by x-beta");
    assert_eq!(ask("versions.com", "/", "x-version").await, "200 version 1, by x-version");
    assert_eq!(ask("versions.com", "/", "x-none").await, shop, "there is one without versions");
    // A parameter of a path is no number: the route that answers is the one that says so.
    assert_eq!(ask("only.com", "/only", "x-none").await, "404 invalid_path_parameter, by accept");
    assert_eq!(ask("a.com", "/any", "x-none").await, "200 any, by x-beta");
    assert_eq!(ask("a.com", "/any", "x-beta").await, "200 beta, by x-beta");
    let head = app.request(Method::HEAD, "/any").header("x-beta", "1").await;
    assert_eq!(head.bytes().len(), 0);
    let posted = app.post("/any").await;
    assert_eq!(told(&posted), "200 any");
}

#[tokio::test]
async fn where_no_host_has_a_route_for_a_request_the_answer_says_on_what_that_depends() {
    let page =
        |header: &str| Routes::new().get("/", async || "").when(Condition::has_header(header));
    let version = Versions::by_header("x-v").version("1", Routes::new().get("/", async || ""));
    let routes = || {
        let of_hosts = Routes::new().merge(page("x-a").host("a.com"));
        of_hosts.merge(page("x-b").host("*.com")).merge(page("x-c"))
    };
    let vary = async |app: &TestApp, host: &str| {
        let answer = app.get("/").header("host", host).await;
        let vary: Vec<_> = answer.headers().get_all("vary").iter().collect();
        let vary: Vec<_> = vary.iter().map(|value| value.to_str().unwrap()).collect();
        format!("{} by {}", told(&answer), vary.join(", "))
    };
    let app = serve(routes()).await;
    assert_eq!(vary(&app, "a.com").await, "404 route_not_found by accept, x-a, x-b, x-c");
    assert_eq!(vary(&app, "b.com").await, "404 route_not_found by accept, x-b, x-c");
    assert_eq!(vary(&app, "b.org").await, "404 route_not_found by accept, x-c");
    let app = App::new("a").routes(routes()).fallback(async || "fallback");
    let app = TestApp::start(app).await;
    assert_eq!(vary(&app, "a.com").await, "200 fallback by x-a, x-b, x-c");
    assert_eq!(vary(&app, "b.org").await, "200 fallback by x-c");
    let app = serve(routes().merge(Routes::from(version).host("v.org"))).await;
    assert_eq!(vary(&app, "v.org").await, "400 missing_version by accept, x-v, x-c");
}

/// RFC 1034: a name is read from the right, whichever pattern was added first.
#[tokio::test]
async fn of_two_patterns_the_literal_nearest_to_the_right_decides() {
    let page = |host: &str, text: &'static str| {
        Routes::new().get("/", move || std::future::ready(text)).host(host)
    };
    let any = ("*.*.com", "any");
    let (shop, eu) = (("shop.{a}.com", "shop"), ("{a}.eu.com", "eu"));
    for order in [[any, shop, eu], [eu, shop, any], [shop, any, eu]] {
        let routes = order.map(|(host, text)| page(host, text));
        let cases = [
            ("shop.eu.com", "GET /", "200 eu"),
            ("shop.us.com", "GET /", "200 shop"),
            ("x.y.com", "GET /", "200 any"),
        ];
        let routes = routes.into_iter().fold(Routes::new(), Routes::merge);
        check(routes, &cases).await;
    }
}

#[tokio::test]
async fn a_target_with_a_host_goes_before_the_field() {
    let app = serve(shop()).await;
    let answer = app.get("http://api.example.com/").header("host", "acme.example.com").await;
    assert_eq!(told(&answer), "200 api");
}

#[tokio::test]
async fn allow_is_the_union_of_what_the_host_answers() {
    let routes = Routes::new()
        .get("/x", async || "")
        .merge(Routes::new().post("/x", async || "").host("{any}.com"))
        .merge(Routes::new().delete("/x", async || "").host("other.org"));
    let app = serve(routes).await;
    let answer = app.request(Method::PUT, "/x").header("host", "a.com").await;
    answer.assert_status(405);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST, OPTIONS"));
}

#[derive(Deserialize, JsonSchema)]
struct Place {
    tenant: String,
    id: u32,
}

#[derive(Deserialize, JsonSchema)]
struct Two {
    b: String,
}

#[tokio::test]
async fn parameters_of_host_and_path_are_taken_by_name() {
    let both = async |Path(Place { tenant, id }): Path<Place>| format!("{tenant} {id}");
    let number = async |Host((shop, number)): Host<(String, u32)>| format!("{shop} {number}");
    let path = async |Path(id): Path<u32>| format!("{id}");
    let routes = Routes::new()
        .merge(Routes::new().get("/books/{id}", both).get("/p/{id}", path).host("{tenant}.a.com"))
        .merge(Routes::new().get("/", number).host("{shop}.{number}.b.com"));
    check(
        routes,
        &[
            ("acme.a.com", "GET /books/7", "200 acme 7"),
            ("acme.a.com", "GET /p/7", "200 7"),
            ("acme.7.b.com", "GET /", "200 acme 7"),
            ("acme.x.b.com", "GET /", "404 invalid_path_parameter"),
        ],
    )
    .await;
}

/// What one pattern calls `*` has a name in another that matches the same hosts.
#[tokio::test]
async fn routes_of_one_host_name_its_parameters_as_they_like() {
    let two = async |Path(Two { b }): Path<Two>| b;
    let one = async |Host(a): Host<String>| a;
    let routes = Routes::new()
        .merge(Routes::new().get("/none", async || "none").host("*.*.com"))
        .merge(Routes::new().get("/two", two).host("*.{b}.com"))
        .merge(Routes::new().get("/one", one).host("{a}.*.com"));
    check(
        routes,
        &[
            ("x.y.com", "GET /none", "200 none"),
            ("x.y.com", "GET /two", "200 y"),
            ("x.y.com", "GET /one", "200 x"),
        ],
    )
    .await;
}

/// The client chooses the host, and may encode in it what no host has.
#[tokio::test]
async fn a_parameter_is_a_label_and_nothing_else() {
    check(
        shop(),
        &[
            ("a-1_b.example.com", "GET /", "200 site of a-1_b"),
            ("%2e%2e%2fetc.example.com", "GET /", "200 shop"),
            ("%41cme.example.com", "GET /", "200 shop"),
            ("a!b.example.com", "GET /", "200 shop"),
            (".example.com", "GET /", "200 shop"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_host_that_is_none_is_refused_and_so_are_two_routes_on_one() {
    let page = || Routes::new().get("/", async || "");
    let check = async |routes: Routes, code: &str, said: &str| {
        let report = start_fails(App::new("a").routes(routes)).await;
        assert!(report.contains(code) && report.contains(said), "{report}");
        assert!(report.contains("1 problem"), "{report}");
        assert!(report.contains("help: "), "{report}");
    };
    check(page().host("a.com:80"), "P0112", "`a.com:80` is no host").await;
    let twice = Routes::new().get("/{id}", async |Path(_): Path<String>| "").host("{id}.com");
    check(twice, "P0112", "`{id}` stands in the host and in `/{id}`").await;
    let both = page().host("{a}.com").merge(page().host("{b}.COM"));
    check(both, "P0107", "two routes answer `GET {b}.com/`").await;
    let none = Routes::new().get("/", async |Host(_): Host<String>| "");
    check(none, "P0104", "the host has none").await;
}

#[tokio::test]
async fn the_list_and_the_document_say_the_host() {
    let app = serve(shop()).await;
    let rows = app.routes().iter().filter(|route| !route.builtin);
    let rows: Vec<_> = rows.map(purlin_core::RouteInfo::full_pattern).collect();
    assert_eq!(
        rows,
        ["/", "/about", "api.example.com/", "api.example.com/orders", "{tenant}.example.com/"]
    );
    let paths = &app.openapi()["paths"];
    assert_eq!(paths["/orders"]["post"]["servers"], json!([{ "url": "//api.example.com" }]));
    let shared = &paths["/"]["get"];
    assert_eq!(shared["servers"], json!(null), "one of three is on every host");
    let hosts = json!([{}, { "host": "{tenant}.example.com" }, { "host": "api.example.com" }]);
    assert_eq!(shared["x-alternatives"], hosts);
    let notes = "- For the host `{tenant}.example.com`\n- For the host `api.example.com`";
    assert_eq!(shared["description"], notes);
    assert_eq!(paths["/about"]["get"]["x-alternatives"], json!(null));
    let ids = app.routes().iter().filter(|route| route.pattern == "/");
    let ids: Vec<_> = ids.map(|route| route.operation_id.as_deref().unwrap()).collect();
    assert!(ids.iter().all(|id| shared["operationId"] == *id), "{ids:?}: all are in the document");
    let tenants = Routes::new().get("/", async |Host(_): Host<String>| "").host("{tenant}.a.com");
    let app = serve(tenants).await;
    let variables = json!({ "tenant": { "default": "tenant" } });
    let get = &app.openapi()["paths"]["/"]["get"];
    assert_eq!(get["servers"], json!([{ "url": "//{tenant}.a.com", "variables": variables }]));
    assert_eq!(get["parameters"], json!(null));
}

crate::by_hand::route!(home = "GET" "/home" => async || "home");

fn address() -> Url {
    Url::of_route::<home>("home", Vec::new())
}

async fn urls(urls: Urls) -> purlin_core::Result<String> {
    let (own, other) = (urls.to(&address()), urls.to(&address().with_parameter("tenant", "Acme")));
    Ok(format!("{} {}", own.unwrap_or_else(|_| "none".to_owned()), other?))
}

#[tokio::test]
async fn an_address_knows_its_host() {
    let sites = Routes::new().route::<home>().get("/urls", urls).host("{tenant}.a.com");
    let elsewhere = Routes::new().route::<home>().host("other.com");
    let app = serve(Routes::new().get("/urls", urls).merge(elsewhere).merge(sites)).await;
    let ask = async |host: &str| app.get("/urls").header("host", host).await.text();
    assert_eq!(ask("b.a.com:3000").await, "/home //acme.a.com:3000/home");
    assert_eq!(ask("ACME.a.com").await, "/home /home");
    assert_eq!(
        ask("b.com").await,
        "//other.com/home //other.com/home",
        "the first that is mounted"
    );
    let acme = address().with_parameter("tenant", "acme");
    app.get(&acme).await.assert_text("home");
    let service = app.client().service().clone();
    let call = service.call(Request::new(Method::GET, "/home")).await;
    assert_eq!(call.status(), 404, "localhost has no such route");
    let sites = Routes::new().route::<home>().host("{tenant}.a.com");
    let service = serve(sites).await.service();
    assert_eq!(service.resolve(&acme).unwrap(), "//acme.a.com/home");
    for other in ["a.b", "", "x/y", "evil.com#"] {
        assert!(service.resolve(&address().with_parameter("tenant", other)).is_err(), "{other}");
    }
    assert!(service.resolve(&address()).is_err(), "nothing says which tenant");
}
