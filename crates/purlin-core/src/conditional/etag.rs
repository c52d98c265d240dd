//! Entity tags: a name for one state of a resource (RFC 9110 §8.8.3).

use std::fmt;
use std::hash::{DefaultHasher, Hasher};

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue};

/// An entity tag, written `"v7"` or, when it is weak, `W/"v7"`.
///
/// Strong tags differ as soon as one byte does; weak ones only when the difference matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag {
    is_weak: bool,
    tag: Box<str>,
}

/// A text that cannot be an entity tag: it has a quote, a space, or something that is not ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidETag;

impl fmt::Display for InvalidETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entity tag is of visible ASCII without quotes")
    }
}

impl std::error::Error for InvalidETag {}

impl ETag {
    /// A strong tag, for representations that are the same byte for byte; without its quotes.
    ///
    /// # Errors
    ///
    /// [`InvalidETag`] where the text has a quote, a space or anything that is not visible ASCII.
    pub fn strong(tag: impl AsRef<str>) -> Result<Self, InvalidETag> {
        let tag = tag.as_ref();
        let is_visible = |byte: u8| (0x21..=0x7e).contains(&byte) && byte != b'"';
        let tag = tag.bytes().all(is_visible).then(|| Self { is_weak: false, tag: tag.into() });
        tag.ok_or(InvalidETag)
    }

    /// A weak tag, for representations that mean the same; without its quotes.
    ///
    /// # Errors
    ///
    /// As [`ETag::strong`].
    pub fn weak(tag: impl AsRef<str>) -> Result<Self, InvalidETag> {
        Self::strong(tag).map(|tag| Self { is_weak: true, ..tag })
    }

    /// A strong tag made from the bytes of the representation: their hash of 128 bits.
    ///
    /// It is the same for the same bytes in every process of the same build.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let hash = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            hasher.write_u8(salt);
            hasher.write(bytes);
            hasher.finish()
        };
        Self { is_weak: false, tag: format!("{:016x}{:016x}", hash(0), hash(1)).into() }
    }

    /// Whether it is a weak one.
    pub fn is_weak(&self) -> bool {
        self.is_weak
    }

    /// The strong comparison of RFC 9110 §8.8.3.2.
    pub fn is_strongly(&self, other: &Self) -> bool {
        !self.is_weak && !other.is_weak && self.tag == other.tag
    }

    /// The weak comparison of RFC 9110 §8.8.3.2.
    pub fn is_weakly(&self, other: &Self) -> bool {
        self.tag == other.tag
    }

    pub(super) fn of_value(value: &HeaderValue) -> Option<Self> {
        let mut tags = Reader { rest: value.to_str().ok()? };
        let tag = tags.next()?;
        tags.rest.is_empty().then_some(tag)
    }

    pub(super) fn to_value(&self) -> HeaderValue {
        HeaderValue::try_from(self.to_string()).expect("a tag is visible ASCII")
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\"{}\"", if self.is_weak { "W/" } else { "" }, self.tag)
    }
}

/// What `If-Match` or `If-None-Match` names.
#[derive(Debug)]
pub(super) enum Tags {
    Any,
    These(Vec<ETag>),
}

impl Tags {
    /// All lines of a field are one list. What is no tag ends its line.
    pub(super) fn of(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let mut tags = None;
        for line in headers.get_all(name) {
            let line = line.to_str().unwrap_or_default().trim();
            if line == "*" {
                return Some(Self::Any);
            }
            tags.get_or_insert_with(Vec::new).extend(Reader { rest: line });
        }
        tags.map(Self::These)
    }

    pub(super) fn have_strong(&self, own: Option<&ETag>) -> bool {
        self.have(own, ETag::is_strongly)
    }

    pub(super) fn have_weak(&self, own: Option<&ETag>) -> bool {
        self.have(own, ETag::is_weakly)
    }

    /// `*` is any state; what is judged here exists.
    fn have(&self, own: Option<&ETag>, is_same: fn(&ETag, &ETag) -> bool) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => own.is_some_and(|own| tags.iter().any(|tag| is_same(own, tag))),
        }
    }
}

/// Reads a list of tags; a comma inside of quotes is part of its tag.
struct Reader<'a> {
    rest: &'a str,
}

impl Iterator for Reader<'_> {
    type Item = ETag;

    fn next(&mut self) -> Option<ETag> {
        let rest = self.rest.trim_start_matches([' ', '\t', ',']);
        let (is_weak, rest) = match rest.strip_prefix("W/") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (tag, rest) = rest.strip_prefix('"')?.split_once('"')?;
        let rest = rest.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(',') {
            self.rest = "";
            return None;
        }
        self.rest = rest;
        ETag::strong(tag).ok().map(|tag| ETag { is_weak, ..tag })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_cannot_leave_its_quotes() {
        for wrong in ["a\"b", "a b", "a\r\nb", "ä", "\u{7f}"] {
            assert_eq!(ETag::strong(wrong), Err(InvalidETag), "{wrong:?}");
        }
        assert_eq!(ETag::weak("v7").unwrap().to_string(), "W/\"v7\"");
        assert_eq!(ETag::strong("").unwrap().to_string(), "\"\"");
    }

    #[test]
    fn the_tag_of_bytes_is_theirs() {
        assert_eq!(ETag::of_bytes(b"one"), ETag::of_bytes(b"one"));
        assert_ne!(ETag::of_bytes(b"one"), ETag::of_bytes(b"two"));
    }
}
