//! Versions of an API, side by side.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::StatusCode;
use http::header::{ACCEPT, HeaderName};
use serde_json::json;

use crate::condition::{Condition, Never, Refusal};
use crate::error::Error;
use crate::openapi::{Parameter, ParameterIn};
use crate::request::Facts;
use crate::routes::{PathVersions, Routes};

/// Versions of an API: groups of routes, of which the client chooses one.
///
/// ```
/// use purlin_core::{App, Routes, Versions};
///
/// let old = Routes::new().get("/books", async || "books of old");
/// let new = Routes::new().get("/books", async || "books");
/// let app = App::new("shop").routes(
///     Versions::by_header("Accept-Version").version("1", old).version("2", new).default("2"),
/// );
/// ```
///
/// A client may write `v1` for `1`. What no version is, is a 4xx `unknown_version` that names those
/// there are; a request that says none gets the default, or 400 `missing_version` where there is
/// none. Each version is a [`Condition`], so that the answers say in `Vary` on what they depend, and
/// the document has one operation for all versions of a route.
#[derive(Clone, Debug)]
#[must_use = "versions do nothing until an application has them"]
pub struct Versions {
    said: Said,
    all: Vec<(String, Routes)>,
    default: Option<String>,
}

/// Where a request says which version it wants.
#[derive(Clone, Debug)]
enum Said {
    Head(Field),
    Path,
}

/// What in the head of a request says it.
#[derive(Clone, Debug)]
enum Field {
    Header(String),
    Query(String),
    MediaType(String),
}

impl Versions {
    /// By a header field: `Accept-Version: 2`. An unknown version is 400.
    pub fn by_header(name: impl Into<String>) -> Self {
        Self::by(Said::Head(Field::Header(name.into())))
    }

    /// By a parameter of the query: `?version=2`. An unknown version is 400.
    pub fn by_query(name: impl Into<String>) -> Self {
        Self::by(Said::Head(Field::Query(name.into())))
    }

    /// By a parameter of a media type in `Accept`: `application/json; version=2`. The first media
    /// type that has it counts. An unknown version is 406.
    pub fn by_media_type(parameter: impl Into<String>) -> Self {
        Self::by(Said::Head(Field::MediaType(parameter.into())))
    }

    /// By a prefix of the path: `/v2`, or `/beta` for a version that is no number. An unknown number is
    /// 404 `unknown_version`, and there is no default.
    pub fn by_path() -> Self {
        Self::by(Said::Path)
    }

    fn by(said: Said) -> Self {
        Self { said, all: Vec::new(), default: None }
    }

    /// Adds a version, under the name that clients say, with or without a `v` before it.
    pub fn version(mut self, name: impl Into<String>, routes: impl Into<Routes>) -> Self {
        self.all.push((name.into(), routes.into()));
        self
    }

    /// The version for requests that say none.
    pub fn default(mut self, name: impl Into<String>) -> Self {
        self.default = Some(name.into());
        self
    }

    /// What keeps a version from ever being reached.
    fn mistake(&self) -> Option<Never> {
        let mut names = BTreeSet::new();
        if let Some((twice, _)) = self.all.iter().find(|(name, _)| !names.insert(bare(name))) {
            let reason = format!("there are two versions `{twice}`");
            return Some(Never::new(reason, "give each a name of its own; `v1` is `1`"));
        }
        if let Some(bad) = names.iter().find(|name| !is_name(name)) {
            let reason = format!("`{bad}` is no name of a version");
            return Some(Never::new(
                reason,
                "a name is letters, digits, `.`, `-` and `_`, as in `2.1`",
            ));
        }
        match (&self.default, &self.said) {
            (Some(default), Said::Path) => {
                let reason =
                    format!("versions by path have no default, and `{default}` is said to be one");
                let help = "remove `default`: a path without a version is another path";
                Some(Never::new(reason, help))
            }
            (Some(default), _) if !names.contains(bare(default)) => {
                let reason = format!("the default `{default}` is none of the versions");
                let known = names.into_iter().collect::<Vec<_>>().join(", ");
                let help = format!("add it with `version`, or name one that there is: {known}");
                Some(Never::new(reason, help))
            }
            _ => None,
        }
    }
}

/// A name of letters, digits, `.`, `-` and `_`, which stands in headers and paths as it is.
fn is_name(name: &str) -> bool {
    let is_good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    !name.is_empty() && name.bytes().all(is_good)
}

/// The name of a version without the `v` that may stand before a number.
pub(crate) fn bare(name: &str) -> &str {
    let name = name.trim();
    let number = name.strip_prefix(['v', 'V']);
    number.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(name)
}

/// Where a version is in the path: a number has a `v` before it.
fn prefix(bare: &str) -> String {
    let is_number = bare.starts_with(|c: char| c.is_ascii_digit());
    if is_number { format!("/v{bare}") } else { format!("/{bare}") }
}

impl From<Versions> for Routes {
    fn from(versions: Versions) -> Self {
        let mistake = versions.mistake();
        let Versions { said, all: mut versions, default } = versions;
        if mistake.is_some() {
            // It is told once, at the routes of the first.
            versions.truncate(1);
        }
        let names: Arc<[String]> = versions.iter().map(|(name, _)| bare(name).to_owned()).collect();
        let mut all = Self::new();
        for (name, routes) in versions {
            all = match &said {
                Said::Path => all.merge(routes.of_path_version(&PathVersions {
                    prefix: prefix(bare(&name)),
                    names: Arc::clone(&names),
                })),
                Said::Head(field) => {
                    let default = default.as_deref().map(bare);
                    let condition = condition(field, bare(&name), default, &names);
                    all.merge(routes.when(condition))
                }
            };
        }
        match mistake {
            Some(mistake) => all.when(Condition::never(mistake)),
            None => all,
        }
    }
}

/// Holds for the requests that want one version.
fn condition(said: &Field, name: &str, default: Option<&str>, names: &Arc<[String]>) -> Condition {
    let known = names.join(", ");
    let (status, within, parameter) = match said {
        Field::MediaType(_) => (StatusCode::NOT_ACCEPTABLE, None, String::new()),
        Field::Header(header) => {
            (StatusCode::BAD_REQUEST, Some(ParameterIn::Header), header.clone())
        }
        Field::Query(query) => (StatusCode::BAD_REQUEST, Some(ParameterIn::Query), query.clone()),
    };
    let parameters = within.map(|within| {
        let schema = json!({ "type": "string" });
        let text = format!("The version of the API: {known}");
        let parameter = Parameter::new(parameter, within, schema).described(Some(text));
        if default.is_some() { parameter.optional() } else { parameter }
    });
    let (wants, refused) = (said.clone(), said.clone());
    let has_default = default.is_some();
    let (own, is_default) = (name.to_owned(), default == Some(name));
    let known_names = Arc::clone(names);
    let refuse = move |facts: &Facts| match wanted(&refused, facts) {
        None if has_default => None,
        None => {
            let detail = format!("the request says no version; there are {known}");
            Some(Error::new(status, "missing_version", detail))
        }
        Some(version) if known_names.contains(&version) => None,
        Some(version) => {
            let detail = format!("there is no version `{version}`; there are {known}");
            Some(Error::new(status, "unknown_version", detail))
        }
    };
    let refusal = Refusal {
        status,
        codes: &["missing_version", "unknown_version"][usize::from(has_default)..],
        description: "The version is none of those there are".to_owned(),
        refuse: Arc::new(refuse),
    };
    let header = match said {
        Field::Header(name) => HeaderName::try_from(name.as_str()).ok(),
        Field::MediaType(_) => Some(ACCEPT),
        Field::Query(_) => None,
    };
    if let (Field::Header(name), None) = (said, &header) {
        return Condition::never(Never::for_header(name));
    }
    Condition::known(
        format!("version {name}"),
        parameters.into_iter().collect(),
        header.into_iter().collect(),
        refusal,
        move |facts| wanted(&wants, facts).map_or(is_default, |wanted| wanted == own),
    )
}

/// The version that a request says.
fn wanted(said: &Field, facts: &Facts) -> Option<String> {
    let found = match said {
        Field::Header(name) => facts.header(name.as_str()).map(str::to_owned),
        Field::Query(name) => facts.query_values(name).next(),
        Field::MediaType(name) => {
            let lines = facts.headers().get_all(ACCEPT).iter();
            let mut lines = lines.filter_map(|line| line.to_str().ok());
            lines.find_map(|line| line.split(',').find_map(|range| of_media_type(range, name)))
        }
    };
    found.map(|version| bare(&version).to_owned())
}

/// The value of a parameter of a media type: RFC 9110 §5.6.6.
fn of_media_type(range: &str, name: &str) -> Option<String> {
    range.split(';').skip(1).find_map(|parameter| {
        let (known, value) = parameter.split_once('=')?;
        let is_it = known.trim().eq_ignore_ascii_case(name);
        is_it.then(|| value.trim().trim_matches('"').to_owned())
    })
}
