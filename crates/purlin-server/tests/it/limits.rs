//! How many connections there may be, and how many requests on each.
//!
//! S-012.

use std::num::NonZeroU32;

use purlin_server::ServerConfig;

use crate::harness::start_with;

const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

fn config() -> ServerConfig {
    ServerConfig::default().port(0)
}

#[tokio::test]
async fn one_connection_more_than_there_may_be_waits_for_a_place() {
    let server = start_with(config().max_connections(NonZeroU32::new(2))).await;
    let mut first = server.connect().await;
    first.send(GET).await;
    assert_eq!(first.answer().await.body, "hello");
    // A thread that looks out for the next one has a place for it, and nobody waits.
    assert_eq!(server.stats.full(), 0);
    let mut second = server.connect().await;
    second.send(GET).await;
    assert_eq!(second.answer().await.body, "hello");
    let mut third = server.connect().await;
    third.send(GET).await;
    server.until(|stats| stats.full() > 0).await;
    // The others are served as before, and it is not.
    first.send(GET).await;
    assert_eq!(first.answer().await.body, "hello");
    assert_eq!((server.stats.open(), server.stats.accepted()), (2, 2));
    drop(second);
    assert_eq!(third.answer().await.body, "hello");
    assert_eq!(server.stats.accepted(), 3);
}

#[tokio::test]
async fn a_server_that_is_full_stops_and_answers_who_waits() {
    let server = start_with(config().max_connections(NonZeroU32::new(1))).await;
    let mut first = server.connect().await;
    first.send(GET).await;
    first.answer().await;
    let mut second = server.connect().await;
    second.send(GET).await;
    server.until(|stats| stats.full() > 0).await;
    let stopped = server.stop();
    assert!(second.answer().await.closes());
    drop(first);
    assert_eq!(stopped.await.unwrap().cut, 0);
}

#[tokio::test]
async fn the_last_request_of_a_connection_is_told_so() {
    let server = start_with(config().max_requests(NonZeroU32::new(3))).await;
    let mut client = server.connect().await;
    // The fourth is not answered: a client sends it again on another connection (RFC 9112 §9.3.2).
    client.send(GET.repeat(4)).await;
    for _ in 0..2 {
        assert!(!client.answer().await.closes());
    }
    assert!(client.answer().await.closes());
    assert!(client.is_closed().await);
    assert_eq!(server.stats.used_up(), 1);
}

/// S-246
#[tokio::test]
async fn requests_beyond_those_in_flight_are_refused_at_once() {
    let server = start_with(config().max_in_flight(NonZeroU32::new(2))).await;
    let wait = GET.replace(" / ", " /wait ");
    let (mut one, mut other) = (server.connect().await, server.connect().await);
    one.send(&wait).await;
    other.send(&wait).await;
    server.begun(2).await;
    let mut third = server.connect().await;
    for _ in 0..2 {
        third.send(GET).await;
        let answer = third.answer().await;
        assert_eq!(answer.status(), 503);
        assert!(answer.head.contains("\r\nretry-after: 1\r\n"), "{}", answer.head);
        assert!(answer.body.contains("\"code\":\"overloaded\""), "{}", answer.body);
    }
    assert_eq!(server.stats.shed(), 2);
    one.reset();
    server.given_up(1).await;
    third.send(GET).await;
    assert_eq!(third.answer().await.body, "hello");
}
