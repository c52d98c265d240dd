//! `Multipart`: a form with files in the body, part by part as it arrives.

mod field;
mod plan;

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

pub use self::field::Field;
use self::field::Part;
pub(super) use self::plan::PartsPlan;
use super::Extract;
use super::body::{ReadPlan, broken, check_type, too_large};
use super::form::missing_form;
use crate::body::Body;
use crate::error::{Error, Result};
use crate::multipart::{Event, FORM_DATA, FormLimits, ParseError, Parser};
use crate::openapi::RequestBody;
use crate::report::Reported;
use crate::request::Request;
use crate::services::Slot;
use crate::site::Site;
use crate::upload::Spool;

/// A form with files, `multipart/form-data`, read part by part as it arrives.
///
/// Take it where parts are handled while they come in: sent on, hashed, unpacked. A form with known
/// fields is taken as [`Form<T>`](super::Form), where `T` has fields of type
/// [`Upload`](crate::Upload).
///
/// The client is read on only as fast as parts are: nothing is held but the chunk at hand. What is
/// not read of a part is skipped, and the rest of the form is left unread when this is dropped. An
/// input for a file that was left empty is no part.
///
/// ```
/// use purlin_core::{Multipart, Result};
///
/// async fn measure(mut form: Multipart) -> Result<String> {
///     let mut lines = String::new();
///     while let Some(mut field) = form.next().await? {
///         let mut size = 0;
///         while let Some(chunk) = field.chunk().await? {
///             size += chunk.len();
///         }
///         lines.push_str(&format!("{} has {size} bytes\n", field.name()));
///     }
///     Ok(lines)
/// }
/// ```
///
/// # Errors
///
/// | status | code | when |
/// |---|---|---|
/// | 400 | `invalid_multipart` | the boundary is missing, or a part says not what it is |
/// | 400 | `incomplete_body` | the body ended before its last boundary |
/// | 400 | `invalid_encoding` | a field that is read as text is not UTF-8 |
/// | 413 | `body_too_large`, `too_many_parts`, `field_too_large`, `file_too_large` | a limit of [`FormLimits`] is passed |
/// | 415 | `unsupported_media_type` | the body is something else |
/// | 422 | `invalid_input` | there is no body |
#[derive(Debug)]
pub struct Multipart {
    body: Body,
    parser: Parser,
    limits: FormLimits,
    /// The most bytes of the whole body.
    limit: usize,
    spool: Option<Slot<dyn Spool>>,
    /// How many bytes of the body have arrived.
    arrived: usize,
    /// How many parts have begun.
    parts: usize,
    /// How many bytes of files may still be held in memory.
    room: u64,
    part: Option<Part>,
    is_broken: bool,
}

impl Multipart {
    /// Sets other limits than the route's, for the parts that follow.
    #[must_use]
    pub fn with_limits(mut self, limits: FormLimits) -> Self {
        self.limits = limits;
        self.room = limits.memory;
        self
    }

    /// The next part, or `None` at the end of the form. What is left of the part before is skipped.
    pub async fn next(&mut self) -> Result<Option<Field<'_>>> {
        let is_there = self.advance().await?;
        Ok(is_there.then_some(Field(self)))
    }

    async fn advance(&mut self) -> Result<bool> {
        while self.chunk().await?.is_some() {}
        loop {
            match self.event().await? {
                Event::End => return Ok(false),
                Event::Data(_) | Event::PartEnd => {}
                Event::Head(head) => {
                    self.parts += 1;
                    if self.parts > self.limits.parts {
                        return Err(self.give_up(too_many_parts(self.limits.parts)));
                    }
                    let is_nameless = head.file_name.as_deref() == Some("");
                    self.part = Some(Part::new(head, &self.limits));
                    // What browsers send for an input without a file (WHATWG HTML §4.10.21.4).
                    if !is_nameless || self.peek(1).await? {
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// The next bytes of the part at hand.
    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let Some(part) = &mut self.part else { return Ok(None) };
        let seen = part.count(0).map(|()| part.take_seen());
        match seen {
            Ok(Some(chunk)) => Ok(Some(chunk)),
            Ok(None) => self.arriving().await,
            Err(error) => Err(self.give_up(error)),
        }
    }

    /// The next bytes of the part at hand that nobody has seen.
    async fn arriving(&mut self) -> Result<Option<Bytes>> {
        let is_ended = self.part.as_ref().is_none_or(|part| part.is_ended);
        let event = if is_ended { Event::PartEnd } else { self.event().await? };
        let Some(part) = &mut self.part else { return Ok(None) };
        let Event::Data(data) = event else {
            part.is_ended = true;
            return Ok(None);
        };
        match part.count(data.len()) {
            Ok(()) => Ok(Some(data)),
            Err(error) => Err(self.give_up(error)),
        }
    }

    /// Sees to it that so many bytes of the part are at hand, if it has them; says whether there
    /// are any.
    async fn peek(&mut self, wanted: usize) -> Result<bool> {
        while self.part.as_ref().is_some_and(|part| part.seen_bytes() < wanted) {
            let Some(chunk) = self.arriving().await? else { break };
            if let Some(part) = &mut self.part {
                part.see(chunk);
            }
        }
        Ok(self.part.as_ref().is_some_and(|part| part.seen_bytes() > 0))
    }

    async fn event(&mut self) -> Result<Event> {
        if self.is_broken {
            let detail = "the form was given up after an error";
            return Err(Error::bad_request("invalid_multipart", detail));
        }
        loop {
            match self.parser.next() {
                Ok(Some(event)) => return Ok(event),
                Ok(None) => self.feed().await?,
                Err(error) => {
                    // A stream of nothing is no form, as a body of no bytes is none.
                    let error = match self.arrived {
                        0 => missing_form(),
                        _ => refused(error, self.parts + 1),
                    };
                    return Err(self.give_up(error));
                }
            }
        }
    }

    /// Waits for more of the body.
    async fn feed(&mut self) -> Result {
        match self.body.frame().await {
            None => self.parser.finish(),
            Some(Err(source)) => return Err(self.give_up(broken(source))),
            Some(Ok(frame)) => {
                let Ok(chunk) = frame.into_data() else { return Ok(()) };
                self.arrived = self.arrived.saturating_add(chunk.len());
                if self.arrived > self.limit {
                    return Err(self.give_up(too_large(self.limit)));
                }
                self.parser.feed(chunk);
            }
        }
        Ok(())
    }

    fn give_up(&mut self, error: Error) -> Error {
        self.is_broken = true;
        self.part = None;
        self.body = Body::Empty;
        error
    }
}

impl Extract for Multipart {
    type Prepared = PartsPlan;
    const READS_BODY: bool = true;

    fn prepare(site: &mut Site<'_>) -> Result<PartsPlan, Reported> {
        let body = RequestBody::new(FORM_DATA, json!({ "type": "object" }));
        ReadPlan::prepare(site, "Multipart", body)?;
        let plan = PartsPlan::prepare(site);
        site.operation().problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_input",
            "There is no form",
        );
        Ok(plan)
    }

    fn prepare_optional(site: &mut Site<'_>) -> Result<Option<PartsPlan>, Reported> {
        let plan = Self::prepare(site)?;
        ReadPlan::make_optional(site);
        Ok(Some(plan))
    }

    async fn extract(plan: &PartsPlan, request: &mut Request) -> Result<Self> {
        check_type(request, FORM_DATA)?;
        if request.body().is_empty() {
            return Err(missing_form());
        }
        plan.open(request)
    }
}

#[cold]
fn refused(error: ParseError, part: usize) -> Error {
    match error {
        ParseError::Incomplete => {
            Error::bad_request("incomplete_body", "the form ended before its last boundary")
        }
        ParseError::Part(what) => {
            Error::bad_request("invalid_multipart", format!("part {part} of the form {what}"))
        }
    }
}

#[cold]
fn too_many_parts(limit: usize) -> Error {
    let detail = format!("the form has more than the {limit} parts this route takes");
    Error::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_parts", detail).with_member("limit", limit)
}
