//! A load test: so many requests, so many at a time, and what the answers took.
//!
//! A request that gets no answer, and one whose answer is no 2xx, are counted apart from good ones,
//! so that a server that refuses quickly is not taken for a fast one.
//!
//! # Example
//!
//! ```no_run
//! use purlin_benches::load::Load;
//!
//! let summary = Load::new("http://127.0.0.1:3000/")?.requests(1000).concurrency(100).run()?;
//! assert!(summary.is_good());
//! println!("{summary}");
//! # Ok::<(), purlin_benches::load::LoadError>(())
//! ```

mod connection;

mod summary;

mod target;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{error, fmt, io};

pub use self::summary::Summary;

use self::connection::Connection;
use self::summary::Outcome;
use self::target::Target;

/// A load test that can be run.
#[derive(Clone, Debug)]
pub struct Load {
    target: Target,
    method: String,
    headers: String,
    body: Vec<u8>,
    requests: u64,
    duration: Option<Duration>,
    concurrency: usize,
    keep_alive: bool,
    pipeline: usize,
    timeout: Duration,
}

impl Load {
    /// Of a `GET` of this URL, which begins with `http://`: 1,000 requests, 100 at a time, each on a
    /// new connection, with 30 seconds for each.
    ///
    /// # Errors
    ///
    /// What is not such a URL.
    pub fn new(url: &str) -> Result<Self, LoadError> {
        Ok(Self {
            target: Target::parse(url)?,
            method: "GET".to_owned(),
            headers: String::new(),
            body: Vec::new(),
            requests: 1000,
            duration: None,
            concurrency: 100,
            keep_alive: false,
            pipeline: 1,
            timeout: Duration::from_secs(30),
        })
    }

    /// How many requests.
    #[must_use]
    pub fn requests(mut self, requests: u64) -> Self {
        self.requests = requests;
        self
    }

    /// As many requests as there is time for, instead of a number of them.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// How many at a time; at least one.
    #[must_use]
    pub fn concurrency(mut self, concurrency: usize) -> Self {
        self.concurrency = concurrency.max(1);
        self
    }

    /// One connection for all requests of a place, instead of a new one for each.
    #[must_use]
    pub fn keep_alive(mut self) -> Self {
        self.keep_alive = true;
        self
    }

    /// So many requests are sent before their answers are read; keeps connections.
    #[must_use]
    pub fn pipeline(mut self, depth: usize) -> Self {
        self.pipeline = depth.max(1);
        self.keep_alive = true;
        self
    }

    /// Another method than `GET`.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    /// One more header field.
    ///
    /// # Errors
    ///
    /// A line break in it.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, LoadError> {
        if [name, value].iter().any(|text| text.contains(['\r', '\n'])) {
            return Err(LoadError::new(format!("the header field `{name}` has a line break")));
        }
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        Ok(self)
    }

    /// A body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// How long one request may take, connecting included: 30 seconds unless said.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs it on this thread, and returns when all answers are there or were given up.
    ///
    /// # Errors
    ///
    /// A host that has no address, and a system that gives no runtime; what goes wrong with a
    /// request is counted instead.
    pub fn run(&self) -> Result<Summary, LoadError> {
        let address = self.target.address()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| LoadError::new(format!("the runtime: {error}")))?;
        let plan = Arc::new(Plan {
            request: self.request(),
            is_head: self.method == "HEAD",
            address,
            keep_alive: self.keep_alive,
            pipeline: self.pipeline,
            timeout: self.timeout,
            begun: AtomicU64::new(0),
            requests: if self.duration.is_some() { u64::MAX } else { self.requests },
            end: self.duration.map(|duration| Instant::now() + duration),
        });
        let start = Instant::now();
        let outcome = runtime.block_on(async {
            let places = (0..self.concurrency).map(|_| tokio::spawn(Arc::clone(&plan).place()));
            let mut all = Outcome::default();
            for place in places.collect::<Vec<_>>() {
                all.add(place.await.expect("a place does not panic"));
            }
            all
        });
        Ok(Summary::of(outcome, self.concurrency, start.elapsed()))
    }

    fn request(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target.path);
        head.push_str(&format!("Host: {}\r\n{}", self.target.authority, self.headers));
        if !self.keep_alive {
            head.push_str("Connection: close\r\n");
        }
        if !self.body.is_empty() || ["POST", "PUT", "PATCH"].contains(&self.method.as_str()) {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str("\r\n");
        let mut request = head.into_bytes();
        request.extend_from_slice(&self.body);
        request
    }
}

/// What all places share.
struct Plan {
    request: Vec<u8>,
    is_head: bool,
    address: std::net::SocketAddr,
    keep_alive: bool,
    pipeline: usize,
    timeout: Duration,
    begun: AtomicU64,
    requests: u64,
    end: Option<Instant>,
}

impl Plan {
    /// One of the places: asks until all requests were begun, or the time is over.
    async fn place(self: Arc<Self>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut connection = None;
        let batch = self.request.repeat(self.pipeline);
        while let Some(depth) = self.next() {
            let start = Instant::now();
            let asked = &batch[..self.request.len() * depth];
            let asking = self.ask(&mut connection, asked, depth, start, &mut outcome);
            let result = tokio::time::timeout(self.timeout, asking).await;
            let result = result.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            if let Err(error) = result {
                outcome.failed(&error);
                connection = None;
            }
        }
        outcome
    }

    /// How many requests to send next, unless this is the end.
    fn next(&self) -> Option<usize> {
        if self.end.is_some_and(|end| Instant::now() >= end) {
            return None;
        }
        let depth = self.pipeline as u64;
        let begun = self.begun.fetch_add(depth, Ordering::Relaxed);
        let left = self.requests.saturating_sub(begun).min(depth);
        usize::try_from(left).ok().filter(|left| *left > 0)
    }

    async fn ask(
        &self,
        connection: &mut Option<Connection>,
        asked: &[u8],
        depth: usize,
        start: Instant,
        outcome: &mut Outcome,
    ) -> io::Result<()> {
        // What is not answered counts as an error, each request for itself.
        outcome.pending = depth as u64;
        let open = match connection {
            Some(open) => open,
            None => connection.insert(Connection::open(self.address).await?),
        };
        open.send(asked).await?;
        let mut is_open = true;
        for _ in 0..depth {
            if !is_open {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let answer = open.receive(self.is_head).await?;
            outcome.answered(answer.status, answer.bytes, start.elapsed());
            is_open = answer.keeps_open;
        }
        if !is_open || !self.keep_alive {
            *connection = None;
        }
        Ok(())
    }
}

/// Why a load test cannot be run.
#[derive(Debug)]
pub struct LoadError {
    message: String,
}

impl LoadError {
    fn new(message: String) -> Self {
        Self { message }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl error::Error for LoadError {}
