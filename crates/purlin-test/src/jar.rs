//! Keeps cookies as a browser does, and refuses those that browsers refuse (RFC 6265bis §5).

use std::time::{Duration, SystemTime};

use cookie::{Cookie, Expiration, SameSite};
use purlin_core::cookie_has_prefix as has_prefix;

/// The most bytes that name and value have together.
const LARGEST: usize = 4096;

/// What a cookie is kept for, or sent to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) secure: bool,
}

impl Place<'_> {
    /// Browsers trust their own machine as they trust TLS.
    fn is_trustworthy(self) -> bool {
        let host = name_of(self.host);
        self.secure || host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1"
    }
}

/// All cookies of one client.
#[derive(Debug, Default)]
pub(crate) struct Jar {
    kept: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    name: String,
    /// As it came, percent-encoded.
    value: String,
    host: String,
    subdomains: bool,
    path: String,
    secure: bool,
    until: Option<SystemTime>,
}

impl Kept {
    fn goes_to(&self, place: Place<'_>, now: SystemTime) -> bool {
        let host = name_of(place.host);
        let is_host = host == self.host || self.subdomains && is_subdomain(host, &self.host);
        is_host
            && covers(&self.path, place.path)
            && (!self.secure || place.is_trustworthy())
            && self.until.is_none_or(|until| until > now)
    }
}

impl Jar {
    /// Keeps what a `Set-Cookie` says, or forgets what it takes back.
    ///
    /// # Errors
    ///
    /// Why browsers refuse it, in words for whoever reads the failing test.
    pub(crate) fn keep(&mut self, header: &str, from: Place<'_>) -> Result<(), &'static str> {
        let cookie = Cookie::parse(header.to_owned()).map_err(|_| "it is no cookie")?;
        refuse(&cookie)?;
        let now = SystemTime::now();
        let secure = cookie.secure().unwrap_or(false);
        let domain = cookie.domain().map(str::to_ascii_lowercase);
        let host = name_of(from.host);
        let is_foreign =
            domain.as_deref().is_some_and(|domain| domain != host && !is_subdomain(host, domain));
        if is_foreign {
            return Err("its `Domain` is another host's");
        }
        if secure && !from.is_trustworthy() {
            return Err("it is `Secure`, and did not come over TLS");
        }
        let path = cookie.path().filter(|path| path.starts_with('/'));
        let kept = Kept {
            name: cookie.name().to_owned(),
            value: cookie.value().to_owned(),
            subdomains: domain.is_some(),
            host: domain.unwrap_or_else(|| host.to_owned()),
            path: path.unwrap_or_else(|| folder(from.path)).to_owned(),
            secure,
            until: until(&cookie, now),
        };
        self.kept.retain(|old| {
            (&old.name, &old.host, &old.path) != (&kept.name, &kept.host, &kept.path)
        });
        if kept.until.is_none_or(|until| until > now) {
            self.kept.push(kept);
        }
        Ok(())
    }

    /// Names and values for a request, the most specific path first.
    pub(crate) fn send(&self, to: Place<'_>) -> Vec<(String, String)> {
        let now = SystemTime::now();
        let mut sent: Vec<&Kept> = self.kept.iter().filter(|kept| kept.goes_to(to, now)).collect();
        sent.sort_by_key(|kept| std::cmp::Reverse(kept.path.len()));
        sent.into_iter().map(|kept| (kept.name.clone(), kept.value.clone())).collect()
    }

    /// The value of a cookie, decoded.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let now = SystemTime::now();
        let is_there =
            |kept: &&Kept| kept.name == name && kept.until.is_none_or(|until| until > now);
        let kept = self.kept.iter().rev().find(is_there)?;
        let value = percent_encoding::percent_decode_str(&kept.value).decode_utf8_lossy();
        Some(value.trim_matches('"').to_owned())
    }

    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }
}

/// What browsers refuse wherever it comes from (RFC 6265bis §5.7).
fn refuse(cookie: &Cookie<'_>) -> Result<(), &'static str> {
    let is_secure = cookie.secure().unwrap_or(false);
    if cookie.name().len() + cookie.value().len() > LARGEST {
        return Err("it is larger than 4,096 bytes");
    }
    if has_prefix(cookie.name(), "__Secure-") && !is_secure {
        return Err("`__Secure-` needs `Secure`");
    }
    let is_of_host = is_secure && cookie.domain().is_none() && cookie.path() == Some("/");
    if has_prefix(cookie.name(), "__Host-") && !is_of_host {
        return Err("`__Host-` needs `Secure`, `Path=/` and no `Domain`");
    }
    if cookie.same_site() == Some(SameSite::None) && !is_secure {
        return Err("`SameSite=None` needs `Secure`");
    }
    Ok(())
}

/// The end of a cookie's life. RFC 6265 §5.3: `Max-Age` goes before `Expires`.
fn until(cookie: &Cookie<'_>, now: SystemTime) -> Option<SystemTime> {
    if let Some(age) = cookie.max_age() {
        let seconds = u64::try_from(age.whole_seconds()).unwrap_or(0);
        return now.checked_add(Duration::from_secs(seconds));
    }
    match cookie.expires() {
        Some(Expiration::DateTime(at)) => Some(at.into()),
        _ => None,
    }
}

/// The name of a host, without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_subdomain(host: &str, of: &str) -> bool {
    host.strip_suffix(of).is_some_and(|before| before.ends_with('.'))
}

/// RFC 6265 §5.1.4: the default path of a cookie is the folder of the request.
fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(end) => &path[..end],
    }
}

/// RFC 6265 §5.1.4: `/books` covers `/books/7` and not `/bookshelf`.
fn covers(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Place<'_> = Place { host: "localhost", path: "/a/b", secure: false };

    fn sent(headers: &[&str], from: Place<'_>, to: Place<'_>) -> String {
        let mut jar = Jar::default();
        for header in headers {
            let _ = jar.keep(header, from);
        }
        let pairs = jar.send(to).into_iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn the_last_value_of_a_name_and_path_is_kept() {
        assert_eq!(sent(&["x=1; Path=/", "x=2; Path=/", "y=3"], AT, AT), "y=3; x=2");
    }

    #[test]
    fn a_cookie_goes_where_its_path_says() {
        let to = |path| Place { path, ..AT };
        assert_eq!(sent(&["x=1"], AT, to("/a")), "x=1");
        assert_eq!(sent(&["x=1"], AT, to("/ab")), "");
        assert_eq!(sent(&["x=1; Path=/a/b"], AT, to("/a/b/c")), "x=1");
        assert_eq!(sent(&["x=1; Path=/a/b"], AT, to("/a/bc")), "");
    }

    #[test]
    fn a_cookie_whose_time_is_over_is_forgotten() {
        for end in ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert_eq!(sent(&["x=1", &format!("x=2; {end}")], AT, AT), "", "{end}");
        }
        assert_eq!(
            sent(&["x=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], AT, AT),
            "x=1"
        );
    }

    #[test]
    fn secure_cookies_stay_on_tls_and_on_this_machine() {
        let foreign = Place { host: "example.org:80", ..AT };
        let safe = Place { secure: true, ..foreign };
        assert_eq!(sent(&["x=1; Secure"], AT, AT), "x=1");
        assert_eq!(sent(&["x=1; Secure"], safe, safe), "x=1");
        assert_eq!(sent(&["x=1; Secure"], safe, foreign), "");
        assert_eq!(sent(&["x=1; Secure"], foreign, safe), "");
    }

    #[test]
    fn what_browsers_refuse_is_refused_with_the_reason() {
        let refused = |header: &str| Jar::default().keep(header, AT).err().unwrap_or_default();
        let host = "`__Host-` needs `Secure`, `Path=/` and no `Domain`";
        for (header, why) in [
            ("__Host-x=1; Path=/", host),
            ("__Host-x=1; Secure; Path=/a", host),
            ("__Host-x=1; Secure", host),
            ("__HOST-x=1; Secure; Path=/; Domain=localhost", host),
            ("__Host-x=1; Secure; Path=/", ""),
            ("__Secure-x=1; Path=/", "`__Secure-` needs `Secure`"),
            ("__Secure-x=1; Path=/a; Secure", ""),
            ("x=1; SameSite=None", "`SameSite=None` needs `Secure`"),
            ("x=1; SameSite=None; Secure", ""),
            ("x=1; Domain=example.org", "its `Domain` is another host's"),
            ("nothing", "it is no cookie"),
        ] {
            assert_eq!(refused(header), why, "{header}");
        }
        assert_eq!(refused(&format!("x={}", "y".repeat(4095))), "");
        assert_eq!(refused(&format!("x={}", "y".repeat(4096))), "it is larger than 4,096 bytes");
    }

    #[test]
    fn hosts_do_not_see_each_other() {
        let host = |host| Place { host, ..AT };
        assert_eq!(sent(&["x=1"], host("a.org"), host("b.a.org")), "");
        assert_eq!(sent(&["x=1; Domain=a.org"], host("a.org"), host("b.a.org:81")), "x=1");
        assert_eq!(sent(&["x=1; Domain=b.org"], host("a.org"), host("b.org")), "");
    }
}
