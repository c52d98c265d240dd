//! Handshakes that a port answers no more, before it closes.

#[cfg(any(target_os = "android", target_os = "linux"))]
mod linux;
#[cfg(not(any(target_os = "android", target_os = "linux")))]
mod other;

#[cfg(any(target_os = "android", target_os = "linux"))]
pub(crate) use self::linux::end;
#[cfg(not(any(target_os = "android", target_os = "linux")))]
pub(crate) use self::other::end;
