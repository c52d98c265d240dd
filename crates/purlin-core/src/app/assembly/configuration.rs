//! The configuration: the sections that an application declares, and those that every one has.

use std::any::TypeId;

use http::HeaderValue;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::App;
use crate::config::{ConfigMistake, Configuration, Mode, Origin, Period, Size};
use crate::openapi::Schemas;
use crate::report::{Mistake, Place, Report, shorten};
use crate::routes::Routes;
use crate::services::ServiceTable;

/// Each section with the schema of its type, and its defaults.
pub(super) type Sections = Vec<(&'static str, Value, Value)>;

/// How many sections every application has.
const OWN: usize = 3;

/// A section that every application has.
pub(super) trait OwnSection: Default + DeserializeOwned + Serialize + JsonSchema {
    const NAME: &'static str;

    /// What is wrong with it and no schema can say.
    fn mistakes(&self, _configuration: &Configuration) -> Vec<ConfigMistake> {
        Vec::new()
    }
}

/// The section `[development]` of the configuration.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(super) struct Development {
    /// Shows the development pages to other machines, too: sources, requests, causes.
    #[serde(default)]
    pub(super) expose: bool,
}

impl OwnSection for Development {
    const NAME: &'static str = "development";
}

/// The section `[requests]` of the configuration: what a request may take, where neither the
/// application nor a group nor the route says something else.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Requests {
    /// The most bytes a body may have: 1 MiB by default.
    body_limit: Size,
    /// The most parameters a query may have: 1,000 by default.
    query_limit: usize,
    /// How long it may take until the answer begins: 30 seconds by default.
    timeout: Period,
}

impl Default for Requests {
    fn default() -> Self {
        Self { body_limit: Size::mib(1), query_limit: 1_000, timeout: Period::seconds(30) }
    }
}

impl OwnSection for Requests {
    const NAME: &'static str = "requests";

    fn mistakes(&self, configuration: &Configuration) -> Vec<ConfigMistake> {
        if self.timeout > Period::default() {
            return Vec::new();
        }
        let key = "requests.timeout";
        let origin = configuration.origin(key).cloned().unwrap_or(Origin::Unset);
        let help = "routes that may take as long as they want say `.without_timeout()`";
        vec![ConfigMistake::new(key, origin, "must be longer than nothing").help(help)]
    }
}

impl Requests {
    /// The routes, with what they do not say themselves.
    pub(super) fn around(&self, routes: Routes) -> Routes {
        let body_limit = usize::try_from(self.body_limit.in_bytes()).unwrap_or(usize::MAX);
        routes.or(self.timeout.into(), body_limit, self.query_limit)
    }
}

/// The section `[security]` of the configuration: what browsers that come over HTTPS are told about
/// plain HTTP (RFC 6797).
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Security {
    /// Whether they are told to come over HTTPS alone from then on: yes by default, and in
    /// development never.
    hsts: bool,
    /// For how long, in whole seconds: 730 days by default. With 0s, they forget it.
    hsts_max_age: Period,
    /// Whether that goes for all names below the host as well: yes by default.
    hsts_subdomains: bool,
    /// Whether the site may be in the lists that browsers bring along: no by default, since it takes
    /// months to be removed from these.
    hsts_preload: bool,
}

impl Default for Security {
    fn default() -> Self {
        Self {
            hsts: true,
            hsts_max_age: Period::days(730),
            hsts_subdomains: true,
            hsts_preload: false,
        }
    }
}

impl OwnSection for Security {
    const NAME: &'static str = "security";

    /// Those who keep the lists ask for a year, and for all names below the host.
    fn mistakes(&self, configuration: &Configuration) -> Vec<ConfigMistake> {
        let is_enough = self.hsts && self.hsts_subdomains && self.hsts_max_age >= Period::days(365);
        if !self.hsts_preload || is_enough {
            return Vec::new();
        }
        let key = "security.hsts_preload";
        let origin = configuration.origin(key).cloned().unwrap_or(Origin::Unset);
        let message = "needs `hsts`, `hsts_subdomains`, and a `hsts_max_age` of a year";
        let help = "set `security.hsts_max_age` to at least 365d and the others to true, or leave this out";
        vec![ConfigMistake::new(key, origin, message).help(help)]
    }
}

impl Security {
    /// The header, where there is to be one.
    pub(super) fn hsts(&self, mode: Mode) -> Option<HeaderValue> {
        if !self.hsts || mode == Mode::Dev {
            return None;
        }
        let seconds = self.hsts_max_age.duration().as_secs();
        let subdomains = if self.hsts_subdomains { "; includeSubDomains" } else { "" };
        let preload = if self.hsts_preload { "; preload" } else { "" };
        let value = format!("max-age={seconds}{subdomains}{preload}");
        Some(HeaderValue::try_from(value).expect("digits and words are a value"))
    }
}

/// Reads a section that every application has. What is wrong with it is in the report, and the
/// defaults stand for it.
pub(super) fn own_section<T: OwnSection>(configuration: &Configuration, report: &mut Report) -> T {
    let read = configuration.section::<T>(T::NAME).and_then(|section| {
        let mistakes = section.mistakes(configuration);
        if mistakes.is_empty() { Ok(section) } else { Err(mistakes) }
    });
    read.unwrap_or_else(|mistakes| {
        for mistake in mistakes {
            report.add_configuration(mistake);
        }
        T::default()
    })
}

/// Reads the sections that the application declares, and refuses those that nobody reads.
pub(super) fn read_sections(
    app: &mut App,
    services: &mut ServiceTable,
    report: &mut Report,
) -> Sections {
    let own: [_; OWN] = [shown::<Development>(), shown::<Requests>(), shown::<Security>()];
    let mut known = Sections::from(own);
    for (section, defaults) in std::mem::take(&mut app.section_defaults) {
        let values = defaults(&app.name, app.configuration.mode());
        app.configuration = app.configuration.clone().defaults(section, values);
    }
    let mut taken: Vec<(&str, TypeId, Place)> = Vec::new();
    for section in std::mem::take(&mut app.sections) {
        let before = taken.iter().find(|(name, ..)| *name == section.name).copied();
        taken.push((section.name, section.id, section.place));
        let is_twin = before.is_some_and(|(_, id, _)| id == section.id);
        let is_own = known[..OWN].iter().any(|(name, ..)| *name == section.name);
        if is_own || before.is_some() && !is_twin {
            report.add(declared_twice(section.name, before.map(|it| it.2), section.place));
            // Whoever takes it as `Config<T>` is not told that it is missing, too.
            (section.read)(&app.configuration, services, &mut Report::default());
            continue;
        }
        (section.read)(&app.configuration, services, report);
        if !is_twin {
            known.push((section.name, section.schema, section.defaults));
        }
    }
    for mistake in app.configuration.mistakes() {
        report.add_configuration(mistake.clone());
    }
    let names: Vec<&str> = known.iter().map(|(name, ..)| *name).collect();
    for mistake in app.configuration.unknown_sections(&names) {
        let message = format!("`[{}]` is a section that nobody reads", mistake.key);
        report.add(Mistake { code: "P0403", message, ..mistake.into() });
    }
    known
}

/// A section that is read into two types: the one would refuse what is meant for the other.
fn declared_twice(name: &str, before: Option<Place>, here: Place) -> Mistake {
    let message = match before {
        Some(before) => {
            let types = [before, here].map(|place| shorten(place.what));
            format!("the section `{name}` is declared as `{}` and as `{}`", types[0], types[1])
        }
        None => format!("the section `{name}` is the framework's, in every application"),
    };
    let mistake = before.into_iter().fold(Mistake::new("P0404", message), Mistake::at);
    mistake.at(here).help("give the section another name")
}

fn shown<T: OwnSection>() -> (&'static str, Value, Value) {
    let defaults = serde_json::to_value(T::default()).unwrap_or_default();
    (T::NAME, Schemas::standalone::<T>(), defaults)
}
