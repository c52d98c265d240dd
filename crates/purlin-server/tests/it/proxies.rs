//! Proxies in front: who their client is, and who is believed.
//!
//! S-037, S-141.

use std::time::{Duration, Instant};

use purlin_core::config::Configuration;
use purlin_core::forwarded::ForwardedHeader;
use purlin_core::{App, Mode};
use purlin_server::{ProxyProtocol, Server, ServerConfig};
use purlin_test::Log;

use crate::harness::{SHORT, quick, start_app, start_here, start_with};

const WHO: &str = "GET /who HTTP/1.1\r\nHost: t\r\n\r\n";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// Behind proxies at these addresses.
fn behind(proxies: &str, config: ServerConfig) -> ServerConfig {
    let proxies: Vec<_> = proxies.split(',').map(|proxy| proxy.parse().unwrap()).collect();
    config.trusted_proxies(proxies)
}

/// Behind load balancers that speak the PROXY protocol.
fn balanced(proxies: &str) -> ServerConfig {
    behind(proxies, quick()).proxy_protocol(ProxyProtocol::Required)
}

fn forwarding(fields: &str) -> String {
    WHO.replace("\r\n\r\n", &format!("\r\n{fields}\r\n\r\n"))
}

#[tokio::test]
async fn a_load_balancer_says_who_its_client_is() {
    let server = start_with(balanced("127.0.0.0/8")).await;
    let four = [&[0x21, 0x11, 0, 12, 203, 0, 113, 7][..], &[10, 0, 0, 1, 0, 9, 0, 80]].concat();
    let local = [0x20, 0, 0, 0];
    let headers: [(Vec<u8>, &str); 4] = [
        (b"PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\r\n".to_vec(), "203.0.113.7"),
        ([V2, &four].concat(), "203.0.113.7"),
        (b"PROXY UNKNOWN\r\n".to_vec(), "127.0.0.1"),
        ([V2, &local].concat(), "127.0.0.1"),
    ];
    for (header, expected) in headers {
        let bytes = [&header, WHO.as_bytes(), WHO.as_bytes()].concat();
        let mut whole = server.connect().await;
        whole.send(&bytes).await;
        let mut pieces = server.connect().await;
        pieces.stream.set_nodelay(true).unwrap();
        for piece in bytes.chunks(7) {
            pieces.send(piece).await;
            tokio::task::yield_now().await;
        }
        for client in [&mut whole, &mut pieces] {
            for _ in 0..2 {
                assert_eq!(client.answer().await.body, format!("{expected} http://t"));
            }
        }
    }
    assert_eq!(server.stats.refused_proxies(), 0);
}

#[tokio::test]
async fn who_sends_no_header_is_told_nothing() {
    let server = start_with(balanced("127.0.0.1")).await;
    let all = [WHO.as_bytes(), b"PROXY TCP4 nobody 10.0.0.1 4711 80\r\n", &[b'P'; 4096]];
    for (refused, bytes) in (1..).zip(all) {
        let mut client = server.connect().await;
        client.send(bytes).await;
        server.until(|stats| stats.refused_proxies() == refused && stats.open() == 0).await;
        assert!(client.ends_without_an_answer().await);
    }
}

#[tokio::test]
async fn a_header_of_somebody_else_is_not_believed() {
    let server = start_with(balanced("10.0.0.0/8,::1,unix")).await;
    let mut client = server.connect().await;
    client.send(format!("PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\r\n{WHO}")).await;
    assert!(client.ends_without_an_answer().await);
    assert_eq!(server.stats.refused_proxies(), 1);
    // Where none is expected, it is no request.
    let server = start_with(behind("127.0.0.1", quick())).await;
    let answer = server.exchange(&format!("PROXY UNKNOWN\r\n{WHO}")).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn a_header_has_the_time_of_a_head() {
    let server = start_with(balanced("127.0.0.1")).await;
    let begun = Instant::now();
    let mut client = server.connect().await;
    client.send("PROXY TCP4 203.").await;
    assert!(client.ends_without_an_answer().await);
    assert!(begun.elapsed() >= SHORT, "{:?}", begun.elapsed());
    assert_eq!(server.stats.timeouts(), 1);
}

#[tokio::test]
async fn a_header_that_does_not_come_holds_no_server_that_stops() {
    let patient = balanced("127.0.0.1").header_timeout(Duration::from_mins(1));
    let server = start_with(patient).await;
    let _client = server.connect().await;
    server.until(|stats| stats.open() == 1).await;
    let begun = Instant::now();
    assert_eq!(server.stop().await.unwrap().cut, 0);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn nobody_can_be_required_to_send_one() {
    let config = ServerConfig::default().port(0).proxy_protocol(ProxyProtocol::Required);
    let error = Server::bind(&config).unwrap_err().to_string();
    assert!(error.contains("set `server.trusted_proxies`"), "{error}");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(Server::new(listener, &config).is_err());
}

#[tokio::test]
async fn only_a_trusted_proxy_says_who_its_client_is() {
    let fields = "X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\
                  X-Forwarded-Host: evil\r\nForwarded: for=6.6.6.6;host=evil";
    for (config, expected) in [
        (quick(), "127.0.0.1 http://t"),
        (behind("10.0.0.0/8", quick()), "127.0.0.1 http://t"),
        (behind("127.0.0.1", quick()), "203.0.113.7 https://t"),
        (behind("127.0.0.1", quick()).forwarded(ForwardedHeader::Off), "127.0.0.1 http://t"),
    ] {
        let server = start_with(config).await;
        let mut client = server.connect().await;
        client.send(forwarding(fields)).await;
        assert_eq!(client.answer().await.body, expected);
        // It is of one request, not of the connection.
        client.send(WHO).await;
        assert_eq!(client.answer().await.body, "127.0.0.1 http://t");
    }
}

#[tokio::test]
async fn a_proxy_behind_a_load_balancer_is_believed_by_its_own_address() {
    let server = start_with(balanced("127.0.0.1,192.0.2.1")).await;
    for (proxy, expected) in [("192.0.2.1", "203.0.113.7"), ("192.0.2.2", "192.0.2.2")] {
        let mut client = server.connect().await;
        let header = format!("PROXY TCP4 {proxy} 10.0.0.1 4711 80\r\n");
        client.send(header + &forwarding("X-Forwarded-For: 203.0.113.7")).await;
        assert_eq!(client.answer().await.body, format!("{expected} http://t"));
    }
}

#[tokio::test]
async fn the_log_has_the_client_and_tells_once_what_is_malformed() {
    let log = Log::begin();
    let server = start_here(behind("127.0.0.1", quick()), |app: App| app).await;
    let mut client = server.connect().await;
    for fields in ["X-Forwarded-For: 203.0.113.7", "X-Forwarded-For: x", "X-Forwarded-For: y"] {
        client.send(forwarding(fields)).await;
        assert_eq!(client.answer().await.status(), 200);
    }
    let text = log.text();
    assert!(text.contains("peer=203.0.113.7 "), "{text}");
    assert_eq!(text.matches("a header that cannot be read").count(), 1, "{text}");
}

/// The header itself is tested where it is made.
#[tokio::test]
async fn a_client_that_a_proxy_has_met_over_tls_is_told_to_come_so_again() {
    let production =
        |app: App| app.without_request_log().configuration(Configuration::new(Mode::Prod));
    for (proxies, scheme, is_told) in
        [("127.0.0.1", "https", true), ("127.0.0.1", "http", false), ("10.0.0.0/8", "https", false)]
    {
        let config = behind(proxies, quick()).allowed_hosts(["example.com".parse().unwrap()]);
        let server = start_app(config, production).await;
        let mut client = server.connect().await;
        for (path, host, status) in
            [("/", "example.com", 200), ("/none", "example.com", 404), ("/", "evil.test", 421)]
        {
            let fields = format!("Host: {host}\r\nX-Forwarded-Proto: {scheme}");
            client.send(format!("GET {path} HTTP/1.1\r\n{fields}\r\n\r\n")).await;
            let answer = client.answer().await;
            assert_eq!(answer.status(), status, "{answer:?}");
            let told = "\r\nstrict-transport-security: max-age=63072000; includeSubDomains\r\n";
            assert_eq!(answer.head.contains(told), is_told, "{proxies} {scheme} {answer:?}");
            assert_eq!(answer.head.contains("strict-transport"), is_told, "{answer:?}");
        }
    }
}
