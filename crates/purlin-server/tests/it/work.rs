//! Many requests at once.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use crate::harness::start;

#[test]
fn one_thread_waits_for_many_at_once() {
    let runtime = purlin_server::runtime(NonZeroUsize::new(1)).unwrap();
    runtime.block_on(async {
        let server = start().await;
        let mut clients = Vec::new();
        for _ in 0..200 {
            clients.push(server.connect().await);
        }
        server.until(|stats| stats.open() == 200).await;
        let begun = Instant::now();
        for client in &mut clients {
            client.send("GET /sleep HTTP/1.1\r\nHost: t\r\n\r\n").await;
        }
        for client in &mut clients {
            assert_eq!(client.answer().await.body, "slept");
        }
        assert!(begun.elapsed() < Duration::from_millis(400), "{:?}", begun.elapsed());
        assert_eq!(server.stop().await.unwrap().cut, 0);
    });
}
