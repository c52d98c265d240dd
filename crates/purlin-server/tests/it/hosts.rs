//! For which hosts it answers.
//!
//! S-144.

use purlin_core::config::Configuration;
use purlin_core::forwarded::ForwardedHeader;
use purlin_core::{App, Mode, Routes, Url, Urls};
use purlin_server::ServerConfig;

use crate::harness::{start_app, start_with};

fn config() -> ServerConfig {
    let hosts = ["example.com", "*.example.com", "[::1]"].map(|host| host.parse().unwrap());
    ServerConfig::default().port(0).allowed_hosts(hosts)
}

#[tokio::test]
async fn a_request_for_another_host_is_refused() {
    let server = start_with(config()).await;
    let mut client = server.connect().await;
    for (head, status) in [
        ("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: a.EXAMPLE.com:8080\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: [::1]:3000\r\n\r\n", 200),
        ("GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n", 421),
        ("GET / HTTP/1.1\r\nHost: example.com.evil.test\r\n\r\n", 421),
        // RFC 9112 §3.2.2: the target counts, whatever `Host` says.
        ("GET http://evil.test/ HTTP/1.1\r\nHost: example.com\r\n\r\n", 421),
        ("GET http://example.com/ HTTP/1.1\r\nHost: evil.test\r\n\r\n", 421),
    ] {
        client.send(head).await;
        let answer = client.answer().await;
        assert_eq!(answer.status(), status, "{head}");
        assert_eq!(answer.body.contains("\"code\":\"unknown_host\""), status == 421, "{answer:?}");
    }
    assert!(server.exchange("GET / HTTP/1.0\r\n\r\n").await.starts_with("HTTP/1.0 421 "));
}

/// RFC 9112 §3.2: 400, whatever else is wrong with it.
#[tokio::test]
async fn a_request_without_one_valid_host_is_malformed() {
    let server = start_with(config()).await;
    for hosts in ["", "Host: evil.test\r\nHost: example.com\r\n", "Host: evil/test\r\n"] {
        let mut client = server.connect().await;
        client.send(format!("GET / HTTP/1.1\r\n{hosts}\r\n")).await;
        assert_eq!(client.answer().await.status(), 400, "{hosts}");
    }
}

/// What is judged is what the application sees as the host of the request: that of `Host`, or what a
/// proxy says that is believed.
#[tokio::test]
async fn what_a_proxy_says_is_checked_if_it_is_believed() {
    use ForwardedHeader::{Forwarded, XForwarded, XForwardedHost};

    let x = |host: &str| format!("X-Forwarded-Host: {host}\r\n");
    let rfc = |host: &str| format!("Forwarded: for=203.0.113.7;host={host}\r\n");
    for (peer, header, host, said, status) in [
        ("127.0.0.1", XForwardedHost, "evil.test", x("example.com"), 200),
        ("127.0.0.1", XForwardedHost, "example.com", x("evil.test"), 421),
        // The nearest proxy is the last that has written.
        ("127.0.0.1", XForwardedHost, "example.com", x("evil.test, a.example.com"), 200),
        ("127.0.0.1", XForwardedHost, "example.com", x("example.com, evil.test"), 421),
        ("127.0.0.1", XForwardedHost, "example.com", x("evil/test"), 400),
        ("127.0.0.1", XForwardedHost, "evil.test", rfc("example.com"), 421),
        ("127.0.0.1", Forwarded, "evil.test", rfc("example.com"), 200),
        ("127.0.0.1", Forwarded, "example.com", rfc("evil.test"), 421),
        // It sends on what its client has written, and is asked for the address alone.
        ("127.0.0.1", XForwarded, "evil.test", x("example.com"), 421),
        ("127.0.0.1", XForwarded, "example.com", x("evil.test"), 200),
        // Nobody who is not a proxy has a word in it.
        ("10.0.0.1", XForwardedHost, "evil.test", x("example.com"), 421),
        ("10.0.0.1", XForwardedHost, "example.com", x("evil.test"), 200),
        ("10.0.0.1", Forwarded, "evil.test", rfc("example.com"), 421),
        ("10.0.0.1", Forwarded, "example.com", rfc("evil.test"), 200),
    ] {
        let config = config().trusted_proxies([peer.parse().unwrap()]).forwarded(header);
        let server = start_with(config).await;
        let mut client = server.connect().await;
        let fields = format!("Host: {host}\r\n{said}");
        client.send(format!("GET /who HTTP/1.1\r\n{fields}\r\n")).await;
        let answer = client.answer().await;
        assert_eq!(answer.status(), status, "{peer} {header:?} {fields}");
        // What was let in is what is seen.
        assert!(!answer.body.contains("evil.test"), "{answer:?}");
    }
}

/// What a proxy says takes the place of a host, and does not stand for one that is missing.
#[tokio::test]
async fn what_a_proxy_says_makes_no_malformed_request_good() {
    let config = config().trusted_proxies(["127.0.0.1".parse().unwrap()]);
    let server = start_with(config.forwarded(ForwardedHeader::XForwardedHost)).await;
    let mut client = server.connect().await;
    for (head, status) in [
        ("GET / HTTP/1.1\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: example.com\r\nHost: example.com\r\n", 400),
        // RFC 9112 §3.2.2: the target counts, whatever `Host` says.
        ("GET http://evil.test/ HTTP/1.1\r\nHost: example.com\r\n", 421),
    ] {
        client.send(format!("{head}X-Forwarded-Host: example.com\r\n\r\n")).await;
        assert_eq!(client.answer().await.status(), status, "{head}");
    }
}

/// A link in a mail leads to a host that somebody has chosen who may.
#[tokio::test]
async fn a_whole_address_is_written_for_hosts_that_are_allowed() {
    let links = |app: App| {
        let link = async |urls: Urls| urls.absolute(&Url::from("/join"));
        let configuration = Configuration::new(Mode::Prod);
        app.without_request_log()
            .configuration(configuration)
            .routes(Routes::new().get("/link", link))
    };
    let proxied = config().trusted_proxies(["127.0.0.1".parse().unwrap()]);
    for (config, expected) in [
        (ServerConfig::default().port(0), "\"code\":\"internal_error\""),
        (config(), "http://a.example.com:80/join"),
        (proxied, "https://a.example.com:80/join"),
    ] {
        let server = start_app(config, links).await;
        let mut client = server.connect().await;
        let fields = "Host: a.example.com:80\r\nX-Forwarded-Proto: https\r\n";
        client.send(format!("GET /link HTTP/1.1\r\n{fields}\r\n")).await;
        let answer = client.answer().await;
        assert!(answer.body.contains(expected), "{answer:?}");
    }
}
