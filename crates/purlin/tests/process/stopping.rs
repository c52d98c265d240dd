//! How it ends when it is asked to.
//!
//! S-032.

use std::io::Read;
use std::time::{Duration, Instant};

use crate::process::Serving;

pub(crate) fn a_handler_that_blocks_does_not_hold_the_process() {
    #[cfg(unix)]
    for (signal, threading) in [("-INT", "work-stealing"), ("-TERM", "per-core")] {
        let server = Serving::start("100ms", threading);
        let _client = server.send("GET /block HTTP/1.1\r\nHost: t\r\n\r\n");
        server.until("blocked");
        server.signal(signal);
        assert_eq!(server.ends().code(), Some(0));
    }
}

pub(crate) fn a_second_interrupt_ends_it_at_once() {
    #[cfg(unix)]
    {
        let server = Serving::start("1h", "work-stealing");
        let _client = server.upload();
        server.signal("-INT");
        server.until_it_stops();
        server.signal("-INT");
        assert_eq!(server.ends().code(), Some(130));
    }
}

/// Time is the subject here: there is one time, and not one for each.
pub(crate) fn tasks_have_what_requests_have_left_of_the_time() {
    #[cfg(unix)]
    {
        let server = Serving::start("4s", "per-core");
        let mut client = server.send("POST /task HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("begun"), "{answer}");
        let _client = server.upload();
        let begun = Instant::now();
        server.signal("-TERM");
        assert!(server.ends().success());
        assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
    }
}
