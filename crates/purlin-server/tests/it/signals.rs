//! The signals that ask a process to stop, sent to this one.
//!
//! S-032.

use std::future::poll_fn;
use std::pin::pin;
use std::process::{Command, id};
use std::task::Poll;

#[tokio::test]
async fn a_signal_ends_the_wait_and_not_the_process() {
    for signal in ["-INT", "-TERM", "-INT"] {
        let mut signals = pin!(purlin_server::signals());
        let is_early = poll_fn(|cx| Poll::Ready(signals.as_mut().poll(cx).is_ready())).await;
        assert!(!is_early, "no signal was sent");
        let sent = Command::new("kill").args([signal, &id().to_string()]).status();
        assert!(sent.unwrap().success());
        signals.await;
    }
}
