use std::io;
use std::process::Child;

use super::Signal;

pub(super) fn send(_signal: Signal, child: &mut Child) -> io::Result<()> {
    child.kill()
}
