//! What a load balancer says before its client does.

use std::future::poll_fn;
use std::io::{self, ErrorKind};
use std::pin::{Pin, pin};
use std::task::Poll;

use purlin_core::Connection;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::timeout;

use crate::proxy::{self, MOST_V2};
use crate::shared::Shared;
use crate::switch::LAST_CALL;

/// The connection as the client's, and what came of its first request already. Nothing where it is
/// refused: whoever sends no header is told nothing.
pub(crate) async fn greet<T: AsyncRead + Unpin>(
    io: &mut T,
    connection: Connection,
    shared: &Shared,
) -> Option<(Connection, Vec<u8>)> {
    if !shared.proxies.are_trusted(&connection) {
        shared.refuse_proxy(&connection, "it is not one of `server.trusted_proxies`");
        return None;
    }
    let greeting = until_stopped(greeting(io), shared);
    match timeout(shared.limits.header, greeting).await {
        Ok(Some(Ok(Some((header, early))))) => {
            let connection = match header.client {
                Some(client) => Connection::new(Some(client)).accepted_on(header.server),
                None => connection,
            };
            Some((connection, early))
        }
        Ok(Some(Err(error))) if error.kind() == ErrorKind::InvalidData => {
            shared.refuse_proxy(&connection, &error.to_string());
            None
        }
        // The other end has left, or the server stops.
        Ok(Some(Ok(None) | Err(_)) | None) => None,
        Err(_) => {
            shared.stats.timed_out();
            shared.refuse_proxy(&connection, "the PROXY header took too long");
            None
        }
    }
}

/// Reads a header, and returns what has come behind it. Nothing when the other end leaves.
async fn greeting<T: AsyncRead + Unpin>(
    io: &mut T,
) -> io::Result<Option<(proxy::Header, Vec<u8>)>> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; MOST_V2]);
    loop {
        let mut buf = ReadBuf::new(&mut chunk);
        poll_fn(|cx| Pin::new(&mut *io).poll_read(cx, &mut buf)).await?;
        if buf.filled().is_empty() {
            return Ok(None);
        }
        bytes.extend_from_slice(buf.filled());
        match proxy::parse(&bytes) {
            Ok(Some(header)) => {
                let early = bytes.split_off(header.length);
                return Ok(Some((header, early)));
            }
            Ok(None) => {}
            Err(error) => return Err(io::Error::new(ErrorKind::InvalidData, error)),
        }
    }
}

/// What a future gives, unless the server stops: then there is only a moment left for it.
async fn until_stopped<F: Future>(future: F, shared: &Shared) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut end = pin!(async {
        shared.switch.stopped().await;
        tokio::time::sleep(LAST_CALL).await;
    });
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        end.as_mut().poll(cx).map(|()| None)
    })
    .await
}
