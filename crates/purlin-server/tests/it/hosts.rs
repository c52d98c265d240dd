//! For which hosts it answers.
//!
//! S-144.

use purlin_core::forwarded::ForwardedHeader;
use purlin_server::ServerConfig;

use crate::harness::start_with;

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
