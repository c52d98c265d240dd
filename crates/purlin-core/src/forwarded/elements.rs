//! The grammar of `Forwarded`, RFC 7239 §4.

/// What one proxy says; what this crate has no use for is read and forgotten.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Element {
    /// `for`
    pub(super) node: Option<String>,
    pub(super) proto: Option<String>,
    pub(super) host: Option<String>,
}

/// The elements of one field, the last first; nothing for one that is malformed, which is where to stop.
///
/// A client may leave a quote open, and a proxy that adds its element to the same line would then
/// say nothing. So a line that is malformed as a whole is read between its last commas: no proxy
/// writes one into an address, a scheme or a host.
pub(super) fn from_the_end(line: &[u8]) -> Vec<Option<Element>> {
    let mut all = Vec::new();
    if let Some(elements) = std::str::from_utf8(line).ok().and_then(elements) {
        for element in elements.into_iter().rev() {
            all.push(Some(element));
        }
        return all;
    }
    for part in line.rsplit(|byte| *byte == b',') {
        let Some(elements) = std::str::from_utf8(part).ok().and_then(elements) else {
            all.push(None);
            break;
        };
        for element in elements {
            all.push(Some(element));
        }
    }
    all
}

/// The elements of a list, read strictly; nothing where it is malformed.
fn elements(line: &str) -> Option<Vec<Element>> {
    let mut rest = line;
    let mut elements = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        // RFC 9110 §5.6.1: a list may have empty elements.
        if !rest.is_empty() && !rest.starts_with(',') {
            elements.push(element(&mut rest)?);
            rest = rest.trim_start_matches([' ', '\t']);
        }
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind,
            None => return rest.is_empty().then_some(elements),
        }
    }
}

/// `[ pair ] *( ";" [ pair ] )`
fn element(rest: &mut &str) -> Option<Element> {
    let mut element = Element::default();
    loop {
        if !rest.starts_with(';') {
            pair(rest, &mut element)?;
        }
        // The grammar has no room around `;`, and some proxies write it.
        let trimmed = rest.trim_start_matches([' ', '\t']);
        match trimmed.strip_prefix(';') {
            Some(behind) => *rest = behind.trim_start_matches([' ', '\t']),
            None => return Some(element),
        }
        if rest.is_empty() || rest.starts_with(',') {
            return Some(element);
        }
    }
}

/// `token "=" value`; each name at most once.
fn pair(rest: &mut &str, element: &mut Element) -> Option<()> {
    let name = token(rest)?;
    *rest = rest.strip_prefix('=')?;
    let value = if rest.starts_with('"') { quoted(rest)? } else { token(rest)?.to_owned() };
    let place = match name.to_ascii_lowercase().as_str() {
        "for" => &mut element.node,
        "proto" => &mut element.proto,
        "host" => &mut element.host,
        _ => return Some(()),
    };
    place.replace(value).is_none().then_some(())
}

/// RFC 9110 §5.6.2
fn token<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let end = rest.bytes().position(|byte| !is_letter(byte)).unwrap_or(rest.len());
    let (token, behind) = rest.split_at(end);
    *rest = behind;
    (!token.is_empty()).then_some(token)
}

/// RFC 9110 §5.6.4
fn quoted(rest: &mut &str) -> Option<String> {
    let mut letters = rest.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match letters.next()? {
            '"' => break,
            '\\' => value.push(letters.next()?),
            letter => value.push(letter),
        }
    }
    *rest = letters.as_str();
    Some(value)
}
