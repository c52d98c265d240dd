//! Clients, and addresses of routes as targets.
//!
//! S-056, S-262.

use purlin_core::{App, Path, Redirect, Routes, Url, Urls};
use purlin_test::TestApp;

use crate::ask::failure;
use crate::by_hand::route;

async fn show(Path((org, id)): Path<(String, u32)>) -> String {
    format!("{org} {id}")
}

route!(show_item = "GET" "/items/{id}" => show);
route!(unmounted = "GET" "/nowhere" => async || "x");

fn url(org: &str, id: u32) -> Url {
    let parameters = vec![("org", org.to_owned()), ("id", id.to_string())];
    Url::of_route::<show_item>("show_item", parameters)
}

async fn first() -> Redirect {
    Redirect::to(url("a b", 1))
}

async fn app() -> TestApp {
    let items = Routes::new().route::<show_item>();
    let app = App::new("test").nest("/api/{org}", items);
    TestApp::start(app.routes(Routes::new().get("/first", first))).await
}

#[tokio::test]
async fn an_address_is_a_target_wherever_it_is_mounted() {
    let app = app().await;
    app.get(url("me & you", 7)).await.assert_text("me & you 7");
    app.get(url("x", 7).with_query(&[("q", "1")]).unwrap().with_fragment("top"))
        .await
        .assert_text("x 7");
    app.get(String::from("/api/x/items/7")).await.assert_text("x 7");
    app.get("/first").await.assert_redirect(url("a b", 1)).assert_redirect("/api/a%20b/items/1");
}

#[tokio::test]
async fn an_address_that_is_not_mounted_is_told() {
    let app = app().await;
    let said = failure(|| app.get(Url::of_route::<unmounted>("unmounted", vec![])));
    assert!(said.contains("the address of `unmounted` is wanted"), "{said}");
    let incomplete = Url::of_route::<show_item>("show_item", vec![("id", "7".to_owned())]);
    let said = failure(|| app.get(incomplete));
    assert!(said.contains("needs `{org}`"), "{said}");
}

#[tokio::test]
async fn urls_know_the_prefix_of_the_request() {
    async fn links(urls: Urls, Path(_): Path<String>) -> purlin_core::Result<String> {
        urls.to(&Url::of_route::<show_item>("show_item", vec![("id", "7".to_owned())]))
    }
    let routes = Routes::new().route::<show_item>().get("/links", links);
    let app = TestApp::start(App::new("test").nest("/{org}", routes)).await;
    app.get("/j%C3%B6rg/links").await.assert_text("/j%C3%B6rg/items/7");
}

#[tokio::test]
async fn requests_run_side_by_side() {
    let app = app().await;
    let (one, two) = tokio::join!(app.get("/api/a/items/1"), app.get("/api/b/items/2"));
    one.assert_text("a 1");
    two.assert_text("b 2");
}
