//! Who the client is, as a handler sees it.
//!
//! S-061.

use purlin_core::{App, ClientAddress, Routes};
use purlin_server::{Server, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_client_of_the_other_family_has_its_own_address() {
    if !has_ipv6() {
        return;
    }
    let handler = async |client: ClientAddress| client.to_string();
    let app = App::new("t").routes(Routes::new().get("/", handler)).without_request_log();
    let service = app.assemble().unwrap().start().await.unwrap().service();
    let config = ServerConfig::default().host("::").port(0);
    let server = Server::bind(&config).unwrap();
    let port = server.local_addr().port();
    tokio::spawn(server.serve(service, std::future::pending::<()>()));
    for host in ["127.0.0.1", "::1"] {
        let mut client = TcpStream::connect((host, port)).await.unwrap();
        let own = client.local_addr().unwrap().to_string();
        client.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        assert!(text.ends_with(&own), "{text}");
    }
}

/// Containers and virtual machines often have one family alone.
fn has_ipv6() -> bool {
    std::net::TcpListener::bind("[::1]:0").is_ok()
}
