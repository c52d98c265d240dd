//! Services: what handlers, providers and hooks are given, by type.
//!
//! A service is *needed* at assembly and *there* from the start on. In between stands a [`Slot`]:
//! whoever needs a service is handed its slot, which `start()` fills once, in the order in which
//! services need each other. Using it per request is one atomic load and no look-up.

mod inject;
mod provide;
mod reach;
mod registration;
mod section;
mod start;
mod stop;
mod table;

pub use self::inject::{Inject, Resolve};
pub use self::provide::{Close, Factory, Provider};
pub(crate) use self::provide::{Make, MakeEach};
pub(crate) use self::reach::Reach;
pub(crate) use self::registration::{Group, Registration};
#[allow(unreachable_pub, reason = "it is named in a public associated type")]
pub use self::section::Section;
pub(crate) use self::start::{fill, fill_for};
pub(crate) use self::stop::{Closer, close_all, stop};
pub(crate) use self::table::{Key, ServiceTable, Source};
pub use self::table::{Needs, Slot};
