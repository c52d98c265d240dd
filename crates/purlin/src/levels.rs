//! Levels of the log, as the configuration writes them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use tracing_subscriber::filter::{LevelFilter, Targets};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The least severe level of the log that is written, for all targets or for some.
///
/// A target is what a line begins with: a module, such as `my_app::books`, or a name, such as
/// `purlin::request`.
///
/// ```
/// use purlin::LogLevels;
///
/// let levels: LogLevels = "warn,my_app=debug,purlin::request=off".parse().unwrap();
/// assert_eq!(levels.to_string(), "warn,my_app=debug,purlin::request=off");
/// let mistake = "inof".parse::<LogLevels>().unwrap_err();
/// assert!(mistake.to_string().contains("`info` exists"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LogLevels {
    text: String,
    targets: Targets,
}

/// Text that names no levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLevelsError(String);

impl LogLevels {
    pub(crate) fn targets(&self) -> Targets {
        self.targets.clone()
    }
}

/// `info` for all.
impl Default for LogLevels {
    fn default() -> Self {
        let targets = Targets::new().with_default(LevelFilter::INFO);
        Self { text: "info".to_owned(), targets }
    }
}

impl FromStr for LogLevels {
    type Err = LogLevelsError;

    fn from_str(text: &str) -> Result<Self, LogLevelsError> {
        let mut targets = Targets::new();
        for part in text.split(',').map(str::trim) {
            let (target, level) = match part.split_once('=') {
                Some((target, level)) => (Some(target.trim()), level.trim()),
                None => (None, part),
            };
            let found = LEVELS.into_iter().find(|known| known.eq_ignore_ascii_case(level));
            let filter = found.and_then(|level| level.parse::<LevelFilter>().ok());
            targets = match (target, filter) {
                (None, Some(filter)) => targets.with_default(filter),
                (Some(target), Some(filter)) if is_target(target) => {
                    targets.with_target(target, filter)
                }
                (Some(target), Some(_)) => return Err(no_target(target)),
                (_, None) => return Err(no_level(level)),
            };
        }
        Ok(Self { text: text.to_owned(), targets })
    }
}

fn is_target(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "[]{}=".contains(c))
}

#[cold]
fn no_target(target: &str) -> LogLevelsError {
    LogLevelsError(format!("must name a target before `=`; `{target}` is none"))
}

#[cold]
fn no_level(level: &str) -> LogLevelsError {
    let near = match purlin_core::nearest(level, LEVELS) {
        Some(near) => format!("`{near}` exists"),
        None => format!("`{}` exist", LEVELS.join("`, `")),
    };
    LogLevelsError(format!("must be a level, or `target=level`; `{level}` is no level, {near}"))
}

impl fmt::Display for LogLevelsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LogLevelsError {}

impl fmt::Display for LogLevels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for LogLevels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for LogLevels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for LogLevels {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "LogLevels".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        text.parse::<LogLevels>().unwrap_err().to_string()
    }

    #[test]
    fn a_word_is_a_level_and_never_a_target() {
        let told = mistake("inof");
        assert_eq!(told, "must be a level, or `target=level`; `inof` is no level, `info` exists");
        assert!(
            mistake("my_app").contains("`off`, `error`, `warn`, `info`, `debug`, `trace` exist")
        );
        assert!(mistake("info,my_app=loud").contains("`loud`"));
        assert!(mistake("").contains("`` is no level"));
        assert!(mistake("info,").contains("`` is no level"));
        assert!(mistake("=info").contains("target"));
        assert!(mistake("app[span]=info").contains("`app[span]` is none"));
    }

    #[test]
    fn levels_are_those_of_their_targets() {
        let levels: LogLevels = " WARN , my_app=debug".parse().unwrap();
        let targets = levels.targets();
        let is_written = |target: &str, level| targets.would_enable(target, &level);
        assert!(is_written("other", tracing::Level::WARN));
        assert!(!is_written("other", tracing::Level::INFO));
        assert!(is_written("my_app::books", tracing::Level::DEBUG));
        assert!(!is_written("my_app::books", tracing::Level::TRACE));
    }
}
