//! The one place that writes to the terminal: data to stdout, talk to stderr.
//!
//! A reader who closes the pipe early is no error, so failed writes are ignored.

use std::io::{self, Write};

/// Prints a line somebody may want to pipe into another program.
pub(crate) fn data(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Prints a line for the person who watches.
pub(crate) fn talk(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Prints a status line with cargo's twelve-column verb.
pub(crate) fn status(verb: &str, text: &str) {
    talk(&status_line(verb, text));
}

fn status_line(verb: &str, text: &str) -> String {
    format!("{verb:>12} {text}")
}

#[cfg(test)]
mod tests {
    use super::status_line;

    #[test]
    fn verbs_end_in_column_twelve() {
        assert_eq!(status_line("Passed", "fmt in 0.4s"), "      Passed fmt in 0.4s");
    }
}
