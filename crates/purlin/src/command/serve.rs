//! `serve`: the application, answering requests.

use purlin_core::{Assembled, Result};
use purlin_server::{Server, ServerConfig};

use super::Outcome;
use crate::banner;
use crate::logging::{self, LogConfig};
use crate::printer::Printer;

pub(crate) fn serve(printer: Printer, app: Assembled) -> Outcome {
    init_log(printer, &app)?;
    serve_until_signal(printer, app)?;
    Ok(())
}

fn serve_until_signal(printer: Printer, app: Assembled) -> Result {
    let config: ServerConfig = app.section("server")?;
    let facts = banner::Facts::of(&app);
    let runtime = purlin_server::runtime(config.threads)?;
    runtime.block_on(async {
        // The port first: an application that cannot listen need not open its database.
        let server = Server::bind(&config)?;
        let started = app.start().await?;
        banner::print(printer, &facts, server.local_addr());
        let stopped = server.serve(started.service(), purlin_server::signals()).await;
        started.stop(config.shutdown_timeout.into()).await;
        stopped?;
        Ok(())
    })
}

/// Sets the log up as the configuration says.
pub(super) fn init_log(printer: Printer, app: &Assembled) -> Outcome {
    let config: LogConfig = app.section("log")?;
    let file = config.file.as_deref().map(|file| app.configuration().path(file));
    logging::init(&config, app.mode(), file.as_deref(), printer.color())?;
    Ok(())
}
