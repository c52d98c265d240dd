//! Where the requests go.

use std::net::{SocketAddr, ToSocketAddrs};

use super::LoadError;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Target {
    /// As in `Host`.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
}

impl Target {
    pub(super) fn parse(url: &str) -> Result<Self, LoadError> {
        if url.starts_with("https://") {
            let message = "`https` is not supported: ask the server behind the one that ends TLS";
            return Err(LoadError::new(message.to_owned()));
        }
        let rest = url.strip_prefix("http://");
        let rest = rest.ok_or_else(|| LoadError::new(format!("`{url}` has no `http://`")))?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let is_bad = |byte: u8| byte <= b' ' || byte == 0x7f;
        if authority.is_empty() || authority.contains('@') || rest.bytes().any(is_bad) {
            return Err(LoadError::new(format!("`{url}` is no URL with a host alone")));
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { authority: authority.to_owned(), path: format!("{slash}{path}") })
    }

    pub(super) fn address(&self) -> Result<SocketAddr, LoadError> {
        let last = self.authority.rsplit(']').next().unwrap_or_default();
        let port = if last.contains(':') { "" } else { ":80" };
        let with_port = format!("{}{port}", self.authority);
        let addresses = with_port.to_socket_addrs();
        let addresses = addresses.map_err(|error| LoadError::new(format!("{with_port}: {error}")));
        let first = addresses?.next();
        first.ok_or_else(|| LoadError::new(format!("{with_port} has no address")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_have_a_host_and_a_path() {
        let parse = |url| Target::parse(url).map(|target| (target.authority, target.path)).ok();
        let of = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(parse("http://a.example"), of("a.example", "/"));
        assert_eq!(parse("http://a.example:8080/b?c#d"), of("a.example:8080", "/b?c"));
        assert_eq!(parse("http://[::1]:80?q"), of("[::1]:80", "/?q"));
        for bad in ["https://a", "a.example", "http://", "http://u@a/", "http://a/ b", "http:///x"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_port_is_80_unless_said() {
        let address = |url| Target::parse(url).and_then(|target| target.address()).ok();
        assert_eq!(address("http://127.0.0.1/"), "127.0.0.1:80".parse().ok());
        assert_eq!(address("http://[::1]/"), "[::1]:80".parse().ok());
        assert_eq!(address("http://[::1]:81/"), "[::1]:81".parse().ok());
    }
}
