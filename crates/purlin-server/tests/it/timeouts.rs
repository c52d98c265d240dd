//! Clients that are slow, or gone. Times are the subject here.
//!
//! S-012.

use std::time::Instant;

use purlin_core::config::{Period, Size};
use purlin_server::ServerConfig;
use tokio::io::AsyncReadExt;

use crate::harness::{SHORT, quick, start_with};

const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

fn lasting(timeout: impl FnOnce(&mut ServerConfig) -> &mut Period) -> ServerConfig {
    let mut config = quick();
    *timeout(&mut config) = Period::seconds(60);
    config
}

#[tokio::test]
async fn a_head_that_does_not_end_is_answered_and_closed() {
    let server = start_with(lasting(|config| &mut config.keep_alive)).await;
    let mut client = server.connect().await;
    client.send(GET).await;
    assert_eq!(client.answer().await.status(), 200);
    let begun = Instant::now();
    client.send("GET / HTTP/1.1\r\nHost:").await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 408);
    assert!(answer.closes() && answer.body.contains("header_timeout"), "{answer:?}");
    assert!(begun.elapsed() >= SHORT, "{:?}", begun.elapsed());
    assert!(client.is_closed().await);
    assert_eq!(server.stats.timeouts(), 1);
}

#[tokio::test]
async fn a_drop_now_and_then_does_not_prolong_a_head() {
    let server = start_with(quick()).await;
    let mut client = server.connect().await;
    for byte in GET.as_bytes().chunks(1) {
        if server.stats.timeouts() == 1 {
            break;
        }
        client.send(byte).await;
        tokio::time::sleep(SHORT / 10).await;
    }
    assert_eq!(client.answer().await.status(), 408);
}

#[tokio::test]
async fn a_head_that_began_with_the_request_before_has_no_longer() {
    let server = start_with(lasting(|config| &mut config.keep_alive)).await;
    let mut client = server.connect().await;
    client.send(format!("{GET}GET / HT")).await;
    assert_eq!(client.answer().await.status(), 200);
    assert_eq!(client.answer().await.status(), 408);
}

#[tokio::test]
async fn a_head_that_pauses_between_two_lines_has_no_longer() {
    let server = start_with(lasting(|config| &mut config.keep_alive)).await;
    let mut client = server.connect().await;
    client.send(format!("{GET}GET / HTTP/1.1\r\nHost: t\r\n")).await;
    assert_eq!(client.answer().await.status(), 200);
    assert_eq!(client.answer().await.status(), 408);
    assert_eq!(server.stats.timeouts(), 1);
}

#[tokio::test]
async fn a_client_that_never_asks_is_closed_without_a_word() {
    let server = start_with(lasting(|config| &mut config.keep_alive)).await;
    assert!(server.connect().await.is_closed().await);
    assert_eq!(server.stats.timeouts(), 0);
}

#[tokio::test]
async fn an_idle_connection_is_closed_without_a_word() {
    let server = start_with(lasting(|config| &mut config.header_timeout)).await;
    let mut client = server.connect().await;
    for _ in 0..3 {
        client.send(GET).await;
        assert_eq!(client.answer().await.status(), 200);
        tokio::time::sleep(SHORT / 2).await;
    }
    assert!(client.is_closed().await);
    assert_eq!(server.stats.timeouts(), 0);
}

#[tokio::test]
async fn an_empty_line_does_not_begin_a_head() {
    let server = start_with(lasting(|config| &mut config.header_timeout)).await;
    let mut client = server.connect().await;
    client.send(format!("{GET}\r\n")).await;
    assert_eq!(client.answer().await.status(), 200);
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_handler_has_no_deadline_here() {
    let server = start_with(quick()).await;
    let mut client = server.connect().await;
    client.send(GET.replace(" / ", " /sleep/long ")).await;
    assert_eq!(client.answer().await.body, "slept");
    client.send(GET).await;
    assert_eq!(client.answer().await.body, "hello");
}

#[tokio::test]
async fn a_client_that_stalls_in_its_body_is_not_waited_for() {
    let server = start_with(lasting(|config| &mut config.keep_alive)).await;
    let mut client = server.connect().await;
    client.send("POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc").await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 408);
    assert!(answer.body.contains("\"code\":\"body_timeout\""), "{}", answer.body);
    assert!(answer.closes(), "{}", answer.head);
    assert!(client.is_closed().await);
    assert_eq!(server.stats.timeouts(), 1);
}

#[tokio::test]
async fn a_body_that_is_still_coming_when_the_time_of_its_route_is_up_is_the_fault_of_its_client() {
    let server = start_with(lasting(|config| &mut config.body_timeout)).await;
    let mut client = server.connect().await;
    client.send("POST /hasty HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc").await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 408);
    assert!(answer.body.contains("\"code\":\"body_timeout\""), "{}", answer.body);
    assert!(answer.closes(), "{}", answer.head);
    assert_eq!(server.stats.timeouts(), 1);
}

#[tokio::test]
async fn a_handler_that_takes_too_long_with_its_body_is_not_the_fault_of_its_client() {
    let server = start_with(quick()).await;
    let mut client = server.connect().await;
    client.send("POST /hasty/wait HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\n\r\nabc").await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 503);
    assert_eq!(server.stats.timeouts(), 0);
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_read() {
    let server = start_with(quick().min_body_rate(0)).await;
    let mut client = server.connect().await;
    client.send("POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n").await;
    for _ in 0..5 {
        tokio::time::sleep(SHORT / 3).await;
        client.send("x").await;
    }
    assert_eq!(client.answer().await.body, "5");
}

/// A drop now and then keeps every silence short, and adds up all the same.
#[tokio::test]
async fn a_body_that_comes_too_slowly_is_not_waited_for() {
    let server = start_with(quick().min_body_rate(Size::bytes(100))).await;
    let mut client = server.connect().await;
    client.send("POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n").await;
    let begun = Instant::now();
    let mut sent = 0;
    while server.stats.timeouts() == 0 && sent < 1000 {
        tokio::time::sleep(SHORT / 10).await;
        client.send("x").await;
        sent += 1;
    }
    let answer = client.answer().await;
    assert_eq!(answer.status(), 408);
    assert!(answer.closes() && answer.body.contains("\"code\":\"body_timeout\""), "{answer:?}");
    assert!(begun.elapsed() >= SHORT, "{:?}", begun.elapsed());
}

/// The rate holds over any stretch of the body.
#[tokio::test]
async fn a_body_that_was_fast_at_first_may_not_trickle_after() {
    let server = start_with(quick().min_body_rate(Size::bytes(100))).await;
    let mut client = server.connect().await;
    client.send("POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: 300000\r\n\r\n").await;
    client.send("x".repeat(200_000)).await;
    let mut sent = 0;
    while server.stats.timeouts() == 0 && sent < 100 {
        tokio::time::sleep(SHORT / 10).await;
        client.send("x").await;
        sent += 1;
    }
    assert_eq!(server.stats.timeouts(), 1);
    let answer = client.answer().await;
    assert!(answer.closes() && answer.body.contains("\"code\":\"body_timeout\""), "{answer:?}");
}

#[tokio::test]
async fn a_body_that_is_fast_enough_may_take_longer_than_a_silence() {
    let server = start_with(quick().min_body_rate(Size::bytes(100))).await;
    let mut client = server.connect().await;
    for _ in 0..2 {
        client.send("POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: 1000\r\n\r\n").await;
        for _ in 0..5 {
            tokio::time::sleep(SHORT / 3).await;
            client.send("x".repeat(200)).await;
        }
        assert_eq!(client.answer().await.body, "1000");
    }
    assert_eq!(server.stats.timeouts(), 0);
}

#[tokio::test]
async fn a_client_that_vanishes_in_its_body_leaves_nothing() {
    let server = start_with(ServerConfig::default().port(0)).await;
    let mut client = server.connect().await;
    client.send("POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\nabc").await;
    server.until(|stats| stats.open() == 1).await;
    drop(client);
    server.until(|stats| stats.open() == 0).await;
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut() {
    let server = start_with(quick()).await;
    let mut client = server.connect().await;
    client.send(GET.replace(" / ", " /stream ")).await;
    server.until(|stats| stats.timeouts() == 1 && stats.open() == 0).await;
    let mut text = Vec::new();
    let end = client.stream.read_to_end(&mut text).await;
    assert!(end.is_err(), "{} bytes came", text.len());
}

#[tokio::test]
async fn a_client_that_reads_slowly_gets_it_all() {
    let server = start_with(quick()).await;
    let mut client = server.connect().await;
    client
        .send(GET.replace(" / ", " /stream ").replace("t\r\n", "t\r\nConnection: close\r\n"))
        .await;
    let mut total = 0;
    let mut chunk = vec![0; 4 << 20];
    loop {
        let read = client.stream.read(&mut chunk).await.unwrap();
        if read == 0 {
            break;
        }
        total += read;
        tokio::time::sleep(SHORT / 10).await;
    }
    assert!(total > 32 << 20, "{total}");
}

/// Those who read so much of an answer, each time the tenth of a timeout is over, at so many bytes per
/// second that are wanted.
async fn read_in_drops(rate: Size, drops: usize) -> u64 {
    // The system is to hold little, so that what the client takes is seen.
    let config = quick().unsent_limit(Size::kib(1)).min_write_rate(rate);
    let server = start_with(config).await;
    let mut client = server.connect_narrow().await;
    client.send(GET.replace(" / ", " /stream ")).await;
    let mut drop = vec![0; 2048];
    for _ in 0..drops {
        if server.stats.timeouts() > 0 {
            break;
        }
        tokio::time::sleep(SHORT / 10).await;
        // It may be cut already.
        let _ = client.stream.read(&mut drop).await;
    }
    server.stats.timeouts()
}

/// A drop now and then keeps every silence short, and the client behind all the same.
#[tokio::test]
async fn a_client_that_reads_too_slowly_is_cut() {
    assert_eq!(read_in_drops(Size::mib(1), 100).await, 1);
}

#[tokio::test]
async fn a_client_that_reads_slowly_and_steadily_is_waited_for() {
    for rate in [Size::default(), Size::kib(4)] {
        assert_eq!(read_in_drops(rate, 50).await, 0, "{rate}");
    }
}

#[tokio::test]
async fn a_stream_that_has_little_to_say_is_no_slow_reader() {
    let server = start_with(quick().min_write_rate(Size::mib(1))).await;
    let mut client = server.connect().await;
    client.send(GET.replace(" / ", " /ticking ")).await;
    for _ in 0..30 {
        client.until("tick\n").await;
    }
    assert_eq!(server.stats.timeouts(), 0);
}
