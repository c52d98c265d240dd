use std::io;
use std::process::Child;

use rustix::process::{Pid, Signal as Number, kill_process};

use super::Signal;

pub(super) fn send(signal: Signal, child: &mut Child) -> io::Result<()> {
    let number = match signal {
        Signal::Interrupt => Number::INT,
        Signal::Terminate => Number::TERM,
    };
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    Ok(kill_process(pid.expect("a process has an id"), number)?)
}
