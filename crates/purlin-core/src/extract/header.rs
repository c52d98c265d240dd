//! `Header<T>`: header fields, read into a type.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use http::HeaderName;

use super::input::Input;
use super::query::{document_fields, field_names};
use super::{Extract, pairs};
use crate::error::{FaultIn, Result};
use crate::openapi::{ParameterIn, Schemas};
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

/// Header fields. Each field of `T` is a header of its name; headers that repeat are lists.
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
/// rule. A type of which a field can be no header name is refused at assembly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header<T>(pub T);

impl<T> Deref for Header<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The names a type wants, as the type spells them and as the request holds them.
#[derive(Clone, Debug)]
pub struct Names(Arc<[(String, HeaderName)]>);

impl<T: Input> Extract for Header<T> {
    type Prepared = Names;

    fn prepare(site: &mut Site<'_>) -> Result<Names, Reported> {
        super::body::refuse_unchecked_limits::<T>(site)?;
        let schema = Schemas::standalone::<T>();
        let mut names = Vec::new();
        for name in field_names(&schema) {
            let Ok(header) = HeaderName::try_from(name.as_str()) else {
                let message = format!("`{name}` can be no header name");
                let help =
                    "rename the field to the header: `#[serde(rename = \"x-client\")]`".to_owned();
                return Err(site.refuse("P0109", message, help));
            };
            names.push((name, header));
        }
        document_fields(site, &schema, ParameterIn::Header);
        Ok(Names(names.into()))
    }

    async fn extract(names: &Names, request: &mut Request) -> Result<Self> {
        let headers = request.headers();
        let pairs = names.0.iter().flat_map(|(name, header)| {
            headers.get_all(header).iter().map(move |value| {
                (Cow::Borrowed(name.as_str()), String::from_utf8_lossy(value.as_bytes()))
            })
        });
        let pairs: Vec<_> = pairs.collect();
        let nothing = pairs.is_empty();
        pairs::read::<T>(pairs, FaultIn::Header)
            .map(Self)
            .map_err(|rejected| if nothing { rejected.error.absent() } else { rejected.error })
    }
}
