//! The section `database` of the configuration.

use purlin_core::config::Period;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::url::DatabaseUrl;

/// The section `database` of the configuration: where the database lies, and how long to wait.
///
/// Every field has a default. Two of them depend on the application and the mode, which
/// [`DatabaseModule`](crate::DatabaseModule) knows, and `config show` prints. In code, each field
/// has a function of its name that sets it:
///
/// ```
/// use purlin_data::DatabaseConfig;
///
/// let read: DatabaseConfig = serde_json::from_str(r#"{ "readers": 8 }"#).unwrap();
/// assert_eq!(read.acquire_timeout.to_string(), "5s");
/// assert_eq!(read, DatabaseConfig::default().readers(8));
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DatabaseConfig {
    /// The address of the database. By default a file named after the application, beside
    /// `purlin.toml`: `sqlite:blog.sqlite`; in tests `sqlite::memory:`. The file and its folder
    /// are made when they are not there.
    pub url: DatabaseUrl,
    /// The most connections that read, 4 by default. One more writes.
    #[schemars(range(min = 1, max = 1024))]
    pub readers: u32,
    /// How long to wait for a free connection: 5 seconds by default. Then the request is answered
    /// with 503.
    pub acquire_timeout: Period,
    /// How long a connection waits for another process that has locked the database: 5 seconds by
    /// default. Then the request is answered with 503.
    pub busy_timeout: Period,
    /// Whether the start applies pending migrations: by default in development and in tests. In
    /// production, where it does not, a pending migration stops the start; `migrate` applies it.
    pub migrate: bool,
}

purlin_core::__setters! {
    DatabaseConfig {
        url: DatabaseUrl,
        readers: u32,
        acquire_timeout: impl Into<Period>,
        busy_timeout: impl Into<Period>,
        migrate: bool,
    }
}

impl Default for DatabaseConfig {
    fn default() -> Self {
        Self {
            url: DatabaseUrl::file("app.sqlite"),
            readers: 4,
            acquire_timeout: Period::seconds(5),
            busy_timeout: Period::seconds(5),
            migrate: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use purlin_core::Mode;
    use purlin_core::config::Configuration;

    use super::*;

    fn mistake(key: &str, value: &str) -> String {
        let config = Configuration::new(Mode::Dev).set(key, value);
        let mistakes = config.section::<DatabaseConfig>("database").unwrap_err();
        mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_empty_section_is_complete() {
        let config = Configuration::new(Mode::Dev).section::<DatabaseConfig>("database");
        assert_eq!(config.unwrap(), DatabaseConfig::default());
    }

    #[test]
    fn an_address_of_another_system_is_a_mistake_that_does_not_repeat_it() {
        let mistake = mistake("database.url", "postgres://app:hunter2@db/blog");
        assert!(mistake.starts_with("`database.url` must be the address"), "{mistake}");
        assert!(!mistake.contains("hunter2"), "{mistake}");
    }

    #[test]
    fn at_least_one_connection_reads() {
        let config = Configuration::new(Mode::Dev).flag("--set", "database.readers", "0");
        let mistakes = config.section::<DatabaseConfig>("database").unwrap_err();
        assert!(mistakes[0].to_string().contains("at least 1"), "{}", mistakes[0]);
    }
}
