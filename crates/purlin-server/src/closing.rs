//! Closes a connection, so that the client sees what was answered, or that something is missing.

use std::future::poll_fn;
use std::io;
use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use crate::serving::Ended;
use crate::shared::Shared;
use crate::transport::Transport;
use crate::wire::Wire;

/// How long a client is listened to that may still be reading, or sending.
const LINGER: Duration = Duration::from_secs(2);
/// How long one is listened to that had nothing to say, or that holds a server which stops: what it
/// has sent already comes in that time.
const MOMENT: Duration = Duration::from_millis(500);
/// How much of what it sends is read.
const LINGER_BYTES: usize = 4 << 20;

/// What a client gets that did not end its head.
const TOO_SLOW: &str = r#"{"type":"about:blank","title":"Request Timeout","status":408,"detail":"the head of the request took too long","code":"header_timeout"}"#;

/// Closes a connection.
pub(crate) async fn close<T: Transport>(wire: Wire<T>, ended: Ended, shared: &Shared) {
    let patience = match ended {
        Ended::Gone => return,
        Ended::Broken | Ended::Stuck => return wire.lock().abort(),
        // What has come by now is read, and nothing waited for: others wait.
        Ended::Evicted => Duration::ZERO,
        Ended::Idle => MOMENT,
        Ended::Over if shared.switch.is_stopping() && !wire.lock().reads().is_amid_body() => MOMENT,
        Ended::Over | Ended::Refused => LINGER,
        Ended::SlowHead => {
            wire.lock().push(request_timeout().as_bytes());
            LINGER
        }
    };
    let finish = poll_fn(|cx| wire.lock().poll_finish(cx));
    match timeout(shared.limits.write, finish).await {
        Ok(Ok(())) => linger(&wire, patience).await,
        Ok(Err(_)) => {}
        Err(_) => wire.lock().abort(),
    }
}

/// A socket that is closed while bytes of the client are unread, or that gets more of them after,
/// resets the connection, and what the client has not read of its answer is lost. So they are read,
/// for a while, or until it closes as well (RFC 9112 §9.6).
async fn linger<T: Transport>(wire: &Wire<T>, patience: Duration) {
    let discard = async {
        let mut read = 0;
        while read < LINGER_BYTES {
            match poll_fn(|cx| wire.lock().poll_discard(cx)).await? {
                0 => break,
                more => read += more,
            }
        }
        io::Result::Ok(())
    };
    // It is closed next, whatever came of this.
    let _ = timeout(patience, discard).await;
}

fn request_timeout() -> String {
    format!(
        "HTTP/1.1 408 Request Timeout\r\n\
         connection: close\r\n\
         content-type: application/problem+json\r\n\
         content-length: {}\r\n\
         date: {}\r\n\r\n\
         {TOO_SLOW}",
        TOO_SLOW.len(),
        httpdate::fmt_http_date(SystemTime::now()),
    )
}
