//! What a connection reads and writes, counted on a stream in memory.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use purlin_core::config::Size;
use purlin_core::{App, Body, Connection, Routes};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};

use crate::shared::BUFFER;
use crate::shared::Shared;
use crate::task::spawn;
use crate::transport::Transport;
use crate::{ServerConfig, ServerStats};

/// What a client may leave unread before the server is blocked.
const PIPE: usize = 4 << 20;
const GET: &str = "GET / HTTP/1.1\r\nHost: t\r\n\r\n";

/// A stream that counts what would be system calls.
struct Counted {
    io: DuplexStream,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    reads: AtomicUsize,
    writes: AtomicUsize,
}

impl Counts {
    /// Reads and writes so far.
    fn now(&self) -> (usize, usize) {
        (self.reads.load(Ordering::SeqCst), self.writes.load(Ordering::SeqCst))
    }
}

impl Transport for Counted {}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.io).poll_read(cx, buf))?;
        self.counts.reads.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let all: Vec<u8> = bufs.iter().flat_map(|piece| piece.iter().copied()).collect();
        let sent = ready!(Pin::new(&mut self.io).poll_write(cx, &all))?;
        self.counts.writes.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Ok(sent))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

async fn connect() -> (DuplexStream, Arc<Counts>) {
    connect_with(ServerConfig::default()).await
}

async fn connect_with(config: ServerConfig) -> (DuplexStream, Arc<Counts>) {
    let routes = Routes::new()
        .get("/", async || "hello")
        .post("/", async |body: bytes::Bytes| format!("{} hello", body.len()))
        .get("/large", async || vec![b'x'; 1 << 20])
        .get("/panic", async || {
            Body::produce(|out| async move {
                out.send("a").await?;
                panic!("on purpose")
            })
        });
    let app = App::new("t").routes(routes).without_request_log();
    let service = app.assemble().unwrap().start().await.unwrap().service();
    let stats = Arc::<ServerStats>::default();
    let shared = Arc::new(Shared::new(service, &config, stats));
    let (client, io) = tokio::io::duplex(PIPE);
    let counts = Arc::new(Counts::default());
    spawn(Counted { io, counts: Arc::clone(&counts) }, Connection::new(None), &shared);
    (client, counts)
}

/// Reads until so many answers have come, and nothing else.
async fn answers(client: &mut DuplexStream, count: usize) -> String {
    let mut text = String::new();
    while text.matches("HTTP/1.1").count() < count || text.matches("hello").count() < count {
        let mut chunk = [0; 4096];
        let read = client.read(&mut chunk).await.unwrap();
        assert_ne!(read, 0, "{text}");
        text.push_str(std::str::from_utf8(&chunk[..read]).unwrap());
    }
    text
}

#[tokio::test]
async fn sixteen_pipelined_requests_are_one_read_and_one_write() {
    let (mut client, counts) = connect().await;
    client.write_all(GET.repeat(16).as_bytes()).await.unwrap();
    let text = answers(&mut client, 16).await;
    assert_eq!(text.matches("200 OK").count(), 16);
    assert_eq!(counts.now(), (1, 1));
}

#[tokio::test]
async fn a_request_on_its_own_is_one_read_and_one_write() {
    let (mut client, counts) = connect().await;
    for round in 1..=5 {
        client.write_all(GET.as_bytes()).await.unwrap();
        answers(&mut client, 1).await;
        assert_eq!(counts.now(), (round, round));
    }
}

#[tokio::test]
async fn half_of_the_next_request_keeps_no_answer_back() {
    let (mut client, counts) = connect().await;
    let (half, rest) = GET.split_at(20);
    client.write_all(format!("{GET}{GET}{half}").as_bytes()).await.unwrap();
    answers(&mut client, 2).await;
    assert_eq!(counts.now(), (1, 1));
    client.write_all(rest.as_bytes()).await.unwrap();
    answers(&mut client, 1).await;
    assert_eq!(counts.now(), (2, 2));
}

#[tokio::test]
async fn a_large_body_goes_out_in_portions() {
    let (mut client, counts) = connect().await;
    let request = format!("{GET}{}", GET.replace(" / ", " /large "));
    client.write_all(request.as_bytes()).await.unwrap();
    let mut read = 0;
    let mut chunk = vec![0; 65_536];
    while read < 1 << 20 {
        read += client.read(&mut chunk).await.unwrap();
    }
    // The small answer before it and the head go with the first.
    assert_eq!(counts.now(), (1, (1 << 20) / BUFFER));
}

#[tokio::test]
async fn no_more_is_read_at_a_time_than_the_buffer_has() {
    let (mut client, counts) =
        connect_with(ServerConfig::default().read_buffer(Size::kib(1))).await;
    let body = "x".repeat(100 << 10);
    let head = format!("POST / HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\n\r\n", body.len());
    client.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
    answers(&mut client, 1).await;
    assert_eq!(counts.now(), (101, 1));
}

#[tokio::test]
async fn no_more_is_collected_than_the_buffer_has() {
    let (mut client, counts) =
        connect_with(ServerConfig::default().write_buffer(Size::kib(1))).await;
    client.write_all(GET.repeat(16).as_bytes()).await.unwrap();
    let text = answers(&mut client, 16).await;
    assert_eq!(counts.now(), (1, text.len().div_ceil(1024)));
}

#[tokio::test]
async fn a_panic_ends_one_connection_only() {
    let (mut client, _) = connect().await;
    client.write_all(GET.replace(" / ", " /panic ").as_bytes()).await.unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).await.unwrap();
    assert!(!text.ends_with("0\r\n\r\n"), "{text}");
}
