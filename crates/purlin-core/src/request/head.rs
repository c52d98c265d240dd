//! What a client sent before the body, and what routing made of it.

use std::sync::{Arc, OnceLock};

use http::{HeaderMap, Method, Uri, Version};

use super::captures::Captures;
use super::id::RequestId;
use crate::connection::Connection;
use crate::spare;

/// The labels of a host under the parameters of its pattern.
pub(crate) type HostCaptures = Box<[Box<str>]>;

/// The part of a request that stays the same on its way, shared by all who need it: the request,
/// the steps around its handler, the log.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) connection: Arc<Connection>,
    /// The path in canonical encoding, where the client's spelling differs from it.
    pub(super) canonical: Option<Box<str>>,
    pub(super) captures: Captures,
    /// What the parameters of the host are, where the route has some.
    pub(super) host: Option<HostCaptures>,
    /// Made when somebody asks for it.
    id: OnceLock<RequestId>,
}

impl Head {
    pub(super) fn new(
        method: Method,
        uri: Uri,
        version: Version,
        headers: HeaderMap,
        connection: Arc<Connection>,
    ) -> Self {
        let (canonical, captures, host) = (None, Captures::default(), None);
        let id = OnceLock::new();
        Self { method, uri, version, headers, connection, canonical, captures, host, id }
    }

    /// The same request, after somebody may have changed what others know of it.
    pub(super) fn changed(
        &self,
        method: Method,
        uri: Uri,
        version: Version,
        headers: HeaderMap,
    ) -> Self {
        self.id();
        // Where the parameters lie goes for the path they were found in.
        let is_same = uri.path() == self.uri.path();
        Self {
            method,
            version,
            headers,
            connection: Arc::clone(&self.connection),
            canonical: self.canonical.clone().filter(|_| is_same),
            captures: if is_same { self.captures } else { Captures::default() },
            host: self.host.clone().filter(|_| is_same),
            id: self.id.clone(),
            uri,
        }
    }

    pub(super) fn id(&self) -> &RequestId {
        self.id.get_or_init(|| RequestId::of(&self.headers))
    }

    pub(super) fn routing_path(&self) -> &str {
        self.canonical.as_deref().unwrap_or_else(|| self.uri.path())
    }

    pub(super) fn is_routed(&self) -> bool {
        self.canonical.is_some() || !self.captures.is_empty() || self.host.is_some()
    }

    /// The raw text of a parameter: those of the path come first, then those of the host.
    pub(super) fn capture(&self, index: usize) -> Option<&str> {
        match index.checked_sub(self.captures.len()) {
            None => self.captures.get(index, self.routing_path()),
            Some(of_host) => self.host.as_ref()?.get(of_host).map(|label| &**label),
        }
    }
}

impl Drop for Head {
    fn drop(&mut self) {
        spare::keep_headers(&mut self.headers);
    }
}
