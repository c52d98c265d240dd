//! A file as an answer.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use purlin_core::{
    Answer, Body, ETag, Error, Judged, Respond, Response, Result, Site, Validators, Wanted,
    content_range, wanted_range,
};
use serde_json::json;

use crate::disposition::attachment;
use crate::parts::several;
use crate::reading::{Part, Reading, blocking};

/// What a file that somebody else may have written is allowed to do in a browser.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A file that is open, and becomes the answer.
///
/// Its media type goes by the extension of its name; text is taken to be UTF-8. What browsers run,
/// such as HTML and SVG, is sent under a policy that allows nothing, unless the file is your own
/// and you say so with [`File::trusted`].
#[derive(Debug)]
pub struct File {
    handle: std::fs::File,
    name: String,
    length: u64,
    tag: String,
    validators: Validators,
    kind: HeaderValue,
    disposition: Option<HeaderValue>,
    caching: Option<HeaderValue>,
    is_trusted: bool,
}

impl File {
    /// Opens a file of your own. For a name that a client sent, see
    /// [`Directory::file`](crate::Directory::file).
    ///
    /// # Errors
    ///
    /// What the system says; it is a 500, since the path is yours.
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kind = kind(&path);
        let (handle, length, modified) = blocking(move || {
            let file = std::fs::File::open(path)?;
            let metadata = file.metadata()?;
            if !metadata.is_file() {
                return Err(std::io::Error::other("this is no plain file"));
            }
            Ok((file, metadata.len(), metadata.modified().unwrap_or(UNIX_EPOCH)))
        })
        .await?;
        let tag = tag(length, modified);
        let etag = ETag::strong(&tag)?;
        let validators = Validators::default().etag(etag).modified(modified);
        let (disposition, caching, is_trusted) = (None, None, false);
        Ok(Self { handle, name, length, tag, validators, kind, disposition, caching, is_trusted })
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Its name, without the directories before it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Has browsers save it, under the name it has.
    #[must_use]
    pub fn attachment(self) -> Self {
        let name = self.name.clone();
        self.attachment_as(&name)
    }

    /// Has browsers save it, under a name that may hold anything: it is quoted, and also sent in
    /// the encoding of RFC 8187 where it needs that.
    #[must_use]
    pub fn attachment_as(mut self, name: &str) -> Self {
        self.disposition = Some(attachment(name));
        self
    }

    /// Sends it as another media type.
    ///
    /// # Errors
    ///
    /// When it holds what a header may not.
    pub fn content_type(mut self, kind: &str) -> Result<Self> {
        self.kind = HeaderValue::try_from(kind)?;
        Ok(self)
    }

    /// Lets everybody keep it for so long without asking again. Without it, clients keep it and ask
    /// each time whether it has changed.
    #[must_use]
    pub fn cache_for(mut self, time: Duration) -> Self {
        let text = format!("public, max-age={}", time.as_secs());
        self.caching = HeaderValue::try_from(text).ok();
        self
    }

    /// Lets the browser run what is in it as part of this application.
    #[must_use]
    pub fn trusted(mut self) -> Self {
        self.is_trusted = true;
        self
    }

    /// The answer without its body: what goes for a part as for the whole.
    fn head(&self, status: StatusCode) -> Response {
        let mut response = Response::new(status);
        let headers = response.headers_mut();
        self.validators.write_to(headers);
        headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let caching = self.caching.clone().unwrap_or(HeaderValue::from_static("no-cache"));
        headers.insert(CACHE_CONTROL, caching);
        if let Some(disposition) = &self.disposition {
            headers.insert(CONTENT_DISPOSITION, disposition.clone());
        }
        if !self.is_trusted && is_active(&self.kind) {
            headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        }
        response
    }

    fn answer(self, method: &Method, headers: &HeaderMap) -> Result<Response> {
        if matches!(*method, Method::GET | Method::HEAD) {
            match self.validators.judge(method, headers) {
                Judged::NotModified => return Ok(self.head(StatusCode::NOT_MODIFIED)),
                Judged::Failed => return Err(has_changed()),
                _ => {}
            }
        }
        if *method == Method::GET && self.validators.allow_range(headers) {
            match wanted_range(headers, self.length) {
                Wanted::Parts(ranges) => return Ok(self.partial(ranges)),
                Wanted::Unsatisfiable => return Err(unsatisfiable(self.length)),
                _ => {}
            }
        }
        let mut response = self.head(StatusCode::OK);
        response.headers_mut().insert(CONTENT_TYPE, self.kind);
        let whole = Part::Bytes(0..self.length);
        *response.body_mut() = Body::unpinned(Reading::new(self.handle, [whole]));
        Ok(response)
    }

    fn partial(self, mut ranges: Vec<Range<u64>>) -> Response {
        let mut response = self.head(StatusCode::PARTIAL_CONTENT);
        let headers = response.headers_mut();
        let (parts, kind) = if let [range] = &mut ranges[..] {
            headers.insert(CONTENT_RANGE, content_range(Some(range), self.length));
            (vec![Part::Bytes(std::mem::take(range))], self.kind)
        } else {
            several(ranges, self.length, &self.kind, &self.tag)
        };
        headers.insert(CONTENT_TYPE, kind);
        *response.body_mut() = Body::unpinned(Reading::new(self.handle, parts));
        response
    }
}

impl Respond for File {
    fn describe(site: &mut Site<'_>) {
        let operation = site.operation();
        let bytes = || json!({});
        operation.response(StatusCode::OK, "The file").content("*/*", bytes());
        operation.response(StatusCode::PARTIAL_CONTENT, "A part of it").content("*/*", bytes());
        operation.response(StatusCode::NOT_MODIFIED, "The client has it already");
        let detail = "The file is not the one that the client expects";
        operation.problem(StatusCode::PRECONDITION_FAILED, "file_changed", detail);
        let detail = "The file has none of the bytes that are wanted";
        operation.problem(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", detail);
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        self.answer(answer.method(), answer.headers())
    }
}

fn has_changed() -> Error {
    let detail = "the file is not the one that the request expects";
    Error::new(StatusCode::PRECONDITION_FAILED, "file_changed", detail)
}

fn unsatisfiable(length: u64) -> Error {
    let detail = format!("the file has {length} bytes, and none of those that are wanted");
    Error::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", detail)
        .with_header(CONTENT_RANGE, content_range(None, length))
        .with_member("length", length)
}

/// Of length and time, as other servers make it: nothing has to be read. Times are taken as exactly
/// as the system knows them, since a file may change twice in a second.
fn tag(length: u64, modified: SystemTime) -> String {
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}{:08x}{length:x}", since.as_secs(), since.subsec_nanos())
}

fn kind(path: &Path) -> HeaderValue {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = kind.type_() == "text" || kind.subtype() == "javascript";
    let text = if is_text {
        format!("{}; charset=utf-8", kind.essence_str())
    } else {
        kind.essence_str().to_owned()
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// Whether a browser that opens it runs what is in it.
fn is_active(kind: &HeaderValue) -> bool {
    let kind = kind.to_str().unwrap_or_default();
    kind.contains("html") || kind.contains("xml") || kind.contains("pdf")
}
