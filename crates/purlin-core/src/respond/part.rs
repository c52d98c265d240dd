//! Parts of a response that are not its body: a status, headers, cookies.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::status::describe_as;
use super::{Answer, Respond, SetCookies};
use crate::error::Result;
use crate::openapi::StatusKey;
use crate::response::Response;
use crate::site::Site;

/// What may stand before the body in a tuple: `(StatusCode, Json(…))`, `(SetCookies, Html(…))`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no part of a response",
    label = "not a part of a response",
    note = "a status, headers and cookies may stand before the body: `(StatusCode::CREATED, Json(value))`"
)]
pub trait RespondPart: Sized {
    /// Describes the response of type `T` that this part changes.
    fn describe<T: Respond>(site: &mut Site<'_>) {
        T::describe(site);
    }

    /// Changes the response.
    fn change(self, response: &mut Response, answer: &mut Answer<'_>) -> Result;
}

/// Documented as `default`: the type does not say which status. `Status<CODE, T>` does.
impl RespondPart for StatusCode {
    fn describe<T: Respond>(site: &mut Site<'_>) {
        describe_as::<T>(site, StatusKey::default_response());
    }

    fn change(self, response: &mut Response, _answer: &mut Answer<'_>) -> Result {
        response.set_status(self);
        Ok(())
    }
}

impl RespondPart for HeaderMap {
    fn change(self, response: &mut Response, _answer: &mut Answer<'_>) -> Result {
        let headers = response.headers_mut();
        let mut last = None;
        for (name, value) in self {
            match (name, &last) {
                (Some(name), _) => {
                    headers.insert(name.clone(), value);
                    last = Some(name);
                }
                (None, Some(name)) => drop(headers.append(name.clone(), value)),
                (None, None) => {}
            }
        }
        Ok(())
    }
}

/// Headers by name; a value that no header may hold is an error, never a second header.
impl<V, const N: usize> RespondPart for [(HeaderName, V); N]
where
    V: TryInto<HeaderValue>,
    V::Error: std::error::Error + Send + Sync + 'static,
{
    fn change(self, response: &mut Response, _answer: &mut Answer<'_>) -> Result {
        for (name, value) in self {
            response.headers_mut().insert(name, value.try_into()?);
        }
        Ok(())
    }
}

impl RespondPart for SetCookies {
    fn change(self, response: &mut Response, answer: &mut Answer<'_>) -> Result {
        self.write(response, answer.connection().is_secure())
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        #[allow(non_snake_case, reason = "one macro writes all arities")]
        impl<$first: RespondPart, $($rest: RespondPart,)* T: Respond> Respond for ($first, $($rest,)* T) {
            fn describe(site: &mut Site<'_>) {
                $first::describe::<tuples!(@rest $($rest)* T)>(site);
            }

            fn respond(self, answer: &mut Answer<'_>) -> Result<Response> {
                let ($first, $($rest,)* body) = self;
                let mut response = body.respond(answer)?;
                $first.change(&mut response, answer)?;
                $($rest.change(&mut response, answer)?;)*
                Ok(response)
            }
        }
    };
    (@rest $last:ident) => { $last };
    (@rest $($part:ident)+) => { ($($part),+) };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
