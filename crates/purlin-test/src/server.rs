//! The built server, as a child process: for tests of what only a real process does.

use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::client::conn::http1;
use purlin_core::{App, Body, Error, Inject, Request, Response, Result};
use tokio::net::TcpStream;

use crate::app::TestApp;
use crate::pipe::Pipe;
use crate::signal::Signal;

/// How long a server may take until it listens.
const START: Duration = Duration::from_mins(1);

/// A server that runs as a child process on a free port, and is stopped with the test.
///
/// It is asked like a [`TestApp`], over HTTP/1.1 with a new connection for each request. Its
/// answers are not held against its document.
///
/// ```ignore
/// let server = TestServer::start(env!("CARGO_BIN_EXE_bookshelf"), []).await;
/// server.get("/healthz").await.assert_ok();
/// assert!(server.interrupt().await.success());
/// ```
pub struct TestServer {
    app: TestApp,
    address: SocketAddr,
    child: Running,
    said: Said,
}

/// A server on its way into a test: its arguments, its environment and its folder.
///
/// What is not set here is as in the test's own process.
#[must_use = "nothing is started yet"]
#[derive(Debug)]
pub struct ServerSetup {
    command: Command,
}

impl fmt::Debug for TestServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestServer({})", self.address)
    }
}

impl Deref for TestServer {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

impl ServerSetup {
    /// Adds arguments: `arguments(["--mode", "prod"])`.
    pub fn arguments<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable out of its environment: without `CARGO_MANIFEST_DIR`, for example, it does
    /// not find the `purlin.toml` beside the `Cargo.toml` of the test.
    pub fn without_env(mut self, name: impl AsRef<OsStr>) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Runs it in another folder, where it looks for `purlin.toml` and `.env`.
    pub fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Starts it on a free port, and waits until it listens.
    ///
    /// # Panics
    ///
    /// When it ends or is silent instead, with everything that it said.
    pub async fn start(self) -> TestServer {
        let Self { mut command } = self;
        command.args(["--port", "0"]).stdin(Stdio::null()).stderr(Stdio::piped());
        let binary = command.get_program().display().to_string();
        let mut child = match command.spawn() {
            Ok(child) => Running(Some(child)),
            Err(error) => panic!("`{binary}` cannot be started: {error}"),
        };
        let (sender, news) = channel();
        let said = Said::default();
        let stderr = child.0.as_mut().and_then(|child| child.stderr.take());
        let stderr = stderr.expect("it was asked for");
        // The pipe is read to its end, so that the server never waits for room in it.
        let listener = said.clone();
        std::thread::spawn(move || listener.listen(stderr, &sender));
        let listened = said.clone();
        let listening = tokio::task::spawn_blocking(move || listened.address(&news)).await;
        let Ok(Some(address)) = listening else {
            panic!("`{binary}` does not listen; it said:\n{}", said.text());
        };
        let app = App::new("test server")
            .docs(false)
            .without_health()
            .without_request_id()
            .without_request_log()
            .without_security_headers()
            .provide(Upstream(address))
            .fallback(forward);
        TestServer { app: TestApp::start(app).await, address, child, said }
    }
}

impl TestServer {
    /// Starts a binary with arguments, and waits until it listens.
    ///
    /// # Panics
    ///
    /// When it ends or is silent instead, with everything that it said.
    pub async fn start<'a>(binary: &str, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        Self::of(binary).arguments(arguments).start().await
    }

    /// Prepares to start a binary in an environment or a folder of its own.
    ///
    /// ```ignore
    /// let server = TestServer::of(env!("CARGO_BIN_EXE_bookshelf"))
    ///     .env("PURLIN_MODE", "prod")
    ///     .start()
    ///     .await;
    /// assert!(server.said().contains("prod"));
    /// ```
    pub fn of(binary: &str) -> ServerSetup {
        ServerSetup { command: Command::new(binary) }
    }

    /// What it has written to its standard error until now, its banner at least.
    pub fn said(&self) -> String {
        self.said.text()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Interrupts it as Ctrl-C does, and waits for its end. Where there are no signals, as on
    /// Windows, it is ended at once.
    pub async fn interrupt(self) -> ExitStatus {
        self.stop(Signal::Interrupt).await
    }

    /// Terminates it as a service manager does, and waits for its end. Where there are no signals,
    /// as on Windows, it is ended at once.
    pub async fn terminate(self) -> ExitStatus {
        self.stop(Signal::Terminate).await
    }

    async fn stop(mut self, signal: Signal) -> ExitStatus {
        let mut child = self.child.0.take().expect("a server is stopped once");
        signal.send(&mut child).expect("the server runs");
        let ended = tokio::task::spawn_blocking(move || child.wait()).await;
        ended.expect("waiting does not panic").expect("the server ends")
    }
}

/// A process that ends with whoever holds it, also when a test panics before the server is one.
struct Running(Option<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a server wrote to its standard error.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// Keeps all that is written, and tells whoever waits for it.
    fn listen(&self, mut stderr: impl Read, news: &Sender<()>) {
        let mut buffer = [0; 8 * 1024];
        while let Ok(length @ 1..) = stderr.read(&mut buffer) {
            let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            said.extend_from_slice(&buffer[..length]);
            let _ = news.send(());
        }
    }

    /// The address in the banner; `None` when the server has ended, or says nothing for too long.
    fn address(&self, news: &Receiver<()>) -> Option<SocketAddr> {
        loop {
            news.recv_timeout(START).ok()?;
            if let Some(address) = self.text().split_inclusive('\n').find_map(listening) {
                return Some(address);
            }
        }
    }
}

/// The address in the line of the banner, if it is that line, and whole.
fn listening(line: &str) -> Option<SocketAddr> {
    let origin = line.strip_suffix('\n')?.trim().strip_prefix("listening")?;
    origin.trim().strip_prefix("http://")?.parse().ok()
}

/// Where the server listens.
struct Upstream(SocketAddr);

/// Passes a request on to the server, on a connection of its own.
async fn forward(upstream: Inject<Upstream>, request: Request) -> Result<Response> {
    let stream = Pipe::new(TcpStream::connect(upstream.0).await?);
    let (mut sender, connection) = http1::handshake::<_, Body>(stream).await?;
    let driven = tokio::spawn(connection);
    let (head, body) = request.into_parts();
    let answer = sender.send_request(http::Request::from_parts(head, body)).await?;
    let (head, body) = answer.into_parts();
    let bytes = body.collect().await?.to_bytes();
    drop(sender);
    driven.await.map_err(Error::from)??;
    let mut response = Response::new(head.status);
    *response.headers_mut() = head.headers;
    *response.body_mut() = Body::from(bytes);
    Ok(response)
}
