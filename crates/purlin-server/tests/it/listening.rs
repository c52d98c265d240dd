//! Several things to listen on, files among them.

use std::net::TcpListener;

use purlin_server::{Address, Bound, Server, ServerConfig};

#[test]
fn nothing_is_open_when_something_cannot_be() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let taken = taken.local_addr().unwrap();
    let listen: Vec<Address> =
        [free, taken].iter().map(|address| address.to_string().parse().unwrap()).collect();
    let error = Server::bind(&ServerConfig::default().listen(listen)).unwrap_err();
    let why = "the address is in use; another server runs there, or set `server.listen`";
    assert_eq!(error.to_string(), format!("cannot listen on {taken}: {why}"));
    assert!(TcpListener::bind(free).is_ok());
}

#[test]
fn a_list_stands_for_host_and_port() {
    let listen: Vec<Address> = vec!["127.0.0.1:0".parse().unwrap(), "127.0.0.1:0".parse().unwrap()];
    let config = ServerConfig::default().host("no such host").port(1).listen(listen);
    let server = Server::bind(&config).unwrap();
    let bound = server.bound();
    assert_eq!(bound.len(), 2);
    assert_ne!(bound[0], bound[1]);
    assert_eq!(bound[0], Bound::Tcp(server.local_addr()));
}

/// As other servers have it in their configuration, where `[::]` alone would be both.
#[test]
fn all_addresses_of_both_families_can_be_listed() {
    // Containers and virtual machines often have one family alone.
    if TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listen = ["0.0.0.0", "[::]"].map(|host| format!("{host}:{port}").parse().unwrap());
    let server = Server::bind(&ServerConfig::default().listen(listen)).unwrap();
    assert_eq!(server.bound().len(), 2);
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::UnixListener;
    use std::path::{Path, PathBuf};
    use std::sync::Barrier;
    use std::thread;

    use purlin_core::App;
    use purlin_server::{Address, Bound, Server, ServerConfig, SocketMode};
    use purlin_test::Log;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpStream, UnixStream};

    use crate::harness::{start_here, start_with};

    const LAST: &str = "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

    /// A path for a socket: short, since there are few bytes for one.
    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("purlin-{}-{name}", std::process::id()));
        let _ = fs::remove_file(&path);
        path
    }

    fn on(path: &Path) -> ServerConfig {
        ServerConfig::default().listen([Address::Unix(path.to_owned())])
    }

    async fn ask(path: &Path, request: &str) -> String {
        let mut stream = UnixStream::connect(path).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn every_address_is_answered_and_drained() {
        let (one, other) = (path("one.sock"), path("other.sock"));
        let port: Address = "127.0.0.1:0".parse().unwrap();
        let config = ServerConfig::default().listen([
            Address::Unix(one.clone()),
            port.clone(),
            Address::Unix(other.clone()),
            port,
        ]);
        let server = start_with(config).await;
        assert!(ask(&one, LAST).await.ends_with("hello"));
        let slow = LAST.replace(" / ", " /sleep/long ");
        let mut first = UnixStream::connect(&one).await.unwrap();
        let mut second = UnixStream::connect(&other).await.unwrap();
        let mut third = TcpStream::connect(server.address).await.unwrap();
        first.write_all(slow.as_bytes()).await.unwrap();
        second.write_all(slow.as_bytes()).await.unwrap();
        third.write_all(slow.as_bytes()).await.unwrap();
        server.begun(3).await;
        // This one is with the system alone, perhaps, when the server is asked to stop.
        let mut late = UnixStream::connect(&other).await.unwrap();
        late.write_all(LAST.as_bytes()).await.unwrap();
        let stopped = server.stop();
        let mut text = String::new();
        first.read_to_string(&mut text).await.unwrap();
        second.read_to_string(&mut text).await.unwrap();
        third.read_to_string(&mut text).await.unwrap();
        late.read_to_string(&mut text).await.unwrap();
        assert_eq!((text.matches("slept").count(), text.matches("hello").count()), (3, 1));
        assert_eq!(stopped.await.unwrap().cut, 0);
        assert!(!one.exists() && !other.exists());
    }

    #[tokio::test]
    async fn a_socket_that_an_earlier_server_has_left_is_taken_over() {
        let path = path("left.sock");
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let server = start_with(on(&path)).await;
        assert!(ask(&path, LAST).await.ends_with("hello"));
        server.stop().await.unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn a_socket_that_somebody_listens_to_stays() {
        let path = path("live.sock");
        let live = UnixListener::bind(&path).unwrap();
        let error = Server::bind(&on(&path)).unwrap_err();
        let why = "the socket is in use; another server listens to it, or set `server.listen`";
        assert_eq!(error.to_string(), format!("cannot listen on unix:{}: {why}", path.display()));
        assert!(error.is_in_use());
        drop(live);
        fs::remove_file(&path).unwrap();
    }

    /// Of servers that find the same socket left, one takes it over, and stays where clients find it.
    #[test]
    fn servers_that_start_together_do_not_take_each_other_for_dead() {
        let path = path("race.sock");
        for round in 0..100 {
            drop(UnixListener::bind(&path).unwrap());
            let ready = Barrier::new(16);
            let bind = || {
                ready.wait();
                Server::bind(&on(&path)).map_err(|error| error.is_in_use())
            };
            let bound: Vec<_> = thread::scope(|scope| {
                let servers: Vec<_> = (0..16).map(|_| scope.spawn(bind)).collect();
                servers.into_iter().map(|server| server.join().unwrap()).collect()
            });
            let served = bound.iter().filter(|server| server.is_ok()).count();
            let refused = bound.iter().filter(|server| matches!(server, Err(true))).count();
            assert_eq!((served, refused), (1, 15), "in round {round}");
            assert!(std::os::unix::net::UnixStream::connect(&path).is_ok(), "in round {round}");
        }
    }

    #[test]
    fn a_file_that_is_no_socket_stays() {
        let path = path("file.sock");
        fs::write(&path, "precious").unwrap();
        let error = Server::bind(&on(&path)).unwrap_err();
        assert!(error.to_string().contains("there is a file that is no socket"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_socket_of_another_server_stays_when_this_one_stops() {
        let path = path("successor.sock");
        let server = Server::bind(&on(&path)).unwrap();
        assert_eq!(server.bound(), [Bound::Unix(path.clone())]);
        fs::remove_file(&path).unwrap();
        let successor = UnixListener::bind(&path).unwrap();
        drop(server);
        assert!(path.exists());
        drop(successor);
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn who_may_use_a_socket_can_be_said() {
        let path = path("mode.sock");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions();
        let server = Server::bind(&on(&path)).unwrap();
        assert_eq!(mode(&path).mode() & 0o777, Permissions::from_mode(0o660).mode());
        drop(server);
        assert!(!path.exists());
        let _server = Server::bind(&on(&path).socket_mode(SocketMode::new(0o606))).unwrap();
        assert_eq!(mode(&path).mode() & 0o777, Permissions::from_mode(0o606).mode());
    }

    #[tokio::test]
    async fn a_client_that_comes_through_a_file_is_called_unix() {
        let path = path("log.sock");
        let log = Log::begin();
        let server = start_here(on(&path), |app: App| app).await;
        ask(&path, LAST).await;
        server.stop().await.unwrap();
        assert!(log.text().contains("peer=unix"), "{}", log.text());
    }
}
