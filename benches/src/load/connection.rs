//! One connection: sends, and finds where an answer ends (RFC 9112 §6.3).

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// No head of an answer is larger.
const MAX_HEAD: usize = 256 * 1024;

pub(super) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    /// What of `received` was read already.
    read: usize,
}

pub(super) struct Answer {
    pub(super) status: u16,
    /// Of the body.
    pub(super) bytes: u64,
    pub(super) keeps_open: bool,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(16 * 1024), read: 0 })
    }

    pub(super) async fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request).await
    }

    /// Reads one final answer to its end.
    pub(super) async fn receive(&mut self, to_head: bool) -> io::Result<Answer> {
        let head = loop {
            let end = self.find(b"\r\n\r\n", MAX_HEAD).await?;
            let head = Head::parse(&self.received[self.read..end]);
            self.read = end + 4;
            let head = head.ok_or_else(|| invalid("no HTTP/1.1 answer"))?;
            // RFC 9110 §15.2: interim answers come before the final one.
            if head.status >= 200 {
                break head;
            }
        };
        let has_no_body = to_head || matches!(head.status, 204 | 304);
        let mut keeps_open = head.keeps_open;
        let bytes = match head.length {
            _ if has_no_body => 0,
            Length::Chunked => self.skip_chunks().await?,
            Length::Known(length) => {
                self.skip(length).await?;
                length
            }
            Length::UntilClosed => {
                keeps_open = false;
                self.skip_all().await?
            }
        };
        Ok(Answer { status: head.status, bytes, keeps_open })
    }

    /// Where `part` begins in what is not read yet.
    async fn find(&mut self, part: &[u8], limit: usize) -> io::Result<usize> {
        let mut from = self.read;
        loop {
            let unread = self.received[from..].windows(part.len());
            if let Some(found) = unread.into_iter().position(|window| window == part) {
                return Ok(from + found);
            }
            if self.received.len() - self.read > limit {
                return Err(invalid("a head without an end"));
            }
            let searched = self.received.len() - self.read;
            self.more().await?;
            from = self.read + searched.saturating_sub(part.len() - 1);
        }
    }

    async fn skip(&mut self, mut count: u64) -> io::Result<()> {
        loop {
            let there = (self.received.len() - self.read) as u64;
            let now = there.min(count);
            self.read += usize::try_from(now).expect("what is in memory has a size");
            count -= now;
            if count == 0 {
                return Ok(());
            }
            self.more().await?;
        }
    }

    async fn skip_chunks(&mut self) -> io::Result<u64> {
        let mut bytes = 0_u64;
        loop {
            let end = self.find(b"\r\n", MAX_HEAD).await?;
            let line = String::from_utf8_lossy(&self.received[self.read..end]);
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| invalid("no size of a chunk"))?;
            self.read = end + 2;
            if size == 0 {
                break;
            }
            bytes = bytes.saturating_add(size);
            self.skip(size).await?;
            self.skip(2).await?;
        }
        // Trailers end with an empty line.
        loop {
            let end = self.find(b"\r\n", MAX_HEAD).await?;
            let is_empty = end == self.read;
            self.read = end + 2;
            if is_empty {
                return Ok(bytes);
            }
        }
    }

    async fn skip_all(&mut self) -> io::Result<u64> {
        let mut bytes = (self.received.len() - self.read) as u64;
        loop {
            self.received.clear();
            self.read = 0;
            let count = self.stream.read_buf(&mut self.received).await?;
            if count == 0 {
                return Ok(bytes);
            }
            bytes += count as u64;
        }
    }

    async fn more(&mut self) -> io::Result<()> {
        self.received.drain(..self.read);
        self.read = 0;
        self.received.reserve(16 * 1024);
        let count = self.stream.read_buf(&mut self.received).await?;
        if count == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

struct Head {
    status: u16,
    length: Length,
    keeps_open: bool,
}

enum Length {
    Chunked,
    Known(u64),
    UntilClosed,
}

impl Head {
    fn parse(head: &[u8]) -> Option<Self> {
        let head = str::from_utf8(head).ok()?;
        let mut lines = head.split("\r\n");
        let (version, rest) = lines.next()?.split_once(' ')?;
        if !version.starts_with("HTTP/1.") {
            return None;
        }
        let status = rest.get(..3)?.parse().ok()?;
        let mut length = Length::UntilClosed;
        let mut keeps_open = version == "HTTP/1.1";
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("transfer-encoding") {
                length = Length::Chunked;
            } else if name.eq_ignore_ascii_case("content-length") {
                if !matches!(length, Length::Chunked) {
                    length = Length::Known(value.parse().ok()?);
                }
            } else if name.eq_ignore_ascii_case("connection") {
                keeps_open = !value.eq_ignore_ascii_case("close");
            }
        }
        Some(Self { status, length, keeps_open })
    }
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}
