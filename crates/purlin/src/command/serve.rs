//! `serve`: the application, answering requests.

use std::cell::Cell;
use std::num::NonZeroUsize;
use std::process::exit;
use std::task::{Context, Waker};
use std::time::Instant;

use purlin_core::{Assembled, Error, Mode, Result};
use purlin_server::{Address, HostPattern, Server, ServerConfig, Threading, Workers};

use super::{Outcome, block_on};
use crate::banner;
use crate::logging::{self, LogConfig};
use crate::printer::Printer;

pub(crate) fn serve(printer: Printer, app: Assembled) -> Outcome {
    init_log(printer, &app)?;
    serve_until_signal(printer, app)?;
    Ok(())
}

fn serve_until_signal(printer: Printer, app: Assembled) -> Result {
    let config = config(&app)?;
    let is_for_every_host = app.mode() == Mode::Prod && config.allowed_hosts.is_empty();
    let facts = banner::Facts::of(&app);
    // Before there are threads: it changes the environment.
    let inherited = Server::inherit(&config).map_err(|error| {
        Error::from(error).context("cannot serve on what the service manager has opened")
    })?;
    let workers = match config.threading {
        Threading::PerCore => Some(Workers::start(config.threads)?),
        _ => None,
    };
    // With workers, it has nothing to do but to start, to wait, and to stop.
    let threads = if workers.is_some() { Some(NonZeroUsize::MIN) } else { config.threads };
    let runtime = purlin_server::runtime(threads)?;
    let served = block_on(&runtime, async {
        // The port first: an application that cannot listen need not open its database.
        let server = inherited.map_or_else(|| Server::bind(&config), Ok)?;
        let started = app.start().await?;
        started.forget_openapi();
        if is_for_every_host {
            tracing::warn!(
                target: "purlin::server",
                "requests for every host are answered; set `server.allowed_hosts` to those of the site"
            );
        }
        banner::print(printer, &facts, &server.bound());
        let asked = Cell::new(None);
        let shutdown = async {
            purlin_server::signals().await;
            asked.set(Some(Instant::now()));
            end_at_once_when_asked_again();
        };
        let stopped = match &workers {
            Some(workers) => server.serve_on(workers, started.service(), shutdown).await,
            None => server.serve(started.service(), shutdown).await,
        };
        // What requests took of the time is not there for tasks.
        let taken = asked.get().map(|asked: Instant| asked.elapsed()).unwrap_or_default();
        started.stop(config.shutdown_timeout.duration().saturating_sub(taken)).await;
        stopped?;
        Ok(())
    });
    drop(workers);
    // A plain `fn` cannot be cut. It has had the time of all others, and does not hold the process.
    runtime.shutdown_background();
    served
}

/// The section of the server, with files where the configuration means them. A port or a host goes
/// before a list that stands in a weaker layer, such as the file.
fn config(app: &Assembled) -> Result<ServerConfig> {
    let mut config: ServerConfig = app.section("server")?;
    let configuration = app.configuration();
    let outranks = |key: &str| configuration.outranks(key, "server.listen");
    if outranks("server.port") || outranks("server.host") {
        config.listen.clear();
    }
    if app.mode() == Mode::Dev && !config.allowed_hosts.is_empty() {
        config.allowed_hosts.extend(own_hosts());
    }
    for address in &mut config.listen {
        if let Address::Unix(path) = address {
            *path = configuration.path(&path);
        }
    }
    Ok(config)
}

/// The names of this machine for itself, which a developer types whatever the list says.
fn own_hosts() -> impl Iterator<Item = HostPattern> {
    ["localhost", "*.localhost", "127.0.0.1", "[::1]"]
        .into_iter()
        .map(|host| host.parse().expect("these are hosts"))
}

/// Whoever asks twice waits for nothing. The code is that of a process which Ctrl-C ended.
fn end_at_once_when_asked_again() {
    let mut again = Box::pin(purlin_server::signals());
    // It hears signals from its first poll on, which a task may be late with.
    let _ = again.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    tokio::spawn(async {
        again.await;
        exit(130)
    });
}

/// Sets the log up as the configuration says.
pub(super) fn init_log(printer: Printer, app: &Assembled) -> Outcome {
    let config: LogConfig = app.section("log")?;
    let file = config.file.as_deref().map(|file| app.configuration().path(file));
    logging::init(&config, app.mode(), file.as_deref(), printer.color())?;
    Ok(())
}
