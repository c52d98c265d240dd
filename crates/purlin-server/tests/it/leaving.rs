//! Clients that leave before their answer is out, and those that only seem to.
//!
//! S-073.

use std::time::Duration;

use purlin_server::ServerConfig;
use purlin_test::Log;
use tokio::io::AsyncWriteExt;

use crate::harness::{Client, Running, start, start_here, start_with};

/// How a client leaves.
const CLOSES: fn(Client) = drop::<Client>;
const RESETS: fn(Client) = Client::reset;

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n")
}

/// Asks, and leaves once a handler is at it; the handler has to be dropped then.
async fn check(request: &[u8], leave: fn(Client)) {
    let server = start().await;
    let mut client = server.connect().await;
    client.send(request).await;
    server.begun(1).await;
    leave(client);
    server.given_up(1).await;
    server.until(|stats| stats.open() == 0).await;
}

#[tokio::test]
async fn a_handler_that_waits_is_dropped() {
    check(get("/wait").as_bytes(), CLOSES).await;
    check(get("/wait").as_bytes(), RESETS).await;
}

#[tokio::test]
async fn a_producer_that_is_silent_is_dropped() {
    check(get("/silent").as_bytes(), CLOSES).await;
    check(get("/silent").as_bytes(), RESETS).await;
}

#[tokio::test]
async fn a_producer_that_sends_now_and_then_is_dropped() {
    check(get("/ticking").as_bytes(), CLOSES).await;
    check(get("/ticking").as_bytes(), RESETS).await;
}

#[tokio::test]
async fn a_request_behind_hides_no_leaving() {
    let requests = |count: usize| format!("{}{}", get("/wait"), get("/").repeat(count));
    check(requests(500).as_bytes(), CLOSES).await;
    // So many that the system of the server takes no more; an end would come behind them.
    check(requests(10_000).as_bytes(), RESETS).await;
}

#[tokio::test]
async fn a_body_that_nobody_reads_hides_no_leaving() {
    let head = "POST /wait HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n";
    let request = |length: usize| format!("{head}{}", "x".repeat(length));
    check(request(20_000).as_bytes(), CLOSES).await;
    check(request(500_000).as_bytes(), RESETS).await;
}

#[tokio::test]
async fn a_request_that_is_behind_another_is_dropped_with_it() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send(format!("{}{}", get("/"), get("/wait"))).await;
    server.begun(1).await;
    assert_eq!(client.answer().await.body, "hello");
    drop(client);
    server.given_up(1).await;
}

#[tokio::test]
async fn a_request_that_is_given_up_has_its_line_in_the_log() {
    let log = Log::begin();
    let server = start_here(ServerConfig::default().port(0), |app| app).await;
    let mut client = server.connect().await;
    client.send(get("/wait")).await;
    server.begun(1).await;
    client.reset();
    server.given_up(1).await;
    server.until(|stats| stats.open() == 0).await;
    let text = log.text();
    let line = text.lines().find(|line| line.contains("purlin::request")).unwrap_or_default();
    assert!(line.contains("request given up") && line.contains("/wait"), "{text}");
}

#[tokio::test]
async fn a_stream_without_its_client_does_not_hold_the_shutdown() {
    let server = start().await;
    let mut clients = Vec::new();
    for path in ["/wait", "/silent", "/ticking"] {
        let mut client = server.connect().await;
        client.send(get(path)).await;
        clients.push(client);
    }
    server.begun(3).await;
    drop(clients);
    assert_eq!(server.stop().await.unwrap().cut, 0);
}

async fn half_closed(server: &Running, request: &str) -> Client {
    let mut client = server.connect().await;
    client.send(request).await;
    client.stream.shutdown().await.unwrap();
    client
}

#[tokio::test]
async fn a_half_closed_connection_gets_the_answers_that_come_soon() {
    let server = start().await;
    let requests = get("/sleep").repeat(8) + &get("/").repeat(100) + &get("/sleep");
    let mut client = half_closed(&server, &requests).await;
    for at in 0..109 {
        let answer = client.answer().await;
        assert_eq!(answer.body, if at % 108 < 8 { "slept" } else { "hello" });
    }
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_half_closed_connection_gets_all_of_a_long_answer() {
    let server = start().await;
    let mut client = half_closed(&server, &get("/stream")).await;
    let mut text = String::new();
    for _ in 0..16 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        text += &client.exactly(1 << 20).await;
    }
    text += &client.rest().await;
    let body = text.split_once("\r\n\r\n").unwrap().1;
    assert_eq!(body.matches('x').count(), 32 << 20);
}

#[tokio::test]
async fn a_half_closed_connection_is_not_waited_for_long() {
    let server = start().await;
    let mut client = half_closed(&server, &get("/wait")).await;
    assert!(client.is_closed().await);
    server.given_up(1).await;
}

#[tokio::test]
async fn a_half_closed_connection_is_waited_for_where_that_is_set() {
    let server = start_with(ServerConfig::default().port(0).half_close(true)).await;
    let mut client = half_closed(&server, &get("/sleep/long")).await;
    assert_eq!(client.answer().await.body, "slept");
    let client = half_closed(&server, &get("/wait")).await;
    server.begun(2).await;
    client.reset();
    server.given_up(1).await;
}
