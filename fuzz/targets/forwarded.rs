//! What a client writes into `Forwarded` and `X-Forwarded-…` does not decide who it is.
//!
//! Input: which fields are believed, then lines of them as a client sends them.

#![no_main]

use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use purlin_core::Connection;
use purlin_core::forwarded::{ForwardedHeader, Forwarding};
use purlin_fuzz::Sheet;

const PROXY: [u8; 4] = [10, 0, 0, 1];
const CLIENT: [u8; 4] = [203, 0, 113, 7];

fuzz_target!(|data: &[u8]| {
    let mut sheet = Sheet::new(data);
    let is_standard = sheet.choice(2) == 0;
    let name = if is_standard { "forwarded" } else { "x-forwarded-for" };
    let mut lines = Vec::new();
    for line in sheet.block() {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        lines.push(value);
    }
    let kind = if is_standard { ForwardedHeader::Forwarded } else { ForwardedHeader::XForwarded };
    // Whatever it says, it is read to an end, and a host stays one host.
    ask(kind, name, &lines);
    let own = if is_standard { "for=203.0.113.7;proto=https;host=site" } else { "203.0.113.7" };
    // A proxy that adds a line is believed, and nothing before it.
    let mut added = lines.clone();
    added.push(HeaderValue::from_static(own));
    let (client, host) = ask(kind, name, &added);
    assert_eq!(client.peer().map(|peer| peer.ip()), Some(CLIENT.into()), "{added:?}");
    if is_standard {
        assert!(client.is_secure() && host == "site", "{added:?}: {host:?}");
    }
    // One that adds to the last line is believed as well, whatever quotes stand open there.
    let Some(last) = lines.pop() else { return };
    let joined = [last.as_bytes(), b", ", own.as_bytes()].concat();
    let Ok(joined) = HeaderValue::from_bytes(&joined) else { return };
    lines.push(joined);
    let (client, host) = ask(kind, name, &lines);
    let ip = client.peer().map(|peer| peer.ip());
    assert_eq!(ip, Some(CLIENT.into()), "{lines:?}");
    if is_standard {
        assert!(client.is_secure() && host == "site", "{lines:?}: {host:?}");
    }
});

fn ask(kind: ForwardedHeader, name: &'static str, lines: &[HeaderValue]) -> (Connection, String) {
    let trusted = ["10.0.0.0/8".parse().expect("it is a network")];
    let forwarding = Forwarding::new(trusted, kind).expect("somebody is believed");
    let mut headers = HeaderMap::new();
    headers.insert(HOST, HeaderValue::from_static("own"));
    for line in lines {
        headers.append(HeaderName::from_static(name), line.clone());
    }
    let connection = Connection::new(Some((PROXY, 4711).into()));
    let client = forwarding.apply(&mut headers, &connection).unwrap_or(connection);
    let hosts: Vec<_> = headers.get_all(HOST).iter().collect();
    let [host] = hosts[..] else { panic!("{hosts:?}") };
    (client, String::from_utf8_lossy(host.as_bytes()).into_owned())
}
