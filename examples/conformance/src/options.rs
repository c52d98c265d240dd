//! What this server is told beside what every application is.

use std::ffi::OsString;

/// `--routes N` adds so many routes, `--middleware` puts five steps around all of them, `--tasks`
/// adds `GET /tasks`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub(crate) routes: usize,
    pub(crate) middleware: bool,
    pub(crate) tasks: bool,
}

impl Options {
    /// Takes its own flags out of the arguments and leaves the rest.
    pub fn take(arguments: impl Iterator<Item = OsString>) -> (Self, Vec<OsString>) {
        let (mut options, mut rest) = (Self::default(), Vec::new());
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            let count = arguments.peek().and_then(|count| count.to_str()?.parse().ok());
            match (argument.to_str(), count) {
                (Some("--middleware"), _) => options.middleware = true,
                (Some("--tasks"), _) => options.tasks = true,
                (Some("--routes"), Some(count)) => {
                    options.routes = count;
                    arguments.next();
                }
                _ => rest.push(argument),
            }
        }
        (options, rest)
    }
}
