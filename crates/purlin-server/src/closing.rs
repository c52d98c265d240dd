//! Closes a connection, so that the client sees what was answered, or that something is missing.

use std::future::poll_fn;
use std::io;
use std::time::{Duration, SystemTime};

use tokio::time::timeout;

use crate::serving::Ended;
use crate::shared::Limits;
use crate::transport::Transport;
use crate::wire::Wire;

/// How long a client is listened to after a refusal.
const LINGER: Duration = Duration::from_secs(2);
/// How much of what it sends is read.
const LINGER_BYTES: usize = 4 << 20;

/// What a client gets that did not end its head.
const TOO_SLOW: &str = r#"{"type":"about:blank","title":"Request Timeout","status":408,"detail":"the head of the request took too long","code":"header_timeout"}"#;

/// Closes a connection.
pub(crate) async fn close<T: Transport>(wire: Wire<T>, ended: Ended, limits: &Limits) {
    let mut lingers = matches!(ended, Ended::Refused | Ended::SlowHead);
    match ended {
        Ended::Gone => return,
        Ended::Broken | Ended::Stuck => return wire.lock().abort(),
        Ended::Over => lingers = wire.lock().reads().is_amid_body(),
        Ended::Idle | Ended::Refused => {}
        Ended::SlowHead => wire.lock().push(request_timeout().as_bytes()),
    }
    let finished = timeout(limits.write, poll_fn(|cx| wire.lock().poll_finish(cx))).await;
    match finished {
        Ok(Ok(())) if lingers => linger(&wire).await,
        Ok(_) => {}
        Err(_) => wire.lock().abort(),
    }
}

/// A socket that is closed while bytes of the client are unread, or that gets more of them after,
/// resets the connection, and the client may lose the answer before it has read it. So they are
/// read, for a while (RFC 9112 §9.6).
async fn linger<T: Transport>(wire: &Wire<T>) {
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
    let _ = timeout(LINGER, discard).await;
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
