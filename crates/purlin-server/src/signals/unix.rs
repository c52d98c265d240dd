use std::future::poll_fn;
use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Waits for SIGINT or SIGTERM.
pub(super) async fn stop() -> io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    poll_fn(|cx| {
        let interrupted = interrupt.poll_recv(cx);
        if interrupted.is_ready() { interrupted } else { terminate.poll_recv(cx) }
    })
    .await;
    Ok(())
}
