//! Listeners that a service manager has opened and hands on.

#[cfg(unix)]
mod enabled;
#[cfg(not(unix))]
mod disabled;

#[cfg(not(unix))]
pub(crate) use self::disabled::inherited;
#[cfg(unix)]
pub(crate) use self::enabled::inherited;
