//! How a connection ends.
//!
//! S-011.

use std::time::Duration;

use crate::harness::{Client, LARGE, start};

const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";
const LAST: &str = "GET /large HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

/// Reads a long answer slowly, long after the server had done with it.
async fn read_slowly(client: &mut Client) {
    let head = client.until("\r\n\r\n").await;
    assert!(head.contains(&format!("content-length: {LARGE}\r\n")), "{head}");
    for _ in 0..LARGE / 40_000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        client.exactly(40_000).await;
    }
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn an_answer_is_whole_although_more_comes_behind_its_request() {
    let server = start().await;
    for more in ["\r\n", GET] {
        let mut client = server.connect_narrow().await;
        client.send(LAST).await;
        client.until("HTTP/1.1 200 OK\r\n").await;
        client.send(more).await;
        read_slowly(&mut client).await;
    }
}

#[tokio::test]
async fn an_answer_is_whole_although_more_has_come_when_the_server_stops() {
    let server = start().await;
    let (mut client, mut idle) = (server.connect_narrow().await, server.connect().await);
    idle.send(GET).await;
    idle.answer().await;
    client.send("GET /held HTTP/1.1\r\nHost: t\r\n\r\n").await;
    server.begun(1).await;
    let held = server.held();
    let stopped = server.stop();
    assert!(idle.is_closed().await);
    // More than is read along with a request, so that the system has some of it at the end.
    client.send(GET.repeat(2_000)).await;
    held.notify_one();
    read_slowly(&mut client).await;
    assert_eq!(stopped.await.unwrap().cut, 0);
}
