//! What a client sent before the body, and what routing made of it.

use std::cell::RefCell;
use std::ops::Deref;
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
    /// One that nobody has sent, and that owns nothing but its memory.
    fn empty() -> Self {
        Self {
            method: Method::GET,
            uri: Uri::default(),
            version: Version::HTTP_11,
            headers: HeaderMap::new(),
            connection: Connection::in_process(),
            canonical: None,
            captures: Captures::default(),
            host: None,
            id: OnceLock::new(),
        }
    }

    /// Makes it [empty](Self::empty), so that nothing of a request lives on in memory that is kept.
    /// Only the connection stays: it is a few addresses, and most likely that of the next request.
    fn clear(&mut self) {
        spare::keep_headers(&mut self.headers);
        if self.headers.capacity() > 0 {
            self.headers = HeaderMap::new();
        }
        self.method = Method::GET;
        self.uri = Uri::default();
        self.canonical = None;
        self.captures = Captures::default();
        self.host = None;
        self.id.take();
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

thread_local! {
    static HEADS: RefCell<Vec<Arc<Head>>> = const { RefCell::new(Vec::new()) };
}

/// How many heads a thread keeps for requests to come.
const MOST: usize = 16;

/// A head, shared by those who need it. When the last of them has gone, its memory is kept for
/// another request.
#[derive(Clone, Debug)]
pub(super) struct SharedHead(
    /// Nothing only while it is dropped.
    Option<Arc<Head>>,
);

impl SharedHead {
    pub(super) fn new(
        method: Method,
        uri: Uri,
        version: Version,
        headers: HeaderMap,
        connection: Arc<Connection>,
    ) -> Self {
        // A thread that ends has nothing left.
        let kept = HEADS.try_with(|kept| kept.borrow_mut().pop()).ok().flatten();
        let mut shared = kept.unwrap_or_else(|| Arc::new(Head::empty()));
        let head = Arc::get_mut(&mut shared).expect("a head that was kept is nobody's");
        head.method = method;
        // What an empty head has owns nothing: to look for that costs more than to forget it.
        std::mem::forget(std::mem::replace(&mut head.uri, uri));
        std::mem::forget(std::mem::replace(&mut head.headers, headers));
        head.version = version;
        head.connection = connection;
        Self(Some(shared))
    }

    /// One with a content of its own.
    pub(super) fn of(head: Head) -> Self {
        Self(Some(Arc::new(head)))
    }

    /// The head, to be changed, where nobody else has it.
    pub(super) fn get_mut(&mut self) -> Option<&mut Head> {
        Arc::get_mut(self.0.as_mut().expect(HAS_ONE))
    }

    /// Whether others have it, too.
    pub(super) fn is_shared(&self) -> bool {
        self.0.as_ref().is_some_and(|head| Arc::strong_count(head) > 1)
    }

    /// The head, to be changed; where others have it, too, a copy.
    pub(super) fn make_mut(&mut self) -> &mut Head {
        Arc::make_mut(self.0.as_mut().expect(HAS_ONE))
    }
}

const HAS_ONE: &str = "it has a head until it is dropped";

impl Deref for SharedHead {
    type Target = Head;

    fn deref(&self) -> &Head {
        self.0.as_deref().expect(HAS_ONE)
    }
}

impl Drop for SharedHead {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take()
            && Arc::strong_count(&shared) == 1
        {
            keep(shared);
        }
    }
}

/// Keeps the memory of a head for another request. Out of line, since most who drop a head are not
/// the last who have it.
#[inline(never)]
fn keep(mut shared: Arc<Head>) {
    let Some(head) = Arc::get_mut(&mut shared) else { return };
    head.clear();
    let _ = HEADS.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        if kept.len() < MOST {
            kept.push(shared);
        }
    });
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::{ACCEPT, HOST};

    use super::*;

    fn head(uri: &'static str) -> SharedHead {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("localhost"));
        let uri = Uri::from_static(uri);
        SharedHead::new(Method::POST, uri, Version::HTTP_10, headers, Connection::in_process())
    }

    fn place(head: &SharedHead) -> *const Head {
        &raw const **head
    }

    #[test]
    fn the_memory_of_a_head_is_used_again_and_nothing_that_was_in_it() {
        let mut first = head("/a/b?c");
        let changed = first.make_mut();
        changed.headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
        changed.canonical = Some("/other".into());
        changed.captures.push(1, 2);
        changed.host = Some(Box::new(["tenant".into()]));
        let (id, at) = (first.id().clone(), place(&first));
        drop(first);
        let kept = HEADS.with_borrow(|kept| kept.last().cloned()).unwrap();
        assert!(kept.headers.is_empty() && kept.uri == Uri::default(), "{kept:?}");
        drop(kept);
        let second = head("/x");
        assert_eq!(place(&second), at);
        assert!(!second.is_routed() && second.capture(0).is_none());
        assert_eq!((second.routing_path(), second.headers.len()), ("/x", 1));
        assert_ne!(second.id(), &id);
    }

    #[test]
    fn a_head_is_kept_when_nobody_has_it_any_more() {
        let first = head("/a");
        let (other, at) = (first.clone(), place(&first));
        drop(first);
        let second = head("/b");
        assert_ne!(place(&second), at);
        assert_eq!(other.uri.path(), "/a");
        drop(other);
        assert_eq!(place(&head("/c")), at);
    }
}
