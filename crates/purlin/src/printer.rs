//! All output: data to standard output, everything else to standard error.

use std::io::{self, IsTerminal, Write};

use purlin_core::{Error, Result};

/// Where the program talks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    color: bool,
}

impl Printer {
    /// Colors are for terminals, and not where `NO_COLOR` is set.
    pub(crate) fn new() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { color: !refused && io::stderr().is_terminal() }
    }

    pub(crate) fn color(self) -> bool {
        self.color
    }

    /// Writes data, which may be piped on. A reader that has left is no error; a disk that is full
    /// is one.
    #[expect(clippy::unused_self, reason = "all output goes through a printer")]
    pub(crate) fn data(self, text: &str) -> Result {
        let mut out = io::stdout();
        let written = writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::from(error).context("cannot write to standard output"))
            }
            _ => Ok(()),
        }
    }

    /// Writes for the person at the terminal.
    #[expect(clippy::unused_self, reason = "all output goes through a printer")]
    pub(crate) fn talk(self, text: &str) {
        let _ = writeln!(io::stderr(), "{}", text.trim_end_matches('\n'));
    }

    /// Writes what went wrong: the message, its causes, and the next step.
    pub(crate) fn error(self, error: &Error) {
        let head = self.paint("1;31", "error");
        let mut text = format!("{head}: {error}");
        for cause in error.chain().skip(usize::from(error.detail().is_none())) {
            text.push_str(&format!("\n  {} {cause}", self.paint("1;36", "cause:")));
        }
        if let Some(help) = error.help() {
            text.push_str(&format!("\n  {} {help}", self.paint("1;36", "help:")));
        }
        self.talk(&text);
    }

    pub(crate) fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
