use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

struct Loans;

#[axum::debug_middleware]
async fn log(loans: Loans, request: Request, next: Next) -> Response {
    let Loans = loans;
    next.run(request).await
}

fn main() {
    let _ = Router::<()>::new().layer(from_fn(log));
}
