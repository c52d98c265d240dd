//! The subcommands that modules add.

use purlin_core::{Assembled, Error};

use super::{OWN, Outcome, block_on};
use crate::failed::Failed;
use crate::line::Line;
use crate::printer::Printer;

pub(crate) fn own(printer: Printer, line: &Line, name: &str, app: Assembled) -> Outcome {
    if !app.commands().any(|info| info.name == name) {
        let mut all = Vec::new();
        for (known, _) in OWN {
            all.push(known.split(' ').next().unwrap_or(known));
        }
        for info in app.commands() {
            all.push(info.name);
        }
        let near = purlin_core::nearest(name, all);
        let help = near.map_or("`--help` lists all".to_owned(), |near| format!("`{near}` exists"));
        return Err(Failed::Usage(format!("there is no command `{name}`; {help}")));
    }
    super::serve::init_log(printer, &app)?;
    let runtime = purlin_server::runtime(None).map_err(Error::from)?;
    let done = block_on(&runtime, app.run_command(name, line.rest.clone()));
    // The command is over; what it left on a thread of its own does not hold the process.
    runtime.shutdown_background();
    Ok(done?)
}
