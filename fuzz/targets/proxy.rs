//! The PROXY protocol against a second reading of its headers.
//!
//! Input: what a load balancer sends.

#![no_main]

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use libfuzzer_sys::fuzz_target;
use purlin_server::proxy::{Header, MOST_V1, MOST_V2, parse};

fuzz_target!(|data: &[u8]| {
    match parse(data) {
        Ok(Some(header)) => is_whole(data, header),
        Ok(None) => assert!(data.len() < MOST_V2, "{} bytes, and more is wanted", data.len()),
        // What cannot become a header does not become one.
        Err(error) => assert_eq!(parse(&[data, b"\r\n"].concat()), Err(error)),
    }
});

fn is_whole(data: &[u8], header: Header) {
    let (bytes, rest) = data.split_at(header.length);
    assert_eq!(parse(bytes), Ok(Some(header)), "{rest:?} behind it changes it");
    for end in [0, 1, header.length / 2, header.length - 1] {
        assert_eq!(parse(&bytes[..end]), Ok(None), "{end} of {bytes:?}");
    }
    assert_eq!(header.client.is_some(), header.server.is_some(), "{header:?}");
    match bytes.strip_prefix(b"PROXY ") {
        Some(line) => first_version(bytes, line, header),
        None => second_version(bytes, header),
    }
}

fn first_version(bytes: &[u8], line: &[u8], header: Header) {
    assert!(bytes.len() <= MOST_V1, "{}", bytes.len());
    let line = std::str::from_utf8(line).expect("it is text").strip_suffix("\r\n");
    let line = line.expect("it is a line");
    assert!(!line.contains(['\r', '\n']), "{line:?}");
    let (Some(client), Some(server)) = (header.client, header.server) else {
        assert!(line.starts_with("UNKNOWN"), "{line:?}");
        return;
    };
    if line.starts_with("TCP4") {
        let (from, to) = (client.port(), server.port());
        assert_eq!(line, format!("TCP4 {} {} {from} {to}", client.ip(), server.ip()));
        return;
    }
    let parts: Vec<&str> = line.split(' ').collect();
    let [family, from, to, from_port, to_port] = parts[..] else { panic!("{line:?}") };
    assert_eq!(family, "TCP6");
    for (address, ip, port) in [(client, from, from_port), (server, to, to_port)] {
        let ip: Ipv6Addr = ip.parse().expect("it is an address");
        assert_eq!(address.ip(), ip.to_canonical());
        assert_eq!(address.port().to_string(), port);
    }
}

fn second_version(bytes: &[u8], header: Header) {
    assert!(bytes.starts_with(b"\r\n\r\n\0\r\nQUIT\n") && bytes.len() <= MOST_V2, "{bytes:?}");
    let length = usize::from(bytes[14]) << 8 | usize::from(bytes[15]);
    assert_eq!(bytes.len(), 16 + length);
    let port = |at: usize| u16::from(bytes[at]) << 8 | u16::from(bytes[at + 1]);
    let four = |at: usize| Ipv4Addr::new(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
    let six = |at: usize| {
        let bytes: [u8; 16] = bytes[at..at + 16].try_into().expect("there are sixteen");
        Ipv6Addr::from(bytes).to_canonical()
    };
    let expected: Option<(SocketAddr, SocketAddr)> = match (bytes[12], bytes[13]) {
        (0x21, 0x11) => Some(((four(16), port(24)).into(), (four(20), port(26)).into())),
        (0x21, 0x21) => Some(((six(16), port(48)).into(), (six(32), port(50)).into())),
        (0x20, _) | (0x21, 0x00 | 0x31) => None,
        other => panic!("{other:?} is no command of a stream"),
    };
    assert_eq!(header.client.zip(header.server), expected, "{bytes:?}");
}
