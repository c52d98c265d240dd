//! Guards: who is asking, and may they?

use std::ops::Deref;

use purlin::http::StatusCode;
use purlin::http::header::AUTHORIZATION;
use purlin::openapi::SecurityScheme;
use purlin::{Error, Extract, Inject, Reported, Request, Resolve, Result, Site};

use super::{Reader, Readers};

/// The reader who is asking. Without a token that the library knows the answer is 401.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Reader);

impl Deref for SignedIn {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.0
    }
}

impl Extract for SignedIn {
    type Prepared = <Inject<Readers> as Resolve>::Prepared;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        let operation = site.operation();
        operation.security("bearer", SecurityScheme::bearer(), vec![]);
        operation.problem(StatusCode::UNAUTHORIZED, "unauthorized", "No reader has this token");
        site.needs(<Inject<Readers> as Resolve>::prepare)
    }

    async fn extract(prepared: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let readers = Inject::<Readers>::resolve(prepared)?;
        let Some(header) = request.header(AUTHORIZATION) else {
            return Err(Error::unauthorized("Bearer", "send the token of a reader").absent());
        };
        let token =
            header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let known = match token {
            Some((_, token)) => readers.with_token(token.trim()).await?,
            None => None,
        };
        known.map(Self).ok_or_else(|| Error::unauthorized("Bearer", "no reader has this token"))
    }
}

/// A reader who may change what the library has. For others the answer is 403.
#[derive(Clone, Debug)]
pub struct Librarian(#[allow(dead_code, reason = "the proof is enough")] pub Reader);

impl Extract for Librarian {
    type Prepared = <SignedIn as Extract>::Prepared;

    fn prepare(site: &mut Site<'_>) -> Result<Self::Prepared, Reported> {
        site.operation().problem(StatusCode::FORBIDDEN, "forbidden", "The reader is no librarian");
        SignedIn::prepare(site)
    }

    async fn extract(prepared: &Self::Prepared, request: &mut Request) -> Result<Self> {
        let SignedIn(reader) = SignedIn::extract(prepared, request).await?;
        if !reader.is_librarian {
            return Err(Error::forbidden("only librarians may do this"));
        }
        Ok(Self(reader))
    }
}
