//! The tower ecosystem: its services as routes, its layers as middleware, and an application as one
//! of its services.

mod layer;
mod mount;
mod service;

mod alias;

pub use self::alias::{HttpContent, HttpService};
pub use self::layer::Inner;
pub use self::service::Answering;
