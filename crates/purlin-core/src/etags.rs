//! Entity tags for answers that are made anyway.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, Method, StatusCode};

use crate::body::Body;
use crate::conditional::{ETag, Judged, Validators};
use crate::pipeline::Hook;
use crate::request::Facts;
use crate::response::Response;
use crate::site::Site;

/// Answers GET and HEAD with 304 where the client has the representation already.
///
/// An answer that is completely in memory and has no validator gets an `ETag` made from its bytes;
/// one that brings `ETag` or `Last-Modified` is held against them. The handler runs either way:
/// what is saved is the way to the client. A handler that can tell sooner asks
/// [`Validators::judge`] itself.
///
/// ```
/// use purlin_core::{App, ETags, Routes};
///
/// let app = App::new("news").hook(ETags::default());
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ETags {}

impl Hook for ETags {
    fn describe(&self, site: &mut Site<'_>) {
        if matches!(*site.method(), Method::GET | Method::HEAD) {
            let operation = site.operation();
            operation.response(StatusCode::NOT_MODIFIED, "The client has it already");
            let changed = "It is not what the client expects";
            operation.response(StatusCode::PRECONDITION_FAILED, changed);
        }
    }

    fn after(&self, facts: &Facts, response: &mut Response) {
        let reads = matches!(*facts.method(), Method::GET | Method::HEAD);
        if !reads || response.status() != StatusCode::OK {
            return;
        }
        let headers = response.headers();
        if !headers.contains_key(ETAG) && !headers.contains_key(LAST_MODIFIED) {
            let Some(bytes) = response.bytes() else { return };
            let etag = ETag::of_bytes(bytes);
            Validators::default().etag(etag).write_to(response.headers_mut());
        }
        let validators = Validators::of_headers(response.headers());
        match validators.judge(facts.method(), facts.headers()) {
            Judged::NotModified => forget(response, StatusCode::NOT_MODIFIED),
            Judged::Failed => forget(response, StatusCode::PRECONDITION_FAILED),
            Judged::Proceed => {}
        }
    }

    fn name(&self) -> String {
        "etags".to_owned()
    }
}

/// Leaves what RFC 9110 §15.4.5 wants in a 304, and nothing that describes a body.
fn forget(response: &mut Response, status: StatusCode) {
    response.set_status(status);
    *response.body_mut() = Body::Empty;
    let headers: &mut HeaderMap = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
}
