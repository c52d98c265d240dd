//! The application.

use std::process::ExitCode;
use std::thread;

use purlin::bytes::Bytes;
use purlin::{App, Inject, Tasks, get, post, routes};

use crate::process::say;

/// Holds its thread for ever.
#[get("/block")]
fn block() -> &'static str {
    say("blocked");
    loop {
        thread::park();
    }
}

/// Waits for a body.
#[post("/upload")]
async fn upload(body: Bytes) -> String {
    body.len().to_string()
}

/// Begins a task that never ends.
#[post("/task")]
async fn task(tasks: Inject<Tasks>) -> &'static str {
    tasks.spawn("endless", std::future::pending());
    "begun"
}

pub(crate) fn main() -> ExitCode {
    match purlin::run(|| App::new("process").routes(routes![block, upload, task])) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => panic!("it is printed and not returned: {error}"),
    }
}
