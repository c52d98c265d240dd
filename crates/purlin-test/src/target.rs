//! What a request is sent to: a path, or the verified address of a route.

use purlin_core::{Result, Service, Url};

/// A path, or the address of a route such as `show::url(id)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing a request can be sent to",
    note = "use a path such as `\"/books/7\"`, or the address of a route such as `show::url(7)`"
)]
pub trait IntoTarget {
    /// The path, with its query, under which the application answers.
    ///
    /// # Errors
    ///
    /// When the application does not mount the route.
    fn into_target(self, service: &Service) -> Result<String>;
}

impl IntoTarget for &str {
    fn into_target(self, _service: &Service) -> Result<String> {
        Ok(self.to_owned())
    }
}

impl IntoTarget for String {
    fn into_target(self, _service: &Service) -> Result<String> {
        Ok(self)
    }
}

impl IntoTarget for &String {
    fn into_target(self, _service: &Service) -> Result<String> {
        Ok(self.clone())
    }
}

impl IntoTarget for Url {
    fn into_target(self, service: &Service) -> Result<String> {
        (&self).into_target(service)
    }
}

impl IntoTarget for &Url {
    fn into_target(self, service: &Service) -> Result<String> {
        let target = service.resolve(self)?;
        // The address of a route with a host has no scheme, and a request target needs one.
        Ok(if target.starts_with("//") { format!("http:{target}") } else { target })
    }
}
