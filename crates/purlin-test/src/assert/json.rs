//! JSON bodies.

use serde::Serialize;
use serde_json::Value;

use crate::diff;
use crate::response::TestResponse;

impl TestResponse {
    /// Asserts that the body is this JSON and nothing else.
    ///
    /// # Panics
    ///
    /// With a comparison line by line and the exchange, when it is another.
    #[track_caller]
    pub fn assert_json(&self, expected: &(impl Serialize + ?Sized)) -> &Self {
        self.assert_same(&value(expected));
        self
    }

    /// Asserts that the body has this JSON in it: objects may have more members, lists have as many
    /// items.
    ///
    /// # Panics
    ///
    /// With what is missing and the exchange, when it has not.
    #[track_caller]
    pub fn assert_json_includes(&self, expected: &(impl Serialize + ?Sized)) -> &Self {
        self.assert_part(&value(expected));
        self
    }

    #[track_caller]
    fn assert_same(&self, expected: &Value) {
        let came = self.json_value();
        if came != *expected {
            let lines = diff::lines(expected, &came);
            self.fail(&format!("the body is other JSON (- was expected, + came):\n\n{lines}"));
        }
    }

    #[track_caller]
    fn assert_part(&self, expected: &Value) {
        let missing = diff::missing(expected, &self.json_value());
        if !missing.is_empty() {
            self.fail(&format!("the body lacks what was expected:\n  {}", missing.join("\n  ")));
        }
    }
}

#[track_caller]
fn value(expected: &(impl Serialize + ?Sized)) -> Value {
    match serde_json::to_value(expected) {
        Ok(value) => value,
        Err(error) => panic!("what is expected cannot be written as JSON: {error}"),
    }
}
