//! What stands on the command line, and what comes out.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::Stdio;

use crate::process::{Ran, command, run};

pub(crate) fn a_flag_behind_a_command_that_takes_none_is_refused() {
    for (arguments, told) in [
        (["serve", "--prot=9000"], "there is no flag `--prot`; `--port` exists"),
        (["check", "--json"], "there is no flag `--json`"),
        (["check", "all"], "`check` takes no `all`; `--help` lists all"),
        (["serve", "-x"], "`serve` takes no `-x`; `--help` lists all"),
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.contains(told), "{ran:?}");
    }
}

pub(crate) fn help_may_stand_behind_a_command() {
    for arguments in [["serve", "--help"], ["check", "-h"], ["explain", "--help"]] {
        let ran = run(&arguments);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.contains("Usage: process [FLAGS] [COMMAND]"), "{ran:?}");
    }
    let ran = run(&["routes", "-V"]);
    assert!(ran.out.contains("(purlin "), "{ran:?}");
}

pub(crate) fn output_that_cannot_be_written_is_a_failure() {
    // A disk that is full, where the system has one.
    let full = Path::new("/dev/full");
    if !full.exists() {
        return;
    }
    for arguments in [&["openapi"][..], &["routes"], &["config", "show"], &["--help"]] {
        let full = OpenOptions::new().write(true).open(full).unwrap();
        let ran = Ran::of(&command(arguments).stdout(full).output().unwrap());
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.err.contains("cannot write to standard output"), "{ran:?}");
    }
}

pub(crate) fn output_that_nobody_reads_is_none() {
    let mut child = command(&["openapi"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
