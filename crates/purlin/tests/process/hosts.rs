//! For which hosts it answers.
//!
//! S-144.

use std::io::Read;

use crate::process::{Serving, command};

fn status(server: &Serving, host: &str) -> String {
    let head = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    server.send(&head).read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

pub(crate) fn the_machine_itself_is_always_a_host_in_development() {
    for (mode, expected) in [("dev", "200"), ("prod", "421")] {
        let server = Serving::begin(&mut command(&[
            "serve",
            "--port=0",
            "--mode",
            mode,
            "--set",
            "server.allowed_hosts=example.com",
        ]));
        assert_eq!(status(&server, "example.com"), "200");
        assert_eq!(status(&server, "localhost:3000"), expected);
        assert_eq!(status(&server, "evil.test"), "421");
    }
}

pub(crate) fn a_site_without_a_list_is_warned_in_production() {
    let server = Serving::begin_until(
        &mut command(&["serve", "--port=0", "--mode", "prod"]),
        "set `server.allowed_hosts`",
    );
    drop(server);
}
