use std::io::{self, ErrorKind};

use listenfd::ListenFd;

use crate::listen::Door;
use crate::unix::UnixDoor;

/// Takes what is meant for this process: a child of it that finds the same variables is not meant.
pub(crate) fn inherited() -> io::Result<Vec<Door>> {
    let is_meant = std::env::var("LISTEN_PID").is_ok_and(|id| id == std::process::id().to_string());
    if !is_meant {
        return Ok(Vec::new());
    }
    let mut descriptors = ListenFd::from_env();
    (0..descriptors.len()).map(|index| door(&mut descriptors, index)).collect()
}

fn door(descriptors: &mut ListenFd, index: usize) -> io::Result<Door> {
    if let Ok(Some(listener)) = descriptors.take_unix_listener(index) {
        return Ok(Door::Unix(UnixDoor::adopt(listener)?));
    }
    if let Ok(Some(listener)) = descriptors.take_tcp_listener(index) {
        return Door::adopt(listener);
    }
    let text = format!("socket {index} of `LISTEN_FDS` is neither a port nor a Unix socket");
    Err(io::Error::new(ErrorKind::InvalidInput, text))
}
