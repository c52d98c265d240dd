//! Asks a child process to end, as terminals and service managers do.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

use std::io;
use std::process::Child;

#[cfg(not(unix))]
use self::other as platform;
#[cfg(unix)]
use self::unix as platform;

/// How a process is asked to end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signal {
    /// As Ctrl-C does.
    Interrupt,
    /// As a service manager does.
    Terminate,
}

impl Signal {
    /// Sends it; where there are no signals, ends the process.
    pub(crate) fn send(self, child: &mut Child) -> io::Result<()> {
        platform::send(self, child)
    }
}
