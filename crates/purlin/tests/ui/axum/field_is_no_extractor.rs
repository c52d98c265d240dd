use axum::Router;
use axum::extract::FromRequestParts;
use axum::routing::get;

struct Loans;

#[derive(FromRequestParts)]
struct Context {
    loans: Loans,
}

#[axum::debug_handler]
async fn me(context: Context) -> &'static str {
    let Loans = context.loans;
    "me"
}

fn main() {
    let _ = Router::<()>::new().route("/me", get(me));
}
