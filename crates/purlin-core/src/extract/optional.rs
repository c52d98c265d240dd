//! Arguments that may be absent, and arguments whose error the handler wants to see.

use super::Extract;
use crate::error::{Error, Result};
use crate::report::Reported;
use crate::request::Request;
use crate::site::Site;

/// `None` only when nothing was sent or provided; a wrong value stays an error.
impl<E: Extract> Extract for Option<E> {
    type Prepared = Option<E::Prepared>;
    const READS_BODY: bool = E::READS_BODY;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        E::prepare_optional(site)
    }

    async fn extract(prepared: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let Some(prepared) = prepared else { return Ok(None) };
        match E::extract(prepared, request).await {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Hands every error to the handler instead of answering with it.
impl<E: Extract> Extract for Result<E, Error> {
    type Prepared = E::Prepared;
    const READS_BODY: bool = E::READS_BODY;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        E::prepare(site)
    }

    async fn extract(prepared: &Self::Prepared, request: &mut Request) -> Result<Self> {
        Ok(E::extract(prepared, request).await.map_err(Error::handed_over))
    }
}
