//! What is wrong with the configuration, and where somebody wrote it.

use std::fmt;

/// Where a value comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Origin {
    /// The type's own default, or one of the application.
    Default,
    /// An environment variable.
    Environment {
        /// Its full name.
        variable: String,
    },
    /// A line of a file.
    File {
        /// The file, as it was named when it was handed in.
        name: String,
        /// The line, from 1.
        line: usize,
    },
    /// A flag of the command line.
    Flag {
        /// The flag as it is typed.
        name: String,
    },
    /// Set by the program.
    Override,
    /// Nobody has set it.
    Unset,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::Environment { variable } => write!(formatter, "environment variable {variable}"),
            Self::File { name, line } => write!(formatter, "{name}:{line}"),
            Self::Flag { name } => formatter.write_str(name),
            Self::Override => formatter.write_str("set by the program"),
            Self::Unset => formatter.write_str("not set"),
        }
    }
}

/// One mistake in the configuration.
///
/// Its `Display` is one line without the help: `` `server.port` must be at most 65535
/// (purlin.toml:12) ``.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ConfigMistake {
    /// The key, from the top: `server.port`; empty where the file cannot be read as one.
    pub key: String,
    /// Who says so.
    pub origin: Origin,
    /// What is wrong, to be read after the key: `must be at most 65535`.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ConfigMistake {
    /// A key and what is wrong with it, for checks that a schema cannot make.
    ///
    /// ```
    /// use purlin_core::config::{ConfigMistake, Origin};
    ///
    /// let mistake = ConfigMistake::new("mail.from", Origin::Unset, "is no address");
    /// assert_eq!(mistake.help("write `name@host`").to_string(), "`mail.from` is no address");
    /// ```
    pub fn new(key: impl Into<String>, origin: Origin, message: impl Into<String>) -> Self {
        Self { key: key.into(), origin, message: message.into(), help: None }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for ConfigMistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, origin, message, .. } = self;
        if !key.is_empty() {
            write!(formatter, "`{key}` ")?;
        }
        formatter.write_str(message)?;
        match origin {
            Origin::Unset => Ok(()),
            origin => write!(formatter, " ({origin})"),
        }
    }
}

impl std::error::Error for ConfigMistake {}
