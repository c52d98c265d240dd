//! Addresses of databases: `sqlite:blog.sqlite`, `sqlite::memory:`.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};
use sqlx::sqlite::SqliteConnectOptions;

/// The address of a database.
///
/// | address | database |
/// |---|---|
/// | `sqlite:blog.sqlite`, `sqlite://blog.sqlite` | a file beside `purlin.toml` |
/// | `sqlite:///var/lib/blog.sqlite` | a file anywhere |
/// | `sqlite::memory:` | nothing but memory: empty at each start, one per [`Database`](crate::Database) |
///
/// `%20` and the like in a path mean what they mean in an address. A password in an address is
/// not shown by `Debug`, nor by `config show`.
///
/// ```
/// use purlin_data::DatabaseUrl;
///
/// let url: DatabaseUrl = "sqlite:blog.sqlite".parse().unwrap();
/// assert_eq!(url.as_str(), "sqlite:blog.sqlite");
/// assert!("blog.sqlite".parse::<DatabaseUrl>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

const MESSAGE: &str = "must be the address of an SQLite database, like `sqlite:blog.sqlite` or \
                       `sqlite::memory:`";
const MEMORY: [&str; 2] = ["sqlite::memory:", "sqlite://:memory:"];

/// Where a database lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    File(PathBuf),
    /// A name that no other database in memory has, so that connections find each other's.
    Memory(String),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Memory(_) => f.write_str(":memory:"),
        }
    }
}

impl DatabaseUrl {
    /// A database in memory: `sqlite::memory:`.
    pub fn memory() -> Self {
        Self(MEMORY[0].to_owned())
    }

    /// A file of this name beside `purlin.toml`; the name has nothing in it that an address escapes.
    pub(crate) fn file(name: &str) -> Self {
        Self(format!("sqlite:{name}"))
    }

    /// The address as it was written, with its password.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the database lies; a relative path begins at `folder`.
    pub(crate) fn location(&self, folder: &Path) -> Result<Location, sqlx::Error> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        if MEMORY.contains(&self.as_str()) {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            return Ok(Location::Memory(format!("file:purlin-memory-{count}")));
        }
        let options: SqliteConnectOptions = self.0.parse()?;
        Ok(Location::File(folder.join(options.get_filename())))
    }
}

/// Text that is no address of a database this crate can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrlError(());

impl fmt::Display for DatabaseUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MESSAGE)
    }
}

impl std::error::Error for DatabaseUrlError {}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, DatabaseUrlError> {
        let rest = text.strip_prefix("sqlite:").ok_or(DatabaseUrlError(()))?;
        if rest.trim_start_matches('/').is_empty() || rest.contains('?') {
            return Err(DatabaseUrlError(()));
        }
        Ok(Self(text.to_owned()))
    }
}

/// The password may be anything, so everything up to the last `@` is taken for it.
impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.0.split_once("://").and_then(|(scheme, rest)| {
            let (account, host) = rest.rsplit_once('@')?;
            let (user, _password) = account.split_once(':')?;
            Some((scheme, user, host))
        });
        match parts {
            Some((scheme, user, host)) => write!(f, "{scheme}://{user}:[secret]@{host}"),
            None => f.write_str(&self.0),
        }
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for DatabaseUrl {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DatabaseUrl".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "purlin::DatabaseUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^sqlite:/*[^/?][^?]*$",
            "examples": ["sqlite:blog.sqlite"],
            "x-message": MESSAGE,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(text: &str) -> Location {
        let url: DatabaseUrl = text.parse().unwrap();
        url.location(Path::new("/srv")).unwrap()
    }

    #[test]
    fn a_relative_path_begins_at_the_folder() {
        let expected = Location::File(PathBuf::from("/srv/data/blog.sqlite"));
        assert_eq!(located("sqlite:data/blog.sqlite"), expected);
        assert_eq!(located("sqlite://data/blog.sqlite"), expected);
        assert_eq!(located("sqlite:data%2Fblog.sqlite"), expected);
    }

    #[test]
    fn an_absolute_path_is_left_alone() {
        let expected = Location::File(PathBuf::from("/var/blog.sqlite"));
        assert_eq!(located("sqlite:///var/blog.sqlite"), expected);
        assert_eq!(located("sqlite:/var/blog.sqlite"), expected);
    }

    #[test]
    fn databases_in_memory_have_names_of_their_own() {
        let (one, other) = (located("sqlite::memory:"), located("sqlite://:memory:"));
        assert!(matches!(&one, Location::Memory(_)));
        assert_ne!(one, other);
    }

    #[test]
    fn other_systems_and_parameters_are_refused() {
        for text in ["", "blog.sqlite", "postgres://db/blog", "sqlite:", "sqlite://", "sqlite:a?b"]
        {
            assert_eq!(text.parse::<DatabaseUrl>(), Err(DatabaseUrlError(())), "{text}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let url = DatabaseUrl("postgres://app:hunt@er2@db/blog".to_owned());
        assert_eq!(format!("{url:?}"), "postgres://app:[secret]@db/blog");
        assert_eq!(format!("{:?}", DatabaseUrl::memory()), "sqlite::memory:");
    }
}
