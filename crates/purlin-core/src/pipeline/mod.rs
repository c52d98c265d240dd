//! The way of a request: through the steps of its route to its handler, and out again as a response
//! or a rendered error.
//!
//! The parts know each other: a step is given what is [`Next`](chain::Next), the chain renders what
//! a step fails with, and a request that is sent on to another route goes back to the service.

mod catch;
mod chain;
pub(crate) mod log;
mod promises;
mod render;
mod room;
mod service;
mod step;

pub(crate) use self::catch::Catch;
pub use self::catch::{Catchable, Caught, ErrorHandler, Unhandled};
pub(crate) use self::chain::Chain;
pub use self::chain::{Next, Running};
pub(crate) use self::promises::Promises;
pub(crate) use self::render::{RouteRow, Settings, is_of_this_machine, nonce, with_policy};
pub(crate) use self::room::InRoom;
pub use self::service::{Call, Service, TrailingSlash};
pub(crate) use self::service::{PathVersion, Routing, Shared, SharedCell, Stray, no_route};
pub(crate) use self::step::{After, Around, Step, StepSource};
pub use self::step::{Hook, Middleware};
