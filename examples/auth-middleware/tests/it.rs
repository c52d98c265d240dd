//! SC-02, S-061, S-260: the built binary: its secrets, and headers as they are on the wire.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use purlin_test::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_example-auth-middleware");

/// S-260: a secret has an origin, and is not shown.
#[test]
fn config_show_masks_secrets() {
    let mut command = Command::new(BINARY);
    command
        .args(["config", "show", "--mode", "dev"])
        .env("PURLIN__ACCESS__TOKENS", "hunter2,other");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let shown = String::from_utf8(output.stdout).unwrap();
    let row = shown.lines().find(|line| line.starts_with("access.tokens")).unwrap_or(&shown);
    assert!(row.contains("[secret]") && row.contains("PURLIN__ACCESS__TOKENS"), "{shown}");
    assert!(!shown.contains("hunter2") && !shown.contains("open-sesame"), "{shown}");
}

/// S-061, SC-02: the names of header fields have no case.
#[purlin_test::test]
async fn a_header_is_found_however_it_is_spelt() {
    let server =
        TestServer::of(BINARY).env("PURLIN__ACCESS__TOKENS", "hunter2,other").start().await;
    for (line, status) in [
        ("aUtHoRiZaTiOn: Bearer hunter2", "200 OK"),
        ("AUTHORIZATION: Bearer other", "200 OK"),
        ("authorization: Bearer open-sesame", "401 Unauthorized"),
        ("x-authorization: Bearer hunter2", "401 Unauthorized"),
    ] {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let request = format!(
            "GET /secret HTTP/1.1\r\nHost: localhost\r\n{line}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{line}: {answer}");
    }
}
