//! How a connection ends.
//!
//! S-011.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;

use crate::harness::{Client, LARGE, start};

const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";
const LAST: &str = "GET /large HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

/// Sends something more while the answer comes, and reads the rest of it slowly, long after the
/// server had done with it.
async fn check(client: &mut Client, more: &str) {
    client.send(more).await;
    let head = client.until("\r\n\r\n").await;
    assert!(head.contains(&format!("content-length: {LARGE}\r\n")), "{head}");
    for _ in 0..LARGE / 40_000 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        client.exactly(40_000).await;
    }
    assert!(client.is_closed().await);
}

/// Waits until nobody is let in any more: a thread of its own may learn of the stop later than a client
/// is heard.
async fn is_stopping(address: SocketAddr) {
    for _ in 0..10_000 {
        if TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("the server still lets clients in");
}

#[tokio::test]
async fn an_answer_is_whole_although_more_comes_behind_its_request() {
    let server = start().await;
    for more in ["\r\n", GET] {
        let mut client = server.connect_narrow().await;
        client.send(LAST).await;
        client.until("HTTP/1.1 200 OK\r\n").await;
        check(&mut client, more).await;
    }
}

#[tokio::test]
async fn an_answer_is_whole_although_more_comes_while_the_server_stops() {
    let server = start().await;
    let mut client = server.connect_narrow().await;
    client.send(LAST.replace("close", "keep-alive")).await;
    client.until("HTTP/1.1 200 OK\r\n").await;
    let address = server.address;
    let stopped = server.stop();
    is_stopping(address).await;
    check(&mut client, GET).await;
    assert_eq!(stopped.await.unwrap().cut, 0);
}
