use axum::routing::get;
use axum::Router;
use axum::extract::Path;

struct Loans;

#[axum::debug_handler]
async fn show(Path(id): Path<Loans>) -> String {
    let Loans = id;
    String::new()
}

fn main() {
    let _ = Router::<()>::new().route("/loans/{id}", get(show));
}
