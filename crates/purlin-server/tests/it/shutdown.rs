//! How a server stops.
//!
//! S-032, S-034.

use std::sync::Arc;
use std::time::{Duration, Instant};

use purlin_server::{Server, ServerConfig};
use tokio::net::TcpStream;

use crate::harness::{start, start_with};

const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";
const SLEEP: &str = "GET /sleep/long HTTP/1.1\r\nHost: t\r\n\r\n";

#[tokio::test]
async fn a_request_in_flight_is_answered_and_no_other_is_taken() {
    let server = start().await;
    let address = server.address;
    let mut client = server.connect().await;
    client.send(GET).await;
    client.answer().await;
    client.send(SLEEP).await;
    server.begun(1).await;
    let stopped = server.stop();
    let answer = client.answer().await;
    assert_eq!(answer.body, "slept");
    assert!(answer.closes(), "{}", answer.head);
    assert!(client.is_closed().await);
    assert_eq!(stopped.await.unwrap().cut, 0);
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn an_idle_connection_does_not_keep_it() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send(GET).await;
    client.answer().await;
    let begun = Instant::now();
    assert_eq!(server.stop().await.unwrap().cut, 0);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_connection_that_has_asked_nothing_is_given_a_moment() {
    let server = start().await;
    let mut early = server.connect().await;
    let _late = server.connect().await;
    server.until(|stats| stats.open() == 2).await;
    let stopped = server.stop();
    tokio::time::sleep(Duration::from_millis(20)).await;
    early.send(GET).await;
    assert!(early.answer().await.closes());
    assert_eq!(stopped.await.unwrap().cut, 0);
}

#[tokio::test]
async fn what_the_system_has_accepted_is_answered() {
    let routes = crate::harness::routes(&Arc::default());
    let app = purlin_core::App::new("t").routes(routes).without_request_log();
    let service = app.assemble().unwrap().start().await.unwrap().service();
    let server = Server::bind(&ServerConfig::default().port(0)).unwrap();
    // It listens, and nobody accepts: these wait in the backlog.
    let address = server.local_addr();
    let clients: Vec<_> = (0..10)
        .map(|_| {
            use std::io::Write;
            let mut client = std::net::TcpStream::connect(address).unwrap();
            client.write_all(GET.as_bytes()).unwrap();
            client
        })
        .collect();
    let stats = server.stats();
    let stopped = server.serve(service, async {}).await.unwrap();
    assert_eq!((stopped.cut, stats.accepted(), stats.open()), (0, 10, 0));
    for mut client in clients {
        use std::io::Read;
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        assert!(text.contains("\r\nconnection: close\r\n") && text.ends_with("hello"), "{text}");
    }
}

#[tokio::test]
async fn what_takes_too_long_is_cut_and_counted() {
    let config = ServerConfig::default().port(0).shutdown_timeout(Duration::from_millis(30));
    let server = start_with(config).await;
    let mut clients = [server.connect().await, server.connect().await];
    for client in &mut clients {
        client.send(SLEEP).await;
    }
    server.begun(2).await;
    assert_eq!(server.stop().await.unwrap().cut, 2);
}

#[tokio::test]
async fn a_port_in_use_is_told_in_one_line() {
    let server = start().await;
    let port = server.address.port();
    let error = Server::bind(&ServerConfig::default().port(port)).unwrap_err();
    assert!(error.is_in_use());
    assert_eq!(
        error.to_string(),
        format!(
            "cannot listen on 127.0.0.1:{port}: the address is in use; another server runs there, \
             or set `server.port`"
        )
    );
}
