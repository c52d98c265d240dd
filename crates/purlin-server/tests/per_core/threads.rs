//! Which thread does what.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::time::Duration;

use purlin_core::{App, Routes};
use purlin_server::{Server, ServerConfig, Workers};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// The thread, after it could have been another one.
async fn thread() -> String {
    tokio::time::sleep(Duration::from_millis(1)).await;
    let inner = tokio::spawn(async { std::thread::current().id() }).await.unwrap();
    let thread = std::thread::current();
    assert_eq!((thread.name(), thread.id()), (Some("purlin-worker"), inner));
    format!("{inner:?}\n")
}

#[tokio::test]
async fn a_connection_stays_with_the_thread_that_has_accepted_it() {
    let app = App::new("t").routes(Routes::new().get("/", thread)).without_request_log();
    let service = app.assemble().unwrap().start().await.unwrap().service();
    let server = Server::bind(&ServerConfig::default().port(0)).unwrap();
    let address = server.local_addr();
    let workers = Workers::start(NonZeroUsize::new(3)).unwrap();
    tokio::spawn(async move {
        let end = std::future::pending::<()>();
        server.serve_on(&workers, service, end).await
    });
    let mut all = HashSet::new();
    for _ in 0..10 {
        let mut client = TcpStream::connect(address).await.unwrap();
        let (mut reader, mut writer) = client.split();
        let requests = "GET / HTTP/1.1\r\nHost: t\r\n\r\n".repeat(4)
            + "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
        tokio::io::AsyncWriteExt::write_all(&mut writer, requests.as_bytes()).await.unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).await.unwrap();
        let threads: HashSet<&str> =
            text.lines().filter_map(|line| line.strip_prefix("ThreadId(")).collect();
        assert_eq!((threads.len(), text.matches("200 OK").count()), (1, 5), "{text}");
        all.extend(threads.into_iter().map(str::to_owned));
    }
    assert!(all.len() <= 3, "{all:?}");
}
