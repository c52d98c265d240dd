//! The built server, and what stands in for one.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use purlin_test::TestServer;

/// A server that is silent, and writes its process id to a file.
const SILENT: &str = "echo $$ > \"$PID_FILE\"; exec sleep 600";

struct PidFile(PathBuf);

impl PidFile {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("purlin-test-{}.pid", std::process::id())))
    }

    async fn read(&self) -> String {
        loop {
            match std::fs::read_to_string(&self.0) {
                Ok(text) if text.ends_with('\n') => return text.trim().to_owned(),
                _ => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn a_server_whose_start_is_given_up_does_not_go_on() {
    let file = PidFile::new();
    let server = TestServer::of("sh").arguments(["-c", SILENT]).env("PID_FILE", &file.0);
    let id = tokio::select! {
        _ = server.start() => panic!("it never listens"),
        id = file.read() => id,
    };
    let is_there = Command::new("sh").args(["-c", "kill -0 \"$0\"", &id]).output().unwrap();
    assert!(!is_there.status.success(), "{id} goes on");
}
