//! What all peers share: the values that go over the wire, and the command line.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How long an idle connection is kept where the default is shorter.
pub const IDLE: Duration = Duration::from_secs(75);

pub const TEXT: &str = "Hello, World!";

#[derive(Serialize)]
pub struct Message {
    pub message: &'static str,
}

impl Message {
    pub fn hello() -> Self {
        Self { message: TEXT }
    }
}

#[derive(Serialize)]
pub struct User {
    pub id: u64,
    pub name: String,
}

impl User {
    pub fn new(id: u64) -> Self {
        Self { id, name: format!("user {id}") }
    }
}

/// The query of a search, and its answer.
#[derive(Deserialize, Serialize)]
pub struct Search {
    pub q: String,
    #[serde(default = "first")]
    pub page: u32,
}

fn first() -> u32 {
    1
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Low,
    High,
}

#[derive(Deserialize, Serialize)]
pub struct Place {
    pub city: String,
    pub zip: u32,
}

/// Eight fields of different kinds.
#[derive(Deserialize, Serialize)]
pub struct Echo {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub score: f64,
    pub active: bool,
    pub tags: Vec<String>,
    pub place: Option<Place>,
    pub level: Level,
}

/// What a peer is told: `--port N`, `--routes N`, `--middleware`.
pub struct Options {
    pub port: u16,
    /// So many more routes `/api/r{i}/items/{id}`.
    pub routes: usize,
    /// Five steps around all routes: an id, the time, a security header, a counter, CORS.
    pub middleware: bool,
}

impl Options {
    pub fn from_arguments() -> Self {
        let mut options = Self { port: 0, routes: 0, middleware: false };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || arguments.next().and_then(|text| text.parse::<usize>().ok());
            match argument.as_str() {
                "--port" => {
                    let port = number().and_then(|port| port.try_into().ok());
                    options.port = port.expect("`--port` has a number");
                }
                "--routes" => options.routes = number().expect("`--routes` has a number"),
                "--middleware" => options.middleware = true,
                other => panic!("unknown argument `{other}`"),
            }
        }
        options
    }

    /// The socket to listen on.
    pub fn listener(&self) -> std::net::TcpListener {
        let listener = std::net::TcpListener::bind(("127.0.0.1", self.port));
        let listener = listener.expect("the port is free");
        listener.set_nonblocking(true).expect("a socket can be asked without waiting");
        listener
    }
}

/// The path of an additional route.
pub fn item_path(index: usize) -> String {
    format!("/api/r{index}/items/{{id}}")
}

static COUNTER: AtomicU64 = AtomicU64::new(1);

/// The id of a request.
pub fn next_id() -> u64 {
    COUNTER.fetch_add(1, Ordering::Relaxed)
}

/// Microseconds since then.
pub fn micros(start: Instant) -> u64 {
    start.elapsed().as_micros().try_into().unwrap_or(u64::MAX)
}

static SEEN: AtomicU64 = AtomicU64::new(0);

/// Counts one request.
pub fn count() {
    SEEN.fetch_add(1, Ordering::Relaxed);
}
