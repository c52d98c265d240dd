//! The built server, as a child process: for tests of what only a real process does.

use std::fmt;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::ops::Deref;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::client::conn::http1;
use purlin_core::{App, Body, Error, Inject, Request, Response, Result};
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;

use crate::app::TestApp;
use crate::pipe::Pipe;

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
    child: Option<Child>,
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

impl TestServer {
    /// Starts a binary with arguments, and waits until it listens.
    ///
    /// # Panics
    ///
    /// When it ends or is silent instead, with everything that it said.
    pub async fn start<'a>(binary: &str, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        let mut command = Command::new(binary);
        command.args(["--port", "0"]).args(arguments).stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("`{binary}` cannot be started: {error}"),
        };
        let (lines, said) = channel();
        let stderr = child.stderr.take().expect("it was asked for");
        // The pipe is read to its end, so that the server never waits for room in it.
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(std::result::Result::ok) {
                let _ = lines.send(line);
            }
        });
        let listening = tokio::task::spawn_blocking(move || listening(&said)).await;
        let address = match listening {
            Ok(Ok(address)) => address,
            Ok(Err(said)) => panic!("`{binary}` does not listen; it said:\n{said}"),
            Err(error) => panic!("`{binary}` does not listen: {error}"),
        };
        let app = App::new("test server")
            .docs(false)
            .without_health()
            .without_request_id()
            .without_request_log()
            .without_security_headers()
            .provide(Upstream(address))
            .fallback(forward);
        Self { app: TestApp::start(app).await, address, child: Some(child) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Interrupts it as Ctrl-C does, and waits for its end.
    pub async fn interrupt(self) -> ExitStatus {
        self.stop(Signal::INT).await
    }

    /// Terminates it as a service manager does, and waits for its end.
    pub async fn terminate(self) -> ExitStatus {
        self.stop(Signal::TERM).await
    }

    async fn stop(mut self, signal: Signal) -> ExitStatus {
        let mut child = self.child.take().expect("a server is stopped once");
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process has an id"), signal).expect("the server runs");
        let ended = tokio::task::spawn_blocking(move || child.wait()).await;
        ended.expect("waiting does not panic").expect("the server ends")
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The address in the banner; everything that was said when there is none.
fn listening(said: &Receiver<String>) -> std::result::Result<SocketAddr, String> {
    let mut all = String::new();
    while let Ok(line) = said.recv_timeout(START) {
        let origin = line.trim().strip_prefix("listening").map(str::trim);
        let address = origin.and_then(|origin| origin.strip_prefix("http://")?.parse().ok());
        if let Some(address) = address {
            return Ok(address);
        }
        all.push_str(&line);
        all.push('\n');
    }
    Err(all)
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
