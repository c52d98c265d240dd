use axum::Router;
use axum::routing::get;

struct Loans;

fn main() {
    let _ = Router::<()>::new().route("/", get(async |loans: Loans| { let Loans = loans; "" }));
}
