use http::{HeaderMap, HeaderName, HeaderValue};

use super::{ForwardedHeader, Forwarding};
use crate::connection::Connection;

/// Behind the proxy at 10.0.0.1, of 10.0.0.0/8 that are trusted: who the client is, and the host.
fn ask(header: ForwardedHeader, fields: &[(&str, &str)]) -> String {
    let trusted = ["10.0.0.0/8".parse().unwrap(), "unix".parse().unwrap()];
    let forwarding = Forwarding::new(trusted, header).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_static("own"));
    for (name, value) in fields {
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    let connection = Connection::new(Some(([10, 0, 0, 1], 4711).into()));
    let client = forwarding.apply(&mut headers, &connection).unwrap_or(connection);
    let scheme = if client.is_secure() { "https" } else { "http" };
    let hosts = headers.get_all("host").iter().map(|host| host.to_str().unwrap());
    format!("{client} {scheme}://{}", hosts.collect::<Vec<_>>().join("|"))
}

fn check_x(fields: &[(&str, &str)], expected: &str) {
    assert_eq!(ask(ForwardedHeader::XForwardedHost, fields), expected, "{fields:?}");
}

fn check_rfc(lines: &[&str], expected: &str) {
    let fields: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
    assert_eq!(ask(ForwardedHeader::Forwarded, &fields), expected, "{lines:?}");
}

#[test]
fn the_rightmost_address_that_is_not_trusted_is_the_client() {
    let xff = "x-forwarded-for";
    check_x(&[(xff, "203.0.113.7")], "203.0.113.7 http://own");
    check_x(&[(xff, "1.1.1.1, 203.0.113.7")], "203.0.113.7 http://own");
    check_x(&[(xff, "1.1.1.1,203.0.113.7 , 10.0.0.2")], "203.0.113.7 http://own");
    // Several fields are one list.
    check_x(&[(xff, "1.1.1.1"), (xff, "203.0.113.7"), (xff, "10.0.0.3")], "203.0.113.7 http://own");
    // All are trusted: the first of them has asked.
    check_x(&[(xff, "10.0.0.9, 10.0.0.2")], "10.0.0.9 http://own");
    check_x(&[(xff, "[2001:db8::1]:443")], "[2001:db8::1]:443 http://own");
    check_x(&[(xff, "2001:db8::1")], "2001:db8::1 http://own");
    check_x(&[(xff, "203.0.113.7:9")], "203.0.113.7:9 http://own");
    check_x(&[(xff, "::ffff:203.0.113.7")], "203.0.113.7 http://own");
}

#[test]
fn what_is_malformed_says_nothing() {
    let xff = "x-forwarded-for";
    for text in
        ["", "unknown", "nobody", "203.0.113", "[::1", "1.2.3.4:", "1.2.3.4:99999", "\u{e9}"]
    {
        check_x(&[(xff, text)], "10.0.0.1:4711 http://own");
        check_x(&[(xff, &format!("{text}, 10.0.0.2"))], "10.0.0.2 http://own");
        check_x(&[(xff, &format!("{text}, 203.0.113.7"))], "203.0.113.7 http://own");
    }
    check_x(&[("x-forwarded-proto", "ftp")], "10.0.0.1:4711 http://own");
    check_x(&[("x-forwarded-host", "")], "10.0.0.1:4711 http://own");
}

#[test]
fn scheme_and_host_are_those_of_the_same_proxy() {
    let fields = |list: &str, proto: &'static str, host: &'static str| {
        [
            ("x-forwarded-for", list.to_owned()),
            ("x-forwarded-proto", proto.to_owned()),
            ("x-forwarded-host", host.to_owned()),
        ]
    };
    let check = |list: &str, proto, host, expected: &str| {
        let fields = fields(list, proto, host);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        check_x(&fields, expected);
    };
    check("203.0.113.7", "https", "site", "203.0.113.7 https://site");
    // The client has sent the first of each, and the proxies have added theirs.
    check("1.1.1.1, 203.0.113.7", "http, https", "evil, site", "203.0.113.7 https://site");
    check("203.0.113.7, 10.0.0.2", "https, http", "site, inner", "203.0.113.7 https://site");
    check("10.0.0.9", "http, https", "evil, site", "10.0.0.9 https://site");
    // Only the outermost has written it.
    check("203.0.113.7, 10.0.0.2", "https", "site", "203.0.113.7 https://site");
}

#[test]
fn a_host_is_believed_only_where_that_is_asked_for() {
    let fields = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-host", "evil")];
    assert_eq!(ask(ForwardedHeader::XForwarded, &fields), "203.0.113.7 http://own");
    // A request with two hosts is refused as such.
    check_x(&[("host", "other"), ("x-forwarded-host", "evil")], "10.0.0.1:4711 http://own|other");
}

#[test]
fn one_spelling_is_believed_and_not_the_other() {
    let fields = [("x-forwarded-for", "1.1.1.1"), ("forwarded", "for=203.0.113.7;proto=https")];
    assert_eq!(ask(ForwardedHeader::Forwarded, &fields), "203.0.113.7 https://own");
    assert_eq!(ask(ForwardedHeader::XForwarded, &fields), "1.1.1.1 http://own");
}

#[test]
fn the_examples_of_the_standard_are_read() {
    check_rfc(&["for=\"_gazonk\""], "10.0.0.1:4711 http://own");
    check_rfc(&["For=\"[2001:db8:cafe::17]:4711\""], "[2001:db8:cafe::17]:4711 http://own");
    check_rfc(&["for=192.0.2.60;proto=http;by=203.0.113.43"], "192.0.2.60 http://own");
    check_rfc(&["for=192.0.2.43, for=10.0.0.7"], "192.0.2.43 http://own");
    check_rfc(
        &["for=192.0.2.43", "for=10.0.0.7;proto=https;host=\"a:1\""],
        "192.0.2.43 https://a:1",
    );
    check_rfc(
        &["for=\"192.0.2.43:_port\" ; PROTO=HTTPS , , for=10.0.0.2"],
        "192.0.2.43 https://own",
    );
    check_rfc(&["host=\"s\\ite\";for=192.0.2.1"], "192.0.2.1 http://site");
}

#[test]
fn what_a_client_writes_before_its_proxy_changes_nothing() {
    let proxy = "for=203.0.113.7;proto=https;host=site";
    check_rfc(&[&format!("for=1.1.1.1;host=evil, {proxy}")], "203.0.113.7 https://site");
    check_rfc(&["for=1.1.1.1;x=\"", proxy], "203.0.113.7 https://site");
    check_rfc(&[&format!("for=10.0.0.5;host=evil, {proxy}")], "203.0.113.7 https://site");
    // A quote that is left open does not swallow what the proxy adds to the line, and neither do
    // bytes that are no text: the client would be taken for its proxy.
    for open in ["for=1.1.1.1;x=\"", "for=\"1.1.1.1", "\"", "for=1.1.1.1;x=\"\\", "for=\u{e9}", "x"]
    {
        check_rfc(&[&format!("{open}, {proxy}")], "203.0.113.7 https://site");
        check_rfc(&[&format!("{open},for=\"[2001:db8::1]\"")], "2001:db8::1 http://own");
        // Where the chain of proxies ends in it, the last who is known is the client.
        check_rfc(&[&format!("{open}, for=10.0.0.2;host=site")], "10.0.0.2 http://site");
    }
    for odd in
        ["for", "for=", "=a", "for=a=b", "for=1.1.1.1 for=2.2.2.2", "for=1.1.1.1;for=2.2.2.2"]
    {
        check_rfc(&[odd], "10.0.0.1:4711 http://own");
    }
}

#[test]
fn who_is_not_trusted_is_not_believed() {
    let trusted = || ["10.0.0.0/8".parse().unwrap()];
    let forwarding = Forwarding::new(trusted(), ForwardedHeader::XForwarded).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.7"));
    for connection in [
        Connection::new(Some(([11, 0, 0, 1], 1).into())),
        Connection::over_unix_socket(),
        Connection::new(None),
    ] {
        assert!(forwarding.apply(&mut headers, &connection).is_none(), "{connection}");
    }
    assert!(Forwarding::new([], ForwardedHeader::XForwarded).is_none());
    assert!(Forwarding::new(trusted(), ForwardedHeader::Off).is_none());
}
