use axum::routing::get;
use axum::Router;
use axum::extract::Path;

struct Loans;

#[axum::debug_handler]
async fn index(Path(id): Path<u64>, loans: Loans) -> String {
    let Loans = loans;
    id.to_string()
}

fn main() {
    let _ = Router::<()>::new().route("/loans/{id}", get(index));
}
