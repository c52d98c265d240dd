//! Handlers called directly.
//!
//! S-071, S-263, SC-13.

use std::sync::Arc;

use http::StatusCode;
use purlin_core::{
    Dependency, Error, Inject, Json, Outline, Path, Place, Problem, Problems, Query, Reported,
    Request, Result, Scoped, Site,
};
use purlin_test::MockRequest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::ask::failure;
use crate::by_hand::route;

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct User {
    id: u32,
    name: String,
}

#[derive(Debug)]
struct NoUser;

impl std::fmt::Display for NoUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is no such user")
    }
}

impl std::error::Error for NoUser {}

impl Problem for NoUser {
    fn document(problems: &mut Problems) {
        problems.add(StatusCode::NOT_FOUND, "no_user", "there is no such user");
    }

    fn outline(&self) -> Outline {
        Outline::new(StatusCode::NOT_FOUND, "no_user")
            .detail(self.to_string())
            .member("error", "User not found")
    }
}

async fn show(Path(id): Path<u32>) -> Result<Json<User>, NoUser> {
    match id {
        1 => Ok(Json(User { id, name: "Test User".to_owned() })),
        _ => Err(NoUser),
    }
}

route!(show_user = "GET" "/api/users/{id}" => show);

// SC-13.
#[tokio::test]
async fn one_request_is_changed_and_used_again() {
    let mut request = MockRequest::get("/api/users/1").param("id", "1");
    let response = request.call::<show_user>().await;
    response.assert_status(200).assert_json(&json!({ "id": 1, "name": "Test User" }));

    request.set_param("id", "999");
    let response = request.call::<show_user>().await;
    response
        .assert_problem(404, "no_user")
        .assert_json_includes(&json!({ "error": "User not found" }));
    assert!(response.error().unwrap().find::<NoUser>().is_some());
}

#[tokio::test]
async fn a_path_without_parameters_set_is_taken_as_it_is() {
    MockRequest::get("/api/users/1").call::<show_user>().await.assert_ok();
}

#[derive(Debug, Deserialize, JsonSchema, garde::Validate)]
struct Search {
    #[garde(skip)]
    q: String,
}

async fn search(
    Path((org, rest)): Path<(String, String)>,
    query: Query<Search>,
    headers: http::HeaderMap,
) -> String {
    let token = headers.get("authorization").and_then(|value| value.to_str().ok());
    format!("{org} {rest} {} {}", query.q, token.unwrap_or_default())
}

route!(search_files = "GET" "/files/{*rest}" => search);

#[tokio::test]
async fn parameters_are_encoded_and_those_of_a_prefix_go_before() {
    let request =
        MockRequest::get("/any?q=x").param("org", "a/b ü").param("rest", "c/d e").bearer("token");
    request.call::<search_files>().await.assert_text("a/b ü c/d e x Bearer token");
    request.query(&[("q2", "1")]).call::<search_files>().await.assert_ok();
}

struct Reader(&'static str);

#[allow(non_camel_case_types, reason = "as an attribute would name it")]
enum reader {}

impl Dependency for reader {
    type Value = Reader;
    type Prepared = ();
    const PLACE: Place = Place::new("reader", file!(), line!());

    fn prepare(_site: &mut Site<'_>) -> Result<(), Reported> {
        Ok(())
    }

    fn begin<'a>(
        (): &'a (),
        _request: &'a mut Request,
    ) -> std::pin::Pin<
        Box<dyn Future<Output = Result<purlin_core::BoxFuture<Result<Reader>>>> + Send + 'a>,
    > {
        Box::pin(async { Err(Error::unauthorized("Bearer", "sign in")) })
    }
}

trait Clock: Send + Sync {
    fn year(&self) -> u32;
}

struct Fixed(u32);

impl Clock for Fixed {
    fn year(&self) -> u32 {
        self.0
    }
}

struct Greeting(&'static str);

async fn greet(
    reader: Scoped<reader>,
    greeting: Inject<Greeting>,
    clock: Inject<dyn Clock>,
    body: Json<purlin_core::Unchecked<Vec<u8>>>,
) -> String {
    format!("{} {} in {}: {:?}", greeting.0, reader.0, clock.year(), body.0.0)
}

route!(greet_reader = "POST" "/" => greet);

#[tokio::test]
async fn what_a_handler_needs_is_provided_by_hand() {
    let request = MockRequest::post("/")
        .provide(Greeting("hello"))
        .provide_as::<dyn Clock>(Arc::new(Fixed(1854)))
        .instead_of::<reader>(Reader("anna"))
        .json(&[1, 2]);
    for _ in 0..2 {
        request.call::<greet_reader>().await.assert_text("hello anna in 1854: [1, 2]");
    }
}

#[tokio::test]
async fn what_is_missing_is_reported() {
    let said = crate::ask::failure_of(MockRequest::post("/").call::<greet_reader>()).await;
    assert!(said.contains("greet_reader → Greeting: not provided"), "{said}");
    let said = failure(|| MockRequest::get("/").param("other", 1).call::<show_user>());
    assert!(
        said.starts_with("the path parameter `{id}` of `/api/users/{id}` has no value"),
        "{said}"
    );
}

#[tokio::test]
async fn headers_can_be_set_again() {
    let mut request = MockRequest::get("/any?q=x").param("org", "a").param("rest", "b");
    request.set_header("authorization", "one");
    request.set_header("authorization", "two");
    request.call::<search_files>().await.assert_text("a b x two");
}
