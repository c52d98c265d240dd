//! SC-14: the built server as a child process.

use purlin_test::TestServer;
use serde_json::{Value, json};

/// SC-14, S-267
#[purlin_test::test]
async fn the_built_server_answers_and_stops() {
    let server = TestServer::start(env!("CARGO_BIN_EXE_example-test-server"), []).await;

    let users: Value = server.get("/api/users").await.assert_status(200).json();
    assert_eq!(users, json!([]));

    let new = json!({ "name": "New User", "email": "new@example.com" });
    let created: Value = server.post("/api/users").json(&new).await.assert_status(201).json();
    assert_eq!(created["name"], "New User");

    let path = format!("/api/users/{}", created["id"]);
    let user: Value = server.get(&path).await.assert_status(200).json();
    assert_eq!(user["name"], "New User");

    let exit = server.interrupt().await;
    assert!(exit.success(), "{exit}");
}
