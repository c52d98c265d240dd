//! Cuts a body into its parts, chunk by chunk.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem::{self, Finder};

use super::boundary::Boundary;
use super::disposition::PartHead;

/// The most bytes of a part's head.
const LONGEST_HEAD: usize = 8 * 1024;
/// The most spaces after a boundary (RFC 2046 §5.1.1: "transport padding").
const LONGEST_PADDING: usize = 64;

/// What comes next in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A part begins.
    Head(PartHead),
    /// The next bytes of its content.
    Data(Bytes),
    /// It has ended.
    PartEnd,
    /// There are no more parts.
    End,
}

/// Why a form cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParseError {
    /// The body ended before the last boundary.
    Incomplete,
    /// A part's head is not what it should be; the text reads on after "part 3".
    Part(&'static str),
}

/// Cuts a body into its parts.
#[derive(Debug)]
pub(crate) struct Parser {
    /// `CRLF -- boundary`.
    delimiter: Finder<'static>,
    buffer: Bytes,
    state: State,
    is_whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was read: the first boundary has no line before it.
    Start,
    /// Before the first boundary, where everything is ignored.
    Preamble,
    /// After a boundary: the head of a part.
    Head,
    /// Within a part.
    Content,
    /// After the last boundary, where everything is ignored.
    End,
}

/// What a line that begins with the boundary is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    /// Another part follows, after this many bytes.
    Next(usize),
    /// The form ends.
    Last,
    /// It goes on as no boundary does: it is content.
    Longer,
    /// More of it has to be seen.
    Open,
}

/// How far one look at the buffer led.
enum Step {
    Event(Event),
    /// There is more to see in what is there.
    Again,
    /// More has to be fed.
    More,
}

impl Parser {
    pub(crate) fn new(boundary: &Boundary) -> Self {
        let delimiter = format!("\r\n--{}", boundary.as_str());
        Self {
            delimiter: Finder::new(&delimiter).into_owned(),
            buffer: Bytes::new(),
            state: State::Start,
            is_whole: false,
        }
    }

    /// Adds the next bytes of the body. What was not taken yet is no more than a part's head, so
    /// that little is copied.
    pub(crate) fn feed(&mut self, chunk: Bytes) {
        if self.buffer.is_empty() {
            self.buffer = chunk;
            return;
        }
        let mut joined = BytesMut::with_capacity(self.buffer.len() + chunk.len());
        joined.extend_from_slice(&self.buffer);
        joined.extend_from_slice(&chunk);
        self.buffer = joined.freeze();
    }

    /// Says that there is no more of the body.
    pub(crate) fn finish(&mut self) {
        self.is_whole = true;
    }

    /// What comes next; `None` when more of the body has to be fed, which is never so once it has
    /// ended.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, ParseError> {
        loop {
            let step = match self.state {
                State::Start => self.start(),
                State::Preamble | State::Content => self.search(),
                State::Head => self.head()?,
                State::End => Step::Event(Event::End),
            };
            match step {
                Step::Event(event) => return Ok(Some(event)),
                Step::Again => {}
                Step::More if self.is_whole => return Err(ParseError::Incomplete),
                Step::More => return Ok(None),
            }
        }
    }

    fn start(&mut self) -> Step {
        let first = &self.delimiter.needle()[2..];
        if self.buffer.len() < first.len() && first.starts_with(&self.buffer) {
            return Step::More;
        }
        let line = self.buffer.strip_prefix(first).map_or(Line::Longer, line);
        let length = first.len();
        match line {
            Line::Open => return Step::More,
            Line::Longer => self.state = State::Preamble,
            Line::Last => self.state = State::End,
            Line::Next(end) => {
                self.buffer.advance(length + end);
                self.state = State::Head;
            }
        }
        Step::Again
    }

    /// Looks for the next boundary, and gives what stands before it.
    fn search(&mut self) -> Step {
        let Some(at) = self.delimiter.find(&self.buffer) else {
            let sure = self.buffer.len() - self.begun();
            return if sure == 0 { Step::More } else { self.give(sure) };
        };
        let length = self.delimiter.needle().len();
        let end = match line(&self.buffer[at + length..]) {
            Line::Longer => return self.give(at + length),
            _ if at > 0 => return self.give(at),
            Line::Open => return Step::More,
            Line::Next(end) => Some(end),
            Line::Last => None,
        };
        let was = self.state;
        match end {
            Some(end) => {
                self.buffer.advance(length + end);
                self.state = State::Head;
            }
            None => self.state = State::End,
        }
        if was == State::Content { Step::Event(Event::PartEnd) } else { Step::Again }
    }

    /// Gives the first bytes of the buffer, or drops them where they are nobody's.
    fn give(&mut self, length: usize) -> Step {
        let data = self.buffer.split_to(length);
        if self.state == State::Content { Step::Event(Event::Data(data)) } else { Step::Again }
    }

    /// How many bytes at the end may be the beginning of a boundary.
    fn begun(&self) -> usize {
        let needle = self.delimiter.needle();
        let from = self.buffer.len().saturating_sub(needle.len() - 1);
        let end = &self.buffer[from..];
        let candidates = memchr::memchr_iter(b'\r', end).map(|at| &end[at..]);
        candidates.filter(|tail| needle.starts_with(tail)).map(<[u8]>::len).max().unwrap_or(0)
    }

    fn head(&mut self) -> Result<Step, ParseError> {
        // A head without a field is an empty line alone.
        let end = if self.buffer.starts_with(b"\r\n") {
            Some(2)
        } else {
            let seen = &self.buffer[..self.buffer.len().min(LONGEST_HEAD)];
            memmem::find(seen, b"\r\n\r\n").map(|at| at + 4)
        };
        let Some(end) = end else {
            return match self.buffer.len() {
                ..LONGEST_HEAD => Ok(Step::More),
                _ => Err(ParseError::Part("has a head of more than 8 KiB")),
            };
        };
        let head = self.buffer.split_to(end);
        self.state = State::Content;
        let head = PartHead::parse(&head).map_err(ParseError::Part)?;
        Ok(Step::Event(Event::Head(head)))
    }
}

/// What follows the boundary on its line. A line that only begins like one is content: RFC 2046
/// §5.1.1 forbids it, and whoever sends a file cannot know (RFC 7578 §4.1).
fn line(rest: &[u8]) -> Line {
    if rest.starts_with(b"--") {
        return Line::Last;
    }
    let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match &rest[padding..] {
        _ if padding > LONGEST_PADDING => Line::Longer,
        [b'\r', b'\n', ..] => Line::Next(padding + 2),
        [] | [b'\r'] => Line::Open,
        [b'-'] if padding == 0 => Line::Open,
        _ => Line::Longer,
    }
}
