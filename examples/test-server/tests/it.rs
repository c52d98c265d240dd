//! SC-14, S-032, S-033: the built server as a child process.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread;

use purlin_test::TestServer;
use serde_json::{Value, json};

const SERVER: &str = env!("CARGO_BIN_EXE_example-test-server");

/// SC-14, S-267
#[purlin_test::test]
async fn the_built_server_answers_and_stops() {
    let server = TestServer::start(SERVER, []).await;

    let users: Value = server.get("/api/users").await.assert_status(200).json();
    assert_eq!(users, json!([]));

    let new = json!({ "name": "New User", "email": "new@example.com" });
    let created: Value = server.post("/api/users").json(&new).await.assert_status(201).json();
    assert_eq!(created["name"], "New User");

    let path = format!("/api/users/{}", created["id"]);
    let user: Value = server.get(&path).await.assert_status(200).json();
    assert_eq!(user["name"], "New User");

    let exit = server.interrupt().await;
    assert!(exit.success(), "{exit}");
}

/// A request that is under way: the server has read its head, and asked for its body.
fn under_way(address: SocketAddr, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /api/users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// S-032, S-033: what is under way is answered, and only then the hooks run.
#[purlin_test::test]
async fn a_stop_waits_for_the_request_under_way() {
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stop.log");
    let _ = fs::remove_file(&log);
    let server = TestServer::of(SERVER).env("PURLIN__LOG__FILE", &log).start().await;
    let address = server.address();

    let body = json!({ "name": "Late", "email": "late@example.com" }).to_string();
    let mut stream = under_way(address, &body);
    let client = thread::spawn(move || {
        // Once nobody listens, the server is stopping.
        while TcpStream::connect(address).is_ok() {
            thread::yield_now();
        }
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let exit = server.terminate().await;

    let answer = client.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(exit.success(), "{exit}");
    let said = fs::read_to_string(&log).unwrap();
    let goodbyes: Vec<_> = said.lines().filter(|line| line.contains("goodbye")).collect();
    assert_eq!(goodbyes.len(), 1, "{said}");
    assert!(goodbyes[0].contains("users=1"), "{said}");
}
