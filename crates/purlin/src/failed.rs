//! Why a command did not succeed, and with that, what is printed and with which code it exits.

use purlin_core::{Error, Report};

/// Why a command did not succeed.
pub(crate) enum Failed {
    /// The application has mistakes.
    Application(Report),
    /// Something outside of it went wrong.
    Run(Error),
    /// The command line makes no sense.
    Usage(String),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Run(error)
    }
}
