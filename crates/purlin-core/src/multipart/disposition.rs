//! What the head of a part says: the name of its field, the name and type of its file.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// The most header fields that a part may have.
const MOST_FIELDS: usize = 16;

/// What the head of a part says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartHead {
    /// The name of the field.
    pub(crate) name: String,
    /// The name of the file as it was sent; a part that has one is a file.
    pub(crate) file_name: Option<String>,
    /// The type that the client says the content has.
    pub(crate) content_type: Option<String>,
}

impl PartHead {
    /// Reads the header fields of a part, with the empty line after them.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, &'static str> {
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let fields = match httparse::parse_headers(head, &mut fields) {
            Ok(httparse::Status::Complete((_, fields))) => fields,
            Err(httparse::Error::TooManyHeaders) => return Err("has more than 16 header fields"),
            _ => return Err("has a header field that cannot be read"),
        };
        let one = |name: &str, twice| {
            let mut values = fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name));
            match (values.next(), values.next()) {
                (first, None) => Ok(first.map(|field| field.value.trim_ascii())),
                _ => Err(twice),
            }
        };
        let disposition = one("content-disposition", "has Content-Disposition twice")?;
        let content_type = one("content-type", "has Content-Type twice")?;
        // RFC 7578 §4.7: deprecated, and nobody undoes it here.
        let coding = one("content-transfer-encoding", "has Content-Transfer-Encoding twice")?;
        if coding.is_some_and(changes_content) {
            return Err("has a Content-Transfer-Encoding that changes its content");
        }
        let disposition = disposition.ok_or("has no Content-Disposition")?;
        let (name, file_name) = names(disposition)?;
        let content_type = content_type.map(|value| String::from_utf8_lossy(value).into_owned());
        Ok(Self { name, file_name, content_type })
    }
}

fn changes_content(coding: &[u8]) -> bool {
    !["7bit", "8bit", "binary"].iter().any(|plain| coding.eq_ignore_ascii_case(plain.as_bytes()))
}

/// The parameters of `form-data; name="…"; filename="…"` (RFC 7578 §4.2).
fn names(disposition: &[u8]) -> Result<(String, Option<String>), &'static str> {
    let end = disposition.iter().position(|byte| *byte == b';').unwrap_or(disposition.len());
    if !disposition[..end].trim_ascii().eq_ignore_ascii_case(b"form-data") {
        return Err("is not `form-data`");
    }
    let [mut name, mut file_name, mut name_extended, mut file_name_extended] = [const { None }; 4];
    for parameter in parameters(&disposition[end..]) {
        let (key, value) = parameter?;
        let slot = match key.to_ascii_lowercase().as_str() {
            "name" => &mut name,
            "filename" => &mut file_name,
            "name*" => &mut name_extended,
            "filename*" => &mut file_name_extended,
            _ => continue,
        };
        // Two names are two readings of one part.
        if slot.replace(value).is_some() {
            return Err("has a name twice");
        }
    }
    let name = choose(name, name_extended)?.ok_or("has no name")?;
    Ok((name, choose(file_name, file_name_extended)?))
}

/// The plain spelling, or the extended one: clients send it although RFC 7578 §4.2 says not to, and
/// where both are there it is the more exact (RFC 6266 §4.3).
fn choose(
    plain: Option<Cow<'_, [u8]>>,
    extended: Option<Cow<'_, [u8]>>,
) -> Result<Option<String>, &'static str> {
    if let Some(extended) = extended {
        return extended_text(&extended).map(Some).ok_or("has a name that cannot be read");
    }
    let text = plain.map(|plain| String::from_utf8(plain.into_owned()));
    let text = text.transpose().map_err(|_| "has a name that is not UTF-8")?;
    Ok(text.map(|text| unescape(&text)))
}

/// `UTF-8''na%C3%AFve` (RFC 8187 §3.2).
fn extended_text(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let (charset, rest) = text.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    percent_decode(encoded.as_bytes()).decode_utf8().ok().map(Cow::into_owned)
}

/// Browsers write three characters of a name in another way, and no others (WHATWG HTML §4.10.21.8).
fn unescape(text: &str) -> String {
    let mut rest = text;
    let mut out = String::with_capacity(text.len());
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let escape = rest.get(at + 1..at + 3).unwrap_or_default();
        let plain = match escape {
            "22" => Some('"'),
            "0A" | "0a" => Some('\n'),
            "0D" | "0d" => Some('\r'),
            _ => None,
        };
        out.push(plain.unwrap_or('%'));
        rest = &rest[at + if plain.is_some() { 3 } else { 1 }..];
    }
    out.push_str(rest);
    out
}

/// A name and a value.
type Parameter<'a> = (&'a str, Cow<'a, [u8]>);

/// Reads `; name=value; name="value"`.
pub(super) fn parameters(text: &[u8]) -> impl Iterator<Item = Result<Parameter<'_>, &'static str>> {
    let mut rest = text;
    std::iter::from_fn(move || match next_parameter(rest) {
        Ok(None) => None,
        Ok(Some((parameter, after))) => {
            rest = after;
            Some(Ok(parameter))
        }
        Err(message) => {
            rest = &[];
            Some(Err(message))
        }
    })
}

fn next_parameter(text: &[u8]) -> Result<Option<(Parameter<'_>, &[u8])>, &'static str> {
    const UNREADABLE: &str = "has a parameter that cannot be read";
    let text = text.trim_ascii_start();
    if text.is_empty() {
        return Ok(None);
    }
    let text = text.strip_prefix(b";").ok_or(UNREADABLE)?.trim_ascii_start();
    // An empty parameter, as in `a=b;`, says nothing (RFC 9110 §5.6.6).
    if text.is_empty() || text.starts_with(b";") {
        return next_parameter(text);
    }
    let end = text.iter().position(|byte| *byte == b'=').ok_or(UNREADABLE)?;
    let name = std::str::from_utf8(text[..end].trim_ascii()).map_err(|_| UNREADABLE)?;
    let value = text[end + 1..].trim_ascii_start();
    let (value, after) = if let Some(quoted) = value.strip_prefix(b"\"") {
        quoted_value(quoted).ok_or(UNREADABLE)?
    } else {
        let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
        (Cow::Borrowed(value[..end].trim_ascii_end()), &value[end..])
    };
    if name.is_empty() {
        return Err(UNREADABLE);
    }
    Ok(Some(((name, value), after)))
}

/// What stands before the closing quote. A backslash stands for itself, as in `C:\file`, but before
/// a quote or another one.
fn quoted_value(text: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let mut value = Vec::new();
    let mut at = 0;
    loop {
        let byte = *text.get(at)?;
        match (byte, text.get(at + 1)) {
            (b'"', _) => return Some((Cow::Owned(value), &text[at + 1..])),
            (b'\\', Some(next @ (b'"' | b'\\'))) => {
                value.push(*next);
                at += 2;
            }
            _ => {
                value.push(byte);
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(head: &str) -> Result<(String, Option<String>, Option<String>), &'static str> {
        let PartHead { name, file_name, content_type } =
            PartHead::parse(format!("{head}\r\n\r\n").as_bytes())?;
        Ok((name, file_name, content_type))
    }

    fn file_of(disposition: &str) -> Option<String> {
        parse(&format!("Content-Disposition: form-data; name=f; {disposition}")).unwrap().1
    }

    #[test]
    fn names_are_read_as_clients_write_them() {
        let field = |name: &str| Ok((name.to_owned(), None, None));
        assert_eq!(parse("Content-Disposition: form-data; name=\"a\""), field("a"));
        assert_eq!(parse("content-disposition:FORM-DATA;NAME=a;"), field("a"));
        assert_eq!(parse("Content-Disposition: form-data; name=\"\""), field(""));
        assert_eq!(parse("Content-Disposition: form-data; name=\"a; b=\""), field("a; b="));
        assert_eq!(parse("Content-Disposition: form-data; name=\"Größe\""), field("Größe"));
        assert_eq!(
            parse("Content-Disposition: form-data; name*=utf-8''Gr%C3%B6%C3%9Fe"),
            field("Größe")
        );
        assert_eq!(
            parse(
                "X: y\r\nContent-Type: image/png\r\nContent-Disposition: form-data; name=a; filename=b"
            ),
            Ok(("a".into(), Some("b".into()), Some("image/png".into())))
        );
    }

    #[test]
    fn escapes_are_those_of_browsers_curl_and_mail() {
        let file = |text: &str| Some(text.to_owned());
        assert_eq!(file_of("filename=\"a%22b%0D%0Ac%20d%\""), file("a\"b\r\nc%20d%"));
        assert_eq!(file_of("filename=\"a\\\"b\\\\c\""), file("a\"b\\c"));
        assert_eq!(file_of("filename=\"C:\\folder\\file\""), file("C:\\folder\\file"));
        assert_eq!(file_of("filename=\"x\"; filename*=UTF-8'de'na%C3%AFve"), file("naïve"));
        assert_eq!(file_of("filename=\"\""), file(""));
        assert_eq!(file_of("other=x"), None);
    }

    #[test]
    fn heads_that_can_be_read_in_two_ways_are_refused() {
        for head in [
            "Content-Type: text/plain",
            "Content-Disposition: form-data",
            "Content-Disposition: attachment; name=a",
            "Content-Disposition: form-data; name=a; name=b",
            "Content-Disposition: form-data; name=a; filename=b; filename=c",
            "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b",
            "Content-Disposition: form-data; name=a\r\nContent-Type: a/b\r\nContent-Type: c/d",
            "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64",
            "Content-Disposition: form-data; name=\"a",
            "Content-Disposition: form-data; name",
            "Content-Disposition: form-data; =a",
            "Content-Disposition: form-data name=a",
            "Content-Disposition: form-data; name=\"a\"b",
            "Content-Disposition: form-data; name*=latin1''a",
            "Content-Disposition: form-data; name*=a",
            "Content-Disposition: form-data; name=a\0",
            "Content-Disposition form-data; name=a",
        ] {
            assert!(parse(head).is_err(), "{head}");
        }
        assert!(PartHead::parse(b"\r\n").is_err());
        assert!(PartHead::parse(b"Content-Disposition: form-data; name=\"\xff\"\r\n\r\n").is_err());
        let many = "X: y\r\n".repeat(16);
        assert!(parse(&format!("{many}Content-Disposition: form-data; name=a")).is_err());
    }
}
