//! An application as a process: its command line, its configuration, and its end.
//!
//! The tests start this program again as the application. The command line is then the
//! application's, and so nothing but this file can run the tests.

#![allow(clippy::unwrap_used, reason = "a test may")]
#![cfg_attr(not(unix), allow(dead_code, reason = "there are no signals"))]

mod app;
mod command_line;
mod configuration;
mod hosts;
mod inheriting;
mod process;
mod stopping;

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::thread;

/// What the environment says to the application, and to nobody else.
const ROLE: &str = "PURLIN_TEST_PROCESS";

type Test = (&'static str, fn());

macro_rules! tests {
    ($($file:ident: $($name:ident)*;)*) => {
        const TESTS: &[Test] = &[
            $($((concat!(stringify!($file), "::", stringify!($name)), $file::$name),)*)*
        ];
    };
}

tests! {
    command_line:
        a_flag_behind_a_command_that_takes_none_is_refused
        help_may_stand_behind_a_command
        output_that_cannot_be_written_is_a_failure
        output_that_nobody_reads_is_none;
    configuration:
        a_list_in_the_file_gives_way_to_an_address_that_was_said_over_it
        a_misspelt_level_of_the_log_is_a_mistake
        a_file_of_variables_may_lie_in_the_folder_of_the_crate
        a_variable_that_is_no_text_is_named
        what_a_request_may_take_is_configured
        what_is_typed_beats_a_list_that_is_not;
    inheriting:
        a_port_that_the_service_manager_has_opened_is_served
        what_is_meant_for_another_process_is_left_alone;
    hosts:
        the_machine_itself_is_always_a_host_in_development
        a_site_without_a_list_is_warned_in_production;
    stopping:
        a_handler_that_blocks_does_not_hold_the_process
        a_second_interrupt_ends_it_at_once
        tasks_have_what_requests_have_left_of_the_time;
}

fn main() -> ExitCode {
    if std::env::var_os(ROLE).is_some() {
        return app::main();
    }
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let is_wanted = |name: &str| wanted.as_deref().is_none_or(|wanted| name.contains(wanted));
    let running: Vec<_> = TESTS
        .iter()
        .filter(|(name, _)| is_wanted(name))
        .map(|&(name, test)| (name, thread::spawn(move || catch_unwind(test).is_ok())))
        .collect();
    let mut failed = 0;
    for (name, test) in running {
        let passed = test.join().unwrap_or(false);
        failed += usize::from(!passed);
        process::say(&format!("test {name} ... {}", if passed { "ok" } else { "FAILED" }));
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
