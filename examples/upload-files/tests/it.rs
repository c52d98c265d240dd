//! S-065: the built binary keeps what is too large for memory in files, and deletes them.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};

use purlin_test::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_example-upload-files");

/// What is directly in a folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[purlin_test::test]
async fn a_large_upload_goes_through_a_file_that_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let (kept, saved) = (folder.path().join("kept"), folder.path().join("saved"));
    let server = TestServer::of(BINARY)
        .env("PURLIN__TEMP_FILES__FOLDER", &kept)
        .env("PURLIN__UPLOADS__FOLDER", &saved)
        .start()
        .await;
    let content = vec![b'x'; 3 << 20];
    let head = "--b\r\nContent-Disposition: form-data; name=file; filename=a.txt\r\n\r\n";
    let body = [head.as_bytes(), &content, b"\r\n--b--\r\n"].concat();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head = format!(
        "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\"download_url\":\"/download/a.txt\""), "{answer}");
    assert!(fs::read(saved.join("a.txt")).unwrap() == content);
    // The folder of the process is there, and has nothing in it.
    let own = entries(&kept);
    assert_eq!(own.len(), 1, "{own:?}");
    assert_eq!(entries(&own[0]), Vec::<PathBuf>::new());
    server.terminate().await;
    assert_eq!(entries(&kept), Vec::<PathBuf>::new());
}
