struct Books;

impl Books {
    #[axum::debug_handler]
    async fn index(&self) -> &'static str {
        "all books"
    }
}

fn main() {
    let _ = Books::index;
}
