use std::io;

use crate::listen::Door;

/// Nothing: it is the way of systemd.
pub(crate) fn inherited() -> io::Result<Vec<Door>> {
    Ok(Vec::new())
}
