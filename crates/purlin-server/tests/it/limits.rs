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
    let wait = GET.replace(" / ", " /wait ");
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    first.send(&wait).await;
    second.send(&wait).await;
    server.begun(2).await;
    // A thread that looks out for the next one takes no place for it.
    assert_eq!(server.stats.full(), 0);
    let mut third = server.connect().await;
    third.send(GET).await;
    server.until(|stats| stats.full() > 0).await;
    assert_eq!((server.stats.open(), server.stats.accepted()), (2, 2));
    second.reset();
    assert_eq!(third.answer().await.body, "hello");
    assert_eq!((server.stats.accepted(), server.stats.evicted()), (3, 0));
}

#[tokio::test]
async fn who_has_been_idle_for_longest_makes_room() {
    let server = start_with(config().max_connections(NonZeroU32::new(3))).await;
    let mut silent = server.connect().await;
    server.until(|stats| stats.open() == 1).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    for is_first in [true, false, true] {
        let client = if is_first { &mut first } else { &mut second };
        client.send(GET).await;
        assert_eq!(client.answer().await.body, "hello");
    }
    for (evicted, out) in (1..).zip([&mut silent, &mut second]) {
        let mut another = server.connect().await;
        another.send(GET.replace(" / ", " /wait ")).await;
        server.begun(evicted).await;
        assert!(out.is_closed().await);
        // It is busy until the test has ended.
        std::mem::forget(another);
    }
    assert_eq!((server.stats.open(), server.stats.evicted()), (3, 2));
    first.send(GET).await;
    assert_eq!(first.answer().await.body, "hello");
}

#[tokio::test]
async fn nobody_makes_room_in_the_middle_of_a_request() {
    let server = start_with(config().max_connections(NonZeroU32::new(5))).await;
    let (half, rest) = GET.split_at(20);
    let mut first_head = server.connect().await;
    first_head.send(half).await;
    let mut another_head = server.connect().await;
    another_head.send(GET).await;
    assert_eq!(another_head.answer().await.body, "hello");
    another_head.send(half).await;
    let mut body = server.connect().await;
    body.send("POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nab").await;
    let mut reader = server.connect().await;
    let last = GET.replace("t\r\n", "t\r\nConnection: close\r\n");
    reader.send(last.replace(" / ", " /stream ")).await;
    reader.until("\r\n\r\n").await;
    server.until(|stats| stats.open() == 4).await;
    let mut idle = server.connect().await;
    idle.send(GET).await;
    assert_eq!(idle.answer().await.body, "hello");
    // It has come last, and is the only one that has nothing to do.
    let mut another = server.connect().await;
    another.send(GET.replace(" / ", " /wait ")).await;
    assert!(idle.is_closed().await);
    server.begun(1).await;
    assert_eq!((server.stats.open(), server.stats.evicted()), (5, 1));
    for client in [&mut first_head, &mut another_head] {
        client.send(rest).await;
        assert_eq!(client.answer().await.body, "hello");
    }
    body.send("c").await;
    assert_eq!(body.answer().await.body, "3");
    assert!(reader.rest().await.ends_with("\r\n0\r\n\r\n"));
}

#[tokio::test]
async fn a_server_that_is_full_stops_and_answers_who_waits() {
    let server = start_with(config().max_connections(NonZeroU32::new(1))).await;
    let mut first = server.connect().await;
    first.send(GET.replace(" / ", " /sleep/long ")).await;
    server.begun(1).await;
    let mut second = server.connect().await;
    second.send(GET).await;
    server.until(|stats| stats.full() > 0).await;
    let stopped = server.stop();
    assert!(second.answer().await.closes());
    assert_eq!(first.answer().await.body, "slept");
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
    // Whoever is busy lives; whoever is not ready takes nothing more.
    for (path, status) in [("/healthz", 200), ("/readyz", 503)] {
        third.send(GET.replace(" / ", &format!(" {path} "))).await;
        assert_eq!(third.answer().await.status(), status, "{path}");
    }
    assert_eq!(server.stats.shed(), 3);
    one.reset();
    server.given_up(1).await;
    third.send(GET).await;
    assert_eq!(third.answer().await.body, "hello");
}

#[tokio::test]
async fn a_request_is_in_flight_until_the_end_of_its_answer() {
    let server = start_with(config().max_in_flight(NonZeroU32::new(1))).await;
    let mut reader = server.connect().await;
    let last = GET.replace("t\r\n", "t\r\nConnection: close\r\n");
    reader.send(last.replace(" / ", " /stream ")).await;
    reader.until("\r\n\r\n").await;
    let mut other = server.connect().await;
    other.send(GET).await;
    assert_eq!(other.answer().await.status(), 503);
    assert!(reader.rest().await.ends_with("\r\n0\r\n\r\n"));
    other.send(GET).await;
    assert_eq!(other.answer().await.body, "hello");
}
