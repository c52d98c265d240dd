use axum::routing::get;
use axum::Router;

mod loans {
    pub struct Loans;
}

#[axum::debug_handler]
async fn index(loans: Option<crate::loans::Loans>) -> &'static str {
    if loans.is_some() { "some" } else { "none" }
}

fn main() {
    let _ = Router::<()>::new().route("/loans", get(index));
}
