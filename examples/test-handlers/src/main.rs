//! Calling a handler directly with a request made by hand (SC-13).
//!
//! Run with: `cargo run -p example-test-handlers`

use purlin::{App, Error, Json, Result, get, routes};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Serialize, JsonSchema)]
struct User {
    id: u32,
    name: &'static str,
}

/// Show a user.
#[get("/api/users/{id}")]
async fn show(id: u32) -> Result<Json<User>> {
    match id {
        1 => Ok(Json(User { id, name: "Test User" })),
        _ => Err(Error::not_found("User not found")),
    }
}

fn main() -> Result {
    purlin::run(|| App::new("test-handlers").routes(routes![show]))
}

#[cfg(test)]
mod tests {
    use purlin_test::MockRequest;
    use serde_json::json;

    use super::show;

    /// SC-13, S-071, S-263: the same request, changed and used again.
    #[purlin_test::test]
    async fn a_handler_is_called_with_a_request_made_by_hand() {
        let mut request = MockRequest::get("/api/users/1").param("id", "1");
        let response = request.call::<show>().await;
        response.assert_status(200).assert_json(&json!({ "id": 1, "name": "Test User" }));

        request.set_param("id", "999");
        let response = request.call::<show>().await;
        response.assert_problem(404, "not_found");
        assert_eq!(response.json_value()["detail"], "User not found");
    }

    /// The attribute leaves the function what it was: it can be called as any other.
    #[purlin_test::test]
    async fn a_handler_is_a_function() {
        let user = show(1).await.unwrap();
        assert_eq!(user.name, "Test User");
    }
}
