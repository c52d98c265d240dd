use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use purlin_benches::load::{Load, Summary};

/// What is sent for the request of this number, and whether the connection is closed then.
type Answer = fn(u64) -> (&'static str, bool);

/// A server that answers each request with what `answer` says for its number, and then closes the
/// connection if that is to be; counts its connections.
struct Server {
    port: u16,
    connections: Arc<AtomicU64>,
}

impl Server {
    fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicU64::new(0));
        let (counter, requests) = (Arc::clone(&connections), Arc::new(AtomicU64::new(0)));
        thread::spawn(move || {
            for stream in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                let requests = Arc::clone(&requests);
                thread::spawn(move || serve(stream.unwrap(), &requests, answer));
            }
        });
        Self { port, connections }
    }

    fn load(&self) -> Load {
        Load::new(&format!("http://127.0.0.1:{}/", self.port)).unwrap()
    }

    fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, requests: &AtomicU64, answer: Answer) {
    let mut received = Vec::new();
    loop {
        while let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            received.drain(..end + 4);
            let (text, closes) = answer(requests.fetch_add(1, Ordering::SeqCst));
            if stream.write_all(text.as_bytes()).is_err() || closes {
                return;
            }
        }
        let mut piece = [0; 1024];
        match stream.read(&mut piece) {
            Ok(count) if count > 0 => received.extend_from_slice(&piece[..count]),
            _ => return,
        }
    }
}

const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

fn run(load: &Load) -> Summary {
    load.run().unwrap()
}

#[test]
fn each_request_has_a_connection_of_its_own_unless_it_is_kept() {
    let server = Server::start(|_| (GOOD, false));
    let summary = run(&server.load().requests(40).concurrency(4));
    assert!(summary.is_good(), "{summary}");
    assert_eq!((summary.total_requests, summary.bytes), (40, 200));
    assert_eq!(server.connections(), 40);

    let server = Server::start(|_| (GOOD, false));
    let summary = run(&server.load().requests(40).concurrency(4).keep_alive());
    assert!(summary.is_good(), "{summary}");
    assert_eq!(summary.total_requests, 40);
    assert!(server.connections() <= 4, "{} connections", server.connections());
}

#[test]
fn answers_may_be_chunked_or_end_with_the_connection_or_come_after_others() {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                           3\r\nabc\r\n2;x\r\nde\r\n0\r\nA: b\r\n\r\n";
    const CLOSED: &str = "HTTP/1.1 200 OK\r\n\r\nhello";
    const EARLY: &str = "HTTP/1.1 103 Early Hints\r\n\r\n\
                         HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let answers: [Answer; 3] = [|_| (CHUNKED, false), |_| (CLOSED, true), |_| (EARLY, false)];
    for answer in answers {
        let server = Server::start(answer);
        let summary = run(&server.load().requests(10).concurrency(2).keep_alive());
        assert!(summary.is_good(), "{summary}");
        assert_eq!((summary.total_requests, summary.bytes), (10, 50));
    }
}

#[test]
fn pipelined_answers_are_counted_one_by_one() {
    let server = Server::start(|_| (GOOD, false));
    let summary = run(&server.load().requests(37).concurrency(2).pipeline(16));
    assert!(summary.is_good(), "{summary}");
    assert_eq!((summary.total_requests, summary.bytes), (37, 185));
    assert!(server.connections() <= 2);
}

#[test]
fn refusals_are_no_success() {
    let server = Server::start(|number| match number % 4 {
        3 => ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", false),
        _ => (GOOD, false),
    });
    let summary = run(&server.load().requests(40).concurrency(4).keep_alive());
    assert_eq!((summary.total_requests, summary.not_2xx, summary.errors), (40, 10, 0));
    assert_eq!(summary.statuses.get(&503), Some(&10));
    assert!(!summary.is_good());
}

#[test]
fn answers_that_break_off_are_errors() {
    let server = Server::start(|number| match number % 2 {
        1 => ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", true),
        _ => (GOOD, false),
    });
    let summary = run(&server.load().requests(20).concurrency(1));
    assert_eq!((summary.total_requests, summary.errors), (20, 10), "{summary}");
}

#[test]
fn nobody_there_and_nobody_answering_are_errors() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let silent = Load::new(&url).unwrap().requests(3).concurrency(3);
    let summary = run(&silent.clone().timeout(Duration::from_millis(30)));
    assert_eq!(summary.error_kinds.get("timed out"), Some(&3), "{summary}");
    drop(listener);
    let summary = run(&silent);
    assert_eq!((summary.errors, summary.total_requests), (3, 3), "{summary}");
}

#[test]
fn a_test_of_a_duration_ends() {
    let server = Server::start(|_| (GOOD, false));
    let load = server.load().concurrency(2).keep_alive();
    let summary = run(&load.duration(Duration::from_millis(300)));
    assert!(summary.is_good(), "{summary}");
}
