//! The sheet: what every page has around its content.

use super::drawing::{ICON, MARK};
use super::escape::Html;

/// Colours and type, then the parts that more than one page uses.
const BASE: &str = concat!(include_str!("assets/base.css"), include_str!("assets/drawing.css"));

/// What the pages for the developer have in common.
pub(super) const DEVELOPER: &str = include_str!("assets/developer.css");

/// What is known of a page before its content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet<'a> {
    /// The text of the browser's tab.
    pub(super) title: &'a str,
    /// The rules of this page, after those of every page.
    pub(super) style: &'a [&'static str],
    /// The nonce of the answer's content security policy.
    pub(super) nonce: &'a str,
}

/// Returns the `Content-Security-Policy` of every page here but the API page.
///
/// The page must have been given the same nonce: fresh for each answer, of at least 128 random bits
/// in base64 or hexadecimal. Anything else in it is left out, so that it cannot add to the policy.
pub(crate) fn content_security_policy(nonce: &str) -> String {
    let nonce: String = nonce
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '='))
        .collect();
    format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; \
         img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// Writes everything up to the body's first element.
pub(super) fn open(html: &mut Html, sheet: &Sheet<'_>) {
    html.raw(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>",
    )
    .text(sheet.title)
    .raw("</title>\n<style nonce=\"")
    .text(sheet.nonce)
    .raw("\">\n")
    .raw(BASE);
    for rules in sheet.style {
        html.raw(rules);
    }
    html.raw("</style>\n");
}

/// Writes the icon of a developer's page, and begins the body.
pub(super) fn developer_body(html: &mut Html) {
    html.raw(ICON).raw("\n</head>\n<body>\n");
}

/// Begins the body of a page that does not say what it is made with.
pub(super) fn visitor_body(html: &mut Html) {
    html.raw("</head>\n<body>\n");
}

/// Writes the bar at the top of a developer's page, and leaves it open for what stands at its end.
pub(super) fn bar(html: &mut Html, label: &'static str) {
    html.raw("<header class=\"bar\"><p class=\"brand\">")
        .raw(MARK)
        .raw("<span>Purlin</span> <span class=\"mode\">")
        .raw(label)
        .raw("</span></p>");
}

/// Ends the page.
pub(super) fn close(html: &mut Html) {
    html.raw("</body>\n</html>\n");
}

#[cfg(test)]
mod tests {
    use super::content_security_policy;

    #[test]
    fn a_nonce_cannot_add_a_source_to_the_policy() {
        let policy = content_security_policy("a' 'unsafe-inline'; x");
        assert!(policy.contains("style-src 'nonce-aunsafe-inlinex';"), "{policy}");
    }
}
