//! `serve`: the application, answering requests.

use purlin_core::Assembled;
use purlin_server::{Bound, ServerConfig};

use super::Outcome;
use crate::banner;
use crate::line::Line;
use crate::logging::{self, LogConfig};
use crate::printer::Printer;
use crate::settings;

pub(crate) fn serve(printer: Printer, line: &Line, app: Assembled) -> Outcome {
    let config: ServerConfig = app.section("server")?;
    init_log(printer, line, &app)?;
    let facts = banner::Facts::of(&app);
    let runtime = purlin_server::runtime(config.threads)?;
    runtime.block_on(async {
        // The port first: an application that cannot listen need not open its database.
        let bound = Bound::bind(&config).await?;
        let started = app.start().await?;
        banner::print(printer, &facts, bound.local_addr());
        let service = started.service();
        bound.serve(service, purlin_server::signals()).await;
        started.stop(config.shutdown_timeout.into()).await;
        Ok(())
    })
}

/// Sets the log up as the configuration says.
pub(super) fn init_log(printer: Printer, line: &Line, app: &Assembled) -> Outcome {
    let config: LogConfig = app.section("log")?;
    let base = settings::base(line, app.mode());
    logging::init(&config, app.mode(), &base, printer.color())?;
    Ok(())
}
