//! `Header<T>`: header fields, read into a type.

use std::borrow::Cow;
use std::ops::Deref;

use http::HeaderName;
use serde_json::Value;

use super::input::{Input, Rejected};
use super::limits::checked_schema;
use super::query::{document_fields, field_names, without_null_fields};
use super::{Extract, pairs};
use crate::error::{FaultIn, Result};
use crate::openapi::ParameterIn;
use crate::report::Reported;
use crate::request::Request;
use crate::schema::shape::{self, Kinds};
use crate::site::Site;

/// Header fields. Each field of `T` is a header of its name.
///
/// Where the field is a list, so is the header: its elements stand between commas, on one line or on
/// several (RFC 9110 §5.6.1). A comma inside quotes is part of its element, the quotes stay, and
/// empty elements count for nothing.
///
/// ```
/// use purlin_core::Header;
/// # use serde::Deserialize; use schemars::JsonSchema; use garde::Validate;
///
/// #[derive(Deserialize, JsonSchema, Validate)]
/// #[serde(rename_all = "kebab-case")]
/// struct Client {
///     #[garde(length(chars, max = 20))]
///     x_client_version: Option<String>,
/// }
///
/// async fn hello(client: Header<Client>) -> String {
///     client.0.x_client_version.unwrap_or_default()
/// }
/// ```
///
/// # Errors
///
/// 422 `invalid_input` with a fault for each header that is missing, of the wrong type, or breaks a
/// rule. A type of which a field can be no header name, or one with an underscore, is refused at
/// assembly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it is matched by its field, and has no other")]
pub struct Header<T>(pub T);

impl<T> Deref for Header<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The headers a type wants, and what a refusal is explained with.
#[derive(Clone, Debug)]
pub struct HeaderPlan {
    fields: Vec<Field>,
    schema: Value,
}

#[derive(Clone, Debug)]
struct Field {
    /// The name as the type spells it, and as the request holds it.
    name: String,
    header: HeaderName,
    is_list: bool,
}

impl<T: Input> Extract for Header<T> {
    type Prepared = HeaderPlan;

    fn prepare(site: &mut Site<'_>) -> Result<HeaderPlan, Reported> {
        let schema = checked_schema::<T>(site)?;
        let mut fields = Vec::new();
        for name in field_names(&schema) {
            let header = header_name(&name).map_err(|(what, help)| {
                site.refuse("P0109", format!("`{name}` {what}"), help.to_owned())
            })?;
            let is_list = is_list(&schema, &name);
            fields.push(Field { name, header, is_list });
        }
        document_fields(site, &schema, ParameterIn::Header);
        Ok(HeaderPlan { fields, schema: without_null_fields(&schema) })
    }

    async fn extract(plan: &HeaderPlan, request: &mut Request) -> Result<Self> {
        let (read, _) = read::<T>(plan, request);
        read.map(Self).map_err(|rejected| rejected.error)
    }
}

/// The header of a field; or why there is none, and what to write.
fn header_name(field: &str) -> Result<HeaderName, (&'static str, &'static str)> {
    let Ok(header) = HeaderName::try_from(field) else {
        let help = "rename the field to the header: `#[serde(rename = \"x-client\")]`";
        return Err(("can be no header name", help));
    };
    if field.contains('_') {
        let help = "add `#[serde(rename_all = \"kebab-case\")]`, or read what is named so from the `HeaderMap`";
        return Err(("is a header with an underscore, which many proxies drop", help));
    }
    Ok(header)
}

/// The value, and whether there is nothing of which it was read.
pub(super) fn read<T: Input>(
    plan: &HeaderPlan,
    request: &Request,
) -> (Result<T, Rejected<T>>, bool) {
    let headers = request.headers();
    let mut pairs = Vec::new();
    for Field { name, header, is_list } in &plan.fields {
        for value in headers.get_all(header) {
            let text = String::from_utf8_lossy(value.as_bytes());
            let texts = if *is_list { elements(text) } else { vec![text] };
            let name = Cow::Borrowed(name.as_str());
            pairs.extend(texts.into_iter().map(|text| (name.clone(), text)));
        }
    }
    let nothing = pairs.is_empty();
    let read = pairs::read::<T>(&plan.schema, pairs, FaultIn::Header);
    (if nothing { read.map_err(Rejected::absent) } else { read }, nothing)
}

/// Whether a field is a list, and nothing that one text could be.
fn is_list(schema: &Value, name: &str) -> bool {
    let kinds = shape::member(schema, schema, name).map(|field| shape::kinds(field, schema));
    kinds.is_some_and(|kinds| kinds.meets(Kinds::ARRAY) && !kinds.meets(Kinds::STRING))
}

/// The elements of a list (RFC 9110 §5.6.1.2), with a quoted string (§5.6.4) as part of one.
fn elements(text: Cow<'_, str>) -> Vec<Cow<'_, str>> {
    let (mut quoted, mut escaped) = (false, false);
    let is_border = |letter: char| {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' => return !quoted,
            _ => {}
        }
        false
    };
    match text {
        Cow::Borrowed(text) => trimmed(text.split(is_border)).map(Cow::Borrowed).collect(),
        Cow::Owned(text) => {
            trimmed(text.split(is_border)).map(|part| Cow::Owned(part.to_owned())).collect()
        }
    }
}

fn trimmed<'t>(parts: impl Iterator<Item = &'t str>) -> impl Iterator<Item = &'t str> {
    parts.map(str::trim_ascii).filter(|part| !part.is_empty())
}
