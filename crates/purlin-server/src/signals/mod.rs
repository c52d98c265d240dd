//! The signals that ask a process to stop.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use self::other as platform;
#[cfg(unix)]
use self::unix as platform;

/// Waits for SIGINT or SIGTERM; for Ctrl-C where there are no signals.
///
/// From the first poll on, these signals no longer end the process. Whoever wants the second one to
/// end it at once calls this again when the first one has come:
///
/// ```no_run
/// # async fn example(server: purlin_server::Server, service: purlin_core::Service) {
/// let shutdown = async {
///     purlin_server::signals().await;
///     tokio::spawn(async {
///         purlin_server::signals().await;
///         std::process::exit(130);
///     });
/// };
/// let stopped = server.serve(service, shutdown).await;
/// # }
/// ```
///
/// # Panics
///
/// Outside of a tokio runtime with I/O, such as [`runtime`](fn@crate::runtime) makes.
pub async fn signals() {
    if let Err(error) = platform::stop().await {
        tracing::error!(target: "purlin::server", %error, "signals cannot be received");
        std::future::pending::<()>().await;
    }
}
