//! Many requests at once.
//!
//! S-003, S-247.

use std::num::NonZeroUsize;

use purlin_core::Routes;
use purlin_server::ServerConfig;

use crate::harness::{TOGETHER, start, start_app};

#[test]
fn one_thread_waits_for_many_at_once() {
    let runtime = purlin_server::runtime(NonZeroUsize::new(1)).unwrap();
    runtime.block_on(async {
        let server = start().await;
        let mut clients = Vec::new();
        for _ in 0..TOGETHER {
            clients.push(server.connect().await);
        }
        for client in &mut clients {
            client.send("GET /together HTTP/1.1\r\nHost: t\r\n\r\n").await;
        }
        for client in &mut clients {
            assert_eq!(client.answer().await.body, "together");
        }
        assert_eq!(server.stop().await.unwrap().cut, 0);
    });
}

/// S-247: of 1,000 requests, a hundred at once, each hundredth panics, and all others are answered;
/// so are those that come later on the connection of one that panicked.
#[test]
fn a_panic_ends_one_request_of_many() {
    const CLIENTS: usize = 100;

    let runtime = purlin_server::runtime(NonZeroUsize::new(2)).unwrap();
    runtime.block_on(async {
        let server = start_app(ServerConfig::default().port(0), |app| {
            let boom = async || -> &'static str { panic!("on purpose") };
            app.without_request_log().routes(Routes::new().get("/boom", boom))
        })
        .await;
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(server.connect().await);
        }
        for round in 0..10 {
            let path = |number: usize| if number == round * 7 { "/boom" } else { "/" };
            for (number, client) in clients.iter_mut().enumerate() {
                client.send(format!("GET {} HTTP/1.1\r\nHost: t\r\n\r\n", path(number))).await;
            }
            for (number, client) in clients.iter_mut().enumerate() {
                let answer = client.answer().await;
                match path(number) {
                    "/boom" => assert_eq!(answer.status(), 500),
                    _ => assert_eq!((answer.status(), answer.body.as_str()), (200, "hello")),
                }
            }
        }
        assert_eq!(server.stop().await.unwrap().cut, 0);
    });
}
