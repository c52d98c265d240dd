//! The common way of query strings, forms and header fields: names and texts into a typed value.

use std::borrow::Cow;

use percent_encoding::percent_decode;
use serde_json::Value;

use super::input::{Input, Rejected, fault_at};
use super::text::{Pairs, from_pairs};
use crate::error::{Error, FaultIn, Result};
use crate::schema::{faults_in, object_from_pairs};

/// Splits `a=1&b=2`, in the encoding of forms (WHATWG URL §5.1): `+` is a space. More than `most`
/// pairs are refused before any of them is looked at: what a pair takes is many times its text.
pub(super) fn split(
    encoded: &[u8],
    most: usize,
    too_many: fn(usize) -> Error,
) -> Result<Pairs<'_>> {
    let parts = encoded.split(|b| *b == b'&').filter(|part| !part.is_empty());
    if parts.clone().nth(most).is_some() {
        return Err(too_many(most));
    }
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

/// Reads a value and checks its rules; on failure all faults are listed, which the schema explains.
pub(super) fn read<T: Input>(
    schema: &Value,
    pairs: Pairs<'_>,
    within: FaultIn,
) -> Result<T, Rejected<T>> {
    if let Ok(value) = from_pairs::<T>(&pairs)
        && value.rules().is_ok()
    {
        return Ok(value);
    }
    let value = object_from_pairs(pairs.into_iter(), schema, schema);
    reread(&value, schema, within)
}

/// The cold path. Text has no types, so the schema's are lent to it; with them `serde` may accept
/// what it could not read from text alone, such as a number inside a flattened struct.
#[cold]
pub(super) fn reread<T: Input>(
    value: &Value,
    schema: &Value,
    within: FaultIn,
) -> Result<T, Rejected<T>> {
    let (read, report) = match T::deserialize(value) {
        Err(_) => (None, None),
        Ok(typed) => match typed.rules() {
            Ok(()) => return Ok(typed),
            Err(report) => (Some(typed), Some(report)),
        },
    };
    let faults = faults_in::<T>(value, schema, schema, report.as_ref());
    let faults = faults.into_iter().map(|fault| fault_at(within, fault)).collect();
    Err(Rejected { error: Error::invalid(faults), value: read })
}
