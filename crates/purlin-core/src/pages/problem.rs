//! The error page of a production site: what happened in words for a visitor, and what to do.
//!
//! It says nothing of how the application is made, and has no script.

use super::drawing::{Roof, roof};
use super::escape::Html;
use super::sheet::{Sheet, close, open, visitor_body};

const STYLE: &str = include_str!("assets/problem.css");

/// What the error page of a production site shows.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ProblemPage<'a> {
    /// The status of the answer.
    pub(crate) status: u16,
    /// The problem's title.
    pub(crate) title: &'a str,
    /// The problem's public detail; empty if there is none.
    pub(crate) detail: &'a str,
    /// The request's id, by which the site's people find it in the log.
    pub(crate) request_id: &'a str,
    /// The nonce of the answer's content security policy.
    pub(crate) nonce: &'a str,
}

/// Returns the error page of a production site.
///
/// It is served with [`content_security_policy`](super::content_security_policy) of the same nonce.
pub(crate) fn problem(page: &ProblemPage<'_>) -> String {
    let mut html = Html::new();
    open(&mut html, &Sheet { title: page.title, style: &[STYLE], nonce: page.nonce });
    visitor_body(&mut html);
    html.raw("<main>\n<div class=\"drawing\">");
    let state = if page.status < 500 { Roof::Missing } else { Roof::Fallen };
    roof(&mut html, state, &page.status.to_string());
    html.raw("</div>\n<div class=\"words\">\n<h1>").text(page.title).raw("</h1>\n");
    if !page.detail.is_empty() {
        html.raw("<p class=\"detail\">").prose(page.detail).raw("</p>\n");
    }
    html.raw("<p>")
        .raw(advice(page.status))
        .raw(if page.status >= 500 && !page.request_id.is_empty() {
            " If it stays, tell the people who run this site, and give them the request id."
        } else {
            ""
        })
        .raw("</p>\n<p class=\"home\"><a href=\"/\">Go to the home page</a></p>\n");
    if !page.request_id.is_empty() {
        html.raw("<dl class=\"title-block\"><div><dt>request id</dt><dd>")
            .text(page.request_id)
            .raw("</dd></div></dl>\n");
    }
    html.raw("</div>\n</main>\n");
    close(&mut html);
    html.finish()
}

/// What a visitor can do about a status.
fn advice(status: u16) -> &'static str {
    match status {
        401 => "Sign in, then open this page again.",
        403 => {
            "Your account does not have access to this page. \
             If you need it, ask the people who run this site."
        }
        404 => "Check the address for a typing mistake, or start again from the home page.",
        405 => "Go back, and use the links and buttons of the page you came from.",
        408 => "Check your connection, then load this page again.",
        409 | 412 => {
            "Go back, load the page again to see its present state, then repeat your change."
        }
        410 => "The page was taken down and has no new address.",
        413 => "Go back, and send something smaller.",
        415 => "Go back, and send a file of another kind.",
        429 => "Wait a minute, then load this page again.",
        503 => "The site will be back shortly. Load this page again in a few minutes.",
        504 => "The answer took too long. Load this page again in a minute.",
        ..=499 => "Go back, check what you entered, then send it again.",
        _ => "The fault is on our side. Load this page again in a minute.",
    }
}
