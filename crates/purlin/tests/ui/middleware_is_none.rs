//! A function that is no middleware.
//!
//! error: is not a middleware
//! at: log
//! help: a middleware is `async fn(

use purlin::{Request, Response, Result, Routes};

async fn log(request: Request) -> Result<Response> {
    let _ = request;
    Ok(Response::text(purlin::http::StatusCode::OK, ""))
}

fn main() {
    let _ = Routes::new().middleware(log);
}
