//! Short links, as a module that somebody else could publish: it uses nothing but what Purlin shows
//! to everybody.
//!
//! An application adds it by one line, and gets a service, two routes, a look at the whole
//! application before it starts, a start and a stop hook, a readiness check, a section of the
//! configuration, and a subcommand.

mod links;

use std::future::ready;
use std::io::Write as _;
use std::sync::Arc;

use purlin::{
    App, Arguments, BoxFuture, Config, Error, Inject, Inspection, Mistake, Module, Path, Redirect,
    Report, Result, Routes, Url,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::links::{Links, MemoryLinks};

/// The section `[short_links]` of the configuration.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[non_exhaustive]
pub struct ShortLinksConfig {
    /// The most links that are kept.
    pub most: usize,
}

impl Default for ShortLinksConfig {
    fn default() -> Self {
        Self { most: 1000 }
    }
}

/// Short links under a prefix: `/s/rust` leads to where it was said to lead.
#[derive(Debug)]
pub struct ShortLinks {
    prefix: &'static str,
    fixed: Vec<(&'static str, &'static str)>,
}

impl ShortLinks {
    /// Short links under a prefix such as `/s`.
    pub fn under(prefix: &'static str) -> Self {
        Self { prefix, fixed: Vec::new() }
    }

    /// A link that is there from the start on.
    #[must_use]
    pub fn link(mut self, name: &'static str, url: &'static str) -> Self {
        self.fixed.push((name, url));
        self
    }
}

impl Module for ShortLinks {
    fn install(self, app: App) -> App {
        let Self { prefix, fixed } = self;
        let names: Vec<_> = fixed.iter().map(|(name, _)| *name).collect();
        let start = fixed.clone();
        app.config::<ShortLinksConfig>("short_links")
            // A provider of the application's own, or of another crate, goes before.
            .provide_default_as::<dyn Links>(Arc::new(MemoryLinks::default()))
            .nest(prefix, Routes::new().get("/{name}", follow))
            .inspect(move |application, report| inspect(application, report, prefix, &names))
            .on_start(move |links: Inject<dyn Links>, config: Config<ShortLinksConfig>| {
                ready(fill(&*links, &config, &start))
            })
            .on_stop(async |links: Inject<dyn Links>| links.close())
            .check("short links", |links: Inject<dyn Links>| -> BoxFuture<Result> {
                let closed = || Err(Error::internal("the links are closed"));
                Box::pin(ready(if links.is_open() { Ok(()) } else { closed() }))
            })
            .command("links", "says where short links lead: `links NAME…`", {
                // Start hooks do not run before a subcommand.
                move |links: Inject<dyn Links>,
                      config: Config<ShortLinksConfig>,
                      names: Inject<Arguments>| {
                    ready(fill(&*links, &config, &fixed).and_then(|()| list(&*links, &names.0)))
                }
            })
    }
}

fn fill(
    links: &dyn Links,
    config: &ShortLinksConfig,
    fixed: &[(&'static str, &'static str)],
) -> Result {
    links.limit(config.most);
    fixed.iter().try_for_each(|(name, url)| links.set(name, url))
}

fn list(links: &dyn Links, names: &[String]) -> Result {
    let mut out = std::io::stdout();
    for name in names {
        let url = links.get(name).unwrap_or_else(|| "nowhere".to_owned());
        writeln!(out, "{name} {url}")?;
    }
    Ok(())
}

/// Leads to where the link leads.
async fn follow(Path(name): Path<String>, links: Inject<dyn Links>) -> Result<Redirect> {
    let url = links.get(&name).ok_or_else(|| Error::not_found("there is no such link"))?;
    Ok(Redirect::to(Url::external(url)))
}

/// What must be right about the application for the links to work, with codes of our own.
fn inspect(
    application: &Inspection<'_>,
    report: &mut Report,
    prefix: &str,
    names: &[&'static str],
) {
    for (index, name) in names.iter().enumerate() {
        if names[..index].contains(name) {
            let mistake = Mistake::new("LINK1", format!("two short links are called `{name}`"));
            report.add(mistake.at(application.place()).help("leave one of them out"));
        }
    }
    // A literal beats a parameter: such a route would hide the link.
    for name in names {
        let path = format!("{prefix}/{name}");
        for route in application.routes().iter().filter(|route| route.pattern == path) {
            let mistake = Mistake::new("LINK2", format!("a route hides the short link `{path}`"));
            let mistake = mistake.at(route.place()).at(application.place());
            report.add(mistake.help("give the link or the route another name"));
        }
    }
}
