//! `multipart/form-data` (RFC 7578) as pure functions: where parts begin and end, what their heads
//! say, what their content looks like.
//!
//! A [`Parser`] is fed with the chunks of a body, and gives events. It knows no limits but that of
//! a part's head, and keeps no content: whoever takes the events decides what is too much.
//!
//! # Invariants
//!
//! Held by the property tests in `tests.rs`: however a body is cut into chunks, its parts are the
//! same; content that does not hold a whole line with the boundary arrives as it was sent; no input
//! makes the parser panic or keep more than a part's head.

mod boundary;
mod disposition;
mod file_name;
mod image;
mod limits;
mod parser;
mod sniff;

#[cfg(test)]
mod tests;

pub(crate) use self::boundary::{Boundary, FORM_DATA};
pub(crate) use self::disposition::PartHead;
pub use self::file_name::FileName;
pub(crate) use self::image::ImageProbe;
pub use self::image::{Image, ImageFormat};
pub use self::limits::FormLimits;
pub(crate) use self::parser::{Event, ParseError, Parser};
pub(crate) use self::sniff::{HEAD, sniff};
