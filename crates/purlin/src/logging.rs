//! The log: for people in development, for machines in production.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use purlin_core::{Error, Mode, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::levels::LogLevels;

/// The section `[log]` of the configuration.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LogConfig {
    /// The least severe level that is written, for all or by target: `info`, which is the default,
    /// or `warn,my_app=debug`.
    #[serde(default)]
    pub level: LogLevels,
    /// How lines look; by default `json` in production and `text` elsewhere.
    #[serde(default)]
    pub format: Option<LogFormat>,
    /// The file the log is appended to; without one it goes to standard error. Its folder is
    /// created.
    #[serde(default)]
    pub file: Option<PathBuf>,
}

/// How lines of the log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Text,
}

/// Sets the log up. One that the application has set up before stays.
pub(crate) fn init(config: &LogConfig, mode: Mode, file: Option<&Path>, color: bool) -> Result {
    let writer = match file {
        None => BoxMakeWriter::new(std::io::stderr),
        Some(file) => BoxMakeWriter::new(Mutex::new(open(file)?)),
    };
    let usual = if mode == Mode::Prod { LogFormat::Json } else { LogFormat::Text };
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    let registry = tracing_subscriber::registry().with(config.level.targets());
    let set = match config.format.unwrap_or(usual) {
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init(),
        LogFormat::Text => {
            let ansi = color && config.file.is_none();
            registry.with(layer.with_ansi(ansi).with_target(true).compact()).try_init()
        }
    };
    // Somebody was faster: the application's own subscriber wins.
    drop(set);
    Ok(())
}

fn open(path: &Path) -> Result<std::fs::File> {
    let context = |error: std::io::Error| {
        Error::from(error).context(format!("cannot write the log to `{}`", path.display()))
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(context)?;
    }
    OpenOptions::new().create(true).append(true).open(path).map_err(context)
}
