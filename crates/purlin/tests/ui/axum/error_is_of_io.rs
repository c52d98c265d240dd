use axum::routing::get;
use axum::Router;

#[axum::debug_handler]
async fn motd() -> Result<String, std::io::Error> {
    std::fs::read_to_string("/etc/motd")
}

fn main() {
    let _ = Router::<()>::new().route("/motd", get(motd));
}
