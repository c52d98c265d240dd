//! A client of one connection that waits: for checks and for counts, where its own speed is nothing.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A connection to a server on this machine.
pub(crate) struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

/// An answer, as far as the contract looks at it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names are in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_mins(2)))?;
        Ok(Self { stream, received: Vec::new() })
    }

    pub(crate) fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request)
    }

    /// Waits for one answer, which has to say its length.
    pub(crate) fn receive(&mut self) -> io::Result<Answer> {
        let (head, mut answer) = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                break (end + 4, Answer::parse(&self.received[..end])?);
            }
            self.more()?;
        };
        let length = answer.header("content-length").and_then(|text| text.parse::<usize>().ok());
        let length = length.ok_or_else(|| invalid("an answer without a length"))?;
        while self.received.len() < head + length {
            self.more()?;
        }
        answer.body = self.received[head..head + length].to_vec();
        self.received.drain(..head + length);
        Ok(answer)
    }

    fn more(&mut self) -> io::Result<()> {
        let mut piece = [0; 16 * 1024];
        let count = self.stream.read(&mut piece)?;
        if count == 0 {
            return Err(invalid("the connection was closed"));
        }
        self.received.extend_from_slice(&piece[..count]);
        Ok(())
    }
}

impl Answer {
    fn parse(head: &[u8]) -> io::Result<Self> {
        let head = String::from_utf8_lossy(head);
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers =
            headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        Ok(Self {
            status: status.ok_or_else(|| invalid("an answer without a status"))?,
            headers: headers.collect(),
            body: Vec::new(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|(known, _)| known == name);
        header.map(|(_, value)| value.as_str())
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}
