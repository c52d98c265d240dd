//! A request that is being written.

use std::borrow::Cow;
use std::fmt::{self, Debug};
use std::net::SocketAddr;
use std::panic::Location;

use bytes::Bytes;
use cookie::Cookie;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};
use serde::Serialize;

use crate::parts::Parts;

/// A request that is being written, to an application or to one handler.
///
/// It is sent as HTTP/1.1 with `Host: localhost`, and with the `Content-Type` and
/// `Content-Length` of its body. A header that the test sets itself goes before.
#[must_use = "a request does nothing until it is sent"]
pub struct Draft<To> {
    pub(crate) letter: Letter,
    pub(crate) to: To,
}

/// Everything about a request but where it goes.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) without: Vec<HeaderName>,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) media_type: Option<Cow<'static, str>>,
    pub(crate) body: Bytes,
    /// What the body was written from, if it is a form with files.
    pub(crate) parts: Parts,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) secure: bool,
    pub(crate) conformance: bool,
    /// Where the test wrote it.
    pub(crate) place: &'static Location<'static>,
}

impl<To> Debug for Draft<To> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({} {})", self.letter.method, self.letter.target)
    }
}

impl<To> Draft<To> {
    /// Adds a header field. Said twice, it is sent twice.
    ///
    /// # Panics
    ///
    /// When name or value holds what a header may not.
    #[track_caller]
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Debug>,
        V: TryInto<HeaderValue, Error: Debug>,
    {
        self.letter.add_header(name.try_into(), value.try_into());
        self
    }

    /// Leaves out a header field that is sent by default: `Host`, `Content-Length`.
    pub fn without_header(mut self, name: HeaderName) -> Self {
        self.letter.without.push(name);
        self
    }

    /// Sends a value as JSON.
    ///
    /// # Panics
    ///
    /// When it cannot be written as JSON.
    #[track_caller]
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        self.letter.set_body("application/json", serde_json::to_vec(value));
        self
    }

    /// Sends a value as a URL-encoded form.
    ///
    /// # Panics
    ///
    /// When it is no list of names and values.
    #[track_caller]
    pub fn form(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        let form = serde_html_form::to_string(value);
        self.letter.set_body("application/x-www-form-urlencoded", form);
        self
    }

    /// Sends a value as the fields of a `multipart/form-data` form, beside its files.
    ///
    /// ```
    /// # use purlin_core::{App, Form, Routes, Upload};
    /// # use purlin_test::TestApp;
    /// # #[derive(serde::Deserialize, schemars::JsonSchema, garde::Validate)]
    /// # #[garde(allow_unvalidated)]
    /// # struct New { title: String, cover: Upload }
    /// # async fn add(form: Form<New>) -> String { format!("{} {}", form.title, form.cover.size()) }
    /// # purlin_test::run(async {
    /// # let app = TestApp::start(App::new("a").routes(Routes::new().post("/books", add))).await;
    /// let request = app.post("/books").multipart(&[("title", "Dune")]);
    /// request.file("cover", "dune.png", "some bytes").await.assert_text("Dune 10");
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// When it is no list of names and values.
    #[track_caller]
    pub fn multipart(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match pairs(value) {
            Ok(pairs) => {
                for (name, text) in pairs {
                    self.letter.parts.add_text(&name, text);
                }
            }
            Err(error) => panic!("the body cannot be written as multipart/form-data: {error}"),
        }
        self.letter.write_parts();
        self
    }

    /// Sends a file in a `multipart/form-data` form: the name of its field, its own name, its
    /// content. Said several times, and with [`multipart`](Self::multipart), it is one form.
    pub fn file(mut self, field: &str, file_name: &str, content: impl Into<Bytes>) -> Self {
        self.letter.parts.add_file(field, file_name, content.into());
        self.letter.write_parts();
        self
    }

    /// Sends text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.letter.media_type = Some("text/plain; charset=utf-8".into());
        self.letter.body = text.into().into();
        self
    }

    /// Sends bytes, of no media type: add a `Content-Type` if there is one.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.letter.media_type = None;
        self.letter.body = body.into();
        self
    }

    /// Adds names and values to the query.
    ///
    /// # Panics
    ///
    /// When the value is no list of names and values.
    #[track_caller]
    pub fn query(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_html_form::to_string(value) {
            Ok(query) => self.letter.add_query(&query),
            Err(error) => panic!("the query cannot be written: {error}"),
        }
        self
    }

    /// Sends a cookie with this request, in the place of one of that name in the jar.
    pub fn cookie(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        // Only the value is encoded: a name is what it is.
        let encoded = Cookie::new("", value.into()).encoded().stripped().to_string();
        let value = encoded.strip_prefix('=').unwrap_or(&encoded);
        self.letter.cookies.push((name.into(), value.to_owned()));
        self
    }

    /// Sends a bearer token.
    ///
    /// # Panics
    ///
    /// When the token holds what a header may not.
    #[track_caller]
    pub fn bearer(self, token: impl fmt::Display) -> Self {
        self.header(AUTHORIZATION, format!("Bearer {token}"))
    }

    /// Lets the request come from an address.
    pub fn peer(mut self, peer: SocketAddr) -> Self {
        self.letter.peer = Some(peer);
        self
    }

    /// Lets the request come over TLS.
    pub fn secure(mut self) -> Self {
        self.letter.secure = true;
        self
    }

    /// Lets the answer be another than the document promises.
    pub fn without_conformance(mut self) -> Self {
        self.letter.conformance = false;
        self
    }
}

impl Letter {
    pub(crate) fn new(method: Method, target: String, place: &'static Location<'static>) -> Self {
        Self {
            method,
            target,
            headers: HeaderMap::new(),
            without: Vec::new(),
            cookies: Vec::new(),
            media_type: None,
            body: Bytes::new(),
            parts: Parts::default(),
            peer: None,
            secure: false,
            conformance: true,
            place,
        }
    }

    #[track_caller]
    pub(crate) fn add_header(
        &mut self,
        name: Result<HeaderName, impl Debug>,
        value: Result<HeaderValue, impl Debug>,
    ) {
        let name = match name {
            Ok(name) => name,
            Err(error) => panic!("this is no name of a header: {error:?}"),
        };
        match value {
            Ok(value) => self.headers.append(name, value),
            Err(error) => panic!("this is no value of the header `{name}`: {error:?}"),
        };
    }

    #[track_caller]
    fn set_body(
        &mut self,
        media_type: &'static str,
        body: Result<impl Into<Bytes>, impl fmt::Display>,
    ) {
        match body {
            Ok(body) => self.body = body.into(),
            Err(error) => panic!("the body cannot be written as {media_type}: {error}"),
        }
        self.media_type = Some(media_type.into());
    }

    fn write_parts(&mut self) {
        let (media_type, body) = self.parts.write();
        self.media_type = Some(media_type.into());
        self.body = body;
    }

    fn add_query(&mut self, query: &str) {
        if query.is_empty() {
            return;
        }
        self.target.push(if self.target.contains('?') { '&' } else { '?' });
        self.target.push_str(query);
    }

    /// Where the request goes.
    ///
    /// # Panics
    ///
    /// When the target is none.
    pub(crate) fn uri(&self) -> Uri {
        let target = self.target.split('#').next().unwrap_or_default();
        match target.parse() {
            Ok(uri) => uri,
            Err(error) => panic!("`{target}` is not a request target: {error} ({})", self.place),
        }
    }

    /// The host it names: its own header's, the target's, or `localhost`.
    pub(crate) fn host(&self) -> String {
        let header = self.headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned);
        let uri = || self.uri().authority().map(ToString::to_string);
        header.or_else(uri).unwrap_or_else(|| "localhost".to_owned())
    }

    /// The head as it is sent, with the cookies of a jar.
    pub(crate) fn head(
        &self,
        jar: Vec<(String, String)>,
        is_streamed: bool,
    ) -> http::request::Parts {
        let mut head = http::Request::new(()).into_parts().0;
        head.method = self.method.clone();
        head.uri = self.uri();
        head.version = Version::HTTP_11;
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        set(HOST, self.host());
        if let Some(media_type) = &self.media_type {
            set(CONTENT_TYPE, media_type.clone().into_owned());
        }
        let expects_body = matches!(self.method.as_str(), "PATCH" | "POST" | "PUT");
        if is_streamed {
            set(TRANSFER_ENCODING, "chunked".to_owned());
        } else if expects_body || !self.body.is_empty() {
            set(CONTENT_LENGTH, self.body.len().to_string());
        }
        if let Some(cookies) = self.cookie_header(jar) {
            set(COOKIE, cookies);
        }
        for name in self.headers.keys() {
            headers.remove(name);
        }
        self.without.iter().for_each(|name| drop(headers.remove(name)));
        for (name, value) in &self.headers {
            headers.append(name, value.clone());
        }
        head.headers = headers;
        head
    }

    fn cookie_header(&self, jar: Vec<(String, String)>) -> Option<String> {
        let is_own = |name: &str| self.cookies.iter().any(|(known, _)| known == name);
        let kept = jar.into_iter().filter(|(name, _)| !is_own(name));
        let all = self.cookies.iter().cloned().chain(kept);
        let pairs: Vec<String> = all.map(|(name, value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// The names and values of what can be written as a form.
fn pairs(value: &(impl Serialize + ?Sized)) -> Result<Vec<(String, String)>, String> {
    let form = serde_html_form::to_string(value).map_err(|error| error.to_string())?;
    serde_html_form::from_str(&form).map_err(|error| error.to_string())
}
