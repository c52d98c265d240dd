//! Status, headers and text.

use std::fmt::Write as _;

use http::StatusCode;
use http::header::LOCATION;

use crate::response::TestResponse;
use crate::target::IntoTarget;

/// A status, as a number or by name.
pub trait IntoStatus {
    /// The status.
    ///
    /// # Panics
    ///
    /// When the number is none.
    fn into_status(self) -> StatusCode;
}

impl IntoStatus for StatusCode {
    fn into_status(self) -> StatusCode {
        self
    }
}

impl IntoStatus for u16 {
    #[track_caller]
    fn into_status(self) -> StatusCode {
        let Ok(status) = StatusCode::from_u16(self) else { panic!("{self} is no status") };
        status
    }
}

impl TestResponse {
    /// Asserts the status.
    ///
    /// # Panics
    ///
    /// With the exchange, when it is another.
    #[track_caller]
    pub fn assert_status(&self, expected: impl IntoStatus) -> &Self {
        let (expected, came) = (expected.into_status(), self.status());
        if expected != came {
            self.fail(&format!("{expected} was expected, and {came} came"));
        }
        self
    }

    /// Asserts that the status is 200 or another one of success.
    ///
    /// # Panics
    ///
    /// With the exchange, when it is none.
    #[track_caller]
    pub fn assert_ok(&self) -> &Self {
        if !self.status().is_success() {
            self.fail(&format!("a success was expected, and {} came", self.status()));
        }
        self
    }

    /// Asserts that one of the values of a header is this one.
    ///
    /// # Panics
    ///
    /// With the exchange, when none is.
    #[track_caller]
    pub fn assert_header(&self, name: &str, expected: &str) -> &Self {
        let values: Vec<_> = self.headers().get_all(name).iter().collect();
        if values.iter().any(|value| value.as_bytes() == expected.as_bytes()) {
            return self;
        }
        let mut what = format!("`{name}: {expected}` was expected, and ");
        match values.as_slice() {
            [] => what.push_str("there is no such header"),
            [value] => drop(write!(what, "it is {value:?}")),
            values => drop(write!(what, "it is each of {values:?}")),
        }
        self.fail(&what)
    }

    /// Asserts that the body has a text in it.
    ///
    /// # Panics
    ///
    /// With the exchange, when it has not.
    #[track_caller]
    pub fn assert_text_contains(&self, expected: &str) -> &Self {
        if !self.text().contains(expected) {
            self.fail(&format!("the body does not contain {expected:?}"));
        }
        self
    }

    /// Asserts that the whole body is a text.
    ///
    /// # Panics
    ///
    /// With the exchange, when it is another.
    #[track_caller]
    pub fn assert_text(&self, expected: &str) -> &Self {
        if self.text() != expected {
            self.fail(&format!("the body should be {expected:?}, and is {:?}", self.text()));
        }
        self
    }

    /// Asserts that the client is sent to a path, or to the address of a route.
    ///
    /// # Panics
    ///
    /// With the exchange, when it is not.
    #[track_caller]
    pub fn assert_redirect(&self, to: impl IntoTarget) -> &Self {
        let expected = match to.into_target(&self.subject.service) {
            Ok(expected) => expected,
            Err(error) => panic!("the address of the redirect cannot be written out: {error}"),
        };
        if !self.status().is_redirection() {
            self.fail(&format!(
                "a redirect to `{expected}` was expected, and {} came",
                self.status()
            ));
        }
        match self.header(LOCATION) {
            Some(came) if came == expected => self,
            Some(came) => self.fail(&format!(
                "a redirect to `{expected}` was expected, and it leads to `{came}`"
            )),
            None => self.fail("the redirect has no Location"),
        }
    }
}
