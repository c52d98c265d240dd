//! What a route with an attribute refuses before its handler is called is not kept under the key.

use garde::Validate;
use purlin::{
    App, Error, Fault, FaultIn, Idempotency, Json, Query, Result, Scoped, dependency, post, routes,
};
use purlin_test::TestApp;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, Validate)]
struct Sum {
    #[garde(range(min = 1))]
    cents: u32,
}

#[post("/pay")]
async fn pay(sum: Json<Sum>) -> Result<String> {
    match sum.cents {
        13 => Err(Error::invalid(vec![Fault::new(FaultIn::Body, "/cents", "odd", "is odd")])),
        cents => Ok(cents.to_string()),
    }
}

#[dependency]
async fn account(sum: Query<Sum>) -> Result<u32> {
    Ok(sum.cents)
}

/// It is given what was wrong, and says so itself.
#[post("/handed")]
async fn handed(account: Result<Scoped<account>, Error>) -> Result<String> {
    Ok(account?.to_string())
}

#[purlin_test::test]
async fn what_was_refused_before_the_handler_may_be_corrected_under_its_key() {
    let routes = routes![pay, handed].middleware(Idempotency::required());
    let app = TestApp::start(App::new("shop").routes(routes)).await;
    let pay = async |key: &str, cents: i32| {
        let draft = app.post("/pay").header("idempotency-key", key);
        draft.json(&serde_json::json!({ "cents": cents })).await
    };
    pay("a", 0).await.assert_problem(422, "invalid_input");
    pay("a", 7).await.assert_text("7");
    pay("b", 13).await.assert_problem(422, "invalid_input");
    pay("b", 7).await.assert_problem(422, "idempotency_key_reused");
    let handed = async |replayed: Option<&str>| {
        let answer = app.post("/handed?cents=0").header("idempotency-key", "c").await;
        answer.assert_problem(422, "invalid_input");
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    };
    handed(None).await;
    handed(Some("true")).await;
}
