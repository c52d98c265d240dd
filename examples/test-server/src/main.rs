//! A test that starts the built server, uses it over HTTP and stops it (SC-14); see `tests/`.
//!
//! Run with: `cargo run -p example-test-server`

use std::sync::Mutex;

use garde::Validate;
use purlin::{App, Created, Inject, Json, Result, get, post, routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Default)]
struct Users(Mutex<Vec<User>>);

#[derive(Clone, Serialize, JsonSchema)]
struct User {
    id: usize,
    name: String,
    email: String,
}

#[derive(Deserialize, JsonSchema, Validate)]
struct NewUser {
    #[garde(length(chars, min = 1, max = 100))]
    name: String,
    #[garde(email)]
    email: String,
}

#[get("/api/users")]
async fn index(users: Inject<Users>) -> Json<Vec<User>> {
    Json(users.all().clone())
}

#[post("/api/users")]
async fn create(new: Json<NewUser>, users: Inject<Users>) -> Created<Json<User>> {
    let mut all = users.all();
    let Json(NewUser { name, email }) = new;
    let user = User { id: all.len() + 1, name, email };
    all.push(user.clone());
    Created::at(show::url(user.id), Json(user))
}

#[get("/api/users/{id}")]
async fn show(id: usize, users: Inject<Users>) -> Option<Json<User>> {
    users.all().iter().find(|user| user.id == id).cloned().map(Json)
}

impl Users {
    fn all(&self) -> std::sync::MutexGuard<'_, Vec<User>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Runs once, when the last request is answered.
async fn say_goodbye(users: Inject<Users>) -> Result {
    tracing::info!(users = users.all().len(), "goodbye");
    Ok(())
}

fn app() -> App {
    App::new("test-server")
        .provide(Users::default())
        .routes(routes![index, create, show])
        .on_stop(say_goodbye)
}

fn main() -> Result {
    purlin::run(app)
}
