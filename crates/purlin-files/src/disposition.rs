//! `Content-Disposition`: whether a browser shows or saves, and under which name (RFC 6266).

use std::fmt::Write as _;

use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What RFC 8187 §3.2.1 calls `attr-char` stays as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// `attachment; filename="…"`, with `filename*` beside it where the name needs it.
pub(crate) fn attachment(name: &str) -> HeaderValue {
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut text = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        let _ = write!(text, "; filename*=UTF-8''{}", utf8_percent_encode(name, ENCODED));
    }
    HeaderValue::try_from(text).expect("the name was made visible ASCII")
}

/// What every browser reads in quotes the same way. `%` is decoded by some of them.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%' | '/')
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn a_name_cannot_leave_its_quotes_and_is_kept_whole() {
        assert_eq!(attachment("plain.txt"), "attachment; filename=\"plain.txt\"");
        assert_eq!(
            attachment("na\"me ü.txt"),
            "attachment; filename=\"na_me _.txt\"; filename*=UTF-8''na%22me%20%C3%BC.txt"
        );
        assert_eq!(
            attachment("a\r\nset-cookie: x"),
            "attachment; filename=\"a__set-cookie: x\"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20x"
        );
    }
}
