//! Many requests at once.
//!
//! S-003.

use std::num::NonZeroUsize;

use crate::harness::{TOGETHER, start};

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
