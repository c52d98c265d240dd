//! The grammar of `Forwarded`, RFC 7239 §4.

/// What one proxy says; what this crate has no use for is read and forgotten.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Element {
    /// `for`
    pub(super) node: Option<String>,
    pub(super) proto: Option<String>,
    pub(super) host: Option<String>,
}

/// The elements of one field; nothing where it is malformed.
///
/// It is read strictly, and whole: a client that leaves a quote open would otherwise decide what of
/// its proxy's element is an element.
pub(super) fn elements(line: &str) -> Option<Vec<Element>> {
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
