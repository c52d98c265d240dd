//! Requests on a connection: their order, their end, and what is no request.
//!
//! S-001, S-005, S-006, S-007, S-008, S-010, S-011, S-061, S-069, T-01, T-09.

use http::StatusCode;
use purlin_core::Routes;
use purlin_server::ServerConfig;

use crate::harness::{start, start_app, start_with};

const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

fn closing() -> String {
    GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
}

/// Sends this, and compares the statuses of all answers until the server closes.
async fn check(request: &str, statuses: &[u16]) -> String {
    let server = start().await;
    let text = server.exchange(request).await;
    let found: Vec<u16> = text
        .match_indices("HTTP/1.")
        .map(|(at, _)| text[at + 9..at + 12].parse().unwrap())
        .collect();
    assert_eq!(found, statuses, "{text}");
    text
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start().await;
    let mut client = server.connect().await;
    let paths = ["/", "/missing", "/sleep", "/healthz", "/"];
    let requests: String =
        paths.iter().map(|path| GET.replace(" / ", &format!(" {path} "))).collect();
    client.send(requests).await;
    for (status, start) in [(200, "hello"), (404, "{"), (200, "slept"), (200, ""), (200, "hello")] {
        let answer = client.answer().await;
        assert_eq!(answer.status(), status);
        assert!(answer.body.starts_with(start), "{}", answer.body);
    }
}

#[tokio::test]
async fn garbage_after_a_request_is_refused_after_its_answer() {
    let server = start().await;
    let text = server.exchange(&format!("{GET}(garbage)\r\n\r\n")).await;
    assert!(text.starts_with("HTTP/1.1 200 OK"), "{text}");
    assert!(text.contains("helloHTTP/1.1 400 Bad Request"), "{text}");
    assert_eq!(server.stats.refused_heads(), 1);
}

#[tokio::test]
async fn empty_lines_before_a_request_are_no_part_of_it() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send(format!("\r\n{GET}\r\n\r\n{GET}")).await;
    assert_eq!(client.answer().await.status(), 200);
    assert_eq!(client.answer().await.status(), 200);
}

#[tokio::test]
async fn half_of_the_next_request_does_not_hold_the_answer_back() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send(format!("{GET}GET / HT")).await;
    assert_eq!(client.answer().await.status(), 200);
    client.send("TP/1.1\r\nHost: t\r\n\r\n").await;
    assert_eq!(client.answer().await.status(), 200);
}

#[tokio::test]
async fn a_head_request_gets_the_head_alone() {
    let server = start().await;
    let text = server.exchange("HEAD / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n").await;
    assert!(text.contains("\r\ncontent-length: 5\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\n"), "{text}");
}

#[tokio::test]
async fn an_http_1_0_connection_ends_with_its_answer() {
    let text = check("GET / HTTP/1.0\r\n\r\n", &[200]).await;
    assert!(text.starts_with("HTTP/1.0 200 OK"), "{text}");
    assert!(text.ends_with("hello"), "{text}");
}

#[tokio::test]
async fn an_http_1_0_connection_is_kept_where_the_client_asks() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").await;
    let answer = client.answer().await;
    assert!(answer.head.contains("connection: keep-alive"), "{}", answer.head);
    client.send(GET).await;
    assert_eq!(client.answer().await.status(), 200);
}

#[tokio::test]
async fn a_client_that_asks_for_the_end_gets_it() {
    let text = check(&format!("{}{GET}", closing()), &[200]).await;
    assert!(text.contains("connection: close"), "{text}");
}

#[tokio::test]
async fn a_client_that_has_closed_its_half_gets_its_answers() {
    use tokio::io::AsyncWriteExt;

    let server = start().await;
    let mut client = server.connect().await;
    client.send(format!("{}{GET}", GET.replace(" / ", " /sleep "))).await;
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.answer().await.body, "slept");
    assert_eq!(client.answer().await.body, "hello");
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn two_lengths_are_refused_unless_they_are_equal() {
    let post =
        |lengths: &str| format!("POST /bytes HTTP/1.1\r\nHost: t\r\n{lengths}\r\n\r\nabc{GET}");
    check(&post("Content-Length: 3\r\nContent-Length: 4"), &[400]).await;
    check(&post("Content-Length: 3, 4"), &[400]).await;
    check(&post("Content-Length: +3"), &[400]).await;
    check(&post("Content-Length: -1"), &[400]).await;
    let equal = post("Content-Length: 3\r\nContent-Length: 3");
    check(&equal.replacen(GET, &closing(), 1), &[200, 200]).await;
}

#[tokio::test]
async fn after_a_length_and_a_coding_nothing_is_taken_for_a_request() {
    for (one, other) in [
        ("Content-Length: 4", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Content-Length: 4"),
    ] {
        let request = format!(
            "POST /bytes HTTP/1.1\r\nHost: t\r\n{one}\r\n{other}\r\n\r\n1\r\nZ\r\n0\r\n\r\n{GET}"
        );
        let text = check(&request, &[200]).await;
        assert!(text.contains("connection: close"), "{text}");
    }
}

#[tokio::test]
async fn a_coding_that_is_not_understood_ends_the_connection() {
    let post = |coding: &str| {
        format!("POST /bytes HTTP/1.1\r\nHost: t\r\n{coding}\r\n\r\n1\r\nZ\r\n0\r\n\r\n{GET}")
    };
    check(&post("Transfer-Encoding: gzip, chunked"), &[400]).await;
    check(&post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"), &[400]).await;
    check(&post("Transfer-Encoding: chunked, identity"), &[400]).await;
    check(&post("Transfer-Encoding: xchunked"), &[400]).await;
    check(&post("Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0"), &[400]).await;
}

#[tokio::test]
async fn malformed_heads_are_refused() {
    for head in [
        "GET / HTTP/1.1\r\nHost: t\r\nX: a\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nContent-Length : 0\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: t\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nX\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: t\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: t\r\nHost: t\r\nConnection: close\r\n\r\n",
    ] {
        // Those without a proper `Host` are refused by the application, and may be followed.
        let text = start().await.exchange(&format!("{head}{}", closing())).await;
        assert!(text.starts_with("HTTP/1.1 400 Bad Request"), "{head:?}: {text}");
    }
}

#[tokio::test]
async fn a_large_head_is_refused() {
    let head = format!("GET / HTTP/1.1\r\nHost: t\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    check(&head, &[431]).await;
    let head = format!("GET / HTTP/1.1\r\nHost: t\r\n{}\r\n", "X: y\r\n".repeat(100));
    check(&head, &[431]).await;
}

#[tokio::test]
async fn the_limits_of_a_head_can_be_set() {
    let limits = ServerConfig::default().port(0).header_limit(64 << 10).header_count(1000);
    let server = start_with(limits).await;
    let fields = format!("X: {}\r\n", "x".repeat(40)).repeat(999);
    let mut client = server.connect().await;
    client.send(format!("GET / HTTP/1.1\r\nHost: t\r\n{fields}\r\n")).await;
    assert_eq!(client.answer().await.status(), 200);
    client.send(format!("GET / HTTP/1.1\r\nHost: t\r\nX: y\r\n{fields}\r\n")).await;
    assert_eq!(client.answer().await.status(), 431);
}

#[tokio::test]
async fn a_long_target_is_refused_and_the_connection_goes_on() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send(GET.replace(" / ", &format!(" /{} ", "x".repeat(9 << 10)))).await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 414);
    assert!(answer.body.contains("\"code\":\"uri_too_long\""), "{}", answer.body);
    client.send(GET).await;
    assert_eq!(client.answer().await.status(), 200);
}

#[tokio::test]
async fn the_preface_of_http_2_is_not_answered() {
    check("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[]).await;
}

#[tokio::test]
async fn a_bare_line_feed_ends_a_line() {
    check("GET / HTTP/1.1\nHost: t\nConnection: close\n\n", &[200]).await;
}

/// S-005
#[tokio::test]
async fn each_method_reaches_its_own_handler() {
    let server = start().await;
    let mut client = server.connect().await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"] {
        client.send(format!("{method} /method HTTP/1.1\r\nHost: t\r\n\r\n")).await;
        assert_eq!(client.answer().await.body, format!("{method} "));
    }
    client.send("LINK /method HTTP/1.1\r\nHost: t\r\n\r\n").await;
    assert_eq!(client.answer().await.status(), 405);
}

/// The lines of a head that GET and HEAD share.
fn shared(head: &str) -> Vec<&str> {
    // RFC 9112 §6.1: an answer to HEAD may leave out how its body would have been sent.
    let other = ["date:", "x-request-id:", "transfer-encoding:"];
    head.lines().filter(|line| !other.iter().any(|name| line.starts_with(name))).collect()
}

/// S-006: HEAD has the head of GET, and nothing behind it.
#[tokio::test]
async fn a_head_request_has_the_head_of_get() {
    let server = start().await;
    for path in ["/", "/empty", "/method", "/stream", "/missing", "/healthz"] {
        let mut client = server.connect().await;
        client.send(GET.replace(" / ", &format!(" {path} "))).await;
        let get = client.answer().await.head;
        let head = GET.replace("GET", "HEAD").replace(" / ", &format!(" {path} "));
        client.send(format!("{head}{}", closing())).await;
        assert_eq!(shared(&client.until("\r\n\r\n").await), shared(&get), "{path}");
        let next = client.rest().await;
        assert!(next.starts_with("HTTP/1.1 200 OK") && next.ends_with("hello"), "{path}: {next}");
    }
}

/// S-008: what stands behind a folded line is no request.
#[tokio::test]
async fn after_a_folded_line_nothing_is_taken_for_a_request() {
    for folded in ["X: a\r\n folded", "X: a\r\n\tfolded", "Content-Length: 0\r\n 5"] {
        let request = format!("GET / HTTP/1.1\r\nHost: t\r\n{folded}\r\n\r\n{GET}");
        let text = check(&request, &[400]).await;
        assert!(!text.contains("hello"), "{text}");
    }
}

/// S-061, T-09: each line of a repeated field is there, in its order.
#[tokio::test]
async fn a_field_that_repeats_is_seen_each_time() {
    let server = start().await;
    let mut client = server.connect().await;
    client
        .send("GET /fields HTTP/1.1\r\nHost: t\r\nX-A: one\r\nx-a: two\r\nX-a:three\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.body, "one|two|three");
}

/// S-069: a registered status comes with its words, another one without (RFC 9112 §4).
#[tokio::test]
async fn a_status_comes_with_its_words() {
    let server = start_app(ServerConfig::default().port(0), |app| {
        let status = |status: u16| {
            let status = StatusCode::from_u16(status).unwrap();
            move || std::future::ready(status)
        };
        app.without_request_log().routes(
            Routes::new()
                .get("/429", status(429))
                .get("/451", status(451))
                .get("/511", status(511))
                .get("/299", status(299)),
        )
    })
    .await;
    let mut client = server.connect().await;
    for (path, line) in [
        ("/429", "HTTP/1.1 429 Too Many Requests\r\n"),
        ("/451", "HTTP/1.1 451 Unavailable For Legal Reasons\r\n"),
        ("/511", "HTTP/1.1 511 Network Authentication Required\r\n"),
        ("/299", "HTTP/1.1 299 "),
    ] {
        client.send(format!("GET {path} HTTP/1.1\r\nHost: t\r\n\r\n")).await;
        let head = client.answer().await.head;
        assert!(head.starts_with(line), "{head}");
    }
}
