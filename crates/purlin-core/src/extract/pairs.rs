//! The common way of query strings, forms and header fields: names and texts into a typed value.

use std::borrow::Cow;

use percent_encoding::percent_decode;
use serde_json::Value;

use super::input::{Input, Rejected, fault_at};
use super::query::without_null;
use super::text::{Pairs, from_pairs};
use crate::error::{Error, FaultIn, Result};
use crate::openapi::Schemas;
use crate::schema::{faults_in, object_from_pairs};

/// Splits `a=1&b=2`, in the encoding of forms (WHATWG URL §5.1): `+` is a space.
pub(super) fn split(encoded: &[u8]) -> Result<Pairs<'_>> {
    let parts = encoded.split(|b| *b == b'&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let at = part.iter().position(|b| *b == b'=').unwrap_or(part.len());
            let value = part.get(at + 1..).unwrap_or_default();
            Ok((decode(&part[..at])?, decode(value)?))
        })
        .collect()
}

fn decode(text: &[u8]) -> Result<Cow<'_, str>> {
    let plain = |text: &[u8]| !text.iter().any(|b| matches!(b, b'+' | b'%'));
    if plain(text) {
        return std::str::from_utf8(text).map(Cow::Borrowed).map_err(|_| not_utf8());
    }
    let spaced: Vec<u8> = text.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
    let text = percent_decode(&spaced).decode_utf8().map_err(|_| not_utf8())?;
    Ok(Cow::Owned(text.into_owned()))
}

fn not_utf8() -> Error {
    Error::bad_request("invalid_encoding", "the text is not UTF-8")
}

/// Reads a value and checks its rules; on failure all faults are listed.
pub(super) fn read<T: Input>(pairs: Pairs<'_>, within: FaultIn) -> Result<T, Rejected<T>> {
    if let Ok(value) = from_pairs::<T>(pairs.clone())
        && value.rules().is_ok()
    {
        return Ok(value);
    }
    reread(pairs, within)
}

/// A browser sends an empty text for an input that was left blank, which then means null. Elsewhere
/// what is absent is left out, and an empty text is a text.
fn without_null_fields(schema: &mut Value) {
    for field in schema["properties"].as_object_mut().into_iter().flatten().map(|(_, field)| field)
    {
        *field = without_null(field.take());
    }
}

/// The cold path. Text has no types, so the schema's are lent to it; with them `serde` may accept
/// what it could not read from text alone, such as a number inside a flattened struct.
#[cold]
fn reread<T: Input>(pairs: Pairs<'_>, within: FaultIn) -> Result<T, Rejected<T>> {
    let mut schema = Schemas::standalone::<T>();
    if within != FaultIn::Form {
        without_null_fields(&mut schema);
    }
    let value = object_from_pairs(pairs.into_iter(), &schema, &schema);
    let (read, report) = match T::deserialize(&value) {
        Err(_) => (None, None),
        Ok(typed) => match typed.rules() {
            Ok(()) => return Ok(typed),
            Err(report) => (Some(typed), Some(report)),
        },
    };
    let faults = faults_in::<T>(&value, &schema, &schema, report.as_ref());
    let faults = faults.into_iter().map(|fault| fault_at(within, fault)).collect();
    Err(Rejected { error: Error::invalid(faults), value: read })
}
