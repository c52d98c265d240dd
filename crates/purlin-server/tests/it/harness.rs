//! A server in this process, and a client that sees every byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use purlin_core::config::Period;
use purlin_core::{App, Body, Request, Response, Result, Routes};
use purlin_server::{Server, ServerConfig, ServerStats, Stopped};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) stats: Arc<ServerStats>,
    sleepers: Arc<AtomicUsize>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Stopped>,
}

/// The timeouts of [`quick`].
pub(crate) const SHORT: Duration = Duration::from_millis(300);

/// What tests ask for; `sleepers` counts the requests that have begun to sleep.
pub(crate) fn routes(sleepers: &Arc<AtomicUsize>) -> Routes {
    let sleeping = |time: Duration| {
        let sleepers = Arc::clone(sleepers);
        move || {
            sleepers.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::time::sleep(time).await;
                "slept"
            }
        }
    };
    Routes::new()
        .get("/", async || "hello")
        .get("/sleep", sleeping(Duration::from_millis(100)))
        .get("/sleep/long", sleeping(SHORT * 2))
        .post("/ignore", async || "ignored")
        .post("/bytes", async |bytes: bytes::Bytes| bytes.len().to_string())
        .post("/echo", echo)
        .post("/detached", async |mut body: Body| {
            tokio::spawn(async move { body.collect(1 << 20).await.map(|body| body.len()) });
            "taken"
        })
        .get("/panic", async || {
            Body::produce(|out| async move {
                out.send("the beginning").await;
                panic!("on purpose")
            })
        })
        .get("/stream", async || {
            Body::produce(|out| async move {
                for _ in 0..1024 {
                    out.send(vec![b'x'; 32 * 1024]).await;
                }
                Ok(())
            })
        })
        .get("/broken", async || {
            Body::produce(|out| async move {
                out.send("the beginning").await;
                Err("the end is missing".into())
            })
        })
}

/// Sends back what comes, trailers included.
async fn echo(mut request: Request) -> Result<Response> {
    let mut response = Response::default();
    if let Some(trailer) = request.header("trailer") {
        response.set_header("trailer", trailer)?;
    }
    *response.body_mut() = request.take_body();
    Ok(response)
}

pub(crate) fn quick() -> ServerConfig {
    let short = Period::from(SHORT);
    ServerConfig {
        port: 0,
        header_timeout: short,
        body_timeout: short,
        keep_alive: short,
        write_timeout: short,
        ..ServerConfig::default()
    }
}

pub(crate) async fn start() -> Running {
    start_with(ServerConfig { port: 0, ..ServerConfig::default() }).await
}

pub(crate) async fn start_with(config: ServerConfig) -> Running {
    let sleepers = Arc::default();
    let app = App::new("t").routes(routes(&sleepers)).without_request_log();
    let service = app.assemble().unwrap().start().await.unwrap().service();
    let server = Server::bind(&config).unwrap();
    let (address, stats) = (server.local_addr(), server.stats());
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move { server.serve(service, stopped).await.unwrap() });
    Running { address, stats, sleepers, stop, task }
}

impl Running {
    pub(crate) async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(self.address).await.unwrap(), buffer: Vec::new() }
    }

    /// Sends one request on a connection of its own, and returns all that comes.
    pub(crate) async fn exchange(&self, request: &str) -> String {
        let mut client = self.connect().await;
        client.send(request).await;
        client.rest().await
    }

    /// Asks it to stop, and returns what will have become of it.
    pub(crate) fn stop(self) -> JoinHandle<Stopped> {
        self.stop.send(()).unwrap();
        self.task
    }

    /// Waits until so many requests sleep.
    pub(crate) async fn asleep(&self, count: usize) {
        self.until(|_| self.sleepers.load(Ordering::SeqCst) == count).await;
    }

    /// Waits until something is true of what it counts.
    pub(crate) async fn until(&self, is_true: impl Fn(&ServerStats) -> bool) {
        let poll = async {
            while !is_true(&self.stats) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, poll).await.expect("it comes true");
    }
}

/// A client that sees every byte.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    /// What came after the last answer.
    buffer: Vec<u8>,
}

/// An answer, with its body decoded.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) trailers: String,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    pub(crate) fn closes(&self) -> bool {
        self.head.contains("\r\nconnection: close\r\n")
    }
}

impl Client {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// The next answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        let head = self.until("\r\n\r\n").await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if let Some(length) = length {
            let body = self.exactly(length.parse().unwrap()).await;
            return Answer { head, body, trailers: String::new() };
        }
        if !head.contains("transfer-encoding: chunked") {
            return Answer { head, body: String::new(), trailers: String::new() };
        }
        let mut body = String::new();
        loop {
            let size = self.until("\r\n").await;
            let size = usize::from_str_radix(size.trim_end(), 16).unwrap();
            if size == 0 {
                break;
            }
            body.push_str(&self.exactly(size).await);
            self.exactly(2).await;
        }
        let mut trailers = String::new();
        loop {
            match self.until("\r\n").await.as_str() {
                "\r\n" => return Answer { head, body, trailers },
                line => trailers.push_str(line),
            }
        }
    }

    /// All that comes until the server closes.
    pub(crate) async fn rest(&mut self) -> String {
        let read = self.stream.read_to_end(&mut self.buffer);
        tokio::time::timeout(PATIENCE, read).await.expect("it ends").unwrap();
        String::from_utf8(std::mem::take(&mut self.buffer)).unwrap()
    }

    /// Whether the server closes the connection, and sends nothing more.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.rest().await.is_empty()
    }

    pub(crate) async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self.buffer.windows(end.len()).position(|window| window == end.as_bytes());
            if let Some(at) = found {
                return self.take(at + end.len());
            }
            self.more().await;
        }
    }

    async fn exactly(&mut self, length: usize) -> String {
        while self.buffer.len() < length {
            self.more().await;
        }
        self.take(length)
    }

    fn take(&mut self, length: usize) -> String {
        let rest = self.buffer.split_off(length);
        String::from_utf8(std::mem::replace(&mut self.buffer, rest)).unwrap()
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer);
        let read = tokio::time::timeout(PATIENCE, read).await.expect("more comes").unwrap();
        assert_ne!(read, 0, "it ended after {:?}", String::from_utf8_lossy(&self.buffer));
    }
}
