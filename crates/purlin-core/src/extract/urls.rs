//! `Urls`: addresses of routes, written out for a body.

use std::sync::Arc;

use super::Extract;
use crate::error::Result;
use crate::hosts;
use crate::pattern::decode;
use crate::report::Reported;
use crate::request::Request;
use crate::site::{RouteFacts, Site};
use crate::url::Url;

/// Writes addresses out where no response does it: inside JSON, in a mail.
///
/// ```
/// use purlin_core::{Result, Url, Urls};
///
/// async fn links(urls: Urls) -> Result<String> {
///     urls.to(&Url::from("/books"))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Urls {
    facts: Arc<RouteFacts>,
    parameters: Vec<(String, String)>,
    /// Where other hosts than the request's have routes of their own.
    authority: Option<String>,
}

impl Urls {
    /// The path of an address: the prefix under which the route is mounted included. A route of
    /// another host is `//host/path`, with the port of the current request.
    ///
    /// # Errors
    ///
    /// When the application does not mount the route, or a prefix has a parameter that neither the
    /// address nor the current request knows.
    pub fn to(&self, url: &Url) -> Result<String> {
        self.facts.resolve_with(url, self.authority.as_deref(), &self.parameters)
    }
}

impl Extract for Urls {
    type Prepared = Arc<RouteFacts>;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        Ok(site.facts())
    }

    async fn extract(facts: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let parameters = facts.parameters.iter().enumerate();
        let parameters = parameters.map(|(index, name)| {
            let text = decode(request.capture(index).unwrap_or_default())?;
            Ok((name.clone(), text.into_owned()))
        });
        let authority = if facts.knows_hosts() { hosts::authority(request) } else { None };
        Ok(Self {
            facts: Arc::clone(facts),
            parameters: parameters.collect::<Result<_>>()?,
            authority: authority.map(str::to_owned),
        })
    }
}
