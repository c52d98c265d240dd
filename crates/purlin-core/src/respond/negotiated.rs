//! One value in the form that the client wants most (RFC 9110 §12.1).

use http::header::VARY;
use http::{HeaderValue, StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{Answer, Respond};
use crate::error::{Error, Result};
use crate::openapi::Direction;
use crate::response::Response;
use crate::site::Site;

/// A form in which a value can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// `text/html`, from [`Represent::html`].
    Html,
    /// `application/json`.
    Json,
    /// `application/msgpack`, with the feature `msgpack`.
    #[cfg(feature = "msgpack")]
    MessagePack,
    /// `text/plain`, from [`Represent::text`].
    Text,
}

impl Format {
    /// The media type, without parameters.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Json => "application/json",
            #[cfg(feature = "msgpack")]
            Self::MessagePack => "application/msgpack",
            Self::Text => "text/plain",
        }
    }
}

/// A value that has several forms.
///
/// JSON and `MessagePack` come from `Serialize`. A page and a text are yours to write; unless you do,
/// both show the JSON, escaped and indented. What is offered, and what a client gets that does not
/// mind, is [`Represent::FORMATS`].
///
/// ```
/// use purlin_core::{Format, Represent};
/// use schemars::JsonSchema;
/// use serde::Serialize;
///
/// #[derive(Serialize, JsonSchema)]
/// struct Weather { city: String, degrees: i32 }
///
/// impl Represent for Weather {
///     const FORMATS: &'static [Format] = &[Format::Json, Format::Text];
///
///     fn text(&self) -> purlin_core::Result<String> {
///         Ok(format!("{} °C in {}\n", self.degrees, self.city))
///     }
/// }
/// ```
pub trait Represent: Serialize + JsonSchema {
    /// What is offered; of forms that the client wants equally, the first is sent.
    const FORMATS: &'static [Format] = &[
        Format::Json,
        Format::Html,
        Format::Text,
        #[cfg(feature = "msgpack")]
        Format::MessagePack,
    ];

    /// The value as an HTML document. What users wrote has to be escaped here.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong; it is the answer.
    fn html(&self) -> Result<String> {
        let text = crate::pages::escaped(&self.text()?);
        Ok(format!("<!doctype html><html><meta charset=\"utf-8\"><pre>{text}</pre></html>\n"))
    }

    /// The value as plain text.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong; it is the answer.
    fn text(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

/// A response in the form that the client wants most, by its `Accept`.
///
/// Where it wants none of them, the answer is 406 `not_acceptable`, which lists the offers. Caches
/// are told by `Vary`.
///
/// ```
/// # use purlin_core::{Negotiated, Represent};
/// # #[derive(serde::Serialize, schemars::JsonSchema)]
/// # struct Weather { degrees: i32 }
/// # impl Represent for Weather {}
/// async fn weather() -> Negotiated<Weather> {
///     Negotiated(Weather { degrees: 21 })
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is made by its field, and has no other")]
pub struct Negotiated<T>(pub T);

impl<T: Represent> Respond for Negotiated<T> {
    fn describe(site: &mut Site<'_>) {
        let schema = site.schema::<T>(Direction::Output);
        let operation = site.operation();
        let answer = operation.response(StatusCode::OK, "OK");
        for format in T::FORMATS {
            let text = || json!({ "type": "string" });
            match format {
                Format::Json => answer.content("application/json", schema.clone()),
                Format::Html => answer.content("text/html; charset=utf-8", text()),
                Format::Text => answer.content("text/plain; charset=utf-8", text()),
                #[cfg(feature = "msgpack")]
                Format::MessagePack => answer.content("application/msgpack", json!({})),
            };
        }
        let detail = "None of the forms of this answer is acceptable";
        operation.problem(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail);
    }

    fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
        let accept = answer.accept();
        let quality = |format: &Format| accept.quality(format.media_type());
        // `max_by_key` takes the last of equals, hence the way back.
        let best = T::FORMATS.iter().rev().max_by_key(|format| quality(format));
        let Some(format) = best.filter(|format| quality(format) > 0) else {
            return Err(not_acceptable(T::FORMATS));
        };
        let value = &self.0;
        let mut response = match format {
            Format::Json => Response::json(StatusCode::OK, value)?,
            Format::Html => Response::html(StatusCode::OK, value.html()?),
            Format::Text => Response::text(StatusCode::OK, value.text()?),
            #[cfg(feature = "msgpack")]
            Format::MessagePack => {
                let bytes = rmp_serde::to_vec_named(value)?;
                Response::with_body(StatusCode::OK, "application/msgpack", bytes)
            }
        };
        response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
        Ok(response)
    }
}

fn not_acceptable(formats: &[Format]) -> Error {
    let offers: Vec<&str> = formats.iter().map(|format| format.media_type()).collect();
    let detail = format!("this answer can be had as {}", offers.join(", "));
    Error::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", detail)
        .with_member("offers", offers)
        .with_header(VARY, HeaderValue::from_static("accept"))
}
