//! Two processes with one library: the server, and a command such as `seed` beside it.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use purlin::data::{Database, DatabaseConfig, sqlx};
use purlin_test::TestApp;
use serde_json::json;

/// Changes the library, slowly.
async fn change(url: String, begun: Sender<()>) {
    let config = DatabaseConfig::default().url(url.parse().unwrap());
    let database = Database::open(&config, Path::new("")).await.unwrap();
    let mut transaction = database.write().begin_with("BEGIN IMMEDIATE").await.unwrap();
    let change = sqlx::query("UPDATE books SET copies = copies + 1");
    change.execute(&mut *transaction).await.unwrap();
    begun.send(()).unwrap();
    // Long enough for a request to have read what is about to change.
    thread::sleep(Duration::from_millis(300));
    transaction.commit().await.unwrap();
}

#[purlin_test::test]
async fn a_request_waits_for_another_process_that_writes() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("two-processes.sqlite");
    let _ = std::fs::remove_file(&file);
    let url = format!("sqlite:{}", file.display());
    let app = TestApp::of(bookshelf::app()).configure("database.url", url.as_str()).start().await;
    let (sender, begun) = channel();
    let other = thread::spawn(move || {
        purlin::server::runtime(None).unwrap().block_on(change(url, sender));
    });
    begun.recv().unwrap();
    let book = json!({
        "title": "Sanditon", "author": "Nobody Before", "year": 1925, "language": "en",
        "pages": 250, "copies": 1, "tags": ["novel"],
    });
    app.post("/api/books").bearer("librarian-clara").json(&book).await.assert_status(201);
    other.join().unwrap();
}
