//! How forms with files are read on one route.

use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::Multipart;
use crate::error::{Error, Result};
use crate::extract::body::refuse_announced;
use crate::multipart::{Boundary, FormLimits, Parser};
use crate::request::Request;
use crate::services::Slot;
use crate::site::Site;
use crate::upload::Spool;

/// How forms with files are read on one route.
#[derive(Clone, Debug)]
pub struct PartsPlan {
    limit: usize,
    limits: FormLimits,
    spool: Option<Slot<dyn Spool>>,
}

impl PartsPlan {
    /// Documents what can be wrong with the parts.
    pub(in crate::extract) fn prepare(site: &mut Site<'_>) -> Self {
        let operation = site.operation();
        let mut problem = |status, code, text: &'static str| {
            operation.problem(status, code, text);
        };
        problem(StatusCode::BAD_REQUEST, "invalid_multipart", "The form cannot be taken apart");
        problem(StatusCode::BAD_REQUEST, "incomplete_body", "The body ended before its end");
        problem(StatusCode::BAD_REQUEST, "invalid_encoding", "A field is not UTF-8");
        let too_large = StatusCode::PAYLOAD_TOO_LARGE;
        problem(too_large, "too_many_parts", "The form has too many parts");
        problem(too_large, "field_too_large", "A field, or all of them together, is too large");
        problem(too_large, "file_too_large", "A file is too large");
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is for one lifetime"
        )]
        let spool = site.optional(|site| site.need::<dyn Spool>());
        Self { limit: site.body_limit(), limits: site.form_limits(), spool }
    }

    pub(in crate::extract) fn limits(&self) -> &FormLimits {
        &self.limits
    }

    /// Begins to read a form.
    pub(in crate::extract) fn open(&self, request: &mut Request) -> Result<Multipart> {
        let content_type = request.headers().get(CONTENT_TYPE);
        let content_type = content_type.map_or(&b""[..], |value| value.as_bytes());
        let boundary = Boundary::of(content_type).map_err(|what| {
            Error::bad_request("invalid_multipart", format!("the form cannot be read: {what}"))
        })?;
        // Before the client is asked to go on (RFC 9110 §10.1.1).
        refuse_announced(request, self.limit)?;
        Ok(Multipart {
            body: request.take_body(),
            parser: Parser::new(&boundary),
            limits: self.limits,
            limit: self.limit,
            spool: self.spool.clone(),
            arrived: 0,
            parts: 0,
            room: self.limits.memory,
            part: None,
            is_broken: false,
        })
    }
}
