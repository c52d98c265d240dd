//! This program, once more, as the application.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::ROLE;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_mins(1);

/// The application, not yet started, without the configuration of whoever runs the tests.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments).stdin(Stdio::null()).env(ROLE, "application");
    command.current_dir(env!("CARGO_TARGET_TMPDIR")).env_remove("CARGO_MANIFEST_DIR");
    command
}

/// What the application says, and how it ends. It cannot listen, so that it does end.
pub(crate) fn run(arguments: &[&str]) -> Ran {
    let mut command = command(arguments);
    Ran::of(&command.env("PURLIN__SERVER__HOST", "192.0.2.1").output().unwrap())
}

/// What an application said, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// The application, serving.
pub(crate) struct Serving {
    child: Child,
    said: Receiver<String>,
    pub(crate) address: SocketAddr,
    /// The line that it was waited for.
    last: String,
}

impl Serving {
    pub(crate) fn start(shutdown_timeout: &str, threading: &str) -> Self {
        let timeout = format!("server.shutdown_timeout={shutdown_timeout}");
        let threading = format!("server.threading={threading}");
        Self::begin(&mut command(&["serve", "--port", "0", "--set", &timeout, "--set", &threading]))
    }

    /// Starts it as this says, on a port.
    pub(crate) fn begin(command: &mut Command) -> Self {
        Self::begin_until(command, "listening").known()
    }

    /// Starts it, and waits until it says this.
    pub(crate) fn begin_until(command: &mut Command, word: &str) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let (lines, said) = channel();
        let stderr = child.stderr.take().unwrap();
        thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).for_each(|line| {
                let _ = lines.send(line);
            });
        });
        let address = ([0, 0, 0, 0], 0).into();
        let mut serving = Self { child, said, address, last: String::new() };
        serving.last = serving.until(word);
        serving
    }

    /// With the address that it has said last.
    fn known(mut self) -> Self {
        self.address = self.last.rsplit_once("http://").unwrap().1.parse().unwrap();
        self
    }

    /// Waits until it says this, and returns the line.
    pub(crate) fn until(&self, word: &str) -> String {
        loop {
            let line = self.said.recv_timeout(PATIENCE).expect("it says so");
            if line.contains(word) {
                return line;
            }
        }
    }

    /// Sends a request, or a part of one.
    pub(crate) fn send(&self, request: &str) -> TcpStream {
        let mut client = TcpStream::connect(self.address).unwrap();
        client.write_all(request.as_bytes()).unwrap();
        client
    }

    /// Begins an upload that never ends; the handler waits for it.
    pub(crate) fn upload(&self) -> TcpStream {
        let head = "POST /upload HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n";
        let mut client = self.send(&format!("{head}Expect: 100-continue\r\n\r\n"));
        let mut go_on = [0; 25];
        client.read_exact(&mut go_on).unwrap();
        client
    }

    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Waits until it takes no more connections.
    pub(crate) fn until_it_stops(&self) {
        while TcpStream::connect(self.address).is_ok() {
            thread::yield_now();
        }
    }

    pub(crate) fn ends(mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not end");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a line for whoever reads standard error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
