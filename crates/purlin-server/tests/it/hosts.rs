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

#[tokio::test]
async fn what_a_proxy_says_is_checked_as_well() {
    let config = config().trusted_proxies(["127.0.0.1".parse().unwrap()]);
    let server = start_with(config.forwarded(ForwardedHeader::XForwardedHost)).await;
    let mut client = server.connect().await;
    for (host, forwarded, status) in [("evil", "example.com", 200), ("example.com", "evil", 421)] {
        let fields = format!("Host: {host}\r\nX-Forwarded-Host: {forwarded}\r\n");
        client.send(format!("GET / HTTP/1.1\r\n{fields}\r\n")).await;
        assert_eq!(client.answer().await.status(), status, "{fields}");
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
