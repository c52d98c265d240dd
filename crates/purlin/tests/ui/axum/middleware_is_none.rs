use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn;
use axum::response::Response;

#[axum::debug_middleware]
async fn log(request: Request) -> Response {
    let _ = request;
    Response::default()
}

fn main() {
    let _ = Router::<()>::new().layer(from_fn(log));
}
