//! A middleware with an argument that is no extractor.
//!
//! error: is not a middleware
//! at: log
//! help: a middleware is `async fn(

use purlin::{Next, Request, Response, Result, Routes};

struct Loans;

async fn log(loans: Loans, request: Request, next: Next) -> Result<Response> {
    let Loans = loans;
    Ok(next.run(request).await)
}

fn main() {
    let _ = Routes::new().middleware(log);
}
