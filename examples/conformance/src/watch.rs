//! What the server says of itself to those who watch for leaks.

use purlin::get;
use tokio::runtime::Handle;

/// How many tasks there are: one per connection, the one that asks included, and what they spawned.
#[get("/tasks")]
pub async fn tasks() -> String {
    Handle::current().metrics().num_alive_tasks().to_string()
}
