//! A server in this process, and a client that sees every byte.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::Method;
use purlin_core::{App, Body, BoxFuture, Request, Response, Result, Routes, Text};
use purlin_server::{Server, ServerConfig, ServerStats, Stopped, Workers};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Barrier, Notify, oneshot};
use tokio::task::JoinHandle;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Those that all tests share, where connections stay with their thread.
static WORKERS: LazyLock<Option<Workers>> =
    LazyLock::new(|| crate::PER_CORE.then(|| Workers::start(NonZeroUsize::new(2)).unwrap()));

/// A server that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) stats: Arc<ServerStats>,
    told: Arc<Told>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Stopped>,
}

/// How many requests have to be there before `/together` answers any of them.
pub(crate) const TOGETHER: usize = 200;

/// How long the answer of `/large` is: less than what a system takes of a server at once.
pub(crate) const LARGE: usize = 400_000;

/// The timeouts of [`quick`].
pub(crate) const SHORT: Duration = Duration::from_millis(300);

/// What handlers tell: how many requests have begun to sleep or to wait, and how many of those that
/// wait were given up.
#[derive(Debug, Default)]
pub(crate) struct Told {
    begun: AtomicUsize,
    given_up: AtomicUsize,
    /// Lets `/held` answer.
    held: Arc<Notify>,
}

/// Something that never ends by itself.
struct Endless(Arc<Told>);

impl Endless {
    fn begin(told: &Arc<Told>) -> Self {
        told.begun.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(told))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        self.0.given_up.fetch_add(1, Ordering::SeqCst);
    }
}

/// What tests ask for.
pub(crate) fn routes(told: &Arc<Told>) -> Routes {
    let sleeping = |time: Duration| {
        let told = Arc::clone(told);
        move || {
            told.begun.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::time::sleep(time).await;
                "slept"
            }
        }
    };
    let (one, other, third) = (Arc::clone(told), Arc::clone(told), Arc::clone(told));
    let all = Arc::new(Barrier::new(TOGETHER));
    Routes::new()
        .without_timeout()
        .on(Method::GET, "/wait", waiting(told))
        .on(Method::POST, "/wait", waiting(told))
        .get("/silent", move || {
            let endless = Endless::begin(&one);
            let body = Body::produce(|out| async move {
                out.send("the beginning").await?;
                std::future::pending::<()>().await;
                drop(endless);
                Ok(())
            });
            std::future::ready(body)
        })
        .get("/ticking", move || {
            let endless = Endless::begin(&other);
            let body = Body::produce(|out| async move {
                let _endless = endless;
                loop {
                    out.send("tick\n").await?;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
            std::future::ready(body)
        })
        .get("/together", move || {
            let all = Arc::clone(&all);
            async move {
                all.wait().await;
                "together"
            }
        })
        .get("/large", async || "x".repeat(LARGE))
        .get("/held", move || {
            third.begun.fetch_add(1, Ordering::SeqCst);
            let held = Arc::clone(&third.held);
            async move {
                held.notified().await;
                "x".repeat(LARGE)
            }
        })
        .post("/bytes", async |bytes: bytes::Bytes| bytes.len().to_string())
        .merge(
            Routes::new()
                .timeout(SHORT)
                .post("/hasty", async |bytes: bytes::Bytes| bytes.len().to_string())
                .post("/hasty/wait", async |_: bytes::Bytes| std::future::pending::<()>().await),
        )
        .merge(every_method())
        .get("/fields", fields)
        .get("/who", who)
        .get("/empty", async || "")
        .get("/", async || "hello")
        .get("/sleep", sleeping(Duration::from_millis(100)))
        .get("/sleep/long", sleeping(SHORT * 2))
        .post("/ignore", async || "ignored")
        .post("/echo", echo)
        .post("/detached", async |mut body: Body| {
            tokio::spawn(async move { body.collect(1 << 20).await.map(|body| body.len()) });
            "taken"
        })
        .get("/panic", async || {
            Body::produce(|out| async move {
                out.send("the beginning").await?;
                panic!("on purpose")
            })
        })
        .get("/stream", async || {
            Body::produce(|out| async move {
                for _ in 0..1024 {
                    out.send(vec![b'x'; 32 * 1024]).await?;
                }
                Ok(())
            })
        })
        .get("/twice/framed", async || {
            let mut response = Response::default();
            *response.body_mut() = Body::produce(async |_| Ok(()));
            response.set_header("content-length", "5")?;
            response.set_header("transfer-encoding", "chunked")?;
            Ok::<_, purlin_core::Error>(response)
        })
        .get("/broken", async || {
            Body::produce(|out| async move {
                out.send("the beginning").await?;
                Err("the end is missing".into())
            })
        })
}

/// A handler that never answers, and leaves the body alone.
fn waiting(
    told: &Arc<Told>,
) -> impl Fn() -> BoxFuture<&'static str> + Clone + Send + Sync + 'static {
    let told = Arc::clone(told);
    move || {
        let endless = Endless::begin(&told);
        Box::pin(async move {
            std::future::pending::<()>().await;
            drop(endless);
            "never"
        })
    }
}

/// `/method` says with which method it was asked, and what came.
fn every_method() -> Routes {
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"];
    methods.into_iter().fold(Routes::new(), |routes, name| {
        let method = Method::from_bytes(name.as_bytes()).unwrap();
        let say = move |Text(body): Text| async move { format!("{name} {body}") };
        routes.on(method, "/method", say)
    })
}

/// Every value of `X-A` that came.
async fn fields(request: Request) -> String {
    let values = request.headers().get_all("x-a").iter();
    values.map(|value| value.to_str().unwrap()).collect::<Vec<_>>().join("|")
}

/// Who asks, and for which site.
async fn who(request: Request) -> String {
    let scheme = if request.connection().is_secure() { "https" } else { "http" };
    let client = request.client_address().map(|client| client.ip());
    let host = request.header("host").unwrap_or_default();
    format!("{} {scheme}://{host}", client.map_or("nobody".to_owned(), |ip| ip.to_string()))
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
    ServerConfig::default()
        .port(0)
        .header_timeout(SHORT)
        .body_timeout(SHORT)
        .keep_alive(SHORT)
        .write_timeout(SHORT)
}

pub(crate) async fn start() -> Running {
    start_with(ServerConfig::default().port(0)).await
}

pub(crate) async fn start_with(config: ServerConfig) -> Running {
    start_app(config, App::without_request_log).await
}

/// Starts an application with the routes of all tests, and with what one of them wants else.
pub(crate) async fn start_app(config: ServerConfig, change: fn(App) -> App) -> Running {
    begin(config, change, WORKERS.as_ref()).await
}

/// As [`start_app`], on the thread of the test, whose log it is that is looked at.
pub(crate) async fn start_here(config: ServerConfig, change: fn(App) -> App) -> Running {
    begin(config, change, None).await
}

async fn begin(
    config: ServerConfig,
    change: fn(App) -> App,
    workers: Option<&'static Workers>,
) -> Running {
    let told = Arc::default();
    let app = change(App::new("t").routes(routes(&told)));
    let service = app.assemble().unwrap().start().await.unwrap().service();
    let server = Server::bind(&config).unwrap();
    let (address, stats) = (server.local_addr(), server.stats());
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        let stopped = match workers {
            Some(workers) => server.serve_on(workers, service, stopped).await,
            None => server.serve(service, stopped).await,
        };
        stopped.unwrap()
    });
    Running { address, stats, told, stop, task }
}

impl Running {
    pub(crate) async fn connect(&self) -> Client {
        Client { stream: TcpStream::connect(self.address).await.unwrap(), buffer: Vec::new() }
    }

    /// A client whose system takes little at a time, so that most of a large answer waits with the
    /// server's until it is read.
    pub(crate) async fn connect_narrow(&self) -> Client {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Client { stream: socket.connect(self.address).await.unwrap(), buffer: Vec::new() }
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

    /// What lets `/held` answer, with as much as `/large`.
    pub(crate) fn held(&self) -> Arc<Notify> {
        Arc::clone(&self.told.held)
    }

    /// Waits until so many requests have begun to sleep or to wait.
    pub(crate) async fn begun(&self, count: usize) {
        self.until(|_| self.told.begun.load(Ordering::SeqCst) == count).await;
    }

    /// Waits until so many requests that would wait for ever were given up.
    pub(crate) async fn given_up(&self, count: usize) {
        self.until(|_| self.told.given_up.load(Ordering::SeqCst) == count).await;
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
    /// Leaves with a reset instead of an end.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

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

    /// Whether the server ends the connection, in whatever way, and has sent nothing.
    pub(crate) async fn ends_without_an_answer(&mut self) -> bool {
        let read = self.stream.read_to_end(&mut self.buffer);
        // A reset is an end, too: it says that something was not read.
        let _ = tokio::time::timeout(PATIENCE, read).await.expect("it ends");
        self.buffer.is_empty()
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

    pub(crate) async fn exactly(&mut self, length: usize) -> String {
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
