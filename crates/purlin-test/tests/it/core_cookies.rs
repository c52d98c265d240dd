//! Cookies: what is read of those that come, and how those that go are written.
//!
//! S-116, S-117.

use std::time::{Duration, SystemTime};

use http::header::COOKIE;
use http::{HeaderValue, Method};
use purlin_core::{Cookie, Cookies, Request, Routes, SameSite, SetCookies};
use purlin_test::{TestApp, TestResponse};

use crate::ask::serve;

async fn show(cookies: Cookies) -> String {
    cookies.iter().fold(String::new(), |all, (name, value)| format!("{all}{name}={value}|"))
}

async fn sid(cookies: Cookies) -> String {
    cookies.get("__Host-sid").unwrap_or("none").to_owned()
}

async fn app() -> TestApp {
    serve(Routes::new().get("/", show).get("/sid", sid)).await
}

#[tokio::test]
async fn a_name_is_what_was_sent_so_that_its_prefix_cannot_be_forged() {
    let app = app().await;
    // A browser lets nobody but the site itself send `__Host-`, and knows no other spelling of it.
    for forged in ["%5F%5FHost-sid=evil", "__Host%2Dsid=evil", "%5f_Host-sid=evil"] {
        app.get("/sid").header(COOKIE, forged).await.assert_text("none");
        let both = format!("{forged}; __Host-sid=good");
        app.get("/sid").header(COOKIE, both).await.assert_text("good");
    }
    app.get("/").header(COOKIE, "a%20b=c%20d").await.assert_text("a%20b=c d|");
}

#[tokio::test]
async fn one_cookie_that_is_none_loses_no_other() {
    let app = app().await;
    let odd = |bytes: &[u8]| HeaderValue::from_bytes(bytes).unwrap();
    let lang = app.get("/").header(COOKIE, odd("lang=é; sid=1".as_bytes())).await;
    lang.assert_text("lang=é|sid=1|");
    let latin = app.get("/").header(COOKIE, odd(b"lang=\xe9; sid=1; x=\xff")).await;
    latin.assert_text("sid=1|");
    let encoded = app.get("/").header(COOKIE, "lang=%ff; sid=1;; =x; y; z=a=b").await;
    encoded.assert_text("sid=1|z=a=b|");
}

/// S-116: a browser sends several, and quotes stand around a value, not in it.
#[tokio::test]
async fn cookies_are_read_one_by_one_and_without_their_quotes() {
    let app = app().await;
    app.get("/").header(COOKIE, "a=1; b=\"x y\"").await.assert_text("a=1|b=x y|");
    app.get("/").header(COOKIE, "a=\"\";b=\"x%22y\"").await.assert_text("a=|b=x\"y|");
    // One that only begins with a quote has it.
    app.get("/").header(COOKIE, "a=\"x; b=y").await.assert_text("a=\"x|b=y|");
    // A client may send several fields (RFC 9113 §8.2.3).
    let two = app.get("/").header(COOKIE, "a=1").header(COOKIE, "b=2");
    two.await.assert_text("a=1|b=2|");
}

fn written(response: &TestResponse) -> Vec<String> {
    let all = response.headers().get_all("set-cookie").iter();
    all.map(|value| value.to_str().unwrap().to_owned()).collect()
}

/// What the client gets for one cookie: its line, or the status of the failure.
async fn line(cookies: SetCookies) -> String {
    let app = serve(Routes::new().get("/", move || {
        let cookies = cookies.clone();
        async move { (cookies, "x") }
    }));
    let response = app.await.get("/").await;
    match response.status().as_u16() {
        200 => written(&response).join("\n"),
        status => format!("{status}: {:?}", response.error().unwrap()),
    }
}

async fn added(cookie: Cookie) -> String {
    line(SetCookies::new().add(cookie)).await
}

#[tokio::test]
async fn a_prefix_brings_what_browsers_demand_for_it() {
    let host = added(Cookie::new("__Host-sid", "1")).await;
    assert_eq!(host, "__Host-sid=1; HttpOnly; SameSite=Lax; Secure; Path=/");
    let secure = Cookie::new("__Secure-sid", "1").path("/deep").domain("a.example");
    let expected = "__Secure-sid=1; HttpOnly; SameSite=Lax; Secure; Path=/deep; Domain=a.example";
    assert_eq!(added(secure).await, expected);
    let foreign = Cookie::new("widget", "1").same_site(SameSite::None);
    assert_eq!(added(foreign).await, "widget=1; HttpOnly; SameSite=None; Secure; Path=/");
    // Browsers compare prefixes in any case (RFC 6265bis, section 4.1.3).
    assert!(added(Cookie::new("__host-sid", "1")).await.contains("; Secure; Path=/"));
}

/// S-119: also where a proxy in front has the TLS.
#[tokio::test]
async fn what_goes_over_tls_comes_back_over_tls_alone() {
    let set = async || {
        let plain = Cookie::new("plain", "1").secure(false);
        (SetCookies::new().add(Cookie::new("user", "1")).add(plain).remove("old"), "x")
    };
    let app = serve(Routes::new().get("/", set)).await;
    let over_tls = written(&app.get("/").secure().await);
    assert_eq!(over_tls[0], "user=1; HttpOnly; SameSite=Lax; Secure; Path=/");
    assert_eq!(over_tls[1], "plain=1; HttpOnly; SameSite=Lax; Path=/");
    assert!(over_tls[2].contains("; Secure; "), "{}", over_tls[2]);
    assert_eq!(written(&app.get("/").await)[0], "user=1; HttpOnly; SameSite=Lax; Path=/");
}

/// S-117: what a cookie says of itself is on its line, and each cookie has a line.
#[tokio::test]
async fn a_cookie_says_how_long_where_and_from_where() {
    let build = |name: &'static str| Cookie::new(name, "1");
    let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let all = SetCookies::new()
        .add(build("month").max_age(Duration::from_hours(30 * 24)).same_site(SameSite::Strict))
        .add(build("date").expires(noon).path("/shelf"))
        .add(build("wide").domain("a.example").secure(true).http_only(false))
        .remove("gone");
    let lines = line(all).await;
    let (lines, gone) = lines.rsplit_once('\n').unwrap();
    assert_eq!(
        lines,
        "month=1; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000\n\
         date=1; HttpOnly; SameSite=Lax; Path=/shelf; Expires=Tue, 14 Nov 2023 22:13:20 GMT\n\
         wide=1; SameSite=Lax; Secure; Path=/; Domain=a.example"
    );
    let head = "gone=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0";
    assert_eq!(gone, format!("{head}; Expires=Thu, 01 Jan 1970 00:00:00 GMT"));
    // A year of five digits is no date of a cookie, and has no end that anybody sees.
    let last = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
    let late = last + Duration::from_secs(1);
    assert_eq!(added(build("late").expires(late)).await, "late=1; HttpOnly; SameSite=Lax; Path=/");
    let last = added(build("last").expires(last)).await;
    assert!(last.ends_with("; Expires=Fri, 31 Dec 9999 23:59:59 GMT"), "{last}");
}

#[tokio::test]
async fn what_a_browser_keeps_it_also_forgets() {
    let app = serve(
        Routes::new()
            .get("/in", async || (SetCookies::new().add(Cookie::new("__Host-sid", "1")), "in"))
            .get("/out", async || (SetCookies::new().remove("__Host-sid"), "out")),
    )
    .await;
    app.get("/in").await.assert_ok();
    assert_eq!(app.cookie("__Host-sid").as_deref(), Some("1"));
    let out = written(&app.get("/out").await);
    assert!(out[0].starts_with("__Host-sid=; HttpOnly; SameSite=Lax; Secure; Path=/"), "{out:?}");
    assert_eq!(app.cookie("__Host-sid"), None);
}

#[tokio::test]
async fn a_cookie_that_browsers_would_drop_is_an_error() {
    let build = |name: &'static str| Cookie::new(name, "1");
    for (cookie, reason) in [
        (build("__Host-a").path("/deep"), "`Path=/`"),
        (build("__Host-a").domain("a.example"), "no `Domain`"),
        (build("__Host-a").secure(false), "`Secure`"),
        (build("__Secure-a").secure(false), "`Secure`"),
        (build("a").same_site(SameSite::None).secure(false), "`Secure`"),
        (build("a").path("/a;b"), "path"),
        (build("a").path("/é"), "path"),
        (build("a").domain("bücher.example"), "domain"),
        (build("a b"), "name"),
        (build("a;b"), "name"),
        (build(""), "name"),
    ] {
        let said = added(cookie).await;
        assert!(said.starts_with("500: ") && said.contains(reason), "{said}");
    }
    // What counts is the value as it is sent: `é` has six bytes there.
    let said = added(Cookie::new("four", format!("é{}", "x".repeat(4_087)))).await;
    assert!(said.contains("4,096 bytes"), "{said}");
    let kept = added(Cookie::new("four", format!("é{}", "x".repeat(4_086)))).await;
    assert!(kept.starts_with("four=%C3%A9x"), "{kept}");
}

#[tokio::test]
async fn a_value_comes_back_as_it_was_set() {
    let value = "a; b=\"c\", 100% é\\\r\n";
    let set = move || async move { (SetCookies::new().add(Cookie::new("a#b", value)), "x") };
    let app = serve(Routes::new().get("/set", set).get("/", show)).await;
    app.get("/set").await.assert_ok();
    app.get("/").await.assert_text(&format!("a#b={value}|"));
    let cookies = Cookies::of(&Request::new(Method::GET, "/"));
    assert_eq!(cookies.iter().count(), 0);
}
