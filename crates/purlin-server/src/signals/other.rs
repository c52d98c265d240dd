use std::io;

/// Waits for Ctrl-C.
pub(super) async fn stop() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
