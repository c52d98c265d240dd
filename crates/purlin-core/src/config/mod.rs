//! Configuration: typed, layered, and each value knows where it came from.
//!
//! A [`Configuration`] is a stack of layers, and the stronger one wins, value by value:
//!
//! 1. defaults, which are the `Default` of the section's type;
//! 2. the file, `purlin.toml`;
//! 3. the file's table for the [`Mode`]: `[prod.server]` over `[server]`;
//! 4. `.env`;
//! 5. environment variables: `PURLIN__SERVER__PORT=9000` is `server.port`;
//! 6. flags of the command line;
//! 7. what the program or a test sets.
//!
//! Nothing is read here, neither a file nor the environment: texts and maps are handed in, so that a
//! test needs no process of its own. A [section](Configuration::section) is asked for by type, and
//! all its mistakes come at once, each with its key and its place:
//!
//! ```
//! use purlin_core::config::{ConfigFile, Configuration, Mode};
//!
//! #[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
//! struct Server {
//!     host: String,
//!     port: u16,
//! }
//!
//! let file = ConfigFile::parse("purlin.toml", "[server]\nhost = '::1'\nprot = 80\nport = 99999")
//!     .unwrap();
//! let mistakes = Configuration::new(Mode::Dev)
//!     .file(file)
//!     .section::<Server>("server")
//!     .unwrap_err();
//! let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
//! assert_eq!(lines, [
//!     "`server.port` must be at most 65535 (purlin.toml:4)",
//!     "`server.prot` is not a known key (purlin.toml:3)",
//! ]);
//! assert_eq!(mistakes[1].help.as_deref(), Some("the nearest known key is `server.port`"));
//! ```
//!
//! # Invariants
//!
//! - The order in which layers are added does not matter, only which layer they are; within one, the
//!   later wins.
//! - A [`Secret`] is never printed: not by `Debug`, not in a mistake, not by
//!   [`explain`](Configuration::explain).

mod setters;
mod show;
mod section;
mod file;
mod environment;
mod tree;
mod mistake;
mod secret;
mod period;
mod size;
mod mode;

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use tree::{Layer, Node};

pub use environment::EnvFile;
pub use file::ConfigFile;
pub use mistake::{ConfigMistake, Origin};
pub use mode::{Mode, ModeError};
pub use period::{Period, PeriodError};
pub use secret::Secret;
pub use show::Row;
pub use size::{Size, SizeError};

/// All configuration of an application, from all its sources.
#[derive(Clone)]
pub struct Configuration {
    mode: Mode,
    root: Node,
    /// The file's tables for the other modes: unused, but misspelt sections show here too.
    other_modes: Vec<(Mode, Node)>,
    /// Where to write a missing key: the name of the file in use.
    file: String,
    /// What relative paths are relative to: the folder of the file.
    folder: PathBuf,
    mistakes: Vec<ConfigMistake>,
}

impl Configuration {
    /// A configuration in which nothing is set.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            root: Node::table(Origin::Unset, Layer::Default),
            other_modes: Vec::new(),
            file: "purlin.toml".to_owned(),
            folder: PathBuf::new(),
            mistakes: Vec::new(),
        }
    }

    /// Adds the defaults of a section.
    ///
    /// A type with `#[serde(default)]` needs this not; it is for keys whose default depends on the
    /// application or the mode.
    #[must_use]
    pub fn defaults(mut self, section: &str, values: Value) -> Self {
        let values = Node::from_json(values, &Origin::Default, Layer::Default);
        self.put(section, values);
        self
    }

    /// Adds the file, and its table for the mode.
    #[must_use]
    pub fn file(mut self, file: ConfigFile) -> Self {
        let ConfigFile { name, root, modes } = file;
        self.file = name;
        self.root.merge(root, "", &mut self.mistakes);
        for (mode, node) in modes {
            if mode == self.mode {
                self.root.merge(node, "", &mut self.mistakes);
            } else {
                self.other_modes.push((mode, node));
            }
        }
        self
    }

    /// Adds the variables of a `.env`.
    #[must_use]
    pub fn env_file(mut self, file: &EnvFile) -> Self {
        for (name, text, line) in file.variables_with_lines() {
            let origin = Origin::File { name: file.name().to_owned(), line };
            self.put_variable(name, text, origin, Layer::EnvFile);
        }
        self
    }

    /// Adds the variables of the environment; all but `PURLIN__…` are passed over.
    #[must_use]
    pub fn environment(mut self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        for (name, text) in variables {
            let origin = Origin::Environment { variable: name.clone() };
            self.put_variable(&name, &text, origin, Layer::Environment);
        }
        self
    }

    /// Adds what a flag of the command line says: `flag("--port", "server.port", "9000")`.
    #[must_use]
    pub fn flag(mut self, flag: &str, key: &str, text: &str) -> Self {
        let origin = Origin::Flag { name: flag.to_owned() };
        self.put(key, Node::text(text, origin, Layer::Flag));
        self
    }

    /// Sets a key, over everything else: what the program itself, or its test, says.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        let node = Node::from_json(value.into(), &Origin::Override, Layer::Override);
        self.put(key, node);
        self
    }

    /// Sets the folder that relative paths in the configuration are relative to: that of the file.
    /// It is the working directory unless said.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// A path as the configuration means it: relative ones begin at the [`folder`](Self::folder).
    ///
    /// ```
    /// use std::path::Path;
    /// use purlin_core::config::{Configuration, Mode};
    ///
    /// let configuration = Configuration::new(Mode::Dev).folder("/srv/blog");
    /// assert_eq!(configuration.path("views"), Path::new("/srv/blog/views"));
    /// assert_eq!(configuration.path("/etc/blog"), Path::new("/etc/blog"));
    /// ```
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.join(path)
    }

    /// The mode that was decided on.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What is wrong with the layers themselves, whatever the sections are.
    pub fn mistakes(&self) -> &[ConfigMistake] {
        &self.mistakes
    }

    /// Where the value of `key` comes from; `None` if nothing sets it.
    pub fn origin(&self, key: &str) -> Option<&Origin> {
        Some(&self.root.at(key.split('.'))?.origin)
    }

    /// Whether a key is set by a stronger layer than another one, as where two of them exclude each
    /// other: what a variable says of the one then goes before what a file says of the other.
    ///
    /// ```
    /// use purlin_core::config::{ConfigFile, Configuration, Mode};
    ///
    /// let file = ConfigFile::parse("purlin.toml", "[server]\nlisten = ['[::1]:80']").unwrap();
    /// let variable = ("PURLIN__SERVER__PORT".to_owned(), "8080".to_owned());
    /// let configuration = Configuration::new(Mode::Prod).file(file).environment([variable]);
    /// assert!(configuration.outranks("server.port", "server.listen"));
    /// assert!(!configuration.outranks("server.host", "server.listen"));
    /// ```
    pub fn outranks(&self, key: &str, other: &str) -> bool {
        let layer = |key: &str| Some(self.root.at(key.split('.'))?.layer);
        layer(key) > layer(other)
    }

    /// Lists the top-level keys that nobody asked for, the tables for the other modes included.
    pub fn unknown_sections(&self, known: &[&str]) -> Vec<ConfigMistake> {
        let mut mistakes = self.root.unknown_entries("", known);
        for (mode, table) in &self.other_modes {
            mistakes.extend(table.unknown_entries(&mode.to_string(), known));
        }
        mistakes
    }

    fn put_variable(&mut self, name: &str, text: &str, origin: Origin, layer: Layer) {
        match environment::key_of(name) {
            None => {}
            Some(Ok(key)) => self.put(&key, Node::text(text, origin, layer)),
            Some(Err(message)) => self.mistakes.push(ConfigMistake {
                key: name.to_owned(),
                origin,
                message,
                help: Some(
                    "two underscores stand between the parts: `PURLIN__SERVER__PORT`".into(),
                ),
            }),
        }
    }

    fn put(&mut self, key: &str, node: Node) {
        let nested = key.rsplit('.').fold(node, Node::under);
        self.root.merge(nested, "", &mut self.mistakes);
    }
}

/// The values may be secrets, and which are is known only to the sections' types.
impl fmt::Debug for Configuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Configuration")
            .field("mode", &self.mode)
            .field("sections", &self.root.entry_names())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
