//! The OpenAPI 3.1 description of an application, filled in by the types of its handlers.
//!
//! Every extractor and every response describes itself to the [`Operation`] it takes part in, so
//! that the document cannot drift from the code. [`conformance`] holds answers against it.

pub mod conformance;
mod document;
mod example;
mod lazy;
mod media;
mod merge;
mod model;
mod problem;
mod schemas;

pub(crate) use self::document::{Described, Info, name_operations, operation_key};
pub(crate) use self::lazy::Document;
pub use self::media::{Example, MediaType};
pub use self::model::{
    Header, Operation, Parameter, ParameterIn, RequestBody, ResponseDoc, SecurityScheme, Server,
    ServerVariable, StatusKey,
};
pub use self::problem::ProblemDoc;
pub use self::schemas::{Direction, Schemas};
pub use crate::named::Named;
