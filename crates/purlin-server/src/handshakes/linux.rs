use socket2::{SockFilter, SockRef};
use tokio::net::TcpListener;

// Instructions of the system's filters (Linux, Documentation/networking/filter.rst).
const LOAD_BYTE: u16 = 0x30;
const AND: u16 = 0x54;
const SKIP_UNLESS_EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;

// Of a segment of TCP (RFC 9293 §3.1): where its flags are, and two of them.
const FLAGS: u32 = 13;
const SYN: u32 = 0x02;
const ACK: u32 = 0x10;

/// Answers no handshake that begins from here on, and says whether that is so; those that have begun
/// come to their end. A client that is not answered asks again after a second.
pub(crate) fn end(listener: &TcpListener) -> bool {
    let filter = [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(AND, 0, 0, SYN | ACK),
        SockFilter::new(SKIP_UNLESS_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ];
    SockRef::from(listener).attach_filter(&filter).is_ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::net::TcpStream;
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn who_comes_after_is_not_answered_and_who_came_before_is_accepted() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let before = TcpStream::connect(address).await.unwrap();
        assert!(end(&listener));
        let after = timeout(Duration::from_millis(50), TcpStream::connect(address)).await;
        assert!(after.is_err(), "{after:?}");
        let (_, client) = listener.accept().await.unwrap();
        assert_eq!(client, before.local_addr().unwrap());
    }
}
