//! Problem documents and the faults in them.

use http::header::CONTENT_TYPE;
use serde_json::Value;

use super::IntoStatus;
use crate::response::TestResponse;

impl TestResponse {
    /// Asserts that the answer is a problem document with this status and machine code.
    ///
    /// # Panics
    ///
    /// With the exchange, when it is not.
    #[track_caller]
    pub fn assert_problem(&self, status: impl IntoStatus, code: &str) -> &Self {
        self.assert_status(status);
        if self.header(CONTENT_TYPE) != Some("application/problem+json") {
            let came = self.header(CONTENT_TYPE).unwrap_or("no Content-Type");
            self.fail(&format!("`application/problem+json` was expected, and `{came}` came"));
        }
        let came = self.json_value()["code"].clone();
        if came != code {
            self.fail(&format!("the problem `{code}` was expected, and {came} came"));
        }
        self
    }

    /// Asserts that the answer names a fault: `assert_fault("/items/2/price", "minimum")`.
    ///
    /// # Panics
    ///
    /// With the faults that there are and the exchange, when it does not.
    #[track_caller]
    pub fn assert_fault(&self, pointer: &str, code: &str) -> &Self {
        let problem = self.json_value();
        let faults = problem["errors"].as_array().map_or(&[] as &[Value], Vec::as_slice);
        if faults.iter().any(|fault| fault["pointer"] == pointer && fault["code"] == code) {
            return self;
        }
        let list: Vec<String> = faults
            .iter()
            .map(|fault| format!("\n  {} at {}", fault["code"], fault["pointer"]))
            .collect();
        let list = if list.is_empty() { "none".to_owned() } else { list.concat() };
        self.fail(&format!("the fault \"{code}\" at \"{pointer}\" was expected; there are: {list}"))
    }
}
