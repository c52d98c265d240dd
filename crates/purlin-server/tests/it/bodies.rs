//! Bodies in both directions.
//!
//! S-009, S-013, S-067, S-073, S-077.

use std::time::Duration;

use purlin_core::App;
use purlin_core::config::Size;
use purlin_server::ServerConfig;
use purlin_test::Log;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{start, start_here, start_with};

const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

#[tokio::test]
async fn a_chunked_body_is_echoed_with_its_trailers() {
    let server = start().await;
    let mut client = server.connect().await;
    client
        .send(
            "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\
             TE: trailers\r\nTrailer: x-sum\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n",
        )
        .await;
    let answer = client.answer().await;
    assert_eq!((answer.body.as_str(), answer.trailers.as_str()), ("abcde", "x-sum: 5\r\n"));
    client.send(GET).await;
    assert_eq!(client.answer().await.body, "hello");
}

/// S-009
#[tokio::test]
async fn a_chunked_body_is_decoded_whatever_the_method() {
    let server = start().await;
    let mut client = server.connect().await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"] {
        client
            .send(format!(
                "{method} /method HTTP/1.1\r\nHost: t\r\nContent-Type: text/plain\r\n\
                 Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
            ))
            .await;
        assert_eq!(client.answer().await.body, format!("{method} abcde"));
    }
}

#[tokio::test]
async fn a_client_that_asks_first_is_told_to_go_on() {
    let server = start().await;
    let mut client = server.connect().await;
    client
        .send(
            "POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n",
        )
        .await;
    assert_eq!(client.until("\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body").await;
    assert_eq!(client.answer().await.body, "4");
    client.send(GET).await;
    assert_eq!(client.answer().await.body, "hello");
}

#[tokio::test]
async fn a_client_that_asks_first_is_refused_before_it_sends() {
    let server = start().await;
    for (path, length, status) in
        [("/bytes", 20 << 20, 413), ("/missing", 4, 404), ("/ignore", 4, 200)]
    {
        let mut client = server.connect().await;
        let expect = "Expect: 100-continue";
        client
            .send(format!(
                "POST {path} HTTP/1.1\r\nHost: t\r\nContent-Length: {length}\r\n{expect}\r\n\r\n"
            ))
            .await;
        let answer = client.answer().await;
        assert_eq!(answer.status(), status);
        assert!(answer.closes(), "{}", answer.head);
        assert!(client.is_closed().await);
    }
}

#[tokio::test]
async fn a_refused_upload_is_answered_although_the_client_goes_on_sending() {
    let server = start().await;
    let mut client = server.connect().await;
    let head = format!("POST /bytes HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\n\r\n", 20 << 20);
    client.send(head).await;
    client.send(vec![b'x'; 1 << 20]).await;
    let answer = client.answer().await;
    assert_eq!(answer.status(), 413);
    assert!(answer.closes(), "{}", answer.head);
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_small_body_that_nobody_reads_does_not_end_the_connection() {
    let server = start().await;
    let mut client = server.connect().await;
    for path in ["/ignore", "/missing"] {
        for (body, field) in [
            ("abc", "Content-Length: 3"),
            ("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        ] {
            client.send(format!("POST {path} HTTP/1.1\r\nHost: t\r\n{field}\r\n\r\n{body}")).await;
            let answer = client.answer().await;
            assert!(!answer.closes(), "{path} {field}: {}", answer.head);
        }
    }
}

#[tokio::test]
async fn a_body_that_nobody_reads_and_that_is_not_there_is_not_waited_for() {
    let server = start().await;
    for field in ["Content-Length: 6", "Transfer-Encoding: chunked"] {
        let mut client = server.connect().await;
        client.send(format!("POST /ignore HTTP/1.1\r\nHost: t\r\n{field}\r\n\r\n3\r\n")).await;
        let answer = client.answer().await;
        assert_eq!(answer.body, "ignored");
        assert!(answer.closes(), "{}", answer.head);
        assert!(client.is_closed().await);
    }
}

#[tokio::test]
async fn a_large_body_goes_round_with_back_pressure() {
    const SIZE: usize = 32 << 20;
    let server = start().await;
    let client = server.connect().await;
    let (mut read, mut write) = client.stream.into_split();
    let head = format!(
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: {SIZE}\r\nConnection: close\r\n\r\n"
    );
    let sent: Vec<u8> = (0..SIZE).map(|at| u8::try_from(at % 251).unwrap()).collect();
    let expected = sent.clone();
    let sender = tokio::spawn(async move {
        write.write_all(head.as_bytes()).await.unwrap();
        write.write_all(&sent).await.unwrap();
        write
    });
    // Nothing is read yet: the server may hold a little, and the sender has to wait.
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!sender.is_finished(), "somebody holds 32 MiB");
    let mut all = Vec::with_capacity(SIZE + 1000);
    read.read_to_end(&mut all).await.unwrap();
    assert!(all.ends_with(&expected), "{} bytes came", all.len());
    sender.await.unwrap();
}

#[tokio::test]
async fn a_stream_reaches_a_client_that_reads_late() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send(GET.replace(" / ", " /stream ")).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(client.answer().await.body.len(), 32 << 20);
    client.send(GET).await;
    assert_eq!(client.answer().await.body, "hello");
}

#[tokio::test]
async fn a_body_that_outlives_its_answer_is_read_on() {
    let server = start().await;
    let mut client = server.connect().await;
    client.send("POST /detached HTTP/1.1\r\nHost: t\r\nContent-Length: 6\r\n\r\nabc").await;
    let answer = client.answer().await;
    assert_eq!((answer.body.as_str(), answer.closes()), ("taken", false));
    client.send(format!("def{GET}")).await;
    assert_eq!(client.answer().await.body, "hello");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_in_the_log() {
    let log = Log::begin();
    let server = start_here(ServerConfig::default().port(0), App::without_request_log).await;
    let mut client = server.connect().await;
    client.send(GET.replace(" / ", " /broken ")).await;
    server.until(|stats| stats.accepted() == 1 && stats.open() == 0).await;
    let text = log.text();
    assert!(text.contains("ERROR purlin::server: an answer broke off"), "{text}");
    assert!(text.contains("the end is missing"), "{text}");
}

#[tokio::test]
async fn a_broken_answer_is_seen_to_be_broken() {
    let server = start().await;
    let cases = [
        ("HTTP/1.1", "broken"),
        ("HTTP/1.0", "broken"),
        ("HTTP/1.1", "panic"),
        ("HTTP/1.0", "panic"),
        ("HTTP/1.1", "twice/framed"),
    ];
    for (version, path) in cases {
        let mut client = server.connect().await;
        client.send(format!("GET /{path} {version}\r\nHost: t\r\n\r\n")).await;
        let mut text = Vec::new();
        let end = client.stream.read_to_end(&mut text).await;
        let text = String::from_utf8(text).unwrap();
        assert!(end.is_err() || version == "HTTP/1.1" && !text.ends_with("0\r\n\r\n"), "{text}");
    }
}

/// S-036
#[tokio::test]
async fn a_large_body_is_echoed_whatever_the_buffers_are() {
    const SIZE: usize = 100_000_000;
    for size in [Size::kib(1), Size::kib(64)] {
        let config = ServerConfig::default().port(0).read_buffer(size).write_buffer(size);
        let server = start_with(config).await;
        let mut client = server.connect().await;
        let head = format!("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: {SIZE}\r\n\r\n");
        client.send(head).await;
        // A prime, so that no buffer has a multiple of it.
        let pattern: Vec<u8> = (0..=u8::MAX).cycle().take(65_521).collect();
        let (mut reader, mut writer) = client.stream.split();
        let send = async {
            let mut left = SIZE;
            while left > 0 {
                let piece = &pattern[..left.min(pattern.len())];
                writer.write_all(piece).await.unwrap();
                left -= piece.len();
            }
        };
        let receive = async {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(reader.read_u8().await.unwrap());
            }
            let (mut read, mut chunk) = (0, vec![0; 1 << 20]);
            while read < SIZE {
                let length = reader.read(&mut chunk).await.unwrap();
                assert_ne!(length, 0, "it ended after {read}");
                for (at, byte) in chunk[..length].iter().enumerate() {
                    assert_eq!(*byte, pattern[(read + at) % pattern.len()], "{}", read + at);
                }
                read += length;
            }
        };
        tokio::join!(send, receive);
    }
}
